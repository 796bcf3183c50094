#pragma once
/* ke_processor.h - one virtual processor: its IRQL, what waits for its attention, its DPC queues.
 * With threads a task below DISPATCH_LEVEL owns no processor: it runs on a *stand-in* of its own,
 * which has an IRQL, a callback chain and a ring, but neither queues nor interrupts. Raising moves
 * the context onto a processor, lowering moves it back (ke_claim.c).
 * Keys: (p) only by code that runs on this processor; (a) atomic, set by anyone;
 *       (c) constant while the machine lives; (q) changed under dpc_lock, read by anyone (counts);
 *       (i) the lock of the interrupt lines (ke_line.h)
 */
#include <wdm.h>

#include <stdbool.h>

#include "base/biased_lock.h"
#include "base/once.h"
#include "base/trace/trace.h"
#include "host/host.h"

#define KE_MAXIMUM_RAISES 16
#define KE_MAXIMUM_HELD   8 /* spin locks whose order is watched */

/* Bits of the attention byte. The byte means "look"; the bits only spare some looking. */
enum {
    KE_ATTENTION_INTERRUPT = 1, /* an interrupt is pending */
    KE_ATTENTION_DPC = 2,       /* a drain is requested */
    KE_ATTENTION_TIME = 4,      /* an event is due, the clock ticked, or a post waits */
    KE_ATTENTION_SCHEDULE = 8,  /* another processor wants the turn, or a seed draws here */
    KE_ATTENTION_STOP = 16,     /* the machine is stopped: never come back */
    KE_ATTENTION_OBSERVE =
        32, /* recording, fault points or an API observer; no window's business */
    KE_ATTENTION_OUTSIDE = 64, /* this is no processor: code outside any machine calls */
    KE_ATTENTION_DEVICE = 128, /* only deferred: a device model acts once the IRQL allows it */
    KE_ATTENTION_APC = 128,    /* only in the attention byte: its thread has a kernel APC */
};

/* Bits of a processor's dpc_state. */
enum {
    KE_DPC_DRAINING = 1, /* inside the drain loop */
    KE_DPC_ROUTINE = 2,  /* in a DPC routine */
};

/* What makes a window look. */
#define KE_ATTENTION_WINDOW ((UCHAR)~KE_ATTENTION_OBSERVE)

/* Who observes; KE_ATTENTION_OBSERVE is set while anybody does. */
enum ke_observer {
    KE_OBSERVER_RECORDING = 1,
    KE_OBSERVER_FAULTS = 2,
    KE_OBSERVER_CALLS = 4,
};

/* A driver routine that is being called; they form the callback chain of a context. */
struct ke_callback {
    const char *kind; /* "EvtInterruptIsr", "CustomDpc", ... */
    const void *routine;
    const void *object; /* handle or structure, for reports */
    struct ke_callback *outer;
    KIRQL irql;     /* at entry */
    ULONG recorded; /* its number in the recording, 0: none */
    ULONG watched;  /* the observer's number for it, 0: nobody watches */
};

struct ke_statistics {
    uint64_t interrupts, interrupts_unclaimed;
    uint64_t dpc_enqueues, dpc_coalesced, dpc_runs, dpc_removed;
    uint64_t threaded_runs; /* of threaded DPCs; ke_statistics_read adds them to dpc_runs */
    uint64_t timers_expired;
    uint64_t passive_interrupts; /* ke_statistics_read adds them to interrupts */
};

/* The inbox holds no DPC, but its processor looks at it again (ke_dpc_inbox.h). More: it holds one. */
#define KE_DPC_INBOX_OPEN ((uintptr_t)7)

