/* test_fx_dma.c - enablers, common buffers and transactions; the test is driver and device. */
#include "wdf/io_fixture.h"

#include <string.h>

#include "nt/dma/hal_adapter.h"
#include "nt/dma_device.h"

#define MOST 16

static struct {
    WDFDMAENABLER enabler;
    WDFDMATRANSACTION transaction;
    struct dma_buffer buffer;
    /* What EvtProgramDma has seen. */
    int calls;
    KIRQL irql;
    WDFDEVICE device;
    WDFCONTEXT context;
    WDF_DMA_DIRECTION direction;
    ULONG elements[MOST];
    size_t lengths[MOST];
    uint64_t first[MOST]; /* logical address of each transfer */
    size_t offset;        /* in the buffer: where the next transfer has to begin */
    NTSTATUS status;
} dma;

static int dma_setup(void **state)
{
    memset(&dma, 0, sizeof(dma));
    dma_device_init();
    if (io_setup(state) != 0) {
        return -1;
    }
    io_device();
    return 0;
}

static int dma_teardown(void **state)
{
    int result = io_teardown(state);

    dma_buffer_free(&dma.buffer);
    hal_device_deinit(&dma_device);
    return result;
}

#define DMA_TEST .setup = dma_setup, .teardown = dma_teardown

static NTSTATUS create_enabler(WDF_DMA_PROFILE profile, size_t length, ULONG version)
{
    WDF_DMA_ENABLER_CONFIG config;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, profile, length);
    config.WdmDmaVersionOverride = version;
    return WdfDmaEnablerCreate(io_test.device, &config, WDF_NO_OBJECT_ATTRIBUTES, &dma.enabler);
}

static WDFDMATRANSACTION create_transaction(void)
{
    WDFDMATRANSACTION transaction;

    assert_int_equal(WdfDmaTransactionCreate(dma.enabler, WDF_NO_OBJECT_ATTRIBUTES, &transaction),
                     STATUS_SUCCESS);
    return transaction;
}

/* An enabler with a transaction, and a buffer. */
static void prepare(WDF_DMA_PROFILE profile, size_t most, ULONG version, ULONG offset, ULONG length)
{
    assert_int_equal(create_enabler(profile, most, version), STATUS_SUCCESS);
    dma.transaction = create_transaction();
    dma_buffer_make(&dma.buffer, offset, length);
}

/* Each transfer goes on where the last one ended: the device finds the buffer's bytes in order. */
static BOOLEAN on_program(WDFDMATRANSACTION transaction, WDFDEVICE device, WDFCONTEXT context,
                          WDF_DMA_DIRECTION direction, PSCATTER_GATHER_LIST list)
{
    size_t length = 0;

    assert_true(dma.calls < MOST);
    dma.irql = KeGetCurrentIrql();
    dma.device = device;
    dma.context = context;
    dma.direction = direction;
    dma.elements[dma.calls] = list->NumberOfElements;
    dma.first[dma.calls] = (uint64_t)list->Elements[0].Address.QuadPart;
    for (ULONG i = 0; i < list->NumberOfElements; i++) {
        const SCATTER_GATHER_ELEMENT *element = &list->Elements[i];

        if (direction == WdfDmaDirectionWriteToDevice) {
            assert_true(device_sees((uint64_t)element->Address.QuadPart,
                                    dma.buffer.bytes + dma.offset + length, element->Length));
        }
        length += element->Length;
    }
    dma.offset += length;
    dma.lengths[dma.calls++] = length;
    assert_int_equal(WdfDmaTransactionGetCurrentDmaTransferLength(transaction), length);
    return TRUE;
}

static NTSTATUS initialize(WDF_DMA_DIRECTION direction, size_t length)
{
    return WdfDmaTransactionInitialize(dma.transaction, on_program, direction, dma.buffer.mdl,
                                       dma.buffer.bytes, length);
}

static void execute(WDF_DMA_DIRECTION direction, size_t length)
{
    assert_int_equal(initialize(direction, length), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(dma.transaction, &dma), STATUS_SUCCESS);
}

static BOOLEAN completed(void)
{
    return WdfDmaTransactionDmaCompleted(dma.transaction, &dma.status);
}

/* ---- enablers ---- */

