#include "nt/thread/ke_thread.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/schedule/ke_claim.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/record/ke_record.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ps_notify.h"
#include "nt/thread/ke_apc.h"
#include "nt/thread/ke_queue.h"
#include "nt/thread/ke_wait.h"
#include "nt/ke/ke_window.h"

static PKTHREAD threads; /* with the dispatcher lock, like the next */
static ULONG_PTR next_id;

static void thread_destroy(void *body)
{
    PKTHREAD *link = &threads;

    ke_dispatcher_lock();
    while (*link != body) {
        link = &(*link)->next;
    }
    *link = (*link)->next;
    ke_dispatcher_unlock();
    ex_try_thread_ended(body);
    ke_stand_in_free(((PKTHREAD)body)->stand_in);
}

const struct ob_type ke_thread_type = {.name = "Thread", .destroy = thread_destroy};

static PKTHREAD thread_allocate(const char *name)
{
    PKTHREAD thread = ob_create(&ke_thread_type, sizeof(*thread));

    if (thread != NULL) {
        ke_dispatcher_init(&thread->Header, ThreadObject, sizeof(*thread) / sizeof(ULONG), 0);
        InitializeListHead(&thread->mutexes);
        ke_apc_thread_init(thread);
        thread->name = name;
        thread->created.QuadPart = (LONGLONG)(ke_clock_wall_100ns() + ke_clock_now_100ns());
        thread->priority = 8;
        ke_dispatcher_lock();
        thread->id = next_id += 4;
        thread->next = threads;
        threads = thread;
        ke_dispatcher_unlock();
    }
    return thread;
}

static bool thread_waits_for_locked(const void *object)
{
    for (const struct _KTHREAD *thread = threads; thread != NULL; thread = thread->next) {
        const struct ke_wait *wait = &thread->wait;

        for (ULONG i = 0; !wait->done && i < wait->count; i++) {
            if (wait->blocks[i].Object == object) {
                return true;
            }
        }
    }
    return false;
}

bool ke_thread_waits_for(const void *object)
{
    bool waits;

    ke_dispatcher_lock();
    waits = thread_waits_for_locked(object);
    ke_dispatcher_unlock();
    return waits;
}

void ke_waits_shift_absolute(int64_t shift_100ns)
{
    ke_dispatcher_lock();
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        struct ke_wait *wait = &thread->wait;

        if (wait->absolute && ke_due_is_armed(&wait->timeout)) {
            int64_t due = (int64_t)(wait->timeout.link.due_100ns & KE_DUE_MAXIMUM) - shift_100ns;

            ke_due_link_disarm(&wait->timeout.link);
            ke_due_link_arm(&wait->timeout.link, due > 0 ? (uint64_t)due : 0, KE_DUE_DISPATCHER);
        }
    }
    ke_dispatcher_unlock();
}

PKTHREAD ke_thread_of_code(const void *start, size_t size)
{
    PKTHREAD thread;

    ke_dispatcher_lock();
    thread = threads;
    while (thread != NULL &&
           (thread->ended || (uintptr_t)thread->routine - (uintptr_t)start >= size)) {
        thread = thread->next;
    }
    ke_dispatcher_unlock();
    return thread;
}

PKTHREAD ke_thread_of_id(ULONG_PTR id)
{
    PKTHREAD thread;

    ke_dispatcher_lock();
    thread = threads;
    while (thread != NULL && (thread->id != id || thread->is_idle || thread->ended)) {
        thread = thread->next;
    }
    if (thread != NULL && !ob_try_ref(thread)) {
        thread = NULL;
    }
    ke_dispatcher_unlock();
    return thread;
}

bool ke_threads_start(void)
{
    next_id = 0;
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        processor->idle = thread_allocate("idle");
        if (processor->idle == NULL) {
            return false;
        }
        processor->idle->is_idle = TRUE;
        processor->thread = processor->idle;
    }
    return true;
}

void ke_threads_stop(void)
{
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        ke_stand_in_free(thread->stand_in);
    }
    threads = NULL; /* ob_stop frees them */
}

