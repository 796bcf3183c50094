#pragma once
/* fx_property.h - properties of a device: those that have a number, and those that have a key. */
#include <ntddk.h>
#include <wdf.h>

/* What is asked for. */
struct fx_property {
    DEVICE_REGISTRY_PROPERTY number;
    const WDF_DEVICE_PROPERTY_DATA *data; /* NULL: by its number */
    PDEVPROPTYPE type;                    /* out, with data */
};

/* fx_property_query: of the PDO (NULL: STATUS_INVALID_DEVICE_REQUEST).
 * fx_property_allocate: into a new memory object, child of the driver by default. PASSIVE_LEVEL.
 *   Returns  both: STATUS_INFO_LENGTH_MISMATCH (data's Size), STATUS_INVALID_PARAMETER (no key in it) */
NTSTATUS fx_property_query(PDEVICE_OBJECT physical, const struct fx_property *property,
                           ULONG length, PVOID buffer, PULONG result);
NTSTATUS fx_property_allocate(PDEVICE_OBJECT physical, WDFDRIVER driver,
                              const struct fx_property *property, POOL_TYPE pool,
                              const WDF_OBJECT_ATTRIBUTES *attributes, WDFMEMORY *memory);
