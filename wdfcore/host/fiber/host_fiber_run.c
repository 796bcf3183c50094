/* host_fiber_run.c - the stack outside of the fiber scheduler: it gives the turn away until its
 * condition holds, and when nobody wants the turn it takes what is posted or due, moves virtual time,
 * or waits for the loop.
 */
#include "base/assert.h"
#include "host/host_loop.h"
#include "host/fiber/host_sched_fiber.h"
#include "host/host_trap.h"
#include "host/host_watchdog.h"

void host_fiber_halt(void)
{
    atomic_store(&host.halted, true);
    host_loop_wake();
}

void host_fiber_run_recheck(void)
{
    host.recheck = true;
}

void host_fiber_run_interrupt(void)
{
    atomic_store(&host.interrupted, true);
    host_loop_wake();
}

bool host_fiber_run_escape(void)
{
    if (host.turn == HOST_NO_PROCESSOR) {
        return false;
    }
    host_turn_give_outside();
    host_watchdog_enter(false);
    host_fiber_halt();
    return true;
}

enum run_mode {
    RUN_UNTIL_DONE, /* waits for the outside as long as something can come from there */
    RUN_UNTIL_IDLE, /* waits for what is due, and for open streams */
    RUN_NO_WAIT,    /* does what can be done now */
};

/* Nobody has work. Returns false if nothing can happen any more, or not without waiting. */
static bool run_idle(enum run_mode mode)
{
    uint64_t due = host.config.upcalls.next_due();
    uint64_t now;

    if (host_posts_pending()) {
        host_fiber_processor_kick(0);
        return true;
    }
    host_clock_refresh();
    now = host_clock_machine();
    if (due <= now) {
        host.config.upcalls.due();
        return true;
    }
    if (host_clock_is_virtual()) {
        if (due == HOST_NEVER) {
            return false;
        }
        host_clock_jump(due);
        host.config.upcalls.due();
        return true;
    }
    if (mode == RUN_NO_WAIT || (due == HOST_NEVER && !host_loop_has_streams())) {
        return false;
    }
    host_loop_wait(due == HOST_NEVER ? HOST_NEVER : due - now);
    host_clock_refresh();
    host.statistics_polls++;
    return true;
}

static enum host_run_result run(bool (*done)(void *), void *context, enum run_mode mode)
{
    for (;;) {
        uint32_t next;

        host.recheck = false;
        atomic_store_explicit(&host.interrupted, false, memory_order_relaxed);
        if (atomic_load(&host.halted)) {
            return HOST_RUN_HALTED;
        }
        if (done != NULL && done(context)) {
            return HOST_RUN_DONE;
        }
        if (host.passes >= HOST_TURNS_BETWEEN_POLLS && mode != RUN_NO_WAIT) {
            host.passes = 0;
            host.statistics_polls++;
            host_loop_turn();
            host_clock_refresh();
            host.polled_at = host.real_now;
        }
        if (host_posts_pending() && host.work == 0) {
            host_fiber_processor_kick(0);
        }
        next = host_turn_next(host.last);
        if (next != HOST_NO_PROCESSOR) {
            host_watchdog_enter(true);
            host_fiber_switch(host.outside, host_turn_give(next));
            host_watchdog_enter(false);
            continue;
        }
        if (!run_idle(mode)) {
            if (mode != RUN_UNTIL_DONE) {
                return HOST_RUN_DONE;
            }
            if (!host.config.upcalls.stuck()) {
                return HOST_RUN_STUCK;
            }
        }
    }
}

enum host_run_result host_fiber_run(bool (*done)(void *), void *context)
{
    enum host_run_result result;

    CORE_ASSERT(host.turn == HOST_NO_PROCESSOR && !host.driving);
    host_trap_again();
    host.driving = true;
    result = run(done, context, done != NULL ? RUN_UNTIL_DONE : RUN_UNTIL_IDLE);
    host.driving = false;
    return result;
}

/* The program's loop turns: work until only waiting is left, then have it turn when that is over. */
static void host_pump(void)
{
    uint64_t due;
    uint64_t now;

    if (host.driving || atomic_load(&host.halted)) {
        return;
    }
    host_trap_again();
    host.driving = true;
    run(NULL, NULL, RUN_NO_WAIT);
    host.driving = false;
    host.passes = 0;
    due = host.config.upcalls.next_due();
    now = host_clock_machine();
    host_loop_arm(due == HOST_NEVER ? HOST_NEVER : (due > now ? due - now : 0));
}

int host_fiber_attach(struct uv_loop_s *loop)
{
    return host_loop_attach(loop, host_pump);
}
