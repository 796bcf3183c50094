/* model_virtiorng.c - an entropy source: it fills every buffer of its queue. The numbers are drawn from a
 * seed, so that runs are the same.
 */
#include <stdlib.h>

#include "model/model_virtio.h"

struct virtiorng {
    struct virtio virtio; /* the first member */
    uint64_t state;
};

/* splitmix64 */
static uint64_t draw(struct virtiorng *rng)
{
    uint64_t z = rng->state += 0x9e3779b97f4a7c15ull;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static void serve(struct virtio *virtio, unsigned queue)
{
    struct virtiorng *rng = (struct virtiorng *)virtio;
    uint64_t numbers[32];

    for (struct virtio_chain *chain; (chain = virtio_take(virtio, queue)) != NULL;) {
        size_t size = virtio_room(chain);

        if (size > sizeof(numbers)) {
            size = sizeof(numbers); /* a source gives as much as it has */
        }
        for (size_t i = 0; i < (size + 7) / 8; i++) {
            numbers[i] = draw(rng);
        }
        virtio_give(virtio, queue, chain->head,
                    (uint32_t)virtio_fill(virtio, chain, numbers, size));
    }
}

static bool create(struct wc_model *model, void *device)
{
    static const struct virtio_kind kind = {
        .type = 4, .class_code = 0x00ff00, .queues = 1, .serve = serve};
    struct virtiorng *rng = device;
    const char *seed = wc_model_option(model, "seed");
    char *end = NULL;

    rng->state = seed != NULL ? strtoull(seed, &end, 0) : 1;
    if (seed != NULL && (*seed == '\0' || *end != '\0')) {
        wc_model_fail(model, "seed=%s: it is a number", seed);
        return false;
    }
    return virtio_create(&rng->virtio, model, &kind);
}

static void reset(void *device)
{
    virtio_reset(device);
}

static const struct wc_model_type virtiorng = {
    .name = "virtiorng",
    .help = "virtio entropy source on PCI: 0x1000 bytes of memory, 1 irq",
    .options = "seed=N",
    .device_size = sizeof(struct virtiorng),
    .create = create,
    .reset = reset,
};

WC_MODEL(virtiorng)
