/* host_stream.c - what all streams do alike: the two rings, the events, specs. */
#include "host/stream/host_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/assert.h"
#include "host/host_loop.h"
#include "host/stream/host_stream_kind.h"

enum {
    STREAM_CONNECTED = 1,
    STREAM_READABLE = 2,
    STREAM_WRITABLE = 4,
    STREAM_HANGUP = 8,
};

static const struct host_stream_kind *const stream_kinds[] = {
    &host_stream_tcp, &host_stream_pty, &host_stream_stdio, &host_stream_loop, &host_stream_mem,
};

/* ---- ring ---- */

static int ring_pieces(uint8_t *data, size_t start, size_t length, struct iovec pieces[2])
{
    size_t to_end;

    start %= HOST_STREAM_BUFFER;
    to_end = HOST_STREAM_BUFFER - start;
    if (length == 0) {
        return 0;
    }
    pieces[0].iov_base = data + start;
    pieces[0].iov_len = length < to_end ? length : to_end;
    if (length <= to_end) {
        return 1;
    }
    pieces[1].iov_base = data;
    pieces[1].iov_len = length - to_end;
    return 2;
}

int host_ring_filled(const struct host_ring *ring, struct iovec pieces[2])
{
    return ring_pieces(ring->data, ring->first, ring->length, pieces);
}

int host_ring_free(const struct host_ring *ring, struct iovec pieces[2])
{
    return ring_pieces(ring->data, ring->first + ring->length, host_ring_room(ring), pieces);
}

void host_ring_commit(struct host_ring *ring, size_t size)
{
    CORE_ASSERT(size <= host_ring_room(ring));
    ring->length += size;
}

void host_ring_drop(struct host_ring *ring, size_t size)
{
    CORE_ASSERT(size <= ring->length);
    ring->first = (ring->first + size) % HOST_STREAM_BUFFER;
    ring->length -= size;
}

size_t host_ring_put(struct host_ring *ring, const void *data, size_t size)
{
    size_t start = (ring->first + ring->length) % HOST_STREAM_BUFFER;
    size_t to_end = HOST_STREAM_BUFFER - start;

    if (size > host_ring_room(ring)) {
        size = host_ring_room(ring);
    }
    if (size <= to_end) {
        memcpy(ring->data + start, data, size);
    } else {
        memcpy(ring->data + start, data, to_end);
        memcpy(ring->data, (const uint8_t *)data + to_end, size - to_end);
    }
    ring->length += size;
    return size;
}

size_t host_ring_take(struct host_ring *ring, void *data, size_t size)
{
    size_t to_end = HOST_STREAM_BUFFER - ring->first;

    if (size > ring->length) {
        size = ring->length;
    }
    if (size <= to_end) {
        memcpy(data, ring->data + ring->first, size);
    } else {
        memcpy(data, ring->data + ring->first, to_end);
        memcpy((uint8_t *)data + to_end, ring->data, size - to_end);
    }
    host_ring_drop(ring, size);
    return size;
}

/* ---- events ---- */

static void stream_pend(struct host_stream *stream, unsigned event)
{
    stream->pending |= event;
    host_post(&stream->post);
}

static void stream_hangup_seen(struct host_stream *stream)
{
    if (stream->kind->hangup_seen != NULL) {
        host_loop_lock();
        stream->kind->hangup_seen(stream);
        host_loop_unlock();
    }
}

/* A peer that went and one that came between two deliveries are told in the order that ends in the
 * present state. */
static void stream_deliver(void *context)
{
    struct host_stream *stream = context;
    const struct host_stream_events *events = &stream->events;
    unsigned pending;
    bool hangup_first;

    host_loop_lock();
    pending = stream->pending;
    stream->pending = 0;
    hangup_first = stream->connected;
    if (stream->in.length == 0) {
        pending &= ~(unsigned)STREAM_READABLE;
    }
    host_loop_unlock();
    if ((pending & STREAM_HANGUP) != 0 && hangup_first && events->hangup != NULL) {
        events->hangup(stream->context);
    }
    if ((pending & STREAM_CONNECTED) != 0 && events->connected != NULL) {
        events->connected(stream->context);
    }
    if ((pending & STREAM_READABLE) != 0 && events->readable != NULL) {
        events->readable(stream->context);
    }
    if ((pending & STREAM_WRITABLE) != 0 && events->writable != NULL) {
        events->writable(stream->context);
    }
    if ((pending & STREAM_HANGUP) != 0) {
        if (!hangup_first && events->hangup != NULL) {
            events->hangup(stream->context);
        }
        stream_hangup_seen(stream);
    }
}

void host_stream_arrived(struct host_stream *stream, bool was_empty)
{
    if (was_empty && stream->in.length > 0) {
        stream_pend(stream, STREAM_READABLE);
    }
}

void host_stream_left(struct host_stream *stream)
{
    if (stream->short_write && host_ring_room(stream->sink) > 0) {
        stream->short_write = false;
        stream_pend(stream, STREAM_WRITABLE);
    }
}

void host_stream_peer_came(struct host_stream *stream)
{
    stream->connected = true;
    stream->takes_output = true;
    stream->had_peer = true;
    stream_pend(stream, STREAM_CONNECTED);
}

