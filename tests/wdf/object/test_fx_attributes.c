/* test_fx_attributes.c - WDF_OBJECT_ATTRIBUTES: what each create function accepts. */
#include "wdf/wdf_fixture.h"

#include <string.h>

#include "wdf/object/fx_attributes.h"

static WDF_OBJECT_ATTRIBUTES attributes;

static VOID no_dpc(WDFDPC Dpc)
{
}

static VOID no_timer(WDFTIMER Timer)
{
}

static VOID no_work(WDFWORKITEM WorkItem)
{
}

/* The create functions with what they need besides attributes. */
enum maker {
    OF_OBJECT,
    OF_SPIN,
    OF_WAIT,
    OF_COLLECTION,
    OF_STRING,
    OF_DPC,
    OF_TIMER,
    OF_WORK,
    MAKERS
};

static NTSTATUS make(enum maker maker, PWDF_OBJECT_ATTRIBUTES with)
{
    WDF_DPC_CONFIG dpc;
    WDF_TIMER_CONFIG timer;
    WDF_WORKITEM_CONFIG work;
    WDFOBJECT made;

    switch (maker) {
    case OF_OBJECT:
        return WdfObjectCreate(with, &made);
    case OF_SPIN:
        return WdfSpinLockCreate(with, (WDFSPINLOCK *)&made);
    case OF_WAIT:
        return WdfWaitLockCreate(with, (WDFWAITLOCK *)&made);
    case OF_COLLECTION:
        return WdfCollectionCreate(with, (WDFCOLLECTION *)&made);
    case OF_STRING:
        return WdfStringCreate(NULL, with, (WDFSTRING *)&made);
    case OF_DPC:
        WDF_DPC_CONFIG_INIT(&dpc, no_dpc);
        return WdfDpcCreate(&dpc, with, (WDFDPC *)&made);
    case OF_TIMER:
        WDF_TIMER_CONFIG_INIT(&timer, no_timer);
        return WdfTimerCreate(&timer, with, (WDFTIMER *)&made);
    default:
        WDF_WORKITEM_CONFIG_INIT(&work, no_work);
        return WdfWorkItemCreate(&work, with, (WDFWORKITEM *)&made);
    }
}

/* Attributes that every one of them accepts. */
static void init(void)
{
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = fixture.device;
}

static void init_sets_size_level_and_scope(void **state) /* spec: ATTR-01 */
{
    WDF_OBJECT_ATTRIBUTES zero = {0};

    memset(&attributes, 0xa5, sizeof(attributes));
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    assert_int_equal(attributes.Size, 56);
    assert_int_equal(attributes.ExecutionLevel, WdfExecutionLevelInheritFromParent);
    assert_int_equal(WdfExecutionLevelInheritFromParent, 1);
    assert_int_equal(attributes.SynchronizationScope, WdfSynchronizationScopeInheritFromParent);
    assert_int_equal(WdfSynchronizationScopeInheritFromParent, 1);
    zero.Size = attributes.Size;
    zero.ExecutionLevel = attributes.ExecutionLevel;
    zero.SynchronizationScope = attributes.SynchronizationScope;
    assert_memory_equal(&attributes, &zero, sizeof(zero));
}

static void all_accept_initialized_attributes(void **state)
{
    for (int maker = 0; maker < MAKERS; maker++) {
        init();
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_SUCCESS);
    }
}

static void zeros_are_an_invalid_level(void **state) /* spec: ATTR-02 */
{
    for (int maker = 0; maker < MAKERS; maker++) {
        memset(&attributes, 0, sizeof(attributes));
        attributes.Size = sizeof(attributes);
        attributes.ParentObject = fixture.device;
        assert_int_equal(make((enum maker)maker, &attributes),
                         STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    }
}

static void a_wrong_size_wins_over_all_else(void **state) /* spec: ATTR-03 */
{
    for (int maker = 0; maker < MAKERS; maker++) {
        memset(&attributes, 0xff, sizeof(attributes));
        attributes.Size = sizeof(attributes) - 1;
        attributes.ContextTypeInfo = NULL;
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_INFO_LENGTH_MISMATCH);
    }
}

static void dpc_timer_and_work_item_need_a_parent(void **state) /* spec: ATTR-04 */
{
    for (int maker = OF_DPC; maker < MAKERS; maker++) {
        assert_int_equal(make((enum maker)maker, NULL), STATUS_WDF_PARENT_NOT_SPECIFIED);
        WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_WDF_PARENT_NOT_SPECIFIED);
    }
    for (int maker = 0; maker < OF_DPC; maker++) { /* the others do not */
        assert_int_equal(make((enum maker)maker, NULL), STATUS_SUCCESS);
    }
}

