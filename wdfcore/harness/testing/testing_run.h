#pragma once
/* testing_run.h - one body in one machine, for those that run a body many times. */
#include <stdbool.h>
#include <stdint.h>

#include <wdfcore/testing.h>

/* How a run ended, the worst last. */
enum testing_outcome {
    TESTING_PASSED,
    TESTING_NOT_STARTED, /* the driver or its device refused to start */
    TESTING_ASSERTION,   /* the body said that something is wrong */
    TESTING_FAILED,      /* the machine could not be taken apart, or something was left */
    TESTING_STUCK,       /* nothing happened any more */
    TESTING_STOPPED,     /* a violation stopped the machine */
};

struct testing_run {
    bool quiet;           /* say nothing: it is looked for */
    bool gentle;          /* a body whose assertion fails ends, and the machine goes on */
    bool failures;        /* testing_failures.h is asked for each call */
    uint64_t patience_ns; /* of machine_set_patience */
    enum testing_outcome outcome;
    char said[512];  /* what went wrong, one line */
    uint64_t end_ns; /* when, in the machine's time, it was taken apart */
};

/* testing_run_once: outcome and said are filled in; the machine is gone. Outside a machine. */
bool testing_run_once(wc_test_body *body, const struct wc_test_options *options,
                      struct testing_run *run);
