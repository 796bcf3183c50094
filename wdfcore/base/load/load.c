/* load.c - what became of the arrivals of a load. Each has a slot of its own, so that processors
 * that serve different ones share nothing. How arrivals are made: load_arrivals.c. */
#include <stdlib.h>
#include <string.h>

#include "base/load/load.h"

#define NOTHING_YET UINT64_MAX
#define LOST        (UINT64_MAX - 1)

void wc_load_delete(struct wc_load *load)
{
    if (load != NULL) {
        free(load->arrivals);
        free(load->served_ns);
        free(load);
    }
}

uint32_t wc_load_queues(const struct wc_load *load)
{
    return load->queues;
}

const struct wc_arrival *wc_load_arrivals(const struct wc_load *load, size_t *count)
{
    *count = load->count;
    return load->arrivals;
}

void wc_load_started(struct wc_load *load, uint64_t now_ns)
{
    load->start_ns = now_ns;
    load->open = load->count;
    for (size_t i = 0; i < load->count; i++) {
        load->served_ns[i] = NOTHING_YET;
    }
}

uint64_t wc_load_due_ns(const struct wc_load *load, size_t arrival)
{
    return load->start_ns + load->arrivals[arrival].at_ns;
}

void wc_load_served(struct wc_load *load, size_t arrival, uint64_t now_ns)
{
    load->served_ns[arrival] = now_ns;
    __atomic_sub_fetch(&load->open, 1, __ATOMIC_RELEASE);
}

void wc_load_lost(struct wc_load *load, size_t arrival)
{
    load->served_ns[arrival] = LOST;
    __atomic_sub_fetch(&load->open, 1, __ATOMIC_RELEASE);
}

size_t wc_load_open(const struct wc_load *load)
{
    return __atomic_load_n(&load->open, __ATOMIC_ACQUIRE);
}

static int compare_times(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* The smallest time that `parts` of 1,000 do not exceed. */
static uint64_t percentile(const uint64_t *sorted, size_t count, size_t parts)
{
    size_t rank = (count * parts + 999) / 1000;

    return sorted[rank > 0 ? rank - 1 : 0];
}

static void summarize_one(const struct wc_load *load, size_t i, struct wc_load_result *result,
                          uint64_t *latency)
{
    const struct wc_arrival *arrival = &load->arrivals[i];
    uint64_t served = load->served_ns[i], due = wc_load_due_ns(load, i);

    if (served == NOTHING_YET) {
        return;
    }
    if (served == LOST) {
        result->lost++;
        result->queue_lost[arrival->queue]++;
        return;
    }
    latency[result->served++] = served > due ? served - due : 0;
    result->bytes += arrival->bytes;
    result->queue_served[arrival->queue]++;
    served -= load->start_ns;
    if (result->queue_last_ns[arrival->queue] < served) {
        result->queue_last_ns[arrival->queue] = served;
    }
    if (result->elapsed_ns < served) {
        result->elapsed_ns = served;
    }
}

bool wc_load_summarize(const struct wc_load *load, struct wc_load_result *result)
{
    uint64_t *latency = malloc((load->count + 1) * sizeof(*latency));

    *result = (struct wc_load_result){.queues = load->queues, .packets = load->count};
    if (latency == NULL) {
        return false;
    }
    for (size_t i = 0; i < load->count; i++) {
        summarize_one(load, i, result, latency);
    }
    if (result->served > 0) {
        qsort(latency, result->served, sizeof(*latency), compare_times);
        result->p50_ns = percentile(latency, result->served, 500);
        result->p99_ns = percentile(latency, result->served, 990);
        result->p999_ns = percentile(latency, result->served, 999);
        result->max_ns = latency[result->served - 1];
    }
    free(latency);
    return true;
}
