/* report_json.c - the Trace Event format, for Perfetto and chrome://tracing.
 * Process 1 is the machine: for each processor a track with what ran there and one with its IRQL;
 * counters for queue depths. Process 2 has the requests. Flow arrows go from the run that queued a
 * DPC or work item to the run that it caused, and from the run that completed a request to it.
 *
 * The format orders by time alone. Where several events of a processor share one time (a virtual
 * clock stands still while code runs), they are written one nanosecond apart: `args` hold true times.
 */
#include <stdlib.h>

#include <wdm.h>

#include "base/json.h"
#include "base/trace/trace.h"
#include "harness/report/report.h"
#include "nt/ke/report/ke_report.h"

#define PID_MACHINE    1
#define PID_REQUESTS   2
#define TID_LEVEL_BASE 1000 /* processor n: tid n + 1 for what runs, this + n for its IRQL */
#define LANES          256

struct json_writer {
    struct base_json json;
    const struct report *report;
    uint64_t *shown; /* by place in the sequence: the time that is written */
};

/* Times that rise strictly on each processor. */
static uint64_t *shown_times(const struct report *report)
{
    uint64_t *shown = calloc(report->event_count + 1, sizeof(*shown));
    uint64_t last[64] = {0};
    uint64_t end = 0;

    for (size_t i = 0; shown != NULL && i < report->event_count; i++) {
        const struct base_recorded *event = &report->events[i];
        uint64_t *before = &last[event->processor];

        *before = event->time_ns > *before ? event->time_ns : *before + 1;
        shown[i] = *before;
        end = *before > end ? *before : end;
    }
    if (shown != NULL) {
        shown[report->event_count] = end + 1;
    }
    return shown;
}

/* The sequence has no gaps, so that a place in it is an index. */
static uint64_t shown_at(const struct json_writer *writer, struct report_point point)
{
    size_t last = writer->report->event_count;

    return writer->shown[point.order < last ? point.order : last];
}

static void event_begin(struct json_writer *writer, const char *phase, const char *name,
                        const char *category, unsigned pid, unsigned tid)
{
    base_json_line(&writer->json);
    base_json_object(&writer->json, NULL);
    base_json_string(&writer->json, "ph", phase);
    base_json_string(&writer->json, "name", name);
    base_json_string(&writer->json, "cat", category);
    base_json_unsigned(&writer->json, "pid", pid);
    base_json_unsigned(&writer->json, "tid", tid);
}

static void event_span(struct json_writer *writer, uint64_t start, uint64_t end)
{
    base_json_thousandths(&writer->json, "ts", start);
    base_json_thousandths(&writer->json, "dur", end > start ? end - start : 0);
}

static void name_track(struct json_writer *writer, const char *what, unsigned pid, unsigned tid,
                       const char *name, unsigned rank)
{
    event_begin(writer, "M", what, "__metadata", pid, tid);
    base_json_object(&writer->json, "args");
    base_json_string(&writer->json, "name", name);
    base_json_end(&writer->json);
    base_json_end(&writer->json);
    if (tid != 0) {
        event_begin(writer, "M", "thread_sort_index", "__metadata", pid, tid);
        base_json_object(&writer->json, "args");
        base_json_unsigned(&writer->json, "sort_index", rank);
        base_json_end(&writer->json);
        base_json_end(&writer->json);
    }
}

/* Reserved colour names of the format: hot for DIRQL, warm for DISPATCH, calm below. */
static const char *level_colour(uint8_t irql)
{
    return irql > DISPATCH_LEVEL    ? "terrible"
           : irql == DISPATCH_LEVEL ? "bad"
           : irql == APC_LEVEL      ? "olive"
                                    : "good";
}

static void write_tracks(struct json_writer *writer)
{
    char name[64];

    name_track(writer, "process_name", PID_MACHINE, 0, "machine", 0);
    name_track(writer, "process_name", PID_REQUESTS, 0, "requests", 0);
    for (unsigned i = 0; i < writer->report->processors; i++) {
        snprintf(name, sizeof(name), "processor %u", i);
        name_track(writer, "thread_name", PID_MACHINE, i + 1, name, i * 2);
        snprintf(name, sizeof(name), "processor %u IRQL", i);
        name_track(writer, "thread_name", PID_MACHINE, TID_LEVEL_BASE + i, name, i * 2 + 1);
    }
}

/* ---- what ran ---- */

