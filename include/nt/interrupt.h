/* interrupt.h - connecting interrupt service routines and synchronising with them. */
#pragma once

#include "device.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _KINTERRUPT *PKINTERRUPT, *PRKINTERRUPT;

/* The ISR: TRUE if the interrupt was its device's.   Source wdm/nc-wdm-kservice_routine */
typedef BOOLEAN NTAPI KSERVICE_ROUTINE(struct _KINTERRUPT *Interrupt, PVOID ServiceContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;
typedef BOOLEAN NTAPI KMESSAGE_SERVICE_ROUTINE(struct _KINTERRUPT *Interrupt, PVOID ServiceContext,
                                               ULONG MessageID);
typedef KMESSAGE_SERVICE_ROUTINE *PKMESSAGE_SERVICE_ROUTINE;
typedef BOOLEAN NTAPI KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);
typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

typedef struct _IO_INTERRUPT_MESSAGE_INFO_ENTRY {
    PHYSICAL_ADDRESS MessageAddress;
    KAFFINITY TargetProcessorSet;
    PKINTERRUPT InterruptObject;
    ULONG MessageData;
    ULONG Vector;
    KIRQL Irql;
    KINTERRUPT_MODE Mode;
    KINTERRUPT_POLARITY Polarity;
} IO_INTERRUPT_MESSAGE_INFO_ENTRY, *PIO_INTERRUPT_MESSAGE_INFO_ENTRY;

typedef struct _IO_INTERRUPT_MESSAGE_INFO {
    KIRQL UnifiedIrql;
    ULONG MessageCount;
    IO_INTERRUPT_MESSAGE_INFO_ENTRY MessageInfo[1];
} IO_INTERRUPT_MESSAGE_INFO, *PIO_INTERRUPT_MESSAGE_INFO;

typedef struct _IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS {
    PDEVICE_OBJECT PhysicalDeviceObject;
    PKINTERRUPT *InterruptObject;
    PKSERVICE_ROUTINE ServiceRoutine;
    PVOID ServiceContext;
    PKSPIN_LOCK SpinLock;
    KIRQL SynchronizeIrql;
    BOOLEAN FloatingSave;
    BOOLEAN ShareVector;
    ULONG Vector;
    KIRQL Irql;
    KINTERRUPT_MODE InterruptMode;
    KAFFINITY ProcessorEnableMask;
    USHORT Group;
} IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS,
    *PIO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS;

typedef struct _IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS {
    PDEVICE_OBJECT PhysicalDeviceObject;
    PKINTERRUPT *InterruptObject;
    PKSERVICE_ROUTINE ServiceRoutine;
    PVOID ServiceContext;
    PKSPIN_LOCK SpinLock;
    KIRQL SynchronizeIrql;
    BOOLEAN FloatingSave;
} IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS, *PIO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS;

typedef struct _IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS {
    PDEVICE_OBJECT PhysicalDeviceObject;
    union {
        PVOID *Generic;
        PIO_INTERRUPT_MESSAGE_INFO *InterruptMessageTable;
        PKINTERRUPT *InterruptObject;
    } ConnectionContext;
    PKMESSAGE_SERVICE_ROUTINE MessageServiceRoutine;
    PVOID ServiceContext;
    PKSPIN_LOCK SpinLock;
    KIRQL SynchronizeIrql;
    BOOLEAN FloatingSave;
    PKSERVICE_ROUTINE FallBackServiceRoutine;
} IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS, *PIO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS;

typedef struct _IO_CONNECT_INTERRUPT_PARAMETERS {
    ULONG Version;
    union {
        IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS FullySpecified;
        IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS LineBased;
        IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS MessageBased;
    };
} IO_CONNECT_INTERRUPT_PARAMETERS, *PIO_CONNECT_INTERRUPT_PARAMETERS;

