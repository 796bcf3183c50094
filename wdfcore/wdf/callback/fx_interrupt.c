/* fx_interrupt.c - WDFINTERRUPT: connecting, enabling, and the way back.
 *
 *   stage        connect                 disconnect
 *   IDLE         CONNECTED, and ENABLED  -
 *                once EvtInterruptEnable
 *                has succeeded
 *   CONNECTED    -                       IDLE (EvtInterruptDisable is not called)
 *   ENABLED      -                       IDLE, after EvtInterruptDisable
 *
 * Normal path: power up connects in order of creation, power down disconnects in reverse. Between
 * connect and EvtInterruptEnable the ISR may already run (spec: INTR-30). A failing Enable leaves
 * CONNECTED behind for the caller's roll-back. Disconnecting waits for DPCs and the work item that
 * were queued before (spec: INTR-27).
 */
#include "wdf/callback/fx_interrupt.h"

#include <stdio.h>

#include "wdf/frame/fx_call.h"
#include "wdf/device/fx_device.h"
#include "wdf/frame/fx_report.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/pnp/fx_wake.h"
#include "wdf/callback/fx_spinlock.h"
#include "wdf/callback/fx_waitlock.h"
#include "wdf/frame/fx_record.h"

static bool fx_interrupt_dispose(struct fx_object *object)
{
    struct fx_interrupt *interrupt = fx_object_body(object, struct fx_interrupt);
    struct fx_interrupt **link = &interrupt->device->interrupts;

    CORE_ASSERT(interrupt->stage == FX_INTERRUPT_IDLE);
    fx_interrupt_flush(interrupt);
    while (*link != NULL && *link != interrupt) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = interrupt->next;
        interrupt->device->interrupt_count--;
    }
    return true;
}

static void fx_interrupt_destroy(struct fx_object *object)
{
    struct fx_interrupt *interrupt = fx_object_body(object, struct fx_interrupt);

    if (interrupt->spin_lock != NULL) {
        fx_object_deref(&interrupt->spin_lock->object);
    }
    if (interrupt->wait_lock != NULL) {
        fx_object_deref(&interrupt->wait_lock->object);
    }
    fx_object_deref(&interrupt->device->object);
}

static void fx_interrupt_describe(const struct fx_object *object, char *text, size_t size)
{
    static const char *const stages[] = {"not connected", "connected", "connected and enabled"};
    const struct fx_interrupt *interrupt = (const struct fx_interrupt *)(const void *)object;

    snprintf(text, size, "%s", stages[interrupt->stage]);
}

static const struct fx_field interrupt_fields[] = {
    FX_FIELD_OF(WDF_INTERRUPT_CONFIG, struct fx_interrupt, config),
    FX_FIELD(NUMBER, "MessageNumber", struct fx_interrupt, index),
    FX_FIELD(NUMBER, "Policy", struct fx_interrupt, policy),
    FX_FIELD(NUMBER, "Priority", struct fx_interrupt, priority),
    FX_FIELD_OF(GROUP_AFFINITY, struct fx_interrupt, target),
    FX_FIELD_END,
};

const struct fx_type fx_interrupt_type = {
    .number = FX_TYPE_INTERRUPT,
    .size = sizeof(struct fx_interrupt),
    .flags = FX_OBJECT_NO_DELETE | FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_OPTIONAL,
    .scope = FX_SCOPE_NONE,
    .dispose = fx_interrupt_dispose,
    .destroy = fx_interrupt_destroy,
    .describe = fx_interrupt_describe,
    .fields = interrupt_fields,
};

/* ---- the lock of a passive interrupt ---- */

