/* wdfdmatransaction.h - DMA transactions: one transfer, in fragments.
 */
#pragma once

#include <wdfdmaenabler.h>

WDF_EXTERN_C_START

/* IRQL: DISPATCH_LEVEL. */
typedef BOOLEAN EVT_WDF_PROGRAM_DMA(WDFDMATRANSACTION Transaction, WDFDEVICE Device,
                                    WDFCONTEXT Context, WDF_DMA_DIRECTION Direction,
                                    PSCATTER_GATHER_LIST SgList);
typedef EVT_WDF_PROGRAM_DMA *PFN_WDF_PROGRAM_DMA;

/* IRQL: DISPATCH_LEVEL. */
typedef BOOLEAN EVT_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL(WDFDMATRANSACTION DmaTransaction,
                                                              WDFDEVICE Device, PVOID Context,
                                                              PMDL Mdl, size_t Offset,
                                                              size_t Length);
typedef EVT_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL
    *PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL;

/* IRQL: DISPATCH_LEVEL. */
typedef VOID EVT_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE(WDFDMATRANSACTION Transaction,
                                                           WDFDEVICE Device, WDFCONTEXT Context,
                                                           WDF_DMA_DIRECTION Direction,
                                                           DMA_COMPLETION_STATUS Status);
typedef EVT_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE
    *PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE;

/* IRQL: DISPATCH_LEVEL. */
typedef VOID EVT_WDF_RESERVE_DMA(WDFDMATRANSACTION DmaTransaction, PVOID Context);
typedef EVT_WDF_RESERVE_DMA *PFN_WDF_RESERVE_DMA;

