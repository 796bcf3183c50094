#pragma once
/* ke_dpc_thread.h - threaded DPCs: a second queue a processor, emptied at PASSIVE_LEVEL by a thread
 * that goes before the processor's other tasks.
 * Rules for a threaded DPC:
 * - as for any KDPC; but ordinary DPCs and ISRs interrupt its routine, and it must not wait
 * - with the machine's setting threaded_dpcs_at_dispatch it is an ordinary DPC
 */
#include <wdm.h>

#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_object.h"
#include "nt/ke/ke_processor.h"

/* ke_dpc_is_threaded: it goes to the queue of the thread. */
static inline BOOLEAN ke_dpc_is_threaded(const KDPC *dpc)
{
    return __builtin_expect(dpc->Type == ThreadedDpcObject, 0) &&
           !ke_machine.config.threaded_dpcs_at_dispatch;
}
/* ke_dpc_threads_start: the threads of this machine, with the first threaded DPC. */
void ke_dpc_threads_start(void);
/* ke_dpc_thread_wake: something has been put on that processor's threaded queue. */
void ke_dpc_thread_wake(struct ke_processor *target);
/* ke_dpc_thread_wants_in: the thread has work and this processor's current task is in its way. */
BOOLEAN ke_dpc_thread_wants_in(const struct ke_processor *self);
/* ke_in_threaded_dpc: the current context is the routine of a threaded DPC. */
BOOLEAN ke_in_threaded_dpc(const struct ke_processor *self);
