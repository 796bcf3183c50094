/* report_html.c - the page of a recording: report.html with its style and scripts, which CMake puts
 * into report_page.c, and the data between its two halves. Arrays of numbers are columns side by
 * side; report.js names them in the same order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/trace/trace.h"
#include "harness/report/report.h"
#include "nt/ke/report/ke_report.h"

extern const char report_page_head[], report_page_tail[];

static void put(struct base_json *json, uint64_t number)
{
    base_json_unsigned(json, NULL, number);
}

/* -1: none. */
static void put_or_none(struct base_json *json, bool there, uint64_t number)
{
    base_json_signed(json, NULL, there ? (int64_t)number : -1);
}

static void write_meta(struct base_json *json, const struct report *report,
                       const struct report_about *about)
{
    base_json_object(json, "meta");
    base_json_string(json, "drivers", about->drivers);
    base_json_string(json, "clock", about->virtual_clock ? "virtual" : "real");
    base_json_unsigned(json, "seed", about->seed);
    base_json_unsigned(json, "processors", report->processors);
    base_json_unsigned(json, "events", report->event_count);
    base_json_unsigned(json, "lost", report->lost);
    base_json_unsigned(json, "end", report->end_ns);
    base_json_unsigned(json, "violations", report->kind_count[BASE_EVENT_VIOLATION]);
    base_json_end(json);
}

static void write_names(struct base_json *json)
{
    char text[96];

    base_json_array(json, "names");
    for (uint32_t i = 0; i <= base_subject_count(); i++) {
        base_json_string(json, NULL, report_name(i));
    }
    base_json_end(json);
    base_json_array(json, "objectNames");
    for (uint32_t i = 0; i <= base_subject_count(); i++) {
        base_json_string(json, NULL, report_object(i, text, sizeof(text)));
    }
    base_json_end(json);
    base_json_array(json, "majors");
    for (unsigned i = 0; i < 32; i++) {
        base_json_string(json, NULL, report_major_name((uint8_t)i));
    }
    base_json_end(json);
    base_json_array(json, "eventKinds");
    for (int i = 0; i < BASE_EVENT_COUNT; i++) {
        base_json_string(json, NULL, base_event_kind_name((enum base_event_kind)i));
    }
    base_json_end(json);
    base_json_array(json, "edges");
    for (int i = 0; i < REPORT_BUCKETS; i++) {
        put(json, report_bucket_us[i]);
    }
    base_json_end(json);
}

static void write_pieces(struct base_json *json, const struct report *report)
{
    base_json_array(json, "pieces");
    for (size_t i = 0; i < report->piece_count; i++) {
        const struct report_piece *piece = &report->pieces[i];

        put(json, piece->start.ns);
        put(json, piece->end.ns);
        put(json, piece->start.order);
        put(json, piece->end.order);
        put(json, piece->kind);
        put(json, piece->processor);
        put(json, piece->irql);
        put(json, piece->depth);
        put(json, piece->subject);
        put_or_none(json, piece->run != REPORT_NONE, piece->run);
    }
    base_json_end(json);
}

static void write_runs(struct base_json *json, const struct report *report)
{
    base_json_array(json, "runs");
    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        put(json, run->kind);
        put(json, run->subject);
        put(json, run->start.ns);
        put(json, run->end.ns);
        put(json, run->start.order);
        put(json, run->end.order);
        put_or_none(json, run->queued.ns != REPORT_NEVER, run->queued.ns);
        put_or_none(json, run->cause != REPORT_NONE, run->cause);
        put(json, run->processor);
        put(json, run->irql);
        put(json, (run->claimed ? 1u : 0u) | (run->unfinished ? 2u : 0u));
    }
    base_json_end(json);
}

static void write_requests(struct base_json *json, const struct report *report)
{
    base_json_array(json, "requests");
    for (size_t i = 0; i < report->request_count; i++) {
        const struct report_request *request = &report->requests[i];
        bool delivered = request->delivered.ns != REPORT_NEVER;
        bool done = request->completed.ns != REPORT_NEVER;

        if (request->absorbed) {
            continue;
        }
        put(json, request->subject);
        put(json, request->major);
        put(json, request->arrived.ns);
        put(json, done ? request->completed.ns : report->end_ns);
        put(json, request->arrived.order);
        put(json, done ? request->completed.order : report->event_count);
        put_or_none(json, delivered, request->delivered.ns);
        put_or_none(json, delivered, request->delivered.order);
        put_or_none(json, done, request->status);
        put_or_none(json, request->completed_by != REPORT_NONE, request->completed_by);
        put(json, request->queue);
        put(json, request->is_irp);
    }
    base_json_end(json);
}

