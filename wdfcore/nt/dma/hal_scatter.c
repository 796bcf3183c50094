/* hal_scatter.c - scatter/gather lists: a whole transfer mapped at once, an element for each page (or
 * for each MDL, if the adapter takes one piece at a time).
 */
#include "nt/dma/hal_adapter.h"

#include <stdlib.h>

/* What a driver asks for, in either version of the routines. */
struct scatter_request {
    struct hal_adapter *adapter;
    PDEVICE_OBJECT device;
    struct hal_cursor start;
    ULONG length;
    bool write;
    bool now; /* DMA_SYNCHRONOUS_CALLBACK */
    PDRIVER_LIST_CONTROL routine;
    void *context;
    const void *transfer;
    void *buffer; /* for the list; NULL: memory of ours */
    ULONG buffer_length;
};

static ULONG scatter_list_size(ULONG elements)
{
    return (ULONG)(sizeof(SCATTER_GATHER_LIST) + elements * sizeof(SCATTER_GATHER_ELEMENT));
}

/* Maps all of it, closed. false: there are not enough addresses. */
static bool scatter_map(struct hal_registers *registers, const struct scatter_request *request)
{
    struct hal_cursor cursor = request->start;
    SCATTER_GATHER_LIST *list = registers->list;
    size_t left = request->length;

    list->NumberOfElements = 0;
    list->Reserved = 0;
    while (left > 0) {
        const struct hal_piece *piece = hal_piece_map(registers, &cursor, left);

        if (piece == NULL) {
            return false;
        }
        list->Elements[list->NumberOfElements++] = (SCATTER_GATHER_ELEMENT){
            .Address = {.QuadPart = (LONGLONG)piece->logical}, .Length = (ULONG)piece->size};
        left -= piece->size;
    }
    return true;
}

