#pragma once
/* host_thread.h - the host threads of the thread scheduler, and the counts that say when the machine
 * is at rest.
 * Rules for a thread:
 * - it serves one processor while the machine lives, or one task after the other from a pool
 * - a context is left by a jump to the base of its thread: what it was doing is not unwound
 * Rules for the world (all contexts together):
 * - *active* counts contexts that run or have been woken: a wake-up counts before the waker lets go
 * - who brings it to zero moves virtual time, alone, or tells the outside that nothing can happen
 * - while nobody drives, the world is paused: contexts rest at their next window and are *parked*
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>

#include "host/host_internal.h"
#include "host/host_watchdog.h"

struct host_thread {
    pthread_t id;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* with lock: task, woken */
    struct host_task *task; /* NULL: in the pool, or a processor's */
    uint32_t processor;     /* (c) HOST_NO_PROCESSOR: a task's */
    bool woken;             /* (lock) a wake that the task has not seen */
    bool waiting;           /* (lock) the task counts as blocked */
    jmp_buf base;
    const char *stack_low; /* (c) the lowest usable address ... */
    size_t stack_size;     /* (c) ... and how much follows it */
    void *trap_stack;      /* (c) see host_trap_thread; kept for the next thread */
    struct host_watched watched;
    unsigned alone_asked;     /* how often, see host_runs_alone */
    bool alone;               /* the answer, as of the last count */
    struct host_thread *next; /* the pool */
};

struct thread_processor {
    struct host_thread thread; /* its own */
    atomic_bool owned;
    atomic_uint watched; /* enum watched, host_claim.c */
    atomic_uint alone;   /* releases with a barrier since anybody relied on one */
    atomic_bool kicked;  /* somebody has to look: who takes this does, and rests then */
    atomic_bool
        defers;      /* what is due is its owner's business; its thread sleeps until that lets go */
    unsigned rounds; /* of its thread */
    atomic_bool visited; /* a thread of the program visits it, or waits to (host_visit.c) */
    atomic_bool poked;   /* the visitor's wait ends, whatever there is */
    atomic_uint sleeps;  /* 1: the visitor is in the kernel, or on its way; a futex */
};

extern struct thread_processor host_thread_processors[HOST_MAX_PROCESSORS];

/* host_kick_take: the caller is active from here on, for the processor that was kicked. false: it is not. */
bool host_kick_take(struct thread_processor *processor);

/* The thread that runs; NULL: no context of the machine. */
extern _Thread_local struct host_thread *host_thread_self;

/* host_thread_start: main runs on a new host thread with blocked signals. false: none is left. */
bool host_thread_start(struct host_thread *thread, void *(*main)(void *));
/* host_thread_arrive: the first thing on it. */
void host_thread_arrive(struct host_thread *thread);
/* host_thread_leave: the context is over or abandoned: back to its base. */
_Noreturn void host_thread_leave(void);
/* host_thread_landed: the first thing there: a sanitizer forgets what lay on the stack. */
void host_thread_landed(const struct host_thread *thread);

/* host_claim_start: the processor is free, when the machine starts.
 * host_processor_is_owned: true: its owner sees, when it lets go, what the caller has brought before. */
void host_claim_start(struct thread_processor *processor);
bool host_processor_is_owned(struct thread_processor *processor);

/* host_claims_forget: the machine ends: no task waits for a processor any more. */
void host_claims_forget(void);

/* host_visitor_wake: the visitor that waits for this processor goes on. false: none waits.
 * host_visitors_poke: all of them. Async-signal-safe. */
bool host_visitor_wake(struct thread_processor *processor);
void host_visitors_poke(void);

/* ---- the world ---- */

void host_world_start(void);
/* host_world_end: every context leaves when it wakes or passes the gate. */
void host_world_end(void);
bool host_world_is_ending(void);
/* host_world_join: a context with this home becomes active, by whoever wakes it. */
void host_world_join(uint32_t home);
/* host_world_kick: the same, but nobody runs yet: who takes the kick. Until then the world can be still
 * without it, for who has to take it may be parked.
 * host_world_kick_taken: by the one who rests for it. */
void host_world_kick(uint32_t home);
void host_world_kick_taken(void);
/* host_world_rest: the calling context, active until now, waits from here on. */
void host_world_rest(uint32_t home);
/* host_world_move: the active context has another home. */
void host_world_move(uint32_t from, uint32_t to);
/* host_world_gate: an active context goes on, or parks while the world is paused. */
void host_world_gate(void);
/* host_world_poke: the outside asks its condition soon. From any thread, and a signal handler. */
void host_world_poke(void);
/* host_world_recheck: the same from a context; from the condition itself: it is asked again before long. */
void host_world_recheck(void);

/* host_world_runs: host_run drives; then a processor's own thread serves it if no visitor waits. */
bool host_world_runs(void);
/* host_world_visit: a thread of the program comes: the world goes on unless host_run drives it.
 * host_world_visit_end: it goes. */
void host_world_visit(void);
void host_world_visit_end(void);

enum host_run_result host_world_run(bool (*done)(void *), void *context);