static void write_piece(struct json_writer *writer, const struct report_piece *piece)
{
    const struct report *report = writer->report;
    const struct report_run *run = piece->run != REPORT_NONE ? &report->runs[piece->run] : NULL;
    char object[96];

    event_begin(writer, "X", report_name(piece->subject),
                report_kind_name((enum report_kind)piece->kind), PID_MACHINE,
                piece->processor + 1u);
    event_span(writer, shown_at(writer, piece->start), shown_at(writer, piece->end));
    base_json_string(&writer->json, "cname", level_colour(piece->irql));
    base_json_object(&writer->json, "args");
    base_json_string(&writer->json, "irql", ke_irql_name(piece->irql));
    base_json_thousandths(&writer->json, "time_us", piece->start.ns);
    if (run != NULL) {
        base_json_string(&writer->json, "object", report_object(run->subject, object, 96));
        base_json_thousandths(&writer->json, "took_us", run->end.ns - run->start.ns);
        if (run->queued.ns != REPORT_NEVER && run->start.ns >= run->queued.ns) {
            base_json_thousandths(&writer->json, "waited_us", run->start.ns - run->queued.ns);
        }
        if (run->kind == REPORT_ISR) {
            base_json_bool(&writer->json, "claimed", run->claimed);
        }
    }
    base_json_end(&writer->json);
    base_json_end(&writer->json);
}

static void write_levels(struct json_writer *writer)
{
    const struct report *report = writer->report;
    const struct report_level *open[64] = {0};
    struct report_point end = {.ns = report->end_ns, .order = report->event_count};

    for (size_t i = 0; i <= report->level_count; i++) {
        for (unsigned p = 0; p < report->processors; p++) {
            bool ends =
                open[p] != NULL && (i == report->level_count || report->levels[i].processor == p);

            if (ends && open[p]->irql > PASSIVE_LEVEL) {
                event_begin(writer, "X", ke_irql_name(open[p]->irql), "IRQL", PID_MACHINE,
                            TID_LEVEL_BASE + p);
                event_span(writer, shown_at(writer, open[p]->at),
                           shown_at(writer, i == report->level_count ? end : report->levels[i].at));
                base_json_string(&writer->json, "cname", level_colour(open[p]->irql));
                base_json_end(&writer->json);
            }
        }
        if (i < report->level_count) {
            open[report->levels[i].processor] = &report->levels[i];
        }
    }
}

/* ---- arrows ---- */

static void write_arrow_end(struct json_writer *writer, const char *phase, const char *name,
                            size_t id, unsigned pid, unsigned tid, uint64_t at)
{
    event_begin(writer, phase, name, "flow", pid, tid);
    base_json_unsigned(&writer->json, "id", id);
    base_json_thousandths(&writer->json, "ts", at);
    if (phase[0] == 'f') {
        base_json_string(&writer->json, "bp", "e");
    }
    base_json_end(&writer->json);
}

static void write_causes(struct json_writer *writer)
{
    const struct report *report = writer->report;

    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        if (run->cause != REPORT_NONE) {
            unsigned from = report->runs[run->cause].processor + 1u;

            write_arrow_end(writer, "s", "queued", i + 1, PID_MACHINE, from,
                            shown_at(writer, run->queued));
            write_arrow_end(writer, "f", "queued", i + 1, PID_MACHINE, run->processor + 1u,
                            shown_at(writer, run->start));
        }
    }
}

/* ---- requests ---- */

/* The lowest lane that is free when the request arrives; requests come in order of arrival. */
static unsigned lane_take(uint64_t free_from[LANES], uint64_t start, uint64_t end)
{
    unsigned lane = 0;

    while (lane < LANES - 1 && free_from[lane] > start) {
        lane++;
    }
    free_from[lane] = end + 1;
    return lane;
}

static void write_request(struct json_writer *writer, const struct report_request *request,
                          size_t number, uint64_t free_from[LANES])
{
    const struct report *report = writer->report;
    bool done = request->completed.ns != REPORT_NEVER;
    uint64_t start = shown_at(writer, request->arrived);
    uint64_t end = done ? shown_at(writer, request->completed) : writer->shown[report->event_count];
    unsigned tid = lane_take(free_from, start, end) + 1;
    char text[32];

    event_begin(writer, "X", report_major_name(request->major), "request", PID_REQUESTS, tid);
    event_span(writer, start, end);
    base_json_object(&writer->json, "args");
    base_json_string(&writer->json, "object", report_name(request->subject));
    if (request->queue != 0) {
        base_json_string(&writer->json, "queue", report_name(request->queue));
    }
    if (request->delivered.ns != REPORT_NEVER) {
        base_json_thousandths(&writer->json, "waited_us",
                              request->delivered.ns - request->arrived.ns);
    }
    snprintf(text, sizeof(text), "0x%08X", request->status);
    base_json_string(&writer->json, "status", done ? text : "outstanding");
    base_json_end(&writer->json);
    base_json_end(&writer->json);
    if (done && request->completed_by != REPORT_NONE) {
        size_t id = report->run_count + number + 1;
        const struct report_run *run = &report->runs[request->completed_by];

        write_arrow_end(writer, "s", "completes", id, PID_MACHINE, run->processor + 1u, end);
        write_arrow_end(writer, "f", "completes", id, PID_REQUESTS, tid, end);
    }
}