/* WdfDmaTransactionCreate: make a transaction object for an enabler.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioncreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionCreate(WDFDMAENABLER DmaEnabler, PWDF_OBJECT_ATTRIBUTES Attributes,
                            WDFDMATRANSACTION *DmaTransaction);

/* WdfDmaTransactionInitialize: describe a transfer by an MDL.
 *   Returns  STATUS_INVALID_PARAMETER (Length 0); STATUS_WDF_TOO_FRAGMENTED;
 *            STATUS_WDF_TOO_MANY_TRANSFERS
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitialize
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionInitialize(WDFDMATRANSACTION DmaTransaction,
                                PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                WDF_DMA_DIRECTION DmaDirection, PMDL Mdl, PVOID VirtualAddress,
                                size_t Length);

/* WdfDmaTransactionInitializeUsingOffset: the same from an offset into the MDL.
 *   Returns  as WdfDmaTransactionInitialize
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitializeusingoffset
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionInitializeUsingOffset(WDFDMATRANSACTION DmaTransaction,
                                           PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                           WDF_DMA_DIRECTION DmaDirection, PMDL Mdl, size_t Offset,
                                           size_t Length);

/* WdfDmaTransactionInitializeUsingRequest: describe a transfer by a request's buffer.
 *   Returns  as WdfDmaTransactionInitialize; STATUS_INVALID_DEVICE_REQUEST (direction)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitializeusingrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionInitializeUsingRequest(WDFDMATRANSACTION DmaTransaction, WDFREQUEST Request,
                                            PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                            WDF_DMA_DIRECTION DmaDirection);

/* WdfDmaTransactionExecute: start the transfer; EvtProgramDma may run before this returns.
 *   Returns  STATUS_WDF_BUSY (a packet profile of DMA version 2: another one is under way; it stays
 *            initialized); STATUS_INSUFFICIENT_RESOURCES and other mapping failures, after which it has
 *            to be released
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionexecute
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionExecute(WDFDMATRANSACTION DmaTransaction, WDFCONTEXT Context);

/* WdfDmaTransactionRelease: end a transaction and free what it mapped; may be repeated.
 *   Returns  STATUS_SUCCESS
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionrelease
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionRelease(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionDmaCompleted: the device has moved the whole fragment.
 *   Returns  TRUE when the transaction is over, *Status its status; FALSE: EvtProgramDma has been called
 *            for the next fragment, *Status is STATUS_MORE_PROCESSING_REQUIRED
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompleted
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN
    WdfDmaTransactionDmaCompleted(WDFDMATRANSACTION DmaTransaction, NTSTATUS *Status);

/* WdfDmaTransactionDmaCompletedWithLength: the device has moved TransferredLength bytes.
 *   Returns  TRUE when the transaction is over
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompletedwithlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN
    WdfDmaTransactionDmaCompletedWithLength(WDFDMATRANSACTION DmaTransaction,
                                            size_t TransferredLength, NTSTATUS *Status);

/* WdfDmaTransactionDmaCompletedFinal: the device stopped after FinalTransferredLength bytes.
 *   Returns  TRUE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompletedfinal
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN
    WdfDmaTransactionDmaCompletedFinal(WDFDMATRANSACTION DmaTransaction,
                                       size_t FinalTransferredLength, NTSTATUS *Status);

/* WdfDmaTransactionGetBytesTransferred: bytes moved so far.
 *   Returns  bytes
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetbytestransferred
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfDmaTransactionGetBytesTransferred(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionSetMaximumLength: bound the fragments of this transaction.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetmaximumlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionSetMaximumLength(WDFDMATRANSACTION DmaTransaction, size_t MaximumLength);

/* WdfDmaTransactionSetSingleTransferRequirement: refuse transfers that need more than one
 * fragment.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetsingletransferrequirement
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionSetSingleTransferRequirement(WDFDMATRANSACTION DmaTransaction,
                                                  BOOLEAN RequireSingleTransfer);

/* WdfDmaTransactionGetRequest: request the transaction was made from.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetrequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFREQUEST
    WdfDmaTransactionGetRequest(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionGetCurrentDmaTransferLength: length of the current fragment.
 *   Returns  bytes
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetcurrentdmatransferlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfDmaTransactionGetCurrentDmaTransferLength(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionGetDevice: device of the transaction.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfDmaTransactionGetDevice(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionGetTransferInfo: map registers and list elements that the transfer needs.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongettransferinfo
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionGetTransferInfo(WDFDMATRANSACTION DmaTransaction, ULONG *MapRegisterCount,
                                     ULONG *ScatterGatherElementCount);

/* WdfDmaTransactionSetChannelConfigurationCallback: callback that sets up a system DMA channel.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetchannelconfigurationcallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDmaTransactionSetChannelConfigurationCallback(
    WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL ConfigureRoutine, PVOID ConfigureContext);

/* WdfDmaTransactionSetTransferCompleteCallback: callback at the end of a system DMA transfer.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsettransfercompletecallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDmaTransactionSetTransferCompleteCallback(
    WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE DmaCompletionRoutine, PVOID DmaCompletionContext);

/* WdfDmaTransactionSetImmediateExecution: fail instead of waiting for map registers.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetimmediateexecution
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionSetImmediateExecution(WDFDMATRANSACTION DmaTransaction,
                                           BOOLEAN UseImmediateExecution);

/* WdfDmaTransactionAllocateResources: reserve map registers for repeated transfers.
 *   RequiredMapRegisters  0: as many as one transfer may have
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (no packet profile of DMA version 3);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionallocateresources
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDmaTransactionAllocateResources(WDFDMATRANSACTION DmaTransaction,
                                       WDF_DMA_DIRECTION DmaDirection, ULONG RequiredMapRegisters,
                                       PFN_WDF_RESERVE_DMA EvtReserveDmaFunction,
                                       PVOID EvtReserveDmaContext);

/* WdfDmaTransactionSetDeviceAddressOffset: offset added to the device's address in system DMA.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetdeviceaddressoffset
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionSetDeviceAddressOffset(WDFDMATRANSACTION DmaTransaction, ULONG Offset);

/* WdfDmaTransactionFreeResources: undo WdfDmaTransactionAllocateResources.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionfreeresources
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionFreeResources(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionCancel: take back a transaction that waits for map registers.
 *   Returns  TRUE if EvtProgramDma will not run
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioncancel
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN
    WdfDmaTransactionCancel(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionWdmGetTransferContext: the WDM transfer context.
 *   Returns  pointer, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionwdmgettransfercontext
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PVOID
    WdfDmaTransactionWdmGetTransferContext(WDFDMATRANSACTION DmaTransaction);

/* WdfDmaTransactionStopSystemTransfer: stop a system DMA transfer.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionstopsystemtransfer
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDmaTransactionStopSystemTransfer(WDFDMATRANSACTION DmaTransaction);

WDF_EXTERN_C_END
