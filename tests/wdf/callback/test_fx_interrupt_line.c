/* test_fx_interrupt_line.c - WDFINTERRUPT on shared lines, and what never holds an ISR back. */
#include "wdf/pnp_fixture.h"

#include <stdio.h>
#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"

#define PLAN (&drv_pnp_plan)

static struct {
    char order[64];   /* which ISRs were called: their MessageIDs */
    unsigned claimer; /* the ISR of this index claims; others do not */
    unsigned calls_until_quiet;
    struct hal_line_source *line;
    KIRQL irql, lock_irql;
    unsigned refused;
} seen;

static int line_setup(void **state)
{
    memset(&seen, 0, sizeof(seen));
    seen.calls_until_quiet = 1;
    return pnp_setup(state);
}

#define line_test(function) cmocka_unit_test_setup_teardown(function, line_setup, pnp_teardown)

static BOOLEAN isr(WDFINTERRUPT interrupt, ULONG message)
{
    size_t used = strlen(seen.order);

    snprintf(seen.order + used, sizeof(seen.order) - used, "%u", (unsigned)message);
    if (message != seen.claimer || seen.calls_until_quiet == 0) {
        return FALSE;
    }
    if (--seen.calls_until_quiet == 0 && seen.line != NULL) {
        hal_line_set(seen.line, false);
    }
    return TRUE;
}

/* ---- several ISRs on one line ---- */

struct lines {
    bool level;
    NTSTATUS status;
};

static void start_two_on_one_line(void *context)
{
    struct lines *lines = context;
    struct io_resource line[2] = {{.kind = IO_RESOURCE_INTERRUPT, .irq = 4, .shared = true}};
    PCM_RESOURCE_LIST raw;
    PCM_RESOURCE_LIST translated;

    line[0].level_triggered = lines->level;
    line[1] = line[0];
    raw = io_resource_list(line, 2, false);
    translated = io_resource_list(line, 2, true);
    lines->status = io_pnp_send(PLAN->pdo, IRP_MN_STOP_DEVICE, NULL, NULL);
    if (NT_SUCCESS(lines->status)) {
        lines->status = io_pnp_start(PLAN->pdo, raw, translated);
    }
    io_resource_list_free(raw);
    io_resource_list_free(translated);
}

/* A device with two interrupts on line 4. */
static void share_a_line(bool level)
{
    struct lines lines = {.level = level};

    PLAN->interrupts = 2;
    PLAN->isr = isr;
    pnp_start("irq=4,irq=5");
    wc_test_call(start_two_on_one_line, &lines);
    assert_int_equal(lines.status, STATUS_SUCCESS);
}

static void raise_line(void *context)
{
    seen.line = hal_line_connect(4, *(const bool *)context);
    hal_line_set(seen.line, true);
    pnp_let_run();
    hal_line_set(seen.line, false);
    hal_line_disconnect(seen.line);
    seen.line = NULL;
}

static void who_does_not_claim_passes_it_on(void **state) /* spec: INTR-33 */
{
    bool level = true;

    share_a_line(level);
    seen.claimer = 1;
    wc_test_call(raise_line, &level);
    assert_string_equal(seen.order, "01");
}

static void a_level_chain_ends_at_the_first_claim(void **state) /* spec: INTR-34 */
{
    bool level = true;

    share_a_line(level);
    seen.claimer = 0;
    seen.calls_until_quiet = 3; /* still asserted: the chain is walked again */
    wc_test_call(raise_line, &level);
    assert_string_equal(seen.order, "000");
}

static void every_isr_sees_an_edge(void **state) /* spec: INTR-34 */
{
    bool level = false;

    share_a_line(level);
    seen.claimer = 0;
    wc_test_call(raise_line, &level);
    assert_memory_equal(seen.order, "01", 2); /* though the first one claimed it */
    assert_true(strlen(seen.order) <= 4);     /* once more, to see that nothing is left */
}

static void raise_unclaimed(void *context)
{
    struct hal_line_source *line = hal_line_connect(4, true);

    hal_line_set(line, true);
    for (int i = 0; i < 1000; i++) {
        (void)KeGetCurrentIrql();
    }
    pnp_let_run();
    hal_line_set(line, false);
    hal_line_disconnect(line);
}

static void a_line_that_nobody_claims_is_a_storm(void **state) /* spec: INTR-35 */
{
    PLAN->interrupts = 1;
    PLAN->isr = isr;
    pnp_start("irq=4");
    seen.claimer = 9;
    wc_expect_violation("InterruptStorm");
    wc_test_call(raise_unclaimed, NULL); /* and it returns */
    assert_int_equal(wc_violations("InterruptStorm"), 1);
    assert_true(strlen(seen.order) < 500);
}

/* ---- early interrupts ---- */

static void assert_in_d0_entry(const char *name, WDFDEVICE device)
{
    if (strncmp(name, "D0Entry", 7) == 0) {
        seen.line = hal_line_connect(4, true);
        hal_line_set(seen.line, true); /* the device asserts before it is told to */
    } else if (strcmp(name, "Enable(1)") == 0) {
        assert_int_equal(seen.order[0], '0'); /* the ISR has run, and has not claimed it */
        hal_line_set(seen.line, false);
        seen.refused++;
    }
}

