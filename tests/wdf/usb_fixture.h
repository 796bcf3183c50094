#pragma once
/* usb_fixture.h - a machine with the driver drv_pnp above a USB device of the test's own: interface 0 with
 * an interrupt pipe and a bulk loop, and a second setting; interface 1 without endpoints.
 */
#include "wdf/pnp_fixture.h"

#include <initguid.h>
#include <usbdlib.h>
#include <wdfusb.h>

#include <wdfcore/model_usb.h>

enum { USB_INTERRUPT_IN = 0x81, USB_BULK_OUT = 0x02, USB_BULK_IN = 0x83, USB_OTHER_IN = 0x84 };

/* The device, and what it has seen. */
struct usb_model {
    struct wc_model *model;
    uint8_t value;       /* request 1: vendor write, read */
    unsigned configured; /* the last value */
    unsigned selected;   /* interface * 256 + setting */
    unsigned cleared;    /* halts cleared by the host */
    unsigned written;    /* bytes */
    unsigned refused;    /* transfers not taken because it is busy */
    bool busy;           /* bulk out: not now */
    bool stalls;         /* bulk out: never */
};

struct usb_test {
    WDFUSBDEVICE usb;
    WDFUSBINTERFACE interface;
    WDFUSBPIPE interrupt, out, in;
    NTSTATUS status;                    /* of the last step of usb_prepare */
    void (*prepared)(WDFDEVICE device); /* after it */
    struct usb_model *model;
    struct wc_device *device;
};

extern struct usb_test usb_test;

/* usb_start: add and start; the driver makes WDFUSBDEVICE and selects setting 0 of interface 0. */
void usb_start(void);
void usb_remove(void);
/* usb_run: body in a task of the machine, between start and removal. */
void usb_run(void (*body)(void *context));
/* usb_prepare: what EvtDevicePrepareHardware does. */
void usb_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated);
/* usb_model_do: something that the device does by itself, under its own lock; from a task. */
void usb_model_do(void (*act)(void *device));

int usb_setup(void **state);
#define usb_test_entry(function) cmocka_unit_test_setup_teardown(function, usb_setup, pnp_teardown)
