/* The 16550A register by register, as the data sheet describes it. */
#include "model/model_fixture.h"

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5 };
enum { MSR = 6, SCR = 7 };

#define RECEIVED 0x01 /* IER */
#define SENT     0x02
#define ERRORS   0x04
#define MODEM    0x08
#define NONE     0x01 /* IIR */
#define FIFO     0xc0
#define IDLE     0x60 /* LSR: nothing to send, nothing received */
#define LOOPBACK 0x10 /* MCR */
#define OUT2     0x08
#define READY    0x0b /* MCR: DTR, RTS, OUT2 */

/* 8 data bits, ready to receive, no FIFO, no interrupts. */
static void begin(void)
{
    out(LCR, 3);
    out(MCR, READY);
    deliver();
}

static void begin_fifo(unsigned trigger_bits)
{
    begin();
    out(FCR, (uint8_t)(trigger_bits << 6 | 7));
}

static void far_sends(const struct model_fixture *f, const char *text)
{
    assert_int_equal(host_stream_far_send(f->far, text, strlen(text)), strlen(text));
    deliver();
}

static int create_mem(void **state)
{
    *state = fixture_create("uart16550,line=mem");
    return 0;
}

static int create_paced(void **state)
{
    *state = fixture_create("uart16550,line=mem,baud=real");
    return 0;
}

static int create_overrun(void **state)
{
    *state = fixture_create("uart16550,line=mem,baud=real,overrun=real");
    return 0;
}

static int create_alone(void **state)
{
    *state = fixture_create("uart16550");
    return 0;
}

/* ---- registers ---- */

static void reset_state_is_that_of_the_data_sheet(void **state)
{
    (void)state;
    assert_int_equal(in(IER), 0);
    assert_int_equal(in(IIR), NONE);
    assert_int_equal(in(LCR), 0);
    assert_int_equal(in(MCR), 0);
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(MSR), 0xb0); /* a peer is there: CTS, DSR, DCD; no deltas */
    assert_false(line_is_up());
}

static void without_a_stream_no_modem_signal_is_there(void **state)
{
    (void)state;
    assert_int_equal(in(MSR), 0);
    begin();
    out(THR, 'x'); /* lost, but sent */
    assert_int_equal(in(LSR), IDLE);
}

static void unused_bits_read_as_zero(void **state)
{
    (void)state;
    out(IER, 0xff);
    assert_int_equal(in(IER), 0x0f);
    out(MCR, 0xff);
    assert_int_equal(in(MCR), 0x1f);
    out(LCR, 0x7f);
    assert_int_equal(in(LCR), 0x7f);
}

static void scratch_keeps_any_value(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        out(SCR, (uint8_t)i);
        assert_int_equal(in(SCR), i);
    }
    assert_int_equal(in(IER), 0);
}

static void dlab_selects_the_divisor(void **state)
{
    (void)state;
    out(IER, 5);
    out(LCR, 0x80);
    out(DLL, 0x34);
    out(DLM, 0x12);
    assert_int_equal(in(DLL), 0x34);
    assert_int_equal(in(DLM), 0x12);
    out(LCR, 3);
    assert_int_equal(in(IER), 5); /* what lies behind is untouched */
    out(LCR, 0x80);
    assert_int_equal(in(DLM), 0x12);
}

static void lsr_and_msr_cannot_be_written(void **state)
{
    (void)state;
    out(LSR, 0xff);
    out(MSR, 0xff);
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(MSR), 0xb0);
}

static void wide_accesses_are_split_into_bytes(void **state)
{
    struct hal_window *window = hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT + LCR, 2);

    (void)state;
    hal_window_write(window, FIXTURE_PORT + LCR, 2, 0x0b03);
    assert_int_equal(in(LCR), 3);
    assert_int_equal(in(MCR), 0x0b);
    assert_int_equal(hal_window_read(window, FIXTURE_PORT + LCR, 2), 0x0b03);
}

/* ---- receiving ---- */

