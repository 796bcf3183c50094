/* fx_unavailable.c - what is not built of devices: the power framework. It says so. */
#include "nt/ke/ke_api.h"
#include "wdf/device/fx_device.h"

NTSTATUS
WdfDeviceWdmAssignPowerFrameworkSettings(WDFDEVICE Device,
                                         PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_handle_get(Device, FX_TYPE_DEVICE) != NULL ? STATUS_NOT_IMPLEMENTED
                                                         : STATUS_INVALID_PARAMETER;
}
