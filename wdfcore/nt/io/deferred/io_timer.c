/* io_timer.c - IoTimer: a routine for a device about once a second. One periodic KTIMER serves all
 * devices; it is armed while any of them is started.
 */
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/deferred/io_timer.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"

#define IO_TIMER_PERIOD_MS 1000

/* Keys: (c) constant, (i) io_lock */
struct _IO_TIMER {
    struct _IO_TIMER *next;
    PDEVICE_OBJECT device;     /* (i) NULL once it was deleted */
    PIO_TIMER_ROUTINE routine; /* (i) */
    PVOID context;             /* (i) */
    BOOLEAN started;           /* (i) */
    BOOLEAN running;           /* (i) its routine has not returned */
};

/* With io_lock. */
static struct {
    struct _IO_TIMER *timers; /* in the order of initialization */
    ULONG started;
    BOOLEAN ready;  /* timer and dpc are initialized */
    BOOLEAN armed;  /* as the timer was told last */
    BOOLEAN arming; /* somebody is telling it */
    KTIMER timer;
    KDPC dpc;
} io_timers;

void io_timer_stop(void)
{
    RtlZeroMemory(&io_timers, sizeof(io_timers)); /* the entries are pool */
}

static void io_timer_call(struct _IO_TIMER *timer, PDEVICE_OBJECT device)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "IoTimer", (const void *)timer->routine, device);
    timer->routine(device, timer->context);
    ke_call_leave(&frame);
}

/* The next that is started, marked as running; NULL: none. `last` has run; it is no more running, and
 * *gone if its device was deleted meanwhile: then it is off the list. */
static struct _IO_TIMER *io_timer_next(struct _IO_TIMER *last, PDEVICE_OBJECT *device, bool *gone)
{
    struct _IO_TIMER *timer;

    io_lock();
    timer = last == NULL ? io_timers.timers : last->next;
    *gone = false;
    if (last != NULL) {
        last->running = FALSE;
        *gone = last->device == NULL;
        if (*gone) {
            LL_DELETE(io_timers.timers, last);
        }
    }
    while (timer != NULL && !timer->started) {
        timer = timer->next;
    }
    if (timer != NULL) {
        timer->running = TRUE;
        *device = timer->device;
    }
    io_unlock();
    return timer;
}

static VOID io_timer_tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct _IO_TIMER *last = NULL;
    PDEVICE_OBJECT device = NULL;
    bool gone = false;

    do { /* others may come or go while one runs, which keeps its place */
        struct _IO_TIMER *timer = io_timer_next(last, &device, &gone);

        if (gone) {
            ex_pool_release(last);
        }
        if (timer != NULL) {
            io_timer_call(timer, device);
        }
        last = timer;
    } while (last != NULL);
}

/* Arm the timer while any is started. Who comes last looks last, so that it ends up right. */
static void io_timer_arm(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000LL * IO_TIMER_PERIOD_MS};
    BOOLEAN wanted;

    for (;;) {
        io_lock();
        wanted = io_timers.started != 0;
        if (wanted == io_timers.armed || io_timers.arming) {
            io_unlock(); /* whoever is at it looks again */
            return;
        }
        io_timers.arming = TRUE;
        io_timers.armed = wanted;
        io_unlock();
        if (wanted) {
            KeSetTimerEx(&io_timers.timer, due, IO_TIMER_PERIOD_MS, &io_timers.dpc);
        } else {
            KeCancelTimer(&io_timers.timer);
        }
        io_lock();
        io_timers.arming = FALSE;
        io_unlock();
    }
}

static void io_timer_set_started_locked(struct _IO_TIMER *timer, BOOLEAN started)
{
    if (timer->started != started) {
        timer->started = started;
        io_timers.started += started ? 1u : -1u;
    }
}

static void io_timer_set_started(struct _IO_TIMER *timer, BOOLEAN started)
{
    io_lock();
    io_timer_set_started_locked(timer, started);
    io_unlock();
    io_timer_arm();
}

void io_timer_device_deleted(PDEVICE_OBJECT device)
{
    struct _IO_TIMER *timer = device->Timer;
    bool running;

    if (timer == NULL) {
        return;
    }
    io_lock();
    io_timer_set_started_locked(timer, FALSE);
    device->Timer = NULL;
    timer->device = NULL;
    running = timer->running; /* then io_timer_tick frees it */
    if (!running) {
        LL_DELETE(io_timers.timers, timer);
    }
    io_unlock();
    io_timer_arm();
    if (!running) {
        ex_pool_release(timer);
    }
}

static void io_timers_prepare(void)
{
    BOOLEAN first;

    io_lock();
    first = !io_timers.ready;
    io_timers.ready = TRUE;
    io_unlock();
    if (first) {
        KeInitializeTimer(&io_timers.timer);
        KeInitializeDpc(&io_timers.dpc, io_timer_tick, NULL);
    }
}

NTSTATUS IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine,
                           PVOID Context)
{
    struct _IO_TIMER *timer;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    timer = DeviceObject->Timer;
    if (timer != NULL) {
        ke_violation(RULE_IoTimerReinit, 0xC9, 0x0A, (uintptr_t)DeviceObject, 0, 0,
                     "IoInitializeTimer of a device that has a timer");
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    timer = ex_pool_allocate(sizeof(*timer), 'mToI', false, true, NULL);
    if (timer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    timer->device = DeviceObject;
    timer->routine = TimerRoutine;
    timer->context = Context;
    io_timers_prepare();
    io_lock();
    LL_APPEND(io_timers.timers, timer);
    DeviceObject->Timer = timer;
    io_unlock();
    return STATUS_SUCCESS;
}

static bool io_timer_check(PDEVICE_OBJECT device, const char *api)
{
    if (!io_device_check(device, api)) {
        return false;
    }
    if (device->Timer == NULL) {
        ke_violation(RULE_TimerNotInitialized, 0, (uintptr_t)device, 0, 0, 0,
                     "%s of a device without IoInitializeTimer", api);
        return false;
    }
    return true;
}

VOID IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_timer_check(DeviceObject, __func__)) {
        return;
    }
    io_timer_set_started(DeviceObject->Timer, TRUE);
}

static bool io_timer_is_running(const struct _IO_TIMER *timer)
{
    bool running;

    io_lock();
    running = timer->running;
    io_unlock();
    return running;
}

VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_timer_check(DeviceObject, __func__)) {
        return;
    }
    if (io_timer_is_running(DeviceObject->Timer)) {
        ke_violation(RULE_IoTimerStopInRoutine, 0, (uintptr_t)DeviceObject, 0, 0, 0,
                     "IoStopTimer inside of the device's own IoTimer routine");
        return;
    }
    io_timer_set_started(DeviceObject->Timer, FALSE);
}
