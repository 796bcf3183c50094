/* ntifs.h - ntddk.h, and what drivers near the file systems see besides. */
#pragma once

/* Drivers ask for it, to know what is declared. */
#ifndef _NTIFS_
#define _NTIFS_
#endif

#include "ntddk.h"
#include "nt/code_page.h"
#include "nt/mcb.h"
#include "nt/name.h"
#include "nt/object_security.h"
#include "nt/short_name.h"
#include "nt/token.h"
#include "nt/tunnel.h"

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
/* KeRemoveQueueEx: up to Count entries at a time.
 *   Returns  how many; or STATUS_TIMEOUT, STATUS_ABANDONED as KeRemoveQueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI ULONG
    KeRemoveQueueEx(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                    PLARGE_INTEGER Timeout, PLIST_ENTRY *EntryArray, ULONG Count);

/* Mutants: mutexes that leave the APCs of their owner alone. InitialOwner: the caller's from the start.
 *   Abandoned  free it, whoever has it: the next wait for it ends with STATUS_ABANDONED
 *   Returns  KeReleaseMutant: as KeReleaseMutex
 *   IRQL     <= DISPATCH_LEVEL; KeReadStateMutant any
 *   Source   ntifs/nf-ntifs-keinitializemutant, -kereleasemutant, -kereadstatemutant, -kequeryownermutant
 */
NTKERNELAPI VOID KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner);
NTKERNELAPI LONG KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned,
                                 BOOLEAN Wait);
NTKERNELAPI LONG KeReadStateMutant(PRKMUTANT Mutant);
NTKERNELAPI VOID KeQueryOwnerMutant(PKMUTANT Mutant, PCLIENT_ID ClientId);

/* ZwWaitForSingleObject: KeWaitForSingleObject for an event, thread or file by its handle.
 *   Returns  as that; STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH (nothing to wait for)
 *   IRQL     PASSIVE_LEVEL. Blocks.      Source   ntifs/nf-ntifs-zwwaitforsingleobject
 */
NTSYSAPI NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

/* ZwWaitForMultipleObjects: KeWaitForMultipleObjects for such handles.
 *   Returns  as that; STATUS_INVALID_PARAMETER_1: no handle, or more than MAXIMUM_WAIT_OBJECTS;
 *            STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH
 *   IRQL     PASSIVE_LEVEL. Blocks.      Source   ntifs/nf-ntifs-zwwaitformultipleobjects
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwWaitForMultipleObjects(ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType, BOOLEAN Alertable,
                             PLARGE_INTEGER Timeout);

/* ZwDuplicateObject: another handle of the same object, in the one table of handles that there is.
 *   TargetHandle  NULL: only DUPLICATE_CLOSE_SOURCE makes sense
 *   Options  DUPLICATE_CLOSE_SOURCE, DUPLICATE_SAME_ACCESS, DUPLICATE_SAME_ATTRIBUTES
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER: nothing is asked for
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-zwduplicateobject
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle, HANDLE TargetProcessHandle,
                      PHANDLE TargetHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                      ULONG Options);

/* ZwQueryObject: about the object of a handle.
 *   ObjectInformationClass  ObjectBasicInformation, ObjectNameInformation, ObjectTypeInformation
 *   ReturnLength  may be NULL; what is needed
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_INFO_CLASS; STATUS_INFO_LENGTH_MISMATCH
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-ntqueryobject
 */
typedef enum _OBJECT_INFORMATION_CLASS {
    ObjectBasicInformation = 0,
    ObjectNameInformation = 1,
    ObjectTypeInformation = 2
} OBJECT_INFORMATION_CLASS;
typedef struct __PUBLIC_OBJECT_BASIC_INFORMATION {
    ULONG Attributes;
    ACCESS_MASK GrantedAccess;
    ULONG HandleCount;
    ULONG PointerCount;
    ULONG Reserved[10];
} PUBLIC_OBJECT_BASIC_INFORMATION, *PPUBLIC_OBJECT_BASIC_INFORMATION;
typedef struct __PUBLIC_OBJECT_TYPE_INFORMATION {
    UNICODE_STRING TypeName;
    ULONG Reserved[22];
} PUBLIC_OBJECT_TYPE_INFORMATION, *PPUBLIC_OBJECT_TYPE_INFORMATION;
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                  PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength);

