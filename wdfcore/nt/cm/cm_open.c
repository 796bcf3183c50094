/* cm_open.c - handles of keys, and the Zw routines that open and make keys. */
#include "nt/cm/cm_open.h"

#include "nt/cm/cm_context.h"
#include "nt/cm/cm_notify.h"
#include "nt/cm/cm_registration.h"
#include "nt/cm/cm_watch.h"
#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

/* Keys: (c) constant */
struct cm_open {
    struct cm_key *key; /* (c) referenced */
    ACCESS_MASK access; /* (c) */
};

static void cm_open_destroy(void *body)
{
    struct cm_open *open = body;

    cm_contexts_object_gone(open);
    cm_watch_forget(open);
    cm_key_deref(open->key);
}

/* ---- a handle is closed ---- */

static NTSTATUS cm_closing_nothing(struct cm_notice *notice)
{
    UNREFERENCED_PARAMETER(notice);
    return STATUS_SUCCESS;
}

/* It cannot be refused: before and after are told together, while the handle is still there. */
static void cm_open_closing(void *body)
{
    REG_KEY_HANDLE_CLOSE_INFORMATION information = {.Object = body};
    struct cm_notice notice = {.before = RegNtPreKeyHandleClose,
                               .after = RegNtPostKeyHandleClose,
                               .object = body,
                               .context_object = body,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_closing_nothing};

    cm_notify(&notice);
}

const struct ob_type cm_open_type = {
    .name = "Key", .destroy = cm_open_destroy, .closing = cm_open_closing};

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

/* The reference of the key goes to the object, or is dropped. */
static struct cm_open *cm_open_make(struct cm_key *key, ACCESS_MASK access)
{
    struct cm_open *open = ob_create(&cm_open_type, sizeof(*open));

    if (open == NULL) {
        cm_key_deref(key);
        return NULL;
    }
    open->key = key;
    open->access = cm_open_access(access);
    return open;
}

