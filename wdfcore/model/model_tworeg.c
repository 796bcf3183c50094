/* model_tworeg.c - the smallest device that interrupts, for tests of ISR and DPC order.
 *
 *   offset  read                         write
 *   0       how often it was raised      a number n: raise the line n ns from now, 0: at once
 *   4       1 while the line is raised   anything: acknowledge, the line falls
 *
 * Resources: 8 bytes of ports or of memory, one irq. edge=yes makes the line edge-triggered.
 */
#include <string.h>

#include <wdfcore/model.h>

struct tworeg {
    struct wc_model *model;
    struct wc_model_timer *timer;
    int line;
    uint32_t raised;
    bool pending;
};

static void tworeg_raise(void *device)
{
    struct tworeg *t = device;

    t->raised++;
    t->pending = true;
    wc_model_set_line(t->model, t->line, true);
}

static uint64_t tworeg_read(void *device, uint64_t offset, unsigned width)
{
    const struct tworeg *t = device;

    (void)width;
    return offset < 4 ? t->raised : t->pending;
}

static void tworeg_write(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct tworeg *t = device;

    (void)width;
    if (offset >= 4) {
        t->pending = false;
        wc_model_set_line(t->model, t->line, false);
    } else if (value == 0) {
        tworeg_raise(t);
    } else {
        wc_model_timer_set(t->timer, value);
    }
}

static bool tworeg_create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {tworeg_read, tworeg_write};
    struct tworeg *t = device;
    const char *edge = wc_model_option(model, "edge");
    const char *memory = wc_model_option(model, "memory");

    t->model = model;
    if ((edge != NULL && strcmp(edge, "yes") != 0) ||
        (memory != NULL && strcmp(memory, "yes") != 0)) {
        wc_model_fail(model, "edge and memory can only be yes, or left out");
        return false;
    }
    if (!(memory != NULL ? wc_model_add_memory_window(model, 8, &window)
                         : wc_model_add_port_window(model, 8, &window))) {
        return false;
    }
    t->timer = wc_model_add_timer(model, tworeg_raise);
    t->line = wc_model_add_line(model, edge == NULL);
    return t->timer != NULL && t->line >= 0;
}

static void tworeg_reset(void *device)
{
    struct tworeg *t = device;

    t->raised = 0;
    t->pending = false;
    wc_model_timer_cancel(t->timer);
    wc_model_set_line(t->model, t->line, false);
}

static const struct wc_model_type tworeg = {
    .name = "tworeg",
    .help = "two registers: one raises the interrupt line, one acknowledges",
    .options = "edge=yes memory=yes",
    .device_size = sizeof(struct tworeg),
    .create = tworeg_create,
    .reset = tworeg_reset,
};

WC_MODEL(tworeg)
