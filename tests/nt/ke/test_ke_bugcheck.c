/* test_ke_bugcheck.c - callbacks that run when a driver's bug check stops the machine. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include <string.h>

static struct {
    KBUGCHECK_CALLBACK_RECORD first, second;
    KBUGCHECK_REASON_CALLBACK_RECORD reason, pages;
    ULONG calls, buffer;
    KIRQL irql;
    char order[8];
    ULONG room;
} t;

static VOID called(PVOID buffer, ULONG length)
{
    t.irql = KeGetCurrentIrql();
    t.order[t.calls++] = *(char *)buffer;
    t.buffer = length;
}

static VOID dumps(KBUGCHECK_CALLBACK_REASON reason, PKBUGCHECK_REASON_CALLBACK_RECORD record,
                  PVOID data, ULONG length)
{
    PKBUGCHECK_SECONDARY_DUMP_DATA dump = data;

    assert_int_equal(reason, KbCallbackSecondaryDumpData);
    assert_ptr_equal(record, &t.reason);
    assert_int_equal(length, sizeof(*dump));
    t.room = dump->MaximumAllowed;
    memcpy(dump->InBuffer, "state", 5);
    dump->OutBuffer = dump->InBuffer;
    dump->OutBufferLength = 5;
    t.order[t.calls++] = 'd';
}

static VOID never(KBUGCHECK_CALLBACK_REASON reason, PKBUGCHECK_REASON_CALLBACK_RECORD record,
                  PVOID data, ULONG length)
{
    t.order[t.calls++] = '!';
}

static void gives_up(void *argument)
{
    KeBugCheckEx(0xDEAD, 1, 2, 3, 4);
}

static VOID gives_up_again(PVOID buffer, ULONG length)
{
    t.order[t.calls++] = *(char *)buffer;
    KeBugCheck(0xBEEF);
}

static int start(void **state)
{
    memset(&t, 0, sizeof(t));
    KeInitializeCallbackRecord(&t.first);
    KeInitializeCallbackRecord(&t.second);
    KeInitializeCallbackRecord(&t.reason);
    KeInitializeCallbackRecord(&t.pages);
    return 0;
}

static void registering_twice_is_refused(void **state)
{
    assert_true(KeRegisterBugCheckCallback(&t.first, called, "a", 1, (PUCHAR) "test"));
    assert_int_equal(t.first.State, BufferInserted);
    assert_false(KeRegisterBugCheckCallback(&t.first, called, "b", 1, (PUCHAR) "test"));
    assert_string_equal(t.first.Buffer, "a");
    assert_true(KeDeregisterBugCheckCallback(&t.first));
    assert_int_equal(t.first.State, BufferEmpty);
    assert_false(KeDeregisterBugCheckCallback(&t.first));
    assert_false(KeRegisterBugCheckReasonCallback(&t.reason, dumps, KbCallbackInvalid, NULL));
    assert_true(
        KeRegisterBugCheckReasonCallback(&t.reason, dumps, KbCallbackSecondaryDumpData, NULL));
    assert_false(
        KeRegisterBugCheckReasonCallback(&t.reason, dumps, KbCallbackSecondaryDumpData, NULL));
    assert_true(KeDeregisterBugCheckReasonCallback(&t.reason));
    assert_false(KeDeregisterBugCheckReasonCallback(&t.reason));
    wc_expect_violation("BadParameter");
    assert_false(KeRegisterBugCheckCallback((PVOID)0x10001, called, "a", 1, NULL));
}

static void a_bug_check_calls_them_at_high_level(void **state)
{
    KeRegisterBugCheckCallback(&t.first, called, "a", 1, (PUCHAR) "test");
    KeRegisterBugCheckCallback(&t.second, called, "b", 17, (PUCHAR) "test");
    KeRegisterBugCheckReasonCallback(&t.pages, never, KbCallbackAddPages, NULL);
    KeRegisterBugCheckReasonCallback(&t.reason, dumps, KbCallbackSecondaryDumpData,
                                     (PUCHAR) "test");
    wc_expect_stop("DriverBugCheck", gives_up, NULL);
    assert_string_equal(t.order, "abd");
    assert_int_equal(t.irql, HIGH_LEVEL);
    assert_int_equal(t.buffer, 17);
    assert_true(t.room >= 5);
    assert_int_equal(t.first.State, BufferFinished);
    assert_int_equal(t.reason.State, BufferFinished);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xDEAD (0x1, 0x2, 0x3, 0x4)"));
}

static void a_callback_that_gives_up_ends_itself_only(void **state)
{
    KeRegisterBugCheckCallback(&t.first, gives_up_again, "a", 1, (PUCHAR) "test");
    KeRegisterBugCheckCallback(&t.second, called, "b", 1, (PUCHAR) "test");
    wc_expect_violation("DriverBugCheck"); /* the second one, inside of the first */
    wc_expect_stop("DriverBugCheck", gives_up, NULL);
    assert_string_equal(t.order, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(registering_twice_is_refused, .setup = start),
        wc_unit_test(a_bug_check_calls_them_at_high_level, .setup = start),
        wc_unit_test(a_callback_that_gives_up_ends_itself_only, .setup = start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
