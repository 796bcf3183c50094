/* model_virtio.c - the registers of virtio devices, see model_virtio.h. The window, whose parts the
 * capabilities in the configuration space name:
 *   0x000 common configuration      0x200 the device's own configuration
 *   0x100 interrupt status          0x300 notifications, 4 bytes a queue
 */
#include "model/model_virtio.h"

#include <string.h>

#include <wdfcore/model_pci.h>

enum { AT_COMMON = 0x000, AT_ISR = 0x100, AT_DEVICE = 0x200, AT_NOTIFY = 0x300 };
enum { CAP_COMMON = 1, CAP_NOTIFY = 2, CAP_ISR = 3, CAP_DEVICE = 4, CAP_VENDOR = 0x09 };
enum { NOTIFY_STEP = 4 };

/* Registers of the common configuration. */
enum {
    DEVICE_FEATURE_SELECT = 0,
    DEVICE_FEATURE = 4,
    DRIVER_FEATURE_SELECT = 8,
    DRIVER_FEATURE = 12,
    CONFIG_VECTOR = 16,
    NUM_QUEUES = 18,
    STATUS = 20,
    GENERATION = 21,
    QUEUE_SELECT = 22,
    QUEUE_SIZE = 24,
    QUEUE_VECTOR = 26,
    QUEUE_ENABLE = 28,
    QUEUE_NOTIFY = 30,
    QUEUE_DESCRIPTORS = 32,
    QUEUE_DRIVER = 40,
    QUEUE_DEVICE = 48,
    COMMON_SIZE = 56,
};

enum { STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8, STATUS_NEEDS_RESET = 0x40 };
enum { ISR_QUEUE = 1, ISR_CONFIG = 2 };

#define NO_VECTOR         0xffffu
#define FEATURE_VERSION_1 (1ull << 32)
#define PCI_VENDOR        0x1af4
#define PCI_DEVICE        0x1040 /* and the type */

static void interrupt(struct virtio *virtio, uint8_t cause)
{
    virtio->isr |= cause;
    wc_model_set_line(virtio->model, virtio->line, true);
}

void virtio_interrupt(struct virtio *virtio)
{
    interrupt(virtio, ISR_QUEUE);
}

void virtio_break(struct virtio *virtio)
{
    virtio->status |= STATUS_NEEDS_RESET;
    interrupt(virtio, ISR_CONFIG);
}

bool virtio_is_running(const struct virtio *virtio)
{
    return (virtio->status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) == STATUS_DRIVER_OK;
}

static void serve_notified(void *device)
{
    struct virtio *virtio = device;
    uint32_t notified = virtio->notified;

    virtio->notified = 0;
    for (unsigned i = 0; i < virtio->kind->queues; i++) {
        if ((notified >> i & 1) != 0 && virtio_is_running(virtio)) {
            virtio->kind->serve(virtio, i);
        }
    }
}

void virtio_poke(struct virtio *virtio, unsigned queue)
{
    virtio->notified |= 1u << queue;
    wc_model_soon(virtio->model, serve_notified);
}

/* ---- configuration ---- */

uint32_t virtio_config(const struct virtio *virtio, unsigned offset)
{
    uint32_t value;

    memcpy(&value, &virtio->config[offset], sizeof(value));
    return value;
}

void virtio_set_config(struct virtio *virtio, unsigned offset, uint32_t value)
{
    memcpy(&virtio->config[offset], &value, sizeof(value));
    virtio->generation++;
    if (virtio_is_running(virtio)) {
        interrupt(virtio, ISR_CONFIG);
    }
}

/* ---- registers ---- */

void virtio_reset(struct virtio *virtio)
{
    virtio->status = virtio->isr = 0;
    virtio->accepted = 0;
    virtio->selected = 0;
    virtio->notified = 0;
    memset(virtio->feature_select, 0, sizeof(virtio->feature_select));
    memset(virtio->queue, 0, sizeof(virtio->queue));
    for (unsigned i = 0; i < virtio->kind->queues; i++) {
        virtio->queue[i].size = VIRTIO_QUEUE_SIZE;
    }
    wc_model_set_line(virtio->model, virtio->line, false);
}

static uint64_t offered(const struct virtio *virtio)
{
    return virtio->kind->features | FEATURE_VERSION_1;
}

