/* wdfinterrupt.h - interrupt objects: ISR, DPC or work item, interrupt lock.
 * - the ISR and what WdfInterruptSynchronize calls hold the interrupt lock
 * - EvtInterruptDpc runs after the ISR, at DISPATCH_LEVEL, without the interrupt lock
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

typedef enum _WDF_INTERRUPT_POLARITY {
    WdfInterruptPolarityUnknown = 0,
    WdfInterruptActiveHigh,
    WdfInterruptActiveLow,
} WDF_INTERRUPT_POLARITY,
    *PWDF_INTERRUPT_POLARITY;

typedef enum _WDF_INTERRUPT_POLICY {
    WdfIrqPolicyMachineDefault = 0,
    WdfIrqPolicyAllCloseProcessors,
    WdfIrqPolicyOneCloseProcessor,
    WdfIrqPolicyAllProcessorsInMachine,
    WdfIrqPolicySpecifiedProcessors,
    WdfIrqPolicySpreadMessagesAcrossAllProcessors,
} WDF_INTERRUPT_POLICY,
    *PWDF_INTERRUPT_POLICY;

typedef enum _WDF_INTERRUPT_PRIORITY {
    WdfIrqPriorityUndefined = 0,
    WdfIrqPriorityLow,
    WdfIrqPriorityNormal,
    WdfIrqPriorityHigh,
} WDF_INTERRUPT_PRIORITY,
    *PWDF_INTERRUPT_PRIORITY;

/* IRQL: >= PASSIVE_LEVEL. */
typedef BOOLEAN EVT_WDF_INTERRUPT_ISR(WDFINTERRUPT Interrupt, ULONG MessageID);
typedef EVT_WDF_INTERRUPT_ISR *PFN_WDF_INTERRUPT_ISR;

/* IRQL: >= PASSIVE_LEVEL. */
typedef BOOLEAN EVT_WDF_INTERRUPT_SYNCHRONIZE(WDFINTERRUPT Interrupt, WDFCONTEXT Context);
typedef EVT_WDF_INTERRUPT_SYNCHRONIZE *PFN_WDF_INTERRUPT_SYNCHRONIZE;

/* IRQL: DISPATCH_LEVEL. */
typedef VOID EVT_WDF_INTERRUPT_DPC(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject);
typedef EVT_WDF_INTERRUPT_DPC *PFN_WDF_INTERRUPT_DPC;

/* IRQL: PASSIVE_LEVEL. */
typedef VOID EVT_WDF_INTERRUPT_WORKITEM(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject);
typedef EVT_WDF_INTERRUPT_WORKITEM *PFN_WDF_INTERRUPT_WORKITEM;

