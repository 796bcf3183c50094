/* hal_adapter.c - IoGetDmaAdapter and PutDmaAdapter, what an adapter says of itself, and what a driver
 * has left of it.
 */
#include "nt/dma/hal_adapter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "nt/hal/hal_memory.h"
#include "nt/ke/ke_api.h"
#include "nt/io/io_device.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

struct base_lock hal_dma = {.rank = BASE_RANK_HAL};

static struct hal_adapter *adapters; /* (d) newest first */

void hal_dma_misuse(const struct hal_adapter *adapter, uint64_t code, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    ke_violation(RULE_DmaMisuse, 0xE6, code, (uintptr_t)adapter, 0, 0, "%s", text);
}

static struct hal_adapter *adapter_find(const DMA_ADAPTER *handed)
{
    struct hal_adapter *adapter;

    base_lock_acquire(&hal_dma);
    adapter = adapters;
    while (adapter != NULL && &adapter->head != handed) {
        adapter = adapter->next;
    }
    base_lock_release(&hal_dma);
    return adapter;
}

struct hal_adapter *hal_dma_api(PDMA_ADAPTER handed, const char *name, KIRQL lowest, KIRQL highest)
{
    struct hal_adapter *adapter;

    if (!ke_api(name, highest)) {
        return NULL;
    }
    if (ke_self->irql < lowest) {
        ke_violation(RULE_IrqlTooLow, 0, ke_self->irql, lowest, 0, 0,
                     "%s was called at %s, below %s", name, ke_irql_name(ke_self->irql),
                     ke_irql_name(lowest));
        return NULL;
    }
    adapter = adapter_find(handed);
    if (adapter == NULL) {
        ke_violation(RULE_DmaMisuse, 0xE6, 0, (uintptr_t)handed, 0, 0,
                     "%s of what is no DMA adapter, or was given back by PutDmaAdapter", name);
    }
    return adapter;
}

/* ---- what an adapter says of itself ---- */

static ULONG hal_GetDmaAlignment(PDMA_ADAPTER DmaAdapter)
{
    return hal_dma_api(DmaAdapter, "GetDmaAlignment", PASSIVE_LEVEL, DISPATCH_LEVEL) != NULL ? 1
                                                                                             : 0;
}

/* Of a system DMA controller, which no machine has. */
static ULONG hal_ReadDmaCounter(PDMA_ADAPTER DmaAdapter)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "ReadDmaCounter", PASSIVE_LEVEL, DISPATCH_LEVEL);

    if (adapter != NULL) {
        hal_dma_misuse(adapter, 0, "ReadDmaCounter of a bus master's adapter");
    }
    return 0;
}

static NTSTATUS hal_GetDmaAdapterInfo(PDMA_ADAPTER DmaAdapter, PDMA_ADAPTER_INFO AdapterInfo)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "GetDmaAdapterInfo", PASSIVE_LEVEL, DISPATCH_LEVEL);

    if (adapter == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (AdapterInfo->Version != DMA_ADAPTER_INFO_VERSION1) {
        return STATUS_NOT_SUPPORTED;
    }
    AdapterInfo->V1 = (DMA_ADAPTER_INFO_V1){
        .ScatterGatherLimit = adapter->scatter_gather ? adapter->map_registers : 1,
        .DmaAddressWidth = adapter->width,
        .Flags = ADAPTER_INFO_SYNCHRONOUS_CALLBACK,
        .MinimumTransferUnit = 1,
    };
    return STATUS_SUCCESS;
}

static NTSTATUS hal_BuildMdlFromScatterGatherList(PDMA_ADAPTER DmaAdapter,
                                                  PSCATTER_GATHER_LIST ScatterGather,
                                                  PMDL OriginalMdl, PMDL *TargetMdl)
{
    (void)hal_dma_api(DmaAdapter, "BuildMdlFromScatterGatherList", PASSIVE_LEVEL, DISPATCH_LEVEL);
    return STATUS_NOT_IMPLEMENTED;
}

static NTSTATUS hal_ConfigureAdapterChannel(PDMA_ADAPTER DmaAdapter, ULONG FunctionNumber,
                                            PVOID Context)
{
    (void)hal_dma_api(DmaAdapter, "ConfigureAdapterChannel", PASSIVE_LEVEL, DISPATCH_LEVEL);
    return STATUS_NOT_IMPLEMENTED;
}

