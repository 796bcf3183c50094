/* fx_wake.c - arming a device for wake, its signal, disarming.
 *
 *   armed      way down, wanted          way up                        the device goes
 *   NOT        S0 or SX, if all worked   -                             -
 *   S0, SX     -                         NOT: (Triggered,) Disarm      NOT, without callbacks
 *
 * Normal path: fx_wake_arm sends the wait-wake request and calls EvtDeviceArmWakeFrom...; the request
 * comes back when the device signals, and the idle worker brings the device to D0 (S0; in Sx the
 * system wakes and sends for D0); fx_wake_disarm tells the driver whether it was the device's signal
 * and takes the request back if it is still with the bus.
 * Failures: a bus that cannot wait, or a driver that cannot arm: nothing is armed, no Disarm follows
 * (spec: PWR-16); in Sx the device sleeps unarmed.
 * Teardown waits for the request to come back, and lets the ISR of a wake interrupt go.
 */
#include "wdf/pnp/fx_wake.h"

#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp.h"
#include "wdf/frame/fx_call.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_power.h"

static struct fx_wake *wake_of(struct fx_device *device)
{
    return &device->power.wake;
}

/* fx_wake_set_armed: who sets it and then looks for a signal, and who signals and then looks, do not
 * miss each other. */
static void fx_wake_set_armed(struct fx_wake *wake, enum fx_wake_from from)
{
    __atomic_store_n(&wake->armed, from, __ATOMIC_SEQ_CST);
}

void fx_wake_init(struct fx_device *device)
{
    KeInitializeEvent(&wake_of(device)->returned, NotificationEvent, TRUE);
    KeInitializeEvent(&wake_of(device)->settled, NotificationEvent, TRUE);
}

WDF_POWER_DEVICE_STATE fx_wake_deepest(const struct fx_device *device)
{
    DEVICE_POWER_STATE deepest = device->power.capabilities.DeviceWake;

    return deepest > PowerDeviceD0 && deepest <= PowerDeviceD3 ? (WDF_POWER_DEVICE_STATE)deepest
                                                               : WdfPowerDeviceInvalid;
}

bool fx_wake_can(const struct fx_device *device, WDF_POWER_DEVICE_STATE dx,
                 SYSTEM_POWER_STATE system)
{
    const DEVICE_CAPABILITIES *capabilities = &device->power.capabilities;

    return dx > WdfPowerDeviceD0 && dx <= fx_wake_deepest(device) &&
           (system <= PowerSystemWorking || system <= capabilities->SystemWake);
}

void fx_wake_want(struct fx_device *device, enum fx_wake_from from)
{
    wake_of(device)->wanted = from;
}

/* ---- the wait-wake request ---- */

static VOID fx_wake_returned(PDEVICE_OBJECT pdo, UCHAR minor, POWER_STATE state, PVOID context,
                             PIO_STATUS_BLOCK result)
{
    struct fx_device *device = context;
    struct fx_wake *wake = wake_of(device);

    io_lock();
    wake->irp = NULL;
    io_unlock();
    FX_SET(wake->answer, result->Status);
    if (NT_SUCCESS(result->Status)) {
        FX_SET(wake->fired, true);
    }
    __atomic_store_n(&wake->ended, true, __ATOMIC_SEQ_CST);
    KeSetEvent(&wake->returned, IO_NO_INCREMENT, FALSE);
    fx_idle_wake(device);
    fx_object_deref(&device->object);
}

