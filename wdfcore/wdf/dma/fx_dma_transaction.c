/* fx_dma_transaction.c - WDFDMATRANSACTION: its states, and what stands before and after its transfers
 * (fx_dma_transfer.c).
 *
 *   state          Initialize    Execute     DmaCompleted               Release    dispose
 *   CREATED        INITIALIZED   !           !                          -          DELETED
 *   RESERVED       INITIALIZED   !           !                          -          DELETED
 *   INITIALIZED    !             TRANSFER    !                          RELEASED   DELETED
 *   TRANSFER       !             !           TRANSFER, COMPLETED,       !          ! DELETED
 *                                            FAILED
 *   COMPLETED      !             !           !                          RELEASED   DELETED
 *   FAILED         !             !           !                          RELEASED   DELETED
 *   RELEASED       INITIALIZED   !           !                          -          DELETED
 *
 * RELEASED is RESERVED again if it has reserved map registers. TRANSFER also becomes FAILED when the
 * next transfer cannot be mapped, and when WdfDmaTransactionCancel withdraws it while it waits.
 */
#include <stdio.h>

#include "nt/dma/hal_adapter.h"
#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/object/fx_make.h"

static const char *fx_dma_state_name(enum fx_dma_state state)
{
    static const char *const names[FX_DMA_STATE_COUNT] = {
        "created",   "reserved", "initialized", "in transfer",
        "completed", "failed",   "released",    "deleted",
    };

    return (unsigned)state < FX_DMA_STATE_COUNT ? names[state] : "?";
}

void fx_dma_wrong_state(const struct fx_dma_transaction *transaction, enum fx_dma_state state,
                        const char *api)
{
    fx_violation(RULE_DmaWrongState, FX_BUGCHECK_DMA,
                 (uint64_t)(uintptr_t)fx_handle_of(&transaction->object), state,
                 &transaction->object, "%s of a DMA transaction that is %s", api,
                 fx_dma_state_name(state));
}

enum fx_dma_state fx_dma_state(struct fx_dma_transaction *transaction)
{
    enum fx_dma_state state;

    base_lock_acquire(&transaction->lock);
    state = transaction->state;
    base_lock_release(&transaction->lock);
    return state;
}

bool fx_dma_move(struct fx_dma_transaction *transaction, enum fx_dma_state from,
                 enum fx_dma_state to)
{
    bool moved;

    base_lock_acquire(&transaction->lock);
    moved = transaction->state == from;
    if (moved) {
        transaction->state = to;
    }
    base_lock_release(&transaction->lock);
    return moved;
}

/* ---- the type ---- */

static void transaction_drop_request(struct fx_dma_transaction *transaction)
{
    struct fx_request *request = transaction->request;

    transaction->request = NULL;
    if (request != NULL) {
        fx_object_deref(&request->object);
    }
}

static bool transaction_dispose(struct fx_object *object)
{
    struct fx_dma_transaction *transaction = fx_object_body(object, struct fx_dma_transaction);

    if (fx_dma_state(transaction) == FX_DMA_TRANSFER) { /* its parent goes */
        fx_dma_wrong_state(transaction, FX_DMA_TRANSFER, "deletion");
    }
    fx_dma_abandon(transaction);
    transaction_drop_request(transaction);
    return true;
}

static enum fx_delete_answer transaction_may_delete(struct fx_object *object, const void *deleter)
{
    struct fx_dma_transaction *transaction = fx_object_body(object, struct fx_dma_transaction);

    if (fx_dma_state(transaction) != FX_DMA_TRANSFER) {
        return FX_DELETE_NOW;
    }
    fx_dma_wrong_state(transaction, FX_DMA_TRANSFER, "WdfObjectDelete");
    return FX_DELETE_TAKEN; /* it was refused, and lives on */
}

static void transaction_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_dma_transaction *transaction = (const struct fx_dma_transaction *)object;

    snprintf(text, size, "%s, %zu of %zu bytes", fx_dma_state_name(FX_LOOK(transaction->state)),
             FX_LOOK(transaction->transferred), transaction->length);
}

static const struct fx_type transaction_type = {
    .number = FX_TYPE_DMATRANSACTION,
    .size = sizeof(struct fx_dma_transaction),
    .parent = FX_PARENT_FORBIDDEN,
    .dispose = transaction_dispose,
    .may_delete = transaction_may_delete,
    .describe = transaction_describe,
};

static NTSTATUS transaction_init(struct fx_dma_transaction *transaction,
                                 struct fx_dma_enabler *enabler)
{
    PDMA_ADAPTER adapter = enabler->adapters[0].wdm;

