/* pnp_resources.c - which resources a stack is started with.
 *
 * Normal path: the bus says what it has for the device and what the device needs; the drivers of the
 * stack may change the requirements (IRP_MN_FILTER_RESOURCE_REQUIREMENTS); if one did, the arbiter
 * finds what satisfies them, else the device gets what its bus has.
 */
#include <string.h>

#include "harness/pnp/pnp_node.h"
#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/ke_processor.h"

#define RESOURCES_TAG 'sRnP'

/* ---- what the bus has ---- */

static PCM_RESOURCE_LIST copy_list(const CM_RESOURCE_LIST *list)
{
    ULONG count = list->List[0].PartialResourceList.Count;
    size_t size = sizeof(*list) + count * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    PCM_RESOURCE_LIST copy = ExAllocatePool2(POOL_FLAG_PAGED, size, RESOURCES_TAG);

    if (copy != NULL) {
        memcpy(copy, list, size - sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR));
    }
    return copy;
}

/* Interrupts have another number and a level for the processor; the rest is the same for both. */
static void translate(CM_PARTIAL_RESOURCE_LIST *list)
{
    for (ULONG i = 0; i < list->Count; i++) {
        CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor = &list->PartialDescriptors[i];

        if (descriptor->Type == CmResourceTypeInterrupt) {
            ULONG irq = descriptor->u.Interrupt.Vector;

            descriptor->u.Interrupt.Level = hal_irq_level(irq);
            descriptor->u.Interrupt.Vector = hal_irq_vector(irq);
            descriptor->u.Interrupt.Affinity = ke_processor_mask();
        }
    }
}

