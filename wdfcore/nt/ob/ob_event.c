/* ob_event.c - events that have a handle, and perhaps a name. */
#include <ntifs.h>

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_directory.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

struct ob_event {
    KEVENT event;        /* the body that drivers see */
    UNICODE_STRING name; /* (c) empty: none */
};

static void event_destroy(void *body)
{
    struct ob_event *event = body;

    if (event->name.Buffer != NULL) {
        io_name_remove(&event->name);
        ex_pool_release(event->name.Buffer);
    }
}

const struct ob_type ob_event_type = {.name = "Event", .destroy = event_destroy};

PCUNICODE_STRING ob_event_name(const void *event)
{
    return &((const struct ob_event *)event)->name;
}

/* The event is found by its name from here on. */
static NTSTATUS event_set_name(struct ob_event *event, PCUNICODE_STRING name)
{
    WCHAR *copy = ex_pool_allocate(name->Length, 'evEO', false, false, NULL);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (copy == NULL) {
        return status;
    }
    status = io_name_insert(name, event);
    if (!NT_SUCCESS(status)) {
        ex_pool_release(copy);
        return status;
    }
    memcpy(copy, name->Buffer, name->Length);
    event->name =
        (UNICODE_STRING){.Length = name->Length, .MaximumLength = name->Length, .Buffer = copy};
    return STATUS_SUCCESS;
}

