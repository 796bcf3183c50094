/* test_ke_claim.c - what is brought to a processor at the moment that its owner lets it go. */
#include "nt/nt_thread.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 3000 /* times WC_STRESS */

#define SPINS 4000 /* before a wait: the two threads stay close together */

static struct {
    KDPC dpc;
    KEVENT ran, over;
    volatile LONG round, runs, runs_elsewhere, rounds_over;
} t;

static VOID tell(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    t.runs_elsewhere += KeGetCurrentProcessorNumber() != 0;
    WriteRelease(&t.runs, t.runs + 1);
    KeSetEvent(&t.ran, IO_NO_INCREMENT, FALSE);
}

static int setup(void **state)
{
    memset(&t, 0, sizeof(t));
    KeInitializeDpc(&t.dpc, tell, NULL);
    KeSetTargetProcessorDpc(&t.dpc, 0);
    KeInitializeEvent(&t.ran, SynchronizationEvent, FALSE);
    KeInitializeEvent(&t.over, SynchronizationEvent, FALSE);
    nt_on_processor(1);
    return 0;
}

/* Until the other has come so far, first without a wait. */
static void meet(volatile LONG *value, LONG least, PRKEVENT event)
{
    for (int i = 0; i < SPINS && ReadAcquire(value) < least; i++) {
        YieldProcessor();
    }
    while (ReadAcquire(value) < least) {
        nt_wait(event, NULL);
    }
}

/* Raises and lowers a few times, beside the insertion, and then needs no processor. */
static VOID raise_and_lower(PVOID context)
{
    LONG rounds = *(LONG *)context;

    nt_on_processor(0);
    for (LONG round = 1; round <= rounds; round++) {
        nt_spin_until(&t.round, round);
        for (int i = 0; i <= round % 8; i++) {
            KeLowerIrql(KfRaiseIrql(DISPATCH_LEVEL));
        }
        meet(&t.runs, round, &t.ran);
        WriteRelease(&t.rounds_over, round);
        KeSetEvent(&t.over, IO_NO_INCREMENT, FALSE);
    }
}

/* A DPC that is left lying is a deadlock, which is reported. */
static void a_dpc_that_comes_while_the_level_falls_is_not_left(void **state)
{
    const char *stress = getenv("WC_STRESS");
    LONG rounds = ROUNDS * (stress != NULL ? atoi(stress) : 1);
    PKTHREAD thread = nt_thread(raise_and_lower, &rounds);

    for (LONG round = 1; round <= rounds; round++) {
        WriteRelease(&t.round, round);
        nt_spin(round % 64);
        assert_true(KeInsertQueueDpc(&t.dpc, NULL, NULL));
        meet(&t.rounds_over, round, &t.over);
    }
    nt_join(thread);
    assert_int_equal(wc_violations(NULL), 0);
}

/* Each comes to a processor that has just run one and idles again. */
static void each_insertion_for_an_idle_processor_runs(void **state) /* spec: DPC-06 DPC-13 */
{
    for (LONG round = 1; round <= 3; round++) {
        assert_true(KeInsertQueueDpc(&t.dpc, NULL, NULL));
        nt_wait(&t.ran, NULL);
        assert_int_equal(ReadAcquire(&t.runs), round);
        assert_int_equal(t.runs_elsewhere, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_insertion_for_an_idle_processor_runs, .setup = setup, .processors = 2),
        wc_unit_test(a_dpc_that_comes_while_the_level_falls_is_not_left, .setup = setup,
                     .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
