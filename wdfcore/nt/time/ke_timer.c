#include "nt/time/ke_timer.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/schedule/ke_claim.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/time/ke_due_wheel.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_wait.h"
#include "nt/ke/ke_window.h"

#define EXPIRIES_PER_DRAIN 32                               /* then the DPCs that they queued run */
#define TIMER_SIZE         (sizeof(KTIMER) / sizeof(ULONG)) /* in its header */
#define UNITS_PER_MS       10000
#define FAR_100NS          (1ULL << 60) /* what is set farther ahead than that is not common */

/* A KTIMER lends the wheel these two fields. */
C_ASSERT(sizeof(struct ke_due_link) == sizeof(ULARGE_INTEGER) + sizeof(LIST_ENTRY));
C_ASSERT(FIELD_OFFSET(KTIMER, TimerListEntry) ==
         FIELD_OFFSET(KTIMER, DueTime) + offsetof(struct ke_due_link, next));

static struct ke_due_link *timer_link(PKTIMER timer)
{
    return (struct ke_due_link *)&timer->DueTime;
}

static inline BOOLEAN timer_is_initialized(const KTIMER *timer)
{
    return timer->Header.Type == TimerNotificationObject ||
           timer->Header.Type == TimerSynchronizationObject;
}

PKTIMER ke_timer_in_range(const void *start, SIZE_T size)
{
    const struct ke_due_link *link = ke_due_ktimer_in_range(start, size);

    return link == NULL ? NULL : CONTAINING_RECORD((char *)link, KTIMER, DueTime);
}

struct timer_search {
    uintptr_t start;
    SIZE_T size;
    PKTIMER found;
};

static void timer_match(struct ke_due_link *link, void *context)
{
    struct timer_search *search = context;
    PKTIMER timer = CONTAINING_RECORD((char *)link, KTIMER, DueTime);
    const KDPC *dpc =
        __atomic_load_n(&timer->Dpc, __ATOMIC_RELAXED); /* armed, but it may be set again */

    if (dpc != NULL && (uintptr_t)dpc->DeferredRoutine - search->start < search->size) {
        search->found = timer;
    }
}

PKTIMER ke_timer_of_code(const void *start, SIZE_T size)
{
    struct timer_search search = {.start = (uintptr_t)start, .size = size};

    ke_due_visit_ktimers(timer_match, &search);
    return search.found;
}

VOID KeInitializeTimer(PKTIMER Timer)
{
    KeInitializeTimerEx(Timer, NotificationTimer);
}

VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Timer, "a timer", __func__)) {
        return;
    }
    if (timer_is_initialized(Timer) && ke_timer_in_range(Timer, sizeof(*Timer)) == Timer) {
        ke_violation(RULE_TimerReinitActive, 0x139, 3, (uint64_t)(uintptr_t)Timer, 0, 0,
                     "an armed timer was initialized again");
        return;
    }
    ke_dispatcher_init(&Timer->Header,
                       Type == NotificationTimer ? TimerNotificationObject
                                                 : TimerSynchronizationObject,
                       TIMER_SIZE, 0);
    ke_record_forget(BASE_SUBJECT_TIMER, Timer);
    Timer->TimerListEntry.Flink = NULL;
    Timer->TimerListEntry.Blink = NULL;
    Timer->DueTime.QuadPart = 0;
    Timer->Dpc = NULL;
    Timer->Period = 0;
    Timer->Header.Absolute = FALSE;
    Timer->Header.Inserted = FALSE;
}

/* When a periodic timer comes next: in its rhythm, however late this expiry was noticed; expiries
 * that were missed are not made up for. */
static ULONGLONG timer_next_due(PKTIMER timer)
{
    ULONGLONG period = (ULONGLONG)timer->Period * UNITS_PER_MS;
    ULONGLONG now = ke_clock_now_100ns();
    ULONGLONG next = (timer_link(timer)->due_100ns & KE_DUE_MAXIMUM) + period;

    return next > now ? next : next + ((now - next) / period + 1) * period;
}

/* The DPC may have another context each time; the timer is the same. */
static struct ke_about timer_about(const KTIMER *timer)
{
    const KDPC *dpc = timer->Dpc;

