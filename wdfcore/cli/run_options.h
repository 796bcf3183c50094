#pragma once
/* run_options.h - the command line of `wdf run`. */
#include <stdbool.h>
#include <stdint.h>

#include "cli/app.h"

enum run_until {
    RUN_UNTIL_DEFAULT,
    RUN_UNTIL_CLOSED,
    RUN_UNTIL_IDLE,
    RUN_UNTIL_TIME,
    RUN_UNTIL_SIGNAL
};

#define RUN_REGISTRY_MAX 64
#define RUN_LOWER_MAX    4

struct run_options {
    const char *driver;
    const char *model, *resources, *hardware_id;
    const char *lower[RUN_LOWER_MAX]; /* filter drivers, the lowest first */
    unsigned lower_count;
    const char *registry[RUN_REGISTRY_MAX]; /* files, or values: KEY/NAME=DATA */
    unsigned registry_count;
    const struct cli_app_type *app;
    const char *app_device;
    enum run_until until;
    uint64_t time_ns; /* RUN_UNTIL_TIME */
    uint32_t processors;
    enum wc_scheduler scheduler;
    uint64_t seed;
    const char *wpp; /* NULL: no trace messages */
    const char *record_choices, *replay_choices;
    bool clock_given;
    enum wc_clock clock;
    bool objects, stats, wmi, quiet, summary, collect, debug_print;
    enum wc_objects_format objects_format;
    const char *trace_file, *report_file, *csv_file; /* NULL: not wanted */
    bool help_models;
    bool stdio; /* the line is our own stdin and stdout */
    bool real;  /* the line leads to the world outside */
};

/* run_options_parse: as cli_parse; what is not given has its default afterwards. */
int run_options_parse(int argc, char **argv, struct run_options *options);
