#pragma once
/* report_walk.h - what the files of the analysis share: the state of one walk over the events.
 *
 * Each task, and each processor's idle context, has a stack of runs that are open: an ISR or DPC
 * lies on the stack of the context that it interrupted. A task switch ends the pieces of one stack
 * and begins those of another; the runs go on.
 */
#include "harness/report/report_analysis.h"

#define REPORT_STACK_DEPTH 48

struct report_context {
    uint32_t depth;
    uint32_t runs[REPORT_STACK_DEPTH];
    uint32_t pieces[REPORT_STACK_DEPTH]; /* REPORT_NONE: it does not run now */
    uint32_t task_piece;                 /* REPORT_NONE: the task does not run now */
    uint32_t task;                       /* its subject; 0: idle */
    uint32_t irp;                        /* request that entered a dispatch routine here last */
};

struct report_processor {
    struct report_context *current;
    struct report_context idle;
    uint64_t last_ns;
    bool seen;
    uint8_t irql;
};

/* By subject: what is queued and has not started, what has arrived and is not completed. */
struct report_pending {
    struct report_point queued;
    uint32_t cause, coalesced;
    uint32_t request; /* REPORT_NONE */
    bool is_queued;
    struct report_context *context; /* of a task */
};

struct report_walk {
    struct report *report;
    struct report_processor processors[64];
    struct report_pending *pending;
    bool failed; /* no memory: what is added goes nowhere */
    union {
        struct report_run run;
        struct report_piece piece;
        struct report_request request;
        struct report_depth depth;
        struct report_mark mark;
        struct report_level level;
    } scratch;
};

/* report_walk_add: one more element of a growing array, zeroed. */
void *report_walk_add(struct report_walk *walk, void *array_pointer, size_t *count, size_t size);

#define REPORT_ADD(walk, what)                                                       \
    report_walk_add((walk), &(walk)->report->what##s, &(walk)->report->what##_count, \
                    sizeof(*(walk)->report->what##s))

static inline struct report_point report_point_of(const struct base_recorded *event)
{
    return (struct report_point){.ns = event->time_ns, .order = event->sequence};
}

static const struct report_point report_never = {.ns = REPORT_NEVER, .order = REPORT_NEVER};

struct report_pending *report_pending_of(struct report_walk *walk, uint32_t subject);

/* report_context_enter: the context in which the event happened runs on its processor from now on.
 * report_context_leaves: it does not any more: its pieces end.
 * report_context_top: the innermost run that is open in it, or REPORT_NONE. */
struct report_context *report_context_enter(struct report_walk *walk,
                                            const struct base_recorded *event);
void report_context_leaves(struct report_walk *walk, struct report_context *context,
                           struct report_point at);
static inline uint32_t report_context_top(const struct report_context *context)
{
    return context->depth > 0 ? context->runs[context->depth - 1] : REPORT_NONE;
}

void report_run_begin(struct report_walk *walk, struct report_context *context,
                      const struct base_recorded *event, enum report_kind kind);
void report_run_end(struct report_walk *walk, struct report_context *context,
                    const struct base_recorded *event);
/* report_callback_is_told: its run is told already: a timer's DPC is named like the EvtTimerFunc
 * inside. */
bool report_callback_is_told(const struct report_walk *walk, const struct report_context *context,
                             const struct base_recorded *event);

/* report_request_of: the request of the event's subject, new if none is pending. */
struct report_request *report_request_of(struct report_walk *walk,
                                         const struct base_recorded *event);
void report_request_new(struct report_walk *walk, struct report_context *context,
                        const struct base_recorded *event);
void report_request_delivered(struct report_walk *walk, struct report_context *context,
                              const struct base_recorded *event);
void report_request_completed(struct report_walk *walk, const struct report_context *context,
                              const struct base_recorded *event);
