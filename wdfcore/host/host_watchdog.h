#pragma once
/* host_watchdog.h - one host thread beside the machine. It ticks: on the real clock it asks for
 * attention once a millisecond while contexts run. And it watches: code that burns CPU time for
 * long without reaching a window (NoInterruptWindow) is caught where it stands.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A host thread that runs contexts. */
struct host_watched {
    struct host_watched *prev, *next;
    pthread_t thread;
    clockid_t cpu_clock;
    const void *pulse;         /* see struct host_upcalls */
    uint64_t heartbeat;        /* when it was last seen to change ... */
    uint64_t cpu_at_heartbeat; /* ... and the CPU time used until then */
    atomic_bool away;          /* it runs the program's own code, which needs no window */
};

/* host_watchdog_watch: the calling thread runs contexts until host_watchdog_forget. */
void host_watchdog_watch(struct host_watched *watched);
void host_watchdog_forget(struct host_watched *watched);

/* host_watchdog_start/stop: with the machine; with fibers the calling thread is the one that runs it. */
void host_watchdog_start(void);
void host_watchdog_stop(void);
/* host_watchdog_enter: contexts run from now on (false: the stack outside does). */
void host_watchdog_enter(bool inside);