static void a_byte_is_received_without_fifo(void **state)
{
    begin();
    far_sends(*state, "ab");
    assert_int_equal(in(LSR), IDLE | 1);
    assert_int_equal(in(RBR), 'a');
    assert_int_equal(in(LSR), IDLE | 1); /* the next one found room */
    assert_int_equal(in(RBR), 'b');
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(RBR), 'b'); /* empty: what was there last */
}

static void nothing_is_taken_before_the_driver_listens(void **state)
{
    struct model_fixture *f = *state;

    deliver();
    far_sends(f, "early");
    assert_int_equal(host_stream_readable(f->far), 5);
    out(FCR, 7); /* the usual reset of the FIFOs costs no byte */
    out(LCR, 3);
    assert_int_equal(host_stream_readable(f->far), 5);
    out(MCR, READY);
    assert_int_equal(host_stream_readable(f->far), 0);
    assert_int_equal(in(RBR), 'e');
}

static void a_receive_interrupt_or_polling_listens_too(void **state)
{
    struct model_fixture *f = *state;

    out(LCR, 3);
    far_sends(f, "p");
    in(LSR);
    assert_int_equal(in(LSR)&1, 1);
    assert_int_equal(in(RBR), 'p');
    model_reset(f->model);
    out(LCR, 3);
    far_sends(f, "i");
    assert_int_equal(in(LSR)&1, 0);
    out(IER, RECEIVED);
    assert_int_equal(in(RBR), 'i');
}

static void rts_taken_back_stops_the_far_end(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    out(MCR, READY & ~2);
    far_sends(f, "held");
    assert_int_equal(in(LSR)&1, 0);
    assert_int_equal(host_stream_readable(f->far), 4);
    out(MCR, READY);
    assert_int_equal(in(RBR), 'h');
}

static void the_receive_fifo_holds_sixteen(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    far_sends(f, "0123456789abcdefGHIJ");
    assert_int_equal(host_stream_readable(f->far), 4); /* back-pressure, no overrun */
    assert_int_equal(in(LSR), IDLE | 1);
    for (const char *c = "0123456789abcdefGHIJ"; *c != '\0'; c++) {
        assert_int_equal(in(RBR), *c);
    }
    assert_int_equal(in(LSR), IDLE);
}

static void the_word_length_masks_bytes(void **state)
{
    struct model_fixture *f = *state;
    static const uint8_t masks[] = {0x1f, 0x3f, 0x7f, 0xff};
    uint8_t sent;

    begin_fifo(0);
    for (unsigned bits = 0; bits < 4; bits++) {
        out(LCR, (uint8_t)bits);
        far_sends(f, "\xff");
        assert_int_equal(in(RBR), masks[bits]);
        out(THR, 0xff);
        assert_int_equal(host_stream_far_receive(f->far, &sent, 1), 1);
        assert_int_equal(sent, masks[bits]);
    }
}

static void check_trigger(const struct model_fixture *f, unsigned bits, unsigned level)
{
    begin_fifo(bits);
    out(IER, RECEIVED);
    for (unsigned i = 1; i < level; i++) {
        far_sends(f, "x");
        assert_int_equal(in(IIR), FIFO | NONE);
        assert_false(line_is_up());
    }
    far_sends(f, "x");
    assert_int_equal(in(IIR), FIFO | 4);
    assert_true(line_is_up());
    in(RBR);
    assert_int_equal(in(IIR), FIFO | NONE); /* below the level again */
    assert_false(line_is_up());
    out(FCR, (uint8_t)(bits << 6 | 3)); /* empty */
}

static void trigger_levels_are_1_4_8_14(void **state)
{
    check_trigger(*state, 0, 1);
    check_trigger(*state, 1, 4);
    check_trigger(*state, 2, 8);
    check_trigger(*state, 3, 14);
}

static void fewer_bytes_than_the_level_interrupt_after_a_tick(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(3);
    out(IER, RECEIVED);
    far_sends(f, "abc");
    assert_false(line_is_up());
    settle();
    assert_true(line_is_up());
    assert_int_equal(in(IIR), FIFO | 12);
    assert_int_equal(in(RBR), 'a'); /* reading takes it back and starts the time again */
    assert_int_equal(in(IIR), FIFO | NONE);
    settle();
    assert_int_equal(in(IIR), FIFO | 12);
    in(RBR);
    in(RBR);
    settle();
    assert_int_equal(in(IIR), FIFO | NONE); /* nothing left, nothing to tell */
}