    transaction->enabler = enabler;
    transaction->adapter = &enabler->adapters[0];
    transaction->lock.rank = BASE_RANK_FX_OBJECT;
    transaction->single =
        (enabler->config.Flags & WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER) != 0;
    return enabler->version_3 ? adapter->DmaOperations->InitializeDmaTransferContext(
                                    adapter, transaction->transfer)
                              : STATUS_SUCCESS;
}

NTSTATUS WdfDmaTransactionCreate(WDFDMAENABLER DmaEnabler, PWDF_OBJECT_ATTRIBUTES Attributes,
                                 WDFDMATRANSACTION *DmaTransaction)
{
    struct fx_dma_enabler *enabler;
    struct fx_make make;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    if (enabler == NULL || !fx_required(DmaTransaction)) {
        return STATUS_INVALID_PARAMETER;
    }
    *DmaTransaction = NULL;
    status = fx_attributes_check(&transaction_type, Attributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&transaction_type, 0, Attributes, &enabler->object, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = transaction_init(fx_object_body(make.object, struct fx_dma_transaction), enabler);
    if (!NT_SUCCESS(status)) {
        fx_make_discard(&make);
        return status;
    }
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        FX_SET(enabler->used, true);
        *DmaTransaction = fx_handle_of(make.object);
    }
    return status;
}

/* ---- Initialize ---- */

/* What a transaction is to move. */
struct dma_plan {
    PFN_WDF_PROGRAM_DMA program;
    WDF_DMA_DIRECTION direction;
    PMDL mdl;
    size_t offset, length;
    struct fx_request *request;
};

