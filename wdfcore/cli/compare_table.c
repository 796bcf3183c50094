/* compare_table.c - the outcomes as a table; in real time each number is the median of the runs, and
 * differences that the runs of one design show among themselves are said to be none. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static double measure_of(const struct compare_outcome *outcome, enum compare_measure measure)
{
    return measure == COMPARE_RATE ? compare_rate(outcome) : us(outcome->load.p99_ns);
}

void compare_spread(const struct compare_results *results, unsigned design,
                    enum compare_measure measure, double *least, double *most)
{
    *least = *most = measure_of(outcome_of(results, design, 0), measure);
    for (unsigned i = 1; i < results->rounds; i++) {
        double value = measure_of(outcome_of(results, design, i), measure);

        *least = value < *least ? value : *least;
        *most = value > *most ? value : *most;
    }
}

/* -1: each run of one was slower than each of the other; 1: faster; 0: the difference is inside the
 * spread. */
static int compare_pair(const struct compare_results *results, unsigned one, unsigned other)
{
    double least, most, other_least, other_most;

    compare_spread(results, one, COMPARE_RATE, &least, &most);
    compare_spread(results, other, COMPARE_RATE, &other_least, &other_most);
    return most < other_least ? -1 : least > other_most;
}

static void list_pairs(const struct compare_results *results, unsigned design, int wanted,
                       const char *words, char *text, size_t size)
{
    bool first = true;
    unsigned count = 0;

    for (unsigned i = 0; i < results->designs; i++) {
        count += i != design && compare_pair(results, design, i) == wanted;
    }
    if (count > 1 && count == results->designs - 1) {
        snprintf(text, size, "%severy other", words);
        return;
    }
    for (unsigned i = 0; i < results->designs; i++) {
        size_t used = strlen(text);

        if (i != design && compare_pair(results, design, i) == wanted) {
            snprintf(text + used, size - used, "%s%s%s",
                     !first      ? ", "
                     : used == 0 ? ""
                                 : "; ",
                     first ? words : "", results->plan->designs[i].name);
            first = false;
        }
    }
}

void compare_verdict(const struct compare_results *results, unsigned design, char *text,
                     size_t size)
{
    text[0] = '\0';
    list_pairs(results, design, 1, "faster than ", text, size);
    list_pairs(results, design, -1, "slower than ", text, size);
    list_pairs(results, design, 0, "no difference outside the spread to ", text, size);
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
    char verdict[1024];
    double least, most, p99_least, p99_most;

    fprintf(out,
            "\nmedians of %u runs each, in turn; from the least to the most of them:\n"
            "%-18s %23s %23s\n",
            results->rounds, "design", "packets/s", "p99 us");
    for (unsigned i = 0; i < results->designs; i++) {
        compare_spread(results, i, COMPARE_RATE, &least, &most);
        compare_spread(results, i, COMPARE_P99_US, &p99_least, &p99_most);
        fprintf(out, "%-18s %10.0f - %10.0f %10.1f - %10.1f\n", results->plan->designs[i].name,
                least, most, p99_least, p99_most);
    }
    fputc('\n', out);
    for (unsigned i = 0; i < results->designs && results->designs > 1; i++) {
        compare_verdict(results, i, verdict, sizeof(verdict));
        fprintf(out, "%-18s %s\n", results->plan->designs[i].name, verdict);
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
