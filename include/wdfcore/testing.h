#pragma once
/* testing.h - cmocka tests that run inside a machine.
 *
 *     static void an_event_wakes_one_waiter(void **state)
 *     {
 *         KEVENT event;
 *         KeInitializeEvent(&event, SynchronizationEvent, FALSE);
 *         ...
 *     }
 *
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {
 *             wc_unit_test(an_event_wakes_one_waiter),
 *             wc_unit_test(it_echoes, .driver = WC_DRIVER_UART, .model = "uart16550,line=mem",
 *                          .resources = "port=0x3f8-0x3ff,irq=4", .processors = 2),
 *         };
 *         return cmocka_run_group_tests(tests, NULL, NULL);
 *     }
 *
 * Rules for a test:
 * - each has a machine of its own; its body is a task of it, at PASSIVE_LEVEL, and may call Ke*,
 * Ex*, Io* and wc_file_* directly
 * - assertions work everywhere in the machine: in the body, in other tasks, in callbacks of a
 * driver
 * - a violation that was not announced stops the machine and fails the test with the report
 * - afterwards devices are removed, drivers unloaded, and nothing may be left: no object, IRP, pool
 *   block, armed timer or queued DPC, every processor at PASSIVE_LEVEL, no announced violation that
 *   did not come
 * - after a failure the machine is taken apart where it stands, without calling the driver
 * - WC_SCHED=thread in the environment runs it with the thread scheduler; a test with seeds, or that
 *   says .fibers_only, is skipped; mock(), will_return() and expect_...() in the machine need that
 * - WC_RECORD_CHOICES=FILE and WC_REPLAY_CHOICES=FILE in the environment do for a test with a seed
 *   (WC_SEED=17) what the options of that name do
 * A test links wdfcore_testing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <wdfcore/machine.h>
#include <wdfcore/testing_callbacks.h>
#include <wdfcore/testing_calls.h>
#include <wdfcore/testing_failures.h>
#include <wdfcore/testing_fuzz.h>
#include <wdfcore/testing_state.h>
#include <wdfcore/user.h>

WC_BEGIN_DECLS

typedef void wc_test_body(void **state);

struct wc_test_options {
    const char *driver; /* a module (WC_DRIVER_<NAME>), loaded before the body; NULL: none */
    const char *model, *resources, *hardware_id; /* of the device that the driver is given */
    bool no_device;                              /* load the driver only */
    /* Registry values, one a line, as wc_machine_registry_set takes them; a key that is not absolute
     * lies below the driver's: "Parameters/Level=dword:5\nParameters/Name=COM1". */
    const char *registry;
    uint32_t processors;                         /* 0: one */
    uint64_t seed;                               /* 0: schedule 0 */
    enum wc_scheduler scheduler;                 /* WC_SCHED_THREAD: that one, whatever WC_SCHED */
    const char *record_choices, *replay_choices; /* as in struct wc_machine_config */
    bool fibers_only;                            /* the test says what holds with fibers alone */
    bool real_clock;                             /* else virtual */
    bool collect;                                /* report violations and go on */
    bool record;                                 /* keep a recording from the start */
    bool calls; /* watch the driver: testing_calls.h, testing_callbacks.h, testing_failures.h */
    bool threaded_dpcs_at_dispatch; /* as in struct wc_machine_config */
    uint32_t register_access_ns, isr_entry_ns, dpc_entry_ns, context_switch_ns;
    /* Run in the machine, before and after the body; *state is theirs. The teardown runs only in a
     * machine that was not stopped. Not 0: the test fails. */
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

struct wc_test {
    wc_test_body *body;
    const char *file;
    int line;
    unsigned seeds;
    struct wc_test_options options;
};

/* wc_unit_test: an entry of a group: body in a machine. After the comma: fields of struct
 * wc_test_options.
 * wc_seed_test: the same for each of n seeds (times WC_STRESS); a failure prints the line that
 * replays it, WC_SEED=17 ctest -R NAME. */
