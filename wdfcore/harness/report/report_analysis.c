/* report_analysis.c - one walk over the events in their sequence.
 *
 * Each task, and each processor's idle context, has a stack of runs that are open: an ISR or DPC
 * lies on the stack of the context that it interrupted. A task switch ends the pieces of one stack
 * and begins those of another; the runs go on.
 */
#include "harness/report/report_analysis.h"

#include <stdlib.h>
#include <string.h>

#include "base/trace.h"
#include "nt/ke/ke_record.h"

#define STACK_DEPTH 48
#define FIRST_ROOM  64u

struct context {
    uint32_t depth;
    uint32_t runs[STACK_DEPTH];
    uint32_t pieces[STACK_DEPTH]; /* REPORT_NONE: it does not run now */
    uint32_t task_piece;          /* REPORT_NONE: the task does not run now */
    uint32_t task;                /* its subject; 0: idle */
    uint32_t irp;                 /* request that entered a dispatch routine here last */
};

struct processor {
    struct context *current;
    struct context idle;
    uint64_t last_ns;
    bool seen;
    uint8_t irql;
};

/* By subject: what is queued and has not started, what has arrived and is not completed. */
struct pending {
    struct report_point queued;
    uint32_t cause, coalesced;
    uint32_t request; /* REPORT_NONE */
    bool is_queued;
    struct context *context; /* of a task */
};

