/* test_fx_dma_model.c - a device model that is a bus master, and the driver's way with it: a transfer
 * is programmed through registers, moved by the device, told by an interrupt, and completed in a DPC.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/model.h>

#define PLAN (&drv_pnp_plan)

/* ---- the device: turns the case of what it reads from `source`, and writes it to `target` ---- */

enum { REG_SOURCE = 0, REG_TARGET = 8, REG_LENGTH = 16, REG_START = 20, REG_STATUS = 24 };

#define COPIER_MOST 64u

struct copier {
    struct wc_model *model;
    uint64_t source, target;
    uint32_t length, status; /* 1: done, 2: failed */
    int line;
};

static void copier_move(void *device)
{
    struct copier *copier = device;
    char bytes[COPIER_MOST];

    copier->status = 2;
    if (copier->length <= COPIER_MOST &&
        wc_model_memory_read(copier->model, copier->source, bytes, copier->length)) {
        for (uint32_t i = 0; i < copier->length; i++) {
            bytes[i] ^= 0x20;
        }
        if (wc_model_memory_write(copier->model, copier->target, bytes, copier->length)) {
            copier->status = 1;
        }
    }
    wc_model_set_line(copier->model, copier->line, true);
}

static uint64_t copier_read(void *device, uint64_t offset, unsigned width)
{
    const struct copier *copier = device;

    return offset == REG_STATUS ? copier->status : 0;
}

static void copier_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct copier *copier = device;

    switch (offset) {
    case REG_SOURCE:
        copier->source = value;
        break;
    case REG_TARGET:
        copier->target = value;
        break;
    case REG_LENGTH:
        copier->length = (uint32_t)value;
        break;
    case REG_START:
        wc_model_soon(copier->model, copier_move);
        break;
    case REG_STATUS: /* acknowledged */
        copier->status = 0;
        wc_model_set_line(copier->model, copier->line, false);
        break;
    default:
        break;
    }
}

static const struct wc_model_window_ops copier_window = {copier_read, copier_write};

static bool copier_create(struct wc_model *model, void *device)
{
    struct copier *copier = device;

    copier->model = model;
    copier->line = wc_model_add_line(model, true);
    return copier->line >= 0 && wc_model_add_memory_window(model, 4096, &copier_window);
}

static void copier_reset(void *device)
{
    ((struct copier *)device)->status = 0;
}

static const struct wc_model_type copier_type = {
    .name = "copier",
    .help = "turns the case of letters by DMA",
    .options = "",
    .device_size = sizeof(struct copier),
    .create = copier_create,
    .reset = copier_reset,
};
WC_MODEL(copier_type)

/* ---- the driver ---- */

static struct {
    UCHAR *registers;
    WDFDMAENABLER enabler;
    WDFDMATRANSACTION transaction;
    WDFCOMMONBUFFER answer;
    bool forgets_address; /* it gives the device a virtual one */
    size_t moved;
    char text[200];
    PMDL mdl;
    int transfers;
    KEVENT done;
    NTSTATUS status;
} driver;

static BOOLEAN on_program(WDFDMATRANSACTION transaction, WDFDEVICE device, WDFCONTEXT context,
                          WDF_DMA_DIRECTION direction, PSCATTER_GATHER_LIST list)
{
    PHYSICAL_ADDRESS target = WdfCommonBufferGetAlignedLogicalAddress(driver.answer);
    ULONG64 source = (ULONG64)list->Elements[0].Address.QuadPart;

    driver.transfers++;
    if (driver.forgets_address) {
        source = (ULONG64)(ULONG_PTR)driver.text;
    }
    WRITE_REGISTER_ULONG64((PULONG64)(driver.registers + REG_SOURCE), source);
    WRITE_REGISTER_ULONG64((PULONG64)(driver.registers + REG_TARGET),
                           (ULONG64)target.QuadPart + driver.moved);
    WRITE_REGISTER_ULONG((PULONG)(driver.registers + REG_LENGTH), list->Elements[0].Length);
    WRITE_REGISTER_ULONG((PULONG)(driver.registers + REG_START), 1);
    return TRUE;
}

static BOOLEAN on_isr(WDFINTERRUPT interrupt, ULONG message)
{
    if (READ_REGISTER_ULONG((PULONG)(driver.registers + REG_STATUS)) == 0) {
        return FALSE;
    }
    WRITE_REGISTER_ULONG((PULONG)(driver.registers + REG_STATUS), 0);
    WdfInterruptQueueDpcForIsr(interrupt);
    return TRUE;
}