static void the_time_out_needs_the_fifo(void **state)
{
    begin();
    out(IER, RECEIVED);
    far_sends(*state, "x");
    assert_int_equal(in(IIR), 4);
    settle();
    assert_int_equal(in(IIR), 4);
}

static void fcr_empties_the_receive_fifo(void **state)
{
    begin_fifo(0);
    out(IER, RECEIVED);
    far_sends(*state, "abc");
    out(FCR, 3); /* clear receive, level 1 */
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(IIR), FIFO | NONE);
    far_sends(*state, "d");
    out(FCR, 0); /* switching off empties it as well */
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(IIR), NONE);
}

static void fcr_bits_count_only_with_the_enable_bit(void **state)
{
    begin();
    far_sends(*state, "a");
    out(FCR, 0xc6); /* no enable bit: nothing happens */
    assert_int_equal(in(LSR), IDLE | 1);
    out(IER, RECEIVED);
    assert_int_equal(in(IIR), 4);
}

/* ---- sending ---- */

static void bytes_leave_in_order(void **state)
{
    struct model_fixture *f = *state;
    char sent[4];

    begin_fifo(0);
    out(THR, 'a');
    out(THR, 'b');
    out(THR, 'c');
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(host_stream_far_receive(f->far, sent, 4), 3);
    assert_memory_equal(sent, "abc", 3);
}

static void an_empty_transmitter_interrupts_when_it_is_enabled(void **state)
{
    (void)state;
    begin();
    assert_int_equal(in(IIR), NONE);
    out(IER, SENT);
    assert_true(line_is_up());
    assert_int_equal(in(IIR), 2);
    assert_int_equal(in(IIR), NONE); /* reading IIR took it back */
    assert_false(line_is_up());
    out(IER, SENT); /* no change, no new interrupt */
    assert_int_equal(in(IIR), NONE);
    out(THR, 'x');
    assert_true(line_is_up()); /* it left, the register is empty again */
    assert_int_equal(in(IIR), 2);
    out(IER, 0);
    out(IER, SENT);
    assert_int_equal(in(IIR), 2);
}

static void reading_iir_takes_back_only_what_it_shows(void **state)
{
    begin();
    out(IER, RECEIVED | SENT);
    far_sends(*state, "x");
    assert_int_equal(in(IIR), 4); /* hides the transmitter's */
    assert_int_equal(in(IIR), 4);
    in(RBR);
    assert_int_equal(in(IIR), 2);
    assert_int_equal(in(IIR), NONE);
}

