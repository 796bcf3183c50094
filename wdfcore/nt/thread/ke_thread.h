#pragma once
/* ke_thread.h - KTHREAD: a task of the host with what NT knows about a thread.
 * Rules for a thread:
 * - signaled once it has ended; its memory goes when the last reference does
 * - its IRQL and callback chain travel with it when it waits below DISPATCH_LEVEL
 * - stands on the list of all threads from creation to its last reference
 */
#include <wdm.h>

#include "host/host.h"
#include "nt/time/ke_due.h"
#include "nt/ke/ke_processor.h"
#include "nt/ob/ob_object.h"

/* Of a thread; guarded by the dispatcher lock. */
struct ke_apcs {
    LIST_ENTRY queued[2]; /* by mode; of the kernel's the special ones go first */
    BOOLEAN refused;      /* it ends: takes no more */
    BOOLEAN normal_runs;  /* in a normal routine, or on the way to it */
    BOOLEAN alerted[2];   /* by mode */
};

struct ke_wait {
    KWAIT_BLOCK *blocks;
    ULONG count;
    BOOLEAN all;
    BOOLEAN alertable;
    BOOLEAN linked; /* from its beginning until the thread is back */
    KPROCESSOR_MODE mode;
    KIRQL irql;   /* the waiter's */
    BOOLEAN done; /* status is valid */
    BOOLEAN has_timeout;
    BOOLEAN absolute; /* the time-out follows the system time */
    NTSTATUS status;
    uint64_t due_100ns; /* when the time-out is, if it is relative */
    struct ke_due_entry timeout;
};

struct _KTHREAD {
    DISPATCHER_HEADER Header; /* waitable: signaled when it has ended */
    struct host_task *task;   /* NULL: an idle thread, or ended */
    const char *name;
    PKSTART_ROUTINE routine;
    PVOID context;
    NTSTATUS exit_status;
    ULONG_PTR id; /* (c) a multiple of 4, as on Windows */
    BOOLEAN ended;
    BOOLEAN is_worker; /* waiting without time-out is its normal state */
    BOOLEAN is_idle;
    BOOLEAN hard_errors_off; /* IoSetThreadHardErrorMode; only itself changes it, as the next */
    BOOLEAN stack_stays;     /* KeSetKernelStackSwapEnable */
    LARGE_INTEGER created;   /* (c) */
    BOOLEAN is_told_of;      /* its creation was told, and its end will be (ps_notify.h) */
    uint64_t ran_ns; /* with fibers: how long it was its processor's thread, until since_ns */
    uint64_t since_ns;
    struct ke_processor *stand_in; /* (c) with threads: where it runs while it owns no processor */
    LONG priority;
    KAFFINITY affinity;        /* as created */
    KAFFINITY system_affinity; /* 0: none set */
    union {
        struct {
            BOOLEAN affinity_pending;     /* set at DISPATCH_LEVEL: moves when the level falls */
            volatile BOOLEAN apc_pending; /* (a) kernel APCs are queued, see ke_apc.h */
        };
        volatile USHORT fall_pending; /* both, to see whether there is either */
    };
    struct ke_apcs apcs;
    union {
        struct {
            SHORT normal_apcs_disabled;
            SHORT special_apcs_disabled;
        };
        ULONG apcs_disabled; /* both, to see whether either changed */
    };
    LIST_ENTRY mutexes;               /* owned */
    LONG locks_held;                  /* fast mutexes and push locks */
    const struct ke_lock_wait *wants; /* the lock that it waits for, or NULL */
    PIRP top_level_irp;
    PKPROCESS attached;      /* whose it is for the time being; NULL: its own, the system's */
    LPCGUID activity_id;     /* the thread's own; NULL: none */
    struct _KQUEUE *queue;   /* that it takes entries from, or NULL: see ke_queue.h */
    BOOLEAN queue_active;    /* counted there */
    LIST_ENTRY queue_link;   /* of that queue's threads */
    PLIST_ENTRY queue_entry; /* that its last wait gave it */
    struct ke_wait wait;
    void *blocked_frame; /* of its stack while it is blocked, for reports */
    BOOLEAN wait_next;   /* it signalled with Wait TRUE and has not waited since */
    KIRQL wait_irql;     /* its level before */
    KWAIT_BLOCK wait_blocks[4];
    /* what travels with it */
    KIRQL irql;
    struct ke_callback *chain;
    ULONG raise_depth;
    KIRQL raised_from[KE_MAXIMUM_RAISES];
    struct ex_try *tries;         /* __try statements that it is in, innermost first ... */
    struct ex_try *tries_handled; /* ... whose handlers run, or have run ... */
    struct ex_try *tries_free;    /* ... and frames for more */
    const volatile void *probing; /* a fault there is an answer */
    ULONG recorded;               /* its number ... */
    uint32_t recorded_in;         /* ... in that recording */
    struct _KTHREAD *next;
};

