/* test_io_irp.c - IRPs down and up a stack of three devices. */
#include "nt/nt_driver.h"

#include <string.h>

#include "nt/io/irp/io_irp.h"

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT low, middle, top;
    PDEVICE_OBJECT seen; /* DeviceObject of the location that the lowest handler got */
    PIRP held;
    char log[128];
    NTSTATUS status; /* what the lowest handler completes with */
    NTSTATUS result; /* what a completion routine returns */
    NTSTATUS refused;
    int returned; /* PendingReturned as seen by a completion routine */
} t;

static NTSTATUS low_handler(PDEVICE_OBJECT device, PIRP irp)
{
    t.seen = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
    (void)device;
    return nt_complete(irp, t.status, 0);
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.returned = -1;
    t.driver = nt_driver_create();
    t.low = nt_device_create(t.driver, NULL, low_handler);
    t.middle = nt_device_create(t.driver, t.low, nt_pass_down);
    t.top = nt_device_create(t.driver, t.middle, nt_pass_down);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(t.driver);
    return 0;
}

static NTSTATUS pass_down_or_complete(PDEVICE_OBJECT device, PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    t.refused = IoCallDriver(nt_level(device)->lower, irp);
    return nt_complete(irp, STATUS_UNSUCCESSFUL, 0);
}

static void as_many_calls_as_locations(void **state) /* spec: IRP-01 */
{
    PIRP irp = nt_irp(3);

    (void)state;
    assert_int_equal(IoCallDriver(t.top, irp), STATUS_SUCCESS);
    assert_ptr_equal(t.seen, t.low);
    IoFreeIrp(irp);

    t.seen = NULL;
    nt_level(t.middle)->handler = pass_down_or_complete;
    irp = nt_irp(2);
    wc_expect_violation("NoMoreIrpStackLocations");
    IoCallDriver(t.top, irp);
    assert_null(t.seen);
    assert_false(NT_SUCCESS(t.refused));
    IoFreeIrp(irp);
}

static void the_device_named_gets_the_request(void **state) /* spec: IRP-02, IRP-03 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    t.status = STATUS_DEVICE_BUSY;
    assert_int_equal(IoCallDriver(t.low, irp), STATUS_DEVICE_BUSY);
    assert_ptr_equal(t.seen, t.low);
    assert_int_equal(irp->IoStatus.Status, STATUS_DEVICE_BUSY);
    IoFreeIrp(irp);
}

static NTSTATUS note_level(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    strcat(t.log, context);
    return t.result;
}

static NTSTATUS pass_with_routine(PDEVICE_OBJECT device, PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, note_level, device == t.top ? "top " : "middle ", TRUE, TRUE, TRUE);
    return IoCallDriver(nt_level(device)->lower, irp);
}

static void completion_routines_run_upward(void **state) /* spec: IRP-04, IRP-07 */
{
    PIRP irp = nt_irp(3);

    (void)state;
    nt_level(t.middle)->handler = pass_with_routine;
    nt_level(t.top)->handler = pass_with_routine;
    t.result = STATUS_UNSUCCESSFUL; /* any value but one goes on */
    IoSetCompletionRoutine(irp, nt_stop_walk, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(t.top, irp);
    assert_string_equal(t.log, "middle top ");
    IoFreeIrp(irp);
}

static bool routine_called(NTSTATUS status, BOOLEAN cancel, BOOLEAN on_success, BOOLEAN on_error,
                           BOOLEAN on_cancel)
{
    PIRP irp = nt_irp(2);

    t.log[0] = '\0';
    t.status = status;
    irp->Cancel = cancel;
    /* The location below the test's own: set as a driver would that owns the first. */
    IoSetNextIrpStackLocation(irp);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, note_level, "x", on_success, on_error, on_cancel);
    t.result = STATUS_SUCCESS;
    IoCallDriver(t.low, irp);
    IoFreeIrp(irp);
    return t.log[0] == 'x';
}

