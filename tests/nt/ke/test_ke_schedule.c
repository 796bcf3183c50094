/* test_ke_schedule.c - windows and turns: schedule 0, and what a seed changes. */
#include "nt/nt_thread.h"

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/interrupt/ke_interrupt.h"

static char order[32];
static struct hal_line_source *lines[2];

static BOOLEAN isr(PKINTERRUPT Interrupt, PVOID Context)
{
    ULONG_PTR i = (ULONG_PTR)Context;

    order[strlen(order)] = (char)('0' + i);
    hal_line_set(lines[i], false);
    return TRUE;
}

static VOID write_letter(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    order[strlen(order)] = *(const char *)Context;
}

/* Interrupts by level, then the DPCs, then what is due. */
static void a_window_takes_interrupts_then_dpcs_then_time(void **state)
{
    PKINTERRUPT interrupts[2];
    KTIMER timer;
    KDPC timer_dpc;
    KDPC dpc;
    KIRQL old;

    memset(order, 0, sizeof(order));
    for (ULONG_PTR i = 0; i < 2; i++) {
        const struct ke_interrupt_config config = {.service_routine = isr,
                                                   .context = (PVOID)i,
                                                   .vector = hal_irq_vector(4 - (ULONG)i),
                                                   .irql = hal_irq_level(4 - (ULONG)i),
                                                   .synchronize_irql = hal_irq_level(4 - (ULONG)i),
                                                   .mode = LevelSensitive,
                                                   .affinity = 1};

        lines[i] = hal_line_connect(4 - (ULONG)i, true);
        assert_int_equal(ke_interrupt_connect(&config, &interrupts[i]), STATUS_SUCCESS);
    }
    KeInitializeTimer(&timer);
    KeInitializeDpc(&timer_dpc, write_letter, "t");
    KeInitializeDpc(&dpc, write_letter, "d");
    KeSetTimer(&timer, nt_us(10), &timer_dpc);
    KeRaiseIrql(HIGH_LEVEL, &old);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    hal_line_set(lines[0], true);
    hal_line_set(lines[1], true);
    assert_string_equal(order, "");
    KeLowerIrql(old);
    assert_string_equal(order, "10d");
    KeStallExecutionProcessor(20);
    assert_string_equal(order, "10dt");
    for (int i = 0; i < 2; i++) {
        ke_interrupt_disconnect(interrupts[i]);
        hal_line_disconnect(lines[i]);
    }
}

static KEVENT interrupted;

static VOID set_interrupted(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeSetEvent(&interrupted, 0, FALSE);
}

static BOOLEAN isr_with_dpc(PKINTERRUPT Interrupt, PVOID Context)
{
    hal_line_set(lines[0], false);
    return KeInsertQueueDpc(Context, NULL, NULL);
}

/* Held back by a seed, and then there is no window of a task any more: the idle context has some. */
static void an_interrupt_that_is_held_back_reaches_an_idle_processor(void **state)
{
    KDPC dpc;
    PKINTERRUPT interrupt;
    const struct ke_interrupt_config config = {.service_routine = isr_with_dpc,
                                               .context = &dpc,
                                               .vector = hal_irq_vector(4),
                                               .irql = hal_irq_level(4),
                                               .synchronize_irql = hal_irq_level(4),
                                               .mode = LevelSensitive,
                                               .affinity = 1};

    KeInitializeEvent(&interrupted, SynchronizationEvent, FALSE);
    KeInitializeDpc(&dpc, set_interrupted, NULL);
    lines[0] = hal_line_connect(4, true);
    assert_int_equal(ke_interrupt_connect(&config, &interrupt), STATUS_SUCCESS);
    for (int i = 0; i < 20; i++) {
        hal_line_set(lines[0], true);
        assert_int_equal(KeWaitForSingleObject(&interrupted, Executive, KernelMode, FALSE, NULL),
                         STATUS_SUCCESS);
    }
    ke_interrupt_disconnect(interrupt);
    hal_line_disconnect(lines[0]);
}

/* ---- the turn ---- */

static volatile LONG counts[2], go;
static LONG runs[2][8];
static int run_count[2];

/* Counts its windows, and notes how many there were whenever the other one has moved on. */
static VOID count_windows(PVOID Context)
{
    ULONG_PTR self = (ULONG_PTR)Context;
    LONG other;
    LONG run = 0;

    nt_on_processor((ULONG)self);
    nt_spin_until(&go, 1);
    other = counts[1 - self];
    while (counts[self] < 8000) {
        KeGetCurrentIrql();
        counts[self]++;
        run++;
        if (counts[1 - self] != other) {
            if (run_count[self] < 8) {
                runs[self][run_count[self]++] = run;
            }
            other = counts[1 - self];
            run = 0;
        }
    }
}

static void the_turn_goes_on_after_1000_windows(void **state)
{
    PKTHREAD threads[2];

    memset((void *)counts, 0, sizeof(counts));
    memset(run_count, 0, sizeof(run_count));
    go = 0;
    nt_on_processor(2);
    for (ULONG_PTR i = 0; i < 2; i++) {
        threads[i] = nt_thread(count_windows, (PVOID)i);
    }
    nt_delay_ms(1);
    WriteRelease(&go, 1);
    nt_join(threads[0]);
    nt_join(threads[1]);
    for (int i = 0; i < 2; i++) {
        assert_in_range(run_count[i], 5, 8);
        for (int k = 1; k < run_count[i]; k++) {
            assert_int_equal(runs[i][k], 1000);
        }
    }
}

/* ---- seeds ---- */

static VOID mix(PVOID Context)
{
    for (int i = 0; i < 30; i++) {
        KeGetCurrentIrql();
        nt_delay_ms(1);
    }
}

static void two_threads(void **state)
{
    PKTHREAD threads[3];

    for (int i = 0; i < 3; i++) {
        threads[i] = nt_thread(mix, NULL);
    }
    for (int i = 0; i < 3; i++) {
        nt_join(threads[i]);
    }
}

static uint64_t fingerprint_of(const char *seed)
{
    const struct wc_test_options options = {.processors = 2};

    setenv("WC_SEED", seed, 1);
    wc_test_seeds(two_threads, 1, &options);
    unsetenv("WC_SEED");
    return wc_test_fingerprint();
}

static void one_seed_is_one_sequence_and_another_is_another(void **state)
{
    const struct wc_test_options options = {.processors = 2};
    uint64_t first = fingerprint_of("7");

    assert_true(fingerprint_of("8") != first);
    assert_true(fingerprint_of("7") == first);
    wc_test_seeds(two_threads, 50, &options);
    print_message("%u different sequences of 50\n", wc_test_sequences());
    assert_true(wc_test_sequences() >= 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_seed_test(an_interrupt_that_is_held_back_reaches_an_idle_processor, 20),
        /* What follows are schedules of fibers. */
        wc_unit_test(a_window_takes_interrupts_then_dpcs_then_time, .fibers_only = true),
        wc_unit_test(the_turn_goes_on_after_1000_windows, .processors = 3, .fibers_only = true),
        cmocka_unit_test(one_seed_is_one_sequence_and_another_is_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
