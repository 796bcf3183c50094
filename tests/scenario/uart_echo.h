#pragma once
/* uart_echo.h - an application that writes back what it reads from COM1, without ever waiting: one read
 * and any number of writes are on their way at a time. Its completions may come at the same time.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/user.h>

#define ECHO_SLOTS 4u

struct uart_echo;

/* Keys here: (l) the echo's lock. */
struct uart_echo_slot {
    struct uart_echo *echo;
    struct wc_io *io;   /* (l) of the operation under way, once it is known */
    unsigned operation; /* (l) how many have ended */
    bool busy;          /* (l) */
    uint8_t data[1024];
};

struct uart_echo_counts {
    size_t echoed;               /* bytes whose write was completed */
    unsigned started, completed; /* operations */
    unsigned failed;             /* of them, not successful */
};

struct uart_echo {
    struct wc_file *file;
    size_t read_size; /* of each read, at most that of a slot */
    pthread_mutex_t lock;
    bool stopping;                            /* (l) */
    bool gone;                                /* (l) an operation failed: no more are begun */
    struct uart_echo_counts counts;           /* (l) */
    int32_t last_failure;                     /* (l) */
    void (*progress)(struct uart_echo *echo); /* after each completion; may be NULL */
    void *context;                            /* the test's own */
    struct uart_echo_slot *reading;           /* (l) */
    struct uart_echo_slot slots[ECHO_SLOTS];
};

/* uart_echo_start: open is done; begins to read. uart_echo_stop: no new operations; those that are on
 * their way are cancelled. Done when started == completed. */
void uart_echo_start(struct uart_echo *echo, struct wc_file *file, size_t read_size);
void uart_echo_stop(struct uart_echo *echo);
struct uart_echo_counts uart_echo_counts(struct uart_echo *echo);

/* uart_pattern: bytes whose order and position both show. */
void uart_pattern(uint8_t *data, size_t size, uint32_t salt);
