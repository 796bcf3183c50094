/* fx_timer.c - WDFTIMER: a KTIMER with a KDPC, and a work item for EvtTimerFunc at PASSIVE_LEVEL.
 *
 * Normal path: start -> the timer's DPC at DISPATCH_LEVEL -> EvtTimerFunc there, or queue the work,
 * which calls it at PASSIVE_LEVEL; an expiry that finds the work queued is merged into it.
 * Stop with wait: while it lasts, starts do nothing; it cancels, flushes the DPCs, waits for the
 * work. A start that had been let in before may arm the timer behind the cancelling: it says so, and the
 * stop does all of it again.
 * Teardown: the rundown refuses further starts and does the same. From EvtTimerFunc at
 * PASSIVE_LEVEL it would wait for its caller, so the deletion goes to the dispose list. It holds a
 * reference on its parent from creation until the rundown.
 */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_report.h"
#include "wdf/frame/fx_work.h"
#include "wdf/frame/fx_record.h"

#define PERIOD_MAX 0x7fffffffu
/* The forms of 1.11 and 1.7 end before the members that were added later. */
#define CONFIG_SIZE_1_11 32u
#define CONFIG_SIZE_1_7  24u

/* Keys: (c) constant once published (t) tree lock (r) written under it, read anywhere */
struct fx_timer {
    struct fx_object object;
    KTIMER timer;
    KDPC dpc;
    struct fx_work work;           /* passive timers */
    PFN_WDF_TIMER callback;        /* (c) NULL: nothing is called */
    struct fx_callback_lock *lock; /* (c) NULL: not serialized */
    struct fx_object *parent;      /* (r) referenced; NULL once its rundown has begun */
    ULONG period_ms;               /* (c) */
    bool passive;                  /* (c) EvtTimerFunc at PASSIVE_LEVEL */
    bool high_resolution;          /* (c) */
    bool started;                  /* (t) at least once */
    bool stopping;                 /* (r) a stop waits: starts do nothing */
    bool start_refused;            /* (t) one came meanwhile */
    bool stop_again;               /* (t) a start armed it while a stop waits */
};

/* NULL: its rundown has begun. */
static inline struct fx_object *timer_parent(const struct fx_timer *timer)
{
    return __atomic_load_n(&timer->parent, __ATOMIC_RELAXED);
}

/* ---- expiry ---- */

static void timer_call(struct fx_object *object)
{
    struct fx_timer *timer = fx_object_body(object, struct fx_timer);
    struct fx_call call;

    if (timer->callback != NULL &&
        fx_call_enter(&call, "EvtTimerFunc", (const void *)timer->callback, object, timer->lock)) {
        timer->callback(fx_handle_of(object));
        fx_call_leave(&call);
    }
}

static VOID timer_expired(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                          PVOID SystemArgument2)
{
    struct fx_timer *timer = DeferredContext;

    if (timer->passive) {
        fx_work_queue(&timer->work);
    } else {
        timer_call(&timer->object);
    }
}

static void timer_target(const void *context, struct ke_about *about)
{
    const struct fx_timer *timer = context;

    fx_about_target(about, &timer->object, (const void *)timer->callback);
}

static struct ke_trampoline timer_trampoline = {.routine = (const void *)(uintptr_t)timer_expired,
                                                .target = timer_target};

__attribute__((constructor)) static void timer_register(void)
{
    ke_trampoline_register(&timer_trampoline);
}

/* ---- stop and rundown ---- */

static bool timer_inside(const struct fx_timer *timer)
{
    return fx_call_is_inside((const void *)timer->callback, &timer->object);
}

/* The caller holds the lock that the callback needs: waiting for the callback would never end. */
static bool timer_would_hang(const struct fx_timer *timer)
{
    if (timer->lock == NULL || !fx_callback_lock_is_mine(timer->lock)) {
        return false;
    }
    fx_violation(RULE_WaitWhileHoldingCallbackLock, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                 "a WDFTIMER is waited for while the callback lock is held that it needs");
    return true;
}

/* Cancels, and waits until no EvtTimerFunc is pending or running. Whether it was in the queue. */
static bool timer_stop_and_wait(struct fx_timer *timer)
{
    bool was_queued = false;
    bool again;

    fx_tree_lock();
    again = timer->started;
    fx_tree_unlock();
    while (again) {
        fx_tree_lock();
        timer->stop_again = false;
        fx_tree_unlock();
        was_queued = KeCancelTimer(&timer->timer) || was_queued;
        KeFlushQueuedDpcs();
        if (timer->passive) {
            fx_work_wait(&timer->work, "EvtTimerFunc of a WDFTIMER");
        }
        fx_tree_lock();
        again = timer->stop_again;
        fx_tree_unlock();
    }
    return was_queued;
}

