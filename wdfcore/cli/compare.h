#pragma once
/* compare.h - what the files of `wdf compare` share: the plan (which driver, fed how, in which
 * designs), and the outcome of one run of one design.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <wdfcore/load.h>
#include <wdfcore/machine.h>

#define COMPARE_DESIGNS_MAX 16u
#define COMPARE_ITEMS_MAX   32u
#define COMPARE_ROUNDS      5u /* of each design in real time */

/* Texts are the plan's or the command line's; both live until the end. */
struct compare_design {
    const char *name;
    const char *items[COMPARE_ITEMS_MAX]; /* KEY/NAME=DATA: registry; OPTION=VALUE: of the model */
    unsigned item_count;
};

struct compare_costs {
    uint32_t register_ns, isr_ns, dpc_ns, switch_ns;
};

struct compare_plan {
    char driver[512];
    const char *model, *resources, *app; /* app: NAME:DEVICE */
    const char *load;                    /* options of <wdfcore/load.h> */
    const char *values[COMPARE_ITEMS_MAX];
    unsigned value_count;
    struct compare_design designs[COMPARE_DESIGNS_MAX];
    unsigned design_count;
    uint32_t processors;
    struct compare_costs costs;
    char *text; /* of the file; what the pointers above point into */
};

/* compare_plan_find: NAME.compare of a name ("dpcq": here, or in the drivers folder of the build or
 * installation that this program belongs to) or a path to one.
 *   Returns  false with one clear line in error */
bool compare_plan_find(const char *name, struct compare_plan *plan, char *error, size_t size);
void compare_plan_free(struct compare_plan *plan);

/* What the command line says besides. */
struct compare_settings {
    const char *load[COMPARE_ITEMS_MAX]; /* OPTION=VALUE, later ones win */
    unsigned load_count;
    const char *values[COMPARE_ITEMS_MAX];
    unsigned value_count;
    uint32_t processors;
    struct compare_costs costs;
    uint64_t seed;
    bool real; /* threads and the real clock */
};

struct compare_outcome {
    const char *design;
    struct wc_load_result load;
    struct wc_statistics statistics;
    struct wc_usage usage[64];
};

/* compare_load_text: all options of the load, the plan's and the command line's. */
void compare_load_text(const struct compare_plan *plan, const struct compare_settings *settings,
                       char *text, size_t size);
/* compare_run: one design in a machine of its own.
 *   Returns  an exit code of cli.h, after saying why it is not CLI_CLEAN */
int compare_run(const struct compare_plan *plan, const struct compare_settings *settings,
                const struct compare_design *design, struct compare_outcome *outcome);

/* Numbers of an outcome. compare_busy: percent of the load's time that a processor worked;
 * compare_balance: percent that the mean of all processors is of the busiest. */
double compare_rate(const struct compare_outcome *outcome);
double compare_busy(const struct compare_outcome *outcome, uint32_t processor);
double compare_mean_busy(const struct compare_outcome *outcome, uint32_t processors);
double compare_balance(const struct compare_outcome *outcome, uint32_t processors);
double compare_packets_per_dpc(const struct compare_outcome *outcome);

/* What is printed: `rounds` outcomes of each design, round after round, designs in order. */
struct compare_results {
    const struct compare_plan *plan;
    const struct compare_settings *settings;
    const char *name, *load; /* as given; all options of the load */
    const struct compare_outcome *outcomes;
    unsigned designs, rounds;
};

enum compare_measure { COMPARE_RATE, COMPARE_P99_US };

/* compare_median: the outcome with the middle rate of a design. compare_spread: the least and the
 * most of its runs. */
const struct compare_outcome *compare_median(const struct compare_results *results,
                                             unsigned design);
void compare_spread(const struct compare_results *results, unsigned design,
                    enum compare_measure measure, double *least, double *most);

/* compare_verdict: what the spreads of the rates say of a design beside the others: faster than
 * those whose fastest run was slower than its slowest; of those that it overlaps, nothing. One
 * sentence without the design's name. */
void compare_verdict(const struct compare_results *results, unsigned design, char *text,
                     size_t size);

void compare_table(const struct compare_results *results, FILE *out);
void compare_html(const struct compare_results *results, FILE *out);
