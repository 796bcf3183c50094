#pragma once
/* fx_dispose.h - disposal that has to wait for PASSIVE_LEVEL: one list for each driver and each
 * device, taken in order by one worker at a time.
 * Rules for a dispose list:
 * - it starts as zeros
 * - an object is on it at most once, FX_OBJECT_DEFERRED says so; its handle stays valid meanwhile
 * - objects are taken in the order they were queued
 * - device removal waits for the device's list, unload for the driver's
 * - a deletion that may come to a device's list holds the device, from when it began until its object is
 *   cleaned up: the device's removal may go on meanwhile. What comes once the removal waits for the list
 *   goes to the driver's.
 */
#include <wdm.h>

#include <stdbool.h>

#include "wdf/frame/fx_wait.h"
#include "wdf/object/fx_link.h"

struct fx_object;

/* Keys: (t) tree lock */
struct fx_dispose_list {
    fx_link objects; /* (t) linked by their sibling links: they have left their parents */
    struct fx_waiters waiters;
    bool running;         /* (t) the worker is queued or takes objects */
    bool ended;           /* (t) takes no more */
    WORK_QUEUE_ITEM item; /* (t) the worker's, queued when `running` becomes true */
};

/* fx_dispose_list_wait: until nothing is queued or being disposed. PASSIVE_LEVEL.
 * fx_dispose_list_end: the same for a device that goes: from the call on nothing is queued. */
void fx_dispose_list_wait(struct fx_dispose_list *list);
void fx_dispose_list_end(struct fx_dispose_list *list);

/* fx_dispose_hold_locked: with the tree lock, while the device is surely there: before its deletion does
 * what may come to fx_dispose_queue. fx_dispose_let_go: the object is cleaned up. */
void fx_dispose_hold_locked(struct fx_object *object);
void fx_dispose_let_go(struct fx_object *object);

/* fx_dispose_queue: hand the object to its device's (else its driver's) list. <= DISPATCH_LEVEL.
 * One that is only to be destroyed goes to the driver's: device removal does not wait for it. */
void fx_dispose_queue(struct fx_object *object);
