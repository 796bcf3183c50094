#pragma once
/* model_usb.h - write a USB device: its descriptors, what it answers on the control pipe, what it does
 * with data that come and where data come from. The machine plays port, hub and host controller.
 *
 *     static const struct wc_usb_device description = {
 *         .device = device_descriptor,                     18 bytes, as on the wire
 *         .configurations = configurations,                each as long as its wTotalLength
 *         .strings = strings, .string_count = 2,
 *         .speed = WC_USB_HIGH_SPEED,
 *         .ops = {.control = my_control, .out = my_out},
 *     };
 *     ... in create:  return wc_model_add_usb(model, &description);
 *
 * Rules, besides those of model.h:
 * - one function a model; it needs no resources, and its device has the bus's hardware IDs
 *   (USB\VID_xxxx&PID_xxxx) unless the machine is told others
 * - standard requests that the descriptors answer (descriptors, configurations, settings, status,
 *   halted endpoints) never reach the model
 * - what is sent on an IN endpoint waits in its queue until the host reads; each wc_model_usb_send is
 *   packets of the endpoint's size, the last of them short or full: a read ends when it is full or with
 *   a short packet
 * - an endpoint counts from the moment that its setting was selected; queues are empty then
 * - data move at once: the bus takes no time. Frames are milliseconds of machine time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"
#include "wdfcore/model.h"

WC_BEGIN_DECLS

/* The eight bytes that begin a control transfer. */
struct wc_usb_setup {
    uint8_t request_type; /* direction, kind and recipient: bmRequestType */
    uint8_t request;
    uint16_t value, index, length;
};

#define WC_USB_IN 0x80u /* of an endpoint's number, and of request_type */

enum wc_usb_answer {
    WC_USB_OK,
    WC_USB_STALL, /* the request is refused; an endpoint is halted until the host clears that */
    WC_USB_NAK,   /* out only: not now; wc_model_usb_ready asks for it again */
};

enum wc_usb_speed { WC_USB_LOW_SPEED, WC_USB_FULL_SPEED, WC_USB_HIGH_SPEED, WC_USB_SUPER_SPEED };

/* All are optional. */
struct wc_usb_ops {
    /* A control transfer that is none of the standard ones. To the device: data are setup->length
     * bytes. From it: fill in at most that many and set *length. Without it: a stall. */
    enum wc_usb_answer (*control)(void *device, const struct wc_usb_setup *setup, void *data,
                                  size_t *length);
    /* The host has written so much to an OUT endpoint. Without it: a stall. */
    enum wc_usb_answer (*out)(void *device, unsigned endpoint, const void *data, size_t length);
    /* The host reads from an IN endpoint, and nothing is queued: a chance to send. */
    void (*asked)(void *device, unsigned endpoint);
    /* A configuration was selected, by its value (0: none), or another setting of an interface. */
    void (*configured)(void *device, unsigned configuration);
    void (*selected)(void *device, unsigned interface, unsigned setting);
    /* The host has cleared the halt of an endpoint. */
    void (*cleared)(void *device, unsigned endpoint);
};

/* It stays as it is while the model lives. */
struct wc_usb_device {
    const void *device;                /* device descriptor */
    const void *const *configurations; /* bNumConfigurations of it */
    const char *const *strings;        /* number 1 and up; ASCII, at most 126 characters */
    unsigned string_count;
    enum wc_usb_speed speed;
    struct wc_usb_ops ops;
};

/* wc_model_add_usb: while creating, once. false after saying why: a descriptor is not well formed. */
WC_API bool wc_model_add_usb(struct wc_model *model, const struct wc_usb_device *description);

/* ---- while running; endpoint: its number, with WC_USB_IN ---- */

/* wc_model_usb_send: data for the host on an IN endpoint; length 0: a packet of no length. false: the
 * endpoint is not selected, or more than a megabyte waits: nothing was queued. */
WC_API bool wc_model_usb_send(struct wc_model *model, unsigned endpoint, const void *data,
                              size_t length);
/* wc_model_usb_queued: so many bytes wait for the host. */
WC_API size_t wc_model_usb_queued(const struct wc_model *model, unsigned endpoint);
/* wc_model_usb_is_read: the host waits for data of that endpoint. */
WC_API bool wc_model_usb_is_read(const struct wc_model *model, unsigned endpoint);
/* wc_model_usb_ready: what was answered with WC_USB_NAK is asked again, when this callback is over. */
WC_API void wc_model_usb_ready(struct wc_model *model, unsigned endpoint);
/* wc_model_usb_stall: the endpoint is halted: the next transfer fails, and all after it until the host
 * clears that. */
WC_API void wc_model_usb_stall(struct wc_model *model, unsigned endpoint);

WC_END_DECLS
