/* fx_interrupt_deferred.c - what an ISR leaves for later: EvtInterruptDpc or EvtInterruptWorkItem.
 * The work item of an ISR at DIRQL takes a detour through the interrupt's DPC. Neither keeps the
 * object alive: disconnecting and disposing wait for them.
 */
#include "wdf/frame/fx_call.h"
#include "wdf/device/fx_device.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/frame/fx_record.h"

static void fx_interrupt_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_interrupt *interrupt = context;
    struct fx_call call;

    if (interrupt->config.EvtInterruptWorkItem != NULL) {
        fx_work_queue(&interrupt->work);
        return;
    }
    if (fx_call_enter(&call, "EvtInterruptDpc", interrupt->config.EvtInterruptDpc,
                      &interrupt->object, interrupt->lock)) {
        interrupt->config.EvtInterruptDpc(fx_interrupt_handle(interrupt),
                                          fx_device_handle(interrupt->device));
        fx_call_leave(&call);
    }
}

/* Run by fx_work, off the queue already: an interrupt that comes meanwhile queues it again, so that
 * no data that it brought is lost. */
static void fx_interrupt_work(struct fx_object *object)
{
    struct fx_interrupt *interrupt = fx_object_body(object, struct fx_interrupt);
    struct fx_call call;

    if (fx_call_enter(&call, "EvtInterruptWorkItem", interrupt->config.EvtInterruptWorkItem,
                      &interrupt->object, interrupt->lock)) {
        interrupt->config.EvtInterruptWorkItem(fx_interrupt_handle(interrupt),
                                               fx_device_handle(interrupt->device));
        fx_call_leave(&call);
    }
}

void fx_interrupt_init_deferred(struct fx_interrupt *interrupt)
{
    KeInitializeDpc(&interrupt->dpc, fx_interrupt_dpc, interrupt);
    fx_work_init(&interrupt->work, &interrupt->object, fx_interrupt_work,
                 (const void *)interrupt->config.EvtInterruptWorkItem);
}

static void fx_interrupt_dpc_target(const void *context, struct ke_about *about)
{
    const struct fx_interrupt *interrupt = context;

    fx_about_target(about, &interrupt->object,
                    interrupt->config.EvtInterruptWorkItem != NULL
                        ? (const void *)interrupt->config.EvtInterruptWorkItem
                        : (const void *)interrupt->config.EvtInterruptDpc);
}

static struct ke_trampoline fx_interrupt_dpc_trampoline = {
    .routine = (const void *)(uintptr_t)fx_interrupt_dpc, .target = fx_interrupt_dpc_target};

__attribute__((constructor)) static void fx_interrupt_dpc_register(void)
{
    ke_trampoline_register(&fx_interrupt_dpc_trampoline);
}

void fx_interrupt_flush(struct fx_interrupt *interrupt)
{
    if (interrupt->config.EvtInterruptDpc == NULL &&
        interrupt->config.EvtInterruptWorkItem == NULL) {
        return;
    }
    KeFlushQueuedDpcs();
    fx_work_wait(&interrupt->work, "EvtInterruptWorkItem");
}
