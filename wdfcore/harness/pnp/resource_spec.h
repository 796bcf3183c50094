#pragma once
/* resource_spec.h - the hardware resources of a device as a user writes them:
 *     port=0x3f8-0x3ff,irq=4,memory=0xfe000000-0xfe000fff
 * Ranges name their first and last address; a single number is a range of one. Numbers are decimal
 * or, with 0x, hexadecimal. irq=4:wake is an interrupt that can wake the device. The order is kept: a model and a driver count on it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESOURCE_SPEC_MAX 32u

enum resource_kind { RESOURCE_PORT, RESOURCE_MEMORY, RESOURCE_IRQ };

struct resource {
    enum resource_kind kind;
    uint64_t start;           /* first address, or the irq number */
    uint64_t length;          /* addresses; 1 for an irq */
    bool wakes;               /* an irq that can wake the device */
    bool is_edge, is_message; /* an irq: as the device's model says; not parsed */
};

struct resource_spec {
    uint32_t count;
    struct resource item[RESOURCE_SPEC_MAX];
};

/* resource_spec_parse: NULL or "" is no resource.
 *   Returns  false with one clear line in error; spec is then undefined */
bool resource_spec_parse(const char *text, struct resource_spec *spec, char *error,
                         size_t error_size);
