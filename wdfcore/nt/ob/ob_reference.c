/* ob_reference.c - from a handle to its object. */
#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

/* Each of the current process, which may do everything with it. */
static bool ob_is_pseudo(HANDLE handle)
{
    return handle == ZwCurrentThread() || handle == ZwCurrentProcess();
}

static void *ob_handle_body(HANDLE handle, KPROCESSOR_MODE mode)
{
    void *body = handle == ZwCurrentThread() ? (void *)ke_self->thread : PsGetCurrentProcess();

    if (ob_is_pseudo(handle)) {
        ob_ref(body);
        return body;
    }
    return mode != KernelMode && ob_handle_is_kernel(handle) ? NULL : ob_handle_reference(handle);
}

/* Generic rights were not mapped when every right came of them. */
static bool ob_access_is_granted(HANDLE handle, ACCESS_MASK access)
{
    OBJECT_HANDLE_INFORMATION information;

    ob_handle_information(handle, &information);
    return ob_is_pseudo(handle) || (access & ~information.GrantedAccess) == 0 ||
           (information.GrantedAccess & (GENERIC_ALL | MAXIMUM_ALLOWED)) != 0;
}

NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                   PVOID *Object, POBJECT_HANDLE_INFORMATION HandleInformation)
{
    void *body;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *Object = NULL;
    body = ob_handle_body(Handle, AccessMode);
    if (body == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (ObjectType != NULL && !ob_is(body, (const struct ob_type *)ObjectType)) {
        ob_deref(body);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (AccessMode != KernelMode && !ob_access_is_granted(Handle, DesiredAccess)) {
        ob_deref(body);
        return STATUS_ACCESS_DENIED;
    }
    if (HandleInformation != NULL) {
        ob_handle_information(Handle, HandleInformation);
    }
    *Object = body;
    return STATUS_SUCCESS;
}

NTSTATUS ObReferenceObjectByHandleWithTag(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                          POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                          ULONG Tag, PVOID *Object,
                                          POBJECT_HANDLE_INFORMATION HandleInformation)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return ObReferenceObjectByHandle(Handle, DesiredAccess, ObjectType, AccessMode, Object,
                                     HandleInformation);
}

NTSTATUS ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
                                    POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode)
{
    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(AccessMode);
    if (!API(DISPATCH_LEVEL) || !ob_check(Object, "ObReferenceObjectByPointer")) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ObjectType != NULL && !ob_is(Object, (const struct ob_type *)ObjectType)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    ob_ref(Object);
    return STATUS_SUCCESS;
}

NTSTATUS ObReferenceObjectByPointerWithTag(PVOID Object, ACCESS_MASK DesiredAccess,
                                           POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                           ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
}

/* What a handle leads to and a thread can wait for. */
static PVOID ob_waitable(PVOID body)
{
    if (ob_is(body, &io_file_type)) {
        return &((PFILE_OBJECT)body)->Event;
    }
    return ob_is(body, &ob_event_type) || ob_is(body, &ke_thread_type) ? body : NULL;
}

NTSTATUS ZwWaitForSingleObject(HANDLE Handle, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    NTSTATUS status;
    PVOID body = NULL;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    body = ob_handle_reference(Handle);
    if (body == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = ob_waitable(body) == NULL ? STATUS_OBJECT_TYPE_MISMATCH
                                       : KeWaitForSingleObject(ob_waitable(body), UserRequest,
                                                               KernelMode, Alertable, Timeout);
    ob_deref(body);
    return status;
}

/* All of them referenced, or none. */
static NTSTATUS ob_waitables(ULONG count, HANDLE const *handles, PVOID *bodies, PVOID *objects)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG done = 0;

    while (done < count && NT_SUCCESS(status)) {
        bodies[done] = ob_handle_reference(handles[done]);
        if (bodies[done] == NULL) {
            status = STATUS_INVALID_HANDLE;
            break;
        }
        objects[done] = ob_waitable(bodies[done]);
        if (objects[done++] == NULL) {
            status = STATUS_OBJECT_TYPE_MISMATCH;
        }
    }
    while (!NT_SUCCESS(status) && done > 0) {
        ob_deref(bodies[--done]);
    }
    return status;
}

NTSTATUS ZwWaitForMultipleObjects(ULONG Count, HANDLE Handles[], WAIT_TYPE WaitType,
                                  BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PVOID bodies[MAXIMUM_WAIT_OBJECTS];
    PVOID objects[MAXIMUM_WAIT_OBJECTS];
    KWAIT_BLOCK blocks[MAXIMUM_WAIT_OBJECTS];
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Count == 0 || Count > MAXIMUM_WAIT_OBJECTS) {
        return STATUS_INVALID_PARAMETER_1;
    }
    status = ob_waitables(Count, Handles, bodies, objects);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = KeWaitForMultipleObjects(Count, objects, WaitType, UserRequest, KernelMode, Alertable,
                                      Timeout, blocks);
    for (ULONG i = 0; i < Count; i++) {
        ob_deref(bodies[i]);
    }
    return status;
}

static void ob_tell_closing(HANDLE handle)
{
    void *body = ob_handle_reference(handle);

    if (body != NULL) {
        const struct ob_type *type = ob_type_of(body);

        if (type->closing != NULL) {
            type->closing(body);
        }
        ob_deref(body);
    }
}

NTSTATUS ZwClose(HANDLE Handle)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    ob_tell_closing(Handle);
    if (!ob_handle_close(Handle)) {
        ke_violation(RULE_BadHandle, 0xC4, 0x3C, (uint64_t)(uintptr_t)Handle, 0, 0,
                     "ZwClose of a handle that is not open");
        return STATUS_INVALID_HANDLE;
    }
    return STATUS_SUCCESS;
}
