/* test_fx_control.c - control devices: made by the driver, opened once finished, deleted by the driver or
 * at unload.
 */
#include "wdf/pnp_fixture.h"

#include <stdlib.h>
#include <string.h>

#include <wdfcore/user.h>

#define PLAN (&drv_pnp_plan)

static const GUID interface_class = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static NTSTATUS result[2];

static WDFDEVICE control;
static char control_log[64];

static VOID control_cleanup(WDFOBJECT object)
{
    strcat(control_log, "cleanup ");
}

static VOID control_destroy(WDFOBJECT object)
{
    strcat(control_log, "destroy ");
}

static VOID control_io(WDFQUEUE queue, WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static PWDFDEVICE_INIT control_init(void)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)");

    return WdfControlDeviceInitAllocate(PLAN->driver, &sddl);
}

static void make_control(void *context)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Device\\Control");
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\PnpTest");
    PWDFDEVICE_INIT init = control_init();
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue;

    control_log[0] = '\0';
    assert_non_null(init);
    assert_int_equal(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = control_cleanup;
    attributes.EvtDestroyCallback = control_destroy;
    assert_int_equal(WdfDeviceCreate(&init, &attributes, &control), STATUS_SUCCESS);
    assert_null(init);
    assert_int_equal(WdfDeviceCreateSymbolicLink(control, &link), STATUS_SUCCESS);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoDefault = control_io;
    assert_int_equal(WdfIoQueueCreate(control, &queue, NULL, NULL), STATUS_SUCCESS);
}

static void finish_control(void *context)
{
    WdfControlFinishInitializing(control);
}

static void delete_control(void *context)
{
    WdfObjectDelete(control);
}

static void a_control_device_opens_once_it_is_finished(void **state) /* spec: WDEV-17, INI-01 */
{
    NTSTATUS status;

    pnp_load();
    wc_test_call(make_control, NULL);
    status = pnp_open();
    assert_false(NT_SUCCESS(status));
    wc_test_call(finish_control, NULL);
    status = pnp_open();
    assert_int_equal(status, STATUS_SUCCESS);
}

static void a_control_device_is_deleted_by_the_driver(void **state) /* spec: DEL-25, DEL-27 */
{
    NTSTATUS status;

    pnp_load();
    wc_test_call(make_control, NULL);
    wc_test_call(finish_control, NULL);
    wc_test_call(delete_control, NULL);
    assert_string_equal(control_log, "cleanup destroy ");
    status = pnp_open();
    assert_int_equal(status, STATUS_OBJECT_NAME_NOT_FOUND);
}

/* ---- what points to a control device when it goes ---- */

static WDFQUEUE queue_beside;
static WDFIOTARGET target_beside;

static VOID queue_destroyed(WDFOBJECT object)
{
    strcat(control_log, "queue ");
}

static VOID deletes_the_device(WDFOBJECT object)
{
    WdfObjectDelete(control);
    strcat(control_log, "child ");
}

static void make_queue_beside(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG config;

    make_control(NULL);
    WdfControlFinishInitializing(control);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtDestroyCallback = queue_destroyed;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueCreate(control, &config, &attributes, &queue_beside),
                     STATUS_SUCCESS);
}