static void on_dpc(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    driver.moved += WdfDmaTransactionGetCurrentDmaTransferLength(driver.transaction);
    if (WdfDmaTransactionDmaCompleted(driver.transaction, &driver.status)) {
        KeSetEvent(&driver.done, IO_NO_INCREMENT, FALSE);
    }
}

static void on_added(WDFDEVICE device)
{
    WDF_DMA_ENABLER_CONFIG config;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfilePacket, COPIER_MOST);
    assert_int_equal(WdfDmaEnablerCreate(device, &config, NULL, &driver.enabler), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionCreate(driver.enabler, NULL, &driver.transaction),
                     STATUS_SUCCESS);
    assert_int_equal(
        WdfCommonBufferCreate(driver.enabler, sizeof(driver.text), NULL, &driver.answer),
        STATUS_SUCCESS);
}

static void on_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    for (ULONG i = 0; i < WdfCmResourceListGetCount(translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR at = WdfCmResourceListGetDescriptor(translated, i);

        if (at->Type == CmResourceTypeMemory) {
            driver.registers = MmMapIoSpaceEx(at->u.Memory.Start, at->u.Memory.Length,
                                              PAGE_READWRITE | PAGE_NOCACHE);
        }
    }
    assert_non_null(driver.registers);
}

static void on_callback(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Release") == 0) {
        MmUnmapIoSpace(driver.registers, 4096);
    }
}

static void begin(void *context)
{
    KeInitializeEvent(&driver.done, NotificationEvent, FALSE);
    for (size_t i = 0; i < sizeof(driver.text); i++) {
        driver.text[i] = (char)('a' + i % 26);
    }
    driver.mdl = IoAllocateMdl(driver.text, sizeof(driver.text), FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(driver.mdl);
    assert_int_equal(WdfDmaTransactionInitialize(driver.transaction, on_program,
                                                 WdfDmaDirectionWriteToDevice, driver.mdl,
                                                 driver.text, sizeof(driver.text)),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(driver.transaction, NULL), STATUS_SUCCESS);
    KeWaitForSingleObject(&driver.done, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(WdfDmaTransactionRelease(driver.transaction), STATUS_SUCCESS);
    IoFreeMdl(driver.mdl);
}

static void check_answer(void *context)
{
    const char *answer = WdfCommonBufferGetAlignedVirtualAddress(driver.answer);

    for (size_t i = 0; i < sizeof(driver.text); i++) {
        assert_int_equal(answer[i], 'A' + i % 26);
    }
}

static struct wc_device *start_copier(void)
{
    const struct wc_device_config config = {.model = "copier",
                                            .resources = "memory=0xfe000000-0xfe000fff,irq=5"};
    struct wc_device *device = NULL;

    memset(&driver, 0, sizeof(driver));
    PLAN->interrupts = 1;
    PLAN->isr = on_isr;
    PLAN->dpc = on_dpc;
    PLAN->added = on_added;
    PLAN->prepare = on_prepare;
    PLAN->at = on_callback;
    pnp_load();
    if (wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, &device) != WC_OK) {
        fail_msg("the device does not start: %s", wc_last_error());
    }
    return device;
}

static void a_bus_master_moves_a_buffer(void **state) /* spec: DMA-04, DMA-17 */
{
    struct wc_device *device = start_copier();

    wc_test_call(begin, NULL);
    assert_int_equal(driver.transfers, 4); /* 64, 64, 64, 8 */
    assert_int_equal(driver.status, STATUS_SUCCESS);
    wc_test_call(check_answer, NULL);
    pnp_remove(device);
}

static void begin_wrongly(void *context)
{
    wc_expect_violation("DmaUnmapped");
    wc_expect_violation("DmaUnmapped");
    wc_expect_violation("DmaUnmapped");
    wc_expect_violation("DmaUnmapped");
    begin(NULL);
}

static void a_virtual_address_is_none_of_the_devices(void **state)
{
    struct wc_device *device = start_copier();

    driver.forgets_address = true;
    wc_test_call(begin_wrongly, NULL);
    assert_non_null(strstr(wc_last_report(), "copier read 0x8 bytes"));
    pnp_remove(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(a_bus_master_moves_a_buffer),
        pnp_test(a_virtual_address_is_none_of_the_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