static NTSTATUS plan_check_single(const struct fx_dma_transaction *transaction,
                                  const struct fx_dma_adapter *adapter, size_t fragment,
                                  const struct dma_plan *plan, ULONG pages)
{
    const struct fx_dma_enabler *enabler = transaction->enabler;

    if (plan->length > fragment) {
        return STATUS_WDF_TOO_MANY_TRANSFERS; /* spec: DMA-21 */
    }
    if (pages > adapter->map_registers) {
        return STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS;
    }
    if (!enabler->packet && pages > FX_LOOK(enabler->max_elements)) {
        return STATUS_WDF_TOO_FRAGMENTED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS plan_check(const struct fx_dma_transaction *transaction,
                           const struct dma_plan *plan, size_t *fragment)
{
    const struct fx_dma_adapter *adapter = &transaction->enabler->adapters[plan->direction];
    struct hal_cursor cursor;
    ULONG pages;

    if (plan->length == 0 || !hal_cursor_behind(&cursor, plan->mdl, plan->offset)) {
        return STATUS_INVALID_PARAMETER;
    }
    pages = hal_cursor_pages(cursor, plan->length);
    if (pages == 0) { /* the chain is shorter */
        return STATUS_INVALID_PARAMETER;
    }
    *fragment = adapter->fragment;
    if (transaction->max_length != 0 && transaction->max_length < *fragment) {
        *fragment = transaction->max_length;
    }
    return transaction->single ? plan_check_single(transaction, adapter, *fragment, plan, pages)
                               : STATUS_SUCCESS;
}

static NTSTATUS transaction_initialize(struct fx_dma_transaction *transaction,
                                       const struct dma_plan *plan, const char *api)
{
    enum fx_dma_state state = fx_dma_state(transaction);
    size_t fragment = 0;
    NTSTATUS status;

    if (!fx_dma_is_idle(state)) {
        fx_dma_wrong_state(transaction, state, api);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = plan_check(transaction, plan, &fragment);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    transaction->adapter = &transaction->enabler->adapters[plan->direction];
    transaction->direction = plan->direction;
    transaction->program = plan->program;
    transaction->mdl = plan->mdl;
    transaction->offset = plan->offset;
    transaction->length = plan->length;
    transaction->fragment = fragment;
    FX_SET(transaction->transferred, 0);
    FX_SET(transaction->current, 0);
    if (plan->request != NULL) {
        fx_object_ref(&plan->request->object); /* dropped by Release. spec: DMA-19 */
    }
    transaction->request = plan->request;
    (void)fx_dma_move(transaction, state, FX_DMA_INITIALIZED);
    return STATUS_SUCCESS;
}

static bool direction_exists(WDF_DMA_DIRECTION direction)
{
    return direction == WdfDmaDirectionReadFromDevice || direction == WdfDmaDirectionWriteToDevice;
}

NTSTATUS WdfDmaTransactionInitializeUsingOffset(WDFDMATRANSACTION DmaTransaction,
                                                PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                                WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                                size_t Offset, size_t Length)
{
    const struct dma_plan plan = {EvtProgramDmaFunction, DmaDirection, Mdl, Offset, Length, NULL};
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL || !fx_required(EvtProgramDmaFunction) || !fx_required(Mdl) ||
        !direction_exists(DmaDirection)) {
        return STATUS_INVALID_PARAMETER;
    }
    return transaction_initialize(transaction, &plan, __func__);
}

NTSTATUS WdfDmaTransactionInitialize(WDFDMATRANSACTION DmaTransaction,
                                     PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                     WDF_DMA_DIRECTION DmaDirection, PMDL Mdl, PVOID VirtualAddress,
                                     size_t Length)
{
    struct dma_plan plan = {EvtProgramDmaFunction, DmaDirection, Mdl, 0, Length, NULL};
    struct fx_dma_transaction *transaction;
    struct hal_cursor cursor;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL || !fx_required(EvtProgramDmaFunction) || !fx_required(Mdl) ||
        !fx_required(VirtualAddress) || !direction_exists(DmaDirection) ||
        !hal_cursor_at(&cursor, Mdl, VirtualAddress)) {
        return STATUS_INVALID_PARAMETER;
    }
    plan.offset = cursor.offset;
    return transaction_initialize(transaction, &plan, __func__);
}

/* Which buffer of the request the direction means. *output: WdfRequestRetrieveOutputWdmMdl has it. */
static NTSTATUS request_buffer(const struct fx_request *request, WDF_DMA_DIRECTION direction,
                               bool *output, size_t *length)
{
    bool write = direction == WdfDmaDirectionWriteToDevice;
    const IO_STACK_LOCATION *location;
    ULONG method;

    if (request->irp == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    location = fx_request_location(request);
    *output = !write;
    if (request->major == IRP_MJ_READ || request->major == IRP_MJ_WRITE) {
        *length = fx_request_length(request);
        return write == (request->major == IRP_MJ_WRITE) ? STATUS_SUCCESS
                                                         : STATUS_INVALID_DEVICE_REQUEST;
    }
    if (request->major != IRP_MJ_DEVICE_CONTROL &&
        request->major != IRP_MJ_INTERNAL_DEVICE_CONTROL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    method = METHOD_FROM_CTL_CODE(location->Parameters.DeviceIoControl.IoControlCode);
    *length = location->Parameters.DeviceIoControl.OutputBufferLength;
    if (method == METHOD_BUFFERED) {
        if (write) {
            *length = location->Parameters.DeviceIoControl.InputBufferLength;
        }
        return STATUS_SUCCESS;
    }
    *output = true; /* the direct buffer, whichever way it goes */
    return method == (write ? METHOD_IN_DIRECT : METHOD_OUT_DIRECT) ? STATUS_SUCCESS
                                                                    : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS WdfDmaTransactionInitializeUsingRequest(WDFDMATRANSACTION DmaTransaction,
                                                 WDFREQUEST Request,
                                                 PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                                 WDF_DMA_DIRECTION DmaDirection)
{
    struct dma_plan plan = {.program = EvtProgramDmaFunction, .direction = DmaDirection};
    struct fx_dma_transaction *transaction;
    NTSTATUS status;
    bool output;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    plan.request = transaction != NULL ? fx_handle_get(Request, FX_TYPE_REQUEST) : NULL;
    if (plan.request == NULL || !fx_required(EvtProgramDmaFunction) ||
        !direction_exists(DmaDirection)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = request_buffer(plan.request, DmaDirection, &output, &plan.length);
    if (NT_SUCCESS(status) && plan.length == 0) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (NT_SUCCESS(status)) {
        status = output ? WdfRequestRetrieveOutputWdmMdl(Request, &plan.mdl)
                        : WdfRequestRetrieveInputWdmMdl(Request, &plan.mdl);
    }
    return NT_SUCCESS(status) ? transaction_initialize(transaction, &plan, __func__) : status;
}

/* ---- Release ---- */

NTSTATUS WdfDmaTransactionRelease(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;
    enum fx_dma_state state;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    base_lock_acquire(&transaction->lock);
    state = transaction->state;
    if (state != FX_DMA_TRANSFER && state != FX_DMA_DELETED && !fx_dma_is_idle(state)) {
        transaction->state = transaction->reserved ? FX_DMA_RESERVED : FX_DMA_RELEASED;
    }
    base_lock_release(&transaction->lock);
    if (state == FX_DMA_TRANSFER) {
        fx_dma_wrong_state(transaction, state, __func__);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction->max_length = 0;
    transaction->mdl = NULL;
    transaction_drop_request(transaction);
    return STATUS_SUCCESS;
}