static void an_isr_may_run_before_enable(void **state) /* spec: INTR-30 */
{
    PLAN->interrupts = 1;
    PLAN->isr = isr;
    PLAN->at = assert_in_d0_entry;
    seen.claimer = 9;
    /* With threads the ISR goes on beside the callbacks: nobody claims, and it becomes a storm. */
    pnp_fibers_only();
    pnp_start("irq=4");
    assert_int_equal(seen.refused, 1);
    hal_line_disconnect(seen.line);
}

/* ---- serialization ---- */

static VOID dpc_under_lock(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.refused++;
    wc_expect_violation("CallbackLockRecursive"); /* the device's lock is held */
    WdfObjectAcquireLock(PLAN->device);
}

static VOID dpc_without_lock(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    seen.refused++;
    WdfObjectAcquireLock(PLAN->device);
    WdfObjectReleaseLock(PLAN->device);
}

static void serialized(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->AutomaticSerialization = TRUE;
}

static void queue_dpc(void *context)
{
    assert_true(WdfInterruptQueueDpcForIsr(PLAN->interrupt[0]));
    KeFlushQueuedDpcs();
}

static void the_device_is_the_default_parent(void **state) /* spec: INTR-11 */
{
    PLAN->interrupts = 1;
    PLAN->scope = WdfSynchronizationScopeDevice;
    PLAN->config = serialized;
    PLAN->dpc = dpc_under_lock;
    pnp_start("irq=4");
    wc_test_call(queue_dpc, NULL);
    assert_int_equal(seen.refused, 1);
    assert_int_equal(wc_violations("CallbackLockRecursive"), 1);
}

static void without_serialization_there_is_no_lock(void **state) /* spec: INTR-11 */
{
    PLAN->interrupts = 1;
    PLAN->scope = WdfSynchronizationScopeDevice;
    PLAN->dpc = dpc_without_lock;
    pnp_start("irq=4");
    wc_test_call(queue_dpc, NULL);
    assert_int_equal(seen.refused, 1);
    assert_int_equal(wc_violations(NULL), 0);
}

static void raise_under_the_lock(void *context)
{
    bool level = true;

    WdfObjectAcquireLock(PLAN->device);
    seen.lock_irql = KeGetCurrentIrql();
    raise_line(&level);
    assert_string_equal(seen.order, "0"); /* at once, while the lock is held */
    WdfObjectReleaseLock(PLAN->device);
}

static void no_callback_lock_holds_the_isr_back(void **state) /* spec: INTR-63 SYNC-17 */
{
    PLAN->interrupts = 1;
    PLAN->scope = WdfSynchronizationScopeDevice;
    PLAN->config = serialized;
    PLAN->isr = isr;
    pnp_start("irq=4");
    wc_test_call(raise_under_the_lock, NULL);
    assert_int_equal(seen.lock_irql, DISPATCH_LEVEL);
    assert_string_equal(seen.order, "0");
}

static BOOLEAN at_synchronize(WDFINTERRUPT interrupt, WDFCONTEXT context)
{
    fail_msg("synchronized from the serialized work item");
    return FALSE;
}

static VOID work_that_waits_for_itself(WDFINTERRUPT interrupt, WDFOBJECT device)
{
    KIRQL before = KeGetCurrentIrql();

    for (int i = 0; i < 4; i++) {
        wc_expect_violation("WaitFromOwnCallback");
    }
    WdfInterruptAcquireLock(interrupt);
    assert_int_equal(KeGetCurrentIrql(), before);
    assert_false(WdfInterruptSynchronize(interrupt, at_synchronize, NULL));
    WdfInterruptDisable(interrupt);
    WdfInterruptEnable(interrupt);
    seen.refused = wc_violations("WaitFromOwnCallback");
}

/* The work item's lock owner has to be Passive: a queue of its own. */
static void make_passive_interrupt(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue_config;
    WDF_INTERRUPT_CONFIG config;
    WDFQUEUE queue = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT(&queue_config, WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueCreate(device, &queue_config, &attributes, &queue), STATUS_SUCCESS);
    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    config.EvtInterruptWorkItem = work_that_waits_for_itself;
    config.AutomaticSerialization = TRUE;
    config.PassiveHandling = TRUE;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = queue;
    assert_int_equal(WdfInterruptCreate(device, &config, &attributes, &PLAN->interrupt[0]),
                     STATUS_SUCCESS);
}

static void queue_work(void *context)
{
    LARGE_INTEGER soon = {.QuadPart = -10000};

    assert_true(WdfInterruptQueueWorkItemForIsr(PLAN->interrupt[0]));
    KeDelayExecutionThread(KernelMode, FALSE, &soon); /* until nothing else can run */
}

static void a_serialized_work_item_may_not_wait_for_itself(void **state) /* spec: INTR-64 */
{
    PLAN->added = make_passive_interrupt;
    pnp_start("irq=4");
    wc_test_call(queue_work, NULL);
    assert_int_equal(seen.refused, 4);
}