/* IRQL: >= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_INTERRUPT_ENABLE(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice);
typedef EVT_WDF_INTERRUPT_ENABLE *PFN_WDF_INTERRUPT_ENABLE;

/* IRQL: >= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_INTERRUPT_DISABLE(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice);
typedef EVT_WDF_INTERRUPT_DISABLE *PFN_WDF_INTERRUPT_DISABLE;

typedef struct _WDF_INTERRUPT_CONFIG {
    ULONG Size;
    WDFSPINLOCK SpinLock;
    WDF_TRI_STATE ShareVector;
    BOOLEAN FloatingSave;
    BOOLEAN AutomaticSerialization;
    PFN_WDF_INTERRUPT_ISR EvtInterruptIsr;
    PFN_WDF_INTERRUPT_DPC EvtInterruptDpc;
    PFN_WDF_INTERRUPT_ENABLE EvtInterruptEnable;
    PFN_WDF_INTERRUPT_DISABLE EvtInterruptDisable;
    PFN_WDF_INTERRUPT_WORKITEM EvtInterruptWorkItem;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptRaw;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR InterruptTranslated;
    WDFWAITLOCK WaitLock;
    BOOLEAN PassiveHandling;
    WDF_TRI_STATE ReportInactiveOnPowerDown;
    BOOLEAN CanWakeDevice;
} WDF_INTERRUPT_CONFIG, *PWDF_INTERRUPT_CONFIG;

FORCEINLINE VOID WDF_INTERRUPT_CONFIG_INIT(PWDF_INTERRUPT_CONFIG Configuration,
                                           PFN_WDF_INTERRUPT_ISR EvtInterruptIsr,
                                           PFN_WDF_INTERRUPT_DPC EvtInterruptDpc)
{
    RtlZeroMemory(Configuration, sizeof(WDF_INTERRUPT_CONFIG));
    Configuration->Size = (ULONG)sizeof(WDF_INTERRUPT_CONFIG);
    Configuration->ShareVector = WdfUseDefault;
    Configuration->EvtInterruptIsr = EvtInterruptIsr;
    Configuration->EvtInterruptDpc = EvtInterruptDpc;
    Configuration->ReportInactiveOnPowerDown = WdfUseDefault;
}

typedef struct _WDF_INTERRUPT_INFO {
    ULONG Size;
    ULONG64 Reserved1;
    KAFFINITY TargetProcessorSet;
    ULONG Reserved2;
    ULONG MessageNumber;
    ULONG Vector;
    KIRQL Irql;
    KINTERRUPT_MODE Mode;
    WDF_INTERRUPT_POLARITY Polarity;
    BOOLEAN MessageSignaled;
    UCHAR ShareDisposition;
    DECLSPEC_ALIGN(8) USHORT Group;
} WDF_INTERRUPT_INFO, *PWDF_INTERRUPT_INFO;

FORCEINLINE VOID WDF_INTERRUPT_INFO_INIT(PWDF_INTERRUPT_INFO Info)
{
    RtlZeroMemory(Info, sizeof(WDF_INTERRUPT_INFO));
    Info->Size = (ULONG)sizeof(WDF_INTERRUPT_INFO);
}

typedef struct _WDF_INTERRUPT_EXTENDED_POLICY {
    ULONG Size;
    WDF_INTERRUPT_POLICY Policy;
    WDF_INTERRUPT_PRIORITY Priority;
    GROUP_AFFINITY TargetProcessorSetAndGroup;
} WDF_INTERRUPT_EXTENDED_POLICY, *PWDF_INTERRUPT_EXTENDED_POLICY;

FORCEINLINE VOID WDF_INTERRUPT_EXTENDED_POLICY_INIT(PWDF_INTERRUPT_EXTENDED_POLICY ExtendedPolicy)
{
    RtlZeroMemory(ExtendedPolicy, sizeof(WDF_INTERRUPT_EXTENDED_POLICY));
    ExtendedPolicy->Size = (ULONG)sizeof(WDF_INTERRUPT_EXTENDED_POLICY);
    ExtendedPolicy->Policy = WdfIrqPolicyMachineDefault;
    ExtendedPolicy->Priority = WdfIrqPriorityUndefined;
}

/* WdfInterruptCreate: make an interrupt object, in device add or prepare hardware.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_STATE; STATUS_INFO_LENGTH_MISMATCH;
 *            STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED; STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptcreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfInterruptCreate(WDFDEVICE Device, PWDF_INTERRUPT_CONFIG Configuration,
                       PWDF_OBJECT_ATTRIBUTES Attributes, WDFINTERRUPT *Interrupt);

/* WdfInterruptQueueDpcForIsr: queue the interrupt's DPC.
 *   Returns  TRUE if it was not queued and now is
 *   IRQL     <= DIRQL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptqueuedpcforisr
 */
WDFAPI BOOLEAN WdfInterruptQueueDpcForIsr(WDFINTERRUPT Interrupt);

/* WdfInterruptQueueWorkItemForIsr: queue the interrupt's work item.
 *   Returns  TRUE if it was queued by this call
 *   IRQL     <= DIRQL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptqueueworkitemforisr
 */
