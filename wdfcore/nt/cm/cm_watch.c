/* cm_watch.c - ZwNotifyChangeKey; see cm_watch.h.
 *
 * Normal path: a request is linked to the watch of its key object; whoever changes a key signals the requests
 * of matching watches under the registry's lock, which is no window. The references of their events are
 * dropped later, by whoever comes next without the lock: dropping the last one needs outer locks.
 */
#include "nt/cm/cm_watch.h"

#include <ntifs.h>

#include <stdlib.h>
#include <utlist.h>

#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"
#include "nt/ob/ob_types.h"
#include "nt/thread/ke_wait.h"

/* Keys: (c) constant, (k) the registry's lock */
struct cm_request {
    struct cm_request *next;
    PKEVENT event;            /* (c) of the caller, referenced; NULL: none, or its own */
    PIO_STATUS_BLOCK outcome; /* (c) */
    KEVENT own;               /* who waits in the call */
    bool waits;               /* (c) for its own event: the waiter frees it */
};

struct cm_watch {
    struct cm_watch *next;
    const void *object;         /* (c) */
    const struct cm_key *key;   /* (c) the object has it */
    ULONG filter;               /* (c) */
    bool tree;                  /* (c) */
    bool changed;               /* (k) while nobody waited */
    struct cm_request *waiting; /* (k) */
};

/* (k) */
static struct {
    struct cm_watch *first;
    struct cm_request *done; /* to be freed without the lock */
} cm_watches;

static void cm_request_free(struct cm_request *request)
{
    if (request->event != NULL) {
        ob_deref(request->event);
    }
    free(request);
}

static void cm_requests_free(struct cm_request *request)
{
    while (request != NULL) {
        struct cm_request *next = request->next;

        cm_request_free(request);
        request = next;
    }
}

static void cm_watches_stop(void)
{
    struct cm_watch *watch = NULL;
    struct cm_watch *next = NULL;
    struct cm_request *request = NULL;
    struct cm_request *after = NULL;

    LL_FOREACH_SAFE (cm_watches.first, watch, next) {
        LL_FOREACH_SAFE (watch->waiting, request, after) {
            free(request); /* the events have gone with the machine's objects */
        }
        free(watch);
    }
    LL_FOREACH_SAFE (cm_watches.done, request, after) {
        free(request);
    }
    cm_watches.first = NULL;
    cm_watches.done = NULL;
}

/* ---- a change ---- */

static void cm_request_end_locked(struct cm_request *request, NTSTATUS status)
{
    PKEVENT event = request->waits ? &request->own : request->event;

    request->outcome->Status = status;
    request->outcome->Information = 0;
    if (!request->waits) {
        LL_PREPEND(cm_watches.done, request);
    }
    if (event != NULL) { /* last: who waits frees its request */
        ke_dispatcher_signal(&event->Header, 1);
    }
}

static void cm_watch_end_locked(struct cm_watch *watch, NTSTATUS status)
{
    struct cm_request *request = watch->waiting;

    watch->waiting = NULL;
    while (request != NULL) {
        struct cm_request *next = request->next;

        cm_request_end_locked(request, status);
        request = next;
    }
}

static bool cm_watch_covers(const struct cm_watch *watch, const struct cm_key *key)
{
    const struct cm_key *at = key;

    while (watch->tree && at != NULL && at != watch->key) {
        at = at->parent;
    }
    return at == watch->key;
}

void cm_watch_changed_locked(const struct cm_key *key, ULONG kind)
{
    struct cm_watch *watch = NULL;

    LL_FOREACH (cm_watches.first, watch) {
        if ((watch->filter & kind) != 0 && cm_watch_covers(watch, key)) {
            watch->changed = watch->waiting == NULL;
            cm_watch_end_locked(watch, STATUS_NOTIFY_ENUM_DIR);
        }
    }
}

void cm_watch_deleted_locked(const struct cm_key *key)
{
    struct cm_watch *watch = NULL;

    LL_FOREACH (cm_watches.first, watch) {
        if (watch->key == key) {
            cm_watch_end_locked(watch, STATUS_NOTIFY_CLEANUP);
        }
    }
}

static struct cm_watch *cm_watch_find_locked(const void *object)
{
    struct cm_watch *watch = NULL;

    LL_SEARCH_SCALAR(cm_watches.first, watch, object, object);
    return watch;
}

void cm_watch_forget(const void *object)
{
    struct cm_watch *watch = NULL;
    struct cm_request *done = NULL;

    cm_lock();
    watch = cm_watch_find_locked(object);
    if (watch != NULL) {
        LL_DELETE(cm_watches.first, watch);
        cm_watch_end_locked(watch, STATUS_NOTIFY_CLEANUP);
    }
    done = cm_watches.done;
    cm_watches.done = NULL;
    cm_unlock();
    free(watch);
    cm_requests_free(done);
}

