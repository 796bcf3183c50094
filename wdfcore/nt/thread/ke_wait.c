/* ke_wait.c - KeWaitForSingleObject, KeWaitForMultipleObjects, KeDelayExecutionThread.
 *
 * Normal path: look at the objects; if they satisfy the wait take them and return. Else link a
 * block to each, arm the time-out, block. The signaller (or the time-out) unlinks all blocks,
 * writes the status and wakes the thread.
 */
#include "nt/thread/ke_wait.h"

#include <ntifs.h>

#include "base/assert.h"
#include "nt/ex/ex_try.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/dpc/ke_dpc_thread.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_apc.h"
#include "nt/thread/ke_deadlock.h"
#include "nt/thread/ke_queue.h"
#include "nt/thread/ke_thread.h"
#include "nt/ke/ke_window.h"

struct base_lock ke_dispatcher = {.rank = BASE_RANK_DISPATCHER};

void ke_dispatcher_init(DISPATCHER_HEADER *header, UCHAR type, UCHAR size, LONG signal_state)
{
    header->Lock = 0;
    header->Type = type;
    header->Size = size;
    header->SignalState = signal_state;
    InitializeListHead(&header->WaitListHead);
}

BOOLEAN ke_dispatcher_has_waiters(const DISPATCHER_HEADER *header, UCHAR type)
{
    /* The memory may hold anything, also what is left of an older object: nothing in it but the
     * type is looked at, and the threads are asked. */
    return header->Type == type && ke_thread_waits_for(header);
}

/* ---- what satisfies a wait ---- */

static BOOLEAN object_is_signaled(DISPATCHER_HEADER *header, PKTHREAD thread)
{
    if (header->Type == MutantObject) {
        return ke_mutex_is_free_for((PKMUTEX)header, thread);
    }
    if (header->Type == QueueObject) {
        return ke_queue_is_ready((PKQUEUE)header);
    }
    return header->SignalState > 0;
}

/* The side effect; returns STATUS_ABANDONED for an abandoned mutex. */
static NTSTATUS object_take(DISPATCHER_HEADER *header, PKTHREAD thread)
{
    switch (header->Type) {
    case EventSynchronizationObject:
    case TimerSynchronizationObject:
        ke_dispatcher_set_state_locked(header, 0);
        return STATUS_SUCCESS;
    case SemaphoreObject:
        ke_dispatcher_set_state_locked(header, header->SignalState - 1);
        return STATUS_SUCCESS;
    case MutantObject:
        return ke_mutex_take((PKMUTEX)header, thread) ? STATUS_ABANDONED : STATUS_SUCCESS;
    case QueueObject:
        ke_queue_take((PKQUEUE)header, thread);
        return STATUS_SUCCESS;
    default:
        return STATUS_SUCCESS;
    }
}

/* Its owner has it as often as can be counted. */
static BOOLEAN object_is_exhausted(DISPATCHER_HEADER *header, PKTHREAD thread)
{
    return header->Type == MutantObject && ke_mutex_is_exhausted((PKMUTEX)header, thread);
}

/* Takes what the wait needs if it is there now. FALSE: the thread has to wait. */
static BOOLEAN wait_try(PKTHREAD thread, NTSTATUS *status)
{
    struct ke_wait *wait = &thread->wait;
    NTSTATUS taken = STATUS_SUCCESS;

    for (ULONG i = 0; i < wait->count; i++) {
        BOOLEAN signaled = object_is_signaled(wait->blocks[i].Object, thread);

        if (signaled && object_is_exhausted(wait->blocks[i].Object, thread)) {
            *status = STATUS_MUTANT_LIMIT_EXCEEDED;
            return TRUE;
        }
        if (!wait->all && signaled) {
            taken = object_take(wait->blocks[i].Object, thread);
            *status = taken == STATUS_ABANDONED ? STATUS_ABANDONED_WAIT_0 + (NTSTATUS)i
                                                : STATUS_WAIT_0 + (NTSTATUS)i;
            return TRUE;
        }
        if (wait->all && !signaled) {
            return FALSE;
        }
    }
    if (!wait->all) {
        return FALSE;
    }
    *status = STATUS_SUCCESS;
    for (ULONG i = 0; i < wait->count; i++) {
        if (object_take(wait->blocks[i].Object, thread) == STATUS_ABANDONED) {
            *status = STATUS_ABANDONED;
        }
    }
    return TRUE;
}