    if (dpc == NULL) {
        return KE_ABOUT(BASE_SUBJECT_TIMER, timer, .type = "KTIMER");
    }
    return KE_ABOUT(BASE_SUBJECT_TIMER, timer,
                    .routine = (const void *)(uintptr_t)dpc->DeferredRoutine,
                    .context = dpc->DeferredContext, .type = "KTIMER");
}

/* For the recording only; without one the timer's DPC, perhaps in no cache, is not looked at. */
static void timer_note(enum base_event_kind kind, const KTIMER *timer, ULONG value)
{
    if (ke_is_observed(ke_self)) {
        ke_note(kind, timer_about(timer), value);
    }
}

static void timer_report_dpc(const KDPC *dpc)
{
    ke_violation(RULE_DpcNotInitialized, 0, (uint64_t)(uintptr_t)dpc, 0, 0, 0,
                 "the DPC at %p was queued by a timer before it was initialized",
                 (const void *)dpc);
}

/* With the dispatcher lock, on a processor: whoever cancels the timer finds it either armed, or with
 * its DPC queued. The order is that of the rules above. The waiters may run and the DPC's routine
 * may free a one-shot timer: it is not touched after its DPC was queued. Returns the DPC if it
 * cannot be queued: then that has to be reported. */
static PKDPC timer_expire_locked(PKTIMER timer)
{
    PKDPC dpc = timer->Dpc;

    KE_COUNT(ke_self, timers_expired);
    timer->Header.Inserted = timer->Period != 0;
    ke_event(BASE_EVENT_TIMER, dpc != NULL ? (const void *)(uintptr_t)dpc->DeferredRoutine : NULL,
             timer_about(timer), timer->Period);
    ke_dispatcher_signal_locked(&timer->Header, 1);
    if (timer->Period != 0) {
        timer->Header.Absolute = FALSE; /* from here on it counts periods */
        ke_due_link_arm(timer_link(timer), timer_next_due(timer), KE_DUE_KTIMER);
    }
    if (dpc == NULL) {
        return NULL;
    }
    if (!ke_dpc_is_initialized(dpc)) {
        return dpc;
    }
    ke_dpc_queue(dpc, KE_DPC_TIMER_ARGUMENT, NULL);
    return NULL;
}

/* At once, as KeSetTimer does: the DPC runs before it returns if the level allows it. */
static PKDPC timer_expire_now_locked(PKTIMER timer, ULONGLONG now_100ns)
{
    KIRQL old = ke_self->irql;
    PKDPC bad;

    timer_link(timer)->due_100ns = now_100ns; /* a period counts from here */
    if (old < DISPATCH_LEVEL) {
        ke_irql_set(ke_self, DISPATCH_LEVEL);
    }
    bad = timer_expire_locked(timer);
    ke_irql_set(ke_self, old);
    return bad;
}

BOOLEAN ke_timer_cancel(PKTIMER timer)
{
    BOOLEAN was_armed;

    ke_dispatcher_lock();
    was_armed = ke_due_link_disarm(timer_link(timer));
    if (was_armed) {
        timer->Header.Inserted = FALSE;
        timer_note(BASE_EVENT_TIMER_CANCEL, timer, 0);
    }
    ke_dispatcher_unlock();
    return was_armed;
}

/* What a timer is set to, but for its due time. */
struct timer_setting {
    LONG period_ms;
    PKDPC dpc;
    BOOLEAN absolute;
};

/* With the dispatcher lock: two threads may set one timer at the same time. Absolute and Inserted lie in
 * the line that the signal state is in. */
static inline void timer_prepare_locked(PKTIMER timer, const struct timer_setting *setting)
{
    ke_dispatcher_set_state_locked(&timer->Header, 0);
    timer->Header.Inserted = TRUE;
    timer->Header.Absolute = setting->absolute;
    timer->Period = (ULONG)setting->period_ms;
    /* Atomic for those who look at an armed timer without the lock; orders nothing. */
    __atomic_store_n(&timer->Dpc, setting->dpc, __ATOMIC_RELAXED);
}