/* ZwOpenThread: a handle to the thread of ClientId->UniqueThread.
 *   Returns  STATUS_INVALID_PARAMETER_MIX: no number, or a name; STATUS_INVALID_CID: no such thread
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-ntopenthread
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS
    ZwOpenThread(PHANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                 POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);

/* ObGetObjectPointerCount: references, those of handles included.   IRQL <= DISPATCH_LEVEL */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI LONG ObGetObjectPointerCount(PVOID Object);
/* ObGetObjectType: what ObReferenceObjectByHandle would take as ObjectType.   IRQL <= DISPATCH_LEVEL */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI POBJECT_TYPE ObGetObjectType(PVOID Object);

/* Handles and names of objects; threads and processes by number.
 *   Returns  ObOpenObjectByPointer: STATUS_OBJECT_TYPE_MISMATCH; ObQueryNameString: STATUS_INFO_LENGTH_
 *            MISMATCH: *ReturnLength is what is needed; an object without a name has an empty one; Ps:
 *            STATUS_INVALID_PARAMETER: no such number. What is found is referenced.
 *   IRQL     PASSIVE_LEVEL; PsLookup* <= APC_LEVEL
 *   Source   ntifs/nf-ntifs-obopenobjectbypointer, -obquerynamestring, -obclosehandle,
 *            -pslookupthreadbythreadid, -pslookupprocessbyprocessid
 */
typedef struct _OBJECT_NAME_INFORMATION {
    UNICODE_STRING Name;
} OBJECT_NAME_INFORMATION, *POBJECT_NAME_INFORMATION;
NTKERNELAPI NTSTATUS ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes,
                                           PACCESS_STATE PassedAccessState,
                                           ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                           KPROCESSOR_MODE AccessMode, PHANDLE Handle);
NTKERNELAPI NTSTATUS ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo,
                                       ULONG Length, PULONG ReturnLength);
NTKERNELAPI NTSTATUS ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode);
NTKERNELAPI NTSTATUS ObOpenObjectByPointerWithTag(PVOID Object, ULONG HandleAttributes,
                                                  PACCESS_STATE PassedAccessState,
                                                  ACCESS_MASK DesiredAccess,
                                                  POBJECT_TYPE ObjectType,
                                                  KPROCESSOR_MODE AccessMode, ULONG Tag,
                                                  PHANDLE Handle);
/* ObReferenceObjectByName: the object of that name, referenced; links are followed.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_TYPE_MISMATCH
 *   IRQL     PASSIVE_LEVEL      Source   no reference page
 */
NTKERNELAPI NTSTATUS ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                             PACCESS_STATE AccessState, ACCESS_MASK DesiredAccess,
                                             POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                             PVOID ParseContext, PVOID *Object);
/* ObIsKernelHandle: TRUE: every handle of a machine is the kernel's.   IRQL any */
NTKERNELAPI BOOLEAN ObIsKernelHandle(HANDLE Handle);
NTKERNELAPI NTSTATUS PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread);
NTKERNELAPI NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);

/* Events by handle.   Returns as ZwSetEvent; ZwOpenEvent: STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     ZwOpenEvent PASSIVE_LEVEL, the others <= DISPATCH_LEVEL
 */
NTSYSAPI NTSTATUS ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                              POBJECT_ATTRIBUTES ObjectAttributes);
NTSYSAPI NTSTATUS ZwResetEvent(HANDLE EventHandle, PLONG PreviousState);
NTSYSAPI NTSTATUS ZwClearEvent(HANDLE EventHandle);
NTSYSAPI NTSTATUS ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState);

