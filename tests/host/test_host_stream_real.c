/* The streams to the outside: tcp and pty, on the real clock. The far end is a file descriptor of
 * this process; the machine runs only inside drive(). With WC_SCHED=thread the bytes are moved by the
 * threads of the machine. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

#include "host/host.h"
#include "host/stream/host_stream.h"

#define MIB (1u << 20)

struct fixture {
    struct host_stream *stream;
    unsigned connected, hangup;
    bool echo; /* what arrives is written back */
    uint8_t *got;
    size_t got_length, got_wanted;
    int far;
};

/* ---- a machine that only delivers posts ---- */

static void up_dispatch(uint32_t processor)
{
    (void)processor;
    host_posts_deliver();
}

static bool up_not_stuck(void)
{
    return false;
}

static void up_current(uint32_t processor, struct host_task *task)
{
    (void)processor;
    (void)task;
}

static uint64_t up_next_due(void)
{
    return HOST_NEVER;
}

static void up_nothing(void)
{
}

static void up_attention(uint32_t processor)
{
    (void)processor;
}

static bool up_pending(uint32_t processor)
{
    return processor == 0 && host_posts_pending();
}

static const void *up_pulse(void)
{
    return "";
}

static uint64_t up_heartbeat(const void *pulse)
{
    return 0;
}

static void up_no_window(void *const *frames, int count)
{
    (void)frames;
    (void)count;
}

static void machine_start(void)
{
    const char *scheduler = getenv("WC_SCHED");
    struct host_config config = {.scheduler = scheduler != NULL && strcmp(scheduler, "thread") == 0
                                                  ? HOST_SCHEDULER_THREAD
                                                  : HOST_SCHEDULER_FIBER,
                                 .clock = HOST_CLOCK_REAL,
                                 .processors = 1,
                                 .upcalls = {.dispatch = up_dispatch,
                                             .current = up_current,
                                             .next_due = up_next_due,
                                             .due = up_nothing,
                                             .attention = up_attention,
                                             .stuck = up_not_stuck,
                                             .pending = up_pending,
                                             .pause = up_nothing,
                                             .pulse = up_pulse,
                                             .heartbeat = up_heartbeat,
                                             .no_window = up_no_window}};

    assert_int_equal(host_start(&config), 0);
}

static void take(struct fixture *f)
{
    uint8_t buffer[4096];
    size_t room;

    while ((room = host_stream_room(f->stream)) > 0 || !f->echo) {
        size_t wanted = f->echo && room < sizeof(buffer) ? room : sizeof(buffer);
        size_t n = host_stream_read(f->stream, buffer, wanted);

        if (n == 0) {
            return;
        }
        if (f->echo) {
            assert_int_equal(host_stream_write(f->stream, buffer, n), n);
        }
        if (f->got != NULL && f->got_length + n <= MIB) {
            memcpy(f->got + f->got_length, buffer, n);
        }
        f->got_length += n;
    }
    /* Full: a write of one byte too many makes the stream tell when there is room. */
    assert_int_equal(host_stream_write(f->stream, "x", 1), 0);
}

static void on_data(void *context)
{
    take(context);
}

static void on_connected(void *context)
{
    ((struct fixture *)context)->connected++;
}

static void on_hangup(void *context)
{
    ((struct fixture *)context)->hangup++;
}

static const struct host_stream_events events = {on_data, on_data, on_connected, on_hangup};

static bool is_connected(void *context)
{
    return ((struct fixture *)context)->connected > 0;
}

static bool is_reconnected(void *context)
{
    return ((struct fixture *)context)->connected > 1;
}

static bool is_hung_up(void *context)
{
    return ((struct fixture *)context)->hangup > 0;
}

static bool has_enough(void *context)
{
    struct fixture *f = context;

    if (f->got_length >= f->got_wanted && host_stream_is_drained(f->stream)) {
        return true;
    }
    host_run_recheck(); /* that `out` has become empty is told to nobody */
    return false;
}

static void drive(struct fixture *f, bool (*until)(void *))
{
    assert_int_equal(host_run(until, f), HOST_RUN_DONE);
}

static struct fixture *fixture_open(const char *spec)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char error[256] = "";

    assert_non_null(f);
    f->far = -1;
    machine_start();
    f->stream = host_stream_open(spec, &events, f, error, sizeof(error));
    assert_string_equal(error, "");
    assert_non_null(f->stream);
    return f;
}

