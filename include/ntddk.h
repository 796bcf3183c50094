/* ntddk.h - wdm.h, and what other kernel drivers see besides. */
#pragma once

/* Drivers ask for it, to know what is declared. */
#ifndef _NTDDK_
#define _NTDDK_
#endif

#include "wdm.h"
#include "bugcodes.h"
#include "nt/hash_table.h"
#include "nt/tree.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the tag of an allocation: the block is freed by ExFreePoolWithTag with the same tag only. */
#define PROTECTED_POOL 0x80000000

/* ExUuidCreate: a UUID that the machine has not given out before.
 *   Returns  RPC_NT_UUID_LOCAL_ONLY: unique in this machine, which has no network card
 *   IRQL     PASSIVE_LEVEL      Source   ntddk/nf-ntddk-exuuidcreate
 */
#ifndef UUID_DEFINED
#define UUID_DEFINED
typedef GUID UUID;
#endif
#define RPC_NT_UUID_LOCAL_ONLY ((NTSTATUS)0x40020056)
NTKERNELAPI NTSTATUS ExUuidCreate(UUID *Uuid);

/* What a driver asks of the system as such.
 *   Returns  ExGetPreviousMode: KernelMode, as all threads of a machine; ExVerifySuite: FALSE but for
 *            SingleUserTS; Kd: STATUS_DEBUGGER_INACTIVE, TRUE; MmIs...Verifying: FALSE; MmIsVerifierEnabled:
 *            STATUS_NOT_SUPPORTED
 *   IRQL     any; Kd and Mm <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-exgetpreviousmode, ntddk/nf-ntddk-exisprocessorfeaturepresent, -exverifysuite,
 *            wdm/nf-wdm-kddisabledebugger, -mmisdriververifying, -mmisverifierenabled
 */
NTKERNELAPI KPROCESSOR_MODE ExGetPreviousMode(VOID);
NTKERNELAPI BOOLEAN ExIsProcessorFeaturePresent(ULONG ProcessorFeature);
NTKERNELAPI BOOLEAN ExVerifySuite(SUITE_TYPE SuiteType);
NTKERNELAPI ULONG KeGetRecommendedSharedDataAlignment(VOID);
NTKERNELAPI NTSTATUS KdDisableDebugger(VOID);
NTKERNELAPI NTSTATUS KdEnableDebugger(VOID);
NTKERNELAPI BOOLEAN KdRefreshDebuggerNotPresent(VOID);
NTKERNELAPI LOGICAL MmIsDriverVerifying(PDRIVER_OBJECT DriverObject);
NTKERNELAPI LOGICAL MmIsDriverVerifyingByAddress(PVOID AddressWithinSection);
NTKERNELAPI NTSTATUS MmIsVerifierEnabled(PULONG VerifierFlags);

/* MmIsThisAnNtAsSystem: FALSE: no server. MmIsDriverSuspectForVerifier: FALSE.   IRQL any
 *   Source   ntddk/nf-ntddk-mmisthisanntassystem, wdm/nf-wdm-mmisdriversuspectforverifier
 */
NTKERNELAPI BOOLEAN MmIsThisAnNtAsSystem(VOID);
NTKERNELAPI LOGICAL MmIsDriverSuspectForVerifier(PDRIVER_OBJECT DriverObject);

/* Where the addresses of applications end, as on Windows. All memory of a machine lies below. */
extern NTKERNELAPI PVOID MmHighestUserAddress;
extern NTKERNELAPI PVOID MmSystemRangeStart;
extern NTKERNELAPI ULONG_PTR MmUserProbeAddress;
#define MM_HIGHEST_USER_ADDRESS  MmHighestUserAddress
#define MM_SYSTEM_RANGE_START    MmSystemRangeStart
#define MM_USER_PROBE_ADDRESS    MmUserProbeAddress
#define MM_LOWEST_USER_ADDRESS   ((PVOID)(LONG_PTR)0x10000)
#define MM_LOWEST_SYSTEM_ADDRESS ((PVOID)0xFFFF080000000000)
#define MM_SYSTEM_SPACE_END      0xFFFFFFFFFFFFFFFF

/* MmCopyMemory: as much as there is, from any address.
 *   Flags    MM_COPY_MEMORY_PHYSICAL: memory that has a physical address of its own (contiguous memory);
 *            MM_COPY_MEMORY_VIRTUAL; one of the two
 *   Returns  STATUS_SUCCESS: all; STATUS_INVALID_ADDRESS: *NumberOfBytesTransferred say how much;
 *            STATUS_INVALID_PARAMETER_4
 *   IRQL     <= APC_LEVEL      Source   ntddk/nf-ntddk-mmcopymemory
 */
