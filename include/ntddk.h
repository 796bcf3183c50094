/* ntddk.h - wdm.h, and what other kernel drivers see besides. */
#pragma once

#include "wdm.h"
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

/* The process of the system, to which all threads of a machine belong. */
extern NTKERNELAPI PEPROCESS PsInitialSystemProcess;

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