#define wc_unit_test(body, ...)    WC_TEST_ENTRY_(body, 0, __VA_ARGS__)
#define wc_seed_test(body, n, ...) WC_TEST_ENTRY_(body, n, __VA_ARGS__)

#define WC_TEST_ENTRY_(body, n, ...)                                 \
    {                                                                \
#body, wc_test_run_, NULL, wc_test_clean_, &(struct wc_test) \
        {                                                            \
            body, __FILE__, __LINE__, (n),                           \
            {                                                        \
                __VA_ARGS__                                          \
            }                                                        \
        }                                                            \
    }
void wc_test_run_(void **state);
int wc_test_clean_(void **state);

/* ---- for tests that set up their machine themselves: from a cmocka setup or body ---- */

/* wc_test_machine(.processors = 2, ...): start the machine; fails the test if that fails.
 * wc_test_end: take it apart and check what is left; for the teardown. Harmless without a machine.
 * wc_test_call: run function(argument) as a task and wait; fails the test if the machine stops. */
#define wc_test_machine(...) wc_test_start(&(const struct wc_test_options){__VA_ARGS__})
struct wc_machine *wc_test_start(const struct wc_test_options *options);
int wc_test_end(void **state);
void wc_test_call(void (*function)(void *), void *argument);

/* wc_test_seeds: body in a machine of its own for each seed 1 to n (times WC_STRESS; only WC_SEED
 * if that is set). Fails the test at the first seed that fails.
 * wc_test_find_seed: the same, expecting a failure: the first seed that fails, 0 if none does. */
void wc_test_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options);
uint64_t wc_test_find_seed(wc_test_body *body, unsigned n, const struct wc_test_options *options);
/* wc_test_one_seed: the same with one seed, whatever WC_SEED; false: it failed. */
bool wc_test_one_seed(wc_test_body *body, uint64_t seed, const struct wc_test_options *options);
/* wc_test_sequences: how many different sequences of events the seeds of the last sweep gave; of
 * which each seed that passed has one. wc_test_fingerprint: of the last machine with a seed or a
 * recording. */
unsigned wc_test_sequences(void);
uint64_t wc_test_fingerprint(void);

/* ---- anywhere in a test ---- */

/* The machine of this test and what its options put into it; NULL if there is none. */
struct wc_machine *wc_test_the_machine(void);
struct wc_driver *wc_test_driver(void);
struct wc_device *wc_test_device(void);

/* wc_expect_violation: the next violation of that rule is wanted: the call is refused and goes on.
 * wc_expect_stop: function(argument), run as a task, must break that rule, and the machine stops
 * there. It is the last statement of a body: in the machine nothing comes after it.
 * wc_violations: how often the rule was broken in this machine; NULL: all rules. */
#define wc_expect_violation(rule) wc_expect_violation_((rule), __FILE__, __LINE__)
#define wc_expect_stop(rule, function, argument) \
    wc_expect_stop_((rule), (function), (argument), __FILE__, __LINE__)
void wc_expect_violation_(const char *rule, const char *file, int line);
void wc_expect_stop_(const char *rule, void (*function)(void *), void *argument, const char *file,
                     int line);
unsigned wc_violations(const char *rule);

/* wc_fault_every: from here on the machine itself goes wrong at each n-th time that it passes that
 * fault point, to prove that a test would notice; 0: no more. "DpcInsert": an insert says TRUE and
 * queues nothing. wc_fault_hits: how often it did. */
void wc_fault_every(const char *point, uint64_t n);
uint64_t wc_fault_hits(const char *point);

/* wc_trace_start: record events from here on. wc_assert_trace: what was recorded since is exactly
 * this text, a line an event, "[time] cpu0 IRQL event object\n". Asserted under schedule 0 only. */
#define wc_assert_trace(expected) wc_assert_trace_((expected), __FILE__, __LINE__)
void wc_trace_start(void);
void wc_assert_trace_(const char *expected, const char *file, int line);

WC_END_DECLS
