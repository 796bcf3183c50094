/* test_hal_dma.c - adapters as a WDM driver uses them, and a device that sees what they map. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include <string.h>

#include "nt/dma/hal_adapter.h"
#include "nt/dma_device.h"
#include "nt/nt_driver.h"

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT object;
    PDMA_ADAPTER adapter;
    DMA_OPERATIONS *operations;
    ULONG map_registers;
    struct dma_buffer buffer;
} test;

static int test_setup(void **state)
{
    memset(&test, 0, sizeof(test));
    dma_device_init();
    test.driver = nt_driver_create();
    test.object = nt_device_create(test.driver, NULL, nt_succeed);
    return 0;
}

static int test_teardown(void **state)
{
    dma_buffer_free(&test.buffer);
    if (test.adapter != NULL) {
        test.operations->PutDmaAdapter(test.adapter);
    }
    nt_driver_delete(test.driver);
    hal_device_deinit(&dma_device);
    return 0;
}

#define DMA_TEST .setup = test_setup, .teardown = test_teardown

/* ---- a driver's part ---- */

static DEVICE_DESCRIPTION bus_master(BOOLEAN scatter_gather, BOOLEAN wide, ULONG length)
{
    return (DEVICE_DESCRIPTION){
        .Version = DEVICE_DESCRIPTION_VERSION,
        .Master = TRUE,
        .ScatterGather = scatter_gather,
        .Dma32BitAddresses = TRUE,
        .Dma64BitAddresses = wide,
        .InterfaceType = PCIBus,
        .MaximumLength = length,
    };
}

static void get_adapter(DEVICE_DESCRIPTION description)
{
    test.adapter = IoGetDmaAdapter(test.object, &description, &test.map_registers);
    assert_non_null(test.adapter);
    test.operations = test.adapter->DmaOperations;
}

static UCHAR *make_buffer(ULONG offset, ULONG length)
{
    dma_buffer_make(&test.buffer, offset, length);
    return test.buffer.bytes;
}

static PVOID mdl_va(void)
{
    return MmGetMdlVirtualAddress(test.buffer.mdl);
}

/* ---- adapters ---- */

static void an_adapter_has_registers_for_its_longest_transfer(void **state)
{
    DEVICE_DESCRIPTION slave = bus_master(TRUE, TRUE, 0x10000);

    get_adapter(bus_master(TRUE, TRUE, 0x10000));
    assert_int_equal(test.map_registers, 17);
    assert_int_equal(test.adapter->Version, 1);
    assert_int_equal(test.operations->Size, 128);
    assert_int_equal(test.operations->GetDmaAlignment(test.adapter), 1);
    slave.Master = FALSE;
    assert_null(IoGetDmaAdapter(test.object, &slave, &test.map_registers));
}

static void version_3_says_what_the_adapter_can(void **state)
{
    DEVICE_DESCRIPTION description = bus_master(TRUE, FALSE, 0x4000);
    DMA_ADAPTER_INFO info = {.Version = DMA_ADAPTER_INFO_VERSION1};
    DMA_TRANSFER_INFO transfer = {.Version = DMA_TRANSFER_INFO_VERSION1};

    description.Version = DEVICE_DESCRIPTION_VERSION3;
    description.DmaAddressWidth = 40;
    get_adapter(description);
    assert_int_equal(test.adapter->Version, 3);
    assert_int_equal(test.operations->Size, sizeof(DMA_OPERATIONS));
    assert_int_equal(test.operations->GetDmaAdapterInfo(test.adapter, &info), STATUS_SUCCESS);
    assert_int_equal(info.V1.DmaAddressWidth, 40);
    assert_int_equal(info.V1.ScatterGatherLimit, 5);
    make_buffer(100, 2 * PAGE_SIZE);
    assert_int_equal(test.operations->GetDmaTransferInfo(test.adapter, test.buffer.mdl, PAGE_SIZE,
                                                         PAGE_SIZE, TRUE, &transfer),
                     STATUS_SUCCESS);
    assert_int_equal(transfer.V1.ScatterGatherElementCount, 2);
    assert_int_equal(transfer.V1.MapRegisterCount, 2);
    info.Version = 9;
    assert_int_equal(test.operations->GetDmaAdapterInfo(test.adapter, &info), STATUS_NOT_SUPPORTED);
}

