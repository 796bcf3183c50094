#pragma once
/* model.h - write a device: registers, interrupt lines, timers, a stream to the outside.
 * Rules for a model:
 * - it is single-threaded code: no two of its callbacks run at the same time
 * - a callback never waits and never calls a driver; it may call every function of this page
 * - line changes take effect when the callback has returned
 * - reading a register must not depend on who reads: every access is one callback
 * - all times are nanoseconds of machine time
 * A model is one file that defines a `struct wc_model_type` and registers it with WC_MODEL(type):
 * it is then found by name (`wdf run --model NAME,option=value`).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

struct wc_load;
struct wc_model; /* one instance of a model in a machine */

/* A window of registers. Offsets are relative to its start; width is 1, 2, 4 or 8 bytes. */
struct wc_model_window_ops {
    uint64_t (*read)(void *device, uint64_t offset, unsigned width);
    void (*write)(void *device, uint64_t offset, unsigned width, uint64_t value);
};

struct wc_model_stream_ops {
    void (*readable)(void *device);  /* bytes have arrived where there were none; optional */
    void (*writable)(void *device);  /* there is room again after a short write; optional */
    void (*connected)(void *device); /* a peer is there; optional */
    void (*hangup)(void *device); /* the peer is gone; what it sent can still be read; optional */
};

struct wc_model_type {
    const char *name;    /* as in --model NAME */
    const char *help;    /* one line for `wdf run --help-models` */
    const char *options; /* "line=SPEC baud=real", for help and errors */
    size_t device_size;  /* bytes of the instance, zeroed before create */
    /* create: read the options, add windows, lines, streams. Returns false after
     * wc_model_fail(model, ...); what was added is taken back. */
    bool (*create)(struct wc_model *model, void *device);
    void (*reset)(void *device);   /* power-on state; called once after create */
    void (*destroy)(void *device); /* optional */
};

/* WC_MODEL: register the type when the program starts. */
#define WC_MODEL(type)                                             \
    __attribute__((constructor)) static void type##_register(void) \
    {                                                              \
        wc_model_register(&type);                                  \
    }

WC_API void wc_model_register(const struct wc_model_type *type);
/* wc_model_find: NULL if there is none. wc_model_next: all types by name; NULL starts and ends. */
WC_API const struct wc_model_type *wc_model_find(const char *name);
WC_API const struct wc_model_type *wc_model_next(const struct wc_model_type *type);

/* ---- while creating ---- */

/* wc_model_option: the value of an option given with the model, or NULL. Each option that a model
 * asks for is known; an option that nobody asked for is an error of the user, reported by the
 * machine. */
WC_API const char *wc_model_option(struct wc_model *model, const char *name);
/* wc_model_set_load: the load of <wdfcore/load.h> that the model serves, so that `wdf compare` finds
 * what became of it. It stays the model's, which deletes it in destroy. */
WC_API void wc_model_set_load(struct wc_model *model, struct wc_load *load);
/* wc_model_fail: say in one line why create fails. */
WC_API void wc_model_fail(struct wc_model *model, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Windows take the start of the next resource of their kind that the device was given
 * (--resources), in order.
 */
WC_API bool wc_model_add_port_window(struct wc_model *model, uint64_t size,
                                     const struct wc_model_window_ops *ops);
WC_API bool wc_model_add_memory_window(struct wc_model *model, uint64_t size,
                                       const struct wc_model_window_ops *ops);
/* They return false after saying why (as wc_model_fail does): no such resource is left, it is too
 * small, or another device answers there. */
/* wc_model_add_line: an interrupt line on the next irq; returns its index, or -1 after saying why.
 */
WC_API int wc_model_add_line(struct wc_model *model, bool level_triggered);
/* wc_model_add_messages: message-signaled interrupts 0 to count - 1, one on each of the next irqs.
 * The driver finds irqs among its resources as the model uses them: level lines, latched lines, or
 * messages. */
WC_API bool wc_model_add_messages(struct wc_model *model, unsigned count);

/* ---- while running ---- */

/* wc_model_set_line: level lines follow `asserted`; an edge line fires on each change to true. */
WC_API void wc_model_set_line(struct wc_model *model, int line, bool asserted);
/* wc_model_message: send message-signaled interrupt number `message`. */
WC_API void wc_model_message(struct wc_model *model, unsigned message);
/* wc_model_soon: call run once, after this callback, as soon as the processor that it runs on is
 * not in an ISR: for what the device does by itself, however fast it is, and not as part of an
 * access. One at a time: asking again before it ran changes nothing but the function. */
WC_API void wc_model_soon(struct wc_model *model, void (*run)(void *device));

/* Time. A timer belongs to the model and calls back once for each time it is set. */
struct wc_model_timer;
WC_API struct wc_model_timer *wc_model_add_timer(struct wc_model *model,
                                                 void (*expired)(void *device));
WC_API void wc_model_timer_set(struct wc_model_timer *timer, uint64_t delay_ns);
WC_API void wc_model_timer_cancel(struct wc_model_timer *timer);
WC_API bool wc_model_timer_is_set(const struct wc_model_timer *timer);
WC_API uint64_t wc_model_now_ns(struct wc_model *model);
/* wc_model_tick_ns: the machine's clock tick. */
WC_API uint64_t wc_model_tick_ns(struct wc_model *model);
/* wc_model_charge: the access that is going on takes so long on the processor's virtual clock. */
WC_API void wc_model_charge(struct wc_model *model, uint64_t ns);

/* Stream: "tcp:HOST:PORT", "pty", "stdio", "loop" or "mem"; see wc_machine. While creating. NULL
 * after saying why. Its events come after create. Without a peer what is written is lost; reading
 * goes on after a hang-up until all that had arrived was taken. */
struct wc_model_stream;
WC_API struct wc_model_stream *wc_model_open_stream(struct wc_model *model, const char *spec,
                                                    const struct wc_model_stream_ops *ops);
WC_API size_t wc_model_stream_read(struct wc_model_stream *stream, void *data, size_t size);
WC_API size_t wc_model_stream_write(struct wc_model_stream *stream, const void *data, size_t size);
WC_API size_t wc_model_stream_readable(const struct wc_model_stream *stream);
WC_API size_t wc_model_stream_room(const struct wc_model_stream *stream);
WC_API bool wc_model_stream_is_connected(const struct wc_model_stream *stream);
/* wc_model_set_busy: the device still holds data on their way (FIFOs); `wdf run --until closed`
 * waits. */
WC_API void wc_model_set_busy(struct wc_model *model, bool busy);

/* DMA: copies from and to memory, by the addresses that the driver told the device: logical ones
 * (common buffers, scatter/gather lists, MapTransfer) for as long as they are mapped, and physical ones
 * of MmAllocateContiguousMemory.
 * false: not all of the range is mapped now, or it is written and mapped for the device to read;
 * nothing was moved, and once the callback has returned the driver is told (DmaUnmapped, DmaDirection).
 */
WC_API bool wc_model_memory_read(struct wc_model *model, uint64_t address, void *data, size_t size);
WC_API bool wc_model_memory_write(struct wc_model *model, uint64_t address, const void *data,
                                  size_t size);

WC_END_DECLS