static NTSTATUS fx_wake_send(struct fx_device *device, enum fx_wake_from from)
{
    struct fx_wake *wake = wake_of(device);
    POWER_STATE state = {.SystemState = from == FX_WAKE_S0 ? PowerSystemWorking
                                                           : device->power.capabilities.SystemWake};
    NTSTATUS status;

    FX_SET(wake->fired, false);
    FX_SET(wake->answer, STATUS_PENDING);
    __atomic_store_n(&wake->ended, false, __ATOMIC_SEQ_CST);
    KeClearEvent(&wake->returned);
    fx_object_ref(&device->object); /* dropped in fx_wake_returned */
    status = PoRequestPowerIrp(device->physical, IRP_MN_WAIT_WAKE, state, fx_wake_returned, device,
                               &wake->irp);
    if (status != STATUS_PENDING) {
        wake->irp = NULL;
        KeSetEvent(&wake->returned, IO_NO_INCREMENT, FALSE);
        fx_object_deref(&device->object);
        return status;
    }
    status = FX_LOOK(wake->answer); /* a bus that cannot wait says so at once */
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

static void fx_wake_take_back(struct fx_device *device)
{
    struct fx_wake *wake = wake_of(device);
    bool held;
    PIRP irp;

    io_lock();
    irp = wake->irp;
    held = irp != NULL && io_irp_hold_locked(irp);
    io_unlock();
    if (held) {
        io_irp_cancel_held(irp);
    }
    KeWaitForSingleObject(&wake->returned, Executive, KernelMode, FALSE, NULL);
}

/* ---- the driver ---- */

static NTSTATUS fx_wake_call_arm(struct fx_device *device, enum fx_wake_from from)
{
    const WDF_POWER_POLICY_EVENT_CALLBACKS *policy = &device->settings.policy;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (from == FX_WAKE_SX && policy->EvtDeviceArmWakeFromSxWithReason != NULL) {
        if (fx_call_enter(&call, "EvtDeviceArmWakeFromSxWithReason",
                          (const void *)policy->EvtDeviceArmWakeFromSxWithReason, &device->object,
                          NULL)) {
            status =
                policy->EvtDeviceArmWakeFromSxWithReason(fx_device_handle(device), TRUE, FALSE);
            fx_call_leave(&call);
        }
        return status;
    }
    PFN_WDF_DEVICE_ARM_WAKE_FROM_S0 callback =
        from == FX_WAKE_S0 ? policy->EvtDeviceArmWakeFromS0 : policy->EvtDeviceArmWakeFromSx;

    if (callback != NULL &&
        fx_call_enter(&call,
                      from == FX_WAKE_S0 ? "EvtDeviceArmWakeFromS0" : "EvtDeviceArmWakeFromSx",
                      (const void *)callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
    return status;
}

static void fx_wake_call(struct fx_device *device, const char *kind,
                         PFN_WDF_DEVICE_DISARM_WAKE_FROM_S0 callback)
{
    struct fx_call call;

    if (callback != NULL &&
        fx_call_enter(&call, kind, (const void *)callback, &device->object, NULL)) {
        callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
}

NTSTATUS fx_wake_arm(struct fx_device *device)
{
    struct fx_wake *wake = wake_of(device);
    enum fx_wake_from from = wake->wanted;
    NTSTATUS status;

    wake->wanted = FX_WAKE_NOT;
    if (from == FX_WAKE_NOT) {
        return STATUS_SUCCESS;
    }
    status = fx_wake_send(device, from);
    if (NT_SUCCESS(status)) {
        status = fx_wake_call_arm(device, from);
    }
    if (!NT_SUCCESS(status)) {
        fx_wake_take_back(device);
        FX_SET(wake->fired, false);
        return from == FX_WAKE_S0 ? status : STATUS_SUCCESS; /* a system that sleeps is not kept */
    }
    KeClearEvent(&wake->settled);
    fx_wake_set_armed(wake, from);
    return STATUS_SUCCESS;
}

void fx_wake_disarm(struct fx_device *device)
{
    const WDF_POWER_POLICY_EVENT_CALLBACKS *policy = &device->settings.policy;
    struct fx_wake *wake = wake_of(device);
    enum fx_wake_from from = fx_wake_armed(device);

    if (from == FX_WAKE_NOT) {
        return;
    }
    fx_wake_take_back(device);
    fx_wake_set_armed(wake, FX_WAKE_NOT);
    if (from == FX_WAKE_S0) { /* spec: PWR-17 */
        if (FX_LOOK(wake->fired)) {
            fx_wake_call(device, "EvtDeviceWakeFromS0Triggered",
                         policy->EvtDeviceWakeFromS0Triggered);
        }
        fx_wake_call(device, "EvtDeviceDisarmWakeFromS0", policy->EvtDeviceDisarmWakeFromS0);
        return;
    }
    if (FX_LOOK(wake->fired)) {
        fx_wake_call(device, "EvtDeviceWakeFromSxTriggered", policy->EvtDeviceWakeFromSxTriggered);
    }
    fx_wake_call(device, "EvtDeviceDisarmWakeFromSx", policy->EvtDeviceDisarmWakeFromSx);
}

void fx_wake_settled(struct fx_device *device)
{
    KeSetEvent(&wake_of(device)->settled, IO_NO_INCREMENT, FALSE);
}

void fx_wake_forget(struct fx_device *device)
{
    struct fx_wake *wake = wake_of(device);

    fx_wake_take_back(device);
    fx_wake_set_armed(wake, FX_WAKE_NOT);
    fx_wake_settled(device);
}

/* ---- the device's own signal ---- */

bool fx_wake_due(const struct fx_device *device)
{
    return fx_wake_armed(device) == FX_WAKE_S0 &&
           __atomic_load_n(&device->power.wake.ended, __ATOMIC_SEQ_CST);
}

static void fx_wake_signal(struct fx_device *device)
{
    struct fx_wake *wake = wake_of(device);

    FX_SET(wake->fired, true);
    __atomic_store_n(&wake->ended, true, __ATOMIC_SEQ_CST);
    fx_idle_wake(device);
}

bool fx_wake_isr_begin(struct fx_device *device)
{
    if (fx_wake_armed(device) == FX_WAKE_NOT) {
        return false;
    }
    fx_idle_hold(device); /* given back in fx_wake_isr_end: D0 lasts as long as the ISR */
    fx_wake_signal(device);
    KeWaitForSingleObject(&wake_of(device)->settled, Executive, KernelMode, FALSE, NULL);
    return true;
}

void fx_wake_isr_end(struct fx_device *device)
{
    fx_idle_give_back(device);
}

NTSTATUS fx_wake_indicate(struct fx_device *device, NTSTATUS status)
{
    struct fx_wake *wake = wake_of(device);

    if (fx_wake_armed(device) == FX_WAKE_NOT ||
        __atomic_exchange_n(&wake->ended, true, __ATOMIC_SEQ_CST)) {
        return STATUS_INVALID_DEVICE_REQUEST; /* spec: PWR-18 */
    }
    if (NT_SUCCESS(status)) {
        FX_SET(wake->fired, true);
    }
    fx_idle_wake(device);
    return STATUS_SUCCESS;
}