/* It is due already. */
__attribute__((noinline)) static BOOLEAN timer_set_due(PKTIMER timer, ULONGLONG now_100ns,
                                                       const struct timer_setting *setting)
{
    BOOLEAN fixed = ke_claim_fix();
    BOOLEAN was_armed;
    PKDPC bad;

    ke_dispatcher_lock();
    was_armed = ke_due_link_disarm(timer_link(timer));
    timer_prepare_locked(timer, setting);
    timer_note(BASE_EVENT_TIMER_SET, timer, timer->Period);
    bad = timer_expire_now_locked(timer, now_100ns);
    ke_dispatcher_unlock();
    if (bad != NULL) {
        timer_report_dpc(bad);
    }
    ke_window_lowered(ke_self);
    if (fixed) {
        ke_claim_unfix();
    }
    return was_armed;
}

static inline BOOLEAN timer_set(PKTIMER timer, ULONGLONG due_100ns, ULONGLONG now_100ns,
                                const struct timer_setting *setting)
{
    BOOLEAN was_armed;

    if (due_100ns <= now_100ns) {
        return timer_set_due(timer, now_100ns, setting);
    }
    ke_dispatcher_lock();
    timer_prepare_locked(timer, setting);
    timer_note(BASE_EVENT_TIMER_SET, timer, timer->Period);
    was_armed = ke_due_link_rearm(timer_link(timer), due_100ns, KE_DUE_KTIMER);
    ke_dispatcher_unlock();
    return was_armed;
}

BOOLEAN ke_timer_set(PKTIMER timer, ULONGLONG due_100ns, LONG period_ms, PKDPC dpc)
{
    return timer_set(timer, due_100ns, ke_clock_now_100ns(),
                     &(struct timer_setting){.period_ms = period_ms, .dpc = dpc});
}

/* The common case stands before the entry test, which it needs no more than to write the event: nothing
 * wants attention, so nobody observes; and one host thread runs, so no lock is needed. */
static inline BOOLEAN timer_is_common(const struct ke_processor *self, const KTIMER *timer)
{
    return __builtin_expect(!ke_address_is_bad(timer) && timer_is_initialized(timer) &&
                                timer->Header.WaitListHead.Flink != NULL &&
                                self->irql <= DISPATCH_LEVEL && ke_is_plain(self),
                            1);
}

__attribute__((noinline)) static BOOLEAN timer_set_api(PKTIMER timer, LONGLONG due_time,
                                                       LONG period, PKDPC dpc, const char *name,
                                                       KIRQL bound)
{
    ULONGLONG now;
    ULONGLONG due;

    if (!ke_api(name, bound) ||
        !ke_check_dispatcher(timer, KE_TYPES_TIMER, RULE_TimerNotInitialized, "a timer", name)) {
        return FALSE;
    }
    if (period < 0) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "a timer period of %d ms", period);
        return FALSE;
    }
    now = ke_clock_now_100ns();
    due = due_time < 0 ? now - (ULONGLONG)due_time : ke_due_from_timeout(due_time);
    return timer_set(
        timer, due, now,
        &(struct timer_setting){.period_ms = period, .dpc = dpc, .absolute = due_time >= 0});
}

/* What timer_prepare_locked does for a relative time, where nobody looks meanwhile: the header is written
 * as a whole. Stores are what this path has most of. */
static inline void timer_prepare_plain(PKTIMER timer, LONG period, PKDPC dpc)
{
    const struct timer_head {
        UCHAR type, absolute, size, inserted;
        LONG signal_state;
    } head = {.type = timer->Header.Type, .size = TIMER_SIZE, .inserted = TRUE};

    C_ASSERT(FIELD_OFFSET(DISPATCHER_HEADER, Inserted) == offsetof(struct timer_head, inserted) &&
             FIELD_OFFSET(DISPATCHER_HEADER, SignalState) ==
                 offsetof(struct timer_head, signal_state));
    memcpy(&timer->Header, &head, sizeof(head));
    timer->Period = (ULONG)period;
    timer->Dpc = dpc;
}

