#pragma once
/* fx_work.h - a passive-level callback of an object, as WDFWORKITEM and passive timers have it.
 * Rules for a work:
 * - on the workers' queue at most once; off it before it runs, so it may be queued again while it
 *   runs, and two runs may overlap
 * - from queueing until the run is over it holds a reference on its object, and the driver loaded
 * - once closed it is not queued again; what is queued then still runs
 */
#include <wdm.h>

#include <stdbool.h>
#include <stdint.h>

#include "wdf/frame/fx_wait.h"

struct fx_object;

/* Keys: (c) constant once published (t) tree lock (r) written under it, read anywhere */
struct fx_work {
    WORK_QUEUE_ITEM item;
    struct fx_object *object;              /* (c) */
    void (*run)(struct fx_object *object); /* (c) */
    const void *routine;                   /* (c) the driver's that run calls; NULL: none */
    uint32_t active;                       /* (r) queued and running ones */
    bool queued;                           /* (t) */
    bool closed;                           /* (t) */
    struct fx_waiters over;                /* until active is 0 */
};

void fx_work_init(struct fx_work *work, struct fx_object *object,
                  void (*run)(struct fx_object *object), const void *routine);

enum fx_work_answer {
    FX_WORK_QUEUED,
    FX_WORK_WAITS,  /* it is queued already and has not started */
    FX_WORK_REFUSED /* it is closed, and not queued */
};

/* fx_work_offer: queue it if that may be. <= DISPATCH_LEVEL. */
enum fx_work_answer fx_work_offer(struct fx_work *work);

/* fx_work_queue: false: nothing was queued. <= DISPATCH_LEVEL. */
static inline bool fx_work_queue(struct fx_work *work)
{
    return fx_work_offer(work) == FX_WORK_QUEUED;
}

/* fx_work_close: refuse from now on. Whoever waits after that waits for the last run. */
void fx_work_close(struct fx_work *work);

/* fx_work_is_active: it is queued or runs. */
static inline bool fx_work_is_active(const struct fx_work *work)
{
    return __atomic_load_n(&work->active, __ATOMIC_RELAXED) != 0;
}

/* fx_work_wait: until it is neither queued nor running. PASSIVE_LEVEL. */
void fx_work_wait(struct fx_work *work, const char *what);