static uint32_t half(uint64_t features, uint32_t select)
{
    return select < 2 ? (uint32_t)(features >> (32 * select)) : 0;
}

/* NULL: there is none of that number. */
static struct virtio_queue *selected(struct virtio *virtio)
{
    return virtio->selected < virtio->kind->queues ? &virtio->queue[virtio->selected] : NULL;
}

static uint64_t read_queue(struct virtio *virtio, uint64_t offset)
{
    const struct virtio_queue *queue = selected(virtio);

    if (queue == NULL) {
        return 0; /* its size says so */
    }
    switch (offset) {
    case QUEUE_SIZE:
        return queue->size;
    case QUEUE_ENABLE:
        return queue->enabled;
    case QUEUE_DESCRIPTORS:
        return queue->descriptors;
    case QUEUE_DRIVER:
        return queue->driver;
    case QUEUE_DEVICE:
        return queue->device;
    default:
        return 0;
    }
}

static uint64_t read_common(struct virtio *virtio, uint64_t offset)
{
    switch (offset) {
    case DEVICE_FEATURE_SELECT:
        return virtio->feature_select[0];
    case DEVICE_FEATURE:
        return half(offered(virtio), virtio->feature_select[0]);
    case DRIVER_FEATURE_SELECT:
        return virtio->feature_select[1];
    case DRIVER_FEATURE:
        return half(virtio->accepted, virtio->feature_select[1]);
    case CONFIG_VECTOR:
    case QUEUE_VECTOR:
        return NO_VECTOR;
    case NUM_QUEUES:
        return virtio->kind->queues;
    case STATUS:
        return virtio->status;
    case GENERATION:
        return virtio->generation;
    case QUEUE_SELECT:
        return virtio->selected;
    case QUEUE_NOTIFY:
        return virtio->selected;
    default:
        return read_queue(virtio, offset);
    }
}

static void write_status(struct virtio *virtio, uint8_t status)
{
    bool was_running = virtio_is_running(virtio);

    if (status == 0) {
        virtio_reset(virtio);
        return;
    }
    if ((status & STATUS_FEATURES_OK) != 0 && ((virtio->accepted & ~offered(virtio)) != 0 ||
                                               (virtio->accepted & FEATURE_VERSION_1) == 0)) {
        status &= (uint8_t)~STATUS_FEATURES_OK;
    }
    virtio->status = status | (virtio->status & STATUS_NEEDS_RESET);
    for (unsigned i = 0; !was_running && virtio_is_running(virtio) && i < virtio->kind->queues;
         i++) {
        virtio_poke(virtio, i);
    }
}

/* One half, or all, of an address. */
static void write_address(uint64_t *address, unsigned offset, unsigned width, uint64_t value)
{
    if (width == 8) {
        *address = value;
    } else if (offset == 0) {
        *address = (*address & ~0xffffffffull) | (uint32_t)value;
    } else {
        *address = (uint32_t)*address | value << 32;
    }
}

static void write_queue(struct virtio *virtio, uint64_t offset, unsigned width, uint64_t value)
{
    struct virtio_queue *queue = selected(virtio);

    if (queue == NULL) {
        return;
    }
    if (offset == QUEUE_SIZE && value != 0 && (value & (value - 1)) == 0 &&
        value <= VIRTIO_QUEUE_SIZE) {
        queue->size = (uint16_t)value;
    } else if (offset == QUEUE_ENABLE) {
        queue->enabled = value == 1 && queue->size != 0;
    } else if (offset >= QUEUE_DEVICE) {
        write_address(&queue->device, offset & 7, width, value);
    } else if (offset >= QUEUE_DRIVER) {
        write_address(&queue->driver, offset & 7, width, value);
    } else if (offset >= QUEUE_DESCRIPTORS) {
        write_address(&queue->descriptors, offset & 7, width, value);
    }
}

