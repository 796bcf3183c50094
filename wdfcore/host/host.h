#pragma once
/* host.h - everything that the machine needs from the host: tasks and processors, a clock, posts
 * and the event loop. One contract, two implementations: fibers on one host thread, and a thread
 * for each processor and task.
 *
 * Rules for contexts:
 * - a *task* has a stack of its own; a *processor* has an idle context; DPCs and ISRs run nested on
 *   whichever of these their processor was running
 * - a processor *has work* while it runs a task, is kicked, or a ready task can run on it
 * - fibers: exactly one processor executes at a time: it has the *turn*
 * - threads: a task owns no processor until it claims one (its *home* if that is free), and then
 *   nobody else executes on it; a processor's own thread claims it when it is kicked and free
 * - threads: while host_run is not driving, every context that passes a window rests there
 * - code that loses the turn, blocks or is abandoned comes back only through the scheduler; after
 * it came back everything that is per processor must be read again
 * - ties go by number and by order of arrival, never by address
 *
 * Rules for the loop:
 * - only host_loop.c calls uv_run, on the stack that called host_run, never nested
 * - a libuv callback runs in no context of the machine: it moves bytes, notes and posts
 *
 * Times are nanoseconds since the machine was created unless a name says otherwise.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/lock.h"

#define HOST_MAX_PROCESSORS 64u
#define HOST_NO_PROCESSOR   UINT32_MAX
#define HOST_NEVER          UINT64_MAX

enum host_scheduler { HOST_SCHEDULER_FIBER, HOST_SCHEDULER_THREAD };
enum host_clock_kind { HOST_CLOCK_REAL, HOST_CLOCK_VIRTUAL };

struct host_task;

struct host_upcalls {
    /* The idle context of the processor has been entered because it was kicked: deliver its
     * interrupts, drain its DPCs. Returns when nothing is left to do. */
    void (*dispatch)(uint32_t processor);
    /* From now on this thread executes on the processor in the context of the task (NULL: idle);
     * HOST_NO_PROCESSOR: on the stack outside, or (threads) in the task, which owns no processor. */
    void (*current)(uint32_t processor, struct host_task *task);
    /* When the next timed event is due; HOST_NEVER: none. */
    uint64_t (*next_due)(void);
    /* The machine's time has reached next_due() and no processor runs: mark a processor and kick
     * it. */
    void (*due)(void);
    /* Ask the processor (HOST_NO_PROCESSOR: each one) to look at its next window: another one wants
     * the turn, the clock ticked or a post arrived. Async-signal-safe; may come from any host
     * thread. */
    void (*attention)(uint32_t processor);
    /* With costs: which of these processors, whose clocks are equal, goes first. NULL: the lowest. */
    uint32_t (*tie)(uint64_t processors);
    /* No context can run, nothing is due and nothing can arrive from outside. Returns whether it
     * has posted or kicked something, so that the run goes on. */
    bool (*stuck)(void);
    /* Threads: the processor was left while something waits for it: interrupts, DPCs, attention. */
    bool (*pending)(uint32_t processor);
    /* Threads: each context has to call host_pause_point at its next window. */
    void (*pause)(void);
    /* Where the windows of the calling host thread are counted; valid while the thread lives. */
    const void *(*pulse)(void);
    /* A number that changes with every window there. From the watchdog's thread. */
    uint64_t (*heartbeat)(const void *pulse);
    /* The code at these return addresses (innermost first; 0: unknown) used seconds of CPU time
     * without a window. From the watchdog's thread; the process ends with 3 when it returns. */
    void (*no_window)(void *const *frames, int count);
};

struct host_config {
    enum host_scheduler scheduler;
    enum host_clock_kind clock;
    uint32_t processors;         /* 1 to HOST_MAX_PROCESSORS */
    uint32_t clock_read_cost_ns; /* what a clock read or a yield moves the virtual clock; 100 */
    bool driven; /* threads: the program's threads drive the processors: host_visit */
    bool costs;  /* true: the turn always goes to the processor of the least clock */
    struct host_upcalls upcalls;
};

/* host_start/host_stop: one machine at a time. Stop frees all contexts, wherever they stand, and
 * closes all handles of the loop. Returns 0, or a negative errno. */
