/* cmd_run.c - `wdf run`: one driver, one device, perhaps an application, until something ends it.
 * Normal path: machine, driver, device, application; run; stop the application, print, remove.
 * Whatever fails on the way is one line, and what was made until then is taken apart in order.
 * A violation has been reported by then; the machine is taken apart without calling the driver.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <wdfcore/model.h>
#include <wdfcore/wmi.h>

#include "cli/cli.h"
#include "cli/run_options.h"
#include "cli/run_report.h"

#define LOOK_US 100000 /* how often progress is looked at */

struct run {
    struct run_options options;
    FILE *out; /* stdout, or stderr when stdout is the device's line */
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *device;
    struct cli_app app;
    struct run_progress progress;
    bool refused;          /* what is wrong has been said */
    unsigned closed_looks; /* in a row that found the line closed, and something still armed */
};

/* ---- signals ---- */

static struct wc_machine *volatile signal_machine;
static volatile sig_atomic_t signals_seen;
static volatile sig_atomic_t look_due;

static void on_stop_signal(int number)
{
    if (signals_seen++ > 0) {
        _exit(CLI_INTERRUPTED);
    }
    if (signal_machine != NULL) {
        wc_machine_interrupt(signal_machine);
    }
}

static void on_look(int number)
{
    look_due = 1;
    if (signal_machine != NULL) {
        wc_machine_interrupt(signal_machine);
    }
}

