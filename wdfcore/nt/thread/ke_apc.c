/* ke_apc.c - KAPC, and the alerts of threads.
 *
 * Normal path: KeInsertQueueApc links the KAPC to its thread and has the thread look; the thread takes it off,
 * calls KernelRoutine at APC_LEVEL and, if that left a NormalRoutine, calls it at PASSIVE_LEVEL. What it may
 * not run now stays queued. While a thread is linked to what it waits for it runs none: who queues one ends
 * the wait instead, and the thread begins it again (ke_wait.c).
 */
#include "nt/thread/ke_apc.h"

#include <ntifs.h>
#include <nt/apc.h>

#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"
#include "nt/thread/ke_wait.h"

#define APC_OBJECT 0x12

#define THREAD_OK(thread)                                                                    \
    ke_check_dispatcher((thread), 1u << ThreadObject, RULE_ObjectNotInitialized, "a thread", \
                        __func__)

void ke_apc_thread_init(PKTHREAD thread)
{
    InitializeListHead(&thread->apcs.queued[KernelMode]);
    InitializeListHead(&thread->apcs.queued[UserMode]);
}

/* ---- which may run ---- */

static bool apc_is_special(const KAPC *apc)
{
    return apc->NormalRoutine == NULL;
}

/* The first of the kernel's that the thread may run now, or NULL: if the first may not, no other may. */
static PKAPC apc_due_locked(PKTHREAD thread, KIRQL irql)
{
    PLIST_ENTRY head = &thread->apcs.queued[KernelMode];
    PKAPC apc = CONTAINING_RECORD(head->Flink, KAPC, ApcListEntry);

    if (IsListEmpty(head) || irql >= APC_LEVEL || thread->special_apcs_disabled != 0) {
        return NULL;
    }
    if (!apc_is_special(apc) && (thread->normal_apcs_disabled != 0 || thread->apcs.normal_runs)) {
        return NULL;
    }
    return apc;
}

bool ke_apc_is_due_locked(PKTHREAD thread, KIRQL irql)
{
    return thread->apc_pending && apc_due_locked(thread, irql) != NULL;
}

static void apc_unlink_locked(PKAPC apc)
{
    PKTHREAD thread = apc->Thread;

    RemoveEntryList(&apc->ApcListEntry);
    apc->Inserted = FALSE;
    __atomic_store_n(&thread->apc_pending, !IsListEmpty(&thread->apcs.queued[KernelMode]),
                     __ATOMIC_RELAXED);
}

/* ---- running them ---- */

struct apc_call {
    PKAPC apc; /* the kernel routine may free it */
    PKKERNEL_ROUTINE kernel;
    PKNORMAL_ROUTINE normal;
    PVOID context;
    PVOID argument1, argument2;
};

static bool apc_take(PKTHREAD thread, struct apc_call *call)
{
    PKAPC apc;

    ke_dispatcher_lock();
    apc = thread->wait.linked ? NULL : apc_due_locked(thread, ke_self->irql);
    if (apc != NULL) {
        apc_unlink_locked(apc);
        *call = (struct apc_call){.apc = apc,
                                  .kernel = apc->KernelRoutine,
                                  .normal = apc->NormalRoutine,
                                  .context = apc->NormalContext,
                                  .argument1 = apc->SystemArgument1,
                                  .argument2 = apc->SystemArgument2};
        if (!apc_is_special(apc)) {
            thread->apcs.normal_runs = TRUE;
        }
    }
    ke_dispatcher_unlock();
    return apc != NULL;
}

static void apc_call_kernel(struct apc_call *call)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "KernelApc", (const void *)(uintptr_t)call->kernel, call->apc);
    call->kernel(call->apc, &call->normal, &call->context, &call->argument1, &call->argument2);
    ke_call_leave(&frame);
}

static void apc_call_normal(const struct apc_call *call)
{
    struct ke_callback frame;

    ke_call_enter(&frame, "NormalApc", (const void *)(uintptr_t)call->normal, NULL);
    call->normal(call->context, call->argument1, call->argument2);
    ke_call_leave(&frame);
}

