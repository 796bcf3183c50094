/* fx_dma_reserve.c - map registers that a transaction has before it is initialized, and over several
 * transfers: only for packet profiles with DMA version 3.
 */
#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"

static void reserve_call(struct fx_dma_transaction *transaction)
{
    WDFDMATRANSACTION handle = fx_handle_of(&transaction->object);
    PVOID context = transaction->reserve_context;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtReserveDma", (const void *)transaction->reserve,
                      &transaction->object, NULL)) {
        transaction->reserve(handle, context);
        fx_call_leave(&call);
    }
}

static IO_ALLOCATION_ACTION reserve_granted(PDEVICE_OBJECT device, PIRP irp, PVOID base,
                                            PVOID context)
{
    struct fx_dma_transaction *transaction = context;
    IO_ALLOCATION_ACTION action = fx_dma_action(transaction);
    bool wanted;

    base_lock_acquire(&transaction->lock);
    wanted = transaction->reserving;
    if (wanted) {
        transaction->registers = base;
        transaction->reserving = false;
        transaction->reserved = true;
        transaction->state = FX_DMA_RESERVED;
    }
    base_lock_release(&transaction->lock);
    if (wanted) {
        reserve_call(transaction);
    }
    fx_object_deref(&transaction->object); /* taken by AllocateResources */
    return wanted ? action : DeallocateObject;
}

/* The state in which it can be asked for, noted as under way. */
static bool reserve_begin(struct fx_dma_transaction *transaction, enum fx_dma_state *state)
{
    bool begun;

    base_lock_acquire(&transaction->lock);
    *state = transaction->state;
    begun = (*state == FX_DMA_CREATED || *state == FX_DMA_RELEASED) && !transaction->reserving;
    transaction->reserving |= begun;
    base_lock_release(&transaction->lock);
    return begun;
}

static NTSTATUS reserve_allocate(struct fx_dma_transaction *transaction, ULONG count)
{
    NTSTATUS status;

    fx_object_ref(&transaction->object); /* until it is granted or withdrawn */
    status = fx_dma_allocate_channel(transaction, count, reserve_granted);
    if (!NT_SUCCESS(status)) {
        base_lock_acquire(&transaction->lock);
        transaction->reserving = false;
        base_lock_release(&transaction->lock);
        fx_object_deref(&transaction->object);
    }
    return status;
}

NTSTATUS WdfDmaTransactionAllocateResources(WDFDMATRANSACTION DmaTransaction,
                                            WDF_DMA_DIRECTION DmaDirection,
                                            ULONG RequiredMapRegisters,
                                            PFN_WDF_RESERVE_DMA EvtReserveDmaFunction,
                                            PVOID EvtReserveDmaContext)
{
    struct fx_dma_transaction *transaction;
    const struct fx_dma_adapter *adapter;
    enum fx_dma_state state;
    ULONG count;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL || !fx_required(EvtReserveDmaFunction) ||
        (DmaDirection != WdfDmaDirectionReadFromDevice &&
         DmaDirection != WdfDmaDirectionWriteToDevice)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!transaction->enabler->packet || !transaction->enabler->version_3) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    adapter = &transaction->enabler->adapters[DmaDirection];
    count = RequiredMapRegisters != 0 ? RequiredMapRegisters : adapter->map_registers;
    if (count > adapter->map_registers) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (!reserve_begin(transaction, &state)) {
        fx_dma_wrong_state(transaction, state, __func__);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    transaction->adapter = adapter;
    transaction->reserve = EvtReserveDmaFunction;
    transaction->reserve_context = EvtReserveDmaContext;
    return reserve_allocate(transaction, count);
}

VOID WdfDmaTransactionFreeResources(WDFDMATRANSACTION DmaTransaction)
{
    struct fx_dma_transaction *transaction;
    enum fx_dma_state state;
    bool had;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    transaction = fx_dma_transaction_get(DmaTransaction);
    if (transaction == NULL) {
        return;
    }
    base_lock_acquire(&transaction->lock);
    state = transaction->state;
    had = transaction->reserved && state != FX_DMA_TRANSFER;
    if (had) {
        transaction->reserved = false;
        if (state == FX_DMA_RESERVED) {
            transaction->state = FX_DMA_RELEASED;
        }
    }
    base_lock_release(&transaction->lock);
    if (had) {
        fx_dma_return_registers(transaction);
    } else {
        fx_dma_wrong_state(transaction, state, __func__);
    }
}
