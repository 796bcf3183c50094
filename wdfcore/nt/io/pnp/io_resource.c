/* io_resource.c - CM_RESOURCE_LISTs from a plain description; see io_pnp.h. */
#include <stdlib.h>

#include "nt/ex/ex_pool.h"
#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/ke_processor.h"

static void io_resource_range(const struct io_resource *resource,
                              PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor)
{
    bool port = resource->kind == IO_RESOURCE_PORT;

    descriptor->Type = port ? CmResourceTypePort : CmResourceTypeMemory;
    descriptor->ShareDisposition =
        resource->shared ? CmResourceShareShared : CmResourceShareDeviceExclusive;
    descriptor->Flags =
        port ? CM_RESOURCE_PORT_IO | CM_RESOURCE_PORT_16_BIT_DECODE : CM_RESOURCE_MEMORY_READ_WRITE;
    descriptor->u.Generic.Start.QuadPart = (LONGLONG)resource->start;
    descriptor->u.Generic.Length = (ULONG)resource->length;
}

static void io_resource_interrupt(const struct io_resource *resource, bool translated,
                                  PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor)
{
    descriptor->Type = CmResourceTypeInterrupt;
    descriptor->ShareDisposition =
        resource->shared ? CmResourceShareShared : CmResourceShareDeviceExclusive;
    descriptor->Flags = resource->level_triggered ? CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE
                                                  : CM_RESOURCE_INTERRUPT_LATCHED;
    if (resource->wakes) {
        descriptor->Flags |= CM_RESOURCE_INTERRUPT_WAKE_HINT;
    }
    descriptor->u.Interrupt.Level = translated ? hal_irq_level(resource->irq) : resource->irq;
    if (translated && resource->passive) {
        descriptor->u.Interrupt.Level = PASSIVE_LEVEL;
    }
    descriptor->u.Interrupt.Vector = translated ? hal_irq_vector(resource->irq) : resource->irq;
    descriptor->u.Interrupt.Affinity = ke_processor_mask();
}

static void io_resource_message(const struct io_resource *resource, bool translated,
                                PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor)
{
    descriptor->Type = CmResourceTypeInterrupt;
    descriptor->ShareDisposition = CmResourceShareDeviceExclusive;
    descriptor->Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
    if (translated) {
        descriptor->u.MessageInterrupt.Translated.Level = hal_irq_level(resource->irq);
        descriptor->u.MessageInterrupt.Translated.Vector = hal_irq_vector(resource->irq);
        descriptor->u.MessageInterrupt.Translated.Affinity = ke_processor_mask();
    } else {
        descriptor->u.MessageInterrupt.Raw.MessageCount = 1;
        descriptor->u.MessageInterrupt.Raw.Vector = resource->irq;
        descriptor->u.MessageInterrupt.Raw.Affinity = ke_processor_mask();
    }
}

/* Messages have a descriptor each, as MSI-X gives them: both lists have the same count. */
static ULONG io_resource_descriptors(const struct io_resource *resource)
{
    return resource->kind == IO_RESOURCE_MESSAGE ? resource->count : 1;
}

static void io_resource_fill(const struct io_resource *resource, bool translated,
                             PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor)
{
    struct io_resource message = *resource;

    switch (resource->kind) {
    case IO_RESOURCE_PORT:
    case IO_RESOURCE_MEMORY:
        io_resource_range(resource, descriptor);
        break;
    case IO_RESOURCE_INTERRUPT:
        io_resource_interrupt(resource, translated, descriptor);
        break;
    case IO_RESOURCE_MESSAGE:
        for (ULONG i = 0; i < io_resource_descriptors(resource); i++) {
            message.irq = resource->irq + i;
            io_resource_message(&message, translated, descriptor + i);
        }
        break;
    }
}

PCM_RESOURCE_LIST io_resource_list(const struct io_resource *resources, ULONG count,
                                   bool translated)
{
    PCM_RESOURCE_LIST list = NULL;
    PCM_PARTIAL_RESOURCE_LIST partial = NULL;
    ULONG descriptors = 0;

    for (ULONG i = 0; i < count; i++) {
        descriptors += io_resource_descriptors(&resources[i]);
    }
    if (descriptors == 0) {
        return NULL;
    }
    list =
        ex_pool_allocate(sizeof(*list) + (descriptors - 1) * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR),
                         'seRC', true, true, NULL);
    if (list == NULL) {
        return NULL;
    }
    list->Count = 1;
    list->List[0].InterfaceType = Internal;
    partial = &list->List[0].PartialResourceList;
    partial->Version = 1;
    partial->Revision = 1;
    for (ULONG i = 0; i < count; i++) {
        io_resource_fill(&resources[i], translated, &partial->PartialDescriptors[partial->Count]);
        partial->Count += io_resource_descriptors(&resources[i]);
    }
    return list;
}

void io_resource_list_free(PCM_RESOURCE_LIST list)
{
    ex_pool_release(list);
}

/* ---- policy ---- */

KAFFINITY io_interrupt_targets(IRQ_DEVICE_POLICY policy, KAFFINITY wanted, ULONG index,
                               KAFFINITY all)
{
    KAFFINITY one = all & (0 - all);

    switch (policy) {
    case IrqPolicyOneCloseProcessor:
        return one;
    case IrqPolicySpreadMessagesAcrossAllProcessors:
        for (ULONG left = index; left > 0; left--) {
            KAFFINITY above = all & ~(one | (one - 1));

            one = above != 0 ? above & (0 - above) : all & (0 - all);
        }
        return one;
    case IrqPolicySpecifiedProcessors:
        return (all & wanted) != 0 ? all & wanted : all;
    default:
        return all;
    }
}
