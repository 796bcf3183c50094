/* ex_timer.c - EX_TIMER: timers of the executive, with periods in 100 ns. The object begins with a
 * dispatcher header, so that threads can wait for it; expiry signals it and queues a DPC that calls
 * the callback.
 *
 * Deletion: off the wheel; then the memory goes once no DPC of it is queued or running. Expiry runs
 * under the dispatcher lock, so that whoever disarms with it knows whether there is one on its way.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"

#include <stdlib.h>

#include "nt/ke/ke_call.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_wait.h"

/* Keys: (c) constant once allocated, (d) the dispatcher lock, (l) timers_lock */
struct _EX_TIMER {
    DISPATCHER_HEADER header;  /* (d) */
    struct ke_due_entry due;   /* (d) */
    ULONGLONG period_100ns;    /* (d) 0: one shot */
    KDPC dpc;                  /* (c) */
    PEXT_CALLBACK callback;    /* (c) */
    PVOID context;             /* (c) */
    ULONG attributes;          /* (c) */
    ULONG calls;               /* (d) callbacks that are queued or have not returned */
    BOOLEAN deleted;           /* (d) ExDeleteTimer was called: freed by the last callback */
    EXT_DELETE_PARAMETERS end; /* (d) */
    struct _EX_TIMER *next;    /* (l) of all, so that a stopped machine frees them */
};

static struct base_lock timers_lock = {.rank = BASE_RANK_EX};
static PEX_TIMER timers; /* (l) */

static void timer_free(PEX_TIMER timer)
{
    PEX_TIMER *link = &timers;
    EXT_DELETE_PARAMETERS end = timer->end;

    base_lock_acquire(&timers_lock);
    while (*link != timer) {
        link = &(*link)->next;
    }
    *link = timer->next;
    base_lock_release(&timers_lock);
    free(timer);
    if (end.DeleteCallback != NULL) {
        end.DeleteCallback(end.DeleteContext);
    }
}

static VOID timer_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PEX_TIMER timer = Context;
    struct ke_callback frame;
    BOOLEAN last;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ke_call_enter(&frame, "ExTimerCallback", (const void *)(uintptr_t)timer->callback, timer);
    timer->callback(timer, timer->context);
    ke_call_leave(&frame);
    ke_dispatcher_lock();
    last = --timer->calls == 0 && timer->deleted && !ke_due_is_armed(&timer->due);
    ke_dispatcher_unlock();
    if (last) {
        timer_free(timer);
    }
}

/* At most one expiry a clock tick, unless it is of high resolution. */
static ULONGLONG timer_step(const struct _EX_TIMER *timer)
{
    ULONGLONG tick = ke_machine.config.tick_ns / 100;

    return timer->period_100ns < tick && (timer->attributes & EX_TIMER_HIGH_RESOLUTION) == 0
               ? tick
               : timer->period_100ns;
}

/* With the dispatcher lock. */
static void timer_fire(struct ke_due_entry *entry)
{
    PEX_TIMER timer = CONTAINING_RECORD(entry, struct _EX_TIMER, due);

    ke_dispatcher_signal_locked(&timer->header, 1);
    if (timer->period_100ns != 0) {
        ke_due_link_arm(&timer->due.link, ke_clock_now_100ns() + timer_step(timer),
                        KE_DUE_DISPATCHER);
    }
    if (timer->callback != NULL && ke_dpc_queue(&timer->dpc, NULL, NULL)) {
        timer->calls++;
    }
}

static BOOLEAN refuse(const char *what)
{
    ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "%s", what);
    return FALSE;
}

PEX_TIMER ExAllocateTimer(PEXT_CALLBACK Callback, PVOID CallbackContext, ULONG Attributes)
{
    PEX_TIMER timer;

    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    if ((Attributes & EX_TIMER_HIGH_RESOLUTION) != 0 && (Attributes & EX_TIMER_NO_WAKE) != 0) {
        refuse("an EX_TIMER cannot be of high resolution and not wake");
        return NULL;
    }
    timer = calloc(1, sizeof(*timer));
    if (timer == NULL) {
        return NULL;
    }
    ke_dispatcher_init(&timer->header,
                       (Attributes & EX_TIMER_NOTIFICATION) != 0 ? TimerNotificationObject
                                                                 : TimerSynchronizationObject,
                       sizeof(KTIMER) / sizeof(ULONG), 0);
    ke_due_entry_init(&timer->due, timer_fire);
    KeInitializeDpc(&timer->dpc, timer_dpc, timer);
    timer->callback = Callback;
    timer->context = CallbackContext;
    timer->attributes = Attributes;
    base_lock_acquire(&timers_lock);
    timer->next = timers;
    timers = timer;
    base_lock_release(&timers_lock);
    return timer;
}

