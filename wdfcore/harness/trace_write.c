/* trace_write.c - the recording of a machine as a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "harness/machine/machine_core.h"
#include "harness/report/report.h"
#include "nt/ke/record/ke_record.h"

void wc_machine_record(struct wc_machine *machine, bool on)
{
    if (!machine_is(machine)) {
        return;
    }
    if (on) {
        ke_record_start();
    } else {
        ke_record_stop();
    }
}

static void names_of_drivers(const struct wc_machine *machine, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (const struct wc_driver *driver = machine->drivers; driver != NULL && used < size;
         driver = driver->next) {
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", driver->name);
    }
}

static enum wc_result write_format(const struct report *report, const struct report_about *about,
                                   enum wc_trace_format format, FILE *out)
{
    switch (format) {
    case WC_TRACE_JSON:
        report_write_json(report, about, out);
        return WC_OK;
    case WC_TRACE_HTML:
        report_write_html(report, about, out);
        return WC_OK;
    case WC_TRACE_SUMMARY:
        report_write_summary(report, about, out);
        return WC_OK;
    case WC_TRACE_CSV:
        report_write_csv(report, out);
        return WC_OK;
    default:
        return machine_fail(WC_BAD_INPUT, "%d is no format of a trace", (int)format);
    }
}

enum wc_result wc_trace_write_stream(struct wc_machine *machine, enum wc_trace_format format,
                                     FILE *stream)
{
    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (stream == NULL) {
        return machine_fail(WC_BAD_INPUT, "no stream is given");
    }
    char drivers[300];
    char *now = machine->objects == NULL ? wc_machine_objects(machine) : NULL;
    const char *objects = now != NULL ? now : machine->objects;
    struct report *report = report_analyze(machine->config.processors);
    struct report_about about = {.processors = machine->config.processors,
                                 .virtual_clock = machine->config.clock == WC_CLOCK_VIRTUAL,
                                 .seed = machine->config.seed,
                                 .drivers = drivers,
                                 .objects = objects != NULL ? objects : ""};
    enum wc_result result;

    names_of_drivers(machine, drivers, sizeof(drivers));
    result = report == NULL ? machine_fail(WC_FAILED, "out of memory")
                            : write_format(report, &about, format, stream);
    report_free(report);
    free(now);
    return result;
}

enum wc_result wc_trace_write(struct wc_machine *machine, enum wc_trace_format format,
                              const char *path)
{
    enum wc_result result;
    const char *lost;
    FILE *out;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (path == NULL) {
        return machine_fail(WC_BAD_INPUT, "no file is given");
    }
    out = fopen(path, "w");
    if (out == NULL) {
        return machine_fail(WC_BAD_INPUT, "%s: %s", path, strerror(errno));
    }
    result = wc_trace_write_stream(machine, format, out);
    lost = base_file_close(out);
    return lost == NULL ? result : machine_fail(WC_FAILED, "%s: %s", path, lost);
}
