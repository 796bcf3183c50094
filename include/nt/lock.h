/* lock.h - locks for threads: fast and guarded mutexes, resources, push locks, run-down protection.
 * None may be taken above APC_LEVEL; none but resources (exclusive) may be taken twice.
 */
#pragma once

#include "dispatcher.h"
#include "pool.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _FAST_MUTEX {
    LONG Count;
    PVOID Owner;
    ULONG Contention;
    KEVENT Event;
    ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX, KGUARDED_MUTEX, *PKGUARDED_MUTEX;

/* Fast mutexes: APC_LEVEL from acquire to release, by the same thread.
 *   Returns  Try: TRUE if taken
 *   IRQL     <= APC_LEVEL (FastMutexIrql); ExInitializeFastMutex <= DISPATCH_LEVEL; Unsafe:
 * APC_LEVEL or in a critical region Source   wdm/nf-wdm-exinitializefastmutex, -exacquirefastmutex,
 * -extrytoacquirefastmutex, -exreleasefastmutex, -exacquirefastmutexunsafe
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID ExInitializeFastMutex(PFAST_MUTEX FastMutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);
_IRQL_requires_(APC_LEVEL) NTKERNELAPI VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex);

/* Guarded mutexes: as fast mutexes, in a guarded region.
 *   IRQL     <= APC_LEVEL      Source   wdm/nf-wdm-keacquireguardedmutex and its relatives
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN
    KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX Mutex);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex);
NTKERNELAPI VOID KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex);
NTKERNELAPI VOID KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX Mutex);

/* Resources: many readers or one writer; the caller has normal kernel APCs disabled. */
typedef ULONG_PTR ERESOURCE_THREAD, *PERESOURCE_THREAD;

typedef struct _OWNER_ENTRY {
    ERESOURCE_THREAD OwnerThread;
    union {
        struct {
            ULONG IoPriorityBoosted : 1;
            ULONG OwnerReferenced : 1;
            ULONG IoQoSPriorityBoosted : 1;
            ULONG OwnerCount : 29;
        };
        ULONG TableSize;
    };
} OWNER_ENTRY, *POWNER_ENTRY;

typedef struct _ERESOURCE {
    LIST_ENTRY SystemResourcesList;
    POWNER_ENTRY OwnerTable;
    SHORT ActiveCount;
    union {
        USHORT Flag;
        struct {
            UCHAR ReservedLowFlags;
            UCHAR WaiterPriority;
        };
    };
    PVOID SharedWaiters;
    PVOID ExclusiveWaiters;
    OWNER_ENTRY OwnerEntry;
    ULONG ActiveEntries;
    ULONG ContentionCount;
    ULONG NumberOfSharedWaiters;
    ULONG NumberOfExclusiveWaiters;
    PVOID Reserved2;
    union {
        PVOID Address;
        ULONG_PTR CreatorBackTraceIndex;
    };
    KSPIN_LOCK SpinLock;
} ERESOURCE, *PERESOURCE;

/* ERESOURCE routines.
 *   Wait     FALSE: return FALSE instead of blocking
 *   Returns  Acquire: TRUE if owned; Initialize, Delete: STATUS_SUCCESS
 *   IRQL     <= APC_LEVEL; ExInitializeResourceLite, release and queries <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-exinitializeresourcelite, -exacquireresourceexclusivelite,
 *            -exacquireresourcesharedlite, -exreleaseresourcelite and their relatives
 */
NTKERNELAPI NTSTATUS ExInitializeResourceLite(PERESOURCE Resource);
NTKERNELAPI NTSTATUS ExReinitializeResourceLite(PERESOURCE Resource);
NTKERNELAPI NTSTATUS ExDeleteResourceLite(PERESOURCE Resource);
NTKERNELAPI BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait);
NTKERNELAPI BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait);
NTKERNELAPI BOOLEAN ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait);
NTKERNELAPI BOOLEAN ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait);
NTKERNELAPI VOID ExConvertExclusiveToSharedLite(PERESOURCE Resource);
NTKERNELAPI VOID ExReleaseResourceLite(PERESOURCE Resource);
NTKERNELAPI VOID ExReleaseResourceForThreadLite(PERESOURCE Resource,
                                                ERESOURCE_THREAD ResourceThreadId);
