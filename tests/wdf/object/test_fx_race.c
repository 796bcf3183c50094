/* test_fx_race.c - two tasks delete what belongs together; a seed decides who comes when. */
#include "wdf/wdf_fixture.h"

#include <string.h>

static WDFOBJECT parent, child;
static WDFTIMER timer;
static int done;

static VOID tick(WDFTIMER Timer)
{
}

static void delete_parent(void *context)
{
    WdfObjectDelete(parent);
    __atomic_add_fetch(&done, 1, __ATOMIC_RELEASE);
}

static void delete_child(void *context)
{
    WdfObjectDelete(child);
    WdfObjectDereference(child);
    __atomic_add_fetch(&done, 1, __ATOMIC_RELEASE);
}

/* The child was referenced beforehand, so its handle is good whoever comes first; that its parent's
 * deletion took it along before the driver deletes it is no mistake. */
static int times(const char *word)
{
    int count = 0;

    for (const char *at = strstr(fixture_log(), word); at != NULL; at = strstr(at + 1, word)) {
        count++;
    }
    return count;
}

static void race(bool raised)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG config;
    KIRQL old = PASSIVE_LEVEL;

    done = 0;
    fixture_clear();
    parent = fixture_node("P", fixture.device);
    fixture_passive_node("A", parent);
    child = fixture_passive_node("C", parent);
    fixture_attributes(&attributes, child);
    WDF_TIMER_CONFIG_INIT_PERIODIC(&config, tick, 1);
    assert_int_equal(WdfTimerCreate(&config, &attributes, &timer), STATUS_SUCCESS);
    NodeOf(timer)->name = "T";
    WdfTimerStart(timer, -1);
    WdfObjectReference(child);
    if (raised) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
    }
    fixture_start(delete_parent, NULL);
    fixture_start(delete_child, NULL);
    if (raised) {
        KeLowerIrql(old);
    }
    while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < 2) {
        LARGE_INTEGER due = {.QuadPart = -10000};
        KeDelayExecutionThread(KernelMode, FALSE, &due);
    }
    fixture_settle();
}

static void each_callback_runs_once_whoever_deletes_first(void **state) /* spec: DEL-07 */
{
    static const char *const words[] = {"c:P", "c:A", "c:C", "c:T", "d:P", "d:A", "d:C", "d:T"};

    for (int round = 0; round < 3; round++) {
        race(round % 2 == 1);
        for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            if (times(words[i]) != 1) {
                fail_msg("%s came %d times: %s", words[i], times(words[i]), fixture_log());
            }
        }
        assert_true(strstr(fixture_log(), "c:T") < strstr(fixture_log(), "c:C"));
        assert_true(strstr(fixture_log(), "c:C") < strstr(fixture_log(), "d:C"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_callback_runs_once_whoever_deletes_first, FIXTURE),
        wc_seed_test(each_callback_runs_once_whoever_deletes_first, 200, FIXTURE, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
