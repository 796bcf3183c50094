/* ke_dpc_flush.c - KeFlushQueuedDpcs: a marker behind what is queued on each processor; when all
 * have run, everything before them has, and what was running then has returned. Queues that are
 * empty on processors that run no DPC are not waited for.
 */
#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc_inbox.h"
#include "nt/dpc/ke_dpc_thread.h"
#include "nt/ke/report/ke_report.h"

struct flush {
    KEVENT passed;
    ULONG left; /* (a) */
    KDPC markers[HOST_MAX_PROCESSORS];
    KDPC threaded_markers[HOST_MAX_PROCESSORS];
};

static KDEFERRED_ROUTINE flush_marker;

static VOID flush_marker(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                         PVOID SystemArgument2)
{
    struct flush *flush = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    if (__atomic_sub_fetch(&flush->left, 1, __ATOMIC_ACQ_REL) == 0) {
        KeSetEvent(&flush->passed, IO_NO_INCREMENT, FALSE);
    }
}

/* The marker is initialized already. */
static void flush_mark(struct flush *flush, PKDPC marker, ULONG processor)
{
    KeSetTargetProcessorDpc(marker, (CCHAR)processor);
    KeSetImportanceDpc(marker, MediumHighImportance);
    __atomic_add_fetch(&flush->left, 1, __ATOMIC_RELAXED);
    ke_dpc_insert(marker, NULL, NULL);
}

/* With the lock: between the two a DPC neither runs nor is queued. */
static BOOLEAN queue_is_busy(struct ke_processor *processor, const ULONG *count,
                             PKDPC const *running)
{
    BOOLEAN busy;

    ke_dpc_queue_lock(processor);
    ke_dpc_queue_settle(processor, 0);
    busy = *count > 0 || ke_dpc_running(running) != NULL;
    ke_dpc_queue_unlock(processor);
    return busy;
}

void ke_dpc_flush(void)
{
    struct flush flush = {.left = 1};

    KeInitializeEvent(&flush.passed, NotificationEvent, FALSE);
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        struct ke_processor *processor = ke_processor_at(i);

        if (queue_is_busy(processor, &processor->dpc_count, &processor->running_dpc)) {
            KeInitializeDpc(&flush.markers[i], flush_marker, &flush);
            flush_mark(&flush, &flush.markers[i], i);
        }
        if (queue_is_busy(processor, &processor->threaded_count, &processor->running_threaded)) {
            KeInitializeThreadedDpc(&flush.threaded_markers[i], flush_marker, &flush);
            flush_mark(&flush, &flush.threaded_markers[i], i);
        }
    }
    if (__atomic_sub_fetch(&flush.left, 1, __ATOMIC_ACQ_REL) > 0) {
        KeWaitForSingleObject(&flush.passed, Executive, KernelMode, FALSE, NULL);
    }
}

VOID KeFlushQueuedDpcs(VOID)
{
    struct ke_processor *self = ke_self;

    if (!ke_processor_is_outside(self) && (ke_in_dpc(self) || ke_in_threaded_dpc(self))) {
        ke_violation(RULE_AttemptedSwitchFromDpc, 0xB8, (uint64_t)(uintptr_t)self->thread, 0, 0, 0,
                     "KeFlushQueuedDpcs was called in a DPC");
        return;
    }
    if (API(PASSIVE_LEVEL)) {
        ke_dpc_flush();
    }
}
