#pragma once
/* hal_usb.h - a USB device model as the bus above it sees it: pipes, queues, standard requests. C types
 * only. The URBs that become transfers are io_usb.c's.
 * Rules for a device:
 * - everything here is under the lock of the model's instance (hal_device_enter), but creating and
 *   deleting
 * - a transfer is in its endpoint's list until it is finished; then it is in the list `finished`, which
 *   has a lock of its own, and `ended` is called once the model has been left
 * - who finishes a transfer has claimed it first: one that is being cancelled stays until its canceller
 *   has taken it out
 * - a failed transfer halts its endpoint: what waits behind it stays, what comes is refused, until the
 *   endpoint is reset
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/model_usb.h>

#include "base/lock.h"
#include "nt/hal/hal_device.h"

#define HAL_USB_ENDPOINTS  32u /* numbers 0 to 15, OUT and IN */
#define HAL_USB_INTERFACES 32u
#define HAL_USB_QUEUE_MOST (1u << 20) /* bytes that an IN endpoint keeps for the host */

enum hal_usb_status {
    HAL_USB_OK,
    HAL_USB_STALL,   /* the device refused */
    HAL_USB_HALTED,  /* the endpoint is halted */
    HAL_USB_OVERRUN, /* a packet was longer than the room for it */
    HAL_USB_SHORT,   /* fewer bytes than asked for, which was not allowed */
    HAL_USB_CANCELLED,
    HAL_USB_GONE, /* the device is not there any more */
};

/* What the host has asked of an endpoint. Keys: (c) constant from its submission (l) the model's lock
 * (f) lock of the list of finished ones */
struct hal_transfer {
    struct hal_transfer *next;         /* (l), then (f) */
    struct hal_usb_endpoint *endpoint; /* (l) NULL: not in a list */
    uint8_t *data;                     /* (c) */
    size_t length;                     /* (c) */
    size_t moved;                      /* (l) */
    bool short_allowed;                /* (c) */
    enum hal_usb_status status;        /* (l) */
    /* claim: it may be finished; false: it is being cancelled. */
    bool (*claim)(struct hal_transfer *transfer); /* (c) */
};

struct hal_usb_chunk;

/* Key: (l) */
struct hal_usb_endpoint {
    uint8_t number;     /* with WC_USB_IN */
    uint8_t attributes; /* of its descriptor */
    uint8_t interval;
    uint8_t interface;
    uint16_t packet;     /* bytes of a full one */
    uint16_t generation; /* how often it was opened */
    bool open;
    bool pumping; /* its pump is on the stack */
    bool halted;  /* as the host knows it */
    bool stalled; /* as the device says */
    struct hal_usb_chunk *chunks, **chunks_end;
    size_t queued;
    struct hal_transfer *transfers, **transfers_end;
};

/* Keys: (c) constant (l) the model's lock (f) the lock of its own */
struct hal_usb {
    struct hal_device *hal;                  /* (c) */
    const struct wc_usb_device *description; /* (c) */
    uint8_t configuration;                   /* (l) value; 0: none */
    uint8_t settings[HAL_USB_INTERFACES];    /* (l) by number of the interface */
    uint16_t generation;                     /* (l) of the configuration */
    bool remote_wakeup;                      /* (l) enabled by the host */
    struct hal_usb_endpoint endpoints[HAL_USB_ENDPOINTS];
    struct base_lock lock;
    struct hal_transfer *finished, **finished_end; /* (f) */
    void (*ended)(void *owner);                    /* (c) once there is an owner */
    void *owner;                                   /* (c) likewise */
};

/* hal_usb_create: NULL: error says why. hal_usb_delete: nobody uses it any more. */
struct hal_usb *hal_usb_create(struct hal_device *hal, const struct wc_usb_device *description,
                               char *error, size_t error_size);
void hal_usb_delete(struct hal_usb *usb);

static inline unsigned hal_usb_index(unsigned number)
{
    return (number & 15u) | ((number & WC_USB_IN) != 0 ? 16u : 0);
}

/* ---- descriptors (hal_usb_descriptor.c) ---- */

/* hal_usb_configuration: the descriptor of that value; NULL: there is none. hal_usb_total: its length. */
const uint8_t *hal_usb_configuration(const struct hal_usb *usb, unsigned value);
static inline size_t hal_usb_total(const uint8_t *configuration)
{
    return configuration[2] | (size_t)configuration[3] << 8;
}
/* hal_usb_setting: the descriptor of a setting of an interface; NULL: there is none. */
const uint8_t *hal_usb_setting(const uint8_t *configuration, unsigned interface, unsigned setting);
/* hal_usb_next_endpoint: the next endpoint descriptor of a setting; at: that, or the one before. */
const uint8_t *hal_usb_next_endpoint(const uint8_t *configuration, const uint8_t *at);
/* hal_usb_check: what is wrong with a description; NULL: nothing. */
const char *hal_usb_check(const struct wc_usb_device *description);
/* hal_usb_descriptor: as GET_DESCRIPTOR answers: at most *length bytes; false: there is none. */
bool hal_usb_descriptor(const struct hal_usb *usb, uint16_t value, uint8_t *data, size_t *length);

/* ---- the control pipe (hal_usb_control.c) ---- */

/* hal_usb_control: *length in: of the buffer; out: moved. */
enum hal_usb_status hal_usb_control(struct hal_usb *usb, const struct wc_usb_setup *setup,
                                    uint8_t *data, size_t *length);
/* hal_usb_configure: value 0: none. hal_usb_select: false: no such setting. */
bool hal_usb_configure(struct hal_usb *usb, unsigned value);
bool hal_usb_select(struct hal_usb *usb, unsigned interface, unsigned setting);

/* ---- endpoints (hal_usb.c) ---- */

void hal_usb_open(struct hal_usb *usb, const uint8_t *descriptor, unsigned interface);
void hal_usb_close(struct hal_usb *usb, struct hal_usb_endpoint *endpoint);
/* hal_usb_submit: the transfer's fields (c) are set; it is finished now or later.
 * hal_usb_withdraw: its canceller takes it out; status CANCELLED.
 * hal_usb_abort: all that wait at the endpoint, with that status. */
void hal_usb_submit(struct hal_usb *usb, struct hal_usb_endpoint *endpoint,
                    struct hal_transfer *transfer);
void hal_usb_withdraw(struct hal_usb *usb, struct hal_transfer *transfer);
void hal_usb_abort(struct hal_usb *usb, struct hal_usb_endpoint *endpoint,
                   enum hal_usb_status status);
/* hal_usb_clear: the device's halt, by CLEAR_FEATURE. */
void hal_usb_clear(struct hal_usb *usb, struct hal_usb_endpoint *endpoint);
/* hal_usb_pump: move what can be moved. */
void hal_usb_pump(struct hal_usb *usb, struct hal_usb_endpoint *endpoint);
/* hal_usb_finish: it is in no endpoint's list. */
void hal_usb_finish(struct hal_usb *usb, struct hal_transfer *transfer, enum hal_usb_status status);
/* hal_usb_finished: the next finished one, taken off; NULL: none. Without the model's lock. */
struct hal_transfer *hal_usb_finished(struct hal_usb *usb);

/* For the model: as wc_model_usb_... */
bool hal_usb_send(struct hal_usb *usb, unsigned number, const void *data, size_t length);
void hal_usb_stall(struct hal_usb *usb, unsigned number);
void hal_usb_ready(struct hal_usb *usb, unsigned number);
