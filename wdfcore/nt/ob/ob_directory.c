/* ob_directory.c - directories and symbolic links as objects. The namespace itself is flat (io_name.h): a
 * directory is a name that others begin with, and a link's object holds its entry there. What was made
 * permanent has a reference more, until ZwMakeTemporaryObject.
 */
#include "nt/ob/ob_directory.h"

#include <ntifs.h>

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"

#define OB_NAME_TAG 'mNbO'

/* Both kinds. Key: (c) constant once made, (a) atomic */
struct ob_named {
    UNICODE_STRING name;   /* (c) empty: none */
    UNICODE_STRING target; /* (c) of a link */
    BOOLEAN inserted;      /* (c) the entry in the namespace is this object's */
    BOOLEAN permanent;     /* (a) */
};

static void named_destroy(void *body)
{
    struct ob_named *named = body;

    if (named->inserted) {
        io_name_remove(&named->name);
    }
    ex_pool_release(named->name.Buffer);
    ex_pool_release(named->target.Buffer);
}

static const struct ob_type ob_directory_type = {.name = "Directory", .destroy = named_destroy};
static const struct ob_type ob_link_type = {.name = "SymbolicLink", .destroy = named_destroy};

static bool is_named(const void *body)
{
    return ob_is(body, &ob_directory_type) || ob_is(body, &ob_link_type);
}

