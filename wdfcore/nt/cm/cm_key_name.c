/* cm_key_name.c - what a key is called: its full name, its class, another name; see cm_key.h. */
#include <ntifs.h>

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "nt/cm/cm_key.h"
#include "nt/cm/cm_watch.h"

/* ---- full names ---- */

ULONG cm_key_path(const struct cm_key *key, void *text, ULONG room)
{
    ULONG total = key->parent != NULL ? cm_key_path(key->parent, text, room) : 0;
    ULONG fits = total < room ? room - total : 0;
    ULONG bytes = key->name.Length;

    if (fits >= sizeof(WCHAR)) {
        char *at = (char *)text + total;

        memcpy(at, L"\\", sizeof(WCHAR));
        fits -= (ULONG)sizeof(WCHAR);
        memcpy(at + sizeof(WCHAR), key->name.Buffer, bytes < fits ? bytes : fits);
    }
    return total + (ULONG)sizeof(WCHAR) + bytes;
}

/* A full name that was told stays as long as its key: the one before it, of a key that was renamed, follows
 * its text. */
struct cm_full_name {
    UNICODE_STRING name;
    struct cm_full_name *before;
};

void cm_names_free(PUNICODE_STRING name)
{
    struct cm_full_name *full = (struct cm_full_name *)name;

    while (full != NULL) {
        struct cm_full_name *before = full->before;

        free(full);
        full = before;
    }
}

static PUNICODE_STRING cm_key_name_copy_locked(const struct cm_key *key)
{
    ULONG length = cm_key_path(key, NULL, 0);
    struct cm_full_name *full = key->is_deleted ? NULL : malloc(sizeof(*full) + length);

    if (full == NULL) {
        return NULL;
    }
    full->name = (UNICODE_STRING){(USHORT)length, (USHORT)length, (PWSTR)(full + 1)};
    full->before = NULL;
    cm_key_path(key, full->name.Buffer, length);
    return &full->name;
}

PUNICODE_STRING cm_key_name_copy(struct cm_key *key)
{
    cm_lock();
    PUNICODE_STRING name = cm_key_name_copy_locked(key);
    cm_unlock();
    return name;
}

/* It, or a key above it, was renamed since its full name was told. */
static bool cm_key_moved_locked(const struct cm_key *key)
{
    ULONG end = key->full_name->Length;

    for (const struct cm_key *at = key; !key->is_deleted && at != NULL; at = at->parent) {
        ULONG bytes = at->name.Length + (ULONG)sizeof(WCHAR);

        if (bytes > end || memcmp((char *)key->full_name->Buffer + end - at->name.Length,
                                  at->name.Buffer, at->name.Length) != 0) {
            return true;
        }
        end -= bytes;
    }
    return !key->is_deleted && end != 0;
}

NTSTATUS cm_key_full_name(struct cm_key *key, PCUNICODE_STRING *name)
{
    NTSTATUS status = STATUS_SUCCESS;

    cm_lock();
    if (key->full_name == NULL || cm_key_moved_locked(key)) {
        struct cm_full_name *full = (struct cm_full_name *)cm_key_name_copy_locked(key);

        if (full != NULL) {
            full->before = (struct cm_full_name *)key->full_name;
            key->full_name = &full->name;
        }
    }
    if (key->full_name == NULL) {
        status = key->is_deleted ? STATUS_KEY_DELETED : STATUS_INSUFFICIENT_RESOURCES;
    }
    *name = key->full_name;
    cm_unlock();
    return status;
}

/* ---- class and name ---- */

NTSTATUS cm_key_set_class(struct cm_key *key, PCUNICODE_STRING class_name)
{
    PUNICODE_STRING copy = malloc(sizeof(*copy) + class_name->Length);

    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *copy = (UNICODE_STRING){class_name->Length, class_name->Length, (PWSTR)(copy + 1)};
    memcpy(copy->Buffer, class_name->Buffer, class_name->Length);
    cm_lock();
    if (key->class_name == NULL) {
        key->class_name = copy;
        copy = NULL;
    }
    cm_unlock();
    free(copy);
    return STATUS_SUCCESS;
}

static bool cm_name_is_simple(PCUNICODE_STRING name)
{
    size_t count = name->Length / sizeof(WCHAR);

    for (size_t i = 0; i < count; i++) {
        if (name->Buffer[i] == L'\\') {
            return false;
        }
    }
    return count != 0 && count <= CM_NAME_MAX && name->Length % sizeof(WCHAR) == 0;
}

static NTSTATUS cm_key_may_have_locked(const struct cm_key *key, PCUNICODE_STRING name)
{
    const struct cm_key *other = NULL;

    if (key->is_deleted) {
        return STATUS_KEY_DELETED;
    }
    other = key->is_fixed ? NULL : cm_key_child(key->parent, name);
    return key->is_fixed || (other != NULL && other != key) ? STATUS_CANNOT_DELETE : STATUS_SUCCESS;
}

/* false: no memory for the table. */
static bool cm_key_list_locked(struct cm_key *key, WCHAR *text, USHORT bytes)
{
    WCHAR *folded = text + bytes / sizeof(WCHAR);

    key->name = (UNICODE_STRING){bytes, bytes, text};
    HASH_ADD_KEYPTR_INORDER(hh, key->parent->subkeys, folded, bytes, key, cm_key_order);
    return key->hh.tbl != NULL;
}

NTSTATUS cm_key_rename(struct cm_key *key, PCUNICODE_STRING name)
{
    WCHAR *text = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (!cm_name_is_simple(name)) {
        return status;
    }
    text = malloc(2 * (size_t)name->Length);
    if (text == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    memcpy(text, name->Buffer, name->Length);
    cm_upcase_into(text + name->Length / sizeof(WCHAR), name);
    cm_lock();
    status = cm_key_may_have_locked(key, name);
    if (NT_SUCCESS(status)) {
        UNICODE_STRING old = key->name;

        HASH_DEL(key->parent->subkeys, key);
        if (cm_key_list_locked(key, text, name->Length)) {
            text = key->renamed;
            key->renamed = key->name.Buffer;
            cm_key_touch(key->parent);
            cm_watch_changed_locked(key->parent, REG_NOTIFY_CHANGE_NAME);
        } else {
            CORE_ASSERT(cm_key_list_locked(key, old.Buffer, old.Length));
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    cm_unlock();
    free(text);
    return status;
}