static void delete_queue_whose_child_deletes_the_device(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT child;

    make_queue_beside(NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = queue_beside;
    attributes.EvtCleanupCallback = deletes_the_device;
    assert_int_equal(WdfObjectCreate(&attributes, &child), STATUS_SUCCESS);
    WdfObjectDelete(queue_beside);
}

static void a_device_outlives_the_deletion_of_its_queue(void **state)
{
    pnp_load();
    wc_test_call(delete_queue_whose_child_deletes_the_device, NULL);
    assert_string_equal(control_log, "cleanup child queue destroy ");
}

static void reference_queue_and_delete_the_device(void *context)
{
    make_queue_beside(NULL);
    WdfObjectReference(queue_beside);
    WdfObjectDelete(control);
    assert_string_equal(control_log, "cleanup ");
    assert_ptr_equal(WdfIoQueueGetDevice(queue_beside), control);
    WdfObjectDereference(queue_beside);
}

static void a_referenced_queue_keeps_its_device(void **state)
{
    pnp_load();
    wc_test_call(reference_queue_and_delete_the_device, NULL);
    assert_string_equal(control_log, "cleanup queue destroy ");
}

static void reference_target_and_delete_the_device(void *context)
{
    make_control(NULL);
    WdfControlFinishInitializing(control);
    assert_int_equal(WdfIoTargetCreate(control, WDF_NO_OBJECT_ATTRIBUTES, &target_beside),
                     STATUS_SUCCESS);
    WdfObjectReference(target_beside);
    WdfObjectDelete(control);
    assert_string_equal(control_log, "cleanup ");
    assert_ptr_equal(WdfIoTargetGetDevice(target_beside), control);
    WdfObjectDereference(target_beside);
}

static void a_referenced_target_keeps_its_device(void **state)
{
    pnp_load();
    wc_test_call(reference_target_and_delete_the_device, NULL);
    assert_string_equal(control_log, "cleanup destroy ");
}

/* ---- deleted from a callback that its own deletion waits for ---- */

static VOID deletes_when_stopped(WDFQUEUE queue, WDFCONTEXT context)
{
    strcat(control_log, "stopped ");
    WdfObjectDelete(control);
}

static VOID deletes_as_work(WDFWORKITEM item)
{
    strcat(control_log, "worked ");
    WdfObjectDelete(control);
}

static void stop_queue_beside(void *context)
{
    make_queue_beside(NULL);
    WdfIoQueueStop(queue_beside, deletes_when_stopped, NULL);
}

static void enqueue_work(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item;

    make_control(NULL);
    WdfControlFinishInitializing(control);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = control;
    WDF_WORKITEM_CONFIG_INIT(&config, deletes_as_work);
    assert_int_equal(WdfWorkItemCreate(&config, &attributes, &item), STATUS_SUCCESS);
    WdfWorkItemEnqueue(item);
}

static void until_nothing_is_left(void *context)
{
    assert_true(wc_run_until_idle(WC_MS(10)));
}

static void a_queues_callback_may_delete_its_control_device(void **state)
{
    NTSTATUS status;

    pnp_load();
    wc_test_call(stop_queue_beside, NULL);
    wc_test_call(until_nothing_is_left, NULL);
    assert_string_equal(control_log, "stopped cleanup queue destroy ");
    status = pnp_open();
    assert_int_equal(status, STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_work_item_may_delete_its_control_device(void **state)
{
    pnp_load();
    wc_test_call(enqueue_work, NULL);
    wc_test_call(until_nothing_is_left, NULL);
    assert_string_equal(control_log, "worked cleanup destroy ");
}

static void unloading_waits_for_such_a_deletion(void **state)
{
    pnp_load();
    wc_test_call(stop_queue_beside, NULL);
    assert_int_equal(wc_test_end(state), 0);
    assert_string_equal(control_log, "stopped cleanup queue destroy ");
}

/* ---- shutdown ---- */

static UCHAR shutdown_flags;

static VOID control_shutdown(WDFDEVICE device)
{
    assert_ptr_equal(device, control);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    strcat(control_log, "shutdown ");
}

static void make_shutdown_control(void *context)
{
    PWDFDEVICE_INIT init = control_init();

    control_log[0] = '\0';
    WdfControlDeviceInitSetShutdownNotification(init, control_shutdown, shutdown_flags);
    assert_int_equal(WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &control), STATUS_SUCCESS);
    WdfControlFinishInitializing(control);
}

static void shut_down_with(UCHAR flags)
{
    shutdown_flags = flags;
    pnp_load();
    wc_test_call(make_shutdown_control, NULL);
    assert_int_equal(wc_machine_shutdown(wc_test_the_machine()), WC_OK);
}

static void shutdown_is_told_once_for_each_kind(void **state) /* spec: WDEV-28 */
{
    shut_down_with(WdfDeviceShutdown);
    assert_string_equal(control_log, "shutdown ");
    assert_int_equal(wc_machine_shutdown(wc_test_the_machine()), WC_OK);
    assert_string_equal(control_log, "shutdown "); /* a registration serves once */
}

static void both_kinds_are_told(void **state) /* spec: WDEV-28 */
{
    shut_down_with(WdfDeviceShutdown | WdfDeviceLastChanceShutdown);
    assert_string_equal(control_log, "shutdown shutdown ");
}

static void nobody_asked_for_it(void **state) /* spec: WDEV-28 */
{
    shut_down_with(0);
    assert_string_equal(control_log, "");
}

static void send_shutdown(void *context)
{
    IO_STATUS_BLOCK block = {.Status = STATUS_UNSUCCESSFUL};
    KEVENT event;
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_SHUTDOWN, WdfDeviceWdmGetDeviceObject(control), NULL,
                                       0, NULL, &event, &block);
    assert_non_null(irp);
    *(NTSTATUS *)context = IoCallDriver(WdfDeviceWdmGetDeviceObject(control), irp);
    assert_int_equal(block.Status, STATUS_SUCCESS);
}

static void the_request_succeeds_after_the_callback(void **state) /* spec: WDEV-28 */
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    shutdown_flags = WdfDeviceShutdown;
    pnp_load();
    wc_test_call(make_shutdown_control, NULL);
    wc_test_call(send_shutdown, &status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_string_equal(control_log, "shutdown ");
}

static void a_deleted_device_is_not_told(void **state)
{
    shutdown_flags = WdfDeviceShutdown | WdfDeviceLastChanceShutdown;
    pnp_load();
    wc_test_call(make_shutdown_control, NULL);
    wc_test_call(delete_control, NULL);
    assert_int_equal(wc_machine_shutdown(wc_test_the_machine()), WC_OK);
    assert_string_equal(control_log, "");
}

static void open_and_delete_in_task(void *context)
{
    struct wc_file *file, *second;

    result[0] = wc_file_open("PnpTest", &file);
    WdfObjectDelete(control);
    assert_string_equal(control_log, ""); /* it waits for the handle */
    result[1] = wc_file_open("PnpTest", &second);
    wc_file_close(file);
}

static void a_deleted_control_device_waits_for_the_last_close(void **state) /* spec: WDEV-19 */
{
    pnp_load();
    wc_test_call(make_control, NULL);
    wc_test_call(finish_control, NULL);
    wc_test_call(open_and_delete_in_task, NULL);
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_false(NT_SUCCESS(result[1]));
    assert_string_equal(control_log, "cleanup destroy ");
}

/* ---- the last close against the deletion ---- */

static KSEMAPHORE over;

static void open_and_close(void *context)
{
    pnp_open_in_task(context);
    KeReleaseSemaphore(&over, IO_NO_INCREMENT, 1, FALSE);
}

static void delete_meanwhile(void *context)
{
    NTSTATUS status;

    KeInitializeSemaphore(&over, 0, MAXLONG);
    assert_int_equal(wc_machine_start_task(wc_test_the_machine(), open_and_close, &status), WC_OK);
    for (ULONG i = 0; i < *(const ULONG *)context; i++) {
        (void)KeGetCurrentIrql(); /* a window each */
    }
    WdfObjectDelete(control);
    KeWaitForSingleObject(&over, Executive, KernelMode, FALSE, NULL);
}

static void a_close_and_a_deletion_do_not_miss_each_other(void **state) /* spec: DEL-25, WDEV-19 */
{
    const char *scheduler = getenv("WC_SCHED");
    bool with_threads = scheduler != NULL && strcmp(scheduler, "thread") == 0;

    for (ULONG seed = 1; seed <= 200; seed++) {
        ULONG later = seed % 40;

        wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 2,
                        .seed = with_threads ? 0 : seed);
        wc_test_call(make_control, NULL);
        wc_test_call(finish_control, NULL);
        wc_test_call(delete_meanwhile, &later);
        assert_string_equal(control_log, "cleanup destroy "); /* not at the unload only */
        assert_int_equal(wc_test_end(state), 0);
    }
}