static void an_adapter_goes_last(void **state)
{
    PHYSICAL_ADDRESS logical;
    PVOID buffer;

    get_adapter(bus_master(TRUE, TRUE, PAGE_SIZE));
    buffer = test.operations->AllocateCommonBuffer(test.adapter, 64, &logical, TRUE);
    assert_non_null(buffer);
    wc_expect_violation("DmaMisuse");
    test.operations->PutDmaAdapter(test.adapter);
    test.operations->FreeCommonBuffer(test.adapter, 64, logical, buffer, TRUE);
    test.operations->PutDmaAdapter(test.adapter);
    wc_expect_violation("DmaMisuse"); /* the driver has it no more */
    test.operations->GetDmaAlignment(test.adapter);
    test.adapter = NULL;
}

/* ---- common buffers ---- */

static void driver_and_device_share_a_common_buffer(void **state)
{
    PHYSICAL_ADDRESS logical;
    UCHAR *buffer;

    get_adapter(bus_master(TRUE, FALSE, PAGE_SIZE));
    buffer = test.operations->AllocateCommonBuffer(test.adapter, 5000, &logical, TRUE);
    assert_non_null(buffer);
    assert_int_equal((ULONG_PTR)buffer % PAGE_SIZE, 0);
    assert_true((uint64_t)logical.QuadPart + 5000 <= 0x100000000);
    assert_true((uint64_t)logical.QuadPart != (uint64_t)(ULONG_PTR)buffer);
    buffer[4999] = 17;
    assert_true(device_sees((uint64_t)logical.QuadPart + 4999, "\x11", 1));
    assert_true(device_write((uint64_t)logical.QuadPart + 8, "abc", 3));
    assert_memory_equal(buffer + 8, "abc", 3);
    wc_expect_violation("DmaUnmapped"); /* one byte too far */
    assert_false(device_write((uint64_t)logical.QuadPart + 4999, "xy", 2));
    assert_int_equal(buffer[4999], 17);
    wc_expect_violation("DmaMisuse");
    test.operations->FreeCommonBuffer(test.adapter, 4999, logical, buffer, TRUE);
    test.operations->FreeCommonBuffer(test.adapter, 5000, logical, buffer, TRUE);
    wc_expect_violation("DmaUnmapped");
    assert_false(device_sees((uint64_t)logical.QuadPart, "", 1));
    wc_expect_violation("DmaMisuse");
    test.operations->FreeCommonBuffer(test.adapter, 5000, logical, buffer, TRUE);
}

static void the_address_width_bounds_logical_addresses(void **state)
{
    DEVICE_DESCRIPTION description = bus_master(TRUE, FALSE, PAGE_SIZE);
    PHYSICAL_ADDRESS logical, below = {.QuadPart = 0x2000000};
    PVOID buffer;

    description.Version = DEVICE_DESCRIPTION_VERSION3;
    description.DmaAddressWidth = 24;
    get_adapter(description);
    buffer = test.operations->AllocateCommonBuffer(test.adapter, PAGE_SIZE, &logical, TRUE);
    assert_true((uint64_t)logical.QuadPart + PAGE_SIZE <= 0x1000000);
    test.operations->FreeCommonBuffer(test.adapter, PAGE_SIZE, logical, buffer, TRUE);
    /* More than the device can tell apart. */
    assert_null(test.operations->AllocateCommonBuffer(test.adapter, 0x1000000, &logical, TRUE));
    test.operations->PutDmaAdapter(test.adapter);
    description.DmaAddressWidth = 32;
    get_adapter(description);
    buffer = test.operations->AllocateCommonBufferEx(test.adapter, &below, PAGE_SIZE, &logical,
                                                     TRUE, MM_ANY_NODE_OK);
    assert_true((uint64_t)logical.QuadPart + PAGE_SIZE <= 0x2000000);
    test.operations->FreeCommonBuffer(test.adapter, PAGE_SIZE, logical, buffer, TRUE);
}