static void an_enabler_needs_a_profile_and_a_length(void **state) /* spec: DMA-01 */
{
    assert_int_equal(create_enabler(WdfDmaProfileScatterGather, 0, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create_enabler(WdfDmaProfileInvalid, 4096, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create_enabler((WDF_DMA_PROFILE)9, 4096, 0), STATUS_INVALID_PARAMETER);
    assert_null(dma.enabler);
    for (int i = WdfDmaProfilePacket; i <= WdfDmaProfileScatterGather64Duplex; i++) {
        assert_int_equal(create_enabler((WDF_DMA_PROFILE)i, 0x4000, 0), STATUS_SUCCESS);
        assert_int_equal(WdfDmaEnablerGetMaximumLength(dma.enabler), 0x4000);
        assert_int_equal(WdfDmaEnablerGetFragmentLength(dma.enabler, WdfDmaDirectionReadFromDevice),
                         0x4000);
        assert_int_equal(WdfDmaEnablerGetMaximumScatterGatherElements(dma.enabler),
                         WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS);
    }
    /* "Any length": the adapter has the low 32 bits of it. */
    assert_int_equal(create_enabler(WdfDmaProfileScatterGather64, SIZE_MAX, 3), STATUS_SUCCESS);
    assert_int_equal(WdfDmaEnablerGetMaximumLength(dma.enabler), UINT32_MAX);
    assert_int_equal(create_enabler(WdfDmaProfileSystem, 0x4000, 3), STATUS_NOT_IMPLEMENTED);
}

static void an_enabler_checks_the_rest_of_its_config(void **state)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDMAENABLER enabler;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather, 4096);
    config.Size--;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler),
                     STATUS_INFO_LENGTH_MISMATCH);
    config.Size++;
    config.AddressWidthOverride = 33; /* more than the profile has */
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler),
                     STATUS_INVALID_PARAMETER);
    config.AddressWidthOverride = 23;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler),
                     STATUS_INVALID_PARAMETER);
    config.AddressWidthOverride = 0;
    config.Flags = WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler),
                     STATUS_INVALID_PARAMETER);
    config.WdmDmaVersionOverride = 3;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler), STATUS_SUCCESS);
    config.WdmDmaVersionOverride = 4;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler),
                     STATUS_INVALID_PARAMETER);
    config.WdmDmaVersionOverride = 0;
    config.Flags = 0;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.driver; /* not below the device */
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, &attributes, &enabler),
                     STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
}

static void an_override_of_the_width_bounds_addresses(void **state)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDFCOMMONBUFFER buffer;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather, 4096);
    config.AddressWidthOverride = 24;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &dma.enabler),
                     STATUS_SUCCESS);
    assert_int_equal(WdfCommonBufferCreate(dma.enabler, 100, NULL, &buffer), STATUS_SUCCESS);
    assert_true(WdfCommonBufferGetAlignedLogicalAddress(buffer).QuadPart < 0x1000000);
    assert_int_equal(
        WdfDmaEnablerWdmGetDmaAdapter(dma.enabler, WdfDmaDirectionReadFromDevice)->Version, 3);
}

/* ---- common buffers ---- */

static void device_and_driver_share_a_common_buffer(void **state) /* spec: DMA-17, DMA-18 */
{
    WDF_COMMON_BUFFER_CONFIG config;
    WDFCOMMONBUFFER buffer;
    UCHAR *bytes;
    uint64_t logical;

    assert_int_equal(create_enabler(WdfDmaProfileScatterGather, 0x4000, 0), STATUS_SUCCESS);
    assert_int_equal(WdfCommonBufferCreate(dma.enabler, 0, NULL, &buffer),
                     STATUS_INVALID_PARAMETER);
    WDF_COMMON_BUFFER_CONFIG_INIT(&config, 0x12); /* no mask */
    assert_int_equal(WdfCommonBufferCreateWithConfig(dma.enabler, 64, &config, NULL, &buffer),
                     STATUS_INVALID_PARAMETER);
    config.AlignmentRequirement = 0x3fff;
    assert_int_equal(WdfCommonBufferCreateWithConfig(dma.enabler, 3000, &config, NULL, &buffer),
                     STATUS_SUCCESS);
    assert_true(WdfCommonBufferGetLength(buffer) >= 3000);
    bytes = WdfCommonBufferGetAlignedVirtualAddress(buffer);
    logical = (uint64_t)WdfCommonBufferGetAlignedLogicalAddress(buffer).QuadPart;
    assert_int_equal(logical & 0x3fff, 0);
    bytes[0] = 1;
    bytes[2999] = 2;
    assert_true(device_sees(logical, "\1", 1));
    assert_true(device_sees(logical + 2999, "\2", 1));
    assert_true(device_write(logical + 1000, "device", 6));
    assert_memory_equal(bytes + 1000, "device", 6);
    WdfObjectDelete(buffer);
    wc_expect_violation("DmaUnmapped");
    assert_false(device_sees(logical, "\1", 1));
}

/* ---- Initialize ---- */

