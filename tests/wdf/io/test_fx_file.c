/* test_fx_file.c - file objects: create, cleanup, close. */
#include "wdf/io_fixture.h"

#include <string.h>

static WDFFILEOBJECT opened;
static NTSTATUS create_status;

static VOID file_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    WDF_REQUEST_PARAMETERS parameters;

    io_note("create@%d", KeGetCurrentIrql());
    opened = file;
    assert_ptr_equal(device, io_test.device);
    assert_ptr_equal(WdfRequestGetFileObject(request), file);
    assert_null(WdfRequestGetIoQueue(request));
    WDF_REQUEST_PARAMETERS_INIT(&parameters);
    WdfRequestGetParameters(request, &parameters);
    assert_int_equal(parameters.Type, WdfRequestTypeCreate);
    WdfRequestComplete(request, create_status);
}

static VOID file_cleanup(WDFFILEOBJECT file)
{
    io_note("cleanup@%d", KeGetCurrentIrql());
    assert_ptr_equal(file, opened);
}

static VOID file_close(WDFFILEOBJECT file)
{
    io_note("close@%d", KeGetCurrentIrql());
    assert_ptr_equal(file, opened);
}

static VOID object_cleanup(WDFOBJECT object)
{
    io_note("C");
}

static VOID object_destroy(WDFOBJECT object)
{
    io_note("D");
}

static void device_with_files(WDF_FILEOBJECT_CLASS class)
{
    PWDFDEVICE_INIT init = io_init();
    WDF_FILEOBJECT_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;

    create_status = STATUS_SUCCESS;
    opened = NULL;
    WDF_FILEOBJECT_CONFIG_INIT(&config, file_create, file_close, file_cleanup);
    config.FileObjectClass = class;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeNone;
    attributes.EvtCleanupCallback = object_cleanup;
    attributes.EvtDestroyCallback = object_destroy;
    WdfDeviceInitSetFileObjectConfig(init, &config, &attributes);
    io_create(init, NULL);
    io_default(WdfIoQueueDispatchParallel);
}

static void one_handle_gives_one_of_each(void **state) /* spec: FIL-01 FIL-04 FIL-05 */
{
    struct io_call call;
    char data[4];

    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    io_open();
    io_read(&call, data, 4);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_close();
    assert_log("create@0 r4 cleanup@0 close@0 C D");
}

static void an_open_succeeds_without_callback(void **state) /* spec: FIL-02 */
{
    io_device();
    io_open();
    assert_non_null(io_test.file);
    assert_log("");
}

static void a_failed_create_has_no_close(void **state) /* spec: FIL-03 */
{
    struct wc_file *file;

    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    io_open();
    io_close();
    io_clear();
    create_status = STATUS_ACCESS_DENIED;
    assert_int_equal(wc_file_open("Io0", &file), STATUS_ACCESS_DENIED);
    assert_log("create@0 C D");
}

static void cleanup_cancels_what_is_queued(void **state) /* spec: FIL-06 */
{
    WDFQUEUE queue;
    struct io_call owned, queued;
    char data[4];

    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    queue = WdfDeviceGetDefaultQueue(io_test.device);
    io_open();
    io_read(&owned, data, 1);
    WdfIoQueueStop(queue, NULL, NULL);
    io_read(&queued, data, 2);
    WdfIoQueueStart(queue);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    WdfIoQueueStop(queue, NULL, NULL);
    io_read(&queued, data, 2);
    WdfRequestMarkCancelable(io_test.requests[0], io_evt_cancel);
    io_clear();
    io_close();
    io_assert_done(&queued, STATUS_CANCELLED);
    assert_int_equal(owned.done, 1); /* the I/O manager cancels what the handle left */
    assert_log("cleanup@0 x close@0 C D");
}

static void close_in_task(void *context)
{
    io_close();
}

static void a_close_waits_for_what_the_driver_owns(void **state) /* spec: FIL-08 */
{
    struct io_call call;
    char data[4];

    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    io_open();
    io_read(&call, data, 4);
    io_clear();
    assert_int_equal(wc_machine_start_task(wc_test_the_machine(), close_in_task, NULL), WC_OK);
    io_settle();
    assert_log("cleanup@0"); /* the request keeps the file: no close can find it */
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_settle();
    assert_log("cleanup@0 close@0 C D");
    io_assert_done(&call, STATUS_SUCCESS);
}

/* A lower driver's request: it names the file and holds no reference of its own. */
static PIRP request_of_file(PDEVICE_OBJECT device, PFILE_OBJECT file, KEVENT *event,
                            IO_STATUS_BLOCK *result)
{
    static char data[4];
    LARGE_INTEGER offset = {.QuadPart = 0};
    PIRP irp;

    KeInitializeEvent(event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, data, sizeof(data), &offset, event,
                                       result);
    assert_non_null(irp);
    IoGetNextIrpStackLocation(irp)->FileObject = file;
    return irp;
}

