#include "cli/run_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run_model.h"

enum {
    KEY_MODEL = 0x100,
    KEY_RESOURCES,
    KEY_HARDWARE_ID,
    KEY_REGISTRY,
    KEY_PROCESSORS,
    KEY_APP,
    KEY_UNTIL,
    KEY_OBJECTS,
    KEY_STATS,
    KEY_WMI,
    KEY_SCHEDULER,
    KEY_SEED,
    KEY_CLOCK,
    KEY_RECORD_CHOICES,
    KEY_REPLAY_CHOICES,
    KEY_HELP_MODELS,
    KEY_QUIET,
    KEY_TRACE,
    KEY_REPORT,
    KEY_SUMMARY,
    KEY_CSV,
    KEY_LOAD,
    KEY_LOWER,
    KEY_WPP,
    KEY_COLLECT,
    KEY_DEBUG_PRINT,
};

static const struct argp_option option_table[] = {
    {"model", KEY_MODEL, "NAME[,OPTION=VALUE...]", 0,
     "The device's hardware; line= takes tcp:HOST:PORT (port 0: any free one), pty, stdio, loop "
     "or mem",
     0},
    {"load", KEY_LOAD, "MODEL.so", 0, "A model of your own, for --model (wdf_add_model)", 0},
    {"resources", KEY_RESOURCES, "LIST", 0,
     "What the device occupies: port=0x3f8-0x3ff,irq=4,memory=0xfe000000-0xfe000fff", 0},
    {"hardware-id", KEY_HARDWARE_ID, "ID", 0, "Default: ROOT\\ and the driver's name", 0},
    {"registry", KEY_REGISTRY, "FILE.reg|KEY/NAME=DATA", 0,
     "What the driver finds in the registry, a file of the registry editor or one value: "
     "Parameters/Level=dword:5 below the driver's key, HKLM/SOFTWARE/A/B=text anywhere; may be "
     "repeated",
     0},
    {"lower", KEY_LOWER, "FILTER.so", 0,
     "A filter driver between the device and the driver; may be repeated, the lowest first", 0},
    {"processors", KEY_PROCESSORS, "N", 0, "1 to 64 (default 1)", 0},
    {"scheduler", KEY_SCHEDULER, "KIND", 0,
     "fiber (default): one host thread, and what happens in which order is settled; thread: the "
     "processors are host threads and run at the same time",
     0},
    {"app", KEY_APP, "NAME:DEVICE", 0, "Run an application on the device: echo:COM1", 0},
    {"until", KEY_UNTIL, "WHEN", 0,
     "closed (the far end hung up and all was delivered), idle, time=10s (also ms, us, ns) or "
     "signal (Ctrl-C)",
     0},
    {"objects", KEY_OBJECTS, "FORMAT", OPTION_ARG_OPTIONAL,
     "Print the framework's objects at the end, or at a violation: text (default), json or dot", 0},
    {"stats", KEY_STATS, NULL, 0, "Print the table of counts at the end", 0},
    {"collect", KEY_COLLECT, NULL, 0,
     "Go on after a violation where it can be refused, as a test that expects it would: prints "
     "each, "
     "and ends with 3",
     0},
    {"wmi", KEY_WMI, NULL, 0, "Print what is registered with WMI at the end: GUID, instance, flags",
     0},
    {"report", KEY_REPORT, "FILE.html", 0,
     "Record, and write a page with timeline, histograms and tables", 0},
    {"trace", KEY_TRACE, "FILE.json", 0, "Record, and write a trace for ui.perfetto.dev", 0},
    {"csv", KEY_CSV, "FILE.csv", 0, "Record, and write a line an event", 0},
    {"summary", KEY_SUMMARY, NULL, 0, "Record, and print tables of durations and latencies", 0},
    {"seed", KEY_SEED, "N", 0, "Draw the schedule from this seed (default 0: no free choice)", 0},
    {"record-choices", KEY_RECORD_CHOICES, "FILE", 0,
     "Write down which choices the schedule made, a line a choice", 0},
    {"replay-choices", KEY_REPLAY_CHOICES, "FILE", 0,
     "Make those choices again; a line that is missing is as without a seed", 0},
    {"clock", KEY_CLOCK, "KIND", 0,
     "virtual or real (default: real if the line leads outside, else virtual)", 0},
    {"debug-print", KEY_DEBUG_PRINT, NULL, 0,
     "Print all that the driver says with DbgPrint and KdPrint (default: errors only)", 0},
    {"wpp", KEY_WPP, "LEVEL[,FLAG...]", 0,
     "Print the driver's WPP trace messages: 0 to 255, or critical, error, warning, information, "
     "verbose; with flags only those (default: none)",
     0},
    {"quiet", KEY_QUIET, NULL, 0, "Show no progress on the terminal", 0},
    {"help-models", KEY_HELP_MODELS, NULL, 0, "List the models and their options, and end", 0},
    {0},
};

