/* test_fx_interrupt_create.c - WdfInterruptCreate: what it accepts, whose lock the DPC takes, and which
 * resource an interrupt gets.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"

#define PLAN (&drv_pnp_plan)

static ULONG isr_calls[DRV_PNP_INTERRUPTS];

static int create_setup(void **state)
{
    memset(isr_calls, 0, sizeof(isr_calls));
    return pnp_setup(state);
}

#define create_test(function) cmocka_unit_test_setup_teardown(function, create_setup, pnp_teardown)

static BOOLEAN isr(WDFINTERRUPT interrupt, ULONG message)
{
    isr_calls[message]++;
    return TRUE;
}

static VOID work(WDFINTERRUPT interrupt, WDFOBJECT device)
{
}

/* ---- what creation accepts ---- */

static void no_isr(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptIsr = NULL;
}

static void dpc_and_work(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptWorkItem = work;
}

static void neither(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->EvtInterruptDpc = NULL;
}

static void wrong_size(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->Size--;
}

static void raw_too_early(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    static CM_PARTIAL_RESOURCE_DESCRIPTOR descriptor;

    config->InterruptRaw = &descriptor;
}

static void wakes(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->CanWakeDevice = TRUE;
}

static void wait_lock_without_passive(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = PLAN->device;
    assert_int_equal(WdfWaitLockCreate(&attributes, &config->WaitLock), STATUS_SUCCESS);
}

static void spin_lock_with_passive(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    WDF_OBJECT_ATTRIBUTES attributes;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = PLAN->device;
    assert_int_equal(WdfSpinLockCreate(&attributes, &config->SpinLock), STATUS_SUCCESS);
    config->PassiveHandling = TRUE;
}

static NTSTATUS created_with(void (*config)(ULONG, WDF_INTERRUPT_CONFIG *))
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->config = config;
    pnp_load();
    pnp_add("irq=4", &device);
    return PLAN->interrupt_status;
}

static void an_isr_is_required(void **state) /* spec: INTR-05 */
{
    assert_int_equal(created_with(no_isr), STATUS_INVALID_PARAMETER);
}

static void dpc_and_work_item_exclude_each_other(void **state) /* spec: INTR-06 */
{
    assert_int_equal(created_with(dpc_and_work), STATUS_INVALID_PARAMETER);
}

static void neither_dpc_nor_work_item_is_fine(void **state) /* spec: INTR-07 */
{
    assert_int_equal(created_with(neither), STATUS_SUCCESS);
}

static void the_size_is_checked(void **state)
{
    assert_int_equal(created_with(wrong_size), STATUS_INFO_LENGTH_MISMATCH);
}

static void resources_are_not_for_device_add(void **state) /* spec: INTR-02 */
{
    assert_int_equal(created_with(raw_too_early), STATUS_INVALID_PARAMETER);
}

static void waking_is_not_for_device_add(void **state) /* spec: INTR-14 */
{
    assert_int_equal(created_with(wakes), STATUS_INVALID_PARAMETER);
}

static void locks_fit_the_kind(void **state) /* spec: INTR-08 */
{
    assert_int_equal(created_with(wait_lock_without_passive), STATUS_INVALID_PARAMETER);
}

static void spin_locks_are_not_for_passive_interrupts(void **state) /* spec: INTR-08 */
{
    assert_int_equal(created_with(spin_lock_with_passive), STATUS_INVALID_PARAMETER);
}

static void create_late_in_task(void *context)
{
    WDF_INTERRUPT_CONFIG config;
    WDFINTERRUPT interrupt;

    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    *(NTSTATUS *)context = WdfInterruptCreate(PLAN->device, &config, NULL, &interrupt);
}

static void creation_has_its_time(void **state) /* spec: INTR-01 */
{
    NTSTATUS status = STATUS_SUCCESS;

    pnp_start("irq=4");
    wc_test_call(create_late_in_task, &status);
    assert_int_equal(status, STATUS_INVALID_DEVICE_STATE);
}

static void with_parent(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;
    WDFINTERRUPT interrupt;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    PLAN->interrupt_status = WdfInterruptCreate(device, &config, &attributes, &interrupt);
}

static void wrong_in_many_ways(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;
    WDFINTERRUPT interrupt;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = device;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    WDF_INTERRUPT_CONFIG_INIT(&config, isr, work);
    config.EvtInterruptWorkItem = work;
    PLAN->interrupt_status = WdfInterruptCreate(device, &config, &attributes, &interrupt);
}

