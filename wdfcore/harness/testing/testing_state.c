/* testing_state.c - assertions on the state of objects. */
#include <wdfcore/testing.h>

#include <ntddk.h>
#include <wdf.h>

#include <stdio.h>
#include <string.h>

#include "harness/testing/testing_fail.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/callback/fx_spinlock.h"
#include "wdf/callback/fx_waitlock.h"
#include "wdf/io/fx_queue.h"
#include "wdf/object/dump/fx_dump.h"
#include "wdf/object/fx_handle.h"
#include "wdf/object/fx_object.h"

/* The live object of that type; fails the test if it is none. */
static struct fx_object *find(const void *handle, enum fx_type_number type)
{
    struct fx_object *object = fx_handle_find(handle);

    if (object == NULL || object->type->number != type) {
        testing_fail(testing_file(), testing_line(), "%p is no live %s", handle,
                     fx_type_name(type));
    }
    return object;
}

/* ---- DPCs ---- */

/* Functions that queue a DPC and say whether they did, and their argument that names it. */
static const struct {
    const char *api, *argument;
} enqueues[] = {
    {"WdfDpcEnqueue", "Dpc"},
    {"KeInsertQueueDpc", "Dpc"},
    {"WdfInterruptQueueDpcForIsr", "Interrupt"},
};

struct wc_dpc_counts wc_dpc_counts(const void *dpc)
{
    struct wc_dpc_counts counts = {0};
    struct wc_callbacks ran = wc_callbacks("*Dpc*");

    for (size_t i = 0; i < sizeof(enqueues) / sizeof(enqueues[0]); i++) {
        struct wc_calls calls = wc_calls(enqueues[i].api);

        for (size_t j = 0; j < calls.count; j++) {
            const struct wc_call *call = calls.call[j];
            uint64_t which = (uint64_t)wc_call_number(call, enqueues[i].argument);

            if (which == (uint64_t)(uintptr_t)dpc && wc_call_returned(call)) {
                bool queued = wc_call_number(call, "result") != 0;
                counts.queued += queued;
                counts.coalesced += !queued;
            }
        }
    }
    for (size_t i = 0; i < ran.count; i++) {
        counts.runs += ran.callback[i]->object == dpc && strstr(ran.callback[i]->kind, "Dpc");
    }
    return counts;
}

void wc_assert_dpc_(const void *dpc, size_t queued, size_t coalesced, size_t runs, const char *file,
                    int line)
{
    struct wc_dpc_counts was = wc_dpc_counts(dpc);

    if (was.queued != queued || was.coalesced != coalesced || was.runs != runs) {
        testing_fail(file, line,
                     "the DPC was queued %zu times, coalesced %zu times and ran %zu times, and not "
                     "%zu, %zu and %zu",
                     was.queued, was.coalesced, was.runs, queued, coalesced, runs);
    }
}

/* ---- interrupts and queues ---- */

bool wc_interrupt_is_enabled(const void *interrupt)
{
    const struct fx_interrupt *object =
        fx_object_body(find(interrupt, FX_TYPE_INTERRUPT), struct fx_interrupt);

    return object->stage == FX_INTERRUPT_ENABLED;
}

void wc_assert_interrupt_(const void *interrupt, bool enabled, const char *file, int line)
{
    if (wc_interrupt_is_enabled(interrupt) != enabled) {
        testing_fail(file, line, "the interrupt is %s", enabled ? "not enabled" : "enabled");
    }
}

struct wc_queue_state wc_queue_state(const void *queue)
{
    struct fx_queue *object = fx_object_body(find(queue, FX_TYPE_QUEUE), struct fx_queue);

    fx_queue_lock(object);
    struct wc_queue_state state = {.queued = object->queued_count,
                                   .owned = object->owned_count,
                                   .accepts = object->accept,
                                   .dispatches = object->dispatch};
    fx_queue_unlock(object);
    return state;
}

void wc_assert_queue_(const void *queue, size_t queued, size_t owned, const char *file, int line)
{
    struct wc_queue_state was = wc_queue_state(queue);

    if (was.queued != queued || was.owned != owned) {
        testing_fail(file, line,
                     "%zu requests wait in the queue and %zu are with the driver, and not %zu and "
                     "%zu",
                     was.queued, was.owned, queued, owned);
    }
}

void wc_assert_queue_state_(const void *queue, bool accepts, bool dispatches, const char *file,
                            int line)
{
    struct wc_queue_state was = wc_queue_state(queue);

    if (was.accepts != accepts || was.dispatches != dispatches) {
        testing_fail(file, line, "the queue %s requests and %s them; %s and %s were expected",
                     was.accepts ? "accepts" : "refuses", was.dispatches ? "dispatches" : "holds",
                     accepts ? "accepting" : "refusing", dispatches ? "dispatching" : "holding");
    }
}

