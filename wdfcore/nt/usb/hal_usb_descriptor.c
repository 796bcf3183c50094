/* hal_usb_descriptor.c - the descriptors of a USB device model: checked once, then searched. */
#include <string.h>

#include "nt/usb/hal_usb.h"

enum {
    DEVICE = 1,
    CONFIGURATION = 2,
    STRING = 3,
    INTERFACE = 4,
    ENDPOINT = 5,
    DEVICE_LENGTH = 18,
    CONFIGURATION_LENGTH = 9,
    INTERFACE_LENGTH = 9,
    ENDPOINT_LENGTH = 7,
    STRING_MOST = 126, /* characters */
};

static const char *check_configuration(const uint8_t *configuration)
{
    size_t total;
    bool inside = false;

    if (configuration == NULL || configuration[0] != CONFIGURATION_LENGTH ||
        configuration[1] != CONFIGURATION || configuration[5] == 0) {
        return "a configuration descriptor does not begin as one";
    }
    total = hal_usb_total(configuration);
    for (size_t at = CONFIGURATION_LENGTH; at < total; at += configuration[at]) {
        const uint8_t *one = configuration + at;

        if (total - at < 2 || one[0] < 2 || one[0] > total - at) {
            return "a configuration descriptor does not end where its wTotalLength says";
        }
        if (one[1] == INTERFACE && (one[0] < INTERFACE_LENGTH || one[2] >= HAL_USB_INTERFACES)) {
            return "an interface descriptor is too short, or its number too high";
        }
        if (one[1] == ENDPOINT && (!inside || one[0] < ENDPOINT_LENGTH || (one[2] & 0x70) != 0 ||
                                   (one[2] & 15) == 0 || (one[4] | (one[5] & 7) << 8) == 0)) {
            return "an endpoint descriptor is wrong: its place, length, number or packet size";
        }
        inside = inside || one[1] == INTERFACE;
    }
    return NULL;
}

const char *hal_usb_check(const struct wc_usb_device *description)
{
    const uint8_t *device = description->device;
    const char *wrong = NULL;

    if (device == NULL || device[0] != DEVICE_LENGTH || device[1] != DEVICE || device[17] == 0) {
        return "the device descriptor does not begin as one, or has no configuration";
    }
    for (unsigned i = 0; i < device[17] && wrong == NULL; i++) {
        wrong = check_configuration(description->configurations[i]);
    }
    for (unsigned i = 0; i < description->string_count && wrong == NULL; i++) {
        if (strlen(description->strings[i]) > STRING_MOST) {
            wrong = "a string has more than 126 characters";
        }
    }
    return wrong;
}

const uint8_t *hal_usb_configuration(const struct hal_usb *usb, unsigned value)
{
    const uint8_t *device = usb->description->device;

    for (unsigned i = 0; i < device[17]; i++) {
        const uint8_t *configuration = usb->description->configurations[i];

        if (configuration[5] == value) {
            return configuration;
        }
    }
    return NULL;
}

const uint8_t *hal_usb_setting(const uint8_t *configuration, unsigned interface, unsigned setting)
{
    size_t total = hal_usb_total(configuration);

    for (size_t at = CONFIGURATION_LENGTH; at < total; at += configuration[at]) {
        const uint8_t *one = configuration + at;

        if (one[1] == INTERFACE && one[2] == interface && one[3] == setting) {
            return one;
        }
    }
    return NULL;
}

const uint8_t *hal_usb_next_endpoint(const uint8_t *configuration, const uint8_t *at)
{
    const uint8_t *end = configuration + hal_usb_total(configuration);

    for (at += at[0]; at < end && at[1] != INTERFACE; at += at[0]) {
        if (at[1] == ENDPOINT) {
            return at;
        }
    }
    return NULL;
}

/* A string descriptor; number 0 lists the one language, US English. */
static size_t string_descriptor(const struct wc_usb_device *description, unsigned number,
                                uint8_t *all)
{
    const char *text;
    size_t count;

    if (number == 0) {
        all[2] = 0x09;
        all[3] = 0x04;
        count = 1;
    } else if (number > description->string_count) {
        return 0;
    } else {
        text = description->strings[number - 1];
        count = strlen(text);
        for (size_t i = 0; i < count; i++) {
            all[2 + 2 * i] = (uint8_t)text[i];
            all[3 + 2 * i] = 0;
        }
    }
    all[0] = (uint8_t)(2 + 2 * count);
    all[1] = STRING;
    return all[0];
}

bool hal_usb_descriptor(const struct hal_usb *usb, uint16_t value, uint8_t *data, size_t *length)
{
    const struct wc_usb_device *description = usb->description;
    const uint8_t *device = description->device;
    unsigned number = value & 0xff;
    uint8_t text[2 + 2 * STRING_MOST];
    const uint8_t *from = NULL;
    size_t size = 0;

    switch (value >> 8) {
    case DEVICE:
        from = device;
        size = DEVICE_LENGTH;
        break;
    case CONFIGURATION:
        if (number < device[17]) {
            from = description->configurations[number];
            size = hal_usb_total(from);
        }
        break;
    case STRING:
        from = text;
        size = string_descriptor(description, number, text);
        break;
    default:
        break;
    }
    if (from == NULL || size == 0) {
        return false;
    }
    *length = *length < size ? *length : size;
    memcpy(data, from, *length);
    return true;
}
