/* report_runs.c - who ran when: contexts, the runs that are open in them, and the pieces in which a
 * run had a processor; see report_walk.h.
 */
#include "harness/report/report_walk.h"

#include <stdlib.h>
#include <string.h>

static struct report_context *context_of(struct report_walk *walk,
                                         const struct base_recorded *event)
{
    struct report_pending *task = report_pending_of(walk, event->task);

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

static uint32_t piece_begin(struct report_walk *walk, const struct base_recorded *event,
                            uint32_t run, uint32_t subject, enum report_kind kind, uint32_t depth)
{
    struct report_piece *piece = REPORT_ADD(walk, piece);

    piece->start = piece->end = report_point_of(event);
    piece->run = run;
    piece->subject = subject;
    piece->kind = (uint8_t)kind;
    piece->processor = event->processor;
    piece->irql = event->irql;
    piece->depth = (uint8_t)depth;
    return (uint32_t)(walk->report->piece_count - 1);
}

static void piece_end(struct report_walk *walk, uint32_t *piece, struct report_point at)
{
    if (*piece != REPORT_NONE && *piece < walk->report->piece_count) {
        walk->report->pieces[*piece].end = at;
    }
    *piece = REPORT_NONE;
}

void report_context_leaves(struct report_walk *walk, struct report_context *context,
                           struct report_point at)
{
    for (uint32_t i = context->depth; i-- > 0;) {
        piece_end(walk, &context->pieces[i], at);
    }
    piece_end(walk, &context->task_piece, at);
}

static void context_enters(struct report_walk *walk, struct report_context *context,
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

struct report_context *report_context_enter(struct report_walk *walk,
                                            const struct base_recorded *event)
{
    struct report_processor *processor = &walk->processors[event->processor];
    struct report_context *context = context_of(walk, event);

    if (processor->current != context) {
        if (processor->current != NULL) {
            report_context_leaves(walk, processor->current, report_point_of(event));
        }
        if (context->task_piece != REPORT_NONE) { /* it was seen elsewhere last */
            report_context_leaves(walk, context, report_point_of(event));
        }
        processor->current = context;
        context_enters(walk, context, event);
    }
    return context;
}

/* ---- runs ---- */

void report_run_begin(struct report_walk *walk, struct report_context *context,
                      const struct base_recorded *event, enum report_kind kind)
{
    struct report_pending *pending = report_pending_of(walk, event->subject);
    struct report_run *run;

    if (context->depth == REPORT_STACK_DEPTH || walk->failed) {
        return;
    }
    run = REPORT_ADD(walk, run);
    run->kind = kind;
    run->subject = event->subject;
    run->start = run->end = report_point_of(event);
    run->queued = report_never;
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

void report_run_end(struct report_walk *walk, struct report_context *context,
                    const struct base_recorded *event)
{
    struct report_run *run;
    uint32_t top = report_context_top(context);

    if (top == REPORT_NONE || walk->report->runs[top].subject != event->subject) {
        return; /* it began before the recording did */
    }
    run = &walk->report->runs[top];
    run->end = report_point_of(event);
    run->unfinished = false;
    run->claimed = run->kind == REPORT_ISR && event->value != 0;
    context->depth--;
    piece_end(walk, &context->pieces[context->depth], run->end);
}

bool report_callback_is_told(const struct report_walk *walk, const struct report_context *context,
                             const struct base_recorded *event)
{
    uint32_t top = report_context_top(context);

    return top != REPORT_NONE &&
           strcmp(report_name(walk->report->runs[top].subject), report_name(event->subject)) == 0;
}
