/* hal_usb.c - the endpoints of a USB device model: transfers of the host wait here for data of the
 * device, and data of the device for transfers.
 *
 * Normal path: hal_usb_submit puts a transfer behind the others, hal_usb_pump moves what can be moved
 * and finishes those that are full or end with a short packet. hal_usb_send puts data behind the
 * others, and the same.
 * Teardown: closing an endpoint cancels its transfers and drops its data. The memory of a device waits
 * for the machine's end, for the routine that tells of finished transfers may be on its way.
 */
#include "nt/usb/hal_usb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt/ke/ke_machine.h"

struct hal_usb_chunk {
    struct hal_usb_chunk *next;
    size_t length, at;
    uint8_t data[];
};

/* Devices that were deleted; outside the machine. */
static struct gone {
    struct gone *next;
    struct hal_usb *usb;
} * gone;

struct hal_usb *hal_usb_create(struct hal_device *hal, const struct wc_usb_device *description,
                               char *error, size_t error_size)
{
    const char *wrong = hal_usb_check(description);
    struct hal_usb *usb;

    if (wrong != NULL) {
        snprintf(error, error_size, "%s", wrong);
        return NULL;
    }
    usb = calloc(1, sizeof(*usb));
    if (usb == NULL) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    usb->hal = hal;
    usb->description = description;
    usb->lock.rank = BASE_RANK_SOON;
    usb->finished_end = &usb->finished;
    for (unsigned i = 0; i < HAL_USB_ENDPOINTS; i++) {
        struct hal_usb_endpoint *endpoint = &usb->endpoints[i];

        endpoint->number = (uint8_t)((i & 15u) | (i >= 16 ? WC_USB_IN : 0));
        endpoint->chunks_end = &endpoint->chunks;
        endpoint->transfers_end = &endpoint->transfers;
    }
    return usb;
}

/* ---- what the device has sent ---- */

static void chunk_drop(struct hal_usb_endpoint *endpoint)
{
    struct hal_usb_chunk *chunk = endpoint->chunks;

    endpoint->chunks = chunk->next;
    if (endpoint->chunks == NULL) {
        endpoint->chunks_end = &endpoint->chunks;
    }
    endpoint->queued -= chunk->length - chunk->at;
    free(chunk);
}

static void chunks_drop(struct hal_usb_endpoint *endpoint)
{
    while (endpoint->chunks != NULL) {
        chunk_drop(endpoint);
    }
}

void hal_usb_delete(struct hal_usb *usb)
{
    struct gone *one = calloc(1, sizeof(*one));

    for (unsigned i = 0; i < HAL_USB_ENDPOINTS; i++) {
        chunks_drop(&usb->endpoints[i]);
    }
    if (one != NULL) { /* else it stays for ever, which is better than freed too early */
        one->usb = usb;
        one->next = gone;
        gone = one;
    }
}

static void usb_stop(void)
{
    while (gone != NULL) {
        struct gone *one = gone;

        gone = one->next;
        free(one->usb);
        free(one);
    }
}

static struct ke_machine_part usb_part = {.order = 10, .stop = usb_stop};

__attribute__((constructor)) static void usb_register(void)
{
    ke_machine_register(&usb_part);
}

/* ---- transfers ---- */

void hal_usb_finish(struct hal_usb *usb, struct hal_transfer *transfer, enum hal_usb_status status)
{
    transfer->status = status;
    transfer->next = NULL;
    base_lock_acquire(&usb->lock);
    *usb->finished_end = transfer;
    usb->finished_end = &transfer->next;
    base_lock_release(&usb->lock);
    hal_device_tell(usb->hal, usb->ended, usb->owner);
}

struct hal_transfer *hal_usb_finished(struct hal_usb *usb)
{
    struct hal_transfer *transfer;