__attribute__((always_inline)) static inline BOOLEAN timer_set_as(PKTIMER timer, LONGLONG due_time,
                                                                  LONG period, PKDPC dpc,
                                                                  const char *name, KIRQL bound)
{
    struct ke_processor *self = ke_self;
    struct ke_due_link *link;
    BOOLEAN was_armed;

    if (!timer_is_common(self, timer) || (ULONGLONG)due_time + FAR_100NS >= FAR_100NS ||
        period < 0) {
        return timer_set_api(timer, due_time, period, dpc, name, bound);
    }
    link = timer_link(timer);
    ke_ring(self, BASE_EVENT_API, name);
    timer_prepare_plain(timer, period, dpc);
    was_armed = link->next != NULL;
    if (was_armed) {
        due_wheel_disarm(link);
    }
    return due_wheel_arm(link, ke_processor_now_100ns(self) - (ULONGLONG)due_time, KE_DUE_KTIMER,
                         was_armed);
}

BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    return timer_set_as(Timer, DueTime.QuadPart, Period, Dpc, API_APART(DISPATCH_LEVEL));
}

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return timer_set_as(Timer, DueTime.QuadPart, 0, Dpc, API_APART(DISPATCH_LEVEL));
}

/* Never early, and as soon as a tick allows: the tolerable delay is not used. */
BOOLEAN KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period,
                              ULONG TolerableDelay, PKDPC Dpc)
{
    UNREFERENCED_PARAMETER(TolerableDelay);
    return KeSetTimerEx(Timer, DueTime, (LONG)Period, Dpc);
}

__attribute__((noinline)) static BOOLEAN timer_cancel_api(PKTIMER timer, const char *name,
                                                          KIRQL bound)
{
    return ke_api(name, bound) &&
           ke_check_dispatcher(timer, KE_TYPES_TIMER, RULE_TimerNotInitialized, "a timer", name) &&
           ke_timer_cancel(timer);
}

BOOLEAN KeCancelTimer(PKTIMER Timer)
{
    struct ke_processor *self = ke_self;

    if (!timer_is_common(self, Timer)) {
        return timer_cancel_api(Timer, API_APART(DISPATCH_LEVEL));
    }
    ke_ring(self, BASE_EVENT_API, __func__);
    if (timer_link(Timer)->next == NULL) {
        return FALSE;
    }
    due_wheel_disarm(timer_link(Timer));
    Timer->Header.Inserted = FALSE;
    return TRUE;
}

BOOLEAN KeReadStateTimer(PKTIMER Timer)
{
    return API_QUIET(DISPATCH_LEVEL) && KE_TIMER_OK(Timer) &&
           ke_dispatcher_state(&Timer->Header) > 0;
}

/* ---- the system's clock is set ---- */

/* Those that follow the system time until their first expiry. Equal due times lie in one slot, in
 * their order, and are armed again in it. */
struct absolute_timers {
    PKTIMER *timers;
    size_t count;
};

static void absolute_note(struct ke_due_link *link, void *context)
{
    struct absolute_timers *found = context;
    PKTIMER timer = CONTAINING_RECORD((char *)link, KTIMER, DueTime);

    if (timer->Header.Absolute) {
        found->timers[found->count++] = timer;
    }
}

void ke_timers_shift_absolute(int64_t shift_100ns)
{
    struct absolute_timers found = {.count = 0};

    ke_dispatcher_lock(); /* no KTIMER is armed meanwhile */
    found.timers = calloc(ke_due_count() + 1, sizeof(PKTIMER));
    CORE_ASSERT(found.timers != NULL);
    ke_due_visit_ktimers(absolute_note, &found);
    for (size_t i = 0; i < found.count; i++) {
        struct ke_due_link *link = timer_link(found.timers[i]);
        int64_t due = (int64_t)(link->due_100ns & KE_DUE_MAXIMUM) - shift_100ns;

        ke_due_link_disarm(link);
        ke_due_link_arm(link, due > 0 ? (uint64_t)due : 0, KE_DUE_KTIMER);
    }
    ke_dispatcher_unlock();
    free(found.timers);
    ke_attention_set(ke_processor_at(0), KE_ATTENTION_TIME); /* some may be due now */
}

/* ---- delivery ---- */

