/* wdfresource.h - lists of hardware resources and of requirements.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

#define WDF_INSERT_AT_END ((ULONG)-1)

/* WdfIoResourceRequirementsListSetSlotNumber: set the slot number.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistsetslotnumber
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceRequirementsListSetSlotNumber(WDFIORESREQLIST RequirementsList, ULONG SlotNumber);

/* WdfIoResourceRequirementsListSetInterfaceType: set the bus type.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistsetinterfacetype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceRequirementsListSetInterfaceType(WDFIORESREQLIST RequirementsList,
                                                  INTERFACE_TYPE InterfaceType);

/* WdfIoResourceRequirementsListAppendIoResList: append a list of alternatives.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (made for another list)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistappendioreslist
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoResourceRequirementsListAppendIoResList(WDFIORESREQLIST RequirementsList,
                                                 WDFIORESLIST IoResList);

/* WdfIoResourceRequirementsListInsertIoResList: insert a list of alternatives.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST; STATUS_ARRAY_BOUNDS_EXCEEDED (index)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistinsertioreslist
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoResourceRequirementsListInsertIoResList(WDFIORESREQLIST RequirementsList,
                                                 WDFIORESLIST IoResList, ULONG Index);

/* WdfIoResourceRequirementsListGetCount: number of lists.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistgetcount
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG
    WdfIoResourceRequirementsListGetCount(WDFIORESREQLIST RequirementsList);

/* WdfIoResourceRequirementsListGetIoResList: list at Index.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistgetioreslist
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFIORESLIST
    WdfIoResourceRequirementsListGetIoResList(WDFIORESREQLIST RequirementsList, ULONG Index);

/* WdfIoResourceRequirementsListRemove: take the list at Index out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceRequirementsListRemove(WDFIORESREQLIST RequirementsList, ULONG Index);

/* WdfIoResourceRequirementsListRemoveByIoResList: take a list out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcerequirementslistremovebyioreslist
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceRequirementsListRemoveByIoResList(WDFIORESREQLIST RequirementsList,
                                                   WDFIORESLIST IoResList);

/* WdfIoResourceListCreate: make an empty list for a requirements list.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoResourceListCreate(WDFIORESREQLIST RequirementsList, PWDF_OBJECT_ATTRIBUTES Attributes,
                            WDFIORESLIST *ResourceList);

/* WdfIoResourceListAppendDescriptor: append a copy of a descriptor.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistappenddescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoResourceListAppendDescriptor(WDFIORESLIST ResourceList,
                                      PIO_RESOURCE_DESCRIPTOR Descriptor);

/* WdfIoResourceListInsertDescriptor: insert a copy of a descriptor.
 *   Returns  STATUS_ARRAY_BOUNDS_EXCEEDED (index); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistinsertdescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfIoResourceListInsertDescriptor(WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor,
                                      ULONG Index);

/* WdfIoResourceListUpdateDescriptor: replace the descriptor at Index.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistupdatedescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceListUpdateDescriptor(WDFIORESLIST ResourceList, PIO_RESOURCE_DESCRIPTOR Descriptor,
                                      ULONG Index);

/* WdfIoResourceListGetCount: number of descriptors.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistgetcount
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG
    WdfIoResourceListGetCount(WDFIORESLIST ResourceList);

/* WdfIoResourceListGetDescriptor: descriptor at Index; valid until the list changes.
 *   Returns  pointer, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistgetdescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PIO_RESOURCE_DESCRIPTOR
    WdfIoResourceListGetDescriptor(WDFIORESLIST ResourceList, ULONG Index);

/* WdfIoResourceListRemove: take the descriptor at Index out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceListRemove(WDFIORESLIST ResourceList, ULONG Index);

/* WdfIoResourceListRemoveByDescriptor: take a descriptor out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfioresourcelistremovebydescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfIoResourceListRemoveByDescriptor(WDFIORESLIST ResourceList,
                                        PIO_RESOURCE_DESCRIPTOR Descriptor);

/* WdfCmResourceListAppendDescriptor: append a copy of a descriptor.
 *   Returns  STATUS_ACCESS_DENIED (list is fixed); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistappenddescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfCmResourceListAppendDescriptor(WDFCMRESLIST List,
                                      PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor);

/* WdfCmResourceListInsertDescriptor: insert a copy of a descriptor.
 *   Returns  STATUS_ARRAY_BOUNDS_EXCEEDED (index); STATUS_ACCESS_DENIED (list is fixed)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistinsertdescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfCmResourceListInsertDescriptor(WDFCMRESLIST List, PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                                      ULONG Index);

/* WdfCmResourceListGetCount: number of descriptors.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistgetcount
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfCmResourceListGetCount(WDFCMRESLIST List);

/* WdfCmResourceListGetDescriptor: copy of the descriptor at Index; valid until the list changes.
 *   Returns  pointer, or NULL beyond the end
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistgetdescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PCM_PARTIAL_RESOURCE_DESCRIPTOR
    WdfCmResourceListGetDescriptor(WDFCMRESLIST List, ULONG Index);

/* WdfCmResourceListRemove: take the descriptor at Index out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfCmResourceListRemove(WDFCMRESLIST List, ULONG Index);

/* WdfCmResourceListRemoveByDescriptor: take a descriptor out.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfresource/nf-wdfresource-wdfcmresourcelistremovebydescriptor
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfCmResourceListRemoveByDescriptor(WDFCMRESLIST List,
                                        PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor);

WDF_EXTERN_C_END
