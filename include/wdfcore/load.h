#pragma once
/* load.h - what arrives when, and what became of it: the same load for each design that is compared.
 * Rules for a load:
 * - made from a text, "queues=4,packets=10000,rate=500000,burst=32": the same text gives the same
 *   arrivals, whatever they are given to
 * - arrivals are numbered in the order of their times, which count from the start of the load
 * - of each arrival it is said once that it was served or lost; two contexts may do so at the same
 *   time for two arrivals
 * A device model makes one from its options and hands it to the machine with wc_model_set_load; an
 * application makes its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

#define WC_LOAD_QUEUES_MAX 32u

/* The options of wc_load_create, for help and errors. */
#define WC_LOAD_OPTIONS                                                             \
    "queues=N packets=N rate=PACKETS_A_SECOND burst=N skew=PERCENT jitter=PERCENT " \
    "bytes=N|MIN-MAX seed=N arrivals=FILE"

struct wc_load;

struct wc_arrival {
    uint64_t at_ns; /* from the start of the load */
    uint32_t queue, bytes;
};

struct wc_load_result {
    uint32_t queues;
    uint64_t packets, served, lost, bytes; /* bytes: of those served */
    uint64_t elapsed_ns;                   /* from the start of the load to the last one served */
    uint64_t p50_ns, p99_ns, p999_ns, max_ns; /* from arrival to served; 0 if none was */
    uint64_t queue_served[WC_LOAD_QUEUES_MAX], queue_lost[WC_LOAD_QUEUES_MAX];
    uint64_t queue_last_ns[WC_LOAD_QUEUES_MAX]; /* when its last one was served, from the start */
};

/* wc_load_create: from "option=value,..."; options that are missing have their defaults.
 *   queues    queues that they arrive for (2), 1 to WC_LOAD_QUEUES_MAX
 *   packets   how many arrive in all (1000), at most 10,000,000
 *   rate      packets a second, all queues together (0: all arrive at the start)
 *   burst     so many arrive at the same moment (1); the rate stays
 *   skew      percent of the packets that queue 0 gets besides its even share (0)
 *   jitter    percent by which the time between two bursts varies at random, both ways (0)
 *   bytes     size of a packet (64), or of the smallest and the largest
 *   seed      of what is random (1)
 *   arrivals  a file instead: MICROSECONDS QUEUE [BYTES] a line, # starts a comment; only `queues`
 *             and `bytes` may stand beside it
 *   Returns   NULL with one clear line in error */
WC_API struct wc_load *wc_load_create(const char *options, char *error, size_t error_size);
WC_API void wc_load_delete(struct wc_load *load);

WC_API uint32_t wc_load_queues(const struct wc_load *load);
/* wc_load_arrivals: all of them, by time; the load's until it is deleted. */
WC_API const struct wc_arrival *wc_load_arrivals(const struct wc_load *load, size_t *count);
/* wc_load_started: what follows happens anew. */
WC_API void wc_load_started(struct wc_load *load, uint64_t now_ns);
/* wc_load_due_ns: when that arrival is due on the clock that wc_load_started was told. */
WC_API uint64_t wc_load_due_ns(const struct wc_load *load, size_t arrival);
WC_API void wc_load_served(struct wc_load *load, size_t arrival, uint64_t now_ns);
WC_API void wc_load_lost(struct wc_load *load, size_t arrival);
/* wc_load_open: how many were neither served nor lost yet. */
WC_API size_t wc_load_open(const struct wc_load *load);
/* wc_load_summarize: while nothing is served. false: no memory. */
WC_API bool wc_load_summarize(const struct wc_load *load, struct wc_load_result *result);

WC_END_DECLS
