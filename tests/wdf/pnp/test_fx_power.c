/* test_fx_power.c - power, stop and removal while there are requests, and callbacks that misbehave.
 */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <wdfcore/user.h>

#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

#define PLAN (&drv_pnp_plan)

/* ---- requests over a stop ---- */

static struct {
    struct wc_file *file;
    struct wc_io *io[2];
    char byte[2];
    ULONG done;
    char order[3];
    int32_t status[2];
} reads;

static void read_done(void *context, int32_t status, uint64_t information)
{
    size_t which = (size_t)context;

    reads.status[which] = status;
    reads.order[reads.done++] = (char)('a' + which);
}

static void open_for_reads(void *context)
{
    memset(&reads, 0, sizeof(reads));
    assert_int_equal(wc_file_open("PnpTest", &reads.file), STATUS_SUCCESS);
}

static void start_reads(void *context)
{
    for (size_t i = 0; i < 2; i++) {
        wc_file_read_start(reads.file, &reads.byte[i], 1, read_done, (void *)i, &reads.io[i]);
    }
}

static void close_after_reads(void *context)
{
    wc_file_close(reads.file);
}

static void requests_wait_for_the_restart(void **state) /* spec: PNP-16 */
{
    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    pnp_start(NULL);
    wc_test_call(open_for_reads, NULL);
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    wc_test_call(start_reads, NULL);
    assert_int_equal(reads.done, 0);
    assert_pnp_log("");
    assert_int_equal(pnp_restart(0), STATUS_SUCCESS);
    assert_pnp_log("Prepare D0Entry(5) PostEnabled(5) Io Io SelfRestart ");
    assert_string_equal(reads.order, "ab");
    wc_test_call(close_after_reads, NULL);
}

static void queue_without_power(WDFDEVICE device)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.PowerManaged = WdfFalse;
    assert_int_equal(WdfIoQueueCreate(device, &config, NULL, &queue), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(device, queue, WdfRequestTypeRead),
                     STATUS_SUCCESS);
    PLAN->interrupt[0] = (WDFINTERRUPT)queue;
}

static void take_one(void *context)
{
    WDFREQUEST request;

    start_reads(NULL);
    *(NTSTATUS *)context = WdfIoQueueRetrieveNextRequest((WDFQUEUE)PLAN->interrupt[0], &request);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void unmanaged_queues_deliver_in_dx(void **state) /* spec: PWR-19 */
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    PLAN->link = TRUE;
    PLAN->added = queue_without_power;
    pnp_start(NULL);
    wc_test_call(open_for_reads, NULL);
    assert_int_equal(pnp_power(DevicePowerState, PowerDeviceD3), STATUS_SUCCESS);
    wc_test_call(take_one, &status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(reads.done, 1);
    wc_test_call(close_after_reads, NULL);
}

static void removal_ends_requests(void **state) /* spec: PNP-11 */
{
    struct wc_device *device;

    PLAN->link = TRUE;
    PLAN->added = queue_without_power;
    device = pnp_start(NULL);
    wc_test_call(open_for_reads, NULL);
    wc_test_call(start_reads, NULL);
    assert_int_equal(reads.done, 0);
    assert_int_equal(wc_device_surprise_remove(device), WC_OK);
    assert_int_equal(reads.done, 2);
    assert_int_equal(reads.status[0], STATUS_CANCELLED);
    assert_int_equal(reads.status[1], STATUS_CANCELLED);
    wc_test_call(close_after_reads, NULL);
}

/* ---- preprocessing ---- */

static BOOLEAN passes_on;

static NTSTATUS preprocess(WDFDEVICE device, PIRP irp)
{
    strcat(PLAN->log, "Pre ");
    if (passes_on) {
        IoSkipCurrentIrpStackLocation(irp);
        return WdfDeviceWdmDispatchPreprocessedIrp(device, irp);
    }
    irp->IoStatus.Status = STATUS_DEVICE_BUSY;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_DEVICE_BUSY;
}

static void preprocess_reads(PWDFDEVICE_INIT init)
{
    assert_int_equal(
        WdfDeviceInitAssignWdmIrpPreprocessCallback(init, preprocess, IRP_MJ_READ, NULL, 0),
        STATUS_SUCCESS);
}

static void read_in_task(void *context)
{
    struct wc_file *file;
    size_t read;
    char byte;

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    *(NTSTATUS *)context = wc_file_read(file, &byte, 1, &read);
    wc_file_close(file);
}

static void preprocessing_owns_the_irp(void **state) /* spec: INI-17 */
{
    NTSTATUS status;

    PLAN->init = preprocess_reads;
    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    pnp_start(NULL);
    PLAN->log[0] = '\0';
    passes_on = FALSE;
    wc_test_call(read_in_task, &status);
    assert_int_equal(status, STATUS_DEVICE_BUSY);
    assert_pnp_log("Pre ");
    passes_on = TRUE;
    wc_test_call(read_in_task, &status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_pnp_log("Pre Io ");
}

/* ---- callbacks that misbehave ---- */

static void a_callback_keeps_its_irql(void **state) /* spec: PNP-26 */
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    struct wc_device_config device_config = {.resources = NULL};
    struct wc_machine *machine;
    struct wc_device *device;
    struct wc_driver *driver;

    PLAN->changes_irql = TRUE;
    assert_int_equal(wc_machine_create(&config, &machine), WC_OK);
    assert_int_equal(wc_machine_load_driver(machine, WC_DRIVER_DRV_PNP, &driver), WC_OK);
    assert_int_equal(wc_machine_add_device(machine, driver, &device_config, &device), WC_STOPPED);
    assert_non_null(strstr(wc_last_report(), "CallbackChangedIrql"));
    assert_non_null(strstr(wc_last_report(), "EvtDeviceD0Entry"));
    wc_machine_destroy(machine);
}

static void a_failing_release_fails_the_stop(void **state) /* spec: PNP-28 */
{
    pnp_start(NULL);
    PLAN->log[0] = '\0';
    PLAN->fail = "Release";
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_UNSUCCESSFUL);
    assert_pnp_log("SelfSuspend PreDisabled(5) D0Exit(5) Release SelfFlush ");
}