/* ---- linking ---- */

static void wait_link(PKTHREAD thread)
{
    struct ke_wait *wait = &thread->wait;

    for (ULONG i = 0; i < wait->count; i++) {
        DISPATCHER_HEADER *header = wait->blocks[i].Object;

        if (header->Type == QueueObject) { /* who came last has the warmest cache */
            InsertHeadList(&header->WaitListHead, &wait->blocks[i].WaitListEntry);
        } else {
            InsertTailList(&header->WaitListHead, &wait->blocks[i].WaitListEntry);
        }
    }
}

static void wait_end(PKTHREAD thread, NTSTATUS status)
{
    struct ke_wait *wait = &thread->wait;

    for (ULONG i = 0; i < wait->count; i++) {
        RemoveEntryList(&wait->blocks[i].WaitListEntry);
    }
    if (wait->has_timeout) {
        ke_due_disarm(&wait->timeout);
    }
    if (thread->queue != NULL) {
        ke_queue_back_locked(thread);
    }
    thread->wants = NULL; /* from here it may be the owner itself */
    wait->status = status;
    /* Release: a waiter that sees it sees the status, and what the signaller did before. */
    __atomic_store_n(&wait->done, TRUE, __ATOMIC_RELEASE);
    ke_thread_wake(thread);
}

void ke_wait_break_locked(PKTHREAD thread, NTSTATUS status)
{
    wait_end(thread, status);
}

/* With the dispatcher lock: the entry is marked KE_DUE_DISPATCHER. */
static void wait_timed_out(struct ke_due_entry *entry)
{
    wait_end(CONTAINING_RECORD(entry, struct _KTHREAD, wait.timeout), STATUS_TIMEOUT);
}

void ke_dispatcher_signal_locked(DISPATCHER_HEADER *header, LONG state)
{
    PLIST_ENTRY entry = header->WaitListHead.Flink;

    ke_dispatcher_set_state_locked(header, state);
    while (entry != &header->WaitListHead) {
        PKWAIT_BLOCK block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);
        PKTHREAD thread = block->Thread;
        NTSTATUS status;

        entry = entry->Flink;
        if (!object_is_signaled(header, thread)) {
            continue; /* a mutex may be free for one waiter and not for the next; else nothing is
                         left */
        }
        if (wait_try(thread, &status)) {
            /* The next entry may be another block of this very wait. */
            while (entry != &header->WaitListHead &&
                   CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry)->Thread == thread) {
                entry = entry->Flink;
            }
            wait_end(thread, status);
        }
    }
}

void ke_wait_abandon_locked(DISPATCHER_HEADER *header)
{
    while (!IsListEmpty(&header->WaitListHead)) {
        wait_end(CONTAINING_RECORD(header->WaitListHead.Flink, KWAIT_BLOCK, WaitListEntry)->Thread,
                 STATUS_ABANDONED);
    }
}

void ke_dispatcher_signal(DISPATCHER_HEADER *header, LONG state)
{
    ke_dispatcher_lock();
    ke_dispatcher_signal_locked(header, state);
    ke_dispatcher_unlock();
}

/* ---- checks ---- */