static void what_cannot_be_moved_is_refused(void **state) /* spec: DMA-02 */
{
    prepare(WdfDmaProfileScatterGather64, 0x4000, 0, 0, 8192);
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(initialize((WDF_DMA_DIRECTION)2, 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 8193), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaTransactionInitialize(dma.transaction, on_program,
                                                 WdfDmaDirectionWriteToDevice, dma.buffer.mdl,
                                                 dma.buffer.bytes + 8192, 1),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 1), STATUS_SUCCESS);
}

static void a_single_transfer_has_its_bounds(void **state) /* spec: DMA-21 */
{
    WDF_DMA_ENABLER_CONFIG config;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather64, 3 * PAGE_SIZE);
    config.WdmDmaVersionOverride = 3;
    config.Flags = WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &dma.enabler),
                     STATUS_SUCCESS);
    WdfDmaEnablerSetMaximumScatterGatherElements(dma.enabler, 2);
    dma.transaction = create_transaction();
    dma_buffer_make(&dma.buffer, 0, 4 * PAGE_SIZE);
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 3 * PAGE_SIZE + 1),
                     STATUS_WDF_TOO_MANY_TRANSFERS);
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 2 * PAGE_SIZE + 1),
                     STATUS_WDF_TOO_FRAGMENTED);
    execute(WdfDmaDirectionWriteToDevice, 2 * PAGE_SIZE);
    assert_int_equal(dma.calls, 1);
    assert_true(completed());
}

/* ---- transfers ---- */

static void n_times_the_maximum_are_n_transfers(void **state) /* spec: DMA-04, DMA-05, DMA-06 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 300, 3000);
    execute(WdfDmaDirectionWriteToDevice, 3000);
    for (int i = 1; i < 3; i++) {
        assert_int_equal(dma.calls, i);
        assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), (i - 1) * 1000);
        assert_false(completed());
        assert_int_equal(dma.status, STATUS_MORE_PROCESSING_REQUIRED);
        assert_int_equal(dma.calls, i + 1); /* the next one is with the device */
        assert_int_equal(dma.lengths[i], 1000);
    }
    assert_true(completed());
    assert_int_equal(dma.status, STATUS_SUCCESS);
    assert_int_equal(dma.calls, 3);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), 3000);
}

static void a_short_transfer_is_taken_up_where_it_ended(void **state) /* spec: DMA-07 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 300, 1500);
    execute(WdfDmaDirectionWriteToDevice, 1500);
    dma.offset = 10; /* on_program compares the bytes from there */
    assert_false(WdfDmaTransactionDmaCompletedWithLength(dma.transaction, 10, &dma.status));
    assert_int_equal(dma.status, STATUS_MORE_PROCESSING_REQUIRED);
    assert_int_equal(dma.lengths[1], 1000);
    assert_int_equal(dma.first[1] % PAGE_SIZE, 310);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), 10);
    assert_false(completed());
    assert_int_equal(dma.lengths[2], 490);
    assert_true(WdfDmaTransactionDmaCompletedWithLength(dma.transaction, 490, &dma.status));
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), 1500);
}

static void more_than_the_transfer_ends_in_failure(void **state)
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 2000);
    execute(WdfDmaDirectionWriteToDevice, 2000);
    assert_true(WdfDmaTransactionDmaCompletedWithLength(dma.transaction, 1001, &dma.status));
    assert_int_equal(dma.status, STATUS_INVALID_PARAMETER);
    assert_int_equal(dma.calls, 1);
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
}

static void the_final_transfer_ends_it(void **state) /* spec: DMA-08 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 3000);
    execute(WdfDmaDirectionWriteToDevice, 3000);
    assert_false(completed());
    assert_true(WdfDmaTransactionDmaCompletedFinal(dma.transaction, 7, &dma.status));
    assert_int_equal(dma.status, STATUS_SUCCESS);
    assert_int_equal(dma.calls, 2);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), 1007);
}

static void an_element_lies_in_one_page(void **state) /* spec: DMA-13 */
{
    prepare(WdfDmaProfileScatterGather64, 0x10000, 0, 100, 3 * PAGE_SIZE);
    execute(WdfDmaDirectionWriteToDevice, 3 * PAGE_SIZE); /* on_program looks at each */
    assert_int_equal(dma.elements[0], 4);
    assert_int_equal(dma.lengths[0], 3 * PAGE_SIZE);
    assert_true(completed());
    wc_expect_violation("DmaUnmapped"); /* the device has it no more */
    assert_false(device_sees(dma.first[0], dma.buffer.bytes, 1));
}

