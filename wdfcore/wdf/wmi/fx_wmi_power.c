/* fx_wmi_power.c - the framework's own blocks: one BOOLEAN each, by which the user of a machine says
 * whether a device may idle (GUID_POWER_DEVICE_ENABLE), and whether it may wake the system
 * (GUID_POWER_DEVICE_WAKE_ENABLE).
 *
 * Normal path: the driver assigns settings that the user may change; the device gets the block, and WMI
 * asks and changes it. A driver that has made a provider with the GUID itself answers itself; one that
 * makes it later is refused (spec: WMI-06).
 */
#include "wdf/wmi/fx_wmi.h"

#include "wdf/pnp/fx_idle.h"
#include "wdf/wmi/fx_wmi_power.h"

static const GUID power_guids[] = {
    [FX_WMI_IDLE] = {0x827c0a6f, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}},
    [FX_WMI_WAKE] = {0xa9546a82, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}},
};

static bool power_is_there(struct fx_device *device, enum fx_wmi_power which)
{
    bool there;

    fx_wmi_lock(device);
    there = fx_wmi_provider_find_locked(device, &power_guids[which]) != NULL;
    fx_wmi_unlock(device);
    return there;
}

NTSTATUS fx_wmi_power_offer(struct fx_device *device, enum fx_wmi_power which)
{
    WDF_WMI_PROVIDER_CONFIG config;
    struct fx_wmi_provider *provider;
    NTSTATUS status;

    if (power_is_there(device, which)) {
        return STATUS_SUCCESS;
    }
    WDF_WMI_PROVIDER_CONFIG_INIT(&config, &power_guids[which]);
    config.MinInstanceBufferSize = sizeof(BOOLEAN);
    status = fx_wmi_provider_create_ours(device, &config, which, &provider);
    if (status == STATUS_OBJECT_NAME_COLLISION) {
        return STATUS_SUCCESS; /* somebody was faster */
    }
    return NT_SUCCESS(status) ? fx_wmi_instance_create_ours(provider) : status;
}

static bool *power_flag(struct fx_device *device, enum fx_wmi_power which)
{
    return which == FX_WMI_IDLE ? &device->power.idle.enabled : &device->power.wakes_system;
}

NTSTATUS fx_wmi_power_query(const struct fx_wmi_provider *provider, ULONG size, void *buffer,
                            ULONG *used)
{
    *used = sizeof(BOOLEAN);
    if (size < sizeof(BOOLEAN)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    *(BOOLEAN *)buffer = FX_LOOK(*power_flag(provider->device, provider->power));
    return STATUS_SUCCESS;
}

NTSTATUS fx_wmi_power_set(const struct fx_wmi_provider *provider, ULONG size, const void *buffer)
{
    if (size < sizeof(BOOLEAN)) {
        return STATUS_INVALID_PARAMETER_2;
    }
    FX_SET(*power_flag(provider->device, provider->power), *(const BOOLEAN *)buffer != FALSE);
    if (provider->power == FX_WMI_IDLE) {
        fx_idle_settings_changed(provider->device);
    }
    return STATUS_SUCCESS;
}
