#include "cli/run_report.h"

#include "cli/run_options.h"

#include <inttypes.h>
#include <time.h>

uint64_t run_wall_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double megabytes_a_second(uint64_t bytes, uint64_t ns)
{
    return ns == 0 ? 0 : (double)bytes / 1e6 / ((double)ns / 1e9);
}

void run_progress_look(struct run_progress *progress)
{
    struct wc_statistics now;
    uint64_t wall = run_wall_ns();

    wc_machine_statistics(progress->machine, &now);
    uint64_t bytes = now.bytes_read + now.bytes_written;
    if (bytes != progress->bytes) {
        progress->bytes = bytes;
        progress->moved_ns = wall;
        if (progress->moving_ns == 0) {
            progress->moving_ns = wall;
        }
    }
    if (progress->on) {
        fprintf(stderr,
                "\r%.1f s  read %" PRIu64 "  written %" PRIu64 "  interrupts %" PRIu64
                "  DPCs %" PRIu64 "\033[K",
                (double)(wall - progress->started_ns) / 1e9, now.bytes_read, now.bytes_written,
                now.interrupts, now.dpc_runs);
        progress->shown = true;
    }
}

void run_progress_end(struct run_progress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        progress->shown = false;
    }
}

/* 1048576 -> "1,048,576" */
static const char *grouped(uint64_t number, char text[32])
{
    char *at = text + 31;

    *at = '\0';
    for (unsigned digits = 0; number != 0 || digits == 0; digits++) {
        if (digits > 0 && digits % 3 == 0) {
            *--at = ',';
        }
        *--at = (char)('0' + number % 10);
        number /= 10;
    }
    return at;
}

static void row(FILE *out, const char *name, uint64_t number)
{
    char text[32];

    fprintf(out, "%-20s %16s\n", name, grouped(number, text));
}

void run_report_table(FILE *out, const struct run_progress *progress)
{
    struct wc_statistics now;
    uint64_t time = progress->moved_ns - progress->moving_ns;

    wc_machine_statistics(progress->machine, &now);
    row(out, "bytes read", now.bytes_read);
    row(out, "bytes written", now.bytes_written);
    row(out, "requests", now.requests);
    if (now.requests_cancelled > 0) {
        row(out, "  cancelled", now.requests_cancelled);
    }
    row(out, "interrupts", now.interrupts);
    if (now.interrupts_unclaimed > 0) {
        row(out, "  unclaimed", now.interrupts_unclaimed);
    }
    row(out, "DPC enqueues", now.dpc_enqueues);
    row(out, "DPC runs", now.dpc_runs);
    row(out, "enqueues coalesced", now.dpc_coalesced);
    if (time > 0) {
        fprintf(out, "%-20s %11.2f MB/s read, %.2f MB/s written\n", "throughput",
                megabytes_a_second(now.bytes_read, time),
                megabytes_a_second(now.bytes_written, time));
    } else {
        fprintf(out, "%-20s %16s\n", "throughput", "-");
    }
}

bool run_wants_recording(const struct run_options *options)
{
    return options->summary || options->trace_file != NULL || options->report_file != NULL ||
           options->csv_file != NULL;
}

enum wc_result run_report_recording(FILE *out, struct wc_machine *machine,
                                    const struct run_options *options)
{
    const struct {
        enum wc_trace_format format;
        const char *path;
    } files[] = {{WC_TRACE_JSON, options->trace_file},
                 {WC_TRACE_HTML, options->report_file},
                 {WC_TRACE_CSV, options->csv_file}};
    enum wc_result result = WC_OK;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && result == WC_OK; i++) {
        if (files[i].path != NULL) {
            result = wc_trace_write(machine, files[i].format, files[i].path);
        }
    }
    if (result == WC_OK && options->summary) {
        fflush(out);
        result = wc_trace_write_stream(machine, WC_TRACE_SUMMARY, out);
    }
    return result;
}