static void a_list_has_no_more_elements_than_allowed(void **state) /* spec: DMA-14 */
{
    assert_int_equal(create_enabler(WdfDmaProfileScatterGather64, 0x10000, 0), STATUS_SUCCESS);
    wc_expect_violation("DmaWrongState");
    WdfDmaEnablerSetMaximumScatterGatherElements(dma.enabler, 0);
    WdfDmaEnablerSetMaximumScatterGatherElements(dma.enabler, 2);
    dma.transaction = create_transaction();
    wc_expect_violation("DmaWrongState"); /* too late */
    WdfDmaEnablerSetMaximumScatterGatherElements(dma.enabler, 3);
    assert_int_equal(WdfDmaEnablerGetMaximumScatterGatherElements(dma.enabler), 2);
    dma_buffer_make(&dma.buffer, 100, 3 * PAGE_SIZE);
    execute(WdfDmaDirectionWriteToDevice, 3 * PAGE_SIZE);
    assert_int_equal(dma.elements[0], 2);
    assert_int_equal(dma.lengths[0], 2 * PAGE_SIZE - 100);
    assert_false(completed());
    assert_int_equal(dma.elements[1], 2);
    assert_int_equal(dma.lengths[1], PAGE_SIZE + 100);
    assert_true(completed());
}

static void the_device_is_programmed_at_dispatch_level(void **state) /* spec: DMA-15 */
{
    for (int i = 0; i < 2; i++) {
        WDF_DMA_PROFILE profile = i == 0 ? WdfDmaProfileScatterGather : WdfDmaProfilePacket;

        dma.calls = 0;
        dma.offset = 0;
        prepare(profile, 100, 0, 0, 200);
        execute(WdfDmaDirectionWriteToDevice, 200);
        assert_int_equal(dma.calls, 1); /* before Execute returned */
        assert_int_equal(dma.irql, DISPATCH_LEVEL);
        assert_ptr_equal(dma.device, io_test.device);
        assert_ptr_equal(dma.context, &dma);
        assert_int_equal(dma.direction, WdfDmaDirectionWriteToDevice);
        assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
        assert_false(completed()); /* and from a DmaCompleted function */
        assert_int_equal(dma.calls, 2);
        assert_int_equal(dma.irql, DISPATCH_LEVEL);
        assert_true(completed());
        dma_buffer_free(&dma.buffer);
    }
}

static void what_the_device_wrote_arrives_with_completion(void **state)
{
    UCHAR old;

    prepare(WdfDmaProfileScatterGather, 0x4000, 0, 8, 100);
    old = dma.buffer.bytes[0];
    execute(WdfDmaDirectionReadFromDevice, 100);
    assert_true(device_write(dma.first[0], "new", 3));
    assert_int_equal(dma.buffer.bytes[0], old);
    assert_true(completed());
    assert_memory_equal(dma.buffer.bytes, "new", 3);
}

static void a_packet_is_one_element(void **state)
{
    UCHAR byte;

    prepare(WdfDmaProfilePacket64, 2 * PAGE_SIZE, 0, 100, 3 * PAGE_SIZE);
    execute(WdfDmaDirectionWriteToDevice, 3 * PAGE_SIZE);
    assert_int_equal(dma.elements[0], 1);
    assert_int_equal(dma.lengths[0], 2 * PAGE_SIZE);
    assert_false(completed());
    assert_int_equal(dma.elements[1], 1);
    assert_int_equal(dma.lengths[1], PAGE_SIZE);
    assert_true(completed());
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    /* What is beyond the bytes that came stays as it was. */
    byte = dma.buffer.bytes[5];
    execute(WdfDmaDirectionReadFromDevice, 100);
    assert_true(device_write(dma.first[2], "12345", 5));
    assert_true(WdfDmaTransactionDmaCompletedFinal(dma.transaction, 5, &dma.status));
    assert_memory_equal(dma.buffer.bytes, "12345", 5);
    assert_int_equal(dma.buffer.bytes[5], byte);
}

static void the_drivers_maximum_holds_until_release(void **state)
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 1000);
    WdfDmaTransactionSetMaximumLength(dma.transaction, 400);
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_int_equal(dma.lengths[0], 400);
    wc_expect_violation("DmaWrongState");
    WdfDmaTransactionSetMaximumLength(dma.transaction, 300);
    assert_true(WdfDmaTransactionDmaCompletedFinal(dma.transaction, 400, &dma.status));
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    dma.offset = 0;
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_int_equal(dma.lengths[1], 1000);
    assert_true(completed());
}

static BOOLEAN on_program_complete(WDFDMATRANSACTION transaction, WDFDEVICE device,
                                   WDFCONTEXT context, WDF_DMA_DIRECTION direction,
                                   PSCATTER_GATHER_LIST list)
{
    NTSTATUS status;

    on_program(transaction, device, context, direction, list);
    if (WdfDmaTransactionDmaCompleted(transaction, &status)) {
        dma.status = status;
        assert_int_equal(WdfDmaTransactionRelease(transaction), STATUS_SUCCESS);
        WdfObjectDelete(transaction);
    }
    return TRUE;
}

