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

/* Keys as in hal_device.h. With threads an expiry may be on its way while the timer is cancelled,
 * set again, or its device goes: it counts only if the timer is set and due. */
struct hal_timer {
    struct ke_due_entry entry;
    struct hal_device *device; /* (h) NULL: it is gone */
    void (*expired)(void *);   /* (c) */
    bool is_set;               /* (l) */
    uint64_t due_100ns;        /* (l) */
    struct hal_timer *next;    /* (h) of the same device, or of those whose device is gone */
};

struct base_lock hal_directory = {.rank = BASE_RANK_HAL};

static struct hal_timer *orphans; /* (h) kept while an expiry of one may be on its way */

static struct base_lock soon_lock = {.rank = BASE_RANK_SOON};
static struct hal_device *soon_first;              /* (s) read without it, too */
static struct hal_device **soon_end = &soon_first; /* (s) */

void hal_device_init(struct hal_device *device, void *context)
{
    memset(device, 0, sizeof(*device));
    device->context = context;
    device->lock.rank = BASE_RANK_DEVICE;
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

void hal_device_tell(struct hal_device *device, void (*tell)(void *), void *told)
{
    device->tell = tell;
    device->told = told;
    device->tell_wanted = true;
}

static void soon_queue(struct hal_device *device)
{
    base_lock_acquire(&soon_lock);
    if (!device->soon_queued) {
        device->soon_queued = true;
        device->next_soon = NULL;
        __atomic_store_n(soon_end, device, __ATOMIC_RELAXED);
        soon_end = &device->next_soon;
    }
    base_lock_release(&soon_lock);
    ke_self->deferred |= KE_ATTENTION_DEVICE;
}

static void soon_unqueue(struct hal_device *device)
{
    struct hal_device **link = &soon_first;

    base_lock_acquire(&soon_lock);
    while (*link != NULL && *link != device) {
        link = &(*link)->next_soon;
    }
    if (*link == device) {
        __atomic_store_n(link, device->next_soon, __ATOMIC_RELAXED);
        if (soon_end == &device->next_soon) {
            soon_end = link;
        }
        device->soon_queued = false;
    }
    base_lock_release(&soon_lock);
}

/* The report stops the machine, or comes back; either way the device has been left. */
static void leave_faulted(struct hal_device *device)
{
    const char *name = device->name;
    struct hal_fault fault = device->fault;

    device->faulted = false;
    device->entered = false;
    base_lock_release(&device->lock);
    hal_fault_report(name, &fault);
}

static void leave_telling(struct hal_device *device)
{
    void (*tell)(void *) = device->tell;
    void *told = device->told;

    device->tell_wanted = false;
    device->entered = false;
    base_lock_release(&device->lock);
    tell(told);
}

/* Leave a device that acts, or whose outputs have changed. Each of its acts may change outputs and
 * ask for another. */
void hal_device_leave_slow(struct hal_device *device)
{
    outputs_tell(device);
    while (device->soon_wanted && ke_self->irql <= DISPATCH_LEVEL) {
        device->soon_wanted = false;
        if (!device->absent) {
            device->soon(device->context);
        }
        outputs_tell(device);
    }
    if (device->soon_wanted) {
        soon_queue(device);
    }
    if (device->faulted && !device->tell_wanted) {
        leave_faulted(device);
        return;
    }
    if (device->tell_wanted) { /* a fault, too, is reported when it is left next */
        leave_telling(device);
        return;
    }
    device->entered = false;
    base_lock_release(&device->lock);
}

void hal_device_run_soon(void)
{
    while (__atomic_load_n(&soon_first, __ATOMIC_RELAXED) != NULL) {
        struct hal_device *device;

        hal_lock(); /* no device goes until it was entered */
        device = __atomic_load_n(&soon_first, __ATOMIC_RELAXED);
        if (device == NULL) {
            hal_unlock();
            return;
        }
        soon_unqueue(device);
        hal_device_enter(device);
        hal_unlock();
        hal_device_leave(device); /* it acts now */
    }
}

/* ---- timers ---- */

static void timer_fire(struct ke_due_entry *entry)
{
    struct hal_timer *timer = (struct hal_timer *)entry; /* its first member */
    struct hal_device *device;

    hal_lock();
    device = timer->device;
    if (device == NULL) {
        hal_unlock();
        return;
    }
    hal_device_enter(device);
    hal_unlock();
    if (timer->is_set && (!base_threaded || timer->due_100ns <= host_clock_machine() / 100)) {
        timer->is_set = false;
        timer->expired(device->context);
    }
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
    hal_lock();
    timer->next = device->timers;
    device->timers = timer;
    hal_unlock();
    return timer;
}

void hal_timer_set(struct hal_timer *timer, uint64_t delay_ns)
{
    if (!timer->device->absent) {
        timer->is_set = true;
        timer->due_100ns = ke_clock_now_100ns() + (delay_ns + 99) / 100;
        ke_due_arm(&timer->entry, timer->due_100ns);
    }
}

void hal_timer_cancel(struct hal_timer *timer)
{
    timer->is_set = false;
    ke_due_disarm(&timer->entry);
}

bool hal_timer_is_set(const struct hal_timer *timer)
{
    return timer->is_set;
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
    ke_charge(ke_self, ns);
}

/* ---- going away ---- */

void hal_device_set_absent(struct hal_device *device)
{
    hal_device_enter(device);
    for (uint32_t i = 0; i < device->output_count; i++) {
        hal_device_set_output(device, (int)i, false);
    }
    for (struct hal_timer *timer = device->timers; timer != NULL; timer = timer->next) {
        hal_timer_cancel(timer);
    }
    device->absent = true;
    device->soon_wanted = false;
    hal_device_leave(device);
}

/* With hal_lock. An expiry may be on its way with threads: then the timers stay. */
static void timers_orphan(struct hal_device *device)
{
    while (device->timers != NULL) {
        struct hal_timer *timer = device->timers;

        device->timers = timer->next;
        if (base_threaded) {
            timer->device = NULL;
            timer->next = orphans;
            orphans = timer;
        } else {
            free(timer);
        }
    }
}

void hal_device_deinit(struct hal_device *device)
{
    CORE_ASSERT(!device->entered);
    hal_device_set_absent(device);
    soon_unqueue(device);
    hal_lock();
    hal_windows_unlink(device);
    timers_orphan(device);
    hal_unlock();
    hal_device_enter(device); /* who found it before has left it now */
    hal_device_leave(device);
    hal_windows_free(device);
    for (uint32_t i = 0; i < device->output_count; i++) {
        hal_line_disconnect(device->outputs[i].source);
    }
}

static void devices_stop(void)
{
    while (orphans != NULL) {
        struct hal_timer *timer = orphans;

        orphans = timer->next;
        free(timer);
    }
}

static struct ke_machine_part devices_part = {.order = 10, .stop = devices_stop};

__attribute__((constructor)) static void devices_register(void)
{
    ke_machine_register(&devices_part);
}
