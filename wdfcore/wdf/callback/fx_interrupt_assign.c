/* fx_interrupt_assign.c - which interrupt resource belongs to which WDFINTERRUPT.
 * Line descriptors and messages are handed out in the order of the translated list to the objects
 * made in EvtDriverDeviceAdd, in order of creation. A message descriptor with n messages serves the
 * next n objects. What is left over on either side stays unused.
 */
#include "nt/hal/hal_line.h"
#include "wdf/device/fx_device.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/resource/fx_resource.h"

static bool fx_descriptor_is_message(const CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor)
{
    return (descriptor->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
}

ULONG fx_interrupt_messages(const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw)
{
    if (!fx_descriptor_is_message(raw) || raw->u.MessageInterrupt.Raw.MessageCount == 0) {
        return 1;
    }
    return raw->u.MessageInterrupt.Raw.MessageCount;
}

void fx_interrupt_assign(struct fx_interrupt *interrupt, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw,
                         const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated, ULONG message)
{
    interrupt->assigned = true;
    interrupt->raw = *raw;
    interrupt->translated = *translated;
    interrupt->message = message;
    if (message > 0) { /* messages are successive interrupts: each has its own vector */
        uint32_t irq = hal_vector_irq(translated->u.Interrupt.Vector) + message;

        interrupt->translated.u.Interrupt.Vector = hal_irq_vector(irq);
        interrupt->translated.u.Interrupt.Level = hal_irq_level(irq);
    }
    fx_interrupt_adjust(interrupt);
    interrupt->irql =
        interrupt->passive ? PASSIVE_LEVEL : (KIRQL)interrupt->translated.u.Interrupt.Level;
    interrupt->synchronize_irql = interrupt->irql;
}

NTSTATUS fx_interrupts_assign(struct fx_device *device)
{
    struct fx_interrupt *interrupt = fx_interrupt_first(device);

    for (ULONG i = 0; i < device->pnp.translated->descriptors.count && interrupt != NULL; i++) {
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw = fx_reslist_at(device->pnp.raw, i);
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated = fx_reslist_at(device->pnp.translated, i);

        if (translated->Type != CmResourceTypeInterrupt) {
            continue;
        }
        if (raw == NULL || raw->Type != CmResourceTypeInterrupt) {
            return STATUS_DEVICE_CONFIGURATION_ERROR; /* the two lists do not match */
        }
        for (ULONG m = 0; m < fx_interrupt_messages(raw) && interrupt != NULL; m++) {
            fx_interrupt_assign(interrupt, raw, translated, m);
            interrupt = fx_interrupt_next(interrupt);
        }
    }
    return STATUS_SUCCESS;
}

/* The synchronize IRQL is the highest IRQL among the device's interrupts that share a spin lock
 * (spec: INTR-32). */
void fx_interrupts_prepared(struct fx_device *device)
{
    for (struct fx_interrupt *a = device->interrupts; a != NULL; a = a->next) {
        for (const struct fx_interrupt *b = device->interrupts; b != NULL; b = b->next) {
            if (a->spin_lock != NULL && a->spin_lock == b->spin_lock && a->assigned &&
                b->assigned && b->irql > a->synchronize_irql) {
                a->synchronize_irql = b->irql;
            }
        }
    }
}

static void fx_interrupt_unassign(struct fx_interrupt *interrupt)
{
    interrupt->assigned = false;
    interrupt->irql = PASSIVE_LEVEL;
    interrupt->synchronize_irql = PASSIVE_LEVEL;
    RtlZeroMemory(&interrupt->raw, sizeof(interrupt->raw));
    RtlZeroMemory(&interrupt->translated, sizeof(interrupt->translated));
}

void fx_interrupts_release(struct fx_device *device)
{
    struct fx_interrupt *last;

    do { /* in reverse order of creation; deleting one takes it off the list */
        last = NULL;
        for (struct fx_interrupt *i = device->interrupts; i != NULL; i = i->next) {
            if (i->in_prepare) {
                last = i;
            }
        }
        if (last != NULL) {
            fx_object_delete(&last->object, NULL);
        }
    } while (last != NULL);
    for (struct fx_interrupt *i = device->interrupts; i != NULL; i = i->next) {
        fx_interrupt_unassign(i);
    }
}
