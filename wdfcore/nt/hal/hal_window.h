#pragma once
/* hal_window.h - who answers at an address: windows of device registers in port space and in the
 * physical address space.
 * Rules for a window:
 * - windows of one space do not overlap
 * - an access lies in one window as a whole
 * - a range whose device is gone is remembered until another device takes it, or the machine stops
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nt/hal/hal_device.h"

enum hal_space { HAL_SPACE_PORT, HAL_SPACE_MEMORY, HAL_SPACE_COUNT };

struct hal_window {
    uint64_t base, size;
    enum hal_space space;
    uint64_t (*read)(void *context, uint64_t offset, unsigned width);
    void (*write)(void *context, uint64_t offset, unsigned width, uint64_t value);
    void *context;
    struct hal_device *device;
    struct hal_window *next; /* of the same device */
};

/* hal_window_add: the window belongs to the device, whose context its callbacks get, and is freed
 * with it. false: another device answers in this range, or memory is short. */
bool hal_window_add(struct hal_device *device, enum hal_space space, uint64_t base, uint64_t size,
                    uint64_t (*read)(void *context, uint64_t offset, unsigned width),
                    void (*write)(void *context, uint64_t offset, unsigned width, uint64_t value));
/* hal_windows_unlink: of a device that goes: no access finds it any more; with hal_lock.
 * hal_windows_free: once nobody is in the device. */
void hal_windows_unlink(struct hal_device *device);
void hal_windows_free(struct hal_device *device);

/* The window found last in each space: accesses come in runs. With hal_lock. */
extern struct hal_window *hal_window_last[HAL_SPACE_COUNT];

struct hal_window *hal_window_search(enum hal_space space, uint64_t address, unsigned width);

/* hal_window_find: the window that holds all `width` bytes at the address, or NULL. With hal_lock, or
 * while no device comes or goes. */
static inline struct hal_window *hal_window_find(enum hal_space space, uint64_t address,
                                                 unsigned width)
{
    struct hal_window *window = hal_window_last[space];

    if (__builtin_expect(window != NULL && address - window->base < window->size &&
                             window->size - (address - window->base) >= width,
                         1)) {
        return window;
    }
    return hal_window_search(space, address, width);
}

/* hal_window_enter: the same, and its device is entered. */
static inline struct hal_window *hal_window_enter(enum hal_space space, uint64_t address,
                                                  unsigned width)
{
    struct hal_window *window;

    hal_lock();
    window = hal_window_find(space, address, width);
    if (__builtin_expect(window != NULL, 1)) {
        hal_device_enter(window->device);
    }
    hal_unlock();
    return window;
}

/* hal_window_was_there: a device that is gone answered at this address. */
bool hal_window_was_there(enum hal_space space, uint64_t address);

static inline uint64_t hal_all_ones(unsigned width)
{
    return UINT64_MAX >> (64 - width * 8);
}

/* One access, after hal_window_enter; the device is left. */
static inline uint64_t hal_window_read_leave(struct hal_window *window, uint64_t address,
                                             unsigned width)
{
    struct hal_device *device = window->device;
    uint64_t value = UINT64_MAX;

    if (__builtin_expect(!device->absent, 1)) {
        value = window->read(window->context, address - window->base, width);
    }
    hal_device_leave(device);
    return value & hal_all_ones(width);
}

static inline void hal_window_write_leave(struct hal_window *window, uint64_t address,
                                          unsigned width, uint64_t value)
{
    struct hal_device *device = window->device;

    if (__builtin_expect(!device->absent, 1)) {
        window->write(window->context, address - window->base, width, value & hal_all_ones(width));
    }
    hal_device_leave(device);
}

/* The same after hal_window_find. */
static inline uint64_t hal_window_read(struct hal_window *window, uint64_t address, unsigned width)
{
    hal_device_enter(window->device);
    return hal_window_read_leave(window, address, width);
}

static inline void hal_window_write(struct hal_window *window, uint64_t address, unsigned width,
                                    uint64_t value)
{
    hal_device_enter(window->device);
    hal_window_write_leave(window, address, width, value);
}