/* ---- a request ---- */

/* What a call has to say; fresh is the watch that it brings along, and NULL if that was taken. */
static NTSTATUS cm_watch_begin_locked(struct cm_watch **fresh, struct cm_request *request)
{
    struct cm_watch *watch = cm_watch_find_locked((*fresh)->object);

    if ((*fresh)->key->is_deleted) {
        return STATUS_KEY_DELETED;
    }
    if (watch == NULL) {
        watch = *fresh;
        *fresh = NULL;
        LL_PREPEND(cm_watches.first, watch);
    }
    if (watch->changed) {
        watch->changed = false;
        cm_request_end_locked(request, STATUS_NOTIFY_ENUM_DIR);
    } else {
        LL_APPEND(watch->waiting, request);
    }
    return STATUS_PENDING;
}

static NTSTATUS cm_watch_begin(struct cm_watch *fresh, struct cm_request *request)
{
    struct cm_request *done = NULL;
    NTSTATUS status;

    cm_lock();
    done = cm_watches.done;
    cm_watches.done = NULL;
    status = cm_watch_begin_locked(&fresh, request);
    cm_unlock();
    free(fresh);
    cm_requests_free(done);
    return status;
}

static struct cm_request *cm_request_make(PKEVENT event, PIO_STATUS_BLOCK outcome, bool waits)
{
    struct cm_request *request = calloc(1, sizeof(*request));

    if (request != NULL) {
        request->outcome = outcome;
        request->waits = waits;
        ke_dispatcher_init(&request->own.Header, EventNotificationObject,
                           sizeof(KEVENT) / sizeof(ULONG), 0);
        if (event != NULL && !waits) {
            ob_ref(event); /* the request's: dropped by cm_request_free */
            request->event = event;
        }
    }
    return request;
}

/* Who waits in the call has an event of its own; the caller's is set once the outcome is there. */
static NTSTATUS cm_watch_ask(struct cm_watch *fresh, PKEVENT event, PIO_STATUS_BLOCK outcome,
                             bool waits)
{
    struct cm_request *request = cm_request_make(event, outcome, waits);
    NTSTATUS status;

    if (request == NULL) {
        free(fresh);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = cm_watch_begin(fresh, request);
    if (status == STATUS_PENDING && !waits) {
        return status; /* whoever ends the request frees it */
    }
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&request->own, Executive, KernelMode, FALSE, NULL);
        status = outcome->Status;
        if (event != NULL) {
            KeSetEvent(event, IO_NO_INCREMENT, FALSE);
        }
    }
    cm_request_free(request);
    return status;
}

static NTSTATUS cm_event_of(HANDLE handle, PKEVENT *event)
{
    if (handle == NULL) {
        return STATUS_SUCCESS;
    }
    *event = ob_handle_reference(handle);
    if (*event == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(*event, &ob_event_type)) {
        ob_deref(*event);
        *event = NULL;
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    KeClearEvent(*event);
    return STATUS_SUCCESS;
}

NTSTATUS ZwNotifyChangeKey(HANDLE KeyHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                           PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG CompletionFilter,
                           BOOLEAN WatchTree, PVOID Buffer, ULONG BufferSize, BOOLEAN Asynchronous)
{
    PVOID object = NULL;
    PKEVENT event = NULL;
    struct cm_watch *fresh = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(ApcContext);
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(BufferSize);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (CompletionFilter == 0 || (CompletionFilter & ~(ULONG)REG_LEGAL_CHANGE_FILTER) != 0 ||
        IoStatusBlock == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ApcRoutine != NULL) {
        return STATUS_NOT_IMPLEMENTED;
    }
    status = cm_open_object(KeyHandle, 0, &object);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_event_of(Event, &event);
    fresh = NT_SUCCESS(status) ? calloc(1, sizeof(*fresh)) : NULL;
    if (fresh != NULL) {
        *fresh = (struct cm_watch){.object = object,
                                   .key = cm_open_of(object),
                                   .filter = CompletionFilter,
                                   .tree = WatchTree};
        status = cm_watch_ask(fresh, event, IoStatusBlock, !Asynchronous);
    } else if (NT_SUCCESS(status)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (event != NULL) {
        ob_deref(event);
    }
    ob_deref(object);
    return status;
}

static struct ke_machine_part cm_watches_part = {.order = 1, .stop = cm_watches_stop};

__attribute__((constructor)) static void cm_watches_register(void)
{
    ke_machine_register(&cm_watches_part);
}
