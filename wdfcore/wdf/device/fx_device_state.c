/* fx_device_state.c - what a driver says about its WDFDEVICE: state flags, capabilities, failure,
 * and whether it may be stopped.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/pnp/fx_pnp.h"

static bool fx_tri_states_valid(const WDF_TRI_STATE *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned)values[i] > WdfUseDefault) {
            return false;
        }
    }
    return true;
}

VOID WdfDeviceSetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL ||
        !fx_required(DeviceState) ||
        !fx_size_right(DeviceState->Size, sizeof(*DeviceState), "WDF_DEVICE_STATE")) {
        return;
    }
    if (!fx_tri_states_valid(&DeviceState->Disabled, 7)) {
        fx_bad_value(&device->object, "WDF_TRI_STATE", -1);
        return;
    }
    device->state_flags = *DeviceState;
    if (!fx_device_is_control(device)) {
        fx_pnp_invalidate(device);
    }
}

VOID WdfDeviceGetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Device, FX_TYPE_DEVICE)) != NULL &&
        fx_required(DeviceState) &&
        fx_size_right(DeviceState->Size, sizeof(*DeviceState), "WDF_DEVICE_STATE")) {
        *DeviceState = device->state_flags;
    }
}

VOID WdfDeviceSetPnpCapabilities(WDFDEVICE Device, PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL ||
        !fx_required(PnpCapabilities) ||
        !fx_size_right(PnpCapabilities->Size, sizeof(*PnpCapabilities),
                       "WDF_DEVICE_PNP_CAPABILITIES")) {
        return;
    }
    if (!fx_tri_states_valid(&PnpCapabilities->LockSupported, 9)) {
        fx_bad_value(&device->object, "WDF_TRI_STATE", -1);
        return;
    }
    device->pnp_capabilities = *PnpCapabilities;
}

VOID WdfDeviceSetPowerCapabilities(WDFDEVICE Device,
                                   PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL ||
        !fx_required(PowerCapabilities) ||
        !fx_size_right(PowerCapabilities->Size, sizeof(*PowerCapabilities),
                       "WDF_DEVICE_POWER_CAPABILITIES")) {
        return;
    }
    if (!fx_tri_states_valid(&PowerCapabilities->DeviceD1, 6)) {
        fx_bad_value(&device->object, "WDF_TRI_STATE", -1);
        return;
    }
    device->power_capabilities = *PowerCapabilities;
    fx_capabilities_changed(device);
}

VOID WdfDeviceSetStaticStopRemove(WDFDEVICE Device, BOOLEAN Stoppable)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL) {
        return;
    }
    if (!Stoppable) {
        __atomic_add_fetch(&device->pnp.veto, 1, __ATOMIC_RELAXED);
    } else if (FX_LOOK(device->pnp.veto) == 0) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "WdfDeviceSetStaticStopRemove(TRUE) took back what was never said");
    } else {
        __atomic_sub_fetch(&device->pnp.veto, 1, __ATOMIC_RELAXED);
    }
}

VOID WdfDeviceSetFailed(WDFDEVICE Device, WDF_DEVICE_FAILED_ACTION FailedAction)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL) {
        return;
    }
    if (FailedAction != WdfDeviceFailedAttemptRestart && FailedAction != WdfDeviceFailedNoRestart) {
        fx_bad_value(&device->object, "WDF_DEVICE_FAILED_ACTION", (long)FailedAction);
        return;
    }
    FX_SET(device->pnp.restart, FailedAction == WdfDeviceFailedAttemptRestart);
    FX_SET(device->pnp.failed, true);
    if (!fx_device_is_control(device)) {
        fx_pnp_invalidate(device);
    }
}

VOID WdfDeviceSetSpecialFileSupport(WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE FileType,
                                    BOOLEAN FileTypeIsSupported)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL) {
        return;
    }
    if (FileType < WdfSpecialFilePaging || FileType >= WdfSpecialFileMax) {
        fx_bad_value(&device->object, "WDF_SPECIAL_FILE_TYPE", (long)FileType);
        return;
    }
    FX_SET(device->pnp.special_supported[FileType - WdfSpecialFilePaging],
           FileTypeIsSupported != FALSE);
}

VOID WdfDeviceSetBusInformationForChildren(WDFDEVICE Device, PPNP_BUS_INFORMATION BusInformation)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Device, FX_TYPE_DEVICE)) != NULL &&
        fx_required(BusInformation)) {
        device->bus_information = *BusInformation;
        device->has_bus_information = true;
    }
}
