/* ke_clock.c - time as drivers see it. System time is the wall time at which the machine started
 * plus machine time; performance counter and interrupt time count machine time in 100 ns.
 */
#include "nt/ke/ke_api.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_machine.h"
#include "nt/thread/ke_thread.h"
#include "nt/time/ke_timer.h"
#include "nt/ke/ke_window.h"

#define COUNTS_PER_SECOND 10000000

static uint64_t last_read_100ns;   /* (a) the greatest time that any driver has read */
static int64_t system_shift_100ns; /* (a) how far the system's clock was set since the start */

uint64_t ke_clock_wall_100ns(void)
{
    return host_clock_wall_100ns() +
           (uint64_t)__atomic_load_n(&system_shift_100ns, __ATOMIC_RELAXED);
}

void ke_clock_shift_system_time(int64_t shift_100ns)
{
    __atomic_fetch_add(&system_shift_100ns, shift_100ns, __ATOMIC_RELAXED);
    ke_waits_shift_absolute(shift_100ns);
    ke_timers_shift_absolute(shift_100ns);
}

uint64_t ke_clock_read_100ns(void)
{
    uint64_t now = host_clock_read(ke_self->number) / 100;

    base_ring_set_time(&ke_self->ring, now);
    return now;
}

/* What a driver has read on one processor has passed on all: a clock that is behind moves up. A read
 * may be one step of a loop that waits for time to pass. */
static ULONGLONG clock_read_api(void)
{
    ULONGLONG now;
    uint64_t last;

    if (host_others_have_work()) {
        ke_spin_step();
    }
    now = ke_clock_read_100ns();
    last = __atomic_load_n(&last_read_100ns, __ATOMIC_RELAXED);
    if (now < last) {
        host_clock_charge(ke_self->number, (last - now) * 100);
        now = ke_clock_now_100ns();
    }
    while (last < now && !__atomic_compare_exchange_n(&last_read_100ns, &last, now, true,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return now;
}

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER counter = {.QuadPart = 0};

    if (PerformanceFrequency != NULL) {
        PerformanceFrequency->QuadPart = COUNTS_PER_SECOND;
    }
    if (API(HIGH_LEVEL)) {
        counter.QuadPart = (LONGLONG)clock_read_api();
    }
    return counter;
}

#undef KeQuerySystemTime
VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = 0;
    if (API(HIGH_LEVEL)) {
        CurrentTime->QuadPart = (LONGLONG)(ke_clock_wall_100ns() + clock_read_api());
    }
}

VOID KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    KeQuerySystemTime(CurrentTime);
}

#undef KeQueryInterruptTime
ULONGLONG KeQueryInterruptTime(VOID)
{
    return API(HIGH_LEVEL) ? clock_read_api() : 0;
}

ULONGLONG KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    ULONGLONG now = KeQueryInterruptTime();

    *QpcTimeStamp = now;
    return now;
}

ULONGLONG KeQueryUnbiasedInterruptTime(VOID)
{
    return KeQueryInterruptTime(); /* the machine never sleeps */
}

ULONGLONG KeQueryUnbiasedInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    return KeQueryInterruptTimePrecise(QpcTimeStamp);
}

ULONG KeQueryTimeIncrement(VOID)
{
    return API_QUIET(HIGH_LEVEL) ? ke_machine.config.tick_ns / 100 : 0;
}

#undef KeQueryTickCount
VOID KeQueryTickCount(PLARGE_INTEGER CurrentCount)
{
    CurrentCount->QuadPart = 0;
    if (API(HIGH_LEVEL)) {
        CurrentCount->QuadPart = (LONGLONG)(clock_read_api() / (ke_machine.config.tick_ns / 100));
    }
}

VOID KeStallExecutionProcessor(ULONG MicroSeconds)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    host_clock_stall(ke_self->number, (uint64_t)MicroSeconds * 1000);
    ke_clock_noted(ke_self);
    if (host_others_have_work()) {
        ke_spin_step();
    }
    ke_window_point();
}

#undef YieldProcessor
VOID YieldProcessor(VOID)
{
    if (API_QUIET(HIGH_LEVEL)) {
        ke_charge(ke_self, ke_machine.config.clock_read_ns);
        ke_spin_step();
    }
}

static void clock_start(void)
{
    system_shift_100ns = 0;
    last_read_100ns = 0;
}

static struct ke_machine_part clock_part = {.order = 0, .start = clock_start};

__attribute__((constructor)) static void clock_register(void)
{
    ke_machine_register(&clock_part);
}