int host_start(const struct host_config *config);
void host_stop(void);

/* ---- tasks ---- */

/* host_task_create: a task that will run entry(argument) once it has been woken. NULL: no memory.
 *   affinity  bit i: it may run on processor i; not 0
 *   cookie    the caller's own, see host_task_cookie
 * The entry must end with host_task_exit. */
struct host_task *host_task_create(void (*entry)(void *), void *argument, uint64_t affinity,
                                   void *cookie);
void *host_task_cookie(const struct host_task *task);
/* The running task, NULL in an idle context or outside the machine. */
struct host_task *host_task_current(void);
/* host_task_wake: make it runnable; a wake of a task that does not block makes its next block
 * return at once, so whoever blocks looks at what it waits for again. */
void host_task_wake(struct host_task *task);
/* host_task_block: the current task waits until it is woken. */
void host_task_block(void);
/* host_task_yield: let another ready task of this processor run first, if there is one. */
void host_task_yield(void);
/* host_task_exit: the current task is over; its stack is reused, the handle is dead. */
_Noreturn void host_task_exit(void);
/* host_task_set_affinity: of the current task; it is on an allowed processor when this returns. */
void host_task_set_affinity(uint64_t affinity);
/* host_task_set_urgent: it goes before the other tasks of its processor (the DPC thread). */
void host_task_set_urgent(struct host_task *task);

/* ---- processors and the turn ---- */

/* host_processor_kick: the processor has interrupts, DPCs or due events to look at. */
void host_processor_kick(uint32_t processor);
bool host_processor_has_work(uint32_t processor);
/* host_processor_is_idle: it runs no task and has not been kicked. */
bool host_processor_is_idle(uint32_t processor);
/* host_others_have_work: a processor other than the one with the turn could run now. */
bool host_others_have_work(void);
/* host_turn_pass: let the next processor with work run (with costs: the one with the least clock;
 * processor: this one, if it has work). Returns when the caller has the turn again; false: there
 * was nobody else. */
bool host_turn_pass(uint32_t processor);
/* host_turn_is_behind: with costs, another processor with work has a smaller clock. */
bool host_turn_is_behind(void);
/* ---- threads: owning a processor ---- */

/* host_processor_claim: the current task owns the returned processor from now on: its home, else a
 * free one of its affinity, which becomes its home. Waits while none is free.
 * host_processor_try_claim: this processor, if it is free.
 * host_processor_release: it is free again. Who released it looks at pending() afterwards and claims
 * it again if there is something, so that nothing is lost. */
uint32_t host_processor_claim(void);
bool host_processor_try_claim(uint32_t processor);
void host_processor_release(uint32_t processor);
/* host_task_home: where the current task claims first. */
uint32_t host_task_home(void);
/* host_pause_point: rest here while the machine is not driven. At a window. */
void host_pause_point(void);
/* ---- threads: a thread of the program is a processor for a while ----
 * Rules for a visit:
 * - one thread at a time visits a processor; it owns it, in its idle context, but while it waits
 * - it is one of the contexts that run: a host_run of another thread waits until it passes a window
 * - while somebody visits or waits to, the world goes on without host_run
 * - what a processor's own thread waits for (timers, streams), it goes on waiting for, and kicks
 */
enum host_visit_result {
    HOST_VISIT_DONE,
    HOST_VISIT_BUSY,   /* another thread visits it, or the caller visits one already */
    HOST_VISIT_HALTED, /* the machine is stopped: the body was not called, or left by a jump */
};

/* host_visit: body(argument) on the calling thread, which stands outside the machine, as that
 * processor. waits: not before somebody has kicked it, or host_run_interrupt. */
enum host_visit_result host_visit(uint32_t processor, bool waits, void (*body)(void *),
                                  void *argument);
/* host_visit_wait: let the visited processor go until somebody kicks it, or host_run_interrupt. */
void host_visit_wait(void);
/* host_runs_alone: the calling thread, a context of the machine with threads, may run on one processor of
 * the host only, where spinning for another thread helps nobody. */
bool host_runs_alone(void);
/* host_visited: the processor that the calling thread visits; HOST_NO_PROCESSOR: none. */
uint32_t host_visited(void);