/* Of a child: asked for once; a device of the root bus is made with its own. */
static NTSTATUS ask_bus(struct pnp_node *node)
{
    struct pnp_resources boot;
    ULONG_PTR information = 0;
    NTSTATUS status;

    if (node->parent == NULL || node->boot.raw != NULL) {
        return STATUS_SUCCESS;
    }
    status = io_pnp_send(node->pdo, IRP_MN_QUERY_RESOURCES, NULL, &information);
    if (!NT_SUCCESS(status) || information == 0) {
        return status == STATUS_NOT_SUPPORTED ? STATUS_SUCCESS : status;
    }
    boot.raw = (PCM_RESOURCE_LIST)information;
    boot.translated = copy_list(boot.raw);
    if (boot.translated != NULL) {
        translate(&boot.translated->List[0].PartialResourceList);
    }
    pnp_resources_set(&node->boot, &boot);
    return boot.translated != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- what the device needs ---- */

static void require(PIO_RESOURCE_DESCRIPTOR requirement,
                    const CM_PARTIAL_RESOURCE_DESCRIPTOR *resource)
{
    requirement->Type = resource->Type;
    requirement->ShareDisposition = resource->ShareDisposition;
    requirement->Flags = resource->Flags;
    switch (resource->Type) {
    case CmResourceTypePort:
    case CmResourceTypeMemory:
        requirement->u.Generic.Length = resource->u.Generic.Length;
        requirement->u.Generic.Alignment = 1;
        requirement->u.Generic.MinimumAddress = resource->u.Generic.Start;
        requirement->u.Generic.MaximumAddress.QuadPart =
            resource->u.Generic.Start.QuadPart + resource->u.Generic.Length - 1;
        break;
    case CmResourceTypeInterrupt:
        requirement->u.Interrupt.MinimumVector = resource->u.Interrupt.Vector;
        requirement->u.Interrupt.MaximumVector = resource->u.Interrupt.Vector;
        break;
    case CmResourceTypeDevicePrivate:
        memcpy(requirement->u.DevicePrivate.Data, resource->u.DevicePrivate.Data,
               sizeof(requirement->u.DevicePrivate.Data));
        break;
    default:
        break;
    }
}

PIO_RESOURCE_REQUIREMENTS_LIST pnp_requirements_of(const CM_RESOURCE_LIST *resources)
{
    const CM_PARTIAL_RESOURCE_LIST *list = &resources->List[0].PartialResourceList;
    ULONG size = (ULONG)sizeof(IO_RESOURCE_REQUIREMENTS_LIST) +
                 list->Count * (ULONG)sizeof(IO_RESOURCE_DESCRIPTOR);
    PIO_RESOURCE_REQUIREMENTS_LIST made = ExAllocatePool2(POOL_FLAG_PAGED, size, RESOURCES_TAG);

    if (made == NULL) {
        return NULL;
    }
    made->ListSize = size;
    made->InterfaceType = resources->List[0].InterfaceType;
    made->AlternativeLists = 1;
    made->List[0].Version = 1;
    made->List[0].Revision = 1;
    made->List[0].Count = list->Count;
    for (ULONG i = 0; i < list->Count; i++) {
        require(&made->List[0].Descriptors[i], &list->PartialDescriptors[i]);
    }
    return made;
}

/* Asks the bus. *requirements NULL: it knows of none. */
static NTSTATUS ask_requirements(struct pnp_node *node,
                                 PIO_RESOURCE_REQUIREMENTS_LIST *requirements)
{
    ULONG_PTR information = 0;
    NTSTATUS status =
        io_pnp_send(node->pdo, IRP_MN_QUERY_RESOURCE_REQUIREMENTS, NULL, &information);

    *requirements = NT_SUCCESS(status) ? (PIO_RESOURCE_REQUIREMENTS_LIST)information : NULL;
    if (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED) {
        return status;
    }
    if (*requirements == NULL && node->boot.raw != NULL) {
        *requirements = pnp_requirements_of(node->boot.raw);
        return *requirements != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

/* Asks the stack. *filtered NULL: nobody changed anything. */
static NTSTATUS filter(struct pnp_node *node, PIO_RESOURCE_REQUIREMENTS_LIST requirements,
                       PIO_RESOURCE_REQUIREMENTS_LIST *filtered)
{
    IO_STACK_LOCATION parameters = {0};
    ULONG_PTR information = 0;
    NTSTATUS status;

    parameters.Parameters.FilterResourceRequirements.IoResourceRequirementList = requirements;
    status = io_pnp_send(node->pdo, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, &parameters, &information);
    *filtered = (PIO_RESOURCE_REQUIREMENTS_LIST)information;
    return status == STATUS_NOT_SUPPORTED ? STATUS_SUCCESS : status;
}

static void drop(PIO_RESOURCE_REQUIREMENTS_LIST list)
{
    if (list != NULL) {
        ExFreePool(list);
    }
}

static NTSTATUS assign(struct pnp_node *node, PIO_RESOURCE_REQUIREMENTS_LIST requirements)
{
    PIO_RESOURCE_REQUIREMENTS_LIST filtered;
    struct pnp_resources assigned = {NULL, NULL};
    NTSTATUS status = filter(node, requirements, &filtered);

    if (filtered == requirements) { /* a driver changed it where it was */
        requirements = NULL;
    }
    node->is_assigned = false;
    if (NT_SUCCESS(status) && (filtered != NULL || (requirements && node->boot.raw == NULL))) {
        status = pnp_arbitrate(node, filtered != NULL ? filtered : requirements, &assigned);
        node->is_assigned = NT_SUCCESS(status);
    }
    pnp_resources_set(&node->assigned, &assigned);
    drop(filtered);
    drop(requirements);
    return status;
}

NTSTATUS pnp_resources_get(struct pnp_node *node, struct pnp_resources *resources)
{
    PIO_RESOURCE_REQUIREMENTS_LIST requirements;
    NTSTATUS status = ask_bus(node);

    if (NT_SUCCESS(status)) {
        status = ask_requirements(node, &requirements);
    }
    if (NT_SUCCESS(status)) {
        status = assign(node, requirements);
    }
    *resources = node->is_assigned ? node->assigned : node->boot;
    return status;
}
