/* fx_device_name.c - how a device is called: its name, its symbolic link, its properties. */
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/object/data/fx_string.h"
#include "wdf/frame/fx_text.h"

/* fx_device_link_target: what a link to this device leads to: its own name, or the PDO's, whose
 * opens reach the top of the stack. NULL: there is none. */
static PUNICODE_STRING fx_device_link_target(struct fx_device *device)
{
    PUNICODE_STRING name;

    if (device->settings.name.Buffer != NULL) {
        return &device->settings.name;
    }
    if (device->physical == NULL) {
        return NULL;
    }
    name = &io_device_of(device->physical)->name;
    return name->Length > 0 ? name : NULL;
}

NTSTATUS WdfDeviceCreateSymbolicLink(WDFDEVICE Device, PCUNICODE_STRING SymbolicLinkName)
{
    UNICODE_STRING copy = {0};
    struct fx_device *device;
    PUNICODE_STRING target;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(SymbolicLinkName)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_text_check(SymbolicLinkName);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (SymbolicLinkName->Length == 0 || device->link.Buffer != NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_device_link_target(device);
    if (target == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    status = fx_text_copy(SymbolicLinkName, &copy);
    if (NT_SUCCESS(status)) {
        status = IoCreateSymbolicLink(&copy, target);
    }
    if (!NT_SUCCESS(status)) {
        fx_text_free(&copy);
        return status;
    }
    device->link = copy;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceRetrieveDeviceName(WDFDEVICE Device, WDFSTRING String)
{
    struct fx_device *device;
    struct fx_string *string;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    string = device != NULL ? fx_handle_get(String, FX_TYPE_STRING) : NULL;
    if (string == NULL || device->settings.name.Buffer == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_string_assign(string, &device->settings.name);
}

NTSTATUS fx_device_query_property(DEVICE_OBJECT *physical, DEVICE_REGISTRY_PROPERTY property,
                                  ULONG length, PVOID buffer, PULONG result)
{
    if ((length == 0) != (buffer == NULL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (physical == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return IoGetDeviceProperty(physical, property, length, buffer, result);
}

NTSTATUS fx_device_alloc_property(DEVICE_OBJECT *physical, WDFDRIVER driver,
                                  DEVICE_REGISTRY_PROPERTY property, POOL_TYPE type,
                                  const WDF_OBJECT_ATTRIBUTES *attributes, WDFMEMORY *memory)
{
    WDF_OBJECT_ATTRIBUTES own;
    ULONG length = 0;
    WDFMEMORY made;
    PVOID buffer;
    NTSTATUS status = fx_device_query_property(physical, property, 0, NULL, &length);

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
    status = WdfMemoryCreate(&own, type, 0, length, &made, &buffer);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_device_query_property(physical, property, length, buffer, &length);
    if (!NT_SUCCESS(status)) {
        WdfObjectDelete(made);
        return status;
    }
    *memory = made;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(ResultLength)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_device_query_property(device->physical, DeviceProperty, BufferLength, PropertyBuffer,
                                    ResultLength);
}

NTSTATUS WdfDeviceAllocAndQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                        POOL_TYPE PoolType,
                                        PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                        WDFMEMORY *PropertyMemory)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(PropertyMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *PropertyMemory = NULL;
    return fx_device_alloc_property(device->physical, fx_driver_handle(device->driver),
                                    DeviceProperty, PoolType, PropertyMemoryAttributes,
                                    PropertyMemory);
}
