/* fx_dma_transfer.c - the transfers of a transaction.
 *
 * Normal path: Execute -> a transfer is mapped -> EvtProgramDma -> a DmaCompleted function unmaps it ->
 * the next one is mapped -> ... -> the last DmaCompleted returns TRUE.
 * Whose turn it is (t): `mapped` says that the device has a transfer. A DmaCompleted function clears it,
 * and from then until the next EvtProgramDma nobody else touches what is keyed (o). EvtProgramDma may
 * come from another processor, and the transfer may be completed by a third, before the call that asked
 * for the map registers has returned: after that call nothing of the transaction is touched.
 * Failure: a transfer that cannot be mapped ends the transaction, and no EvtProgramDma is pending.
 * Teardown: fx_dma_abandon withdraws what waits and takes the transfer from the device; a grant that is
 * under way finds the state DELETED and gives back what it brings.
 */
#include "nt/dma/hal_adapter.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_irql.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"

/* The routines of an adapter's version 1 want DISPATCH_LEVEL. */
static KIRQL dma_raise(void)
{
    KIRQL old = ke_self->irql;

    if (old < DISPATCH_LEVEL) {
        ke_irql_raise(DISPATCH_LEVEL);
    }
    return old;
}

static void dma_lower(KIRQL old)
{
    if (old < DISPATCH_LEVEL) {
        ke_irql_lower(old);
    }
}

static bool dma_is_write(const struct fx_dma_transaction *transaction)
{
    return transaction->direction == WdfDmaDirectionWriteToDevice;
}

/* Where the current transfer begins. */
static struct hal_cursor dma_cursor(const struct fx_dma_transaction *transaction)
{
    struct hal_cursor cursor;

    (void)hal_cursor_behind(&cursor, transaction->mdl,
                            transaction->offset + transaction->transferred);
    return cursor;
}

static PVOID dma_address(const struct hal_cursor *cursor)
{
    return (PUCHAR)MmGetMdlVirtualAddress(cursor->mdl) + cursor->offset;
}

/* ---- map registers ---- */

NTSTATUS fx_dma_allocate_channel(struct fx_dma_transaction *transaction, ULONG count,
                                 PDRIVER_CONTROL routine)
{
    PDMA_ADAPTER adapter = transaction->adapter->wdm;
    PDEVICE_OBJECT device = transaction->enabler->device->wdm;
    ULONG flags = transaction->immediate ? DMA_SYNCHRONOUS_CALLBACK : 0;
    NTSTATUS status;
    KIRQL old;

    transaction->register_count = count;
    if (transaction->enabler->version_3) {
        return adapter->DmaOperations->AllocateAdapterChannelEx(
            adapter, device, transaction->transfer, count, flags, routine, transaction, NULL);
    }
    old = dma_raise();
    status = adapter->DmaOperations->AllocateAdapterChannel(adapter, device, count, routine,
                                                            transaction);
    dma_lower(old);
    return status;
}

void fx_dma_return_registers(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = transaction->adapter->wdm;
    PVOID registers = transaction->registers;
    KIRQL old;

    transaction->registers = NULL;
    if (transaction->enabler->version_3) {
        adapter->DmaOperations->FreeAdapterObject(adapter, DeallocateObject);
        return;
    }
    old = dma_raise();
    adapter->DmaOperations->FreeMapRegisters(adapter, registers, transaction->register_count);
    dma_lower(old);
}

/* Its map registers go back unless they are reserved, and another packet
 * transaction may begin. Not while the device has a transfer. */
static void fx_dma_end_packet(struct fx_dma_transaction *transaction)
{
    if (transaction->registers != NULL && !transaction->reserved) {
        fx_dma_return_registers(transaction);
    }
    if (transaction->packet_taken) {
        transaction->packet_taken = false;
        __atomic_store_n(&transaction->enabler->device->dma_packet_taken, false, __ATOMIC_RELEASE);
    }
}

/* It waits for map registers no more. false: it did not. */
static bool fx_dma_withdraw(struct fx_dma_transaction *transaction)
{
    return hal_dma_withdraw(transaction->adapter->wdm, transaction);
}

/* ---- a transfer ---- */

/* The device has it from here on. false: the transaction is gone. */
static bool transfer_begin(struct fx_dma_transaction *transaction)
{
    bool begun;

    base_lock_acquire(&transaction->lock);
    begun = transaction->state == FX_DMA_TRANSFER;
    transaction->mapped = begun;
    base_lock_release(&transaction->lock);
    return begun;
}

