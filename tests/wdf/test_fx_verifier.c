/* test_fx_verifier.c - break points, bug checks, and what a report says. */
#include "wdf_fixture.h"

#include <string.h>

static void a_break_point_is_reported_and_returns(void **state) /* spec: VER-14 */
{
    fixture_capture_log();
    WdfVerifierDbgBreakPoint();
    fixture_release_log();
    fixture_assert_report("VIOLATION DriverBreakPoint");
    assert_int_equal(wc_violations("DriverBreakPoint"), 1);
}

static void bug_check(void *context)
{
    WdfVerifierKeBugCheck(0xdead, 1, 2, 3, 4);
}

static void a_bug_check_never_returns(void **state) /* spec: VER-08 */
{
    wc_expect_stop("DriverBugCheck", bug_check, NULL);
}

static void a_v_finding_goes_on_when_it_is_expected(void **state) /* spec: VER-01, VER-03, VER-04 */
{
    WDFSTRING string;
    KIRQL old;

    wc_expect_violation("WdfObjectDeleteNotAllowed");
    WdfObjectDelete(fixture.device);
    assert_non_null(fx_handle_find(fixture.device));

    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(old);
    assert_int_equal(fx_object_count(FX_TYPE_STRING), 0);
}

static void
a_bugcheck_line_stands_where_windows_would_raise_one(void **state) /* spec: VER-16, VER-05 */
{
    WDFOBJECT node = fixture_node("n", fixture.device);

    wc_expect_violation("HandleNull");
    WdfObjectDelete(NULL);
    fixture_assert_report("Windows:   bugcheck 0x10D (0x5,");
    wc_expect_violation("WdfObjectOverDereferenced");
    WdfObjectDereference(node);
    fixture_assert_report("Windows:   bugcheck 0x10D (0x7,");
    wc_expect_violation("CallbackLockUnsupported");
    WdfObjectAcquireLock(node);
    fixture_assert_report("Windows:   bugcheck 0x10D (0xb,");
    wc_expect_violation("WdfObjectTagMismatch"); /* Windows only breaks into a debugger */
    WdfObjectReferenceWithTag(node, (PVOID)1);
    WdfObjectDereferenceWithTag(node, (PVOID)2);
    fixture_assert_report("Windows:   undefined");
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(node);
}

static void a_report_names_the_object_its_parents_and_its_driver(void **state)
{
    WDFOBJECT node = fixture_node("n", fixture_node("p", fixture.device));

    wc_expect_violation("CallbackLockUnsupported");
    WdfObjectAcquireLock(node);
    fixture_assert_report("WDFOBJECT #4 (0x");
    fixture_assert_report(" with NODE, child of ");
    fixture_assert_report(
        ", child of WDFOBJECT #3, child of WDFDEVICE #2, child of WDFDRIVER #1, of driver fixture");
    fixture_assert_report("; created by ");
}

static VOID stay_in_region(WDFOBJECT Object)
{
    KeEnterCriticalRegion();
}

static void leaving_in_a_critical_region_is_reported(void **state) /* spec: VER-07 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = stay_in_region;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    wc_expect_violation("CallbackLeftCriticalRegion");
    WdfObjectDelete(node);
    fixture_assert_report("bugcheck 0x10D (0xf, 0x");
    assert_false(KeAreApcsDisabled()); /* put right */
}

static int looked;

static BOOLEAN look(BOOLEAN result)
{
    looked++;
    return result;
}

static void verify_looks_only_while_it_is_on(void **state) /* spec: VER-09 */
{
    WDF_DRIVER_GLOBALS globals = {.DriverFlags = 0};

    looked = 0;
    WdfDriverGlobals = &globals;
    WDFVERIFY(look(FALSE));
    assert_int_equal(looked, 0);
    globals.DriverFlags = WdfVerifyOn;
    WDFVERIFY(look(TRUE));
    assert_int_equal(looked, 1);
    wc_expect_violation("AssertionFailed");
    WDFVERIFY(look(FALSE));
    assert_int_equal(looked, 2);
    fixture_assert_report("look(FALSE)");
    WdfDriverGlobals = NULL;
}

static void triage_information_is_there(void **state)
{
    assert_non_null(WdfGetTriageInfo());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_break_point_is_reported_and_returns, FIXTURE),
        wc_unit_test(a_bug_check_never_returns, FIXTURE),
        wc_unit_test(a_v_finding_goes_on_when_it_is_expected, FIXTURE),
        wc_unit_test(a_bugcheck_line_stands_where_windows_would_raise_one, FIXTURE),
        wc_unit_test(a_report_names_the_object_its_parents_and_its_driver, FIXTURE),
        wc_unit_test(leaving_in_a_critical_region_is_reported, FIXTURE),
        wc_unit_test(verify_looks_only_while_it_is_on, FIXTURE),
        wc_unit_test(triage_information_is_there, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
