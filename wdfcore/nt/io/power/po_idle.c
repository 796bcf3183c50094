/* po_idle.c - idle detection: a device counts the seconds since its driver last said that it is busy; at
 * the time that the driver gave, the power manager asks the stack for the low power state. A machine
 * has mains power, so that the performance time counts. One periodic timer serves all devices; it is
 * armed while any is registered.
 */
#include "nt/io/power/po_idle.h"

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

#define PO_IDLE_PERIOD_MS 1000

/* Keys: (c) constant once registered, (i) io_lock, (a) atomic: drivers write 0 */
struct po_idle {
    ULONG count; /* (a) first: its address is what the driver gets */
    LONG busy;   /* (a) PoStartDeviceBusy without PoEndDeviceBusy */
    struct po_idle *next;
    PDEVICE_OBJECT device;    /* (c) */
    ULONG limit;              /* (i) seconds; 0: never */
    DEVICE_POWER_STATE state; /* (i) */
};

static struct {
    struct po_idle *entries; /* (i) in order of registration */
    ULONG registered;        /* (i) */
    bool ready;              /* (i) timer and dpc are initialized */
    bool armed;              /* (i) as the timer was told last */
    bool arming;             /* (i) somebody is telling it */
    KTIMER timer;
    KDPC dpc;
} po_idles;

void po_idle_stop(void)
{
    RtlZeroMemory(&po_idles, sizeof(po_idles)); /* the entries are pool */
}

/* One more second. true: just now it has been idle for long enough. */
static bool po_idle_count(struct po_idle *entry)
{
    if (__atomic_load_n(&entry->busy, __ATOMIC_RELAXED) > 0) {
        __atomic_store_n(&entry->count, 0, __ATOMIC_RELAXED);
        return false;
    }
    return __atomic_add_fetch(&entry->count, 1, __ATOMIC_RELAXED) == entry->limit;
}

/* The device whose turn has come, behind one that had its turn, with a reference; NULL: none. */
static PDEVICE_OBJECT po_idle_next(PDEVICE_OBJECT last, DEVICE_POWER_STATE *state)
{
    struct po_idle *entry;
    PDEVICE_OBJECT device = NULL;

    io_lock();
    entry = po_idles.entries;
    while (last != NULL && entry != NULL && entry->device != last) {
        entry = entry->next;
    }
    if (last != NULL && entry != NULL) {
        entry = entry->next;
    }
    for (; entry != NULL && device == NULL; entry = entry->next) {
        if (po_idle_count(entry) && ob_try_ref(entry->device)) {
            device = entry->device;
            *state = entry->state;
        }
    }
    io_unlock();
    return device;
}

static VOID po_idle_tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    PDEVICE_OBJECT device = NULL;
    DEVICE_POWER_STATE state = PowerDeviceUnspecified;

    do {
        PDEVICE_OBJECT next = po_idle_next(device, &state);

        if (device != NULL) {
            ob_deref(device);
        }
        device = next;
        if (device != NULL) { /* a stack that refuses stays in its state until it was busy again */
            (void)PoRequestPowerIrp(device, IRP_MN_SET_POWER, (POWER_STATE){.DeviceState = state},
                                    NULL, NULL, NULL);
        }
    } while (device != NULL);
}

/* Arm the timer while any is registered. Who comes last looks last, so that it ends up right. */
static void po_idle_arm(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000LL * PO_IDLE_PERIOD_MS};

    for (;;) {
        bool wanted;
        bool first;

        io_lock();
        wanted = po_idles.registered != 0;
        if (wanted == po_idles.armed || po_idles.arming) {
            io_unlock(); /* whoever is at it looks again */
            return;
        }
        po_idles.arming = true;
        po_idles.armed = wanted;
        first = !po_idles.ready;
        po_idles.ready = true;
        io_unlock();
        if (first) {
            KeInitializeTimer(&po_idles.timer);
            KeInitializeDpc(&po_idles.dpc, po_idle_tick, NULL);
        }
        if (wanted) {
            KeSetTimerEx(&po_idles.timer, due, PO_IDLE_PERIOD_MS, &po_idles.dpc);
        } else {
            KeCancelTimer(&po_idles.timer);
        }
        io_lock();
        po_idles.arming = false;
        io_unlock();
    }
}

static struct po_idle *po_idle_take_locked(PDEVICE_OBJECT device)
{
    struct po_idle *entry = NULL;

    LL_SEARCH_SCALAR(po_idles.entries, entry, device, device);
    if (entry != NULL) {
        LL_DELETE(po_idles.entries, entry);
        po_idles.registered--;
    }
    return entry;
}

void po_idle_device_deleted(PDEVICE_OBJECT device)
{
    struct po_idle *entry;

    io_lock();
    entry = po_idle_take_locked(device);
    io_unlock();
    if (entry != NULL) {
        ex_pool_release(entry);
        po_idle_arm();
    }
}

PULONG PoRegisterDeviceForIdleDetection(PDEVICE_OBJECT DeviceObject, ULONG ConservationIdleTime,
                                        ULONG PerformanceIdleTime, DEVICE_POWER_STATE State)
{
    struct po_idle *fresh;
    struct po_idle *entry = NULL;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return NULL;
    }
    if (ConservationIdleTime == 0 && PerformanceIdleTime == 0) { /* no more */
        po_idle_device_deleted(DeviceObject);
        return NULL;
    }
    if (State < PowerDeviceD0 || State > PowerDeviceD3) {
        return NULL;
    }
    fresh = ex_pool_allocate(sizeof(*fresh), 'ldIP', false, true, NULL);
    if (fresh == NULL) {
        return NULL;
    }
    fresh->device = DeviceObject;
    io_lock();
    LL_SEARCH_SCALAR(po_idles.entries, entry, device, DeviceObject);
    if (entry == NULL) {
        entry = fresh;
        fresh = NULL;
        LL_APPEND(po_idles.entries, entry);
        po_idles.registered++;
    }
    entry->limit = PerformanceIdleTime;
    entry->state = State;
    io_unlock();
    ex_pool_release(fresh);
    po_idle_arm();
    return &entry->count;
}

VOID PoSetDeviceBusyEx(PULONG IdlePointer)
{
    if (API_QUIET(DISPATCH_LEVEL)) {
        __atomic_store_n(IdlePointer, 0, __ATOMIC_RELAXED);
    }
}

VOID PoStartDeviceBusy(PULONG IdlePointer)
{
    struct po_idle *entry = CONTAINING_RECORD(IdlePointer, struct po_idle, count);

    if (API_QUIET(DISPATCH_LEVEL)) {
        __atomic_add_fetch(&entry->busy, 1, __ATOMIC_RELAXED);
        __atomic_store_n(IdlePointer, 0, __ATOMIC_RELAXED);
    }
}

VOID PoEndDeviceBusy(PULONG IdlePointer)
{
    struct po_idle *entry = CONTAINING_RECORD(IdlePointer, struct po_idle, count);

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return;
    }
    if (__atomic_load_n(&entry->busy, __ATOMIC_RELAXED) <= 0) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)IdlePointer, 0, 0, 0,
                     "PoEndDeviceBusy without PoStartDeviceBusy");
        return;
    }
    __atomic_sub_fetch(&entry->busy, 1, __ATOMIC_RELAXED);
    __atomic_store_n(IdlePointer, 0, __ATOMIC_RELAXED);
}