bool fx_interrupt_wait_acquire(struct fx_interrupt *interrupt)
{
    if (interrupt->wait_lock != NULL) {
        return fx_waitlock_acquire(interrupt->wait_lock, NULL) == STATUS_SUCCESS;
    }
    if (FX_LOOK(interrupt->wait_holder) == KeGetCurrentThread()) {
        fx_violation(RULE_WaitLockRecursive, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "the lock of a passive-level interrupt was acquired twice by one thread");
        return false;
    }
    KeEnterCriticalRegion();
    KeWaitForSingleObject(&interrupt->private_wait, Executive, KernelMode, FALSE, NULL);
    FX_SET(interrupt->wait_holder, KeGetCurrentThread());
    return true;
}

bool fx_interrupt_wait_try(struct fx_interrupt *interrupt)
{
    LARGE_INTEGER at_once = {.QuadPart = 0};

    if (interrupt->wait_lock != NULL) {
        return fx_waitlock_acquire(interrupt->wait_lock, &at_once.QuadPart) == STATUS_SUCCESS;
    }
    KeEnterCriticalRegion();
    if (KeWaitForSingleObject(&interrupt->private_wait, Executive, KernelMode, FALSE, &at_once) !=
        STATUS_SUCCESS) {
        KeLeaveCriticalRegion();
        return false;
    }
    FX_SET(interrupt->wait_holder, KeGetCurrentThread());
    return true;
}

bool fx_interrupt_wait_release(struct fx_interrupt *interrupt)
{
    if (interrupt->wait_lock != NULL) {
        return fx_waitlock_release(interrupt->wait_lock);
    }
    if (FX_LOOK(interrupt->wait_holder) != KeGetCurrentThread()) {
        fx_violation(RULE_WaitLockNotOwned, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "the lock of a passive-level interrupt was released by a thread that does "
                     "not hold it");
        return false;
    }
    FX_SET(interrupt->wait_holder, NULL);
    KeSetEvent(&interrupt->private_wait, IO_NO_INCREMENT, FALSE);
    KeLeaveCriticalRegion();
    return true;
}

/* ---- the ISR ---- */

static BOOLEAN fx_interrupt_call_isr(struct fx_interrupt *interrupt)
{
    BOOLEAN mine = FALSE;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtInterruptIsr", interrupt->config.EvtInterruptIsr,
                      &interrupt->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_interrupt_handle(interrupt)),
                          KE_WORD(interrupt->index));
        mine = interrupt->config.EvtInterruptIsr(fx_interrupt_handle(interrupt), interrupt->index);
        fx_call_leave(&call);
    }
    return mine;
}

static BOOLEAN fx_interrupt_isr(PKINTERRUPT kinterrupt, PVOID context)
{
    struct fx_interrupt *interrupt = context;
    BOOLEAN mine = FALSE;
    bool woke;

    if (!interrupt->passive) {
        return fx_interrupt_call_isr(interrupt);
    }
    woke = interrupt->config.CanWakeDevice && fx_wake_isr_begin(interrupt->device);
    if ((!woke || fx_power_is_up(interrupt->device)) && fx_interrupt_wait_acquire(interrupt)) {
        mine = fx_interrupt_call_isr(interrupt);
        fx_interrupt_wait_release(interrupt);
    }
    if (woke) {
        fx_wake_isr_end(interrupt->device);
    }
    return mine;
}

static void fx_interrupt_isr_target(const void *context, struct ke_about *about)
{
    const struct fx_interrupt *interrupt = context;

    fx_about_target(about, &interrupt->object, (const void *)interrupt->config.EvtInterruptIsr);
}

static struct ke_trampoline fx_interrupt_isr_trampoline = {
    .routine = (const void *)(uintptr_t)fx_interrupt_isr, .target = fx_interrupt_isr_target};

__attribute__((constructor)) static void fx_interrupt_isr_register(void)
{
    ke_trampoline_register(&fx_interrupt_isr_trampoline);
}

/* ---- enable and disable, under the interrupt lock ---- */

struct fx_interrupt_switch {
    struct fx_interrupt *interrupt;
    const char *kind;
    PFN_WDF_INTERRUPT_ENABLE callback;
    NTSTATUS status;
};

