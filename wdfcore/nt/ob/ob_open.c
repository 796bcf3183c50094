/* ob_open.c - handles and names of objects that a driver has a pointer to, and threads and processes by
 * number.
 */
#include <ntifs.h>

#include <string.h>

#include "nt/cm/cm_open.h"
#include "nt/io/io_device.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_callback.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/thread/ke_thread.h"

NTSTATUS ObOpenObjectByPointer(PVOID Object, ULONG HandleAttributes,
                               PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                               POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode, PHANDLE Handle)
{
    UNREFERENCED_PARAMETER(PassedAccessState);
    UNREFERENCED_PARAMETER(AccessMode);
    if (!API(PASSIVE_LEVEL) || !ob_check(Object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ObjectType != NULL && !ob_is(Object, (const struct ob_type *)ObjectType)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return ob_handle_open(Object, DesiredAccess, HandleAttributes, Handle);
}

NTSTATUS ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    UNREFERENCED_PARAMETER(PreviousMode);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return ZwClose(Handle);
}

NTSTATUS ObOpenObjectByPointerWithTag(PVOID Object, ULONG HandleAttributes,
                                      PACCESS_STATE PassedAccessState, ACCESS_MASK DesiredAccess,
                                      POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                      ULONG Tag, PHANDLE Handle)
{
    UNREFERENCED_PARAMETER(Tag);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return ObOpenObjectByPointer(Object, HandleAttributes, PassedAccessState, DesiredAccess,
                                 ObjectType, AccessMode, Handle);
}

NTSTATUS ObReferenceObjectByName(PUNICODE_STRING ObjectName, ULONG Attributes,
                                 PACCESS_STATE AccessState, ACCESS_MASK DesiredAccess,
                                 POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
                                 PVOID ParseContext, PVOID *Object)
{
    void *body = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Attributes);
    UNREFERENCED_PARAMETER(AccessState);
    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(AccessMode);
    UNREFERENCED_PARAMETER(ParseContext);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ObjectName == NULL || ObjectName->Length == 0) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    status = io_name_lookup(ObjectName, &body, NULL);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (ObjectType != NULL && !ob_is(body, (const struct ob_type *)ObjectType)) {
        ob_deref(body);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    *Object = body;
    return STATUS_SUCCESS;
}

BOOLEAN ObIsKernelHandle(HANDLE Handle)
{
    return API_QUIET(HIGH_LEVEL) && ob_handle_is_kernel(Handle);
}

/* ---- names ---- */

/* Of what the object is named by, and behind it: a file is its device's name and its own. */
static void ob_name(PVOID object, PCUNICODE_STRING *name, PCUNICODE_STRING *rest)
{
    static const UNICODE_STRING none;

    *name = *rest = &none;
    if (ob_is(object, &io_device_type)) {
        *name = &io_device_of(object)->name;
    } else if (ob_is(object, &io_driver_type)) {
        *name = &((PDRIVER_OBJECT)object)->DriverName;
    } else if (ob_is(object, &ob_event_type)) {
        *name = ob_event_name(object);
    } else if (ob_is(object, &io_file_type)) {
        *name = &io_device_of(((PFILE_OBJECT)object)->DeviceObject)->name;
        *rest = &((PFILE_OBJECT)object)->FileName;
    } else if (ob_is(object, &cm_open_type) && !NT_SUCCESS(cm_open_name(object, name))) {
        *name = &none;
    }
}

NTSTATUS ObQueryNameString(PVOID Object, POBJECT_NAME_INFORMATION ObjectNameInfo, ULONG Length,
                           PULONG ReturnLength)
{
    PCUNICODE_STRING name, rest;
    USHORT length;
    PWSTR text = (PWSTR)(ObjectNameInfo + 1);

    if (!API(PASSIVE_LEVEL) || !ob_check(Object, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    ob_name(Object, &name, &rest);
    length = (USHORT)(name->Length + rest->Length);
    *ReturnLength = (ULONG)sizeof(*ObjectNameInfo) + (length != 0 ? length + sizeof(WCHAR) : 0);
    if (Length < *ReturnLength) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (length == 0) {
        ObjectNameInfo->Name = (UNICODE_STRING){0};
        return STATUS_SUCCESS;
    }
    if (name->Length != 0) {
        memcpy(text, name->Buffer, name->Length);
    }
    if (rest->Length != 0) {
        memcpy((PUCHAR)text + name->Length, rest->Buffer, rest->Length);
    }
    text[length / sizeof(WCHAR)] = 0;
    ObjectNameInfo->Name = (UNICODE_STRING){
        .Length = length, .MaximumLength = (USHORT)(length + sizeof(WCHAR)), .Buffer = text};
    return STATUS_SUCCESS;
}

/* ---- by number ---- */

NTSTATUS PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
    PKTHREAD thread;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    thread = ke_thread_of_id((ULONG_PTR)ThreadId);
    if (thread == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *Thread = (PETHREAD)thread;
    return STATUS_SUCCESS;
}

NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    PEPROCESS process;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    process = ps_process_of_id((ULONG_PTR)ProcessId);
    if (process == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *Process = process;
    return STATUS_SUCCESS;
}

NTSTATUS ZwOpenProcess(PHANDLE ProcessHandle, ACCESS_MASK DesiredAccess,
                       POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId)
{
    PEPROCESS process;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ClientId == NULL || ObjectAttributes->ObjectName != NULL) {
        return STATUS_INVALID_PARAMETER_MIX; /* processes have no names */
    }
    process = ps_process_of_id((ULONG_PTR)ClientId->UniqueProcess);
    if (process == NULL) {
        return STATUS_INVALID_CID;
    }
    status = ob_handle_open(process, DesiredAccess, ObjectAttributes->Attributes, ProcessHandle);
    ob_deref(process); /* the handle has its own */
    return status;
}

NTSTATUS ZwOpenThread(PHANDLE ThreadHandle, ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes, PCLIENT_ID ClientId)
{
    PKTHREAD thread;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ClientId == NULL || ObjectAttributes->ObjectName != NULL) {
        return STATUS_INVALID_PARAMETER_MIX; /* threads have no names */
    }
    thread = ke_thread_of_id((ULONG_PTR)ClientId->UniqueThread);
    if (thread == NULL) {
        return STATUS_INVALID_CID;
    }
    status = ob_handle_open(thread, DesiredAccess, ObjectAttributes->Attributes, ThreadHandle);
    ob_deref(thread); /* the handle has its own */
    return status;
}
