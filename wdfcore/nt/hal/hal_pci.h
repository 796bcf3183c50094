#pragma once
/* hal_pci.h - the configuration space of one device on a PCI bus. C types only.
 * Rules:
 * - 256 bytes; what lies behind them does not exist
 * - a base address register that was written with all ones says how large its window is until it is
 *   written with anything else: windows do not move
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nt/hal/hal_window.h"

#define HAL_PCI_SPACE 256u
#define HAL_PCI_BARS  6u

enum {
    HAL_PCI_VENDOR = 0x00,
    HAL_PCI_DEVICE = 0x02,
    HAL_PCI_COMMAND = 0x04,
    HAL_PCI_STATUS = 0x06,
    HAL_PCI_REVISION = 0x08, /* and the class code in the three bytes behind it */
    HAL_PCI_CACHE_LINE = 0x0c,
    HAL_PCI_LATENCY = 0x0d,
    HAL_PCI_BAR = 0x10,
    HAL_PCI_SUBSYSTEM_VENDOR = 0x2c,
    HAL_PCI_SUBSYSTEM = 0x2e,
    HAL_PCI_CAPABILITIES = 0x34,
    HAL_PCI_INTERRUPT_LINE = 0x3c,
    HAL_PCI_INTERRUPT_PIN = 0x3d,
    HAL_PCI_BODY = 0x40,
};

#define HAL_PCI_STATUS_CAPABILITIES 0x10u

/* Keys: (c) constant once the device runs; (l) the device's lock */
struct hal_pci {
    struct hal_device *device;        /* (c) */
    uint8_t space[HAL_PCI_SPACE];     /* (l) */
    uint8_t writable[HAL_PCI_SPACE];  /* (c) bits that a driver may change */
    uint32_t address[HAL_PCI_BARS];   /* (c) what a base address register holds */
    uint32_t size_mask[HAL_PCI_BARS]; /* (c) what it holds after all ones; 0: there is none */
    unsigned bars;                    /* (c) */
    unsigned last, end;               /* (c) of the capabilities: the last one, and where it ends */
};

/* hal_pci_init: without windows and capabilities; an interrupt line if there is one (-1: none). */
void hal_pci_init(struct hal_pci *pci, struct hal_device *device, int interrupt_line);
/* hal_pci_add_bar: its number; -1: there are no more. The size is rounded up to a power of two. */
int hal_pci_add_bar(struct hal_pci *pci, enum hal_space space, uint64_t base, uint64_t size);
/* hal_pci_add_capability: its offset; 0: no room. */
unsigned hal_pci_add_capability(struct hal_pci *pci, uint8_t id, const void *body, size_t size);

/* hal_pci_get, hal_pci_set: the device's side. (l), or before it runs */
uint32_t hal_pci_get(const struct hal_pci *pci, unsigned offset, unsigned width);
void hal_pci_set(struct hal_pci *pci, unsigned offset, unsigned width, uint32_t value);

/* hal_pci_read, hal_pci_write: the bus's side. Returns how many bytes there are (to the end of the space
 * at most). A device that was pulled out reads as all ones. */
uint32_t hal_pci_read(struct hal_pci *pci, uint32_t offset, void *buffer, uint32_t length);
uint32_t hal_pci_write(struct hal_pci *pci, uint32_t offset, const void *buffer, uint32_t length);
