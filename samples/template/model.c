/* model.c - the device of template.h, played: a channel takes a microsecond to double its number. */
#include <wdfcore/model.h>

#include "template.h"

#define WORK_NS 1000

struct channel {
    uint32_t number;
    bool done;
    struct wc_model_timer *timer;
};

struct device {
    struct wc_model *model;
    int line;
    struct channel channel[TEMPLATE_CHANNELS];
};

static void set_line(struct device *device)
{
    bool raised = false;

    for (unsigned i = 0; i < TEMPLATE_CHANNELS; i++) {
        raised = raised || device->channel[i].done;
    }
    wc_model_set_line(device->model, device->line, raised);
}

static void finish(struct device *device, unsigned channel)
{
    device->channel[channel].number *= 2;
    device->channel[channel].done = true;
    set_line(device);
}

static void finish_0(void *device)
{
    finish(device, 0);
}

static void finish_1(void *device)
{
    finish(device, 1);
}

static uint64_t read_register(void *device, uint64_t offset, unsigned width)
{
    struct device *d = device;
    struct channel *channel = &d->channel[offset / 4 / TEMPLATE_STRIDE];

    return offset / 4 % TEMPLATE_STRIDE == TEMPLATE_NUMBER ? channel->number : channel->done;
}

static void write_register(void *device, uint64_t offset, unsigned width, uint64_t value)
{
    struct device *d = device;
    struct channel *channel = &d->channel[offset / 4 / TEMPLATE_STRIDE];

    if (offset / 4 % TEMPLATE_STRIDE == TEMPLATE_NUMBER) {
        channel->number = (uint32_t)value;
        wc_model_timer_set(channel->timer, WORK_NS);
    } else {
        channel->done = false;
        set_line(d);
    }
}

static bool create(struct wc_model *model, void *device)
{
    static const struct wc_model_window_ops window = {read_register, write_register};
    struct device *d = device;

    d->model = model;
    if (!wc_model_add_memory_window(model, TEMPLATE_SIZE, &window)) {
        return false;
    }
    d->line = wc_model_add_line(model, true);
    d->channel[0].timer = wc_model_add_timer(model, finish_0);
    d->channel[1].timer = wc_model_add_timer(model, finish_1);
    return d->line >= 0 && d->channel[0].timer != NULL && d->channel[1].timer != NULL;
}

static void reset(void *device)
{
    struct device *d = device;

    for (unsigned i = 0; i < TEMPLATE_CHANNELS; i++) {
        d->channel[i].number = 0;
        d->channel[i].done = false;
        wc_model_timer_cancel(d->channel[i].timer);
    }
    set_line(d);
}

static const struct wc_model_type template_model = {
    .name = "template",
    .help = "doubles numbers on two channels",
    .options = "",
    .device_size = sizeof(struct device),
    .create = create,
    .reset = reset,
};

WC_MODEL(template_model)
