/* test_fx_verifier.c - break points, bug checks, and what a report says. */
#include "wdf/wdf_fixture.h"

#include <stdio.h>
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
    fixture_assert_report("Windows:   no bugcheck");
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(node);
}

/* ---- the parameters of 10D, rule by rule ---- */

static WDFOBJECT subject;
static WDFSPINLOCK lock;

static void acquire_device_twice(void)
{
    WDFDEVICE device = fixture_device(WdfExecutionLevelPassive, WdfSynchronizationScopeDevice);

    subject = device;
    WdfObjectAcquireLock(device);
    WdfObjectAcquireLock(device);
    WdfObjectReleaseLock(device);
    fixture_remove(device);
}

static void pass_null(void)
{
    WdfDpcEnqueue(NULL);
}

static void pass_wrong_type(void)
{
    WdfTimerStop((WDFTIMER)(void *)lock, FALSE);
}

static void pass_no_pointer(void)
{
    WdfStringGetUnicodeString(NULL, NULL);
}

static void dereference_too_often(void)
{
    WdfObjectDereference(subject);
}

static void acquire_without_lock(void)
{
    WdfObjectAcquireLock(subject);
}

static void release_spin_lock(void)
{
    WdfSpinLockRelease(lock);
}

static void wrong_tag(void)
{
    WdfObjectReferenceWithTag(subject, (PVOID)1);
    WdfObjectReferenceWithTag(subject, (PVOID)1);
    WdfObjectDereferenceWithTag(subject, (PVOID)2);
    WdfObjectDereferenceWithTag(subject, (PVOID)1);
}

static void delete_device(void)
{
    WdfObjectDelete(fixture.device);
}

static void api_is_missing(void)
{
    WdfDriverErrorReportApiMissing(fixture.driver, NULL, 7, FALSE);
}

static void api_is_missing_and_told(void)
{
    WdfDriverErrorReportApiMissing(fixture.driver, NULL, 7, TRUE);
}

enum second { ZERO, NODE_HANDLE, LOCK_HANDLE, DRIVER_HANDLE };

static const struct {
    const char *rule;
    void (*misuse)(void);
    unsigned code; /* 0: Windows raises nothing */
    enum second second;
    const char *third; /* NULL: any but 0 */
} bugchecks[] = {
    {"CallbackLockRecursive", acquire_device_twice, 0x2, NODE_HANDLE, NULL},
    {"HandleNull", pass_null, 0x5, ZERO, "0x1015"},
    {"ParameterNull", pass_no_pointer, 0x4, ZERO, NULL},
    {"HandleWrongType", pass_wrong_type, 0x5, LOCK_HANDLE, "0x1028"},
    {"WdfObjectOverDereferenced", dereference_too_often, 0x7, NODE_HANDLE, NULL},
    {"CallbackLockUnsupported", acquire_without_lock, 0xb, NODE_HANDLE, "0x0"},
    {"SpinLockNotOwned", release_spin_lock, 0xb, LOCK_HANDLE, "0x1"},
    {"ApiUnavailable", api_is_missing, 0x10, DRIVER_HANDLE, "0x0"},
    {"ApiUnavailable", api_is_missing_and_told, 0, ZERO, NULL},
    {"WdfObjectTagMismatch", wrong_tag, 0, ZERO, NULL},
    {"WdfObjectDeleteNotAllowed", delete_device, 0, ZERO, NULL},
};

static void assert_bugcheck(size_t row)
{
    const void *const seconds[] = {NULL, subject, lock, fixture.driver};
    char line[128];
    const char *at;

    if (bugchecks[row].code == 0) {
        fixture_assert_report("Windows:   no bugcheck");
        return;
    }
    snprintf(line, sizeof(line), "Windows:   bugcheck 0x10D (0x%x, 0x%llx, ", bugchecks[row].code,
             (unsigned long long)(uintptr_t)seconds[bugchecks[row].second]);
    fixture_assert_report(line);
    at = strstr(wc_last_report(), line) + strlen(line);
    if (bugchecks[row].third != NULL) {
        assert_int_equal(strncmp(at, bugchecks[row].third, strlen(bugchecks[row].third)), 0);
        assert_int_equal(at[strlen(bugchecks[row].third)], ',');
    } else {
        assert_int_not_equal(strncmp(at, "0x0,", 4), 0);
    }
}

static void every_code_has_its_parameters(void **state) /* spec: VER-16 */
{
    for (size_t i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++) {
        subject = fixture_node("n", fixture.device);
        assert_int_equal(WdfSpinLockCreate(NULL, &lock), STATUS_SUCCESS);
        wc_expect_violation_(bugchecks[i].rule, __FILE__, __LINE__);
        bugchecks[i].misuse();
        assert_bugcheck(i);
        WdfObjectDelete(lock);
        fixture_clear();
    }
    wc_expect_violation("WdfObjectReferenceLeaked"); /* of wrong_tag, when the fixture ends */
}

static VOID raise_in_cleanup(WDFOBJECT Object)
{
    KIRQL old;

    KeRaiseIrql(DISPATCH_LEVEL, &old);
}

static void delete_with_raise(void *context)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = raise_in_cleanup;
    assert_int_equal(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
    WdfObjectDelete(object);
}

static void returning_at_another_irql_names_both(void **state) /* spec: VER-07 */
{
    wc_expect_stop("CallbackChangedIrql", delete_with_raise, NULL);
}

static int a_mismatch_was_reported(void **state)
{
    int left = wc_test_clean_(state);

    return left != 0 || strstr(wc_last_report(), "bugcheck 0x10D (0xe, 0x0, 0x2, ") == NULL;
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
        wc_unit_test(every_code_has_its_parameters, FIXTURE),
        {"returning_at_another_irql_names_both", wc_test_run_, NULL, a_mismatch_was_reported,
         &(struct wc_test){returning_at_another_irql_names_both, __FILE__, __LINE__, 0, {FIXTURE}}},
        wc_unit_test(a_report_names_the_object_its_parents_and_its_driver, FIXTURE),
        wc_unit_test(leaving_in_a_critical_region_is_reported, FIXTURE),
        wc_unit_test(verify_looks_only_while_it_is_on, FIXTURE),
        wc_unit_test(triage_information_is_there, FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
