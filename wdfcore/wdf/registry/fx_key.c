/* fx_key.c - WDFKEY from its creation to its end; see fx_key.h.
 * Normal path: the registry key is opened or made first, then the object that holds the handle is
 * made and published; if that fails the handle is closed again, and a key that was made stays.
 */
#include "wdf/registry/fx_key.h"

#include <stdio.h>

#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_text.h"
#include "wdf/object/fx_make.h"

/* Once; references may keep the object, which has no key then. */
static void fx_key_close(struct fx_key *self)
{
    HANDLE handle = self->handle;

    self->handle = NULL;
    if (handle != NULL) {
        ob_handle_close(handle);
    }
}

/* Also runs for a key whose publication failed: discarding calls no hook, so its maker closes it. */
static void fx_key_destroy(struct fx_object *object)
{
    fx_key_close(fx_object_body(object, struct fx_key));
}

static void fx_key_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_key *self = (const struct fx_key *)(const void *)object;
    WCHAR path[120];
    struct cm_key *key = NULL;
    UNICODE_STRING name = {0, sizeof(path), path};

    if (!NT_SUCCESS(cm_open_key(self->handle, 0, &key))) {
        return;
    }
    cm_lock();
    name.Length = (USHORT)min(cm_key_path(key, path, sizeof(path)), (ULONG)sizeof(path));
    cm_unlock();
    cm_key_deref(key);
    fx_text_narrow(&name, text, size);
}

static const struct fx_type fx_key_type = {
    .number = FX_TYPE_KEY,
    .size = sizeof(struct fx_key),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .destroy = fx_key_destroy,
    .describe = fx_key_describe,
};

NTSTATUS fx_key_make(HANDLE handle, const WDF_OBJECT_ATTRIBUTES *attributes,
                     struct fx_object *parent, const void *caller, WDFKEY *key)
{
    struct fx_make make = {0};
    bool own_parent = attributes != NULL && attributes->ParentObject != NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (parent == NULL || own_parent) {
        status = fx_make(&fx_key_type, 0, attributes, caller, &make);
    } else {
        status = fx_attributes_check(&fx_key_type, attributes);
        if (NT_SUCCESS(status)) {
            status = fx_make_under(&fx_key_type, 0, attributes, parent, caller, &make);
        }
    }
    if (NT_SUCCESS(status)) {
        fx_object_body(make.object, struct fx_key)->handle = handle;
        status = fx_make_publish(&make);
    }
    if (NT_SUCCESS(status)) {
        *key = fx_handle_of(make.object);
    } else {
        ob_handle_close(handle);
    }
    return status;
}

/* The registry's key of a live handle, referenced (cm_key_deref).
 *   Returns  STATUS_INVALID_HANDLE (reported) */
static NTSTATUS fx_key_open(WDFKEY handle, struct cm_key **key)
{
    const struct fx_key *self = fx_handle_get(handle, FX_TYPE_KEY);

    return self != NULL ? cm_open_key(self->handle, 0, key) : STATUS_INVALID_HANDLE;
}

NTSTATUS fx_key_read(WDFKEY handle, PCUNICODE_STRING name, struct cm_data *data)
{
    struct cm_key *key = NULL;
    NTSTATUS status = fx_text_check(name);

    *data = (struct cm_data){0};
    if (NT_SUCCESS(status)) {
        status = fx_key_open(handle, &key);
    }
    if (NT_SUCCESS(status)) {
        status = cm_value_get(key, name, data);
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS fx_key_write(WDFKEY handle, PCUNICODE_STRING name, ULONG type, const void *data,
                      size_t size)
{
    struct cm_key *key = NULL;
    NTSTATUS status = size <= UINT32_MAX ? fx_text_check(name) : STATUS_INVALID_PARAMETER;

    if (NT_SUCCESS(status)) {
        status = fx_key_open(handle, &key);
    }
    if (NT_SUCCESS(status)) {
        status = cm_value_set(key, name, type, data, (ULONG)size);
        cm_key_deref(key);
    }
    return status;
}

/* ---- API ---- */

/* What WdfRegistryOpenKey and WdfRegistryCreateKey share; how NULL: open. */
static NTSTATUS fx_key_open_below(WDFKEY parent, PCUNICODE_STRING name, ACCESS_MASK access,
                                  const enum cm_create *how, bool *created,
                                  const WDF_OBJECT_ATTRIBUTES *attributes, const void *caller,
                                  WDFKEY *key)
{
    const struct fx_key *above = NULL;
    HANDLE handle = NULL;
    NTSTATUS status = fx_text_check(name);

    *key = NULL;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (parent != NULL) {
        above = fx_handle_get(parent, FX_TYPE_KEY);
        if (above == NULL) {
            return STATUS_INVALID_HANDLE;
        }
    }
    status = fx_attributes_check(&fx_key_type, attributes);
    if (NT_SUCCESS(status)) {
        status = cm_open_path(above != NULL ? above->handle : NULL, name, how, access,
                              OBJ_KERNEL_HANDLE, &handle, created);
    }
    return NT_SUCCESS(status) ? fx_key_make(handle, attributes, NULL, caller, key) : status;
}

NTSTATUS WdfRegistryOpenKey(WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                            PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(KeyName) || !fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_open_below(ParentKey, KeyName, DesiredAccess, NULL, NULL, KeyAttributes,
                             KE_CALLER(), Key);
}

NTSTATUS WdfRegistryCreateKey(WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                              ULONG CreateOptions, PULONG CreateDisposition,
                              PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    enum cm_create how =
        (CreateOptions & REG_OPTION_VOLATILE) != 0 ? CM_CREATE_VOLATILE : CM_CREATE_LAST;
    bool created = false;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(KeyName) || !fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_key_open_below(ParentKey, KeyName, DesiredAccess, &how, &created, KeyAttributes,
                               KE_CALLER(), Key);
    if (NT_SUCCESS(status) && CreateDisposition != NULL) {
        *CreateDisposition = created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
    }
    return status;
}

VOID WdfRegistryClose(WDFKEY Key)
{
    struct fx_key *self = NULL;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    self = fx_handle_get(Key, FX_TYPE_KEY);
    if (self != NULL) {
        fx_key_close(self);
        fx_object_delete(&self->object, KE_CALLER());
    }
}

HANDLE WdfRegistryWdmGetHandle(WDFKEY Key)
{
    const struct fx_key *self = NULL;

    if (!API_QUIET(PASSIVE_LEVEL)) {
        return NULL;
    }
    self = fx_handle_get(Key, FX_TYPE_KEY);
    return self != NULL ? self->handle : NULL;
}

NTSTATUS WdfRegistryRemoveKey(WDFKEY Key)
{
    struct fx_key *self = NULL;
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    self = fx_handle_get(Key, FX_TYPE_KEY);
    if (self == NULL) {
        return STATUS_INVALID_HANDLE;
    }
    status = cm_open_key(self->handle, DELETE, &key);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_key_delete(key);
    cm_key_deref(key);
    if (NT_SUCCESS(status)) {
        fx_object_delete(&self->object, KE_CALLER());
    }
    return status;
}

NTSTATUS WdfRegistryRemoveValue(WDFKEY Key, PCUNICODE_STRING ValueName)
{
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(ValueName)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_key_open(Key, &key);
    if (NT_SUCCESS(status)) {
        status = fx_text_check(ValueName);
        status = NT_SUCCESS(status) ? cm_value_delete(key, ValueName) : status;
        cm_key_deref(key);
    }
    return status;
}