static NTSTATUS event_create(PCUNICODE_STRING name, EVENT_TYPE type, BOOLEAN signaled,
                             ACCESS_MASK access, ULONG attributes, HANDLE *out_handle)
{
    struct ob_event *event = ob_create(&ob_event_type, sizeof(*event));
    NTSTATUS status = STATUS_SUCCESS;
    HANDLE handle = NULL;

    if (event == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeEvent(&event->event, type, signaled);
    if (name != NULL && name->Length != 0) {
        status = event_set_name(event, name);
    }
    if (NT_SUCCESS(status)) {
        handle = ob_handle_create_as(event, access, attributes);
        status = handle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    ob_deref(event); /* the handle has its own reference */
    if (NT_SUCCESS(status)) {
        *out_handle = handle;
    }
    return status;
}

/* The event of that name, or a new one that is signaled. */
static PKEVENT event_open_or_create(PCUNICODE_STRING name, EVENT_TYPE type, PHANDLE out_handle)
{
    void *body = NULL;

    if (name != NULL && name->Length != 0 && NT_SUCCESS(io_name_lookup(name, &body, NULL))) {
        *out_handle = ob_is(body, &ob_event_type)
                          ? ob_handle_create_as(body, EVENT_ALL_ACCESS, OBJ_KERNEL_HANDLE)
                          : NULL;
        ob_deref(body);
    } else if (!NT_SUCCESS(event_create(name, type, TRUE, EVENT_ALL_ACCESS, OBJ_KERNEL_HANDLE,
                                        out_handle))) {
        *out_handle = NULL;
    }
    return *out_handle != NULL ? ob_handle_lookup(*out_handle) : NULL;
}

PKEVENT IoCreateNotificationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    return API(PASSIVE_LEVEL) ? event_open_or_create(EventName, NotificationEvent, EventHandle)
                              : NULL;
}

PKEVENT IoCreateSynchronizationEvent(PUNICODE_STRING EventName, PHANDLE EventHandle)
{
    return API(PASSIVE_LEVEL) ? event_open_or_create(EventName, SynchronizationEvent, EventHandle)
                              : NULL;
}

/* Generic rights become an event's own. */
static ACCESS_MASK event_access(ACCESS_MASK access)
{
    static const GENERIC_MAPPING mapping = {.GenericRead = STANDARD_RIGHTS_READ | EVENT_QUERY_STATE,
                                            .GenericWrite =
                                                STANDARD_RIGHTS_WRITE | EVENT_MODIFY_STATE,
                                            .GenericExecute = STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                                            .GenericAll = EVENT_ALL_ACCESS};

    if ((access & MAXIMUM_ALLOWED) != 0) {
        access = GENERIC_ALL;
    }
    RtlMapGenericMask(&access, &mapping);
    return access;
}

static NTSTATUS event_open(PCUNICODE_STRING name, ACCESS_MASK access, ULONG attributes,
                           PHANDLE handle)
{
    void *body = NULL;
    NTSTATUS status = io_name_lookup(name, &body, NULL);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (!ob_is(body, &ob_event_type)) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else {
        *handle = ob_handle_create_as(body, access, attributes);
        status = *handle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    ob_deref(body);
    return status;
}

/* The name is whole, or empty. */
static NTSTATUS event_create_or_open(PCUNICODE_STRING name, ULONG attributes, ACCESS_MASK access,
                                     EVENT_TYPE type, BOOLEAN signaled, PHANDLE handle)
{
    if (name->Length != 0 && (attributes & OBJ_OPENIF) != 0) {
        NTSTATUS status = event_open(name, access, attributes, handle);

        if (status != STATUS_OBJECT_NAME_NOT_FOUND) {
            return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_EXISTS : status;
        }
    }
    return event_create(name, type, signaled, access, attributes, handle);
}

NTSTATUS ZwCreateEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                       POBJECT_ATTRIBUTES ObjectAttributes, EVENT_TYPE EventType,
                       BOOLEAN InitialState)
{
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if ((ULONG)EventType > SynchronizationEvent) {
        return STATUS_INVALID_PARAMETER;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (NT_SUCCESS(status)) {
        status =
            event_create_or_open(&name, ObjectAttributes != NULL ? ObjectAttributes->Attributes : 0,
                                 event_access(DesiredAccess), EventType, InitialState, EventHandle);
    }
    ex_pool_release(name.Buffer);
    return status;
}

NTSTATUS ZwOpenEvent(PHANDLE EventHandle, ACCESS_MASK DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes)
{
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ObjectAttributes == NULL || ObjectAttributes->ObjectName == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (NT_SUCCESS(status)) {
        status = event_open(&name, event_access(DesiredAccess), ObjectAttributes->Attributes,
                            EventHandle);
    }
    ex_pool_release(name.Buffer);
    return status;
}

/* The event behind a handle, referenced. */
static NTSTATUS event_of_handle(HANDLE handle, const char *api, PKEVENT *event)
{
    void *body = ob_handle_reference(handle);

    if (body == NULL) {
        ke_violation(RULE_BadHandle, 0xC4, 0x3C, (uint64_t)(uintptr_t)handle, 0, 0,
                     "%s of a handle that is not open", api);
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(body, &ob_event_type)) {
        ob_deref(body);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    *event = body;
    return STATUS_SUCCESS;
}

static LONG event_set(PKEVENT event)
{
    return KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

static LONG event_pulse(PKEVENT event)
{
    return KePulseEvent(event, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS event_change(HANDLE handle, PLONG previous, LONG (*change)(PKEVENT event),
                             const char *api)
{
    PKEVENT event;
    NTSTATUS status = event_of_handle(handle, api, &event);
    LONG before;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    before = change(event);
    ob_deref(event);
    if (previous != NULL) {
        *previous = before;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ZwSetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return API(DISPATCH_LEVEL) ? event_change(EventHandle, PreviousState, event_set, __func__)
                               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwResetEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return API(DISPATCH_LEVEL) ? event_change(EventHandle, PreviousState, KeResetEvent, __func__)
                               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwClearEvent(HANDLE EventHandle)
{
    return API(DISPATCH_LEVEL) ? event_change(EventHandle, NULL, KeResetEvent, __func__)
                               : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwPulseEvent(HANDLE EventHandle, PLONG PreviousState)
{
    return API(DISPATCH_LEVEL) ? event_change(EventHandle, PreviousState, event_pulse, __func__)
                               : STATUS_INVALID_DEVICE_REQUEST;
}
