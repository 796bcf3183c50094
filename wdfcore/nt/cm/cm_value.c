/* cm_value.c - values; see cm_value.h. */
#include "nt/cm/cm_value.h"

#include <stdlib.h>
#include <string.h>

#include "nt/cm/cm_watch.h"

#define CM_VALUE_NAME_MAX 16383u /* characters */

static const UNICODE_STRING cm_default = {0};

struct cm_value *cm_value_find(const struct cm_key *key, PCUNICODE_STRING name)
{
    WCHAR small[64];
    WCHAR *folded = name->Length <= sizeof(small) ? small : malloc(name->Length);
    struct cm_value *value = NULL;

    if (folded == NULL) {
        return NULL;
    }
    cm_upcase_into(folded, name);
    HASH_FIND(hh, key->values, folded, name->Length, value);
    if (folded != small) {
        free(folded);
    }
    return value;
}

struct cm_value *cm_value_at(const struct cm_key *key, ULONG index)
{
    struct cm_value *value = key->values;

    while (value != NULL && index-- > 0) {
        value = value->hh.next;
    }
    return value;
}

static struct cm_value *cm_value_make(struct cm_key *key, PCUNICODE_STRING name)
{
    struct cm_value *value = calloc(1, sizeof(*value) + 2 * (size_t)name->Length);
    WCHAR *folded = NULL;

    if (value == NULL) {
        return NULL;
    }
    folded = value->text + name->Length / sizeof(WCHAR);
    if (name->Length != 0) {
        memcpy(value->text, name->Buffer, name->Length);
    }
    cm_upcase_into(folded, name);
    value->name = (UNICODE_STRING){name->Length, name->Length, value->text};
    HASH_ADD_KEYPTR(hh, key->values, folded, name->Length, value);
    if (value->hh.tbl == NULL) {
        free(value);
        return NULL;
    }
    return value;
}

static NTSTATUS cm_value_set_locked(struct cm_key *key, PCUNICODE_STRING name, ULONG type,
                                    void *copy, ULONG size)
{
    struct cm_value *value = NULL;

    if (key->is_deleted) {
        return STATUS_KEY_DELETED;
    }
    value = cm_value_find(key, name);
    if (value == NULL) {
        value = cm_value_make(key, name);
    }
    if (value == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    free(value->data);
    value->data = copy;
    value->type = type;
    value->size = size;
    cm_key_touch(key);
    cm_watch_changed_locked(key, REG_NOTIFY_CHANGE_LAST_SET);
    return STATUS_SUCCESS;
}

NTSTATUS cm_value_set(struct cm_key *key, PCUNICODE_STRING name, ULONG type, const void *data,
                      ULONG size)
{
    void *copy = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    name = name != NULL ? name : &cm_default;
    if (name->Length > CM_VALUE_NAME_MAX * sizeof(WCHAR) || name->Length % sizeof(WCHAR) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (size != 0) {
        copy = malloc(size);
        if (copy == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        memcpy(copy, data, size);
    }
    cm_lock();
    status = cm_value_set_locked(key, name, type, copy, size);
    cm_unlock();
    if (!NT_SUCCESS(status)) {
        free(copy);
    }
    return status;
}

static NTSTATUS cm_value_get_locked(struct cm_key *key, PCUNICODE_STRING name, struct cm_data *data)
{
    const struct cm_value *value = NULL;

    if (key->is_deleted) {
        return STATUS_KEY_DELETED;
    }
    value = cm_value_find(key, name);
    if (value == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    data->bytes = calloc(1, value->size + 2 * sizeof(WCHAR));
    if (data->bytes == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    data->type = value->type;
    data->size = value->size;
    if (value->size != 0) {
        memcpy(data->bytes, value->data, value->size);
    }
    return STATUS_SUCCESS;
}

NTSTATUS cm_value_get(struct cm_key *key, PCUNICODE_STRING name, struct cm_data *data)
{
    *data = (struct cm_data){0};
    cm_lock();
    NTSTATUS status = cm_value_get_locked(key, name != NULL ? name : &cm_default, data);
    cm_unlock();
    return status;
}

void cm_data_free(struct cm_data *data)
{
    free(data->bytes);
    *data = (struct cm_data){0};
}

static void cm_value_free(struct cm_key *key, struct cm_value *value)
{
    HASH_DEL(key->values, value);
    free(value->data);
    free(value);
}

NTSTATUS cm_value_delete(struct cm_key *key, PCUNICODE_STRING name)
{
    struct cm_value *value = NULL;
    NTSTATUS status = STATUS_KEY_DELETED;

    cm_lock();
    if (!key->is_deleted) {
        value = cm_value_find(key, name != NULL ? name : &cm_default);
        status = value != NULL ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (value != NULL) {
        cm_value_free(key, value);
        cm_key_touch(key);
        cm_watch_changed_locked(key, REG_NOTIFY_CHANGE_LAST_SET);
    }
    cm_unlock();
    return status;
}

void cm_values_free(struct cm_key *key)
{
    struct cm_value *value = NULL;
    struct cm_value *next = NULL;

    HASH_ITER (hh, key->values, value, next) {
        cm_value_free(key, value);
    }
}