BOOLEAN ke_wait_allowed(const char *api, const LARGE_INTEGER *timeout, const void *object)
{
    struct ke_processor *self = ke_self;
    BOOLEAN poll = timeout != NULL && timeout->QuadPart == 0;
    KIRQL irql = self->thread->wait_next ? self->thread->wait_irql : self->irql;

    if ((irql < DISPATCH_LEVEL && !ke_in_threaded_dpc(self)) || (irql <= DISPATCH_LEVEL && poll)) {
        return TRUE;
    }
    if (ke_in_dpc(self) || self->isr_depth > 0 || ke_in_threaded_dpc(self)) {
        ke_violation(RULE_AttemptedSwitchFromDpc, 0xB8, (uint64_t)(uintptr_t)self->thread, 0, 0, 0,
                     "%s would wait in %s", api, self->isr_depth > 0 ? "an ISR" : "a DPC");
        return FALSE;
    }
    ke_violation(RULE_WaitIrql, 0xC4,
                 self->irql > DISPATCH_LEVEL ? 0x120 : (timeout == NULL ? 0x121 : 0x122),
                 self->irql, (uint64_t)(uintptr_t)object,
                 timeout != NULL ? (uint64_t)timeout->QuadPart : 0, "%s would wait at %s", api,
                 ke_irql_name(self->irql));
    return FALSE;
}

ULONGLONG ke_due_from_timeout(LONGLONG time)
{
    ULONGLONG wall;

    if (time < 0) {
        return ke_clock_now_100ns() + (ULONGLONG)-time;
    }
    wall = ke_clock_wall_100ns();
    return (ULONGLONG)time > wall ? (ULONGLONG)time - wall : 0;
}

/* ---- signalling with Wait TRUE ---- */

void ke_wait_hold(void)
{
    PKTHREAD thread = ke_self->thread;

    if (!thread->wait_next) {
        thread->wait_next = TRUE;
        thread->wait_irql = ke_irql_raise(DISPATCH_LEVEL);
    }
}

/* The wait has begun, or is over already: what the raised level held back may come. */
static void wait_let_go(PKTHREAD thread)
{
    if (thread->wait_next) {
        thread->wait_next = FALSE;
        ke_irql_lower(thread->wait_irql);
    }
}

/* ---- the waits ---- */

static BOOLEAN objects_are_waitable(ULONG count, PVOID const *objects, const char *api)
{
    for (ULONG i = 0; i < count; i++) {
        if (!ke_check_dispatcher(objects[i], KE_TYPES_WAITABLE, RULE_ObjectNotInitialized,
                                 "an object", api)) {
            return FALSE;
        }
    }
    return TRUE;
}

static BOOLEAN wait_is_for_mutex(const struct ke_wait *wait)
{
    return wait->count == 1 && ((DISPATCHER_HEADER *)wait->blocks[0].Object)->Type == MutantObject;
}

/* Nothing of it is there, and the caller does not want to wait. */
static BOOLEAN wait_is_poll(const LARGE_INTEGER *timeout, NTSTATUS *status)
{
    *status = STATUS_TIMEOUT;
    return timeout != NULL && timeout->QuadPart == 0;
}

static PKTHREAD mutex_owner_at(const void *lock, ULONG index)
{
    return index == 0 ? ((const KMUTEX *)lock)->OwnerThread : NULL;
}

/* What the thread wants to wait for is there, or it must not wait. Before it blocks an APC goes first. */
static bool wait_is_over_locked(PKTHREAD thread, const LARGE_INTEGER *timeout, NTSTATUS *status)
{
    if (wait_try(thread, status) || ke_apc_ends_wait_locked(thread, status) ||
        wait_is_poll(timeout, status)) {
        return true;
    }
    *status = STATUS_KERNEL_APC;
    return ke_apc_is_due_locked(thread, thread->wait.irql);
}

/* A wait that an APC interrupted goes on to the time that it had. */
static void wait_arm_locked(struct ke_wait *wait, const LARGE_INTEGER *timeout, bool again)
{
    if (!again || timeout->QuadPart > 0) {
        wait->due_100ns = ke_due_from_timeout(timeout->QuadPart);
    }
    wait->absolute = timeout->QuadPart > 0;
    ke_due_entry_init(&wait->timeout, wait_timed_out);
    ke_due_link_arm(&wait->timeout.link, wait->due_100ns, KE_DUE_DISPATCHER);
}