/* Each step fails while all that come after it are wrong too. */
static void the_three_check_in_their_documented_order(void **state) /* spec: ATTR-05, WDPC-31 */
{
    WDF_DPC_CONFIG config = {.Size = 1};
    WDFDPC dpc;

    memset(&attributes, 0, sizeof(attributes));
    assert_int_equal(WdfDpcCreate(NULL, NULL, NULL), STATUS_WDF_PARENT_NOT_SPECIFIED);
    assert_int_equal(WdfDpcCreate(NULL, &attributes, NULL), STATUS_INFO_LENGTH_MISMATCH);
    attributes.Size = sizeof(attributes);
    assert_int_equal(WdfDpcCreate(NULL, &attributes, NULL), STATUS_WDF_PARENT_NOT_SPECIFIED);
    attributes.ParentObject = (WDFOBJECT)&attributes;
    wc_expect_violation("HandleInvalid");
    assert_false(NT_SUCCESS(WdfDpcCreate(NULL, &attributes, NULL)));
    attributes.ParentObject = fixture.driver;
    wc_expect_violation("ParameterNull");
    assert_false(NT_SUCCESS(WdfDpcCreate(NULL, &attributes, NULL)));
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.SynchronizationScope = WdfSynchronizationScopeNone;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_INFO_LENGTH_MISMATCH);
    config.Size = sizeof(config);
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_WDF_EXECUTION_LEVEL_INVALID);
    attributes.ExecutionLevel = WdfExecutionLevelInheritFromParent;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_INVALID_DEVICE_REQUEST);
}

/* As devices, drivers, files and what a bus driver makes have it. */
static void a_parent_is_refused_where_the_type_forbids_it(void **state) /* spec: ATTR-06 */
{
    static const struct fx_type forbids = {.parent = FX_PARENT_FORBIDDEN};
    static const struct fx_type allows = {.parent = FX_PARENT_OPTIONAL};

    init();
    assert_int_equal(fx_attributes_check(&forbids, &attributes),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    assert_int_equal(fx_attributes_check(&allows, &attributes), STATUS_SUCCESS);
    attributes.ParentObject = NULL;
    assert_int_equal(fx_attributes_check(&forbids, &attributes), STATUS_SUCCESS);
}

static void a_level_is_refused_where_the_type_has_none(void **state) /* spec: ATTR-07 */
{
    for (int maker = 0; maker < MAKERS; maker++) {
        NTSTATUS expected = maker == OF_OBJECT || maker == OF_TIMER
                                ? STATUS_SUCCESS
                                : STATUS_WDF_EXECUTION_LEVEL_INVALID;
        init();
        attributes.ExecutionLevel = WdfExecutionLevelPassive;
        assert_int_equal(make((enum maker)maker, &attributes), expected);
        attributes.ExecutionLevel = WdfExecutionLevelDispatch;
        assert_int_equal(make((enum maker)maker, &attributes), expected);
    }
}

static void a_scope_is_refused_but_none_is_accepted(void **state) /* spec: ATTR-08 */
{
    for (int maker = 0; maker < MAKERS; maker++) {
        init();
        attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
        assert_int_equal(make((enum maker)maker, &attributes),
                         STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
        attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
        assert_int_equal(make((enum maker)maker, &attributes),
                         STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
        attributes.SynchronizationScope = WdfSynchronizationScopeNone;
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_SUCCESS);
    }
}

static void the_scope_wins_over_the_level(void **state) /* spec: ATTR-09 */
{
    init();
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(make(OF_SPIN, &attributes), STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
    attributes.SynchronizationScope = WdfSynchronizationScopeInheritFromParent;
    assert_int_equal(make(OF_SPIN, &attributes), STATUS_WDF_EXECUTION_LEVEL_INVALID);
}

static void level_and_scope_have_their_ranges(void **state)
{
    static const int bad[] = {0, 4, -1};

    for (int i = 0; i < 3; i++) {
        init();
        attributes.ExecutionLevel = (WDF_EXECUTION_LEVEL)bad[i];
        assert_int_equal(make(OF_OBJECT, &attributes), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
        init();
        attributes.SynchronizationScope = (WDF_SYNCHRONIZATION_SCOPE)(bad[i] == 4 ? 5 : bad[i]);
        assert_int_equal(make(OF_OBJECT, &attributes), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    }
}

static void an_override_may_equal_the_size_but_not_be_less(void **state) /* spec: ATTR-10 */
{
    init();
    WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(&attributes, NODE);
    attributes.ContextSizeOverride = sizeof(NODE);
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_SUCCESS);
    attributes.ContextSizeOverride = sizeof(NODE) - 1;
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    attributes.ContextTypeInfo = NULL;
    attributes.ContextSizeOverride = 100;
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
}

static void a_type_may_have_a_name_and_no_size(void **state) /* spec: ATTR-11 */
{
    WDF_OBJECT_CONTEXT_TYPE_INFO type = {
        .Size = sizeof(type), .ContextName = "EMPTY", .ContextSize = 0, .UniqueType = &type};

    init();
    attributes.ContextTypeInfo = &type;
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_SUCCESS);
    type.ContextName = NULL;
    type.ContextSize = 8;
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    type.Size = 39;
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_INFO_LENGTH_MISMATCH);
    type.Size = 24; /* the form of 1.0 */
    type.ContextName = "OLD";
    assert_int_equal(make(OF_OBJECT, &attributes), STATUS_SUCCESS);
    fixture_remove(fixture.device); /* its objects refer to the type on this stack */
}

static void the_three_need_a_device_above(void **state) /* spec: ATTR-12 */
{
    WDFOBJECT below_driver = fixture_node("n", NULL);
    WDFOBJECT below_device = fixture_node("m", fixture.device);

    for (int maker = OF_DPC; maker < MAKERS; maker++) {
        init();
        attributes.ParentObject = fixture.driver;
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_INVALID_DEVICE_REQUEST);
        attributes.ParentObject = below_driver;
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_INVALID_DEVICE_REQUEST);
        attributes.ParentObject = below_device;
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_SUCCESS);
    }
}

