#pragma once
/* io_workitem.h - work items, and the system threads that run them.
 * Rules for a work item:
 * - on at most one queue; off it before its routine is called, so the routine may queue or free it
 * - an IO_WORKITEM holds a reference on its device (or driver) from queuing until the routine
 *   returned
 * - workers are created when an item finds none idle, at most IO_WORKERS_MAX; they end with the
 *   machine and an idle one does not count as waiting
 */
#include <wdm.h>

#define IO_WORKERS_MAX 16u

/* io_work_queue: run routine(context) on a worker at PASSIVE_LEVEL. item is the caller's and must
 * stay until the routine is called; IRQL <= DISPATCH_LEVEL. The internal ExQueueWorkItem: no
 * driver's routine, no checks. */
void io_work_queue(PWORK_QUEUE_ITEM item, PWORKER_THREAD_ROUTINE routine, void *context);

/* io_work_report_pending: UnloadPending if a driver's item is queued whose routine lies there. */
void io_work_report_pending(const char *driver, const void *start, size_t size);
void io_work_stop(void);
