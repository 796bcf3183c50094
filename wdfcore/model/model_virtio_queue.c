/* model_virtio_queue.c - the queues of virtio devices: rings and chains of descriptors in the driver's memory,
 * see model_virtio.h.
 */
#include "model/model_virtio.h"

enum { PART_NEXT = 1, PART_FILL = 2, PART_INDIRECT = 4 };

#define NO_INTERRUPT 1u /* in the flags of the driver's ring */

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

static bool read_descriptor(struct virtio *virtio, const struct virtio_queue *queue, unsigned index,
                            struct descriptor *descriptor)
{
    return index < queue->size &&
           wc_model_memory_read(virtio->model, queue->descriptors + index * sizeof(*descriptor),
                                descriptor, sizeof(*descriptor));
}

/* Follows the descriptors from head; false: they make no chain. */
static bool read_chain(struct virtio *virtio, const struct virtio_queue *queue, uint16_t head)
{
    struct virtio_chain *chain = &virtio->chain;
    struct descriptor descriptor = {.flags = PART_NEXT, .next = head};

    chain->head = head;
    chain->count = 0;
    while ((descriptor.flags & PART_NEXT) != 0) {
        if (chain->count == queue->size ||
            !read_descriptor(virtio, queue, descriptor.next, &descriptor) ||
            (descriptor.flags & PART_INDIRECT) != 0) {
            return false;
        }
        chain->part[chain->count++] =
            (struct virtio_part){.address = descriptor.address,
                                 .length = descriptor.length,
                                 .fill = (descriptor.flags & PART_FILL) != 0};
    }
    return true;
}

struct virtio_chain *virtio_take(struct virtio *virtio, unsigned index)
{
    struct virtio_queue *queue = &virtio->queue[index];
    uint16_t available, head;

    if (!virtio_is_running(virtio) || queue->enabled == 0) {
        return NULL;
    }
    if (!wc_model_memory_read(virtio->model, queue->driver + 2, &available, sizeof(available)) ||
        (uint16_t)(available - queue->seen) > queue->size) {
        virtio_break(virtio);
        return NULL;
    }
    if (available == queue->seen) {
        return NULL;
    }
    if (!wc_model_memory_read(virtio->model, queue->driver + 4 + 2ull * (queue->seen % queue->size),
                              &head, sizeof(head)) ||
        !read_chain(virtio, queue, head)) {
        virtio_break(virtio);
        return NULL;
    }
    queue->seen++;
    return &virtio->chain;
}

void virtio_untake(struct virtio *virtio, unsigned index)
{
    virtio->queue[index].seen--;
}

void virtio_give(struct virtio *virtio, unsigned index, uint16_t head, uint32_t written)
{
    struct virtio_queue *queue = &virtio->queue[index];
    uint32_t entry[2] = {head, written};
    uint16_t flags = 0;

    if (!wc_model_memory_write(virtio->model,
                               queue->device + 4 + 8ull * (queue->used % queue->size), entry,
                               sizeof(entry))) {
        virtio_break(virtio);
        return;
    }
    queue->used++;
    if (!wc_model_memory_write(virtio->model, queue->device + 2, &queue->used,
                               sizeof(queue->used)) ||
        !wc_model_memory_read(virtio->model, queue->driver, &flags, sizeof(flags))) {
        virtio_break(virtio);
    } else if ((flags & NO_INTERRUPT) == 0) {
        virtio_interrupt(virtio);
    }
}

size_t virtio_room(const struct virtio_chain *chain)
{
    size_t room = 0;

    for (unsigned i = 0; i < chain->count; i++) {
        room += chain->part[i].fill ? chain->part[i].length : 0;
    }
    return room;
}

size_t virtio_read(struct virtio *virtio, const struct virtio_chain *chain, size_t offset,
                   void *data, size_t size)
{
    size_t moved = 0;

    for (unsigned i = 0; i < chain->count && moved < size; i++) {
        const struct virtio_part *part = &chain->part[i];
        size_t skip = !part->fill && offset < part->length ? offset : part->length;
        size_t now = part->length - skip < size - moved ? part->length - skip : size - moved;

        if (part->fill || now == 0) {
            offset -= part->fill ? 0 : part->length;
            continue;
        }
        offset -= skip;
        if (!wc_model_memory_read(virtio->model, part->address + skip, (char *)data + moved, now)) {
            break;
        }
        moved += now;
    }
    return moved;
}

size_t virtio_fill(struct virtio *virtio, const struct virtio_chain *chain, const void *data,
                   size_t size)
{
    size_t moved = 0;

    for (unsigned i = 0; i < chain->count && moved < size; i++) {
        const struct virtio_part *part = &chain->part[i];
        size_t now = part->length < size - moved ? part->length : size - moved;

        if (!part->fill) {
            continue;
        }
        if (!wc_model_memory_write(virtio->model, part->address, (const char *)data + moved, now)) {
            break;
        }
        moved += now;
    }
    return moved;
}
