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

/* fx_interrupt_processors: of `all`, those that the driver's policy leaves. All processors are
 * equally close. */
static KAFFINITY fx_interrupt_processors(const struct fx_interrupt *interrupt, KAFFINITY all)
{
    KAFFINITY one = all & (0 - all);

    switch (interrupt->policy) {
    case WdfIrqPolicyOneCloseProcessor:
        return one;
    case WdfIrqPolicySpreadMessagesAcrossAllProcessors:
        for (ULONG left = interrupt->index; left > 0; left--) {
            KAFFINITY above = all & ~(one | (one - 1));

            one = above != 0 ? above & (0 - above) : all & (0 - all);
        }
        return one;
    case WdfIrqPolicySpecifiedProcessors:
        /* A set without a processor of this machine cannot be served: all stay in then. */
        return interrupt->target.Group == 0 && (all & interrupt->target.Mask) != 0
                   ? all & interrupt->target.Mask
                   : all;
    default:
        return all;
    }
}

/* fx_interrupt_require: what the driver asked of the resource requirements. The buses here ask
 * nobody for requirements, so that it goes into what they assigned. */
static void fx_interrupt_require(struct fx_interrupt *interrupt)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR *line = &interrupt->translated;

    if (interrupt->config.ShareVector != WdfUseDefault) { /* spec: INTR-61 */
        line->ShareDisposition = interrupt->config.ShareVector == WdfTrue
                                     ? CmResourceShareShared
                                     : CmResourceShareDeviceExclusive;
    }
    if (interrupt->policy_set) { /* spec: INTR-60 */
        line->u.Interrupt.Affinity = fx_interrupt_processors(interrupt, line->u.Interrupt.Affinity);
    }
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
    if (!interrupt->in_prepare) { /* those have no part in the requirements (spec: INTR-04) */
        fx_interrupt_require(interrupt);
    }
    interrupt->irql =
        interrupt->passive ? PASSIVE_LEVEL : (KIRQL)interrupt->translated.u.Interrupt.Level;
    interrupt->synchronize_irql = interrupt->irql;
}

/* fx_interrupt_next_unassigned: the next object that waits for a resource. */
static struct fx_interrupt *fx_interrupt_next_unassigned(struct fx_interrupt *interrupt)
{
    while (interrupt != NULL && interrupt->in_prepare) {
        interrupt = interrupt->next;
    }
    return interrupt;
}

NTSTATUS fx_interrupts_assign(struct fx_device *device)
{
    struct fx_interrupt *interrupt = fx_interrupt_next_unassigned(device->interrupts);

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
            interrupt = fx_interrupt_next_unassigned(interrupt->next);
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