/* ---- scatter/gather lists ---- */

static struct {
    PSCATTER_GATHER_LIST list;
    KIRQL irql;
    int calls;
} got;

static VOID on_list(PDEVICE_OBJECT device, PIRP irp, PSCATTER_GATHER_LIST list, PVOID context)
{
    assert_ptr_equal(device, test.object);
    assert_ptr_equal(context, &got);
    got.list = list;
    got.irql = KeGetCurrentIrql();
    got.calls++;
}

static NTSTATUS get_list(ULONG length, BOOLEAN write)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();
    NTSTATUS status = test.operations->GetScatterGatherList(
        test.adapter, test.object, test.buffer.mdl, mdl_va(), length, on_list, &got, write);

    KeLowerIrql(old);
    return status;
}

static void put_list(PSCATTER_GATHER_LIST list, BOOLEAN write)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    test.operations->PutScatterGatherList(test.adapter, list, write);
    KeLowerIrql(old);
}

static void a_list_has_an_element_for_each_page(void **state)
{
    UCHAR *buffer = make_buffer(100, 2 * PAGE_SIZE);
    size_t offset = 0;

    memset(&got, 0, sizeof(got));
    get_adapter(bus_master(TRUE, TRUE, 0x10000));
    assert_int_equal(get_list(2 * PAGE_SIZE, TRUE), STATUS_SUCCESS);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.irql, DISPATCH_LEVEL);
    assert_int_equal(got.list->NumberOfElements, 3);
    for (ULONG i = 0; i < 3; i++) {
        const SCATTER_GATHER_ELEMENT *element = &got.list->Elements[i];

        assert_true(
            device_sees((uint64_t)element->Address.QuadPart, buffer + offset, element->Length));
        assert_int_equal(element->Address.QuadPart % PAGE_SIZE, i == 0 ? 100 : 0);
        offset += element->Length;
    }
    assert_int_equal(offset, 2 * PAGE_SIZE);
    wc_expect_violation("DmaDirection");
    assert_false(device_write((uint64_t)got.list->Elements[0].Address.QuadPart, "x", 1));
    offset = (size_t)got.list->Elements[0].Address.QuadPart;
    put_list(got.list, TRUE);
    wc_expect_violation("DmaUnmapped");
    assert_false(device_sees(offset, buffer, 1));
    wc_expect_violation("DmaMisuse");
    put_list(got.list, TRUE);
}

static void a_wide_device_reaches_the_buffer_itself(void **state)
{
    UCHAR *buffer = make_buffer(0, PAGE_SIZE);

    get_adapter(bus_master(TRUE, TRUE, PAGE_SIZE));
    assert_int_equal(get_list(PAGE_SIZE, FALSE), STATUS_SUCCESS);
    assert_true(device_write((uint64_t)got.list->Elements[0].Address.QuadPart, "new", 3));
    assert_memory_equal(buffer, "new", 3);
    put_list(got.list, FALSE);
}

static void a_narrow_device_reaches_a_copy(void **state)
{
    UCHAR *buffer = make_buffer(8, 3000);
    UCHAR old = buffer[0];

    get_adapter(bus_master(TRUE, FALSE, PAGE_SIZE));
    assert_int_equal(get_list(3000, FALSE), STATUS_SUCCESS);
    assert_true((uint64_t)got.list->Elements[0].Address.QuadPart < 0x100000000);
    assert_true(device_write((uint64_t)got.list->Elements[0].Address.QuadPart, "new", 3));
    assert_int_equal(buffer[0], old); /* the driver sees nothing of it yet */
    put_list(got.list, FALSE);
    assert_memory_equal(buffer, "new", 3);
}

static void a_copy_is_made_when_the_transfer_begins(void **state)
{
    UCHAR *buffer = make_buffer(8, 3000);

    get_adapter(bus_master(TRUE, FALSE, PAGE_SIZE));
    assert_int_equal(get_list(3000, TRUE), STATUS_SUCCESS);
    assert_true(device_sees((uint64_t)got.list->Elements[0].Address.QuadPart, buffer, 3000));
    buffer[5] ^= 0xff; /* too late */
    assert_false(device_sees((uint64_t)got.list->Elements[0].Address.QuadPart, buffer, 3000));
    put_list(got.list, TRUE);
}

