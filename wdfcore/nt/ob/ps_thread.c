/* ps_thread.c - system threads as drivers create and end them. */
#include <ntifs.h>

#include <stdlib.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/ob/ob_callback.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/ob/ps_notify.h"

#define SYSTEM_PROCESS_ID 4

#define THREAD_OK(thread)                                                                    \
    ke_check_dispatcher((thread), 1u << ThreadObject, RULE_ObjectNotInitialized, "a thread", \
                        __func__)

NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                              PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    PKTHREAD thread;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ProcessHandle != NULL && ProcessHandle != ZwCurrentProcess()) {
        void *process = ob_handle_lookup(ProcessHandle);

        if (process == NULL || !ob_is(process, &ps_process_type)) {
            return process == NULL ? STATUS_INVALID_HANDLE : STATUS_OBJECT_TYPE_MISMATCH;
        }
    }
    thread = ke_thread_create(StartRoutine, StartContext, "system thread", 0);
    if (thread == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    thread->normal_apcs_disabled = 1; /* spec: THR-06 */
    thread->is_told_of = TRUE;
    ps_notify_thread(thread->id, TRUE);
    ke_thread_begin(thread);
    status =
        ob_handle_open(thread, DesiredAccess,
                       ObjectAttributes != NULL ? ObjectAttributes->Attributes : 0, ThreadHandle);
    if (ClientId != NULL) {
        ClientId->UniqueProcess = (HANDLE)(ULONG_PTR)SYSTEM_PROCESS_ID;
        ClientId->UniqueThread = (HANDLE)thread->id;
    }
    ob_deref(thread); /* the handle has its own */
    return status;
}

/* What the thread of IoCreateSystemThread starts with. */
struct io_thread_start {
    PVOID object; /* referenced, until the routine has returned */
    PKSTART_ROUTINE routine;
    PVOID context;
};

static VOID io_thread_main(PVOID context)
{
    struct io_thread_start start = *(struct io_thread_start *)context;

    free(context);
    start.routine(start.context);
    ObDereferenceObject(start.object);
}

NTSTATUS IoCreateSystemThread(PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                              PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine, PVOID StartContext)
{
    struct io_thread_start *start;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL) || !ob_check(IoObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    start = malloc(sizeof(*start));
    if (start == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *start = (struct io_thread_start){
        .object = IoObject, .routine = StartRoutine, .context = StartContext};
    ObReferenceObject(IoObject);
    status = PsCreateSystemThread(ThreadHandle, DesiredAccess, ObjectAttributes, ProcessHandle,
                                  ClientId, io_thread_main, start);
    if (!NT_SUCCESS(status)) {
        ObDereferenceObject(IoObject);
        free(start);
    }
    return status;
}

/* Returns only when it is refused: the calling thread is no system thread of a driver. */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    struct ke_processor *self = ke_self;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (self->thread->is_idle || self->thread->is_worker) {
        return STATUS_INVALID_PARAMETER;
    }
    ke_thread_exit(ExitStatus);
}

HANDLE PsGetCurrentThreadId(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? (HANDLE)ke_self->thread->id : NULL;
}

BOOLEAN PsIsSystemThread(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread); /* there are no others */
}

KPRIORITY KeQueryPriorityThread(PKTHREAD Thread)
{
    return API(PASSIVE_LEVEL) && THREAD_OK(Thread) ? Thread->priority : 0;
}

#define NORMAL_PRIORITY 8 /* of a thread's process, which its base priority is relative to */

LONG KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
    KPRIORITY before;
    KPRIORITY priority = NORMAL_PRIORITY + Increment;

    if (!API(PASSIVE_LEVEL) || !THREAD_OK(Thread)) {
        return 0;
    }
    before = Thread->priority;
    /* Out of the range of its class the nearest end is meant. */
    Thread->priority = priority < LOW_PRIORITY + 1            ? LOW_PRIORITY + 1
                       : priority > LOW_REALTIME_PRIORITY - 1 ? LOW_REALTIME_PRIORITY - 1
                                                              : priority;
    return before - NORMAL_PRIORITY;
}

/* Recorded, without effect on who runs (docs/differences.md). */
KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    KPRIORITY before;

    if (!API(PASSIVE_LEVEL) || !THREAD_OK(Thread)) {
        return 0;
    }
    if (Priority <= LOW_PRIORITY || Priority > HIGH_PRIORITY) {
        ke_violation(RULE_BadParameter, 0, (uint64_t)(uintptr_t)Thread, (uint64_t)Priority, 0, 0,
                     "the priority %d is not between %d and %d", Priority, LOW_PRIORITY + 1,
                     HIGH_PRIORITY);
        return 0;
    }
    before = Thread->priority;
    Thread->priority = Priority;
    return before;
}

/* All of a machine's code is the kernel's. */
ULONG KeQueryRuntimeThread(PKTHREAD Thread, PULONG UserTime)
{
    uint64_t ran_ns;

    *UserTime = 0;
    if (!API_QUIET(DISPATCH_LEVEL) || !THREAD_OK(Thread)) {
        return 0;
    }
    ran_ns = Thread->ran_ns;
    if (Thread == ke_self->thread && !base_threaded) {
        ran_ns += host_clock_peek(ke_self->number) - Thread->since_ns;
    }
    return (ULONG)(ran_ns / ke_machine.config.tick_ns);
}

PIRP IoGetTopLevelIrp(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? ke_self->thread->top_level_irp : NULL;
}

VOID IoSetTopLevelIrp(PIRP Irp)
{
    if (API_QUIET(HIGH_LEVEL)) {
        ke_self->thread->top_level_irp = Irp;
    }
}