WDFAPI BOOLEAN WdfInterruptQueueWorkItemForIsr(WDFINTERRUPT Interrupt);

/* WdfInterruptSynchronize: call Callback with the interrupt lock held.
 *   Returns  what the callback returned; FALSE if it was not called
 *   IRQL     <= DISPATCH_LEVEL; PASSIVE_LEVEL for a passive interrupt
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsynchronize
 */
WDFAPI BOOLEAN WdfInterruptSynchronize(WDFINTERRUPT Interrupt,
                                       PFN_WDF_INTERRUPT_SYNCHRONIZE Callback, WDFCONTEXT Context);

/* WdfInterruptAcquireLock: take the interrupt lock; raises to the interrupt's IRQL, or waits at
 * PASSIVE_LEVEL.
 *   IRQL     <= DIRQL; PASSIVE_LEVEL for a passive interrupt
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptacquirelock
 */
WDFAPI VOID WdfInterruptAcquireLock(WDFINTERRUPT Interrupt);

/* WdfInterruptReleaseLock: let the interrupt lock go and restore the IRQL.
 *   IRQL     as WdfInterruptAcquireLock left it
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreleaselock
 */
WDFAPI VOID WdfInterruptReleaseLock(WDFINTERRUPT Interrupt);

/* WdfInterruptEnable: connect the interrupt again after WdfInterruptDisable, and enable it.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptenable
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfInterruptEnable(WDFINTERRUPT Interrupt);

/* WdfInterruptDisable: disable the interrupt, also over power changes, and disconnect it; that of a
 * device that is not power pageable stays connected.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptdisable
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfInterruptDisable(WDFINTERRUPT Interrupt);

/* WdfInterruptWdmGetInterrupt: the KINTERRUPT.
 *   Returns  KINTERRUPT, or NULL while not connected
 *   IRQL     <= DIRQL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptwdmgetinterrupt
 */
WDFAPI PKINTERRUPT WdfInterruptWdmGetInterrupt(WDFINTERRUPT Interrupt);

/* WdfInterruptGetInfo: what resources the interrupt got.
 *   IRQL     any: its page says <= DISPATCH_LEVEL, but the framework does not look, and ISRs call it
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptgetinfo
 */
WDFAPI VOID WdfInterruptGetInfo(WDFINTERRUPT Interrupt, PWDF_INTERRUPT_INFO Info);

/* WdfInterruptSetPolicy: ask for processors and a priority.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsetpolicy
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfInterruptSetPolicy(WDFINTERRUPT Interrupt, WDF_INTERRUPT_POLICY Policy,
                          WDF_INTERRUPT_PRIORITY Priority, KAFFINITY TargetProcessorSet);

/* WdfInterruptSetExtendedPolicy: the same with a processor group.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptsetextendedpolicy
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfInterruptSetExtendedPolicy(WDFINTERRUPT Interrupt,
                                  PWDF_INTERRUPT_EXTENDED_POLICY PolicyAndGroup);

/* WdfInterruptGetDevice: device of the interrupt.
 *   Returns  handle
 *   IRQL     <= DIRQL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptgetdevice
 */
WDFAPI WDFDEVICE WdfInterruptGetDevice(WDFINTERRUPT Interrupt);

/* WdfInterruptTryToAcquireLock: take the lock of a passive interrupt if it is free.
 *   Returns  TRUE if taken
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterrupttrytoacquirelock
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI BOOLEAN
    WdfInterruptTryToAcquireLock(WDFINTERRUPT Interrupt);

/* WdfInterruptReportActive: the device may interrupt again.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreportactive
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfInterruptReportActive(WDFINTERRUPT Interrupt);

/* WdfInterruptReportInactive: the device will not interrupt until reported active.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptreportinactive
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfInterruptReportInactive(WDFINTERRUPT Interrupt);

WDF_EXTERN_C_END