static BOOLEAN fx_interrupt_switch_locked(PVOID context)
{
    struct fx_interrupt_switch *request = context;
    struct fx_interrupt *interrupt = request->interrupt;
    struct fx_call call;

    if (fx_call_enter(&call, request->kind, request->callback, &interrupt->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_interrupt_handle(interrupt)),
                          KE_WORD(fx_device_handle(interrupt->device)));
        request->status =
            request->callback(fx_interrupt_handle(interrupt), fx_device_handle(interrupt->device));
        fx_call_leave(&call);
    }
    return TRUE;
}

static NTSTATUS fx_interrupt_switch(struct fx_interrupt *interrupt, const char *kind,
                                    PFN_WDF_INTERRUPT_ENABLE callback)
{
    struct fx_interrupt_switch request = {interrupt, kind, callback, STATUS_SUCCESS};

    if (callback == NULL) {
        return STATUS_SUCCESS;
    }
    if (!interrupt->passive) {
        KeSynchronizeExecution(interrupt->kinterrupt, fx_interrupt_switch_locked, &request);
    } else if (fx_interrupt_wait_acquire(interrupt)) {
        fx_interrupt_switch_locked(&request);
        fx_interrupt_wait_release(interrupt);
    }
    return request.status;
}

/* ---- connect and disconnect ---- */

static NTSTATUS fx_interrupt_connect_vector(struct fx_interrupt *interrupt)
{
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *line = &interrupt->translated;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_FULLY_SPECIFIED};

    parameters.FullySpecified.PhysicalDeviceObject = interrupt->device->physical;
    parameters.FullySpecified.InterruptObject = &interrupt->kinterrupt;
    parameters.FullySpecified.ServiceRoutine = fx_interrupt_isr;
    parameters.FullySpecified.ServiceContext = interrupt;
    if (!interrupt->passive) {
        parameters.FullySpecified.SpinLock =
            interrupt->spin_lock != NULL ? &interrupt->spin_lock->lock : &interrupt->private_spin;
    }
    parameters.FullySpecified.SynchronizeIrql = interrupt->synchronize_irql;
    parameters.FullySpecified.FloatingSave = interrupt->config.FloatingSave;
    parameters.FullySpecified.ShareVector = line->ShareDisposition == CmResourceShareShared;
    parameters.FullySpecified.Vector = line->u.Interrupt.Vector;
    parameters.FullySpecified.Irql = interrupt->irql;
    parameters.FullySpecified.InterruptMode =
        (line->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0 ? Latched : LevelSensitive;
    parameters.FullySpecified.ProcessorEnableMask = line->u.Interrupt.Affinity;
    return IoConnectInterruptEx(&parameters);
}

static void fx_interrupt_disconnect_vector(struct fx_interrupt *interrupt)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_FULLY_SPECIFIED};

    parameters.ConnectionContext.InterruptObject = interrupt->kinterrupt;
    IoDisconnectInterruptEx(&parameters);
    interrupt->kinterrupt = NULL;
    interrupt->inactive = false;
}

void fx_interrupt_report(struct fx_interrupt *interrupt, bool active)
{
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS parameters = {.Version = CONNECT_FULLY_SPECIFIED};

    parameters.ConnectionContext.InterruptObject = interrupt->kinterrupt;
    if (active) {
        IoReportInterruptActive(&parameters);
    } else {
        IoReportInterruptInactive(&parameters);
    }
    interrupt->inactive = !active;
}

