#pragma once
/* host_stream.h - a byte stream to the outside: tcp, pty, stdio, or in memory (mem, loop).
 * Rules for a stream:
 * - bytes that arrive are kept until host_stream_read takes them; reading from the outside pauses
 *   while HOST_STREAM_BUFFER bytes wait (back-pressure: nothing is lost when the reader is slow)
 * - host_stream_write takes what fits; `writable` says when there is room again
 * - events are delivered as posts: in a window or idle context, never inside a libuv callback
 * - a tcp stream listens; one peer at a time; after a hang-up it accepts the next one, as soon as
 *   what was written for the former one has left. A peer that only closed its sending half (EOF)
 *   counts as hung up, but still gets what is written
 * - without a peer, what is written is lost, as on a wire that ends nowhere
 * - with threads any thread may use it, but for open and close; an event may come while another
 *   thread reads or writes, and find that already done
 * - a pty has a peer while somebody has it open; stdio until the end of its input; loop and mem
 *   from the start
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_STREAM_BUFFER 65536u

struct host_stream;

struct host_stream_events {
    void (*readable)(void *context);  /* bytes have arrived where there were none */
    void (*writable)(void *context);  /* there is room again after a short write */
    void (*connected)(void *context); /* a peer is there */
    void (*hangup)(void *context); /* the peer is gone; bytes received before can still be read */
};

/* host_stream_open: from "tcp:HOST:PORT", "pty", "stdio", "loop" or "mem".
 *   Returns  the stream, or NULL with one clear line in error */
struct host_stream *host_stream_open(const char *spec, const struct host_stream_events *events,
                                     void *context, char *error, size_t error_size);
void host_stream_close(struct host_stream *stream);

/* host_stream_is_real: it needs the real clock (tcp, pty, stdio). Usable on a spec, before opening.
 */
bool host_stream_spec_is_real(const char *spec);
/* host_stream_address: "127.0.0.1:43127", "/dev/pts/3", or "" where there is none to tell. */
const char *host_stream_address(const struct host_stream *stream);
size_t host_stream_read(struct host_stream *stream, void *data, size_t size);
size_t host_stream_write(struct host_stream *stream, const void *data, size_t size);
size_t host_stream_readable(const struct host_stream *stream);
size_t host_stream_room(const struct host_stream *stream);
bool host_stream_is_connected(const struct host_stream *stream);
/* host_stream_drained: all that was written has left for the peer (or the peer is gone). */
bool host_stream_is_drained(const struct host_stream *stream);
/* host_stream_was_closed: there was a peer, and it is gone. */
bool host_stream_was_closed(const struct host_stream *stream);

/* The far end of a mem stream, held by a test. */
size_t host_stream_far_send(struct host_stream *stream, const void *data, size_t size);
size_t host_stream_far_receive(struct host_stream *stream, void *data, size_t size);
void host_stream_far_hangup(struct host_stream *stream);
void host_stream_far_connect(struct host_stream *stream);
/* host_stream_far_refuse: while on, the far end takes nothing: writes fill the buffer, then stop.
 */
void host_stream_far_refuse(struct host_stream *stream, bool on);
