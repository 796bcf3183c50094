#pragma once
/* fx_send_sync.h - what functions that format, send and wait in one call have in common.
 *
 *     status = fx_sync_begin(&call, target, request, options, __func__);
 *     if (NT_SUCCESS(status)) {
 *         status = ...format call.request for call.target...;
 *         status = fx_sync_end(&call, status, &information);
 *     }
 */
#include <wdf.h>

#include <stdbool.h>

struct fx_request;
struct fx_target;

/* One such call. */
struct fx_sync_call {
    struct fx_target *target;
    struct fx_request *request;
    bool made; /* the request is ours */
    ULONG flags;
    LONGLONG timeout;
    /* For the caller's own format: it was sent and has come back. NULL: nothing is wanted of it. */
    void (*came)(const struct fx_sync_call *call);
    void *result; /* the caller's */
};

/* fx_sync_begin: both are referenced until fx_sync_end, which follows a success. request NULL: one is
 * made. fx_sync_end: sends and waits if status, of the format, is a success; information may be NULL.
 * PASSIVE_LEVEL. */
NTSTATUS fx_sync_begin(struct fx_sync_call *call, WDFIOTARGET target, WDFREQUEST request,
                       const WDF_REQUEST_SEND_OPTIONS *options, const char *api);
NTSTATUS fx_sync_end(struct fx_sync_call *call, NTSTATUS status, PULONG_PTR information);
