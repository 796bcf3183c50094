/* compare_html.c - the outcomes as a page: bars beside each other, then the numbers. Nothing in it
 * comes from elsewhere, so that it opens from disk. */
#include <inttypes.h>
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
        "th:first-child,td:first-child{text-align:left}"
        "text{font:12px system-ui,sans-serif;fill:CanvasText}"
        ".a{fill:#3a78c3}.b{fill:#d98b2b}.c{fill:#b8432f}.d{fill:#8886}";

    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", out);
    put_escaped(results->name, out);
    fprintf(out, ": designs compared</title>\n<style>%s</style></head><body>\n<h1>", style);
    put_escaped(results->name, out);
    fputs(": designs compared</h1>\n<p>The same arrivals for each: ", out);
    put_escaped(results->load, out);
    fprintf(out, ". %u processors, %s.", results->settings->processors,
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

static void open_picture(const char *title, const char *what, unsigned rows, FILE *out)
{
    fprintf(out,
            "<h2>%s</h2>\n<svg width=\"1060\" height=\"%.0f\" role=\"img\" aria-label=\"%s\">\n",
            title, rows * ROW + 4, what);
}

static void put_rates(const struct compare_results *results, FILE *out)
{
    double most = 1, least, fastest;

    for (unsigned i = 0; i < results->designs; i++) {
        compare_spread(results, i, &least, &fastest);
        most = fastest > most ? fastest : most;
    }
    open_picture("Packets a second", "throughput of each design", results->designs, out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        double rate = compare_rate(outcome), y = i * ROW;

        put_label(outcome->design, y, out);
        put_bar("a", LABEL, y + 3, WIDTH * rate / most, 16, out);
        if (results->rounds > 1) {
            compare_spread(results, i, &least, &fastest);
            put_bar("c", LABEL + WIDTH * least / most, y + 10, WIDTH * (fastest - least) / most + 1,
                    2, out);
        }
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\">%.0f</text>\n", LABEL + WIDTH * rate / most + 6,
                y + 15, rate);
    }
    fputs("</svg>\n", out);
}

static void put_latencies(const struct compare_results *results, FILE *out)
{
    double most = 1;

    for (unsigned i = 0; i < results->designs; i++) {
        double max = (double)compare_median(results, i)->load.max_ns;

        most = max > most ? max : most;
    }
    open_picture("From arrival to served: p50 (blue), p99 (orange), and the longest (thin)",
                 "latency of each design", results->designs, out);
    for (unsigned i = 0; i < results->designs; i++) {
        const struct compare_outcome *outcome = compare_median(results, i);
        const struct wc_load_result *load = &outcome->load;
        double y = i * ROW;

        put_label(outcome->design, y, out);
        put_bar("d", LABEL, y + 9, WIDTH * (double)load->max_ns / most, 4, out);
        put_bar("b", LABEL, y + 5, WIDTH * (double)load->p99_ns / most, 12, out);
        put_bar("a", LABEL, y + 3, WIDTH * (double)load->p50_ns / most, 16, out);
        fprintf(out, "<text x=\"%.1f\" y=\"%.0f\">%.1f / %.1f / %.1f us</text>\n",
                LABEL + WIDTH * (double)load->max_ns / most + 6, y + 15,
                (double)load->p50_ns / 1000, (double)load->p99_ns / 1000,
                (double)load->max_ns / 1000);
    }
    fputs("</svg>\n", out);
}

static void put_usage(const struct compare_results *results, FILE *out)
{
    uint32_t processors = results->settings->processors;
    double cell = WIDTH / processors;

    open_picture("How busy each processor is: ISRs (red), DPCs (blue), tasks (orange)",
                 "utilisation of each processor", results->designs, out);
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
    fputs("</table>\n</body></html>\n", out);
}
