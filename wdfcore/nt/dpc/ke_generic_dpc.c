/* ke_generic_dpc.c - KeGenericCallDpc: one routine on every processor at DISPATCH_LEVEL.
 *
 * Normal path: the caller queues a DPC of high importance on each processor, its own included, and
 * waits until all have returned. An instance calls the driver's routine, which signals through the
 * barrier; KeSignalCallDpcSynchronize spins until all have arrived. One call at a time: a second
 * caller waits below DISPATCH_LEVEL.
 * Failure: an instance that returns without its signals leaves the others spinning for ever; who
 * notices reports GenericDpcHung and lets them go.
 */
#include <ntddk.h>

#include "nt/dpc/ke_dpc.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_window.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_wait.h"

/* Keys: (c) constant during a call, (a) atomic: the counts order what the instances did */
static struct {
    KDPC dpcs[64];              /* (c) one a processor */
    KEVENT free;                /* a caller may begin */
    KEVENT done;                /* the last instance has returned */
    PKDEFERRED_ROUTINE routine; /* (c) */
    PVOID context;              /* (c) */
    LONG count;                 /* (c) of processors */
    LONG barrier;               /* (a) instances that have not signalled their end */
    LONG returned;              /* (a) instances that have returned */
    LONG arrived;               /* (a) at the rendezvous */
    LONG passed;                /* (a) rendezvous that are over */
    LONG hung;                  /* (a) reported: nobody waits any more */
} generic;

static VOID generic_instance(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct ke_callback frame;
    LONG count = generic.count; /* once this one has returned the next call may begin */

    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ke_call_enter(&frame, "GenericDpc", (const void *)(uintptr_t)generic.routine, Dpc);
    generic.routine(Dpc, generic.context, &generic.barrier, &generic.arrived);
    ke_call_leave(&frame);
    if (__atomic_add_fetch(&generic.returned, 1, __ATOMIC_ACQ_REL) == count) {
        KeSetEvent(&generic.done, IO_NO_INCREMENT, FALSE);
    }
}

static void generic_begin(PKDEFERRED_ROUTINE routine, PVOID context)
{
    generic.routine = routine;
    generic.context = context;
    generic.count = (LONG)ke_processor_count();
    generic.barrier = generic.count;
    generic.returned = generic.arrived = generic.passed = generic.hung = 0;
    KeClearEvent(&generic.done);
    for (LONG i = 0; i < generic.count; i++) {
        KeInitializeDpc(&generic.dpcs[i], generic_instance, NULL);
        KeSetTargetProcessorDpc(&generic.dpcs[i], (CCHAR)i);
        KeSetImportanceDpc(&generic.dpcs[i], HighImportance);
    }
}

VOID KeGenericCallDpc(PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    KIRQL old;

    if (!API(APC_LEVEL)) {
        return;
    }
    KeWaitForSingleObject(&generic.free, Executive, KernelMode, FALSE, NULL);
    generic_begin(Routine, Context);
    old = ke_irql_raise(DISPATCH_LEVEL); /* all are queued before the own one runs */
    for (LONG i = 0; i < generic.count; i++) {
        ke_dpc_insert(&generic.dpcs[i], NULL, NULL);
    }
    ke_irql_lower(old);
    KeWaitForSingleObject(&generic.done, Executive, KernelMode, FALSE, NULL);
    if (generic.barrier != 0 && !generic.hung) {
        ke_violation(RULE_GenericDpcHung, 0, (uint64_t)(uintptr_t)Routine,
                     (uint64_t)generic.barrier, 0, 0,
                     "%d of %d instances of a generic DPC returned without "
                     "KeSignalCallDpcDone",
                     generic.barrier, generic.count);
    }
    KeSetEvent(&generic.free, IO_NO_INCREMENT, FALSE);
}

VOID KeSignalCallDpcDone(PVOID SystemArgument1)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (SystemArgument1 != &generic.barrier) {
        ke_violation(RULE_BadParameter, 0, (uint64_t)(uintptr_t)SystemArgument1, 0, 0, 0,
                     "%s of what is not SystemArgument1 of a generic DPC", __func__);
        return;
    }
    __atomic_sub_fetch(&generic.barrier, 1, __ATOMIC_ACQ_REL);
}

/* Who returned will never arrive: those who did would spin for ever. */
static BOOLEAN rendezvous_hangs(LONG passed)
{
    /* One that has returned left the rendezvous before: the second look sees what it did. */
    if (__atomic_load_n(&generic.returned, __ATOMIC_ACQUIRE) == 0 ||
        __atomic_load_n(&generic.passed, __ATOMIC_ACQUIRE) != passed) {
        return FALSE;
    }
    if (__atomic_exchange_n(&generic.hung, 1, __ATOMIC_ACQ_REL) == 0) {
        ke_violation(
            RULE_GenericDpcHung, 0, (uint64_t)(uintptr_t)generic.routine,
            (uint64_t)__atomic_load_n(&generic.returned, __ATOMIC_RELAXED), 0, 0,
            "an instance of a generic DPC returned without KeSignalCallDpcSynchronize, for "
            "which another one waits");
    }
    return TRUE;
}

LOGICAL KeSignalCallDpcSynchronize(PVOID SystemArgument2)
{
    LONG passed = __atomic_load_n(&generic.passed, __ATOMIC_ACQUIRE);

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    if (SystemArgument2 != &generic.arrived) {
        ke_violation(RULE_BadParameter, 0, (uint64_t)(uintptr_t)SystemArgument2, 0, 0, 0,
                     "%s of what is not SystemArgument2 of a generic DPC", __func__);
        return FALSE;
    }
    if (__atomic_add_fetch(&generic.arrived, 1, __ATOMIC_ACQ_REL) == generic.count) {
        generic.arrived = 0;
        __atomic_store_n(&generic.passed, passed + 1, __ATOMIC_RELEASE);
        return TRUE;
    }
    while (__atomic_load_n(&generic.passed, __ATOMIC_ACQUIRE) == passed) {
        if (rendezvous_hangs(passed)) {
            return FALSE;
        }
        ke_spin_step();
    }
    return FALSE;
}

static void generic_start(void)
{
    RtlZeroMemory(&generic, sizeof(generic));
    ke_dispatcher_init(&generic.free.Header, EventSynchronizationObject,
                       sizeof(KEVENT) / sizeof(ULONG), TRUE);
    ke_dispatcher_init(&generic.done.Header, EventNotificationObject,
                       sizeof(KEVENT) / sizeof(ULONG), FALSE);
}

static struct ke_machine_part generic_part = {.order = 0, .start = generic_start};

__attribute__((constructor)) static void generic_register(void)
{
    ke_machine_register(&generic_part);
}
