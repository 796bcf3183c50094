#pragma once
/* report.h - a recording as files: Trace Event JSON, an HTML page, text, CSV. Each writer prints a
 * whole file; errors are the stream's.
 */
#include <stdio.h>

#include <wdfcore/machine.h>

#include "harness/report/report_analysis.h"

/* What a report says of its machine. */
struct report_about {
    uint32_t processors;
    bool virtual_clock;
    uint64_t seed;
    const char *drivers; /* names, with commas */
    const char *objects; /* the object tree as text */
};

void report_write_json(const struct report *report, const struct report_about *about, FILE *out);
void report_write_html(const struct report *report, const struct report_about *about, FILE *out);
void report_write_summary(const struct report *report, const struct report_about *about, FILE *out);
void report_write_csv(const struct report *report, FILE *out);
