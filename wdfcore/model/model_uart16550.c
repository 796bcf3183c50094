/* model_uart16550.c - a 16550A: eight registers, two FIFOs of 16 bytes, one level-triggered line.
 *
 *   offset  read                      write                     with DLAB (LCR bit 7)
 *   0       RBR received byte         THR byte to send          DLL divisor, low byte
 *   1       IER                       IER interrupt enables     DLM divisor, high byte
 *   2       IIR what interrupts       FCR FIFO control
 *   3..7    LCR MCR LSR MSR SCR       LCR MCR - - SCR
 *
 * The line to the outside moves bytes as soon as there is room, but by itself, never in the middle
 * of an access or an ISR (wc_model_soon): a driver sees FIFOs that fill and empty between its
 * visits. One that polls LSR in a loop makes it move. With baud=real each byte takes the time that
 * divisor and LCR say. Bytes are taken from the stream only while the receive FIFO has room, so a
 * slow driver loses none; overrun=real takes them whether or not there is room, as a real line
 * does. Nothing is taken before the driver listens (RTS, a receive interrupt, or polling), nor
 * while it has taken RTS back. Parity is not generated; a break exists in loopback only.
 */
#include <string.h>

#include "model/model_uart.h"

/* ---- interrupts ---- */

static uint8_t uart_cause(const struct uart *u)
{
    if ((u->ier & IER_LINE) != 0 && u->lsr_errors != 0) {
        return IIR_LINE;
    }
    if ((u->ier & IER_RECEIVED) != 0 && u->rx.count >= u->trigger) {
        return IIR_RECEIVED;
    }
    if ((u->ier & IER_RECEIVED) != 0 && u->timeout_pending) {
        return IIR_TIMEOUT;
    }
    if ((u->ier & IER_SENT) != 0 && u->sent_pending) {
        return IIR_SENT;
    }
    if ((u->ier & IER_MODEM) != 0 && u->modem_delta != 0) {
        return IIR_MODEM;
    }
    return IIR_NONE;
}

/* On a PC the line passes through a gate that OUT2 opens. */
void uart_update(struct uart *u)
{
    bool busy = u->rx.count > 0 || u->tx.count > 0 || u->shifting;
    bool line_up = (u->mcr & MCR_OUT2) != 0 && uart_cause(u) != IIR_NONE;

    if (line_up != u->line_up) {
        u->line_up = line_up;
        wc_model_set_line(u->model, u->line, line_up);
    }
    if (busy != u->busy) {
        u->busy = busy;
        wc_model_set_busy(u->model, busy);
    }
}

/* ---- modem inputs ---- */

/* New inputs: each change is remembered until MSR is read, of RI only the end of ringing. */
static void uart_set_modem(struct uart *u, uint8_t inputs)
{
    uint8_t changed = (uint8_t)(u->modem ^ inputs);

    u->modem_delta |= (uint8_t)((changed & (MSR_CTS | MSR_DSR | MSR_DCD)) >> 4);
    if ((u->modem & MSR_RI) != 0 && (inputs & MSR_RI) == 0) {
        u->modem_delta |= MSR_TERI;
    }
    u->modem = inputs;
}

/* What the pins say; in loopback the four outputs are the inputs. */
static uint8_t uart_modem_inputs(const struct uart *u)
{
    if ((u->mcr & MCR_LOOP) != 0) {
        return (uint8_t)(((u->mcr & MCR_RTS) != 0 ? MSR_CTS : 0) |
                         ((u->mcr & MCR_DTR) != 0 ? MSR_DSR : 0) |
                         ((u->mcr & MCR_OUT1) != 0 ? MSR_RI : 0) |
                         ((u->mcr & MCR_OUT2) != 0 ? MSR_DCD : 0));
    }
    return u->stream != NULL && wc_model_stream_is_connected(u->stream)
               ? MSR_CTS | MSR_DSR | MSR_DCD
               : 0;
}

/* ---- registers ---- */

static uint8_t uart_read_rbr(struct uart *u)
{
    uint8_t byte;

    if (u->rx.count == 0) {
        return u->rx.data[(u->rx.first + UART_FIFO_SIZE - 1) % UART_FIFO_SIZE]; /* the last one */
    }
    byte = uart_fifo_take(&u->rx);
    if (u->rx.count > 0) {
        u->lsr_errors |= u->rx.error[u->rx.first];
    }
    u->timeout_pending = false;
    u->timeout_stale = true;
    uart_want_move(u);
    uart_update(u);
    return byte;
}