void ke_apc_deliver(void)
{
    PKTHREAD thread = ke_self->thread;
    struct apc_call call;

    while (apc_take(thread, &call)) {
        BOOLEAN is_special = call.normal == NULL;
        KIRQL before = ke_irql_raise(APC_LEVEL);

        apc_call_kernel(&call);
        ke_irql_lower(before); /* other special ones come in here */
        if (is_special) {
            continue; /* no NormalRoutine comes of one */
        }
        if (call.normal != NULL) {
            apc_call_normal(&call);
        }
        thread->apcs.normal_runs = FALSE;
    }
}

/* ---- queuing ---- */

/* The thread of the APC runs, is ready, or waits for something that lets no APC in. */
static void apc_have_looked_locked(PKTHREAD thread)
{
    if (thread->stand_in != NULL) {
        __atomic_fetch_or(&thread->stand_in->attention, KE_ATTENTION_APC, __ATOMIC_SEQ_CST);
        return;
    }
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (processor->thread == thread) { /* a ready one is told when it goes on */
            __atomic_fetch_or(&processor->attention, KE_ATTENTION_APC, __ATOMIC_SEQ_CST);
        }
    }
}

static bool thread_waits_alertably(const struct _KTHREAD *thread, KPROCESSOR_MODE mode)
{
    return thread->wait.linked && !thread->wait.done && thread->wait.alertable &&
           thread->wait.mode >= mode;
}

static void apc_link_locked(PKAPC apc)
{
    PKTHREAD thread = apc->Thread;
    PLIST_ENTRY head = &thread->apcs.queued[(UCHAR)apc->ApcMode];
    PLIST_ENTRY before = head;

    if (apc_is_special(apc)) { /* behind the other special ones */
        before = head->Flink;
        while (before != head && apc_is_special(CONTAINING_RECORD(before, KAPC, ApcListEntry))) {
            before = before->Flink;
        }
    }
    InsertTailList(before, &apc->ApcListEntry);
    apc->Inserted = TRUE;
    if (apc->ApcMode != KernelMode) {
        if (thread_waits_alertably(thread, UserMode)) {
            ke_wait_break_locked(thread, STATUS_USER_APC);
        }
        return;
    }
    __atomic_store_n(&thread->apc_pending, TRUE, __ATOMIC_RELAXED);
    if (thread->wait.linked && !thread->wait.done) {
        if (apc_due_locked(thread, thread->wait.irql) != NULL) {
            ke_wait_break_locked(thread, STATUS_KERNEL_APC);
        }
    } else {
        apc_have_looked_locked(thread);
    }
}

VOID KeInitializeApc(PRKAPC Apc, PKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                     PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                     PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE Mode, PVOID NormalContext)
{
    if (!API(HIGH_LEVEL) || !ke_check_address(Apc, "an APC", __func__) || !THREAD_OK(Thread)) {
        return;
    }
    if (KernelRoutine == NULL) {
        ke_check_refuse(RULE_BadParameter, NULL, "a kernel routine", __func__);
        return;
    }
    Apc->Type = APC_OBJECT;
    Apc->Size = sizeof(*Apc);
    Apc->Thread = Thread;
    Apc->KernelRoutine = KernelRoutine;
    Apc->RundownRoutine = RundownRoutine;
    Apc->NormalRoutine = NormalRoutine;
    Apc->ApcStateIndex =
        (CCHAR)(Environment == CurrentApcEnvironment ? OriginalApcEnvironment : Environment);
    Apc->ApcMode =
        (KPROCESSOR_MODE)(NormalRoutine != NULL && Mode != KernelMode ? UserMode : KernelMode);
    Apc->NormalContext = NormalRoutine != NULL ? NormalContext : NULL;
    Apc->Inserted = FALSE;
}

static bool apc_is_valid(const KAPC *apc, const char *api)
{
    if (!ke_check_address(apc, "an APC", api)) {
        return false;
    }
    return (apc->Type == APC_OBJECT && apc->Size == sizeof(*apc)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, apc, "an APC", api);
}

BOOLEAN KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                         KPRIORITY Increment)
{
    PKTHREAD thread;
    BOOLEAN inserted = FALSE;

    UNREFERENCED_PARAMETER(Increment);
    if (!API(DISPATCH_LEVEL) || !apc_is_valid(Apc, __func__)) {
        return FALSE;
    }
    ke_dispatcher_lock();
    thread = Apc->Thread;
    if (!Apc->Inserted && !thread->apcs.refused && !thread->is_idle) {
        Apc->SystemArgument1 = SystemArgument1;
        Apc->SystemArgument2 = SystemArgument2;
        apc_link_locked(Apc);
        inserted = TRUE;
    }
    ke_dispatcher_unlock();
    if (inserted && thread == ke_self->thread) {
        ke_apc_check();
    }
    return inserted;
}