static BOOLEAN timer_is_deleted(const struct _EX_TIMER *timer)
{
    BOOLEAN deleted;

    ke_dispatcher_lock();
    deleted = timer->deleted;
    ke_dispatcher_unlock();
    return deleted;
}

static BOOLEAN timer_disarm(PEX_TIMER timer)
{
    BOOLEAN was_armed;

    ke_dispatcher_lock();
    was_armed = ke_due_disarm(&timer->due);
    ke_dispatcher_unlock();
    return was_armed;
}

BOOLEAN ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
                   PEXT_SET_PARAMETERS Parameters)
{
    ULONGLONG due_100ns;
    BOOLEAN pending;

    UNREFERENCED_PARAMETER(Parameters); /* nothing sleeps here, so nothing need be woken late */
    if (!API(DISPATCH_LEVEL) || !KE_TIMER_OK(Timer)) {
        return FALSE;
    }
    if (Period < 0 || timer_is_deleted(Timer)) {
        return refuse("an EX_TIMER was set with a negative period or after its deletion");
    }
    if ((Timer->attributes & EX_TIMER_HIGH_RESOLUTION) != 0 && DueTime >= 0) {
        return refuse("an EX_TIMER of high resolution was set to an absolute time");
    }
    due_100ns = ke_due_from_timeout(DueTime);
    ke_dispatcher_lock();
    pending = ke_due_disarm(&Timer->due);
    ke_dispatcher_set_state_locked(&Timer->header, 0);
    Timer->period_100ns = (ULONGLONG)Period;
    ke_due_link_arm(&Timer->due.link, due_100ns, KE_DUE_DISPATCHER);
    ke_dispatcher_unlock();
    ke_attention_set(ke_self, KE_ATTENTION_TIME); /* it may be due already */
    return pending;
}

BOOLEAN ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(Parameters);
    return API(DISPATCH_LEVEL) && KE_TIMER_OK(Timer) && timer_disarm(Timer);
}

/* Deleted from here on, and to be freed at once; FALSE: its last callback does it. Until then no callback
 * frees it. */
static BOOLEAN timer_end(PEX_TIMER timer)
{
    BOOLEAN now;

    ke_dispatcher_lock();
    now = timer->calls == 0 && !ke_due_is_armed(&timer->due);
    timer->deleted = TRUE;
    ke_dispatcher_unlock();
    return now;
}

BOOLEAN ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
                      PEXT_DELETE_PARAMETERS Parameters)
{
    BOOLEAN cancelled = FALSE;

    if (!API(Wait ? APC_LEVEL : DISPATCH_LEVEL) || !KE_TIMER_OK(Timer)) {
        return FALSE;
    }
    if (timer_is_deleted(Timer) || (Wait && !Cancel)) {
        return refuse("an EX_TIMER was deleted twice, or with Wait and without Cancel");
    }
    ke_dispatcher_lock();
    /* One that is not cancelled may still expire, once; what is left of it goes with that callback. */
    if (Cancel || Timer->period_100ns != 0 || Timer->callback == NULL) {
        cancelled = ke_due_disarm(&Timer->due);
    }
    if (Parameters != NULL) {
        Timer->end = *Parameters;
    }
    ke_dispatcher_unlock();
    if (Wait) {
        ke_dpc_flush();
    }
    if (timer_end(Timer)) {
        timer_free(Timer);
    }
    return Cancel && cancelled;
}

/* ---- the resolution of the clock ---- */

ULONG ExSetTimerResolution(ULONG DesiredTime, BOOLEAN SetResolution)
{
    UNREFERENCED_PARAMETER(DesiredTime);
    UNREFERENCED_PARAMETER(SetResolution);
    return API(APC_LEVEL) ? ke_machine.config.tick_ns / 100 : 0; /* what the machine was given */
}

VOID ExQueryTimerResolution(PULONG MaximumTime, PULONG MinimumTime, PULONG CurrentTime)
{
    ULONG tick = API(APC_LEVEL) ? ke_machine.config.tick_ns / 100 : 0;

    *MaximumTime = *MinimumTime = *CurrentTime = tick;
}

static void timers_stop(void)
{
    while (timers != NULL) {
        timers->end.DeleteCallback = NULL; /* no driver code runs any more */
        timer_free(timers);
    }
}

static struct ke_machine_part timers_part = {.order = 1, .stop = timers_stop};

__attribute__((constructor)) static void timers_register(void)
{
    ke_machine_register(&timers_part);
}