/* ---- requests ---- */

struct completion {
    bool known;
    int32_t status;
    bool has_information;
    uint64_t information;
};

/* The call that completed a request: the last one, for its handle may name another later. */
static struct completion find_completion(const void *request)
{
    uint64_t wanted = (uint64_t)(uintptr_t)request;
    struct wc_calls calls = wc_calls("*CompleteRequest");
    struct completion found = {0};

    for (size_t i = 0; i < calls.count; i++) {
        const struct wc_call *call = calls.call[i];

        if (strcmp(wc_call_name(call), "IoCompleteRequest") == 0 &&
            (uint64_t)wc_call_number(call, "Irp") == wanted) {
            found = (struct completion){
                .known = true,
                .status = (int32_t)wc_call_number(call, "Irp.IoStatus.Status"),
                .has_information = true,
                .information = (uint64_t)wc_call_number(call, "Irp.IoStatus.Information")};
        }
    }
    calls = wc_calls("WdfRequestComplete*");
    for (size_t i = 0; i < calls.count; i++) {
        const struct wc_call *call = calls.call[i];
        bool with = strcmp(wc_call_name(call), "WdfRequestCompleteWithInformation") == 0;

        if ((uint64_t)wc_call_number(call, "Request") == wanted) {
            found = (struct completion){
                .known = true,
                .status = (int32_t)wc_call_number(call, "Status"),
                .has_information = with,
                .information = with ? (uint64_t)wc_call_number(call, "Information") : 0};
        }
    }
    calls = wc_calls("WdfRequestSetInformation");
    for (size_t i = 0; found.known && !found.has_information && i < calls.count; i++) {
        if ((uint64_t)wc_call_number(calls.call[i], "Request") == wanted) {
            found.information = (uint64_t)wc_call_number(calls.call[i], "Information");
        }
    }
    return found;
}

void wc_assert_completed_(const void *request, int32_t status, uint64_t information,
                          const char *file, int line)
{
    struct completion was = find_completion(request);

    if (!was.known) {
        testing_fail(file, line, "the request %p was not completed; it should be, with 0x%08X",
                     request, (unsigned)status);
    }
    if (was.status != status || was.information != information) {
        testing_fail(file, line,
                     "the request was completed with status 0x%08X and information %llu, and not "
                     "0x%08X and %llu",
                     (unsigned)was.status, (unsigned long long)was.information, (unsigned)status,
                     (unsigned long long)information);
    }
}

void wc_assert_not_completed_(const void *request, const char *file, int line)
{
    struct completion was = find_completion(request);

    if (was.known) {
        testing_fail(file, line, "the request was completed with status 0x%08X, and should not be",
                     (unsigned)was.status);
    }
}

/* ---- objects ---- */

bool wc_is_alive(const void *handle)
{
    const struct fx_object *object = fx_handle_find(handle);

    return object != NULL && !fx_object_is_dying(object);
}

void wc_assert_alive_(const void *handle, bool alive, const char *file, int line)
{
    if (wc_is_alive(handle) != alive) {
        testing_fail(file, line, "%s #%u is %s", fx_type_name(fx_handle_type(handle)),
                     fx_handle_index(handle), alive ? "deleted" : "alive");
    }
}

void wc_assert_objects_(const char *type, size_t number, const char *file, int line)
{
    size_t was = wc_object_count(type);

    if (was != number) {
        char *tree = fx_dump_objects();
        testing_fail(file, line, "there are %zu objects of type %s, and not %zu:\n%s", was, type,
                     number, tree);
    }
}

/* ---- locks ---- */

bool wc_lock_is_held(const void *lock)
{
    struct fx_object *object = fx_handle_find(lock);
    const struct fx_sync *sync = object != NULL ? fx_sync_of(object) : NULL;

    if (object == NULL) {
        return *(const volatile KSPIN_LOCK *)lock != 0;
    }
    if (object->type->number == FX_TYPE_SPINLOCK) {
        return fx_object_body(object, struct fx_spinlock)->holder != NULL;
    }
    if (object->type->number == FX_TYPE_WAITLOCK) {
        return fx_object_body(object, struct fx_waitlock)->holder != NULL;
    }
    if (sync == NULL) {
        testing_fail(testing_file(), testing_line(), "a %s has no lock",
                     fx_type_name(object->type->number));
    }
    return sync->lock != NULL && sync->lock->holder != NULL;
}

void wc_assert_lock_(const void *lock, bool held, const char *file, int line)
{
    if (wc_lock_is_held(lock) != held) {
        testing_fail(file, line, "the lock is %s", held ? "not held" : "held");
    }
}