static void the_attributes_come_before_the_rest_and_the_parent_before_the_level(void **state)
{
    PLAN->added = wrong_in_many_ways;
    pnp_start(NULL);
    assert_int_equal(PLAN->interrupt_status, STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
}

static void a_parent_needs_serialization(void **state) /* spec: INTR-09 */
{
    PLAN->added = with_parent;
    pnp_start(NULL);
    assert_int_equal(PLAN->interrupt_status, STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
}

static void with_wrong_parent(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG config;
    WDFINTERRUPT interrupt;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = PLAN->driver;
    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    config.AutomaticSerialization = TRUE;
    PLAN->interrupt_status = WdfInterruptCreate(device, &config, &attributes, &interrupt);
}

static void the_parent_is_the_device_or_its_queue(void **state) /* spec: INTR-10 */
{
    PLAN->added = with_wrong_parent;
    pnp_start(NULL);
    assert_int_equal(PLAN->interrupt_status, STATUS_INVALID_PARAMETER);
}

/* ---- serialization ---- */

static struct {
    WDF_EXECUTION_LEVEL level; /* of the device */
    WDF_SYNCHRONIZATION_SCOPE scope;
    BOOLEAN use_work_item, passive;
    NTSTATUS status;
    WDFINTERRUPT interrupt;
} serial;

static void serialized(WDFDEVICE device)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_IO_QUEUE_CONFIG queue_config;
    WDF_INTERRUPT_CONFIG config;
    WDFQUEUE queue;

    WDF_IO_QUEUE_CONFIG_INIT(&queue_config, WdfIoQueueDispatchManual);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = serial.level;
    attributes.SynchronizationScope = serial.scope;
    assert_int_equal(WdfIoQueueCreate(device, &queue_config, &attributes, &queue), STATUS_SUCCESS);
    WDF_INTERRUPT_CONFIG_INIT(&config, isr, NULL);
    config.AutomaticSerialization = TRUE;
    config.PassiveHandling = serial.passive;
    if (serial.use_work_item) {
        config.EvtInterruptWorkItem = work;
    }
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = queue;
    serial.status = WdfInterruptCreate(device, &config, &attributes, &serial.interrupt);
    PLAN->interrupt[1] = (WDFINTERRUPT)queue; /* for the test that deletes it */
}

static NTSTATUS serialized_with(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope,
                                BOOLEAN use_work_item, BOOLEAN passive_handling)
{
    serial.level = level;
    serial.scope = scope;
    serial.use_work_item = use_work_item;
    serial.passive = passive_handling;
    PLAN->added = serialized;
    pnp_start(NULL);
    return serial.status;
}

static void a_dpc_needs_a_dispatch_lock(void **state) /* spec: INTR-12, INTR-13 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelPassive, WdfSynchronizationScopeQueue, FALSE, FALSE),
        STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
}

static void a_work_item_needs_a_passive_lock(void **state) /* spec: INTR-12 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelDispatch, WdfSynchronizationScopeQueue, TRUE, FALSE),
        STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
}

static void a_work_item_and_a_passive_queue_fit(void **state) /* spec: INTR-12 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelPassive, WdfSynchronizationScopeQueue, TRUE, FALSE),
        STATUS_SUCCESS);
}

static void a_passive_interrupt_counts_as_passive(void **state) /* spec: INTR-13 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelPassive, WdfSynchronizationScopeQueue, FALSE, TRUE),
        STATUS_SUCCESS);
}

static void without_scope_nothing_is_checked(void **state) /* spec: INTR-12 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelPassive, WdfSynchronizationScopeNone, FALSE, FALSE),
        STATUS_SUCCESS);
}

static void delete_queue_in_task(void *context)
{
    WdfObjectDelete(PLAN->interrupt[1]);
}

static void the_parent_queue_is_not_deleted(void **state) /* spec: INTR-53, DEL-23 */
{
    assert_int_equal(
        serialized_with(WdfExecutionLevelDispatch, WdfSynchronizationScopeQueue, FALSE, FALSE),
        STATUS_SUCCESS);
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    wc_test_call(delete_queue_in_task, NULL);
    assert_int_equal(wc_violations("WdfObjectDeleteNotAllowed"), 1);
}

/* ---- messages ---- */

struct message_start {
    ULONG count;
    BOOLEAN one_descriptor;
    NTSTATUS status;
};

static void start_with_messages(void *context)
{
    struct message_start *start = context;
    const struct io_resource messages = {
        .kind = IO_RESOURCE_MESSAGE, .irq = 32, .count = start->count};
    PCM_RESOURCE_LIST raw = io_resource_list(&messages, 1, false);
    PCM_RESOURCE_LIST translated = io_resource_list(&messages, 1, true);

    if (start->one_descriptor) { /* as MSI has it: one descriptor for all */
        PCM_PARTIAL_RESOURCE_LIST list = &raw->List[0].PartialResourceList;

        list->PartialDescriptors[0].u.MessageInterrupt.Raw.MessageCount = (USHORT)start->count;
        list->Count = 1;
        translated->List[0].PartialResourceList.Count = 1;
    }
    start->status = io_pnp_start(PLAN->pdo, raw, translated);
    io_resource_list_free(raw);
    io_resource_list_free(translated);
}

static void send_message(void *context)
{
    struct hal_line_source *source = hal_line_connect(*(const uint32_t *)context, false);

    hal_line_set(source, true);
    pnp_let_run();
    hal_line_disconnect(source);
}

static void message_info(void *context)
{
    WDF_INTERRUPT_INFO *info = context;

    for (ULONG i = 0; i < DRV_PNP_INTERRUPTS; i++) {
        WDF_INTERRUPT_INFO_INIT(&info[i]);
        WdfInterruptGetInfo(PLAN->interrupt[i], &info[i]);
    }
}

static void messages_serve_successive_interrupts(void **state) /* spec: HWR-05, INTR-19 */
{
    struct message_start start = {.count = 3, .one_descriptor = TRUE};
    WDF_INTERRUPT_INFO info[DRV_PNP_INTERRUPTS];

    PLAN->interrupts = 3;
    PLAN->isr = isr;
    pnp_start(NULL);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    wc_test_call(start_with_messages, &start);
    assert_int_equal(start.status, STATUS_SUCCESS);
    wc_test_call(message_info, info);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t irq = 32 + i;

        wc_test_call(send_message, &irq);
        assert_int_equal(isr_calls[i], 1);
        assert_true(info[i].MessageSignaled);
        assert_int_equal(info[i].MessageNumber, i);
        assert_int_equal(info[i].Vector, hal_irq_vector(irq));
    }
}