/* ---- its end ---- */

static KIRQL cleanup_irql = HIGH_LEVEL;
static KIRQL destroy_irql = HIGH_LEVEL;

static VOID interrupt_cleanup(WDFOBJECT object)
{
    cleanup_irql = KeGetCurrentIrql();
}

static VOID interrupt_destroy(WDFOBJECT object)
{
    destroy_irql = KeGetCurrentIrql();
}

static void make_referenced_interrupt(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;

    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = interrupt_cleanup;
    attributes.EvtDestroyCallback = interrupt_destroy;
    assert_int_equal(WdfInterruptCreate(device, &config, &attributes, &PLAN->interrupt[0]),
                     STATUS_SUCCESS);
    WdfObjectReference(PLAN->interrupt[0]);
}

static void dereference_at_dispatch(const char *name, WDFDEVICE device)
{
    KIRQL old;

    if (strcmp(name, "DeviceCleanup") == 0) { /* the interrupt has been cleaned up */
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        WdfObjectDereference(PLAN->interrupt[0]);
        KeLowerIrql(old);
    }
}

static void it_ends_at_passive_level(void **state) /* spec: INTR-62 */
{
    PLAN->added = make_referenced_interrupt;
    PLAN->at = dereference_at_dispatch;
    pnp_remove(pnp_start("irq=4"));
    assert_int_equal(cleanup_irql, PASSIVE_LEVEL);
    assert_int_equal(destroy_irql, PASSIVE_LEVEL);
}

/* ---- policy ---- */

static KAFFINITY targets[2];

static void note_targets(void *context)
{
    for (int i = 0; i < 2; i++) {
        WDF_INTERRUPT_INFO info;

        WDF_INTERRUPT_INFO_INIT(&info);
        WdfInterruptGetInfo(PLAN->interrupt[i], &info);
        targets[i] = info.TargetProcessorSet;
    }
}

static void target_the_second(void *context)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicySpecifiedProcessors;
    policy.Priority = WdfIrqPriorityNormal;
    policy.TargetProcessorSetAndGroup.Mask = 2;
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[1], &policy);
}

static WDF_INTERRUPT_POLICY policies[2];

static void set_policies(void *context)
{
    for (int i = 0; i < 2; i++) {
        WdfInterruptSetPolicy(PLAN->interrupt[i], policies[i], WdfIrqPriorityNormal, 0);
    }
}

/* The processors of two interrupts after a start with these policies, of three. */
static void start_with_policies(WDF_INTERRUPT_POLICY first, WDF_INTERRUPT_POLICY second)
{
    struct lines lines = {.level = true};
    struct wc_device *device;

    policies[0] = first;
    policies[1] = second;
    PLAN->interrupts = 2;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 3);
    assert_int_equal(pnp_add("irq=4,irq=5", &device), WC_OK);
    wc_test_call(set_policies, NULL);
    wc_test_call(start_two_on_one_line, &lines);
    assert_int_equal(lines.status, STATUS_SUCCESS);
    wc_test_call(note_targets, NULL);
}

static void one_close_processor_is_one(void **state)
{
    start_with_policies(WdfIrqPolicyOneCloseProcessor, WdfIrqPolicyAllProcessorsInMachine);
    assert_int_equal(targets[0], 1);
    assert_int_equal(targets[1], 7);
}

static void messages_are_spread(void **state)
{
    start_with_policies(WdfIrqPolicySpreadMessagesAcrossAllProcessors,
                        WdfIrqPolicySpreadMessagesAcrossAllProcessors);
    assert_int_equal(targets[0], 1);
    assert_int_equal(targets[1], 2);
}

/* Unless a policy was set, the interrupt may go to every processor that the bus gave it. */
static void the_default_policy_asks_for_nothing(void **state) /* spec: INTR-60 */
{
    struct lines lines = {.level = true};
    struct wc_device *device;

    PLAN->interrupts = 2;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 3);
    assert_int_equal(pnp_add("irq=4,irq=5", &device), WC_OK);
    wc_test_call(note_targets, NULL);
    assert_int_equal(targets[0], 7);
    assert_int_equal(targets[1], 7);
    wc_test_call(target_the_second, NULL);
    wc_test_call(start_two_on_one_line, &lines);
    assert_int_equal(lines.status, STATUS_SUCCESS);
    wc_test_call(note_targets, NULL);
    assert_int_equal(targets[0], 7);
    assert_int_equal(targets[1], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        line_test(who_does_not_claim_passes_it_on),
        line_test(a_level_chain_ends_at_the_first_claim),
        line_test(every_isr_sees_an_edge),
        line_test(a_line_that_nobody_claims_is_a_storm),
        line_test(an_isr_may_run_before_enable),
        line_test(the_device_is_the_default_parent),
        line_test(without_serialization_there_is_no_lock),
        line_test(no_callback_lock_holds_the_isr_back),
        line_test(a_serialized_work_item_may_not_wait_for_itself),
        line_test(it_ends_at_passive_level),
        line_test(the_default_policy_asks_for_nothing),
        line_test(one_close_processor_is_one),
        line_test(messages_are_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
