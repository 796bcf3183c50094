/* model.c - models by name, their life, and what <wdfcore/model.h> offers but for
 * options (model_options.c) and streams (model_stream.c). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "model/model_private.h"
#include "nt/hal/hal_window.h"
#include "nt/usb/hal_usb.h"

/* ---- registry ---- */

struct model_entry {
    const struct wc_model_type *type;
    struct model_entry *next; /* by name */
};

static struct model_entry *model_types;

void wc_model_register(const struct wc_model_type *type)
{
    struct model_entry **link = &model_types;
    struct model_entry *entry = malloc(sizeof(*entry));

    CORE_ASSERT(entry != NULL);
    while (*link != NULL && strcmp((*link)->type->name, type->name) < 0) {
        link = &(*link)->next;
    }
    CORE_ASSERT(*link == NULL || strcmp((*link)->type->name, type->name) != 0);
    entry->type = type;
    entry->next = *link;
    *link = entry;
}

const struct wc_model_type *wc_model_find(const char *name)
{
    for (const struct model_entry *entry = model_types; entry != NULL; entry = entry->next) {
        if (strcmp(entry->type->name, name) == 0) {
            return entry->type;
        }
    }
    return NULL;
}

const struct wc_model_type *wc_model_next(const struct wc_model_type *type)
{
    const struct model_entry *entry = model_types;

    while (type != NULL && entry != NULL && entry->type != type) {
        entry = entry->next;
    }
    if (type != NULL && entry != NULL) {
        entry = entry->next;
    }
    return entry != NULL ? entry->type : NULL;
}

/* ---- a model's life ---- */

/* Takes back whatever was added, at any stage of creation. */
static void model_free(struct wc_model *model)
{
    model_streams_close(model);
    hal_device_deinit(&model->hal);
    if (model->usb != NULL) {
        hal_usb_delete(model->usb);
    }
    free(model->pci);
    model_options_free(model);
    free(model);
}

struct wc_model *model_create(const char *spec, const struct model_resources *resources,
                              char *error, size_t error_size)
{
    static const struct model_resources none;
    const char *rest;
    const struct wc_model_type *type = model_spec_type(spec, &rest, error, error_size);
    struct wc_model *model;

    if (type == NULL) {
        return NULL;
    }
    model = calloc(1, sizeof(*model) + type->device_size);
    if (model == NULL) {
        snprintf(error, error_size, "%s: no memory", type->name);
        return NULL;
    }
    hal_device_init(&model->hal, model->device);
    model->hal.name = type->name;
    model->type = type;
    model->resources = resources != NULL ? resources : &none;
    model->error = error;
    model->error_size = error_size;
    error[0] = '\0';
    if (!model_options_parse(model, rest)) {
        model_free(model);
        return NULL;
    }
    if (!type->create(model, model->device)) {
        if (error[0] == '\0') {
            wc_model_fail(model, "cannot be created");
        }
        model_free(model);
        return NULL;
    }
    model->created = true;
    if (!model_options_all_known(model)) {
        model_delete(model);
        return NULL;
    }
    model->error = NULL;
    model->resources = NULL;
    model_reset(model);
    return model;
}

void model_delete(struct wc_model *model)
{
    model_set_absent(model);
    if (model->type->destroy != NULL) {
        model->type->destroy(model->device);
    }
    model_free(model);
}

void model_set_absent(struct wc_model *model)
{
    hal_device_set_absent(&model->hal);
}

void model_reset(struct wc_model *model)
{
    hal_device_enter(&model->hal);
    model->type->reset(model->device);
    hal_device_leave(&model->hal);
}

bool model_is_busy(const struct wc_model *model)
{
    return model->busy && !model->hal.absent;
}

struct wc_load *model_load(const struct wc_model *model)
{
    return model->load;
}

/* ---- <wdfcore/model.h>, while creating ---- */

void wc_model_set_load(struct wc_model *model, struct wc_load *load)
{
    model->load = load;
}

void wc_model_fail(struct wc_model *model, const char *format, ...)
{
    va_list arguments;
    int used;

    if (model->error == NULL || model->error[0] != '\0') {
        return; /* the first reason counts */
    }
    used = snprintf(model->error, model->error_size, "%s: ", model->type->name);
    va_start(arguments, format);
    if (used >= 0 && (size_t)used < model->error_size) {
        vsnprintf(model->error + used, model->error_size - (size_t)used, format, arguments);
    }
    va_end(arguments);
}

static bool model_add_window(struct wc_model *model, enum hal_space space, const char *kind,
                             const struct model_range *range, uint64_t size,
                             const struct wc_model_window_ops *ops)
{
    CORE_ASSERT(!model->created);
    if (range == NULL) {
        wc_model_fail(model, "no %s resource is left; it needs %llu bytes (--resources %s=...)",
                      kind, (unsigned long long)size, kind);
        return false;
    }
    if (range->length < size) {
        wc_model_fail(model, "%s resource 0x%llx-0x%llx is too small; it needs %llu bytes", kind,
                      (unsigned long long)range->start,
                      (unsigned long long)(range->start + range->length - 1),
                      (unsigned long long)size);
        return false;
    }
    if (!hal_window_add(&model->hal, space, range->start, size, ops->read, ops->write)) {
        wc_model_fail(model, "%s resource 0x%llx-0x%llx: another device answers there", kind,
                      (unsigned long long)range->start,
                      (unsigned long long)(range->start + size - 1));
        return false;
    }
    if (model->window_count < MODEL_WINDOWS) {
        model->windows[model->window_count++] =
            (struct model_window){.space = space, .base = range->start, .size = size, .bar = -1};
    }
    return true;
}