static void a_failing_release_is_ignored_on_remove(void **state) /* spec: PNP-28, PNP-20 */
{
    struct wc_device *device = pnp_start(NULL);

    PLAN->log[0] = '\0';
    PLAN->fail = "Release";
    pnp_remove(device);
    assert_pnp_log("QueryRemove SelfSuspend PreDisabled(5) D0Exit(5) Release SelfFlush SelfCleanup "
                   "DeviceCleanup DeviceDestroy ");
}

/* ---- what the stack and the driver are like ---- */

static void exclusive(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetExclusive(init, TRUE);
}

static void open_twice(void *context)
{
    NTSTATUS *status = context;
    struct wc_file *first, *second;

    status[0] = wc_file_open("PnpTest", &first);
    status[1] = wc_file_open("PnpTest", &second);
    wc_file_close(first);
    status[2] = wc_file_open("PnpTest", &second);
    wc_file_close(second);
}

static void an_exclusive_device_opens_once(void **state) /* spec: WDEV-20 */
{
    NTSTATUS status[3];

    PLAN->init = exclusive;
    PLAN->link = TRUE;
    pnp_start(NULL);
    wc_test_call(open_twice, status);
    assert_int_equal(status[0], STATUS_SUCCESS);
    assert_int_equal(status[1], STATUS_ACCESS_DENIED);
    assert_int_equal(status[2], STATUS_SUCCESS);
}

static NTSTATUS create_status;

static VOID answer_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    assert_null(file);
    WdfRequestComplete(request, create_status);
}

static void exclusive_without_file_objects(PWDFDEVICE_INIT init)
{
    WDF_FILEOBJECT_CONFIG config;

    WDF_FILEOBJECT_CONFIG_INIT(&config, answer_create, NULL, NULL);
    config.FileObjectClass = WdfFileObjectNotRequired;
    WdfDeviceInitSetFileObjectConfig(init, &config, WDF_NO_OBJECT_ATTRIBUTES);
    WdfDeviceInitSetExclusive(init, TRUE);
}

static void open_after_a_failure(void *context)
{
    struct wc_file *file;

    create_status = STATUS_DEVICE_BUSY;
    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_DEVICE_BUSY);
    create_status = STATUS_SUCCESS;
    open_twice(context);
}

static void an_exclusive_device_needs_no_file_objects(void **state) /* spec: WDEV-20 */
{
    NTSTATUS status[3];

    PLAN->init = exclusive_without_file_objects;
    PLAN->link = TRUE;
    pnp_start(NULL);
    wc_test_call(open_after_a_failure, status);
    assert_int_equal(status[0], STATUS_SUCCESS);
    assert_int_equal(status[1], STATUS_ACCESS_DENIED);
    assert_int_equal(status[2], STATUS_SUCCESS);
}

