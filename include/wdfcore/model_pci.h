#pragma once
/* model_pci.h - give a model a function on a PCI bus: its configuration space, in which drivers look for
 * what the device is and where its registers lie. The machine plays the bus.
 *
 *     static const struct wc_pci_identity identity = {.vendor = 0x1af4, .device = 0x1045};
 *     ... in create, after its windows and lines:
 *         return wc_model_add_pci(model, &identity) &&
 *                wc_model_add_pci_capability(model, 0x09, body, sizeof(body)) != 0;
 *
 * Rules, besides those of model.h:
 * - the windows that were added before are its base address registers, in their order; one in memory above
 *   4 GB takes two. They stay where they are: what a driver writes there is the question how large they are
 * - its device has the bus's hardware ID (PCI\VEN_xxxx&DEV_xxxx&SUBSYS_xxxxxxxx&REV_xx) unless the
 *   machine is told another
 * - drivers may write the command register (which starts with all that firmware switches on), the cache
 *   line size, the latency timer, the interrupt line, and what the model lets them write; nothing of it has an effect by itself
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"
#include "wdfcore/model.h"

WC_BEGIN_DECLS

struct wc_pci_identity {
    uint16_t vendor, device;
    uint16_t subsystem_vendor, subsystem;
    uint32_t class_code; /* 24 bits: base class, subclass, programming interface */
    uint8_t revision;
};

/* wc_model_add_pci: while creating, once. false after saying why. */
WC_API bool wc_model_add_pci(struct wc_model *model, const struct wc_pci_identity *identity);

/* wc_model_add_pci_capability: a capability behind those that were added before, while creating.
 *   body     its size bytes behind the two of its head
 *   Returns  its offset in the configuration space; 0 after saying why (the space is full) */
WC_API unsigned wc_model_add_pci_capability(struct wc_model *model, uint8_t id, const void *body,
                                            size_t size);

/* wc_model_pci_bar: which base address register a window is, by its number in the order of adding.
 *   Returns  -1: there is no such window */
WC_API int wc_model_pci_bar(const struct wc_model *model, unsigned window);

/* wc_model_pci_get, wc_model_pci_set: width bytes (1, 2, 4) of the space as the device sees it.
 * wc_model_pci_allow: drivers may write these bytes. */
WC_API uint32_t wc_model_pci_get(const struct wc_model *model, unsigned offset, unsigned width);
WC_API void wc_model_pci_set(struct wc_model *model, unsigned offset, unsigned width,
                             uint32_t value);
WC_API void wc_model_pci_allow(struct wc_model *model, unsigned offset, size_t size);

WC_END_DECLS
