#pragma once
/* model_virtio.h - what virtio devices on a PCI bus have in common (virtio 1.x, split virtqueues): feature
 * bits, status, queues in the driver's memory, configuration, the interrupt.
 * Rules for a device:
 * - one window in memory and one interrupt line; no message-signaled interrupts
 * - its queues are served after the access that notified them (wc_model_soon), and only while the driver
 *   has said DRIVER_OK
 * - a driver that breaks the rules of a ring gets DEVICE_NEEDS_RESET, and nothing moves until it resets
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/model.h>

#define VIRTIO_QUEUES     4u
#define VIRTIO_QUEUE_SIZE 128u
#define VIRTIO_CONFIG     64u
#define VIRTIO_WINDOW     0x1000u

struct virtio;

struct virtio_kind {
    uint16_t type;       /* 4: entropy source, 5: balloon, ... */
    uint32_t class_code; /* PCI's, 24 bits */
    uint64_t features;   /* besides VERSION_1 */
    unsigned queues;
    unsigned config_size;
    /* Buffers were made available in a queue, or DRIVER_OK was said. */
    void (*serve)(struct virtio *virtio, unsigned queue);
    /* The driver has written the device's part of the configuration. Optional. */
    void (*configured)(struct virtio *virtio);
};

struct virtio_queue {
    uint16_t size, enabled;
    uint16_t seen; /* entries of the driver's ring that were taken */
    uint16_t used; /* entries of the device's ring that were put */
    uint64_t descriptors, driver, device;
};

/* A chain of buffers that the driver made available: first those to read, then those to fill. */
struct virtio_part {
    uint64_t address;
    uint32_t length;
    bool fill;
};

struct virtio_chain {
    uint16_t head;
    unsigned count;
    struct virtio_part part[VIRTIO_QUEUE_SIZE];
};

/* The device's own structure begins with this one. */
struct virtio {
    struct wc_model *model;
    const struct virtio_kind *kind;
    int line;
    uint8_t status, isr;
    uint32_t feature_select[2]; /* of the device's and of the driver's */
    uint64_t accepted;
    uint16_t selected;
    uint8_t generation;
    uint32_t notified; /* bit i: queue i */
    struct virtio_queue queue[VIRTIO_QUEUES];
    uint8_t config[VIRTIO_CONFIG];
    struct virtio_chain chain; /* the one that virtio_take found */
};

/* virtio_create: for the model's create; false after saying why. virtio_reset: for its reset; the
 * configuration is the device's to fill in. */
bool virtio_create(struct virtio *virtio, struct wc_model *model, const struct virtio_kind *kind);
void virtio_reset(struct virtio *virtio);

/* virtio_is_running: the driver has said DRIVER_OK, and broken no rule since. virtio_break: it has broken one.
 * virtio_interrupt: on account of a queue. */
bool virtio_is_running(const struct virtio *virtio);
void virtio_break(struct virtio *virtio);
void virtio_interrupt(struct virtio *virtio);

/* virtio_take: the next chain of a queue, in virtio->chain; NULL: there is none. It is given back by
 * virtio_give (written: bytes that were filled in), in any order, or by virtio_untake, as if it had not been
 * taken, if it was the last one. */
struct virtio_chain *virtio_take(struct virtio *virtio, unsigned queue);
void virtio_give(struct virtio *virtio, unsigned queue, uint16_t head, uint32_t written);
void virtio_untake(struct virtio *virtio, unsigned queue);

/* virtio_read: up to size bytes of what the driver wrote, from offset on. virtio_fill: into the buffers to be
 * filled, from their beginning. Both say how many bytes moved. */
size_t virtio_read(struct virtio *virtio, const struct virtio_chain *chain, size_t offset,
                   void *data, size_t size);
size_t virtio_fill(struct virtio *virtio, const struct virtio_chain *chain, const void *data,
                   size_t size);
/* virtio_room: how many bytes virtio_fill could move. */
size_t virtio_room(const struct virtio_chain *chain);

/* virtio_poke: the device has something for a queue's waiting buffers: serve is called soon. */
void virtio_poke(struct virtio *virtio, unsigned queue);
/* virtio_set_config: 32 bits of the configuration; the driver is told that it has changed. */
uint32_t virtio_config(const struct virtio *virtio, unsigned offset);
void virtio_set_config(struct virtio *virtio, unsigned offset, uint32_t value);