void host_stream_output_failed(struct host_stream *stream)
{
    stream->takes_output = false;
    host_ring_drop(&stream->out, stream->out.length);
    host_stream_left(stream);
}

void host_stream_peer_went(struct host_stream *stream, bool takes_output)
{
    if (!takes_output) {
        host_stream_output_failed(stream);
    }
    if (stream->connected) {
        stream->connected = false;
        stream_pend(stream, STREAM_HANGUP);
    }
}

/* ---- open and close ---- */

/* The kind that a spec names, and its arguments; NULL if it names none. */
static const struct host_stream_kind *stream_parse(const char *spec, const char **arguments)
{
    for (size_t i = 0; i < sizeof(stream_kinds) / sizeof(stream_kinds[0]); i++) {
        const struct host_stream_kind *kind = stream_kinds[i];
        size_t length = strlen(kind->name);

        if (strncmp(spec, kind->name, length) == 0 &&
            spec[length] == (kind->has_arguments ? ':' : '\0')) {
            *arguments = spec + length + (kind->has_arguments ? 1 : 0);
            return kind;
        }
    }
    return NULL;
}

bool host_stream_spec_is_real(const char *spec)
{
    const char *arguments;
    const struct host_stream_kind *kind = stream_parse(spec, &arguments);

    return kind != NULL && kind->is_real;
}

static void stream_free(struct host_stream *stream)
{
    free(stream->in.data);
    free(stream->out.data);
    free(stream);
}

struct host_stream *host_stream_open(const char *spec, const struct host_stream_events *events,
                                     void *context, char *error, size_t error_size)
{
    const char *arguments;
    const struct host_stream_kind *kind = stream_parse(spec, &arguments);
    struct host_stream *stream;

    if (kind == NULL) {
        snprintf(error, error_size,
                 "%s: not a stream; known are tcp:HOST:PORT, pty, stdio, loop and mem", spec);
        return NULL;
    }
    stream = calloc(1, kind->size);
    if (stream != NULL) {
        stream->in.data = malloc(HOST_STREAM_BUFFER);
        stream->out.data = malloc(HOST_STREAM_BUFFER);
    }
    if (stream == NULL || stream->in.data == NULL || stream->out.data == NULL) {
        snprintf(error, error_size, "%s: no memory", spec);
        if (stream != NULL) {
            stream_free(stream);
        }
        return NULL;
    }
    stream->kind = kind;
    stream->events = *events;
    stream->context = context;
    stream->sink = &stream->out;
    stream->post.deliver = stream_deliver;
    stream->post.context = stream;
    if (!kind->open(stream, arguments, error, error_size)) {
        host_post_cancel(&stream->post);
        stream_free(stream);
        return NULL;
    }
    return stream;
}

void host_stream_close(struct host_stream *stream)
{
    host_loop_lock();
    stream->kind->close(stream);
    host_loop_unlock();
    host_post_cancel(&stream->post);
    stream_free(stream);
}

/* ---- use ---- */

const char *host_stream_address(const struct host_stream *stream)
{
    return stream->address;
}

size_t host_stream_read(struct host_stream *stream, void *data, size_t size)
{
    size_t taken;

    host_loop_lock();
    taken = host_ring_take(&stream->in, data, size);
    if (taken > 0) {
        stream->kind->read_made_room(stream);
    }
    host_loop_unlock();
    return taken;
}

static size_t stream_write(struct host_stream *stream, const void *data, size_t size)
{
    bool was_empty = stream->in.length == 0; /* matters for a loop only */
    size_t put;

    if (!stream->takes_output) {
        return size;
    }
    put = host_ring_put(stream->sink, data, size);
    stream->short_write = put < size;
    if (put > 0) {
        stream->kind->written(stream);
        if (stream->sink == &stream->in) {
            host_stream_arrived(stream, was_empty);
        }
    }
    return put;
}

size_t host_stream_write(struct host_stream *stream, const void *data, size_t size)
{
    size_t put;

    host_loop_lock();
    put = stream_write(stream, data, size);
    host_loop_unlock();
    return put;
}

size_t host_stream_readable(const struct host_stream *stream)
{
    size_t length;

    host_loop_lock();
    length = stream->in.length;
    host_loop_unlock();
    return length;
}

size_t host_stream_room(const struct host_stream *stream)
{
    size_t room;

    host_loop_lock();
    room = stream->takes_output ? host_ring_room(stream->sink) : HOST_STREAM_BUFFER;
    host_loop_unlock();
    return room;
}

bool host_stream_is_connected(const struct host_stream *stream)
{
    bool connected;

    host_loop_lock();
    connected = stream->connected;
    host_loop_unlock();
    return connected;
}

bool host_stream_is_drained(const struct host_stream *stream)
{
    bool drained;

    host_loop_lock();
    drained = stream->out.length == 0;
    host_loop_unlock();
    return drained;
}

bool host_stream_was_closed(const struct host_stream *stream)
{
    bool closed;

    host_loop_lock();
    closed = stream->had_peer && !stream->connected;
    host_loop_unlock();
    return closed;
}
