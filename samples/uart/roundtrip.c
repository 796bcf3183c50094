/* roundtrip.c - send bytes through a serial line that is a TCP port, and compare what comes back.
 *
 *   roundtrip [--bytes N | --file FILE] -- COMMAND...
 *
 * Starts COMMAND (`wdf run ...`), waits for its line "listening on HOST:PORT", connects as a client
 * of its own, sends while it receives, closes, and waits for COMMAND to end. What COMMAND prints is
 * passed on. The last line is "round trip identical: N bytes"; any other end is one line on stderr
 * and an exit code that is not 0: COMMAND's own if it failed by itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_BYTES (1u << 20)
#define STALL_SECONDS 30 /* nothing moved for so long: give up */

struct child {
    pid_t pid;
    int output; /* read end of its stdout, -1 at its end */
    char line[4096];
    size_t line_length;
    bool listening;
    struct sockaddr_in address;
};

struct transfer {
    int fd;
    const uint8_t *data;
    size_t size;
    size_t sent;
    size_t received;
    bool write_closed;
};

static struct child child = {.pid = -1, .output = -1};

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ends the child as well: it has nobody left to talk to. */
static _Noreturn __attribute__((format(printf, 2, 3))) void fail(int code, const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "roundtrip: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (child.pid > 0) {
        kill(child.pid, SIGKILL);
        waitpid(child.pid, NULL, 0);
    }
    exit(code);
}

static uint8_t *generate(size_t size)
{
    uint8_t *data = malloc(size ? size : 1);
    uint64_t x = 0x9e3779b97f4a7c15u;

    if (data == NULL) {
        fail(1, "no memory for %zu bytes", size);
    }
    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        data[i] = (uint8_t)(x >> 32);
    }
    return data;
}

static uint8_t *read_file(const char *path, size_t *out_size)
{
    size_t size = 0;
    size_t room = 1u << 16;
    uint8_t *data = malloc(room);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0) {
        fail(2, "cannot read %s: %s", path, strerror(errno));
    }
    while (data != NULL && (n = read(fd, data + size, room - size)) != 0) {
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            fail(2, "cannot read %s: %s", path, strerror(errno));
        }
        size += (size_t)n;
        if (size == room) {
            uint8_t *larger = realloc(data, room * 2);

            if (larger == NULL) {
                free(data);
            }
            data = larger;
            room *= 2;
        }
    }
    if (data == NULL) {
        fail(1, "no memory for %s", path);
    }
    close(fd);
    *out_size = size;
    return data;
}

