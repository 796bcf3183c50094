/* report_analysis.c - one walk over the events in their sequence: runs (report_runs.c), requests
 * (report_requests.c), and here what is queued, depths, marks and the use of each processor.
 */
#include "harness/report/report_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/trace/trace.h"
#include "nt/ke/record/ke_record.h"

#define FIRST_ROOM 64u

void *report_walk_add(struct report_walk *walk, void *array_pointer, size_t *count, size_t size)
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

struct report_pending *report_pending_of(struct report_walk *walk, uint32_t subject)
{
    return &walk->pending[subject <= base_subject_count() ? subject : 0];
}

/* ---- what is queued, depths, marks ---- */

static void note_queued(struct report_walk *walk, const struct report_context *context,
                        const struct base_recorded *event)
{
    struct report_pending *pending = report_pending_of(walk, event->subject);

    pending->is_queued = true;
    pending->queued = report_point_of(event);
    pending->cause = report_context_top(context);
    pending->coalesced = 0;
}

static void note_depth(struct report_walk *walk, const struct base_recorded *event,
                       uint32_t subject, uint32_t queued, uint32_t owned, uint8_t processor)
{
    struct report_depth *depth = REPORT_ADD(walk, depth);

    depth->at = report_point_of(event);
    depth->subject = subject;
    depth->queued = queued;
    depth->owned = owned;
    depth->processor = processor;
}

static void note_dpc_depth(struct report_walk *walk, const struct base_recorded *event)
{
    if ((event->value & BASE_DPC_THREADED) == 0) {
        note_depth(walk, event, 0, event->value >> 8 & 0xffff, 0, event->value & 0xff);
    }
}

static void note_mark(struct report_walk *walk, const struct base_recorded *event)
{
    struct report_mark *mark = REPORT_ADD(walk, mark);

    mark->at = report_point_of(event);
    mark->subject = event->subject;
    mark->value = event->value;
    mark->kind = event->kind;
    mark->processor = event->processor;
}

/* ---- processors ---- */

/* The time since the processor's last event belongs to what ran since. */
static void account(struct report_walk *walk, const struct base_recorded *event)
{
    struct report_processor *processor = &walk->processors[event->processor];
    struct report_usage *usage = &walk->report->usage[event->processor];
    uint64_t passed = event->time_ns > processor->last_ns ? event->time_ns - processor->last_ns : 0;
    const struct report_context *context = processor->current;
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

static void note_level(struct report_walk *walk, const struct base_recorded *event)
{
    struct report_processor *processor = &walk->processors[event->processor];
    struct report_level *level;

    if (processor->seen && processor->irql == event->irql) {
        return;
    }
    processor->seen = true;
    processor->irql = event->irql;
    level = REPORT_ADD(walk, level);
    level->at = report_point_of(event);
    level->processor = event->processor;
    level->irql = event->irql;
}

/* ---- the walk ---- */

static void walk_run_event(struct report_walk *walk, struct report_context *context,
                           const struct base_recorded *event)
{
    switch (event->kind) {
    case BASE_EVENT_ISR_START:
        walk->report->usage[event->processor].isr_runs++;
        report_run_begin(walk, context, event, REPORT_ISR);
        break;
    case BASE_EVENT_DPC_START:
        note_dpc_depth(walk, event);
        if ((event->value & BASE_DPC_THREADED) != 0) {
            report_run_begin(walk, context, event, REPORT_THREADED_DPC);
        } else {
            walk->report->usage[event->processor].dpc_runs++;
            report_run_begin(walk, context, event, REPORT_DPC);
        }
        break;
    case BASE_EVENT_WORK_START:
        report_run_begin(walk, context, event, REPORT_WORK);
        break;
    case BASE_EVENT_CALLBACK:
        if (!report_callback_is_told(walk, context, event)) {
            report_run_begin(walk, context, event, REPORT_CALLBACK);
        }
        break;
    default: /* an end */
        report_run_end(walk, context, event);
        break;
    }
}

static void walk_event(struct report_walk *walk, const struct base_recorded *event)
{
    struct report_context *context;

    account(walk, event);
    context = report_context_enter(walk, event);
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
        report_pending_of(walk, event->subject)->coalesced++;
        break;
    case BASE_EVENT_DPC_REMOVE:
        report_pending_of(walk, event->subject)->is_queued = false;
        break;
    case BASE_EVENT_REQUEST_NEW:
        report_request_new(walk, context, event);
        break;
    case BASE_EVENT_REQUEST_QUEUE:
        report_request_of(walk, event)->queue = event->value;
        break;
    case BASE_EVENT_REQUEST:
        report_request_delivered(walk, context, event);
        break;
    case BASE_EVENT_COMPLETE:
        report_request_completed(walk, context, event);
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
static void walk_end(struct report_walk *walk)
{
    struct report *report = walk->report;
    struct report_point end = {.ns = report->end_ns, .order = report->event_count};

    for (size_t i = 0; i < 64; i++) {
        if (walk->processors[i].current != NULL) {
            report_context_leaves(walk, walk->processors[i].current, end);
        }
    }
    for (size_t i = 0; i < report->run_count; i++) {
        if (report->runs[i].unfinished) {
            report->runs[i].end = end;
        }
    }
}

static bool walk_start(struct report_walk *walk, struct report *report)
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
    struct report_walk *walk = calloc(1, sizeof(*walk));
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
