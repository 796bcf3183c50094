/* cm_open.c - handles of keys, and the Zw routines that open, make and delete keys. */
#include "nt/cm/cm_open.h"

#include "nt/cm/cm_value.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant */
struct cm_open {
    struct cm_key *key; /* (c) referenced */
    ACCESS_MASK access; /* (c) */
};

static void cm_open_destroy(void *body)
{
    struct cm_open *open = body;

    cm_key_deref(open->key);
}

static const struct ob_type cm_open_type = {"Key", cm_open_destroy, NULL};

/* Generic rights become the key's own. */
static ACCESS_MASK cm_open_access(ACCESS_MASK access)
{
    ACCESS_MASK mapped = access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL |
                                    (ACCESS_MASK)MAXIMUM_ALLOWED);

    mapped |= (access & GENERIC_READ) != 0 ? KEY_READ : 0;
    mapped |= (access & GENERIC_EXECUTE) != 0 ? KEY_EXECUTE : 0;
    mapped |= (access & GENERIC_WRITE) != 0 ? KEY_WRITE : 0;
    mapped |= (access & (GENERIC_ALL | MAXIMUM_ALLOWED)) != 0 ? KEY_ALL_ACCESS : 0;
    return mapped;
}

bool cm_open_creates(ACCESS_MASK access)
{
    return (cm_open_access(access) & KEY_CREATE_SUB_KEY) != 0;
}

NTSTATUS cm_open_handle(struct cm_key *key, ACCESS_MASK access, HANDLE *handle)
{
    struct cm_open *open = ob_create(&cm_open_type, sizeof(*open));

    if (open == NULL) {
        cm_key_deref(key);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    open->key = key;
    open->access = cm_open_access(access);
    *handle = ob_handle_create(open);
    ob_deref(open); /* the handle has its own; without one the object goes */
    return *handle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS cm_open_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key)
{
    const struct cm_open *open = ob_handle_lookup(handle);

    if (open == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(open, &cm_open_type)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if ((open->access & access) != access) {
        return STATUS_ACCESS_DENIED;
    }
    cm_lock();
    open->key->references++; /* the caller's: cm_key_deref */
    cm_unlock();
    *key = open->key;
    return STATUS_SUCCESS;
}

NTSTATUS cm_open_path(HANDLE root, PCUNICODE_STRING path, const enum cm_create *how,
                      ACCESS_MASK access, HANDLE *handle, bool *created)
{
    struct cm_key *below = NULL;
    struct cm_key *key = NULL;
    NTSTATUS status = root != NULL ? cm_open_key(root, 0, &below) : STATUS_SUCCESS;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = how != NULL ? cm_key_create(below, path, *how, &key, created)
                         : cm_key_open(below, path, &key);
    if (below != NULL) {
        cm_key_deref(below);
    }
    return NT_SUCCESS(status) ? cm_open_handle(key, access, handle) : status;
}

/* ---- API ---- */

static NTSTATUS cm_attributes_check(const OBJECT_ATTRIBUTES *attributes)
{
    if (attributes == NULL || attributes->Length != sizeof(*attributes)) {
        return STATUS_INVALID_PARAMETER;
    }
    return attributes->ObjectName != NULL ? STATUS_SUCCESS : STATUS_OBJECT_PATH_SYNTAX_BAD;
}

NTSTATUS ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                   POBJECT_ATTRIBUTES ObjectAttributes)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_attributes_check(ObjectAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return cm_open_path(ObjectAttributes->RootDirectory, ObjectAttributes->ObjectName, NULL,
                        DesiredAccess, KeyHandle, NULL);
}

NTSTATUS ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions)
{
    UNREFERENCED_PARAMETER(OpenOptions);
    return API(PASSIVE_LEVEL) ? ZwOpenKey(KeyHandle, DesiredAccess, ObjectAttributes)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes, ULONG TitleIndex, PUNICODE_STRING Class,
                     ULONG CreateOptions, PULONG Disposition)
{
    enum cm_create how =
        (CreateOptions & REG_OPTION_VOLATILE) != 0 ? CM_CREATE_VOLATILE : CM_CREATE_LAST;
    bool created = false;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(TitleIndex);
    UNREFERENCED_PARAMETER(Class);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_attributes_check(ObjectAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_open_path(ObjectAttributes->RootDirectory, ObjectAttributes->ObjectName, &how,
                          DesiredAccess, KeyHandle, &created);
    if (NT_SUCCESS(status) && Disposition != NULL) {
        *Disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return status;
}

NTSTATUS ZwDeleteKey(HANDLE KeyHandle)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_open_key(KeyHandle, DELETE, &key);
    if (NT_SUCCESS(status)) {
        status = cm_key_delete(key);
        cm_key_deref(key);
    }
    return status;
}

/* Nothing is kept on a disk. */
NTSTATUS ZwFlushKey(HANDLE KeyHandle)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_open_key(KeyHandle, 0, &key);
    if (NT_SUCCESS(status)) {
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex, ULONG Type,
                       PVOID Data, ULONG DataSize)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(TitleIndex);
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Data == NULL && DataSize != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = cm_open_key(KeyHandle, 0, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_set(key, ValueName, Type, Data, DataSize);
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_open_key(KeyHandle, 0, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_delete(key, ValueName);
        cm_key_deref(key);
    }
    return status;
}
