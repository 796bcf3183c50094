/* test_fx_settings_lists.c - KMDF verifier's settings that name types of objects: which ones count for
 * ObjectLeakDetectionLimit, whose reference tags are told of; and the numbers besides.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_object.h"

#define PLAN     (&drv_pnp_plan)
#define LIMIT(n) "Parameters/Wdf/ObjectLeakDetectionLimit=dword:" #n "\n"
#define TAG(n)   ((PVOID)(uintptr_t)(n))

static const struct fx_settings *settings(void)
{
    return &((struct fx_object *)fx_handle_find(PLAN->driver))->globals->settings;
}

/* ---- ObjectsForLeakDetection ---- */

static void make_request(void)
{
    WDFREQUEST request = NULL;

    assert_int_equal(WdfRequestCreate(NULL, WdfDeviceGetIoTarget(PLAN->device), &request),
                     STATUS_SUCCESS);
}

static void requests_that_a_driver_makes_count(void **state) /* spec: VER-13 */
{
    make_request(); /* with the device there are two */
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
    wc_expect_violation("WdfObjectLeakLimit");
    make_request();
    assert_non_null(strstr(wc_last_report(), "a WDFREQUEST is created and 3 objects"));
}

/* One that the framework made for an application does not. */
static void requests_that_arrive_do_not_count(void **state) /* spec: VER-13 */
{
    struct wc_file *file = NULL;
    char text[4];

    assert_int_equal(wc_file_open("PnpTest", &file), STATUS_SUCCESS);
    for (int i = 0; i < 5; i++) {
        (void)wc_file_read(file, text, sizeof(text), NULL);
    }
    wc_file_close(file);
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
}

static void make_lock(void)
{
    WDFSPINLOCK lock = NULL;

    assert_int_equal(WdfSpinLockCreate(NULL, &lock), STATUS_SUCCESS);
}

static void a_star_stands_for_every_type(void **state)
{
    assert_int_equal(settings()->leak_types, UINT64_MAX);
    wc_expect_violation("WdfObjectLeakLimit");
    for (int i = 0; i < 20; i++) {
        make_lock();
    }
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 1);
    assert_non_null(strstr(wc_last_report(), "a WDFSPINLOCK is created and 20 objects"));
}

static void what_is_no_list_is_not_there(void **state)
{
    struct fx_settings as_if;

    fx_settings_default(&as_if);
    assert_int_equal(settings()->leak_types, as_if.leak_types);
    assert_int_equal(settings()->tag_types, as_if.tag_types);
}

static void a_limit_of_zero_is_never_reached(void **state)
{
    make_request();
    assert_int_equal(wc_violations("WdfObjectLeakLimit"), 0);
}

/* ---- TrackHandles ---- */

/* Of two releases by wrong tags and two tags that stay only those of a listed type are told. */
static void tags_of_listed_types_only_are_told(void **state) /* spec: REF-03, REF-12 */
{
    WDFSTRING string = NULL;
    WDFCOLLECTION collection = NULL;

    assert_int_equal(WdfCollectionCreate(NULL, &collection), STATUS_SUCCESS);
    WdfObjectReferenceWithTag(collection, TAG(1));
    WdfObjectDereferenceWithTag(collection, TAG(2));
    WdfObjectDelete(collection);
    assert_int_equal(wc_violations(NULL), 0);
    wc_expect_violation("WdfObjectUseAfterDelete"); /* the reference is gone all the same */
    WdfObjectReference(collection);

    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    WdfObjectReferenceWithTag(string, TAG(1));
    wc_expect_violation("WdfObjectTagMismatch");
    WdfObjectDereferenceWithTag(string, TAG(2));
    wc_expect_violation("WdfObjectReferenceLeaked");
    WdfObjectDelete(string);
}

/* ---- numbers ---- */

static void numbers_are_as_they_were_set(void **state)
{
    assert_int_equal(settings()->wait_s, 5);
    assert_int_equal(settings()->enhanced, 0x10001);
}

/* The framework breaks into no debugger then, and there is no other period for it. */
static void without_breaks_the_period_is_a_minute(void **state)
{
    assert_int_equal(settings()->wait_s, 60);
}

#define DEVICE_WITH(text) .driver = WC_DRIVER_DRV_PNP, .registry = text
#define UNTERMINATED      "=hex(7):57,00,44,00,46,00,53,00,54,00,52,00,49,00,4e,00,47,00,00,00\n"

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(requests_that_a_driver_makes_count, DEVICE_WITH(LIMIT(3))),
        wc_unit_test(requests_that_arrive_do_not_count, DEVICE_WITH(LIMIT(3))),
        wc_unit_test(a_star_stands_for_every_type,
                     DEVICE_WITH(LIMIT(14) "Parameters/Wdf/ObjectsForLeakDetection=multi_sz:*")),
        wc_unit_test(what_is_no_list_is_not_there,
                     DEVICE_WITH("Parameters/Wdf/ObjectsForLeakDetection" UNTERMINATED
                                 "Parameters/Wdf/TrackHandles" UNTERMINATED)),
        wc_unit_test(what_is_no_list_is_not_there,
                     DEVICE_WITH("Parameters/Wdf/ObjectsForLeakDetection=hex(7):00,00,00,00\n"
                                 "Parameters/Wdf/TrackHandles=hex(7):57,00,00,00,00")),
        wc_unit_test(a_limit_of_zero_is_never_reached, DEVICE_WITH(LIMIT(0))),
        wc_unit_test(tags_of_listed_types_only_are_told,
                     DEVICE_WITH("Parameters/Wdf/TrackHandles=multi_sz:WdfString|WDFKEY")),
        wc_unit_test(numbers_are_as_they_were_set,
                     DEVICE_WITH("Parameters/Wdf/DbgWaitForSignalTimeoutInSec=dword:5\n"
                                 "Parameters/Wdf/EnhancedVerifierOptions=dword:10001")),
        wc_unit_test(without_breaks_the_period_is_a_minute,
                     DEVICE_WITH("Parameters/Wdf/DbgWaitForSignalTimeoutInSec=dword:5\n"
                                 "Parameters/Wdf/DbgBreakOnError=dword:0")),
    };

    PLAN->queue = TRUE;
    PLAN->link = TRUE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