static NTSTATUS status_in_cleanup[MAKERS];

static VOID create_in_cleanup(WDFOBJECT Object)
{
    for (int maker = 0; maker < MAKERS; maker++) {
        init();
        attributes.ParentObject = Object;
        status_in_cleanup[maker] = make((enum maker)maker, &attributes);
    }
}

static void a_dying_parent_takes_no_children(void **state) /* spec: ATTR-13 */
{
    WDFOBJECT parent;

    fixture_attributes(&attributes, fixture.device);
    attributes.EvtCleanupCallback = create_in_cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &parent), STATUS_SUCCESS);
    WdfObjectDelete(parent);
    for (int maker = 0; maker < MAKERS; maker++) {
        assert_int_equal(status_in_cleanup[maker], STATUS_DELETE_PENDING);
    }
}

static void a_failed_create_calls_no_callback(void **state) /* spec: ATTR-14 */
{
    for (int maker = 0; maker < MAKERS; maker++) {
        fixture_attributes(&attributes, fixture.device);
        attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
        assert_false(NT_SUCCESS(make((enum maker)maker, &attributes)));
    }
    for (int maker = OF_DPC; maker < MAKERS; maker++) {
        fixture_attributes(&attributes, fixture.driver); /* fails late */
        assert_false(NT_SUCCESS(make((enum maker)maker, &attributes)));
    }
    assert_log("");
}

static void attributes_are_copied(void **state) /* spec: ATTR-15 */
{
    WDFOBJECT node;

    fixture_attributes(&attributes, NULL);
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    memset(&attributes, 0xa5, sizeof(attributes));
    NodeOf(node)->name = "n";
    WdfObjectDelete(node);
    assert_log("c:n d:n");
}

static void level_passive_moves_the_callbacks_of_an_object(void **state) /* spec: ATTR-16 */
{
    WDFOBJECT passive = fixture_passive_node("p", fixture.device);
    WDFOBJECT other = fixture_node("o", fixture.device);
    KIRQL old;

    old = fixture_raise(DISPATCH_LEVEL);
    WdfObjectDelete(passive);
    WdfObjectDelete(other);
    assert_log("c:o@2 d:o@2");
    fixture_lower(old);
    fixture_settle();
    assert_log("c:o@2 d:o@2 c:p d:p");
}

static void the_driver_is_the_default_parent(void **state) /* spec: ATTR-17 */
{
    for (int maker = 0; maker < OF_DPC; maker++) {
        fixture_attributes(&attributes, NULL);
        assert_int_equal(make((enum maker)maker, &attributes), STATUS_SUCCESS);
    }
    fixture_remove(fixture.device);
    assert_log(""); /* they do not go with a device */
    assert_int_equal(fx_object_count(FX_TYPE_SPINLOCK), 1);
    assert_int_equal(fx_object_at(fx_handle_find(fixture.driver)->children)->type->number,
                     FX_TYPE_OBJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(init_sets_size_level_and_scope, FIXTURE),
        wc_unit_test(all_accept_initialized_attributes, FIXTURE),
        wc_unit_test(zeros_are_an_invalid_level, FIXTURE),
        wc_unit_test(a_wrong_size_wins_over_all_else, FIXTURE),
        wc_unit_test(dpc_timer_and_work_item_need_a_parent, FIXTURE),
        wc_unit_test(the_three_check_in_their_documented_order, FIXTURE),
        wc_unit_test(a_parent_is_refused_where_the_type_forbids_it, FIXTURE),
        wc_unit_test(a_level_is_refused_where_the_type_has_none, FIXTURE),
        wc_unit_test(a_scope_is_refused_but_none_is_accepted, FIXTURE),
        wc_unit_test(the_scope_wins_over_the_level, FIXTURE),
        wc_unit_test(level_and_scope_have_their_ranges, FIXTURE),
        wc_unit_test(an_override_may_equal_the_size_but_not_be_less, FIXTURE),
        wc_unit_test(a_type_may_have_a_name_and_no_size, FIXTURE),
        wc_unit_test(the_three_need_a_device_above, FIXTURE),
        wc_unit_test(a_dying_parent_takes_no_children, FIXTURE),
        wc_unit_test(a_failed_create_calls_no_callback, FIXTURE),
        wc_unit_test(attributes_are_copied, FIXTURE),
        wc_unit_test(level_passive_moves_the_callbacks_of_an_object, FIXTURE),
        wc_unit_test(the_driver_is_the_default_parent, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