static void a_far_end_that_refuses_fills_the_transmitter(void **state)
{
    struct model_fixture *f = *state;
    static uint8_t bytes[HOST_STREAM_BUFFER];
    uint8_t got[32];

    begin_fifo(0);
    host_stream_far_refuse(f->far, true);
    host_stream_write(f->far, bytes, sizeof(bytes)); /* the wire is full */
    for (unsigned i = 0; i < 20; i++) {
        out(THR, (uint8_t)('a' + i)); /* sixteen find room, four are lost */
    }
    assert_int_equal(in(LSR), 0);
    assert_true(model_is_busy(f->model));
    host_stream_far_refuse(f->far, false);
    deliver();
    assert_int_equal(in(LSR), IDLE);
    assert_false(model_is_busy(f->model));
    assert_int_equal(host_stream_far_receive(f->far, bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(host_stream_far_receive(f->far, got, sizeof(got)), 16);
    assert_memory_equal(got, "abcdefghijklmnop", 16);
}

static void fcr_empties_the_transmit_fifo(void **state)
{
    struct model_fixture *f = *state;
    static uint8_t bytes[HOST_STREAM_BUFFER];

    begin_fifo(0);
    out(IER, SENT);
    in(IIR);
    host_stream_far_refuse(f->far, true);
    host_stream_write(f->far, bytes, sizeof(bytes));
    out(THR, 'x');
    assert_int_equal(in(LSR), 0);
    assert_int_equal(in(IIR), FIFO | NONE);
    out(FCR, 5);
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(IIR), FIFO | 2);
    host_stream_far_refuse(f->far, false);
    settle();
    assert_int_equal(host_stream_far_receive(f->far, bytes, sizeof(bytes)), sizeof(bytes));
    assert_int_equal(host_stream_far_receive(f->far, bytes, 1), 0);
}

/* ---- errors, priorities, the gate ---- */

static void loopback_overruns_when_nobody_reads(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    out(MCR, LOOPBACK | OUT2);
    out(IER, ERRORS);
    for (unsigned i = 0; i < 16; i++) {
        out(THR, (uint8_t)('a' + i));
    }
    assert_int_equal(in(LSR), IDLE | 1);
    assert_int_equal(in(IIR), FIFO | NONE);
    out(THR, 'q');
    assert_int_equal(in(IIR), FIFO | 6);
    assert_true(line_is_up());
    assert_int_equal(in(LSR), IDLE | 1 | 2);
    assert_int_equal(in(LSR), IDLE | 1); /* reading took it back */
    assert_false(line_is_up());
    for (unsigned i = 0; i < 16; i++) { /* the FIFO kept its own, the late byte is lost */
        assert_int_equal(in(RBR), 'a' + i);
    }
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(host_stream_far_receive(f->far, &(char){0}, 1), 0); /* nothing went out */
}

static void without_fifo_an_overrun_replaces_the_byte(void **state)
{
    (void)state;
    begin();
    out(MCR, LOOPBACK);
    out(THR, 'a');
    out(THR, 'b');
    assert_int_equal(in(LSR), IDLE | 1 | 2);
    assert_int_equal(in(RBR), 'b');
}

static void loopback_ignores_the_outside(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    out(MCR, LOOPBACK);
    far_sends(f, "outside");
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(host_stream_readable(f->far), 7);
    out(MCR, READY);
    assert_int_equal(in(RBR), 'o');
}

static void loopback_turns_modem_outputs_into_inputs(void **state)
{
    (void)state;
    begin();
    out(MCR, LOOPBACK);
    in(MSR);
    out(MCR, LOOPBACK | 2); /* RTS -> CTS */
    assert_int_equal(in(MSR), 0x11);
    out(MCR, LOOPBACK | 1); /* DTR -> DSR, and RTS off */
    assert_int_equal(in(MSR), 0x23);
    out(MCR, LOOPBACK | 4); /* OUT1 -> RI: its beginning is no delta */
    assert_int_equal(in(MSR), 0x42);
    out(MCR, LOOPBACK | 8); /* OUT2 -> DCD; RI ends */
    assert_int_equal(in(MSR), 0x8c);
    assert_int_equal(in(MSR), 0x80); /* reading took the deltas back */
}

static void a_break_in_loopback_is_a_null_with_an_error(void **state)
{
    (void)state;
    begin_fifo(0);
    out(MCR, LOOPBACK | OUT2);
    out(IER, ERRORS);
    out(THR, 'a');
    out(LCR, 0x43);
    assert_int_equal(in(LSR), IDLE | 1 | 0x80); /* somewhere in the FIFO */
    assert_int_equal(in(IIR), FIFO | NONE);     /* not yet on top */
    assert_int_equal(in(RBR), 'a');
    assert_int_equal(in(IIR), FIFO | 6);
    assert_int_equal(in(LSR), IDLE | 1 | 0x10 | 0x80);
    assert_int_equal(in(LSR), IDLE | 1);
    assert_int_equal(in(RBR), 0);
}

static void causes_come_in_order_of_priority(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    in(MSR);
    out(MCR, LOOPBACK | OUT2);
    for (unsigned i = 0; i < 17; i++) {
        out(THR, 'x');
    }
    in(MSR);
    out(MCR, LOOPBACK | OUT2 | 2);
    out(IER, RECEIVED | SENT | ERRORS | MODEM);
    assert_int_equal(in(IIR), FIFO | 6);
    in(LSR);
    assert_int_equal(in(IIR), FIFO | 4);
    out(FCR, 3);
    assert_int_equal(in(IIR), FIFO | 2);
    assert_int_equal(in(IIR), FIFO | 0);
    in(MSR);
    assert_int_equal(in(IIR), FIFO | NONE);
    (void)f;
}

static void out2_is_the_gate_of_the_line(void **state)
{
    begin();
    out(MCR, 3);
    out(IER, RECEIVED);
    far_sends(*state, "x");
    assert_int_equal(in(IIR), 4);
    assert_false(line_is_up());
    out(MCR, READY);
    assert_true(line_is_up());
    out(MCR, 3);
    assert_false(line_is_up());
}

static void interrupts_that_are_not_enabled_do_not_show(void **state)
{
    begin();
    far_sends(*state, "x");
    assert_int_equal(in(IIR), NONE);
    assert_false(line_is_up());
    out(IER, RECEIVED);
    assert_true(line_is_up());
    out(IER, 0);
    assert_false(line_is_up());
}

/* ---- the peer ---- */

static void a_hangup_and_a_connect_show_in_the_modem_status(void **state)
{
    struct model_fixture *f = *state;

    begin();
    out(IER, MODEM);
    assert_int_equal(in(MSR), 0xb0);
    host_stream_far_hangup(f->far);
    deliver();
    assert_true(line_is_up());
    assert_int_equal(in(IIR), 0);
    assert_int_equal(in(MSR), 0x0b);
    assert_false(line_is_up());
    assert_int_equal(in(MSR), 0);
    host_stream_far_connect(f->far);
    deliver();
    assert_int_equal(in(MSR), 0xbb);
    assert_int_equal(in(MSR), 0xb0);
}

static void bytes_before_a_hangup_can_still_be_read(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    assert_int_equal(host_stream_far_send(f->far, "last words, more than a FIFO", 28), 28);
    host_stream_far_hangup(f->far);
    deliver();
    for (const char *c = "last words, more than a FIFO"; *c != '\0'; c++) {
        assert_int_equal(in(RBR), *c);
    }
    assert_false(model_is_busy(f->model));
}

/* ---- time ---- */

static void set_divisor(unsigned divisor)
{
    out(LCR, 0x83);
    out(DLL, (uint8_t)divisor);
    out(DLM, (uint8_t)(divisor >> 8));
    out(LCR, 3);
}

static void paced_bytes_take_their_time(void **state)
{
    struct model_fixture *f = *state;
    char sent[4];

    begin_fifo(0);
    set_divisor(12); /* 9600 baud, 10 bits a byte: 1,041,666 ns */
    out(THR, 'a');
    out(THR, 'b');
    assert_int_equal(in(LSR), 0); /* one in the shift register, one in the FIFO */
    assert_int_equal(host_stream_far_receive(f->far, sent, 4), 0);
    assert_true(model_is_busy(f->model));
    settle();
    assert_in_range(host_clock_machine(), 2083300, 2083500);
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(host_stream_far_receive(f->far, sent, 4), 2);
    far_sends(f, "xyz");
    settle();
    assert_in_range(host_clock_machine(), 5 * 1041660, 10 * 1041700); /* and the time-out */
    assert_int_equal(in(RBR), 'x');
}

static void paced_the_shift_register_is_not_the_fifo(void **state)
{
    (void)state;
    begin_fifo(0);
    out(IER, SENT);
    in(IIR);
    out(THR, 'a');
    assert_int_equal(in(LSR), 0x20); /* the FIFO is empty, the byte still on the line */
    assert_int_equal(in(IIR), FIFO | 2);
    settle();
    assert_int_equal(in(LSR), IDLE);
    assert_int_equal(in(IIR), FIFO | NONE);
}

static void the_format_counts_for_the_speed(void **state)
{
    (void)state;
    begin_fifo(0);
    set_divisor(1); /* 115200 */
    out(LCR, 0x0f); /* 8 data, parity, 2 stop bits: 12 bits, 104,166 ns */
    out(THR, 'a');
    settle();
    assert_in_range(host_clock_machine(), 104100, 104300);
    out(LCR, 0x04); /* 5 data, 1.5 stop bits: 7.5 bits, 65,104 ns */
    out(THR, 'a');
    settle();
    assert_in_range(host_clock_machine(), 169200, 169500);
}

static void paced_without_overrun_loses_nothing(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    far_sends(f, "0123456789abcdefGHIJ");
    settle();
    assert_int_equal(in(LSR), IDLE | 1);
    for (const char *c = "0123456789abcdefGHIJ"; *c != '\0'; c++) {
        assert_int_equal(in(RBR), *c);
        settle();
    }
}

static void a_real_overrun_loses_what_finds_no_room(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    far_sends(f, "0123456789abcdefGHIJ");
    settle();
    assert_int_equal(in(LSR), IDLE | 1 | 2);
    assert_int_equal(host_stream_readable(f->far), 0);
    for (const char *c = "0123456789abcdef"; *c != '\0'; c++) {
        assert_int_equal(in(RBR), *c);
    }
    assert_int_equal(in(LSR), IDLE);
}

/* ---- creation, removal ---- */

static void check_refused(const char *spec, const char *wanted)
{
    char error[256] = "";

    assert_null(fixture_model(spec, error, sizeof(error)));
    if (strstr(error, wanted) == NULL || strchr(error, '\n') != NULL) {
        print_error("%s: \"%s\" lacks \"%s\"\n", spec, error, wanted);
        fail();
    }
    assert_null(hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT, 1)); /* all taken back */
}