extern const struct ob_type ke_thread_type;

/* ke_thread_start: a system thread that runs routine(context) at PASSIVE_LEVEL; it has one
 * reference, the caller's, besides its own while it runs. NULL: no memory. affinity  0: all
 * processors */
PKTHREAD ke_thread_start(PKSTART_ROUTINE routine, PVOID context, const char *name,
                         KAFFINITY affinity);
/* The same in two steps: what the thread starts with is set in between. */
PKTHREAD ke_thread_create(PKSTART_ROUTINE routine, PVOID context, const char *name,
                          KAFFINITY affinity);
void ke_thread_begin(PKTHREAD thread);
/* ke_thread_mark_worker: the current thread waits for work; that alone is no deadlock. */
void ke_thread_mark_worker(void);
_Noreturn void ke_thread_exit(NTSTATUS status);

/* ke_affinity_catch_up: the level has fallen below DISPATCH_LEVEL: move the current thread. */
void ke_affinity_catch_up(void);

/* ke_thread_fell: the level has fallen below DISPATCH_LEVEL, and fall_pending is set. */
void ke_thread_fell(void);

/* ke_thread_switch: the processor's context changes; IRQL and chain go with the thread. */
void ke_thread_switch(struct ke_processor *self, PKTHREAD next);
/* ke_thread_block: the current thread stands still until ke_thread_wake; may come back elsewhere.
 */
void ke_thread_block(void);
void ke_thread_wake(PKTHREAD thread);

/* ke_thread_check_exit: the current thread ends: what it must have let go of before.
 * ke_thread_of_code: a thread whose start routine lies in that memory and has not ended, or NULL. */
void ke_thread_check_exit(void);
PKTHREAD ke_thread_of_code(const void *start, size_t size);
/* ke_thread_of_id: the thread of that number that has not ended, with a reference, or NULL. */
PKTHREAD ke_thread_of_id(ULONG_PTR id);

/* ke_thread_stand_in: this host thread runs the thread from now on; it owns no processor. */
void ke_thread_stand_in(PKTHREAD thread);
/* ke_threads_visit_rings: of all stand-ins; none of them goes meanwhile. */
void ke_threads_visit_rings(void (*visit)(const struct base_ring *ring, void *context),
                            void *context);
/* ke_threads_attention: set or clear bits of all stand-ins. ke_threads_pause: all threads and
 * processors come to host_pause_point. */
void ke_threads_attention(UCHAR bits, bool on);
void ke_threads_pause(void);

/* ke_thread_waits_for: some thread waits for the object; its memory is not looked at. */
bool ke_thread_waits_for(const void *object);
/* ke_waits_shift_absolute: the system's clock was set on by so much. */
void ke_waits_shift_absolute(int64_t shift_100ns);

/* ke_record_switch: the processor's context changes to that thread (ke_record.c). */
void ke_record_switch(PKTHREAD next);

bool ke_threads_start(void);
void ke_threads_stop(void);
/* ke_threads_stuck: nothing can happen any more: stop with AllTasksWaiting if a thread that is no
 * idle worker waits. Returns whether the report is on its way. */
bool ke_threads_stuck(void);
