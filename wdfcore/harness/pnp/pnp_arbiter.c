/* pnp_arbiter.c - finds resources that satisfy a device's requirements. */
#include <string.h>

#include "harness/pnp/pnp_node.h"
#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/ke_processor.h"

#define ARBITER_TAG 'brAP'

/* One alternative, as far as it is satisfied. */
struct attempt {
    struct pnp_node *node;
    ULONG interrupts; /* so far */
    CM_PARTIAL_RESOURCE_LIST *raw;
    CM_PARTIAL_RESOURCE_LIST *translated;
};

/* One resource, as the bus and as the processor number it. */
struct pair {
    CM_PARTIAL_RESOURCE_DESCRIPTOR raw;
    CM_PARTIAL_RESOURCE_DESCRIPTOR translated;
};

/* ---- one requirement ---- */

static bool is_range(UCHAR type)
{
    return type == CmResourceTypePort || type == CmResourceTypeMemory;
}

/* What only describes something may be there twice. */
static bool is_same(const CM_PARTIAL_RESOURCE_DESCRIPTOR *one,
                    const CM_PARTIAL_RESOURCE_DESCRIPTOR *other)
{
    if (one->Type != other->Type) {
        return false;
    }
    return is_range(one->Type) ? one->u.Generic.Start.QuadPart == other->u.Generic.Start.QuadPart
                               : one->Type == CmResourceTypeInterrupt &&
                                     one->u.Interrupt.Vector == other->u.Interrupt.Vector;
}

static bool is_used(const struct attempt *attempt, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw)
{
    for (ULONG i = 0; i < attempt->raw->Count; i++) {
        if (is_same(&attempt->raw->PartialDescriptors[i], raw)) {
            return true;
        }
    }
    return false;
}

static bool satisfies(const IO_RESOURCE_DESCRIPTOR *wanted,
                      const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw)
{
    if (raw->Type != wanted->Type) {
        return false;
    }
    if (is_range(wanted->Type)) {
        return raw->u.Generic.Length == wanted->u.Generic.Length &&
               raw->u.Generic.Start.QuadPart >= wanted->u.Generic.MinimumAddress.QuadPart &&
               raw->u.Generic.Start.QuadPart + raw->u.Generic.Length - 1 <=
                   wanted->u.Generic.MaximumAddress.QuadPart;
    }
    return wanted->Type == CmResourceTypeInterrupt &&
           raw->u.Interrupt.Vector >= wanted->u.Interrupt.MinimumVector &&
           raw->u.Interrupt.Vector <= wanted->u.Interrupt.MaximumVector;
}

/* What the bus has for the device: models answer there. */
static bool find_own(const struct attempt *attempt, const IO_RESOURCE_DESCRIPTOR *wanted,
                     struct pair *found)
{
    const struct pnp_resources *boot = &attempt->node->boot;

    for (ULONG i = 0; boot->raw != NULL && i < boot->raw->List[0].PartialResourceList.Count; i++) {
        found->raw = boot->raw->List[0].PartialResourceList.PartialDescriptors[i];
        if (satisfies(wanted, &found->raw) && !is_used(attempt, &found->raw)) {
            found->translated = boot->translated->List[0].PartialResourceList.PartialDescriptors[i];
            return true;
        }
    }
    return false;
}

static bool is_free(const struct attempt *attempt, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw)
{
    return !is_used(attempt, raw) && pnp_is_free(attempt->node, raw);
}

static bool find_range(const struct attempt *attempt, const IO_RESOURCE_DESCRIPTOR *wanted,
                       struct pair *found)
{
    uint64_t length = wanted->u.Generic.Length;
    uint64_t alignment = max(wanted->u.Generic.Alignment, 1);
    uint64_t step = (length + alignment - 1) / alignment * alignment;
    uint64_t last = (uint64_t)wanted->u.Generic.MaximumAddress.QuadPart;
    uint64_t start = (uint64_t)wanted->u.Generic.MinimumAddress.QuadPart;

    start = (start + alignment - 1) / alignment * alignment;
    found->raw.u.Generic.Length = wanted->u.Generic.Length;
    for (; length > 0 && start <= last && last - start >= length - 1; start += step) {
        found->raw.u.Generic.Start.QuadPart = (LONGLONG)start;
        if (is_free(attempt, &found->raw)) {
            found->translated = found->raw;
            return true;
        }
    }
    return false;
}

static bool find_interrupt(const struct attempt *attempt, const IO_RESOURCE_DESCRIPTOR *wanted,
                           struct pair *found)
{
    ULONG last = min(wanted->u.Interrupt.MaximumVector, HAL_MAX_LINES - 1);

    found->raw.u.Interrupt.Affinity = ke_processor_mask();
    for (ULONG irq = wanted->u.Interrupt.MinimumVector; irq <= last; irq++) {
        found->raw.u.Interrupt.Level = irq;
        found->raw.u.Interrupt.Vector = irq;
        if (is_free(attempt, &found->raw)) {
            found->translated = found->raw;
            found->translated.u.Interrupt.Level = hal_irq_level(irq);
            found->translated.u.Interrupt.Vector = hal_irq_vector(irq);
            return true;
        }
    }
    return false;
}

static bool find_private(const IO_RESOURCE_DESCRIPTOR *wanted, struct pair *found)
{
    memcpy(found->raw.u.DevicePrivate.Data, wanted->u.DevicePrivate.Data,
           sizeof(found->raw.u.DevicePrivate.Data));
    found->translated = found->raw;
    return true;
}

