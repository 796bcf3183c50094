/* test_fx_requirements.c - WDFIORESREQLIST and WDFIORESLIST: drivers change what their device needs,
 * a bus says what its child needs; and what is then given.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"
#include "wdf/bus_fixture.h"

#define PLAN (&drv_pnp_plan)

static NTSTATUS result[8];
static ULONG counts[8];
static char order[256];
static CM_PARTIAL_RESOURCE_DESCRIPTOR given[4]; /* translated, in EvtDevicePrepareHardware */
static ULONG given_count;
static bool says; /* the driver sets a policy, while it still counts */
static WDF_FDO_EVENT_CALLBACKS events;

static int setup(void **state)
{
    memset(result, 0x55, sizeof(result));
    memset(counts, 0x55, sizeof(counts));
    memset(given, 0, sizeof(given));
    given_count = 99;
    says = false;
    order[0] = '\0';
    WDF_FDO_EVENT_CALLBACKS_INIT(&events);
    return pnp_setup(state);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, pnp_teardown)

static void note(const char *what)
{
    strcat(order, what);
    strcat(order, " ");
}

static void look_at_given(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    note("Prepare");
    given_count = WdfCmResourceListGetCount(translated);
    assert_int_equal(WdfCmResourceListGetCount(raw), given_count);
    for (ULONG i = 0; i < given_count && i < ARRAYSIZE(given); i++) {
        given[i] = *WdfCmResourceListGetDescriptor(translated, i);
    }
}

static void set_events(PWDFDEVICE_INIT init)
{
    WdfFdoInitSetEventCallbacks(init, &events);
}

static struct wc_device *start_with_events(const char *resources)
{
    PLAN->init = set_events;
    PLAN->prepare = look_at_given;
    return pnp_start(resources);
}

static IO_RESOURCE_DESCRIPTOR memory(ULONGLONG first, ULONGLONG last, ULONG length)
{
    IO_RESOURCE_DESCRIPTOR wanted = {.Type = CmResourceTypeMemory};

    wanted.ShareDisposition = CmResourceShareDeviceExclusive;
    wanted.u.Memory.Length = length;
    wanted.u.Memory.Alignment = 0x1000;
    wanted.u.Memory.MinimumAddress.QuadPart = (LONGLONG)first;
    wanted.u.Memory.MaximumAddress.QuadPart = (LONGLONG)last;
    return wanted;
}

static NTSTATUS do_nothing_added(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    return STATUS_SUCCESS;
}

/* ---- taking out ---- */

static NTSTATUS take_first_out(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);

    note("Remove");
    counts[0] = WdfIoResourceRequirementsListGetCount(Requirements);
    counts[1] = WdfIoResourceListGetCount(list);
    WdfIoResourceListRemove(list, 0);
    counts[2] = WdfIoResourceListGetCount(list);
    return STATUS_SUCCESS;
}

static void what_is_taken_out_is_not_given(void **state)
{
    events.EvtDeviceFilterRemoveResourceRequirements = take_first_out;
    start_with_events("port=0x3f8-0x3ff,irq=4");
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 1);
    assert_int_equal(given_count, 1);
    assert_int_equal(given[0].Type, CmResourceTypeInterrupt);
    assert_string_equal(order, "Remove Prepare ");
}

static NTSTATUS try_to_add(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);
    IO_RESOURCE_DESCRIPTOR wanted = memory(0x10000000, 0x1fffffff, 0x1000);
    WDFIORESLIST another;

    result[0] = WdfIoResourceListAppendDescriptor(list, &wanted);
    result[1] = WdfIoResourceListCreate(Requirements, WDF_NO_OBJECT_ATTRIBUTES, &another);
    result[2] = WdfIoResourceRequirementsListAppendIoResList(Requirements, another);
    return STATUS_SUCCESS;
}

static void who_takes_out_may_not_add(void **state)
{
    events.EvtDeviceFilterRemoveResourceRequirements = try_to_add;
    start_with_events("irq=4");
    assert_int_equal(result[0], STATUS_ACCESS_DENIED);
    assert_int_equal(result[1], STATUS_SUCCESS);
    assert_int_equal(result[2], STATUS_ACCESS_DENIED);
    assert_int_equal(given_count, 1);
}

