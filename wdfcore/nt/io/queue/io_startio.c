/* io_startio.c - one request at a time: the device queue inside a device object and DriverStartIo.
 * Normal path: IoStartPacket finds the device idle, makes the IRP current and calls StartIo at
 * DISPATCH_LEVEL; busy, it queues. IoStartNextPacket makes the next one current or the device idle.
 * Cancel: with a cancel routine the cancel lock guards the step between queue and CurrentIrp, so
 * that the routine can tell where its IRP is. The lock is dropped before StartIo is called.
 */
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

enum {
    IO_STARTIO_DEFERRED = 1,
    IO_STARTIO_NONCANCELABLE = 2,
};

#define IO_STARTIO_DEPTH 32 /* IoStartNextPacket inside StartIo nests; so deep it will not end */

/* What IoStartNextPacket was asked for. */
struct io_startio_next {
    BOOLEAN cancelable, by_key;
    ULONG key;
};

static bool io_startio_check(PDEVICE_OBJECT device, const char *api)
{
    if (!io_device_check(device, api)) {
        return false;
    }
    if (device->DriverObject->DriverStartIo == NULL) {
        ke_violation(RULE_NoStartIo, 0, (uintptr_t)device, 0, 0, 0,
                     "%s for a driver without a StartIo routine", api);
        return false;
    }
    return true;
}

/* The next packet becomes current; NULL: the device is idle now. *locked: the cancel lock is held.
 */
static PIRP io_startio_take(PDEVICE_OBJECT device, const struct io_startio_next *next)
{
    PKDEVICE_QUEUE_ENTRY entry = NULL;
    PIRP irp = NULL;

    device->CurrentIrp = NULL;
    entry = next->by_key ? KeRemoveByKeyDeviceQueue(&device->DeviceQueue, next->key)
                         : KeRemoveDeviceQueue(&device->DeviceQueue);
    if (entry != NULL) {
        irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
        device->CurrentIrp = irp;
        if ((io_device_of(device)->startio_attributes & IO_STARTIO_NONCANCELABLE) != 0) {
            irp->CancelRoutine = NULL;
        }
    }
    return irp;
}

static void io_startio_next(PDEVICE_OBJECT device, const struct io_startio_next *next);

/* Call StartIo, then what it asked to be deferred. At DISPATCH_LEVEL, no lock held. */
static void io_startio_call(PDEVICE_OBJECT device, PIRP irp)
{
    struct io_device *self = io_device_of(device);
    PDRIVER_STARTIO routine = device->DriverObject->DriverStartIo;
    struct ke_callback frame;
    UCHAR outer;

    io_lock();
    outer = self->startio_depth++;
    io_unlock();
    if (outer >= IO_STARTIO_DEPTH) {
        ke_violation(RULE_StartIoRecursion, 0, (uintptr_t)device, outer, 0, 0,
                     "StartIo nests %u deep through IoStartNextPacket", outer);
    }
    ke_call_enter(&frame, "StartIo", (const void *)routine, device);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(device), KE_WORD(irp));
    routine(device, irp);
    ke_call_leave(&frame);
    io_lock();
    self->startio_depth--;
    io_unlock();
}

/* What was asked for meanwhile, by StartIo or on another processor. FALSE: nothing. */
static BOOLEAN io_startio_take_deferred(struct io_device *self, struct io_startio_next *next)
{
    BOOLEAN deferred;

    io_lock();
    deferred = self->startio_deferred && self->startio_depth == 0;
    if (deferred) {
        next->cancelable = self->startio_cancelable;
        next->by_key = self->startio_by_key;
        next->key = self->startio_key;
        self->startio_deferred = false;
    }
    io_unlock();
    return deferred;
}

/* Call StartIo for irp, and for as long as it defers, for the next ones. */
static void io_startio_run(PDEVICE_OBJECT device, PIRP irp)
{
    struct io_startio_next next;

    io_startio_call(device, irp);
    while (io_startio_take_deferred(io_device_of(device), &next)) {
        io_startio_next(device, &next);
    }
}

static void io_startio_next(PDEVICE_OBJECT device, const struct io_startio_next *next)
{
    KIRQL old = DISPATCH_LEVEL;
    PIRP irp = NULL;

    if (next->cancelable) {
        IoAcquireCancelSpinLock(&old);
    }
    irp = io_startio_take(device, next);
    if (next->cancelable) {
        IoReleaseCancelSpinLock(old);
    }
    if (irp != NULL) {
        io_startio_run(device, irp);
    }
}

