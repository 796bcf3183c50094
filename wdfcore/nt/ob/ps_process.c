/* ps_process.c - the processes of a machine: the system, to which all threads belong, and the one of
 * the applications, in whose name they send requests.
 */
#include <ntifs.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"
#include "nt/time/ke_timer.h"

#define SYSTEM_PROCESS_ID 4

#define THREAD_OK(thread)                                                                    \
    ke_check_dispatcher((thread), 1u << ThreadObject, RULE_ObjectNotInitialized, "a thread", \
                        __func__)

struct _KPROCESS {
    ULONG_PTR id; /* (c) as the next */
    LARGE_INTEGER created;
};

const struct ob_type ps_process_type = {.name = "Process"};

static PEPROCESS applications; /* (c) while a machine runs, as the next */

PEPROCESS PsInitialSystemProcess;

/* Without memory the pointer stays NULL, which is no process to whoever asks. */
static PEPROCESS process_create(ULONG_PTR id)
{
    PEPROCESS process = ob_create(&ps_process_type, sizeof(*process));

    if (process != NULL) {
        process->id = id;
        process->created.QuadPart = (LONGLONG)ke_clock_wall_100ns();
    }
    return process;
}

static void processes_start(void)
{
    PsInitialSystemProcess = process_create(SYSTEM_PROCESS_ID);
    applications = process_create((ULONG_PTR)getpid());
}

PEPROCESS ps_process_of_id(ULONG_PTR id)
{
    PEPROCESS process = PsInitialSystemProcess;

    if (process != NULL && process->id != id) {
        process = applications;
    }
    if (process == NULL || process->id != id) {
        return NULL;
    }
    ob_ref(process);
    return process;
}

PEPROCESS IoGetCurrentProcess(VOID)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    return ke_self->thread != NULL && ke_self->thread->attached != NULL
               ? (PEPROCESS)ke_self->thread->attached
               : PsInitialSystemProcess;
}

static PKPROCESS process_attach(PRKPROCESS process)
{
    PKPROCESS before = ke_self->thread->attached;

    ke_self->thread->attached = (PEPROCESS)process != PsInitialSystemProcess ? process : NULL;
    return before;
}

static BOOLEAN process_check(PRKPROCESS process, const char *api)
{
    return ob_is(process, &ps_process_type) ||
           ke_check_refuse(RULE_ObjectNotInitialized, process, "a process", api);
}

VOID KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState)
{
    if (API(APC_LEVEL) && process_check(Process, __func__)) {
        RtlZeroMemory(ApcState, sizeof(*ApcState));
        ApcState->Process = process_attach(Process);
    }
}

VOID KeUnstackDetachProcess(PRKAPC_STATE ApcState)
{
    if (API(APC_LEVEL)) {
        ke_self->thread->attached = ApcState->Process;
    }
}

VOID KeAttachProcess(PRKPROCESS Process)
{
    if (API(APC_LEVEL) && process_check(Process, __func__)) {
        process_attach(Process);
    }
}

VOID KeDetachProcess(VOID)
{
    if (API(APC_LEVEL)) {
        ke_self->thread->attached = NULL;
    }
}

HANDLE PsGetCurrentProcessId(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? (HANDLE)(ULONG_PTR)SYSTEM_PROCESS_ID : NULL;
}

static bool process_ok(PEPROCESS process, const char *function)
{
    return ob_is(process, &ps_process_type) ||
           ke_check_refuse(RULE_ObjectNotInitialized, process, "a process", function);
}

HANDLE PsGetProcessId(PEPROCESS Process)
{
    if (!API_QUIET(HIGH_LEVEL) || !process_ok(Process, __func__)) {
        return NULL;
    }
    return (HANDLE)Process->id;
}

HANDLE PsGetThreadId(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread) ? (HANDLE)((PKTHREAD)Thread)->id : NULL;
}

HANDLE PsGetThreadProcessId(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread) ? (HANDLE)(ULONG_PTR)SYSTEM_PROCESS_ID : NULL;
}

PEPROCESS IoThreadToProcess(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread) ? PsInitialSystemProcess : NULL;
}

BOOLEAN PsIsThreadTerminating(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread) && ((PKTHREAD)Thread)->ended;
}

