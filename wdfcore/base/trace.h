#pragma once
/* trace.h - the flight ring: the last events of a processor, always on.
 * Rules for the ring:
 * - one writer: the processor's own context; writing costs two stores and reads no clock
 * - an event holds a stamp (time as last read, kind, IRQL, processor) and one word about the object
 * - the position only grows: it also serves as the heartbeat that the watchdog looks at
 * Words are addresses of routines and objects or of constant strings; whoever prints the ring
 * turns them into names.
 */
#include <stddef.h>
#include <stdint.h>

enum base_event_kind {
    BASE_EVENT_NONE,
    BASE_EVENT_API,       /* word: name of the routine (constant string) */
    BASE_EVENT_DPC_QUEUE, /* word: DPC routine */
    BASE_EVENT_DPC_START, /* word: DPC routine */
    BASE_EVENT_DPC_END,   /* word: DPC routine */
    BASE_EVENT_ISR_START, /* word: ISR */
    BASE_EVENT_ISR_END,   /* word: ISR */
    BASE_EVENT_LINE,      /* word: line * 2 + level */
    BASE_EVENT_TIMER,     /* word: DPC routine or 0 */
    BASE_EVENT_SWITCH,    /* word: name of the task (constant while it lives) or 0: idle */
    BASE_EVENT_TURN,      /* word: number of the processor that gets the turn */
    BASE_EVENT_CALLBACK,  /* word: driver routine */
    BASE_EVENT_REQUEST,   /* word: handle or IRP that enters the driver */
    BASE_EVENT_COMPLETE,  /* word: handle or IRP that is completed */
    BASE_EVENT_POWER,     /* word: name of the transition (constant string) */
    BASE_EVENT_VIOLATION, /* word: name of the rule (constant string) */
    BASE_EVENT_COUNT
};

struct base_event {
    uint64_t stamp; /* time in 100 ns, low 32 bits; kind << 32; IRQL << 48; processor << 56 */
    uint64_t word;
};

#define BASE_RING_SIZE 1024u /* events per processor; a power of two */

struct base_ring {
    uint64_t stamp;    /* what the next event's stamp holds besides its kind */
    uint64_t position; /* events written since the machine started */
    struct base_event events[BASE_RING_SIZE];
};

static inline void base_ring_put(struct base_ring *ring, enum base_event_kind kind, uint64_t word)
{
    struct base_event *event = &ring->events[ring->position++ & (BASE_RING_SIZE - 1)];

    event->stamp = ring->stamp | (uint64_t)kind << 32;
    event->word = word;
}

static inline void base_ring_set_time(struct base_ring *ring, uint64_t time_100ns)
{
    ring->stamp = (ring->stamp & ~(uint64_t)UINT32_MAX) | (uint32_t)time_100ns;
}

static inline void base_ring_set_irql(struct base_ring *ring, uint8_t irql)
{
    ring->stamp = (ring->stamp & ~(0xffULL << 48)) | (uint64_t)irql << 48;
}

static inline void base_ring_init(struct base_ring *ring, uint8_t processor)
{
    ring->stamp = (uint64_t)processor << 56;
    ring->position = 0;
}

static inline enum base_event_kind base_event_kind(const struct base_event *event)
{
    return (enum base_event_kind)(event->stamp >> 32 & 0xffff);
}

static inline uint8_t base_event_irql(const struct base_event *event)
{
    return (uint8_t)(event->stamp >> 48);
}

static inline uint8_t base_event_processor(const struct base_event *event)
{
    return (uint8_t)(event->stamp >> 56);
}

/* base_event_kind_name: "dpc queue", ... for reports. */
const char *base_event_kind_name(enum base_event_kind kind);
