#pragma once
/* recording.h - the recording: events of the machine with their time, kept until somebody exports
 * them; on demand, beside the flight ring which is always on.
 * Rules for the recording:
 * - one buffer per host thread, so that writing needs no lock; it grows and never drops an event
 *   while there is memory. What did not fit is counted.
 * - numbers of a sequence that the whole machine shares order the events of all buffers
 * - an event names its subject by number (subject.h), never by an address
 * - read, cleared and started while no thread writes: from outside the machine, or with fibers
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys: (c) constant once written */
struct base_recorded {
    uint64_t time_ns;
    uint64_t sequence;
    uint32_t subject; /* number of a subject; 0: none */
    uint32_t value;   /* by kind: see enum base_event_kind */
    uint32_t task;    /* subject of the task that runs, or on which this is nested; 0: idle */
    uint8_t kind;     /* enum base_event_kind */
    uint8_t irql;
    uint8_t processor;
    uint8_t unused;
};

/* base_recording_clear: forget all events; the sequence starts at 0. Memory is kept for the next. */
void base_recording_clear(void);

/* base_recording_put: sequence is filled in. */
void base_recording_put(const struct base_recorded *event);

/* base_recording_count: events so far. base_recording_lost: those for which there was no memory. */
size_t base_recording_count(void);
size_t base_recording_lost(void);

/* base_recording_merge: all events in their sequence; the caller frees. NULL: no memory, or none. */
struct base_recorded *base_recording_merge(size_t *count);