static void a_lower_reference_keeps_the_file(void **state) /* spec: FIL-08 */
{
    PDEVICE_OBJECT device;
    IO_STATUS_BLOCK result;
    PFILE_OBJECT file;
    KEVENT event;

    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    io_open();
    device = WdfDeviceWdmGetDeviceObject(io_test.device);
    file = WdfFileObjectWdmGetFileObject(opened);
    ObReferenceObject(file);
    io_clear();
    io_close();
    assert_log("cleanup@0"); /* the last handle is gone, the file is not */
    assert_int_equal(IoCallDriver(device, request_of_file(device, file, &event, &result)),
                     STATUS_PENDING);
    assert_ptr_equal(WdfRequestGetFileObject(io_test.requests[0]), opened);
    ObDereferenceObject(file);
    io_settle();
    assert_log("cleanup@0 r4 close@0 C D"); /* while the driver owns the request */
    assert_null(WdfRequestGetFileObject(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(result.Status, STATUS_SUCCESS);
}

static void the_class_says_where_the_handle_hides(void **state) /* spec: FIL-07 */
{
    struct io_call call;
    char data[4];

    device_with_files(WdfFileObjectWdfCanUseFsContext2);
    io_open();
    io_read(&call, data, 4);
    assert_ptr_equal(WdfFileObjectWdmGetFileObject(opened)->FsContext2, opened);
    assert_null(WdfFileObjectWdmGetFileObject(opened)->FsContext);
    assert_ptr_equal(WdfDeviceGetFileObject(io_test.device, WdfFileObjectWdmGetFileObject(opened)),
                     opened);
    assert_ptr_equal(WdfRequestGetFileObject(io_test.requests[0]), opened);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static VOID create_without_file(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    assert_null(file);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void not_required_means_none(void **state) /* spec: FIL-07 */
{
    PWDFDEVICE_INIT init = io_init();
    WDF_FILEOBJECT_CONFIG config;
    struct io_call call;
    char data[4];

    WDF_FILEOBJECT_CONFIG_INIT(&config, create_without_file, NULL, NULL);
    config.FileObjectClass = WdfFileObjectNotRequired;
    WdfDeviceInitSetFileObjectConfig(init, &config, NULL);
    io_create(init, NULL);
    io_default(WdfIoQueueDispatchParallel);
    io_open();
    io_read(&call, data, 4);
    assert_null(WdfRequestGetFileObject(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
}

static void the_driver_cannot_delete_it(void **state) /* spec: FIL-12 */
{
    device_with_files(WdfFileObjectWdfCannotUseFsContexts);
    io_open();
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(opened);
    assert_ptr_equal(WdfFileObjectGetDevice(opened), io_test.device);
}

static NTSTATUS create_with_scope(WDF_SYNCHRONIZATION_SCOPE scope)
{
    PWDFDEVICE_INIT init = io_init();
    WDF_FILEOBJECT_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status;

    WDF_FILEOBJECT_CONFIG_INIT(&config, file_create, NULL, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = scope;
    WdfDeviceInitSetFileObjectConfig(init, &config, &attributes);
    status = WdfDeviceCreate(&init, NULL, &device);
    if (!NT_SUCCESS(status)) {
        WdfDeviceInitFree(init);
    }
    return status;
}

static void
a_serialized_file_needs_a_passive_device(void **state) /* spec: FIL-10 SYNC-10 SYNC-11 */
{
    assert_int_equal(create_with_scope(WdfSynchronizationScopeQueue),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(create_with_scope(WdfSynchronizationScopeDevice),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(create_with_scope(WdfSynchronizationScopeNone), STATUS_SUCCESS);
}

static void creates_may_go_to_a_queue(void **state)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    queue = io_queue(&config, NULL);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, queue, WdfRequestTypeCreate),
        STATUS_SUCCESS);
    assert_int_equal(
        WdfDeviceConfigureRequestDispatching(io_test.device, queue, WdfRequestTypeCreate),
        STATUS_INVALID_PARAMETER);
    WdfIoQueuePurge(queue, NULL, NULL);
    assert_int_equal(wc_file_open("\\Device\\Io0", &io_test.file) >= 0, 0);
    io_test.file = NULL;
}

static VOID note_name(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    PUNICODE_STRING name = WdfFileObjectGetFileName(file);

    for (unsigned i = 0; i < name->Length / sizeof(WCHAR); i++) {
        io_note("%c", name->Buffer[i]);
    }
    io_note(".");
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void the_name_is_what_follows_the_link(void **state) /* spec: FIL-13 */
{
    PWDFDEVICE_INIT init = io_init();
    WDF_FILEOBJECT_CONFIG config;
    struct wc_file *file;

    WDF_FILEOBJECT_CONFIG_INIT(&config, note_name, NULL, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &config, NULL);
    io_create(init, NULL);
    io_open();
    assert_log(".");
    assert_int_equal(wc_file_open("Io0\\ab", &file), STATUS_SUCCESS);
    assert_log(". \\ a b .");
    wc_file_close(file);
}

static void other_majors_are_refused(void **state) /* spec: FIL-09 */
{
    PDEVICE_OBJECT device;
    IO_STATUS_BLOCK status;
    KEVENT event;
    PIRP irp;

    io_device();
    io_open();
    device = WdfDeviceWdmGetDeviceObject(io_test.device);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp =
        IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, NULL, &event, &status);
    assert_non_null(irp);
    assert_int_equal(IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
}

/* ---- whose lock ---- */

static bool device_lock_held;

static VOID file_create_under_lock(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT file)
{
    opened = file;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    if (device_lock_held) {
        wc_expect_violation("CallbackLockRecursive");
    }
    WdfObjectAcquireLock(device);
    if (!device_lock_held) {
        WdfObjectReleaseLock(device);
    }
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static VOID file_close_at_passive(WDFFILEOBJECT file)
{
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* A passive device of scope Device; the file's attributes may be NULL. */
static void device_with_locked_files(WDF_OBJECT_ATTRIBUTES *file_attributes)
{
    PWDFDEVICE_INIT init = io_init();
    WDF_FILEOBJECT_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_FILEOBJECT_CONFIG_INIT(&config, file_create_under_lock, file_close_at_passive, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &config, file_attributes);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    io_create(init, &attributes);
    io_default(WdfIoQueueDispatchParallel);
    io_open();
}

static void without_attributes_nothing_is_serialized(void **state) /* spec: SYNC-12 */
{
    device_lock_held = false;
    device_with_locked_files(NULL);
    assert_non_null(opened);
    assert_int_equal(wc_violations(NULL), 0);
    io_close();
}

static void with_attributes_the_device_is_locked(void **state) /* spec: SYNC-12 */
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    device_lock_held = true;
    device_with_locked_files(&attributes);
    assert_int_equal(wc_violations("CallbackLockRecursive"), 1);
    io_close();
}

static void a_file_of_scope_device_lends_its_devices_lock(void **state) /* spec: LOCK-19 */
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    device_lock_held = true;
    device_with_locked_files(&attributes);
    WdfObjectAcquireLock(opened);
    wc_expect_violation("CallbackLockRecursive");
    WdfObjectAcquireLock(io_test.device); /* it is the same one */
    assert_int_equal(wc_violations("CallbackLockRecursive"), 2);
    WdfObjectReleaseLock(opened);
    WdfObjectAcquireLock(io_test.device);
    WdfObjectReleaseLock(io_test.device);
    io_close();
}

static void a_file_without_scope_has_no_lock(void **state) /* spec: LOCK-19 */
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeNone;
    device_lock_held = false;
    device_with_locked_files(&attributes);
    wc_expect_violation("CallbackLockUnsupported");
    WdfObjectAcquireLock(opened);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x10D (0xb, "));
    io_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(one_handle_gives_one_of_each, IO_FIXTURE),
        wc_unit_test(an_open_succeeds_without_callback, IO_FIXTURE),
        wc_unit_test(a_failed_create_has_no_close, IO_FIXTURE),
        wc_unit_test(cleanup_cancels_what_is_queued, IO_FIXTURE),
        wc_unit_test(a_close_waits_for_what_the_driver_owns, IO_FIXTURE),
        wc_unit_test(a_lower_reference_keeps_the_file, IO_FIXTURE),
        wc_unit_test(the_class_says_where_the_handle_hides, IO_FIXTURE),
        wc_unit_test(not_required_means_none, IO_FIXTURE),
        wc_unit_test(the_driver_cannot_delete_it, IO_FIXTURE),
        wc_unit_test(a_serialized_file_needs_a_passive_device, IO_FIXTURE),
        wc_unit_test(creates_may_go_to_a_queue, IO_FIXTURE),
        wc_unit_test(the_name_is_what_follows_the_link, IO_FIXTURE),
        wc_unit_test(other_majors_are_refused, IO_FIXTURE),
        wc_unit_test(without_attributes_nothing_is_serialized, IO_FIXTURE),
        wc_unit_test(with_attributes_the_device_is_locked, IO_FIXTURE),
        wc_unit_test(a_file_of_scope_device_lends_its_devices_lock, IO_FIXTURE),
        wc_unit_test(a_file_without_scope_has_no_lock, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
