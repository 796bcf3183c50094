/* fx_dispatch.c - from the WDM dispatch routine to the framework's packages. */
#include "wdf/device/fx_dispatch.h"

#include <string.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_io.h"
#include "wdf/io/fx_queue.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/wmi/fx_wmi.h"

/* fx_dispatch_preprocess: the callback that wants this IRP first, or NULL. */
static PFN_WDFDEVICE_WDM_IRP_PREPROCESS fx_dispatch_preprocess(const struct fx_device *device,
                                                               const IO_STACK_LOCATION *stack)
{
    struct fx_preprocess **table = device->settings.preprocess;
    const struct fx_preprocess *entry = table != NULL ? table[stack->MajorFunction] : NULL;

    if (entry == NULL || (entry->minor_count > 0 && memchr(entry->minors, stack->MinorFunction,
                                                           entry->minor_count) == NULL)) {
        return NULL;
    }
    return entry->callback;
}

/* Behind the preprocess callbacks. */
static NTSTATUS fx_dispatch_processed(struct fx_device *device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
    NTSTATUS status;

    switch (major) {
    case IRP_MJ_PNP:
        return fx_device_is_control(device) ? fx_io_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0)
                                            : fx_pnp_dispatch(device, irp);
    case IRP_MJ_POWER:
        return fx_device_is_control(device) ? fx_io_complete(irp, STATUS_NOT_SUPPORTED, 0)
                                            : fx_power_dispatch(device, irp);
    case IRP_MJ_SHUTDOWN:
        return device->settings.shutdown != NULL ? fx_control_shutdown(device, irp)
                                                 : fx_io_forward(device->io, irp);
    case IRP_MJ_SYSTEM_CONTROL:
        return fx_wmi_dispatch(device, irp);
    default:
        status = fx_removal_enter(device, irp);
        if (!NT_SUCCESS(status)) {
            return fx_io_complete(irp, status, 0);
        }
        /* A deleted control device lives until its last handle is closed, but nobody opens it. */
        return major == IRP_MJ_CREATE && FX_LOOK(device->deleting)
                   ? fx_io_complete(irp, STATUS_NO_SUCH_DEVICE, 0)
                   : fx_io_dispatch(device, irp);
    }
}

NTSTATUS fx_dispatch(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_device *device = fx_device_of(wdm);
    PFN_WDFDEVICE_WDM_IRP_PREPROCESS callback;
    struct fx_call call;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (device == NULL || fx_object_is_dying(&device->object)) {
        return fx_io_complete(irp, STATUS_NO_SUCH_DEVICE, 0);
    }
    callback = fx_dispatch_preprocess(device, IoGetCurrentIrpStackLocation(irp));
    if (callback == NULL) {
        return fx_dispatch_processed(device, irp);
    }
    if (fx_call_enter(&call, "EvtDeviceWdmIrpPreprocess", callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device), irp);
        fx_call_leave(&call);
    }
    return status;
}

NTSTATUS WdfDeviceWdmDispatchPreprocessedIrp(WDFDEVICE Device, PIRP Irp)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Irp)) {
        return STATUS_INVALID_PARAMETER;
    }
    /* The driver skipped its stack location, so that the next one to be entered is ours again. */
    IoSetNextIrpStackLocation(Irp);
    return fx_dispatch_processed(device, Irp);
}

/* ---- EvtDeviceWdmIrpDispatch ---- */

NTSTATUS
WdfDeviceConfigureWdmIrpDispatchCallback(WDFDEVICE Device, WDFDRIVER Driver, UCHAR MajorFunction,
                                         PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch,
                                         WDFCONTEXT DriverContext)
{
    unsigned type = fx_io_type(MajorFunction);
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(EvtDeviceWdmIrpDispatch) ||
        (Driver != NULL && fx_handle_get(Driver, FX_TYPE_DRIVER) == NULL) || type == FX_IO_TYPES) {
        return STATUS_INVALID_PARAMETER;
    }
    device->io->routes[type] = (struct fx_io_route){EvtDeviceWdmIrpDispatch, DriverContext};
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceWdmDispatchIrp(WDFDEVICE Device, PIRP Irp, WDFCONTEXT DispatchContext)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Irp) || DispatchContext != device->io) {
        return STATUS_INVALID_PARAMETER; /* not from the callback of this device */
    }
    return fx_io_dispatch_by_type(device->io, Irp);
}

NTSTATUS WdfDeviceWdmDispatchIrpToIoQueue(WDFDEVICE Device, PIRP Irp, WDFQUEUE Queue, ULONG Flags)
{
    const ULONG known = WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK |
                        WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_device *device;
    struct fx_queue *queue;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    queue = fx_handle_get(Queue, FX_TYPE_QUEUE);
    if (device == NULL || queue == NULL || !fx_required(Irp)) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP) != 0) {
        IoSetNextIrpStackLocation(Irp);
        status = fx_removal_enter(device, Irp);
    }
    if ((Flags & ~known) != 0 || queue->io != device->io ||
        fx_io_type(IoGetCurrentIrpStackLocation(Irp)->MajorFunction) == FX_IO_TYPES) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!NT_SUCCESS(status)) {
        return fx_io_complete(Irp, status, 0);
    }
    return fx_io_dispatch_to_queue(
        queue, Irp, (Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK) != 0);
}