bool wc_model_add_port_window(struct wc_model *model, uint64_t size,
                              const struct wc_model_window_ops *ops)
{
    const struct model_range *range =
        !model->created && model->next_port < model->resources->port_count
            ? &model->resources->ports[model->next_port++]
            : NULL;

    return model_add_window(model, HAL_SPACE_PORT, "port", range, size, ops);
}

bool wc_model_add_memory_window(struct wc_model *model, uint64_t size,
                                const struct wc_model_window_ops *ops)
{
    const struct model_range *range =
        !model->created && model->next_memory < model->resources->memory_count
            ? &model->resources->memory[model->next_memory++]
            : NULL;

    return model_add_window(model, HAL_SPACE_MEMORY, "memory", range, size, ops);
}

int wc_model_add_line(struct wc_model *model, bool level_triggered)
{
    uint32_t irq;
    int output;

    CORE_ASSERT(!model->created);
    if (model->next_irq == model->resources->irq_count) {
        wc_model_fail(model, "no irq resource is left (--resources irq=...)");
        return -1;
    }
    irq = model->resources->irqs[model->next_irq++];
    output = hal_device_add_output(&model->hal, irq, level_triggered);
    if (output < 0) {
        wc_model_fail(model, "irq %u cannot be used", irq);
    }
    return output;
}

bool wc_model_add_messages(struct wc_model *model, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int output = wc_model_add_line(model, false);

        if (output < 0) {
            return false;
        }
        if (model->messages++ == 0) {
            model->first_message = output;
        }
    }
    return true;
}

/* Each irq that was used has an output, in that order. */
enum model_interrupt model_interrupt(const struct wc_model *model, uint32_t index)
{
    if (index >= model->hal.output_count) {
        return MODEL_INTERRUPT_UNUSED;
    }
    if (model->messages > 0 && index - (uint32_t)model->first_message < model->messages) {
        return MODEL_INTERRUPT_MESSAGE;
    }
    return model->hal.outputs[index].level_triggered ? MODEL_INTERRUPT_LEVEL : MODEL_INTERRUPT_EDGE;
}

/* ---- <wdfcore/model.h>, while running ---- */

void wc_model_set_line(struct wc_model *model, int line, bool asserted)
{
    hal_device_set_output(&model->hal, line, asserted);
}

void wc_model_message(struct wc_model *model, unsigned message)
{
    int output = model->first_message + (int)message;

    if (message >= model->messages) {
        char text[128];

        snprintf(text, sizeof(text), "%s sent message %u; it has %u\n", model->type->name, message,
                 model->messages);
        base_log_report(text);
        return;
    }
    hal_device_set_output(&model->hal, output, true); /* an edge; the line itself falls again */
    hal_device_set_output(&model->hal, output, false);
}

void wc_model_soon(struct wc_model *model, void (*run)(void *device))
{
    hal_device_soon(&model->hal, run);
}

/* A wc_model_timer is hal's timer under its public name. */
struct wc_model_timer *wc_model_add_timer(struct wc_model *model, void (*expired)(void *device))
{
    struct hal_timer *timer = hal_timer_create(&model->hal, expired);

    if (timer == NULL) {
        wc_model_fail(model, "no memory");
    }
    return (struct wc_model_timer *)timer;
}

void wc_model_timer_set(struct wc_model_timer *timer, uint64_t delay_ns)
{
    hal_timer_set((struct hal_timer *)timer, delay_ns);
}

void wc_model_timer_cancel(struct wc_model_timer *timer)
{
    hal_timer_cancel((struct hal_timer *)timer);
}

bool wc_model_timer_is_set(const struct wc_model_timer *timer)
{
    return hal_timer_is_set((const struct hal_timer *)timer);
}

uint64_t wc_model_now_ns(struct wc_model *model)
{
    (void)model;
    return hal_now_ns();
}

uint64_t wc_model_tick_ns(struct wc_model *model)
{
    (void)model;
    return hal_tick_ns();
}

void wc_model_charge(struct wc_model *model, uint64_t ns)
{
    (void)model;
    hal_charge(ns);
}

void wc_model_set_busy(struct wc_model *model, bool busy)
{
    model->busy = busy;
}

bool wc_model_memory_read(struct wc_model *model, uint64_t address, void *data, size_t size)
{
    return hal_device_read_memory(&model->hal, address, data, size);
}

bool wc_model_memory_write(struct wc_model *model, uint64_t address, const void *data, size_t size)
{
    return hal_device_write_memory(&model->hal, address, data, size);
}