static NTSTATUS take_all_out(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WdfIoResourceRequirementsListRemove(Requirements, 0);
    wc_expect_violation("BadIndex");
    WdfIoResourceRequirementsListRemove(Requirements, 0);
    counts[0] = WdfIoResourceRequirementsListGetCount(Requirements);
    return STATUS_SUCCESS;
}

static void without_requirements_nothing_is_given(void **state)
{
    events.EvtDeviceFilterRemoveResourceRequirements = take_all_out;
    start_with_events("port=0x3f8-0x3ff,irq=4");
    assert_int_equal(counts[0], 0);
    assert_int_equal(given_count, 0);
}

/* ---- adding ---- */

static NTSTATUS add_memory(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);
    IO_RESOURCE_DESCRIPTOR wanted = memory(0x10000800, 0x1fffffff, 0x1000);

    note("Add");
    wc_expect_violation("ResourceListFixed");
    WdfIoResourceListRemove(list, 0);
    wc_expect_violation("ResourceListFixed");
    WdfIoResourceRequirementsListRemove(Requirements, 0);
    return WdfIoResourceListInsertDescriptor(list, &wanted, 1);
}

static NTSTATUS hide_memory(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    note("Hide");
    counts[0] = WdfCmResourceListGetCount(Raw);
    result[0] = WdfCmResourceListAppendDescriptor(Raw, WdfCmResourceListGetDescriptor(Raw, 0));
    WdfCmResourceListRemove(Raw, 1);
    CM_PARTIAL_RESOURCE_DESCRIPTOR own = *WdfCmResourceListGetDescriptor(Translated, 1);

    WdfCmResourceListRemoveByDescriptor(Translated, &own);
    counts[1] = WdfCmResourceListGetCount(Raw);
    counts[2] = WdfCmResourceListGetCount(Translated);
    return STATUS_SUCCESS;
}

static void what_is_added_is_given(void **state)
{
    events.EvtDeviceFilterAddResourceRequirements = add_memory;
    events.EvtDeviceRemoveAddedResources = hide_memory;
    start_with_events("port=0x3f8-0x3ff,irq=4");
    assert_string_equal(order, "Add Hide Prepare ");
    assert_int_equal(counts[0], 3);
    assert_int_equal(result[0], STATUS_ACCESS_DENIED);
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 2);
    assert_int_equal(given_count, 3); /* the driver itself has all of it */
    assert_int_equal(given[0].u.Port.Start.QuadPart, 0x3f8);
    assert_int_equal(given[1].Type, CmResourceTypeMemory);
    assert_int_equal(given[1].u.Memory.Start.QuadPart, 0x10001000); /* aligned */
    assert_int_equal(given[1].u.Memory.Length, 0x1000);
    assert_int_equal(given[2].Type, CmResourceTypeInterrupt);
}

static NTSTATUS add_impossible(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);
    IO_RESOURCE_DESCRIPTOR wanted = memory(0x10000000, 0x100003ff, 0x1000);

    return WdfIoResourceListAppendDescriptor(list, &wanted);
}

static void what_cannot_be_had_stops_the_start(void **state)
{
    struct wc_device *device;

    events.EvtDeviceFilterAddResourceRequirements = add_impossible;
    events.EvtDeviceRemoveAddedResources = do_nothing_added;
    PLAN->init = set_events;
    PLAN->prepare = look_at_given;
    assert_int_not_equal(pnp_add("irq=4", &device), WC_OK);
    assert_int_equal(given_count, 99);
}

static NTSTATUS add_alternative(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    IO_RESOURCE_DESCRIPTOR wanted = memory(0x20000000, 0x2fffffff, 0x1000);
    WDFIORESLIST list;

    result[0] = add_impossible(Device, Requirements);
    result[1] = WdfIoResourceListCreate(Requirements, WDF_NO_OBJECT_ATTRIBUTES, &list);
    result[2] = WdfIoResourceListAppendDescriptor(list, &wanted);
    result[3] = WdfIoResourceRequirementsListAppendIoResList(Requirements, list);
    result[4] = WdfIoResourceRequirementsListAppendIoResList(Requirements, list);
    result[5] = WdfIoResourceRequirementsListInsertIoResList(Requirements, list, 9);
    counts[0] = WdfIoResourceRequirementsListGetCount(Requirements);
    return STATUS_SUCCESS;
}

