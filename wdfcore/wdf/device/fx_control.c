/* fx_control.c - control devices: the init that a driver allocates itself, and the end of their
 * initialization.
 */
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_io.h"
#include "wdf/device/fx_device.h"
#include "wdf/object/fx_pool.h"
#include "wdf/frame/fx_text.h"

PWDFDEVICE_INIT WdfControlDeviceInitAllocate(WDFDRIVER Driver, CONST UNICODE_STRING *SDDLString)
{
    struct WDFDEVICE_INIT *init;
    struct fx_driver *driver;

    if (!API(PASSIVE_LEVEL) || (driver = fx_handle_get(Driver, FX_TYPE_DRIVER)) == NULL ||
        !fx_required(SDDLString)) {
        return NULL;
    }
    init = fx_allocate(sizeof(*init));
    if (init == NULL) {
        return NULL;
    }
    fx_device_init_start(init, driver, FX_DEVICE_CONTROL, NULL);
    if (!NT_SUCCESS(fx_text_copy(SDDLString, &init->settings.sddl))) {
        fx_device_init_end(init);
        fx_free(init);
        return NULL;
    }
    return init;
}

VOID WdfControlDeviceInitSetShutdownNotification(PWDFDEVICE_INIT DeviceInit,
                                                 PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification,
                                                 UCHAR Flags)
{
    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__) ||
        !fx_required(Notification)) {
        return;
    }
    if (DeviceInit->kind != FX_DEVICE_CONTROL ||
        (Flags & ~(WdfDeviceShutdown | WdfDeviceLastChanceShutdown)) != 0) {
        fx_init_misuse("a shutdown notification was asked for with flags 0x%x or for a device that "
                       "is no control device",
                       (unsigned)Flags);
        return;
    }
    DeviceInit->settings.shutdown = Notification;
    DeviceInit->settings.shutdown_flags = Flags;
}

NTSTATUS fx_control_register(struct fx_device *device)
{
    NTSTATUS status = STATUS_SUCCESS;

    if ((device->settings.shutdown_flags & WdfDeviceShutdown) != 0) {
        status = IoRegisterShutdownNotification(device->wdm);
    }
    if (NT_SUCCESS(status) &&
        (device->settings.shutdown_flags & WdfDeviceLastChanceShutdown) != 0) {
        status = IoRegisterLastChanceShutdownNotification(device->wdm);
    }
    return status; /* registrations go with the WDM device */
}

NTSTATUS fx_control_shutdown(struct fx_device *device, PIRP irp)
{
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION callback = device->settings.shutdown;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtDeviceShutdownNotification", callback, &device->object, NULL)) {
        callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
    return fx_io_complete(irp, STATUS_SUCCESS, 0);
}

VOID WdfControlFinishInitializing(WDFDEVICE Device)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Device, FX_TYPE_DEVICE)) == NULL) {
        return;
    }
    if (!fx_device_is_control(device)) {
        fx_init_misuse("WdfControlFinishInitializing was called for a device that PnP starts");
        return;
    }
    if (!device->pnp.started_once) {
        device->pnp.started_once = true;
        device->wdm->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
}
