/* testing_sweep.c - each place of a driver that can fail, failed once.
 * Normal path: the body runs once as it is, then again and again; in each run the first call at a
 * place that has not failed yet fails, and how the run ended is noted with the place. The run in which
 * nothing failed is the last.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <errno.h>
#include <execinfo.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utarray.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/violation.h"
#include "harness/api_interpose.h"
#include "harness/driver/driver_module.h"
#include "harness/driver/driver_symbols.h"
#include "harness/testing/testing_fail.h"
#include "harness/testing/failure/testing_failures.h"
#include "harness/testing/testing_core.h"

#define PLACES_MAX     1000u
#define FRAMES_MAX     48
#define FRAMES_NAMED   3
#define NO_PROGRESS_NS 1000000000u

/* Only one context runs at a time, and outside of the machine none. */
static struct {
    UT_array *places; /* of struct wc_failure */
    bool failed;      /* in this run: the last place */
    uint64_t only;    /* WC_FAILURE; 0: all */
    const char *file; /* of the test */
    int line;
} sweep;

static const char *const end_names[] = {
    [WC_FAILURE_PASSED] = "passed",   [WC_FAILURE_REFUSED] = "refused",
    [WC_FAILURE_NOTICED] = "noticed", [WC_FAILURE_LEAKED] = "LEAKED",
    [WC_FAILURE_HUNG] = "HUNG",       [WC_FAILURE_CRASHED] = "CRASHED",
};

/* ---- places ---- */

struct stack {
    const char *call[FRAMES_MAX]; /* calls in drivers, innermost first */
    unsigned count;
};

static void read_stack(const struct api_call *call, struct stack *stack)
{
    void *frames[FRAMES_MAX];
    int count = backtrace(frames, FRAMES_MAX);

    stack->count = 0;
    for (int i = 0; i < count; i++) {
        if (driver_module_of((const char *)frames[i] - 1) != NULL) {
            stack->call[stack->count++] = (const char *)frames[i] - 1;
        }
    }
    if (stack->count == 0) {
        stack->call[stack->count++] = (const char *)call->caller - 1;
    }
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    }
    return hash;
}

/* Where a module lies in memory does not matter. */
static uint64_t hash_stack(const struct api_info *api, const struct stack *stack)
{
    uint64_t hash = hash_bytes(0xcbf29ce484222325, api->name, strlen(api->name));

    for (unsigned i = 0; i < stack->count; i++) {
        const struct driver_module *module = driver_module_of(stack->call[i]);
        uintptr_t offset = (uintptr_t)stack->call[i];

        if (module != NULL) {
            const char *name = driver_module_name(module);
            hash = hash_bytes(hash, name, strlen(name));
            offset -= driver_module_base(module);
        }
        hash = hash_bytes(hash, &offset, sizeof(offset));
    }
    return hash != 0 ? hash : 1;
}

static char *name_stack(const struct stack *stack)
{
    char text[768] = "";
    char name[200];

    for (unsigned i = 0; i < stack->count && i < FRAMES_NAMED; i++) {
        size_t used = strlen(text);

        if (!driver_symbols_name(stack->call[i], name, sizeof(name))) {
            snprintf(name, sizeof(name), "?");
        }
        snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? " < " : "", name);
    }
    return strdup(text);
}

static bool is_known(uint64_t id)
{
    const struct wc_failure *place = NULL;

    while ((place = utarray_next(sweep.places, place)) != NULL) {
        if (place->id == id) {
            return true;
        }
    }
    return false;
}

/* In the driver's context: does this call fail? */
static bool choose(const struct api_call *call)
{
    struct stack stack;

    if (sweep.failed || utarray_len(sweep.places) == PLACES_MAX) {
        return false;
    }
    read_stack(call, &stack);
    uint64_t id = hash_stack(call->api, &stack);
    if (is_known(id) || (sweep.only != 0 && id != sweep.only)) {
        return false;
    }
    struct wc_failure place = {.id = id, .api = call->api->name, .place = name_stack(&stack)};
    CORE_ASSERT(place.place != NULL);
    utarray_push_back(sweep.places, &place);
    sweep.failed = true;
    return true;
}

static void free_place(void *element)
{
    struct wc_failure *place = element;

    free((void *)(uintptr_t)place->place);
    free((void *)(uintptr_t)place->what);
}

/* ---- how a run ended ---- */

static bool was_broken(const enum base_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (base_violation_count(rules[i]) > 0) {
            return true;
        }
    }
    return false;
}

static enum wc_failure_end end_of_stop(void)
{
    static const enum base_rule leaks[] = {RULE_PoolLeak, RULE_WdfObjectLeaked,
                                           RULE_WdfObjectReferenceLeaked, RULE_WdfObjectLeakLimit};
    static const enum base_rule hangs[] = {RULE_AllTasksWaiting, RULE_Deadlock,
                                           RULE_SpinLockDeadlock};

    if (was_broken(leaks, sizeof(leaks) / sizeof(leaks[0]))) {
        return WC_FAILURE_LEAKED;
    }
    return was_broken(hangs, sizeof(hangs) / sizeof(hangs[0])) ? WC_FAILURE_HUNG
                                                               : WC_FAILURE_CRASHED;
}

static enum wc_failure_end end_of(const struct testing_run *run)
{
    switch (run->outcome) {
    case TESTING_PASSED:
        return WC_FAILURE_PASSED;
    case TESTING_NOT_STARTED:
        return WC_FAILURE_REFUSED;
    case TESTING_ASSERTION:
        return WC_FAILURE_NOTICED;
    case TESTING_FAILED:
        return WC_FAILURE_LEAKED;
    case TESTING_STUCK:
        return WC_FAILURE_HUNG;
    case TESTING_STOPPED:
    default:
        return end_of_stop();
    }
}