static int open_tcp(void **state)
{
    *state = fixture_open("tcp:127.0.0.1:0");
    return 0;
}

static int open_pty(void **state)
{
    *state = fixture_open("pty");
    return 0;
}

static int close_stream(void **state)
{
    struct fixture *f = *state;

    host_stream_close(f->stream);
    host_stop();
    if (f->far >= 0) {
        close(f->far);
    }
    free(f->got);
    free(f);
    return 0;
}

/* ---- the far end ---- */

static int tcp_dial(const struct fixture *f)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    unsigned port;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(sscanf(host_stream_address(f->stream), "127.0.0.1:%u", &port), 1);
    assert_in_range(port, 1, 65535);
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static uint8_t *pattern(size_t size)
{
    uint8_t *data = malloc(size);

    assert_non_null(data);
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(i * 131 + (i >> 9));
    }
    return data;
}

/* The far end of an echo, in a process of its own: sends a MiB and compares what comes back.
 * Returns its exit code. */
static int pump(int fd, const uint8_t *data)
{
    size_t sent = 0;
    size_t received = 0;
    uint8_t buffer[8192];

    while (received < MIB) {
        struct pollfd event = {.fd = fd, .events = POLLIN | (sent < MIB ? POLLOUT : 0)};

        poll(&event, 1, -1);
        if ((event.revents & POLLOUT) != 0) {
            ssize_t n = send(fd, data + sent, MIB - sent, MSG_DONTWAIT);

            sent += n > 0 ? (size_t)n : 0;
        }
        if ((event.revents & ~POLLOUT) != 0) {
            ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

            if (n <= 0 || received + (size_t)n > MIB ||
                memcmp(buffer, data + received, (size_t)n) != 0) {
                return 1;
            }
            received += (size_t)n;
        }
    }
    return 0;
}

static void tcp_tells_its_port(void **state)
{
    struct fixture *f = *state;

    assert_false(host_stream_is_connected(f->stream));
    assert_false(host_stream_was_closed(f->stream));
    f->far = tcp_dial(f);
    drive(f, is_connected);
    assert_true(host_stream_is_connected(f->stream));
}

static void tcp_second_listener_is_refused_in_one_line(void **state)
{
    struct fixture *f = *state;
    char spec[160];
    char error[256] = "";

    snprintf(spec, sizeof(spec), "tcp:%s", host_stream_address(f->stream));
    assert_null(host_stream_open(spec, &events, f, error, sizeof(error)));
    assert_non_null(strstr(error, "Address already in use"));
    assert_null(strchr(error, '\n'));
}

static void tcp_keeps_a_mebibyte_while_nobody_reads(void **state)
{
    struct fixture *f = *state;
    uint8_t *data = pattern(MIB);
    size_t sent = 0;
    bool stalled = false;

    f->far = tcp_dial(f);
    drive(f, is_connected);
    f->got = malloc(MIB);
    f->got_wanted = MIB;
    while (f->got_length < MIB) {
        ssize_t n = send(f->far, data + sent, MIB - sent, MSG_DONTWAIT);

        if (n > 0) {
            sent += (size_t)n;
            continue;
        }
        stalled = true; /* the kernel's buffers and ours are full, or all is sent */
        f->got_wanted = f->got_length + 1;
        drive(f, has_enough);
    }
    assert_true(stalled);
    assert_int_equal(sent, MIB);
    assert_memory_equal(f->got, data, MIB);
    free(data);
}

static void tcp_echoes_a_mebibyte(void **state)
{
    struct fixture *f = *state;
    uint8_t *data = pattern(MIB);
    int status;
    pid_t child;

    f->echo = true;
    f->far = tcp_dial(f);
    child = fork();
    if (child == 0) {
        _exit(pump(f->far, data));
    }
    close(f->far);
    f->far = -1;
    drive(f, is_hung_up);
    assert_int_equal(f->got_length, MIB);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    free(data);
}

