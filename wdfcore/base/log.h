#pragma once
/* log.h - the two texts that leave the library: what a driver prints, and what we report.
 * Both go to stderr unless a sink is set; a sink gets whole texts and may be called from any
 * host thread, one call at a time.
 */

enum base_log_source {
    BASE_LOG_DRIVER, /* DbgPrint and its kin, as the driver wrote it */
    BASE_LOG_REPORT, /* violations, notes and end-of-run reports */
};

typedef void base_log_sink(enum base_log_source source, const char *text, void *context);

/* base_log_set_sink: NULL restores stderr. */
void base_log_set_sink(base_log_sink *sink, void *context);

void base_log_driver(const char *text);
void base_log_report(const char *text);
