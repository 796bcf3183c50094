#include "uart_echo.h"

static void echo_read_next(struct uart_echo *echo);

static void echo_note(struct uart_echo *echo, int32_t status)
{
    echo->completed++;
    if (status < 0) {
        echo->failed++;
        echo->last_failure = status;
    }
}

static void echo_written(void *context, int32_t status, uint64_t information)
{
    struct uart_echo_slot *slot = context;
    struct uart_echo *echo = slot->echo;

    echo_note(echo, status);
    echo->echoed += status >= 0 ? (size_t)information : 0;
    slot->busy = false;
    slot->io = NULL;
    if (echo->reading == NULL) {
        echo_read_next(echo);
    }
    if (echo->progress != NULL) {
        echo->progress(echo);
    }
}

static void echo_read_done(void *context, int32_t status, uint64_t information)
{
    struct uart_echo_slot *slot = context;
    struct uart_echo *echo = slot->echo;

    echo_note(echo, status);
    slot->io = NULL;
    if (status >= 0 && information > 0) {
        echo->started++;
        status =
            wc_file_write_start(echo->file, slot->data, information, echo_written, slot, &slot->io);
        if (status < 0) { /* the device is gone: done will not be called */
            echo_note(echo, status);
            slot->busy = false;
        }
    } else {
        slot->busy = false;
    }
    echo->reading = NULL;
    if (status >= 0) {
        echo_read_next(echo);
    }
    if (echo->progress != NULL) {
        echo->progress(echo);
    }
}

/* With a free slot; otherwise the next completed write goes on. */
static void echo_read_next(struct uart_echo *echo)
{
    int32_t status;

    if (echo->stopping) {
        return;
    }
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        struct uart_echo_slot *slot = &echo->slots[i];

        if (!slot->busy) {
            slot->busy = true;
            echo->reading = slot;
            echo->started++;
            status = wc_file_read_start(echo->file, slot->data, echo->read_size, echo_read_done,
                                        slot, &slot->io);
            if (status < 0) {
                echo_note(echo, status);
                slot->busy = false;
                echo->reading = NULL;
            }
            return;
        }
    }
}

void uart_echo_start(struct uart_echo *echo, struct wc_file *file, size_t read_size)
{
    echo->file = file;
    echo->read_size = read_size;
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        echo->slots[i].echo = echo;
    }
    echo_read_next(echo);
}

void uart_echo_stop(struct uart_echo *echo)
{
    echo->stopping = true;
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        struct wc_io *io = echo->slots[i].io;

        if (io != NULL) {
            wc_io_cancel(io);
        }
    }
}

void uart_pattern(uint8_t *data, size_t size, uint32_t salt)
{
    uint32_t x = salt * 2654435761u + 1;

    for (size_t i = 0; i < size; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        data[i] = (uint8_t)(x >> 8);
    }
}