static void the_first_alternative_that_can_be_had_is_given(void **state)
{
    events.EvtDeviceFilterAddResourceRequirements = add_alternative;
    events.EvtDeviceRemoveAddedResources = do_nothing_added;
    start_with_events("irq=4");
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_int_equal(result[3], STATUS_SUCCESS);
    assert_int_equal(result[4], STATUS_INVALID_DEVICE_REQUEST); /* it is there already */
    assert_int_equal(result[5], STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(counts[0], 2);
    assert_int_equal(given_count, 1);
    assert_int_equal(given[0].u.Memory.Start.QuadPart, 0x20000000);
}

static NTSTATUS refuse(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    return STATUS_UNSUCCESSFUL;
}

static void a_failure_stops_the_start(void **state)
{
    struct wc_device *device;

    events.EvtDeviceFilterRemoveResourceRequirements = refuse;
    PLAN->init = set_events;
    PLAN->prepare = look_at_given;
    assert_int_not_equal(pnp_add("irq=4", &device), WC_OK);
    assert_int_equal(given_count, 99);
}

/* ---- the lists ---- */

static WDFIORESREQLIST stale;

static NTSTATUS use_a_list(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    IO_RESOURCE_DESCRIPTOR one = memory(0x1000, 0x1fff, 1);
    IO_RESOURCE_DESCRIPTOR two = memory(0x2000, 0x2fff, 2);
    IO_RESOURCE_DESCRIPTOR three = memory(0x3000, 0x3fff, 3);
    PIO_RESOURCE_DESCRIPTOR shown;
    WDFIORESLIST list;

    stale = Requirements;
    assert_int_equal(WdfIoResourceListCreate(Requirements, WDF_NO_OBJECT_ATTRIBUTES, &list),
                     STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceListAppendDescriptor(list, &two), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceListInsertDescriptor(list, &one, 0), STATUS_SUCCESS);
    assert_int_equal(WdfIoResourceListInsertDescriptor(list, &three, 3),
                     STATUS_ARRAY_BOUNDS_EXCEEDED);
    shown = WdfIoResourceListGetDescriptor(list, 0);
    shown->u.Memory.Length = 77; /* a copy */
    assert_int_equal(WdfIoResourceListGetDescriptor(list, 0)->u.Memory.Length, 1);
    assert_null(WdfIoResourceListGetDescriptor(list, 2));
    WdfIoResourceListUpdateDescriptor(list, &three, 1);
    assert_int_equal(WdfIoResourceListGetDescriptor(list, 1)->u.Memory.Length, 3);
    WdfIoResourceListRemoveByDescriptor(list, &two); /* there is none like it: no error */
    assert_int_equal(WdfIoResourceListGetCount(list), 2);
    shown = WdfIoResourceListGetDescriptor(list, 0);
    shown->u.Memory.Length = 77;
    WdfIoResourceListRemoveByDescriptor(list, shown); /* nor like this one any more */
    assert_int_equal(WdfIoResourceListGetCount(list), 2);
    WdfIoResourceListRemoveByDescriptor(list, &one); /* the driver's own, equal byte for byte */
    assert_int_equal(WdfIoResourceListGetCount(list), 1);
    assert_int_equal(WdfIoResourceListGetDescriptor(list, 0)->u.Memory.Length, 3);
    wc_expect_violation("BadIndex");
    WdfIoResourceListRemove(list, 1);
    wc_expect_violation("BadIndex");
    WdfIoResourceListUpdateDescriptor(list, &one, 1);
    assert_null(WdfIoResourceRequirementsListGetIoResList(Requirements, 1));
    note("used");
    return STATUS_SUCCESS;
}

static void a_list_keeps_what_it_was_given(void **state)
{
    events.EvtDeviceFilterRemoveResourceRequirements = use_a_list;
    start_with_events("irq=4");
    assert_string_equal(order, "used Prepare ");
    assert_int_equal(given_count, 1);
}

static void count_stale(void *argument)
{
    counts[0] = WdfIoResourceRequirementsListGetCount(stale);
}

static void the_requirements_are_gone_after_the_callback(void **state)
{
    events.EvtDeviceFilterRemoveResourceRequirements = use_a_list;
    start_with_events("irq=4");
    wc_expect_violation("WdfObjectUseAfterDelete");
    wc_test_call(count_stale, NULL);
    assert_int_equal(counts[0], 0);
}

/* ---- what a bus says of its child ---- */

static ULONGLONG last_address;

static NTSTATUS child_needs(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    IO_RESOURCE_DESCRIPTOR window = memory(0x40000000, last_address, 0x1000);
    IO_RESOURCE_DESCRIPTOR line = {.Type = CmResourceTypeInterrupt};
    WDFIORESLIST list;

    line.u.Interrupt.MinimumVector = 20;
    line.u.Interrupt.MaximumVector = 30;
    WdfIoResourceRequirementsListSetInterfaceType(Requirements, Internal);
    WdfIoResourceRequirementsListSetSlotNumber(Requirements, 3);
    result[0] = WdfIoResourceListCreate(Requirements, WDF_NO_OBJECT_ATTRIBUTES, &list);
    result[1] = WdfIoResourceListAppendDescriptor(list, &window);
    result[2] = WdfIoResourceListAppendDescriptor(list, &line);
    return WdfIoResourceRequirementsListAppendIoResList(Requirements, list);
}

static void child_init(PWDFDEVICE_INIT init, ULONG number)
{
    WDF_PDO_EVENT_CALLBACKS callbacks;

    WDF_PDO_EVENT_CALLBACKS_INIT(&callbacks);
    callbacks.EvtDeviceResourceRequirementsQuery = child_needs;
    WdfPdoInitSetEventCallbacks(init, &callbacks);
}

static PDEVICE_OBJECT pdo_of[3];

static void look_at_children(void *argument)
{
    for (int i = 1; i <= 2; i++) {
        pdo_of[i] = WdfDeviceWdmGetDeviceObject(drv_bus_plan.child[i]);
    }
}

static void start_children(ULONGLONG last)
{
    last_address = last;
    drv_bus_plan.children = 2;
    drv_bus_plan.child_init = child_init;
    bus_start();
    bus_call(look_at_children, NULL);
}

static const CM_PARTIAL_RESOURCE_DESCRIPTOR *assigned(ULONG number, ULONG index)
{
    const CM_RESOURCE_LIST *list = io_pnp_assigned(pdo_of[number]);

    assert_non_null(list);
    return &list->List[0].PartialResourceList.PartialDescriptors[index];
}

static void children_get_what_nobody_has(void **state)
{
    start_children(0x4fffffff);
    assert_int_equal(assigned(1, 0)->u.Memory.Start.QuadPart, 0x40000000);
    assert_int_equal(assigned(2, 0)->u.Memory.Start.QuadPart, 0x40001000);
    assert_int_equal(assigned(1, 1)->Type, CmResourceTypeInterrupt);
    assert_int_not_equal(assigned(1, 1)->u.Interrupt.Vector, assigned(2, 1)->u.Interrupt.Vector);
}

static void a_child_for_which_nothing_is_left_does_not_start(void **state)
{
    start_children(0x40000fff);
    assert_non_null(drv_bus_plan.fdo[1]);
    assert_int_equal(assigned(1, 0)->u.Memory.Start.QuadPart, 0x40000000);
    assert_null(strstr(drv_bus_plan.log, "fdo2.Prepare"));
}

/* ---- what is said of interrupts ---- */

static IO_RESOURCE_DESCRIPTOR wanted_lines[2]; /* as EvtDeviceFilterAdd... saw them */

static NTSTATUS look_at_lines(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);

    note("Add");
    for (ULONG i = 0; i < ARRAYSIZE(wanted_lines) && i < WdfIoResourceListGetCount(list); i++) {
        wanted_lines[i] = *WdfIoResourceListGetDescriptor(list, i);
    }
    return STATUS_SUCCESS;
}