static uint8_t uart_read_iir(struct uart *u)
{
    uint8_t cause = uart_cause(u);

    if (cause == IIR_SENT) {
        u->sent_pending = false;
        uart_update(u);
    }
    return cause | ((u->fcr & FCR_ENABLE) != 0 ? IIR_FIFO : 0);
}

static uint8_t uart_lsr(const struct uart *u)
{
    uint8_t value = u->lsr_errors;

    value |= u->rx.count > 0 ? LSR_DATA : 0;
    value |= u->tx.count == 0 ? LSR_THR_EMPTY : 0;
    value |= u->tx.count == 0 && !u->shifting ? LSR_ALL_SENT : 0;
    for (unsigned i = 0; u->rx_errors && (u->fcr & FCR_ENABLE) != 0 && i < u->rx.count; i++) {
        value |= u->rx.error[(u->rx.first + i) % UART_FIFO_SIZE] != 0 ? LSR_FIFO_ERROR : 0;
    }
    return value;
}

static uint8_t uart_read_lsr(struct uart *u)
{
    uint8_t value = uart_lsr(u);

    if (u->lsr_read == value) { /* the second time with nothing in between: the driver polls */
        u->listening = true;
        uart_move(u);
        value = uart_lsr(u);
    }
    u->lsr_read = value;
    if (u->lsr_errors != 0) {
        u->lsr_errors = 0;
        u->rx.error[u->rx.first] = 0; /* of the byte on top, if there is one */
        uart_update(u);
    }
    return value;
}

static uint8_t uart_read_msr(struct uart *u)
{
    uint8_t value = u->modem | u->modem_delta;

    u->modem_delta = 0;
    uart_update(u);
    return value;
}

static uint8_t uart_read_register(struct uart *u, unsigned number)
{
    if ((u->lcr & LCR_DLAB) != 0 && number <= DLM) {
        return number == DLL ? u->dll : u->dlm;
    }
    switch (number) {
    case RBR:
        return uart_read_rbr(u);
    case IER:
        return u->ier;
    case IIR:
        return uart_read_iir(u);
    case LCR:
        return u->lcr;
    case MCR:
        return u->mcr;
    case LSR:
        return uart_read_lsr(u);
    case MSR:
        return uart_read_msr(u);
    default:
        return u->scr;
    }
}

static void uart_write_thr(struct uart *u, uint8_t byte)
{
    u->sent_pending = false;
    if (u->tx.count < uart_fifo_size(u)) { /* a byte that finds no room is lost */
        uart_fifo_put(&u->tx, byte, 0);
    } else if ((u->fcr & FCR_ENABLE) == 0) {
        u->tx.data[u->tx.first] = byte;
    }
}

static void uart_write_ier(struct uart *u, uint8_t value)
{
    uint8_t begun = (uint8_t)(value & ~u->ier);

    u->ier = value & (IER_RECEIVED | IER_SENT | IER_LINE | IER_MODEM);
    if ((begun & IER_SENT) != 0 && u->tx.count == 0) {
        u->sent_pending = true;
    }
    u->listening |= (value & IER_RECEIVED) != 0;
}

static void uart_clear_rx(struct uart *u)
{
    u->rx.count = 0;
    u->timeout_pending = false;
    uart_timeout_restart(u);
}

static void uart_clear_tx(struct uart *u)
{
    u->sent_pending |= u->tx.count > 0;
    u->tx.count = 0;
}

/* Switching the FIFOs on or off empties them; the other bits count only together with the first. */
static void uart_write_fcr(struct uart *u, uint8_t value)
{
    static const uint8_t levels[] = {1, 4, 8, 14};
    bool on = (value & FCR_ENABLE) != 0;

    if (on != ((u->fcr & FCR_ENABLE) != 0)) {
        value |= FCR_CLEAR_RX | FCR_CLEAR_TX;
    } else if (!on) {
        return;
    }
    if ((value & FCR_CLEAR_RX) != 0) {
        uart_clear_rx(u);
    }
    if ((value & FCR_CLEAR_TX) != 0) {
        uart_clear_tx(u);
    }
    u->fcr = on ? value & (FCR_ENABLE | 0xc0) : 0;
    u->trigger = on ? levels[value >> 6] : 1;
}

static void uart_write_lcr(struct uart *u, uint8_t value)
{
    bool begins = (value & LCR_BREAK) != 0 && (u->lcr & LCR_BREAK) == 0;

    u->lcr = value;
    uart_set_speed(u);
    if (begins && (u->mcr & MCR_LOOP) != 0) {
        uart_receive(u, 0, LSR_BREAK);
    }
}

