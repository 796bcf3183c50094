/* model_nicring.c - a network adapter with N receive and N transmit rings, fed by a load of its own
 * (<wdfcore/load.h>). Packets carry sizes, not contents.
 *
 * Registers, 4 bytes each:
 *   0x00 QUEUES       (read) how many there are
 *   0x04 CONTROL      1: enabled; the load starts when it becomes so
 *   0x08 CAUSE        (read) a bit for each queue that interrupts and has packets that were not taken
 *   0x0c ENABLED      (read) a bit for each queue: it interrupts
 *   0x10 ENABLE       (write) sets bits of ENABLED     0x14 DISABLE  (write) clears them
 *   0x100 + q * 0x40, of queue q; the low half of an address first
 *     0x00 RX_BASE 0x04  0x08 RX_COUNT  0x0c RX_TAIL   0x10 RX_HEAD (read)
 *     0x14 TX_BASE 0x18  0x1c TX_COUNT  0x20 TX_TAIL   0x24 TX_HEAD (read)
 * A ring is an array of descriptors in memory: address, length, flags (bit 0: done). Indices count on
 * for ever; index % count is the place.
 * Receiving: the driver gives descriptors up to RX_TAIL, the device fills them in order and marks them
 * done. Moving RX_TAIL on by n gives n filled ones back: those packets are served. A packet that finds
 * no free descriptor is lost. Sending: descriptors up to TX_TAIL are sent in order, and marked done.
 *
 * interrupts=line: level: asserted while CAUSE is not 0. interrupts=messages: message q when that bit
 * of queue q becomes set. No cause is ever lost: enabling a queue that has packets interrupts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfcore/load.h>
#include <wdfcore/model.h>

#define QUEUES_MAX  WC_LOAD_QUEUES_MAX
#define WINDOW_SIZE 0x1000u
#define RINGS       0x100u
#define RING_STRIDE 0x40u
#define FLAG_DONE   1u

enum { QUEUES = 0x00, CONTROL = 0x04, CAUSE = 0x08, ENABLED = 0x0c, ENABLE = 0x10, DISABLE = 0x14 };
enum {
    RX_BASE = 0x00,
    RX_COUNT = 0x08,
    RX_TAIL = 0x0c,
    RX_HEAD = 0x10,
    TX_BASE = 0x14,
    TX_COUNT = 0x1c,
    TX_TAIL = 0x20,
    TX_HEAD = 0x24
};

struct nic_descriptor {
    uint64_t address;
    uint32_t length, flags;
};

struct nic_ring {
    uint64_t base;
    uint32_t count, tail, head;
};

struct nic_queue {
    struct nic_ring rx, tx;
    uint32_t taken;   /* received packets that the driver gave back */
    size_t *arrivals; /* which arrival lies at a place of the receive ring; rx.count of them */
};

struct nicring {
    struct wc_model *model;
    struct wc_load *load;
    const struct wc_arrival *arrivals; /* the load's */
    size_t arrival_count, next;
    struct wc_model_timer *timer;
    struct nic_queue queues[QUEUES_MAX];
    uint32_t queue_count;
    uint32_t cause, enabled, sent; /* sent: messages that CAUSE & ENABLED have had */
    uint64_t packet_ns;
    bool running, messages, started;
    int line;
};

/* ---- interrupts ---- */

static void nic_interrupt(struct nicring *nic)
{
    uint32_t wanted = nic->cause & nic->enabled;
    uint32_t fresh = wanted & ~nic->sent;

    nic->sent = wanted;
    if (!nic->messages) {
        wc_model_set_line(nic->model, nic->line, wanted != 0);
        return;
    }
    for (uint32_t i = 0; i < nic->queue_count; i++) {
        if ((fresh & 1u << i) != 0) {
            wc_model_message(nic->model, i);
        }
    }
}

static void nic_look(struct nicring *nic, uint32_t number)
{
    const struct nic_queue *queue = &nic->queues[number];

    if (queue->rx.head != queue->taken) {
        nic->cause |= (uint32_t)(1ull << number);
    } else {
        nic->cause &= ~(uint32_t)(1ull << number);
    }
    nic_interrupt(nic);
}

/* ---- receiving ---- */

static bool nic_descriptor_done(struct nicring *nic, const struct nic_ring *ring, uint32_t length)
{
    uint64_t at = ring->base + (uint64_t)(ring->head % ring->count) * sizeof(struct nic_descriptor);
    struct nic_descriptor descriptor;

    if (!wc_model_memory_read(nic->model, at, &descriptor, sizeof(descriptor))) {
        return false;
    }
    if (length > 0) {
        descriptor.length = length;
    }
    descriptor.flags |= FLAG_DONE;
    return wc_model_memory_write(nic->model, at, &descriptor, sizeof(descriptor));
}