struct walk {
    struct report *report;
    struct processor processors[64];
    struct pending *pending;
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

/* One more element of a growing array, zeroed. */
static void *add(struct walk *walk, void *array_pointer, size_t *count, size_t size)
{
    void **array = array_pointer;
    void *element;

    if (*count == 0 || (*count >= FIRST_ROOM && (*count & (*count - 1)) == 0)) {
        size_t room = *count == 0 ? FIRST_ROOM : *count * 2;
        void *grown = walk->failed ? NULL : realloc(*array, room * size);

        if (grown == NULL) {
            walk->failed = true;
            return &walk->scratch;
        }
        *array = grown;
    }
    element = (char *)*array + *count * size;
    memset(element, 0, size);
    ++*count;
    return element;
}

#define ADD(walk, what)                                                  \
    add((walk), &(walk)->report->what##s, &(walk)->report->what##_count, \
        sizeof(*(walk)->report->what##s))

static struct report_point point_of(const struct base_recorded *event)
{
    return (struct report_point){.ns = event->time_ns, .order = event->sequence};
}

static const struct report_point never = {.ns = REPORT_NEVER, .order = REPORT_NEVER};

static struct pending *pending_of(struct walk *walk, uint32_t subject)
{
    return &walk->pending[subject <= base_subject_count() ? subject : 0];
}

static struct context *context_of(struct walk *walk, const struct base_recorded *event)
{
    struct pending *task = pending_of(walk, event->task);

    if (event->task == 0) {
        return &walk->processors[event->processor].idle;
    }
    if (task->context == NULL) {
        task->context = calloc(1, sizeof(*task->context));
        if (task->context == NULL) {
            walk->failed = true;
            return &walk->processors[event->processor].idle;
        }
        task->context->task = event->task;
        task->context->task_piece = REPORT_NONE;
        task->context->irp = REPORT_NONE;
    }
    return task->context;
}

/* ---- pieces ---- */

static uint32_t piece_begin(struct walk *walk, const struct base_recorded *event, uint32_t run,
                            uint32_t subject, enum report_kind kind, uint32_t depth)
{
    struct report_piece *piece = ADD(walk, piece);

    piece->start = piece->end = point_of(event);
    piece->run = run;
    piece->subject = subject;
    piece->kind = (uint8_t)kind;
    piece->processor = event->processor;
    piece->irql = event->irql;
    piece->depth = (uint8_t)depth;
    return (uint32_t)(walk->report->piece_count - 1);
}

static void piece_end(struct walk *walk, uint32_t *piece, struct report_point at)
{
    if (*piece != REPORT_NONE && *piece < walk->report->piece_count) {
        walk->report->pieces[*piece].end = at;
    }
    *piece = REPORT_NONE;
}

static void context_leaves(struct walk *walk, struct context *context, struct report_point at)
{
    for (uint32_t i = context->depth; i-- > 0;) {
        piece_end(walk, &context->pieces[i], at);
    }
    piece_end(walk, &context->task_piece, at);
}

static void context_enters(struct walk *walk, struct context *context,
                           const struct base_recorded *event)
{
    if (context->task != 0) {
        context->task_piece = piece_begin(walk, event, REPORT_NONE, context->task, REPORT_TASK, 0);
    }
    for (uint32_t i = 0; i < context->depth; i++) {
        const struct report_run *run = &walk->report->runs[context->runs[i]];

        context->pieces[i] =
            piece_begin(walk, event, context->runs[i], run->subject, run->kind, i + 1);
    }
}

/* The context in which the event happened runs on its processor from now on. */
static struct context *context_enter(struct walk *walk, const struct base_recorded *event)
{
    struct processor *processor = &walk->processors[event->processor];
    struct context *context = context_of(walk, event);

    if (processor->current != context) {
        if (processor->current != NULL) {
            context_leaves(walk, processor->current, point_of(event));
        }
        if (context->task_piece != REPORT_NONE) { /* it was seen elsewhere last */
            context_leaves(walk, context, point_of(event));
        }
        processor->current = context;
        context_enters(walk, context, event);
    }
    return context;
}

/* ---- runs ---- */

static uint32_t context_top(const struct context *context)
{
    return context->depth > 0 ? context->runs[context->depth - 1] : REPORT_NONE;
}

static void run_begin(struct walk *walk, struct context *context, const struct base_recorded *event,
                      enum report_kind kind)
{
    struct pending *pending = pending_of(walk, event->subject);
    struct report_run *run;

    if (context->depth == STACK_DEPTH || walk->failed) {
        return;
    }
    run = ADD(walk, run);
    run->kind = kind;
    run->subject = event->subject;
    run->start = run->end = point_of(event);
    run->queued = never;
    run->cause = REPORT_NONE;
    run->processor = event->processor;
    run->irql = event->irql;
    run->unfinished = true;
    if (pending->is_queued && kind != REPORT_ISR && kind != REPORT_CALLBACK) {
        run->queued = pending->queued;
        run->cause = pending->cause;
        run->coalesced = pending->coalesced;
        pending->is_queued = false;
    }
    uint32_t number = (uint32_t)(walk->report->run_count - 1);
    context->runs[context->depth] = number;
    context->pieces[context->depth] =
        piece_begin(walk, event, number, event->subject, kind, context->depth + 1);
    context->depth++;
}

static void run_end(struct walk *walk, struct context *context, const struct base_recorded *event)
{
    struct report_run *run;
    uint32_t top = context_top(context);

    if (top == REPORT_NONE || walk->report->runs[top].subject != event->subject) {
        return; /* it began before the recording did */
    }
    run = &walk->report->runs[top];
    run->end = point_of(event);
    run->unfinished = false;
    run->claimed = run->kind == REPORT_ISR && event->value != 0;
    context->depth--;
    piece_end(walk, &context->pieces[context->depth], run->end);
}

/* A callback whose run is told already: a timer's DPC is named like the EvtTimerFunc inside. */
static bool callback_is_told(const struct walk *walk, const struct context *context,
                             const struct base_recorded *event)
{
    uint32_t top = context_top(context);

    return top != REPORT_NONE &&
           strcmp(report_name(walk->report->runs[top].subject), report_name(event->subject)) == 0;
}

static void note_queued(struct walk *walk, const struct context *context,
                        const struct base_recorded *event)
{
    struct pending *pending = pending_of(walk, event->subject);

    pending->is_queued = true;
    pending->queued = point_of(event);
    pending->cause = context_top(context);
    pending->coalesced = 0;
}

/* ---- requests, depths, marks ---- */

static struct report_request *request_of(struct walk *walk, const struct base_recorded *event)
{
    struct pending *pending = pending_of(walk, event->subject);
    const struct base_subject *subject = base_subject_at(event->subject);
    struct report_request *request;

    if (pending->request != REPORT_NONE) {
        return &walk->report->requests[pending->request];
    }
    request = ADD(walk, request);
    request->subject = event->subject;
    request->completed_by = REPORT_NONE;
    request->processor = event->processor;
    request->major = (uint8_t)event->value;
    request->is_irp = subject != NULL && subject->kind == BASE_SUBJECT_IRP;
    request->arrived = point_of(event);
    request->delivered = request->completed = never;
    if (!walk->failed) {
        pending->request = (uint32_t)(walk->report->request_count - 1);
    }
    return request;
}

static void request_new(struct walk *walk, struct context *context,
                        const struct base_recorded *event)
{
    pending_of(walk, event->subject)->request = REPORT_NONE; /* the slot's earlier one is over */
    request_of(walk, event);
    if (context->irp != REPORT_NONE && context->irp < walk->report->request_count) {
        walk->report->requests[context->irp].absorbed = true;
    }
}

static void request_delivered(struct walk *walk, struct context *context,
                              const struct base_recorded *event)
{
    struct report_request *request = request_of(walk, event);

    if (request->delivered.ns == REPORT_NEVER) {
        request->delivered = point_of(event);
    }
    if (request->is_irp) {
        context->irp = pending_of(walk, event->subject)->request;
    }
}

static void request_completed(struct walk *walk, const struct context *context,
                              const struct base_recorded *event)
{
    const struct base_subject *subject = base_subject_at(event->subject);
    struct report_request *request;

    if (pending_of(walk, event->subject)->request == REPORT_NONE) {
        return; /* arrived before the recording began */
    }
    request = request_of(walk, event);
    request->completed = point_of(event);
    request->status = event->value;
    request->completed_by = context_top(context);
    if (subject == NULL || subject->kind != BASE_SUBJECT_IRP) {
        pending_of(walk, event->subject)->request = REPORT_NONE;
    } /* else a completion routine may hold it up, and it is completed once more */
}

static void note_depth(struct walk *walk, const struct base_recorded *event, uint32_t subject,
                       uint32_t queued, uint32_t owned, uint8_t processor)
{
    struct report_depth *depth = ADD(walk, depth);

    depth->at = point_of(event);
    depth->subject = subject;
    depth->queued = queued;
    depth->owned = owned;
    depth->processor = processor;
}

static void note_dpc_depth(struct walk *walk, const struct base_recorded *event)
{
    if ((event->value & BASE_DPC_THREADED) == 0) {
        note_depth(walk, event, 0, event->value >> 8 & 0xffff, 0, event->value & 0xff);
    }
}

static void note_mark(struct walk *walk, const struct base_recorded *event)
{
    struct report_mark *mark = ADD(walk, mark);

    mark->at = point_of(event);
    mark->subject = event->subject;
    mark->value = event->value;
    mark->kind = event->kind;
    mark->processor = event->processor;
}

/* ---- processors ---- */

/* The time since the processor's last event belongs to what ran since. */
static void account(struct walk *walk, const struct base_recorded *event)
{
    struct processor *processor = &walk->processors[event->processor];
    struct report_usage *usage = &walk->report->usage[event->processor];
    uint64_t passed = event->time_ns > processor->last_ns ? event->time_ns - processor->last_ns : 0;
    const struct context *context = processor->current;
    enum report_kind kind = REPORT_KINDS;

    for (uint32_t i = context != NULL ? context->depth : 0; i-- > 0 && kind == REPORT_KINDS;) {
        enum report_kind open = walk->report->runs[context->runs[i]].kind;

        kind = open == REPORT_ISR || open == REPORT_DPC ? open : kind;
    }
    if (kind == REPORT_ISR) {
        usage->isr_ns += passed;
    } else if (kind == REPORT_DPC) {
        usage->dpc_ns += passed;
    } else if (context != NULL && context->task != 0) {
        usage->task_ns += passed;
    } else {
        usage->idle_ns += passed;
    }
    processor->last_ns += passed;
}

static void note_level(struct walk *walk, const struct base_recorded *event)
{
    struct processor *processor = &walk->processors[event->processor];
    struct report_level *level;

    if (processor->seen && processor->irql == event->irql) {
        return;
    }
    processor->seen = true;
    processor->irql = event->irql;
    level = ADD(walk, level);
    level->at = point_of(event);
    level->processor = event->processor;
    level->irql = event->irql;
}

/* ---- the walk ---- */

static void walk_run_event(struct walk *walk, struct context *context,
                           const struct base_recorded *event)
{
    switch (event->kind) {
    case BASE_EVENT_ISR_START:
        walk->report->usage[event->processor].isr_runs++;
        run_begin(walk, context, event, REPORT_ISR);
        break;
    case BASE_EVENT_DPC_START:
        note_dpc_depth(walk, event);
        if ((event->value & BASE_DPC_THREADED) != 0) {
            run_begin(walk, context, event, REPORT_THREADED_DPC);
        } else {
            walk->report->usage[event->processor].dpc_runs++;
            run_begin(walk, context, event, REPORT_DPC);
        }
        break;
    case BASE_EVENT_WORK_START:
        run_begin(walk, context, event, REPORT_WORK);
        break;
    case BASE_EVENT_CALLBACK:
        if (!callback_is_told(walk, context, event)) {
            run_begin(walk, context, event, REPORT_CALLBACK);
        }
        break;
    default: /* an end */
        run_end(walk, context, event);
        break;
    }
}

static void walk_event(struct walk *walk, const struct base_recorded *event)
{
    struct context *context;

    account(walk, event);
    context = context_enter(walk, event);
    note_level(walk, event);
    walk->report->kind_count[event->kind]++;
    switch (event->kind) {
    case BASE_EVENT_DPC_QUEUE:
        note_dpc_depth(walk, event);
        note_queued(walk, context, event);
        break;
    case BASE_EVENT_WORK_QUEUE:
        note_queued(walk, context, event);
        break;
    case BASE_EVENT_DPC_COALESCE:
        pending_of(walk, event->subject)->coalesced++;
        break;
    case BASE_EVENT_DPC_REMOVE:
        pending_of(walk, event->subject)->is_queued = false;
        break;
    case BASE_EVENT_REQUEST_NEW:
        request_new(walk, context, event);
        break;
    case BASE_EVENT_REQUEST_QUEUE:
        request_of(walk, event)->queue = event->value;
        break;
    case BASE_EVENT_REQUEST:
        request_delivered(walk, context, event);
        break;
    case BASE_EVENT_COMPLETE:
        request_completed(walk, context, event);
        break;
    case BASE_EVENT_QUEUE:
        note_depth(walk, event, event->subject, event->value >> 16, event->value & 0xffff,
                   event->processor);
        break;
    case BASE_EVENT_LINE:
    case BASE_EVENT_TIMER:
    case BASE_EVENT_POWER:
    case BASE_EVENT_VIOLATION:
        note_mark(walk, event);
        break;
    case BASE_EVENT_IRQL:
    case BASE_EVENT_SWITCH:
    case BASE_EVENT_TIMER_SET:
    case BASE_EVENT_TIMER_CANCEL:
        break;
    default:
        walk_run_event(walk, context, event);
        break;
    }
}

/* What is open ends with the recording. */
static void walk_end(struct walk *walk)
{
    struct report *report = walk->report;
    struct report_point end = {.ns = report->end_ns, .order = report->event_count};

    for (size_t i = 0; i < 64; i++) {
        if (walk->processors[i].current != NULL) {
            context_leaves(walk, walk->processors[i].current, end);
        }
    }
    for (size_t i = 0; i < report->run_count; i++) {
        if (report->runs[i].unfinished) {
            report->runs[i].end = end;
        }
    }
}

static bool walk_start(struct walk *walk, struct report *report)
{
    uint32_t subjects = base_subject_count();

    walk->report = report;
    walk->pending = calloc(subjects + 1, sizeof(*walk->pending));
    if (walk->pending == NULL) {
        return false;
    }
    for (uint32_t i = 0; i <= subjects; i++) {
        walk->pending[i].request = REPORT_NONE;
        walk->pending[i].cause = REPORT_NONE;
    }
    for (size_t i = 0; i < 64; i++) {
        walk->processors[i].idle.task_piece = REPORT_NONE;
        walk->processors[i].idle.irp = REPORT_NONE;
    }
    for (size_t i = 0; i < report->event_count; i++) {
        if (report->events[i].time_ns > report->end_ns) {
            report->end_ns = report->events[i].time_ns;
        }
    }
    return true;
}

static bool report_walk(struct report *report)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    bool done = false;

    if (walk != NULL && walk_start(walk, report)) {
        for (size_t i = 0; i < report->event_count; i++) {
            walk_event(walk, &report->events[i]);
        }
        walk_end(walk);
        done = !walk->failed;
    }
    if (walk != NULL && walk->pending != NULL) {
        for (uint32_t i = 0; i <= base_subject_count(); i++) {
            free(walk->pending[i].context);
        }
        free(walk->pending);
    }
    free(walk);
    return done;
}

struct report *report_analyze(uint32_t processors)
{
    struct report *report = calloc(1, sizeof(*report));

    if (report == NULL) {
        return NULL;
    }
    ke_record_resolve();
    report->processors = processors;
    report->events = base_recording_merge(&report->event_count);
    report->lost = base_recording_lost();
    if (report->events == NULL || !report_walk(report) || !report_tables(report)) {
        report_free(report);
        return NULL;
    }
    return report;
}

void report_free(struct report *report)
{
    if (report == NULL) {
        return;
    }
    free(report->events);
    free(report->runs);
    free(report->pieces);
    free(report->requests);
    free(report->depths);
    free(report->marks);
    free(report->levels);
    free(report->rows);
    free(report->request_rows);
    free(report);
}
