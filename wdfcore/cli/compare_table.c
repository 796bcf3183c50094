/* compare_table.c - the outcomes as a table; in real time each number is the median of the runs, and
 * differences that the runs of one design show among themselves are said to be none. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/compare.h"

static const struct compare_outcome *outcome_of(const struct compare_results *results,
                                                unsigned design, unsigned round)
{
    return &results->outcomes[round * results->designs + design];
}

const struct compare_outcome *compare_median(const struct compare_results *results, unsigned design)
{
    for (unsigned i = 0; i < results->rounds; i++) {
        const struct compare_outcome *middle = outcome_of(results, design, i);
        unsigned below = 0;

        for (unsigned k = 0; k < results->rounds; k++) {
            double rate = compare_rate(outcome_of(results, design, k)) - compare_rate(middle);

            below += rate < 0 || (rate == 0 && k < i);
        }
        if (below == results->rounds / 2) {
            return middle;
        }
    }
    return outcome_of(results, design, 0);
}

void compare_spread(const struct compare_results *results, unsigned design, double *least,
                    double *most)
{
    *least = *most = compare_rate(outcome_of(results, design, 0));
    for (unsigned i = 1; i < results->rounds; i++) {
        double rate = compare_rate(outcome_of(results, design, i));

        *least = rate < *least ? rate : *least;
        *most = rate > *most ? rate : *most;
    }
}

bool compare_overlap(const struct compare_results *results, unsigned one, unsigned other)
{
    double least, most, other_least, other_most;

    compare_spread(results, one, &least, &most);
    compare_spread(results, other, &other_least, &other_most);
    return least <= other_most && other_least <= most;
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static void print_busy(const struct compare_outcome *outcome, uint32_t processors, FILE *out)
{
    for (uint32_t i = 0; i < processors && i < 8; i++) {
        fprintf(out, "%s%.0f", i > 0 ? "/" : "  ", compare_busy(outcome, i));
    }
    fprintf(out, "%s %%\n", processors > 8 ? "/..." : "");
}

static void print_spreads(const struct compare_results *results, FILE *out)
{
    double least, most;

    fprintf(out, "\nmedians of %u runs each, in turn; packets/s from the slowest to the fastest:\n",
            results->rounds);
    for (unsigned i = 0; i < results->designs; i++) {
        compare_spread(results, i, &least, &most);
        fprintf(out, "%-18s %12.0f to %.0f\n", compare_median(results, i)->design, least, most);
    }
    for (unsigned i = 0; i < results->designs; i++) {
        for (unsigned k = i + 1; k < results->designs; k++) {
            if (compare_overlap(results, i, k)) {
                fprintf(out, "%s and %s: the difference is inside the spread\n",
                        compare_median(results, i)->design, compare_median(results, k)->design);
            }
        }
    }
}

void compare_table(const struct compare_results *results, FILE *out)
{
    uint32_t processors = results->settings->processors;

    fprintf(out, "%s: %s; %u processor%s, %s\n\n", results->name,
            results->load[0] != '\0' ? results->load : "the default load", processors,
            processors > 1 ? "s" : "", results->settings->real ? "real time" : "virtual time");
    fprintf(out, "%-18s %10s %9s %9s %9s %9s %8s %8s %8s %7s %7s %8s  %s\n", "design", "packets/s",
            "p50 us", "p99", "p99.9", "max", "ISRs", "DPCs", "pkt/DPC", "busy", "balance", "lost",
            "each processor");
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        const struct wc_load_result *load = &outcome->load;

        fprintf(out, "%-18s %10.0f %9.1f %9.1f %9.1f %9.1f %8" PRIu64 " %8" PRIu64, outcome->design,
                compare_rate(outcome), us(load->p50_ns), us(load->p99_ns), us(load->p999_ns),
                us(load->max_ns), outcome->statistics.interrupts, outcome->statistics.dpc_runs);
        if (outcome->statistics.dpc_runs > 0) {
            fprintf(out, " %8.1f", compare_packets_per_dpc(outcome));
        } else {
            fprintf(out, " %8s", "-");
        }
        fprintf(out, " %5.0f %% %5.0f %% %8" PRIu64, compare_mean_busy(outcome, processors),
                compare_balance(outcome, processors), load->lost);
        print_busy(outcome, processors, out);
    }
    if (results->rounds > 1) {
        print_spreads(results, out);
    }
}
