/* test_fx_queue_reserve.c - guaranteed forward progress: who gets a reserved request, who waits for
 * one, and how it comes back.
 */
#include "wdf/io_fixture.h"

#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

static struct {
    unsigned prepared;             /* EvtIoAllocateResourcesForReservedRequest */
    unsigned fail_at;              /* which of these fails; 0: none */
    NTSTATUS allocate;             /* what EvtIoAllocateRequestResources returns */
    WDFREQUEST known[IO_REQUESTS]; /* those that were prepared */
    WDF_IO_FORWARD_PROGRESS_ACTION action;
} plan;

typedef struct {
    ULONG number;
} NUMBER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NUMBER, number_of)

static NTSTATUS prepare(WDFQUEUE queue, WDFREQUEST request)
{
    plan.known[plan.prepared++] = request;
    assert_true(WdfRequestIsReserved(request));
    number_of(request)->number = plan.prepared;
    return plan.prepared == plan.fail_at ? STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

static NTSTATUS allocate(WDFQUEUE queue, WDFREQUEST request)
{
    assert_false(WdfRequestIsReserved(request));
    return plan.allocate;
}

static WDF_IO_FORWARD_PROGRESS_ACTION examine(WDFQUEUE queue, PIRP irp)
{
    assert_int_equal(IoGetCurrentIrpStackLocation(irp)->MajorFunction, IRP_MJ_READ);
    return plan.action;
}

static void note_cleanup(WDFOBJECT request)
{
    io_note("cleanup%u", (unsigned)number_of(request)->number);
}

static WDFQUEUE queue_of(WDF_IO_QUEUE_DISPATCH_TYPE type)
{
    PWDFDEVICE_INIT init = io_init();
    WDF_OBJECT_ATTRIBUTES attributes;

    RtlZeroMemory(&plan, sizeof(plan));
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, NUMBER);
    attributes.EvtCleanupCallback = note_cleanup;
    WdfDeviceInitSetRequestAttributes(init, &attributes);
    io_create(init, NULL);
    return io_default(type);
}

static NTSTATUS assign(WDFQUEUE queue, ULONG count)
{
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;

    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(&policy, count);
    policy.EvtIoAllocateResourcesForReservedRequest = prepare;
    policy.EvtIoAllocateRequestResources = allocate;
    return WdfIoQueueAssignForwardProgressPolicy(queue, &policy);
}

static void each_reserved_request_is_prepared(void **state) /* spec: QUE-54 */
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);

    assert_int_equal(assign(queue, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(plan.prepared, 0);
    assert_int_equal(assign(queue, 3), STATUS_SUCCESS);
    assert_int_equal(plan.prepared, 3);
    assert_int_equal(assign(queue, 3), STATUS_INVALID_PARAMETER);
    assert_int_equal(plan.prepared, 3);
}

static void a_failed_preparation_leaves_nothing(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);

    plan.fail_at = 2;
    assert_int_equal(assign(queue, 3), STATUS_DEVICE_BUSY);
    assert_log("cleanup1 cleanup2");
    plan.fail_at = 0;
    plan.prepared = 0;
    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
}

static void a_policy_is_checked(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;

    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(&policy, 1, NULL);
    assert_int_equal(WdfIoQueueAssignForwardProgressPolicy(queue, &policy),
                     STATUS_INVALID_PARAMETER);
    policy.ForwardProgressReservedPolicy = WdfIoForwardProgressInvalidPolicy;
    assert_int_equal(WdfIoQueueAssignForwardProgressPolicy(queue, &policy),
                     STATUS_INVALID_PARAMETER);
    policy.Size--;
    assert_int_equal(WdfIoQueueAssignForwardProgressPolicy(queue, &policy),
                     STATUS_INFO_LENGTH_MISMATCH);
}

