/* ke_wait_describe.c - what a thread waits for and where, for reports. */
#include <stdarg.h>
#include <stdio.h>

#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_deadlock.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

#define MAXIMUM_FRAMES 64
#define STACK_MAXIMUM  (1u << 20) /* frames farther apart are not of one stack */

static const char *object_kind(const DISPATCHER_HEADER *header)
{
    switch (header->Type) {
    case EventNotificationObject:
        return "a notification event";
    case EventSynchronizationObject:
        return "a synchronization event";
    case MutantObject:
        return "a mutex";
    case SemaphoreObject:
        return "a semaphore";
    case TimerNotificationObject:
    case TimerSynchronizationObject:
        return "a timer";
    case ThreadObject:
        return "the end of a thread";
    default:
        return "an object";
    }
}

struct line {
    char *text;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void line_add(struct line *line, const char *format,
                                                           ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line->text + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    line->used +=
        (size_t)length < line->size - line->used ? (size_t)length : line->size - line->used - 1;
}

/* The object's address tells two of a kind apart; of some it is known who could signal it. */
static void object_describe(struct line *line, const DISPATCHER_HEADER *header)
{
    line_add(line, "%s at %p", object_kind(header), (const void *)header);
    if (header->Type == MutantObject && ((const KMUTEX *)header)->OwnerThread != NULL) {
        PKTHREAD owner = ((const KMUTEX *)header)->OwnerThread;

        line_add(line, " owned by %s %u", owner->name, (unsigned)owner->id);
    } else if (header->Type == ThreadObject) {
        const struct _KTHREAD *thread = (const struct _KTHREAD *)header;

        line_add(line, ", %s %u", thread->name, (unsigned)thread->id);
    }
}

static void wait_objects_describe(struct line *line, const struct ke_wait *wait)
{
    if (wait->count > 1) {
        line_add(line, "%s of %u objects: ", wait->all ? "all" : "one", (unsigned)wait->count);
    }
    for (ULONG i = 0; i < wait->count; i++) {
        line_add(line, "%s", i > 0 ? ", " : "");
        object_describe(line, wait->blocks[i].Object);
    }
    if (wait->count == 0) {
        line_add(line, "nothing");
    }
}

/* The driver's functions on the stack of a thread that stands still: each frame holds the address of
 * the one below it and the return address. */
static void frames_describe(struct line *line, void *const *frame)
{
    const char *label = "by:        ";
    char name[256];

    /* The outermost frame returns to nobody. */
    for (int i = 0; frame != NULL && frame[1] != NULL && i < MAXIMUM_FRAMES; i++) {
        void *const *next = (void *const *)frame[0];
        const char *call = (const char *)frame[1] - 1; /* the call, not what follows it */

        if (ke_report_is_driver(call)) {
            ke_report_name(call, name, sizeof(name));
            line_add(line, "\n      %s%s", label, name);
            label = "called by: ";
        }
        frame = (uintptr_t)next > (uintptr_t)frame &&
                        (uintptr_t)next - (uintptr_t)frame < STACK_MAXIMUM &&
                        (uintptr_t)next % sizeof(void *) == 0
                    ? next
                    : NULL;
    }
}

size_t ke_wait_describe(PKTHREAD thread, char *text, size_t size)
{
    struct line line = {.text = text, .size = size};
    char lock[256];

    line_add(&line, "\n    %s %u waits for ", thread->name, (unsigned)thread->id);
    if (thread->wants != NULL) {
        ke_lock_wait_describe(thread->wants, lock, sizeof(lock));
        line_add(&line, "%s", lock);
    } else {
        wait_objects_describe(&line, &thread->wait);
    }
    frames_describe(&line, thread->blocked_frame);
    return line.used;
}