static void write_common(struct virtio *virtio, uint64_t offset, unsigned width, uint64_t value)
{
    uint32_t select = virtio->feature_select[1];

    switch (offset) {
    case DEVICE_FEATURE_SELECT:
        virtio->feature_select[0] = (uint32_t)value;
        break;
    case DRIVER_FEATURE_SELECT:
        virtio->feature_select[1] = (uint32_t)value;
        break;
    case DRIVER_FEATURE:
        if (select < 2 && (virtio->status & STATUS_FEATURES_OK) == 0) {
            virtio->accepted &= ~(0xffffffffull << (32 * select));
            virtio->accepted |= value << (32 * select);
        }
        break;
    case STATUS:
        write_status(virtio, (uint8_t)value);
        break;
    case QUEUE_SELECT:
        virtio->selected = (uint16_t)value;
        break;
    default:
        write_queue(virtio, offset, width, value);
        break;
    }
}

static uint64_t read_window(void *device, uint64_t offset, unsigned width)
{
    struct virtio *virtio = device;
    uint64_t value = 0;

    if (offset < COMMON_SIZE) {
        return read_common(virtio, offset & ~(uint64_t)(offset >= QUEUE_DESCRIPTORS ? 7 : 0)) >>
               (offset >= QUEUE_DESCRIPTORS ? 8 * (offset & 7) : 0);
    }
    if (offset == AT_ISR) {
        value = virtio->isr;
        virtio->isr = 0;
        wc_model_set_line(virtio->model, virtio->line, false);
    } else if (offset >= AT_DEVICE && offset + width <= AT_DEVICE + virtio->kind->config_size) {
        memcpy(&value, &virtio->config[offset - AT_DEVICE], width);
    }
    return value;
}

static void write_window(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct virtio *virtio = device;

    if (offset < COMMON_SIZE) {
        write_common(virtio, offset, width, value);
    } else if (offset >= AT_NOTIFY && (offset - AT_NOTIFY) / NOTIFY_STEP < virtio->kind->queues) {
        virtio_poke(virtio, (unsigned)(offset - AT_NOTIFY) / NOTIFY_STEP);
    } else if (offset >= AT_DEVICE && offset + width <= AT_DEVICE + virtio->kind->config_size) {
        memcpy(&virtio->config[offset - AT_DEVICE], &value, width);
        if (virtio->kind->configured != NULL) {
            virtio->kind->configured(virtio);
        }
    }
}

/* ---- creation ---- */

/* A part of the window, as a capability behind its two-byte head. */
static bool add_part(struct virtio *virtio, uint8_t type, uint32_t offset, uint32_t length)
{
    struct {
        uint8_t length, type, bar, padding[3];
        uint32_t offset, size;
        uint32_t notify_step;
    } __attribute__((packed)) body = {.type = type,
                                      .bar = (uint8_t)wc_model_pci_bar(virtio->model, 0),
                                      .offset = offset,
                                      .size = length,
                                      .notify_step = NOTIFY_STEP};
    size_t size = sizeof(body) - (type == CAP_NOTIFY ? 0 : sizeof(body.notify_step));

    body.length = (uint8_t)(size + 2);
    return wc_model_add_pci_capability(virtio->model, CAP_VENDOR, &body, size) != 0;
}

bool virtio_create(struct virtio *virtio, struct wc_model *model, const struct virtio_kind *kind)
{
    static const struct wc_model_window_ops ops = {.read = read_window, .write = write_window};
    struct wc_pci_identity identity = {.vendor = PCI_VENDOR,
                                       .device = (uint16_t)(PCI_DEVICE + kind->type),
                                       .subsystem_vendor = PCI_VENDOR,
                                       .subsystem = (uint16_t)(PCI_DEVICE + kind->type),
                                       .class_code = kind->class_code,
                                       .revision = 1};

    virtio->model = model;
    virtio->kind = kind;
    if (!wc_model_add_memory_window(model, VIRTIO_WINDOW, &ops)) {
        return false;
    }
    virtio->line = wc_model_add_line(model, true);
    return virtio->line >= 0 && wc_model_add_pci(model, &identity) &&
           add_part(virtio, CAP_COMMON, AT_COMMON, COMMON_SIZE) &&
           add_part(virtio, CAP_ISR, AT_ISR, 4) &&
           add_part(virtio, CAP_DEVICE, AT_DEVICE, VIRTIO_CONFIG) &&
           add_part(virtio, CAP_NOTIFY, AT_NOTIFY, NOTIFY_STEP * VIRTIO_QUEUES);
}
