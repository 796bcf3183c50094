/* fx_idle_api.c - what a driver says about idling and waking, and its power references. */
#include "nt/ke/ke_api.h"
#include "nt/usb/io_usb.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_wake.h"
#include "wdf/wmi/fx_wmi_power.h"

#define FX_IDLE_DEFAULT_MS 5000u

NTSTATUS WdfDeviceStopIdleNoTrack(WDFDEVICE Device, BOOLEAN WaitForD0)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (WaitForD0 && !API_QUIET(PASSIVE_LEVEL))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    return device != NULL ? fx_idle_take(device, WaitForD0) : STATUS_INVALID_PARAMETER;
}

VOID WdfDeviceResumeIdleNoTrack(WDFDEVICE Device)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Device, FX_TYPE_DEVICE)) != NULL) {
        fx_idle_give_back(device);
    }
}

/* Tags, lines and files only help to find who holds a reference; they are not compared. */
NTSTATUS WdfDeviceStopIdleActual(WDFDEVICE Device, BOOLEAN WaitForD0, PVOID Tag, LONG Line,
                                 PCCH File)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (WaitForD0 && !API_QUIET(PASSIVE_LEVEL))) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    return device != NULL ? fx_idle_take(device, WaitForD0) : STATUS_INVALID_PARAMETER;
}

VOID WdfDeviceResumeIdleActual(WDFDEVICE Device, PVOID Tag, LONG Line, PCCH File)
{
    struct fx_device *device;

    if (API(DISPATCH_LEVEL) && (device = fx_handle_get(Device, FX_TYPE_DEVICE)) != NULL) {
        fx_idle_give_back(device);
    }
}

static bool fx_idle_settings_valid(const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *settings)
{
    bool can_wake = settings->IdleCaps != IdleCannotWakeFromS0;

    return settings->IdleCaps >= IdleCannotWakeFromS0 &&
           settings->IdleCaps <= IdleUsbSelectiveSuspend && settings->DxState > PowerDeviceD0 &&
           settings->DxState <= PowerDeviceMaximum &&
           (can_wake || settings->DxState != PowerDeviceMaximum) &&
           settings->UserControlOfIdleSettings >= IdleDoNotAllowUserControl &&
           settings->UserControlOfIdleSettings <= IdleAllowUserControl &&
           (unsigned)settings->Enabled <= WdfUseDefault &&
           (unsigned)settings->PowerUpIdleDeviceOnSystemWake <= WdfUseDefault &&
           !(can_wake && settings->PowerUpIdleDeviceOnSystemWake == WdfTrue) &&
           (unsigned)settings->IdleTimeoutType <= SystemManagedIdleTimeoutWithHint &&
           (unsigned)settings->ExcludeD3Cold <= WdfUseDefault;
}

NTSTATUS WdfDeviceAssignS0IdleSettings(WDFDEVICE Device,
                                       PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings)
{
    WDF_POWER_DEVICE_STATE dx;
    struct fx_device *device;
    struct fx_idle *idle;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Settings)) {
        return STATUS_INVALID_PARAMETER;
    }
    idle = &device->power.idle;
    if (!device->power.owner ||
        (idle->assigned && idle->timeout_type != Settings->IdleTimeoutType)) {
        return STATUS_INVALID_DEVICE_REQUEST; /* spec: PWR-13 */
    }
    if (Settings->Size != sizeof(*Settings)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (!fx_idle_settings_valid(Settings)) {
        return STATUS_INVALID_PARAMETER;
    }
    dx = (WDF_POWER_DEVICE_STATE)Settings->DxState;
    if (Settings->IdleCaps == IdleUsbSelectiveSuspend && io_usb_of(device->physical) == NULL) {
        return STATUS_POWER_STATE_INVALID; /* there is no USB stack to suspend it */
    }
    if (Settings->IdleCaps != IdleCannotWakeFromS0) {
        dx = Settings->DxState == PowerDeviceMaximum ? fx_wake_deepest(device) : dx;
        if (!fx_wake_can(device, dx, PowerSystemWorking)) {
            return STATUS_POWER_STATE_INVALID;
        }
    }
    if (Settings->UserControlOfIdleSettings == IdleAllowUserControl) {
        NTSTATUS status = fx_wmi_power_offer(device, FX_WMI_IDLE);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    idle->assigned = true;
    idle->timeout_type = Settings->IdleTimeoutType;
    FX_SET(idle->can_wake, Settings->IdleCaps != IdleCannotWakeFromS0);
    FX_SET(idle->dx, dx);
    FX_SET(idle->timeout_ms, Settings->IdleTimeout != IdleTimeoutDefaultValue
                                 ? Settings->IdleTimeout
                                 : FX_IDLE_DEFAULT_MS);
    FX_SET(idle->enabled, Settings->Enabled != WdfFalse);
    fx_idle_settings_changed(device);
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceAssignSxWakeSettings(WDFDEVICE Device,
                                       PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings)
{
    WDF_POWER_DEVICE_STATE dx;
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Settings)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!device->power.owner) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Settings->Size != sizeof(*Settings)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (Settings->DxState <= PowerDeviceD0 || Settings->DxState > PowerDeviceMaximum ||
        Settings->UserControlOfWakeSettings < WakeDoNotAllowUserControl ||
        Settings->UserControlOfWakeSettings > WakeAllowUserControl ||
        (unsigned)Settings->Enabled > WdfUseDefault) {
        return STATUS_INVALID_PARAMETER;
    }
    dx = Settings->DxState == PowerDeviceMaximum ? fx_wake_deepest(device)
                                                 : (WDF_POWER_DEVICE_STATE)Settings->DxState;
    if (!fx_wake_can(device, dx, PowerSystemSleeping1)) {
        return STATUS_POWER_STATE_INVALID;
    }
    if (Settings->UserControlOfWakeSettings == WakeAllowUserControl) {
        NTSTATUS status = fx_wmi_power_offer(device, FX_WMI_WAKE);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    FX_SET(device->power.wake_dx, dx);
    FX_SET(device->power.wakes_system, Settings->Enabled != WdfFalse);
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceIndicateWakeStatus(WDFDEVICE Device, NTSTATUS WaitWakeStatus)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || WaitWakeStatus == STATUS_PENDING || WaitWakeStatus == STATUS_CANCELLED) {
        return STATUS_INVALID_PARAMETER;
    }
    if (device->pdo != NULL) { /* the bus driver speaks of its child */
        return fx_pdo_wake_indicate(device, WaitWakeStatus);
    }
    if (!device->power.owner) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    return fx_wake_indicate(device, WaitWakeStatus);
}
