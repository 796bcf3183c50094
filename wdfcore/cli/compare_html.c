/* compare_html.c - the outcomes as a page: bars beside each other, then the numbers. Nothing in it
 * comes from elsewhere, so that it opens from disk. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/compare.h"

static void put_escaped(const char *text, FILE *out)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void put_head(const struct compare_results *results, FILE *out)
{
    static const char style[] =
        "body{font:14px/1.45 system-ui,sans-serif;margin:24px auto;max-width:1100px;padding:0 16px;"
        "background:Canvas;color:CanvasText;color-scheme:light dark}"
        "h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}"
        "p{margin:0 0 8px}table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        "th,td{padding:3px 10px;text-align:right;border-bottom:1px solid #8884}"
        "th:first-child,td:first-child,.t{text-align:left}"
        "text{font:12px system-ui,sans-serif;fill:CanvasText}"
        "td{white-space:nowrap}td.t{white-space:normal}"
        ".a{fill:#3a78c3}.b{fill:#d98b2b}.c{fill:#b8432f}.d{fill:#8886}";

    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", out);
    put_escaped(results->name, out);
    fprintf(out, ": designs compared</title>\n<style>%s</style></head><body>\n<h1>", style);
    put_escaped(results->name, out);
    fputs(": designs compared</h1>\n<p>The same arrivals for each: ", out);
    put_escaped(results->load, out);
    fprintf(out, ". %u processor%s, %s.", results->settings->processors,
            results->settings->processors > 1 ? "s" : "",
            results->settings->real ? "real time; medians of five runs each" : "virtual time");
    if (!results->settings->real) {
        const struct compare_costs *costs = &results->settings->costs;

        fprintf(
            out,
            " Costs: register access %u ns, ISR entry %u ns, DPC entry %u ns, task switch %u ns.",
            costs->register_ns, costs->isr_ns, costs->dpc_ns, costs->switch_ns);
    }
    fputs("</p>\n", out);
}

#define LABEL 170.0
#define WIDTH 640.0
#define ROW   26.0

static void put_label(const char *name, double y, FILE *out)
{
    fprintf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">", LABEL - 8, y + 15);
    put_escaped(name, out);
    fputs("</text>", out);
}

static void put_bar(const char *class, double x, double y, double width, double height, FILE *out)
{
    fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class,
            x, y, width, height);
}

/* below: room under the rows. */
static void open_picture(const char *title, const char *what, unsigned rows, double below,
                         FILE *out)
{
    fprintf(out,
            "<h2>%s</h2>\n<svg width=\"1060\" height=\"%.0f\" role=\"img\" aria-label=\"%s\">\n",
            title, rows * ROW + 4 + below, what);
}

static void put_rates(const struct compare_results *results, FILE *out)
{
    double most = 1, least, fastest;

    for (unsigned i = 0; i < results->designs; i++) {
        compare_spread(results, i, COMPARE_RATE, &least, &fastest);
        most = fastest > most ? fastest : most;
    }
    open_picture(results->rounds > 1
                     ? "Packets a second, and from the slowest to the fastest run (thin)"
                     : "Packets a second",
                 "throughput of each design", results->designs, 0, out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        double rate = compare_rate(outcome), y = i * ROW;

        put_label(outcome->design, y, out);
        put_bar("a", LABEL, y + 3, WIDTH * rate / most, 16, out);
        compare_spread(results, i, COMPARE_RATE, &least, &fastest);
        if (results->rounds > 1) {
            put_bar("c", LABEL + WIDTH * least / most, y + 10, WIDTH * (fastest - least) / most + 1,
                    2, out);
        }
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\">%.0f", LABEL + WIDTH * fastest / most + 6, y + 15,
                rate);
        if (outcome->load.lost > 0) {
            fprintf(out, "<tspan class=\"c\" dx=\"8\">%" PRIu64 " lost</tspan>",
                    outcome->load.lost);
        }
        fputs("</text>\n", out);
    }
    fputs("</svg>\n", out);
}

/* Latencies lie decades apart. How many the picture shows, the first of them (a power of ten, in us)
 * in *first. */
static unsigned find_decades(const struct compare_results *results, double *first)
{
    double least = HUGE_VAL, most = 1;

    for (unsigned i = 0; i < results->designs; i++) {
        const struct wc_load_result *load = &compare_median(results, i)->load;
        double p50 = (double)load->p50_ns / 1000, max = (double)load->max_ns / 1000;

        least = p50 < least ? p50 : least;
        most = max > most ? max : most;
    }
    *first = pow(10, floor(log10(least > 0.1 ? least : 0.1)));
    return (unsigned)fmax(1, ceil(log10(most / *first)));
}

static double decade_at(double us, double first, unsigned decades)
{
    return us <= first ? LABEL : LABEL + WIDTH * log10(us / first) / decades;
}

static void put_decades(double first, unsigned decades, double height, FILE *out)
{
    for (unsigned i = 0; i <= decades; i++) {
        double x = LABEL + WIDTH * i / decades;

        put_bar("d", x, 0, 1, height, out);
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%g us</text>\n", x,
                height + 14, first * pow(10, i));
    }
}

