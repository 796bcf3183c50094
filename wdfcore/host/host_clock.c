/* host_clock.c - machine time. Real: the monotonic clock, one for all processors. Virtual: one
 * clock a processor, moved by what its code does; the machine's time is the least of those that
 * have work, so that work on two processors overlaps in time.
 */
#include <stddef.h>
#include <time.h>

#include "base/assert.h"
#include "host/host_internal.h"

#define NS_PER_SECOND 1000000000ULL
/* 2020-01-01 00:00 UTC, the system time at which every virtual machine starts. */
#define VIRTUAL_WALL_100NS 132223104000000000ULL
#define UNIX_EPOCH_100NS   116444736000000000ULL

static uint64_t clock_monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

void host_clock_start(void)
{
    host.idle_clock = 0;
    host.real_origin = clock_monotonic();
    host.real_now = 0;
}

bool host_clock_is_virtual(void)
{
    return host.config.clock == HOST_CLOCK_VIRTUAL;
}

void host_clock_refresh(void)
{
    if (!host_clock_is_virtual()) {
        host.real_now = clock_monotonic() - host.real_origin;
    }
}

uint64_t host_clock_machine(void)
{
    uint64_t least = HOST_NEVER;

    if (!host_clock_is_virtual()) {
        return host.real_now;
    }
    for (uint64_t left = host.work; left != 0; left &= left - 1) {
        uint64_t clock = host.processors[__builtin_ctzll(left)].clock;

        if (clock < least) {
            least = clock;
        }
    }
    return least != HOST_NEVER ? least : host.idle_clock;
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
        return host.real_now;
    }
    host_clock_charge(processor, host.config.clock_read_cost_ns);
    return host.processors[processor].clock;
}

uint64_t host_clock_peek(uint32_t processor)
{
    return host_clock_is_virtual() ? host.processors[processor].clock : host.real_now;
}

void host_clock_charge(uint32_t processor, uint64_t ns)
{
    if (ns == 0 || !host_clock_is_virtual()) {
        return;
    }
    host.processors[processor].clock += ns;
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
    now = host.turn != HOST_NO_PROCESSOR ? host.processors[host.turn].clock : host_clock_machine();
    if (host.processors[processor].clock < now) {
        host.processors[processor].clock = now;
    }
}

void host_clock_jump(uint64_t ns)
{
    CORE_ASSERT(host_clock_is_virtual() && host.work == 0);
    if (host.idle_clock < ns) {
        host.idle_clock = ns;
    }
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
