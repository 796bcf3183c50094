#pragma once
/* trace.h - the flight ring: the last events of a processor, always on.
 * Rules for the ring:
 * - one writer: the processor's own context; writing costs three stores and reads no clock
 * - anybody may read it with base_ring_last, also while its processor writes
 * - an event holds a stamp (time as last read, kind, IRQL, processor) and one word about the object
 * - position and beats only grow: they also serve as the heartbeat that the watchdog looks at
 * Words are addresses of routines and objects or of constant strings; whoever prints the ring
 * turns them into names.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/once.h"

/* "word" is what the ring keeps, "value" what the recording keeps beside its subject. New kinds go
 * to the end of their group; nothing outside depends on the numbers. */
enum base_event_kind {
    BASE_EVENT_NONE,
    BASE_EVENT_API,        /* word: name of the routine (constant string) */
    BASE_EVENT_DPC_QUEUE,  /* word: DPC routine; value: BASE_DPC_VALUE */
    BASE_EVENT_DPC_START,  /* word: DPC routine; value: BASE_DPC_VALUE, depth without it */
    BASE_EVENT_DPC_END,    /* word: DPC routine */
    BASE_EVENT_ISR_START,  /* word: ISR; value: irq */
    BASE_EVENT_ISR_END,    /* word: ISR; value: 1: it claimed the interrupt */
    BASE_EVENT_LINE,       /* word, value: line * 2 + level */
    BASE_EVENT_TIMER,      /* word: DPC routine or 0: it expired; value: period in ms */
    BASE_EVENT_SWITCH,     /* word: name of the task (constant while it lives) or 0: idle */
    BASE_EVENT_TURN,       /* word: number of the processor that gets the turn */
    BASE_EVENT_CALLBACK,   /* word: driver routine */
    BASE_EVENT_REQUEST,    /* word: handle or IRP that enters the driver; value: major function */
    BASE_EVENT_COMPLETE,   /* word: handle or IRP that is completed; value: status */
    BASE_EVENT_POWER,      /* word: name of the transition; value: its subject */
    BASE_EVENT_VIOLATION,  /* word: name of the rule (constant string) */
    BASE_EVENT_WORK_QUEUE, /* word: routine of a work item */
    BASE_EVENT_WORK_START, /* word: the same */
    BASE_EVENT_WORK_END,   /* word: the same */
    /* in recordings only */
    BASE_EVENT_CALLBACK_END,
    BASE_EVENT_DPC_COALESCE, /* it was on a queue already */
    BASE_EVENT_DPC_REMOVE,
    BASE_EVENT_IRQL,        /* value: the level before */
    BASE_EVENT_QUEUE,       /* a queue's counts changed; value: queued << 16, owned by the driver */
    BASE_EVENT_REQUEST_NEW, /* an IRP has reached the framework; value: major function */
    BASE_EVENT_REQUEST_QUEUE, /* it entered a queue; value: the queue's subject */
    BASE_EVENT_TIMER_CANCEL,
    BASE_EVENT_TIMER_SET, /* value: period in ms */
    BASE_EVENT_COUNT
};

/* The value of DPC events: processor of its queue, how many are queued there, threaded or not. */
#define BASE_DPC_THREADED 0x80000000u
#define BASE_DPC_VALUE(processor, depth, threaded) \
    ((uint32_t)(processor) | (uint32_t)(depth) << 8 | ((threaded) ? BASE_DPC_THREADED : 0))

struct base_event {
    /* time in 100 ns, 40 bits (30 hours); kind << 40; IRQL << 48; processor << 56 */
    _Alignas(16) uint64_t stamp;
    uint64_t word;
};

#define BASE_EVENT_TIME 0xffffffffffULL

#define BASE_RING_SIZE 1024u /* events per processor; a power of two */

/* The stamp is always written whole: to write one byte of a word that is loaded as a whole soon after
 * costs a dozen cycles, and the IRQL changes all the time. */