static void bad_options_get_one_line(void **state)
{
    (void)state;
    fixture_machine();
    check_refused("uart16551", "there are: blocklink nicring tworeg uart16550");
    check_refused("", "there are:");
    check_refused("uart16550,speed=9600", "unknown option \"speed\"");
    check_refused("uart16550,speed=9600", "line=");
    check_refused("uart16550,baud=fast", "baud=fast");
    check_refused("uart16550,overrun=real", "baud=real");
    check_refused("uart16550,line=mem,line=mem", "twice");
    check_refused("uart16550,=mem", "without a name");
    check_refused("uart16550,line=serial", "serial: not a stream");
    check_refused("uart16550,line=tcp:127.0.0.1:0", "real clock");
    assert_true(model_spec_is_real("uart16550,baud=real,line=pty"));
    assert_true(model_spec_is_real("uart16550,line=tcp:127.0.0.1:0,baud=real"));
    assert_false(model_spec_is_real("uart16550,line=loop"));
    assert_false(model_spec_is_real("uart16550"));
    ke_machine_stop();
}

static void missing_resources_are_named(void **state)
{
    static const struct model_range small = {0x3f8, 4};
    static const struct model_range port = {0x3f8, 8};
    static const uint32_t irq = 100000;
    struct model_resources resources = {.ports = &small, .port_count = 1};
    char error[256];

    (void)state;
    fixture_machine();
    assert_null(model_create("uart16550", NULL, error, sizeof(error)));
    assert_non_null(strstr(error, "port"));
    assert_null(model_create("uart16550", &resources, error, sizeof(error)));
    assert_non_null(strstr(error, "too small"));
    resources.ports = &port;
    assert_null(model_create("uart16550", &resources, error, sizeof(error)));
    assert_non_null(strstr(error, "irq"));
    resources.irqs = &irq;
    resources.irq_count = 1;
    assert_null(model_create("uart16550", &resources, error, sizeof(error)));
    assert_non_null(strstr(error, "irq 100000"));
    ke_machine_stop();
}

