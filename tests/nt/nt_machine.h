#pragma once
/* nt_machine.h - run a test body as a task of a bare machine: no driver, no harness. */
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

struct nt_body {
    void (*run)(void *);
    void *argument;
    BOOLEAN done;
};

static VOID nt_body_main(PVOID context)
{
    struct nt_body *body = context;

    body->run(body->argument);
    body->done = TRUE;
    host_run_recheck();
}

static bool nt_body_is_done(void *context)
{
    return ((struct nt_body *)context)->done;
}

static inline struct ke_machine_config nt_machine_config(uint32_t processors)
{
    return (struct ke_machine_config){.processors = processors,
                                      .clock = HOST_CLOCK_VIRTUAL,
                                      .tick_ns = 1000000,
                                      .clock_read_ns = 100};
}

/* nt_run_body: on processor 0 of the machine that runs. */
static inline enum host_run_result nt_run_body(void (*run)(void *), void *argument)
{
    struct nt_body body = {.run = run, .argument = argument};
    PKTHREAD thread = ke_thread_start(nt_body_main, &body, "body", 1);
    enum host_run_result result = ke_run(nt_body_is_done, &body);

    if (result == HOST_RUN_DONE) {
        ke_run(NULL, NULL);
    }
    ob_deref(thread);
    return result;
}
