#include "nt/ke/record/ke_last_events.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/lock.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

#define KEPT 12u /* of the reporter, and of all others together */

/* Stamps hold the low bits of a time. Another processor's clock may be ahead of the caller's. */
#define AHEAD 10000000000ULL

/* The newest of several rings, oldest first. */
struct newest {
    struct base_event events[KEPT];
    unsigned count;
};

struct last_events {
    uint64_t now_100ns; /* of the caller */
    struct newest own, others;
};

static uint64_t age(const struct last_events *last, const struct base_event *event)
{
    return (last->now_100ns + AHEAD - base_event_time(event)) & BASE_EVENT_TIME;
}

/* In front of those of its age: what is in one ring comes newest first. The oldest goes if there is no
 * room; false: that would be this one. */
static bool newest_insert(const struct last_events *last, struct newest *newest,
                          const struct base_event *event)
{
    struct base_event *events = newest->events;
    unsigned at = newest->count;

    while (at > 0 && age(last, &events[at - 1]) <= age(last, event)) {
        at--;
    }
    if (newest->count < KEPT) {
        memmove(&events[at + 1], &events[at], (newest->count - at) * sizeof(*event));
        newest->count++;
    } else if (at == 0) {
        return false;
    } else {
        at--;
        memmove(&events[0], &events[1], at * sizeof(*event));
    }
    events[at] = *event;
    return true;
}

static void newest_take(const struct last_events *last, struct newest *newest,
                        const struct base_ring *ring)
{
    struct base_event events[KEPT];
    unsigned count = base_ring_last(ring, events, KEPT);

    while (count > 0 && newest_insert(last, newest, &events[count - 1])) {
        count--;
    }
}

/* With threads what a task does goes into its own ring or into that of the processor that it owns. */
static bool is_own(const struct base_ring *ring)
{
    return ring == &ke_self->ring ||
           (ke_self->claimed_by != NULL && ring == &ke_self->claimed_by->ring);
}

static void take_ring(const struct base_ring *ring, void *context)
{
    struct last_events *last = context;

    newest_take(last, is_own(ring) ? &last->own : &last->others, ring);
}

static void take_all(struct last_events *last)
{
    *last = (struct last_events){.now_100ns = ke_clock_now_100ns()};
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        take_ring(&ke_processor_at(i)->ring, last);
    }
    if (base_threaded && base_lock_none_held()) {
        ke_threads_visit_rings(take_ring, last);
    } else if (ke_self->is_stand_in) {
        take_ring(&ke_self->ring, last);
    }
}

/* ---- as text ---- */

static void name_of(const struct base_event *event, char *name, size_t size)
{
    const void *word = (const void *)(uintptr_t)event->word;

    switch (base_event_kind(event)) {
    case BASE_EVENT_API:
    case BASE_EVENT_POWER:
    case BASE_EVENT_SWITCH:
    case BASE_EVENT_VIOLATION:
        snprintf(name, size, "%s", word != NULL ? (const char *)word : "idle");
        break;
    case BASE_EVENT_DPC_QUEUE:
    case BASE_EVENT_DPC_START:
    case BASE_EVENT_DPC_END:
    case BASE_EVENT_ISR_START:
    case BASE_EVENT_ISR_END:
    case BASE_EVENT_CALLBACK:
    case BASE_EVENT_TIMER:
    case BASE_EVENT_WORK_QUEUE:
    case BASE_EVENT_WORK_START:
    case BASE_EVENT_WORK_END:
        ke_report_routine(word, name, size);
        break;
    default:
        snprintf(name, size, "0x%llx", (unsigned long long)event->word);
    }
}

static void append_event(const struct last_events *last, const struct base_event *event, bool own,
                         char *text, size_t size)
{
    uint64_t at = last->now_100ns + AHEAD - age(last, event);
    size_t used = strlen(text);
    char name[256];

    name_of(event, name, sizeof(name));
    snprintf(text + used, size - used, "  %c %9llu.%u us  cpu %-2u %-9s %-10s %s\n",
             own ? '>' : ' ', (unsigned long long)at / 10, (unsigned)(at % 10),
             base_event_processor(event), ke_irql_name(base_event_irql(event)),
             base_event_kind_name(base_event_kind(event)), name);
}

void ke_last_events(char *text, size_t size)
{
    struct last_events last;
    unsigned other = 0;

    text[0] = '\0';
    if (ke_processor_is_outside(ke_self)) {
        return;
    }
    take_all(&last);
    snprintf(text, size, "  last events, oldest first; >: of the processor that reports\n");
    for (unsigned own = 0; own <= last.own.count; own++) {
        while (other < last.others.count &&
               (own == last.own.count ||
                age(&last, &last.others.events[other]) >= age(&last, &last.own.events[own]))) {
            append_event(&last, &last.others.events[other++], false, text, size);
        }
        if (own < last.own.count) {
            append_event(&last, &last.own.events[own], true, text, size);
        }
    }
}