#define MM_COPY_MEMORY_PHYSICAL 0x1
#define MM_COPY_MEMORY_VIRTUAL  0x2
typedef struct _MM_COPY_ADDRESS {
    union {
        PVOID VirtualAddress;
        PHYSICAL_ADDRESS PhysicalAddress;
    };
} MM_COPY_ADDRESS, *PMMCOPY_ADDRESS;
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI NTSTATUS
    MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress, SIZE_T NumberOfBytes,
                 ULONG Flags, PSIZE_T NumberOfBytesTransferred);

/* MmSecureVirtualMemory: until MmUnsecureVirtualMemory, ZwFreeVirtualMemory does not take these addresses away.
 *   ProbeMode  PAGE_READONLY, PAGE_READWRITE
 *   Returns    NULL: not all of it is memory, or there is another mode
 *   IRQL       <= APC_LEVEL
 *   Source     ntddk/nf-ntddk-mmsecurevirtualmemory, -mmunsecurevirtualmemory
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI HANDLE
    MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID MmUnsecureVirtualMemory(HANDLE SecureHandle);

/* PsGetProcessCreateTimeQuadPart, PsGetThreadCreateTime: system time; processes of a machine are as old as it.
 *   IRQL     any
 *   Source   ntddk/nf-ntddk-psgetprocesscreatetimequadpart, -psgetthreadcreatetime
 */
NTKERNELAPI LONGLONG PsGetProcessCreateTimeQuadPart(PEPROCESS Process);
NTKERNELAPI LONGLONG PsGetThreadCreateTime(PETHREAD Thread);

/* IoGetInitiatorProcess: in whose name another process opened the file; NULL: nobody's.   IRQL any
 *   Source   ntddk/nf-ntddk-iogetinitiatorprocess
 */
NTKERNELAPI PEPROCESS IoGetInitiatorProcess(PFILE_OBJECT FileObject);

/* IoIsValidIrpStatus: whether the number can be a status: of a customer, or with severity and facility in use.
 * IoSetMasterIrpStatus: of two statuses the more severe one stays; STATUS_VERIFY_REQUIRED always takes its place,
 * STATUS_FT_READ_FROM_COPY never.
 *   IRQL     any      Source   ntddk/nf-ntddk-ioisvalidirpstatus, -iosetmasterirpstatus
 */
NTKERNELAPI BOOLEAN IoIsValidIrpStatus(NTSTATUS Status);
NTKERNELAPI VOID IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status);

/* Hard errors: a box that a user sees, here a line of the debugger's output.
 *   Returns  IoSetThreadHardErrorMode: how it was, at first TRUE; IoRaiseInformationalHardError: FALSE: off for
 *            the thread (NULL: the calling one)
 *   IRQL     IoSetThreadHardErrorMode any, IoRaiseInformationalHardError PASSIVE_LEVEL
 *   Source   ntddk/nf-ntddk-iosetthreadharderrormode, -ioraiseinformationalharderror
 */
NTKERNELAPI BOOLEAN IoSetThreadHardErrorMode(BOOLEAN EnableHardErrors);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI BOOLEAN
    IoRaiseInformationalHardError(NTSTATUS ErrorStatus, PUNICODE_STRING String, PKTHREAD Thread);

/* IoGetFileObjectGenericMapping: which rights of a file the generic ones stand for.   IRQL any
 *   Source   ntddk/nf-ntddk-iogetfileobjectgenericmapping
 */
NTKERNELAPI PGENERIC_MAPPING IoGetFileObjectGenericMapping(VOID);

/* KeExpandKernelStackAndCallout(Ex): call the routine with at least that much stack, at most
 * MAXIMUM_EXPANSION_SIZE.
 *   Returns  STATUS_INVALID_PARAMETER_3: too much
 *   IRQL     <= DISPATCH_LEVEL      Source   ntddk/nf-ntddk-keexpandkernelstackandcallout
 */
#define MAXIMUM_EXPANSION_SIZE 0x11800
typedef VOID NTAPI EXPAND_STACK_CALLOUT(PVOID Parameter);
typedef EXPAND_STACK_CALLOUT *PEXPAND_STACK_CALLOUT;
NTKERNELAPI NTSTATUS KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                                   SIZE_T Size);
NTKERNELAPI NTSTATUS KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                                     SIZE_T Size, BOOLEAN Wait, PVOID Context);

