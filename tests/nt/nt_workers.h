/* nt_workers.h - hold up the system workers: what is queued for them waits. With threads no IRQL does
 * that, for a worker needs no processor.
 */
#pragma once
#include <ntddk.h>

#include <wdfcore/testing.h>

#include "base/lock.h"
#include "nt/io/deferred/io_workitem.h"

struct nt_workers {
    WORK_QUEUE_ITEM items[IO_WORKERS_MAX];
    KEVENT go;
    volatile LONG holding;
};

static VOID nt_worker_holds(PVOID context)
{
    struct nt_workers *workers = context;

    InterlockedIncrement(&workers->holding);
    KeWaitForSingleObject(&workers->go, Executive, KernelMode, FALSE, NULL);
}

/* So many of them; IO_WORKERS_MAX: all. At PASSIVE_LEVEL, while none has anything to do. The structure
 * lives as long as the machine. */
static inline void nt_workers_hold(struct nt_workers *workers, ULONG count)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    workers->holding = 0;
    KeInitializeEvent(&workers->go, NotificationEvent, FALSE);
    for (ULONG i = 0; i < count; i++) {
        ExInitializeWorkItem(&workers->items[i], nt_worker_holds, workers);
        ExQueueWorkItem(&workers->items[i], DelayedWorkQueue);
    }
    KeDelayExecutionThread(KernelMode, FALSE, &moment); /* time moves once each of them waits */
    assert_int_equal(ReadAcquire(&workers->holding), count);
}

static inline void nt_workers_free(struct nt_workers *workers)
{
    KeSetEvent(&workers->go, IO_NO_INCREMENT, FALSE);
}

/* To that level, and no worker runs until nt_workers_lower, with threads neither. */
static inline KIRQL nt_workers_raise(struct nt_workers *workers, KIRQL irql)
{
    if (base_threaded) {
        nt_workers_hold(workers, IO_WORKERS_MAX);
    }
    return KfRaiseIrql(irql);
}

static inline void nt_workers_lower(struct nt_workers *workers, KIRQL old)
{
    KeLowerIrql(old);
    if (base_threaded) {
        nt_workers_free(workers);
    }
}
