/* cmd_compare.c - `wdf compare`: several designs of a driver on the same arrivals, in one table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/compare.h"

enum {
    KEY_LOAD = 0x100,
    KEY_REGISTRY,
    KEY_PROCESSORS,
    KEY_REGISTER_NS,
    KEY_ISR_NS,
    KEY_DPC_NS,
    KEY_SWITCH_NS,
    KEY_SEED,
    KEY_REAL,
    KEY_HTML,
    KEY_LIST,
};

struct compare_input {
    const char *name;
    const char *designs[COMPARE_DESIGNS_MAX];
    unsigned design_count;
    struct compare_settings settings; /* costs: what is not UINT32_MAX was given */
    const char *html;
    bool list;
};

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "OPTION=VALUE[,...]", 0,
     "What arrives: " WC_LOAD_OPTIONS "; may be repeated", 0},
    {"registry", KEY_REGISTRY, "KEY/NAME=DATA", 0,
     "A value for all designs, as in wdf run; may be repeated", 0},
    {"processors", KEY_PROCESSORS, "N", 0, "1 to 64", 0},
    {"register-ns", KEY_REGISTER_NS, "NS", 0, "What a register access costs", 0},
    {"isr-ns", KEY_ISR_NS, "NS", 0, "What entering an ISR costs", 0},
    {"dpc-ns", KEY_DPC_NS, "NS", 0, "What entering a DPC costs", 0},
    {"switch-ns", KEY_SWITCH_NS, "NS", 0, "What a switch to another task costs", 0},
    {"seed", KEY_SEED, "N", 0, "Draw the schedules from this seed (default 0: no free choice)", 0},
    {"real", KEY_REAL, NULL, 0,
     "On threads and the real clock: each design five times in turn, with the spread", 0},
    {"html", KEY_HTML, "FILE.html", 0, "Write a page with the table as pictures, too", 0},
    {"list", KEY_LIST, NULL, 0, "List the designs, and end", 0},
    {0},
};

static int parse_cost(const char *option, const char *text, uint32_t *ns)
{
    uint64_t number;

    if (!cli_number(text, 1000000000, &number)) {
        return cli_refuse("compare", "--%s '%s': must be a number of nanoseconds", option, text);
    }
    *ns = (uint32_t)number;
    return 0;
}

static int parse_item(const char *option, const char *text, const char **items, unsigned *count)
{
    if (strchr(text, '=') == NULL) {
        return cli_refuse("compare", "--%s '%s': must be NAME=VALUE", option, text);
    }
    if (*count == COMPARE_ITEMS_MAX) {
        return cli_refuse("compare", "--%s is given more than %u times", option, COMPARE_ITEMS_MAX);
    }
    items[(*count)++] = text;
    return 0;
}

static int parse_number(const char *option, const char *text, uint64_t least, uint64_t most,
                        uint64_t *number)
{
    if (!cli_number(text, most, number) || *number < least) {
        return most == UINT64_MAX
                   ? cli_refuse("compare", "--%s '%s': must be a number", option, text)
                   : cli_refuse("compare", "--%s '%s': must be a number from %llu to %llu", option,
                                text, (unsigned long long)least, (unsigned long long)most);
    }
    return 0;
}

/* A file that cannot be written is refused now, not after a long run. */
static int parse_html(const char *path, struct compare_input *input)
{
    FILE *file = fopen(path, "a");

    if (file == NULL) {
        return cli_refuse("compare", "--html '%s': %s", path, strerror(errno));
    }
    fclose(file);
    input->html = path;
    return 0;
}

