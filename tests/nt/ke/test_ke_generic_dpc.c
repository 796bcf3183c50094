/* test_ke_generic_dpc.c - one routine on every processor, with a rendezvous. */
#include "nt/nt_thread.h"

static volatile LONG runs[4], arrived, chosen;
static BOOLEAN keeps_quiet;

static VOID count(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_ptr_equal(Context, runs);
    runs[KeGetCurrentProcessorNumber()]++;
    if (!keeps_quiet || KeGetCurrentProcessorNumber() != 2) {
        KeSignalCallDpcDone(Argument1);
    }
}

static void it_runs_once_on_every_processor(void **state)
{
    for (LONG round = 1; round <= 3; round++) {
        KeGenericCallDpc(count, (PVOID)(ULONG_PTR)runs);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(runs[i], round);
        }
    }
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static VOID meet(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    InterlockedIncrement(&arrived);
    if (KeSignalCallDpcSynchronize(Argument2)) {
        InterlockedIncrement(&chosen);
    }
    assert_int_equal(arrived, 4); /* nobody is let go before all are there */
    KeSignalCallDpcSynchronize(Argument2);
    KeSignalCallDpcDone(Argument1);
}

static void a_rendezvous_chooses_one_processor(void **state)
{
    KeGenericCallDpc(meet, NULL);
    assert_int_equal(chosen, 1);
}

static VOID call_too(PVOID Context)
{
    KeGenericCallDpc(count, Context);
}

static void calls_from_several_threads_follow_each_other(void **state)
{
    PKTHREAD threads[3];

    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(call_too, (PVOID)(ULONG_PTR)runs);
    }
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(runs[i], 3);
    }
}

static void a_missing_signal_is_named(void **state)
{
    keeps_quiet = TRUE;
    wc_expect_violation("GenericDpcHung");
    KeGenericCallDpc(count, (PVOID)(ULONG_PTR)runs);
    assert_int_equal(runs[2], 1);
}

static VOID meet_but_one(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    if (KeGetCurrentProcessorNumber() != 1) {
        assert_false(KeSignalCallDpcSynchronize(Argument2));
    }
    KeSignalCallDpcDone(Argument1);
}

static void a_rendezvous_that_one_does_not_come_to_is_named(void **state)
{
    wc_expect_violation("GenericDpcHung");
    KeGenericCallDpc(meet_but_one, NULL);
    wc_expect_violation("BadParameter");
    KeSignalCallDpcDone(NULL);
    wc_expect_violation("BadParameter");
    assert_false(KeSignalCallDpcSynchronize(NULL));
}

static int start(void **state)
{
    RtlZeroMemory((PVOID)(ULONG_PTR)runs, sizeof(runs));
    arrived = chosen = 0;
    keeps_quiet = FALSE;
    return 0;
}

#define TEST(name) wc_unit_test(name, .processors = 4, .setup = start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_runs_once_on_every_processor),
        TEST(a_rendezvous_chooses_one_processor),
        TEST(calls_from_several_threads_follow_each_other),
        TEST(a_missing_signal_is_named),
        TEST(a_rendezvous_that_one_does_not_come_to_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
