/* ob_reference.c - from a handle to its object. */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_report.h"
#include "nt/thread/ke_thread.h"
#include "nt/ob/ob_object.h"

NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
                                   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                   PVOID *Object, POBJECT_HANDLE_INFORMATION HandleInformation)
{
    void *body;

    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(AccessMode);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *Object = NULL;
    if (Handle == ZwCurrentThread()) {
        body = ke_self->thread;
        ob_ref(body);
    } else {
        body = ob_handle_reference(Handle);
    }
    if (body == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (ObjectType != NULL && !ob_is(body, (const struct ob_type *)ObjectType)) {
        ob_deref(body);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (HandleInformation != NULL) {
        *HandleInformation = (OBJECT_HANDLE_INFORMATION){.GrantedAccess = DesiredAccess};
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

NTSTATUS ZwClose(HANDLE Handle)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!ob_handle_close(Handle)) {
        ke_violation(RULE_BadHandle, 0xC4, 0x3C, (uint64_t)(uintptr_t)Handle, 0, 0,
                     "ZwClose of a handle that is not open");
        return STATUS_INVALID_HANDLE;
    }
    return STATUS_SUCCESS;
}