/* host_due_moved: something is due earlier than all before. */
void host_due_moved(void);

/* host_loop_poll: look at the loop without waiting, then go on; nothing without streams, or when it
 * was polled within the last millisecond. */
void host_loop_poll(void);
/* host_context_abandon: the calling context never runs again; nothing of it is unwound. */
_Noreturn void host_context_abandon(void);
/* host_stack_guards: the address lies right below the stack of the running context: it is used up.
 * Async-signal-safe. */
bool host_stack_guards(const void *address);
/* host_stack_limits: the stack of the running context: from low to below high. Both NULL outside. */
void host_stack_limits(const char **low, const char **high);
/* host_halt: no context runs again until host_stop; host_run returns. */
void host_halt(void);

/* ---- driving, from the stack that is no context ---- */

enum host_run_result {
    HOST_RUN_DONE,   /* the condition became true */
    HOST_RUN_STUCK,  /* nothing can happen any more */
    HOST_RUN_HALTED, /* host_halt was called */
};

/* host_run: drive the machine until done(context) is true; it is asked between turns. */
enum host_run_result host_run(bool (*done)(void *), void *context);
/* host_run_escape: the stack that called host_run jumped out of a context instead of returning: no
 * context runs again until host_stop. false: that did not happen. */
bool host_run_escape(void);
/* host_attach: from now on the machine works whenever the program's own libuv loop turns; streams and
 * what is due keep that loop alive. Before the first stream is opened. host_run still works, but not
 * from a callback of that loop; nor does host_stop.
 * Returns 0, -EBUSY (there is a loop already) or another negative errno. */
struct uv_loop_s;
int host_attach(struct uv_loop_s *loop);
/* host_run_recheck: ask the condition before the next processor gets the turn. From a context; from the
 * condition itself, which then polls: with threads not before the others had a while. */
void host_run_recheck(void);
/* host_run_interrupt: the same from a signal handler or another thread. */
void host_run_interrupt(void);

/* ---- clock ---- */

/* host_clock_read: what the processor's clock shows. Virtual: moves it by the configured cost.
 * host_clock_peek: the same without cost; real: as cached at the last turn, poll or read.
 * host_clock_sample: the same without any effect; real: read now. For the recording. */
uint64_t host_clock_read(uint32_t processor);
extern const _Atomic uint64_t *host_clock_cells[HOST_MAX_PROCESSORS] BASE_HIDDEN;
static inline uint64_t host_clock_peek(uint32_t processor)
{
    /* Relaxed: the value alone matters. */
    return atomic_load_explicit(host_clock_cells[processor], memory_order_relaxed);
}
uint64_t host_clock_sample(uint32_t processor);
/* host_clock_charge: the processor was busy for so long (virtual; real: nothing).
 * host_clock_stall: it spins for so long (real: it really does). */
void host_clock_charge(uint32_t processor, uint64_t ns);
void host_clock_stall(uint32_t processor, uint64_t ns);
/* host_clock_machine: the least clock of the processors that have work. Due events follow it. */
uint64_t host_clock_machine(void);
bool host_clock_is_virtual(void);
/* host_clock_refresh: real: read the clock into the cache. */
void host_clock_refresh(void);
/* host_clock_wall_100ns: system time at machine time 0, in 100 ns since 1601 UTC (virtual: a
 * constant). */
uint64_t host_clock_wall_100ns(void);

/* ---- what the scheduler counted ---- */

struct host_statistics {
    uint64_t turns, switches, polls;
};
void host_statistics_read(struct host_statistics *statistics);

/* ---- posts ---- */

/* host_post: deliver(context) runs once, in order of posting, at a processor's next window or in an
 * idle context. May be called from libuv callbacks and from contexts.
 * host_posts_deliver: run what is posted now (nt calls it at a window). */
struct host_post { /* zeroed before its first use */
    struct host_post *next;
    void (*deliver)(void *context);
    void *context;
    bool queued;
};
void host_post(struct host_post *post);
bool host_posts_pending(void);
void host_posts_deliver(void);
/* host_post_cancel: it will not be delivered; nothing happens if it is not queued. */
void host_post_cancel(struct host_post *post);
