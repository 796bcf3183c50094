/* model_pci.c - what <wdfcore/model_pci.h> offers: a model's configuration space, which is hal_pci's. */
#include <stdlib.h>

#include <wdfcore/model_pci.h>

#include "model/model_private.h"
#include "nt/hal/hal_pci.h"

struct hal_pci *model_pci(const struct wc_model *model)
{
    return model->pci;
}

static bool add_bars(struct wc_model *model)
{
    for (unsigned i = 0; i < model->window_count; i++) {
        struct model_window *window = &model->windows[i];

        window->bar = hal_pci_add_bar(model->pci, window->space, window->base, window->size);
        if (window->bar < 0) {
            wc_model_fail(model, "a device on a PCI bus has %u base address registers",
                          HAL_PCI_BARS);
            return false;
        }
    }
    return true;
}

bool wc_model_add_pci(struct wc_model *model, const struct wc_pci_identity *identity)
{
    int line = model->next_irq > 0 ? (int)model->resources->irqs[0] : -1;

    CORE_ASSERT(!model->created);
    if (model->pci != NULL) {
        wc_model_fail(model, "a model has one function on a PCI bus");
        return false;
    }
    model->pci = malloc(sizeof(*model->pci));
    if (model->pci == NULL) {
        wc_model_fail(model, "no memory");
        return false;
    }
    hal_pci_init(model->pci, &model->hal, line);
    hal_pci_set(model->pci, HAL_PCI_VENDOR, 2, identity->vendor);
    hal_pci_set(model->pci, HAL_PCI_DEVICE, 2, identity->device);
    hal_pci_set(model->pci, HAL_PCI_REVISION, 4, identity->class_code << 8 | identity->revision);
    hal_pci_set(model->pci, HAL_PCI_SUBSYSTEM_VENDOR, 2, identity->subsystem_vendor);
    hal_pci_set(model->pci, HAL_PCI_SUBSYSTEM, 2, identity->subsystem);
    return add_bars(model);
}

unsigned wc_model_add_pci_capability(struct wc_model *model, uint8_t id, const void *body,
                                     size_t size)
{
    unsigned offset = 0;

    CORE_ASSERT(!model->created);
    if (model->pci != NULL) {
        offset = hal_pci_add_capability(model->pci, id, body, size);
    }
    if (offset == 0) {
        wc_model_fail(model, "no room for a PCI capability");
    }
    return offset;
}

int wc_model_pci_bar(const struct wc_model *model, unsigned window)
{
    return model->pci != NULL && window < model->window_count ? model->windows[window].bar : -1;
}

uint32_t wc_model_pci_get(const struct wc_model *model, unsigned offset, unsigned width)
{
    return model->pci != NULL ? hal_pci_get(model->pci, offset, width) : UINT32_MAX;
}

void wc_model_pci_set(struct wc_model *model, unsigned offset, unsigned width, uint32_t value)
{
    if (model->pci != NULL) {
        hal_pci_set(model->pci, offset, width, value);
    }
}

void wc_model_pci_allow(struct wc_model *model, unsigned offset, size_t size)
{
    for (size_t i = offset; model->pci != NULL && i < offset + size && i < HAL_PCI_SPACE; i++) {
        model->pci->writable[i] = 0xff;
    }
}
