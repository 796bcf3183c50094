#pragma once
/* load.h - struct wc_load, for load.c and load_arrivals.c. */
#include <wdfcore/load.h>

struct wc_load {
    uint32_t queues;             /* (c) */
    size_t count;                /* (c) */
    struct wc_arrival *arrivals; /* (c) by time */
    size_t open;                 /* (a) arrivals that were neither served nor lost */
    uint64_t start_ns;
    uint64_t *served_ns; /* an arrival each: when it was served, or what else became of it */
};