static void say_policy(void)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = WdfIrqPolicySpecifiedProcessors;
    policy.Priority = WdfIrqPriorityHigh;
    policy.TargetProcessorSetAndGroup.Mask = 2;
    WdfInterruptSetExtendedPolicy(PLAN->interrupt[1], &policy);
}

static NTSTATUS look_before(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);

    note("Remove");
    counts[3] = WdfIoResourceListGetDescriptor(list, 1)->Flags;
    if (says) {
        say_policy();
    }
    return STATUS_SUCCESS;
}

static void second_alone(ULONG index, WDF_INTERRUPT_CONFIG *config)
{
    config->ShareVector = index == 1 ? WdfFalse : WdfUseDefault;
}

static void start_two_lines(void)
{
    struct wc_device *device;

    events.EvtDeviceFilterRemoveResourceRequirements = look_before;
    if (events.EvtDeviceFilterAddResourceRequirements == NULL) {
        events.EvtDeviceFilterAddResourceRequirements = look_at_lines;
    }
    events.EvtDeviceRemoveAddedResources = do_nothing_added;
    PLAN->interrupts = 2;
    PLAN->init = set_events;
    PLAN->prepare = look_at_given;
    wc_test_machine(.driver = WC_DRIVER_DRV_PNP, .no_device = true, .processors = 3);
    assert_int_equal(pnp_add("irq=4,irq=5", &device), WC_OK);
}