    base_lock_acquire(&usb->lock);
    transfer = usb->finished;
    if (transfer != NULL) {
        usb->finished = transfer->next;
        if (usb->finished == NULL) {
            usb->finished_end = &usb->finished;
        }
    }
    base_lock_release(&usb->lock);
    return transfer;
}

static void transfer_unlink(struct hal_transfer *transfer)
{
    struct hal_usb_endpoint *endpoint = transfer->endpoint;
    struct hal_transfer **link = &endpoint->transfers;

    while (*link != transfer) {
        link = &(*link)->next;
    }
    *link = transfer->next;
    if (endpoint->transfers_end == &transfer->next) {
        endpoint->transfers_end = link;
    }
    transfer->endpoint = NULL;
}

/* The first transfer is over. false: it is being cancelled and stays until it was taken out. */
static bool transfer_end(struct hal_usb *usb, struct hal_transfer *transfer,
                         enum hal_usb_status status)
{
    struct hal_usb_endpoint *endpoint = transfer->endpoint;

    if (!transfer->claim(transfer)) {
        return false;
    }
    transfer_unlink(transfer);
    if (status != HAL_USB_OK && status != HAL_USB_CANCELLED && status != HAL_USB_GONE) {
        endpoint->halted = true;
    }
    hal_usb_finish(usb, transfer, status);
    return true;
}

/* One packet for the first transfer. false: it is over, or cannot go on. */
static bool move_packet(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    struct hal_transfer *transfer = endpoint->transfers;
    struct hal_usb_chunk *chunk = endpoint->chunks;
    size_t left = chunk->length - chunk->at;
    size_t packet = left < endpoint->packet ? left : endpoint->packet;
    size_t room = transfer->length - transfer->moved;
    bool is_short = packet < endpoint->packet;

    if (packet > room) {
        chunk->at += packet; /* it was on the bus and is lost */
        endpoint->queued -= packet;
        if (chunk->at == chunk->length) {
            chunk_drop(endpoint);
        }
        (void)transfer_end(usb, transfer, HAL_USB_OVERRUN);
        return false;
    }
    memcpy(transfer->data + transfer->moved, chunk->data + chunk->at, packet);
    transfer->moved += packet;
    chunk->at += packet;
    endpoint->queued -= packet;
    if (chunk->at == chunk->length) {
        chunk_drop(endpoint);
    }
    if (transfer->moved < transfer->length && !is_short) {
        return true;
    }
    return transfer_end(usb, transfer,
                        transfer->moved < transfer->length && !transfer->short_allowed
                            ? HAL_USB_SHORT
                            : HAL_USB_OK);
}

static void pump_in(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    const struct wc_usb_ops *ops = &usb->description->ops;

    while (endpoint->transfers != NULL && !endpoint->halted) {
        if (endpoint->stalled) {
            if (!transfer_end(usb, endpoint->transfers, HAL_USB_STALL)) {
                return;
            }
        } else if (endpoint->chunks != NULL) {
            if (!move_packet(usb, endpoint)) {
                return;
            }
        } else if (ops->asked != NULL) {
            ops->asked(usb->hal->context, endpoint->number);
            if (endpoint->chunks == NULL && !endpoint->stalled) {
                return;
            }
        } else {
            return;
        }
    }
}

static void pump_out(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    const struct wc_usb_ops *ops = &usb->description->ops;

    while (endpoint->transfers != NULL && !endpoint->halted) {
        struct hal_transfer *transfer = endpoint->transfers;
        enum wc_usb_answer answer = WC_USB_STALL;

        if (!endpoint->stalled && ops->out != NULL) {
            answer =
                ops->out(usb->hal->context, endpoint->number, transfer->data, transfer->length);
        }
        if (answer == WC_USB_NAK) {
            return;
        }
        if (answer == WC_USB_OK) {
            transfer->moved = transfer->length;
        } else {
            endpoint->stalled = true;
        }
        if (!transfer_end(usb, transfer, answer == WC_USB_OK ? HAL_USB_OK : HAL_USB_STALL)) {
            return;
        }
    }
}

