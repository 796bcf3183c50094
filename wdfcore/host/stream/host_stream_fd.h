#pragma once
/* host_stream_fd.h - the engine of the real streams: one file descriptor to read from, one to write
 * to, watched by the loop. Rules:
 * - reading pauses while the ring `in` is full: the kernel's buffer, then the peer, wait
 * (back-pressure)
 * - what is written goes out when the loop turns, or at once when much of it waits
 * - a descriptor that cannot be watched (a regular file) is read whenever the loop turns
 * - libuv's handles live until their close callbacks and outlive the stream if need be
 * - whatever is here is called with host_loop_lock
 */
#include "host/stream/host_stream_kind.h"

struct host_fd_end;

enum host_fd_input {
    HOST_FD_MORE,  /* something was read, there may be more */
    HOST_FD_EMPTY, /* nothing there now */
    HOST_FD_FULL,  /* the ring is full */
    HOST_FD_ENDED, /* end of file or error: `ended` was called */
};

struct host_fd_stream {
    struct host_stream stream;
    struct host_fd_end *input, *output; /* NULL: closed */
    struct host_fd_end *flush;          /* what makes the loop write before it sleeps */
    bool counted;                       /* the loop knows that something may arrive */
    bool counted_out;                   /* ... and that something has to leave */
    /* From inside uv_run, or from host_fd_read. failed: not an orderly end of file. */
    void (*ended)(struct host_fd_stream *s, bool failed);
    void (*drained)(struct host_fd_stream *s); /* optional: `out` has become empty */
};

/* host_fd_open/host_fd_close: what every stream of this kind needs from the loop. Close tries to
 * write once more and closes both descriptors. */
bool host_fd_open(struct host_fd_stream *s, char *error, size_t error_size);
void host_fd_close(struct host_fd_stream *s);

/* host_fd_attach: takes both descriptors over, in any case; they may be equal. */
bool host_fd_attach(struct host_fd_stream *s, int input, int output, char *error, size_t size);
void host_fd_detach_input(struct host_fd_stream *s);
void host_fd_detach_output(struct host_fd_stream *s);
enum host_fd_input host_fd_read(struct host_fd_stream *s);

/* For struct host_stream_kind. */
void host_fd_read_made_room(struct host_stream *stream);
void host_fd_written(struct host_stream *stream);

/* host_fd_watch: calls ready(owner) whenever fd can be read, while it is not paused; takes fd over.
 * NULL: it cannot be watched. */
struct host_fd_end *host_fd_watch(int fd, void (*ready)(void *owner), void *owner);
void host_fd_watch_pause(struct host_fd_end *end, bool pause);
void host_fd_watch_close(struct host_fd_end *end);
