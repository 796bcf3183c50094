/* host_stream_stdio.c - "stdio": the process's standard input and output; the peer is there until
 * the end of the input. Both are opened anew where that is possible: O_NONBLOCK belongs to the open
 * file, which we share with the shell and with whoever writes to the same terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host_loop.h"
#include "host/stream/host_stream_fd.h"

static int stdio_reopen(int fd, int mode)
{
    struct stat status;
    char path[32];
    int again = -1;

    if (fstat(fd, &status) != 0) {
        return -1;
    }
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        again = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
    /* A regular file keeps its position, and a socket cannot be opened. */
    return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void stdio_ended(struct host_fd_stream *s, bool failed)
{
    (void)failed;
    host_stream_peer_went(&s->stream, s->output != NULL);
    if (s->counted) { /* nothing will arrive any more */
        s->counted = false;
        host_loop_stream_closed();
    }
}

static bool stdio_start(struct host_fd_stream *s, char *error, size_t error_size)
{
    int input = stdio_reopen(STDIN_FILENO, O_RDONLY);
    int output = input >= 0 ? stdio_reopen(STDOUT_FILENO, O_WRONLY) : -1;
    char reason[128];

    if (output < 0) {
        snprintf(error, error_size, "stdio: standard %s: %s", input < 0 ? "input" : "output",
                 strerror(errno));
        if (input >= 0) {
            close(input);
        }
        return false;
    }
    s->ended = stdio_ended;
    if (!host_fd_open(s, error, error_size)) {
        close(input);
        close(output);
        return false;
    }
    if (!host_fd_attach(s, input, output, reason, sizeof(reason))) {
        snprintf(error, error_size, "stdio: %s", reason);
        host_fd_close(s);
        return false;
    }
    host_stream_peer_came(&s->stream);
    return true;
}

static bool stdio_open(struct host_stream *stream, const char *arguments, char *error,
                       size_t error_size)
{
    bool started;

    (void)arguments;
    host_loop_lock();
    started = stdio_start((struct host_fd_stream *)stream, error, error_size);
    host_loop_unlock();
    return started;
}

static void stdio_close(struct host_stream *stream)
{
    host_fd_close((struct host_fd_stream *)stream);
}

const struct host_stream_kind host_stream_stdio = {
    .name = "stdio",
    .size = sizeof(struct host_fd_stream),
    .is_real = true,
    .open = stdio_open,
    .close = stdio_close,
    .read_made_room = host_fd_read_made_room,
    .written = host_fd_written,
};