BOOLEAN KeRemoveQueueApc(PRKAPC Apc)
{
    BOOLEAN was_queued;

    if (!API(DISPATCH_LEVEL) || !apc_is_valid(Apc, __func__)) {
        return FALSE;
    }
    ke_dispatcher_lock();
    was_queued = Apc->Inserted;
    if (was_queued) {
        apc_unlink_locked(Apc);
    }
    ke_dispatcher_unlock();
    return was_queued;
}

/* ---- alerts ---- */

bool ke_apc_ends_wait_locked(PKTHREAD thread, NTSTATUS *status)
{
    struct ke_apcs *apcs = &thread->apcs;
    KPROCESSOR_MODE mode = thread->wait.mode;

    if (!thread->wait.alertable) {
        return false;
    }
    *status = STATUS_ALERTED;
    if (apcs->alerted[(UCHAR)mode]) {
        apcs->alerted[(UCHAR)mode] = FALSE;
    } else if (mode != KernelMode && !IsListEmpty(&apcs->queued[UserMode])) {
        *status = STATUS_USER_APC;
    } else if (apcs->alerted[KernelMode]) {
        apcs->alerted[KernelMode] = FALSE;
    } else {
        return false;
    }
    return true;
}

BOOLEAN KeAlertThread(PKTHREAD Thread, KPROCESSOR_MODE AlertMode)
{
    UCHAR mode = AlertMode != KernelMode;
    BOOLEAN before;

    if (!API(DISPATCH_LEVEL) || !THREAD_OK(Thread)) {
        return FALSE;
    }
    ke_dispatcher_lock();
    before = Thread->apcs.alerted[mode];
    if (!before && thread_waits_alertably(Thread, (KPROCESSOR_MODE)mode)) {
        ke_wait_break_locked(Thread, STATUS_ALERTED);
    } else {
        Thread->apcs.alerted[mode] = TRUE;
    }
    ke_dispatcher_unlock();
    return before;
}

BOOLEAN KeTestAlertThread(KPROCESSOR_MODE AlertMode)
{
    UCHAR mode = AlertMode != KernelMode;
    PKTHREAD thread = ke_self->thread;
    BOOLEAN before;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    ke_dispatcher_lock();
    before = thread->apcs.alerted[mode];
    thread->apcs.alerted[mode] = FALSE;
    ke_dispatcher_unlock();
    return before;
}

NTSTATUS ZwAlertThread(HANDLE ThreadHandle)
{
    PVOID thread;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ObReferenceObjectByHandle(ThreadHandle, THREAD_ALERT, *PsThreadType, KernelMode,
                                       &thread, NULL);
    if (NT_SUCCESS(status)) {
        KeAlertThread(thread, KernelMode);
        ob_deref(thread);
    }
    return status;
}

/* ---- the thread ends ---- */

static PKAPC apc_take_any(PKTHREAD thread)
{
    PKAPC apc = NULL;

    ke_dispatcher_lock();
    for (int mode = KernelMode; mode <= UserMode && apc == NULL; mode++) {
        if (!IsListEmpty(&thread->apcs.queued[mode])) {
            apc = CONTAINING_RECORD(thread->apcs.queued[mode].Flink, KAPC, ApcListEntry);
            apc_unlink_locked(apc);
        }
    }
    ke_dispatcher_unlock();
    return apc;
}

void ke_apc_rundown(void)
{
    PKTHREAD thread = ke_self->thread;
    PKAPC apc;

    ke_apc_check();
    ke_dispatcher_lock();
    thread->apcs.refused = TRUE;
    ke_dispatcher_unlock();
    while ((apc = apc_take_any(thread)) != NULL) {
        struct ke_callback frame;
        PKRUNDOWN_ROUTINE rundown = apc->RundownRoutine;

        if (rundown != NULL) {
            ke_call_enter(&frame, "RundownApc", (const void *)(uintptr_t)rundown, apc);
            rundown(apc);
            ke_call_leave(&frame);
        } else if (apc->ApcMode != KernelMode && ex_pool_size(apc) != 0) {
            ex_pool_release(apc);
        }
    }
}
