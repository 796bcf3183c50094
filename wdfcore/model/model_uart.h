#pragma once
/* model_uart.h - the state of a 16550A and what its two files share: model_uart16550.c has the
 * registers and the interrupt, model_uart_line.c moves bytes between FIFOs and stream.
 */
#include <stdbool.h>
#include <stdint.h>

#include <wdfcore/model.h>

#define UART_FIFO_SIZE   16u
#define UART_NO_LSR_READ 0x100u

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2, LCR, MCR, LSR, MSR, SCR };

enum { IER_RECEIVED = 1, IER_SENT = 2, IER_LINE = 4, IER_MODEM = 8 };
enum {
    IIR_MODEM = 0,
    IIR_NONE = 1,
    IIR_SENT = 2,
    IIR_RECEIVED = 4,
    IIR_LINE = 6,
    IIR_TIMEOUT = 12,
    IIR_FIFO = 0xc0
};
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4 };
enum { LCR_STOP = 4, LCR_PARITY = 8, LCR_BREAK = 0x40, LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10 };
enum {
    LSR_DATA = 1,
    LSR_OVERRUN = 2,
    LSR_PARITY = 4,
    LSR_FRAMING = 8,
    LSR_BREAK = 0x10,
    LSR_THR_EMPTY = 0x20,
    LSR_ALL_SENT = 0x40,
    LSR_FIFO_ERROR = 0x80,
    LSR_ERRORS = LSR_OVERRUN | LSR_PARITY | LSR_FRAMING | LSR_BREAK
};
enum { MSR_TERI = 4, MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

struct uart_fifo {
    uint8_t data[UART_FIFO_SIZE];
    uint8_t error[UART_FIFO_SIZE]; /* LSR bits that come with the byte */
    unsigned first, count;
};

struct uart {
    struct wc_model *model;
    struct wc_model_stream *stream; /* NULL: nothing is connected to the line */
    struct wc_model_timer *timeout_timer, *send_timer, *receive_timer;
    int line;
    bool paced;   /* baud=real */
    bool overrun; /* overrun=real */

    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    uint8_t lsr_errors; /* since LSR was read */
    uint8_t modem;      /* the inputs, where MSR has them */
    uint8_t modem_delta;
    struct uart_fifo rx, tx;
    unsigned trigger;
    bool rx_errors;       /* a byte came with an error since reset: spares a search */
    bool sent_pending;    /* the transmitter-empty interrupt */
    bool timeout_pending; /* the receive time-out interrupt */
    bool listening;       /* the driver has begun to receive */
    bool uses_rts;        /* RTS was on since reset: from then on it counts */
    bool busy;            /* as told to the machine */
    bool line_up;         /* likewise */
    bool move_wanted;     /* uart_move is on its way */
    unsigned lsr_read;    /* what the last access, a read of LSR, gave; UART_NO_LSR_READ */

    bool timeout_stale; /* a byte came or was read since timeout_at was set */
    uint64_t timeout_at;
    uint64_t byte_ns; /* paced: how long a byte is on the line */
    bool shifting;    /* paced: shift_byte is on its way out until shift_end */
    uint8_t shift_byte;
    uint64_t shift_end;
    uint64_t receive_at; /* paced: when the next byte will have arrived */
};

static inline unsigned uart_fifo_size(const struct uart *u)
{
    return (u->fcr & FCR_ENABLE) != 0 ? UART_FIFO_SIZE : 1;
}

static inline void uart_fifo_put(struct uart_fifo *fifo, uint8_t byte, uint8_t error)
{
    unsigned at = (fifo->first + fifo->count++) % UART_FIFO_SIZE;

    fifo->data[at] = byte;
    fifo->error[at] = error;
}

static inline uint8_t uart_fifo_take(struct uart_fifo *fifo)
{
    uint8_t byte = fifo->data[fifo->first];

    fifo->first = (fifo->first + 1) % UART_FIFO_SIZE;
    fifo->count--;
    return byte;
}

/* uart_update: after each change: the line follows the cause, the machine learns whether bytes are
 * on their way. */
void uart_update(struct uart *u);

/* ---- model_uart_line.c ---- */

bool uart_line_create(struct uart *u);
void uart_line_reset(struct uart *u);
/* uart_receive: a byte has arrived, from the line or in loopback; error: LSR bits that come with
 * it. */
void uart_receive(struct uart *u, uint8_t byte, uint8_t error);
/* uart_timeout_restart: a byte came or was read (timeout_stale), or the FIFO was emptied. */
void uart_timeout_restart(struct uart *u);
/* uart_set_speed: divisor or word format have changed. */
void uart_set_speed(struct uart *u);
/* uart_want_move: bytes could move; uart_move does it: by itself soon, or for a driver that polls.
 */
void uart_want_move(struct uart *u);
void uart_move(void *device);
