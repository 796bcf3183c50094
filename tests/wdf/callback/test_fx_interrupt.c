/* test_fx_interrupt.c - WDFINTERRUPT: resources, when the ISR runs, what is left for later, lifetime. */
#include "wdf/interrupt_fixture.h"

/* ---- delivery ---- */

static void the_isr_runs_at_the_level_of_its_resource(void **state) /* spec: HWR-10, INTR-20 */
{
    WDF_INTERRUPT_INFO info;

    PLAN->isr = isr;
    start_and_raise(4, "irq=4");
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.isr_irql, hal_irq_level(4));
    assert_int_equal(seen.message, 0);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[0]);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Irql, hal_irq_level(4));
    assert_int_equal(info.Vector, hal_irq_vector(4));
}

static WDF_INTERRUPT_INFO isr_info;

static BOOLEAN asking_isr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    WDF_INTERRUPT_INFO_INIT(&isr_info);
    WdfInterruptGetInfo(Interrupt, &isr_info);
    return isr(Interrupt, MessageID);
}

static void an_isr_may_ask_for_the_resource(void **state)
{
    PLAN->isr = asking_isr;
    start_and_raise(4, "irq=4");
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(isr_info.Vector, hal_irq_vector(4));
}

static void interrupts_get_resources_in_order(void **state) /* spec: HWR-04, INTR-17, INTR-20 */
{
    uint32_t irq = 5;

    PLAN->interrupts = 2;
    PLAN->isr = isr;
    pnp_start("irq=4,irq=5");
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    assert_int_equal(seen.message, 1);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[1]);
}

static void surplus_resources_stay_unused(void **state) /* spec: INTR-18 */
{
    PLAN->isr = isr;
    PLAN->interrupts = 1;
    pnp_start("irq=4,irq=5");
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfInit ");
    assert_int_equal(seen.isr_calls, 0);
}

static void one_dpc_for_two_requests(void **state) /* spec: INTR-36, INTR-38, INTR-39 */
{
    PLAN->isr = isr_queues_twice;
    PLAN->dpc = dpc;
    start_and_raise(4, "irq=4");
    assert_true(seen.queued);
    assert_false(seen.queued_again);
    assert_int_equal(seen.dpc_calls, 1);
    assert_int_equal(seen.dpc_irql, DISPATCH_LEVEL);
    assert_ptr_equal(seen.associated, PLAN->device);
}

static void with_work_item(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptDpc = NULL;
    config->EvtInterruptWorkItem = work;
}

static void wait_for_work(void *context)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};

    for (int i = 0; i < 100 && seen.work_calls == 0; i++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
}

static void a_work_item_follows_an_isr_at_dirql(void **state) /* spec: INTR-40, INTR-41, INTR-39 */
{
    PLAN->isr = isr_queues_work;
    PLAN->config = with_work_item;
    start_and_raise(4, "irq=4");
    wc_test_call(wait_for_work, NULL);
    assert_true(seen.queued);
    assert_int_equal(seen.work_calls, 1);
    assert_int_equal(seen.work_irql, PASSIVE_LEVEL);
    assert_ptr_equal(seen.associated, PLAN->device);
}

static void no_isr_before_connect_and_after_disconnect(void **state) /* spec: INTR-31 */
{
    uint32_t irq = 4;
    struct wc_device *device;

    PLAN->isr = isr;
    PLAN->interrupts = 1;
    device = pnp_start("irq=4");
    assert_int_equal(pnp_send(IRP_MN_QUERY_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 0);
    assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    pnp_remove(device);
}

/* ---- lifetime ---- */

static void interrupts_of_prepare_go_with_release(void **state) /* spec: INTR-51, INTR-03 */
{
    WDFINTERRUPT first;

    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->isr = isr;
    pnp_start("irq=4");
    first = PLAN->interrupt[0];
    assert_non_null(first);
    assert_pnp_log("Entry Add Prepare D0Entry(5) Enable(1) PostEnabled(5) SelfInit ");
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
    assert_ptr_not_equal(PLAN->interrupt[0], first);
}

static void interrupts_of_add_survive_a_rebalance(void **state) /* spec: INTR-52 */
{
    uint32_t irq = 5;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    assert_int_equal(pnp_restart(5), STATUS_SUCCESS);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
    assert_ptr_equal(seen.interrupt, PLAN->interrupt[0]);
}

static void delete_in_task(void *context)
{
    WdfObjectDelete(PLAN->interrupt[0]);
}

static void the_driver_does_not_delete_it(void **state) /* spec: INTR-50 */
{
    uint32_t irq = 4;

    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    wc_test_call(delete_in_task, NULL);
    wc_test_call(raise_line, &irq);
    assert_int_equal(seen.isr_calls, 1);
}

static void info_is_zero_without_hardware(void **state) /* spec: INTR-21, INTR-22 */
{
    WDF_INTERRUPT_INFO info;

    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_test_call(get_info, &info);
    assert_int_equal(info.MessageNumber, 0);
    assert_int_equal(info.Vector, hal_irq_vector(4));
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(get_info, &info);
    assert_int_equal(info.Vector, 0);
    assert_int_equal(info.Irql, PASSIVE_LEVEL);
}

static void policy_in_task(void *context)
{
    WdfInterruptSetPolicy(PLAN->interrupt[0], WdfIrqPolicyMachineDefault, WdfIrqPriorityUndefined,
                          0);
}

static void initial_policy_in_task(void *context)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[0], &policy);
}

