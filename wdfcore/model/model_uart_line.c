/* model_uart_line.c - bytes between the FIFOs of a 16550A and its stream.
 *
 * Fast: all that can move moves in one go, by itself, soon after an access made it possible. Paced
 * (baud=real): a shift register and two timers; a timer that comes late makes up for it, so that
 * the rate is right also where the clock is coarse.
 */
#include "model/model_uart.h"

#define CLOCK_HZ 1843200u

/* ---- the receive time-out: bytes below the trigger level, and nothing happens ---- */

/* Once for all bytes that came or were read in one go; the timer is moved when it expires. */
void uart_timeout_restart(struct uart *u)
{
    uint64_t delay = u->paced ? 4 * u->byte_ns : wc_model_tick_ns(u->model);

    u->timeout_stale = false;
    if ((u->fcr & FCR_ENABLE) == 0 || u->rx.count == 0) {
        if (wc_model_timer_is_set(u->timeout_timer)) {
            wc_model_timer_cancel(u->timeout_timer);
        }
        return;
    }
    u->timeout_at = wc_model_now_ns(u->model) + delay;
    if (!u->timeout_pending && !wc_model_timer_is_set(u->timeout_timer)) {
        wc_model_timer_set(u->timeout_timer, delay);
    }
}

static void uart_timeout_expired(void *device)
{
    struct uart *u = device;
    uint64_t now = wc_model_now_ns(u->model);

    if (u->timeout_stale) {
        uart_timeout_restart(u);
        return;
    }
    if (now < u->timeout_at) {
        wc_model_timer_set(u->timeout_timer, u->timeout_at - now);
        return;
    }
    u->timeout_pending = u->rx.count > 0;
    uart_update(u);
}

/* ---- receiving ---- */

static uint8_t uart_word_mask(const struct uart *u)
{
    return (0x1fu << (u->lcr & 3) | 0x1fu) & 0xff; /* 5 to 8 bits */
}

void uart_receive(struct uart *u, uint8_t byte, uint8_t error)
{
    byte &= uart_word_mask(u);
    if (u->rx.count == uart_fifo_size(u)) {
        u->lsr_errors |= LSR_OVERRUN;
        if ((u->fcr & FCR_ENABLE) == 0) { /* overwritten; a FIFO keeps its own */
            u->rx.data[u->rx.first] = byte;
        }
        return;
    }
    uart_fifo_put(&u->rx, byte, error);
    u->rx_errors |= error != 0;
    if (u->rx.count == 1) {
        u->lsr_errors |= error;
    }
    u->timeout_stale = true;
}

/* The end of whatever moved bytes. */
static void uart_moved(struct uart *u)
{
    if (u->timeout_stale) {
        uart_timeout_restart(u);
    }
    uart_update(u);
}

/* The far end sends: it may, there is something, and there is room (or nobody cares). */
static bool uart_may_receive(const struct uart *u)
{
    return u->stream != NULL && (u->mcr & MCR_LOOP) == 0 && u->listening &&
           ((u->mcr & MCR_RTS) != 0 || !u->uses_rts) &&
           (u->overrun || u->rx.count < uart_fifo_size(u)) &&
           wc_model_stream_readable(u->stream) > 0;
}

static void uart_receive_fast(struct uart *u)
{
    uint8_t bytes[UART_FIFO_SIZE];
    size_t count;

    if (!uart_may_receive(u)) {
        return;
    }
    count = wc_model_stream_read(u->stream, bytes, uart_fifo_size(u) - u->rx.count);
    for (size_t i = 0; i < count; i++) {
        uart_receive(u, bytes[i], 0);
    }
}

static void uart_receive_expired(void *device)
{
    struct uart *u = device;
    uint64_t now = wc_model_now_ns(u->model);
    uint8_t byte;

    while (u->receive_at <= now && uart_may_receive(u)) {
        wc_model_stream_read(u->stream, &byte, 1);
        uart_receive(u, byte, 0);
        u->receive_at += u->byte_ns;
    }
    if (uart_may_receive(u)) {
        wc_model_timer_set(u->receive_timer, u->receive_at - now);
    }
    uart_moved(u);
}

/* Paced: the line was silent; the first byte will be complete after its time. */
static void uart_receive_paced(struct uart *u)
{
    uint64_t now = wc_model_now_ns(u->model);

    if (wc_model_timer_is_set(u->receive_timer) || !uart_may_receive(u)) {
        return;
    }
    if (u->receive_at < now) {
        u->receive_at = now + u->byte_ns;
    }
    wc_model_timer_set(u->receive_timer, u->receive_at - now);
}

