/* recording.c - buffers of events: a list of chunks per host thread.
 *
 * Normal path: the first event of a thread makes its buffer and links it; each further one is a
 * store into the last chunk. Clearing keeps the chunks. Buffers live as long as the process: a
 * thread that ended leaves its events behind until they are exported.
 */
#include "base/trace/recording.h"

#include <stdlib.h>

#include "base/lock.h"

#define CHUNK_EVENTS 4096u

struct chunk {
    struct chunk *next;
    size_t used;
    struct base_recorded events[CHUNK_EVENTS];
};

/* Keys: (p) only its thread, and readers while it does not run; (l) recording.lock */
struct buffer {
    struct buffer *next; /* (l) */
    struct chunk *first; /* (p) */
    struct chunk *last;  /* (p) the one that is written; those behind it are empty */
    size_t lost;         /* (p) */
};

static struct {
    struct base_lock lock;
    struct buffer *buffers; /* (l) */
    uint64_t sequence;      /* (a) orders the events of all threads */
} recording = {.lock = {.rank = BASE_RANK_RECORD}};

static _Thread_local struct buffer *own;

void base_recording_clear(void)
{
    for (struct buffer *buffer = recording.buffers; buffer != NULL; buffer = buffer->next) {
        for (struct chunk *chunk = buffer->first; chunk != NULL; chunk = chunk->next) {
            chunk->used = 0;
        }
        buffer->last = buffer->first;
        buffer->lost = 0;
    }
    recording.sequence = 0;
}

static struct buffer *buffer_make(void)
{
    struct buffer *buffer = calloc(1, sizeof(*buffer));

    if (buffer != NULL) {
        base_lock_acquire(&recording.lock);
        buffer->next = recording.buffers;
        recording.buffers = buffer;
        base_lock_release(&recording.lock);
    }
    return buffer;
}

/* A chunk with room, or NULL. */
__attribute__((noinline)) static struct chunk *buffer_grow(struct buffer *buffer)
{
    struct chunk *chunk = buffer->last != NULL ? buffer->last->next : NULL;

    if (chunk == NULL) {
        chunk = malloc(sizeof(*chunk));
        if (chunk == NULL) {
            buffer->lost++;
            return NULL;
        }
        chunk->next = NULL;
        chunk->used = 0;
        if (buffer->last != NULL) {
            buffer->last->next = chunk;
        } else {
            buffer->first = chunk;
        }
    }
    buffer->last = chunk;
    return chunk;
}

static uint64_t next_sequence(void)
{
    if (__builtin_expect(base_threaded, 0)) {
        /* Only the order of the numbers counts; the events are read when no thread writes. */
        return __atomic_fetch_add(&recording.sequence, 1, __ATOMIC_RELAXED);
    }
    return recording.sequence++;
}

void base_recording_put(const struct base_recorded *event)
{
    struct buffer *buffer = own;
    struct chunk *chunk;

    if (__builtin_expect(buffer == NULL, 0)) {
        own = buffer = buffer_make();
        if (buffer == NULL) {
            return;
        }
    }
    chunk = buffer->last;
    if (__builtin_expect(chunk == NULL || chunk->used == CHUNK_EVENTS, 0)) {
        chunk = buffer_grow(buffer);
        if (chunk == NULL) {
            return;
        }
    }
    chunk->events[chunk->used] = *event;
    chunk->events[chunk->used].sequence = next_sequence();
    chunk->used++;
}

size_t base_recording_count(void)
{
    size_t count = 0;

    for (const struct buffer *buffer = recording.buffers; buffer != NULL; buffer = buffer->next) {
        for (const struct chunk *chunk = buffer->first; chunk != NULL; chunk = chunk->next) {
            count += chunk->used;
        }
    }
    return count;
}

size_t base_recording_lost(void)
{
    size_t lost = 0;

    for (const struct buffer *buffer = recording.buffers; buffer != NULL; buffer = buffer->next) {
        lost += buffer->lost;
    }
    return lost;
}

static int by_sequence(const void *left, const void *right)
{
    const struct base_recorded *a = left;
    const struct base_recorded *b = right;

    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

struct base_recorded *base_recording_merge(size_t *count)
{
    struct base_recorded *events = calloc(base_recording_count() + 1, sizeof(*events));
    bool sorted = true;

    *count = 0;
    if (events == NULL) {
        return NULL;
    }
    for (const struct buffer *buffer = recording.buffers; buffer != NULL; buffer = buffer->next) {
        for (const struct chunk *chunk = buffer->first; chunk != NULL; chunk = chunk->next) {
            for (size_t i = 0; i < chunk->used; i++) {
                events[*count] = chunk->events[i];
                sorted = sorted &&
                         (*count == 0 || events[*count - 1].sequence < chunk->events[i].sequence);
                ++*count;
            }
        }
    }
    if (!sorted) { /* several threads wrote */
        qsort(events, *count, sizeof(*events), by_sequence);
    }
    return events;
}
