/* fx_removal.c - WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO: the device's removal waits for every I/O
 * request that went through it, also for those that the driver sent on and forgot.
 *
 * Normal path: the request takes the lock on its way in. The device has one stack location more than
 * it needs: it holds the routine that gives the lock back when the request is completed, and the
 * framework works with the next one. Failure: a device that is being removed takes no more.
 * Teardown: IRP_MN_REMOVE_DEVICE waits before it goes down.
 */
#include "nt/io/irp/io_irp.h"
#include "wdf/io/fx_io.h"
#include "wdf/device/fx_device.h"

void fx_removal_init(struct fx_device *device)
{
    if (device->settings.remove_lock_flags & WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO) {
        IoInitializeRemoveLock(&device->remove_lock, 'mRxF', 0, 0);
        device->wdm->StackSize++;
    }
}

static NTSTATUS fx_removal_release(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    struct fx_device *device = context;

    if (irp->PendingReturned) {
        IoMarkIrpPending(irp);
    }
    IoReleaseRemoveLock(&device->remove_lock, irp);
    return STATUS_SUCCESS; /* go on with the completion */
}

NTSTATUS fx_removal_enter(struct fx_device *device, PIRP irp)
{
    NTSTATUS status;

    if (!(device->settings.remove_lock_flags & WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO)) {
        return STATUS_SUCCESS;
    }
    status = IoAcquireRemoveLock(&device->remove_lock, irp);
    if (NT_SUCCESS(status)) {
        IoCopyCurrentIrpStackLocationToNext(irp);
        IoSetCompletionRoutine(irp, fx_removal_release, device, TRUE, TRUE, TRUE);
        IoSetNextIrpStackLocation(irp);
    }
    return status;
}

void fx_removal_wait(struct fx_device *device)
{
    if (device->settings.remove_lock_flags & WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO) {
        IoAcquireRemoveLock(&device->remove_lock, device);
        IoReleaseRemoveLockAndWait(&device->remove_lock, device);
    }
}
