#include "nt/hal/hal_pci.h"

#include <string.h>

#include "base/assert.h"

#define COMMAND_AT_START 0x0007u /* ports, memory, bus master: as firmware leaves it */
#define BAR_PORT         0x1u
#define BAR_MEMORY_64    0x4u

void hal_pci_init(struct hal_pci *pci, struct hal_device *device, int interrupt_line)
{
    memset(pci, 0, sizeof(*pci));
    pci->device = device;
    pci->end = HAL_PCI_BODY;
    hal_pci_set(pci, HAL_PCI_COMMAND, 2, COMMAND_AT_START);
    memset(&pci->writable[HAL_PCI_COMMAND], 0xff, 2);
    memset(&pci->writable[HAL_PCI_CACHE_LINE], 0xff, 2); /* and the latency timer */
    memset(&pci->writable[HAL_PCI_INTERRUPT_LINE], 0xff, 1);
    if (interrupt_line >= 0) {
        hal_pci_set(pci, HAL_PCI_INTERRUPT_LINE, 1, (uint32_t)interrupt_line);
        hal_pci_set(pci, HAL_PCI_INTERRUPT_PIN, 1, 1);
    }
}

int hal_pci_add_bar(struct hal_pci *pci, enum hal_space space, uint64_t base, uint64_t size)
{
    bool wide = space == HAL_SPACE_MEMORY && base + size - 1 > UINT32_MAX;
    unsigned bar = pci->bars;
    uint32_t flags = space == HAL_SPACE_PORT ? BAR_PORT : wide ? BAR_MEMORY_64 : 0;
    uint64_t power = 1;

    if (bar + (wide ? 2 : 1) > HAL_PCI_BARS) {
        return -1;
    }
    while (power < size) {
        power <<= 1;
    }
    pci->bars += wide ? 2 : 1;
    pci->address[bar] = (uint32_t)base | flags;
    pci->size_mask[bar] = (uint32_t) ~(power - 1) | flags;
    hal_pci_set(pci, HAL_PCI_BAR + bar * 4, 4, pci->address[bar]);
    if (wide) {
        pci->address[bar + 1] = (uint32_t)(base >> 32);
        pci->size_mask[bar + 1] = (uint32_t)(~(power - 1) >> 32);
        hal_pci_set(pci, HAL_PCI_BAR + bar * 4 + 4, 4, pci->address[bar + 1]);
    }
    return (int)bar;
}

unsigned hal_pci_add_capability(struct hal_pci *pci, uint8_t id, const void *body, size_t size)
{
    unsigned offset = (pci->end + 3) & ~3u;

    if (size + 2 > HAL_PCI_SPACE - offset) {
        return 0;
    }
    pci->space[offset] = id;
    memcpy(&pci->space[offset + 2], body, size);
    pci->space[pci->last != 0 ? pci->last + 1 : HAL_PCI_CAPABILITIES] = (uint8_t)offset;
    pci->space[HAL_PCI_STATUS] |= HAL_PCI_STATUS_CAPABILITIES;
    pci->last = offset;
    pci->end = offset + 2 + (unsigned)size;
    return offset;
}

uint32_t hal_pci_get(const struct hal_pci *pci, unsigned offset, unsigned width)
{
    uint32_t value = 0;

    CORE_ASSERT(width <= 4 && offset <= HAL_PCI_SPACE - width);
    memcpy(&value, &pci->space[offset], width);
    return value;
}

void hal_pci_set(struct hal_pci *pci, unsigned offset, unsigned width, uint32_t value)
{
    CORE_ASSERT(width <= 4 && offset <= HAL_PCI_SPACE - width);
    memcpy(&pci->space[offset], &value, width);
}

static uint32_t there_is(uint32_t offset, uint32_t length)
{
    if (offset >= HAL_PCI_SPACE) {
        return 0;
    }
    return length < HAL_PCI_SPACE - offset ? length : HAL_PCI_SPACE - offset;
}

uint32_t hal_pci_read(struct hal_pci *pci, uint32_t offset, void *buffer, uint32_t length)
{
    uint32_t count = there_is(offset, length);

    hal_device_enter(pci->device);
    if (pci->device->absent) {
        memset(buffer, 0xff, count);
    } else if (count != 0) {
        memcpy(buffer, &pci->space[offset], count);
    }
    hal_device_leave(pci->device);
    return count;
}

/* A base address register that was written, in whole or in part. */
static void answer_bar(struct hal_pci *pci, unsigned bar)
{
    uint32_t written = hal_pci_get(pci, HAL_PCI_BAR + bar * 4, 4);

    hal_pci_set(pci, HAL_PCI_BAR + bar * 4, 4,
                written == UINT32_MAX ? pci->size_mask[bar] : pci->address[bar]);
}

uint32_t hal_pci_write(struct hal_pci *pci, uint32_t offset, const void *buffer, uint32_t length)
{
    const uint8_t *bytes = buffer;
    uint32_t count = there_is(offset, length);

    hal_device_enter(pci->device);
    for (uint32_t i = 0; i < count && !pci->device->absent; i++) {
        uint32_t at = offset + i;
        bool in_bar = at >= HAL_PCI_BAR && at < HAL_PCI_BAR + HAL_PCI_BARS * 4;
        uint8_t mask = in_bar ? 0xff : pci->writable[at];

        pci->space[at] = (uint8_t)((pci->space[at] & ~mask) | (bytes[i] & mask));
        if (in_bar && (at % 4 == 3 || i + 1 == count)) {
            answer_bar(pci, (at - HAL_PCI_BAR) / 4);
        }
    }
    hal_device_leave(pci->device);
    return count;
}