/* The last that is done with the transaction here: the driver may end and delete it inside. */
static void transfer_program(struct fx_dma_transaction *transaction)
{
    PFN_WDF_PROGRAM_DMA program = transaction->program;
    WDFDMATRANSACTION handle = fx_handle_of(&transaction->object);
    WDFDEVICE device = fx_device_handle(transaction->enabler->device);
    WDF_DMA_DIRECTION direction = transaction->direction;
    PSCATTER_GATHER_LIST list = transaction->list;
    WDFCONTEXT context = transaction->context;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtProgramDma", (const void *)program, &transaction->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(handle), KE_WORD(device), KE_WORD(context),
                          KE_WORD(direction), KE_WORD(list));
        (void)program(handle, device, context, direction, list); /* its answer means nothing */
        fx_call_leave(&call);
    }
}

static VOID transfer_listed(PDEVICE_OBJECT device, PIRP irp, PSCATTER_GATHER_LIST list,
                            PVOID context)
{
    struct fx_dma_transaction *transaction = context;
    PDMA_ADAPTER adapter = transaction->adapter->wdm;

    transaction->list = list;
    if (!transfer_begin(transaction)) {
        adapter->DmaOperations->PutScatterGatherList(adapter, list, dma_is_write(transaction));
        fx_object_deref(&transaction->object); /* taken by Execute */
        return;
    }
    transfer_program(transaction);
}

/* As many bytes as fit into so many elements. */
static size_t transfer_fit(struct hal_cursor cursor, size_t size, size_t elements)
{
    size_t fits = 0;
    uint8_t *memory;

    while (fits < size && elements-- > 0) {
        fits += hal_cursor_next(&cursor, size - fits, true, &memory);
    }
    return fits;
}

static NTSTATUS transfer_map_list(struct fx_dma_transaction *transaction, size_t size)
{
    const struct fx_dma_enabler *enabler = transaction->enabler;
    PDMA_ADAPTER adapter = transaction->adapter->wdm;
    PDEVICE_OBJECT device = enabler->device->wdm;
    struct hal_cursor cursor = dma_cursor(transaction);
    BOOLEAN write = dma_is_write(transaction);
    size_t elements = FX_LOOK(enabler->max_elements);
    ULONG flags = transaction->immediate ? DMA_SYNCHRONOUS_CALLBACK : 0;
    NTSTATUS status;
    KIRQL old;

    if (elements > transaction->adapter->map_registers) {
        elements = transaction->adapter->map_registers;
    }
    size = transfer_fit(cursor, size, elements);
    FX_SET(transaction->current, size);
    if (enabler->version_3) {
        return adapter->DmaOperations->GetScatterGatherListEx(
            adapter, device, transaction->transfer, cursor.mdl, cursor.offset, (ULONG)size, flags,
            transfer_listed, transaction, write, NULL, NULL, NULL);
    }
    old = dma_raise();
    status = adapter->DmaOperations->GetScatterGatherList(adapter, device, cursor.mdl,
                                                          dma_address(&cursor), (ULONG)size,
                                                          transfer_listed, transaction, write);
    dma_lower(old);
    return status;
}

/* ---- packets: one piece at a time, with map registers that stay ---- */

static size_t transfer_next_size(const struct fx_dma_transaction *transaction)
{
    size_t left = transaction->length - transaction->transferred;

    return left < transaction->fragment ? left : transaction->fragment;
}

static NTSTATUS transfer_map_packet(struct fx_dma_transaction *transaction)
{
    PDMA_ADAPTER adapter = transaction->adapter->wdm;
    struct hal_cursor cursor = dma_cursor(transaction);
    ULONG size = (ULONG)transfer_next_size(transaction);
    PHYSICAL_ADDRESS logical =
        adapter->DmaOperations->MapTransfer(adapter, cursor.mdl, transaction->registers,
                                            dma_address(&cursor), &size, dma_is_write(transaction));
    KIRQL old;

    if (logical.QuadPart == 0) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    FX_SET(transaction->current, size);
    transaction->list = (PSCATTER_GATHER_LIST)(void *)transaction->one;
    transaction->list->NumberOfElements = 1;
    transaction->list->Elements[0] = (SCATTER_GATHER_ELEMENT){.Address = logical, .Length = size};
    if (transfer_begin(transaction)) {
        old = dma_raise(); /* spec: DMA-15 */
        transfer_program(transaction);
        dma_lower(old);
    }
    return STATUS_SUCCESS;
}