/* Ends a transfer of a system DMA controller. */
static NTSTATUS hal_CancelMappedTransfer(PDMA_ADAPTER DmaAdapter, PVOID DmaTransferContext)
{
    (void)hal_dma_api(DmaAdapter, "CancelMappedTransfer", PASSIVE_LEVEL, DISPATCH_LEVEL);
    return STATUS_NOT_IMPLEMENTED;
}

/* Memory is coherent: what the driver wrote is what the device reads. */
static NTSTATUS hal_FlushDmaBuffer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, BOOLEAN ReadOperation)
{
    return hal_dma_api(DmaAdapter, "FlushDmaBuffer", PASSIVE_LEVEL, DISPATCH_LEVEL) != NULL
               ? STATUS_SUCCESS
               : STATUS_INVALID_PARAMETER;
}

/* ---- its life ---- */

/* What forbids to give the adapter back: code of bugcheck 0xE6; 0: nothing. */
static uint64_t adapter_left_locked(const struct hal_adapter *adapter, const char **what)
{
    if (adapter->buffers != NULL) {
        *what = "common buffers that were not freed";
        return 0x7;
    }
    if (adapter->channel_taken) {
        *what = "its channel allocated";
        return 0x8;
    }
    if (adapter->waiting != 0) {
        *what = "requests for map registers that wait";
        return 0x9;
    }
    if (adapter->registers != NULL) {
        bool list = adapter->registers->list != NULL;

        *what = list ? "scatter/gather lists that were not put back"
                     : "map registers that were not freed";
        return list ? 0xA : 0x9;
    }
    *what = NULL;
    return 0;
}

static void hal_PutDmaAdapter(PDMA_ADAPTER DmaAdapter)
{
    struct hal_adapter *adapter =
        hal_dma_api(DmaAdapter, "PutDmaAdapter", PASSIVE_LEVEL, PASSIVE_LEVEL);
    struct hal_adapter **link = &adapters;
    const char *what;
    uint64_t code;

    if (adapter == NULL) {
        return;
    }
    base_lock_acquire(&hal_dma);
    code = adapter_left_locked(adapter, &what);
    while (code == 0 && *link != adapter) {
        link = &(*link)->next;
    }
    if (code == 0) {
        *link = adapter->next;
    }
    base_lock_release(&hal_dma);
    if (code != 0) {
        hal_dma_misuse(adapter, code, "PutDmaAdapter of an adapter with %s", what);
        return;
    }
    free(adapter);
}

/* Shared by all adapters: what a driver has kept of them stays true when an adapter is gone, and the
 * call is named. */
#define ADAPTER_VERSION_1                                                                         \
    .PutDmaAdapter = hal_PutDmaAdapter, .AllocateCommonBuffer = hal_AllocateCommonBuffer,         \
    .FreeCommonBuffer = hal_FreeCommonBuffer,                                                     \
    .AllocateAdapterChannel = hal_AllocateAdapterChannel,                                         \
    .FlushAdapterBuffers = hal_FlushAdapterBuffers, .FreeAdapterChannel = hal_FreeAdapterChannel, \
    .FreeMapRegisters = hal_FreeMapRegisters, .MapTransfer = hal_MapTransfer,                     \
    .GetDmaAlignment = hal_GetDmaAlignment, .ReadDmaCounter = hal_ReadDmaCounter,                 \
    .GetScatterGatherList = hal_GetScatterGatherList,                                             \
    .PutScatterGatherList = hal_PutScatterGatherList,                                             \
    .CalculateScatterGatherList = hal_CalculateScatterGatherList,                                 \
    .BuildScatterGatherList = hal_BuildScatterGatherList,                                         \
    .BuildMdlFromScatterGatherList = hal_BuildMdlFromScatterGatherList

static DMA_OPERATIONS adapter_version_1 = {
    .Size = FIELD_OFFSET(DMA_OPERATIONS, GetDmaAdapterInfo),
    ADAPTER_VERSION_1,
};

static DMA_OPERATIONS adapter_version_3 = {
    .Size = sizeof(DMA_OPERATIONS),
    ADAPTER_VERSION_1,
    .GetDmaAdapterInfo = hal_GetDmaAdapterInfo,
    .GetDmaTransferInfo = hal_GetDmaTransferInfo,
    .InitializeDmaTransferContext = hal_InitializeDmaTransferContext,
    .AllocateCommonBufferEx = hal_AllocateCommonBufferEx,
    .AllocateAdapterChannelEx = hal_AllocateAdapterChannelEx,
    .ConfigureAdapterChannel = hal_ConfigureAdapterChannel,
    .CancelAdapterChannel = hal_CancelAdapterChannel,
    .MapTransferEx = hal_MapTransferEx,
    .GetScatterGatherListEx = hal_GetScatterGatherListEx,
    .BuildScatterGatherListEx = hal_BuildScatterGatherListEx,
    .FlushAdapterBuffersEx = hal_FlushAdapterBuffersEx,
    .FreeAdapterObject = hal_FreeAdapterObject,
    .CancelMappedTransfer = hal_CancelMappedTransfer,
    .FlushDmaBuffer = hal_FlushDmaBuffer,
};