static void flags_select_by_status_and_cancel(void **state) /* spec: IRP-05 */
{
    (void)state;
    assert_true(routine_called(STATUS_SUCCESS, FALSE, TRUE, FALSE, FALSE));
    assert_false(routine_called(STATUS_SUCCESS, FALSE, FALSE, TRUE, TRUE));
    assert_true(routine_called(STATUS_UNSUCCESSFUL, FALSE, FALSE, TRUE, FALSE));
    assert_false(routine_called(STATUS_UNSUCCESSFUL, FALSE, TRUE, FALSE, TRUE));
    assert_true(routine_called(STATUS_CANCELLED, TRUE, FALSE, FALSE, TRUE));
    assert_true(routine_called(STATUS_SUCCESS, TRUE, FALSE, FALSE, TRUE));
    assert_false(routine_called(STATUS_SUCCESS, TRUE, FALSE, TRUE, FALSE));
}

static void more_processing_stops_and_completion_resumes(void **state) /* spec: IRP-06 */
{
    PIRP irp = nt_irp(3);

    (void)state;
    nt_level(t.middle)->handler = pass_with_routine;
    nt_level(t.top)->handler = pass_with_routine;
    t.result = STATUS_MORE_PROCESSING_REQUIRED;
    IoCallDriver(t.top, irp);
    assert_string_equal(t.log, "middle ");
    t.result = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    assert_string_equal(t.log, "middle top ");
    IoFreeIrp(irp);
}

static NTSTATUS complete_twice(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    nt_complete(irp, STATUS_SUCCESS, 0);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void note_done(PIRP irp, void *context)
{
    (void)irp;
    ++*(int *)context;
}

static void a_second_completion_is_named(void **state) /* spec: IRP-08 */
{
    int completions = 0;
    PIRP irp = io_irp_allocate(1, note_done, &completions);

    (void)state;
    nt_level(t.low)->handler = complete_twice;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    wc_expect_violation("MultipleIrpCompleteRequests");
    IoCallDriver(t.low, irp);
    assert_int_equal(completions, 1);
    assert_int_equal(wc_violations("MultipleIrpCompleteRequests"), 1);
    io_irp_free(irp);
}

static void a_freed_irp_is_not_completed(void **state)
{
    PIRP irp = nt_irp(1);

    (void)state;
    IoCallDriver(t.low, irp);
    IoFreeIrp(irp);
    wc_expect_violation("MultipleIrpCompleteRequests");
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    wc_expect_violation("IrpLifetime");
    IoFreeIrp(irp);
    assert_int_equal(wc_violations("IrpLifetime"), 1);
}

static NTSTATUS complete_as_pending(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    nt_complete(irp, STATUS_PENDING, 0);
    return nt_complete(irp, STATUS_SUCCESS, 7);
}

static void pending_is_no_final_status(void **state) /* spec: IRP-09 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    nt_level(t.low)->handler = complete_as_pending;
    wc_expect_violation("IrpCompleteState");
    IoCallDriver(t.low, irp);
    assert_int_equal(wc_violations("IrpCompleteState"), 1);
    assert_int_equal(irp->IoStatus.Information, 7); /* the first completion changed nothing */
    IoFreeIrp(irp);
}

static NTSTATUS hold(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoMarkIrpPending(irp);
    t.held = irp;
    return STATUS_PENDING;
}

static NTSTATUS note_pending(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)context;
    t.returned = irp->PendingReturned;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void pending_comes_up_through_silent_levels(void **state) /* spec: IRP-10, IRP-11 */
{
    PIRP irp = nt_irp(3);

    (void)state;
    IoSetCompletionRoutine(irp, note_pending, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(t.top, irp);
    assert_int_equal(t.returned, FALSE);

    IoReuseIrp(irp, STATUS_SUCCESS);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, note_pending, NULL, TRUE, TRUE, TRUE);
    nt_level(t.low)->handler = hold;
    assert_int_equal(IoCallDriver(t.top, irp), STATUS_PENDING);
    nt_complete(t.held, STATUS_SUCCESS, 0);
    assert_int_equal(t.returned, TRUE); /* two levels without routine handed it on */
    IoFreeIrp(irp);
}

