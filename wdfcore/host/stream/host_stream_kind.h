#pragma once
/* host_stream_kind.h - what the kinds of streams share: two rings, the events, the state of the
 * peer. Rules for a kind:
 * - its structure begins with struct host_stream; host_stream.c allocates and frees it
 * - it puts what arrives into `in`, takes what leaves from `out`, and tells by the functions below
 * - read_made_room and written are called in contexts of the machine, never inside uv_run
 * - all but open is called with host_loop_lock, as callbacks of the loop are; what open does with
 *   the loop it does under the lock, too
 */
#include <sys/uio.h>

#include "host/host.h"
#include "host/stream/host_stream.h"

/* A ring of HOST_STREAM_BUFFER bytes. */
struct host_ring {
    uint8_t *data;
    size_t first;  /* where the oldest byte is */
    size_t length; /* bytes in it */
};

size_t host_ring_put(struct host_ring *ring, const void *data, size_t size);
size_t host_ring_take(struct host_ring *ring, void *data, size_t size);
/* host_ring_filled/host_ring_free: the bytes, or the free room, as at most two pieces; returns how
 * many. host_ring_commit/host_ring_drop: so many were placed there, or taken. */
int host_ring_filled(const struct host_ring *ring, struct iovec pieces[2]);
int host_ring_free(const struct host_ring *ring, struct iovec pieces[2]);
void host_ring_commit(struct host_ring *ring, size_t size);
void host_ring_drop(struct host_ring *ring, size_t size);
static inline size_t host_ring_room(const struct host_ring *ring)
{
    return HOST_STREAM_BUFFER - ring->length;
}

struct host_stream_kind {
    const char *name;   /* what the spec begins with */
    size_t size;        /* of its structure */
    bool has_arguments; /* the name is followed by ":..." */
    bool is_real;
    /* arguments: what follows the colon. false: error holds the reason, nothing is left open. */
    bool (*open)(struct host_stream *stream, const char *arguments, char *error, size_t error_size);
    void (*close)(struct host_stream *stream);
    void (*read_made_room)(struct host_stream *stream); /* bytes were taken from `in` */
    void (*written)(struct host_stream *stream);        /* bytes were put into `out` */
    void (*hangup_seen)(struct host_stream *stream);    /* optional: the event was delivered */
};

extern const struct host_stream_kind host_stream_tcp, host_stream_pty, host_stream_stdio,
    host_stream_loop, host_stream_mem;

struct host_stream {
    const struct host_stream_kind *kind;
    struct host_stream_events events;
    void *context;
    struct host_ring in, out;
    struct host_ring *sink; /* where writes go: `out`, or for a loop `in` */
    struct host_post post;
    unsigned pending;  /* events to deliver */
    bool connected;    /* a peer is there */
    bool takes_output; /* a peer is there, or has closed only its sending half */
    bool had_peer;     /* there was one once */
    bool short_write;  /* a write found too little room: `writable` is wanted */
    char address[128];
};

/* What a kind tells; the events are delivered later, as a post. */
void host_stream_arrived(struct host_stream *stream, bool was_empty);
void host_stream_left(struct host_stream *stream); /* there is more room for output */
void host_stream_peer_came(struct host_stream *stream);
/* host_stream_peer_went: takes_output tells whether it can still be written to. What waits for a
 * peer that cannot is dropped. */
void host_stream_peer_went(struct host_stream *stream, bool takes_output);
/* host_stream_output_failed: the peer takes no more, though more may come from it. */
void host_stream_output_failed(struct host_stream *stream);