static int refuse_value(const char *option, const char *value, const char *allowed)
{
    return cli_refuse("run", "--%s '%s': must be %s", option, value, allowed);
}

static int parse_app(const char *text, struct run_options *options)
{
    const char *colon = strchr(text, ':');
    char known[160] = "";

    if (colon == NULL || colon == text || colon[1] == '\0') {
        return refuse_value("app", text, "NAME:DEVICE, as in echo:COM1");
    }
    options->app = cli_app_find(text, (size_t)(colon - text));
    options->app_device = colon + 1;
    if (options->app != NULL) {
        return 0;
    }
    for (const struct cli_app_type *type = cli_app_next(NULL); type != NULL;
         type = cli_app_next(type)) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, " %s", type->name);
    }
    return cli_refuse("run", "--app '%s': no such application; there are:%s", text, known);
}

static bool parse_time(const char *text, uint64_t *time_ns)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    char number[24];
    uint64_t value;
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits >= sizeof(number)) {
        return false;
    }
    memcpy(number, text, digits);
    number[digits] = '\0';
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + digits, units[i].name) == 0) {
            if (!cli_number(number, UINT64_MAX / 2 / units[i].ns, &value)) {
                return false;
            }
            *time_ns = value * units[i].ns;
            return true;
        }
    }
    return false;
}

static int parse_until(const char *text, struct run_options *options)
{
    if (strcmp(text, "closed") == 0) {
        options->until = RUN_UNTIL_CLOSED;
    } else if (strcmp(text, "idle") == 0) {
        options->until = RUN_UNTIL_IDLE;
    } else if (strcmp(text, "signal") == 0) {
        options->until = RUN_UNTIL_SIGNAL;
    } else if (strncmp(text, "time=", 5) == 0 && parse_time(text + 5, &options->time_ns)) {
        options->until = RUN_UNTIL_TIME;
    } else {
        return refuse_value("until", text, "closed, idle, time=10s or signal");
    }
    return 0;
}

static int parse_clock(const char *text, struct run_options *options)
{
    options->clock_given = true;
    if (strcmp(text, "virtual") == 0) {
        options->clock = WC_CLOCK_VIRTUAL;
    } else if (strcmp(text, "real") == 0) {
        options->clock = WC_CLOCK_REAL;
    } else {
        return refuse_value("clock", text, "virtual or real");
    }
    return 0;
}

static int parse_scheduler(const char *text, struct run_options *options)
{
    if (strcmp(text, "fiber") == 0) {
        options->scheduler = WC_SCHED_FIBER;
    } else if (strcmp(text, "thread") == 0) {
        options->scheduler = WC_SCHED_THREAD;
    } else {
        return refuse_value("scheduler", text, "fiber or thread");
    }
    return 0;
}

static int parse_objects(const char *text, struct run_options *options)
{
    static const char *const names[] = {
        [WC_OBJECTS_TEXT] = "text", [WC_OBJECTS_JSON] = "json", [WC_OBJECTS_DOT] = "dot"};

    options->objects = true;
    for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
        if (text == NULL || strcmp(text, names[i]) == 0) {
            options->objects_format = (enum wc_objects_format)i;
            return 0;
        }
    }
    return refuse_value("objects", text, "text, json or dot");
}

static int parse_lower(const char *text, struct run_options *options)
{
    if (options->lower_count == RUN_LOWER_MAX) {
        return cli_refuse("run", "--lower '%s': there are %d already", text, RUN_LOWER_MAX);
    }
    options->lower[options->lower_count++] = text;
    return 0;
}

static int parse_processors(const char *text, struct run_options *options)
{
    uint64_t number;

    if (!cli_number(text, 64, &number) || number == 0) {
        return refuse_value("processors", text, "a number from 1 to 64");
    }
    options->processors = (uint32_t)number;
    return 0;
}

static int parse_registry(const char *text, struct run_options *options)
{
    if (options->registry_count == RUN_REGISTRY_MAX) {
        return cli_refuse("run", "--registry is given more than %d times; put the rest into a file",
                          RUN_REGISTRY_MAX);
    }
    options->registry[options->registry_count++] = text;
    return 0;
}

/* A file that cannot be written is refused now, not after a long run. What is there stays until the
 * run is over. */
static int parse_file(const char *option, const char *path, const char **kept)
{
    FILE *file = fopen(path, "a");

    if (file == NULL) {
        return cli_refuse("run", "--%s '%s': %s", option, path, strerror(errno));
    }
    fclose(file);
    *kept = path;
    return 0;
}

static int parse_driver(char *argument, struct run_options *options)
{
    if (options->driver != NULL) {
        return cli_refuse("run", "two drivers, '%s' and '%s'; one can be run at a time",
                          options->driver, argument);
    }
    options->driver = argument;
    return 0;
}

