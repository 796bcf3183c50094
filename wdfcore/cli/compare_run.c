/* compare_run.c - one design: a machine, the driver with the design's values, the load, its end. */
#include <stdlib.h>
#include <string.h>

#include "cli/app.h"
#include "cli/cli.h"
#include "cli/compare.h"

struct trial {
    const struct compare_plan *plan;
    const struct compare_settings *settings;
    const struct compare_design *design;
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct wc_device *device;
    struct cli_app app;
    char fed[2048]; /* what the model or the application is told */
    uint32_t queues;
    bool started; /* the driver has its device */
};

static bool is_value(const char *item)
{
    return memchr(item, '/', strcspn(item, "=")) != NULL;
}

/* All options of the load, later ones instead of earlier ones of the same name. */
static void merge(char *text, size_t size, const char *options)
{
    char one[600];

    while (*options != '\0') {
        size_t length = strcspn(options, ","), name = strcspn(options, "=,");
        char *old = text;

        while (*old != '\0' && (strncmp(old, options, name) != 0 || old[name] != '=')) {
            old += strcspn(old, ",");
            old += *old == ',';
        }
        if (*old != '\0') {
            char *rest = old + strcspn(old, ",");

            rest += *rest == ',';
            memmove(old, rest, strlen(rest) + 1);
        }
        size_t used = strlen(text);
        snprintf(one, sizeof(one), "%.*s", (int)length, options);
        snprintf(text + used, size - used, "%s%s", used > 0 && text[used - 1] != ',' ? "," : "",
                 one);
        options += length;
        options += *options == ',';
    }
}

static bool names(const char *options, const char *name)
{
    for (; *options != '\0'; options += *options == ',') {
        if (strncmp(options, name, strlen(name)) == 0) {
            return true;
        }
        options += strcspn(options, ",");
    }
    return false;
}

/* A file of arrivals takes the place of the rule that the plan has. */
static void merge_plan(char *text, size_t size, const char *options, bool file)
{
    char one[600];

    while (*options != '\0') {
        size_t length = strcspn(options, ",");

        snprintf(one, sizeof(one), "%.*s", (int)length, options);
        if (!file || names(one, "queues=") || names(one, "bytes=")) {
            merge(text, size, one);
        }
        options += length;
        options += *options == ',';
    }
}

void compare_load_text(const struct compare_plan *plan, const struct compare_settings *settings,
                       char *text, size_t size)
{
    bool file = false;

    for (unsigned i = 0; i < settings->load_count; i++) {
        file |= names(settings->load[i], "arrivals=");
    }
    text[0] = '\0';
    merge_plan(text, size, plan->load, file);
    for (unsigned i = 0; i < settings->load_count; i++) {
        merge(text, size, settings->load[i]);
    }
}

static enum wc_result set_value(struct trial *trial, const char *item)
{
    const char *mark = strstr(item, "{queues}");
    char text[600];

    if (mark == NULL) {
        return wc_machine_registry_set(trial->machine, trial->plan->driver, item);
    }
    snprintf(text, sizeof(text), "%.*s%x%s", (int)(mark - item), item, trial->queues,
             mark + strlen("{queues}"));
    return wc_machine_registry_set(trial->machine, trial->plan->driver, text);
}

static enum wc_result set_values(struct trial *trial)
{
    enum wc_result result = WC_OK;

    for (unsigned i = 0; i < trial->plan->value_count && result == WC_OK; i++) {
        result = set_value(trial, trial->plan->values[i]);
    }
    for (unsigned i = 0; i < trial->design->item_count && result == WC_OK; i++) {
        if (is_value(trial->design->items[i])) {
            result = set_value(trial, trial->design->items[i]);
        }
    }
    for (unsigned i = 0; i < trial->settings->value_count && result == WC_OK; i++) {
        result = set_value(trial, trial->settings->values[i]);
    }
    return result;
}