static int parse_argument(char *argument, struct compare_input *input)
{
    if (input->name == NULL) {
        input->name = argument;
        return 0;
    }
    if (input->design_count == COMPARE_DESIGNS_MAX) {
        return cli_refuse("compare", "more than %u designs", COMPARE_DESIGNS_MAX);
    }
    input->designs[input->design_count++] = argument;
    return 0;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct compare_input *input = state->input;
    struct compare_settings *settings = &input->settings;
    uint64_t number = 0;
    int error;

    switch (key) {
    case KEY_LOAD:
        return parse_item("load", argument, settings->load, &settings->load_count);
    case KEY_REGISTRY:
        return parse_item("registry", argument, settings->values, &settings->value_count);
    case KEY_PROCESSORS:
        error = parse_number("processors", argument, 1, 64, &number);
        settings->processors = (uint32_t)number;
        return error;
    case KEY_REGISTER_NS:
        return parse_cost("register-ns", argument, &settings->costs.register_ns);
    case KEY_ISR_NS:
        return parse_cost("isr-ns", argument, &settings->costs.isr_ns);
    case KEY_DPC_NS:
        return parse_cost("dpc-ns", argument, &settings->costs.dpc_ns);
    case KEY_SWITCH_NS:
        return parse_cost("switch-ns", argument, &settings->costs.switch_ns);
    case KEY_SEED:
        return parse_number("seed", argument, 0, UINT64_MAX, &settings->seed);
    case KEY_REAL:
        settings->real = true;
        return 0;
    case KEY_HTML:
        return parse_html(argument, input);
    case KEY_LIST:
        input->list = true;
        return 0;
    case ARGP_KEY_ARG:
        return parse_argument(argument, input);
    case ARGP_KEY_END:
        return input->name != NULL
                   ? 0
                   : cli_refuse("compare", "no driver given; wdf compare NAME, as in dpcq or nicq");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- doing it ---- */

static void default_cost(uint32_t *given, uint32_t planned)
{
    *given = *given == UINT32_MAX ? planned : *given;
}

/* What was not given is as the plan has it. */
static int settle(struct compare_input *input, const struct compare_plan *plan)
{
    struct compare_settings *settings = &input->settings;
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    if (settings->processors == 0) {
        settings->processors = plan->processors;
        if (settings->real && online > 0 && (uint32_t)online < settings->processors) {
            settings->processors = (uint32_t)online;
        }
    }
    if (settings->real && online > 0 && (long)settings->processors > online) {
        cli_complain("compare", "--real with %u processors; this host has %ld",
                     settings->processors, online);
        return CLI_USAGE;
    }
    if (settings->real && settings->seed != 0) {
        cli_complain("compare", "--real takes no --seed: threads make their own schedule");
        return CLI_USAGE;
    }
    if (settings->real && (settings->costs.register_ns & settings->costs.isr_ns &
                           settings->costs.dpc_ns & settings->costs.switch_ns) != UINT32_MAX) {
        cli_complain("compare", "--real takes no costs: they are what this host needs");
        return CLI_USAGE;
    }
    default_cost(&settings->costs.register_ns, plan->costs.register_ns);
    default_cost(&settings->costs.isr_ns, plan->costs.isr_ns);
    default_cost(&settings->costs.dpc_ns, plan->costs.dpc_ns);
    default_cost(&settings->costs.switch_ns, plan->costs.switch_ns);
    return CLI_CLEAN;
}

/* All designs of the plan, or those that were named, in that order. */
static int choose(struct compare_input *input, struct compare_plan *plan)
{
    struct compare_design chosen[COMPARE_DESIGNS_MAX];

    for (unsigned i = 0; i < input->design_count; i++) {
        unsigned k = 0;

        while (k < plan->design_count && strcmp(plan->designs[k].name, input->designs[i]) != 0) {
            k++;
        }
        if (k == plan->design_count) {
            cli_complain("compare", "unknown design '%s'; wdf compare %s --list lists them",
                         input->designs[i], input->name);
            return CLI_USAGE;
        }
        chosen[i] = plan->designs[k];
    }
    if (input->design_count > 0) {
        memcpy(plan->designs, chosen, input->design_count * sizeof(chosen[0]));
        plan->design_count = input->design_count;
    }
    return CLI_CLEAN;
}

static int write_page(const struct compare_results *results, const char *path)
{
    FILE *file = fopen(path, "w");
    const char *lost;

    if (file == NULL) {
        lost = strerror(errno);
    } else {
        compare_html(results, file);
        lost = base_file_close(file);
    }
    if (lost != NULL) {
        cli_complain("compare", "--html '%s': %s", path, lost);
    }
    return lost == NULL ? CLI_CLEAN : CLI_FAILED;
}

static int run_designs(struct compare_input *input, struct compare_plan *plan, const char *text,
                       uint32_t queues)
{
    unsigned rounds = input->settings.real ? COMPARE_ROUNDS : 1;
    struct compare_outcome *outcomes = calloc(rounds * plan->design_count, sizeof(*outcomes));
    struct compare_results results = {.plan = plan,
                                      .settings = &input->settings,
                                      .name = input->name,
                                      .load = text,
                                      .outcomes = outcomes,
                                      .designs = plan->design_count,
                                      .rounds = rounds};
    int code = outcomes != NULL ? CLI_CLEAN : CLI_FAILED;

    /* In turn, so that whatever else the host does meanwhile meets all of them. */
    for (unsigned i = 0; i < rounds * plan->design_count && code == CLI_CLEAN; i++) {
        outcomes[i].load.queues = queues;
        code = compare_run(plan, &input->settings, &plan->designs[i % plan->design_count],
                           &outcomes[i]);
    }
    if (code == CLI_CLEAN) {
        compare_table(&results, stdout);
        code = input->html != NULL ? write_page(&results, input->html) : CLI_CLEAN;
    }
    free(outcomes);
    return code;
}

static int compare_plan_run(struct compare_input *input, struct compare_plan *plan)
{
    char text[1024], why[400];
    struct wc_load *load;
    int code = settle(input, plan);

    if (code == CLI_CLEAN) {
        code = choose(input, plan);
    }
    if (code != CLI_CLEAN) {
        return code;
    }
    if (input->list) {
        for (unsigned i = 0; i < plan->design_count; i++) {
            printf("%s\n", plan->designs[i].name);
        }
        return CLI_CLEAN;
    }
    compare_load_text(plan, &input->settings, text, sizeof(text));
    load =
        wc_load_create(text, why, sizeof(why)); /* a mistake in it is found before anything runs */
    if (load == NULL) {
        cli_complain("compare", "--load: %s", why);
        return CLI_USAGE;
    }
    uint32_t queues = wc_load_queues(load);
    wc_load_delete(load);
    return run_designs(input, plan, text, queues);
}

int cli_compare(int argc, char **argv)
{
    static const struct argp argp = {
        .options = option_table,
        .parser = parse_option,
        .args_doc = "NAME [DESIGN...]",
        .doc =
            "Run several designs of a driver on the same arrivals and compare them.\v"
            "NAME.compare says which designs there are and how the driver is fed; it lies here or "
            "beside the drivers of this wdf, or is given as a path.\n\n"
            "Example: wdf compare dpcq dpc-per-queue one-dpc --load packets=5000,rate=300000 "
            "--html dpcq.html\n\n"
            "Exit codes: 0 clean, 1 failed, 2 wrong usage or input, 3 violation."};
    static struct compare_input input;
    static struct compare_plan plan;
    char error[700];

    input =
        (struct compare_input){.settings.costs = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    int end = cli_parse("compare", &argp, argc, argv, &input);
    if (end >= 0) {
        return end;
    }
    if (!compare_plan_find(input.name, &plan, error, sizeof(error))) {
        cli_complain("compare", "%s", error);
        return CLI_USAGE;
    }
    end = compare_plan_run(&input, &plan);
    compare_plan_free(&plan);
    return end;
}