struct ke_processor {
    KIRQL irql;     /* (p) */
    UCHAR deferred; /* (p) KE_ATTENTION_INTERRUPT, _DPC, _DEVICE: until the IRQL falls */
    union {
        struct {
            volatile UCHAR attention; /* (a) not 0: look at the next window */
            BOOLEAN is_threaded;      /* (c) base_threaded */
        };
        volatile USHORT hindrance; /* both, in one look: ke_is_plain */
    };
    UCHAR number;                    /* (c) */
    UCHAR dpc_state;                 /* (p) bits KE_DPC_*: of its drain */
    UCHAR isr_depth;                 /* (p) > 0: in an ISR */
    BOOLEAN dispatching;             /* (p) its idle context is at work */
    BOOLEAN is_stand_in;             /* (c) no processor, but a task that owns none */
    uint32_t dpc_costs_ns;           /* (c) machine time that it takes to enter a DPC */
    struct ke_callback *chain;       /* (p) innermost driver routine of the current context */
    struct _KTHREAD *thread;         /* (p) current thread; the idle thread in the idle context */
    struct _KTHREAD *idle;           /* (c) */
    struct ke_processor *claimed_by; /* (p) the stand-in whose task owns it; NULL: none */
    struct ke_processor *home;       /* (p) of a stand-in: the processor of its number */
    const _Atomic uint64_t *clock;   /* (c) where its time stands, in ns; host_clock_peek */
    uint64_t noted_ns;               /* (p) where it stood when it was last claimed */
    struct ke_callback dpc_frame;    /* (p) of the DPC that a drain runs */
    /* What other processors write lies apart from what this one always looks at. */
    _Alignas(64) struct base_biased_lock dpc_lock;
    LIST_ENTRY dpcs;                    /* (q) ordinary DPCs, first to run first */
    ULONG dpc_count;                    /* (q) */
    PKDPC running_dpc;                  /* (q) */
    LIST_ENTRY threaded_dpcs;           /* (q) those for its DPC thread */
    ULONG threaded_count;               /* (q) */
    PKDPC running_threaded;             /* (q) the DPC thread is in its routine */
    struct _KTHREAD *dpc_thread;        /* (c) once set; NULL: no threaded DPC so far */
    _Alignas(64) uintptr_t dpc_inbox;   /* (a) from other processors, ke_dpc_inbox.h */
    _Alignas(64) uint64_t dpc_start_ns; /* (p) when the running DPC was entered */
    uint64_t drain_start_ns;            /* (p) when the drain began */
    USHORT irq_levels;                  /* (i) bit i: irq_pending[i] is not empty */
    LIST_ENTRY irq_pending[16];         /* (i) lines waiting for this processor, by level */
    uint64_t window;                    /* (p) number of the current slow window */
    ULONG windows;                      /* (p) slow windows since this processor got the turn */
    PKSPIN_LOCK spinning_for;           /* (p) the lock that it waits for, or NULL */
    const volatile LONG *spinning_word; /* (p) or the word of a reader-writer lock ... */
    LONG spinning_mask;                 /* (p) ... in which one of these bits is set */
    ULONG spin_episode;                 /* (p) grows with each wait for a lock */
    ULONG spin_locks_held;              /* (p) */
    ULONG callback_locks_held;          /* (p) of these, who called the driver took so many */
    const KSPIN_LOCK *held_locks[KE_MAXIMUM_HELD];           /* (p) the first of them, in order */
    const KLOCK_QUEUE_HANDLE *held_handles[KE_MAXIMUM_HELD]; /* (p) of queued ones; NULL: free */
    ULONG raise_depth;                                       /* (p) raises not yet lowered */
    KIRQL raised_from[KE_MAXIMUM_RAISES];                    /* (p) */
    struct ke_statistics statistics;                         /* (p) */
    struct base_ring ring;                                   /* (p) */
};

/* ke_driver_holds_spin_lock: the running code took a spin lock itself. A lock that a framework calls
 * its driver under does not count: the driver cannot release it. */
static inline bool ke_driver_holds_spin_lock(const struct ke_processor *self)
{
    return self->spin_locks_held > self->callback_locks_held;
}

/* Counts of one processor; whoever adds them up may come a moment too early. */
#define KE_COUNT(self, what) BASE_COUNT_ONCE((self)->statistics.what)

/* ke_statistics_read: the sums over all processors. */
void ke_statistics_read(struct ke_statistics *sums);
/* ke_dpc_runs: how many DPCs have run. */
uint64_t ke_dpc_runs(void);

/* The processor this thread executes on. Outside a machine it points to a stand-in whose attention
 * is set. */
extern _Thread_local struct ke_processor *ke_self;

/* ke_clock_now_100ns: machine time as the current processor last saw it: no clock is read. */
static inline uint64_t ke_clock_now_100ns(void)
{
    return host_clock_peek(ke_self->number) / 100;
}

/* ke_processor_now_100ns: the same for a caller that knows its processor, which is not `outside`. */
static inline uint64_t ke_processor_now_100ns(const struct ke_processor *self)
{
    return atomic_load_explicit(self->clock, memory_order_relaxed) / 100;
}

