#include "base/trace/trace.h"

#include "base/assert.h"

const char *base_event_kind_name(enum base_event_kind kind)
{
    static const char *const names[BASE_EVENT_COUNT] = {
        [BASE_EVENT_NONE] = "none",
        [BASE_EVENT_API] = "call",
        [BASE_EVENT_DPC_QUEUE] = "dpc queue",
        [BASE_EVENT_DPC_START] = "dpc start",
        [BASE_EVENT_DPC_END] = "dpc end",
        [BASE_EVENT_ISR_START] = "isr start",
        [BASE_EVENT_ISR_END] = "isr end",
        [BASE_EVENT_LINE] = "line",
        [BASE_EVENT_TIMER] = "timer",
        [BASE_EVENT_SWITCH] = "switch",
        [BASE_EVENT_TURN] = "turn",
        [BASE_EVENT_CALLBACK] = "callback",
        [BASE_EVENT_REQUEST] = "request",
        [BASE_EVENT_COMPLETE] = "complete",
        [BASE_EVENT_POWER] = "power",
        [BASE_EVENT_VIOLATION] = "violation",
        [BASE_EVENT_WORK_QUEUE] = "work queue",
        [BASE_EVENT_WORK_START] = "work start",
        [BASE_EVENT_WORK_END] = "work end",
        [BASE_EVENT_CALLBACK_END] = "callback end",
        [BASE_EVENT_DPC_COALESCE] = "dpc coalesce",
        [BASE_EVENT_DPC_REMOVE] = "dpc remove",
        [BASE_EVENT_IRQL] = "irql",
        [BASE_EVENT_QUEUE] = "queue",
        [BASE_EVENT_REQUEST_NEW] = "request new",
        [BASE_EVENT_REQUEST_QUEUE] = "request queue",
        [BASE_EVENT_TIMER_CANCEL] = "timer cancel",
        [BASE_EVENT_TIMER_SET] = "timer set",
    };

    CORE_ASSERT(kind < BASE_EVENT_COUNT);
    return names[kind];
}

unsigned base_ring_last(const struct base_ring *ring, struct base_event *events, unsigned most)
{
    uint64_t end = __atomic_load_n(&ring->position, __ATOMIC_ACQUIRE), now;
    uint64_t first = end > most ? end - most : 0;
    unsigned count = 0;

    for (uint64_t i = first; i < end; i++) {
        const struct base_event *event = &ring->events[i & (BASE_RING_SIZE - 1)];

        /* Both before the position is read again. */
        events[i - first].stamp = __atomic_load_n(&event->stamp, __ATOMIC_ACQUIRE);
        events[i - first].word = __atomic_load_n(&event->word, __ATOMIC_ACQUIRE);
    }
    now = __atomic_load_n(&ring->position, __ATOMIC_RELAXED);
    for (uint64_t i = first; i < end; i++) {
        if (now - i < BASE_RING_SIZE && base_event_kind(&events[i - first]) != BASE_EVENT_NONE) {
            events[count++] = events[i - first];
        }
    }
    return count;
}