NTKERNELAPI BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource);
NTKERNELAPI ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource);
NTKERNELAPI ULONG ExGetExclusiveWaiterCount(PERESOURCE Resource);
NTKERNELAPI ULONG ExGetSharedWaiterCount(PERESOURCE Resource);
NTKERNELAPI PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource);
NTKERNELAPI PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource);
NTKERNELAPI PVOID ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource);
NTKERNELAPI VOID ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource);

/* ExSetResourceOwnerPointer(Ex): what the caller has acquired belongs to the pointer from now on, whose
 * two low bits are set (or to a thread, with the flag). ExReleaseResourceForThreadLite with the same
 * value releases it.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-exsetresourceownerpointer, -exsetresourceownerpointerex
 */
#define FLAG_OWNER_POINTER_IS_THREAD 0x1
NTKERNELAPI VOID ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer);
NTKERNELAPI VOID ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags);
#define ExGetCurrentResourceThread() ((ERESOURCE_THREAD)KeGetCurrentThread())
#define ExIsResourceAcquiredLite     ExIsResourceAcquiredSharedLite

/* Push locks: a pointer-sized lock, many shared owners or one exclusive; the caller is in a
 * critical region. Every recursion is a violation (PushLockRecursive).
 *   IRQL     <= APC_LEVEL
 *   Source   wdm/nf-wdm-exinitializepushlock, -exacquirepushlockexclusive, -exacquirepushlockshared
 */
typedef ULONG_PTR EX_PUSH_LOCK, *PEX_PUSH_LOCK;
NTKERNELAPI VOID ExInitializePushLock(PEX_PUSH_LOCK PushLock);
NTKERNELAPI VOID ExAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock);
NTKERNELAPI VOID ExAcquirePushLockShared(PEX_PUSH_LOCK PushLock);
NTKERNELAPI VOID ExReleasePushLockExclusive(PEX_PUSH_LOCK PushLock);
NTKERNELAPI VOID ExReleasePushLockShared(PEX_PUSH_LOCK PushLock);

/* Run-down protection: counts users of something that is to go away.
 *   Returns  Acquire: FALSE once run-down has begun
 *   IRQL     acquire and release <= DISPATCH_LEVEL, the others <= APC_LEVEL
 *   Source   wdm/nf-wdm-exinitializerundownprotection, -exacquirerundownprotection,
 *            -exreleaserundownprotection, -exwaitforrundownprotectionrelease
 */
typedef struct _EX_RUNDOWN_REF {
    union {
        ULONG_PTR Count;
        PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;
#define EX_RUNDOWN_ACTIVE      0x1
#define EX_RUNDOWN_COUNT_SHIFT 0x1
#define EX_RUNDOWN_COUNT_INC   (1 << EX_RUNDOWN_COUNT_SHIFT)
typedef struct _EX_RUNDOWN_REF_CACHE_AWARE *PEX_RUNDOWN_REF_CACHE_AWARE;

NTKERNELAPI VOID ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
NTKERNELAPI VOID ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count);
NTKERNELAPI VOID ExRundownCompleted(PEX_RUNDOWN_REF RunRef);
NTKERNELAPI VOID ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);

/* The same for what many processors use at a time. Its memory is allocated for it, or given by the
 * caller: ExSizeOf...CacheAware bytes.
 *   Returns  ExAllocate...: NULL if there is no memory
 *   Source   wdm/nf-wdm-exallocatecacheawarerundownprotection and relatives
 */
NTKERNELAPI PEX_RUNDOWN_REF_CACHE_AWARE ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType,
                                                                              ULONG PoolTag);
NTKERNELAPI VOID ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
NTKERNELAPI SIZE_T ExSizeOfRundownProtectionCacheAware(VOID);
NTKERNELAPI VOID ExInitializeRundownProtectionCacheAware(
    PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, SIZE_T RunRefSize);
NTKERNELAPI VOID
ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN
    ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                           ULONG Count);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                           ULONG Count);
NTKERNELAPI VOID
ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
NTKERNELAPI VOID ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);

#ifdef __cplusplus
}
#endif