static NTSTATUS pending_unmarked(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    t.held = irp;
    return STATUS_PENDING;
}

static NTSTATUS marked_not_pending(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoMarkIrpPending(irp);
    nt_complete(irp, STATUS_SUCCESS, 0);
    return STATUS_SUCCESS;
}

static void mark_and_status_go_together(void **state) /* spec: IRP-12 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    nt_level(t.low)->handler = pending_unmarked;
    wc_expect_violation("IrpPendingMismatch");
    IoCallDriver(t.low, irp);
    assert_int_equal(wc_violations("IrpPendingMismatch"), 1);
    nt_complete(t.held, STATUS_SUCCESS, 0);
    IoFreeIrp(irp);

    irp = nt_irp(1);
    nt_level(t.low)->handler = marked_not_pending;
    wc_expect_violation("IrpPendingMismatch");
    IoCallDriver(t.low, irp);
    assert_int_equal(wc_violations("IrpPendingMismatch"), 2);
    IoFreeIrp(irp);

    irp = nt_irp(1);
    nt_level(t.low)->handler = hold;
    IoCallDriver(t.low, irp);
    assert_int_equal(wc_violations("IrpPendingMismatch"), 2);
    nt_complete(irp, STATUS_SUCCESS, 0);
    IoFreeIrp(irp);
}

static PIO_STACK_LOCATION location_seen, location_above;
static ULONG length_seen;

static NTSTATUS note_location(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    location_seen = IoGetCurrentIrpStackLocation(irp);
    length_seen = location_seen->Parameters.Read.Length;
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS skip_location(PDEVICE_OBJECT device, PIRP irp)
{
    location_above = IoGetCurrentIrpStackLocation(irp);
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(nt_level(device)->lower, irp);
}

static NTSTATUS copy_location(PDEVICE_OBJECT device, PIRP irp)
{
    location_above = IoGetCurrentIrpStackLocation(irp);
    IoCopyCurrentIrpStackLocationToNext(irp);
    assert_int_equal(IoGetNextIrpStackLocation(irp)->Control, 0);
    return IoCallDriver(nt_level(device)->lower, irp);
}

static void skip_shares_and_copy_copies(void **state) /* spec: IRP-13 */
{
    PIRP irp = nt_irp(2);

    (void)state;
    nt_level(t.low)->handler = note_location;
    nt_level(t.middle)->handler = skip_location;
    IoGetNextIrpStackLocation(irp)->Parameters.Read.Length = 77;
    IoCallDriver(t.middle, irp);
    assert_ptr_equal(location_seen, location_above);
    assert_int_equal(length_seen, 77);
    IoFreeIrp(irp);

    irp = nt_irp(2);
    nt_level(t.middle)->handler = copy_location;
    IoGetNextIrpStackLocation(irp)->Parameters.Read.Length = 78;
    IoCallDriver(t.middle, irp);
    assert_ptr_equal(location_seen + 1, location_above);
    assert_int_equal(length_seen, 78);
    IoFreeIrp(irp);
}

