/* fx_interrupt_require.c - what a driver says about its interrupts becomes part of the device's resource
 * requirements: sharing, processors, priority.
 *
 * Normal path: the requirements come back from the lower drivers; each interrupt descriptor gets the words
 * of the interrupt object that will have the resource, before EvtDeviceFilterAddResourceRequirements
 * sees them. Line and message descriptors are counted apart, since a device has one kind or the other;
 * alternatives are for the same object. A descriptor that has a policy keeps it.
 * What was said since the requirements were settled goes into the assigned resource.
 */
#include "nt/io/pnp/io_pnp.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/device/fx_device.h"

static struct fx_interrupt *skip_late(struct fx_interrupt *interrupt)
{
    while (interrupt != NULL && interrupt->in_prepare) { /* no part in this (spec: INTR-04) */
        interrupt = interrupt->next;
    }
    return interrupt;
}

struct fx_interrupt *fx_interrupt_first(const struct fx_device *device)
{
    return skip_late(device->interrupts);
}

struct fx_interrupt *fx_interrupt_next(const struct fx_interrupt *interrupt)
{
    return skip_late(interrupt->next);
}

/* ---- requirements ---- */

static bool share_of(const struct fx_interrupt *interrupt, UCHAR *share)
{
    if (interrupt->config.ShareVector == WdfUseDefault) {
        return false;
    }
    *share = interrupt->config.ShareVector == WdfTrue ? CmResourceShareShared
                                                      : CmResourceShareDeviceExclusive;
    return true;
}

/* true: something was said. spec: INTR-60, INTR-61 */
static bool require(struct fx_interrupt *interrupt, IO_RESOURCE_DESCRIPTOR *descriptor)
{
    bool said = share_of(interrupt, &descriptor->ShareDisposition);

    FX_SET(interrupt->required, true);
    if (interrupt->policy_set && (descriptor->Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED) == 0) {
        descriptor->Flags |= CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
        descriptor->u.Interrupt.AffinityPolicy = (IRQ_DEVICE_POLICY)interrupt->policy;
        descriptor->u.Interrupt.PriorityPolicy = (IRQ_PRIORITY)interrupt->priority;
        descriptor->u.Interrupt.TargetedProcessors = interrupt->target.Mask;
        said = true;
    }
    return said;
}

/* Whose turn it is among descriptors of a kind. */
struct turn {
    struct fx_interrupt *interrupt;
    bool begun;
};

static struct fx_interrupt *take_turn(struct turn *turn, bool is_alternative)
{
    if (turn->begun && !is_alternative && turn->interrupt != NULL) {
        turn->interrupt = fx_interrupt_next(turn->interrupt);
    }
    turn->begun = true;
    return turn->interrupt;
}

static bool require_all(struct fx_device *device, IO_RESOURCE_LIST *list)
{
    struct turn lines = {.interrupt = fx_interrupt_first(device)}, messages = lines;
    bool said = false;

    for (ULONG i = 0; i < list->Count; i++) {
        IO_RESOURCE_DESCRIPTOR *descriptor = &list->Descriptors[i];
        bool is_message = (descriptor->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
        struct fx_interrupt *interrupt;

        if (descriptor->Type != CmResourceTypeInterrupt) {
            continue;
        }
        interrupt = take_turn(is_message ? &messages : &lines,
                              (descriptor->Option & IO_RESOURCE_ALTERNATIVE) != 0);
        said = (interrupt != NULL && require(interrupt, descriptor)) || said;
    }
    return said;
}

bool fx_interrupts_require(struct fx_device *device, IO_RESOURCE_REQUIREMENTS_LIST *requirements)
{
    IO_RESOURCE_LIST *list = requirements->List;
    bool said = false;

    for (ULONG i = 0; i < requirements->AlternativeLists; i++) {
        said = require_all(device, list) || said;
        list = (IO_RESOURCE_LIST *)&list->Descriptors[list->Count];
    }
    return said;
}

/* ---- the assigned resource ---- */

void fx_interrupt_adjust(struct fx_interrupt *interrupt)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR *line = &interrupt->translated;
    bool spread = interrupt->policy == WdfIrqPolicySpreadMessagesAcrossAllProcessors &&
                  fx_interrupt_messages(&interrupt->raw) > 1; /* one descriptor for all of them */

    if (interrupt->in_prepare) {
        return;
    }
    if (!FX_LOOK(interrupt->required)) {
        (void)share_of(interrupt, &line->ShareDisposition);
    }
    if (interrupt->policy_set && (spread || !FX_LOOK(interrupt->required))) {
        line->u.Interrupt.Affinity =
            io_interrupt_targets((IRQ_DEVICE_POLICY)interrupt->policy,
                                 interrupt->target.Group == 0 ? interrupt->target.Mask : 0,
                                 interrupt->index, line->u.Interrupt.Affinity);
    }
}