NTSTATUS PsGetThreadExitStatus(PETHREAD Thread)
{
    NTSTATUS status;

    if (!API_QUIET(DISPATCH_LEVEL) || !THREAD_OK(Thread)) {
        return STATUS_INVALID_PARAMETER;
    }
    ke_dispatcher_lock();
    status = ((PKTHREAD)Thread)->ended ? ((PKTHREAD)Thread)->exit_status : STATUS_PENDING;
    ke_dispatcher_unlock();
    return status;
}

NTSTATUS PsGetProcessExitStatus(PEPROCESS Process)
{
    if (!API_QUIET(HIGH_LEVEL) || !process_ok(Process, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_PENDING;
}

NTKERNELAPI PUCHAR PsGetProcessImageFileName(PEPROCESS Process);
PUCHAR PsGetProcessImageFileName(PEPROCESS Process)
{
    static UCHAR program[16];

    if (!API_QUIET(HIGH_LEVEL) || !process_ok(Process, __func__)) {
        return NULL;
    }
    if (Process == PsInitialSystemProcess) {
        return (PUCHAR) "System";
    }
    /* Always the same bytes: who comes second writes them once more. */
    snprintf((char *)program, sizeof(program), "%s", program_invocation_short_name);
    return program;
}

BOOLEAN IoIsSystemThread(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread); /* there are no others */
}

/* ---- times, quotas ---- */

LONGLONG PsGetProcessCreateTimeQuadPart(PEPROCESS Process)
{
    return API_QUIET(HIGH_LEVEL) && process_check(Process, __func__) ? Process->created.QuadPart
                                                                     : 0;
}

LARGE_INTEGER PsGetProcessExitTime(VOID)
{
    API_QUIET(HIGH_LEVEL);
    return (LARGE_INTEGER){.QuadPart = 0};
}

LONGLONG PsGetThreadCreateTime(PETHREAD Thread)
{
    return API_QUIET(HIGH_LEVEL) && THREAD_OK(Thread) ? ((PKTHREAD)Thread)->created.QuadPart : 0;
}

/* There is no limit: nothing is ever exceeded. */
VOID PsChargePoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount)
{
    UNREFERENCED_PARAMETER(PoolType);
    UNREFERENCED_PARAMETER(Amount);
    if (API(APC_LEVEL)) {
        process_check(Process, __func__);
    }
}

VOID PsReturnPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount)
{
    UNREFERENCED_PARAMETER(PoolType);
    UNREFERENCED_PARAMETER(Amount);
    if (API(APC_LEVEL)) {
        process_check(Process, __func__);
    }
}

BOOLEAN KeSetKernelStackSwapEnable(BOOLEAN Enable)
{
    BOOLEAN before;

    if (!API(APC_LEVEL)) {
        return FALSE;
    }
    before = !ke_self->thread->stack_stays;
    ke_self->thread->stack_stays = !Enable;
    return before;
}

/* ---- of requests ---- */

static PEPROCESS requestor_of(const IRP *irp)
{
    if (irp->Tail.Overlay.Thread == NULL) {
        return NULL;
    }
    return irp->RequestorMode == UserMode ? applications : PsInitialSystemProcess;
}

PEPROCESS IoGetRequestorProcess(PIRP Irp)
{
    return API_QUIET(DISPATCH_LEVEL) && io_irp_check(Irp, __func__) ? requestor_of(Irp) : NULL;
}

ULONG IoGetRequestorProcessId(PIRP Irp)
{
    PEPROCESS process =
        API_QUIET(DISPATCH_LEVEL) && io_irp_check(Irp, __func__) ? requestor_of(Irp) : NULL;

    return process != NULL ? (ULONG)process->id : 0;
}

/* Session 0 is that of drivers and services, where applications of a machine live, too. */
NTSTATUS IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId)
{
    if (!API_QUIET(DISPATCH_LEVEL) || !io_irp_check(Irp, __func__) ||
        Irp->Tail.Overlay.Thread == NULL) {
        *pSessionId = (ULONG)-1;
        return STATUS_UNSUCCESSFUL;
    }
    *pSessionId = 0;
    return STATUS_SUCCESS;
}

BOOLEAN IoIs32bitProcess(PIRP Irp)
{
    if (API_QUIET(HIGH_LEVEL) && Irp != NULL) { /* NULL: the calling thread's process */
        io_irp_check(Irp, __func__);
    }
    return FALSE; /* there are no such applications */
}

static struct ke_machine_part processes_part = {.order = 0, .start = processes_start};

__attribute__((constructor)) static void processes_register(void)
{
    ke_machine_register(&processes_part);
}
