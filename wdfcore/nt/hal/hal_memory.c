#include "nt/hal/hal_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"

#define PAGE         4096u
#define ENDED_RANGES 64u

struct memory_range {
    uint64_t address;
    size_t size;
    uint8_t *data;
    unsigned access;
    bool mapped; /* by hal_memory_map */
};

struct memory_ended {
    uint64_t address;
    size_t size;
    const char *how;
};

/* The parts of the logical space. An adapter gets the highest one that it reaches as a whole or in
 * part. */
struct memory_zone {
    uint64_t lowest, highest;
    uint64_t next; /* with the lock: where the last place ended; 0: none yet */
};

/* With the lock. */
static struct {
    struct base_lock lock;
    struct memory_range *ranges; /* by address; none overlap */
    size_t count, capacity;
    struct memory_zone zones[3];
    struct memory_ended ended[ENDED_RANGES]; /* the last ones */
    size_t ended_count;
} memory = {
    .lock = {.rank = BASE_RANK_SOON},
    .zones =
        {
            {0x0000000100000000, 0x0000ffffffffffff, 0},
            {0x0000000001000000, 0x00000000ffffffff, 0},
            {0x0000000000010000, 0x0000000000ffffff, 0},
        },
};

/* The index of the first range that ends behind the address. */
static size_t memory_search(uint64_t address)
{
    size_t low = 0;
    size_t high = memory.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memory.ranges[middle].address + memory.ranges[middle].size <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool memory_add_locked(const struct memory_range *range)
{
    uint64_t address = range->address;
    size_t index = memory_search(address);

    if (range->size == 0 || address + range->size < address ||
        (index < memory.count && memory.ranges[index].address < address + range->size)) {
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
    memory.ranges[index] = *range;
    memory.count++;
    return true;
}

bool hal_memory_add(uint64_t physical, void *data, size_t size)
{
    const struct memory_range range = {
        .address = physical,
        .size = size,
        .data = data,
        .access = HAL_MEMORY_READ | HAL_MEMORY_WRITE,
    };
    bool added;

    base_lock_acquire(&memory.lock);
    added = memory_add_locked(&range);
    base_lock_release(&memory.lock);
    return added;
}

/* The range that begins at the address, or NULL. */
static struct memory_range *memory_find_locked(uint64_t address)
{
    size_t index = memory_search(address);

    if (index == memory.count || memory.ranges[index].address != address) {
        return NULL;
    }
    return &memory.ranges[index];
}

static void memory_remove_locked(struct memory_range *range)
{
    size_t index = (size_t)(range - memory.ranges);

    memory.count--;
    memmove(range, range + 1, (memory.count - index) * sizeof(*memory.ranges));
    if (memory.count == 0) {
        free(memory.ranges);
        memory.ranges = NULL;
        memory.capacity = 0;
    }
}

void hal_memory_remove(uint64_t physical)
{
    struct memory_range *range;

    base_lock_acquire(&memory.lock);
    range = memory_find_locked(physical);
    if (range != NULL) {
        memory_remove_locked(range);
    }
    base_lock_release(&memory.lock);
}

/* The range that holds the address, or NULL. */
static struct memory_range *memory_holding_locked(uint64_t address)
{
    size_t index = memory_search(address);

    if (index == memory.count || memory.ranges[index].address > address) {
        return NULL;
    }
    return &memory.ranges[index];
}

static bool memory_reaches(const struct memory_range *range, uint64_t address, size_t size)
{
    return range->size - (address - range->address) >= size;
}

void *hal_memory_at(uint64_t physical, size_t size)
{
    struct memory_range *range;
    void *data = NULL;

    base_lock_acquire(&memory.lock);
    range = memory_holding_locked(physical);
    if (range != NULL && !range->mapped && memory_reaches(range, physical, size)) {
        data = range->data + (physical - range->address);
    }
    base_lock_release(&memory.lock);
    return data;
}

/* ---- mappings for DMA ---- */

/* Pages that are free between two addresses, the first ones from `start` on; 0: there are none. One
 * page before and one behind stay nobody's, so that an access that runs over an end is seen. */
static uint64_t memory_gap_locked(uint64_t start, uint64_t highest, uint64_t size)
{
    size_t index = memory_search(start - PAGE);

    for (; start + size - 1 <= highest; index++) {
        if (index == memory.count || memory.ranges[index].address >= start + size + PAGE) {
            return start;
        }
        start = (memory.ranges[index].address + memory.ranges[index].size + 2u * PAGE - 1) &
                ~(uint64_t)(PAGE - 1);
    }
    return 0;
}

static uint64_t memory_place_locked(uint64_t highest, uint64_t size)
{
    for (size_t i = 0; i < sizeof(memory.zones) / sizeof(memory.zones[0]); i++) {
        struct memory_zone *zone = &memory.zones[i];
        uint64_t end = highest < zone->highest ? highest : zone->highest;
        uint64_t start = zone->next != 0 ? zone->next : zone->lowest;
        uint64_t place;

        if (highest < zone->lowest) {
            continue;
        }
        place = start <= end ? memory_gap_locked(start, end, size) : 0;
        if (place == 0) {
            place = memory_gap_locked(zone->lowest, end, size);
        }
        if (place != 0) {
            zone->next = place + size + PAGE;
        }
        return place;
    }
    return 0;
}

bool hal_memory_map(void *data, size_t size, unsigned offset, uint64_t highest, uint64_t *logical)
{
    uint64_t pages = (offset % PAGE + (uint64_t)size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    struct memory_range range = {.size = size, .data = data, .mapped = true};
    bool added = false;

    base_lock_acquire(&memory.lock);
    range.address = memory_place_locked(highest, pages);
    if (range.address != 0) {
        range.address += offset % PAGE;
        added = memory_add_locked(&range);
    }
    base_lock_release(&memory.lock);
    *logical = range.address;
    return added;
}

void hal_memory_open(uint64_t logical, unsigned access)
{
    struct memory_range *range;

    base_lock_acquire(&memory.lock);
    range = memory_find_locked(logical);
    if (range != NULL) {
        range->access = access;
    }
    base_lock_release(&memory.lock);
}

void hal_memory_unmap(uint64_t logical, const char *how)
{
    struct memory_range *range;

    base_lock_acquire(&memory.lock);
    range = memory_find_locked(logical);
    if (range != NULL) {
        struct memory_ended *ended = &memory.ended[memory.ended_count++ % ENDED_RANGES];

        *ended = (struct memory_ended){range->address, range->size, how};
        memory_remove_locked(range);
    }
    base_lock_release(&memory.lock);
}

void hal_memory_stop(void)
{
    for (size_t i = 0; i < sizeof(memory.zones) / sizeof(memory.zones[0]); i++) {
        memory.zones[i].next = 0;
    }
    memory.ended_count = 0;
}

/* ---- a device's access ---- */

/* What was at the address last. */
static struct hal_memory_answer memory_ended_locked(uint64_t address)
{
    size_t known = memory.ended_count < ENDED_RANGES ? memory.ended_count : ENDED_RANGES;

    for (size_t i = 1; i <= known; i++) {
        const struct memory_ended *ended = &memory.ended[(memory.ended_count - i) % ENDED_RANGES];

        if (address - ended->address < ended->size) {
            return (struct hal_memory_answer){HAL_MEMORY_ENDED, ended->address, ended->size,
                                              ended->how};
        }
    }
    return (struct hal_memory_answer){.result = HAL_MEMORY_NOWHERE};
}

/* Where the bytes lie; NULL: refused, *answer says why. */
static uint8_t *memory_access_locked(uint64_t address, size_t size, unsigned access,
                                     struct hal_memory_answer *answer)
{
    const struct memory_range *range = memory_holding_locked(address);

    if (range == NULL || range->access == 0) {
        *answer = memory_ended_locked(address);
        return NULL;
    }
    *answer = (struct hal_memory_answer){
        .result = HAL_MEMORY_DONE, .start = range->address, .size = range->size};
    if (!memory_reaches(range, address, size)) {
        answer->result = HAL_MEMORY_BEYOND;
        return NULL;
    }
    if ((range->access & access) == 0) {
        answer->result = HAL_MEMORY_FORBIDDEN;
        return NULL;
    }
    return range->data + (address - range->address);
}

struct hal_memory_answer hal_memory_read(uint64_t address, void *data, size_t size)
{
    struct hal_memory_answer answer;
    const uint8_t *place;

    base_lock_acquire(&memory.lock); /* while it is moved it stays mapped */
    place = memory_access_locked(address, size, HAL_MEMORY_READ, &answer);
    if (place != NULL) {
        memcpy(data, place, size);
    }
    base_lock_release(&memory.lock);
    return answer;
}

struct hal_memory_answer hal_memory_write(uint64_t address, const void *data, size_t size)
{
    struct hal_memory_answer answer;
    uint8_t *place;

    base_lock_acquire(&memory.lock);
    place = memory_access_locked(address, size, HAL_MEMORY_WRITE, &answer);
    if (place != NULL) {
        memcpy(place, data, size);
    }
    base_lock_release(&memory.lock);
    return answer;
}
