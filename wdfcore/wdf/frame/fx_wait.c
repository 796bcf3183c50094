#include "wdf/frame/fx_wait.h"

#include <stdio.h>

#include "base/log.h"
#include "wdf/frame/fx_lock.h"

#define PERIOD_100NS ((LONGLONG)60 * 10000000)
/* So many lines, then it waits without a time-out: a machine in which nothing can happen any more
 * is then seen to be stuck. */
#define LINES_MAX 10

struct fx_waiter {
    struct fx_waiter *next;
    KEVENT over;
};

static void wait_for(struct fx_waiter *waiter, const char *what)
{
    LARGE_INTEGER period = {.QuadPart = -PERIOD_100NS};
    char line[160];

    for (int i = 1; i <= LINES_MAX; i++) {
        if (KeWaitForSingleObject(&waiter->over, Executive, KernelMode, FALSE, &period) !=
            STATUS_TIMEOUT) {
            return;
        }
        snprintf(line, sizeof(line), "the framework has waited %d minute%s for %s\n", i,
                 i == 1 ? "" : "s", what);
        base_log_report(line);
    }
    KeWaitForSingleObject(&waiter->over, Executive, KernelMode, FALSE, NULL);
}

void fx_wait_while(struct fx_waiters *waiters, bool (*busy)(const void *context),
                   const void *context, const char *what)
{
    for (;;) {
        struct fx_waiter waiter = {.next = NULL};
        bool wait;

        KeInitializeEvent(&waiter.over, NotificationEvent, FALSE);
        fx_tree_lock();
        wait = busy(context);
        if (wait) {
            waiter.next = waiters->first;
            waiters->first = &waiter;
        }
        fx_tree_unlock();
        if (!wait) {
            return;
        }
        wait_for(&waiter, what);
    }
}

struct fx_waiter *fx_waiters_detach(struct fx_waiters *waiters)
{
    struct fx_waiter *first = waiters->first;

    waiters->first = NULL;
    return first;
}

void fx_waiters_wake(struct fx_waiter *first)
{
    while (first != NULL) {
        struct fx_waiter *waiter = first;
        first = waiter->next; /* its storage goes with the wake-up */
        KeSetEvent(&waiter->over, IO_NO_INCREMENT, FALSE);
    }
}