static bool timer_dispose(struct fx_object *object)
{
    struct fx_timer *timer = fx_object_body(object, struct fx_timer);
    struct fx_object *parent = timer_parent(timer);

    if (timer_inside(timer)) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, object,
                     "a WDFTIMER is deleted from its own EvtTimerFunc at PASSIVE_LEVEL");
        return false;
    }
    if (timer_would_hang(timer)) {
        return false;
    }
    fx_tree_lock();
    __atomic_store_n(&timer->parent, NULL, __ATOMIC_RELAXED); /* no start from here on */
    fx_tree_unlock();
    timer_stop_and_wait(timer);
    fx_object_deref(parent);
    return true;
}

static void timer_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_timer *timer = (const struct fx_timer *)object;

    snprintf(text, size, "%s%s%s%s", timer->started ? "started" : "never started",
             timer->period_ms != 0 ? ", periodic" : "", timer->passive ? ", passive" : "",
             timer->lock != NULL ? ", serialized" : "");
}

static const struct fx_field timer_fields[] = {
    FX_FIELD(ROUTINE, "EvtTimerFunc", struct fx_timer, callback),
    FX_FIELD(NUMBER, "Period", struct fx_timer, period_ms),
    FX_FIELD(PRESENT, "AutomaticSerialization", struct fx_timer, lock),
    FX_FIELD(FLAG, "UseHighResolutionTimer", struct fx_timer, high_resolution),
    FX_FIELD_END,
};

static const struct fx_type fx_timer_type = {
    .number = FX_TYPE_TIMER,
    .size = sizeof(struct fx_timer),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_REQUIRED,
    .level_allowed = true,
    .attributes_required = true,
    .dispose = timer_dispose,
    .describe = timer_describe,
    .fields = timer_fields,
};

/* ---- creation ---- */

/* The config in its present form: what an older form lacks is zero. */
static NTSTATUS timer_config(const WDF_TIMER_CONFIG *given, WDF_TIMER_CONFIG *config)
{
    _Static_assert(sizeof(*config) == 40, "the layout of WDF_TIMER_CONFIG");
    if (given->Size != sizeof(*config) && given->Size != CONFIG_SIZE_1_11 &&
        given->Size != CONFIG_SIZE_1_7) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    RtlZeroMemory(config, sizeof(*config));
    RtlCopyMemory(config, given, given->Size);
    return STATUS_SUCCESS;
}