static NTSTATUS wait_for(PKTHREAD thread, const LARGE_INTEGER *timeout, bool again)
{
    struct ke_wait *wait = &thread->wait;
    struct ke_lock_wait wanted = {.kind = "a mutex", .owner_at = mutex_owner_at};
    struct ke_lock_cycle cycle;
    bool closes_cycle = false;
    NTSTATUS status;

    ke_dispatcher_lock();
    if (wait_is_over_locked(thread, timeout, &status)) {
        wait->count = 0;
        if (thread->queue != NULL) {
            ke_queue_back_locked(thread);
        }
        ke_dispatcher_unlock();
        wait_let_go(thread);
        return status;
    }
    wait->done = FALSE;
    wait->linked = TRUE;
    wait->has_timeout = timeout != NULL;
    wait_link(thread);
    if (timeout != NULL) {
        wait_arm_locked(wait, timeout, again);
    } else if (wait_is_for_mutex(wait)) {
        wanted.lock = wait->blocks[0].Object;
        closes_cycle = ke_lock_wait_begin_locked(&wanted, &cycle);
    }
    if (thread->queue != NULL) {
        ke_queue_left_locked(thread);
    }
    ke_dispatcher_unlock();
    if (closes_cycle) {
        ke_lock_cycle_report(&cycle);
    }
    wait_let_go(thread);
    while (!__atomic_load_n(&wait->done, __ATOMIC_ACQUIRE)) {
        ke_thread_block();
    }
    ke_lock_wait_end();
    ke_dispatcher_lock();
    wait->count = 0;
    wait->linked = FALSE;
    ke_dispatcher_unlock();
    return wait->status;
}

struct wait_request {
    ULONG count;
    PVOID const *objects;
    WAIT_TYPE type;
    BOOLEAN alertable;
    KPROCESSOR_MODE mode;
    const LARGE_INTEGER *timeout;
    PKWAIT_BLOCK blocks;
};

/* The routine of an APC may itself have waited: all is written anew. */
static void wait_prepare(PKTHREAD thread, const struct wait_request *request)
{
    for (ULONG i = 0; i < request->count; i++) {
        request->blocks[i].Object = request->objects[i];
        request->blocks[i].Thread = thread;
        request->blocks[i].WaitType = (UCHAR)request->type;
    }
    ke_dispatcher_lock();
    thread->wait.blocks = request->blocks;
    thread->wait.count = request->count;
    thread->wait.all = request->type == WaitAll;
    thread->wait.alertable = request->alertable;
    thread->wait.mode = request->mode;
    thread->wait.irql = thread->wait_next ? thread->wait_irql : ke_self->irql;
    ke_dispatcher_unlock();
}

static NTSTATUS wait_objects(const struct wait_request *request)
{
    PKTHREAD thread = ke_self->thread;
    uint64_t due_100ns;
    NTSTATUS status;

    wait_prepare(thread, request);
    status = wait_for(thread, request->timeout, false);
    due_100ns = thread->wait.due_100ns;
    while (status == STATUS_KERNEL_APC) {
        ke_apc_deliver();
        wait_prepare(thread, request);
        thread->wait.due_100ns = due_100ns;
        status = wait_for(thread, request->timeout, true);
    }
    ke_apc_check(); /* while it was linked none could come in */
    return status;
}

NTSTATUS ke_wait_for_queue(PKQUEUE queue, const LARGE_INTEGER *timeout, KPROCESSOR_MODE mode,
                           BOOLEAN alertable)
{
    PVOID object = queue;

    return wait_objects(&(struct wait_request){.count = 1,
                                               .objects = &object,
                                               .type = WaitAny,
                                               .alertable = alertable,
                                               .mode = mode,
                                               .timeout = timeout,
                                               .blocks = ke_self->thread->wait_blocks});
}

