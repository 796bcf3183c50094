/* fx_fdo.c - what only the init of a function or filter device has. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/device/fx_property.h"

static bool fx_init_of_fdo(const struct WDFDEVICE_INIT *init, const char *api)
{
    if (!fx_device_init_live(init, api)) {
        return false;
    }
    if (init->kind == FX_DEVICE_CONTROL || init->kind == FX_DEVICE_PDO) { /* spec: INI-09 */
        fx_init_misuse("%s was called for a device that is no function or filter device", api);
        return false;
    }
    return true;
}

VOID WdfFdoInitSetFilter(PWDFDEVICE_INIT DeviceInit)
{
    if (API(PASSIVE_LEVEL) && fx_init_of_fdo(DeviceInit, __func__)) {
        DeviceInit->kind = FX_DEVICE_FILTER;
    }
}

VOID WdfFdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                 PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks)
{
    if (!API(PASSIVE_LEVEL) || !fx_init_of_fdo(DeviceInit, __func__) ||
        !fx_required(FdoEventCallbacks) ||
        !fx_size_right(FdoEventCallbacks->Size, sizeof(*FdoEventCallbacks),
                       "WDF_FDO_EVENT_CALLBACKS")) {
        return;
    }
    if (FdoEventCallbacks->EvtDeviceFilterAddResourceRequirements != NULL &&
        FdoEventCallbacks->EvtDeviceRemoveAddedResources == NULL) {
        fx_init_misuse("EvtDeviceFilterAddResourceRequirements is set without "
                       "EvtDeviceRemoveAddedResources");
        return;
    }
    DeviceInit->settings.fdo = *FdoEventCallbacks;
}

PDEVICE_OBJECT WdfFdoInitWdmGetPhysicalDevice(PWDFDEVICE_INIT DeviceInit)
{
    if (!API(DISPATCH_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return NULL;
    }
    return DeviceInit->physical;
}

NTSTATUS WdfFdoInitQueryProperty(PWDFDEVICE_INIT DeviceInit,
                                 DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
                                 PVOID PropertyBuffer, PULONG ResultLength)
{
    const struct fx_property property = {.number = DeviceProperty};

    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ResultLength)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_query(DeviceInit->physical, &property, BufferLength, PropertyBuffer,
                             ResultLength);
}

NTSTATUS WdfFdoInitAllocAndQueryProperty(PWDFDEVICE_INIT DeviceInit,
                                         DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                         POOL_TYPE PoolType,
                                         PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                         WDFMEMORY *PropertyMemory)
{
    const struct fx_property property = {.number = DeviceProperty};

    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(PropertyMemory)) {
        return STATUS_INVALID_PARAMETER;
    }
    *PropertyMemory = NULL;
    return fx_property_allocate(DeviceInit->physical, fx_driver_handle(DeviceInit->driver),
                                &property, PoolType, PropertyMemoryAttributes, PropertyMemory);
}

NTSTATUS WdfFdoInitQueryPropertyEx(PWDFDEVICE_INIT DeviceInit,
                                   PWDF_DEVICE_PROPERTY_DATA DeviceProperty, ULONG BufferLength,
                                   PVOID PropertyBuffer, PULONG ResultLength, PDEVPROPTYPE Type)
{
    const struct fx_property property = {.data = DeviceProperty, .type = Type};

    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(DeviceProperty) || !fx_required(ResultLength) || !fx_required(Type)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_property_query(DeviceInit->physical, &property, BufferLength, PropertyBuffer,
                             ResultLength);
}

NTSTATUS WdfFdoInitAllocAndQueryPropertyEx(PWDFDEVICE_INIT DeviceInit,
                                           PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                           POOL_TYPE PoolType,
                                           PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                           WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type)
{
    const struct fx_property property = {.data = DeviceProperty, .type = Type};

    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(DeviceProperty) || !fx_required(PropertyMemory) || !fx_required(Type)) {
        return STATUS_INVALID_PARAMETER;
    }
    *PropertyMemory = NULL;
    return fx_property_allocate(DeviceInit->physical, fx_driver_handle(DeviceInit->driver),
                                &property, PoolType, PropertyMemoryAttributes, PropertyMemory);
}