static void nic_arrive(struct nicring *nic, size_t arrival)
{
    uint32_t number = nic->arrivals[arrival].queue;
    struct nic_queue *queue = &nic->queues[number];

    if (!nic->running || queue->arrivals == NULL || queue->rx.head == queue->rx.tail ||
        !nic_descriptor_done(nic, &queue->rx, nic->arrivals[arrival].bytes)) {
        wc_load_lost(nic->load, arrival);
        return;
    }
    queue->arrivals[queue->rx.head % queue->rx.count] = arrival;
    queue->rx.head++;
    nic_look(nic, number);
}

/* All that is due, then a timer for the next. */
static void nic_due(void *device)
{
    struct nicring *nic = device;
    uint64_t now = wc_model_now_ns(nic->model);

    while (nic->next < nic->arrival_count && wc_load_due_ns(nic->load, nic->next) <= now) {
        nic_arrive(nic, nic->next++);
    }
    if (nic->next < nic->arrival_count) {
        wc_model_timer_set(nic->timer, wc_load_due_ns(nic->load, nic->next) - now);
    }
    wc_model_set_busy(nic->model, nic->next < nic->arrival_count);
}

/* The driver gives descriptors: the first ones, or those of packets that it has served. */
static void nic_give(struct nicring *nic, uint32_t number, uint32_t tail)
{
    struct nic_queue *queue = &nic->queues[number];
    uint32_t given = tail - queue->rx.tail, waiting = queue->rx.head - queue->taken;
    uint64_t now = wc_model_now_ns(nic->model);

    if (queue->arrivals == NULL || tail - queue->taken > 2 * queue->rx.count) {
        return; /* no ring, or nonsense */
    }
    for (uint32_t i = 0; i < given && i < waiting; i++) {
        now += nic->packet_ns;
        wc_model_charge(nic->model, nic->packet_ns);
        wc_load_served(nic->load, queue->arrivals[queue->taken % queue->rx.count], now);
        queue->taken++;
    }
    queue->rx.tail = tail;
    nic_look(nic, number);
}

/* ---- sending ---- */

static void nic_send(void *device)
{
    struct nicring *nic = device;

    for (uint32_t i = 0; i < nic->queue_count; i++) {
        struct nic_ring *ring = &nic->queues[i].tx;

        while (ring->count > 0 && ring->head != ring->tail && nic_descriptor_done(nic, ring, 0)) {
            ring->head++;
        }
    }
}

/* ---- registers ---- */

static struct nic_queue *nic_queue_at(struct nicring *nic, uint64_t offset, uint32_t *number)
{
    uint64_t index = offset < RINGS ? QUEUES_MAX : (offset - RINGS) / RING_STRIDE;

    *number = (uint32_t)index;
    return index < nic->queue_count ? &nic->queues[index] : NULL;
}

static uint64_t nic_read(void *device, uint64_t offset, unsigned width)
{
    struct nicring *nic = device;
    uint32_t number;
    const struct nic_queue *queue = nic_queue_at(nic, offset, &number);

    (void)width;
    if (queue != NULL) {
        switch ((offset - RINGS) % RING_STRIDE) {
        case RX_COUNT:
            return queue->rx.count;
        case RX_TAIL:
            return queue->rx.tail;
        case RX_HEAD:
            return queue->rx.head;
        case TX_COUNT:
            return queue->tx.count;
        case TX_TAIL:
            return queue->tx.tail;
        case TX_HEAD:
            return queue->tx.head;
        default:
            return 0;
        }
    }
    switch (offset) {
    case QUEUES:
        return nic->queue_count;
    case CONTROL:
        return nic->running;
    case CAUSE:
        return nic->cause & nic->enabled;
    case ENABLED:
        return nic->enabled;
    default:
        return 0;
    }
}

static void nic_set_half(uint64_t *base, bool high, uint32_t value)
{
    *base = high ? (*base & 0xffffffff) | (uint64_t)value << 32 : (*base & ~0xffffffffull) | value;
}

/* A ring begins anew with its size. */
static void nic_set_count(struct nic_queue *queue, uint32_t count)
{
    free(queue->arrivals);
    queue->arrivals = count > 0 && count <= 65536 ? calloc(count, sizeof(size_t)) : NULL;
    queue->rx.count = count;
    queue->rx.tail = queue->rx.head = queue->taken = 0;
}

static void nic_write_ring(struct nicring *nic, struct nic_queue *queue, uint32_t number,
                           uint64_t offset, uint32_t value)
{
    switch (offset) {
    case RX_BASE:
    case RX_BASE + 4:
        nic_set_half(&queue->rx.base, offset != RX_BASE, value);
        break;
    case RX_COUNT:
        nic_set_count(queue, value);
        nic_look(nic, number);
        break;
    case RX_TAIL:
        nic_give(nic, number, value);
        break;
    case TX_BASE:
    case TX_BASE + 4:
        nic_set_half(&queue->tx.base, offset != TX_BASE, value);
        break;
    case TX_COUNT:
        queue->tx = (struct nic_ring){.base = queue->tx.base, .count = value};
        break;
    case TX_TAIL:
        queue->tx.tail = value;
        wc_model_soon(nic->model, nic_send);
        break;
    default:
        break;
    }
}

