#include "base/log.h"

#include <stdio.h>

static struct {
    base_log_sink *sink;
    void *context;
} log_target;

void base_log_set_sink(base_log_sink *sink, void *context)
{
    log_target.sink = sink;
    log_target.context = context;
}

static void base_log(enum base_log_source source, const char *text)
{
    if (log_target.sink != NULL) {
        log_target.sink(source, text, log_target.context);
        return;
    }
    fputs(text, stderr);
}

void base_log_driver(const char *text)
{
    base_log(BASE_LOG_DRIVER, text);
}

void base_log_report(const char *text)
{
    base_log(BASE_LOG_REPORT, text);
}