struct base_ring {
    uint64_t stamp;    /* what the next event's stamp holds besides its kind */
    uint64_t time;     /* of that the time and the processor */
    uint64_t position; /* (a) events written since the machine started */
    uint64_t beats;    /* signs of life that are no events */
    struct base_event events[BASE_RING_SIZE];
};

/* Others may read it meanwhile. gcc writes both words with one aligned store of 16 bytes, which costs half
 * of two and which x86-64 shows to others whole; ThreadSanitizer has to be told. */
static inline void base_event_write(struct base_event *event, uint64_t stamp, uint64_t word)
{
#if BASE_TSAN
    BASE_WRITE_ONCE(event->stamp, stamp);
    BASE_WRITE_ONCE(event->word, word);
#else
    *event = (struct base_event){stamp, word};
#endif
}

/* The event first, then the position: who reads the position finds what is in front of it. */
static inline void base_ring_put(struct base_ring *ring, enum base_event_kind kind, uint64_t word)
{
    uint64_t position = ring->position;

    base_event_write(&ring->events[position & (BASE_RING_SIZE - 1)],
                     ring->stamp | (uint64_t)kind << 40, word);
    __atomic_store_n(&ring->position, position + 1, __ATOMIC_RELEASE);
}

/* base_ring_put_both: two events, one after the other, with one step of the position. */
static inline void base_ring_put_both(struct base_ring *ring, enum base_event_kind kind1,
                                      uint64_t word1, enum base_event_kind kind2, uint64_t word2)
{
    uint64_t position = ring->position;
    uint64_t stamp = ring->stamp;

    base_event_write(&ring->events[position & (BASE_RING_SIZE - 1)], stamp | (uint64_t)kind1 << 40,
                     word1);
    base_event_write(&ring->events[(position + 1) & (BASE_RING_SIZE - 1)],
                     stamp | (uint64_t)kind2 << 40, word2);
    __atomic_store_n(&ring->position, position + 2, __ATOMIC_RELEASE);
}

static inline void base_ring_set_irql(struct base_ring *ring, uint8_t irql)
{
    ring->stamp = ring->time | (uint64_t)irql << 48;
}

static inline void base_ring_set_time(struct base_ring *ring, uint64_t time_100ns)
{
    ring->time = ring->time >> 56 << 56 | (time_100ns & BASE_EVENT_TIME);
    ring->stamp = ring->time | (ring->stamp & 0xffULL << 48);
}

/* base_ring_take_stamp: the next events follow those of another ring of the same processor. */
static inline void base_ring_take_stamp(struct base_ring *ring, const struct base_ring *from)
{
    ring->time = BASE_READ_ONCE(from->time);
    ring->stamp = BASE_READ_ONCE(from->stamp); /* on its own, as it was stored */
}

static inline void base_ring_set_processor(struct base_ring *ring, uint8_t processor)
{
    ring->time = ring->time << 8 >> 8 | (uint64_t)processor << 56;
    ring->stamp = ring->stamp << 8 >> 8 | (uint64_t)processor << 56;
}

static inline void base_ring_init(struct base_ring *ring, uint8_t processor)
{
    ring->time = (uint64_t)processor << 56;
    ring->stamp = ring->time;
    ring->position = 0;
    ring->beats = 0;
}

static inline enum base_event_kind base_event_kind(const struct base_event *event)
{
    return (enum base_event_kind)(event->stamp >> 40 & 0xff);
}

static inline uint64_t base_event_time(const struct base_event *event)
{
    return event->stamp & BASE_EVENT_TIME;
}

static inline uint8_t base_event_irql(const struct base_event *event)
{
    return (uint8_t)(event->stamp >> 48);
}

static inline uint8_t base_event_processor(const struct base_event *event)
{
    return (uint8_t)(event->stamp >> 56);
}

/* base_ring_last: the newest `most` events of any processor's ring at most, oldest first, without those
 * that are written over meanwhile.
 *   Returns  how many there are */
unsigned base_ring_last(const struct base_ring *ring, struct base_event *events, unsigned most);

/* base_event_kind_name: "dpc queue", ... for reports. */
const char *base_event_kind_name(enum base_event_kind kind);
