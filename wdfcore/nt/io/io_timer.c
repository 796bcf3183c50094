/* io_timer.c - IoTimer: a routine for a device about once a second. One periodic KTIMER serves all
 * devices; it is armed while any of them is started.
 */
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_timer.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_report.h"

#define IO_TIMER_PERIOD_MS 1000

/* Keys: (c) constant, (i) changed only between two windows */
struct _IO_TIMER {
    struct _IO_TIMER *next;
    PDEVICE_OBJECT device;     /* (i) NULL once it was deleted */
    PIO_TIMER_ROUTINE routine; /* (i) */
    PVOID context;             /* (i) */
    BOOLEAN started;           /* (i) */
    BOOLEAN running;           /* (i) its routine has not returned */
};

static struct {
    struct _IO_TIMER *timers; /* in the order of initialization */
    ULONG started;
    BOOLEAN ready;
    KTIMER timer;
    KDPC dpc;
} io_timers;

void io_timer_stop(void)
{
    RtlZeroMemory(&io_timers, sizeof(io_timers)); /* the entries are pool */
}

static void io_timer_delete(struct _IO_TIMER *timer)
{
    LL_DELETE(io_timers.timers, timer);
    ex_pool_release(timer);
}

static void io_timer_call(struct _IO_TIMER *timer)
{
    struct ke_callback frame;

    timer->running = TRUE;
    ke_call_enter(&frame, "IoTimer", (const void *)timer->routine, timer->device);
    timer->routine(timer->device, timer->context);
    ke_call_leave(&frame);
    timer->running = FALSE;
}

static VOID io_timer_tick(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct _IO_TIMER *timer = NULL;

    for (timer = io_timers.timers; timer != NULL;) {
        struct _IO_TIMER *this = timer;

        if (this->started) {
            io_timer_call(this);
        }
        timer = this->next; /* now: others may have come or gone meanwhile */
        if (this->device == NULL) {
            io_timer_delete(this);
        }
    }
}

static void io_timer_arm(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000LL * IO_TIMER_PERIOD_MS};

    if (!io_timers.ready) {
        io_timers.ready = TRUE;
        KeInitializeTimer(&io_timers.timer);
        KeInitializeDpc(&io_timers.dpc, io_timer_tick, NULL);
    }
    KeSetTimerEx(&io_timers.timer, due, IO_TIMER_PERIOD_MS, &io_timers.dpc);
}

static void io_timer_set_started(struct _IO_TIMER *timer, BOOLEAN started)
{
    if (timer->started == started) {
        return;
    }
    timer->started = started;
    if (started && io_timers.started++ == 0) {
        io_timer_arm();
    } else if (!started && --io_timers.started == 0) {
        KeCancelTimer(&io_timers.timer);
    }
}

void io_timer_device_deleted(PDEVICE_OBJECT device)
{
    struct _IO_TIMER *timer = device->Timer;

    if (timer == NULL) {
        return;
    }
    io_timer_set_started(timer, FALSE);
    device->Timer = NULL;
    timer->device = NULL;
    if (!timer->running) { /* else io_timer_tick does it */
        io_timer_delete(timer);
    }
}

NTSTATUS IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine,
                           PVOID Context)
{
    struct _IO_TIMER *timer = DeviceObject->Timer;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
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
    LL_APPEND(io_timers.timers, timer);
    DeviceObject->Timer = timer;
    return STATUS_SUCCESS;
}

static bool io_timer_check(PDEVICE_OBJECT device, const char *api)
{
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

VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
    if (!API(DISPATCH_LEVEL) || !io_timer_check(DeviceObject, __func__)) {
        return;
    }
    if (DeviceObject->Timer->running) {
        ke_violation(RULE_IoTimerStopInRoutine, 0, (uintptr_t)DeviceObject, 0, 0, 0,
                     "IoStopTimer inside of the device's own IoTimer routine");
        return;
    }
    io_timer_set_started(DeviceObject->Timer, FALSE);
}