void hal_usb_pump(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    if (endpoint->pumping) { /* by what the model does in a callback of this */
        return;
    }
    endpoint->pumping = true;
    if ((endpoint->number & WC_USB_IN) != 0) {
        pump_in(usb, endpoint);
    } else {
        pump_out(usb, endpoint);
    }
    endpoint->pumping = false;
}

void hal_usb_submit(struct hal_usb *usb, struct hal_usb_endpoint *endpoint,
                    struct hal_transfer *transfer)
{
    transfer->next = NULL;
    transfer->endpoint = endpoint;
    *endpoint->transfers_end = transfer;
    endpoint->transfers_end = &transfer->next;
    hal_usb_pump(usb, endpoint);
}

void hal_usb_withdraw(struct hal_usb *usb, struct hal_transfer *transfer)
{
    struct hal_usb_endpoint *endpoint = transfer->endpoint;

    transfer_unlink(transfer);
    hal_usb_finish(usb, transfer, HAL_USB_CANCELLED);
    hal_usb_pump(usb, endpoint);
}

void hal_usb_abort(struct hal_usb *usb, struct hal_usb_endpoint *endpoint,
                   enum hal_usb_status status)
{
    struct hal_transfer *transfer = endpoint->transfers;

    while (transfer != NULL) {
        struct hal_transfer *next = transfer->next;

        (void)transfer_end(usb, transfer, status);
        transfer = next;
    }
}

/* ---- endpoints ---- */

void hal_usb_open(struct hal_usb *usb, const uint8_t *descriptor, unsigned interface)
{
    struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(descriptor[2])];

    endpoint->attributes = descriptor[3];
    endpoint->packet = (uint16_t)((descriptor[4] | descriptor[5] << 8) & 0x7ff);
    endpoint->interval = descriptor[6];
    endpoint->interface = (uint8_t)interface;
    endpoint->generation++;
    endpoint->halted = endpoint->stalled = false;
    endpoint->open = true;
}

void hal_usb_close(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    endpoint->open = false;
    hal_usb_abort(usb, endpoint, HAL_USB_CANCELLED);
    chunks_drop(endpoint);
}

void hal_usb_clear(struct hal_usb *usb, struct hal_usb_endpoint *endpoint)
{
    const struct wc_usb_ops *ops = &usb->description->ops;

    endpoint->stalled = false;
    if (ops->cleared != NULL) {
        ops->cleared(usb->hal->context, endpoint->number);
    }
}

/* ---- for the model ---- */

bool hal_usb_send(struct hal_usb *usb, unsigned number, const void *data, size_t length)
{
    struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(number)];
    struct hal_usb_chunk *chunk;

    if (!endpoint->open || (number & WC_USB_IN) == 0 ||
        length > HAL_USB_QUEUE_MOST - endpoint->queued) {
        return false;
    }
    chunk = malloc(sizeof(*chunk) + length);
    if (chunk == NULL) {
        return false;
    }
    chunk->next = NULL;
    chunk->length = length;
    chunk->at = 0;
    if (length != 0) {
        memcpy(chunk->data, data, length);
    }
    *endpoint->chunks_end = chunk;
    endpoint->chunks_end = &chunk->next;
    endpoint->queued += length;
    hal_usb_pump(usb, endpoint);
    return true;
}

void hal_usb_stall(struct hal_usb *usb, unsigned number)
{
    struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(number)];

    if (endpoint->open) {
        endpoint->stalled = true;
        hal_usb_pump(usb, endpoint);
    }
}

void hal_usb_ready(struct hal_usb *usb, unsigned number)
{
    struct hal_usb_endpoint *endpoint = &usb->endpoints[hal_usb_index(number)];

    if (endpoint->open) {
        hal_usb_pump(usb, endpoint);
    }
}
