/* wdfcollection.h - ordered collections of objects.
 * - adding references the object, removing drops that reference; getting adds none
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* WdfCollectionCreate: make an empty collection.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectioncreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfCollectionCreate(PWDF_OBJECT_ATTRIBUTES CollectionAttributes, WDFCOLLECTION *Collection);

/* WdfCollectionGetCount: number of items.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectiongetcount
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfCollectionGetCount(WDFCOLLECTION Collection);

/* WdfCollectionAdd: append an object and reference it.
 *   Returns  STATUS_UNSUCCESSFUL (no memory)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectionadd
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfCollectionAdd(WDFCOLLECTION Collection, WDFOBJECT Object);

/* WdfCollectionRemove: take the first occurrence of Item out and drop its reference.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectionremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfCollectionRemove(WDFCOLLECTION Collection, WDFOBJECT Item);

/* WdfCollectionRemoveItem: take the item at Index out and drop its reference.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectionremoveitem
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfCollectionRemoveItem(WDFCOLLECTION Collection, ULONG Index);

/* WdfCollectionGetItem: item at Index, without a reference for the caller.
 *   Returns  handle, or NULL beyond the end
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectiongetitem
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFOBJECT
    WdfCollectionGetItem(WDFCOLLECTION Collection, ULONG Index);

/* WdfCollectionGetFirstItem: first item, without a reference for the caller.
 *   Returns  handle, or NULL when empty
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectiongetfirstitem
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFOBJECT
    WdfCollectionGetFirstItem(WDFCOLLECTION Collection);

/* WdfCollectionGetLastItem: last item, without a reference for the caller.
 *   Returns  handle, or NULL when empty
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcollection/nf-wdfcollection-wdfcollectiongetlastitem
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFOBJECT
    WdfCollectionGetLastItem(WDFCOLLECTION Collection);

WDF_EXTERN_C_END