static enum wc_result make_machine(struct trial *trial)
{
    struct wc_machine_config config = WC_MACHINE_CONFIG_INIT;
    const struct compare_costs *costs = &trial->settings->costs;

    config.processors = trial->settings->processors;
    config.seed = trial->settings->seed;
    config.record = true;
    if (trial->settings->real) {
        config.scheduler = WC_SCHED_THREAD;
        config.clock = WC_CLOCK_REAL;
    } else {
        config.register_access_ns = costs->register_ns;
        config.isr_entry_ns = costs->isr_ns;
        config.dpc_entry_ns = costs->dpc_ns;
        config.context_switch_ns = costs->switch_ns;
    }
    return wc_machine_create(&config, &trial->machine);
}

static enum wc_result add_device(struct trial *trial)
{
    struct wc_device_config config = {.resources = trial->plan->resources};
    char load[1024];

    compare_load_text(trial->plan, trial->settings, load, sizeof(load));
    if (trial->plan->model != NULL) {
        snprintf(trial->fed, sizeof(trial->fed), "%s,%s", trial->plan->model, load);
        for (unsigned i = 0; i < trial->design->item_count; i++) {
            if (!is_value(trial->design->items[i])) {
                merge(trial->fed, sizeof(trial->fed), trial->design->items[i]);
            }
        }
        config.model = trial->fed;
    } else {
        const char *device = strchr(trial->plan->app, ':');

        snprintf(trial->fed, sizeof(trial->fed), "%s,%s", device != NULL ? device + 1 : "", load);
    }
    return wc_machine_add_device(trial->machine, trial->driver, &config, &trial->device);
}

static enum wc_result start_app(struct trial *trial)
{
    const char *name = trial->plan->app;

    trial->app.type = cli_app_find(name, strcspn(name, ":"));
    if (trial->app.type == NULL) {
        snprintf(trial->app.error, sizeof(trial->app.error), "app '%s': there is none", name);
        return WC_BAD_INPUT;
    }
    trial->app.device = trial->fed;
    wc_machine_record(trial->machine, true); /* from here on: not what came before the load */
    return cli_app_start(&trial->app, trial->machine);
}

/* All that arrived was served or lost, and nothing follows of it. Nothing may follow earlier, too: a
 * driver that forgets packets, and a last interrupt that is on its way. */
static bool is_over(void *context)
{
    struct trial *trial = context;

    return trial->app.type != NULL ? cli_app_has_ended(&trial->app)
                                   : wc_load_open(wc_device_load(trial->device)) == 0 &&
                                         wc_machine_is_idle(trial->machine);
}

static enum wc_result run_load(struct trial *trial, struct compare_outcome *outcome)
{
    enum wc_result result = trial->plan->app != NULL ? start_app(trial) : WC_OK;
    const struct wc_load *load =
        trial->plan->app != NULL ? trial->app.load : wc_device_load(trial->device);

    if (result != WC_OK) {
        return result;
    }
    if (load == NULL) {
        snprintf(trial->app.error, sizeof(trial->app.error), "'%s' serves no load",
                 trial->plan->app != NULL ? trial->plan->app : trial->plan->model);
        return WC_BAD_INPUT;
    }
    result = wc_machine_run(trial->machine, is_over, trial);
    if (result == WC_STUCK && wc_load_open(load) > 0) {
        snprintf(trial->app.error, sizeof(trial->app.error),
                 "%zu packets were neither served nor lost, and nothing goes on",
                 wc_load_open(load));
    }
    if (result == WC_OK && !wc_load_summarize(load, &outcome->load)) {
        snprintf(trial->app.error, sizeof(trial->app.error), "no memory");
        result = WC_FAILED;
    }
    wc_machine_statistics(trial->machine, &outcome->statistics);
    return result == WC_OK ? wc_machine_usage(trial->machine, outcome->usage) : result;
}

static void append(char *text, size_t size, const char *item)
{
    size_t used = strlen(text);

    snprintf(text + used, size - used, " %s", item);
}

