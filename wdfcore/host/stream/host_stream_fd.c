/* host_stream_fd.c - reading and writing file descriptors for the real streams.
 *
 * Normal path: a descriptor becomes readable -> its bytes go into `in` until that is full; a write
 * puts bytes into `out`, the flush handle writes them before the loop looks for events, and what
 * the kernel does not take waits for the descriptor to become writable.
 * Failure: end of file and read errors reach the kind through `ended`; a write error drops what
 * waits, while reading goes on: bytes that arrived before a reset are still delivered.
 */
#include "host/stream/host_stream_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <uv.h>

#include "base/assert.h"
#include "host/host_loop.h"

#define FLUSH_AT_ONCE \
    (HOST_STREAM_BUFFER / 4) /* so much is written without waiting for the loop \
                              */

struct host_fd_end {
    union {
        uv_handle_t handle;
        uv_poll_t poll;
        uv_idle_t idle;
        uv_prepare_t prepare;
    } u;
    int fd; /* -1: a flush handle */
    bool pollable;
    bool active;
    void (*ready)(void *owner); /* watches only */
    void *owner;                /* NULL once closed */
};

/* ---- ends ---- */

static void end_freed(uv_handle_t *handle)
{
    free(handle->data);
}

/* The descriptor may be closed at once: uv_close has taken it out of the loop. */
static void end_close(struct host_fd_end *end)
{
    end->owner = NULL;
    uv_close(&end->u.handle, end_freed);
    host_loop_changed();
    if (end->fd >= 0) {
        close(end->fd);
    }
}

static struct host_fd_end *end_create(int fd, void *owner)
{
    struct host_fd_end *end = calloc(1, sizeof(*end));
    struct uv_loop_s *loop = host_loop_uv();
    int result;

    if (end == NULL || loop == NULL) {
        free(end);
        return NULL;
    }
    if (fd < 0) {
        result = uv_prepare_init(loop, &end->u.prepare);
    } else {
        result = uv_poll_init(loop, &end->u.poll, fd);
        end->pollable = result == 0;
        if (result == UV_EPERM) { /* a regular file: always ready */
            result = uv_idle_init(loop, &end->u.idle);
        }
    }
    if (result != 0) {
        free(end);
        errno = -result;
        return NULL;
    }
    end->u.handle.data = end;
    end->fd = fd;
    end->owner = owner;
    return end;
}

static void input_polled(uv_poll_t *poll, int status, int events);
static void input_idle(uv_idle_t *idle);
static void output_polled(uv_poll_t *poll, int status, int events);
static void output_flush(struct host_fd_stream *s);

static void input_watch(struct host_fd_end *end, bool on)
{
    if (end == NULL || end->active == on) {
        return;
    }
    end->active = on;
    if (end->pollable) {
        int result = on ? uv_poll_start(&end->u.poll, UV_READABLE, input_polled)
                        : uv_poll_stop(&end->u.poll);
        CORE_ASSERT(result == 0);
    } else if (on) {
        uv_idle_start(&end->u.idle, input_idle);
    } else {
        uv_idle_stop(&end->u.idle);
    }
    host_loop_changed();
}

static void output_watch(struct host_fd_end *end, bool on)
{
    if (end == NULL || end->active == on) {
        return;
    }
    CORE_ASSERT(end->pollable);
    end->active = on;
    if (on) {
        CORE_ASSERT(uv_poll_start(&end->u.poll, UV_WRITABLE, output_polled) == 0);
    } else {
        uv_poll_stop(&end->u.poll);
    }
    host_loop_changed();
}

/* ---- input ---- */

enum host_fd_input host_fd_read(struct host_fd_stream *s)
{
    struct host_ring *in = &s->stream.in;
    bool was_empty = in->length == 0;
    struct iovec pieces[2];
    int count = host_ring_free(in, pieces);
    ssize_t got;

    if (count == 0) {
        input_watch(s->input, false);
        return HOST_FD_FULL;
    }
    do {
        got = readv(s->input->fd, pieces, count);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return HOST_FD_EMPTY;
    }
    if (got <= 0) {
        bool failed = got < 0;

        host_fd_detach_input(s);
        s->ended(s, failed);
        return HOST_FD_ENDED;
    }
    host_ring_commit(in, (size_t)got);
    host_stream_arrived(&s->stream, was_empty);
    if (host_ring_room(in) == 0) {
        input_watch(s->input, false);
        return HOST_FD_FULL;
    }
    return HOST_FD_MORE;
}

static void input_polled(uv_poll_t *poll, int status, int events)
{
    struct host_fd_end *end = poll->data;
    struct host_fd_stream *s = end->owner;
    enum host_fd_input input;

    (void)events;
    if (s == NULL) {
        return;
    }
    if (end->ready != NULL) {
        end->ready(s);
        return;
    }
    if (status < 0) { /* libuv has stopped watching; the read says what is wrong */
        end->active = false;
    }
    input = host_fd_read(s);
    if (input == HOST_FD_MORE || input == HOST_FD_EMPTY) {
        input_watch(end, true); /* bytes that came before the error are read first */
    }
}

static void input_idle(uv_idle_t *idle)
{
    struct host_fd_end *end = idle->data;

    if (end->owner != NULL) {
        host_fd_read(end->owner);
    }
}

/* Reading goes on once a quarter of the ring is free, not for every byte. */
void host_fd_read_made_room(struct host_stream *stream)
{
    struct host_fd_stream *s = (struct host_fd_stream *)stream;

    if (s->input != NULL && !s->input->active &&
        host_ring_room(&stream->in) >= HOST_STREAM_BUFFER / 4) {
        input_watch(s->input, true);
    }
}