static void write_requests(struct json_writer *writer)
{
    const struct report *report = writer->report;
    uint64_t free_from[LANES] = {0};

    for (size_t i = 0; i < report->request_count; i++) {
        if (!report->requests[i].absorbed) {
            write_request(writer, &report->requests[i], i, free_from);
        }
    }
    for (unsigned lane = 0; lane < LANES && free_from[lane] != 0; lane++) {
        char name[32];

        snprintf(name, sizeof(name), "lane %u", lane + 1);
        name_track(writer, "thread_name", PID_REQUESTS, lane + 1, name, lane);
    }
}

/* ---- counters and instants ---- */

static void write_depths(struct json_writer *writer)
{
    const struct report *report = writer->report;
    char name[64];

    for (size_t i = 0; i < report->depth_count; i++) {
        const struct report_depth *depth = &report->depths[i];

        snprintf(name, sizeof(name), "DPC queue of processor %u", depth->processor);
        event_begin(writer, "C", depth->subject != 0 ? report_name(depth->subject) : name, "queue",
                    PID_MACHINE, 0);
        base_json_thousandths(&writer->json, "ts", shown_at(writer, depth->at));
        base_json_object(&writer->json, "args");
        base_json_unsigned(&writer->json, "queued", depth->queued);
        if (depth->subject != 0) {
            base_json_unsigned(&writer->json, "owned", depth->owned);
        }
        base_json_end(&writer->json);
        base_json_end(&writer->json);
    }
}

static void write_marks(struct json_writer *writer)
{
    const struct report *report = writer->report;
    char text[300];

    for (size_t i = 0; i < report->mark_count; i++) {
        const struct report_mark *mark = &report->marks[i];
        const char *kind = base_event_kind_name((enum base_event_kind)mark->kind);

        if (mark->kind == BASE_EVENT_LINE) {
            snprintf(text, sizeof(text), "%s %s", report_name(mark->subject),
                     (mark->value & 1) != 0 ? "raised" : "lowered");
        } else if (mark->kind == BASE_EVENT_POWER) {
            snprintf(text, sizeof(text), "%s %s", report_name(mark->subject),
                     report_name(mark->value));
        } else {
            snprintf(text, sizeof(text), "%s %s", kind, report_name(mark->subject));
        }
        event_begin(writer, "i", text, kind, PID_MACHINE, mark->processor + 1u);
        base_json_thousandths(&writer->json, "ts", shown_at(writer, mark->at));
        base_json_string(&writer->json, "s", mark->kind == BASE_EVENT_VIOLATION ? "g" : "t");
        base_json_end(&writer->json);
    }
}

void report_write_json(const struct report *report, const struct report_about *about, FILE *out)
{
    struct json_writer writer = {.report = report, .shown = shown_times(report)};

    if (writer.shown == NULL) {
        return;
    }
    base_json_init(&writer.json, out);
    base_json_object(&writer.json, NULL);
    base_json_string(&writer.json, "displayTimeUnit", "ns");
    base_json_object(&writer.json, "otherData");
    base_json_string(&writer.json, "producer", "wdfcore");
    base_json_string(&writer.json, "drivers", about->drivers);
    base_json_string(&writer.json, "clock", about->virtual_clock ? "virtual" : "real");
    base_json_unsigned(&writer.json, "seed", about->seed);
    base_json_unsigned(&writer.json, "events", report->event_count);
    base_json_end(&writer.json);
    base_json_array(&writer.json, "traceEvents");
    write_tracks(&writer);
    for (size_t i = 0; i < report->piece_count; i++) {
        write_piece(&writer, &report->pieces[i]);
    }
    write_levels(&writer);
    write_causes(&writer);
    write_requests(&writer);
    write_depths(&writer);
    write_marks(&writer);
    base_json_end(&writer.json);
    base_json_end(&writer.json);
    putc('\n', out);
    free(writer.shown);
}
