/* host_stream_mem.c - streams without a system call: `mem`, whose far end a test holds, and `loop`,
 * where what is sent comes back. Both work on the virtual clock.
 *
 * The far end of `mem` never blocks: what it sends waits on its side until the near end has room,
 * and a hang-up follows the bytes sent before it, as on a real connection.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/assert.h"
#include "host/host_loop.h"
#include "host/stream/host_stream_kind.h"

/* Bytes in a growing buffer, taken from the front. */
struct mem_queue {
    uint8_t *data;
    size_t first, end, capacity;
};

struct mem_stream {
    struct host_stream stream;
    struct mem_queue sent;     /* by the far end, not yet in `in` */
    struct mem_queue received; /* by the far end, not yet taken by the test */
    bool refuses;              /* the far end takes nothing */
    bool hanging_up;           /* once `sent` is empty */
};

static bool mem_queue_put(struct mem_queue *queue, const void *data, size_t size)
{
    if (queue->first > 0 && queue->capacity - queue->end < size) {
        memmove(queue->data, queue->data + queue->first, queue->end - queue->first);
        queue->end -= queue->first;
        queue->first = 0;
    }
    if (queue->capacity - queue->end < size) {
        size_t capacity = (queue->end + size) * 2;
        uint8_t *larger = realloc(queue->data, capacity);

        if (larger == NULL) {
            return false;
        }
        queue->data = larger;
        queue->capacity = capacity;
    }
    if (size > 0) {
        memcpy(queue->data + queue->end, data, size);
    }
    queue->end += size;
    return true;
}

static size_t mem_queue_length(const struct mem_queue *queue)
{
    return queue->end - queue->first;
}

static struct mem_stream *mem_of(struct host_stream *stream)
{
    CORE_ASSERT(stream->kind == &host_stream_mem);
    return (struct mem_stream *)stream;
}

/* Moves what the far end has sent into the near end's ring; then its hang-up, if it is due. */
static void mem_move_in(struct host_stream *stream)
{
    struct mem_stream *mem = mem_of(stream);
    bool was_empty = stream->in.length == 0;

    if (mem_queue_length(&mem->sent) > 0) {
        mem->sent.first += host_ring_put(&stream->in, mem->sent.data + mem->sent.first,
                                         mem_queue_length(&mem->sent));
        host_stream_arrived(stream, was_empty);
    }
    if (mem->hanging_up && mem_queue_length(&mem->sent) == 0) {
        mem->hanging_up = false;
        host_stream_peer_went(stream, false);
    }
}

static void mem_move_out(struct host_stream *stream)
{
    struct mem_stream *mem = mem_of(stream);
    struct iovec pieces[2];
    int count;

    if (mem->refuses) {
        return;
    }
    count = host_ring_filled(&stream->out, pieces);
    for (int i = 0; i < count; i++) {
        if (!mem_queue_put(&mem->received, pieces[i].iov_base, pieces[i].iov_len)) {
            return; /* no memory: the bytes stay where they are, as with a peer that refuses */
        }
        host_ring_drop(&stream->out, pieces[i].iov_len);
    }
    host_stream_left(stream);
}

static bool mem_open(struct host_stream *stream, const char *arguments, char *error,
                     size_t error_size)
{
    (void)arguments;
    (void)error;
    (void)error_size;
    host_stream_peer_came(stream);
    return true;
}

static void mem_close(struct host_stream *stream)
{
    struct mem_stream *mem = mem_of(stream);

    free(mem->sent.data);
    free(mem->received.data);
}

const struct host_stream_kind host_stream_mem = {
    .name = "mem",
    .size = sizeof(struct mem_stream),
    .open = mem_open,
    .close = mem_close,
    .read_made_room = mem_move_in,
    .written = mem_move_out,
};

size_t host_stream_far_send(struct host_stream *stream, const void *data, size_t size)
{
    struct mem_stream *mem = mem_of(stream);
    bool sent;

    host_loop_lock();
    sent = stream->connected && !mem->hanging_up && mem_queue_put(&mem->sent, data, size);
    if (sent) {
        mem_move_in(stream);
    }
    host_loop_unlock();
    return sent ? size : 0;
}

size_t host_stream_far_receive(struct host_stream *stream, void *data, size_t size)
{
    struct mem_queue *received = &mem_of(stream)->received;

    host_loop_lock();
    if (size > mem_queue_length(received)) {
        size = mem_queue_length(received);
    }
    if (size > 0) {
        memcpy(data, received->data + received->first, size);
        received->first += size;
    }
    host_loop_unlock();
    return size;
}

void host_stream_far_hangup(struct host_stream *stream)
{
    struct mem_stream *mem = mem_of(stream);

    host_loop_lock();
    if (stream->connected) {
        mem->hanging_up = true;
        mem_move_in(stream);
    }
    host_loop_unlock();
}

void host_stream_far_connect(struct host_stream *stream)
{
    struct mem_stream *mem = mem_of(stream);

    host_loop_lock();
    if (mem->hanging_up) { /* it comes back before its last bytes were taken: they are kept */
        mem->hanging_up = false;
        host_stream_peer_went(stream, false);
    }
    if (!stream->connected) {
        host_stream_peer_came(stream);
    }
    host_loop_unlock();
}

void host_stream_far_refuse(struct host_stream *stream, bool on)
{
    host_loop_lock();
    mem_of(stream)->refuses = on;
    mem_move_out(stream);
    host_loop_unlock();
}

/* ---- loop ---- */

static bool loop_open(struct host_stream *stream, const char *arguments, char *error,
                      size_t error_size)
{
    stream->sink = &stream->in;
    return mem_open(stream, arguments, error, error_size);
}

static void loop_nothing(struct host_stream *stream)
{
    (void)stream;
}

const struct host_stream_kind host_stream_loop = {
    .name = "loop",
    .size = sizeof(struct host_stream),
    .open = loop_open,
    .close = loop_nothing,
    .read_made_room = host_stream_left,
    .written = loop_nothing,
};
