/* fx_dma_transaction_api.c - what a driver asks a transaction, and what it sets before a transfer. */
#include "nt/dma/hal_adapter.h"
#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"
#include "wdf/io/fx_request.h"

size_t WdfDmaTransactionGetBytesTransferred(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL ? FX_LOOK(transaction->transferred) : 0;
}

size_t WdfDmaTransactionGetCurrentDmaTransferLength(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL ? FX_LOOK(transaction->current) : 0;
}

WDFREQUEST WdfDmaTransactionGetRequest(WDFDMATRANSACTION DmaTransaction)
{
    const struct fx_dma_transaction *transaction;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL && transaction->request != NULL
               ? fx_request_handle(transaction->request)
               : NULL;
}

WDFDEVICE WdfDmaTransactionGetDevice(WDFDMATRANSACTION DmaTransaction)
{
    const struct fx_dma_transaction *transaction;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL ? fx_device_handle(transaction->enabler->device) : NULL;
}

PVOID WdfDmaTransactionWdmGetTransferContext(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL && transaction->enabler->version_3 ? transaction->transfer : NULL;
}

VOID WdfDmaTransactionGetTransferInfo(WDFDMATRANSACTION DmaTransaction, ULONG *MapRegisterCount,
                                      ULONG *ScatterGatherElementCount)
{
    struct fx_dma_transaction *transaction;
    struct hal_cursor cursor;
    enum fx_dma_state state;
    ULONG pages;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL) {
        return;
    }
    state = fx_dma_state(transaction);
    if (state != FX_DMA_INITIALIZED && state != FX_DMA_TRANSFER) {
        fx_dma_wrong_state(transaction, state, __func__);
        return;
    }
    (void)hal_cursor_behind(&cursor, transaction->mdl, transaction->offset);
    pages = hal_cursor_pages(cursor, transaction->length);
    if (MapRegisterCount != NULL) {
        *MapRegisterCount = pages;
    }
    if (ScatterGatherElementCount != NULL) {
        *ScatterGatherElementCount = transaction->enabler->packet ? 1 : pages;
    }
}

/* ---- before a transfer ---- */

/* The transaction, if it can still be configured; else reported and NULL. */
static struct fx_dma_transaction *transaction_to_set(WDFDMATRANSACTION handle, const char *api)
{
    struct fx_dma_transaction *transaction = fx_dma_transaction_get(handle);
    enum fx_dma_state state;

    if (transaction == NULL) {
        return NULL;
    }
    state = fx_dma_state(transaction);
    if (!fx_dma_is_idle(state)) {
        fx_dma_wrong_state(transaction, state, api);
        return NULL;
    }
    return transaction;
}

VOID WdfDmaTransactionSetMaximumLength(WDFDMATRANSACTION DmaTransaction, size_t MaximumLength)
{
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    transaction = transaction_to_set(DmaTransaction, __func__);
    if (transaction == NULL) {
        return;
    }
    if (MaximumLength == 0) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &transaction->object,
                     "WdfDmaTransactionSetMaximumLength with 0");
        return;
    }
    transaction->max_length = MaximumLength;
}

VOID WdfDmaTransactionSetSingleTransferRequirement(WDFDMATRANSACTION DmaTransaction,
                                                   BOOLEAN RequireSingleTransfer)
{
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    transaction = transaction_to_set(DmaTransaction, __func__);
    if (transaction != NULL) {
        transaction->single = RequireSingleTransfer;
    }
}

/* Before Execute, and so also once it is initialized. */
VOID WdfDmaTransactionSetImmediateExecution(WDFDMATRANSACTION DmaTransaction,
                                            BOOLEAN UseImmediateExecution)
{
    struct fx_dma_transaction *transaction;
    enum fx_dma_state state;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL) {
        return;
    }
    state = fx_dma_state(transaction);
    if ((!fx_dma_is_idle(state) && state != FX_DMA_INITIALIZED) ||
        !transaction->enabler->version_3) {
        fx_dma_wrong_state(transaction, state, __func__);
        return;
    }
    transaction->immediate = UseImmediateExecution;
}

/* ---- a DMA controller of the system, which no machine has ---- */

static void transaction_unavailable(WDFDMATRANSACTION handle, const char *api)
{
    struct fx_dma_transaction *transaction = fx_dma_transaction_get(handle);

    if (transaction != NULL) {
        fx_unavailable(&transaction->object, api);
    }
}

VOID WdfDmaTransactionSetDeviceAddressOffset(WDFDMATRANSACTION DmaTransaction, ULONG Offset)
{
    if (API(DISPATCH_LEVEL)) {
        transaction_unavailable(DmaTransaction, __func__);
    }
}

VOID WdfDmaTransactionSetChannelConfigurationCallback(
    WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL ConfigureRoutine, PVOID ConfigureContext)
{
    if (API(DISPATCH_LEVEL)) {
        transaction_unavailable(DmaTransaction, __func__);
    }
}

VOID WdfDmaTransactionSetTransferCompleteCallback(
    WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE DmaCompletionRoutine, PVOID DmaCompletionContext)
{
    if (API(DISPATCH_LEVEL)) {
        transaction_unavailable(DmaTransaction, __func__);
    }
}

VOID WdfDmaTransactionStopSystemTransfer(WDFDMATRANSACTION DmaTransaction)
{
    if (API(DISPATCH_LEVEL)) {
        transaction_unavailable(DmaTransaction, __func__);
    }
}