static void an_undefined_priority_is_refused(void **state) /* spec: INTR-59 */
{
    PLAN->interrupts = 1;
    pnp_start("irq=4");
    wc_expect_violation("InterruptPolicyInvalid");
    wc_test_call(policy_in_task, NULL);
    assert_int_equal(wc_violations("InterruptPolicyInvalid"), 1);
    wc_expect_violation("InterruptPolicyInvalid");
    wc_test_call(initial_policy_in_task, NULL);
    assert_int_equal(wc_violations("InterruptPolicyInvalid"), 2);
}

static BOOLEAN shared_seen[3];

static void shared_by_word(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    static const WDF_TRI_STATE word[] = {WdfFalse, WdfTrue, WdfUseDefault};

    config->ShareVector = word[index];
}

static void shares_in_task(void *context)
{
    for (int i = 0; i < 3; i++) {
        WDF_INTERRUPT_INFO info;

        WDF_INTERRUPT_INFO_INIT(&info);
        WdfInterruptGetInfo(PLAN->interrupt[i], &info);
        shared_seen[i] = info.ShareDisposition == CmResourceShareShared;
    }
}

static void share_vector_overrides_the_resource(void **state) /* spec: INTR-61 */
{
    PLAN->interrupts = 3;
    PLAN->config = shared_by_word;
    pnp_start("irq=4,irq=5,irq=9"); /* the root bus gives lines that may be shared */
    wc_test_call(shares_in_task, NULL);
    assert_false(shared_seen[0]);
    assert_true(shared_seen[1]);
    assert_true(shared_seen[2]);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
}

static void an_exclusive_line_is_not_connected_twice(void **state) /* spec: INTR-61 */
{
    struct wc_device *second;

    PLAN->interrupts = 1;
    PLAN->config = shared_by_word; /* index 0: exclusive */
    pnp_start("irq=4");
    assert_int_not_equal(pnp_add("irq=4", &second), WC_OK);
}

static ULONG isr_processor;

static BOOLEAN isr_tells_processor(WDFINTERRUPT interrupt, ULONG message)
{
    isr_processor = KeGetCurrentProcessorNumberEx(NULL);
    return isr(interrupt, message);
}

static void target_in_task(void *context)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicySpecifiedProcessors;
    policy.Priority = WdfIrqPriorityNormal;
    policy.TargetProcessorSetAndGroup.Mask = *(KAFFINITY *)context;
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[0], &policy);
}

static void the_policy_names_the_processor_of_the_isr(void **state)
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->isr = isr_tells_processor;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 3);
    assert_int_equal(pnp_add("irq=4", &device), WC_OK);
    for (ULONG target = 0; target < 3; target++) {
        KAFFINITY mask = (KAFFINITY)1 << target;

        isr_processor = MAXULONG;
        assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
        wc_test_call(target_in_task, &mask);
        assert_int_equal(pnp_restart(4), STATUS_SUCCESS);
        seen.isr_calls = 0;
        wc_test_call(raise_for_passive, NULL); /* waits for the ISR, wherever it runs */
        assert_int_equal(isr_processor, target);
    }
}

static void queue_dpc_in_task(void *context)
{
    *(BOOLEAN *)context = WdfInterruptQueueDpcForIsr(PLAN->interrupt[0]);
}

static void neither(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptDpc = NULL;
}

static void a_dpc_needs_a_callback(void **state)
{
    BOOLEAN queued = TRUE;

    PLAN->interrupts = 1;
    PLAN->config = neither;
    pnp_start("irq=4");
    wc_expect_violation("InterruptNoDpcCallback");
    wc_test_call(queue_dpc_in_task, &queued);
    assert_false(queued);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        interrupt_test(the_isr_runs_at_the_level_of_its_resource),
        interrupt_test(an_isr_may_ask_for_the_resource),
        interrupt_test(interrupts_get_resources_in_order),
        interrupt_test(surplus_resources_stay_unused),
        interrupt_test(one_dpc_for_two_requests),
        interrupt_test(a_work_item_follows_an_isr_at_dirql),
        interrupt_test(no_isr_before_connect_and_after_disconnect),
        interrupt_test(interrupts_of_prepare_go_with_release),
        interrupt_test(interrupts_of_add_survive_a_rebalance),
        interrupt_test(the_driver_does_not_delete_it),
        interrupt_test(info_is_zero_without_hardware),
        interrupt_test(an_undefined_priority_is_refused),
        interrupt_test(share_vector_overrides_the_resource),
        interrupt_test(an_exclusive_line_is_not_connected_twice),
        interrupt_test(the_policy_names_the_processor_of_the_isr),
        interrupt_test(a_dpc_needs_a_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