static void a_list_fails_where_it_does_not_fit(void **state)
{
    ULONG size, registers;

    make_buffer(0, 4 * PAGE_SIZE);
    got.calls = 0;
    get_adapter(bus_master(TRUE, TRUE, 2 * PAGE_SIZE));
    assert_int_equal(get_list(4 * PAGE_SIZE, TRUE), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(get_list(5 * PAGE_SIZE, TRUE), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(got.calls, 0);
    assert_int_equal(test.operations->CalculateScatterGatherList(
                         test.adapter, test.buffer.mdl, mdl_va(), 2 * PAGE_SIZE, &size, &registers),
                     STATUS_SUCCESS);
    assert_int_equal(registers, 2);
    assert_int_equal(size, sizeof(SCATTER_GATHER_LIST) + 2 * sizeof(SCATTER_GATHER_ELEMENT));
    wc_expect_violation("IrqlTooLow");
    assert_int_equal(test.operations->GetScatterGatherList(test.adapter, test.object,
                                                           test.buffer.mdl, mdl_va(), 1, on_list,
                                                           &got, TRUE),
                     STATUS_INVALID_PARAMETER);
}

static void a_list_can_lie_in_the_drivers_memory(void **state)
{
    UCHAR *buffer = make_buffer(0, 2 * PAGE_SIZE);
    UCHAR room[sizeof(SCATTER_GATHER_LIST) + 2 * sizeof(SCATTER_GATHER_ELEMENT)];
    KIRQL old;

    get_adapter(bus_master(TRUE, TRUE, 2 * PAGE_SIZE));
    old = KeRaiseIrqlToDpcLevel();
    assert_int_equal(test.operations->BuildScatterGatherList(
                         test.adapter, test.object, test.buffer.mdl, mdl_va(), 2 * PAGE_SIZE,
                         on_list, &got, TRUE, room, sizeof(room) - 1),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(test.operations->BuildScatterGatherList(
                         test.adapter, test.object, test.buffer.mdl, mdl_va(), 2 * PAGE_SIZE,
                         on_list, &got, TRUE, room, sizeof(room)),
                     STATUS_SUCCESS);
    KeLowerIrql(old);
    assert_ptr_equal(got.list, room);
    assert_true(device_sees((uint64_t)got.list->Elements[1].Address.QuadPart, buffer + PAGE_SIZE,
                            PAGE_SIZE));
    put_list(got.list, TRUE);
}

static void a_chain_of_mdls_is_one_transfer(void **state)
{
    UCHAR *buffer = make_buffer(0, 3 * PAGE_SIZE);
    PMDL second = IoAllocateMdl(buffer + 2 * PAGE_SIZE, 300, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(second);
    test.buffer.mdl->ByteCount = PAGE_SIZE;
    test.buffer.mdl->Next = second;
    get_adapter(bus_master(TRUE, TRUE, 3 * PAGE_SIZE));
    assert_int_equal(get_list(PAGE_SIZE + 300, TRUE), STATUS_SUCCESS);
    assert_int_equal(got.list->NumberOfElements, 2);
    assert_true(
        device_sees((uint64_t)got.list->Elements[1].Address.QuadPart, buffer + 2 * PAGE_SIZE, 300));
    put_list(got.list, TRUE);
    test.buffer.mdl->Next = NULL;
    IoFreeMdl(second);
}

/* ---- waiting for map registers ---- */

static void who_wants_map_registers_waits_its_turn(void **state)
{
    PSCATTER_GATHER_LIST lists[2];

    make_buffer(0, HAL_MAP_REGISTERS * PAGE_SIZE);
    memset(&got, 0, sizeof(got));
    get_adapter(bus_master(TRUE, FALSE, HAL_MAP_REGISTERS * PAGE_SIZE));
    assert_int_equal(test.map_registers, HAL_MAP_REGISTERS);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(get_list(HAL_MAP_REGISTERS * PAGE_SIZE, TRUE), STATUS_SUCCESS);
        lists[i] = got.list;
    }
    assert_int_equal(get_list(2 * PAGE_SIZE, TRUE), STATUS_SUCCESS);
    assert_int_equal(get_list(PAGE_SIZE, TRUE), STATUS_SUCCESS);
    assert_int_equal(got.calls, 2);
    wc_expect_violation("DmaMisuse");
    test.operations->PutDmaAdapter(test.adapter);
    put_list(lists[0], TRUE); /* enough for both that wait */
    assert_int_equal(got.calls, 4);
    assert_int_equal(got.list->NumberOfElements, 1);
    put_list(got.list, TRUE);
    put_list(lists[1], TRUE);
    assert_int_equal(got.calls, 4);
    /* The list of two elements is what is left. */
    base_lock_acquire(&hal_dma);
    lists[0] = CONTAINING_RECORD(test.adapter, struct hal_adapter, head)->registers->list;
    base_lock_release(&hal_dma);
    assert_int_equal(lists[0]->NumberOfElements, 2);
    put_list(lists[0], TRUE);
}

/* ---- channels ---- */

static struct {
    PVOID base[4];
    IO_ALLOCATION_ACTION action;
    int calls;
} channel;

static IO_ALLOCATION_ACTION on_channel(PDEVICE_OBJECT device, PIRP irp, PVOID base, PVOID context)
{
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    channel.base[channel.calls++] = base;
    return channel.action;
}

static NTSTATUS allocate_channel(ULONG registers, IO_ALLOCATION_ACTION action)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();
    NTSTATUS status;

    channel.action = action;
    status = test.operations->AllocateAdapterChannel(test.adapter, test.object, registers,
                                                     on_channel, NULL);
    KeLowerIrql(old);
    return status;
}

static void free_registers(PVOID base, ULONG count)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    test.operations->FreeMapRegisters(test.adapter, base, count);
    KeLowerIrql(old);
}

static void a_packet_device_sees_one_piece(void **state)
{
    UCHAR *buffer = make_buffer(200, 3 * PAGE_SIZE);
    ULONG length = 3 * PAGE_SIZE;
    PHYSICAL_ADDRESS logical;

    memset(&channel, 0, sizeof(channel));
    get_adapter(bus_master(FALSE, TRUE, 3 * PAGE_SIZE));
    assert_int_equal(allocate_channel(4, DeallocateObjectKeepRegisters), STATUS_SUCCESS);
    logical = test.operations->MapTransfer(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(),
                                           &length, TRUE);
    assert_int_equal(length, 3 * PAGE_SIZE);
    assert_true(device_sees((uint64_t)logical.QuadPart, buffer, 3 * PAGE_SIZE));
    assert_true(test.operations->FlushAdapterBuffers(test.adapter, test.buffer.mdl, channel.base[0],
                                                     mdl_va(), length, TRUE));
    length = PAGE_SIZE;
    logical = test.operations->MapTransfer(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(),
                                           &length, FALSE);
    assert_true(device_write((uint64_t)logical.QuadPart, "zzz", 3));
    assert_memory_not_equal(buffer, "zzz", 3);
    assert_true(test.operations->FlushAdapterBuffers(test.adapter, test.buffer.mdl, channel.base[0],
                                                     mdl_va(), length, FALSE));
    assert_memory_equal(buffer, "zzz", 3);
    wc_expect_violation("DmaMisuse"); /* of another number */
    free_registers(channel.base[0], 3);
    free_registers(channel.base[0], 4);
    wc_expect_violation("DmaMisuse"); /* twice */
    free_registers(channel.base[0], 4);
}

static void a_driver_that_forgets_to_flush_sees_stale_data(void **state)
{
    UCHAR *buffer = make_buffer(0, PAGE_SIZE);
    UCHAR old = buffer[0];
    ULONG length = PAGE_SIZE;
    PHYSICAL_ADDRESS logical;

    memset(&channel, 0, sizeof(channel));
    get_adapter(bus_master(FALSE, FALSE, PAGE_SIZE));
    assert_int_equal(allocate_channel(1, DeallocateObjectKeepRegisters), STATUS_SUCCESS);
    logical = test.operations->MapTransfer(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(),
                                           &length, FALSE);
    assert_true(device_write((uint64_t)logical.QuadPart, "new", 3));
    wc_expect_violation("DmaNotFlushed");
    free_registers(channel.base[0], 1);
    assert_int_equal(buffer[0], old);
    wc_expect_violation("DmaUnmapped");
    assert_false(device_write((uint64_t)logical.QuadPart, "new", 3));
}

static void one_channel_at_a_time(void **state)
{
    KIRQL old;

    memset(&channel, 0, sizeof(channel));
    get_adapter(bus_master(FALSE, TRUE, PAGE_SIZE));
    assert_int_equal(allocate_channel(1, KeepObject), STATUS_SUCCESS);
    assert_int_equal(allocate_channel(1, KeepObject), STATUS_SUCCESS);
    assert_int_equal(channel.calls, 1);
    channel.action = DeallocateObject;
    old = KeRaiseIrqlToDpcLevel();
    test.operations->FreeAdapterChannel(test.adapter);
    KeLowerIrql(old);
    assert_int_equal(channel.calls, 2); /* and it gave up all at once */
    assert_int_equal(allocate_channel(3, KeepObject), STATUS_INSUFFICIENT_RESOURCES);
    old = KeRaiseIrqlToDpcLevel();
    wc_expect_violation("DmaMisuse");
    test.operations->FreeAdapterChannel(test.adapter);
    KeLowerIrql(old);
}

static void map_transfer_stays_within_its_registers(void **state)
{
    ULONG length = 3 * PAGE_SIZE;

    make_buffer(0, 3 * PAGE_SIZE);
    memset(&channel, 0, sizeof(channel));
    get_adapter(bus_master(FALSE, TRUE, 3 * PAGE_SIZE));
    assert_int_equal(allocate_channel(2, DeallocateObjectKeepRegisters), STATUS_SUCCESS);
    test.operations->MapTransfer(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(), &length,
                                 TRUE);
    assert_int_equal(length, 2 * PAGE_SIZE);
    wc_expect_violation("DmaMisuse");
    test.operations->MapTransfer(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(), &length,
                                 TRUE);
    test.operations->FlushAdapterBuffers(test.adapter, test.buffer.mdl, channel.base[0], mdl_va(),
                                         length, TRUE);
    free_registers(channel.base[0], 2);
}

/* ---- version 3 ---- */

static void get_adapter_3(BOOLEAN scatter_gather, ULONG length)
{
    DEVICE_DESCRIPTION description = bus_master(scatter_gather, FALSE, length);

    description.Version = DEVICE_DESCRIPTION_VERSION3;
    get_adapter(description);
}

static void a_waiting_request_can_be_cancelled(void **state)
{
    UCHAR transfers[2][DMA_TRANSFER_CONTEXT_SIZE_V1] = {{0}};

    memset(&channel, 0, sizeof(channel));
    get_adapter_3(FALSE, PAGE_SIZE);
    channel.action = KeepObject;
    assert_int_equal(test.operations->AllocateAdapterChannelEx(
                         test.adapter, test.object, transfers[0], 1, 0, on_channel, NULL, NULL),
                     STATUS_INVALID_PARAMETER); /* the context is not initialized */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(test.operations->InitializeDmaTransferContext(test.adapter, transfers[i]),
                         STATUS_SUCCESS);
        assert_int_equal(test.operations->AllocateAdapterChannelEx(
                             test.adapter, test.object, transfers[i], 1, 0, on_channel, NULL, NULL),
                         STATUS_SUCCESS);
    }
    assert_int_equal(channel.calls, 1);
    assert_false(test.operations->CancelAdapterChannel(test.adapter, test.object, transfers[0]));
    assert_true(test.operations->CancelAdapterChannel(test.adapter, test.object, transfers[1]));
    test.operations->FreeAdapterObject(test.adapter, DeallocateObject);
    assert_int_equal(channel.calls, 1);
}

