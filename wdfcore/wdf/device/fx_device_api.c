/* fx_device_api.c - what a driver asks a WDFDEVICE: its WDM devices, its driver, its states. */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"

static struct fx_device *fx_device_get(WDFDEVICE handle)
{
    return fx_handle_get(handle, FX_TYPE_DEVICE);
}

PDEVICE_OBJECT WdfDeviceWdmGetDeviceObject(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return NULL;
    }
    return device->wdm;
}

PDEVICE_OBJECT WdfDeviceWdmGetAttachedDevice(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return NULL;
    }
    return device->attached;
}

PDEVICE_OBJECT WdfDeviceWdmGetPhysicalDevice(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return NULL;
    }
    return device->physical;
}

WDFDEVICE WdfWdmDeviceGetWdfDeviceHandle(PDEVICE_OBJECT DeviceObject)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || !fx_required(DeviceObject)) {
        return NULL;
    }
    device = fx_device_of(DeviceObject);
    if (device == NULL) {
        fx_violation(RULE_HandleWrongType, FX_BUGCHECK_NONE, 0, 0, NULL,
                     "WdfWdmDeviceGetWdfDeviceHandle was called with a device object that is no "
                     "framework device's");
        return NULL;
    }
    return fx_device_handle(device);
}

WDFDRIVER WdfDeviceGetDriver(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return NULL;
    }
    return fx_driver_handle(device->driver);
}

ULONG WdfDeviceGetCharacteristics(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL ||
        device->wdm == NULL) {
        return 0;
    }
    return device->wdm->Characteristics;
}

VOID WdfDeviceSetCharacteristics(WDFDEVICE Device, ULONG DeviceCharacteristics)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_device_get(Device)) != NULL && device->wdm != NULL) {
        device->wdm->Characteristics = DeviceCharacteristics | FILE_DEVICE_SECURE_OPEN;
    }
}

ULONG WdfDeviceGetAlignmentRequirement(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL ||
        device->wdm == NULL) {
        return 0;
    }
    return device->wdm->AlignmentRequirement;
}

VOID WdfDeviceSetAlignmentRequirement(WDFDEVICE Device, ULONG AlignmentRequirement)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL || device->wdm == NULL) {
        return;
    }
    if ((AlignmentRequirement & (AlignmentRequirement + 1)) != 0) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "the alignment requirement 0x%x is not of the form 2^n - 1",
                     (unsigned)AlignmentRequirement);
        return;
    }
    device->wdm->AlignmentRequirement = AlignmentRequirement;
}

WDF_DEVICE_PNP_STATE WdfDeviceGetDevicePnpState(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return WdfDevStatePnpInvalid;
    }
    return device->pnp.state;
}

WDF_DEVICE_POWER_STATE WdfDeviceGetDevicePowerState(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return WdfDevStatePowerInvalid;
    }
    return device->power.state;
}

WDF_DEVICE_POWER_POLICY_STATE WdfDeviceGetDevicePowerPolicyState(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return WdfDevStatePwrPolInvalid;
    }
    return device->power.policy_state;
}

POWER_ACTION WdfDeviceGetSystemPowerAction(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API_QUIET(DISPATCH_LEVEL) || (device = fx_device_get(Device)) == NULL) {
        return PowerActionNone;
    }
    return device->power.action;
}
