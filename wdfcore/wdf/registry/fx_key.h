#pragma once
/* fx_key.h - WDFKEY: an open registry key.
 * Rules for a key object:
 * - its handle is open until the object is destroyed, at PASSIVE_LEVEL
 * - it is deleted by WdfRegistryClose, by a successful WdfRegistryRemoveKey, or with its parent:
 *   the driver, or the device for the functions of a device
 */
#include <wdf.h>

#include "nt/cm/cm_value.h"
#include "wdf/object/fx_object.h"

/* Keys: (c) constant once published */
struct fx_key {
    struct fx_object object;
    HANDLE handle; /* (c) */
};

/* fx_key_make: the object for an open handle, which is closed after a failure.
 *   parent   if the attributes name none; NULL: the caller's driver
 *   Returns  statuses of fx_make */
NTSTATUS fx_key_make(HANDLE handle, const WDF_OBJECT_ATTRIBUTES *attributes,
                     struct fx_object *parent, const void *caller, WDFKEY *key);

/* fx_key_read: a value's data, copied (cm_data_free). */
NTSTATUS fx_key_read(WDFKEY handle, PCUNICODE_STRING name, struct cm_data *data);
/* fx_key_write: a value. */
NTSTATUS fx_key_write(WDFKEY handle, PCUNICODE_STRING name, ULONG type, const void *data,
                      size_t size);
