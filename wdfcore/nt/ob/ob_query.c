/* ob_query.c - handles that lead to one object, and what can be asked about it. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_callback.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

/* ---- duplicates ---- */

static NTSTATUS process_check(HANDLE handle)
{
    PVOID process;
    NTSTATUS status = ObReferenceObjectByHandle(handle, PROCESS_DUP_HANDLE, *PsProcessType,
                                                KernelMode, &process, NULL);

    if (NT_SUCCESS(status)) {
        ob_deref(process);
    }
    return status;
}

static NTSTATUS ob_duplicate(HANDLE source, PHANDLE target, ACCESS_MASK access, ULONG attributes,
                             ULONG options)
{
    OBJECT_HANDLE_INFORMATION had;
    PVOID body;
    NTSTATUS status = ObReferenceObjectByHandle(source, 0, NULL, KernelMode, &body, &had);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = ob_handle_open(
        body, (options & DUPLICATE_SAME_ACCESS) != 0 ? had.GrantedAccess : access,
        (options & DUPLICATE_SAME_ATTRIBUTES) != 0 ? had.HandleAttributes : attributes, target);
    ob_deref(body); /* the handle has its own */
    return status;
}

NTSTATUS ZwDuplicateObject(HANDLE SourceProcessHandle, HANDLE SourceHandle,
                           HANDLE TargetProcessHandle, PHANDLE TargetHandle,
                           ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options)
{
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (TargetHandle == NULL && (Options & DUPLICATE_CLOSE_SOURCE) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = process_check(SourceProcessHandle);
    if (NT_SUCCESS(status) && TargetHandle != NULL) {
        status = process_check(TargetProcessHandle);
    }
    if (NT_SUCCESS(status) && TargetHandle != NULL) {
        status = ob_duplicate(SourceHandle, TargetHandle, DesiredAccess, HandleAttributes, Options);
    }
    if ((Options & DUPLICATE_CLOSE_SOURCE) != 0 && status != STATUS_INVALID_HANDLE) {
        NTSTATUS closed = ZwClose(SourceHandle);

        status = NT_SUCCESS(status) ? closed : status;
    }
    return status;
}

/* ---- questions ---- */

static NTSTATUS query_basic(HANDLE handle, PVOID body, PVOID buffer, ULONG room, PULONG length)
{
    PUBLIC_OBJECT_BASIC_INFORMATION *basic = buffer;
    OBJECT_HANDLE_INFORMATION had;

    *length = sizeof(*basic);
    if (room != sizeof(*basic)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    ob_handle_information(handle, &had);
    *basic = (PUBLIC_OBJECT_BASIC_INFORMATION){
        .Attributes = had.HandleAttributes,
        .GrantedAccess = had.GrantedAccess,
        .HandleCount = ob_handle_count(body),
        .PointerCount = (ULONG)ob_references(body) - 1}; /* but the one of this question */
    return STATUS_SUCCESS;
}

static NTSTATUS query_type(PVOID body, PVOID buffer, ULONG room, PULONG length)
{
    PUBLIC_OBJECT_TYPE_INFORMATION *type = buffer;
    const char *name = ob_type_of(body)->name;
    PWSTR text = (PWSTR)(type + 1);
    size_t count = strlen(name);

    *length = (ULONG)(sizeof(*type) + (count + 1) * sizeof(WCHAR));
    if (room < *length) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    *type = (PUBLIC_OBJECT_TYPE_INFORMATION){0};
    type->TypeName = (UNICODE_STRING){(USHORT)(count * sizeof(WCHAR)),
                                      (USHORT)((count + 1) * sizeof(WCHAR)), text};
    for (size_t i = 0; i <= count; i++) {
        text[i] = (WCHAR)name[i];
    }
    return STATUS_SUCCESS;
}

NTSTATUS ZwQueryObject(HANDLE Handle, OBJECT_INFORMATION_CLASS ObjectInformationClass,
                       PVOID ObjectInformation, ULONG ObjectInformationLength, PULONG ReturnLength)
{
    ULONG length = 0;
    PVOID body;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ObReferenceObjectByHandle(Handle, 0, NULL, KernelMode, &body, NULL);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    switch (ObjectInformationClass) {
    case ObjectBasicInformation:
        status = query_basic(Handle, body, ObjectInformation, ObjectInformationLength, &length);
        break;
    case ObjectNameInformation:
        status = ObQueryNameString(body, ObjectInformation, ObjectInformationLength, &length);
        break;
    case ObjectTypeInformation:
        status = query_type(body, ObjectInformation, ObjectInformationLength, &length);
        break;
    default:
        status = STATUS_INVALID_INFO_CLASS;
        break;
    }
    ob_deref(body);
    if (ReturnLength != NULL) {
        *ReturnLength = length;
    }
    return status;
}

LONG ObGetObjectPointerCount(PVOID Object)
{
    return API(DISPATCH_LEVEL) && ob_check(Object, __func__) ? ob_references(Object) : 0;
}

POBJECT_TYPE ObGetObjectType(PVOID Object)
{
    return API(DISPATCH_LEVEL) && ob_check(Object, __func__)
               ? (POBJECT_TYPE)(uintptr_t)ob_type_of(Object)
               : NULL;
}