/* "VIOLATION RULE: what (in the driver)", from the report. */
static char *describe_stop(void)
{
    const char *report = wc_last_report();
    const char *head = strstr(report, "VIOLATION ");
    const char *by = strstr(report, "  by:");
    char text[600];

    head = head != NULL ? head + strlen("VIOLATION ") : report;
    by = by != NULL ? by + strlen("  by:") : "";
    by += strspn(by, " ");
    snprintf(text, sizeof(text), "%.*s%s%.*s", (int)strcspn(head, "\n"), head,
             by[0] != '\0' ? ", by " : "", (int)strcspn(by, "\n"), by);
    return strdup(text);
}

static void note_end(const struct testing_run *run)
{
    struct wc_failure *place = (struct wc_failure *)utarray_back(sweep.places);

    place->end = end_of(run);
    if (place->end != WC_FAILURE_PASSED) {
        place->what = run->outcome == TESTING_STOPPED ? describe_stop() : strdup(run->said);
        CORE_ASSERT(place->what != NULL);
    }
}

/* ---- sweeping ---- */

static void drop_log(enum base_log_source source, const char *text, void *context)
{
}

/* Waits that belong to the body are not taken for a hang. */
static uint64_t run_as_it_is(wc_test_body *body, const struct wc_test_options *options)
{
    struct testing_run run = {0};

    if (!testing_run_once(body, options, &run)) {
        print_error("the body does not pass while nothing fails\n");
        testing_fail_outside(sweep.file, sweep.line);
    }
    return run.end_ns + NO_PROGRESS_NS;
}

static void run_all(wc_test_body *body, const struct wc_test_options *options, uint64_t patience_ns)
{
    struct testing_run run = {.quiet = sweep.only == 0, .gentle = true, .failures = true};

    if (run.quiet) {
        base_log_set_sink(drop_log, NULL);
    }
    testing_failures_sweep(choose);
    do {
        sweep.failed = false;
        run.patience_ns = patience_ns;
        testing_run_once(body, options, &run);
        if (sweep.failed) {
            note_end(&run);
        }
    } while (sweep.failed);
    testing_failures_sweep(NULL);
    base_log_set_sink(NULL, NULL);
    if (utarray_len(sweep.places) == PLACES_MAX) {
        print_error("there are more than %u places that can fail\n", PLACES_MAX);
        testing_fail_outside(sweep.file, sweep.line);
    }
    if (run.outcome != TESTING_PASSED) {
        print_error("nothing failed in the last run, and yet: %s\n", run.said);
        testing_fail_outside(sweep.file, sweep.line);
    }
}

static void read_environment(void)
{
    const char *text = getenv("WC_FAILURE");
    char *end = NULL;

    sweep.only = 0;
    if (text != NULL && text[0] != '\0') {
        sweep.only = strtoull(text, &end, 16);
        if (*end != '\0' || sweep.only == 0) {
            print_error("WC_FAILURE '%s' is no place: it is the number that a sweep printed\n",
                        text);
            testing_fail_outside(sweep.file, sweep.line);
        }
    }
}

struct wc_failures wc_find_failures_(wc_test_body *body, const struct wc_test_options *options,
                                     const char *file, int line)
{
    static const UT_icd places = {.sz = sizeof(struct wc_failure), .dtor = free_place};
    struct wc_test_options plain = *options;
    struct wc_failures found = {0};

    plain.scheduler = WC_SCHED_FIBER;
    plain.fibers_only = true;
    plain.real_clock = false;
    plain.seed = 0;
    sweep.file = file;
    sweep.line = line;
    read_environment();
    if (sweep.places != NULL) {
        utarray_free(sweep.places);
    }
    utarray_new(sweep.places, &places);
    run_all(body, &plain, run_as_it_is(body, &plain));
    found.failure = (const struct wc_failure *)utarray_front(sweep.places);
    found.count = utarray_len(sweep.places);
    for (size_t i = 0; i < found.count; i++) {
        found.bad += found.failure[i].end >= WC_FAILURE_LEAKED;
    }
    return found;
}

/* cmocka keeps what is an error until the test has failed, and prints a message at once. */
static void print_failure(const struct wc_failure *failure)
{
    void (*print)(const char *format, ...) =
        failure->end >= WC_FAILURE_LEAKED ? print_error : print_message;

    print("  %-8s %s by %.400s\n", end_names[failure->end], failure->api, failure->place);
    if (failure->what != NULL) {
        print("           %.500s\n", failure->what);
    }
    if (failure->end >= WC_FAILURE_LEAKED) {
        print("           replay: WC_FAILURE=%" PRIx64 " ctest -R %s -V\n", failure->id,
              program_invocation_short_name);
    }
}

void wc_test_every_failure_(wc_test_body *body, const struct wc_test_options *options,
                            const char *file, int line)
{
    struct wc_failures found = wc_find_failures_(body, options, file, line);

    for (size_t i = 0; i < found.count; i++) {
        print_failure(&found.failure[i]);
    }
    if (found.bad == 0) {
        print_message("%zu places failed, one at a time: nothing crashed, leaked or hung\n",
                      found.count);
        return;
    }
    print_error("%zu places failed, one at a time: %zu bad\n", found.count, found.bad);
    testing_fail_outside(sweep.file, sweep.line);
}
