#pragma once
/* wpp_control.h - who traces: drivers between WPP_INIT_TRACING and WPP_CLEANUP, and what of their
 * messages is asked for.
 */
#include <nt/wpp.h>

#include <stdbool.h>

/* A driver that traces; WPP_TRACE_CONTROL_BLOCK.Logger is its address.
 * Keys: (c) constant while it is listed, (l) wpp_lock */
struct wpp_tracer {
    struct wpp_tracer *next, *prev;    /* (l) */
    WPP_PROJECT_CONTROL_BLOCK *blocks; /* (c) the driver's storage */
    ULONG count;                       /* (c) of blocks */
    ULONG seen;                        /* (c) bit n: it has the flag number n that is asked for */
    const struct wdfcore_wpp_provider *providers; /* (c) as many as blocks */
    bool no_default_log;                          /* (l) WppRecorderConfigure turned it off */
    char name[64];                                /* (c) the driver's */
};

/* wpp_ask: what drivers that start from now on trace: "LEVEL" or "LEVEL,FLAG,..."; NULL: nothing.
 *   LEVEL    a number from 0 (nothing) to 255, or critical, error, warning, information, verbose
 *   FLAG     names of WPP_DEFINE_BIT; without any all of a driver's flags are on
 *   Returns  false: the text is none of these, nothing changed */
bool wpp_ask(const char *text);

/* wpp_unknown_flag: a line about a flag that is asked for and that none of the drivers which trace has.
 * false: all are known. */
bool wpp_unknown_flag(char *text, size_t size);

/* wpp_default_log: whether the driver that holds this code traces and has a default log; off: turn that
 * log off (true) or on (false) first; NULL: leave it. */
bool wpp_default_log(const void *code, const bool *off);

/* wpp_report_left: WppNotCleanedUp for what the driver, whose module that is, left initialized. */
void wpp_report_left(const char *driver, const void *start, size_t size);
