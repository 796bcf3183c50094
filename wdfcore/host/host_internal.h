#pragma once
/* host_internal.h - what the files of host share: the one machine's processors and tasks.
 * With fibers everything here belongs to the host thread that runs the machine, but for what is
 * marked (a): atomic. The thread scheduler uses what is marked (a) or (c): constant while the
 * machine lives, and keeps the rest of its state in host_thread.h.
 */
#include <stdatomic.h>

#include "host/host.h"
#include "host/fiber/host_fiber.h"

enum host_task_state {
    HOST_TASK_BLOCKED, /* also before its first wake */
    HOST_TASK_READY,   /* on the ready list */
    HOST_TASK_RUNNING, /* some processor's current task */
};

struct host_thread;

struct host_task {
    struct host_fiber *fiber;   /* fibers */
    struct host_thread *thread; /* threads */
    void (*entry)(void *);
    void *argument;
    void *cookie;
    uint64_t affinity;
    uint32_t processor; /* where it runs or ran last; threads: its home */
    enum host_task_state state;
    uint64_t ready_at; /* fibers: the clock of whoever made it ready last */
    bool woken;        /* a wake came before the block */
    bool urgent;
    bool claiming;                 /* threads: on the list of those that wait for a processor */
    struct host_task *prev, *next; /* ready list */
    struct host_task *previous_all, *next_all; /* all tasks */
};

struct host_processor {
    struct host_fiber *idle;
    struct host_task *current; /* NULL: the idle context */
    bool kicked;
    bool dispatching;       /* the idle context is inside dispatch() */
    _Atomic uint64_t clock; /* (a) virtual; ns */
    atomic_uint runners;    /* (a) threads: contexts that run or were woken with this home */
};

struct host_machine {
    struct host_config config;                  /* (c) */
    const struct host_scheduler_ops *scheduler; /* (c) */
    struct host_processor processors[HOST_MAX_PROCESSORS];
    uint64_t work;   /* bit i: processor i should get the turn */
    uint32_t turn;   /* who has it; HOST_NO_PROCESSOR: the stack that called host_run */
    uint32_t last;   /* who had it last */
    uint32_t passes; /* turns given since the loop was polled */
    bool started;
    bool driving;            /* inside host_run or the pump */
    bool recheck;            /* ask host_run's condition before the next turn */
    atomic_bool halted;      /* (a) */
    atomic_bool interrupted; /* (a) like recheck, from a signal handler or another thread */
    struct host_fiber *outside;
    struct host_fiber *running;
    struct host_task *ready; /* in order of waking */
    struct host_task *tasks;
    _Atomic uint64_t idle_clock; /* (a) virtual: machine time while nobody has work */
    uint64_t real_origin;        /* (c) real: monotonic clock at machine time 0 */
    _Atomic uint64_t real_now;   /* (a) real: as last read */
    uint64_t polled_at;          /* real_now when the loop was last polled */
    uint64_t statistics_turns, statistics_switches, statistics_polls;
};

extern struct host_machine host;

/* host_clock_raise: the clock shows at least this much from now on. */
void host_clock_raise(_Atomic uint64_t *clock, uint64_t ns);
/* host_clock_follow: an idle processor gets work from the one with the turn: its clock catches up.
 */
void host_clock_follow(uint32_t processor);
void host_clock_start(void);
/* host_clock_jump: nobody has work: virtual time moves on to this. */
void host_clock_jump(uint64_t ns);
/* host_posts_reset: forget what was posted. */
void host_posts_reset(void);