static void transfer_finish(struct fx_dma_transaction *transaction, enum fx_dma_state state);

static IO_ALLOCATION_ACTION transfer_channel(PDEVICE_OBJECT device, PIRP irp, PVOID base,
                                             PVOID context)
{
    struct fx_dma_transaction *transaction = context;
    IO_ALLOCATION_ACTION action = fx_dma_action(transaction);
    bool alive;

    base_lock_acquire(&transaction->lock);
    alive = transaction->state == FX_DMA_TRANSFER;
    if (alive) {
        transaction->registers = base;
    }
    base_lock_release(&transaction->lock);
    if (!alive) {
        fx_object_deref(&transaction->object); /* taken by Execute */
        return DeallocateObject;
    }
    if (!NT_SUCCESS(transfer_map_packet(transaction))) {
        transfer_finish(transaction, FX_DMA_FAILED);
    }
    return action;
}

/* Only one packet transaction of a device at a time, before version 3. */
static bool transfer_take_packet(struct fx_dma_transaction *transaction)
{
    struct fx_dma_enabler *enabler = transaction->enabler;

    if (!enabler->packet || enabler->version_3) {
        return true;
    }
    transaction->packet_taken =
        !__atomic_exchange_n(&enabler->device->dma_packet_taken, true, __ATOMIC_ACQUIRE);
    return transaction->packet_taken;
}

/* ---- stages ---- */

/* The next transfer is mapped and programmed, now or when there are map registers. After a success the
 * transaction may be over, and gone. */
static NTSTATUS transfer_stage(struct fx_dma_transaction *transaction)
{
    size_t size = transfer_next_size(transaction);

    if (!transaction->enabler->packet) {
        return transfer_map_list(transaction, size);
    }
    if (transaction->registers != NULL) {
        return transfer_map_packet(transaction);
    }
    return fx_dma_allocate_channel(transaction, (ULONG)BYTES_TO_PAGES(size) + 1, transfer_channel);
}

/* Not while the device has a transfer. The driver may begin anew at once, so this is the end here. */
static void transfer_finish(struct fx_dma_transaction *transaction, enum fx_dma_state state)
{
    fx_dma_end_packet(transaction);
    (void)fx_dma_move(transaction, FX_DMA_TRANSFER, state);
    fx_object_deref(&transaction->object); /* taken by Execute */
}

NTSTATUS WdfDmaTransactionExecute(WDFDMATRANSACTION DmaTransaction, WDFCONTEXT Context)
{
    struct fx_dma_transaction *transaction;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!fx_dma_move(transaction, FX_DMA_INITIALIZED, FX_DMA_TRANSFER)) {
        fx_dma_wrong_state(transaction, fx_dma_state(transaction), __func__);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!transfer_take_packet(transaction)) {
        (void)fx_dma_move(transaction, FX_DMA_TRANSFER, FX_DMA_INITIALIZED);
        return STATUS_WDF_BUSY;
    }
    transaction->context = Context;
    fx_object_ref(&transaction->object); /* until it is over: transfer_finish */
    status = transfer_stage(transaction);
    if (!NT_SUCCESS(status)) {
        transfer_finish(transaction, FX_DMA_FAILED); /* spec: DMA-23 */
    }
    return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
}

/* ---- completion ---- */

enum transfer_end { TRANSFER_WHOLE, TRANSFER_PART, TRANSFER_FINAL };

/* The device's part of the transfer is over; `moved` bytes of it are worth something. */
static void transfer_unmap(struct fx_dma_transaction *transaction, size_t moved)
{
    PDMA_ADAPTER adapter = transaction->adapter->wdm;
    BOOLEAN write = dma_is_write(transaction);
    struct hal_cursor cursor;
    KIRQL old;

    if (transaction->enabler->packet) {
        cursor = dma_cursor(transaction);
        /* Nothing moved: the whole is unmapped without bringing anything in. */
        (void)adapter->DmaOperations->FlushAdapterBuffers(
            adapter, cursor.mdl, transaction->registers, dma_address(&cursor),
            (ULONG)(moved != 0 ? moved : transaction->current), write || moved == 0);
    } else {
        old = dma_raise();
        adapter->DmaOperations->PutScatterGatherList(adapter, transaction->list, write);
        dma_lower(old);
    }
    transaction->list = NULL;
}