static void direct(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
    WdfDeviceInitSetDeviceType(init, FILE_DEVICE_SERIAL_PORT);
}

static void flags_in_task(void *context)
{
    const ULONG io = DO_BUFFERED_IO | DO_DIRECT_IO;
    PDEVICE_OBJECT own = WdfDeviceWdmGetDeviceObject(PLAN->device);
    ULONG *flags = context;

    flags[0] = own->Flags & io;
    flags[1] = PLAN->pdo->Flags & io;
    flags[2] = own->DeviceType;
    flags[3] = PLAN->pdo->DeviceType;
}

static void a_filter_is_as_the_device_below(void **state) /* spec: INI-15, WDEV-21 */
{
    ULONG flags[4];

    PLAN->filter = TRUE;
    PLAN->init = direct;
    pnp_start(NULL);
    wc_test_call(flags_in_task, flags);
    assert_int_equal(flags[0], flags[1]);
    assert_int_equal(flags[2], flags[3]);
    assert_int_not_equal(flags[2], FILE_DEVICE_SERIAL_PORT);
}

static void a_function_device_has_its_own_io_type(void **state) /* spec: INI-15 */
{
    ULONG flags[4];

    PLAN->init = direct;
    pnp_start(NULL);
    wc_test_call(flags_in_task, flags);
    assert_int_equal(flags[0], DO_DIRECT_IO);
    assert_int_equal(flags[2], FILE_DEVICE_SERIAL_PORT);
}

static void tag_in_task(void *context)
{
    const struct fx_object *driver = fx_handle_get(PLAN->driver, FX_TYPE_DRIVER);

    *(WDF_DRIVER_GLOBALS *)context = driver->globals->public;
}

static void the_drivers_name_makes_its_tag(void **state) /* spec: DRV-16, DRV-17 */
{
    WDF_DRIVER_GLOBALS globals;

    pnp_load();
    wc_test_call(tag_in_task, &globals);
    assert_string_equal(globals.DriverName, "drv_pnp");
    assert_memory_equal(&globals.DriverTag, "drv_", 4);
    assert_ptr_equal(globals.Driver, PLAN->driver);
}

static void copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    char bytes[4096];
    size_t size;

    assert_true(in != NULL && out != NULL);
    while ((size = fread(bytes, 1, sizeof(bytes), in)) > 0) {
        assert_int_equal(fwrite(bytes, 1, size, out), size);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* The same driver under other names: the name of the file is that of the service. A link would be
 * the same module. */
static void assert_tag_of(const char *name, const char *tag, void **state)
{
    char folder[] = "/tmp/tagXXXXXX", file[64];
    WDF_DRIVER_GLOBALS globals;

    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/%s.so", folder, name);
    copy_file(WC_DRIVER_DRV_PNP, file);
    wc_test_machine(.driver = file, .no_device = true);
    wc_test_call(tag_in_task, &globals);
    assert_int_equal(wc_test_end(state), 0);
    unlink(file);
    rmdir(folder);
    assert_string_equal(globals.DriverName, name);
    assert_memory_equal(&globals.DriverTag, tag, 4);
}

static void a_leading_wdf_is_no_part_of_the_tag(void **state) /* spec: DRV-16 */
{
    assert_tag_of("wdfserial", "seri", state);
    assert_tag_of("WdFabc", "abc ", state);
    assert_tag_of("wdfab", "FxDr", state);
    assert_tag_of("ab", "FxDr", state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(requests_wait_for_the_restart),
        pnp_test(unmanaged_queues_deliver_in_dx),
        pnp_test(removal_ends_requests),
        pnp_test(preprocessing_owns_the_irp),
        pnp_test(a_callback_keeps_its_irql),
        pnp_test(a_failing_release_fails_the_stop),
        pnp_test(a_failing_release_is_ignored_on_remove),
        pnp_test(an_exclusive_device_opens_once),
        pnp_test(an_exclusive_device_needs_no_file_objects),
        pnp_test(a_filter_is_as_the_device_below),
        pnp_test(a_function_device_has_its_own_io_type),
        pnp_test(the_drivers_name_makes_its_tag),
        pnp_test(a_leading_wdf_is_no_part_of_the_tag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