/* ZwYieldExecution: others may run first.   Returns STATUS_SUCCESS   IRQL PASSIVE_LEVEL
 * ZwAllocateLocallyUniqueId: a number that the machine has not given out before.
 *   IRQL     PASSIVE_LEVEL      Source   ntddk/nf-ntddk-zwallocatelocallyuniqueid
 */
NTSYSAPI NTSTATUS ZwYieldExecution(VOID);
NTSYSAPI NTSTATUS ZwAllocateLocallyUniqueId(PLUID Luid);

/* RtlCompareAltitudes: decimal numbers of any length.
 *   Returns  > 0: the first is higher; 0: they are the same
 *   IRQL     <= APC_LEVEL      Source   ntifs/nf-ntifs-rtlcomparealtitudes
 */
_IRQL_requires_max_(APC_LEVEL) NTSYSAPI LONG
    RtlCompareAltitudes(PCUNICODE_STRING Altitude1, PCUNICODE_STRING Altitude2);

/* ZwAlertThread: an alertable wait of the thread ends with STATUS_ALERTED; without one its next does.
 *   Returns  STATUS_SUCCESS; what a handle without THREAD_ALERT, or none, gives
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-zwalertthread
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTSYSAPI NTSTATUS ZwAlertThread(HANDLE ThreadHandle);

/* KeStackAttachProcess, KeUnstackDetachProcess: the calling thread works in that process. A machine has one
 * address space, so that only IoGetCurrentProcess tells the difference.
 *   IRQL     <= APC_LEVEL      Source   ntifs/nf-ntifs-kestackattachprocess, -keunstackdetachprocess
 */
typedef struct _KAPC_STATE {
    LIST_ENTRY ApcListHead[2];
    PKPROCESS Process;
    BOOLEAN KernelApcInProgress;
    BOOLEAN KernelApcPending;
    BOOLEAN UserApcPending;
} KAPC_STATE, *PKAPC_STATE, *RESTRICTED_POINTER PRKAPC_STATE;
NTKERNELAPI VOID KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState);
NTKERNELAPI VOID KeUnstackDetachProcess(PRKAPC_STATE ApcState);
NTKERNELAPI VOID KeAttachProcess(PRKPROCESS Process);
NTKERNELAPI VOID KeDetachProcess(VOID);

/* Files by handle, besides those of wdm.h. What the I/O manager does not know itself is asked of the device.
 *   Returns  as ZwQueryInformationFile, ZwDeviceIoControlFile
 *   IRQL     PASSIVE_LEVEL. Blocks.
 *   Source   ntifs/nf-ntifs-ntqueryvolumeinformationfile, -ntsetvolumeinformationfile,
 *            -ntflushbuffersfile, -ntfscontrolfile
 */
NTSYSAPI NTSTATUS ZwQueryVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                               PVOID FsInformation, ULONG Length,
                                               FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS ZwSetVolumeInformationFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                                             PVOID FsInformation, ULONG Length,
                                             FS_INFORMATION_CLASS FsInformationClass);
NTSYSAPI NTSTATUS ZwFlushBuffersFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);
NTSYSAPI NTSTATUS ZwFsControlFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                  PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                  ULONG FsControlCode, PVOID InputBuffer, ULONG InputBufferLength,
                                  PVOID OutputBuffer, ULONG OutputBufferLength);

/* Memory by pages, of the current process (ZwCurrentProcess).
 *   Returns  STATUS_SUCCESS, *BaseAddress and *RegionSize are what the call was for, in whole pages;
 *            STATUS_CONFLICTING_ADDRESSES: taken, or not reserved; STATUS_NO_MEMORY;
 *            STATUS_INVALID_PAGE_PROTECTION: that, or secured (MmSecureVirtualMemory);
 *            STATUS_MEMORY_NOT_ALLOCATED, STATUS_FREE_VM_NOT_AT_BASE, STATUS_UNABLE_TO_FREE_VM (a part)
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-ntallocatevirtualmemory, -ntfreevirtualmemory
 *   Differs  MEM_RESET, MEM_LARGE_PAGES and releasing a part of a region are refused
 */