static void reuse_makes_it_fresh(void **state) /* spec: IRP-14 */
{
    PIRP irp = nt_irp(2);

    (void)state;
    IoCallDriver(t.low, irp);
    irp->Cancel = TRUE;
    irp->IoStatus.Information = 9;
    IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
    assert_int_equal(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    assert_int_equal(irp->IoStatus.Information, 0);
    assert_false(irp->Cancel);
    assert_int_equal(irp->CurrentLocation, 3);
    IoFreeIrp(irp);
}

static void an_unset_major_function_fails(void **state) /* spec: IRP-15 */
{
    static const struct io_driver_config config = {.name = "plain"};
    PDRIVER_OBJECT driver = NULL;
    PDEVICE_OBJECT device = NULL;
    PIRP irp = nt_irp(1);

    (void)state;
    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    assert_int_equal(IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
                     STATUS_SUCCESS);
    irp->IoStatus.Information = 5;
    assert_int_equal(IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(irp->IoStatus.Information, 0);
    IoFreeIrp(irp);
    IoDeleteDevice(device);
    io_driver_delete(driver);
}

static VOID complete_held(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    (void)dpc;
    (void)context;
    (void)argument1;
    (void)argument2;
    nt_complete(t.held, STATUS_SUCCESS, 3);
}

static NTSTATUS forward_and_finish(PDEVICE_OBJECT device, PIRP irp)
{
    assert_true(IoForwardIrpSynchronously(nt_level(device)->lower, irp));
    t.refused = irp->IoStatus.Status; /* what came back from below */
    assert_int_equal(irp->IoStatus.Information, 3);
    return nt_complete(irp, STATUS_SUCCESS, 4);
}

static KTIMER timer;
static KDPC timer_dpc;

static NTSTATUS hold_for_a_timer(PDEVICE_OBJECT device, PIRP irp)
{
    LARGE_INTEGER due = {.QuadPart = -10000};

    KeInitializeTimer(&timer);
    KeInitializeDpc(&timer_dpc, complete_held, NULL);
    KeSetTimer(&timer, due, &timer_dpc);
    return hold(device, irp);
}

static void forwarding_waits_for_the_lower_drivers(void **state) /* spec: IRP-16 */
{
    PIRP irp = nt_irp(2);

    (void)state;
    nt_level(t.low)->handler = hold_for_a_timer;
    nt_level(t.middle)->handler = forward_and_finish;
    assert_int_equal(IoCallDriver(t.middle, irp), STATUS_SUCCESS);
    assert_int_equal(t.refused, STATUS_SUCCESS);
    assert_int_equal(irp->IoStatus.Information, 4);
    IoFreeIrp(irp);
}

#define IOCTL_TEST CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

static NTSTATUS double_the_input(PDEVICE_OBJECT device, PIRP irp)
{
    ULONG *value = irp->AssociatedIrp.SystemBuffer;

    (void)device;
    *value *= 2;
    return nt_complete(irp, STATUS_SUCCESS, sizeof(*value));
}

static void a_built_request_reports_and_goes(void **state) /* spec: IRP-17 */
{
    ULONG outstanding = io_irp_outstanding();
    ULONG input = 21;
    ULONG output = 0;
    IO_STATUS_BLOCK result = {0};
    KEVENT event;
    PIRP irp = NULL;

    (void)state;
    nt_level(t.low)->handler = double_the_input;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_TEST, t.low, &input, sizeof(input), &output,
                                        sizeof(output), FALSE, &event, &result);
    assert_non_null(irp);
    assert_int_equal(IoCallDriver(t.low, irp), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&event), 1);
    assert_int_equal(result.Status, STATUS_SUCCESS);
    assert_int_equal(result.Information, sizeof(output));
    assert_int_equal(output, 42);
    assert_int_equal(input, 21);
    assert_int_equal(io_irp_outstanding(), outstanding);
}

static void an_irp_under_way_cannot_be_freed(void **state)
{
    PIRP irp = nt_irp(1);

    (void)state;
    nt_level(t.low)->handler = hold;
    IoCallDriver(t.low, irp);
    wc_expect_violation("IrpLifetime");
    IoFreeIrp(irp);
    wc_expect_violation("IrpLifetime");
    IoReuseIrp(irp, STATUS_SUCCESS);
    nt_complete(irp, STATUS_SUCCESS, 0);
    assert_int_equal(wc_violations("IrpLifetime"), 2);
    IoFreeIrp(irp);
}

static NTSTATUS set_routine_and_complete(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoSetCompletionRoutine(irp, note_level, "x", TRUE, TRUE, TRUE);
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static void the_lowest_driver_has_no_completion_routine(void **state)
{
    PIRP irp = nt_irp(1);

    (void)state;
    nt_level(t.low)->handler = set_routine_and_complete;
    wc_expect_violation("IrpStackMisuse");
    IoCallDriver(t.low, irp);
    assert_string_equal(t.log, "");
    assert_int_equal(irp->IoStatus.Status, STATUS_SUCCESS);
    IoFreeIrp(irp);
}

static NTSTATUS complete_under_a_lock(PDEVICE_OBJECT device, PIRP irp)
{
    static KSPIN_LOCK lock;
    KIRQL old = PASSIVE_LEVEL;

    (void)device;
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &old);
    nt_complete(irp, STATUS_SUCCESS, 0);
    KeReleaseSpinLock(&lock, old);
    return STATUS_SUCCESS;
}

