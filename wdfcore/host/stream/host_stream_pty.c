/* host_stream_pty.c - "pty": a pseudo terminal whose path a terminal program can open.
 * The kernel tells the master nothing about who opens its slave, so we keep the slave open
 * ourselves (the master then never sees a hang-up) and count the others by inotify. The line is raw
 * and without echo, so that bytes pass unchanged.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "host/host_loop.h"
#include "host/stream/host_stream_fd.h"

struct pty_stream {
    struct host_fd_stream fd;
    struct host_fd_end *watch;
    int inotify; /* the watch owns it */
    int slave;   /* held open by us */
    unsigned opened;
    bool closing; /* the last one has closed it: what it wrote is still to be read */
};

/* A read of the master finds everything that was written before the close. */
static void pty_drain(struct pty_stream *pty)
{
    enum host_fd_input input;

    do {
        input = host_fd_read(&pty->fd);
    } while (input == HOST_FD_MORE);
    if (input == HOST_FD_EMPTY) {
        pty->closing = false;
        tcflush(pty->slave, TCIFLUSH); /* nobody will read it any more */
        host_stream_peer_went(&pty->fd.stream, false);
    }
}

static void pty_opened(struct pty_stream *pty)
{
    if (pty->opened++ > 0) {
        return;
    }
    if (pty->closing) {
        pty->closing = false;
        host_stream_peer_went(&pty->fd.stream, false);
    }
    host_stream_peer_came(&pty->fd.stream);
}

static void pty_closed(struct pty_stream *pty)
{
    if (pty->opened == 0 || --pty->opened > 0) {
        return;
    }
    pty->closing = true;
    pty_drain(pty);
}

static void pty_watched(void *owner)
{
    struct pty_stream *pty = owner;
    _Alignas(struct inotify_event) char buffer[4096];
    ssize_t got;

    while ((got = read(pty->inotify, buffer, sizeof(buffer))) > 0) {
        for (char *at = buffer; at < buffer + got;) {
            const struct inotify_event *event = (const struct inotify_event *)at;

            if ((event->mask & IN_OPEN) != 0) {
                pty_opened(pty);
            } else if ((event->mask & IN_CLOSE) != 0) {
                pty_closed(pty);
            }
            at += sizeof(*event) + event->len;
        }
    }
}

static void pty_ended(struct host_fd_stream *s, bool failed)
{
    (void)failed;
    host_stream_peer_went(&s->stream, false);
}

/* The master and our slave; the path goes into stream->address. */
static int pty_make(struct pty_stream *pty)
{
    char *path = pty->fd.stream.address;
    struct termios mode;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (master < 0) {
        return -1;
    }
    pty->slave = -1;
    if (grantpt(master) == 0 && unlockpt(master) == 0 &&
        ptsname_r(master, path, sizeof(pty->fd.stream.address)) == 0) {
        pty->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    if (pty->slave < 0 || tcgetattr(pty->slave, &mode) != 0) {
        close(master);
        return -1;
    }
    cfmakeraw(&mode);
    tcsetattr(pty->slave, TCSANOW, &mode);
    return master;
}

static bool pty_start(struct pty_stream *pty, char *error, size_t error_size)
{
    const char *path = pty->fd.stream.address;
    char reason[128] = "cannot be watched";
    int master;

    pty->slave = -1;
    pty->fd.ended = pty_ended;
    if (!host_fd_open(&pty->fd, error, error_size)) {
        return false;
    }
    master = pty_make(pty);
    if (master < 0) {
        snprintf(reason, sizeof(reason), "%s", strerror(errno));
    } else if (host_fd_attach(&pty->fd, master, master, reason, sizeof(reason))) {
        pty->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (pty->inotify >= 0 && inotify_add_watch(pty->inotify, path, IN_OPEN | IN_CLOSE) >= 0) {
            pty->watch = host_fd_watch(pty->inotify, pty_watched, pty);
        }
    }
    if (pty->watch != NULL) {
        return true;
    }
    snprintf(error, error_size, "pty: %s", reason);
    host_fd_close(&pty->fd);
    if (pty->slave >= 0) {
        close(pty->slave);
    }
    return false;
}

static bool pty_open(struct host_stream *stream, const char *arguments, char *error,
                     size_t error_size)
{
    bool started;

    (void)arguments;
    host_loop_lock();
    started = pty_start((struct pty_stream *)stream, error, error_size);
    host_loop_unlock();
    return started;
}

static void pty_close(struct host_stream *stream)
{
    struct pty_stream *pty = (struct pty_stream *)stream;

    host_fd_watch_close(pty->watch);
    host_fd_close(&pty->fd);
    close(pty->slave);
}

static void pty_read_made_room(struct host_stream *stream)
{
    struct pty_stream *pty = (struct pty_stream *)stream;

    if (pty->closing) {
        pty_drain(pty);
    } else {
        host_fd_read_made_room(stream);
    }
}

const struct host_stream_kind host_stream_pty = {
    .name = "pty",
    .size = sizeof(struct pty_stream),
    .is_real = true,
    .open = pty_open,
    .close = pty_close,
    .read_made_room = pty_read_made_room,
    .written = host_fd_written,
};
