/* model_usbfx2.c - a USB device as boards for learning have it: switches, a bar of lights, a
 * seven-segment digit, and two pipes that are one loop. Vendor requests and endpoints are those of the OSR
 * USB FX2 board, so that drivers written for it find their device.
 *
 *   request  direction
 *   0xd4     in, 1     the digit
 *   0xd6     in, 1     the switches
 *   0xd7     in, 1     the bar of lights
 *   0xd8     out, 1    set the bar
 *   0xd9     in, 1     1: it works at high speed
 *   0xdb     out, 1    set the digit
 *
 *   endpoint
 *   0x81     interrupt in: the switches, one byte each time that they change
 *   0x06     bulk out, 0x88 bulk in: what is written can be read
 *
 * switches=N is their first position; toggle=MS changes the lowest one each so many milliseconds.
 * speed=full makes it a full speed device.
 */
#include <stdlib.h>
#include <string.h>

#include <wdfcore/model_usb.h>

enum {
    READ_DIGIT = 0xd4,
    READ_SWITCHES = 0xd6,
    READ_BAR = 0xd7,
    SET_BAR = 0xd8,
    IS_HIGH_SPEED = 0xd9,
    SET_DIGIT = 0xdb,
};
enum { SWITCHES = 0x81, LOOP_OUT = 0x06, LOOP_IN = 0x88 };
enum { LOOP_MOST = 64 * 1024 }; /* bytes that the loop holds */

struct fx2 {
    struct wc_model *model;
    struct wc_model_timer *timer;
    struct wc_usb_device description;
    uint8_t switches, first_switches, bar, digit;
    uint64_t toggle_ns; /* 0: nobody moves a switch */
};

static const uint8_t fx2_device[] = {
    18,   1,                /* device descriptor */
    0x00, 0x02,             /* USB 2.0 */
    0xff, 0,    0,    64,   /* vendor's own class; packets of the control pipe */
    0x47, 0x05, 0x02, 0x10, /* 0547:1002 */
    0x00, 0x00,             /* release */
    1,    2,    0,    1,    /* strings: maker, product; one configuration */
};

/* Packets of the bulk pipes: 512 bytes at high speed, 64 at full speed. */
#define FX2_CONFIGURATION(low, high)                                                       \
    {                                                                                      \
        9, 2, 39, 0, 1, 1, 0, 0xa0, 50,      /* one interface; wakes; 100 mA */            \
            9, 4, 0, 0, 3, 0xff, 0, 0, 0,    /* interface 0, setting 0, three endpoints */ \
            7, 5, SWITCHES, 3, 49, 0, 1,     /* interrupt in */                            \
            7, 5, LOOP_OUT, 2, low, high, 0, /* bulk out */                                \
            7, 5, LOOP_IN, 2, low, high, 0,  /* bulk in */                                 \
    }

static const uint8_t fx2_high[] = FX2_CONFIGURATION(0, 2);
static const uint8_t fx2_full[] = FX2_CONFIGURATION(64, 0);
static const void *const fx2_high_only[] = {fx2_high};
static const void *const fx2_full_only[] = {fx2_full};
static const char *const fx2_strings[] = {"wdfcore", "usbfx2"};

static void fx2_tell_switches(struct fx2 *f)
{
    (void)wc_model_usb_send(f->model, SWITCHES, &f->switches, 1);
}

static void fx2_toggle(void *device)
{
    struct fx2 *f = device;

    f->switches ^= 1;
    fx2_tell_switches(f);
    wc_model_timer_set(f->timer, f->toggle_ns);
}

static enum wc_usb_answer fx2_read(uint8_t value, void *data, size_t *length)
{
    if (data == NULL) {
        return WC_USB_STALL;
    }
    *(uint8_t *)data = value;
    *length = 1;
    return WC_USB_OK;
}

static enum wc_usb_answer fx2_write(uint8_t *value, const void *data, size_t length)
{
    if (length != 1) {
        return WC_USB_STALL;
    }
    *value = *(const uint8_t *)data;
    return WC_USB_OK;
}

