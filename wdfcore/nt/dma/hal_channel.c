/* hal_channel.c - the channel of an adapter, with map registers for MapTransfer. A bus master has one
 * channel; whoever has it keeps it until its AdapterControl says otherwise, or until FreeAdapterChannel
 * or FreeAdapterObject.
 */
#include "nt/dma/hal_adapter.h"

#include <string.h>

#include "nt/ke/report/ke_report.h"

/* What InitializeDmaTransferContext writes; DMA_TRANSFER_CONTEXT_SIZE_V1 bytes belong to it. */
struct transfer_mark {
    ULONG version, mark;
};

#define TRANSFER_MARK 0x44617854u

NTSTATUS hal_InitializeDmaTransferContext(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    const struct transfer_mark mark = {DMA_TRANSFER_CONTEXT_VERSION1, TRANSFER_MARK};

    if (hal_dma_api(DmaAdapter, "InitializeDmaTransferContext", PASSIVE_LEVEL, DISPATCH_LEVEL) ==
            NULL ||
        DmaTransferContext == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    memset(DmaTransferContext, 0, DMA_TRANSFER_CONTEXT_SIZE_V1);
    memcpy(DmaTransferContext, &mark, sizeof(mark));
    return STATUS_SUCCESS;
}

bool hal_transfer_is_initialized(const void *transfer)
{
    struct transfer_mark mark;

    if (transfer == NULL) {
        return false;
    }
    memcpy(&mark, transfer, sizeof(mark));
    return mark.version == DMA_TRANSFER_CONTEXT_VERSION1 && mark.mark == TRANSFER_MARK;
}

NTSTATUS hal_AllocateAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                    ULONG NumberOfMapRegisters, PDRIVER_CONTROL ExecutionRoutine,
                                    PVOID Context)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "AllocateAdapterChannel", DISPATCH_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;

    if (adapter == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (NumberOfMapRegisters > adapter->map_registers) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registers = hal_registers_create(adapter, NumberOfMapRegisters, false);
    if (registers == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registers->channel = true;
    registers->device = DeviceObject;
    registers->control = ExecutionRoutine;
    registers->context = Context;
    (void)hal_registers_request(registers, false);
    return STATUS_SUCCESS;
}

NTSTATUS hal_AllocateAdapterChannelEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                      PVOID DmaTransferContext, ULONG NumberOfMapRegisters,
                                      ULONG Flags, PDRIVER_CONTROL ExecutionRoutine,
                                      PVOID ExecutionContext, PVOID *MapRegisterBase)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "AllocateAdapterChannelEx", PASSIVE_LEVEL, DISPATCH_LEVEL);
    bool now = (Flags & DMA_SYNCHRONOUS_CALLBACK) != 0;
    struct hal_registers *registers;

    if (adapter == NULL || !hal_transfer_is_initialized(DmaTransferContext) ||
        (ExecutionRoutine == NULL && (!now || MapRegisterBase == NULL))) {
        return STATUS_INVALID_PARAMETER;
    }
    if (NumberOfMapRegisters > adapter->map_registers) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registers =
        hal_registers_create(adapter, NumberOfMapRegisters, (Flags & DMA_ZERO_BUFFERS) != 0);
    if (registers == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registers->channel = true;
    registers->device = DeviceObject;
    registers->control = ExecutionRoutine;
    registers->context = ExecutionContext;
    registers->transfer = DmaTransferContext;
    if (MapRegisterBase != NULL && now) {
        *MapRegisterBase = registers;
    }
    if (!hal_registers_request(registers, now)) {
        hal_registers_free(registers, "AllocateAdapterChannelEx");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

BOOLEAN hal_CancelAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                 PVOID DmaTransferContext)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "CancelAdapterChannel", PASSIVE_LEVEL, DISPATCH_LEVEL);

    return adapter != NULL && DmaTransferContext != NULL &&
           hal_registers_cancel(adapter, DmaTransferContext);
}

/* DmaNotFlushed: what the device wrote there never reaches the buffer. */
static void registers_check_flushed(const struct hal_registers *registers, const char *api)
{
    if (registers->piece_count != 0) {
        ke_violation(RULE_DmaNotFlushed, 0xE6, 0xD, (uintptr_t)registers->adapter,
                     registers->piece_count, 0,
                     "%s while 0x%zx bytes at %p are still mapped with these map registers", api,
                     registers->pieces[0].size, (void *)registers->pieces[0].memory);
    }
}

/* The channel and, with `with_registers`, the map registers that came with it. optional: it need not
 * be allocated. */
static void channel_free(struct hal_adapter *adapter, bool with_registers, bool optional,
                         const char *api)
{
    struct hal_registers *held;
    bool taken;

    base_lock_acquire(&hal_dma);
    taken = adapter->channel_taken;
    held = adapter->holder;
    base_lock_release(&hal_dma);
    if (!taken && optional) {
        return;
    }
    if (!taken) {
        hal_dma_misuse(adapter, 0x4, "%s of an adapter whose channel is not allocated", api);
        return;
    }
    if (with_registers && held != NULL) {
        registers_check_flushed(held, api);
    }
    hal_channel_release(adapter);
    if (with_registers && held != NULL) {
        hal_registers_return(held, api);
    }
}

VOID hal_FreeAdapterChannel(PDMA_ADAPTER DmaAdapter)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FreeAdapterChannel", DISPATCH_LEVEL, DISPATCH_LEVEL);

    if (adapter != NULL) {
        channel_free(adapter, true, false, "FreeAdapterChannel");
    }
}

VOID hal_FreeAdapterObject(PDMA_ADAPTER DmaAdapter, IO_ALLOCATION_ACTION AllocationAction)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FreeAdapterObject", PASSIVE_LEVEL, DISPATCH_LEVEL);

    if (adapter == NULL || AllocationAction == KeepObject) {
        return;
    }
    /* After GetScatterGatherListEx without a routine there is nothing to free but the list. */
    channel_free(adapter, AllocationAction == DeallocateObject, adapter->scatter_gather,
                 "FreeAdapterObject");
}

VOID hal_FreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase,
                          ULONG NumberOfMapRegisters)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FreeMapRegisters", DISPATCH_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;

    if (adapter == NULL) {
        return;
    }
    registers = hal_registers_find(adapter, MapRegisterBase, NULL);
    if (registers == NULL) {
        hal_dma_misuse(adapter, 0x5,
                       "FreeMapRegisters of map registers that the driver does not have");
        return;
    }
    if (registers->count != NumberOfMapRegisters) {
        hal_dma_misuse(adapter, 0x5, "FreeMapRegisters of %u map registers where %u were allocated",
                       NumberOfMapRegisters, registers->count);
        return;
    }
    registers_check_flushed(registers, "FreeMapRegisters");
    hal_registers_return(registers, "FreeMapRegisters");
}
