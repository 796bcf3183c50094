/* fx_property.c - properties of a device. */
#include "wdf/device/fx_property.h"

#include "nt/ke/ke_api.h"
#include "wdf/device/fx_device.h"
#include "wdf/frame/fx_check.h"

/* What the driver filled in. */
static NTSTATUS fx_property_check(const WDF_DEVICE_PROPERTY_DATA *data)
{
    if (data->Size != sizeof(*data)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return data->PropertyKey != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS fx_property_query(PDEVICE_OBJECT physical, const struct fx_property *property,
                           ULONG length, PVOID buffer, PULONG result)
{
    NTSTATUS status = property->data != NULL ? fx_property_check(property->data) : STATUS_SUCCESS;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if ((length == 0) != (buffer == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (physical == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (property->data == NULL) {
        return IoGetDeviceProperty(physical, property->number, length, buffer, result);
    }
    return IoGetDevicePropertyData(physical, property->data->PropertyKey, property->data->Lcid,
                                   property->data->Flags, length, buffer, result, property->type);
}

NTSTATUS fx_property_allocate(PDEVICE_OBJECT physical, WDFDRIVER driver,
                              const struct fx_property *property, POOL_TYPE pool,
                              const WDF_OBJECT_ATTRIBUTES *attributes, WDFMEMORY *memory)
{
    WDF_OBJECT_ATTRIBUTES own;
    ULONG length = 0;
    WDFMEMORY made;
    PVOID buffer;
    NTSTATUS status = fx_property_query(physical, property, 0, NULL, &length);

    if (status != STATUS_BUFFER_TOO_SMALL) {
        return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_NOT_FOUND : status;
    }
    if (attributes != NULL) {
        own = *attributes;
    } else {
        WDF_OBJECT_ATTRIBUTES_INIT(&own);
    }
    if (own.ParentObject == NULL) {
        own.ParentObject = driver;
    }
    status = WdfMemoryCreate(&own, pool, 0, length, &made, &buffer);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_property_query(physical, property, length, buffer, &length);
    if (!NT_SUCCESS(status)) {
        WdfObjectDelete(made);
        return status;
    }
    *memory = made;
    return STATUS_SUCCESS;
}

/* ---- by number ---- */

NTSTATUS WdfDeviceQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength)
{
    const struct fx_property property = {.number = DeviceProperty};
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(ResultLength)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_query(device->physical, &property, BufferLength, PropertyBuffer,
                             ResultLength);
}

NTSTATUS WdfDeviceAllocAndQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                        POOL_TYPE PoolType,
                                        PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                        WDFMEMORY *PropertyMemory)
{
    const struct fx_property property = {.number = DeviceProperty};
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(PropertyMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *PropertyMemory = NULL;
    return fx_property_allocate(device->physical, fx_driver_handle(device->driver), &property,
                                PoolType, PropertyMemoryAttributes, PropertyMemory);
}

/* ---- by key ---- */

NTSTATUS WdfDeviceQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                  ULONG BufferLength, PVOID PropertyBuffer, PULONG RequiredSize,
                                  PDEVPROPTYPE Type)
{
    const struct fx_property property = {.data = DeviceProperty, .type = Type};
    struct fx_device *device;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(DeviceProperty) || !fx_required(RequiredSize) ||
        !fx_required(Type)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_query(device->physical, &property, BufferLength, PropertyBuffer,
                             RequiredSize);
}

NTSTATUS WdfDeviceAllocAndQueryPropertyEx(WDFDEVICE Device,
                                          PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                          POOL_TYPE PoolType,
                                          PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                          WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type)
{
    const struct fx_property property = {.data = DeviceProperty, .type = Type};
    struct fx_device *device;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(DeviceProperty) || !fx_required(PropertyMemory) ||
        !fx_required(Type)) {
        return STATUS_INVALID_PARAMETER;
    }
    *PropertyMemory = NULL;
    return fx_property_allocate(device->physical, fx_driver_handle(device->driver), &property,
                                PoolType, PropertyMemoryAttributes, PropertyMemory);
}

NTSTATUS WdfDeviceAssignProperty(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                 DEVPROPTYPE Type, ULONG Size, PVOID Data)
{
    struct fx_device *device;
    NTSTATUS status;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(DeviceProperty)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_property_check(DeviceProperty);
    if (NT_SUCCESS(status) && device->physical == NULL) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return IoSetDevicePropertyData(device->physical, DeviceProperty->PropertyKey,
                                   DeviceProperty->Lcid, DeviceProperty->Flags, Type, Size, Data);
}