static void a_transaction_may_end_in_its_callback(void **state)
{
    for (int profile = WdfDmaProfilePacket; profile <= WdfDmaProfileScatterGather; profile++) {
        for (ULONG version = 2; version <= 3; version++) {
            dma.calls = 0;
            dma.offset = 0;
            prepare((WDF_DMA_PROFILE)profile, 1000, version, 0, 3000);
            assert_int_equal(WdfDmaTransactionInitialize(dma.transaction, on_program_complete,
                                                         WdfDmaDirectionWriteToDevice,
                                                         dma.buffer.mdl, dma.buffer.bytes, 3000),
                             STATUS_SUCCESS);
            assert_int_equal(WdfDmaTransactionExecute(dma.transaction, NULL), STATUS_SUCCESS);
            assert_int_equal(dma.calls, 3);
            assert_int_equal(dma.status, STATUS_SUCCESS);
            dma_buffer_free(&dma.buffer);
        }
    }
}

/* ---- states ---- */

static void a_transaction_is_executed_once(void **state) /* spec: DMA-09 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 1000);
    wc_expect_violation("DmaWrongState"); /* not initialized */
    assert_int_equal(WdfDmaTransactionExecute(dma.transaction, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x10D (0x8"));
    execute(WdfDmaDirectionWriteToDevice, 1000);
    wc_expect_violation("DmaWrongState"); /* in transfer */
    assert_int_equal(WdfDmaTransactionExecute(dma.transaction, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    wc_expect_violation("DmaWrongState");
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_INVALID_DEVICE_REQUEST);
    wc_expect_violation("DmaWrongState");
    WdfObjectDelete(dma.transaction);
    assert_int_equal(dma.calls, 1);
    assert_true(completed());
    wc_expect_violation("DmaWrongState"); /* not released */
    assert_int_equal(initialize(WdfDmaDirectionWriteToDevice, 1), STATUS_INVALID_DEVICE_REQUEST);
}

static void completion_needs_a_transfer(void **state) /* spec: DMA-10 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 1000);
    wc_expect_violation("DmaWrongState");
    assert_false(completed());
    assert_int_equal(dma.status, STATUS_INVALID_DEVICE_REQUEST);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x10D (0x8"));
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_true(completed());
    wc_expect_violation("DmaWrongState"); /* twice */
    assert_false(completed());
}

static void release_makes_ready_for_another_buffer(void **state) /* spec: DMA-11, DMA-12 */
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 1000);
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_true(completed());
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    dma_buffer_free(&dma.buffer);
    dma_buffer_make(&dma.buffer, 77, 500);
    dma.offset = 0;
    execute(WdfDmaDirectionWriteToDevice, 500);
    assert_int_equal(dma.lengths[1], 500);
    assert_int_equal(dma.first[1] % PAGE_SIZE, 77);
    assert_true(completed());
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(dma.transaction), 500);
}

static void a_transaction_that_goes_with_its_parent_is_told(void **state)
{
    prepare(WdfDmaProfileScatterGather64, 1000, 0, 0, 1000);
    execute(WdfDmaDirectionWriteToDevice, 1000);
    wc_expect_violation("DmaWrongState");
    WdfObjectDelete(dma.enabler);
    wc_expect_violation("DmaUnmapped"); /* the device lost it */
    assert_false(device_sees(dma.first[0], dma.buffer.bytes, 1));
}

/* ---- two at a time ---- */