static void two_devices_cannot_share_ports(void **state)
{
    char error[256] = "";

    (void)state;
    assert_null(fixture_model("uart16550", error, sizeof(error)));
    assert_non_null(strstr(error, "another device"));
}

static void a_device_pulled_out_reads_as_all_ones(void **state)
{
    struct model_fixture *f = *state;

    begin_fifo(0);
    out(IER, RECEIVED);
    far_sends(f, "x");
    assert_true(line_is_up());
    model_set_absent(f->model);
    assert_false(line_is_up());
    assert_false(model_is_busy(f->model));
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(in(i), 0xff);
    }
    out(SCR, 1);
    assert_int_equal(in(SCR), 0xff);
    far_sends(f, "y");
    settle();
    assert_false(line_is_up());
}

static void a_deleted_device_leaves_a_stale_range(void **state)
{
    struct model_fixture *f = *state;
    char error[256];

    model_delete(f->model);
    assert_null(hal_window_find(HAL_SPACE_PORT, FIXTURE_PORT, 1));
    assert_true(hal_window_was_there(HAL_SPACE_PORT, FIXTURE_PORT + 7));
    assert_false(hal_window_was_there(HAL_SPACE_PORT, FIXTURE_PORT + 8));
    f->model = fixture_model("uart16550", error, sizeof(error));
    assert_non_null(f->model);
    assert_false(hal_window_was_there(HAL_SPACE_PORT, FIXTURE_PORT + 7));
}

