#include "nt/hal/hal_window.h"

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_device.h"
#include "nt/ke/ke_machine.h"

/* A range that a device left behind. */
struct window_tomb {
    uint64_t base, size;
    struct window_tomb *next;
};

/* With hal_lock. */
static struct window_space {
    struct hal_window **windows; /* by base; none overlap */
    size_t count, capacity;
    struct window_tomb *tombs;
} spaces[HAL_SPACE_COUNT];

struct hal_window *hal_window_last[HAL_SPACE_COUNT];

static bool range_overlaps(uint64_t base, uint64_t size, uint64_t other, uint64_t other_size)
{
    return base < other + other_size && other < base + size;
}

/* The index of the first window that ends behind the address. */
static size_t space_search(const struct window_space *space, uint64_t address)
{
    size_t low = 0;
    size_t high = space->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct hal_window *window = space->windows[middle];

        if (window->base + window->size <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool space_reserve(struct window_space *space)
{
    size_t capacity = space->capacity > 0 ? space->capacity * 2 : 8;
    struct hal_window **larger;

    if (space->count < space->capacity) {
        return true;
    }
    larger = realloc(space->windows, capacity * sizeof(struct hal_window *));
    if (larger == NULL) {
        return false;
    }
    space->windows = larger;
    space->capacity = capacity;
    return true;
}

/* What a new window covers is no longer stale. A tomb that it covers in part goes as a whole. */
static void tombs_forget(struct window_space *space, uint64_t base, uint64_t size)
{
    struct window_tomb **link = &space->tombs;

    while (*link != NULL) {
        struct window_tomb *tomb = *link;

        if (range_overlaps(base, size, tomb->base, tomb->size)) {
            *link = tomb->next;
            free(tomb);
        } else {
            link = &tomb->next;
        }
    }
}

static bool window_insert_locked(struct window_space *space, struct hal_window *window)
{
    size_t index = space_search(space, window->base);

    if ((index < space->count && space->windows[index]->base < window->base + window->size) ||
        !space_reserve(space)) {
        return false;
    }
    window->next = window->device->windows;
    window->device->windows = window;
    memmove(space->windows + index + 1, space->windows + index,
            (space->count - index) * sizeof(struct hal_window *));
    space->windows[index] = window;
    space->count++;
    tombs_forget(space, window->base, window->size);
    return true;
}

bool hal_window_add(struct hal_device *device, enum hal_space space_number, uint64_t base,
                    uint64_t size, uint64_t (*read)(void *context, uint64_t offset, unsigned width),
                    void (*write)(void *context, uint64_t offset, unsigned width, uint64_t value))
{
    struct hal_window *window;
    bool added;

    if (size == 0 || base + size < base) {
        return false;
    }
    window = calloc(1, sizeof(*window));
    if (window == NULL) {
        return false;
    }
    window->base = base;
    window->size = size;
    window->space = space_number;
    window->read = read;
    window->write = write;
    window->context = device->context;
    window->device = device;
    hal_lock();
    added = window_insert_locked(&spaces[space_number], window);
    hal_unlock();
    if (!added) {
        free(window);
    }
    return added;
}

static void window_unlink_locked(struct hal_window *window)
{
    struct window_space *space = &spaces[window->space];
    struct window_tomb *tomb = malloc(sizeof(*tomb));
    size_t index = space_search(space, window->base);

    CORE_ASSERT(space->windows[index] == window);
    space->count--;
    memmove(space->windows + index, space->windows + index + 1,
            (space->count - index) * sizeof(struct hal_window *));
    hal_window_last[window->space] = NULL;
    if (tomb != NULL) { /* without it a late access is told as unmapped, not as stale */
        tomb->base = window->base;
        tomb->size = window->size;
        tomb->next = space->tombs;
        space->tombs = tomb;
    }
}

void hal_windows_unlink(struct hal_device *device)
{
    for (struct hal_window *window = device->windows; window != NULL; window = window->next) {
        window_unlink_locked(window);
    }
}

void hal_windows_free(struct hal_device *device)
{
    while (device->windows != NULL) {
        struct hal_window *window = device->windows;

        device->windows = window->next;
        free(window);
    }
}

struct hal_window *hal_window_search(enum hal_space space_number, uint64_t address, unsigned width)
{
    struct window_space *space = &spaces[space_number];
    size_t index = space_search(space, address);
    struct hal_window *window;

    if (index == space->count) {
        return NULL;
    }
    window = space->windows[index];
    if (address < window->base || window->size - (address - window->base) < width) {
        return NULL;
    }
    hal_window_last[space_number] = window;
    return window;
}

bool hal_window_was_there(enum hal_space space, uint64_t address)
{
    bool found = false;

    hal_lock();
    for (const struct window_tomb *tomb = spaces[space].tombs; tomb != NULL && !found;
         tomb = tomb->next) {
        found = address - tomb->base < tomb->size;
    }
    hal_unlock();
    return found;
}

/* ---- the machine's life ---- */

static void windows_stop(void)
{
    for (size_t i = 0; i < HAL_SPACE_COUNT; i++) {
        struct window_space *space = &spaces[i];

        tombs_forget(space, 0, UINT64_MAX);
        if (space->count == 0) { /* devices that outlive the machine keep theirs */
            free(space->windows);
            memset(space, 0, sizeof(*space));
        }
    }
}

static struct ke_machine_part windows_part = {.order = 10, .stop = windows_stop};

__attribute__((constructor)) static void windows_register(void)
{
    ke_machine_register(&windows_part);
}
