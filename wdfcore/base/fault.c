#include "base/fault.h"

#include <stdatomic.h>
#include <string.h>

static const char *const names[BASE_FAULT_COUNT] = {
    [BASE_FAULT_DPC_INSERT] = "DpcInsert",
};

/* Relaxed throughout: the counts order nothing. */
static struct {
    _Atomic uint64_t every; /* 0: not armed */
    _Atomic uint64_t passed;
    _Atomic uint64_t hits;
} points[BASE_FAULT_COUNT];

enum base_fault base_fault_find(const char *name)
{
    enum base_fault point = 0;

    while (point < BASE_FAULT_COUNT && strcmp(names[point], name) != 0) {
        point++;
    }
    return point;
}

void base_fault_arm(enum base_fault point, uint64_t every)
{
    atomic_store_explicit(&points[point].passed, 0, memory_order_relaxed);
    atomic_store_explicit(&points[point].hits, 0, memory_order_relaxed);
    atomic_store_explicit(&points[point].every, every, memory_order_relaxed);
}

void base_fault_reset(void)
{
    for (enum base_fault point = 0; point < BASE_FAULT_COUNT; point++) {
        base_fault_arm(point, 0);
    }
}

bool base_fault_due(enum base_fault point)
{
    uint64_t every = atomic_load_explicit(&points[point].every, memory_order_relaxed);

    if (every == 0 ||
        (atomic_fetch_add_explicit(&points[point].passed, 1, memory_order_relaxed) + 1) % every !=
            0) {
        return false;
    }
    atomic_fetch_add_explicit(&points[point].hits, 1, memory_order_relaxed);
    return true;
}

uint64_t base_fault_hits(enum base_fault point)
{
    return atomic_load_explicit(&points[point].hits, memory_order_relaxed);
}