static void unload_deletes_control_devices(void **state) /* spec: WDEV-29 */
{
    pnp_load();
    wc_test_call(make_control, NULL);
    wc_test_call(finish_control, NULL);
    PLAN->log[0] = '\0';
    assert_int_equal(wc_test_end(state), 0);
    assert_string_equal(control_log, "cleanup destroy ");
    assert_pnp_log("Unload DriverCleanup DriverDestroy ");
}

static void late_queue_in_task(void *context)
{
    WDF_IO_QUEUE_CONFIG queue;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchManual);
    result[0] = WdfIoQueueCreate(control, &queue, NULL, NULL);
}

static void questions_of_control_in_task(void *context)
{
    assert_null(WdfDeviceWdmGetPhysicalDevice(control));
    assert_null(WdfDeviceWdmGetAttachedDevice(control));
    result[1] = WdfDeviceCreateDeviceInterface(control, &interface_class, NULL);
}

static void no_target_in_task(void *context)
{
    assert_null(WdfDeviceGetIoTarget(control));
    assert_null(WdfPdoInitAllocate(control));
}

static void a_control_device_has_nothing_below(void **state) /* spec: WDEV-06, INI-14 */
{
    pnp_load();
    wc_test_call(make_control, NULL);
    wc_test_call(no_target_in_task, NULL);
    assert_int_equal(wc_violations(NULL), 0);
}