/* Deferred and inside StartIo: remember it; else do it. */
static void io_startio_next_or_defer(PDEVICE_OBJECT device, const struct io_startio_next *next)
{
    struct io_device *self = io_device_of(device);
    BOOLEAN inside;

    io_lock();
    inside = (self->startio_attributes & IO_STARTIO_DEFERRED) != 0 && self->startio_depth != 0;
    if (inside) {
        self->startio_deferred = true;
        self->startio_cancelable = next->cancelable;
        self->startio_by_key = next->by_key;
        self->startio_key = next->key;
    }
    io_unlock();
    if (!inside) {
        io_startio_next(device, next);
    }
}

/* The packet was queued; if it was cancelled before its routine was set, nobody called that. */
static void io_startio_cancel_queued(PDEVICE_OBJECT device, PIRP irp, PDRIVER_CANCEL cancel,
                                     KIRQL old)
{
    struct ke_callback frame;

    irp->CancelIrql = old;
    irp->CancelRoutine = NULL;
    ke_call_enter(&frame, "Cancel", (const void *)cancel, irp);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(device), KE_WORD(irp));
    cancel(device, irp); /* releases the cancel lock */
    frame.irql = old;
    ke_call_leave(&frame);
}

static BOOLEAN io_startio_insert(PDEVICE_OBJECT device, PIRP irp, PULONG key)
{
    PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;

    return key != NULL ? KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key)
                       : KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

VOID IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key, PDRIVER_CANCEL CancelFunction)
{
    KIRQL caller = PASSIVE_LEVEL;
    KIRQL old = DISPATCH_LEVEL;

    if (!API(DISPATCH_LEVEL) || !io_startio_check(DeviceObject, __func__) ||
        !io_irp_check(Irp, __func__)) {
        return;
    }
    caller = KeRaiseIrqlToDpcLevel();
    if (CancelFunction != NULL) {
        IoAcquireCancelSpinLock(&old);
        Irp->CancelRoutine = CancelFunction;
    }
    if (io_startio_insert(DeviceObject, Irp, Key)) {
        if (CancelFunction != NULL && __atomic_load_n(&Irp->Cancel, __ATOMIC_RELAXED)) {
            io_startio_cancel_queued(DeviceObject, Irp, CancelFunction, old);
        } else if (CancelFunction != NULL) {
            IoReleaseCancelSpinLock(old);
        }
    } else {
        DeviceObject->CurrentIrp = Irp;
        if (CancelFunction != NULL) {
            if ((io_device_of(DeviceObject)->startio_attributes & IO_STARTIO_NONCANCELABLE) != 0) {
                Irp->CancelRoutine = NULL;
            }
            IoReleaseCancelSpinLock(old);
        }
        io_startio_run(DeviceObject, Irp);
    }
    KeLowerIrql(caller);
}

/* StartIo is called from here: a lock that the caller holds would be held in it. */
static void io_startio_check_locks(PDEVICE_OBJECT device, const char *api)
{
    if (ke_driver_holds_spin_lock(ke_self)) {
        ke_violation(RULE_SpinLockHeldCallout, 0, (uintptr_t)device, 0, 0, 0,
                     "%s with a spin lock held", api);
    }
}

VOID IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
    struct io_startio_next next = {Cancelable, FALSE, 0};

    if (!API(DISPATCH_LEVEL) || !io_startio_check(DeviceObject, __func__)) {
        return;
    }
    if (ke_self->irql != DISPATCH_LEVEL) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)DeviceObject, ke_self->irql, 0, 0,
                     "IoStartNextPacket below DISPATCH_LEVEL");
        return;
    }
    io_startio_check_locks(DeviceObject, __func__);
    io_startio_next_or_defer(DeviceObject, &next);
}

VOID IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key)
{
    struct io_startio_next next = {Cancelable, TRUE, Key};
    KIRQL old = PASSIVE_LEVEL;

    if (!API(DISPATCH_LEVEL) || !io_startio_check(DeviceObject, __func__)) {
        return;
    }
    io_startio_check_locks(DeviceObject, __func__);
    old = KeRaiseIrqlToDpcLevel();
    io_startio_next_or_defer(DeviceObject, &next);
    KeLowerIrql(old);
}

VOID IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
                            BOOLEAN NonCancelable)
{
    if (!API(HIGH_LEVEL) || !io_startio_check(DeviceObject, __func__)) {
        return;
    }
    io_device_of(DeviceObject)->startio_attributes =
        (UCHAR)((DeferredStartIo ? IO_STARTIO_DEFERRED : 0) |
                (NonCancelable ? IO_STARTIO_NONCANCELABLE : 0));
}
