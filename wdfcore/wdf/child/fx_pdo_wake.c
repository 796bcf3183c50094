/* fx_pdo_wake.c - IRP_MN_WAIT_WAKE at a PDO: the bus waits for its child's wake signal.
 *
 *   wake.state   request     Enable succeeds   Enable fails   signal, cancel   Disable has returned
 *   NONE         ENABLING    -                 -              -                -
 *   ENABLING     refused     ENABLED           NONE           ENDED            -
 *   ENABLED      refused     -                 -              DISABLING        -
 *   ENDED        refused     DISABLING         NONE           -                -
 *   DISABLING    waits       -                 -              -                NONE
 *
 * Normal path: the request arrives and stays; EvtDeviceEnableWakeAtBus arms the bus; the bus driver
 * sees the signal and says so (WdfDeviceIndicateWakeStatus), which completes the request;
 * EvtDeviceDisableWakeAtBus follows. Failures: a child that cannot wake, a second request, a bus that
 * cannot be armed: refused. A cancelled request ends in the same way as one that was answered.
 * The request is taken with the cancel spin lock held, so that it is not gone meanwhile. Teardown
 * completes what is left.
 */
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_processor.h"
#include "wdf/child/fx_pdo.h"
#include "wdf/frame/fx_call.h"
#include "wdf/pnp/fx_wake.h"

static bool wake_move(struct fx_pdo *pdo, enum fx_pdo_wake_state from, enum fx_pdo_wake_state to)
{
    return __atomic_compare_exchange_n(&pdo->wake.state, &from, to, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

static NTSTATUS call_enable(struct fx_device *device, SYSTEM_POWER_STATE state)
{
    PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS callback = device->pdo->events.EvtDeviceEnableWakeAtBus;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, "EvtDeviceEnableWakeAtBus", (const void *)callback,
                                          &device->object, NULL)) {
        status = callback(fx_device_handle(device), state);
        fx_call_leave(&call);
    }
    return status;
}

/* In the context of who ended the wait, or on a worker. In DISABLING. */
static void call_disable(struct fx_object *object)
{
    struct fx_device *device = fx_object_body(object, struct fx_device);
    PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS callback = device->pdo->events.EvtDeviceDisableWakeAtBus;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, "EvtDeviceDisableWakeAtBus",
                                          (const void *)callback, &device->object, NULL)) {
        callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
    wake_move(device->pdo, FX_PDO_WAKE_DISABLING, FX_PDO_WAKE_NONE);
}

void fx_pdo_wake_init(struct fx_pdo *pdo)
{
    fx_work_init(&pdo->wake.work, &pdo->device->object, call_disable,
                 (const void *)pdo->events.EvtDeviceDisableWakeAtBus);
}

static void wake_disable(struct fx_device *device)
{
    if (ke_self->irql == PASSIVE_LEVEL) {
        call_disable(&device->object);
    } else {
        fx_work_queue(&device->pdo->wake.work);
    }
}

static NTSTATUS wake_complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}

/* The request has been taken: its sender is told, then the bus. */
static void wake_finish(struct fx_device *device, PIRP irp, NTSTATUS status)
{
    struct fx_pdo *pdo = device->pdo;

    fx_object_ref(&device->object); /* its removal may wait for the request; dropped below */
    wake_complete(irp, status);
    if (!wake_move(pdo, FX_PDO_WAKE_ENABLING, FX_PDO_WAKE_ENDED) &&
        wake_move(pdo, FX_PDO_WAKE_ENABLED, FX_PDO_WAKE_DISABLING)) {
        wake_disable(device);
    }
    fx_object_deref(&device->object);
}

static VOID wake_cancelled(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_device *device = irp->Tail.Overlay.DriverContext[3];

    device->pdo->wake.irp = NULL;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    wake_finish(device, irp, STATUS_CANCELLED);
}

/* wake_take: NULL: nobody waits, or the sender takes the request back just now. */
static PIRP wake_take(struct fx_pdo *pdo)
{
    KIRQL irql;
    PIRP irp;

    IoAcquireCancelSpinLock(&irql);
    irp = pdo->wake.irp;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL) {
        irp = NULL;
    }
    if (irp != NULL) {
        pdo->wake.irp = NULL;
    }
    IoReleaseCancelSpinLock(irql);
    return irp;
}

NTSTATUS fx_pdo_wake_indicate(struct fx_device *device, NTSTATUS status)
{
    PIRP irp = wake_take(device->pdo);

    if (irp == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    wake_finish(device, irp, status);
    return STATUS_SUCCESS;
}

void fx_pdo_wake_end(struct fx_device *device)
{
    (void)fx_pdo_wake_indicate(device, STATUS_NO_SUCH_DEVICE);
    fx_work_wait(&device->pdo->wake.work, "EvtDeviceDisableWakeAtBus");
}

/* The request stays from here on; false: it is cancelled already, and complete. */
static bool wake_keep(struct fx_device *device, PIRP irp)
{
    bool kept = true;
    KIRQL irql;

    IoMarkIrpPending(irp);
    irp->Tail.Overlay.DriverContext[3] = device;
    IoAcquireCancelSpinLock(&irql);
    IoSetCancelRoutine(irp, wake_cancelled);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        kept = false;
    } else {
        device->pdo->wake.irp = irp;
    }
    IoReleaseCancelSpinLock(irql);
    if (!kept) {
        wake_complete(irp, STATUS_CANCELLED);
    }
    return kept;
}

/* The bus is armed, or is not: the request may have ended meanwhile. */
static void wake_enabled(struct fx_device *device, NTSTATUS status)
{
    struct fx_pdo *pdo = device->pdo;
    PIRP irp = NT_SUCCESS(status) ? NULL : wake_take(pdo);

    if (irp != NULL) {
        wake_complete(irp, status);
    }
    if (!NT_SUCCESS(status)) {
        (void)(wake_move(pdo, FX_PDO_WAKE_ENABLING, FX_PDO_WAKE_NONE) ||
               wake_move(pdo, FX_PDO_WAKE_ENDED, FX_PDO_WAKE_NONE));
    } else if (!wake_move(pdo, FX_PDO_WAKE_ENABLING, FX_PDO_WAKE_ENABLED)) {
        wake_move(pdo, FX_PDO_WAKE_ENDED, FX_PDO_WAKE_DISABLING);
        wake_disable(device);
    }
}

NTSTATUS fx_pdo_wait_wake(struct fx_device *device, PIRP irp)
{
    SYSTEM_POWER_STATE state = IoGetCurrentIrpStackLocation(irp)->Parameters.WaitWake.PowerState;

    if (fx_wake_deepest(device) == WdfPowerDeviceInvalid) {
        return wake_complete(irp, STATUS_NOT_SUPPORTED);
    }
    fx_work_wait(&device->pdo->wake.work, "EvtDeviceDisableWakeAtBus");
    if (!wake_move(device->pdo, FX_PDO_WAKE_NONE, FX_PDO_WAKE_ENABLING)) {
        return wake_complete(irp, STATUS_DEVICE_BUSY);
    }
    fx_object_ref(&device->object); /* the request may be all that keeps it; dropped below */
    if (wake_keep(device, irp)) {
        wake_enabled(device, call_enable(device, state));
    } else {
        wake_move(device->pdo, FX_PDO_WAKE_ENABLING, FX_PDO_WAKE_NONE);
    }
    fx_object_deref(&device->object);
    return STATUS_PENDING;
}
