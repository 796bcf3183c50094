/* tunnel.h - tunnel caches: what a file system remembers for some seconds of names that went, for files that are
 * made under the same name. Part of ntifs.h.
 */
#pragma once

#include "lock.h"
#include "tree.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    FAST_MUTEX Mutex;
    PRTL_SPLAY_LINKS Cache;
    LIST_ENTRY TimerQueue;
    USHORT NumEntries;
} TUNNEL, *PTUNNEL;

/* An entry lives for 15 seconds, among at most 256. Names are told apart without regard to case.
 *   KeyByShortName  it is found by its short name, else by its long one. The other may be empty
 *   ShortName, LongName (of Find)  buffers of the caller; a longer LongName gets one from paged pool
 *   DataLength  of Find: the buffer's; then the entry's
 *   Returns  FALSE: there is no such entry, or its data or short name do not fit
 *   IRQL     <= APC_LEVEL. Blocks.
 *   Source   ntifs/nf-ntifs-fsrtlinitializetunnelcache, -fsrtladdtotunnelcache, -fsrtlfindintunnelcache,
 *            -fsrtldeletekeyfromtunnelcache, -fsrtldeletetunnelcache
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID FsRtlInitializeTunnelCache(PTUNNEL Cache);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    FsRtlAddToTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey, PUNICODE_STRING ShortName,
                          PUNICODE_STRING LongName, BOOLEAN KeyByShortName, ULONG DataLength,
                          PVOID Data);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN
    FsRtlFindInTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey, PUNICODE_STRING Name,
                           PUNICODE_STRING ShortName, PUNICODE_STRING LongName, PULONG DataLength,
                           PVOID Data);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    FsRtlDeleteKeyFromTunnelCache(PTUNNEL Cache, ULONGLONG DirectoryKey);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID FsRtlDeleteTunnelCache(PTUNNEL Cache);

#ifdef __cplusplus
}
#endif