static void nic_control(struct nicring *nic, bool on)
{
    nic->running = on;
    if (on && !nic->started) {
        nic->started = true;
        wc_load_started(nic->load, wc_model_now_ns(nic->model));
        wc_model_timer_set(nic->timer, 0);
    }
}

static void nic_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct nicring *nic = device;
    uint32_t number;
    struct nic_queue *queue = nic_queue_at(nic, offset, &number);

    (void)width;
    if (queue != NULL) {
        nic_write_ring(nic, queue, number, (offset - RINGS) % RING_STRIDE, (uint32_t)value);
    } else if (offset == CONTROL) {
        nic_control(nic, (value & 1) != 0);
    } else if (offset == ENABLE) {
        nic->enabled |= (uint32_t)value;
        nic_interrupt(nic);
    } else if (offset == DISABLE) {
        nic->enabled &= ~(uint32_t)value;
        nic_interrupt(nic);
    }
}

/* ---- life ---- */

/* The options of the load, out of those of the model. */
static bool nic_make_load(struct nicring *nic)
{
    static const char *const names[] = {"queues", "packets", "rate", "burst",   "skew",
                                        "jitter", "bytes",   "seed", "arrivals"};
    char options[1024] = "", error[256];
    size_t used = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = wc_model_option(nic->model, names[i]);

        if (value != NULL && used < sizeof(options)) {
            used += (size_t)snprintf(options + used, sizeof(options) - used, "%s%s=%s",
                                     used > 0 ? "," : "", names[i], value);
        }
    }
    nic->load = wc_load_create(options, error, sizeof(error));
    if (nic->load == NULL) {
        wc_model_fail(nic->model, "%s", error);
        return false;
    }
    wc_model_set_load(nic->model, nic->load);
    nic->queue_count = wc_load_queues(nic->load);
    nic->arrivals = wc_load_arrivals(nic->load, &nic->arrival_count);
    return true;
}

static bool nic_add_interrupts(struct nicring *nic)
{
    const char *kind = wc_model_option(nic->model, "interrupts");

    if (kind != NULL && strcmp(kind, "messages") == 0) {
        nic->messages = true;
        return wc_model_add_messages(nic->model, nic->queue_count);
    }
    if (kind != NULL && strcmp(kind, "line") != 0) {
        wc_model_fail(nic->model, "interrupts=%s: it is line or messages", kind);
        return false;
    }
    nic->line = wc_model_add_line(nic->model, true);
    return nic->line >= 0;
}

static void nic_destroy(void *device)
{
    struct nicring *nic = device;

    wc_load_delete(nic->load);
    for (uint32_t i = 0; i < QUEUES_MAX; i++) {
        free(nic->queues[i].arrivals);
    }
}

static bool nic_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {nic_read, nic_write};
    struct nicring *nic = device;
    const char *packet = wc_model_option(model, "packet");
    char *end = "";

    nic->model = model;
    if (packet != NULL) {
        nic->packet_ns = strtoull(packet, &end, 10);
        if (packet[0] < '0' || packet[0] > '9' || *end != '\0' || nic->packet_ns > 1000000000) {
            wc_model_fail(model, "packet=%s: it is a number of nanoseconds", packet);
            return false;
        }
    }
    if (!nic_make_load(nic) || !wc_model_add_memory_window(model, WINDOW_SIZE, &window) ||
        !nic_add_interrupts(nic) || (nic->timer = wc_model_add_timer(model, nic_due)) == NULL) {
        wc_model_set_load(model, NULL);
        wc_load_delete(nic->load);
        nic->load = NULL;
        return false;
    }
    return true;
}

static void nic_reset(void *device)
{
    struct nicring *nic = device;

    wc_model_timer_cancel(nic->timer);
    nic->running = false;
    nic->enabled = 0;
    for (uint32_t i = 0; i < nic->queue_count; i++) {
        nic_set_count(&nic->queues[i], 0);
        nic->queues[i].tx = (struct nic_ring){0};
        nic_look(nic, i);
    }
}

static const struct wc_model_type nicring = {
    .name = "nicring",
    .help =
        "an adapter with N receive and transmit rings and a load: 0x1000 bytes of memory, 1 irq "
        "or N",
    .options = "interrupts=line|messages packet=NS " WC_LOAD_OPTIONS,
    .device_size = sizeof(struct nicring),
    .create = nic_create,
    .reset = nic_reset,
    .destroy = nic_destroy,
};

WC_MODEL(nicring)