static void look_often(void)
{
    struct sigaction look = {.sa_handler = on_look, .sa_flags = SA_RESTART};
    struct itimerval often = {.it_interval.tv_usec = LOOK_US, .it_value.tv_usec = LOOK_US};

    sigemptyset(&look.sa_mask);
    sigaction(SIGALRM, &look, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

static void watch_signals(struct run *run)
{
    struct sigaction stop = {.sa_handler = on_stop_signal, .sa_flags = SA_RESTART};

    sigemptyset(&stop.sa_mask);
    signal_machine = run->machine;
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    if (run->options.stats || run->progress.on) {
        look_often();
    }
}

/* Nothing can happen in the machine any more, but the user wants to end it. */
static void await_signal(void)
{
    sigset_t blocked, before;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    while (signals_seen == 0) {
        sigsuspend(&before);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void unwatch_machine(void)
{
    struct itimerval never = {0};

    setitimer(ITIMER_REAL, &never, NULL);
    signal_machine = NULL;
}

/* ---- running ---- */

/* The far end hung up and all was delivered. A driver that runs, or has a timer armed, may have bytes
 * of it yet: then the end is believed when a second look, some time later, finds nothing new. */
static bool is_closed(struct run *run, bool looks)
{
    if (__atomic_load_n(&run->app.busy, __ATOMIC_RELAXED) != 0 ||
        !wc_device_stream_closed(run->device)) {
        run->closed_looks = 0;
        return false;
    }
    if (wc_machine_is_idle(run->machine)) {
        return true;
    }
    if (run->closed_looks == 0) {
        run->closed_looks = 1;
        look_often();
    } else if (looks) {
        run->closed_looks++;
    }
    return run->closed_looks > 2;
}

static bool is_over(void *context)
{
    struct run *run = context;
    bool looks = look_due != 0;

    if (looks) {
        look_due = 0;
        run_progress_look(&run->progress);
    }
    if (signals_seen > 0 || (run->options.app != NULL && cli_app_has_ended(&run->app))) {
        return true;
    }
    switch (run->options.until) {
    case RUN_UNTIL_CLOSED:
        return is_closed(run, looks);
    case RUN_UNTIL_IDLE:
        return wc_machine_is_idle(run->machine);
    case RUN_UNTIL_DEFAULT:
    case RUN_UNTIL_TIME:
    case RUN_UNTIL_SIGNAL:
    default:
        return false;
    }
}

static enum wc_result run_machine(struct run *run)
{
    uint64_t deadline = UINT64_MAX;

    if (run->options.until == RUN_UNTIL_TIME) {
        deadline = wc_machine_now_ns(run->machine) + run->options.time_ns;
    }
    enum wc_result result = wc_machine_run_until(run->machine, deadline, is_over, run);
    if (result == WC_STUCK && run->options.until == RUN_UNTIL_SIGNAL) {
        await_signal();
        result = WC_OK;
    }
    return result;
}

static void announce(struct run *run)
{
    const char *address = wc_device_stream_address(run->device);

    if (address[0] == '/') {
        fprintf(run->out, "terminal %s\n", address);
    } else if (address[0] != '\0') {
        fprintf(run->out, "listening on %s\n", address);
    }
    fflush(run->out);
}

static enum wc_result set_registry(struct run *run)
{
    enum wc_result result = WC_OK;

    for (unsigned i = 0; result == WC_OK && i < run->options.registry_count; i++) {
        const char *text = run->options.registry[i];

        result = strchr(text, '=') != NULL
                     ? wc_machine_registry_set(run->machine, run->options.driver, text)
                     : wc_machine_registry_load(run->machine, text);
    }
    return result;
}

/* The driver, and a device for it. What the user has put into the registry for a driver that refuses to
 * start is named with the refusal. */
static enum wc_result start_driver(struct run *run)
{
    const struct run_options *options = &run->options;
    struct wc_device_config device = {.model = options->model,
                                      .resources = options->resources,
                                      .hardware_id = options->hardware_id};
    struct wc_driver *lower[RUN_LOWER_MAX + 1] = {NULL};
    enum wc_result result = WC_OK;

    for (unsigned i = 0; i < options->lower_count && result == WC_OK; i++) {
        result = wc_machine_load_driver(run->machine, options->lower[i], &lower[i]);
    }
    device.lower = lower;
    if (result == WC_OK) {
        result = wc_machine_load_driver(run->machine, options->driver, &run->driver);
    }
    const char *unknown = result == WC_OK ? wc_machine_unknown_trace_flag(run->machine) : NULL;

    if (unknown != NULL) {
        cli_complain("run", "--wpp '%s': %s", options->wpp, unknown);
        run->refused = true;
        return WC_BAD_INPUT;
    }
    /* A driver of software devices only runs without one, unless hardware was asked for. */
    if (result == WC_OK && (wc_driver_takes_devices(run->driver) || options->model != NULL ||
                            options->resources != NULL || options->hardware_id != NULL)) {
        result = wc_machine_add_device(run->machine, run->driver, &device, &run->device);
    }
    if (result == WC_FAILED && options->registry_count > 0) {
        cli_complain("run", "%s; it was started with --registry %s%s", wc_last_error(),
                     options->registry[0], options->registry_count > 1 ? " and others" : "");
        run->refused = true;
        return WC_BAD_INPUT;
    }
    return result;
}

static enum wc_result set_up(struct run *run)
{
    const struct run_options *options = &run->options;
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;

    config.processors = options->processors;
    config.scheduler = options->scheduler;
    config.clock = options->clock;
    config.seed = options->seed;
    config.wpp = options->wpp;
    config.collect = options->collect;
    config.debug_print = options->debug_print;
    config.record_choices = options->record_choices;
    config.replay_choices = options->replay_choices;
    config.record = run_wants_recording(options);
    enum wc_result result = wc_machine_create(&config, &run->machine);
    if (result == WC_OK) {
        run->progress.machine = run->machine;
        watch_signals(run);
        result = set_registry(run);
    }
    if (result == WC_OK) {
        result = start_driver(run);
    }
    if (result == WC_OK) {
        announce(run);
    }
    if (result == WC_OK && options->app != NULL) {
        run->app.type = options->app;
        run->app.device = options->app_device;
        result = cli_app_start(&run->app, run->machine);
    }
    return result;
}

static void print_stats(struct run *run)
{
    if (run->options.stats) {
        if (run->app.last_ns >
            run->app.first_ns) { /* it knows better than who looks now and then */
            run->progress.moving_ns = run->app.first_ns;
            run->progress.moved_ns = run->app.last_ns;
        }
        run_report_table(run->out, &run->progress);
    }
    fflush(run->out);
}

static void print_objects(struct run *run)
{
    if (run->options.objects) {
        wc_objects_write(run->machine, run->out, run->options.objects_format);
    }
}

static void print_wmi_instance(void *context, const struct wc_wmi_instance *instance)
{
    const struct run *run = context;

    fprintf(run->out, "%s %s 0x%x\n", instance->guid,
            instance->name[0] != '\0' ? instance->name : "-", (unsigned)instance->flags);
}

static void print_wmi_in_task(void *context)
{
    (void)wc_wmi_list(print_wmi_instance, context);
}

static enum wc_result print_wmi(struct run *run)
{
    return run->options.wmi ? wc_machine_call(run->machine, print_wmi_in_task, run) : WC_OK;
}

/* Also after a violation: then the recording is wanted most. */
static int write_recording(struct run *run)
{
    if (run->machine == NULL || !run_wants_recording(&run->options)) {
        return CLI_CLEAN;
    }
    enum wc_result result = run_report_recording(run->out, run->machine, &run->options);
    fflush(run->out);
    return result == WC_OK ? CLI_CLEAN : cli_exit_of("run", result);
}

static enum wc_result take_down(struct run *run)
{
    if (run->machine == NULL) {
        return WC_OK;
    }
    unwatch_machine();
    cli_app_delete(&run->app);
    return wc_machine_destroy(run->machine);
}

static int run_all(struct run *run)
{
    enum wc_result result = set_up(run);
    int code = CLI_CLEAN;

    if (result == WC_OK) {
        result = run_machine(run);
        run_progress_look(&run->progress);
        run_progress_end(&run->progress);
    }
    if (result == WC_OK) {
        result = cli_app_stop(&run->app, run->machine);
    }
    if (result == WC_OK) { /* counts and recording tell of the removal, too */
        print_objects(run);
        result = print_wmi(run);
    }
    if (result == WC_OK) {
        result = wc_machine_remove_devices(run->machine);
        print_stats(run);
    } else if (result == WC_STOPPED) {
        print_objects(run);
    }
    if (run->refused) {
        code = CLI_USAGE;
    } else if (result != WC_OK) {
        code = run->app.error[0] != '\0' ? CLI_USAGE : cli_exit_of("run", result);
    }
    int written = write_recording(run);
    code = code == CLI_CLEAN ? written : code;
    if (run->app.error[0] != '\0') {
        cli_complain("run", "%s", run->app.error);
        code = code != CLI_CLEAN ? code : run->app.no_device ? CLI_USAGE : CLI_FAILED;
    }
    enum wc_result end = take_down(run);
    if (end != WC_OK && (code == CLI_CLEAN || end == WC_STOPPED)) {
        code = cli_exit_of("run", end);
    }
    return code;
}

static int list_models(void)
{
    for (const struct wc_model_type *type = wc_model_next(NULL); type != NULL;
         type = wc_model_next(type)) {
        printf("%-16s %s\n", type->name, type->help);
        if (type->options != NULL && type->options[0] != '\0') {
            printf("%-16s options: %s\n", "", type->options);
        }
    }
    return CLI_CLEAN;
}

int cli_run(int argc, char **argv)
{
    static struct run run;
    int end = run_options_parse(argc, argv, &run.options);

    if (end >= 0) {
        return end;
    }
    if (run.options.help_models) {
        return list_models();
    }
    run.out = run.options.stdio ? stderr : stdout;
    run.progress.on = !run.options.quiet && isatty(STDERR_FILENO) != 0;
    run.progress.started_ns = run_wall_ns();
    return run_all(&run);
}