static void thread_entry(void *argument)
{
    PKTHREAD thread = argument;
    struct ke_callback frame;

    ke_call_enter(&frame, "thread", (const void *)(uintptr_t)thread->routine, thread);
    thread->routine(thread->context);
    ke_call_leave(&frame);
    ke_thread_exit(STATUS_SUCCESS);
}

/* The thread is on the list already: who asks all stand-ins for attention either finds this one, or
 * has set before what its creation looks at. */
static bool thread_make_stand_in(PKTHREAD thread)
{
    ke_dispatcher_lock();
    thread->stand_in =
        ke_stand_in_create(thread, (ULONG)__builtin_ctzll((uint64_t)thread->affinity));
    ke_dispatcher_unlock();
    return thread->stand_in != NULL;
}

PKTHREAD ke_thread_create(PKSTART_ROUTINE routine, PVOID context, const char *name,
                          KAFFINITY affinity)
{
    PKTHREAD thread = thread_allocate(name);
    uint64_t mask = ke_processor_mask();

    if (thread == NULL) {
        return NULL;
    }
    thread->routine = routine;
    thread->context = context;
    thread->affinity = affinity != 0 ? affinity & mask : (KAFFINITY)mask;
    if (base_threaded && !thread_make_stand_in(thread)) {
        ob_deref(thread);
        return NULL;
    }
    thread->task = host_task_create(thread_entry, thread, thread->affinity, thread);
    if (thread->task == NULL) {
        ob_deref(thread);
        return NULL;
    }
    return thread;
}

void ke_thread_begin(PKTHREAD thread)
{
    ob_ref(thread); /* its own, dropped when it ends */
    host_task_wake(thread->task);
}

PKTHREAD ke_thread_start(PKSTART_ROUTINE routine, PVOID context, const char *name,
                         KAFFINITY affinity)
{
    PKTHREAD thread = ke_thread_create(routine, context, name, affinity);

    if (thread != NULL) {
        ke_thread_begin(thread);
    }
    return thread;
}

void ke_thread_mark_worker(void)
{
    ke_self->thread->is_worker = TRUE;
}

void ke_thread_exit(NTSTATUS status)
{
    struct ke_processor *self = ke_self;
    PKTHREAD thread = self->thread;

    if (thread->is_told_of && self->irql <= APC_LEVEL) {
        ps_notify_thread(thread->id, FALSE);
        self = ke_self; /* it may have waited */
    }
    if (self->irql == PASSIVE_LEVEL) {
        ke_apc_rundown();
        self = ke_self;
    }
    ke_thread_check_exit();
    self->chain = NULL;
    ke_dispatcher_lock();
    ke_mutexes_abandon_locked(thread);
    ke_queue_disown_locked(thread);
    thread->exit_status = status;
    thread->ended = TRUE;
    thread->task = NULL;
    ke_dispatcher_signal_locked(&thread->Header, 1);
    ke_dispatcher_unlock();
    /* The processor goes on without this thread: nothing may travel into freed memory. */
    if (self->claimed_by != NULL) { /* it ended at a raised level */
        ke_irql_set(self, PASSIVE_LEVEL);
        ke_claim_end();
    }
    if (self->is_stand_in || base_threaded) {
        ke_processor_outside();
    } else {
        self->thread = self->idle;
        ke_irql_set(self, PASSIVE_LEVEL);
    }
    ob_deref(thread);
    host_task_exit();
}

void ke_thread_stand_in(PKTHREAD thread)
{
    ke_processor_enter(thread->stand_in);
    if (__atomic_load_n(&ke_machine.stopped, __ATOMIC_SEQ_CST)) {
        __atomic_fetch_or(&thread->stand_in->attention, KE_ATTENTION_STOP, __ATOMIC_SEQ_CST);
    }
}