/* ---- output ---- */

/* While something waits to leave the machine is not at its end. */
static void output_count(struct host_fd_stream *s)
{
    bool waits = s->output != NULL && s->stream.out.length > 0;

    if (waits && !s->counted_out) {
        host_loop_stream_opened();
    } else if (!waits && s->counted_out) {
        host_loop_stream_closed();
    }
    s->counted_out = waits;
}

static void flush_prepare(uv_prepare_t *prepare)
{
    struct host_fd_end *end = prepare->data;

    if (end->owner != NULL) {
        output_flush(end->owner);
    }
    uv_stop(prepare->loop); /* do not sleep: there may be work now, or somebody waited for this */
}

static void flush_watch(struct host_fd_end *end, bool on)
{
    if (end->active == on) {
        return;
    }
    end->active = on;
    if (on) {
        uv_prepare_start(&end->u.prepare, flush_prepare);
    } else {
        uv_prepare_stop(&end->u.prepare);
    }
    host_loop_changed();
}

/* A socket must not raise SIGPIPE; what is no socket has no send. */
static ssize_t output_write(int fd, struct iovec *pieces, int count)
{
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = (size_t)count};
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

    return sent >= 0 || errno != ENOTSOCK ? sent : writev(fd, pieces, count);
}

/* Somebody may wait for just this, once the peer is gone. */
static void output_drained(struct host_fd_stream *s)
{
    if (!s->stream.connected) {
        host_run_recheck();
    }
    if (s->drained != NULL) {
        s->drained(s);
    }
}

static void output_flush(struct host_fd_stream *s)
{
    struct host_ring *out = &s->stream.out;
    struct iovec pieces[2];
    int count;

    while (s->output != NULL && (count = host_ring_filled(out, pieces)) > 0) {
        ssize_t sent = output_write(s->output->fd, pieces, count);

        if (sent >= 0) {
            host_ring_drop(out, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            host_fd_detach_output(s);
            host_stream_output_failed(&s->stream);
        }
    }
    flush_watch(s->flush, false);
    output_watch(s->output, out->length > 0);
    output_count(s);
    host_stream_left(&s->stream);
    if (out->length == 0) {
        output_drained(s);
    }
}

static void output_polled(uv_poll_t *poll, int status, int events)
{
    struct host_fd_end *end = poll->data;

    (void)events;
    if (status < 0) { /* libuv has stopped watching; the write says what is wrong */
        end->active = false;
    }
    if (end->owner != NULL) {
        output_flush(end->owner);
    }
}

void host_fd_written(struct host_stream *stream)
{
    struct host_fd_stream *s = (struct host_fd_stream *)stream;

    output_count(s);
    if (s->output == NULL || s->output->active) {
        return; /* it waits for the descriptor */
    }
    if (stream->out.length >= FLUSH_AT_ONCE) {
        output_flush(s);
    } else {
        flush_watch(s->flush, true);
    }
}

/* ---- attach, open, close ---- */

static bool fd_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool host_fd_attach(struct host_fd_stream *s, int input, int output, char *error, size_t size)
{
    if (input == output) { /* two watches need two descriptors */
        output = fcntl(input, F_DUPFD_CLOEXEC, 0);
    }
    if (output >= 0 && fd_set_nonblocking(input) && fd_set_nonblocking(output)) {
        s->input = end_create(input, s);
        s->output = s->input != NULL ? end_create(output, s) : NULL;
    }
    if (s->output != NULL) {
        input_watch(s->input, host_ring_room(&s->stream.in) > 0);
        return true;
    }
    snprintf(error, size, "%s", strerror(errno));
    if (s->input != NULL) {
        end_close(s->input);
        s->input = NULL;
    } else {
        close(input);
    }
    if (output >= 0) {
        close(output);
    }
    return false;
}

void host_fd_detach_input(struct host_fd_stream *s)
{
    if (s->input != NULL) {
        end_close(s->input);
        s->input = NULL;
    }
}

void host_fd_detach_output(struct host_fd_stream *s)
{
    if (s->output != NULL) {
        end_close(s->output);
        s->output = NULL;
        output_count(s);
    }
}

bool host_fd_open(struct host_fd_stream *s, char *error, size_t error_size)
{
    s->flush = end_create(-1, s);
    if (s->flush == NULL) {
        snprintf(error, error_size, "no event loop: %s", strerror(errno));
        return false;
    }
    host_loop_stream_opened();
    s->counted = true;
    return true;
}

void host_fd_close(struct host_fd_stream *s)
{
    if (s->stream.out.length > 0) {
        s->drained = NULL;
        output_flush(s);
    }
    host_fd_detach_input(s);
    host_fd_detach_output(s);
    end_close(s->flush);
    if (s->counted) {
        host_loop_stream_closed();
    }
}

struct host_fd_end *host_fd_watch(int fd, void (*ready)(void *owner), void *owner)
{
    struct host_fd_end *end = end_create(fd, owner);

    if (end == NULL || !end->pollable) {
        if (end != NULL) {
            end_close(end);
        } else {
            close(fd);
        }
        return NULL;
    }
    end->ready = ready;
    input_watch(end, true);
    return end;
}

void host_fd_watch_pause(struct host_fd_end *end, bool pause)
{
    input_watch(end, !pause);
}

void host_fd_watch_close(struct host_fd_end *end)
{
    if (end != NULL) {
        end_close(end);
    }
}
