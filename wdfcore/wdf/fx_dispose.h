#pragma once
/* fx_dispose.h - disposal that has to wait for PASSIVE_LEVEL: one list for each driver and each
 * device, taken in order by one worker at a time.
 * Rules for a dispose list:
 * - an object is on it at most once, FX_OBJECT_DEFERRED says so; its handle stays valid meanwhile
 * - objects are taken in the order they were queued
 * - device removal waits for the device's list, unload for the driver's
 */
#include <wdm.h>

struct fx_object;
struct fx_dispose_entry;

struct fx_dispose_list {
    struct fx_dispose_entry *entries; /* (t) utlist: head, its prev is the tail */
    bool running;                     /* (t) a worker takes entries */
    bool initialized;                 /* (c) */
    KEVENT idle;                      /* signaled while nothing is queued or being disposed */
    WORK_QUEUE_ITEM item;             /* queued while `running` and the worker has not started */
};

void fx_dispose_list_init(struct fx_dispose_list *list);

/* fx_dispose_list_wait: until nothing is queued or being disposed. PASSIVE_LEVEL. */
void fx_dispose_list_wait(struct fx_dispose_list *list);

/* fx_dispose_queue: hand the object to its device's (else its driver's) list. <= DISPATCH_LEVEL. */
void fx_dispose_queue(struct fx_object *object);