static void with_enough_memory_none_is_used(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    struct io_call call;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    io_read(&call, data, 1);
    assert_false(WdfRequestIsReserved(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

/* EnhancedVerifierOptions: forward progress is tested. The driver is not asked for what it needs. */
static void a_test_of_forward_progress_leaves_the_reserve_only(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    struct io_call call;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    fx_handle_find(queue)->globals->settings.enhanced = FX_ENHANCED_FAIL_ALL;
    io_open();
    for (int i = 0; i < 3; i++) {
        io_read(&call, data, 1);
        assert_true(WdfRequestIsReserved(io_test.requests[i]));
        WdfRequestComplete(io_test.requests[i], STATUS_SUCCESS);
        io_assert_done(&call, STATUS_SUCCESS);
    }
    assert_log("r1 r1 r1"); /* no request that the driver knew went */
}

static void a_random_test_takes_the_reserve_now_and_then(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    unsigned reserved = 0;
    struct io_call call;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    fx_handle_find(queue)->globals->settings.enhanced = FX_ENHANCED_FAIL_RANDOM;
    io_open();
    for (int i = 0; i < 1700; i++) {
        io_test.delivered = 0;
        io_read(&call, data, 1);
        reserved += WdfRequestIsReserved(io_test.requests[0]);
        WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
        io_assert_done(&call, STATUS_SUCCESS);
    }
    assert_in_range(reserved, 50, 150);
}

static void who_finds_no_reserve_waits_for_it(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    struct io_call first, second, third;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    io_read(&third, data, 3);
    assert_log("cleanup0 r1 cleanup0 cleanup0"); /* those that there was no memory for */
    assert_true(WdfRequestIsReserved(io_test.requests[0]));
    assert_ptr_equal(io_test.requests[0], plan.known[0]);
    WdfRequestCompleteWithInformation(io_test.requests[0], STATUS_SUCCESS, 1);
    io_assert_done(&first, STATUS_SUCCESS);
    assert_int_equal(first.information, 1);
    assert_ptr_equal(io_test.requests[1], plan.known[0]); /* the same once more */
    assert_int_equal(number_of(io_test.requests[1])->number, 1);
    WdfRequestComplete(io_test.requests[1], STATUS_UNSUCCESSFUL);
    io_assert_done(&second, STATUS_UNSUCCESSFUL);
    assert_int_equal(second.information, 0);
    WdfRequestComplete(io_test.requests[2], STATUS_SUCCESS);
    io_assert_done(&third, STATUS_SUCCESS);
    assert_log("cleanup0 r1 cleanup0 cleanup0 r2 r3");
}

static void who_waits_can_be_cancelled(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    struct io_call first, second, third;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    io_read(&third, data, 3);
    io_cancel(&second);
    io_assert_done(&second, STATUS_CANCELLED);
    WdfIoQueuePurge(queue, NULL, NULL);
    io_assert_done(&third, STATUS_CANCELLED);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&first, STATUS_SUCCESS);
    assert_int_equal(io_test.delivered, 1);
}

static void a_closed_file_does_not_wait(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchManual);
    struct io_call first, second;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&first, data, 1);
    io_read(&second, data, 2);
    io_close();
    io_assert_done(&first, STATUS_CANCELLED);
    io_assert_done(&second, STATUS_CANCELLED);
}

static void paging_decides(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    struct io_call call;
    char data[4];

    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_PAGINGIO_INIT(&policy, 1);
    policy.EvtIoAllocateRequestResources = allocate;
    assert_int_equal(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&call, data, 1); /* an application's */
    io_assert_done(&call, STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(io_test.delivered, 0);
}

static void the_driver_may_decide(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    struct io_call call;
    char data[4];

    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(&policy, 1, examine);
    policy.EvtIoAllocateRequestResources = allocate;
    assert_int_equal(WdfIoQueueAssignForwardProgressPolicy(queue, &policy), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_NO_MEMORY;
    plan.action = WdfIoForwardProgressActionFailRequest;
    io_read(&call, data, 1);
    io_assert_done(&call, STATUS_NO_MEMORY);
    plan.action = WdfIoForwardProgressActionUseReservedRequest;
    io_read(&call, data, 1);
    assert_true(WdfRequestIsReserved(io_test.requests[0]));
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void a_reserved_request_is_completed_once(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel);
    struct io_call call;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&call, data, 1);
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    wc_expect_violation("RequestCompletedTwice");
    WdfRequestComplete(io_test.requests[0], STATUS_SUCCESS);
    io_assert_done(&call, STATUS_SUCCESS);
}

static void forwarded_it_comes_back_to_its_queue(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel), manual = io_manual();
    struct io_call first, second;
    WDFREQUEST request = NULL;
    char data[4];

    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
    io_open();
    plan.allocate = STATUS_INSUFFICIENT_RESOURCES;
    io_read(&first, data, 1);
    assert_int_equal(WdfRequestForwardToIoQueue(io_test.requests[0], manual), STATUS_SUCCESS);
    io_read(&second, data, 2);
    assert_int_equal(io_test.delivered, 1);
    io_cancel(&first);
    assert_int_equal(io_test.delivered, 2); /* it was free for the second */
    assert_int_equal(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_NO_MORE_ENTRIES);
    assert_ptr_equal(io_test.queues[1], queue);
    WdfRequestComplete(io_test.requests[1], STATUS_SUCCESS);
    io_assert_done(&second, STATUS_SUCCESS);
}

static void they_go_with_their_queue(void **state)
{
    WDFQUEUE queue = queue_of(WdfIoQueueDispatchParallel), manual = io_manual();

    assert_int_equal(assign(manual, 2), STATUS_SUCCESS);
    WdfObjectDelete(manual);
    assert_log("cleanup1 cleanup2");
    assert_int_equal(assign(queue, 1), STATUS_SUCCESS);
}

#define reserve_test(function) wc_unit_test(function, IO_FIXTURE)

int main(void)
{
    const struct CMUnitTest tests[] = {
        reserve_test(each_reserved_request_is_prepared),
        reserve_test(a_failed_preparation_leaves_nothing),
        reserve_test(a_policy_is_checked),
        reserve_test(with_enough_memory_none_is_used),
        reserve_test(a_test_of_forward_progress_leaves_the_reserve_only),
        reserve_test(a_random_test_takes_the_reserve_now_and_then),
        reserve_test(who_finds_no_reserve_waits_for_it),
        reserve_test(who_waits_can_be_cancelled),
        reserve_test(a_closed_file_does_not_wait),
        reserve_test(paging_decides),
        reserve_test(the_driver_may_decide),
        reserve_test(a_reserved_request_is_completed_once),
        reserve_test(forwarded_it_comes_back_to_its_queue),
        reserve_test(they_go_with_their_queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
