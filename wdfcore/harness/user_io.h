#pragma once
/* user_io.h - the application's side, as the machine sees it: see include/wdfcore/user.h. */
#include <stdint.h>

/* Since user_io_stop: what applications asked for and how it ended. */
struct user_io_statistics {
    uint64_t requests, requests_cancelled; /* completed ones */
    uint64_t bytes_read, bytes_written;    /* by successful reads and writes */
};

void user_io_get_statistics(struct user_io_statistics *statistics);

/* user_io_stop: the machine is gone: free what its applications left. Called outside of it. */
void user_io_stop(void);

/* user_io_close_all: what becomes of an application that ends in the middle: its requests are
 * cancelled, its files closed; returns when no request of it is left. In the machine, PASSIVE_LEVEL. */
void user_io_close_all(void);
