#pragma once
/* io_irp_packet.h - what the files of io_irp.h share: the I/O manager's own part of an IRP.
 *
 * Pending check: each io_irp_call on the way leaves a record (on its stack) at its location. The
 * walk up fills it in when it leaves the location; a call that shares the location (after
 * IoSkipCurrentIrpStackLocation) takes its place, and then only the inner one is checked. Whoever
 * takes the record out of its slot says so in it, so that the caller knows whether the IRP may
 * still be looked at.
 */
#include "nt/io/irp/io_irp.h"

enum io_call_state {
    IO_CALL_ATTACHED,   /* its location is still in use: the IRP is there */
    IO_CALL_LEFT,       /* the walk up has left the location; control is what it held */
    IO_CALL_SUPERSEDED, /* a lower driver uses the same location */
};

/* One IoCallDriver that has not returned. Key: (i) io_lock */
struct io_irp_record {
    enum io_call_state state; /* (i) */
    UCHAR control;            /* (i) of the location when it was left */
};

enum io_irp_state {
    IO_IRP_FREE,
    IO_IRP_OWNED,  /* allocated; done may be NULL */
    IO_IRP_THREAD, /* built for a thread: the I/O manager frees it */
};

#define IO_IRP_OURS 0x40 /* AllocationFlags: the IRP stands in a struct io_irp */

/* Keys: (c) constant, (o) the IRP's owner, (i) io_lock */
struct io_irp {
    struct io_irp *next_all;        /* (c) every IRP of this stack size */
    struct io_irp *next_free;       /* (i) */
    io_irp_done *done;              /* (o) */
    void *context;                  /* (o) */
    const void *caller;             /* (o) who allocated it, for the report of leaks */
    struct io_irp_record **records; /* (i) one slot a location */
    UCHAR state;                    /* (o) enum io_irp_state */
    UCHAR in_flight;                /* (o) below its owner */
    UCHAR walking;                  /* (i) it is on its way up */
    UCHAR finished;                 /* (i) it has left its stack: not to be held any more */
    UCHAR cancelling;               /* (i) io_irp_cancel_held is looking at it */
    UCHAR finish_deferred;          /* (i) and it was completed meanwhile */
    BOOLEAN has_activity_id;        /* (o) */
    GUID activity_id;               /* (o) see io_activity.c */
    _Alignas(16) IRP irp;
    /* What a driver writes that has no location below its own: it must not hit the IRP. */
    IO_STACK_LOCATION below;
    IO_STACK_LOCATION stack[]; /* then the slots */
};

/* NULL: an IRP in the driver's own memory. */
static inline struct io_irp *io_irp_header(PIRP irp)
{
    if ((irp->AllocationFlags & IO_IRP_OURS) == 0) {
        return NULL;
    }
    return CONTAINING_RECORD(irp, struct io_irp, irp);
}

/* Who cancels the IRP may be taking the routine out at this moment. */
static inline bool io_irp_has_cancel_routine(PIRP irp)
{
    return __atomic_load_n(&irp->CancelRoutine, __ATOMIC_RELAXED) != NULL;
}

static inline PIO_STACK_LOCATION io_irp_stack(PIRP irp)
{
    struct io_irp *header = io_irp_header(irp);

    return header != NULL ? header->stack : (PIO_STACK_LOCATION)(irp + 1);
}