/* Which clock is the default, and where our own lines go, depends on the model's line. */
static int finish(struct run_options *options)
{
    if (options->help_models) {
        return 0;
    }
    if (options->driver == NULL) {
        return cli_refuse("run", "no driver given; wdf run DRIVER.so");
    }
    if (options->scheduler == WC_SCHED_THREAD &&
        (options->seed != 0 || options->record_choices != NULL ||
         options->replay_choices != NULL)) {
        return cli_refuse("run", "--%s: with --scheduler=thread the host chooses",
                          options->seed != 0                ? "seed"
                          : options->record_choices != NULL ? "record-choices"
                                                            : "replay-choices");
    }
    for (const char *item = options->model; item != NULL; item = strchr(item + 1, ',')) {
        const char *equals = strchr(item, '=');
        char value[128];

        if (equals != NULL) {
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(equals + 1, ","), equals + 1);
            options->stdio |= strcmp(value, "stdio") == 0;
            options->real |= wc_stream_is_real(value);
        }
    }
    if (!options->clock_given) {
        options->clock = options->real ? WC_CLOCK_REAL : WC_CLOCK_VIRTUAL;
    }
    if (options->until == RUN_UNTIL_DEFAULT) {
        options->until = options->real && options->app != NULL ? RUN_UNTIL_CLOSED
                         : options->real                       ? RUN_UNTIL_SIGNAL
                                                               : RUN_UNTIL_IDLE;
    }
    if (options->until == RUN_UNTIL_CLOSED && options->model == NULL) {
        return cli_refuse("run", "--until closed needs a model with a line");
    }
    return 0;
}

/* Those without a value. */
static error_t parse_switch(int key, struct run_options *options)
{
    switch (key) {
    case KEY_COLLECT:
        options->collect = true;
        return 0;
    case KEY_DEBUG_PRINT:
        options->debug_print = true;
        return 0;
    case KEY_WMI:
        options->wmi = true;
        return 0;
    case KEY_STATS:
        options->stats = true;
        return 0;
    case KEY_QUIET:
        options->quiet = true;
        return 0;
    case KEY_HELP_MODELS:
        options->help_models = true;
        return 0;
    case KEY_SUMMARY:
        options->summary = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct run_options *options = state->input;

    switch (key) {
    case KEY_MODEL:
        options->model = argument;
        return 0;
    case KEY_LOAD:
        return run_load_model(argument);
    case KEY_RESOURCES:
        options->resources = argument;
        return 0;
    case KEY_HARDWARE_ID:
        options->hardware_id = argument;
        return argument[0] != '\0' ? 0 : refuse_value("hardware-id", argument, "a name");
    case KEY_REGISTRY:
        return parse_registry(argument, options);
    case KEY_LOWER:
        return parse_lower(argument, options);
    case KEY_PROCESSORS:
        return parse_processors(argument, options);
    case KEY_APP:
        return parse_app(argument, options);
    case KEY_UNTIL:
        return parse_until(argument, options);
    case KEY_OBJECTS:
        return parse_objects(argument, options);
    case KEY_SCHEDULER:
        return parse_scheduler(argument, options);
    case KEY_SEED:
        return cli_number(argument, UINT64_MAX, &options->seed)
                   ? 0
                   : refuse_value("seed", argument, "a number");
    case KEY_RECORD_CHOICES:
        return parse_file("record-choices", argument, &options->record_choices);
    case KEY_REPLAY_CHOICES:
        options->replay_choices = argument;
        return 0;
    case KEY_CLOCK:
        return parse_clock(argument, options);
    case KEY_WPP:
        options->wpp = argument;
        return 0;
    case KEY_TRACE:
        return parse_file("trace", argument, &options->trace_file);
    case KEY_REPORT:
        return parse_file("report", argument, &options->report_file);
    case KEY_CSV:
        return parse_file("csv", argument, &options->csv_file);
    case ARGP_KEY_ARG:
        return parse_driver(argument, options);
    case ARGP_KEY_END:
        return finish(options);
    default:
        return parse_switch(key, options);
    }
}

int run_options_parse(int argc, char **argv, struct run_options *options)
{
    static const struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .args_doc = "DRIVER.so",
        .doc = "Load a driver, give it a device, run it, stop and remove it in order.\v"
               "Example: wdf run uart.so --model uart16550,line=tcp:127.0.0.1:0 --resources "
               "port=0x3f8-0x3ff,irq=4 --processors 2 --app echo:COM1\n\n"
               "The first Ctrl-C stops and removes in order, the second ends at once.\n\n"
               "Exit codes: 0 clean, 1 failed, 2 wrong usage or input, 3 violation."};

    *options = (struct run_options){.processors = 1};
    return cli_parse("run", &argp, argc, argv, options);
}
