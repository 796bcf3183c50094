/* The block link: a block in each direction, failures, damage, aborts, questions. */
#include "model/model_fixture.h"

#define BASE 0xfe000000u

enum { EVENTS = 0, MASK = 4, RECEIVE = 8, SEND = 0xc, WAITING = 0x10, CRC = 0x14, ASK = 0x18 };
enum { RECEIVE_BUFFER = 0x200, SEND_BUFFER = 0x400 };
enum { RECEIVED = 1, SENT = 2, ANSWERED = 4 };

#define FAILED  0x80000000u
#define ABORTED 0x40000000u

static uint32_t get(unsigned reg)
{
    return (uint32_t)hal_window_read(hal_window_find(HAL_SPACE_MEMORY, BASE + reg, 4), BASE + reg,
                                     4);
}

static void put(unsigned reg, uint32_t value)
{
    hal_window_write(hal_window_find(HAL_SPACE_MEMORY, BASE + reg, 4), BASE + reg, 4, value);
}

static int create(void **state)
{
    *state = fixture_create("blocklink,line=mem");
    put(MASK, RECEIVED | SENT | ANSWERED);
    return 0;
}

static int create_failing(void **state)
{
    *state = fixture_create("blocklink,line=mem,errors=2,noise=1");
    return 0;
}

static int create_slow(void **state)
{
    *state = fixture_create("blocklink,line=mem,block=5000");
    return 0;
}

static void a_block_is_received_once_bytes_are_there(void **state)
{
    struct model_fixture *f = *state;

    put(RECEIVE, 512);
    settle();
    assert_int_equal(get(EVENTS), 0);
    host_stream_far_send(f->far, "123456789", 9);
    settle();
    assert_int_equal(get(EVENTS), RECEIVED);
    assert_true(line_is_up());
    assert_int_equal(get(RECEIVE), 9);
    assert_int_equal(get(CRC), 0xcbf43926); /* the check value of CRC-32 */
    assert_int_equal(get(RECEIVE_BUFFER), 0x34333231);
    put(EVENTS, RECEIVED);
    assert_false(line_is_up());
    put(CRC, 0);
    assert_int_equal(get(CRC), 0);
}

static void no_more_than_asked_for_is_received(void **state)
{
    struct model_fixture *f = *state;

    host_stream_far_send(f->far, "abcdefgh", 8);
    settle();
    assert_int_equal(get(WAITING), 8);
    put(RECEIVE, 3);
    settle();
    assert_int_equal(get(RECEIVE), 3);
    assert_int_equal(get(WAITING), 5);
}

static void a_block_is_sent(void **state)
{
    struct model_fixture *f = *state;
    char data[8] = "";

    put(SEND_BUFFER, 0x64636261);
    put(SEND_BUFFER + 4, 0x65);
    put(SEND, 5);
    settle();
    assert_int_equal(get(EVENTS), SENT);
    assert_int_equal(get(SEND), 5);
    assert_int_equal(host_stream_far_receive(f->far, data, sizeof(data)), 5);
    assert_string_equal(data, "abcde");
}

static void each_second_transfer_fails_and_each_block_is_damaged(void **state)
{
    struct model_fixture *f = *state;

    host_stream_far_send(f->far, "\0", 1);
    settle();
    put(RECEIVE, 1);
    settle();
    assert_int_equal(get(RECEIVE), 1);
    assert_int_equal(get(CRC), 0xd202ef8d); /* of the byte 0 */
    assert_int_equal(get(RECEIVE_BUFFER) & 0xff, 0x10);
    put(SEND, 4);
    settle();
    assert_int_equal(get(SEND), FAILED);
    assert_int_equal(host_stream_far_receive(f->far, &(char[4]){0}, 4), 0);
    put(SEND, 4);
    settle();
    assert_int_equal(get(SEND), 4);
}

static void what_is_under_way_is_aborted(void **state)
{
    struct model_fixture *f = *state;

    put(RECEIVE, 10);
    put(WAITING, RECEIVED | SENT); /* nothing is being sent */
    assert_int_equal(get(EVENTS), RECEIVED);
    assert_int_equal(get(RECEIVE), ABORTED);
    put(EVENTS, RECEIVED);
    host_stream_far_send(f->far, "x", 1);
    settle();
    assert_int_equal(get(EVENTS), 0);
    assert_int_equal(get(WAITING), 1); /* and not lost */
}

static void a_block_takes_its_time(void **state)
{
    (void)state;
    put(SEND, 10);
    put(ASK, 2);
    assert_int_equal(get(EVENTS), 0);
    assert_false(line_is_up());
    settle();
    assert_int_equal(host_clock_machine(), 5000);
    assert_int_equal(get(EVENTS), SENT | ANSWERED);
    assert_false(line_is_up()); /* masked */
    put(MASK, ANSWERED);
    assert_true(line_is_up());
    assert_int_equal(get(ASK), 1);
}

static void reset_forgets_what_is_under_way(void **state)
{
    struct model_fixture *f = *state;

    put(SEND, 10);
    model_reset(f->model);
    settle();
    assert_int_equal(get(EVENTS), 0);
    assert_int_equal(get(MASK), 0);
}

static void numbers_are_checked(void **state)
{
    char error[256] = "";

    (void)state;
    fixture_machine();
    assert_null(fixture_model("blocklink,line=mem,block=soon", error, sizeof(error)));
    assert_non_null(strstr(error, "block=soon"));
    assert_null(fixture_model("blocklink,line=mem,errors=-1", error, sizeof(error)));
    assert_non_null(strstr(error, "errors=-1"));
    ke_machine_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_block_is_received_once_bytes_are_there, create,
                                        fixture_delete),
        cmocka_unit_test_setup_teardown(no_more_than_asked_for_is_received, create, fixture_delete),
        cmocka_unit_test_setup_teardown(a_block_is_sent, create, fixture_delete),
        cmocka_unit_test_setup_teardown(each_second_transfer_fails_and_each_block_is_damaged,
                                        create_failing, fixture_delete),
        cmocka_unit_test_setup_teardown(what_is_under_way_is_aborted, create, fixture_delete),
        cmocka_unit_test_setup_teardown(a_block_takes_its_time, create_slow, fixture_delete),
        cmocka_unit_test_setup_teardown(reset_forgets_what_is_under_way, create_slow,
                                        fixture_delete),
        cmocka_unit_test(numbers_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
