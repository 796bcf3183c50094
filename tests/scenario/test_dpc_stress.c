/* Many inserts of many DPCs from tasks and ISRs on four processors: each that returned TRUE runs its
 * DPC exactly once. Each insert has a ticket, a number of its own that goes with it as
 * SystemArgument1; the DPC marks it as run. Counts scale by WC_STRESS (100: ten million inserts).
 *
 * The scheduler is that of the test's options, or of WC_SCHED: nothing here depends on which.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_line.h"

#define PROCESSORS 4
#define DPCS       1000
#define TASKS      6
#define LINES      2
#define TIMERS     64
#define INSERTS    100000u /* of all tasks and ISRs together, times WC_STRESS */
#define FIRST_IRQ  5

enum { TICKET_FREE, TICKET_ACCEPTED = 1, TICKET_RAN = 2, TICKET_TWICE = 4 };

struct worker {
    uint32_t random;
    KEVENT ended;
};

struct timed {
    KTIMER timer;
    KDPC dpc;
    LONG set, cancelled, ran, armed;
};

/* The atomics count; what orders one insert and its run is the machine. */
static struct {
    KDPC dpcs[DPCS];
    uint8_t *tickets;
    uint32_t ticket_count; /* how many there are */
    uint32_t next_ticket;
    uint64_t removed;
    bool removes;
    struct worker workers[TASKS];
    struct timed timers[TIMERS];
    struct hal_line_source *sources[LINES];
    PKINTERRUPT interrupts[LINES];
    uint32_t isr_random[LINES];
    uint64_t isr_calls;
} s;

static uint32_t draw(uint32_t *random, uint32_t bound)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random % bound;
}

/* ---- one insert, one run ---- */

static void mark(uint32_t ticket, uint8_t bit)
{
    uint8_t before = __atomic_fetch_or(&s.tickets[ticket], bit, __ATOMIC_RELAXED);

    if ((before & bit) != 0) {
        __atomic_fetch_or(&s.tickets[ticket], TICKET_TWICE, __ATOMIC_RELAXED);
    }
}

static VOID run_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    mark((uint32_t)(ULONG_PTR)Argument1, TICKET_RAN);
}

/* false: there are no tickets any more. */
static bool insert_one(uint32_t *random)
{
    uint32_t ticket = __atomic_fetch_add(&s.next_ticket, 1, __ATOMIC_RELAXED);

    if (ticket >= s.ticket_count) {
        return false;
    }
    if (KeInsertQueueDpc(&s.dpcs[draw(random, DPCS)], (PVOID)(ULONG_PTR)ticket, NULL)) {
        mark(ticket, TICKET_ACCEPTED);
    }
    return true;
}

static BOOLEAN isr(PKINTERRUPT Interrupt, PVOID Context)
{
    ULONG_PTR line = (ULONG_PTR)Context;

    __atomic_fetch_add(&s.isr_calls, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 8; i++) {
        insert_one(&s.isr_random[line]);
    }
    return TRUE;
}

/* ---- timers: one that was set runs its DPC, unless it is cancelled ---- */

static VOID run_timer(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct timed *timed = Context;

    timed->ran++;
    __atomic_store_n(&timed->armed, 0, __ATOMIC_RELEASE);
}

/* Who finds it free sets it; who cancels it in time frees it. */
static void use_timer(struct worker *worker)
{
    struct timed *timed = &s.timers[draw(&worker->random, TIMERS)];
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)draw(&worker->random, 500)};
    LONG free = 0;

    if (__atomic_compare_exchange_n(&timed->armed, &free, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        timed->set++;
        assert_false(KeSetTimer(&timed->timer, due, &timed->dpc));
    } else if (draw(&worker->random, 4) == 0 && KeCancelTimer(&timed->timer)) {
        __atomic_fetch_add(&timed->cancelled, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&timed->armed, 0, __ATOMIC_RELEASE);
    }
}

/* ---- tasks ---- */

/* Some at PASSIVE_LEVEL, some in a batch at DISPATCH_LEVEL, some by an interrupt. */
static bool work_once(struct worker *worker)
{
    uint32_t what = draw(&worker->random, 16);
    bool more = true;
    KIRQL old;

    if (what == 0) {
        KeRaiseIrql(DISPATCH_LEVEL, &old);
        for (int i = 0; i < 20 && more; i++) {
            more = insert_one(&worker->random);
        }
        KeLowerIrql(old);
    } else if (what == 1) {
        uint32_t line = draw(&worker->random, LINES);

        hal_line_set(s.sources[line], true); /* an edge */
        hal_line_set(s.sources[line], false);
    } else if (what < 4 && s.removes) {
        if (KeRemoveQueueDpc(&s.dpcs[draw(&worker->random, DPCS)])) {
            __atomic_fetch_add(&s.removed, 1, __ATOMIC_RELAXED);
        }
    } else if (what < 6 && s.removes) {
        use_timer(worker);
        YieldProcessor(); /* time passes */
    } else {
        more = insert_one(&worker->random);
    }
    return more;
}

static void work(void *argument)
{
    struct worker *worker = argument;

    KeSetSystemAffinityThread(1u << (worker - s.workers) % PROCESSORS);
    while (work_once(worker)) {
    }
    KeSetEvent(&worker->ended, IO_NO_INCREMENT, FALSE);
}

/* ---- the run ---- */