void ke_threads_attention(UCHAR bits, bool on)
{
    ke_dispatcher_lock();
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        if (thread->stand_in != NULL && on) {
            __atomic_fetch_or(&thread->stand_in->attention, bits, __ATOMIC_SEQ_CST);
        } else if (thread->stand_in != NULL) {
            __atomic_fetch_and(&thread->stand_in->attention, (UCHAR)~bits, __ATOMIC_SEQ_CST);
        }
    }
    ke_dispatcher_unlock();
}

void ke_threads_visit_rings(void (*visit)(const struct base_ring *ring, void *context),
                            void *context)
{
    ke_dispatcher_lock();
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        if (thread->stand_in != NULL) {
            visit(&thread->stand_in->ring, context);
        }
    }
    ke_dispatcher_unlock();
}

void ke_threads_pause(void)
{
    ke_threads_attention(KE_ATTENTION_SCHEDULE, true);
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        __atomic_fetch_or(&ke_processor_at(i)->attention, KE_ATTENTION_SCHEDULE, __ATOMIC_SEQ_CST);
    }
}

void ke_thread_switch(struct ke_processor *self, PKTHREAD next)
{
    PKTHREAD previous = self->thread;

    previous->irql = self->irql;
    previous->chain = self->chain;
    previous->raise_depth = self->raise_depth;
    memcpy(previous->raised_from, self->raised_from, sizeof(self->raised_from));
    self->thread = next;
    self->chain = next->chain;
    self->raise_depth = next->raise_depth;
    memcpy(self->raised_from, next->raised_from, sizeof(self->raised_from));
    ke_irql_set(self, next->irql);
    ke_charge(self, ke_machine.config.context_switch_ns);
    next->since_ns = host_clock_peek(self->number);
    previous->ran_ns += next->since_ns - previous->since_ns;
    if (__builtin_expect(__atomic_load_n(&next->apc_pending, __ATOMIC_RELAXED), 0)) {
        __atomic_fetch_or(&self->attention, KE_ATTENTION_APC, __ATOMIC_RELAXED);
    }
    ke_ring(self, BASE_EVENT_SWITCH, next->is_idle ? NULL : next->name);
    if (ke_is_observed(self)) {
        ke_record_switch(next);
    }
}

void ke_thread_fell(void)
{
    if (ke_self->thread->affinity_pending) {
        ke_affinity_catch_up();
    }
    ke_apc_check();
}

void ke_thread_block(void)
{
    ke_self->thread->blocked_frame = __builtin_frame_address(0);
    host_task_block();
    ke_clock_noted(ke_self);
    if ((ke_attention(ke_self) & KE_ATTENTION_STOP) != 0) {
        host_context_abandon();
    }
}

void ke_thread_wake(PKTHREAD thread)
{
    if (thread->task != NULL) {
        host_task_wake(thread->task);
    }
}

/* Lists the tasks that wait for something without time-out; returns how many. text  NULL: count */
static ULONG threads_waiting(char *text, size_t size)
{
    size_t used = 0;
    ULONG waiting = 0;

    ke_dispatcher_lock();
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        if (thread->is_idle || thread->is_worker || thread->task == NULL) {
            continue;
        }
        waiting++;
        if (text != NULL && used + 1 < size) {
            used += ke_wait_describe(thread, text + used, size - used);
        }
    }
    ke_dispatcher_unlock();
    return waiting;
}

static void report_waiting(void *context)
{
    char text[4096] = "";
    ULONG waiting = threads_waiting(text, sizeof(text));

    UNREFERENCED_PARAMETER(context);
    ke_violation(RULE_AllTasksWaiting, 0, 0, 0, 0, 0, "nothing can wake %u waiting task%s:%s",
                 waiting, waiting > 1 ? "s" : "", text);
}

bool ke_threads_stuck(void)
{
    static struct host_post post = {.deliver = report_waiting};

    if (threads_waiting(NULL, 0) == 0) {
        return false;
    }
    host_post(&post); /* the report is made in an idle context: there it can stop the machine */
    return true;
}

PKTHREAD KeGetCurrentThread(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? ke_self->thread : NULL;
}
