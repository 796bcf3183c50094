/* host_clock.c - machine time. Real: the monotonic clock, one for all processors. Virtual: one
 * clock a processor, moved by what its code does; the machine's time is the least of those that
 * have work, so that work on two processors overlaps in time.
 */
#include <stddef.h>
#include <time.h>

#include "base/assert.h"
#include "base/lock.h"
#include "host/host_internal.h"

#define NS_PER_SECOND 1000000000ULL
/* 2020-01-01 00:00 UTC, the system time at which every virtual machine starts. */
#define VIRTUAL_WALL_100NS 132223104000000000ULL
#define UNIX_EPOCH_100NS   116444736000000000ULL

/* The value alone matters; what it orders is ordered by those who hand work over. */
static uint64_t load(_Atomic uint64_t *clock)
{
    return atomic_load_explicit(clock, memory_order_relaxed);
}

static void store(_Atomic uint64_t *clock, uint64_t ns)
{
    atomic_store_explicit(clock, ns, memory_order_relaxed);
}

static uint64_t clock_monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* Where the time of each processor stands: its own clock, or the one of all. */
const _Atomic uint64_t *host_clock_cells[HOST_MAX_PROCESSORS] = {
    [0 ... HOST_MAX_PROCESSORS - 1] = &host.real_now,
};

void host_clock_start(void)
{
    for (uint32_t i = 0; i < HOST_MAX_PROCESSORS; i++) {
        host_clock_cells[i] = host_clock_is_virtual() ? &host.processors[i].clock : &host.real_now;
    }
    store(&host.idle_clock, 0);
    host.real_origin = clock_monotonic();
    store(&host.real_now, 0);
}

bool host_clock_is_virtual(void)
{
    return host.config.clock == HOST_CLOCK_VIRTUAL;
}

void host_clock_raise(_Atomic uint64_t *clock, uint64_t ns)
{
    uint64_t before = load(clock);

    while (before < ns && !atomic_compare_exchange_weak(clock, &before, ns)) {
    }
}

/* With threads another may have read later and noted it first: the time that was noted never goes
 * back, for what has been found due stays due. */
void host_clock_refresh(void)
{
    uint64_t now;

    if (host_clock_is_virtual()) {
        return;
    }
    now = clock_monotonic() - host.real_origin;
    if (base_threaded) {
        host_clock_raise(&host.real_now, now);
    } else {
        store(&host.real_now, now);
    }
}

/* With threads: the least clock of those that run. It may be out of date when it returns, but what
 * was told once stays true: machine time never goes back. */
static uint64_t clock_machine_threaded(void)
{
    uint64_t least = HOST_NEVER;

    for (uint32_t i = 0; i < host.config.processors; i++) {
        if (atomic_load(&host.processors[i].runners) > 0) {
            uint64_t clock = load(&host.processors[i].clock);

            least = clock < least ? clock : least;
        }
    }
    if (least != HOST_NEVER) {
        host_clock_raise(&host.idle_clock, least);
    }
    return load(&host.idle_clock);
}

uint64_t host_clock_machine(void)
{
    uint64_t least = HOST_NEVER;

    if (!host_clock_is_virtual()) {
        return load(&host.real_now);
    }
    if (base_threaded) {
        return clock_machine_threaded();
    }
    for (uint64_t left = host.work; left != 0; left &= left - 1) {
        uint64_t clock = load(&host.processors[__builtin_ctzll(left)].clock);

        if (clock < least) {
            least = clock;
        }
    }
    return least != HOST_NEVER ? least : load(&host.idle_clock);
}

/* The clock has moved: whoever is due must be seen at the next window. */
static void clock_moved(uint32_t processor)
{
    if (host.config.upcalls.next_due() <= host_clock_machine()) {
        host.config.upcalls.attention(processor);
    }
}

uint64_t host_clock_read(uint32_t processor)
{
    if (!host_clock_is_virtual()) {
        host_clock_refresh();
        clock_moved(processor);
        return load(&host.real_now);
    }
    host_clock_charge(processor, host.config.clock_read_cost_ns);
    return load(&host.processors[processor].clock);
}

uint64_t host_clock_sample(uint32_t processor)
{
    return host_clock_is_virtual() ? host.processors[processor].clock
                                   : clock_monotonic() - host.real_origin;
}

void host_clock_charge(uint32_t processor, uint64_t ns)
{
    if (ns == 0 || !host_clock_is_virtual()) {
        return;
    }
    if (base_threaded) {
        atomic_fetch_add_explicit(&host.processors[processor].clock, ns, memory_order_relaxed);
    } else {
        store(&host.processors[processor].clock, load(&host.processors[processor].clock) + ns);
    }
    clock_moved(processor);
}

void host_clock_stall(uint32_t processor, uint64_t ns)
{
    uint64_t end;

    if (host_clock_is_virtual()) {
        host_clock_charge(processor, ns);
        return;
    }
    end = clock_monotonic() + ns;
    while (clock_monotonic() < end) {
    }
    host_clock_refresh();
    clock_moved(processor);
}

void host_clock_follow(uint32_t processor)
{
    uint64_t now;

    if (!host_clock_is_virtual()) {
        return;
    }
    now = host.turn != HOST_NO_PROCESSOR ? load(&host.processors[host.turn].clock)
                                         : host_clock_machine();
    host_clock_raise(&host.processors[processor].clock, now);
}

void host_clock_jump(uint64_t ns)
{
    CORE_ASSERT(host_clock_is_virtual() && host.work == 0);
    host_clock_raise(&host.idle_clock, ns);
}

uint64_t host_clock_wall_100ns(void)
{
    struct timespec now;
    uint64_t since_start;

    if (host_clock_is_virtual()) {
        return VIRTUAL_WALL_100NS;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    since_start = clock_monotonic() - host.real_origin;
    return UNIX_EPOCH_100NS + (uint64_t)now.tv_sec * 10000000ULL + (uint64_t)now.tv_nsec / 100 -
           since_start / 100;
}