static void put_latencies(const struct compare_results *results, FILE *out)
{
    double first;
    unsigned decades = find_decades(results, &first);

    open_picture(
        "From arrival to served: p50 (blue), p99 (orange) and the longest (red), logarithmic",
        "latency of each design", results->designs, 18, out);
    put_decades(first, decades, results->designs * ROW, out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        const struct wc_load_result *load = &outcome->load;
        double y = i * ROW, p50 = decade_at((double)load->p50_ns / 1000, first, decades),
               p99 = decade_at((double)load->p99_ns / 1000, first, decades),
               max = decade_at((double)load->max_ns / 1000, first, decades);

        put_label(outcome->design, y, out);
        put_bar("d", p50, y + 9, max - p50, 4, out);
        put_bar("c", max - 2, y + 3, 4, 16, out);
        put_bar("b", p99 - 3, y + 3, 6, 16, out);
        put_bar("a", p50 - 4, y + 3, 8, 16, out);
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\">%.1f / %.1f / %.1f us</text>\n",
                LABEL + WIDTH + 12, y + 15, (double)load->p50_ns / 1000,
                (double)load->p99_ns / 1000, (double)load->max_ns / 1000);
    }
    fputs("</svg>\n", out);
}

static void put_usage(const struct compare_results *results, FILE *out)
{
    uint32_t processors = results->settings->processors;
    double cell = WIDTH / processors;

    open_picture("How busy each processor is: ISRs (red), DPCs (blue), tasks (orange)",
                 "utilisation of each processor", results->designs, 0, out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        double y = i * ROW, all = (double)outcome->load.elapsed_ns + 1;

        put_label(outcome->design, y, out);
        for (uint32_t k = 0; k < processors; k++) {
            const struct wc_usage *usage = &outcome->usage[k];
            const double parts[] = {(double)usage->isr_ns, (double)usage->dpc_ns,
                                    (double)usage->task_ns};
            double x = LABEL + k * cell, room = cell - 4, used = 0;

            put_bar("d", x, y + 3, room, 16, out);
            for (int part = 0; part < 3; part++) {
                double width = room * parts[part] / all;

                width = used + width > room ? room - used : width;
                put_bar(part == 0 ? "c" : part == 1 ? "a" : "b", x + used, y + 3, width, 16, out);
                used += width;
            }
        }
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\">%.0f %%, balance %.0f %%</text>\n",
                LABEL + WIDTH + 6, y + 15, compare_mean_busy(outcome, processors),
                compare_balance(outcome, processors));
    }
    fputs("</svg>\n", out);
}

/* In real time: how far the runs of each design lie apart, and what that leaves of the differences. */
static void put_spreads(const struct compare_results *results, FILE *out)
{
    char verdict[1024];
    double least, most, p99_least, p99_most;

    fprintf(out,
            "<h2>How sure that is</h2>\n<p>From the least to the most of %u runs each, in turn.</p>"
            "\n<table><tr><th>design<th>packets/s<th>p99 us<th class=\"t\">throughput</tr>\n",
            results->rounds);
    for (unsigned i = 0; i < results->designs; i++) {
        compare_spread(results, i, COMPARE_RATE, &least, &most);
        compare_spread(results, i, COMPARE_P99_US, &p99_least, &p99_most);
        compare_verdict(results, i, verdict, sizeof(verdict));
        fputs("<tr><td>", out);
        put_escaped(results->plan->designs[i].name, out);
        fprintf(out, "<td>%.0f &ndash; %.0f<td>%.1f &ndash; %.1f<td class=\"t\">", least, most,
                p99_least, p99_most);
        put_escaped(verdict, out);
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

void compare_html(const struct compare_results *results, FILE *out)
{
    put_head(results, out);
    put_rates(results, out);
    put_latencies(results, out);
    put_usage(results, out);
    fputs("<h2>Numbers</h2>\n<table><tr><th>design<th>packets/s<th>p50 us<th>p99<th>p99.9<th>max"
          "<th>ISRs<th>DPCs<th>packets/DPC<th>busy<th>balance<th>lost</tr>\n",
          out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        const struct wc_load_result *load = &outcome->load;

        fputs("<tr><td>", out);
        put_escaped(outcome->design, out);
        fprintf(out,
                "<td>%.0f<td>%.1f<td>%.1f<td>%.1f<td>%.1f<td>%" PRIu64 "<td>%" PRIu64
                "<td>%.1f<td>%.0f %%<td>%.0f %%<td>%" PRIu64 "</tr>\n",
                compare_rate(outcome), (double)load->p50_ns / 1000, (double)load->p99_ns / 1000,
                (double)load->p999_ns / 1000, (double)load->max_ns / 1000,
                outcome->statistics.interrupts, outcome->statistics.dpc_runs,
                compare_packets_per_dpc(outcome),
                compare_mean_busy(outcome, results->settings->processors),
                compare_balance(outcome, results->settings->processors), load->lost);
    }
    fputs("</table>\n", out);
    if (results->rounds > 1) {
        put_spreads(results, out);
    }
    fputs("</body></html>\n", out);
}
