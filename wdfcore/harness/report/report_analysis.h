#pragma once
/* report_analysis.h - what a recording says: who ran when and because of whom, requests from
 * arrival to completion, queue depths, and tables. All exporters print from this, so that they
 * agree with each other.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trace/recording.h"
#include "base/trace/subject.h"

#define REPORT_NONE    UINT32_MAX
#define REPORT_NEVER   UINT64_MAX
#define REPORT_BUCKETS 11
/* Lower edges of the buckets, in microseconds; those of Windows' DPC and ISR tables. */
extern const uint32_t report_bucket_us[REPORT_BUCKETS];

enum report_kind {
    REPORT_ISR,
    REPORT_DPC,
    REPORT_THREADED_DPC,
    REPORT_WORK,
    REPORT_CALLBACK,
    REPORT_TASK,
    REPORT_KINDS
};

/* A point in a recording: its time, and its place in the sequence of all events. */
struct report_point {
    uint64_t ns, order;
};

/* One call of an ISR, a DPC, ... from entry to return. */
struct report_run {
    enum report_kind kind;
    uint32_t subject;
    struct report_point start, end; /* an unfinished run ends with the recording */
    struct report_point queued;     /* ns REPORT_NEVER: it was not queued */
    uint32_t cause;                 /* run in which it was queued, REPORT_NONE */
    uint32_t coalesced;             /* further enqueues meanwhile */
    uint8_t processor, irql;        /* at entry */
    bool claimed;                   /* ISR: it was its interrupt */
    bool unfinished;
};

/* A stretch of a run (or of a task, kind REPORT_TASK) on one processor without a task switch. */
struct report_piece {
    struct report_point start, end;
    uint32_t run; /* REPORT_NONE: a task */
    uint32_t subject;
    uint8_t kind, processor, irql, depth;
};

struct report_request {
    uint32_t subject;
    uint32_t queue;        /* subject, 0: none */
    uint32_t completed_by; /* run, REPORT_NONE */
    uint32_t status;
    uint8_t major, processor;
    bool is_irp;   /* not (yet) a framework request */
    bool absorbed; /* an IRP that a framework request carries on */
    struct report_point arrived, delivered, completed; /* ns REPORT_NEVER: not so far */
};

struct report_depth {
    struct report_point at;
    uint32_t subject; /* a WDFQUEUE; 0: the DPC queue of the processor */
    uint32_t queued, owned;
    uint8_t processor;
};

struct report_mark { /* line, timer, power, violation */
    struct report_point at;
    uint32_t subject, value;
    uint8_t kind; /* enum base_event_kind */
    uint8_t processor;
};

struct report_level {
    struct report_point at;
    uint8_t processor, irql;
};

/* Where a processor's time went. */
struct report_usage {
    uint64_t isr_ns, dpc_ns, task_ns, idle_ns;
    uint64_t isr_runs, dpc_runs;
};

/* Sorted times of something. */
struct report_times {
    size_t count;
    uint64_t total_ns, min_ns, p50_ns, p90_ns, p99_ns, max_ns;
    uint64_t bucket[REPORT_BUCKETS];
};

/* A line of the table of objects. */
struct report_row {
    enum report_kind kind;
    uint32_t subject;
    struct report_times duration; /* of finished runs */
    struct report_times wait;     /* from queue to entry */
    struct report_times isr_wait; /* from entry of the ISR that queued it to its own entry */
    uint64_t queued, coalesced, removed, claimed, unfinished;
};

struct report_request_row {
    uint8_t major;
    bool is_irp;
    struct report_times wait, service, total; /* to delivery, to completion, all */
    uint64_t count, failed, outstanding;
};

struct report {
    struct base_recorded *events;
    size_t event_count, lost;
    uint32_t processors;
    uint64_t end_ns;
    struct report_run *runs;
    struct report_piece *pieces;
    struct report_request *requests;
    struct report_depth *depths;
    struct report_mark *marks;
    struct report_level *levels;
    size_t run_count, piece_count, request_count, depth_count, mark_count, level_count;
    struct report_usage usage[64];
    struct report_row *rows; /* by kind, then by total time, then by number */
    size_t row_count;
    struct report_request_row *request_rows;
    size_t request_row_count;
    uint64_t kind_count[64];               /* events of each enum base_event_kind */
    struct report_times all[REPORT_KINDS]; /* durations of all runs of a kind */
    struct report_times isr_wait;          /* of all DPCs that an ISR queued */
};

/* report_analyze: NULL: no memory. Nothing may record meanwhile. */
struct report *report_analyze(uint32_t processors);
void report_free(struct report *report);

/* report_tables: fills in rows; for report_analyze. false: no memory. */
bool report_tables(struct report *report);

/* Names. report_object: "WDFDPC #12", "KDPC #1", "" if the name says it all already. */
const char *report_kind_name(enum report_kind kind);
const char *report_name(uint32_t subject);
const char *report_object(uint32_t subject, char *text, size_t size);
const char *report_major_name(uint8_t major);