static NTSTATUS scatter_prepare(const struct scatter_request *request, struct hal_registers **out)
{
    ULONG pages = hal_cursor_pages(request->start, request->length);
    struct hal_registers *registers;

    if (pages == 0) { /* an empty transfer, or one that is longer than the chain */
        return request->length == 0 ? STATUS_INVALID_PARAMETER : STATUS_BUFFER_TOO_SMALL;
    }
    if (pages > request->adapter->map_registers) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (request->buffer != NULL && request->buffer_length < scatter_list_size(pages)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    registers = hal_registers_create(request->adapter, pages, false);
    if (registers == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (request->buffer == NULL) {
        registers->list_block = calloc(1, scatter_list_size(pages));
    }
    registers->list = request->buffer != NULL ? request->buffer : registers->list_block;
    if (registers->list == NULL || !scatter_map(registers, request)) {
        hal_registers_free(registers, "a transfer that was not begun");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    registers->write = request->write;
    registers->device = request->device;
    registers->list_control = request->routine;
    registers->context = request->context;
    registers->transfer = request->transfer;
    *out = registers;
    return STATUS_SUCCESS;
}

/* list: what a caller without a routine gets; NULL: it is not asked for. */
static NTSTATUS scatter_get(const struct scatter_request *request, PSCATTER_GATHER_LIST *list)
{
    struct hal_registers *registers;
    NTSTATUS status = scatter_prepare(request, &registers);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (list != NULL) {
        *list = registers->list;
    }
    if (!hal_registers_request(registers, request->now)) {
        if (list != NULL) {
            *list = NULL;
        }
        hal_registers_free(registers, "a transfer that was not begun");
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

NTSTATUS hal_GetScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                  PVOID CurrentVa, ULONG Length,
                                  PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                  BOOLEAN WriteToDevice)
{
    struct scatter_request request = {
        .adapter = hal_dma_api(DmaAdapter, "GetScatterGatherList", DISPATCH_LEVEL, DISPATCH_LEVEL),
        .device = DeviceObject,
        .length = Length,
        .write = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
    };

    if (request.adapter == NULL || !hal_cursor_at(&request.start, Mdl, CurrentVa)) {
        return STATUS_INVALID_PARAMETER;
    }
    return scatter_get(&request, NULL);
}

NTSTATUS hal_BuildScatterGatherList(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PMDL Mdl,
                                    PVOID CurrentVa, ULONG Length,
                                    PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                                    BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer,
                                    ULONG ScatterGatherLength)
{
    struct scatter_request request = {
        .adapter =
            hal_dma_api(DmaAdapter, "BuildScatterGatherList", DISPATCH_LEVEL, DISPATCH_LEVEL),
        .device = DeviceObject,
        .length = Length,
        .write = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
        .buffer = ScatterGatherBuffer,
        .buffer_length = ScatterGatherLength,
    };

    if (request.adapter == NULL || ScatterGatherBuffer == NULL ||
        !hal_cursor_at(&request.start, Mdl, CurrentVa)) {
        return STATUS_INVALID_PARAMETER;
    }
    return scatter_get(&request, NULL);
}

/* What the routines of version 3 have in common. */
static NTSTATUS scatter_get_extended(struct scatter_request *request, PMDL mdl, ULONGLONG offset,
                                     ULONG flags, PSCATTER_GATHER_LIST *list)
{
    request->now = (flags & DMA_SYNCHRONOUS_CALLBACK) != 0;
    if (request->adapter == NULL || !hal_transfer_is_initialized(request->transfer) ||
        !hal_cursor_behind(&request->start, mdl, offset) ||
        (request->routine == NULL && (!request->now || list == NULL))) {
        return STATUS_INVALID_PARAMETER;
    }
    return scatter_get(request, list);
}

NTSTATUS
hal_GetScatterGatherListEx(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                           PVOID DmaTransferContext, PMDL Mdl, ULONGLONG Offset, ULONG Length,
                           ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine, PVOID Context,
                           BOOLEAN WriteToDevice, PDMA_COMPLETION_ROUTINE DmaCompletionRoutine,
                           PVOID CompletionContext, PSCATTER_GATHER_LIST *ScatterGatherList)
{
    struct scatter_request request = {
        .adapter = hal_dma_api(DmaAdapter, "GetScatterGatherListEx", PASSIVE_LEVEL, DISPATCH_LEVEL),
        .device = DeviceObject,
        .length = Length,
        .write = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
        .transfer = DmaTransferContext,
    };

    return scatter_get_extended(&request, Mdl, Offset, Flags, ScatterGatherList);
}

NTSTATUS hal_BuildScatterGatherListEx(
    PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject, PVOID DmaTransferContext, PMDL Mdl,
    ULONGLONG Offset, ULONG Length, ULONG Flags, PDRIVER_LIST_CONTROL ExecutionRoutine,
    PVOID Context, BOOLEAN WriteToDevice, PVOID ScatterGatherBuffer, ULONG ScatterGatherLength,
    PDMA_COMPLETION_ROUTINE DmaCompletionRoutine, PVOID CompletionContext, PVOID ScatterGatherList)
{
    struct scatter_request request = {
        .adapter =
            hal_dma_api(DmaAdapter, "BuildScatterGatherListEx", PASSIVE_LEVEL, DISPATCH_LEVEL),
        .device = DeviceObject,
        .length = Length,
        .write = WriteToDevice,
        .routine = ExecutionRoutine,
        .context = Context,
        .transfer = DmaTransferContext,
        .buffer = ScatterGatherBuffer,
        .buffer_length = ScatterGatherLength,
    };

    if (ScatterGatherBuffer == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return scatter_get_extended(&request, Mdl, Offset, Flags, ScatterGatherList);
}

VOID hal_PutScatterGatherList(PDMA_ADAPTER DmaAdapter, PSCATTER_GATHER_LIST ScatterGather,
                              BOOLEAN WriteToDevice)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "PutScatterGatherList", DISPATCH_LEVEL, DISPATCH_LEVEL);
    struct hal_registers *registers;

    if (adapter == NULL) {
        return;
    }
    registers = ScatterGather != NULL ? hal_registers_find(adapter, NULL, ScatterGather) : NULL;
    if (registers == NULL) {
        hal_dma_misuse(adapter, 0x6,
                       "PutScatterGatherList of %p, which is no list of this adapter, or was put "
                       "back",
                       (void *)ScatterGather);
        return;
    }
    while (registers->piece_count > 0) {
        const struct hal_piece *piece = &registers->pieces[0];

        (void)hal_pieces_flush(registers, piece->memory, piece->size, WriteToDevice,
                               "PutScatterGatherList");
    }
    hal_registers_return(registers, "PutScatterGatherList");
}

/* ---- what a transfer needs ---- */

NTSTATUS hal_CalculateScatterGatherList(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID CurrentVa,
                                        ULONG Length, PULONG ScatterGatherListSize,
                                        PULONG pNumberOfMapRegisters)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "CalculateScatterGatherList", PASSIVE_LEVEL, DISPATCH_LEVEL);
    struct hal_cursor cursor;
    ULONG pages;

    if (adapter == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    /* Without an MDL: of any buffer of that length at that place. */
    if (Mdl == NULL) {
        pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(CurrentVa, Length);
    } else if (hal_cursor_at(&cursor, Mdl, CurrentVa)) {
        pages = hal_cursor_pages(cursor, Length);
    } else {
        return STATUS_INVALID_PARAMETER;
    }
    if (pages == 0) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (pages > adapter->map_registers) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *ScatterGatherListSize = scatter_list_size(pages);
    if (pNumberOfMapRegisters != NULL) {
        *pNumberOfMapRegisters = pages;
    }
    return STATUS_SUCCESS;
}

NTSTATUS hal_GetDmaTransferInfo(PDMA_ADAPTER DmaAdapter, PMDL Mdl, ULONGLONG Offset, ULONG Length,
                                BOOLEAN WriteOnly, PDMA_TRANSFER_INFO TransferInfo)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "GetDmaTransferInfo", PASSIVE_LEVEL, DISPATCH_LEVEL);
    struct hal_cursor cursor;
    ULONG pages;

    if (adapter == NULL || !hal_cursor_behind(&cursor, Mdl, Offset)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (TransferInfo->Version != DMA_TRANSFER_INFO_VERSION1 &&
        TransferInfo->Version != DMA_TRANSFER_INFO_VERSION2) {
        return STATUS_NOT_SUPPORTED;
    }
    pages = hal_cursor_pages(cursor, Length);
    if (pages == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    TransferInfo->V1 = (DMA_TRANSFER_INFO_V1){
        .MapRegisterCount = pages,
        .ScatterGatherElementCount = pages,
        .ScatterGatherListSize = scatter_list_size(pages),
    };
    if (TransferInfo->Version == DMA_TRANSFER_INFO_VERSION2) {
        TransferInfo->V2.LogicalPageCount = pages;
    }
    return STATUS_SUCCESS;
}