static enum wc_usb_answer fx2_control(void *device, const struct wc_usb_setup *setup, void *data,
                                      size_t *length)
{
    struct fx2 *f = device;

    if ((setup->request_type & 0x60) != 0x40 ||
        ((setup->request_type & WC_USB_IN) != 0 && setup->length == 0)) {
        return WC_USB_STALL;
    }
    switch (setup->request | (setup->request_type & WC_USB_IN) << 8) {
    case READ_DIGIT | WC_USB_IN << 8:
        return fx2_read(f->digit, data, length);
    case READ_SWITCHES | WC_USB_IN << 8:
        return fx2_read(f->switches, data, length);
    case READ_BAR | WC_USB_IN << 8:
        return fx2_read(f->bar, data, length);
    case IS_HIGH_SPEED | WC_USB_IN << 8:
        return fx2_read(f->description.speed == WC_USB_HIGH_SPEED, data, length);
    case SET_BAR:
        return fx2_write(&f->bar, data, *length);
    case SET_DIGIT:
        return fx2_write(&f->digit, data, *length);
    default:
        return WC_USB_STALL;
    }
}

static enum wc_usb_answer fx2_out(void *device, unsigned endpoint, const void *data, size_t length)
{
    struct fx2 *f = device;
    size_t queued = wc_model_usb_queued(f->model, LOOP_IN);

    (void)endpoint;
    if (queued != 0 && queued + length > LOOP_MOST) {
        return WC_USB_NAK;
    }
    return wc_model_usb_send(f->model, LOOP_IN, data, length) ? WC_USB_OK : WC_USB_STALL;
}

/* The loop is being emptied. */
static void fx2_asked(void *device, unsigned endpoint)
{
    struct fx2 *f = device;

    if (endpoint == LOOP_IN) {
        wc_model_usb_ready(f->model, LOOP_OUT);
    }
}

static void fx2_configured(void *device, unsigned configuration)
{
    struct fx2 *f = device;

    wc_model_timer_cancel(f->timer);
    if (configuration != 0 && f->toggle_ns != 0) {
        wc_model_timer_set(f->timer, f->toggle_ns);
    }
}

static bool fx2_options(struct fx2 *f)
{
    const char *switches = wc_model_option(f->model, "switches");
    const char *toggle = wc_model_option(f->model, "toggle");
    const char *speed = wc_model_option(f->model, "speed");
    char *end = NULL;

    f->description.speed = WC_USB_HIGH_SPEED;
    if (speed != NULL && strcmp(speed, "full") == 0) {
        f->description.speed = WC_USB_FULL_SPEED;
    } else if (speed != NULL && strcmp(speed, "high") != 0) {
        wc_model_fail(f->model, "speed is high or full");
        return false;
    }
    if (switches != NULL) {
        unsigned long value = strtoul(switches, &end, 0);

        if (*switches == '\0' || *end != '\0' || value > 255) {
            wc_model_fail(f->model, "switches is a number from 0 to 255");
            return false;
        }
        f->first_switches = (uint8_t)value;
    }
    if (toggle != NULL) {
        f->toggle_ns = strtoul(toggle, &end, 10) * 1000000u;
        if (*end != '\0' || f->toggle_ns == 0) {
            wc_model_fail(f->model, "toggle is a number of milliseconds");
            return false;
        }
    }
    return true;
}

static bool fx2_create(struct wc_model *model, void *device)
{
    struct fx2 *f = device;

    f->model = model;
    if (!fx2_options(f)) {
        return false;
    }
    f->description.device = fx2_device;
    f->description.configurations =
        f->description.speed == WC_USB_HIGH_SPEED ? fx2_high_only : fx2_full_only;
    f->description.strings = fx2_strings;
    f->description.string_count = 2;
    f->description.ops = (struct wc_usb_ops){
        .control = fx2_control, .out = fx2_out, .asked = fx2_asked, .configured = fx2_configured};
    f->timer = wc_model_add_timer(model, fx2_toggle);
    return f->timer != NULL && wc_model_add_usb(model, &f->description);
}

static void fx2_reset(void *device)
{
    struct fx2 *f = device;

    wc_model_timer_cancel(f->timer);
    f->switches = f->first_switches;
    f->bar = f->digit = 0;
}

static const struct wc_model_type fx2 = {
    .name = "usbfx2",
    .help = "a USB board: switches, lights, a bulk loop (the OSR USB FX2's requests)",
    .options = "switches=N toggle=MS speed=high|full",
    .device_size = sizeof(struct fx2),
    .create = fx2_create,
    .reset = fx2_reset,
};

WC_MODEL(fx2)
