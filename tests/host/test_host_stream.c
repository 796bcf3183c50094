/* The streams that need no system call: mem and loop. Events are delivered by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/host.h"
#include "host/stream/host_stream.h"

struct fixture {
    struct host_stream *stream;
    unsigned readable, writable, connected, hangup;
    char order[16]; /* first letters of the events, in order */
    size_t order_length;
};

static void note(struct fixture *f, char letter)
{
    assert_true(f->order_length < sizeof(f->order) - 1);
    f->order[f->order_length++] = letter;
    f->order[f->order_length] = '\0';
}

static void on_readable(void *context)
{
    ((struct fixture *)context)->readable++;
    note(context, 'r');
}

static void on_writable(void *context)
{
    ((struct fixture *)context)->writable++;
    note(context, 'w');
}

static void on_connected(void *context)
{
    ((struct fixture *)context)->connected++;
    note(context, 'c');
}

static void on_hangup(void *context)
{
    ((struct fixture *)context)->hangup++;
    note(context, 'h');
}

static const struct host_stream_events events = {on_readable, on_writable, on_connected, on_hangup};

static void deliver(struct fixture *f)
{
    f->order_length = 0;
    f->order[0] = '\0';
    host_posts_deliver();
}

static struct fixture *fixture_open(const char *spec)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char error[256] = "";

    assert_non_null(f);
    f->stream = host_stream_open(spec, &events, f, error, sizeof(error));
    assert_string_equal(error, "");
    assert_non_null(f->stream);
    return f;
}

static int open_mem(void **state)
{
    *state = fixture_open("mem");
    return 0;
}

static int open_loop(void **state)
{
    *state = fixture_open("loop");
    return 0;
}

static int close_stream(void **state)
{
    struct fixture *f = *state;

    host_stream_close(f->stream);
    assert_false(host_posts_pending());
    free(f);
    return 0;
}

/* Bytes whose order and position both show. */
static void fill(uint8_t *data, size_t size, unsigned salt)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t)(i * 31 + (i >> 8) + salt);
    }
}

static void mem_is_connected_from_the_start(void **state)
{
    struct fixture *f = *state;

    assert_true(host_stream_is_connected(f->stream));
    assert_false(host_stream_was_closed(f->stream));
    assert_int_equal(f->connected, 0); /* told later, never inside open */
    deliver(f);
    assert_string_equal(f->order, "c");
}

static void bytes_arrive_in_order_and_are_told_once(void **state)
{
    struct fixture *f = *state;
    uint8_t data[16];

    deliver(f);
    assert_int_equal(host_stream_far_send(f->stream, "one", 3), 3);
    assert_int_equal(host_stream_far_send(f->stream, "two", 3), 3);
    deliver(f);
    assert_string_equal(f->order, "r");
    assert_int_equal(host_stream_readable(f->stream), 6);
    assert_int_equal(host_stream_read(f->stream, data, 4), 4);
    assert_memory_equal(data, "onet", 4);
    host_stream_far_send(f->stream, "!", 1); /* not empty: no new event */
    deliver(f);
    assert_string_equal(f->order, "");
    assert_int_equal(host_stream_read(f->stream, data, sizeof(data)), 3);
    assert_memory_equal(data, "wo!", 3);
    assert_int_equal(host_stream_read(f->stream, data, sizeof(data)), 0);
    host_stream_far_send(f->stream, "x", 1);
    deliver(f);
    assert_string_equal(f->order, "r");
}

static void a_slow_reader_loses_nothing(void **state)
{
    struct fixture *f = *state;
    size_t size = HOST_STREAM_BUFFER * 3 + 1234;
    uint8_t *sent = malloc(size);
    uint8_t *got = malloc(size);
    size_t have = 0;
    size_t n;

    assert_non_null(sent);
    assert_non_null(got);
    fill(sent, size, 5);
    assert_int_equal(host_stream_far_send(f->stream, sent, size), size);
    assert_int_equal(host_stream_readable(f->stream), HOST_STREAM_BUFFER);
    while ((n = host_stream_read(f->stream, got + have, 1000)) > 0) {
        have += n;
        assert_true(host_stream_readable(f->stream) <= HOST_STREAM_BUFFER);
    }
    assert_int_equal(have, size);
    assert_memory_equal(sent, got, size);
    free(sent);
    free(got);
}

static void a_far_end_that_refuses_fills_the_buffer(void **state)
{
    struct fixture *f = *state;
    static uint8_t data[HOST_STREAM_BUFFER + 100];
    static uint8_t got[sizeof(data)];

    fill(data, sizeof(data), 9);
    deliver(f);
    host_stream_far_refuse(f->stream, true);
    assert_int_equal(host_stream_write(f->stream, data, sizeof(data)), HOST_STREAM_BUFFER);
    assert_int_equal(host_stream_room(f->stream), 0);
    assert_false(host_stream_is_drained(f->stream));
    assert_int_equal(host_stream_far_receive(f->stream, got, sizeof(got)), 0);
    deliver(f);
    assert_string_equal(f->order, "");
    host_stream_far_refuse(f->stream, false);
    deliver(f);
    assert_string_equal(f->order, "w");
    assert_true(host_stream_is_drained(f->stream));
    assert_int_equal(host_stream_write(f->stream, data + HOST_STREAM_BUFFER, 100), 100);
    deliver(f);
    assert_string_equal(f->order, ""); /* no short write: nothing to tell */
    assert_int_equal(host_stream_far_receive(f->stream, got, sizeof(got)), sizeof(got));
    assert_memory_equal(data, got, sizeof(got));
}

