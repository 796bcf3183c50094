/* fx_unavailable.c - functions of devices and drivers that are not built: properties by key, power
 * framework settings. They say so: STATUS_NOT_IMPLEMENTED, or ApiUnavailable where no status can be
 * returned.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"

/* fx_not_implemented: for a live object of the type; *handle (may be NULL) is cleared. */
static NTSTATUS fx_not_implemented(const void *object, enum fx_type_number type, void **handle)
{
    if (handle != NULL) {
        *handle = NULL;
    }
    return fx_handle_get(object, type) != NULL ? STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfDeviceQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                  ULONG BufferLength, PVOID PropertyBuffer, PULONG RequiredSize,
                                  PDEVPROPTYPE Type)
{
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_not_implemented(Device, FX_TYPE_DEVICE, NULL);
}

NTSTATUS WdfDeviceAssignProperty(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                 DEVPROPTYPE Type, ULONG BufferLength, PVOID PropertyBuffer)
{
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_not_implemented(Device, FX_TYPE_DEVICE, NULL);
}

NTSTATUS
WdfDeviceWdmAssignPowerFrameworkSettings(WDFDEVICE Device,
                                         PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_not_implemented(Device, FX_TYPE_DEVICE, NULL);
}
