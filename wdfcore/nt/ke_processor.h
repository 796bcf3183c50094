#pragma once
/* ke_processor.h - one virtual processor: its IRQL, what waits for its attention, its DPC queues.
 * Keys: (p) only by code that runs on this processor; (a) atomic, set by anyone;
 *       (c) constant while the machine lives; (q) the processor's DPC queue lock (ke_dpc.c)
 */
#include <wdm.h>

#include "base/trace.h"
#include "host/host.h"

struct ke_thread;

/* Bits of the attention byte. The byte means "look"; the bits only spare some looking. */
enum {
    KE_ATTENTION_INTERRUPT = 1, /* an interrupt is pending */
    KE_ATTENTION_DPC = 2,       /* a drain is requested */
    KE_ATTENTION_TIME = 4,      /* an event is due, the clock ticked, or a post waits */
    KE_ATTENTION_SCHEDULE = 8,  /* another processor wants the turn, or a seed draws here */
    KE_ATTENTION_STOP = 16,     /* the machine is stopped: never come back */
    KE_ATTENTION_OBSERVE = 32,  /* recording, fault points or an API observer */
    KE_ATTENTION_OUTSIDE = 64,  /* this is no processor: code outside any machine calls */
};

/* A driver routine that is being called; they form the callback chain of a context. */
struct ke_callback {
    const char *kind; /* "EvtInterruptIsr", "CustomDpc", ... */
    const void *routine;
    const void *object; /* handle or structure, for reports */
    struct ke_callback *outer;
    KIRQL irql; /* at entry */
};

struct ke_processor {
    KIRQL irql;                  /* (p) */
    volatile UCHAR attention;    /* (a) */
    UCHAR number;                /* (c) */
    UCHAR dpc_depth;             /* (p) > 0: in a DPC routine */
    UCHAR isr_depth;             /* (p) > 0: in an ISR */
    struct ke_callback *chain;   /* (p) innermost driver routine of the current context */
    struct ke_thread *thread;    /* (p) current thread; the idle thread in the idle context */
    struct ke_thread *idle;      /* (c) */
    struct base_ring ring;       /* (p) */
    struct ke_dpc_queue *queues; /* (c) ordinary and threaded DPCs */
    struct ke_irq_state *irq;    /* (c) pending interrupts */
    ULONG spin_locks_held;       /* (p) */
    ULONG windows;               /* (p) slow windows since this processor got the turn */
    ULONG raise_depth;           /* (p) KeRaiseIrql calls not yet lowered */
    KIRQL raised_from[16];       /* (p) what they were raised from */
};

/* The processor this thread executes on. Outside a machine it points to a stand-in whose attention
 * is set. */
extern _Thread_local struct ke_processor *ke_self;

/* ke_processor_at: NULL if there is no such processor. */
struct ke_processor *ke_processor_at(ULONG number);
ULONG ke_processor_count(void);

/* ke_attention_set: the processor looks at its next window; wakes it if it idles. */
void ke_attention_set(struct ke_processor *processor, UCHAR bits);
