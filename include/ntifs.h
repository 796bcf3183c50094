/* ntifs.h - ntddk.h, and what drivers near the file systems see besides. */
#pragma once

#include "ntddk.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Queues: each entry goes to one thread. At most Count threads (0: as many as there are processors)
 * that took an entry are active at a time; one that waits for something else makes room for another.
 * The thread that came last is served first.
 *   Returns  KeInsertQueue, KeInsertHeadQueue: how many entries there were before. KeRemoveQueue: the
 *            entry, or as a pointer STATUS_TIMEOUT, or STATUS_ABANDONED: the queue was run down.
 *            KeRundownQueue: the first of the entries that are left, linked to each other in a ring;
 *            NULL: there are none
 *   IRQL     <= DISPATCH_LEVEL; KeRemoveQueue <= APC_LEVEL unless Timeout is 0. Blocks.
 *   Source   ntifs/nf-ntifs-keinitializequeue, -keinsertqueue, -keinsertheadqueue, -keremovequeue,
 *            -kerundownqueue
 */
typedef struct _KQUEUE {
    DISPATCHER_HEADER Header;
    LIST_ENTRY EntryListHead;
    volatile ULONG CurrentCount;
    ULONG MaximumCount;
    LIST_ENTRY ThreadListHead;
} KQUEUE, *PKQUEUE, *RESTRICTED_POINTER PRKQUEUE;
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID KeInitializeQueue(PRKQUEUE Queue, ULONG Count);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG
    KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG
    KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PLIST_ENTRY
    KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PLIST_ENTRY KeRundownQueue(PRKQUEUE Queue);
NTKERNELAPI LONG KeReadStateQueue(PRKQUEUE Queue);

/* ZwWaitForSingleObject: KeWaitForSingleObject for an event, thread or file by its handle.
 *   Returns  as that; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH (nothing to wait for)
 *   IRQL     PASSIVE_LEVEL. Blocks.      Source   ntifs/nf-ntifs-zwwaitforsingleobject
 */
NTSYSAPI NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

/* IoGetTopLevelIrp, IoSetTopLevelIrp: a word of the current thread, NULL at first.
 *   IRQL     any      Source   ntifs/nf-ntifs-iogettoplevelirp, -iosettoplevelirp
 */
NTKERNELAPI PIRP IoGetTopLevelIrp(VOID);
NTKERNELAPI VOID IoSetTopLevelIrp(PIRP Irp);

#define FsRtlEnterFileSystem() KeEnterCriticalRegion()
#define FsRtlExitFileSystem()  KeLeaveCriticalRegion()

#ifdef __cplusplus
}
#endif