static void write_points(struct base_json *json, const struct report *report)
{
    base_json_array(json, "depths");
    for (size_t i = 0; i < report->depth_count; i++) {
        const struct report_depth *depth = &report->depths[i];

        put(json, depth->at.ns);
        put(json, depth->at.order);
        put(json, depth->subject);
        put(json, depth->queued);
        put(json, depth->owned);
        put(json, depth->processor);
    }
    base_json_end(json);
    base_json_array(json, "marks");
    for (size_t i = 0; i < report->mark_count; i++) {
        const struct report_mark *mark = &report->marks[i];

        put(json, mark->at.ns);
        put(json, mark->at.order);
        put(json, mark->kind);
        put(json, mark->subject);
        put(json, mark->value);
        put(json, mark->processor);
    }
    base_json_end(json);
    base_json_array(json, "levels");
    for (size_t i = 0; i < report->level_count; i++) {
        const struct report_level *level = &report->levels[i];

        put(json, level->at.ns);
        put(json, level->at.order);
        put(json, level->processor);
        put(json, level->irql);
    }
    base_json_end(json);
}

/* ---- tables ---- */

static void write_times(struct base_json *json, const char *key, const struct report_times *times)
{
    base_json_object(json, key);
    base_json_unsigned(json, "count", times->count);
    base_json_unsigned(json, "total", times->total_ns);
    base_json_unsigned(json, "min", times->min_ns);
    base_json_unsigned(json, "p50", times->p50_ns);
    base_json_unsigned(json, "p90", times->p90_ns);
    base_json_unsigned(json, "p99", times->p99_ns);
    base_json_unsigned(json, "max", times->max_ns);
    base_json_array(json, "buckets");
    for (int i = 0; i < REPORT_BUCKETS; i++) {
        put(json, times->bucket[i]);
    }
    base_json_end(json);
    base_json_end(json);
}

static void write_rows(struct base_json *json, const struct report *report)
{
    base_json_array(json, "rows");
    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];

        base_json_object(json, NULL);
        base_json_unsigned(json, "kind", row->kind);
        base_json_unsigned(json, "subject", row->subject);
        base_json_unsigned(json, "queued", row->queued);
        base_json_unsigned(json, "coalesced", row->coalesced);
        base_json_unsigned(json, "removed", row->removed);
        base_json_unsigned(json, "claimed", row->claimed);
        write_times(json, "duration", &row->duration);
        write_times(json, "wait", &row->wait);
        write_times(json, "isrWait", &row->isr_wait);
        base_json_end(json);
    }
    base_json_end(json);
    base_json_array(json, "requestRows");
    for (size_t i = 0; i < report->request_row_count; i++) {
        const struct report_request_row *row = &report->request_rows[i];

        base_json_object(json, NULL);
        base_json_string(json, "major", report_major_name(row->major));
        base_json_bool(json, "irp", row->is_irp);
        base_json_unsigned(json, "count", row->count);
        base_json_unsigned(json, "failed", row->failed);
        base_json_unsigned(json, "open", row->outstanding);
        write_times(json, "wait", &row->wait);
        write_times(json, "service", &row->service);
        write_times(json, "total", &row->total);
        base_json_end(json);
    }
    base_json_end(json);
}

static void write_totals(struct base_json *json, const struct report *report)
{
    base_json_array(json, "all");
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        write_times(json, NULL, &report->all[kind]);
    }
    base_json_end(json);
    write_times(json, "isrWait", &report->isr_wait);
    base_json_array(json, "usage");
    for (uint32_t i = 0; i < report->processors; i++) {
        const struct report_usage *usage = &report->usage[i];

        base_json_object(json, NULL);
        base_json_unsigned(json, "isr", usage->isr_ns);
        base_json_unsigned(json, "dpc", usage->dpc_ns);
        base_json_unsigned(json, "task", usage->task_ns);
        base_json_unsigned(json, "idle", usage->idle_ns);
        base_json_unsigned(json, "isrRuns", usage->isr_runs);
        base_json_unsigned(json, "dpcRuns", usage->dpc_runs);
        base_json_end(json);
    }
    base_json_end(json);
}

void report_write_html(const struct report *report, const struct report_about *about, FILE *out)
{
    struct base_json json;

    fputs(report_page_head, out);
    base_json_init(&json, out);
    base_json_object(&json, NULL);
    write_meta(&json, report, about);
    write_names(&json);
    write_pieces(&json, report);
    write_runs(&json, report);
    write_requests(&json, report);
    write_points(&json, report);
    write_rows(&json, report);
    write_totals(&json, report);
    base_json_string(&json, "objects", about->objects);
    base_json_end(&json);
    fputs(report_page_tail, out);
}
