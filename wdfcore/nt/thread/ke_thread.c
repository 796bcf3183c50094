#include "nt/thread/ke_thread.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_record.h"
#include "nt/ke/ke_report.h"
#include "nt/thread/ke_wait.h"
#include "nt/ke/ke_window.h"

static PKTHREAD threads;
static ULONG_PTR next_id;

static void thread_destroy(void *body)
{
    PKTHREAD *link = &threads;

    while (*link != body) {
        link = &(*link)->next;
    }
    *link = (*link)->next;
    ex_try_thread_ended(body);
}

const struct ob_type ke_thread_type = {.name = "Thread", .destroy = thread_destroy};

static PKTHREAD thread_allocate(const char *name)
{
    PKTHREAD thread = ob_create(&ke_thread_type, sizeof(*thread));

    if (thread != NULL) {
        ke_dispatcher_init(&thread->Header, ThreadObject, sizeof(*thread) / sizeof(ULONG), 0);
        InitializeListHead(&thread->mutexes);
        thread->name = name;
        thread->priority = 8;
        thread->id = next_id += 4;
        thread->next = threads;
        threads = thread;
    }
    return thread;
}

bool ke_thread_waits_for(const void *object)
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

void ke_waits_shift_absolute(int64_t shift_100ns)
{
    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        struct ke_wait *wait = &thread->wait;

        if (wait->absolute && ke_due_is_armed(&wait->timeout)) {
            int64_t due = (int64_t)wait->timeout.link.due_100ns - shift_100ns;

            ke_due_arm(&wait->timeout, due > 0 ? (uint64_t)due : 0);
        }
    }
}

PKTHREAD ke_thread_of_code(const void *start, size_t size)
{
    PKTHREAD thread = threads;

    while (thread != NULL &&
           (thread->ended || (uintptr_t)thread->routine - (uintptr_t)start >= size)) {
        thread = thread->next;
    }
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

    ke_thread_check_exit();
    ke_mutexes_abandon(thread);
    thread->exit_status = status;
    thread->ended = TRUE;
    thread->task = NULL;
    self->chain = NULL;
    ke_dispatcher_signal(&thread->Header, 1);
    /* The processor goes on without this thread: nothing may travel into freed memory. */
    self->thread = self->idle;
    ke_irql_set(self, PASSIVE_LEVEL);
    ob_deref(thread);
    host_task_exit();
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
    host_clock_charge(self->number, ke_machine.config.context_switch_ns);
    ke_ring(self, BASE_EVENT_SWITCH, next->is_idle ? NULL : next->name);
    if (ke_is_observed(self)) {
        ke_record_switch(next);
    }
}

void ke_thread_block(void)
{
    ke_self->thread->blocked_frame = __builtin_frame_address(0);
    host_task_block();
    if ((ke_self->attention & KE_ATTENTION_STOP) != 0) {
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

    for (PKTHREAD thread = threads; thread != NULL; thread = thread->next) {
        if (thread->is_idle || thread->is_worker || thread->task == NULL) {
            continue;
        }
        waiting++;
        if (text != NULL && used + 1 < size) {
            used += ke_wait_describe(thread, text + used, size - used);
        }
    }
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
