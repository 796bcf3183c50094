/* test_fx_request_forward.c - a child's request goes on to a queue of its parent. */
#include "wdf/bus_fixture.h"

#include <string.h>

/* What the child's handler does, and what it and the parent's saw. */
static struct {
    bool allowed, stranger,
        cancelable; /* the child may forward; not to the parent's queue; marked */
    ULONG flags, size;
    bool keep; /* the parent leaves the request where it is */
    WDFQUEUE to;
    WDFREQUEST sent, got;
    NTSTATUS status; /* of the forwarding */
    unsigned most_stack;
    KEVENT arrived;
} plan;

static void allow(PWDFDEVICE_INIT init, ULONG number)
{
    if (plan.allowed) {
        WdfPdoInitAllowForwardingRequestToParent(init);
    }
}

static VOID cancel_marked(WDFREQUEST request)
{
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID child_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input,
                          ULONG code)
{
    WDF_REQUEST_FORWARD_OPTIONS options;

    WDF_REQUEST_FORWARD_OPTIONS_INIT(&options);
    options.Flags = plan.flags;
    options.Size = plan.size;
    plan.sent = request;
    if (plan.cancelable) {
        WdfRequestMarkCancelable(request, cancel_marked);
    }
    plan.status = WdfRequestForwardToParentDeviceIoQueue(request, plan.to, &options);
    if (!NT_SUCCESS(plan.status)) {
        if (plan.cancelable) {
            WdfRequestUnmarkCancelable(request);
        }
        WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
    }
}

static VOID parent_control(WDFQUEUE queue, WDFREQUEST request, size_t output, size_t input,
                           ULONG code)
{
    PIRP irp = WdfRequestWdmGetIrp(request);
    PVOID data;

    plan.got = request;
    assert_true(WdfIoQueueGetDevice(queue) == drv_bus_plan.bus);
    assert_true(WdfRequestGetIoQueue(request) == queue);
    assert_ptr_equal(IoGetCurrentIrpStackLocation(irp)->DeviceObject,
                     WdfDeviceWdmGetDeviceObject(drv_bus_plan.bus));
    plan.most_stack = (unsigned)irp->CurrentLocation;
    if (plan.keep) {
        WdfRequestMarkCancelable(request, cancel_marked);
        KeSetEvent(&plan.arrived, 0, FALSE);
        return;
    }
    assert_int_equal(WdfRequestRetrieveOutputBuffer(request, 4, &data, NULL), STATUS_SUCCESS);
    *(ULONG *)data = code;
    WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, 4);
}

static void make_queues(WDFDEVICE bus)
{
    WDF_IO_QUEUE_CONFIG config;
    WDFQUEUE queue;

    KeInitializeEvent(&plan.arrived, NotificationEvent, FALSE);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDeviceControl = child_control;
    assert_int_equal(WdfIoQueueCreate(drv_bus_plan.child[1], &config, NULL, NULL), STATUS_SUCCESS);
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDeviceControl = parent_control;
    config.EvtIoInternalDeviceControl = parent_control;
    assert_int_equal(
        WdfIoQueueCreate(plan.stranger ? drv_bus_plan.child[2] : bus, &config, NULL, &queue),
        STATUS_SUCCESS);
    plan.to = queue;
}

static int setup(void **state)
{
    RtlZeroMemory(&plan, sizeof(plan));
    plan.allowed = true;
    plan.flags = WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET;
    plan.size = (ULONG)sizeof(WDF_REQUEST_FORWARD_OPTIONS);
    return bus_setup(state);
}

static void start(void)
{
    drv_bus_plan.children = 2;
    drv_bus_plan.raw = TRUE;
    drv_bus_plan.child_init = allow;
    drv_bus_plan.added = make_queues;
    bus_load(NULL);
    bus_start();
}

/* One control to the first child. */
struct control {
    KEVENT done;
    IO_STATUS_BLOCK result;
    ULONG answer;
    PIRP irp;        /* with more stack locations than the child asks for; kept until the end */
    NTSTATUS status; /* of IoCallDriver */
};

