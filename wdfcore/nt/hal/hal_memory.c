#include "nt/hal/hal_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"

struct memory_range {
    uint64_t physical;
    size_t size;
    uint8_t *data;
};

/* With the lock. */
static struct {
    struct base_lock lock;
    struct memory_range *ranges; /* by physical address; none overlap */
    size_t count, capacity;
} memory = {.lock = {.rank = BASE_RANK_SOON}};

/* The index of the first range that ends behind the address. */
static size_t memory_search(uint64_t physical)
{
    size_t low = 0;
    size_t high = memory.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory.ranges[middle].physical + memory.ranges[middle].size <= physical) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool memory_add_locked(uint64_t physical, void *data, size_t size)
{
    size_t index = memory_search(physical);

    if (size == 0 || physical + size < physical ||
        (index < memory.count && memory.ranges[index].physical < physical + size)) {
        return false;
    }
    if (memory.count == memory.capacity) {
        size_t capacity = memory.capacity > 0 ? memory.capacity * 2 : 16;
        struct memory_range *larger = realloc(memory.ranges, capacity * sizeof(*larger));

        if (larger == NULL) {
            return false;
        }
        memory.ranges = larger;
        memory.capacity = capacity;
    }
    memmove(memory.ranges + index + 1, memory.ranges + index,
            (memory.count - index) * sizeof(*memory.ranges));
    memory.ranges[index] = (struct memory_range){physical, size, data};
    memory.count++;
    return true;
}

bool hal_memory_add(uint64_t physical, void *data, size_t size)
{
    bool added;

    base_lock_acquire(&memory.lock);
    added = memory_add_locked(physical, data, size);
    base_lock_release(&memory.lock);
    return added;
}

static void memory_remove_locked(uint64_t physical)
{
    size_t index = memory_search(physical);

    if (index == memory.count || memory.ranges[index].physical != physical) {
        return;
    }
    memory.count--;
    memmove(memory.ranges + index, memory.ranges + index + 1,
            (memory.count - index) * sizeof(*memory.ranges));
    if (memory.count == 0) {
        free(memory.ranges);
        memory.ranges = NULL;
        memory.capacity = 0;
    }
}

void hal_memory_remove(uint64_t physical)
{
    base_lock_acquire(&memory.lock);
    memory_remove_locked(physical);
    base_lock_release(&memory.lock);
}

static void *memory_at_locked(uint64_t physical, size_t size)
{
    size_t index = memory_search(physical);
    const struct memory_range *range;

    if (index == memory.count) {
        return NULL;
    }
    range = &memory.ranges[index];
    if (physical < range->physical || range->size - (physical - range->physical) < size) {
        return NULL;
    }
    return range->data + (physical - range->physical);
}

void *hal_memory_at(uint64_t physical, size_t size)
{
    void *data;

    base_lock_acquire(&memory.lock);
    data = memory_at_locked(physical, size);
    base_lock_release(&memory.lock);
    return data;
}