static inline bool ke_in_dpc(const struct ke_processor *self)
{
    return (self->dpc_state & KE_DPC_ROUTINE) != 0;
}

/* ke_clock_noted: this processor's clock has moved on; its ring's events have that time. */
static inline void ke_clock_noted(struct ke_processor *self)
{
    base_ring_set_time(&self->ring, host_clock_peek(self->number) / 100);
}

/* ke_charge: what this processor does takes so long; a real clock sees it by itself. */
static inline void ke_charge(struct ke_processor *self, uint64_t ns)
{
    if (__builtin_expect(ns != 0, 0)) {
        host_clock_charge(self->number, ns);
        ke_clock_noted(self);
    }
}

/* ke_processor_at: NULL if there is no such processor. */
struct ke_processor *ke_processor_at(ULONG number);
ULONG ke_processor_count(void);

/* ke_attention_set: the processor looks at its next window; wakes it if it idles. */
void ke_attention_set(struct ke_processor *processor, UCHAR bits);

/* ke_observe: that observer comes or goes, on all processors; none is left when a machine starts. */
void ke_observe(enum ke_observer observer, bool on);

static inline UCHAR ke_attention(const struct ke_processor *self)
{
    /* Relaxed: the bits say "look"; what they are about is ordered by its own lock. */
    return BASE_READ_ONCE(self->attention);
}

/* ke_is_plain: nothing wants its attention, and there are fibers, so that no lock is needed. */
static inline bool ke_is_plain(const struct ke_processor *self)
{
    return __builtin_expect(BASE_READ_ONCE(self->hindrance) == 0, 1);
}

/* ke_processor_is_pending: something waits for the processor that its owner has to look at. */
static inline BOOLEAN ke_processor_is_pending(const struct ke_processor *processor)
{
    UCHAR looks = KE_ATTENTION_INTERRUPT | KE_ATTENTION_DPC | KE_ATTENTION_TIME;

    /* Ordered after the release of the processor: see host_processor_release. The inbox before the
     * count: what somebody moves from one to the other is counted first. */
    return (__atomic_load_n(&processor->attention, __ATOMIC_SEQ_CST) & looks) != 0 ||
           __atomic_load_n(&processor->dpc_inbox, __ATOMIC_SEQ_CST) > KE_DPC_INBOX_OPEN ||
           __atomic_load_n(&processor->dpc_count, __ATOMIC_SEQ_CST) != 0;
}

/* ke_is_observed: somebody may want to know what happens here. */
static inline bool ke_is_observed(const struct ke_processor *self)
{
    return __builtin_expect((ke_attention(self) & KE_ATTENTION_OBSERVE) != 0, 0);
}

/* ke_record_irql: the level is about to change (ke_record.c). */
void ke_record_irql(struct ke_processor *self, KIRQL irql);

/* ke_irql_set: change this processor's IRQL and nothing else. */
static inline void ke_irql_set(struct ke_processor *self, KIRQL irql)
{
    if (ke_is_observed(self)) {
        ke_record_irql(self, irql);
    }
    self->irql = irql;
    base_ring_set_irql(&self->ring, irql);
}

static inline void ke_ring(struct ke_processor *self, enum base_event_kind kind, const void *word)
{
    base_ring_put(&self->ring, kind, (uint64_t)(uintptr_t)word);
}

/* ke_stand_in_create: for a task that starts; its home is that processor. NULL: no memory. */
struct ke_processor *ke_stand_in_create(struct _KTHREAD *thread, ULONG home);
void ke_stand_in_free(struct ke_processor *stand_in);
/* ke_stand_in_move: its task has that home from now on. */
void ke_stand_in_move(struct ke_processor *stand_in, ULONG home);
/* ke_processor_enter: this host thread executes on that processor, or stand-in, from now on. */
static inline void ke_processor_enter(struct ke_processor *processor)
{
    ke_self = processor;
}

/* ke_processors_start/stop: with the machine. false: no memory. */
bool ke_processors_start(uint32_t count);
void ke_processors_stop(void);
/* ke_processor_outside: this host thread executes on no processor from now on. */
void ke_processor_outside(void);
BOOLEAN ke_processor_is_outside(const struct ke_processor *processor);
/* ke_processor_mask: bit i for each processor i. */
uint64_t ke_processor_mask(void);
