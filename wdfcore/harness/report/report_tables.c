/* report_tables.c - counts, times and percentiles from the runs and requests of a recording. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdm.h>

#include "base/trace/trace.h"
#include "harness/report/report_analysis.h"

const uint32_t report_bucket_us[REPORT_BUCKETS] = {0, 1, 2, 3, 4, 5, 10, 25, 50, 100, 250};

/* ---- names ---- */

const char *report_kind_name(enum report_kind kind)
{
    static const char *const names[REPORT_KINDS] = {
        [REPORT_ISR] = "ISR",        [REPORT_DPC] = "DPC",
        [REPORT_WORK] = "work item", [REPORT_THREADED_DPC] = "threaded DPC",
        [REPORT_TASK] = "task",      [REPORT_CALLBACK] = "callback",
    };

    return names[kind];
}

const char *report_name(uint32_t subject)
{
    const struct base_subject *found = base_subject_at(subject);

    return found != NULL && found->name != NULL ? found->name : "idle";
}

const char *report_object(uint32_t subject, char *text, size_t size)
{
    const struct base_subject *found = base_subject_at(subject);

    text[0] = '\0';
    if (found == NULL || found->type == NULL || found->kind == BASE_SUBJECT_OBJECT ||
        found->kind == BASE_SUBJECT_IRP || found->kind == BASE_SUBJECT_LINE) {
        return text;
    }
    if (found->kind == BASE_SUBJECT_CALLBACK) {
        snprintf(text, size, "%s", found->type);
    } else {
        snprintf(text, size, "%s #%u", found->type, found->number);
    }
    return text;
}

const char *report_major_name(uint8_t major)
{
    static const char *const names[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = "Create",
        [IRP_MJ_CLOSE] = "Close",
        [IRP_MJ_READ] = "Read",
        [IRP_MJ_WRITE] = "Write",
        [IRP_MJ_FLUSH_BUFFERS] = "Flush",
        [IRP_MJ_DEVICE_CONTROL] = "DeviceControl",
        [IRP_MJ_INTERNAL_DEVICE_CONTROL] = "InternalDeviceControl",
        [IRP_MJ_SHUTDOWN] = "Shutdown",
        [IRP_MJ_CLEANUP] = "Cleanup",
        [IRP_MJ_POWER] = "Power",
        [IRP_MJ_SYSTEM_CONTROL] = "SystemControl",
        [IRP_MJ_PNP] = "Pnp",
    };

    return major <= IRP_MJ_MAXIMUM_FUNCTION && names[major] != NULL ? names[major] : "Other";
}

/* ---- times ---- */

struct sample {
    uint64_t *ns;
    size_t count;
};

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

/* The smallest value that at least so many percent do not exceed. */
static uint64_t percentile(const struct sample *sample, unsigned percent)
{
    return sample->ns[(sample->count * percent + 99) / 100 - 1];
}

static void times_fill(struct report_times *times, struct sample *sample)
{
    memset(times, 0, sizeof(*times));
    times->count = sample->count;
    if (sample->count == 0) {
        return;
    }
    qsort(sample->ns, sample->count, sizeof(*sample->ns), by_value);
    for (size_t i = 0; i < sample->count; i++) {
        size_t bucket = REPORT_BUCKETS - 1;

        while (sample->ns[i] < report_bucket_us[bucket] * 1000ULL) {
            bucket--;
        }
        times->bucket[bucket]++;
        times->total_ns += sample->ns[i];
    }
    times->min_ns = sample->ns[0];
    times->p50_ns = percentile(sample, 50);
    times->p90_ns = percentile(sample, 90);
    times->p99_ns = percentile(sample, 99);
    times->max_ns = sample->ns[sample->count - 1];
}

static uint64_t between(struct report_point from, struct report_point to)
{
    return to.ns > from.ns ? to.ns - from.ns : 0; /* clocks of two processors may differ */
}

/* ---- rows of objects ---- */

static int run_order(const void *left, const void *right)
{
    const struct report_run *a = *(const struct report_run *const *)left;
    const struct report_run *b = *(const struct report_run *const *)right;

    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    return a->start.order < b->start.order ? -1 : 1;
}

static int row_order(const void *left, const void *right)
{
    const struct report_row *a = left;
    const struct report_row *b = right;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->duration.total_ns != b->duration.total_ns) {
        return a->duration.total_ns > b->duration.total_ns ? -1 : 1;
    }
    if (a->duration.count != b->duration.count) {
        return a->duration.count > b->duration.count ? -1 : 1;
    }
    return a->subject < b->subject ? -1 : 1;
}

/* One row from the runs of one subject. buffer has room for all of them. */
static void row_fill(const struct report *report, struct report_row *row,
                     struct report_run *const *runs, size_t count, uint64_t *buffer)
{
    struct sample sample = {.ns = buffer};

    row->kind = runs[0]->kind;
    row->subject = runs[0]->subject;
    for (size_t i = 0; i < count; i++) {
        row->claimed += runs[i]->claimed;
        row->unfinished += runs[i]->unfinished;
        if (!runs[i]->unfinished) {
            buffer[sample.count++] = between(runs[i]->start, runs[i]->end);
        }
    }
    times_fill(&row->duration, &sample);
    sample.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (runs[i]->queued.ns != REPORT_NEVER) {
            buffer[sample.count++] = between(runs[i]->queued, runs[i]->start);
        }
    }
    times_fill(&row->wait, &sample);
    sample.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (runs[i]->cause != REPORT_NONE && report->runs[runs[i]->cause].kind == REPORT_ISR) {
            buffer[sample.count++] = between(report->runs[runs[i]->cause].start, runs[i]->start);
        }
    }
    times_fill(&row->isr_wait, &sample);
}