/* The process of the system, to which all threads of a machine belong. */
extern NTKERNELAPI PEPROCESS PsInitialSystemProcess;

/* InitSafeBootMode: 0: the system was not started in safe mode.      Source   ntddk, InitSafeBootMode */
extern NTKERNELAPI PULONG InitSafeBootMode;

/* ZwOpenProcess: a handle to the system's process, or to that in whose name applications send requests.
 *   Returns  STATUS_INVALID_CID: there is no other; STATUS_INVALID_PARAMETER_MIX: no ClientId, or a name
 *   IRQL     PASSIVE_LEVEL      Source   ntddk/nf-ntddk-zwopenprocess
 */
NTSYSAPI NTSTATUS ZwOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                                POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId);

/* Routines that are called when processes, threads and images come and go, at most 64 of a kind. A
 * machine has one process, so that process routines are never called; thread routines hear of the
 * threads that drivers create, in the creator and at the end in the thread itself; image routines of
 * each driver, before its DriverEntry.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES: there are 64; for processes STATUS_INVALID_PARAMETER: that,
 *            or it is registered already. Removing: STATUS_PROCEDURE_NOT_FOUND; it waits for the calls
 *            that are on
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntddk/nf-ntddk-pssetcreateprocessnotifyroutine, -pssetcreatethreadnotifyroutine,
 *            -pssetloadimagenotifyroutine and their relatives
 */
typedef VOID NTAPI CREATE_PROCESS_NOTIFY_ROUTINE(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create);
typedef CREATE_PROCESS_NOTIFY_ROUTINE *PCREATE_PROCESS_NOTIFY_ROUTINE;
typedef struct _PS_CREATE_NOTIFY_INFO {
    SIZE_T Size;
    union {
        ULONG Flags;
        struct {
            ULONG FileOpenNameAvailable : 1;
            ULONG IsSubsystemProcess : 1;
            ULONG Reserved : 30;
        };
    };
    HANDLE ParentProcessId;
    CLIENT_ID CreatingThreadId;
    PFILE_OBJECT FileObject;
    PCUNICODE_STRING ImageFileName;
    PCUNICODE_STRING CommandLine;
    NTSTATUS CreationStatus;
} PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;
typedef VOID NTAPI CREATE_PROCESS_NOTIFY_ROUTINE_EX(PEPROCESS Process, HANDLE ProcessId,
                                                    PPS_CREATE_NOTIFY_INFO CreateInfo);
typedef CREATE_PROCESS_NOTIFY_ROUTINE_EX *PCREATE_PROCESS_NOTIFY_ROUTINE_EX;
typedef VOID NTAPI CREATE_THREAD_NOTIFY_ROUTINE(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create);
typedef CREATE_THREAD_NOTIFY_ROUTINE *PCREATE_THREAD_NOTIFY_ROUTINE;

#define IMAGE_ADDRESSING_MODE_32BIT 3
typedef struct _IMAGE_INFO {
    union {
        ULONG Properties;
        struct {
            ULONG ImageAddressingMode : 8;
            ULONG SystemModeImage : 1;
            ULONG ImageMappedToAllPids : 1;
            ULONG ExtendedInfoPresent : 1;
            ULONG MachineTypeMismatch : 1;
            ULONG ImageSignatureLevel : 4;
            ULONG ImageSignatureType : 3;
            ULONG ImagePartialMap : 1;
            ULONG Reserved : 12;
        };
    };
    PVOID ImageBase;
    ULONG ImageSelector;
    SIZE_T ImageSize;
    ULONG ImageSectionNumber;
} IMAGE_INFO, *PIMAGE_INFO;
/* Around an IMAGE_INFO whose ExtendedInfoPresent is 1. */
typedef struct _IMAGE_INFO_EX {
    SIZE_T Size;
    IMAGE_INFO ImageInfo;
    struct _FILE_OBJECT *FileObject;
} IMAGE_INFO_EX, *PIMAGE_INFO_EX;
typedef VOID NTAPI LOAD_IMAGE_NOTIFY_ROUTINE(PUNICODE_STRING FullImageName, HANDLE ProcessId,
                                             PIMAGE_INFO ImageInfo);
typedef LOAD_IMAGE_NOTIFY_ROUTINE *PLOAD_IMAGE_NOTIFY_ROUTINE;