/* A driver that refuses to start with values that somebody chose: these are the input, and wrong. */
static int complain_of_values(const struct trial *trial)
{
    const struct compare_design *design = trial->design;
    char text[1200] = "";

    for (unsigned i = 0; i < design->item_count; i++) {
        if (is_value(design->items[i])) {
            append(text, sizeof(text), design->items[i]);
        }
    }
    for (unsigned i = 0; i < trial->settings->value_count; i++) {
        append(text, sizeof(text), trial->settings->values[i]);
    }
    if (text[0] == '\0') {
        return cli_exit_of("compare", WC_FAILED);
    }
    cli_complain("compare", "%s: %s, with%s", design->name, wc_last_error(), text);
    return CLI_USAGE;
}

static int complain(struct trial *trial, enum wc_result result)
{
    if (result == WC_FAILED && !trial->started) {
        return complain_of_values(trial);
    }
    if (trial->app.error[0] == '\0') {
        return cli_exit_of("compare", result);
    }
    cli_complain("compare", "%s: %s", trial->design->name, trial->app.error);
    return result == WC_BAD_INPUT ? CLI_USAGE : CLI_FAILED;
}

int compare_run(const struct compare_plan *plan, const struct compare_settings *settings,
                const struct compare_design *design, struct compare_outcome *outcome)
{
    struct trial *trial = calloc(1, sizeof(*trial));
    struct wc_load_result *known = &outcome->load;
    int code = CLI_CLEAN;

    if (trial == NULL) {
        cli_complain("compare", "no memory");
        return CLI_FAILED;
    }
    trial->plan = plan;
    trial->settings = settings;
    trial->design = design;
    trial->queues = known->queues; /* of the load, which the caller has looked at */
    outcome->design = design->name;
    enum wc_result result = make_machine(trial);
    if (result == WC_OK) {
        result = set_values(trial);
    }
    if (result == WC_OK) {
        result = wc_machine_load_driver(trial->machine, plan->driver, &trial->driver);
    }
    if (result == WC_OK) {
        result = add_device(trial);
    }
    trial->started = result == WC_OK;
    if (result == WC_OK) {
        result = run_load(trial, outcome);
    }
    if (result != WC_OK || trial->app.error[0] != '\0') {
        code = complain(trial, result);
    }
    if (trial->machine != NULL) {
        cli_app_delete(&trial->app);
        result = wc_machine_destroy(trial->machine);
        code = code == CLI_CLEAN && result != WC_OK ? cli_exit_of("compare", result) : code;
    }
    free(trial);
    return code;
}

/* ---- numbers ---- */

double compare_rate(const struct compare_outcome *outcome)
{
    return outcome->load.elapsed_ns == 0
               ? 0
               : (double)outcome->load.served * 1e9 / (double)outcome->load.elapsed_ns;
}

double compare_busy(const struct compare_outcome *outcome, uint32_t processor)
{
    const struct wc_usage *usage = &outcome->usage[processor];
    double busy = (double)(usage->isr_ns + usage->dpc_ns + usage->task_ns);
    double all = (double)outcome->load.elapsed_ns;

    return all <= 0 ? 0 : busy >= all ? 100 : 100 * busy / all;
}

double compare_mean_busy(const struct compare_outcome *outcome, uint32_t processors)
{
    double sum = 0;

    for (uint32_t i = 0; i < processors; i++) {
        sum += compare_busy(outcome, i);
    }
    return sum / processors;
}

double compare_balance(const struct compare_outcome *outcome, uint32_t processors)
{
    double most = 0;

    for (uint32_t i = 0; i < processors; i++) {
        double busy = compare_busy(outcome, i);

        most = busy > most ? busy : most;
    }
    return most > 0 ? 100 * compare_mean_busy(outcome, processors) / most : 100;
}

double compare_packets_per_dpc(const struct compare_outcome *outcome)
{
    uint64_t runs = outcome->statistics.dpc_runs;

    return runs == 0 ? 0 : (double)outcome->load.served / (double)runs;
}