/* The reference of the object goes to the handle, or is dropped. */
static NTSTATUS cm_open_hand_out(struct cm_open *open, ULONG attributes, HANDLE *handle)
{
    if (open == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *handle = ob_handle_create_as(open, open->access, attributes);
    ob_deref(open); /* the handle has its own; without one the object goes */
    return *handle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS cm_open_handle(struct cm_key *key, ACCESS_MASK access, HANDLE *handle)
{
    return cm_open_hand_out(cm_open_make(key, access), OBJ_KERNEL_HANDLE, handle);
}

struct cm_key *cm_open_of(PVOID object)
{
    return ob_is(object, &cm_open_type) ? ((struct cm_open *)object)->key : NULL;
}

NTSTATUS cm_open_name(PVOID object, PCUNICODE_STRING *name)
{
    const struct cm_open *open = object;

    return cm_key_full_name(open->key, name);
}

NTSTATUS cm_open_object(HANDLE handle, ACCESS_MASK access, PVOID *object)
{
    struct cm_open *open = ob_handle_reference(handle);
    NTSTATUS status = STATUS_SUCCESS;

    if (open == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    if (!ob_is(open, &cm_open_type)) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if ((open->access & access) != access) {
        status = STATUS_ACCESS_DENIED;
    }
    if (!NT_SUCCESS(status)) {
        ob_deref(open);
        return status;
    }
    *object = open;
    return STATUS_SUCCESS;
}

NTSTATUS cm_open_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key)
{
    PVOID object = NULL;
    NTSTATUS status = cm_open_object(handle, access, &object);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *key = cm_open_of(object);
    cm_lock();
    (*key)->references++; /* the caller's: cm_key_deref */
    cm_unlock();
    ob_deref(object);
    return STATUS_SUCCESS;
}

/* ---- opening and creating ---- */

struct cm_opening {
    struct cm_notice notice;
    REG_CREATE_KEY_INFORMATION_V1 information;
    struct cm_open *root; /* NULL: the path is absolute */
    PCUNICODE_STRING path;
    UNICODE_STRING remaining;
    const enum cm_create *how; /* NULL: it must be there */
    PVOID result;              /* of who bypasses */
    ULONG attributes;          /* OBJ_*, of the handle */
    ULONG disposition;
};

static NTSTATUS cm_opening_act(struct cm_notice *notice)
{
    struct cm_opening *opening = CONTAINING_RECORD(notice, struct cm_opening, notice);
    struct cm_key *below = opening->root != NULL ? opening->root->key : NULL;
    struct cm_key *key = NULL;
    bool created = false;
    NTSTATUS status = opening->how != NULL
                          ? cm_key_create(below, opening->path, *opening->how, &key, &created)
                          : cm_key_open(below, opening->path, &key);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    notice->object = cm_open_make(key, opening->information.DesiredAccess);
    if (notice->object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    opening->result = notice->object;
    opening->information.GrantedAccess = ((struct cm_open *)notice->object)->access;
    opening->disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    return STATUS_SUCCESS;
}

/* The key object that somebody has left, with a reference. */
static NTSTATUS cm_opening_bypassed(struct cm_notice *notice)
{
    struct cm_opening *opening = CONTAINING_RECORD(notice, struct cm_opening, notice);

    if (cm_open_of(opening->result) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    notice->object = opening->result;
    return STATUS_SUCCESS;
}

/* What follows "\REGISTRY\" of an absolute path. */
static UNICODE_STRING cm_opening_remaining(const struct cm_opening *opening)
{
    static const UNICODE_STRING prefix = RTL_CONSTANT_STRING(L"\\REGISTRY\\");
    UNICODE_STRING rest = *opening->path;
    UNICODE_STRING head = {prefix.Length, prefix.Length, rest.Buffer};

    if (opening->root == NULL && rest.Length >= prefix.Length &&
        rtl_string_equal(&head, &prefix, true)) {
        rest.Buffer += prefix.Length / sizeof(WCHAR);
        rest.Length = (USHORT)(rest.Length - prefix.Length);
        rest.MaximumLength = rest.Length;
    }
    return rest;
}

/* Only if somebody hears of it. root  the object that the path is told to be below */
static void cm_opening_describe(struct cm_opening *opening, PVOID root)
{
    REG_CREATE_KEY_INFORMATION_V1 *information = &opening->information;
    ULONG options = opening->how != NULL && *opening->how == CM_CREATE_VOLATILE
                        ? REG_OPTION_VOLATILE
                        : REG_OPTION_NON_VOLATILE;

    opening->remaining = cm_opening_remaining(opening);
    information->CompleteName = (PUNICODE_STRING)(uintptr_t)opening->path;
    information->RootObject = root;
    information->ObjectType = *CmKeyObjectType;
    information->Options = options;
    information->Disposition = &opening->disposition;
    information->ResultObject = &opening->result;
    information->Version = 1;
    information->RemainingName = &opening->remaining;
    information->Attributes = opening->attributes;
    information->CheckAccessMode = KernelMode;
}

static struct cm_open *cm_open_root(void)
{
    struct cm_key *key = NULL;

    cm_lock();
    key = cm_tree_root();
    if (key != NULL) {
        key->references++; /* the object's */
    }
    cm_unlock();
    return key != NULL ? cm_open_make(key, KEY_READ) : NULL;
}

static NTSTATUS cm_opening_run(struct cm_opening *opening, HANDLE *handle)
{
    struct cm_open *top = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (cm_registration_any()) {
        top = opening->root == NULL ? cm_open_root() : NULL;
        opening->notice.context_object = opening->root != NULL ? opening->root : top;
        cm_opening_describe(opening, opening->notice.context_object);
    }
    status = cm_notify(&opening->notice);
    if (top != NULL) {
        ob_deref(top);
    }
    if (NT_SUCCESS(status) && opening->notice.object != NULL) {
        return cm_open_hand_out(opening->notice.object, opening->attributes, handle);
    }
    if (opening->notice.object != NULL) {
        ob_deref(opening->notice.object);
    }
    return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
}

NTSTATUS cm_open_path(HANDLE root, PCUNICODE_STRING path, const enum cm_create *how,
                      ACCESS_MASK access, ULONG attributes, HANDLE *handle, bool *created)
{
    struct cm_opening opening = {
        .path = path, .how = how, .attributes = attributes | OBJ_CASE_INSENSITIVE};
    PVOID below = NULL;
    NTSTATUS status = root != NULL ? cm_open_object(root, 0, &below) : STATUS_SUCCESS;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    opening.root = below;
    opening.information.DesiredAccess = access;
    opening.notice =
        (struct cm_notice){.before = how != NULL ? RegNtPreCreateKeyEx : RegNtPreOpenKeyEx,
                           .after = how != NULL ? RegNtPostCreateKeyEx : RegNtPostOpenKeyEx,
                           .information = &opening.information,
                           .call_context = &opening.information.CallContext,
                           .object_context = &opening.information.RootObjectContext,
                           .act = cm_opening_act,
                           .bypassed = cm_opening_bypassed};
    status = cm_opening_run(&opening, handle);
    if (created != NULL) {
        *created = opening.disposition == REG_CREATED_NEW_KEY;
    }
    if (below != NULL) {
        ob_deref(below);
    }
    return status;
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
                        DesiredAccess, ObjectAttributes->Attributes, KeyHandle, NULL);
}

NTSTATUS ZwOpenKeyEx(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes, ULONG OpenOptions)
{
    UNREFERENCED_PARAMETER(OpenOptions);
    return API(PASSIVE_LEVEL) ? ZwOpenKey(KeyHandle, DesiredAccess, ObjectAttributes)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS cm_open_set_class(HANDLE handle, PCUNICODE_STRING class_name)
{
    struct cm_key *key = NULL;
    NTSTATUS status = cm_open_key(handle, 0, &key);

    if (NT_SUCCESS(status)) {
        status = cm_key_set_class(key, class_name);
        cm_key_deref(key);
    }
    if (!NT_SUCCESS(status)) {
        ob_handle_close(handle);
    }
    return status;
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
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = cm_attributes_check(ObjectAttributes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_open_path(ObjectAttributes->RootDirectory, ObjectAttributes->ObjectName, &how,
                          DesiredAccess, ObjectAttributes->Attributes, KeyHandle, &created);
    if (NT_SUCCESS(status) && created && Class != NULL && Class->Length != 0) {
        status = cm_open_set_class(*KeyHandle, Class);
    }
    if (NT_SUCCESS(status) && Disposition != NULL) {
        *Disposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return status;
}