NTSTATUS fx_interrupt_connect(struct fx_interrupt *interrupt)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!interrupt->assigned || interrupt->driver_disabled) {
        return STATUS_SUCCESS; /* spec: PNP-29, INTR-54 */
    }
    if (interrupt->stage == FX_INTERRUPT_ENABLED) {
        return STATUS_SUCCESS; /* a wake interrupt that stayed (spec: INTR-58) */
    }
    CORE_ASSERT(interrupt->stage == FX_INTERRUPT_IDLE);
    if (interrupt->kinterrupt == NULL) {
        status = fx_interrupt_connect_vector(interrupt);
    } else if (interrupt->inactive) {
        fx_interrupt_report(interrupt, true);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    interrupt->stage = FX_INTERRUPT_CONNECTED;
    status =
        fx_interrupt_switch(interrupt, "EvtInterruptEnable", interrupt->config.EvtInterruptEnable);
    if (NT_SUCCESS(status)) {
        interrupt->stage = FX_INTERRUPT_ENABLED;
    }
    return status;
}

/* fx_interrupt_stays: the KINTERRUPT outlives the way to Dx (spec: INTR-56, INTR-57). */
static bool fx_interrupt_stays(const struct fx_interrupt *interrupt)
{
    return !interrupt->device->settings.power_pageable ||
           interrupt->config.ReportInactiveOnPowerDown == WdfTrue;
}

/* Off, for its driver; stays: the KINTERRUPT is kept. */
static NTSTATUS fx_interrupt_take_down(struct fx_interrupt *interrupt, bool stays)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (interrupt->stage == FX_INTERRUPT_ENABLED) {
        status = fx_interrupt_switch(interrupt, "EvtInterruptDisable",
                                     interrupt->config.EvtInterruptDisable);
    }
    if (interrupt->kinterrupt == NULL) {
        return status;
    }
    fx_interrupt_flush(interrupt);
    if (!stays) {
        fx_interrupt_disconnect_vector(interrupt);
        fx_interrupt_flush(interrupt); /* an ISR may have run until now */
    }
    interrupt->stage = FX_INTERRUPT_IDLE;
    return status;
}

NTSTATUS fx_interrupt_disconnect(struct fx_interrupt *interrupt, bool final)
{
    NTSTATUS status;

    if (!final && interrupt->config.CanWakeDevice && fx_wake_armed(interrupt->device)) {
        return STATUS_SUCCESS; /* spec: INTR-58 */
    }
    status = fx_interrupt_take_down(interrupt, !final && fx_interrupt_stays(interrupt));
    if (interrupt->kinterrupt != NULL && interrupt->device->settings.power_pageable &&
        !interrupt->inactive) {
        fx_interrupt_report(interrupt, false);
    }
    return status;
}

void fx_interrupt_disable(struct fx_interrupt *interrupt)
{
    /* Disconnecting may page, which a device that is not pageable may be needed for. */
    (void)fx_interrupt_take_down(interrupt, !interrupt->device->settings.power_pageable);
}

void fx_interrupts_drop(struct fx_device *device)
{
    for (struct fx_interrupt *interrupt = device->interrupts; interrupt != NULL;
         interrupt = interrupt->next) {
        if (interrupt->kinterrupt != NULL) {
            fx_interrupt_disconnect_vector(interrupt);
            fx_interrupt_flush(interrupt);
            interrupt->stage = FX_INTERRUPT_IDLE;
        }
    }
}

NTSTATUS fx_interrupts_connect(struct fx_device *device)
{
    for (struct fx_interrupt *interrupt = device->interrupts; interrupt != NULL;
         interrupt = interrupt->next) {
        NTSTATUS status = fx_interrupt_connect(interrupt);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_interrupts_disconnect(struct fx_device *device, bool final)
{
    NTSTATUS first = STATUS_SUCCESS;

    for (ULONG below = device->interrupt_count; below > 0; below--) {
        struct fx_interrupt *interrupt = device->interrupts;

        for (ULONG i = 0; i < below - 1 && interrupt != NULL; i++) {
            interrupt = interrupt->next;
        }
        if (interrupt != NULL) {
            NTSTATUS status = fx_interrupt_disconnect(interrupt, final);

            if (!NT_SUCCESS(status) && NT_SUCCESS(first)) {
                first = status; /* spec: INTR-29: the others are disconnected all the same */
            }
        }
    }
    return first;
}
