/* hal_usb_control.c - the control pipe of a USB device model: the standard requests are answered from
 * its descriptors and the state of its endpoints, everything else is the model's.
 */
#include <string.h>

#include "nt/usb/hal_usb.h"

enum {
    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_FEATURE = 3,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
};
enum { TO_DEVICE = 0, TO_INTERFACE = 1, TO_ENDPOINT = 2, RECIPIENT = 0x1f, KIND = 0x60 };
enum { ENDPOINT_HALT = 0, REMOTE_WAKEUP = 1 };
enum { SELF_POWERED = 0x40, WAKES = 0x20 }; /* attributes of a configuration */

/* ---- configurations and settings ---- */

static void close_interface(struct hal_usb *usb, int interface)
{
    for (unsigned i = 1; i < HAL_USB_ENDPOINTS; i++) {
        struct hal_usb_endpoint *endpoint = &usb->endpoints[i];

        if (endpoint->open && (interface < 0 || endpoint->interface == interface)) {
            hal_usb_close(usb, endpoint);
        }
    }
}

static bool open_setting(struct hal_usb *usb, const uint8_t *configuration, unsigned interface,
                         unsigned setting)
{
    const uint8_t *at = hal_usb_setting(configuration, interface, setting);

    if (at == NULL) {
        return false;
    }
    while ((at = hal_usb_next_endpoint(configuration, at)) != NULL) {
        hal_usb_open(usb, at, interface);
    }
    usb->settings[interface] = (uint8_t)setting;
    return true;
}

bool hal_usb_configure(struct hal_usb *usb, unsigned value)
{
    const struct wc_usb_ops *ops = &usb->description->ops;
    const uint8_t *configuration = value != 0 ? hal_usb_configuration(usb, value) : NULL;

    if (value != 0 && configuration == NULL) {
        return false;
    }
    close_interface(usb, -1);
    usb->configuration = (uint8_t)value;
    usb->generation++;
    memset(usb->settings, 0, sizeof(usb->settings));
    for (unsigned i = 0; i < HAL_USB_INTERFACES && configuration != NULL; i++) {
        (void)open_setting(usb, configuration, i, 0);
    }
    if (ops->configured != NULL) {
        ops->configured(usb->hal->context, value);
    }
    return true;
}

bool hal_usb_select(struct hal_usb *usb, unsigned interface, unsigned setting)
{
    const struct wc_usb_ops *ops = &usb->description->ops;
    const uint8_t *configuration = hal_usb_configuration(usb, usb->configuration);

    if (configuration == NULL || hal_usb_setting(configuration, interface, setting) == NULL) {
        return false;
    }
    close_interface(usb, (int)interface);
    (void)open_setting(usb, configuration, interface, setting);
    if (ops->selected != NULL) {
        ops->selected(usb->hal->context, interface, setting);
    }
    return true;
}

/* ---- standard requests ---- */

static struct hal_usb_endpoint *open_endpoint(struct hal_usb *usb, unsigned number)
{
    struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(number)];

    return endpoint->open ? endpoint : NULL;
}

static bool get_status(struct hal_usb *usb, const struct wc_usb_setup *setup, uint16_t *status)
{
    const uint8_t *configuration = hal_usb_configuration(usb, usb->configuration);
    const struct hal_usb_endpoint *endpoint;

    *status = 0;
    switch (setup->request_type & RECIPIENT) {
    case TO_DEVICE:
        if (configuration != NULL && (configuration[7] & SELF_POWERED) != 0) {
            *status |= 1;
        }
        *status |= usb->remote_wakeup ? 2 : 0;
        return true;
    case TO_INTERFACE:
        return configuration != NULL && hal_usb_setting(configuration, setup->index, 0) != NULL;
    case TO_ENDPOINT:
        endpoint = open_endpoint(usb, setup->index);
        *status = endpoint != NULL && endpoint->stalled;
        return endpoint != NULL || (setup->index & 15) == 0;
    default:
        return false;
    }
}

static bool set_feature(struct hal_usb *usb, const struct wc_usb_setup *setup, bool on)
{
    const uint8_t *configuration = hal_usb_configuration(usb, usb->configuration);
    struct hal_usb_endpoint *endpoint;

    switch (setup->request_type & RECIPIENT) {
    case TO_DEVICE:
        if (setup->value != REMOTE_WAKEUP || configuration == NULL ||
            (configuration[7] & WAKES) == 0) {
            return false;
        }
        usb->remote_wakeup = on;
        return true;
    case TO_ENDPOINT:
        endpoint = open_endpoint(usb, setup->index);
        if (setup->value != ENDPOINT_HALT || endpoint == NULL) {
            return false;
        }
        if (on) {
            hal_usb_stall(usb, setup->index);
        } else {
            hal_usb_clear(usb, endpoint);
        }
        return true;
    default:
        return false;
    }
}

static bool answer(uint8_t *data, size_t *length, uint16_t value, size_t size)
{
    const uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    *length = *length < size ? *length : size;
    memcpy(data, bytes, *length);
    return true;
}

/* false: it is none of these. *done: whether the device agrees. */
static bool standard(struct hal_usb *usb, const struct wc_usb_setup *setup, uint8_t *data,
                     size_t *length, bool *done)
{
    uint16_t status;

    switch (setup->request) {
    case GET_DESCRIPTOR:
        *done = hal_usb_descriptor(usb, setup->value, data, length);
        return *done; /* others, such as reports of a HID device, are the model's */
    case GET_STATUS:
        *done = get_status(usb, setup, &status) && answer(data, length, status, 2);
        return true;
    case CLEAR_FEATURE:
    case SET_FEATURE:
        *length = 0;
        *done = set_feature(usb, setup, setup->request == SET_FEATURE);
        return *done;
    case GET_CONFIGURATION:
        *done = answer(data, length, usb->configuration, 1);
        return true;
    case SET_CONFIGURATION:
        *length = 0;
        *done = hal_usb_configure(usb, setup->value & 0xff);
        return true;
    case GET_INTERFACE:
        *done = usb->configuration != 0 && setup->index < HAL_USB_INTERFACES &&
                answer(data, length, usb->settings[setup->index], 1);
        return true;
    case SET_INTERFACE:
        *length = 0;
        *done = hal_usb_select(usb, setup->index, setup->value & 0xff);
        return true;
    default:
        return false;
    }
}

enum hal_usb_status hal_usb_control(struct hal_usb *usb, const struct wc_usb_setup *setup,
                                    uint8_t *data, size_t *length)
{
    const struct wc_usb_ops *ops = &usb->description->ops;
    size_t room = *length;
    bool done = false;

    if (usb->hal->absent) {
        *length = 0;
        return HAL_USB_GONE;
    }
    if ((setup->request_type & KIND) != 0 || !standard(usb, setup, data, length, &done)) {
        if ((setup->request_type & WC_USB_IN) != 0) {
            *length = 0;
        }
        done = ops->control != NULL &&
               ops->control(usb->hal->context, setup, data, length) == WC_USB_OK;
    }
    if (!done) {
        *length = 0;
    }
    *length = *length < room ? *length : room;
    return done ? HAL_USB_OK : HAL_USB_STALL;
}
