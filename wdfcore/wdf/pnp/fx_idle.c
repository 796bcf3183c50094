/* fx_idle.c - idle power-down in S0.
 *
 *   phase     started    last reference gone   time-out, still none   reference    PnP leaves
 *   OFF       ACTIVE     -                     -                      -            -
 *   ACTIVE    -          timer armed           IDLE, if Dx worked     timer off    OFF
 *   IDLE      -          -                     -                      ACTIVE       OFF
 *
 * Normal path: the timer's DPC queues the worker; it takes the PnP lock, looks again and leaves D0.
 * A request or WdfDeviceStopIdle in IDLE queues the worker, which returns to D0; the queues deliver
 * then by themselves. A transition that fails is PnP's business: the device has failed.
 * Teardown waits for the worker; it holds a reference on the device meanwhile.
 */
#include "wdf/pnp/fx_idle.h"

#include "nt/time/ke_due.h"
#include "wdf/frame/fx_check.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"
#include "wdf/pnp/fx_wake.h"
#include "wdf/io/fx_queue.h"

#define FX_MS_100NS 10000ull

static struct fx_idle *fx_idle_of(struct fx_device *device)
{
    return &device->power.idle;
}

/* fx_idle_set_phase: who takes a reference and then looks at the phase, and the worker, which sets
 * the phase and then looks for references, do not miss each other. */
static void fx_idle_set_phase(struct fx_idle *idle, enum fx_idle_phase phase)
{
    __atomic_store_n(&idle->phase, phase, __ATOMIC_SEQ_CST);
}

static enum fx_idle_phase fx_idle_phase(const struct fx_idle *idle)
{
    return __atomic_load_n(&idle->phase, __ATOMIC_SEQ_CST);
}

/* fx_idle_busy: a power reference is held. */
static bool fx_idle_busy(struct fx_device *device)
{
    bool busy = __atomic_load_n(&device->power.idle.references, __ATOMIC_SEQ_CST) > 0;

    base_lock_acquire(&device->io->lock);
    for (struct fx_queue *queue = device->io->queues; queue != NULL && !busy; queue = queue->next) {
        busy = queue->power_managed &&
               (FX_LOOK(queue->queued_count) > 0 || FX_LOOK(queue->owned_count) > 0);
    }
    base_lock_release(&device->io->lock);
    return busy;
}

/* fx_idle_due: when it will have been idle for long enough. */
static uint64_t fx_idle_due(const struct fx_idle *idle)
{
    return FX_LOOK(idle->last_active_100ns) + FX_LOOK(idle->timeout_ms) * FX_MS_100NS;
}

/* fx_idle_arm: the time-out starts (again) from the last moment of activity. */
static void fx_idle_arm(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);
    uint64_t due = fx_idle_due(idle);
    uint64_t now = ke_clock_now_100ns();
    LARGE_INTEGER delay = {.QuadPart = due > now ? -(LONGLONG)(due - now) : -1};

    KeSetTimer(&idle->timer, delay, &idle->dpc);
}

static void fx_idle_expired(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    fx_work_queue(&fx_idle_of(context)->work);
}

/* fx_idle_leave_d0: the time-out has passed: is the device still idle? */
static NTSTATUS fx_idle_leave_d0(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);
    NTSTATUS status;

    if (fx_idle_busy(device) || !FX_LOOK(idle->enabled)) {
        return STATUS_SUCCESS; /* the last reference arms the timer when it goes */
    }
    if (ke_clock_now_100ns() < fx_idle_due(idle)) {
        fx_idle_arm(device);
        return STATUS_SUCCESS;
    }
    KeClearEvent(&idle->in_d0);
    fx_idle_set_phase(idle, FX_IDLE_IDLE);
    if (fx_idle_busy(device)) { /* somebody came who still saw ACTIVE */
        fx_idle_set_phase(idle, FX_IDLE_ACTIVE);
        KeSetEvent(&idle->in_d0, IO_NO_INCREMENT, FALSE);
        return STATUS_SUCCESS;
    }
    fx_wake_want(device, FX_LOOK(idle->can_wake) ? FX_WAKE_S0 : FX_WAKE_NOT);
    status = fx_power_down(device, FX_LOOK(idle->dx));
    if (NT_SUCCESS(status) && fx_power_is_up(device)) { /* spec: PWR-16: another time-out, then */
        fx_idle_set_phase(idle, FX_IDLE_ACTIVE);
        FX_SET(idle->last_active_100ns, ke_clock_now_100ns());
        KeSetEvent(&idle->in_d0, IO_NO_INCREMENT, FALSE);
        if (!fx_idle_busy(device)) {
            fx_idle_arm(device);
        }
    }
    return status;
}

