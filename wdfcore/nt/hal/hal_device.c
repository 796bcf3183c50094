/* hal_device.c - the lock of a device instance, and what happens when it is left: lines and
 * messages are told, then the device does what it wanted to do soon.
 */
#include "nt/hal/hal_device.h"

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/hal/hal_window.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"

struct hal_timer {
    struct ke_due_entry entry;
    struct hal_device *device;
    void (*expired)(void *);
    struct hal_timer *next;
};

static struct hal_device *soon_first;
static struct hal_device **soon_end = &soon_first;

void hal_device_init(struct hal_device *device, void *context)
{
    memset(device, 0, sizeof(*device));
    device->context = context;
}

/* ---- outputs ---- */

int hal_device_add_output(struct hal_device *device, uint32_t irq, bool level_triggered)
{
    struct hal_output *output;
    struct hal_line_source *source;

    if (device->output_count == HAL_DEVICE_OUTPUTS) {
        return -1;
    }
    source = hal_line_connect(irq, level_triggered);
    if (source == NULL) {
        return -1;
    }
    output = &device->outputs[device->output_count];
    memset(output, 0, sizeof(*output));
    output->source = source;
    output->level_triggered = level_triggered;
    return (int)device->output_count++;
}

void hal_device_set_output(struct hal_device *device, int number, bool asserted)
{
    struct hal_output *output = &device->outputs[number];

    CORE_ASSERT(number >= 0 && (uint32_t)number < device->output_count);
    if (output->asserted == asserted || device->absent) {
        return;
    }
    output->asserted = asserted;
    output->edge |= asserted && !output->level_triggered;
    device->output_changed |= 1ULL << number;
}

/* An edge that came and went inside one callback still fires. */
static void output_tell(struct hal_output *output)
{
    if (output->edge && output->told) {
        hal_line_set(output->source, false);
        output->told = false;
    }
    if (output->edge && !output->asserted) {
        hal_line_set(output->source, true);
        output->told = true;
    }
    output->edge = false;
    if (output->told != output->asserted) {
        output->told = output->asserted;
        hal_line_set(output->source, output->asserted);
    }
}

static void outputs_tell(struct hal_device *device)
{
    while (device->output_changed != 0) {
        unsigned number = (unsigned)__builtin_ctzll(device->output_changed);

        device->output_changed &= device->output_changed - 1;
        output_tell(&device->outputs[number]);
    }
}

/* ---- soon ---- */

void hal_device_soon(struct hal_device *device, void (*run)(void *))
{
    device->soon = run;
    device->soon_wanted = true;
}

static void soon_run(struct hal_device *device)
{
    hal_device_enter(device);
    device->soon_wanted = false;
    if (!device->absent) {
        device->soon(device->context);
    }
    device->entered = false;
    outputs_tell(device);
}

void hal_device_leave_slow(struct hal_device *device)
{
    outputs_tell(device);
    if (device->soon_queued) {
        return;
    }
    while (device->soon_wanted && ke_self->irql <= DISPATCH_LEVEL) {
        soon_run(device);
    }
    if (device->soon_wanted) {
        device->soon_queued = true;
        device->next_soon = NULL;
        *soon_end = device;
        soon_end = &device->next_soon;
        ke_self->deferred |= KE_ATTENTION_DEVICE;
    }
}

static void soon_unqueue(struct hal_device *device)
{
    struct hal_device **link = &soon_first;

    if (!device->soon_queued) {
        return;
    }
    while (*link != device) {
        link = &(*link)->next_soon;
    }
    *link = device->next_soon;
    if (soon_end == &device->next_soon) {
        soon_end = link;
    }
    device->soon_queued = false;
}

void hal_device_run_soon(void)
{
    while (soon_first != NULL) {
        struct hal_device *device = soon_first;

        soon_unqueue(device);
        while (device->soon_wanted) {
            soon_run(device);
        }
    }
}

/* ---- timers ---- */

static void timer_fire(struct ke_due_entry *entry)
{
    struct hal_timer *timer = (struct hal_timer *)entry; /* its first member */
    struct hal_device *device = timer->device;

    hal_device_enter(device);
    timer->expired(device->context);
    hal_device_leave(device);
}

struct hal_timer *hal_timer_create(struct hal_device *device, void (*expired)(void *))
{
    struct hal_timer *timer = calloc(1, sizeof(*timer));

    if (timer == NULL) {
        return NULL;
    }
    ke_due_entry_init(&timer->entry, timer_fire);
    timer->device = device;
    timer->expired = expired;
    timer->next = device->timers;
    device->timers = timer;
    return timer;
}

void hal_timer_set(struct hal_timer *timer, uint64_t delay_ns)
{
    if (!timer->device->absent) {
        ke_due_arm(&timer->entry, ke_clock_now_100ns() + (delay_ns + 99) / 100);
    }
}

void hal_timer_cancel(struct hal_timer *timer)
{
    ke_due_disarm(&timer->entry);
}

bool hal_timer_is_set(const struct hal_timer *timer)
{
    return ke_due_is_armed(&timer->entry);
}

uint64_t hal_now_ns(void)
{
    return ke_clock_now_100ns() * 100;
}

uint64_t hal_tick_ns(void)
{
    return ke_machine.config.tick_ns;
}

void hal_charge(uint64_t ns)
{
    host_clock_charge(ke_self->number, ns);
}

/* ---- going away ---- */

void hal_device_set_absent(struct hal_device *device)
{
    for (uint32_t i = 0; i < device->output_count; i++) {
        hal_device_set_output(device, (int)i, false);
    }
    outputs_tell(device);
    for (struct hal_timer *timer = device->timers; timer != NULL; timer = timer->next) {
        hal_timer_cancel(timer);
    }
    device->absent = true;
}

void hal_device_deinit(struct hal_device *device)
{
    CORE_ASSERT(!device->entered);
    hal_device_set_absent(device);
    soon_unqueue(device);
    hal_window_remove_all(device);
    for (uint32_t i = 0; i < device->output_count; i++) {
        hal_line_disconnect(device->outputs[i].source);
    }
    while (device->timers != NULL) {
        struct hal_timer *timer = device->timers;

        device->timers = timer->next;
        free(timer);
    }
}