/* One status is no answer but an exception. */
static NTSTATUS wait_answer(NTSTATUS status, const void *caller)
{
    if (__builtin_expect(status == STATUS_MUTANT_LIMIT_EXCEEDED, 0)) {
        ex_raise_status(status, caller);
    }
    return status;
}

NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                               BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    UNREFERENCED_PARAMETER(WaitReason);
    if (!API(HIGH_LEVEL) || !ke_wait_allowed(__func__, Timeout, Object)) {
        return STATUS_TIMEOUT;
    }
    if (!objects_are_waitable(1, &Object, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    return wait_answer(wait_objects(&(struct wait_request){.count = 1,
                                                           .objects = &Object,
                                                           .type = WaitAny,
                                                           .alertable = Alertable,
                                                           .mode = WaitMode,
                                                           .timeout = Timeout,
                                                           .blocks = ke_self->thread->wait_blocks}),
                       KE_CALLER());
}

NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                                  KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                  PKWAIT_BLOCK WaitBlockArray)
{
    UNREFERENCED_PARAMETER(WaitReason);
    if (!API(HIGH_LEVEL) || !ke_wait_allowed(__func__, Timeout, Object[0])) {
        return STATUS_TIMEOUT;
    }
    if (Count == 0) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0, "%s was called with no object", __func__);
        return STATUS_INVALID_PARAMETER;
    }
    if (Count > MAXIMUM_WAIT_OBJECTS || (Count > THREAD_WAIT_OBJECTS && WaitBlockArray == NULL)) {
        ke_violation(RULE_MaximumWaitObjectsExceeded, 0xC, 0, 0, 0, 0,
                     "a wait for %u objects %s a wait block array", Count,
                     WaitBlockArray != NULL ? "with" : "without");
        return STATUS_INVALID_PARAMETER;
    }
    if (!objects_are_waitable(Count, Object, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    return wait_answer(
        wait_objects(&(struct wait_request){
            .count = Count,
            .objects = Object,
            .type = WaitType,
            .alertable = Alertable,
            .mode = WaitMode,
            .timeout = Timeout,
            .blocks = WaitBlockArray != NULL ? WaitBlockArray : ke_self->thread->wait_blocks}),
        KE_CALLER());
}

/* What would end an alertable delay at once: STATUS_TIMEOUT if nothing does. */
static NTSTATUS delay_test_alert(KPROCESSOR_MODE mode)
{
    static const LARGE_INTEGER none = {.QuadPart = 0};

    return wait_objects(&(struct wait_request){.type = WaitAny,
                                               .alertable = TRUE,
                                               .mode = mode,
                                               .timeout = &none,
                                               .blocks = ke_self->thread->wait_blocks});
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                PLARGE_INTEGER Interval)
{
    static const LARGE_INTEGER soon = {.QuadPart = -1};
    NTSTATUS status;

    if (!API(HIGH_LEVEL) ||
        !ke_wait_allowed(__func__, Interval->QuadPart == 0 ? &soon : Interval, NULL)) {
        return STATUS_TIMEOUT;
    }
    if (Interval->QuadPart == 0) { /* no more than an alert, or giving up the processor */
        status = Alertable ? delay_test_alert(WaitMode) : STATUS_TIMEOUT;
        if (status != STATUS_TIMEOUT) {
            return status;
        }
        host_task_yield();
        return STATUS_SUCCESS;
    }
    ke_clock_read_100ns(); /* a delay never ends early: it starts from the clock, not from its cache
                            */
    status = wait_objects(&(struct wait_request){.type = WaitAny,
                                                 .alertable = Alertable,
                                                 .mode = WaitMode,
                                                 .timeout = Interval,
                                                 .blocks = ke_self->thread->wait_blocks});
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

NTSTATUS ZwYieldExecution(VOID)
{
    if (API(PASSIVE_LEVEL)) {
        host_task_yield();
    }
    return STATUS_SUCCESS;
}