static void a_control_device_knows_no_pnp(void **state) /* spec: WDEV-10, WDEV-18 */
{
    pnp_load();
    wc_test_call(make_control, NULL);
    wc_test_call(finish_control, NULL);
    wc_test_call(late_queue_in_task, NULL);
    wc_test_call(questions_of_control_in_task, NULL);
    assert_int_equal(result[0], STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(result[1], STATUS_INVALID_DEVICE_REQUEST);
}

static void unnamed_control_in_task(void *context)
{
    DECLARE_CONST_UNICODE_STRING(link, L"\\DosDevices\\PnpTest");
    PWDFDEVICE_INIT init = control_init();

    result[1] = WdfDeviceInitAssignSDDLString(init, NULL);
    assert_int_equal(WdfDeviceCreate(&init, NULL, &control), STATUS_SUCCESS);
    result[0] = WdfDeviceCreateSymbolicLink(control, &link);
    WdfObjectDelete(control);
}

static void an_unnamed_control_device_has_no_link(void **state) /* spec: WDEV-08, INI-13 */
{
    pnp_load();
    wc_test_call(unnamed_control_in_task, NULL);
    assert_int_equal(result[0], STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(result[1], STATUS_INVALID_DEVICE_REQUEST);
}

static void parent_in_task(void *context)
{
    PWDFDEVICE_INIT init = control_init();
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = PLAN->driver;
    result[0] = WdfDeviceCreate(&init, &attributes, &control);
    assert_non_null(init); /* a failure leaves it to us */
    WdfDeviceInitFree(init);
}

static void a_device_is_not_given_a_parent(void **state) /* spec: WDEV-03, INI-02 */
{
    pnp_load();
    wc_test_call(parent_in_task, NULL);
    assert_int_equal(result[0], STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
}

static void stale_in_task(void *context)
{
    PWDFDEVICE_INIT init = control_init();

    WdfDeviceInitFree(init);
    WdfDeviceInitSetExclusive(init, TRUE);
}

static void a_freed_init_is_noticed(void **state)
{
    pnp_load();
    wc_expect_violation("DeviceInitMisuse");
    wc_test_call(stale_in_task, NULL);
    assert_int_equal(wc_violations("DeviceInitMisuse"), 1);
}

static void pnp_setters_in_task(void *context)
{
    PWDFDEVICE_INIT init = control_init();

    WdfFdoInitSetFilter(init);
    WdfDeviceInitFree(init);
}

static void fdo_setters_are_not_for_control_devices(void **state) /* spec: INI-09 */
{
    pnp_load();
    wc_expect_violation("DeviceInitMisuse");
    wc_test_call(pnp_setters_in_task, NULL);
    assert_int_equal(wc_violations("DeviceInitMisuse"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(a_control_device_opens_once_it_is_finished),
        pnp_test(a_control_device_is_deleted_by_the_driver),
        pnp_test(a_deleted_control_device_waits_for_the_last_close),
        pnp_test(unload_deletes_control_devices),
        pnp_test(a_close_and_a_deletion_do_not_miss_each_other),
        pnp_test(a_control_device_has_nothing_below),
        pnp_test(a_control_device_knows_no_pnp),
        pnp_test(an_unnamed_control_device_has_no_link),
        pnp_test(a_device_is_not_given_a_parent),
        pnp_test(a_freed_init_is_noticed),
        pnp_test(a_device_outlives_the_deletion_of_its_queue),
        pnp_test(a_referenced_queue_keeps_its_device),
        pnp_test(a_referenced_target_keeps_its_device),
        pnp_test(a_queues_callback_may_delete_its_control_device),
        pnp_test(a_work_item_may_delete_its_control_device),
        pnp_test(unloading_waits_for_such_a_deletion),
        pnp_test(fdo_setters_are_not_for_control_devices),
        pnp_test(shutdown_is_told_once_for_each_kind),
        pnp_test(both_kinds_are_told),
        pnp_test(nobody_asked_for_it),
        pnp_test(the_request_succeeds_after_the_callback),
        pnp_test(a_deleted_device_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