static NTSTATUS timer_check_config(const WDF_TIMER_CONFIG *config,
                                   const WDF_OBJECT_ATTRIBUTES *attributes)
{
    NTSTATUS status;

    if (config->Period > PERIOD_MAX ||
        (config->UseHighResolutionTimer && config->TolerableDelay > 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_attributes_check(&fx_timer_type, attributes);
    if (NT_SUCCESS(status) && config->Period > 0 &&
        attributes->ExecutionLevel == WdfExecutionLevelPassive) {
        return STATUS_NOT_SUPPORTED;
    }
    return status;
}

static void timer_init(struct fx_timer *timer, const WDF_TIMER_CONFIG *config, bool passive)
{
    timer->callback = config->EvtTimerFunc;
    timer->period_ms = config->Period;
    timer->passive = passive;
    timer->high_resolution = config->UseHighResolutionTimer;
    if (passive) {
        timer->object.flags |= FX_OBJECT_PASSIVE_CALLBACKS;
    }
    KeInitializeTimerEx(&timer->timer, NotificationTimer);
    KeInitializeDpc(&timer->dpc, timer_expired, timer);
    fx_work_init(&timer->work, &timer->object, timer_call, (const void *)timer->callback);
}

/* What WdfTimerCreate checks, in its order. */
static NTSTATUS timer_check(const WDF_TIMER_CONFIG *given, const WDF_OBJECT_ATTRIBUTES *attributes,
                            const WDFTIMER *timer, const void *caller, WDF_TIMER_CONFIG *config,
                            struct fx_object **parent)
{
    NTSTATUS status = fx_attributes_check_required(attributes, parent);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (given == NULL || timer == NULL) {
        return fx_parameter_null(given == NULL ? "Config" : "Timer", caller);
    }
    status = timer_config(given, config);
    return NT_SUCCESS(status) ? timer_check_config(config, attributes) : status;
}

NTSTATUS WdfTimerCreate(PWDF_TIMER_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes,
                        WDFTIMER *Timer)
{
    struct fx_callback_lock *lock;
    WDF_TIMER_CONFIG config = {0};
    struct fx_object *parent;
    struct fx_timer *timer;
    struct fx_make make;
    bool passive;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = timer_check(Config, Attributes, Timer, KE_CALLER(), &config, &parent);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* Only the timer's own level counts, not an inherited one. */
    passive = Attributes->ExecutionLevel == WdfExecutionLevelPassive;
    status = fx_make_below_device(&fx_timer_type, Attributes, parent, config.AutomaticSerialization,
                                  passive, &lock);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&fx_timer_type, 0, Attributes, parent, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    timer = fx_object_body(make.object, struct fx_timer);
    timer->lock = lock;
    timer->parent = parent;
    timer_init(timer, &config, passive);
    fx_object_ref(parent); /* dropped by timer_dispose */
    status = fx_make_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_object_deref(parent);
        return status;
    }
    *Timer = fx_handle_of(&timer->object);
    return STATUS_SUCCESS;
}

/* ---- API ---- */

enum timer_answer { TIMER_MAY_START, TIMER_STOPPING, TIMER_DELETED };

static enum timer_answer timer_begin_start(struct fx_timer *timer)
{
    enum timer_answer answer = TIMER_MAY_START;

    fx_tree_lock();
    if (timer->parent == NULL) {
        answer = TIMER_DELETED;
    } else if (timer->stopping) {
        timer->start_refused = true;
        answer = TIMER_STOPPING;
    } else {
        timer->started = true;
    }
    fx_tree_unlock();
    return answer;
}

/* Arming is a window: a stop that began there has cancelled too early and has to know. After the
 * rundown nobody else would cancel. */
static BOOLEAN timer_arm(struct fx_timer *timer, LARGE_INTEGER due)
{
    BOOLEAN was_queued;

    fx_object_ref(&timer->object); /* for what is read after the window */
    was_queued = KeSetTimerEx(&timer->timer, due, (LONG)timer->period_ms, &timer->dpc);
    if (FX_LOOK(timer->stopping) || timer_parent(timer) == NULL) {
        fx_tree_lock();
        timer->stop_again = true;
        fx_tree_unlock();
    }
    if (timer_parent(timer) == NULL) {
        KeCancelTimer(&timer->timer);
        KeRemoveQueueDpc(&timer->dpc);
    }
    fx_object_deref(&timer->object);
    return was_queued;
}

BOOLEAN WdfTimerStart(WDFTIMER Timer, LONGLONG DueTime)
{
    LARGE_INTEGER due = {.QuadPart = DueTime};
    struct fx_timer *timer;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    timer = fx_handle_get(Timer, FX_TYPE_TIMER);
    if (timer == NULL) {
        return FALSE;
    }
    if (timer->high_resolution && DueTime >= 0) {
        fx_violation(RULE_TimerHighResolutionAbsolute, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                     "a high-resolution WDFTIMER was started with the absolute time %lld",
                     (long long)DueTime);
        return FALSE;
    }
    switch (timer_begin_start(timer)) {
    case TIMER_DELETED:
        fx_violation(RULE_TimerStartWhileDeleting, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                     "a WDFTIMER was started after its deletion had begun");
        return FALSE;
    case TIMER_STOPPING:
        return FALSE;
    case TIMER_MAY_START:
        break;
    }
    return timer_arm(timer, due);
}

/* Why a stop must not wait here. */
static bool timer_may_wait(const struct fx_timer *timer)
{
    if (timer_inside(timer)) {
        fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                     "WdfTimerStop with Wait was called from the timer's own EvtTimerFunc");
        return false;
    }
    if (ke_self->irql > PASSIVE_LEVEL) {
        fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                     "WdfTimerStop with Wait was called at IRQL %u", ke_self->irql);
        return false;
    }
    return !timer_would_hang(timer);
}

BOOLEAN WdfTimerStop(WDFTIMER Timer, BOOLEAN Wait)
{
    struct fx_timer *timer;
    bool stopped, concurrent;

    if (!API(DISPATCH_LEVEL)) { /* PASSIVE_LEVEL if Wait: see timer_may_wait */
        return FALSE;
    }
    timer = fx_handle_get(Timer, FX_TYPE_TIMER);
    if (timer == NULL || timer_parent(timer) == NULL) {
        return FALSE;
    }
    if (!Wait) {
        return KeCancelTimer(&timer->timer);
    }
    if (!timer_may_wait(timer)) {
        return FALSE;
    }
    fx_tree_lock();
    concurrent = timer->stopping;
    FX_SET(timer->stopping, true);
    timer->start_refused = false;
    fx_tree_unlock();
    if (concurrent) {
        fx_violation(RULE_TimerStopConcurrent, FX_BUGCHECK_NONE, 0, 0, &timer->object,
                     "WdfTimerStop with Wait was called while another one waits");
    }
    fx_object_ref(&timer->object); /* for what is read after the wait */
    stopped = timer_stop_and_wait(timer);
    fx_tree_lock();
    stopped = stopped || timer->start_refused;
    FX_SET(timer->stopping, false);
    fx_tree_unlock();
    fx_object_deref(&timer->object);
    return stopped;
}

WDFOBJECT WdfTimerGetParentObject(WDFTIMER Timer)
{
    struct fx_timer *timer;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    timer = fx_handle_get(Timer, FX_TYPE_TIMER);
    return timer != NULL && timer_parent(timer) != NULL ? fx_handle_of(timer_parent(timer)) : NULL;
}