static void a_policy_is_part_of_the_requirements(void **state) /* spec: INTR-60, INTR-61 */
{
    says = true;
    PLAN->config = second_alone;
    start_two_lines();
    assert_string_equal(order, "Remove Add Prepare ");
    assert_int_equal(wanted_lines[0].Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED, 0);
    assert_int_equal(wanted_lines[0].ShareDisposition, CmResourceShareShared);
    assert_int_equal(counts[3] & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED, 0);
    assert_int_not_equal(wanted_lines[1].Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED, 0);
    assert_int_equal(wanted_lines[1].ShareDisposition, CmResourceShareDeviceExclusive);
    assert_int_equal(wanted_lines[1].u.Interrupt.AffinityPolicy, IrqPolicySpecifiedProcessors);
    assert_int_equal(wanted_lines[1].u.Interrupt.PriorityPolicy, IrqPriorityHigh);
    assert_int_equal(wanted_lines[1].u.Interrupt.TargetedProcessors, 2);
}

static void what_is_given_follows_the_policy(void **state) /* spec: INTR-61 */
{
    says = true;
    PLAN->config = second_alone;
    start_two_lines();
    assert_int_equal(given_count, 2);
    assert_int_equal(given[0].u.Interrupt.Affinity, 7);
    assert_int_equal(given[0].ShareDisposition, CmResourceShareShared);
    assert_int_equal(given[1].u.Interrupt.Affinity, 2);
    assert_int_equal(given[1].ShareDisposition, CmResourceShareDeviceExclusive);
    assert_int_equal(given[1].Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED, 0);
    assert_int_equal(given[1].u.Interrupt.Vector, hal_irq_vector(5));
}

static NTSTATUS know_better(WDFDEVICE Device, WDFIORESREQLIST Requirements)
{
    WDFIORESLIST list = WdfIoResourceRequirementsListGetIoResList(Requirements, 0);
    IO_RESOURCE_DESCRIPTOR line = *WdfIoResourceListGetDescriptor(list, 1);
    WDFIORESLIST another;

    line.u.Interrupt.TargetedProcessors = 4;
    result[0] = WdfIoResourceListCreate(Requirements, WDF_NO_OBJECT_ATTRIBUTES, &another);
    result[1] = WdfIoResourceListAppendDescriptor(another, WdfIoResourceListGetDescriptor(list, 0));
    result[2] = WdfIoResourceListAppendDescriptor(another, &line);
    result[3] = WdfIoResourceRequirementsListInsertIoResList(Requirements, another, 0);
    return STATUS_SUCCESS;
}

static void the_driver_has_the_last_word(void **state)
{
    says = true;
    events.EvtDeviceFilterAddResourceRequirements = know_better;
    start_two_lines();
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_int_equal(result[2], STATUS_SUCCESS);
    assert_int_equal(result[3], STATUS_SUCCESS);
    assert_int_equal(given[1].u.Interrupt.Affinity, 4);
}

static void without_a_word_nothing_changes(void **state) /* spec: INTR-60 */
{
    start_two_lines();
    assert_int_equal(wanted_lines[1].Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED, 0);
    assert_int_equal(given[1].u.Interrupt.Affinity, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_taken_out_is_not_given),
        test(who_takes_out_may_not_add),
        test(without_requirements_nothing_is_given),
        test(what_is_added_is_given),
        test(what_cannot_be_had_stops_the_start),
        test(the_first_alternative_that_can_be_had_is_given),
        test(a_failure_stops_the_start),
        test(a_list_keeps_what_it_was_given),
        test(the_requirements_are_gone_after_the_callback),
        bus_test(children_get_what_nobody_has),
        bus_test(a_child_for_which_nothing_is_left_does_not_start),
        test(a_policy_is_part_of_the_requirements),
        test(what_is_given_follows_the_policy),
        test(the_driver_has_the_last_word),
        test(without_a_word_nothing_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