static void child_start(char **command)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail(1, "pipe: %s", strerror(errno));
    }
    child.pid = fork();
    if (child.pid < 0) {
        fail(1, "fork: %s", strerror(errno));
    }
    if (child.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(ends[1], STDOUT_FILENO);
        execvp(command[0], command);
        fprintf(stderr, "roundtrip: cannot start %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    child.output = ends[0];
}

static void child_take_line(const char *line)
{
    char host[64];
    unsigned port;

    puts(line);
    fflush(stdout);
    if (!child.listening && sscanf(line, "listening on %63[0-9.]:%u", host, &port) == 2) {
        child.address.sin_family = AF_INET;
        child.address.sin_port = htons((uint16_t)port);
        if (port > 65535 || inet_pton(AF_INET, host, &child.address.sin_addr) != 1) {
            fail(1, "no address in \"%s\"", line);
        }
        child.listening = true;
    }
}

/* Passes on what the child printed; false at its end of file. */
static bool child_read(void)
{
    char buffer[4096];
    ssize_t n = read(child.output, buffer, sizeof(buffer));

    if (n < 0 && errno == EINTR) {
        return true;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (buffer[i] != '\n' && child.line_length < sizeof(child.line) - 1) {
            child.line[child.line_length++] = buffer[i];
            continue;
        }
        child.line[child.line_length] = '\0';
        child.line_length = 0;
        child_take_line(child.line);
    }
    if (n > 0) {
        return true;
    }
    close(child.output);
    child.output = -1;
    if (child.line_length > 0) {
        child.line[child.line_length] = '\0';
        child_take_line(child.line);
        child.line_length = 0;
    }
    return false;
}

/* The child ended before the work was done: its own words and its own exit code are the answer. */
static _Noreturn void child_ended_early(const char *when)
{
    int status = 0;

    waitpid(child.pid, &status, 0);
    child.pid = -1;
    if (WIFSIGNALED(status)) {
        fail(1, "the driver's process died %s: %s", when, strsignal(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) == 0) {
        fail(1, "the driver's process ended %s", when);
    }
    exit(WEXITSTATUS(status)); /* it has said why */
}

static void child_wait_listening(void)
{
    double deadline = now_seconds() + STALL_SECONDS;

    while (!child.listening) {
        struct pollfd p = {.fd = child.output, .events = POLLIN};
        double left = deadline - now_seconds();

        if (left <= 0 || poll(&p, 1, (int)(left * 1000) + 1) == 0) {
            fail(1, "nothing is listening after %d s", STALL_SECONDS);
        }
        if (p.revents != 0 && !child_read() && !child.listening) {
            child_ended_early("before it listened");
        }
    }
}

static void child_wait_end(void)
{
    double deadline = now_seconds() + STALL_SECONDS;
    int status = 0;

    while (child.output >= 0) {
        struct pollfd p = {.fd = child.output, .events = POLLIN};
        double left = deadline - now_seconds();

        if (left <= 0 || poll(&p, 1, (int)(left * 1000) + 1) == 0) {
            fail(1, "the driver's process did not end within %d s of the close", STALL_SECONDS);
        }
        if (p.revents != 0) {
            child_read();
        }
    }
    waitpid(child.pid, &status, 0);
    child.pid = -1;
    if (WIFSIGNALED(status)) {
        fail(1, "the driver's process died while it stopped: %s", strsignal(WTERMSIG(status)));
    }
    if (WEXITSTATUS(status) != 0) {
        exit(WEXITSTATUS(status));
    }
}

static void show_progress(const struct transfer *t, double started)
{
    double seconds = now_seconds() - started;

    if (t->size == 0) {
        return;
    }
    fprintf(stderr, "%s%zu of %zu bytes back (%zu %%), %.2f MB/s%s",
            isatty(STDERR_FILENO) ? "\r" : "", t->received, t->size, t->received * 100 / t->size,
            seconds > 0 ? (double)t->received / seconds / 1e6 : 0.0,
            isatty(STDERR_FILENO) && t->received < t->size ? "   " : "\n");
}

static void transfer_compare(struct transfer *t, const uint8_t *buffer, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = t->received + i;

        if (at >= t->size) {
            fail(1, "more came back than the %zu bytes sent", t->size);
        }
        if (buffer[i] != t->data[at]) {
            fail(1, "round trip differs at byte %zu: sent 0x%02x, received 0x%02x", at, t->data[at],
                 buffer[i]);
        }
    }
    t->received += n;
}

/* Moves what can be moved now; false once the connection is over, in whatever way. */
static bool transfer_step(struct transfer *t, short revents)
{
    uint8_t buffer[65536];
    ssize_t n;

    if ((revents & POLLOUT) != 0 && t->sent < t->size) {
        n = send(t->fd, t->data + t->sent, t->size - t->sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        t->sent += n > 0 ? (size_t)n : 0;
    }
    if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        n = recv(t->fd, buffer, sizeof(buffer), 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            return false;
        }
        transfer_compare(t, buffer, n > 0 ? (size_t)n : 0);
    }
    return true;
}

/* The connection ended too soon. If the child is ending as well, its own message says more. */
static _Noreturn void transfer_cut_short(const struct transfer *t)
{
    double deadline = now_seconds() + 2;

    while (child.output >= 0 && now_seconds() < deadline) {
        struct pollfd p = {.fd = child.output, .events = POLLIN};

        if (poll(&p, 1, 100) > 0) {
            child_read();
        }
    }
    if (child.output < 0) {
        child_ended_early("in the middle of the transfer");
    }
    fail(1, "the line was closed after %zu of %zu bytes", t->received, t->size);
}

/* Sends and receives at once, then closes our half and expects nothing more but the end. */
static void transfer_run(struct transfer *t)
{
    double started = now_seconds();
    double moved = started;
    double shown = started;

    for (;;) {
        size_t before = t->sent + t->received;
        struct pollfd p[2] = {
            {.fd = t->fd, .events = POLLIN},
            {.fd = child.output, .events = POLLIN}, /* -1 is ignored */
        };

        if (t->received == t->size && !t->write_closed) {
            shutdown(t->fd, SHUT_WR);
            t->write_closed = true;
            show_progress(t, started);
        }
        p[0].events |= t->sent < t->size ? POLLOUT : 0;
        if (poll(p, 2, 200) < 0 && errno != EINTR) {
            fail(1, "poll: %s", strerror(errno));
        }
        if (p[1].revents != 0) {
            child_read();
        }
        if (p[0].revents != 0 && !transfer_step(t, p[0].revents)) {
            break;
        }
        if (t->sent + t->received != before) {
            moved = now_seconds();
        }
        if (now_seconds() - moved > STALL_SECONDS) {
            fail(1, "nothing moved for %d s: %zu of %zu bytes sent, %zu came back", STALL_SECONDS,
                 t->sent, t->size, t->received);
        }
        if (t->received < t->size && now_seconds() - shown >= (isatty(STDERR_FILENO) ? 0.2 : 2)) {
            shown = now_seconds();
            show_progress(t, started);
        }
    }
    close(t->fd);
    if (t->received < t->size) {
        transfer_cut_short(t);
    }
}

static int usage(void)
{
    fprintf(stderr, "roundtrip: usage: roundtrip [--bytes N | --file FILE] -- COMMAND...\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct transfer t = {.fd = -1, .size = DEFAULT_BYTES};
    const char *file = NULL;
    int i = 1;

    for (; i < argc && strcmp(argv[i], "--") != 0; i += 2) {
        char *end = "";

        if (i + 1 < argc && strcmp(argv[i], "--file") == 0) {
            file = argv[i + 1];
        } else if (i + 1 < argc && strcmp(argv[i], "--bytes") == 0) {
            t.size = strtoull(argv[i + 1], &end, 10);
        } else {
            return usage();
        }
        if (*end != '\0') {
            return usage();
        }
    }
    if (i + 1 >= argc) {
        return usage();
    }
    uint8_t *data = file != NULL ? read_file(file, &t.size) : generate(t.size);

    t.data = data;
    child_start(argv + i + 1);
    child_wait_listening();

    t.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (t.fd < 0 || connect(t.fd, (struct sockaddr *)&child.address, sizeof(child.address)) != 0) {
        fail(1, "cannot connect to port %d: %s", ntohs(child.address.sin_port), strerror(errno));
    }
    fcntl(t.fd, F_SETFL, O_NONBLOCK);
    transfer_run(&t);
    child_wait_end();

    free(data);
    printf("round trip identical: %zu bytes\n", t.size);
    return 0;
}
