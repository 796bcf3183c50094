/* fx_pdo.c - setters for the init of a PDO. No such init exists here: devices on a bus are made by
 * the machine, not by a driver's bus. So each call is for an init of another kind.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/pnp/fx_device.h"

/* fx_pdo_refused: what a setter with a status returns for another kind of device. */
static NTSTATUS fx_pdo_refused(const struct WDFDEVICE_INIT *init, const char *api)
{
    return fx_device_init_live(init, api) ? STATUS_INVALID_DEVICE_REQUEST
                                          : STATUS_INVALID_PARAMETER;
}

static void fx_pdo_ignored(const struct WDFDEVICE_INIT *init, const char *api)
{
    if (fx_device_init_live(init, api)) {
        fx_init_misuse("%s was called for a device that is no PDO", api);
    }
}

PWDFDEVICE_INIT WdfPdoInitAllocate(WDFDEVICE ParentDevice)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL) || (device = fx_handle_get(ParentDevice, FX_TYPE_DEVICE)) == NULL) {
        return NULL;
    }
    if (device->kind == FX_DEVICE_FDO) { /* of the others it is NULL on Windows, too */
        fx_unavailable(&device->object, __func__);
    }
    return NULL;
}

NTSTATUS WdfPdoInitAssignDeviceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceID)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAssignInstanceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING InstanceID)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAddHardwareID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING HardwareID)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAddCompatibleID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CompatibleID)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAssignContainerID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING ContainerID)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAddDeviceText(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceDescription,
                                 PCUNICODE_STRING DeviceLocation, LCID LocaleId)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_pdo_refused(DeviceInit, __func__);
}

NTSTATUS WdfPdoInitAssignRawDevice(PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    (void)fx_device_init_live(DeviceInit, __func__);
    return STATUS_INVALID_PARAMETER; /* spec: INI-08 */
}

VOID WdfPdoInitSetDefaultLocale(PWDFDEVICE_INIT DeviceInit, LCID LocaleId)
{
    if (API(PASSIVE_LEVEL)) {
        fx_pdo_ignored(DeviceInit, __func__);
    }
}

VOID WdfPdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit, PWDF_PDO_EVENT_CALLBACKS DispatchTable)
{
    if (API(PASSIVE_LEVEL)) {
        fx_pdo_ignored(DeviceInit, __func__);
    }
}

VOID WdfPdoInitAllowForwardingRequestToParent(PWDFDEVICE_INIT DeviceInit)
{
    if (API(PASSIVE_LEVEL)) {
        fx_pdo_ignored(DeviceInit, __func__);
    }
}

VOID WdfPdoInitRemovePowerDependencyOnParent(PWDFDEVICE_INIT DeviceInit)
{
    if (API(PASSIVE_LEVEL)) {
        fx_pdo_ignored(DeviceInit, __func__);
    }
}

/* For devices: none is a PDO. */

NTSTATUS WdfPdoMarkMissing(WDFDEVICE Device)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    (void)fx_handle_get(Device, FX_TYPE_DEVICE);
    return STATUS_INVALID_PARAMETER;
}

WDFDEVICE WdfPdoGetParent(WDFDEVICE Device)
{
    if (API(DISPATCH_LEVEL)) {
        (void)fx_handle_get(Device, FX_TYPE_DEVICE);
    }
    return NULL;
}

NTSTATUS WdfFdoAddStaticChild(WDFDEVICE Fdo, WDFDEVICE Child)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (fx_handle_get(Fdo, FX_TYPE_DEVICE) != NULL) {
        (void)fx_handle_get(Child, FX_TYPE_DEVICE);
    }
    return STATUS_INVALID_PARAMETER; /* spec: CHL-08 */
}
