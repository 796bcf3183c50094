#pragma once
/* hal_device.h - device models as nt sees them. C types only: a model knows nothing of NT.
 * Rules for a device:
 * - its callbacks run between hal_device_enter and hal_device_leave, the lock of the instance; it
 * is entered for each register access, timer and stream event, never twice at a time
 * - line changes, messages and what the device wants to do "soon" take effect on leave; an access to
 *   memory that it may not make is reported after that
 * - who finds a device by an address or a timer enters it before hal_unlock, so that it cannot go in
 *   between
 * - no window lies between enter and leave: no driver code runs there
 * - absent (pulled out): nothing of it answers, reads give all ones; deleted: see hal_window.h
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/lock.h"
#include "nt/hal/hal_memory.h"

#define HAL_DEVICE_OUTPUTS 64u /* lines and messages of one device */

struct hal_device;
struct hal_line_source;

struct hal_output {
    struct hal_line_source *source;
    bool level_triggered;
    bool asserted; /* as the model wants it */
    bool told;     /* as the line knows it */
    bool edge;     /* edge-triggered: it was asserted since the line was told */
};

/* An access to memory that failed, for the report when the device is left. */
struct hal_fault {
    uint64_t address;
    size_t size;
    bool write;
    struct hal_memory_answer answer;
};

/* hal_lock: who answers at an address, which device a timer belongs to. */
extern struct base_lock hal_directory BASE_HIDDEN;

static inline void hal_lock(void)
{
    base_lock_acquire(&hal_directory);
}

static inline void hal_unlock(void)
{
    base_lock_release(&hal_directory);
}

/* Keys: (l) the instance's lock, (c) constant once the machine runs, (h) hal_lock, (s) the lock of
 * the list of hal_device_run_soon */
struct hal_device {
    void *context;                /* (c) handed to every callback */
    const char *name;             /* (c) for reports; NULL: it has none */
    struct base_lock lock;        /* the instance's */
    bool entered;                 /* (l) */
    bool absent;                  /* (l) */
    bool soon_wanted;             /* (l) */
    bool faulted;                 /* (l) fault is to be reported */
    bool tell_wanted;             /* (l) */
    bool soon_queued;             /* (s) on the list; (a) read with (l) */
    uint32_t output_count;        /* (c) */
    uint64_t output_changed;      /* (l) bit i: outputs[i] is to be told */
    void (*soon)(void *);         /* (l) */
    void (*tell)(void *);         /* (l) */
    void *told;                   /* (l) whom */
    struct hal_fault fault;       /* (l) the first one since the device was entered */
    struct hal_device *next_soon; /* (s) */
    struct hal_timer *timers;     /* (h) all of them */
    struct hal_window *windows;   /* (h) */
    struct hal_output outputs[HAL_DEVICE_OUTPUTS];
};

void hal_device_init(struct hal_device *device, void *context);
/* hal_device_deinit: its windows are stale from now on, its lines and timers gone. */
void hal_device_deinit(struct hal_device *device);
/* hal_device_set_absent: the hardware was pulled out: outputs fall, timers stop, registers are
 * dead. */
void hal_device_set_absent(struct hal_device *device);

void hal_device_leave_slow(struct hal_device *device);

static inline void hal_device_enter(struct hal_device *device)
{
    base_lock_acquire(&device->lock); /* asserts that this context holds none of its rank */
    CORE_ASSERT(!device->entered);
    device->entered = true;
}

static inline void hal_device_leave(struct hal_device *device)
{
    if (__builtin_expect(device->output_changed != 0 ||
                             (device->soon_wanted | device->faulted | device->tell_wanted) != 0,
                         0)) {
        hal_device_leave_slow(device);
        return;
    }
    device->entered = false;
    base_lock_release(&device->lock);
}

/* hal_device_add_output: its index; -1: the irq does not exist, or there are too many. */
int hal_device_add_output(struct hal_device *device, uint32_t irq, bool level_triggered);
/* hal_device_set_output: level: the line follows; edge: each change to true fires. (l) */
void hal_device_set_output(struct hal_device *device, int output, bool asserted);

/* hal_device_soon: run(context) is called once after this callback, as soon as the processor is not
 * above DISPATCH_LEVEL: what a device does by itself does not happen in the middle of an ISR. (l)
 */
void hal_device_soon(struct hal_device *device, void (*run)(void *));
/* hal_device_tell: tell(told) is called once the device has been left, at the same level: what it has for
 * a bus driver. One of these a device. It may be called after the device is gone. (l) */
void hal_device_tell(struct hal_device *device, void (*tell)(void *), void *told);
/* hal_device_run_soon: for the window, at or below DISPATCH_LEVEL. */
void hal_device_run_soon(void);

/* hal_device_read_memory, hal_device_write_memory: the device's own access to memory, by physical or
 * logical address (hal_memory.h). false: nothing was moved; DmaUnmapped or DmaDirection is reported
 * when the device has been left. (l) */
bool hal_device_read_memory(struct hal_device *device, uint64_t address, void *data, size_t size);
bool hal_device_write_memory(struct hal_device *device, uint64_t address, const void *data,
                             size_t size);
/* hal_fault_report: what a device did; name may be NULL. No lock is held. */
void hal_fault_report(const char *name, const struct hal_fault *fault);

/* ---- time ---- */

struct hal_timer;

/* hal_timer_create: belongs to the device; NULL: no memory. The next three: (l) */
struct hal_timer *hal_timer_create(struct hal_device *device, void (*expired)(void *));
/* hal_timer_set: expired(context) runs once, delay_ns from now, rounded up to 100 ns. Moves it if
 * it is set already. */
void hal_timer_set(struct hal_timer *timer, uint64_t delay_ns);
void hal_timer_cancel(struct hal_timer *timer);
bool hal_timer_is_set(const struct hal_timer *timer);

/* hal_now_ns: machine time as the current processor last saw it. */
uint64_t hal_now_ns(void);
uint64_t hal_tick_ns(void);
/* hal_charge: the access that is going on takes so long. */
void hal_charge(uint64_t ns);