static void set_up(bool removes)
{
    const char *stress = getenv("WC_STRESS");
    uint8_t *tickets = s.tickets;

    memset(&s, 0, sizeof(s));
    s.ticket_count = INSERTS * (stress != NULL && atoi(stress) > 0 ? (uint32_t)atoi(stress) : 1);
    free(tickets); /* of a body that failed */
    s.tickets = calloc(s.ticket_count, 1);
    assert_non_null(s.tickets);
    s.removes = removes;
    for (int i = 0; i < DPCS; i++) {
        if (i % 50 == 0) {
            KeInitializeThreadedDpc(&s.dpcs[i], run_dpc, NULL);
        } else {
            KeInitializeDpc(&s.dpcs[i], run_dpc, NULL);
        }
        KeSetImportanceDpc(&s.dpcs[i], (KDPC_IMPORTANCE)(i % 4));
        if (i % 5 != 0) {
            KeSetTargetProcessorDpc(&s.dpcs[i], (CCHAR)(i % PROCESSORS));
        }
    }
    for (int i = 0; i < TIMERS; i++) {
        KeInitializeTimer(&s.timers[i].timer);
        KeInitializeDpc(&s.timers[i].dpc, run_timer, &s.timers[i]);
    }
    for (ULONG i = 0; i < LINES; i++) {
        ULONG irq = FIRST_IRQ + i;

        s.isr_random[i] = 77 + i;
        s.sources[i] = hal_line_connect(irq, false);
        assert_int_equal(IoConnectInterrupt(&s.interrupts[i], isr, (PVOID)(ULONG_PTR)i, NULL,
                                            hal_irq_vector(irq), hal_irq_level(irq),
                                            hal_irq_level(irq), Latched, FALSE, 0xf, FALSE),
                         STATUS_SUCCESS);
    }
}

static void run_workers(void)
{
    for (uint32_t i = 0; i < TASKS; i++) {
        s.workers[i].random = 2463534242u + i;
        KeInitializeEvent(&s.workers[i].ended, NotificationEvent, FALSE);
        assert_int_equal(wc_machine_start_task(wc_test_the_machine(), work, &s.workers[i]), WC_OK);
    }
    for (int i = 0; i < TASKS; i++) {
        KeWaitForSingleObject(&s.workers[i].ended, Executive, KernelMode, FALSE, NULL);
    }
    KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -10000}); /* timers */
    for (int i = 0; i < TIMERS; i++) { /* set by the clock of a processor that is far ahead */
        s.timers[i].cancelled += KeCancelTimer(&s.timers[i].timer);
    }
    for (int i = 0; i < LINES; i++) {
        IoDisconnectInterrupt(s.interrupts[i]);
        hal_line_disconnect(s.sources[i]);
    }
    KeFlushQueuedDpcs();
}

/* How many inserts that returned TRUE did not run. No ticket may be marked otherwise. */
static uint64_t count_lost(void)
{
    uint64_t accepted = 0;
    uint64_t ran = 0;

    for (uint32_t i = 0; i < s.ticket_count; i++) {
        uint8_t ticket = s.tickets[i];

        if (ticket != TICKET_FREE && ticket != (TICKET_ACCEPTED | TICKET_RAN) &&
            ticket != TICKET_ACCEPTED) {
            print_error("ticket %u: marks %u\n", i, ticket);
            fail();
        }
        accepted += (ticket & TICKET_ACCEPTED) != 0;
        ran += (ticket & TICKET_RAN) != 0;
    }
    print_message("%u inserts, %llu accepted, %llu ran, %llu removed; %llu interrupts\n",
                  s.ticket_count, (unsigned long long)accepted, (unsigned long long)ran,
                  (unsigned long long)s.removed, (unsigned long long)s.isr_calls);
    assert_true(ran > s.ticket_count / 4);
    return accepted - ran - s.removed;
}

static uint64_t stress(bool removes)
{
    uint64_t lost;

    set_up(removes);
    run_workers();
    lost = count_lost();
    free(s.tickets);
    s.tickets = NULL;
    return lost;
}

static void each_insert_runs_once(void **state)
{
    assert_int_equal(stress(false), 0);
    assert_int_equal(s.removed, 0);
}

static void each_insert_runs_once_or_is_removed(void **state)
{
    LONG set = 0;

    assert_int_equal(stress(true), 0);
    assert_true(s.removed > 0);
    for (int i = 0; i < TIMERS; i++) {
        assert_int_equal(s.timers[i].set, s.timers[i].ran + s.timers[i].cancelled);
        set += s.timers[i].set;
    }
    assert_true(set > TIMERS);
}

/* Ten inserts of the whole run are dropped: with WC_STRESS=100 each 1,000,000th. */
static void a_dropped_insert_is_noticed(void **state)
{
    const char *stress_factor = getenv("WC_STRESS");
    uint64_t factor = stress_factor != NULL && atoi(stress_factor) > 0 ? atoi(stress_factor) : 1;
    uint64_t lost;

    wc_fault_every("DpcInsert", INSERTS * factor / 10);
    lost = stress(false);
    assert_int_equal(lost, wc_fault_hits("DpcInsert"));
    assert_in_range(lost, 9, 10);
    wc_fault_every("DpcInsert", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_insert_runs_once, .processors = PROCESSORS),
        wc_unit_test(each_insert_runs_once_or_is_removed, .processors = PROCESSORS),
        wc_unit_test(a_dropped_insert_is_noticed, .processors = PROCESSORS),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