#define MEM_COMMIT   0x00001000
#define MEM_RESERVE  0x00002000
#define MEM_DECOMMIT 0x00004000
#define MEM_RELEASE  0x00008000
#define MEM_RESET    0x00080000
#define MEM_TOP_DOWN 0x00100000
NTSYSAPI NTSTATUS ZwAllocateVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress,
                                          ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                          ULONG AllocationType, ULONG Protect);
NTSYSAPI NTSTATUS ZwFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize,
                                      ULONG FreeType);

/* ZwNotifyChangeKey: tells once that a key, or one below it if WatchTree, changes.
 *   Event             a handle: cleared now, set then; NULL: none
 *   IoStatusBlock     Status becomes STATUS_NOTIFY_ENUM_DIR, or STATUS_NOTIFY_CLEANUP if the key is deleted or
 *                     the handle's object goes first; stays the system's until then
 *   CompletionFilter  REG_NOTIFY_CHANGE_*; those of a handle's first call hold for all, as WatchTree does
 *   Asynchronous      FALSE: waits for it
 *   Returns  STATUS_PENDING, or what was waited for; STATUS_INVALID_PARAMETER; STATUS_KEY_DELETED;
 *            STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH; STATUS_NOT_IMPLEMENTED (ApcRoutine)
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-ntnotifychangekey
 */
NTSYSAPI NTSTATUS ZwNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                                    PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                                    ULONG CompletionFilter, BOOLEAN WatchTree, PVOID Buffer,
                                    ULONG BufferSize, BOOLEAN Asynchronous);

/* PsGetThreadExitStatus: what the thread ended with; STATUS_PENDING: it has not.
 * IoIsSystemThread: TRUE, as PsIsSystemThread.
 *   IRQL     <= DISPATCH_LEVEL; IoIsSystemThread any
 */
NTKERNELAPI NTSTATUS PsGetThreadExitStatus(PETHREAD Thread);
/* PsGetProcessExitStatus: STATUS_PENDING: no process of a machine ends.   IRQL any
 * PsGetProcessImageFileName is there, too, but as in Windows' headers it is for its user to declare, whose types
 * differ: PUCHAR (PEPROCESS). At most 15 characters: "System", or the program that runs the machine.
 */
NTKERNELAPI NTSTATUS PsGetProcessExitStatus(PEPROCESS Process);
NTKERNELAPI BOOLEAN IoIsSystemThread(PETHREAD Thread);

/* RtlAreAllAccessesGranted, RtlAreAnyAccessesGranted: whether what was granted has all of the rights, or one.
 *   IRQL     any
 */
NTSYSAPI BOOLEAN RtlAreAllAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess);
NTSYSAPI BOOLEAN RtlAreAnyAccessesGranted(ACCESS_MASK GrantedAccess, ACCESS_MASK DesiredAccess);

/* Stacks of devices. What is returned is referenced.
 *   Returns  IoAttachDeviceByPointer: as IoAttachDevice; IoGetDeviceAttachmentBaseRef: the lowest device;
 *            IoEnumerateDeviceObjectList: STATUS_BUFFER_TOO_SMALL: *ActualNumberDeviceObjects are there, of
 *            which those in the list are referenced all the same
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   ntifs/nf-ntifs-iogetdeviceattachmentbaseref, -ioenumeratedeviceobjectlist
 */
NTKERNELAPI NTSTATUS IoAttachDeviceByPointer(PDEVICE_OBJECT SourceDevice,
                                             PDEVICE_OBJECT TargetDevice);
NTKERNELAPI PDEVICE_OBJECT IoGetDeviceAttachmentBaseRef(PDEVICE_OBJECT DeviceObject);
NTKERNELAPI NTSTATUS IoEnumerateDeviceObjectList(PDRIVER_OBJECT DriverObject,
                                                 PDEVICE_OBJECT *DeviceObjectList,
                                                 ULONG DeviceObjectListSize,
                                                 PULONG ActualNumberDeviceObjects);