static ULONG adapter_width(const DEVICE_DESCRIPTION *description)
{
    if (description->Version >= DEVICE_DESCRIPTION_VERSION3 && description->DmaAddressWidth != 0) {
        return description->DmaAddressWidth;
    }
    return description->Dma64BitAddresses ? 64 : description->Dma32BitAddresses ? 32 : 24;
}

static void adapter_init(struct hal_adapter *adapter, const DEVICE_DESCRIPTION *description)
{
    uint64_t pages = BYTES_TO_PAGES((uint64_t)description->MaximumLength) + 1;

    adapter->width = adapter_width(description);
    adapter->highest = UINT64_MAX >> (64 - adapter->width);
    adapter->scatter_gather = description->ScatterGather;
    adapter->bounces = !adapter->scatter_gather || adapter->width <= 32;
    if (adapter->bounces && pages > HAL_MAP_REGISTERS) {
        pages = HAL_MAP_REGISTERS;
    }
    adapter->map_registers = (ULONG)pages;
    adapter->head.Size = sizeof(adapter->head);
    adapter->head.Version = 1;
    adapter->head.DmaOperations = &adapter_version_1;
    if (description->Version >= DEVICE_DESCRIPTION_VERSION3) {
        adapter->head.Version = DEVICE_DESCRIPTION_VERSION3;
        adapter->head.DmaOperations = &adapter_version_3;
    }
}

PDMA_ADAPTER IoGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                             PDEVICE_DESCRIPTION DeviceDescription, PULONG NumberOfMapRegisters)
{
    struct hal_adapter *adapter;
    ULONG width;

    if (!API(PASSIVE_LEVEL) || !io_device_check(PhysicalDeviceObject, __func__)) {
        return NULL;
    }
    width = adapter_width(DeviceDescription);
    if (DeviceDescription->Version > DEVICE_DESCRIPTION_VERSION3 || !DeviceDescription->Master ||
        width < 24 || width > 64) {
        return NULL;
    }
    adapter = calloc(1, sizeof(*adapter));
    if (adapter == NULL) {
        return NULL;
    }
    adapter_init(adapter, DeviceDescription);
    adapter->device = PhysicalDeviceObject;
    adapter->creator = KE_CALLER();
    base_lock_acquire(&hal_dma);
    adapter->next = adapters;
    adapters = adapter;
    base_lock_release(&hal_dma);
    *NumberOfMapRegisters = adapter->map_registers;
    return &adapter->head;
}

/* ---- what is left ---- */

ULONG hal_dma_report_leaks(const char *driver, const void *start, size_t size)
{
    ULONG count = 0;

    for (const struct hal_adapter *adapter = adapters; adapter != NULL; adapter = adapter->next) {
        const char *what;
        char site[120];

        if (start != NULL && (uintptr_t)adapter->creator - (uintptr_t)start >= (uintptr_t)size) {
            continue;
        }
        (void)adapter_left_locked(adapter, &what); /* nobody else runs any more */
        ke_report_site(adapter->creator, site, sizeof(site));
        count++;
        ke_violation(RULE_DmaLeak, 0, (uintptr_t)adapter, 0, 0, 0,
                     "%s left a DMA adapter%s%s, obtained at %s", driver,
                     what != NULL ? " with " : "", what != NULL ? what : "", site);
    }
    return count;
}

static void hal_dma_stop(void)
{
    hal_registers_stop();
    while (adapters != NULL) {
        struct hal_adapter *adapter = adapters;

        adapters = adapter->next;
        while (adapter->registers != NULL) {
            struct hal_registers *registers = adapter->registers;

            adapter->registers = registers->next;
            hal_registers_free(registers, "the machine's end");
        }
        hal_common_buffers_free(adapter);
        free(adapter);
    }
    hal_memory_stop();
}

static struct ke_machine_part hal_dma_part = {.order = 11, .stop = hal_dma_stop};

__attribute__((constructor)) static void hal_dma_register(void)
{
    ke_machine_register(&hal_dma_part);
}