#define WITH_MEM(test) cmocka_unit_test_setup_teardown(test, create_mem, fixture_delete)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEM(reset_state_is_that_of_the_data_sheet),
        cmocka_unit_test_setup_teardown(without_a_stream_no_modem_signal_is_there, create_alone,
                                        fixture_delete),
        WITH_MEM(unused_bits_read_as_zero),
        WITH_MEM(scratch_keeps_any_value),
        WITH_MEM(dlab_selects_the_divisor),
        WITH_MEM(lsr_and_msr_cannot_be_written),
        WITH_MEM(wide_accesses_are_split_into_bytes),
        WITH_MEM(a_byte_is_received_without_fifo),
        WITH_MEM(nothing_is_taken_before_the_driver_listens),
        WITH_MEM(a_receive_interrupt_or_polling_listens_too),
        WITH_MEM(rts_taken_back_stops_the_far_end),
        WITH_MEM(the_receive_fifo_holds_sixteen),
        WITH_MEM(the_word_length_masks_bytes),
        WITH_MEM(trigger_levels_are_1_4_8_14),
        WITH_MEM(fewer_bytes_than_the_level_interrupt_after_a_tick),
        WITH_MEM(the_time_out_needs_the_fifo),
        WITH_MEM(fcr_empties_the_receive_fifo),
        WITH_MEM(fcr_bits_count_only_with_the_enable_bit),
        WITH_MEM(bytes_leave_in_order),
        WITH_MEM(an_empty_transmitter_interrupts_when_it_is_enabled),
        WITH_MEM(reading_iir_takes_back_only_what_it_shows),
        WITH_MEM(a_far_end_that_refuses_fills_the_transmitter),
        WITH_MEM(fcr_empties_the_transmit_fifo),
        WITH_MEM(loopback_overruns_when_nobody_reads),
        WITH_MEM(without_fifo_an_overrun_replaces_the_byte),
        WITH_MEM(loopback_ignores_the_outside),
        WITH_MEM(loopback_turns_modem_outputs_into_inputs),
        WITH_MEM(a_break_in_loopback_is_a_null_with_an_error),
        WITH_MEM(causes_come_in_order_of_priority),
        WITH_MEM(out2_is_the_gate_of_the_line),
        WITH_MEM(interrupts_that_are_not_enabled_do_not_show),
        WITH_MEM(a_hangup_and_a_connect_show_in_the_modem_status),
        WITH_MEM(bytes_before_a_hangup_can_still_be_read),
        cmocka_unit_test_setup_teardown(paced_bytes_take_their_time, create_paced, fixture_delete),
        cmocka_unit_test_setup_teardown(paced_the_shift_register_is_not_the_fifo, create_paced,
                                        fixture_delete),
        cmocka_unit_test_setup_teardown(the_format_counts_for_the_speed, create_paced,
                                        fixture_delete),
        cmocka_unit_test_setup_teardown(paced_without_overrun_loses_nothing, create_paced,
                                        fixture_delete),
        cmocka_unit_test_setup_teardown(a_real_overrun_loses_what_finds_no_room, create_overrun,
                                        fixture_delete),
        cmocka_unit_test(bad_options_get_one_line),
        cmocka_unit_test(missing_resources_are_named),
        WITH_MEM(two_devices_cannot_share_ports),
        WITH_MEM(a_device_pulled_out_reads_as_all_ones),
        WITH_MEM(a_deleted_device_leaves_a_stale_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