/* What only events tell, by subject. */
static void rows_count_events(struct report *report)
{
    uint32_t subjects = base_subject_count();
    uint32_t *row_of = calloc(subjects + 1, sizeof(*row_of));

    for (size_t i = 0; row_of != NULL && i < report->row_count; i++) {
        row_of[report->rows[i].subject] = (uint32_t)i + 1;
    }
    for (size_t i = 0; row_of != NULL && i < report->event_count; i++) {
        const struct base_recorded *event = &report->events[i];
        uint32_t row = event->subject <= subjects ? row_of[event->subject] : 0;

        if (row == 0) {
            continue;
        }
        report->rows[row - 1].queued +=
            event->kind == BASE_EVENT_DPC_QUEUE || event->kind == BASE_EVENT_WORK_QUEUE;
        report->rows[row - 1].coalesced += event->kind == BASE_EVENT_DPC_COALESCE;
        report->rows[row - 1].removed += event->kind == BASE_EVENT_DPC_REMOVE;
    }
    free(row_of);
}

static bool rows_make(struct report *report)
{
    struct report_run **order = calloc(report->run_count + 1, sizeof(struct report_run *));
    uint64_t *buffer = calloc(report->run_count + 1, sizeof(*buffer));

    report->rows = calloc(report->run_count + 1, sizeof(*report->rows));
    if (order != NULL && buffer != NULL && report->rows != NULL) {
        for (size_t i = 0; i < report->run_count; i++) {
            order[i] = &report->runs[i];
        }
        qsort(order, report->run_count, sizeof(struct report_run *), run_order);
        for (size_t first = 0, next; first < report->run_count; first = next) {
            next = first + 1;
            while (next < report->run_count && order[next]->subject == order[first]->subject) {
                next++;
            }
            row_fill(report, &report->rows[report->row_count++], &order[first], next - first,
                     buffer);
        }
        qsort(report->rows, report->row_count, sizeof(*report->rows), row_order);
        rows_count_events(report);
    }
    bool done = order != NULL && buffer != NULL && report->rows != NULL;
    free(order);
    free(buffer);
    return done;
}

/* ---- all runs of a kind, and requests ---- */

static bool totals_make(struct report *report)
{
    struct sample sample = {.ns = calloc(report->run_count + 1, sizeof(uint64_t))};

    if (sample.ns == NULL) {
        return false;
    }
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        sample.count = 0;
        for (size_t i = 0; i < report->run_count; i++) {
            const struct report_run *run = &report->runs[i];

            if (run->kind == (enum report_kind)kind && !run->unfinished) {
                sample.ns[sample.count++] = between(run->start, run->end);
            }
        }
        times_fill(&report->all[kind], &sample);
    }
    sample.count = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        const struct report_run *run = &report->runs[i];

        if (run->cause != REPORT_NONE && report->runs[run->cause].kind == REPORT_ISR) {
            sample.ns[sample.count++] = between(report->runs[run->cause].start, run->start);
        }
    }
    times_fill(&report->isr_wait, &sample);
    free(sample.ns);
    return true;
}

static void request_row_fill(const struct report *report, struct report_request_row *row,
                             struct sample *wait, struct sample *service, struct sample *total)
{
    wait->count = service->count = total->count = 0;
    for (size_t i = 0; i < report->request_count; i++) {
        const struct report_request *request = &report->requests[i];

        if (request->absorbed || request->major != row->major || request->is_irp != row->is_irp) {
            continue;
        }
        row->count++;
        if (request->delivered.ns != REPORT_NEVER) {
            wait->ns[wait->count++] = between(request->arrived, request->delivered);
        }
        if (request->completed.ns == REPORT_NEVER) {
            row->outstanding++;
            continue;
        }
        row->failed += (int32_t)request->status < 0;
        total->ns[total->count++] = between(request->arrived, request->completed);
        if (request->delivered.ns != REPORT_NEVER) {
            service->ns[service->count++] = between(request->delivered, request->completed);
        }
    }
    times_fill(&row->wait, wait);
    times_fill(&row->service, service);
    times_fill(&row->total, total);
}

static bool request_rows_make(struct report *report)
{
    size_t room = report->request_count + 1;
    struct sample wait = {.ns = calloc(room, sizeof(uint64_t))};
    struct sample service = {.ns = calloc(room, sizeof(uint64_t))};
    struct sample total = {.ns = calloc(room, sizeof(uint64_t))};
    bool done;

    report->request_rows = calloc(2 * (IRP_MJ_MAXIMUM_FUNCTION + 1), sizeof(*report->request_rows));
    done =
        wait.ns != NULL && service.ns != NULL && total.ns != NULL && report->request_rows != NULL;
    for (unsigned i = 0; done && i < 2 * (IRP_MJ_MAXIMUM_FUNCTION + 1); i++) {
        struct report_request_row *row = &report->request_rows[report->request_row_count];

        row->is_irp = i > IRP_MJ_MAXIMUM_FUNCTION;
        row->major = (uint8_t)(i % (IRP_MJ_MAXIMUM_FUNCTION + 1));
        request_row_fill(report, row, &wait, &service, &total);
        if (row->count > 0) {
            report->request_row_count++;
        }
    }
    free(wait.ns);
    free(service.ns);
    free(total.ns);
    return done;
}

bool report_tables(struct report *report)
{
    return rows_make(report) && totals_make(report) && request_rows_make(report);
}
