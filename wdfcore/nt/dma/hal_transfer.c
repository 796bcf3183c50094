/* hal_transfer.c - MapTransfer and FlushAdapterBuffers: parts of a buffer become the device's, and the
 * driver's again.
 */
#include "nt/dma/hal_adapter.h"

static struct hal_registers *transfer_registers(struct hal_adapter *adapter, PVOID base,
                                                const char *api)
{
    struct hal_registers *registers = hal_registers_find(adapter, base, NULL);

    if (registers == NULL) {
        hal_dma_misuse(adapter, 0x5, "%s with map registers that the driver does not have", api);
    }
    return registers;
}

PHYSICAL_ADDRESS hal_MapTransfer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                 PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "MapTransfer", PASSIVE_LEVEL, DISPATCH_LEVEL);
    PHYSICAL_ADDRESS none = {.QuadPart = 0}, address;
    struct hal_registers *registers;
    struct hal_cursor cursor;
    struct hal_piece *piece;

    if (adapter == NULL) {
        return none;
    }
    registers = transfer_registers(adapter, MapRegisterBase, "MapTransfer");
    if (registers == NULL) {
        return none;
    }
    if (!hal_cursor_at(&cursor, Mdl, CurrentVa)) {
        hal_dma_misuse(adapter, 0, "MapTransfer at %p, which is outside of the MDL", CurrentVa);
        return none;
    }
    piece = hal_piece_map(registers, &cursor, *Length);
    if (piece == NULL) {
        hal_dma_misuse(adapter, 0xC, "MapTransfer with no map register left of %u",
                       registers->count);
        return none;
    }
    hal_piece_open(piece, WriteToDevice);
    *Length = (ULONG)piece->size;
    address.QuadPart = (LONGLONG)piece->logical;
    return address;
}

/* Maps what the registers and the caller's room allow; returns how many bytes. */
static size_t transfer_map(struct hal_registers *registers, struct hal_cursor cursor, size_t size,
                           bool write, PSCATTER_GATHER_LIST list, ULONG room)
{
    size_t mapped = 0;

    list->NumberOfElements = 0;
    list->Reserved = 0;
    while (mapped < size && list->NumberOfElements < room) {
        const struct hal_piece *piece = hal_piece_map(registers, &cursor, size - mapped);

        if (piece == NULL) {
            break;
        }
        hal_piece_open(piece, write);
        list->Elements[list->NumberOfElements++] = (SCATTER_GATHER_ELEMENT){
            .Address = {.QuadPart = (LONGLONG)piece->logical}, .Length = (ULONG)piece->size};
        mapped += piece->size;
    }
    return mapped;
}

NTSTATUS hal_MapTransferEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                           ULONGLONG Offset, ULONG DeviceOffset, PULONG Length,
                           BOOLEAN WriteToDevice, PSCATTER_GATHER_LIST ScatterGatherBuffer,
                           ULONG ScatterGatherBufferLength,
                           PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "MapTransferEx", PASSIVE_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;
    struct hal_cursor cursor;
    size_t mapped;

    if (adapter == NULL || ScatterGatherBuffer == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    registers = transfer_registers(adapter, MapRegisterBase, "MapTransferEx");
    if (registers == NULL || !hal_cursor_behind(&cursor, Mdl, Offset)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ScatterGatherBufferLength < sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    mapped = transfer_map(registers, cursor, *Length, WriteToDevice, ScatterGatherBuffer,
                          (ULONG)((ScatterGatherBufferLength - sizeof(SCATTER_GATHER_LIST)) /
                                  sizeof(SCATTER_GATHER_ELEMENT)));
    if (mapped == 0) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Length = (ULONG)mapped;
    return STATUS_SUCCESS;
}

/* All that is mapped of the bytes behind the cursor. */
static void transfer_flush(struct hal_registers *registers, struct hal_cursor cursor, size_t size,
                           bool write, const char *how)
{
    uint8_t *memory;
    size_t part;

    while (size > 0 && (part = hal_cursor_next(&cursor, size, false, &memory)) != 0) {
        (void)hal_pieces_flush(registers, memory, part, write, how);
        size -= part;
    }
}

BOOLEAN hal_FlushAdapterBuffers(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FlushAdapterBuffers", PASSIVE_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;
    struct hal_cursor cursor;

    if (adapter == NULL) {
        return FALSE;
    }
    registers = transfer_registers(adapter, MapRegisterBase, "FlushAdapterBuffers");
    if (registers == NULL) {
        return FALSE;
    }
    if (!hal_cursor_at(&cursor, Mdl, CurrentVa)) {
        hal_dma_misuse(adapter, 0, "FlushAdapterBuffers at %p, which is outside of the MDL",
                       CurrentVa);
        return FALSE;
    }
    transfer_flush(registers, cursor, Length, WriteToDevice, "FlushAdapterBuffers");
    return TRUE;
}

NTSTATUS hal_FlushAdapterBuffersEx(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                   ULONGLONG Offset, ULONG Length, BOOLEAN WriteToDevice)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "FlushAdapterBuffersEx", PASSIVE_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;
    struct hal_cursor cursor;

    if (adapter == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    registers = transfer_registers(adapter, MapRegisterBase, "FlushAdapterBuffersEx");
    if (registers == NULL || !hal_cursor_behind(&cursor, Mdl, Offset)) {
        return STATUS_INVALID_PARAMETER;
    }
    transfer_flush(registers, cursor, Length, WriteToDevice, "FlushAdapterBuffersEx");
    return STATUS_SUCCESS;
}