static NTSTATUS string_copy(PCUNICODE_STRING from, UNICODE_STRING *to)
{
    *to = (UNICODE_STRING){.Length = from->Length, .MaximumLength = from->Length};
    if (from->Length == 0) {
        return STATUS_SUCCESS;
    }
    to->Buffer = ex_pool_allocate(from->Length, OB_NAME_TAG, true, false, NULL);
    if (to->Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(to->Buffer, from->Buffer, from->Length);
    return STATUS_SUCCESS;
}

/* directory\name */
static NTSTATUS name_below(const struct ob_named *directory, PCUNICODE_STRING name,
                           UNICODE_STRING *full)
{
    USHORT parent = directory->name.Length;
    ULONG length = (ULONG)parent + sizeof(WCHAR) + name->Length;
    BOOLEAN is_root = parent == sizeof(WCHAR); /* "\" */

    if (length > MAXUSHORT || (name->Length != 0 && name->Buffer[0] == L'\\')) {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    full->Buffer = ex_pool_allocate(length, OB_NAME_TAG, true, false, NULL);
    if (full->Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(full->Buffer, directory->name.Buffer, parent);
    if (!is_root) {
        full->Buffer[parent / sizeof(WCHAR)] = L'\\';
        parent = (USHORT)(parent + sizeof(WCHAR));
    }
    memcpy((PUCHAR)full->Buffer + parent, name->Buffer, name->Length);
    full->Length = full->MaximumLength = (USHORT)(parent + name->Length);
    return STATUS_SUCCESS;
}

NTSTATUS ob_full_name(const OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *name)
{
    struct ob_named *root;
    NTSTATUS status;

    *name = (UNICODE_STRING){0};
    if (attributes == NULL || attributes->ObjectName == NULL) {
        return STATUS_SUCCESS;
    }
    if (attributes->RootDirectory == NULL) {
        return string_copy(attributes->ObjectName, name);
    }
    root = ob_handle_reference(attributes->RootDirectory);
    if (root == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = ob_is(root, &ob_directory_type) ? name_below(root, attributes->ObjectName, name)
                                             : STATUS_OBJECT_TYPE_MISMATCH;
    ob_deref(root);
    return status;
}

NTSTATUS ob_open_new(void *object, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes,
                     PHANDLE handle)
{
    HANDLE opened =
        ob_handle_create_as(object, access, attributes != NULL ? attributes->Attributes : 0);

    ob_deref(object); /* the handle has its own */
    if (opened == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *handle = opened;
    return STATUS_SUCCESS;
}

/* The name becomes the object's, in any case. */
static struct ob_named *named_create(const struct ob_type *type, UNICODE_STRING *name)
{
    struct ob_named *named = ob_create(type, sizeof(*named));

    if (named == NULL) {
        ex_pool_release(name->Buffer);
    } else {
        named->name = *name;
    }
    return named;
}

static void named_make_permanent(struct ob_named *named, const OBJECT_ATTRIBUTES *attributes)
{
    if (attributes != NULL && (attributes->Attributes & OBJ_PERMANENT) != 0) {
        __atomic_store_n(&named->permanent, TRUE, __ATOMIC_RELAXED);
        ob_ref(named); /* dropped by ZwMakeTemporaryObject */
    }
}

NTSTATUS ZwMakeTemporaryObject(HANDLE Handle)
{
    struct ob_named *named;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    named = ob_handle_reference(Handle);
    if (named == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (is_named(named) && __atomic_exchange_n(&named->permanent, FALSE, __ATOMIC_RELAXED)) {
        ob_deref(named);
    }
    ob_deref(named);
    return STATUS_SUCCESS;
}

/* ---- directories ---- */

/* Those that are there from the start; nobody made them, so they are no entries. */
static BOOLEAN directory_is_known(PCUNICODE_STRING name)
{
    static const UNICODE_STRING known[] = {
        RTL_CONSTANT_STRING(L"\\"),           RTL_CONSTANT_STRING(L"\\??"),
        RTL_CONSTANT_STRING(L"\\Device"),     RTL_CONSTANT_STRING(L"\\DosDevices"),
        RTL_CONSTANT_STRING(L"\\Driver"),     RTL_CONSTANT_STRING(L"\\GLOBAL??"),
        RTL_CONSTANT_STRING(L"\\Callback"),   RTL_CONSTANT_STRING(L"\\BaseNamedObjects"),
        RTL_CONSTANT_STRING(L"\\FileSystem"), RTL_CONSTANT_STRING(L"\\KernelObjects"),
    };

    for (size_t i = 0; i < RTL_NUMBER_OF(known); i++) {
        if (io_name_equal(name, &known[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* An object for the directory of that name, which is freed or kept. */
static NTSTATUS directory_find(UNICODE_STRING *name, void **directory)
{
    NTSTATUS status;

    if (directory_is_known(name)) {
        *directory = named_create(&ob_directory_type, name);
        return *directory != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    status = io_name_lookup(name, directory, NULL);
    ex_pool_release(name->Buffer);
    if (NT_SUCCESS(status) && !ob_is(*directory, &ob_directory_type)) {
        ob_deref(*directory);
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status;
}

NTSTATUS ZwOpenDirectoryObject(PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
                               POBJECT_ATTRIBUTES ObjectAttributes)
{
    UNICODE_STRING name;
    void *directory = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (NT_SUCCESS(status)) {
        status = directory_find(&name, &directory);
    }
    return NT_SUCCESS(status)
               ? ob_open_new(directory, DesiredAccess, ObjectAttributes, DirectoryHandle)
               : status;
}

/* STATUS_OBJECT_NAME_COLLISION: it is there, or another object of that name. */
static NTSTATUS directory_make(UNICODE_STRING *name, struct ob_named **directory)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (directory_is_known(name)) {
        ex_pool_release(name->Buffer);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *directory = named_create(&ob_directory_type, name);
    if (*directory == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (name->Length != 0) {
        status = io_name_insert(name, *directory);
        (*directory)->inserted = NT_SUCCESS(status);
    }
    if (!NT_SUCCESS(status)) {
        ob_deref(*directory);
    }
    return status;
}

NTSTATUS ZwCreateDirectoryObject(PHANDLE DirectoryHandle, ACCESS_MASK DesiredAccess,
                                 POBJECT_ATTRIBUTES ObjectAttributes)
{
    struct ob_named *directory = NULL;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = directory_make(&name, &directory);
    if (status == STATUS_OBJECT_NAME_COLLISION &&
        (ObjectAttributes->Attributes & OBJ_OPENIF) != 0) {
        status = ZwOpenDirectoryObject(DirectoryHandle, DesiredAccess, ObjectAttributes);
        return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_EXISTS : status;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    named_make_permanent(directory, ObjectAttributes);
    return ob_open_new(directory, DesiredAccess, ObjectAttributes, DirectoryHandle);
}

/* ---- symbolic links ---- */

NTSTATUS ZwCreateSymbolicLinkObject(PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, PUNICODE_STRING LinkTarget)
{
    struct ob_named *link;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (LinkTarget->Length == 0 || LinkTarget->Length % sizeof(WCHAR) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    link = named_create(&ob_link_type, &name);
    if (link == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = string_copy(LinkTarget, &link->target);
    if (NT_SUCCESS(status)) {
        status = io_name_insert_link(&name, LinkTarget);
        link->inserted = NT_SUCCESS(status);
    }
    if (!NT_SUCCESS(status)) {
        ob_deref(link);
        return status;
    }
    named_make_permanent(link, ObjectAttributes);
    return ob_open_new(link, DesiredAccess, ObjectAttributes, LinkHandle);
}

NTSTATUS ZwOpenSymbolicLinkObject(PHANDLE LinkHandle, ACCESS_MASK DesiredAccess,
                                  POBJECT_ATTRIBUTES ObjectAttributes)
{
    WCHAR text[IO_NAME_TARGET_MAX];
    UNICODE_STRING target = {.Buffer = text, .MaximumLength = sizeof(text)};
    struct ob_named *link;
    UNICODE_STRING name;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = ob_full_name(ObjectAttributes, &name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = io_name_target(&name, &target);
    if (!NT_SUCCESS(status)) {
        ex_pool_release(name.Buffer);
        return status;
    }
    link = named_create(&ob_link_type, &name);
    if (link == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = string_copy(&target, &link->target);
    if (!NT_SUCCESS(status)) {
        ob_deref(link);
        return status;
    }
    return ob_open_new(link, DesiredAccess, ObjectAttributes, LinkHandle);
}

NTSTATUS ZwQuerySymbolicLinkObject(HANDLE LinkHandle, PUNICODE_STRING LinkTarget,
                                   PULONG ReturnedLength)
{
    struct ob_named *link;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG needed;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    link = ob_handle_reference(LinkHandle);
    if (link == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(link, &ob_link_type)) {
        ob_deref(link);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    needed = link->target.Length + (ReturnedLength != NULL ? (ULONG)sizeof(WCHAR) : 0);
    if (LinkTarget->MaximumLength < needed) {
        status = STATUS_BUFFER_TOO_SMALL;
    } else {
        memcpy(LinkTarget->Buffer, link->target.Buffer, link->target.Length);
        LinkTarget->Length = link->target.Length;
        if (LinkTarget->MaximumLength - LinkTarget->Length >= (int)sizeof(WCHAR)) {
            LinkTarget->Buffer[LinkTarget->Length / sizeof(WCHAR)] = 0;
        }
    }
    if (ReturnedLength != NULL) {
        *ReturnedLength = needed;
    }
    ob_deref(link);
    return status;
}