static NTSTATUS fx_idle_enter_d0(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);
    NTSTATUS status = fx_power_up(device);

    if (NT_SUCCESS(status)) {
        fx_idle_set_phase(idle, FX_IDLE_ACTIVE);
        FX_SET(idle->last_active_100ns, ke_clock_now_100ns());
        if (!fx_idle_busy(device)) {
            fx_idle_arm(device);
        }
    }
    KeSetEvent(&idle->in_d0, IO_NO_INCREMENT, FALSE); /* or it never will be */
    return status;
}

/* fx_idle_is_needed: somebody wants it in D0, or the device itself does. */
static bool fx_idle_is_needed(struct fx_device *device)
{
    return fx_idle_busy(device) || fx_wake_due(device);
}

static void fx_idle_work(struct fx_object *object)
{
    struct fx_device *device = fx_object_body(object, struct fx_device);
    struct fx_idle *idle = fx_idle_of(device);
    NTSTATUS status = STATUS_SUCCESS;

    fx_pnp_lock(device);
    if (fx_idle_phase(idle) == FX_IDLE_ACTIVE) {
        status = fx_idle_leave_d0(device);
        /* Somebody may have come while the queues stopped. */
        if (NT_SUCCESS(status) && fx_idle_phase(idle) == FX_IDLE_IDLE &&
            fx_idle_is_needed(device)) {
            status = fx_idle_enter_d0(device);
        }
    } else if (fx_idle_phase(idle) == FX_IDLE_IDLE &&
               (fx_idle_is_needed(device) || !FX_LOOK(idle->enabled))) {
        status = fx_idle_enter_d0(device);
    }
    if (!NT_SUCCESS(status)) {
        fx_idle_stopped(device);
        fx_pnp_event_locked(device, FX_PNP_POWER_FAILED);
    }
    fx_pnp_unlock(device);
    if (!NT_SUCCESS(status)) {
        fx_pnp_invalidate(device);
    }
}

void fx_idle_init(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    KeInitializeTimer(&idle->timer);
    KeInitializeDpc(&idle->dpc, fx_idle_expired, device);
    KeInitializeEvent(&idle->in_d0, NotificationEvent, TRUE);
    fx_work_init(&idle->work, &device->object, fx_idle_work, NULL);
}

void fx_idle_started(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    if (!device->power.owner) {
        return;
    }
    FX_SET(idle->last_active_100ns, ke_clock_now_100ns());
    if (!fx_power_is_up(device)) { /* back from a query that was refused */
        fx_idle_set_phase(idle, FX_IDLE_IDLE);
        KeClearEvent(&idle->in_d0);
        if (fx_idle_busy(device)) {
            fx_work_queue(&idle->work);
        }
        return;
    }
    fx_idle_set_phase(idle, FX_IDLE_ACTIVE);
    if (FX_LOOK(idle->enabled) && !fx_idle_busy(device)) {
        fx_idle_arm(device);
    }
}

void fx_idle_stopped(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    fx_idle_set_phase(idle, FX_IDLE_OFF);
    KeCancelTimer(&idle->timer);
    KeSetEvent(&idle->in_d0, IO_NO_INCREMENT, FALSE); /* nobody waits for what does not come */
}

void fx_idle_forget(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    KeCancelTimer(&idle->timer);
    KeFlushQueuedDpcs();
    fx_work_wait(&idle->work, "the idle power worker");
}

