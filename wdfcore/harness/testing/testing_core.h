#pragma once
/* testing_core.h - the test that is running, shared by the files of the test kit.
 *   testing_assert.c   where an assertion fails, and what a test says of itself
 *   testing_machine.c  the machine of a test: start, end, and how it came to a stop
 *   testing.c          a body in it
 *   testing_seeds.c    a body under many schedules
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/testing.h>

#include "base/violation.h"
#include "harness/testing/testing_run.h"

struct testing_body;

struct testing_test {
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *device;
    bool noted;       /* (a) the first context that ended the test in the machine has said so */
    bool failed;      /* an assertion failed in the machine */
    bool skipped;     /* skip() was called in the machine */
    const char *file; /* of what failed, or of the running test */
    int line;
    char *said; /* by the assertion, on another host thread than cmocka's own; NULL: nothing */
    enum base_rule stop_rule;  /* the machine is to be stopped by it; RULE_COUNT: by nothing */
    void *state;               /* of the body */
    uint64_t fingerprint;      /* of the last machine that was recorded */
    struct testing_run *run;   /* of a sweep; NULL: an ordinary test */
    struct testing_body *body; /* the one that is running; NULL: none is */
};

extern struct testing_test testing_test;

/* testing_in_machine: does the caller run in a context of the machine? */
bool testing_in_machine(void);

/* testing_fail_outside, testing_skip_outside: cmocka's own, on cmocka's stack. */
_Noreturn void testing_fail_outside(const char *file, int line);
_Noreturn void testing_skip_outside(const char *file, int line);

/* testing_end_outside: the same for what was noted in the machine. */
_Noreturn void testing_end_outside(void);

/* testing_note_and_stop: in the machine: sets *what, failed or skipped, unless another context was
 * first, and stops the machine. */
_Noreturn void testing_note_and_stop(bool *what, const char *file, int line);

/* testing_forget_end: on cmocka's stack: nothing has ended the test. File and line stay. */
void testing_forget_end(void);

/* testing_say: what a test says of itself. A sweep keeps it: it may be just what it looks for. */
__attribute__((format(printf, 2, 3))) void testing_say(enum testing_outcome outcome,
                                                       const char *format, ...);

/* testing_wants_threads: WC_SCHED=thread. */
bool testing_wants_threads(void);

/* testing_machine_start: false: it has said why; testing_machine_end is due all the same. */
bool testing_machine_start(const struct wc_test_options *options);

/* testing_machine_end: afterwards there is none, whatever is returned. */
bool testing_machine_end(void);

/* testing_judge: is it well that a call into the machine ended so? Says why not. */
bool testing_judge(enum wc_result result);
bool testing_judge_stop(void);

/* testing_leave_body: of a failing assertion; returns if the machine has to be stopped. */
void testing_leave_body(void);

/* testing_run_body: one machine, one body. false: it failed, and testing_say has said why; the
 * machine is gone. */
bool testing_run_body(wc_test_body *body, const struct wc_test_options *options);

/* testing_run_seeds: wc_test_seeds. */
void testing_run_seeds(wc_test_body *body, unsigned n, const struct wc_test_options *options);