static void fewer_messages_leave_interrupts_alone(void **state) /* spec: INTR-17 */
{
    struct message_start start = {.count = 2};

    PLAN->interrupts = 3;
    pnp_start(NULL);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    PLAN->log[0] = '\0';
    wc_test_call(start_with_messages, &start);
    assert_int_equal(start.status, STATUS_SUCCESS);
    assert_pnp_log("Prepare D0Entry(5) Enable(1) Enable(2) PostEnabled(5) SelfRestart ");
}

static void a_message_is_named_once(void **state) /* spec: INTR-16 */
{
    struct message_start start = {.count = 2, .one_descriptor = TRUE};

    pnp_start(NULL);
    assert_int_equal(pnp_send(IRP_MN_STOP_DEVICE), STATUS_SUCCESS);
    PLAN->interrupts = 3;
    PLAN->interrupts_in_prepare = TRUE;
    wc_test_call(start_with_messages, &start);
    assert_int_equal(PLAN->interrupt_status, STATUS_INVALID_PARAMETER);
    assert_non_null(PLAN->interrupt[1]);
    assert_null(PLAN->interrupt[2]);
}

static void a_line_is_named_by_many(void **state) /* spec: INTR-16 */
{
    PLAN->interrupts = 3;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->config = NULL;
    pnp_load();
    struct wc_device *device;
    /* the line is not shared: the second connect fails, but all three objects were made */
    (void)pnp_add("irq=4", &device);
    assert_int_equal(PLAN->interrupt_status, STATUS_SUCCESS);
    assert_non_null(PLAN->interrupt[2]);
}

static void sharing_is_not_for_prepare(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->ShareVector = WdfTrue;
}

static void no_share_vector_in_prepare(void **state) /* spec: INTR-04 */
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->config = sharing_is_not_for_prepare;
    pnp_load();
    assert_int_equal(pnp_add("irq=4", &device), WC_FAILED);
    assert_int_equal(PLAN->interrupt_status, STATUS_INVALID_DEVICE_STATE);
}

static void without_raw(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->InterruptRaw = NULL;
}

static void both_descriptors_in_prepare(void **state) /* spec: INTR-03 */
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->config = without_raw;
    pnp_load();
    assert_int_equal(pnp_add("irq=4", &device), WC_FAILED);
    assert_int_equal(PLAN->interrupt_status, STATUS_INVALID_DEVICE_STATE);
}

static CM_PARTIAL_RESOURCE_DESCRIPTOR foreign = {.Type = CmResourceTypeInterrupt};

static void with_foreign(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->InterruptTranslated = &foreign;
}

static void descriptors_are_the_devices(void **state) /* spec: INTR-15 */
{
    struct wc_device *device;

    PLAN->interrupts = 1;
    PLAN->interrupts_in_prepare = TRUE;
    PLAN->config = with_foreign;
    pnp_load();
    assert_int_equal(pnp_add("irq=4", &device), WC_FAILED);
    assert_int_equal(PLAN->interrupt_status, STATUS_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        create_test(an_isr_is_required),
        create_test(dpc_and_work_item_exclude_each_other),
        create_test(neither_dpc_nor_work_item_is_fine),
        create_test(the_size_is_checked),
        create_test(resources_are_not_for_device_add),
        create_test(waking_is_not_for_device_add),
        create_test(locks_fit_the_kind),
        create_test(spin_locks_are_not_for_passive_interrupts),
        create_test(creation_has_its_time),
        create_test(the_attributes_come_before_the_rest_and_the_parent_before_the_level),
        create_test(a_parent_needs_serialization),
        create_test(the_parent_is_the_device_or_its_queue),
        create_test(a_dpc_needs_a_dispatch_lock),
        create_test(a_work_item_needs_a_passive_lock),
        create_test(a_work_item_and_a_passive_queue_fit),
        create_test(a_passive_interrupt_counts_as_passive),
        create_test(without_scope_nothing_is_checked),
        create_test(the_parent_queue_is_not_deleted),
        create_test(messages_serve_successive_interrupts),
        create_test(fewer_messages_leave_interrupts_alone),
        create_test(a_message_is_named_once),
        create_test(a_line_is_named_by_many),
        create_test(no_share_vector_in_prepare),
        create_test(both_descriptors_in_prepare),
        create_test(descriptors_are_the_devices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
