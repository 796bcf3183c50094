#include "wdf/frame/fx_wait.h"

#include <stdio.h>

#include "base/log.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"

#define PERIOD_S     60
#define SECOND_100NS 10000000
/* So many lines, then it waits without a time-out: a machine in which nothing can happen any more
 * is then seen to be stuck. */
#define LINES_MAX 10

struct fx_waiter {
    struct fx_waiter *next;
    KEVENT over;
};

static void say_how_long(uint64_t seconds, const char *what)
{
    bool minutes = seconds % 60 == 0;
    uint64_t count = minutes ? seconds / 60 : seconds;
    char line[320];

    snprintf(line, sizeof(line), "the framework has waited %llu %s%s for %s\n",
             (unsigned long long)count, minutes ? "minute" : "second", count == 1 ? "" : "s", what);
    base_log_report(line);
}

/* period_s 0: nothing is said. */
static void wait_for(PKEVENT event, uint32_t period_s, const char *what)
{
    LARGE_INTEGER period = {.QuadPart = -(LONGLONG)period_s * SECOND_100NS};

    for (int i = 1; i <= LINES_MAX && period_s != 0; i++) {
        if (KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &period) != STATUS_TIMEOUT) {
            return;
        }
        say_how_long((uint64_t)i * period_s, what);
    }
    KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
}

void fx_wait_event(PKEVENT event, const struct fx_object *object, const char *what)
{
    uint32_t period_s = object->globals != NULL ? object->globals->settings.wait_s : PERIOD_S;
    char text[256];

    snprintf(text, sizeof(text), "%s %s #%u", what, fx_type_name(object->type->number),
             fx_handle_index(fx_handle_of(object)));
    wait_for(event, period_s, text);
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
        wait_for(&waiter.over, PERIOD_S, what);
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