static void duplex_transfers_go_on_together(void **state) /* spec: DMA-16 */
{
    WDFDMATRANSACTION reading;

    prepare(WdfDmaProfileScatterGatherDuplex, 1000, 0, 0, 1000);
    assert_ptr_not_equal(WdfDmaEnablerWdmGetDmaAdapter(dma.enabler, WdfDmaDirectionReadFromDevice),
                         WdfDmaEnablerWdmGetDmaAdapter(dma.enabler, WdfDmaDirectionWriteToDevice));
    execute(WdfDmaDirectionWriteToDevice, 1000);
    reading = create_transaction();
    assert_int_equal(WdfDmaTransactionInitialize(reading, on_program, WdfDmaDirectionReadFromDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(reading, NULL), STATUS_SUCCESS);
    assert_int_equal(dma.calls, 2);
    assert_true(completed());
    assert_true(WdfDmaTransactionDmaCompleted(reading, &dma.status));
}

static void packets_go_one_after_the_other(void **state) /* spec: DMA-16 */
{
    WDFDMATRANSACTION second;

    prepare(WdfDmaProfilePacket, 1000, 3, 0, 1000);
    second = create_transaction();
    execute(WdfDmaDirectionWriteToDevice, 1000);
    dma.offset = 0;
    assert_int_equal(WdfDmaTransactionInitialize(second, on_program, WdfDmaDirectionWriteToDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_SUCCESS);
    assert_int_equal(dma.calls, 1); /* it waits */
    wc_expect_violation("DmaWrongState");
    assert_false(WdfDmaTransactionDmaCompleted(second, &dma.status));
    assert_true(completed());
    assert_int_equal(dma.calls, 2);
    assert_true(WdfDmaTransactionDmaCompleted(second, &dma.status));
}

static void a_second_packet_is_refused_before_version_3(void **state)
{
    WDFDMATRANSACTION second;

    prepare(WdfDmaProfilePacket, 1000, 0, 0, 1000);
    second = create_transaction();
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_int_equal(WdfDmaTransactionInitialize(second, on_program, WdfDmaDirectionReadFromDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_WDF_BUSY);
    assert_true(completed());
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_SUCCESS);
    assert_true(WdfDmaTransactionDmaCompleted(second, &dma.status));
}

static void a_waiting_transaction_can_be_cancelled(void **state)
{
    WDFDMATRANSACTION second;

    prepare(WdfDmaProfilePacket, 1000, 3, 0, 1000);
    second = create_transaction();
    execute(WdfDmaDirectionWriteToDevice, 1000);
    assert_int_equal(WdfDmaTransactionInitialize(second, on_program, WdfDmaDirectionReadFromDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_SUCCESS);
    assert_false(WdfDmaTransactionCancel(dma.transaction)); /* too late for that one */
    assert_true(WdfDmaTransactionCancel(second));
    assert_true(completed());
    assert_int_equal(dma.calls, 1);
    assert_int_equal(WdfDmaTransactionRelease(second), STATUS_SUCCESS);
}

static void a_waiting_transaction_goes_with_its_parent(void **state)
{
    WDFDMATRANSACTION second;

    prepare(WdfDmaProfilePacket, 1000, 3, 0, 1000);
    second = create_transaction();
    assert_int_equal(WdfDmaTransactionInitialize(second, on_program, WdfDmaDirectionReadFromDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_SUCCESS);
    execute(WdfDmaDirectionWriteToDevice, 1000);
    wc_expect_violation("DmaWrongState"); /* the older one, which waits, goes first */
    wc_expect_violation("DmaWrongState");
    WdfObjectDelete(dma.enabler);
    assert_int_equal(dma.calls, 1);
}

static void what_fails_at_once_is_not_called_later(void **state) /* spec: DMA-23 */
{
    WDFDMATRANSACTION second;

    prepare(WdfDmaProfilePacket, 1000, 3, 0, 1000);
    second = create_transaction();
    execute(WdfDmaDirectionWriteToDevice, 1000);
    WdfDmaTransactionSetImmediateExecution(second, TRUE);
    assert_int_equal(WdfDmaTransactionInitialize(second, on_program, WdfDmaDirectionReadFromDevice,
                                                 dma.buffer.mdl, dma.buffer.bytes, 1000),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(second, NULL), STATUS_INSUFFICIENT_RESOURCES);
    assert_true(completed());
    assert_int_equal(dma.calls, 1); /* though the channel is free now */
    assert_int_equal(WdfDmaTransactionRelease(second), STATUS_SUCCESS);
}

/* ---- reserved map registers ---- */

static int reservations;

static VOID on_reserve(WDFDMATRANSACTION transaction, PVOID context)
{
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_ptr_equal(context, &dma);
    reservations++;
}

static void reserved_map_registers_stay(void **state)
{
    reservations = 0;
    prepare(WdfDmaProfilePacket, 1000, 3, 0, 2000);
    assert_int_equal(WdfDmaTransactionAllocateResources(
                         dma.transaction, WdfDmaDirectionWriteToDevice, 2, on_reserve, &dma),
                     STATUS_SUCCESS);
    assert_int_equal(reservations, 1);
    for (int i = 0; i < 2; i++) {
        dma.offset = 0;
        execute(WdfDmaDirectionWriteToDevice, 2000);
        assert_false(completed());
        assert_true(completed());
        assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    }
    assert_int_equal(dma.calls, 4);
    WdfDmaTransactionFreeResources(dma.transaction);
    wc_expect_violation("DmaWrongState");
    WdfDmaTransactionFreeResources(dma.transaction);
}

static void only_packets_of_version_3_reserve(void **state)
{
    prepare(WdfDmaProfileScatterGather, 1000, 3, 0, 2000);
    assert_int_equal(WdfDmaTransactionAllocateResources(
                         dma.transaction, WdfDmaDirectionWriteToDevice, 2, on_reserve, &dma),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_non_null(WdfDmaTransactionWdmGetTransferContext(dma.transaction));
}

/* ---- requests ---- */

static struct io_call call;
static UCHAR application[3000];

static WDFREQUEST request_of(void)
{
    assert_int_equal(io_test.delivered, 1);
    return io_test.requests[0];
}

static void a_transaction_of_a_request_moves_its_buffer(void **state) /* spec: DMA-03, DMA-20 */
{
    ULONG registers = 0, elements = 0;

    prepare(WdfDmaProfileScatterGather64, 0x4000, 0, 0, 64);
    io_default(WdfIoQueueDispatchSequential);
    io_open();
    io_read(&call, application, sizeof(application));
    io_settle();
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(
                         dma.transaction, request_of(), on_program, WdfDmaDirectionWriteToDevice),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_null(WdfDmaTransactionGetRequest(dma.transaction));
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(
                         dma.transaction, request_of(), on_program, WdfDmaDirectionReadFromDevice),
                     STATUS_SUCCESS);
    assert_ptr_equal(WdfDmaTransactionGetRequest(dma.transaction), request_of());
    WdfDmaTransactionGetTransferInfo(dma.transaction, &registers, &elements);
    assert_true(elements >= 1 && elements == registers);
    assert_int_equal(WdfDmaTransactionExecute(dma.transaction, &dma), STATUS_SUCCESS);
    assert_int_equal(dma.lengths[0], sizeof(application));
    assert_true(device_write(dma.first[0], "hardware", 8));
    assert_true(completed());
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    assert_null(WdfDmaTransactionGetRequest(dma.transaction));
    WdfRequestCompleteWithInformation(request_of(), STATUS_SUCCESS, 8);
    io_settle();
    assert_memory_equal(application, "hardware", 8);
    dma.offset = 0;
    /* Made from an MDL it has none. */
    execute(WdfDmaDirectionWriteToDevice, 64);
    assert_null(WdfDmaTransactionGetRequest(dma.transaction));
    assert_true(completed());
}

typedef struct {
    int nothing;
} HELD;
WDF_DECLARE_CONTEXT_TYPE(HELD)

static bool destroyed;

static VOID on_destroy(WDFOBJECT object)
{
    destroyed = true;
}

static void a_transaction_holds_its_request(void **state) /* spec: DMA-19 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    PVOID context;

    destroyed = false;
    prepare(WdfDmaProfileScatterGather64, 0x4000, 0, 0, 64);
    io_default(WdfIoQueueDispatchSequential);
    io_open();
    io_write(&call, application, sizeof(application));
    io_settle();
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, HELD);
    attributes.EvtDestroyCallback = on_destroy;
    assert_int_equal(WdfObjectAllocateContext(request_of(), &attributes, &context), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(
                         dma.transaction, request_of(), on_program, WdfDmaDirectionWriteToDevice),
                     STATUS_SUCCESS);
    memcpy(dma.buffer.bytes, application, 64);
    dma_buffer_free(&dma.buffer);
    dma.buffer.bytes = application; /* what on_program compares with */
    assert_int_equal(WdfDmaTransactionExecute(dma.transaction, &dma), STATUS_SUCCESS);
    assert_true(completed());
    WdfRequestComplete(request_of(), STATUS_SUCCESS);
    assert_false(destroyed);
    assert_int_equal(WdfDmaTransactionRelease(dma.transaction), STATUS_SUCCESS);
    assert_true(destroyed);
    dma.buffer.bytes = NULL;
}

/* ---- several processors ---- */

#define ROUNDS  30
#define WORKERS 3

static struct {
    LONG programmed, finished;
    KEVENT done[WORKERS];
    WDFDMATRANSACTION transactions[WORKERS];
    KEVENT transferred[WORKERS];
} many;

static VOID on_programmed_many(PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

static BOOLEAN on_program_many(WDFDMATRANSACTION transaction, WDFDEVICE device, WDFCONTEXT context,
                               WDF_DMA_DIRECTION direction, PSCATTER_GATHER_LIST list)
{
    InterlockedIncrement(&many.programmed);
    on_programmed_many(context);
    return TRUE;
}

static VOID transfer_often(PVOID context)
{
    size_t number = (size_t)context;
    WDFDMATRANSACTION transaction = many.transactions[number];

    for (int i = 0; i < ROUNDS; i++) {
        NTSTATUS status = STATUS_MORE_PROCESSING_REQUIRED;

        assert_int_equal(WdfDmaTransactionInitialize(transaction, on_program_many,
                                                     WdfDmaDirectionReadFromDevice, dma.buffer.mdl,
                                                     dma.buffer.bytes, 2000),
                         STATUS_SUCCESS);
        assert_int_equal(WdfDmaTransactionExecute(transaction, &many.transferred[number]),
                         STATUS_SUCCESS);
        do {
            KeWaitForSingleObject(&many.transferred[number], Executive, KernelMode, FALSE, NULL);
        } while (!WdfDmaTransactionDmaCompleted(transaction, &status));
        assert_int_equal(status, STATUS_SUCCESS);
        InterlockedIncrement(&many.finished);
        assert_int_equal(WdfDmaTransactionRelease(transaction), STATUS_SUCCESS);
    }
    KeSetEvent(&many.done[number], IO_NO_INCREMENT, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void transactions_of_several_processors_all_end(void **state)
{
    memset(&many, 0, sizeof(many));
    prepare(WdfDmaProfilePacket, 1000, 3, 0, 2000);
    for (size_t i = 0; i < WORKERS; i++) {
        HANDLE thread;

        many.transactions[i] = create_transaction();
        KeInitializeEvent(&many.done[i], NotificationEvent, FALSE);
        KeInitializeEvent(&many.transferred[i], SynchronizationEvent, FALSE);
        assert_int_equal(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                              transfer_often, (PVOID)i),
                         STATUS_SUCCESS);
        ZwClose(thread);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        KeWaitForSingleObject(&many.done[i], Executive, KernelMode, FALSE, NULL);
    }
    assert_int_equal(many.finished, WORKERS * ROUNDS);
    assert_int_equal(many.programmed, WORKERS * ROUNDS * 2);
}

/* ---- a DMA controller of the system ---- */

static void system_dma_says_that_it_is_not_there(void **state)
{
    prepare(WdfDmaProfileScatterGather64, 1000, 3, 0, 1000);
    wc_expect_violation("ApiUnavailable");
    WdfDmaTransactionStopSystemTransfer(dma.transaction);
    wc_expect_violation("ApiUnavailable");
    WdfDmaTransactionSetDeviceAddressOffset(dma.transaction, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(an_enabler_needs_a_profile_and_a_length, DMA_TEST),
        wc_unit_test(an_enabler_checks_the_rest_of_its_config, DMA_TEST),
        wc_unit_test(an_override_of_the_width_bounds_addresses, DMA_TEST),
        wc_unit_test(device_and_driver_share_a_common_buffer, DMA_TEST),
        wc_unit_test(what_cannot_be_moved_is_refused, DMA_TEST),
        wc_unit_test(a_single_transfer_has_its_bounds, DMA_TEST),
        wc_unit_test(n_times_the_maximum_are_n_transfers, DMA_TEST),
        wc_unit_test(a_short_transfer_is_taken_up_where_it_ended, DMA_TEST),
        wc_unit_test(more_than_the_transfer_ends_in_failure, DMA_TEST),
        wc_unit_test(the_final_transfer_ends_it, DMA_TEST),
        wc_unit_test(an_element_lies_in_one_page, DMA_TEST),
        wc_unit_test(a_list_has_no_more_elements_than_allowed, DMA_TEST),
        wc_unit_test(the_device_is_programmed_at_dispatch_level, DMA_TEST),
        wc_unit_test(what_the_device_wrote_arrives_with_completion, DMA_TEST),
        wc_unit_test(a_packet_is_one_element, DMA_TEST),
        wc_unit_test(the_drivers_maximum_holds_until_release, DMA_TEST),
        wc_unit_test(a_transaction_may_end_in_its_callback, DMA_TEST),
        wc_unit_test(a_transaction_is_executed_once, DMA_TEST),
        wc_unit_test(completion_needs_a_transfer, DMA_TEST),
        wc_unit_test(release_makes_ready_for_another_buffer, DMA_TEST),
        wc_unit_test(a_transaction_that_goes_with_its_parent_is_told, DMA_TEST),
        wc_unit_test(duplex_transfers_go_on_together, DMA_TEST),
        wc_unit_test(packets_go_one_after_the_other, DMA_TEST),
        wc_unit_test(a_second_packet_is_refused_before_version_3, DMA_TEST),
        wc_unit_test(a_waiting_transaction_can_be_cancelled, DMA_TEST),
        wc_unit_test(a_waiting_transaction_goes_with_its_parent, DMA_TEST),
        wc_unit_test(what_fails_at_once_is_not_called_later, DMA_TEST),
        wc_unit_test(reserved_map_registers_stay, DMA_TEST),
        wc_unit_test(only_packets_of_version_3_reserve, DMA_TEST),
        wc_unit_test(a_transaction_of_a_request_moves_its_buffer, DMA_TEST),
        wc_unit_test(a_transaction_holds_its_request, DMA_TEST),
        wc_unit_test(transactions_of_several_processors_all_end, DMA_TEST, .processors = 3),
        wc_unit_test(system_dma_says_that_it_is_not_there, DMA_TEST),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