static bool find(const struct attempt *attempt, const IO_RESOURCE_DESCRIPTOR *wanted,
                 struct pair *found)
{
    if (find_own(attempt, wanted, found)) {
        return true;
    }
    *found = (struct pair){.raw = {.Type = wanted->Type,
                                   .ShareDisposition = wanted->ShareDisposition,
                                   .Flags = wanted->Flags}};
    switch (wanted->Type) {
    case CmResourceTypePort:
    case CmResourceTypeMemory:
        return find_range(attempt, wanted, found);
    case CmResourceTypeInterrupt:
        return find_interrupt(attempt, wanted, found);
    case CmResourceTypeDevicePrivate:
        return find_private(wanted, found);
    default:
        return false;
    }
}

/* ---- an alternative ---- */

/* What says something about the list itself, and is not handed out. */
static bool is_note(const IO_RESOURCE_DESCRIPTOR *wanted)
{
    return wanted->Type == CmResourceTypeNull || wanted->Type == CmResourceTypeConfigData;
}

/* A descriptor and those right behind it that are marked as alternatives are one requirement. */
static ULONG group_end(const IO_RESOURCE_LIST *list, ULONG first)
{
    ULONG end = first + 1;

    while (end < list->Count && (list->Descriptors[end].Option & IO_RESOURCE_ALTERNATIVE) != 0) {
        end++;
    }
    return end;
}

/* What the requirement says of an interrupt besides its number. */
static void follow_policy(struct attempt *attempt, const IO_RESOURCE_DESCRIPTOR *wanted,
                          struct pair *found)
{
    IRQ_DEVICE_POLICY policy;

    if (wanted->Type != CmResourceTypeInterrupt) {
        return;
    }
    found->raw.ShareDisposition = wanted->ShareDisposition;
    found->translated.ShareDisposition = wanted->ShareDisposition;
    if ((wanted->Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED) != 0) {
        /* Some drivers have the group in the upper half; there is one. */
        policy = (IRQ_DEVICE_POLICY)(wanted->u.Interrupt.AffinityPolicy & 0xffff);
        found->raw.Flags &= (USHORT)~CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
        found->translated.Flags &= (USHORT)~CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
        found->translated.u.Interrupt.Affinity =
            io_interrupt_targets(policy, wanted->u.Interrupt.TargetedProcessors,
                                 attempt->interrupts, found->translated.u.Interrupt.Affinity);
        found->raw.u.Interrupt.Affinity = found->translated.u.Interrupt.Affinity;
    }
    attempt->interrupts++;
}

static bool satisfy(struct attempt *attempt, const IO_RESOURCE_LIST *list)
{
    for (ULONG at = 0, end; at < list->Count; at = end) {
        struct pair found = {0};
        bool is_found = is_note(&list->Descriptors[at]);

        end = group_end(list, at);
        if (is_found) {
            continue;
        }
        for (ULONG i = at; i < end && !is_found; i++) {
            is_found = find(attempt, &list->Descriptors[i], &found);
            if (is_found) {
                follow_policy(attempt, &list->Descriptors[i], &found);
            }
        }
        if (!is_found) {
            return false;
        }
        attempt->raw->PartialDescriptors[attempt->raw->Count++] = found.raw;
        attempt->translated->PartialDescriptors[attempt->translated->Count++] = found.translated;
    }
    return true;
}

static PCM_RESOURCE_LIST make_list(const IO_RESOURCE_REQUIREMENTS_LIST *requirements, ULONG room)
{
    PCM_RESOURCE_LIST list =
        ExAllocatePool2(POOL_FLAG_PAGED,
                        sizeof(*list) + room * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR), ARBITER_TAG);

    if (list != NULL) {
        list->Count = 1;
        list->List[0].InterfaceType = requirements->InterfaceType;
        list->List[0].BusNumber = requirements->BusNumber;
        list->List[0].PartialResourceList.Version = 1;
        list->List[0].PartialResourceList.Revision = 1;
    }
    return list;
}

static void drop(PCM_RESOURCE_LIST *list)
{
    if (*list != NULL) {
        io_resource_list_free(*list);
        *list = NULL;
    }
}

static NTSTATUS try_list(struct pnp_node *node, const IO_RESOURCE_REQUIREMENTS_LIST *requirements,
                         const IO_RESOURCE_LIST *list, struct pnp_resources *resources)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    resources->raw = make_list(requirements, list->Count);
    resources->translated = make_list(requirements, list->Count);
    if (resources->raw != NULL && resources->translated != NULL) {
        struct attempt attempt = {.node = node,
                                  .raw = &resources->raw->List[0].PartialResourceList,
                                  .translated =
                                      &resources->translated->List[0].PartialResourceList};

        status = satisfy(&attempt, list) ? STATUS_SUCCESS : STATUS_CONFLICTING_ADDRESSES;
    }
    if (!NT_SUCCESS(status) || resources->raw->List[0].PartialResourceList.Count == 0) {
        drop(&resources->raw);
        drop(&resources->translated);
    }
    return status;
}

NTSTATUS pnp_arbitrate(struct pnp_node *node, const IO_RESOURCE_REQUIREMENTS_LIST *requirements,
                       struct pnp_resources *resources)
{
    const IO_RESOURCE_LIST *list = requirements->List;
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; i < requirements->AlternativeLists; i++) {
        status = try_list(node, requirements, list, resources);
        if (status != STATUS_CONFLICTING_ADDRESSES) {
            break;
        }
        list = (const IO_RESOURCE_LIST *)&list->Descriptors[list->Count];
    }
    return status;
}
