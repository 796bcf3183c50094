/* host_stream_tcp.c - "tcp:HOST:PORT": listens, serves one peer at a time.
 *
 *   state      input   output   a new connection
 *   NO PEER    -       -        becomes the peer
 *   PEER       open    open     waits in the backlog
 *   HALF       ended   open     waits until `out` is empty, then replaces the peer
 * A peer ends by end of file (HALF: it may still read) or by an error (NO PEER). Either way the
 * next one is taken only after the hang-up was delivered, so that the machine sees every change.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/host_loop.h"
#include "host/stream/host_stream_fd.h"

struct tcp_stream {
    struct host_fd_stream fd;
    struct host_fd_end *listener;
    int listener_fd;  /* the listener owns it */
    bool hangup_told; /* of the last peer */
};

static void tcp_accept(void *owner)
{
    struct tcp_stream *tcp = owner;
    struct host_stream *stream = &tcp->fd.stream;
    char error[128];
    int one = 1;
    int fd;

    if (stream->connected || stream->out.length > 0) {
        host_fd_watch_pause(tcp->listener, true);
        return;
    }
    fd = accept4(tcp->listener_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return; /* it went away again */
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    host_fd_detach_input(&tcp->fd);
    host_fd_detach_output(&tcp->fd);
    if (host_fd_attach(&tcp->fd, fd, fd, error, sizeof(error))) {
        host_fd_watch_pause(tcp->listener, true);
        tcp->hangup_told = false;
        host_stream_peer_came(stream);
    }
}

static void tcp_ended(struct host_fd_stream *s, bool failed)
{
    if (failed) {
        host_fd_detach_output(s);
    }
    host_stream_peer_went(&s->stream, !failed && s->output != NULL);
}

/* The next peer may come: the hang-up was delivered and nothing waits for the former one. */
static void tcp_listen_again(struct tcp_stream *tcp)
{
    const struct host_stream *stream = &tcp->fd.stream;

    if (!stream->connected && tcp->hangup_told && stream->out.length == 0) {
        host_fd_watch_pause(tcp->listener, false);
    }
}

static void tcp_hangup_seen(struct host_stream *stream)
{
    struct tcp_stream *tcp = (struct tcp_stream *)stream;

    tcp->hangup_told = true;
    tcp_listen_again(tcp);
}

static void tcp_drained(struct host_fd_stream *s)
{
    tcp_listen_again((struct tcp_stream *)s);
}

/* "HOST:PORT", "[IPV6]:PORT" or ":PORT" (every address) into its two parts. */
static bool tcp_split(const char *text, char *host, size_t host_size, char *port, size_t port_size)
{
    const char *colon = strrchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;
    char *end;
    unsigned long number;

    if (colon == NULL || length >= host_size || strlen(colon + 1) >= port_size) {
        return false;
    }
    if (length >= 2 && text[0] == '[' && colon[-1] == ']') {
        text++;
        length -= 2;
    }
    memcpy(host, text, length);
    host[length] = '\0';
    strcpy(port, colon + 1);
    number = strtoul(port, &end, 10);
    return port[0] >= '0' && port[0] <= '9' && *end == '\0' && number <= 65535;
}

static void tcp_name(int fd, char *text, size_t size)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);
    char host[64] = "?";
    char port[8] = "?";

    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
        getnameinfo((struct sockaddr *)&address, length, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV);
    }
    snprintf(text, size, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int tcp_listen(const struct addrinfo *address)
{
    int one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, 8) != 0) {
        int reason = errno;

        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* The listener belongs to the watch from now on. */
static bool tcp_watch(struct tcp_stream *tcp, const char *arguments, char *error, size_t error_size)
{
    if (!host_fd_open(&tcp->fd, error, error_size)) {
        close(tcp->listener_fd);
        return false;
    }
    tcp->listener = host_fd_watch(tcp->listener_fd, tcp_accept, tcp);
    if (tcp->listener == NULL) {
        snprintf(error, error_size, "tcp:%s: cannot be watched", arguments);
        host_fd_close(&tcp->fd);
        return false;
    }
    return true;
}

static bool tcp_open(struct host_stream *stream, const char *arguments, char *error,
                     size_t error_size)
{
    struct tcp_stream *tcp = (struct tcp_stream *)stream;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found;
    char host[128];
    char port[8];
    bool watched;
    int result;

    if (!tcp_split(arguments, host, sizeof(host), port, sizeof(port))) {
        snprintf(error, error_size, "tcp:%s: the form is tcp:HOST:PORT, port 0 to 65535",
                 arguments);
        return false;
    }
    result = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &found);
    if (result != 0) {
        snprintf(error, error_size, "tcp:%s: %s", arguments, gai_strerror(result));
        return false;
    }
    tcp->listener_fd = tcp_listen(found);
    result = errno;
    freeaddrinfo(found);
    if (tcp->listener_fd < 0) {
        snprintf(error, error_size, "tcp:%s: cannot listen: %s", arguments, strerror(result));
        return false;
    }
    tcp_name(tcp->listener_fd, stream->address, sizeof(stream->address));
    tcp->fd.ended = tcp_ended;
    tcp->fd.drained = tcp_drained;
    host_loop_lock();
    watched = tcp_watch(tcp, arguments, error, error_size);
    host_loop_unlock();
    return watched;
}

static void tcp_close(struct host_stream *stream)
{
    struct tcp_stream *tcp = (struct tcp_stream *)stream;

    host_fd_watch_close(tcp->listener);
    host_fd_close(&tcp->fd);
}

const struct host_stream_kind host_stream_tcp = {
    .name = "tcp",
    .size = sizeof(struct tcp_stream),
    .has_arguments = true,
    .is_real = true,
    .open = tcp_open,
    .close = tcp_close,
    .read_made_room = host_fd_read_made_room,
    .written = host_fd_written,
    .hangup_seen = tcp_hangup_seen,
};