/* The next thing that is due at that time. FALSE: there is none. */
static BOOLEAN due_fire(uint64_t now_100ns)
{
    struct ke_due_taken taken;
    PKDPC bad = NULL;

    ke_dispatcher_lock();
    if (!ke_due_take(now_100ns, &taken)) {
        ke_dispatcher_unlock();
        return FALSE;
    }
    if ((taken.mark & KE_DUE_KTIMER) != 0) {
        bad = timer_expire_locked(CONTAINING_RECORD((char *)taken.link, KTIMER, DueTime));
        ke_dispatcher_unlock();
    } else if ((taken.mark & KE_DUE_DISPATCHER) != 0) {
        taken.fire(CONTAINING_RECORD(taken.link, struct ke_due_entry, link));
        ke_dispatcher_unlock();
    } else {
        ke_dispatcher_unlock();
        taken.fire(CONTAINING_RECORD(taken.link, struct ke_due_entry, link));
    }
    if (bad != NULL) {
        timer_report_dpc(bad);
    }
    return TRUE;
}

/* The DPCs of the timers that expire next are probably in no cache: all are asked for at once. */
static void prefetch_dpc(const struct ke_due_link *link)
{
    if ((link->due_100ns & KE_DUE_KTIMER) != 0) {
        const KTIMER *timer = CONTAINING_RECORD((const char *)link, KTIMER, DueTime);

        __builtin_prefetch(__atomic_load_n(&timer->Dpc, __ATOMIC_RELAXED), 1);
    }
}

/* Between two DPCs. */
static BOOLEAN inside_drain(const struct ke_processor *self)
{
    return self->dpc_state == KE_DPC_DRAINING;
}

/* What expires queues DPCs; those that are queued run first, while they are in a cache. Every so many
 * windows it is time all the same, for a DPC may queue itself for ever. */
static BOOLEAN deliver_later(const struct ke_processor *self)
{
    return inside_drain(self) &&
           __atomic_load_n(&self->dpc_count, __ATOMIC_RELAXED) >= EXPIRIES_PER_DRAIN &&
           self->windows % EXPIRIES_PER_DRAIN != 0;
}

void ke_time_deliver(struct ke_processor *self)
{
    KIRQL old = self->irql;
    ULONG expiries = 0;

    if (deliver_later(self)) {
        ke_attention_set(self, KE_ATTENTION_TIME);
        return;
    }
    host_clock_refresh();
    base_ring_set_time(&self->ring, ke_clock_now_100ns());
    host_loop_poll();
    if (host_posts_pending()) {
        host_posts_deliver();
    }
    /* Timer DPCs are queued as at DISPATCH_LEVEL: they run after the expiries, in order. */
    if (old < DISPATCH_LEVEL) {
        ke_irql_set(self, DISPATCH_LEVEL);
    }
    while (due_fire(host_clock_machine() / 100)) {
        if (expiries % EXPIRIES_PER_DRAIN == 0) {
            ke_due_visit_expired(prefetch_dpc, EXPIRIES_PER_DRAIN);
        }
        if (++expiries % EXPIRIES_PER_DRAIN != 0) {
            continue;
        }
        if (inside_drain(self)) { /* the drain goes on, and its next window with this */
            ke_attention_set(self, KE_ATTENTION_TIME);
            break;
        }
        if (old < DISPATCH_LEVEL && self->dpc_state == 0 && ke_dpc_any_waits(self)) {
            ke_dpc_drain(self, old);
            ke_irql_set(self, DISPATCH_LEVEL);
        }
    }
    ke_irql_set(self, old);
}

/* ---- the tick ---- */

static struct ke_due_entry tick;

static void tick_fire(struct ke_due_entry *entry)
{
    UNREFERENCED_PARAMETER(entry);
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        if (ke_dpc_waits(ke_processor_at(i))) {
            ke_attention_set(ke_processor_at(i), KE_ATTENTION_DPC);
        }
    }
}

void ke_tick_request(void)
{
    ULONGLONG tick_100ns = ke_machine.config.tick_ns / 100;

    ke_due_arm_once(&tick, (ke_clock_now_100ns() / tick_100ns + 1) * tick_100ns);
}

static void timer_start(void)
{
    ke_due_entry_init(&tick, tick_fire);
}

static struct ke_machine_part timer_part = {.order = 0, .start = timer_start};

__attribute__((constructor)) static void timer_register(void)
{
    ke_machine_register(&timer_part);
}