NTKERNELAPI NTSTATUS PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine,
                                                     BOOLEAN Remove);
NTKERNELAPI NTSTATUS
PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine, BOOLEAN Remove);
/* The forms with a type. A routine is taken back by the routine that takes its kind back, or by Remove.
 *   Returns  STATUS_INVALID_PARAMETER: another type or flag, too
 *   Source   ntddk/nf-ntddk-pssetcreateprocessnotifyroutineex2, -pssetcreatethreadnotifyroutineex,
 *            -pssetloadimagenotifyroutineex
 */
typedef enum _PSCREATEPROCESSNOTIFYTYPE {
    PsCreateProcessNotifySubsystems = 0
} PSCREATEPROCESSNOTIFYTYPE;
typedef enum _PSCREATETHREADNOTIFYTYPE {
    PsCreateThreadNotifyNonSystem = 0,
    PsCreateThreadNotifySubsystems = 1
} PSCREATETHREADNOTIFYTYPE;
#define PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE 0x1
NTKERNELAPI NTSTATUS PsSetCreateProcessNotifyRoutineEx2(PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                                        PVOID NotifyInformation, BOOLEAN Remove);
NTKERNELAPI NTSTATUS PsSetCreateThreadNotifyRoutineEx(PSCREATETHREADNOTIFYTYPE NotifyType,
                                                      PVOID NotifyInformation);
NTKERNELAPI NTSTATUS PsSetLoadImageNotifyRoutineEx(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine,
                                                   ULONG_PTR Flags);
NTKERNELAPI NTSTATUS PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI NTSTATUS PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI NTSTATUS PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
NTKERNELAPI NTSTATUS PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);

/* KeGetCurrentProcessorNumber: the number in group 0; stable only at DISPATCH_LEVEL or above.
 *   IRQL any      Source   ntddk/nf-ntddk-kegetcurrentprocessornumber
 */
NTKERNELAPI ULONG KeGetCurrentProcessorNumber(VOID);

/* KePulseEvent: release the present waiters and leave the event not signaled.
 *   Returns the previous state   IRQL <= DISPATCH_LEVEL   Source   ntddk/nf-ntddk-kepulseevent
 */
NTKERNELAPI LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);

/* KeSetBasePriorityThread: Returns the previous increment   IRQL PASSIVE_LEVEL
 *   Source   ntddk/nf-ntddk-kesetbaseprioritythread
 */
NTKERNELAPI LONG KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment);

/* Controller objects: one device of several at a time.
 *   Returns  IoCreateController: the object or NULL
 *   IRQL     create, delete PASSIVE_LEVEL; allocate, free DISPATCH_LEVEL
 *   Source   ntddk/nf-ntddk-iocreatecontroller, -ioallocatecontroller, -iofreecontroller
 */
typedef struct _CONTROLLER_OBJECT {
    CSHORT Type;
    CSHORT Size;
    PVOID ControllerExtension;
    KDEVICE_QUEUE DeviceWaitQueue;
    ULONG Spare1;
    LARGE_INTEGER Spare2;
} CONTROLLER_OBJECT, *PCONTROLLER_OBJECT;
NTKERNELAPI PCONTROLLER_OBJECT IoCreateController(ULONG Size);
NTKERNELAPI VOID IoDeleteController(PCONTROLLER_OBJECT ControllerObject);
NTKERNELAPI VOID IoAllocateController(PCONTROLLER_OBJECT ControllerObject,
                                      PDEVICE_OBJECT DeviceObject, PDRIVER_CONTROL ExecutionRoutine,
                                      PVOID Context);
NTKERNELAPI VOID IoFreeController(PCONTROLLER_OBJECT ControllerObject);

/* IoGetConfigurationInformation: counts of devices found.   IRQL PASSIVE_LEVEL */
typedef struct _CONFIGURATION_INFORMATION {
    ULONG DiskCount;
    ULONG FloppyCount;
    ULONG CdRomCount;
    ULONG TapeCount;
    ULONG ScsiPortCount;
    ULONG SerialCount;
    ULONG ParallelCount;
    BOOLEAN AtDiskPrimaryAddressClaimed;
    BOOLEAN AtDiskSecondaryAddressClaimed;
    ULONG Version;
    ULONG MediumChangerCount;
} CONFIGURATION_INFORMATION, *PCONFIGURATION_INFORMATION;
NTKERNELAPI PCONFIGURATION_INFORMATION IoGetConfigurationInformation(VOID);

#ifdef __cplusplus
}
#endif
