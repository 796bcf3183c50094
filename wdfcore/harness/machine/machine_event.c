#include "harness/machine/machine_event.h"

#include <stdlib.h>

#include "harness/machine/machine_core.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

struct wc_event {
    struct wc_event *next;
    struct wc_machine *machine;
    KEVENT event;
};

struct wc_event *wc_event_create(struct wc_machine *machine)
{
    struct wc_event *event;

    if (!machine_is(machine)) {
        return NULL;
    }
    event = calloc(1, sizeof(*event));
    if (event == NULL) {
        machine_fail(WC_FAILED, "out of memory");
        return NULL;
    }
    /* Not KeInitializeEvent: this may be outside the machine. */
    ke_dispatcher_init(&event->event.Header, EventSynchronizationObject,
                       sizeof(event->event) / sizeof(ULONG), 0);
    event->machine = machine;
    event->next = machine->events;
    machine->events = event;
    return event;
}

void wc_event_delete(struct wc_event *event)
{
    struct wc_machine *machine = machine_current();
    struct wc_event **link = machine != NULL ? &machine->events : NULL;

    /* It may have gone with its machine. */
    while (link != NULL && *link != NULL && *link != event) {
        link = &(*link)->next;
    }
    if (link != NULL && *link != NULL) {
        *link = event->next;
        free(event);
    }
}

void wc_event_set(struct wc_event *event)
{
    if (event != NULL) {
        KeSetEvent(&event->event, IO_NO_INCREMENT, FALSE);
    }
}

/* Who waits here waits for the world outside as a worker does for work: that is no deadlock. */
static void event_wait(struct wc_event *event, PLARGE_INTEGER timeout)
{
    PKTHREAD thread;
    BOOLEAN was_worker;

    if (event == NULL) {
        return;
    }
    thread = KeGetCurrentThread();
    was_worker = thread->is_worker;
    thread->is_worker = TRUE;
    KeWaitForSingleObject(&event->event, Executive, KernelMode, FALSE, timeout);
    thread->is_worker = was_worker;
}

void wc_event_wait(struct wc_event *event)
{
    event_wait(event, NULL);
}

void wc_event_wait_until(struct wc_event *event, uint64_t deadline_ns)
{
    uint64_t now = wc_processor_now_ns();
    LARGE_INTEGER timeout = {.QuadPart = 0};

    if (deadline_ns > now) {
        timeout.QuadPart = -(LONGLONG)((deadline_ns - now + 99) / 100);
    }
    event_wait(event, &timeout);
}

void machine_events_free(struct wc_machine *machine)
{
    while (machine->events != NULL) {
        struct wc_event *event = machine->events;

        machine->events = event->next;
        free(event);
    }
}
