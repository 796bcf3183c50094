#pragma once
/* fx_dispose.h - disposal that has to wait for PASSIVE_LEVEL: one list for each driver and each
 * device, taken in order by one worker at a time.
 * Rules for a dispose list:
 * - it starts as zeros
 * - an object is on it at most once, FX_OBJECT_DEFERRED says so; its handle stays valid meanwhile
 * - objects are taken in the order they were queued
 * - device removal waits for the device's list, unload for the driver's
 */
#include <wdm.h>

#include <stdbool.h>

#include "wdf/frame/fx_wait.h"

struct fx_object;

/* Keys: (t) tree lock */
struct fx_dispose_list {
    struct fx_object *objects; /* (t) linked by their sibling links: they have left their parents */
    struct fx_waiters waiters;
    bool running;         /* (t) the worker is queued or takes objects */
    WORK_QUEUE_ITEM item; /* (t) the worker's, queued when `running` becomes true */
};

/* fx_dispose_list_wait: until nothing is queued or being disposed. PASSIVE_LEVEL. */
void fx_dispose_list_wait(struct fx_dispose_list *list);

/* fx_dispose_queue: hand the object to its device's (else its driver's) list. <= DISPATCH_LEVEL.
 * One that is only to be destroyed goes to the driver's: device removal does not wait for it. */
void fx_dispose_queue(struct fx_object *object);