void fx_idle_request(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    if (!FX_LOOK(idle->enabled) || fx_idle_phase(idle) == FX_IDLE_OFF) {
        return;
    }
    FX_SET(idle->last_active_100ns, ke_clock_now_100ns());
    if (base_threaded) { /* the queue's count is seen by who sets the phase, or the phase by us */
        __atomic_add_fetch(&idle->references, 0, __ATOMIC_SEQ_CST);
    }
    if (fx_idle_phase(idle) == FX_IDLE_IDLE) {
        fx_work_queue(&idle->work);
    } else if (!fx_idle_busy(device)) {
        fx_idle_arm(device);
    }
}

void fx_idle_wake(struct fx_device *device)
{
    if (fx_idle_phase(fx_idle_of(device)) == FX_IDLE_IDLE) {
        fx_work_queue(&fx_idle_of(device)->work);
    }
}

void fx_idle_hold(struct fx_device *device)
{
    __atomic_add_fetch(&fx_idle_of(device)->references, 1, __ATOMIC_SEQ_CST);
}

void fx_idle_settings_changed(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    if (fx_idle_phase(idle) == FX_IDLE_IDLE && !FX_LOOK(idle->enabled)) {
        fx_work_queue(&idle->work); /* to D0, and to stay there (spec: PWR-14) */
    } else if (fx_idle_phase(idle) == FX_IDLE_ACTIVE && FX_LOOK(idle->enabled)) {
        fx_idle_request(device);
    }
}

/* ---- power references of the driver ---- */

/* fx_idle_stays_up: in D0, and not about to leave it for Dx. */
static bool fx_idle_stays_up(struct fx_device *device)
{
    return fx_power_is_up(device) && fx_idle_phase(fx_idle_of(device)) != FX_IDLE_IDLE;
}

static NTSTATUS fx_idle_await_d0(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);
    NTSTATUS status = STATUS_SUCCESS;

    fx_object_ref(&device->object); /* a device that fails may be removed before we wake up */
    KeWaitForSingleObject(&idle->in_d0, Executive, KernelMode, FALSE, NULL);
    if (!fx_power_is_up(device)) { /* spec: PWR-10: a failure takes no reference */
        __atomic_sub_fetch(&idle->references, 1, __ATOMIC_SEQ_CST);
        status = STATUS_POWER_STATE_INVALID;
    }
    fx_object_deref(&device->object);
    return status;
}

NTSTATUS fx_idle_take(struct fx_device *device, BOOLEAN wait)
{
    struct fx_idle *idle = fx_idle_of(device);

    if (!device->power.owner) {
        return STATUS_INVALID_DEVICE_STATE; /* spec: PWR-12 */
    }
    if (wait && !fx_idle_stays_up(device) && fx_pnp_is_inside(device)) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "WdfDeviceStopIdle waits for D0 in a PnP or power callback of the device");
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (FX_LOOK(device->pnp.failed) || FX_LOOK(device->pnp.missing)) {
        return STATUS_POWER_STATE_INVALID;
    }
    __atomic_add_fetch(&idle->references, 1, __ATOMIC_SEQ_CST);
    if (fx_idle_stays_up(device)) {
        return STATUS_SUCCESS;
    }
    if (fx_idle_phase(idle) == FX_IDLE_IDLE) {
        fx_work_queue(&idle->work);
    }
    if (!wait) {
        return STATUS_PENDING;
    }
    return fx_idle_await_d0(device);
}

void fx_idle_give_back(struct fx_device *device)
{
    struct fx_idle *idle = fx_idle_of(device);

    if (FX_LOOK(idle->references) == 0) {
        fx_violation(RULE_PowerReferenceUnbalanced, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "WdfDeviceResumeIdle gave back a power reference that nobody holds");
        return;
    }
    if (__atomic_sub_fetch(&idle->references, 1, __ATOMIC_SEQ_CST) == 0) {
        fx_idle_request(device);
    }
}