static NTSTATUS control_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct control *control = context;

    control->result = irp->IoStatus;
    KeSetEvent(&control->done, 0, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

#define CODE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

static void send(struct control *control)
{
    PDEVICE_OBJECT device = WdfDeviceWdmGetDeviceObject(drv_bus_plan.child[1]);
    PIRP irp = IoAllocateIrp((CCHAR)(device->StackSize + 2), FALSE);
    PIO_STACK_LOCATION stack;

    assert_non_null(irp);
    KeInitializeEvent(&control->done, NotificationEvent, FALSE);
    irp->AssociatedIrp.SystemBuffer = &control->answer;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = CODE;
    stack->Parameters.DeviceIoControl.OutputBufferLength = sizeof(control->answer);
    IoSetCompletionRoutine(irp, control_done, control, TRUE, TRUE, TRUE);
    control->irp = irp;
    control->status = IoCallDriver(device, irp);
}

static void finish(struct control *control)
{
    KeWaitForSingleObject(&control->done, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(control->irp);
}

static void send_and_wait(void *context)
{
    struct control *control = context;

    send(control);
    finish(control);
}

static void the_parent_completes_it(void **state)
{
    struct control control = {.answer = 0};

    start();
    bus_call(send_and_wait, &control);
    assert_int_equal(plan.status, STATUS_SUCCESS);
    assert_int_equal(control.status, STATUS_PENDING);
    assert_int_equal(control.result.Status, STATUS_SUCCESS);
    assert_int_equal(control.result.Information, 4);
    assert_int_equal(control.answer, CODE);
    assert_true(plan.got == plan.sent); /* the child's request object itself */
    assert_true(plan.most_stack > 1);   /* the parent may send it on */
}

static void refused_with(NTSTATUS status)
{
    struct control control = {.answer = 0};

    start();
    bus_call(send_and_wait, &control);
    assert_int_equal(plan.status, status);
    assert_null(plan.got);
    assert_int_equal(control.result.Status, STATUS_UNSUCCESSFUL); /* the child still had it */
}

static void the_bus_driver_must_allow_it(void **state) /* spec: QUE-63 */
{
    plan.allowed = false;
    refused_with(STATUS_INVALID_DEVICE_REQUEST);
}

static void it_goes_to_the_parent_alone(void **state)
{
    plan.stranger = true;
    refused_with(STATUS_INVALID_DEVICE_REQUEST);
}

static void a_cancelable_request_stays(void **state)
{
    plan.cancelable = true;
    refused_with(STATUS_INVALID_DEVICE_REQUEST);
}

static void the_options_are_checked(void **state)
{
    plan.flags = 0;
    refused_with(STATUS_INVALID_PARAMETER);
}

static void the_size_is_checked(void **state)
{
    plan.size--;
    refused_with(STATUS_INFO_LENGTH_MISMATCH);
}

static void refuse_then_send(void *context)
{
    WdfIoQueuePurgeSynchronously(plan.to);
    send_and_wait(context);
}

static void a_queue_that_refuses_leaves_it_to_the_child(void **state)
{
    struct control control = {.answer = 0};

    start();
    bus_call(refuse_then_send, &control);
    assert_int_equal(plan.status, STATUS_WDF_BUSY);
    assert_int_equal(control.result.Status, STATUS_UNSUCCESSFUL);
}

static void cancel_at_the_parent(void *context)
{
    struct control *control = context;

    send(control);
    KeWaitForSingleObject(&plan.arrived, Executive, KernelMode, FALSE, NULL);
    assert_true(IoCancelIrp(control->irp));
    finish(control);
}

static void the_sender_can_cancel_it_there(void **state)
{
    struct control control = {.answer = 0};

    plan.keep = true;
    start();
    bus_call(cancel_at_the_parent, &control);
    assert_int_equal(control.result.Status, STATUS_CANCELLED);
}

static void lose_the_child(void *context)
{
    struct control *control = context;

    send(control);
    KeWaitForSingleObject(&plan.arrived, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(WdfPdoMarkMissing(drv_bus_plan.child[1]), STATUS_SUCCESS);
}

static void complete_it(void *context)
{
    assert_int_equal(WdfRequestUnmarkCancelable(plan.got), STATUS_SUCCESS);
    WdfRequestComplete(plan.got, STATUS_SUCCESS);
    finish(context);
}

static void the_child_may_go_meanwhile(void **state)
{
    struct control control = {.answer = 0};

    plan.keep = true;
    start();
    bus_call(lose_the_child, &control);
    assert_non_null(strstr(drv_bus_plan.log, "pdo1.Cleanup"));
    bus_call(complete_it, &control);
    assert_int_equal(control.result.Status, STATUS_SUCCESS);
}

#define forward_test(function) cmocka_unit_test_setup_teardown(function, setup, bus_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        forward_test(the_parent_completes_it),
        forward_test(the_bus_driver_must_allow_it),
        forward_test(it_goes_to_the_parent_alone),
        forward_test(a_cancelable_request_stays),
        forward_test(the_options_are_checked),
        forward_test(the_size_is_checked),
        forward_test(a_queue_that_refuses_leaves_it_to_the_child),
        forward_test(the_sender_can_cancel_it_there),
        forward_test(the_child_may_go_meanwhile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
