/* test_fx_message_model.c - a device model that signals by messages and by an edge: what its driver
 * finds among its resources, and who is called for which message.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include <wdfcore/model.h>

#define PLAN     (&drv_pnp_plan)
#define MESSAGES 3

/* ---- the device: what is written at 0 is sent as that message; at 4: a pulse on its line ---- */

struct teller {
    struct wc_model *model;
    int line;
};

static uint64_t teller_read(void *device, uint64_t offset, unsigned width)
{
    return 0;
}

static void teller_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct teller *teller = device;

    if (offset == 0) {
        wc_model_message(teller->model, (unsigned)value);
    } else if (teller->line >= 0) {
        wc_model_set_line(teller->model, teller->line, true);
        wc_model_set_line(teller->model, teller->line, false);
    }
}

static bool teller_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {teller_read, teller_write};
    struct teller *teller = device;
    bool has_line = wc_model_option(model, "edge") != NULL;

    teller->model = model;
    teller->line = has_line ? wc_model_add_line(model, false) : -1;
    return (!has_line || teller->line >= 0) && wc_model_add_memory_window(model, 16, &window) &&
           (has_line || wc_model_add_messages(model, MESSAGES));
}

static void teller_reset(void *device)
{
}

static const struct wc_model_type teller_type = {
    .name = "teller",
    .help = "sends messages",
    .options = "edge=1",
    .device_size = sizeof(struct teller),
    .create = teller_create,
    .reset = teller_reset,
};
WC_MODEL(teller_type)

/* ---- the driver ---- */

static struct {
    PULONG registers;
    ULONG messages, lines, latched; /* descriptors of interrupts */
    ULONG calls[MESSAGES];
    WDFINTERRUPT interrupt; /* the last one that came */
    WDF_INTERRUPT_INFO info;
} driver;

static void on_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    assert_int_equal(WdfCmResourceListGetCount(raw), WdfCmResourceListGetCount(translated));
    for (ULONG i = 0; i < WdfCmResourceListGetCount(translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR at = WdfCmResourceListGetDescriptor(translated, i);

        if (at->Type == CmResourceTypeMemory) {
            driver.registers = MmMapIoSpaceEx(at->u.Memory.Start, at->u.Memory.Length,
                                              PAGE_READWRITE | PAGE_NOCACHE);
        }
        if (at->Type == CmResourceTypeInterrupt) {
            bool is_message = (at->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;

            driver.messages += is_message;
            driver.lines += !is_message;
            driver.latched += (at->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0;
        }
    }
    assert_non_null(driver.registers);
}

static BOOLEAN on_isr(WDFINTERRUPT interrupt, ULONG message)
{
    driver.interrupt = interrupt;
    driver.calls[message]++;
    return TRUE;
}

static void on_callback(const char *name, WDFDEVICE device)
{
    if (strcmp(name, "Release") == 0) {
        MmUnmapIoSpace(driver.registers, 16);
    }
}

static struct wc_device *start_teller(const char *model, ULONG interrupts, const char *resources)
{
    const struct wc_device_config config = {.model = model, .resources = resources};
    struct wc_device *device = NULL;

    memset(&driver, 0, sizeof(driver));
    PLAN->interrupts = (int)interrupts;
    PLAN->isr = on_isr;
    PLAN->prepare = on_prepare;
    PLAN->at = on_callback;
    pnp_load();
    if (wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, &device) != WC_OK) {
        fail_msg("the device does not start: %s", wc_last_error());
    }
    return device;
}

static void write_register(void *context)
{
    const ULONG *what = context;

    WRITE_REGISTER_ULONG(driver.registers + what[0], what[1]);
}

static void ask(void *context)
{
    WDF_INTERRUPT_INFO_INIT(&driver.info);
    WdfInterruptGetInfo(driver.interrupt, &driver.info);
}

/* Until the device's interrupt has come, and what it says of itself. */
static void tell(ULONG offset, ULONG value)
{
    ULONG what[] = {offset, value};

    wc_test_call(write_register, what);
    assert_int_equal(wc_machine_run(wc_test_the_machine(), NULL, NULL), WC_OK);
    wc_test_call(ask, NULL);
}

static void messages_are_resources_of_the_device(void **state) /* spec: INT-23 */
{
    struct wc_device *device =
        start_teller("teller", MESSAGES, "memory=0xfe000000-0xfe00000f,irq=5,irq=6,irq=7");

    assert_int_equal(driver.messages, MESSAGES);
    assert_int_equal(driver.latched, MESSAGES);
    assert_int_equal(driver.lines, 0);
    for (ULONG message = MESSAGES; message-- > 0;) {
        tell(0, message);
        assert_int_equal(driver.calls[message], 1);
        assert_true(driver.info.MessageSignaled);
        assert_int_equal(driver.info.MessageNumber, message);
    }
    pnp_remove(device);
}

static void an_edge_is_a_latched_line(void **state)
{
    struct wc_device *device =
        start_teller("teller,edge=1", 1, "memory=0xfe000000-0xfe00000f,irq=5");

    assert_int_equal(driver.messages, 0);
    assert_int_equal(driver.latched, 1);
    assert_int_equal(driver.lines, 1);
    tell(1, 1);
    assert_int_equal(driver.calls[0], 1);
    assert_false(driver.info.MessageSignaled);
    assert_int_equal(driver.info.Mode, Latched);
    pnp_remove(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(messages_are_resources_of_the_device),
        pnp_test(an_edge_is_a_latched_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