/* ---- sending ---- */

/* One byte leaves. false: the far end takes nothing now. */
static bool uart_send_byte(struct uart *u, uint8_t byte)
{
    byte &= uart_word_mask(u);
    if ((u->mcr & MCR_LOOP) != 0) {
        uart_receive(u, byte, 0);
        return true;
    }
    return u->stream == NULL || wc_model_stream_write(u->stream, &byte, 1) == 1;
}

/* All that the transmitter holds, in one write; what finds no room stays. */
static void uart_send_fast(struct uart *u)
{
    uint8_t bytes[UART_FIFO_SIZE];
    unsigned count = u->tx.count;
    unsigned sent = count;

    if (count == 0) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        bytes[i] = u->tx.data[(u->tx.first + i) % UART_FIFO_SIZE] & uart_word_mask(u);
    }
    if ((u->mcr & MCR_LOOP) != 0) {
        for (unsigned i = 0; i < count; i++) {
            uart_receive(u, bytes[i], 0);
        }
    } else if (u->stream != NULL) {
        sent = (unsigned)wc_model_stream_write(u->stream, bytes, count);
    }
    u->tx.first = (u->tx.first + sent) % UART_FIFO_SIZE;
    u->tx.count -= sent;
    u->sent_pending |= u->tx.count == 0;
}

/* Paced: the next byte goes from the FIFO into the shift register. */
static void uart_shift_next(struct uart *u, uint64_t from)
{
    u->shifting = u->tx.count > 0;
    if (u->shifting) {
        u->shift_byte = uart_fifo_take(&u->tx);
        u->shift_end = from + u->byte_ns;
        u->sent_pending |= u->tx.count == 0;
    }
}

static void uart_send_expired(void *device)
{
    struct uart *u = device;
    uint64_t now = wc_model_now_ns(u->model);

    while (u->shifting && u->shift_end <= now) {
        if (!uart_send_byte(u, u->shift_byte)) {
            uart_moved(u);
            return; /* the stream will say when it is writable */
        }
        uart_shift_next(u, u->shift_end);
    }
    if (u->shifting) {
        wc_model_timer_set(u->send_timer, u->shift_end - now);
    }
    uart_moved(u);
}

static void uart_send_paced(struct uart *u)
{
    uint64_t now = wc_model_now_ns(u->model);

    if (!u->shifting) {
        uart_shift_next(u, now);
    }
    if (u->shifting && !wc_model_timer_is_set(u->send_timer)) {
        wc_model_timer_set(u->send_timer, u->shift_end > now ? u->shift_end - now : 0);
    }
}

/* ---- both ---- */

void uart_move(void *device)
{
    struct uart *u = device;

    u->move_wanted = false;
    if (u->paced) {
        uart_send_paced(u);
        uart_receive_paced(u);
    } else {
        uart_send_fast(u);
        uart_receive_fast(u);
    }
    uart_moved(u);
}

void uart_want_move(struct uart *u)
{
    if (!u->move_wanted &&
        (u->timeout_stale || u->tx.count > 0 || u->shifting || uart_may_receive(u))) {
        u->move_wanted = true;
        wc_model_soon(u->model, uart_move);
    }
}

void uart_set_speed(struct uart *u)
{
    uint64_t divisor = (uint64_t)u->dlm << 8 | u->dll;
    unsigned bits = 5u + (u->lcr & 3);
    /* In half bits: start, data, parity, one stop bit; LCR_STOP adds one, or a half for 5 bits. */
    uint64_t halves = 2 + 2 * bits + ((u->lcr & LCR_PARITY) != 0 ? 2 : 0) + 2;

    if ((u->lcr & LCR_STOP) != 0) {
        halves += bits == 5 ? 1 : 2;
    }
    u->byte_ns = halves * 8 * (divisor != 0 ? divisor : 1) * 1000000000u / CLOCK_HZ;
}

bool uart_line_create(struct uart *u)
{
    u->timeout_timer = wc_model_add_timer(u->model, uart_timeout_expired);
    u->send_timer = wc_model_add_timer(u->model, uart_send_expired);
    u->receive_timer = wc_model_add_timer(u->model, uart_receive_expired);
    return u->timeout_timer != NULL && u->send_timer != NULL && u->receive_timer != NULL;
}

void uart_line_reset(struct uart *u)
{
    wc_model_timer_cancel(u->timeout_timer);
    wc_model_timer_cancel(u->send_timer);
    wc_model_timer_cancel(u->receive_timer);
    u->shifting = false;
    u->receive_at = 0;
    u->timeout_stale = false;
    uart_set_speed(u);
}