#define CONNECT_FULLY_SPECIFIED       0x1
#define CONNECT_LINE_BASED            0x2
#define CONNECT_MESSAGE_BASED         0x3
#define CONNECT_FULLY_SPECIFIED_GROUP 0x4
#define CONNECT_MESSAGE_BASED_PASSIVE 0x5
#define CONNECT_CURRENT_VERSION       0x5

typedef struct _IO_DISCONNECT_INTERRUPT_PARAMETERS {
    ULONG Version;
    union {
        PVOID Generic;
        PKINTERRUPT InterruptObject;
        PIO_INTERRUPT_MESSAGE_INFO InterruptMessageTable;
    } ConnectionContext;
} IO_DISCONNECT_INTERRUPT_PARAMETERS, *PIO_DISCONNECT_INTERRUPT_PARAMETERS;

typedef struct _IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS {
    ULONG Version;
    union {
        PVOID Generic;
        PKINTERRUPT InterruptObject;
        PIO_INTERRUPT_MESSAGE_INFO InterruptMessageTable;
    } ConnectionContext;
} IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS, *PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS;

/* IoConnectInterrupt(Ex): from here on the ISR may be called, also before this returns.
 *   Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER (no processor, levels, mode, sharing);
 *            Ex also STATUS_INVALID_PARAMETER_1 (version), _10 (mask), STATUS_NOT_FOUND;
 *            *InterruptObject is NULL on failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdm/nf-wdm-ioconnectinterrupt, iointex/nf-iointex-wdmlibioconnectinterruptex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    IoConnectInterrupt(PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine,
                       PVOID ServiceContext, PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql,
                       KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode, BOOLEAN ShareVector,
                       KAFFINITY ProcessorEnableMask, BOOLEAN FloatingSave);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters);

/* IoDisconnectInterrupt(Ex): the ISR is not running and is not called again when this returns.
 *   IRQL     PASSIVE_LEVEL; twice: InterruptNotConnected
 *   Source   wdm/nf-wdm-iodisconnectinterrupt, iointex/nf-iointex-wdmlibiodisconnectinterruptex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID
    IoDisconnectInterrupt(PKINTERRUPT InterruptObject);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI VOID
    IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters);

/* KeSynchronizeExecution: the routine at the interrupt's SynchronizeIrql, with its lock.
 *   Returns  what the routine returns
 *   IRQL     <= SynchronizeIrql      Source   wdm/nf-wdm-kesynchronizeexecution
 */
NTKERNELAPI BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
                                           PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                                           PVOID SynchronizeContext);

/* KeAcquireInterruptSpinLock, KeReleaseInterruptSpinLock: the same lock by hand; not for passive
 * interrupts (PassiveInterruptError).
 *   Returns  the level before the call
 *   IRQL     <= SynchronizeIrql      Source   wdm/nf-wdm-keacquireinterruptspinlock
 */
NTKERNELAPI KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt);
NTKERNELAPI VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql);

/* IoReportInterruptActive, IoReportInterruptInactive: soft connect and disconnect.
 *   IRQL     <= DISPATCH_LEVEL      Source   wdm/nf-wdm-ioreportinterruptactive
 */
NTKERNELAPI VOID IoReportInterruptActive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);
NTKERNELAPI VOID IoReportInterruptInactive(PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);

/* IoGetAffinityInterrupt: the processors that an interrupt object may come in on.
 *   Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER: that is no interrupt object
 *   IRQL     any      Source   wdm/nf-wdm-iogetaffinityinterrupt
 */
NTKERNELAPI NTSTATUS IoGetAffinityInterrupt(PKINTERRUPT InterruptObject,
                                            PGROUP_AFFINITY GroupAffinity);

/* HalGetInterruptVector: the vector, level and processors of a bus interrupt (old drivers). */
NTHALAPI ULONG HalGetInterruptVector(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                     ULONG BusInterruptLevel, ULONG BusInterruptVector, PKIRQL Irql,
                                     PKAFFINITY Affinity);

#ifdef __cplusplus
}
#endif
