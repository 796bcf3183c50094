#pragma once
/* model_instance.h - device models as the machine uses them: made from a text, given resources,
 * taken apart. What a model itself sees is <wdfcore/model.h>.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <wdfcore/model.h>

struct hal_pci;
struct hal_usb;
struct host_stream;
struct wc_load;

struct model_range {
    uint64_t start, length;
};

/* What the device was given, each kind in the order in which it was written. The arrays are read
 * during model_create only. */
struct model_resources {
    const struct model_range *ports, *memory;
    const uint32_t *irqs;
    uint32_t port_count, memory_count, irq_count;
};

/* model_create: from "name,option=value,..."; the model is reset and answers. resources may be
 * NULL. Returns  the model, or NULL with one clear line in error */
struct wc_model *model_create(const char *spec, const struct model_resources *resources,
                              char *error, size_t error_size);
/* model_delete: its registers are stale from now on. model_set_absent: it was pulled out: registers
 * read as all ones, lines fall, nothing moves; it must still be deleted. */
void model_delete(struct wc_model *model);
void model_set_absent(struct wc_model *model);
/* model_reset: power-on state. */
void model_reset(struct wc_model *model);

/* model_spec_is_real: an option's value names a stream that needs the real clock. */
bool model_spec_is_real(const char *spec);

/* model_is_busy: it holds data on their way. */
bool model_is_busy(const struct wc_model *model);
/* model_interrupt: how it signals by the irq with that index among those that it was given. */
enum model_interrupt {
    MODEL_INTERRUPT_UNUSED,
    MODEL_INTERRUPT_LEVEL,
    MODEL_INTERRUPT_EDGE,
    MODEL_INTERRUPT_MESSAGE,
};
enum model_interrupt model_interrupt(const struct wc_model *model, uint32_t index);
/* model_usb: its USB function; NULL: it is on no such bus. */
struct hal_usb *model_usb(const struct wc_model *model);
/* model_pci: its function on a PCI bus; NULL: it is on none. */
struct hal_pci *model_pci(const struct wc_model *model);
/* model_load: what it serves and became of it; NULL: it has none. */
struct wc_load *model_load(const struct wc_model *model);
/* model_stream: its stream number `index`, in the order of opening; NULL: there are not so many. */
struct host_stream *model_stream(const struct wc_model *model, unsigned index);
