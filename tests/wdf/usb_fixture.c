/* usb_fixture.c - a USB device for tests, and a driver's first steps with it. */
#include "wdf/usb_fixture.h"

#include <string.h>

#include "nt/hal/hal_device.h"
#include "nt/usb/io_usb.h"

struct usb_test usb_test;

/* ---- the device ---- */

static const uint8_t device_descriptor[] = {
    18, 1, 0x00, 0x02, 0xff, 0, 0, 64, 0x34, 0x12, 0x78, 0x56, 0x00, 0x01, 1, 2, 0, 1,
};

static const uint8_t configuration[] = {
    9,  2,    64,
    0,  2,    1,
    0,  0xe0, 50, /* two interfaces; self powered, wakes */
    9,  4,    0,
    0,  3,    0xff,
    1,  2,    0, /* interface 0, setting 0 */
    7,  5,    USB_INTERRUPT_IN,
    3,  8,    0,
    10, /* */
    7,  5,    USB_BULK_OUT,
    2,  64,   0,
    0, /* */
    7,  5,    USB_BULK_IN,
    2,  64,   0,
    0, /* */
    9,  4,    0,
    1,  1,    0xff,
    1,  3,    0, /* interface 0, setting 1 */
    7,  5,    USB_OTHER_IN,
    2,  64,   0,
    0, /* */
    9,  4,    1,
    0,  0,    0xff,
    2,  0,    0, /* interface 1 */
};

static enum wc_usb_answer control(void *device, const struct wc_usb_setup *setup, void *data,
                                  size_t *length)
{
    struct usb_model *model = device;

    if ((setup->request_type & 0x60) != 0x40 || setup->request != 1 || setup->length == 0) {
        return WC_USB_STALL;
    }
    if ((setup->request_type & WC_USB_IN) == 0) {
        model->value = *(const uint8_t *)data;
    } else {
        *(uint8_t *)data = model->value;
        *length = 1;
    }
    return WC_USB_OK;
}

static enum wc_usb_answer out(void *device, unsigned endpoint, const void *data, size_t length)
{
    struct usb_model *model = device;

    if (model->busy) {
        model->refused++;
        return WC_USB_NAK;
    }
    if (model->stalls) {
        return WC_USB_STALL;
    }
    model->written += (unsigned)length;
    return wc_model_usb_send(model->model, USB_BULK_IN, data, length) ? WC_USB_OK : WC_USB_STALL;
}

static void configured(void *device, unsigned value)
{
    ((struct usb_model *)device)->configured = value;
}

static void selected(void *device, unsigned interface, unsigned setting)
{
    ((struct usb_model *)device)->selected = interface << 8 | setting;
}

static void cleared(void *device, unsigned endpoint)
{
    ((struct usb_model *)device)->cleared++;
}

static bool create(struct wc_model *model, void *device)
{
    static const void *const configurations[] = {configuration};
    static const char *const strings[] = {"Maker", "Thing"};
    static const struct wc_usb_device description = {
        .device = device_descriptor,
        .configurations = configurations,
        .strings = strings,
        .string_count = 2,
        .speed = WC_USB_FULL_SPEED,
        .ops = {.control = control,
                .out = out,
                .configured = configured,
                .selected = selected,
                .cleared = cleared},
    };

    usb_test.model = device;
    usb_test.model->model = model;
    return wc_model_add_usb(model, &description);
}

static void reset(void *device)
{
    ((struct usb_model *)device)->value = 0;
}

static const struct wc_model_type usbtest = {
    .name = "usbtest",
    .help = "for tests",
    .options = "",
    .device_size = sizeof(struct usb_model),
    .create = create,
    .reset = reset,
};
WC_MODEL(usbtest)

void usb_model_do(void (*act)(void *device))
{
    struct hal_device *hal = io_usb_of(drv_pnp_plan.pdo)->usb->hal;

    hal_device_enter(hal);
    act(usb_test.model);
    hal_device_leave(hal);
}

/* ---- the driver ---- */

void usb_prepare(WDFDEVICE device, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    WDF_USB_DEVICE_CREATE_CONFIG config;
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;

    WDF_USB_DEVICE_CREATE_CONFIG_INIT(&config, USBD_CLIENT_CONTRACT_VERSION_602);
    usb_test.status = WdfUsbTargetDeviceCreateWithParameters(
        device, &config, WDF_NO_OBJECT_ATTRIBUTES, &usb_test.usb);
    if (NT_SUCCESS(usb_test.status)) {
        WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(&params);
        usb_test.status = WdfUsbTargetDeviceSelectConfig(usb_test.usb, NULL, &params);
    }
    if (NT_SUCCESS(usb_test.status)) {
        usb_test.interface = params.Types.SingleInterface.ConfiguredUsbInterface;
        usb_test.interrupt = WdfUsbInterfaceGetConfiguredPipe(usb_test.interface, 0, NULL);
        usb_test.out = WdfUsbInterfaceGetConfiguredPipe(usb_test.interface, 1, NULL);
        usb_test.in = WdfUsbInterfaceGetConfiguredPipe(usb_test.interface, 2, NULL);
    }
    if (usb_test.prepared != NULL) {
        usb_test.prepared(device);
    }
}

int usb_setup(void **state)
{
    memset(&usb_test, 0, sizeof(usb_test));
    return pnp_setup(state);
}

void usb_start(void)
{
    const struct wc_device_config config = {.model = "usbtest"};

    if (drv_pnp_plan.prepare == NULL) {
        drv_pnp_plan.prepare = usb_prepare;
    }
    pnp_load();
    if (wc_machine_add_device(wc_test_the_machine(), wc_test_driver(), &config, &usb_test.device) !=
        WC_OK) {
        fail_msg("the device does not start: %s", wc_last_error());
    }
    assert_int_equal(usb_test.status, STATUS_SUCCESS);
}

void usb_remove(void)
{
    pnp_remove(usb_test.device);
}

void usb_run(void (*body)(void *context))
{
    usb_start();
    wc_test_call(body, NULL);
    usb_remove();
}
