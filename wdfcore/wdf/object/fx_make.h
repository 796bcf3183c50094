#pragma once
/* fx_make.h - the common part of the create functions: attributes, parent, memory.
 *
 *     status = fx_make(&fx_spinlock_type, 0, Attributes, KE_CALLER(), &make);
 *     if (NT_SUCCESS(status)) { ...set up make.object's body, then: }
 *     status = fx_make_publish(&make); or fx_make_discard(&make)
 */
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"

struct fx_make {
    struct fx_object *object; /* NULL after a failure */
    struct fx_object *parent;
};

/* fx_make: check the attributes, find the parent (default: the caller's driver), create.
 *   extra   see fx_object_create
 *   caller  the API function's KE_CALLER()
 *   Returns statuses of fx_attributes_check; STATUS_DELETE_PENDING (also checked again when it is
 *           published); STATUS_INVALID_PARAMETER (a refused parent handle);
 *           STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_make(const struct fx_type *type, size_t extra, const WDF_OBJECT_ATTRIBUTES *attributes,
                 const void *caller, struct fx_make *make);

/* fx_make_under: the same with a parent that is known. The attributes are checked. */
NTSTATUS fx_make_under(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                       const void *caller, struct fx_make *make);

/* fx_make_publish: the object becomes visible, or is discarded. fx_make_try_publish: a failure leaves it
 * to be undone and discarded. fx_make_discard: it goes. One of them follows a fx_make that succeeded;
 * in between the parent's memory lasts. */
NTSTATUS fx_make_publish(struct fx_make *make);
NTSTATUS fx_make_try_publish(struct fx_make *make);
void fx_make_discard(struct fx_make *make);

/* fx_default_parent: the WDFDRIVER of the caller; NULL: there is none, which was reported. */
struct fx_object *fx_default_parent(const void *caller);

/* fx_make_below_device: what DPC, timer and work item check after their Config: the attributes, a
 * device above the parent, and the callback lock.
 *   serialize  the Config's AutomaticSerialization
 *   passive    the callback runs at PASSIVE_LEVEL
 *   Returns    statuses of fx_attributes_check; STATUS_INVALID_DEVICE_REQUEST (no device above);
 *              STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL. *lock: what to call under, or NULL */
NTSTATUS fx_make_below_device(const struct fx_type *type, const WDF_OBJECT_ATTRIBUTES *attributes,
                              struct fx_object *parent, bool serialize, bool passive,
                              struct fx_callback_lock **lock);