static void a_synchronous_request_does_not_wait(void **state)
{
    UCHAR transfer[DMA_TRANSFER_CONTEXT_SIZE_V1];
    UCHAR room[sizeof(SCATTER_GATHER_LIST) + 2 * sizeof(SCATTER_GATHER_ELEMENT)];
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)(void *)room;
    UCHAR *buffer = make_buffer(0, 2 * PAGE_SIZE);
    ULONG length = PAGE_SIZE;
    PVOID base, second;

    get_adapter_3(FALSE, 2 * PAGE_SIZE);
    assert_int_equal(test.operations->InitializeDmaTransferContext(test.adapter, transfer),
                     STATUS_SUCCESS);
    assert_int_equal(test.operations->AllocateAdapterChannelEx(test.adapter, test.object, transfer,
                                                               2, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                                               NULL, &base),
                     STATUS_SUCCESS);
    assert_int_equal(test.operations->AllocateAdapterChannelEx(test.adapter, test.object, transfer,
                                                               2, DMA_SYNCHRONOUS_CALLBACK, NULL,
                                                               NULL, &second),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(test.operations->MapTransferEx(test.adapter, test.buffer.mdl, base, 100, 0,
                                                    &length, FALSE, list, sizeof(room), NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(list->NumberOfElements, 1);
    assert_int_equal(list->Elements[0].Length, PAGE_SIZE);
    assert_true(device_write((uint64_t)list->Elements[0].Address.QuadPart, "abc", 3));
    assert_int_equal(test.operations->FlushAdapterBuffersEx(test.adapter, test.buffer.mdl, base,
                                                            100, length, FALSE),
                     STATUS_SUCCESS);
    assert_memory_equal(buffer + 100, "abc", 3);
    test.operations->FreeAdapterObject(test.adapter, DeallocateObject);
}

static void a_list_without_a_routine(void **state)
{
    UCHAR transfer[DMA_TRANSFER_CONTEXT_SIZE_V1];
    PSCATTER_GATHER_LIST list = NULL;
    UCHAR *buffer = make_buffer(0, 2 * PAGE_SIZE);

    get_adapter_3(TRUE, 2 * PAGE_SIZE);
    assert_int_equal(test.operations->InitializeDmaTransferContext(test.adapter, transfer),
                     STATUS_SUCCESS);
    assert_int_equal(test.operations->GetScatterGatherListEx(test.adapter, test.object, transfer,
                                                             test.buffer.mdl, 10, PAGE_SIZE, 0,
                                                             NULL, NULL, TRUE, NULL, NULL, &list),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(test.operations->GetScatterGatherListEx(
                         test.adapter, test.object, transfer, test.buffer.mdl, 10, PAGE_SIZE,
                         DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, TRUE, NULL, NULL, &list),
                     STATUS_SUCCESS);
    assert_int_equal(list->NumberOfElements, 2);
    assert_true(
        device_sees((uint64_t)list->Elements[0].Address.QuadPart, buffer + 10, PAGE_SIZE - 10));
    test.operations->FreeAdapterObject(test.adapter, DeallocateObject);
    put_list(list, TRUE);
}

/* ---- several processors ---- */

#define ROUNDS 50

static struct {
    LONG running, most, calls;
    KEVENT done[3];
} busy;

static IO_ALLOCATION_ACTION on_busy(PDEVICE_OBJECT device, PIRP irp, PVOID base, PVOID context)
{
    LONG now = InterlockedIncrement(&busy.running);

    if (now > busy.most) {
        busy.most = now;
    }
    InterlockedIncrement(&busy.calls);
    InterlockedDecrement(&busy.running);
    return DeallocateObject;
}

static VOID allocate_often(PVOID context)
{
    for (int i = 0; i < ROUNDS; i++) {
        KIRQL old = KeRaiseIrqlToDpcLevel();

        assert_int_equal(
            test.operations->AllocateAdapterChannel(test.adapter, test.object, 1, on_busy, NULL),
            STATUS_SUCCESS);
        KeLowerIrql(old);
    }
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static bool adapter_rests(void)
{
    const struct hal_adapter *adapter = CONTAINING_RECORD(test.adapter, struct hal_adapter, head);
    bool rests;

    base_lock_acquire(&hal_dma);
    rests = !adapter->channel_taken && adapter->waiting == 0 && adapter->registers == NULL;
    base_lock_release(&hal_dma);
    return rests;
}

static void every_request_of_several_processors_is_granted(void **state)
{
    get_adapter(bus_master(FALSE, TRUE, PAGE_SIZE));
    memset(&busy, 0, sizeof(busy));
    for (int i = 0; i < 3; i++) {
        HANDLE thread;

        KeInitializeEvent(&busy.done[i], NotificationEvent, FALSE);
        assert_int_equal(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                              allocate_often, &busy.done[i]),
                         STATUS_SUCCESS);
        ZwClose(thread);
    }
    for (int i = 0; i < 3; i++) {
        KeWaitForSingleObject(&busy.done[i], Executive, KernelMode, FALSE, NULL);
    }
    while (!adapter_rests()) { /* the last grant may be another processor's work */
        YieldProcessor();
    }
    assert_int_equal(busy.calls, 3 * ROUNDS);
    assert_int_equal(busy.most, 1);
}

/* ---- what is left ---- */

static void an_adapter_that_is_left_is_told(void **state)
{
    get_adapter(bus_master(TRUE, TRUE, PAGE_SIZE));
    wc_expect_violation("DmaLeak");
    assert_int_equal(hal_dma_report_leaks("test", NULL, 0), 1);
}

static void stop_with_dma_left(void *argument)
{
    PHYSICAL_ADDRESS logical;

    assert_non_null(test.operations->AllocateCommonBuffer(test.adapter, 64, &logical, TRUE));
    assert_int_equal(get_list(PAGE_SIZE, TRUE), STATUS_SUCCESS);
    KeBugCheckEx(0xE2, 0, 0, 0, 0);
}

static void a_stopped_machine_frees_all(void **state)
{
    make_buffer(0, PAGE_SIZE);
    get_adapter(bus_master(TRUE, FALSE, PAGE_SIZE));
    wc_expect_stop("DriverBugCheck", stop_with_dma_left, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(an_adapter_has_registers_for_its_longest_transfer, DMA_TEST),
        wc_unit_test(version_3_says_what_the_adapter_can, DMA_TEST),
        wc_unit_test(an_adapter_goes_last, DMA_TEST),
        wc_unit_test(driver_and_device_share_a_common_buffer, DMA_TEST),
        wc_unit_test(the_address_width_bounds_logical_addresses, DMA_TEST),
        wc_unit_test(a_list_has_an_element_for_each_page, DMA_TEST),
        wc_unit_test(a_wide_device_reaches_the_buffer_itself, DMA_TEST),
        wc_unit_test(a_narrow_device_reaches_a_copy, DMA_TEST),
        wc_unit_test(a_copy_is_made_when_the_transfer_begins, DMA_TEST),
        wc_unit_test(a_list_fails_where_it_does_not_fit, DMA_TEST),
        wc_unit_test(a_list_can_lie_in_the_drivers_memory, DMA_TEST),
        wc_unit_test(a_chain_of_mdls_is_one_transfer, DMA_TEST),
        wc_unit_test(who_wants_map_registers_waits_its_turn, DMA_TEST),
        wc_unit_test(a_packet_device_sees_one_piece, DMA_TEST),
        wc_unit_test(a_driver_that_forgets_to_flush_sees_stale_data, DMA_TEST),
        wc_unit_test(one_channel_at_a_time, DMA_TEST),
        wc_unit_test(map_transfer_stays_within_its_registers, DMA_TEST),
        wc_unit_test(a_waiting_request_can_be_cancelled, DMA_TEST),
        wc_unit_test(a_synchronous_request_does_not_wait, DMA_TEST),
        wc_unit_test(a_list_without_a_routine, DMA_TEST),
        wc_unit_test(every_request_of_several_processors_is_granted, DMA_TEST, .processors = 3),
        wc_unit_test(an_adapter_that_is_left_is_told, DMA_TEST),
        wc_unit_test(a_stopped_machine_frees_all, DMA_TEST),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
