/* model_virtioballoon.c - a memory balloon: it asks the driver for pages, and for their return a while
 * later. Queue 0 brings page numbers that go into the balloon, queue 1 those that leave it.
 * Configuration: 0 pages that are wanted, 4 pages that the driver says are there.
 */
#include <stdlib.h>

#include "model/model_virtio.h"

enum { WANTED = 0, THERE = 4 };

struct balloon {
    struct virtio virtio; /* the first member */
    struct wc_model_timer *release;
    uint64_t pages, release_ns;
};

static void serve(struct virtio *virtio, unsigned queue)
{
    /* Which pages they are makes no difference to a machine whose memory is its process's; that the numbers
     * can be read does. */
    for (struct virtio_chain *chain; (chain = virtio_take(virtio, queue)) != NULL;) {
        uint32_t numbers[64];
        size_t at = 0, got;

        while ((got = virtio_read(virtio, chain, at, numbers, sizeof(numbers))) > 0) {
            at += got;
        }
        virtio_give(virtio, queue, chain->head, 0);
    }
}

/* The driver says how much is there. The balloon was as large as wanted: now it may shrink. */
static void configured(struct virtio *virtio)
{
    struct balloon *balloon = (struct balloon *)virtio;

    wc_model_set_busy(virtio->model, virtio_config(virtio, THERE) != virtio_config(virtio, WANTED));
    if (balloon->release_ns != 0 && virtio_config(virtio, WANTED) != 0 &&
        virtio_config(virtio, THERE) == virtio_config(virtio, WANTED)) {
        wc_model_timer_set(balloon->release, balloon->release_ns);
    }
}

static void release(void *device)
{
    struct balloon *balloon = device;

    virtio_set_config(&balloon->virtio, WANTED, 0);
}

static bool number_of(struct wc_model *model, const char *name, uint64_t *number)
{
    const char *text = wc_model_option(model, name);
    char *end = NULL;

    if (text != NULL) {
        *number = strtoull(text, &end, 0);
        if (*text == '\0' || *end != '\0' || *number > UINT32_MAX) {
            wc_model_fail(model, "%s=%s: it is a number of 32 bits", name, text);
            return false;
        }
    }
    return true;
}

static bool create(struct wc_model *model, void *device)
{
    static const struct virtio_kind kind = {.type = 5,
                                            .class_code = 0x00ff00,
                                            .queues = 2,
                                            .config_size = 8,
                                            .serve = serve,
                                            .configured = configured};
    struct balloon *balloon = device;

    balloon->pages = 256;
    balloon->release = wc_model_add_timer(model, release);
    return balloon->release != NULL && number_of(model, "pages", &balloon->pages) &&
           number_of(model, "release", &balloon->release_ns) &&
           virtio_create(&balloon->virtio, model, &kind);
}

static void reset(void *device)
{
    struct balloon *balloon = device;

    wc_model_timer_cancel(balloon->release);
    virtio_reset(&balloon->virtio);
    virtio_set_config(&balloon->virtio, WANTED, (uint32_t)balloon->pages);
    virtio_set_config(&balloon->virtio, THERE, 0);
}

static const struct wc_model_type virtioballoon = {
    .name = "virtioballoon",
    .help = "virtio memory balloon on PCI: 0x1000 bytes of memory, 1 irq",
    .options = "pages=N release=NS",
    .device_size = sizeof(struct balloon),
    .create = create,
    .reset = reset,
};

WC_MODEL(virtioballoon)