/* IoGetTopLevelIrp, IoSetTopLevelIrp: a word of the current thread, NULL at first.
 *   IRQL     any      Source   ntifs/nf-ntifs-iogettoplevelirp, -iosettoplevelirp
 */
NTKERNELAPI PIRP IoGetTopLevelIrp(VOID);
NTKERNELAPI VOID IoSetTopLevelIrp(PIRP Irp);

/* KeSetKernelStackSwapEnable: whether the calling thread's stack may be paged out, at first TRUE. Returns how it was.
 *   IRQL     <= APC_LEVEL      Source   ntifs/nf-ntifs-kesetkernelstackswapenable
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI BOOLEAN KeSetKernelStackSwapEnable(BOOLEAN Enable);

/* Quota of pool: processes of a machine have no limit. PsGetProcessExitTime: 0, while the process runs.
 *   IRQL     <= APC_LEVEL; PsGetProcessExitTime any
 *   Source   ntifs/nf-ntifs-pschargepoolquota, -psreturnpoolquota, -psgetprocessexittime
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    PsChargePoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    PsReturnPoolQuota(PEPROCESS Process, POOL_TYPE PoolType, ULONG_PTR Amount);
NTKERNELAPI LARGE_INTEGER PsGetProcessExitTime(VOID);

/* IoCheckDesiredAccess: generic rights become those of files.
 *   Returns  STATUS_SUCCESS; STATUS_ACCESS_DENIED: more than was granted
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-iocheckdesiredaccess
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    IoCheckDesiredAccess(PACCESS_MASK DesiredAccess, ACCESS_MASK GrantedAccess);

/* IoCheckEaBufferValidity: whether entries lie inside of the buffer, with a terminated name, each but the last one
 * with an offset to the next that is a multiple of 4.
 *   ErrorOffset  where the first entry is that does not
 *   Returns  STATUS_SUCCESS; STATUS_EA_LIST_INCONSISTENT
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-iocheckeabuffervalidity
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    IoCheckEaBufferValidity(PFILE_FULL_EA_INFORMATION EaBuffer, ULONG EaLength, PULONG ErrorOffset);

/* The spin lock of all volume parameter blocks.
 *   IRQL     <= DISPATCH_LEVEL      Source   ntifs/nf-ntifs-ioacquirevpbspinlock, -ioreleasevpbspinlock
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID IoAcquireVpbSpinLock(PKIRQL Irql);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID IoReleaseVpbSpinLock(KIRQL Irql);

#define RtlOffsetToPointer(Base, Offset)  ((PCHAR)((PCHAR)(Base) + (ULONG_PTR)(Offset)))
#define RtlPointerToOffset(Base, Pointer) ((ULONG)((PCHAR)(Pointer) - (PCHAR)(Base)))

/* The same services under their other names; the caller is the kernel either way. */
#define NtClose                      ZwClose
#define NtCreateFile                 ZwCreateFile
#define NtOpenFile                   ZwOpenFile
#define NtReadFile                   ZwReadFile
#define NtWriteFile                  ZwWriteFile
#define NtDeviceIoControlFile        ZwDeviceIoControlFile
#define NtFsControlFile              ZwFsControlFile
#define NtQueryInformationFile       ZwQueryInformationFile
#define NtSetInformationFile         ZwSetInformationFile
#define NtQueryVolumeInformationFile ZwQueryVolumeInformationFile
#define NtSetVolumeInformationFile   ZwSetVolumeInformationFile
#define NtAllocateVirtualMemory      ZwAllocateVirtualMemory
#define NtFreeVirtualMemory          ZwFreeVirtualMemory

#define FsRtlEnterFileSystem() KeEnterCriticalRegion()
#define FsRtlExitFileSystem()  KeLeaveCriticalRegion()

#ifdef __cplusplus
}
#endif
