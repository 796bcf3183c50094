/* report_text.c - the summary for a terminal, and all events as CSV. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace/trace.h"
#include "harness/report/report.h"
#include "nt/ke/report/ke_report.h"

/* "12.3" or "1,234": at most five characters and a comma. */
static const char *report_microseconds(uint64_t ns, char text[32])
{
    if (ns < 100000) {
        snprintf(text, 32, "%.1f", (double)ns / 1000);
    } else if (ns < 1000000000) {
        snprintf(text, 32, "%" PRIu64, ns / 1000);
    } else {
        snprintf(text, 32, "%.2fs", (double)ns / 1e9);
    }
    return text;
}

/* "12.3 %". */
static const char *report_percent(uint64_t part, uint64_t whole, char text[32])
{
    snprintf(text, 32, "%.1f %%", whole == 0 ? 0 : (double)part * 100 / (double)whole);
    return text;
}

/* ---- summary ---- */

static void cell(FILE *out, uint64_t ns, size_t count)
{
    char text[32];

    fprintf(out, " %9s", count == 0 ? "-" : report_microseconds(ns, text));
}

static void write_processors(const struct report *report, FILE *out)
{
    char text[4][32];

    fprintf(out, "\n%-11s %9s %9s %9s %9s %9s %9s\n", "processor", "ISRs", "DPCs", "ISR time",
            "DPC time", "tasks", "idle");
    for (uint32_t i = 0; i < report->processors; i++) {
        const struct report_usage *usage = &report->usage[i];
        uint64_t all = usage->isr_ns + usage->dpc_ns + usage->task_ns + usage->idle_ns;

        fprintf(out, "%-11u %9" PRIu64 " %9" PRIu64 " %9s %9s %9s %9s\n", i, usage->isr_runs,
                usage->dpc_runs, report_percent(usage->isr_ns, all, text[0]),
                report_percent(usage->dpc_ns, all, text[1]),
                report_percent(usage->task_ns, all, text[2]),
                report_percent(usage->idle_ns, all, text[3]));
    }
}

static void write_histogram(const struct report *report, enum report_kind kind, FILE *out)
{
    const struct report_times *times = &report->all[kind];

    if (times->count == 0) {
        return;
    }
    fprintf(out, "\n%s durations (us)\n", report_kind_name(kind));
    for (int i = 0; i < REPORT_BUCKETS; i++) {
        char edge[32] = "";
        char text[32];

        if (i + 1 < REPORT_BUCKETS) {
            snprintf(edge, sizeof(edge), "< %u", report_bucket_us[i + 1]);
        }
        fprintf(out, "  >= %3u %-6s %10" PRIu64 " %8s\n", report_bucket_us[i], edge,
                times->bucket[i], report_percent(times->bucket[i], times->count, text));
    }
}

static void write_rows(const struct report *report, FILE *out)
{
    char object[96];

    fprintf(out, "\n%-12s %8s %9s %9s %9s %9s %9s %9s %9s  %s\n", "kind", "runs", "total us", "p50",
            "p99", "max", "wait p50", "wait p99", "ISR-DPC", "routine");
    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];

        fprintf(out, "%-12s %8zu", report_kind_name(row->kind), row->duration.count);
        cell(out, row->duration.total_ns, row->duration.count);
        cell(out, row->duration.p50_ns, row->duration.count);
        cell(out, row->duration.p99_ns, row->duration.count);
        cell(out, row->duration.max_ns, row->duration.count);
        cell(out, row->wait.p50_ns, row->wait.count);
        cell(out, row->wait.p99_ns, row->wait.count);
        cell(out, row->isr_wait.p50_ns, row->isr_wait.count);
        fprintf(out, "  %s  %s\n", report_name(row->subject),
                report_object(row->subject, object, sizeof(object)));
    }
}

static void write_request_rows(const struct report *report, FILE *out)
{
    if (report->request_row_count == 0) {
        return;
    }
    fprintf(out, "\n%-12s %8s %9s %9s %9s %9s %9s  %s\n", "requests", "count", "p50 us", "p90",
            "p99", "max", "wait p50", "");
    for (size_t i = 0; i < report->request_row_count; i++) {
        const struct report_request_row *row = &report->request_rows[i];

        fprintf(out, "%-12s %8" PRIu64, report_major_name(row->major), row->count);
        cell(out, row->total.p50_ns, row->total.count);
        cell(out, row->total.p90_ns, row->total.count);
        cell(out, row->total.p99_ns, row->total.count);
        cell(out, row->total.max_ns, row->total.count);
        cell(out, row->wait.p50_ns, row->wait.count);
        fprintf(out, "  %s", row->is_irp ? "IRP" : "WDFREQUEST");
        if (row->failed > 0) {
            fprintf(out, ", %" PRIu64 " failed", row->failed);
        }
        if (row->outstanding > 0) {
            fprintf(out, ", %" PRIu64 " outstanding", row->outstanding);
        }
        putc('\n', out);
    }
}

void report_write_summary(const struct report *report, const struct report_about *about, FILE *out)
{
    fprintf(out, "%zu events in %" PRIu64 ".%06" PRIu64 " s of %s time, %s\n", report->event_count,
            report->end_ns / 1000000000, report->end_ns / 1000 % 1000000,
            about->virtual_clock ? "virtual" : "real", about->drivers);
    if (report->lost > 0) {
        fprintf(out, "%zu events are missing: memory was short\n", report->lost);
    }
    if (report->kind_count[BASE_EVENT_VIOLATION] > 0) {
        fprintf(out, "%" PRIu64 " violations\n", report->kind_count[BASE_EVENT_VIOLATION]);
    }
    write_processors(report, out);
    write_rows(report, out);
    write_request_rows(report, out);
    write_histogram(report, REPORT_ISR, out);
    write_histogram(report, REPORT_DPC, out);
}

/* ---- CSV ---- */

/* RFC 4180: quoted if it must be. */
static void csv_text(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putc('"', out);
        }
        putc(*text, out);
    }
    putc('"', out);
}

void report_write_csv(const struct report *report, FILE *out)
{
    char object[96];

    fputs("sequence,time_ns,processor,irql,task,event,name,object,value\r\n", out);
    for (size_t i = 0; i < report->event_count; i++) {
        const struct base_recorded *event = &report->events[i];

        fprintf(out, "%" PRIu64 ",%" PRIu64 ",%u,%s,", event->sequence, event->time_ns,
                event->processor, ke_irql_name(event->irql));
        csv_text(out, report_name(event->task));
        fprintf(out, ",%s,", base_event_kind_name((enum base_event_kind)event->kind));
        csv_text(out, event->subject != 0 || event->kind == BASE_EVENT_SWITCH
                          ? report_name(event->subject)
                          : "");
        putc(',', out);
        csv_text(out, report_object(event->subject, object, sizeof(object)));
        putc(',', out);
        if (event->kind == BASE_EVENT_POWER || event->kind == BASE_EVENT_REQUEST_QUEUE) {
            csv_text(out, report_name(event->value)); /* the other subject */
        } else if (event->kind == BASE_EVENT_COMPLETE) {
            fprintf(out, "0x%08X", event->value);
        } else {
            fprintf(out, "%u", event->value);
        }
        fputs("\r\n", out);
    }
}