static void tcp_accepts_the_next_peer_after_a_hangup(void **state)
{
    struct fixture *f = *state;
    int second;
    uint8_t byte;

    f->far = tcp_dial(f);
    drive(f, is_connected);
    second = tcp_dial(f); /* waits in the backlog */
    assert_int_equal(send(second, "2", 1, 0), 1);
    assert_int_equal(send(f->far, "1", 1, 0), 1);
    f->got = malloc(MIB);
    f->got_wanted = 1;
    drive(f, has_enough);
    assert_int_equal(f->connected, 1);
    close(f->far);
    f->far = second;
    drive(f, is_reconnected);
    assert_int_equal(f->hangup, 1);
    f->got_wanted = 2;
    drive(f, has_enough);
    assert_memory_equal(f->got, "12", 2);
    assert_int_equal(host_stream_write(f->stream, "x", 1), 1);
    drive(f, has_enough);
    assert_int_equal(recv(second, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
}

static void tcp_writes_to_a_peer_that_stopped_sending(void **state)
{
    struct fixture *f = *state;
    char text[4];

    f->far = tcp_dial(f);
    drive(f, is_connected);
    shutdown(f->far, SHUT_WR);
    drive(f, is_hung_up);
    assert_true(host_stream_was_closed(f->stream));
    assert_int_equal(host_stream_write(f->stream, "late", 4), 4);
    drive(f, has_enough);
    assert_int_equal(recv(f->far, text, 4, MSG_WAITALL), 4);
    assert_memory_equal(text, "late", 4);
}

static void tcp_survives_a_reset(void **state)
{
    struct fixture *f = *state;
    struct linger now = {.l_onoff = 1};

    f->far = tcp_dial(f);
    drive(f, is_connected);
    setsockopt(f->far, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(f->far);
    f->far = -1;
    drive(f, is_hung_up);
    assert_int_equal(host_stream_write(f->stream, "lost", 4), 4);
    f->far = tcp_dial(f);
    drive(f, is_reconnected);
    assert_true(host_stream_is_connected(f->stream));
}

static void pty_passes_raw_bytes_both_ways(void **state)
{
    struct fixture *f = *state;
    const uint8_t bytes[] = {0, 3, 4, '\n', '\r', 17, 19, 127, 255};
    uint8_t got[sizeof(bytes)];

    assert_false(host_stream_is_connected(f->stream));
    f->far = open(host_stream_address(f->stream), O_RDWR | O_NOCTTY);
    assert_true(f->far >= 0);
    drive(f, is_connected);
    f->got = malloc(MIB);
    f->got_wanted = sizeof(bytes);
    assert_int_equal(write(f->far, bytes, sizeof(bytes)), sizeof(bytes));
    drive(f, has_enough);
    assert_memory_equal(f->got, bytes, sizeof(bytes));
    assert_int_equal(host_stream_write(f->stream, bytes, sizeof(bytes)), sizeof(bytes));
    drive(f, has_enough);
    assert_int_equal(read(f->far, got, sizeof(got)), sizeof(got));
    assert_memory_equal(got, bytes, sizeof(bytes));
}

static void pty_notices_close_and_reopen(void **state)
{
    struct fixture *f = *state;

    f->far = open(host_stream_address(f->stream), O_RDWR | O_NOCTTY);
    assert_int_equal(write(f->far, "last words", 10), 10);
    close(f->far);
    f->far = -1;
    f->got = malloc(MIB);
    drive(f, is_hung_up);
    assert_int_equal(f->got_length, 10); /* nothing of it is lost by the close */
    assert_true(host_stream_was_closed(f->stream));
    f->far = open(host_stream_address(f->stream), O_RDWR | O_NOCTTY);
    drive(f, is_reconnected);
    assert_int_equal(f->hangup, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tcp_tells_its_port, open_tcp, close_stream),
        cmocka_unit_test_setup_teardown(tcp_second_listener_is_refused_in_one_line, open_tcp,
                                        close_stream),
        cmocka_unit_test_setup_teardown(tcp_keeps_a_mebibyte_while_nobody_reads, open_tcp,
                                        close_stream),
        cmocka_unit_test_setup_teardown(tcp_echoes_a_mebibyte, open_tcp, close_stream),
        cmocka_unit_test_setup_teardown(tcp_accepts_the_next_peer_after_a_hangup, open_tcp,
                                        close_stream),
        cmocka_unit_test_setup_teardown(tcp_writes_to_a_peer_that_stopped_sending, open_tcp,
                                        close_stream),
        cmocka_unit_test_setup_teardown(tcp_survives_a_reset, open_tcp, close_stream),
        cmocka_unit_test_setup_teardown(pty_passes_raw_bytes_both_ways, open_pty, close_stream),
        cmocka_unit_test_setup_teardown(pty_notices_close_and_reopen, open_pty, close_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
