#include "uart_echo.h"

static void echo_read_next(struct uart_echo *echo);

/* Completions may come at the same time: what they share is under the lock, and no operation begins
 * or is cancelled inside it. */
static void echo_lock(struct uart_echo *echo)
{
    pthread_mutex_lock(&echo->lock);
}

static void echo_unlock(struct uart_echo *echo)
{
    pthread_mutex_unlock(&echo->lock);
}

static void echo_note_locked(struct uart_echo *echo, int32_t status)
{
    echo->counts.completed++;
    if (status < 0) {
        echo->counts.failed++;
        echo->last_failure = status;
    }
}

/* The operation of the slot is under way, unless it has ended already. */
static void echo_begun(struct uart_echo_slot *slot, struct wc_io *io, unsigned operation)
{
    struct uart_echo *echo = slot->echo;
    bool cancel = false;

    echo_lock(echo);
    if (slot->operation == operation) {
        slot->io = io;
        cancel = echo->stopping;
    }
    echo_unlock(echo);
    if (cancel) { /* uart_echo_stop has not seen it */
        wc_io_cancel(io);
    }
}

/* It has ended, or did not begin. */
static void echo_ended_locked(struct uart_echo_slot *slot, int32_t status)
{
    slot->operation++;
    slot->io = NULL;
    echo_note_locked(slot->echo, status);
}

static void echo_progress(struct uart_echo *echo)
{
    if (echo->progress != NULL) {
        echo->progress(echo);
    }
}

static void echo_written(void *context, int32_t status, uint64_t information)
{
    struct uart_echo_slot *slot = context;
    struct uart_echo *echo = slot->echo;

    echo_lock(echo);
    echo_ended_locked(slot, status);
    echo->counts.echoed += status >= 0 ? (size_t)information : 0;
    slot->busy = false;
    echo_unlock(echo);
    echo_read_next(echo);
    echo_progress(echo);
}

static void echo_write(struct uart_echo_slot *slot, size_t size, unsigned operation)
{
    struct uart_echo *echo = slot->echo;
    struct wc_io *io = NULL;
    int32_t status = wc_file_write_start(echo->file, slot->data, size, echo_written, slot, &io);

    if (status >= 0) {
        echo_begun(slot, io, operation);
        return;
    }
    echo_lock(echo); /* the device is gone: done will not be called */
    echo_ended_locked(slot, status);
    slot->busy = false;
    echo->gone = true;
    echo_unlock(echo);
}

static void echo_read_done(void *context, int32_t status, uint64_t information)
{
    struct uart_echo_slot *slot = context;
    struct uart_echo *echo = slot->echo;
    bool has_bytes = status >= 0 && information > 0;
    unsigned operation;

    echo_lock(echo);
    echo_ended_locked(slot, status);
    operation = slot->operation;
    slot->busy = has_bytes;
    echo->counts.started += has_bytes;
    echo->gone |= status < 0;
    echo_unlock(echo);
    if (has_bytes) {
        echo_write(slot, (size_t)information, operation);
    }
    echo_lock(echo);
    echo->reading = NULL; /* only now: bytes are written in the order in which they came */
    echo_unlock(echo);
    echo_read_next(echo);
    echo_progress(echo);
}

/* A free slot, if one is to read now; otherwise the next completed write goes on. */
static struct uart_echo_slot *echo_slot_locked(struct uart_echo *echo)
{
    if (echo->stopping || echo->gone || echo->reading != NULL) {
        return NULL;
    }
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        if (!echo->slots[i].busy) {
            return &echo->slots[i];
        }
    }
    return NULL;
}

static void echo_read_next(struct uart_echo *echo)
{
    struct uart_echo_slot *slot;
    struct wc_io *io = NULL;
    unsigned operation = 0;
    int32_t status;

    echo_lock(echo);
    slot = echo_slot_locked(echo);
    if (slot != NULL) {
        slot->busy = true;
        echo->reading = slot;
        echo->counts.started++;
        operation = slot->operation;
    }
    echo_unlock(echo);
    if (slot == NULL) {
        return;
    }
    status = wc_file_read_start(echo->file, slot->data, echo->read_size, echo_read_done, slot, &io);
    if (status >= 0) {
        echo_begun(slot, io, operation);
        return;
    }
    echo_lock(echo);
    echo_ended_locked(slot, status);
    slot->busy = false;
    echo->reading = NULL;
    echo_unlock(echo);
}

void uart_echo_start(struct uart_echo *echo, struct wc_file *file, size_t read_size)
{
    pthread_mutex_init(&echo->lock, NULL);
    echo->file = file;
    echo->read_size = read_size;
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        echo->slots[i].echo = echo;
    }
    echo_read_next(echo);
}

void uart_echo_stop(struct uart_echo *echo)
{
    struct wc_io *under_way[ECHO_SLOTS];

    echo_lock(echo);
    echo->stopping = true;
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        under_way[i] = echo->slots[i].io;
    }
    echo_unlock(echo);
    for (unsigned i = 0; i < ECHO_SLOTS; i++) {
        if (under_way[i] != NULL) {
            wc_io_cancel(under_way[i]);
        }
    }
}

struct uart_echo_counts uart_echo_counts(struct uart_echo *echo)
{
    struct uart_echo_counts counts;

    echo_lock(echo);
    counts = echo->counts;
    echo_unlock(echo);
    return counts;
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
