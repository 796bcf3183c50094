#pragma once
/* fx_queue_reserve.h - requests that a queue has set aside (WdfIoQueueAssignForwardProgressPolicy).
 * Rules for a reserved request:
 * - made with the policy, it goes with its queue; between two uses it is free, in state COMPLETED
 * - while it has an IRP it references its queue (`home`), wherever the driver forwards it
 * - what ends another request brings it back: fx_reserve_take_back
 */
#include "wdf/io/fx_queue.h"

static inline struct fx_reserve *fx_queue_reserve(const struct fx_queue *queue)
{
    return __atomic_load_n(&queue->reserve, __ATOMIC_ACQUIRE);
}

/* fx_reserve_arrive: an IRP for a queue with a reserve; it is pending when this returns.
 * fx_reserve_use: the same for one that could not have a request of its own, because of `failure`. */
void fx_reserve_arrive(struct fx_queue *queue, PIRP irp);
void fx_reserve_use(struct fx_queue *queue, PIRP irp, NTSTATUS failure);
/* fx_reserve_take_back: a reserved request has been completed; the next IRP gets it. */
void fx_reserve_take_back(struct fx_request *request);
/* fx_reserve_drop_waiting: cancel the IRPs that wait for a reserved request: all (NULL) or a file's. */
void fx_reserve_drop_waiting(struct fx_queue *queue, const struct fx_file *file);
/* fx_reserve_end: the queue has no request any more. fx_reserve_destroy: nobody references it. */
void fx_reserve_end(struct fx_queue *queue);
void fx_reserve_destroy(struct fx_queue *queue);