/* Whoever gets true has the turn. */
static bool transfer_take_turn(struct fx_dma_transaction *transaction, enum fx_dma_state *state)
{
    bool mapped;

    base_lock_acquire(&transaction->lock);
    *state = transaction->state;
    mapped = *state == FX_DMA_TRANSFER && transaction->mapped;
    transaction->mapped = false;
    base_lock_release(&transaction->lock);
    return mapped;
}

static BOOLEAN transfer_completed(struct fx_dma_transaction *transaction, enum transfer_end end,
                                  size_t length, NTSTATUS *status, const char *api)
{
    size_t moved;
    enum fx_dma_state state;

    if (!transfer_take_turn(transaction, &state)) {
        *status = STATUS_INVALID_DEVICE_REQUEST;
        fx_dma_wrong_state(transaction, state, api);
        return FALSE;
    }
    moved = end == TRANSFER_WHOLE ? transaction->current : length;
    if (moved > transaction->current) {
        transfer_unmap(transaction, transaction->current);
        *status = STATUS_INVALID_PARAMETER;
        transfer_finish(transaction, FX_DMA_FAILED);
        return TRUE;
    }
    transfer_unmap(transaction, moved);
    FX_SET(transaction->transferred, transaction->transferred + moved);
    if (end == TRANSFER_FINAL || transaction->transferred == transaction->length) {
        *status = STATUS_SUCCESS;
        transfer_finish(transaction, FX_DMA_COMPLETED);
        return TRUE;
    }
    *status = transfer_stage(transaction);
    if (NT_SUCCESS(*status)) {
        *status = STATUS_MORE_PROCESSING_REQUIRED; /* spec: DMA-05 */
        return FALSE;
    }
    transfer_finish(transaction, FX_DMA_FAILED);
    return TRUE;
}

BOOLEAN WdfDmaTransactionDmaCompleted(WDFDMATRANSACTION DmaTransaction, NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL && fx_required(Status) &&
           transfer_completed(transaction, TRANSFER_WHOLE, 0, Status, __func__);
}

BOOLEAN WdfDmaTransactionDmaCompletedWithLength(WDFDMATRANSACTION DmaTransaction,
                                                size_t TransferredLength, NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL && fx_required(Status) &&
           transfer_completed(transaction, TRANSFER_PART, TransferredLength, Status, __func__);
}

BOOLEAN WdfDmaTransactionDmaCompletedFinal(WDFDMATRANSACTION DmaTransaction,
                                           size_t FinalTransferredLength, NTSTATUS *Status)
{
    struct fx_dma_transaction *transaction;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    return transaction != NULL && fx_required(Status) &&
           transfer_completed(transaction, TRANSFER_FINAL, FinalTransferredLength, Status,
                              __func__);
}

/* ---- the other ends ---- */

BOOLEAN WdfDmaTransactionCancel(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;
    bool reserving;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL || !transaction->enabler->version_3 || !fx_dma_withdraw(transaction)) {
        return FALSE; /* it does not wait: too late, or nothing was asked for */
    }
    base_lock_acquire(&transaction->lock);
    reserving = transaction->reserving;
    transaction->reserving = false;
    base_lock_release(&transaction->lock);
    if (reserving) {
        fx_object_deref(&transaction->object); /* taken by AllocateResources */
    } else {
        transfer_finish(transaction, FX_DMA_FAILED);
    }
    return TRUE;
}

void fx_dma_abandon(struct fx_dma_transaction *transaction)
{
    bool mapped, busy, withdrawn;

    base_lock_acquire(&transaction->lock);
    busy = transaction->state == FX_DMA_TRANSFER || transaction->reserving;
    mapped = transaction->mapped;
    transaction->state = FX_DMA_DELETED;
    transaction->mapped = transaction->reserving = transaction->reserved = false;
    base_lock_release(&transaction->lock);
    withdrawn = busy && !mapped && fx_dma_withdraw(transaction);
    if (mapped) {
        transfer_unmap(transaction, 0);
    }
    fx_dma_end_packet(transaction);
    if (mapped || withdrawn) {
        fx_object_deref(&transaction->object); /* taken by Execute or AllocateResources */
    }
}