static void completing_under_a_spin_lock_is_named(void **state)
{
    PIRP irp = nt_irp(1);

    (void)state;
    nt_level(t.low)->handler = complete_under_a_lock;
    wc_expect_violation("SpinLockHeldCallout");
    IoCallDriver(t.low, irp);
    assert_int_equal(irp->IoStatus.Status, STATUS_SUCCESS);
    IoFreeIrp(irp);
}

static NTSTATUS raise_and_return(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL old = PASSIVE_LEVEL;

    (void)device;
    KeRaiseIrql(APC_LEVEL, &old);
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static void send_one(void *argument)
{
    IoCallDriver(argument, nt_irp(1));
}

static void a_dispatch_routine_keeps_the_irql(void **state) /* spec: IRQL-15 */
{
    (void)state;
    nt_level(t.low)->handler = raise_and_return;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wc_expect_stop("DispatchIrqlChanged", send_one, t.low);
}

static NTSTATUS raise_in_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    KIRQL old = PASSIVE_LEVEL;

    (void)device;
    (void)irp;
    (void)context;
    KeRaiseIrql(APC_LEVEL, &old);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void send_with_raising_completion(void *argument)
{
    PIRP irp = nt_irp(1);

    IoSetCompletionRoutine(irp, raise_in_completion, NULL, TRUE, TRUE, TRUE);
    IoCallDriver(argument, irp);
}

static void a_completion_routine_keeps_the_irql(void **state) /* spec: IRQL-17 */
{
    (void)state;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wc_expect_stop("CompletionIrql", send_with_raising_completion, t.low);
}

static void an_associated_irp_completes_or_is_freed(void **state)
{
    PIRP master = nt_irp(1);
    PIRP spare = IoMakeAssociatedIrp(master, 2);
    PIRP part;

    (void)state;
    assert_ptr_equal(spare->AssociatedIrp.MasterIrp, master);
    assert_int_equal(spare->Flags & IRP_ASSOCIATED_IRP, IRP_ASSOCIATED_IRP);
    IoFreeIrp(spare);                   /* it was never sent, and the master does not count it */
    master->AssociatedIrp.IrpCount = 2; /* as if another one were under way */
    part = IoMakeAssociatedIrp(master, 2);
    IoCallDriver(t.low, part);
    assert_int_equal(master->AssociatedIrp.IrpCount, 1); /* completed, and freed by itself */
    master->AssociatedIrp.IrpCount = 0;
    IoFreeIrp(master);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(as_many_calls_as_locations),
        TEST(the_device_named_gets_the_request),
        TEST(completion_routines_run_upward),
        TEST(flags_select_by_status_and_cancel),
        TEST(more_processing_stops_and_completion_resumes),
        TEST(a_second_completion_is_named),
        TEST(a_freed_irp_is_not_completed),
        TEST(pending_is_no_final_status),
        TEST(pending_comes_up_through_silent_levels),
        TEST(mark_and_status_go_together),
        TEST(skip_shares_and_copy_copies),
        TEST(reuse_makes_it_fresh),
        TEST(an_unset_major_function_fails),
        TEST(forwarding_waits_for_the_lower_drivers),
        TEST(a_built_request_reports_and_goes),
        TEST(an_irp_under_way_cannot_be_freed),
        TEST(the_lowest_driver_has_no_completion_routine),
        TEST(completing_under_a_spin_lock_is_named),
        TEST(a_dispatch_routine_keeps_the_irql),
        TEST(a_completion_routine_keeps_the_irql),
        TEST(an_associated_irp_completes_or_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