static void uart_write_mcr(struct uart *u, uint8_t value)
{
    u->mcr = value & (MCR_DTR | MCR_RTS | MCR_OUT1 | MCR_OUT2 | MCR_LOOP);
    if ((value & MCR_RTS) != 0 && (value & MCR_LOOP) == 0) {
        u->uses_rts = true;
        u->listening = true;
    }
    uart_set_modem(u, uart_modem_inputs(u));
}

static void uart_write_register(struct uart *u, unsigned number, uint8_t value)
{
    if ((u->lcr & LCR_DLAB) != 0 && number <= DLM) {
        *(number == DLL ? &u->dll : &u->dlm) = value;
        uart_set_speed(u);
        return;
    }
    switch (number) {
    case THR:
        uart_write_thr(u, value);
        break;
    case IER:
        uart_write_ier(u, value);
        break;
    case FCR:
        uart_write_fcr(u, value);
        break;
    case LCR:
        uart_write_lcr(u, value);
        break;
    case MCR:
        uart_write_mcr(u, value);
        break;
    case SCR:
        u->scr = value;
        break;
    default: /* LSR and MSR are for reading */
        break;
    }
}

/* The chip is one byte wide: a wider access is several, as the bus makes them. */
static uint64_t uart_read(void *device, uint64_t offset, unsigned width)
{
    struct uart *u = device;
    uint64_t value = 0;

    for (unsigned i = 0; i < width; i++) {
        if (offset + i != LSR) {
            u->lsr_read = UART_NO_LSR_READ;
        }
        value |= (uint64_t)uart_read_register(u, (unsigned)offset + i) << (8 * i);
    }
    return value;
}

static void uart_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct uart *u = device;

    u->lsr_read = UART_NO_LSR_READ;
    for (unsigned i = 0; i < width; i++) {
        uart_write_register(u, (unsigned)offset + i, (uint8_t)(value >> (8 * i)));
    }
    uart_want_move(u);
    uart_update(u);
}

/* ---- life ---- */

static void uart_stream_ready(void *device)
{
    uart_want_move(device);
}

static void uart_peer_changed(void *device)
{
    struct uart *u = device;

    uart_set_modem(u, uart_modem_inputs(u));
    uart_want_move(u);
    uart_update(u);
}

static bool uart_option_is(struct uart *u, const char *name, bool *out)
{
    const char *value = wc_model_option(u->model, name);

    *out = value != NULL;
    if (value != NULL && strcmp(value, "real") != 0) {
        wc_model_fail(u->model, "%s=%s: it can only be real, or left out", name, value);
        return false;
    }
    return true;
}

static bool uart_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {uart_read, uart_write};
    static const struct wc_model_stream_ops stream = {uart_stream_ready, uart_stream_ready,
                                                      uart_peer_changed, uart_peer_changed};
    struct uart *u = device;
    const char *spec = wc_model_option(model, "line");

    u->model = model;
    if (!uart_option_is(u, "baud", &u->paced) || !uart_option_is(u, "overrun", &u->overrun)) {
        return false;
    }
    if (u->overrun && !u->paced) {
        wc_model_fail(model, "overrun=real makes sense with baud=real only");
        return false;
    }
    if (!uart_line_create(u) || !wc_model_add_port_window(model, 8, &window)) {
        return false;
    }
    u->line = wc_model_add_line(model, true);
    if (u->line < 0) {
        return false;
    }
    if (spec != NULL) {
        u->stream = wc_model_open_stream(model, spec, &stream);
    }
    return spec == NULL || u->stream != NULL;
}

static void uart_reset(void *device)
{
    struct uart *u = device;

    u->ier = u->fcr = u->lcr = u->mcr = u->scr = 0;
    u->dlm = 0;
    u->dll = 12; /* 9600 baud */
    u->lsr_errors = 0;
    u->modem = uart_modem_inputs(u);
    u->modem_delta = 0;
    u->rx.count = u->tx.count = 0;
    u->trigger = 1;
    u->sent_pending = u->timeout_pending = false;
    u->listening = u->uses_rts = false;
    u->rx_errors = false;
    u->line_up = false; /* reset is called with all outputs low, or lets them fall */
    wc_model_set_line(u->model, u->line, false);
    u->lsr_read = UART_NO_LSR_READ;
    uart_line_reset(u);
    uart_update(u);
}

static const struct wc_model_type uart16550 = {
    .name = "uart16550",
    .help = "16550A serial port: 8 ports, 1 irq; its line is a stream",
    .options = "line=tcp:HOST:PORT|pty|stdio|loop|mem baud=real overrun=real",
    .device_size = sizeof(struct uart),
    .create = uart_create,
    .reset = uart_reset,
};

WC_MODEL(uart16550)
