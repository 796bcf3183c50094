/* fx_capabilities.c - IRP_MN_QUERY_CAPABILITIES: what a driver says about its device goes into the
 * answer of the stack below it, and the framework remembers the sum for its own decisions.
 */
#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/device/fx_device.h"
#include "wdf/pnp/fx_pnp.h"

static void fx_capabilities_pnp(const WDF_DEVICE_PNP_CAPABILITIES *said, DEVICE_CAPABILITIES *caps)
{
#define FX_CAPABILITY(name)                 \
    if (said->name != WdfUseDefault) {      \
        caps->name = said->name == WdfTrue; \
    }
    FX_CAPABILITY(LockSupported)
    FX_CAPABILITY(EjectSupported)
    FX_CAPABILITY(Removable)
    FX_CAPABILITY(DockDevice)
    FX_CAPABILITY(UniqueID)
    FX_CAPABILITY(SilentInstall)
    FX_CAPABILITY(SurpriseRemovalOK)
    FX_CAPABILITY(HardwareDisabled)
    FX_CAPABILITY(NoDisplayInUI)
    if (said->Address != (ULONG)-1) {
        caps->Address = said->Address;
    }
    if (said->UINumber != (ULONG)-1) {
        caps->UINumber = said->UINumber;
    }
}

static void fx_capabilities_power(const WDF_DEVICE_POWER_CAPABILITIES *said,
                                  DEVICE_CAPABILITIES *caps)
{
    FX_CAPABILITY(DeviceD1)
    FX_CAPABILITY(DeviceD2)
    FX_CAPABILITY(WakeFromD0)
    FX_CAPABILITY(WakeFromD1)
    FX_CAPABILITY(WakeFromD2)
    FX_CAPABILITY(WakeFromD3)
#undef FX_CAPABILITY
    for (int state = PowerSystemWorking; state < PowerSystemMaximum; state++) {
        if (said->DeviceState[state] != PowerDeviceMaximum) {
            caps->DeviceState[state] = said->DeviceState[state];
        }
    }
    if (said->DeviceWake != PowerDeviceMaximum) {
        caps->DeviceWake = said->DeviceWake;
    }
    if (said->SystemWake != PowerSystemMaximum) {
        caps->SystemWake = said->SystemWake;
    }
    if (said->D1Latency != (ULONG)-1) {
        caps->D1Latency = said->D1Latency;
    }
    if (said->D2Latency != (ULONG)-1) {
        caps->D2Latency = said->D2Latency;
    }
    if (said->D3Latency != (ULONG)-1) {
        caps->D3Latency = said->D3Latency;
    }
}

void fx_capabilities_add(struct fx_device *device, DEVICE_CAPABILITIES *caps)
{
    fx_capabilities_pnp(&device->pnp_capabilities, caps);
    fx_capabilities_power(&device->power_capabilities, caps);
}

void fx_capabilities_changed(struct fx_device *device)
{
    device->power.capabilities = device->power.below;
    fx_capabilities_power(&device->power_capabilities, &device->power.capabilities);
}

void fx_capabilities_learn(struct fx_device *device)
{
    DEVICE_CAPABILITIES caps = {
        .Size = sizeof(caps), .Version = 1, .Address = (ULONG)-1, .UINumber = (ULONG)-1};
    IO_STACK_LOCATION request = {.MajorFunction = IRP_MJ_PNP,
                                 .MinorFunction = IRP_MN_QUERY_CAPABILITIES};

    if (device->pdo != NULL) { /* nothing is below: its bus knows */
        memset(&device->power.below, 0, sizeof(device->power.below));
        fx_pdo_capabilities(device, &device->power.below);
        fx_capabilities_changed(device);
        return;
    }
    request.Parameters.DeviceCapabilities.Capabilities = &caps;
    if (NT_SUCCESS(io_irp_ask(device->attached, &request, NULL))) {
        device->power.below = caps; /* else what was known stays */
    }
    fx_capabilities_changed(device);
}