static void a_hangup_follows_the_bytes_sent_before_it(void **state)
{
    struct fixture *f = *state;
    static uint8_t data[HOST_STREAM_BUFFER + 10];

    fill(data, sizeof(data), 1);
    deliver(f);
    host_stream_far_send(f->stream, data, sizeof(data));
    host_stream_far_hangup(f->stream);
    deliver(f);
    assert_string_equal(f->order, "r"); /* ten bytes still wait on the far side */
    assert_true(host_stream_is_connected(f->stream));
    assert_int_equal(host_stream_read(f->stream, data, 100), 100);
    deliver(f);
    assert_string_equal(f->order, "h");
    assert_true(host_stream_was_closed(f->stream));
    assert_int_equal(host_stream_readable(f->stream), HOST_STREAM_BUFFER + 10 - 100);
}

static void writes_without_a_peer_are_lost(void **state)
{
    struct fixture *f = *state;
    uint8_t data[8];

    host_stream_far_hangup(f->stream);
    assert_int_equal(host_stream_write(f->stream, "gone", 4), 4);
    assert_true(host_stream_is_drained(f->stream));
    assert_int_equal(host_stream_far_receive(f->stream, data, sizeof(data)), 0);
    assert_int_equal(host_stream_far_send(f->stream, "x", 1), 0);
}

static void what_a_lost_peer_did_not_take_makes_room(void **state)
{
    struct fixture *f = *state;
    static uint8_t data[HOST_STREAM_BUFFER + 1];

    deliver(f);
    host_stream_far_refuse(f->stream, true);
    assert_int_equal(host_stream_write(f->stream, data, sizeof(data)), HOST_STREAM_BUFFER);
    host_stream_far_hangup(f->stream);
    deliver(f);
    assert_string_equal(f->order, "wh"); /* the writer must not wait for ever */
}

static void reconnects_are_told_in_order(void **state)
{
    struct fixture *f = *state;

    deliver(f);
    host_stream_far_hangup(f->stream);
    host_stream_far_connect(f->stream);
    host_stream_far_send(f->stream, "x", 1);
    deliver(f);
    assert_string_equal(f->order, "hcr");
    assert_true(host_stream_is_connected(f->stream));
    host_stream_far_hangup(f->stream);
    deliver(f);
    assert_string_equal(f->order, "h");
    host_stream_far_connect(f->stream);
    host_stream_far_hangup(f->stream);
    deliver(f);
    assert_string_equal(f->order, "ch");
}

static void a_loop_gives_back_what_it_got(void **state)
{
    struct fixture *f = *state;
    static uint8_t data[HOST_STREAM_BUFFER + 7];
    static uint8_t got[sizeof(data)];

    fill(data, sizeof(data), 77);
    deliver(f);
    assert_int_equal(host_stream_write(f->stream, data, sizeof(data)), HOST_STREAM_BUFFER);
    deliver(f);
    assert_string_equal(f->order, "r");
    assert_int_equal(host_stream_read(f->stream, got, 7), 7);
    deliver(f);
    assert_string_equal(f->order, "w");
    assert_int_equal(host_stream_write(f->stream, data + HOST_STREAM_BUFFER, 7), 7);
    assert_int_equal(host_stream_read(f->stream, got + 7, sizeof(got)), HOST_STREAM_BUFFER);
    assert_memory_equal(data, got, sizeof(got));
    assert_true(host_stream_is_drained(f->stream));
}

static void bad_specs_get_one_line(void **state)
{
    static const char *const specs[] = {
        "",       "tcp",        "tcp:",          "tcp:127.0.0.1", "tcp:127.0.0.1:",
        "loop:",  "mem:x",      "tcp:x:y",       "pty:",          "tcp:127.0.0.1:65536",
        "serial", "tcp:[::1:1", "tcp:1.2.3.4:-1"};

    (void)state;
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        char error[256] = "";

        assert_null(host_stream_open(specs[i], &events, NULL, error, sizeof(error)));
        assert_true(strlen(error) > 10);
        assert_null(strchr(error, '\n'));
    }
}

static void only_outside_streams_are_real(void **state)
{
    (void)state;
    assert_true(host_stream_spec_is_real("tcp:127.0.0.1:0"));
    assert_true(host_stream_spec_is_real("pty"));
    assert_true(host_stream_spec_is_real("stdio"));
    assert_false(host_stream_spec_is_real("loop"));
    assert_false(host_stream_spec_is_real("mem"));
    assert_false(host_stream_spec_is_real("nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mem_is_connected_from_the_start, open_mem, close_stream),
        cmocka_unit_test_setup_teardown(bytes_arrive_in_order_and_are_told_once, open_mem,
                                        close_stream),
        cmocka_unit_test_setup_teardown(a_slow_reader_loses_nothing, open_mem, close_stream),
        cmocka_unit_test_setup_teardown(a_far_end_that_refuses_fills_the_buffer, open_mem,
                                        close_stream),
        cmocka_unit_test_setup_teardown(a_hangup_follows_the_bytes_sent_before_it, open_mem,
                                        close_stream),
        cmocka_unit_test_setup_teardown(writes_without_a_peer_are_lost, open_mem, close_stream),
        cmocka_unit_test_setup_teardown(what_a_lost_peer_did_not_take_makes_room, open_mem,
                                        close_stream),
        cmocka_unit_test_setup_teardown(reconnects_are_told_in_order, open_mem, close_stream),
        cmocka_unit_test_setup_teardown(a_loop_gives_back_what_it_got, open_loop, close_stream),
        cmocka_unit_test(bad_specs_get_one_line),
        cmocka_unit_test(only_outside_streams_are_real),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
