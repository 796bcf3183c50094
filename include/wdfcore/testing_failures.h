#pragma once
/* testing_failures.h - calls of the API that fail because a test says so.
 *
 *     wc_fail_call("WdfDpcCreate", 2, STATUS_INSUFFICIENT_RESOURCES);
 *     wc_fail_allocation(3);
 *
 *     static const struct wc_test_options kit = {.driver = WC_DRIVER_KIT};
 *     static void nothing_breaks_when_a_call_fails(void **state)
 *     {
 *         wc_test_every_failure(reads_what_was_written, &kit);
 *     }
 *
 * Rules for a failing call:
 * - it is a driver's (a test's own calls are its own), and never happens: what it should change
 *   stays as it was
 * - a function that returns a status returns the given one, one that returns a pointer NULL, one
 *   that returns a BOOLEAN FALSE; others cannot fail
 * - inline functions and macros of the headers fail by the functions that they call
 * - a call that was to fail and did not come fails the test
 * wc_fail_* are for tests with the option .calls. To fail what a driver does while it is loaded, start
 * a machine without driver by wc_test_machine and load it afterwards.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/export.h>

WC_BEGIN_DECLS

struct wc_test_options;

/* wc_fail_call: the nth call from now on (1: the next) of a function fails with this NTSTATUS.
 *   api     its name, or a pattern as for wc_calls ("Wdf*Create")
 * wc_fail_allocation: the nth allocation from now on: ExAllocate*, IoAllocate*, MmAllocate*,
 * Wdf*Create*, Wdf*Alloc*; a status is STATUS_INSUFFICIENT_RESOURCES.
 * wc_failed_calls: how many calls failed by these two. */
void wc_fail_call(const char *api, unsigned n, int32_t status);
void wc_fail_allocation(unsigned n);
unsigned wc_failed_calls(void);

/* ---- every place that can fail ---- */

/* A place is a call of an allocation, or of another function that fails for want of something, by
 * the functions of the driver that led there: two ways to one line are two places. */
enum wc_failure_end {
    WC_FAILURE_PASSED,  /* the body passed all the same */
    WC_FAILURE_REFUSED, /* driver or device did not start, and left nothing behind */
    WC_FAILURE_NOTICED, /* the body failed: it saw the failure, and nothing was left behind */
    WC_FAILURE_LEAKED,  /* something was left: the driver's error */
    WC_FAILURE_HUNG,    /* all waited, or nothing came of it for a second of virtual time */
    WC_FAILURE_CRASHED, /* a rule was broken */
};

struct wc_failure {
    uint64_t id;       /* of the place; the same in each run of one build */
    const char *api;   /* what was called */
    const char *place; /* "KitDeviceAdd (kit.c:41)", then what called that, innermost first */
    enum wc_failure_end end;
    const char *what; /* of all but PASSED: one line */
};

struct wc_failures {
    const struct wc_failure *failure; /* until the next sweep, in the order they were found */
    size_t count, bad;                /* bad: LEAKED, HUNG and CRASHED */
};

/* wc_test_every_failure: run body in machines of its own, once as it is and then once for each place
 * that can fail, until no place is left. Prints the places; fails the test if one was bad.
 * wc_find_failures: the same without judging.
 * The machines have fibers, a virtual clock and no seed, whatever WC_SCHED says: the sweep goes from
 * place to place because a run without that one failure does the same again, and only so is a place
 * found once more by its ID. wc_fail_call works with both schedulers. A body that fails ends like an application
 * that dies: its requests are cancelled, its files closed; the driver's device is removed and the
 * driver unloaded as always. A machine that was stopped does not end the sweep.
 *   WC_FAILURE=ID   in the environment: only that place, and its report is printed
 *   Fails the test  if the body does not pass while nothing fails, or at more than 1,000 places */
#define wc_test_every_failure(body, options) \
    wc_test_every_failure_((body), (options), __FILE__, __LINE__)
#define wc_find_failures(body, options) wc_find_failures_((body), (options), __FILE__, __LINE__)
void wc_test_every_failure_(void (*body)(void **state), const struct wc_test_options *options,
                            const char *file, int line);
struct wc_failures wc_find_failures_(void (*body)(void **state),
                                     const struct wc_test_options *options, const char *file,
                                     int line);

WC_END_DECLS
