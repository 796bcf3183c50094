/* cm_key.c - the tree of keys; see cm_key.h. */
#include "nt/cm/cm_key.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "nt/cm/cm_watch.h"
#include "nt/ke/ke_machine.h"
#include "nt/rtl/string/rtl_case.h"
#include "nt/rtl/string/rtl_string.h"
#include "nt/time/ke_due.h"

#define CM_PATH_MAX 1024 /* characters of a path that is given as text */

static struct base_lock cm_registry_lock = {.rank = BASE_RANK_EX};
static struct cm_key *cm_deleted; /* out of the tree, but open */

void cm_lock(void)
{
    base_lock_acquire(&cm_registry_lock);
}

void cm_unlock(void)
{
    base_lock_release(&cm_registry_lock);
}

void cm_upcase_into(WCHAR *to, PCUNICODE_STRING name)
{
    for (size_t i = 0; i < name->Length / sizeof(WCHAR); i++) {
        to[i] = rtl_upcase(name->Buffer[i]);
    }
}

/* The key that a link stands for. */
static struct cm_key *cm_key_follow(struct cm_key *key)
{
    while (key->link != NULL) {
        key = key->link;
    }
    return key;
}

void cm_key_touch(struct cm_key *key)
{
    key->written_100ns = (LONGLONG)(ke_clock_wall_100ns() + host_clock_machine() / 100);
}

/* Subkeys are enumerated by name, whatever the order in which they were made. */
int cm_key_order(const struct cm_key *left, const struct cm_key *right)
{
    return rtl_string_compare(&left->name, &right->name, true);
}

struct cm_key *cm_key_make(struct cm_key *parent, PCUNICODE_STRING name, bool is_volatile)
{
    struct cm_key *key = calloc(1, sizeof(*key) + 2 * (size_t)name->Length);
    WCHAR *folded = NULL;

    if (key == NULL) {
        return NULL;
    }
    folded = key->text + name->Length / sizeof(WCHAR);
    memcpy(key->text, name->Buffer, name->Length);
    cm_upcase_into(folded, name);
    key->name = (UNICODE_STRING){name->Length, name->Length, key->text};
    key->references = 1; /* the tree's: dropped when it is deleted */
    key->is_volatile = is_volatile;
    cm_key_touch(key);
    if (parent != NULL) {
        key->parent = parent;
        HASH_ADD_KEYPTR_INORDER(hh, parent->subkeys, folded, name->Length, key, cm_key_order);
        if (key->hh.tbl == NULL) { /* no memory for the table */
            free(key);
            return NULL;
        }
        cm_key_touch(parent);
        cm_watch_changed_locked(parent, REG_NOTIFY_CHANGE_NAME);
    }
    return key;
}

struct cm_key *cm_key_child(const struct cm_key *key, PCUNICODE_STRING name)
{
    WCHAR folded[CM_NAME_MAX] = {0};
    struct cm_key *child = NULL;

    cm_upcase_into(folded, name);
    HASH_FIND(hh, key->subkeys, folded, name->Length, child);
    return child != NULL ? cm_key_follow(child) : NULL;
}

struct cm_key *cm_key_subkey_at(const struct cm_key *key, ULONG index)
{
    struct cm_key *child = key->subkeys;

    while (child != NULL && index-- > 0) {
        child = child->hh.next;
    }
    return child;
}

/* ---- paths ---- */

/* The next name of a path and what is left behind it. STATUS_NO_MORE_ENTRIES: none. */
static NTSTATUS cm_path_next(UNICODE_STRING *path, UNICODE_STRING *name)
{
    size_t length = 0;
    size_t count = path->Length / sizeof(WCHAR);

    while (count > 0 && path->Buffer[0] == L'\\') {
        path->Buffer++;
        count--;
    }
    while (length < count && path->Buffer[length] != L'\\') {
        length++;
    }
    *name = (UNICODE_STRING){(USHORT)(length * sizeof(WCHAR)), (USHORT)(length * sizeof(WCHAR)),
                             path->Buffer};
    path->Buffer += length;
    path->Length = (USHORT)((count - length) * sizeof(WCHAR));
    if (length == 0) {
        return STATUS_NO_MORE_ENTRIES;
    }
    return length <= CM_NAME_MAX ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
}

/* Where a path starts; *rest: the names to walk from there. */
static NTSTATUS cm_path_start(struct cm_key *root, PCUNICODE_STRING path, struct cm_key **key,
                              UNICODE_STRING *rest)
{
    static const UNICODE_STRING registry = RTL_CONSTANT_STRING(L"REGISTRY");
    bool absolute = path->Length != 0 && path->Buffer[0] == L'\\';
    UNICODE_STRING name = {0};
    NTSTATUS status = STATUS_SUCCESS;

    *rest = *path;
    if (path->Length % sizeof(WCHAR) != 0) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (absolute == (root != NULL)) {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    if (root != NULL) {
        *key = cm_key_follow(root);
        return (*key)->is_deleted ? STATUS_KEY_DELETED : STATUS_SUCCESS;
    }
    status = cm_path_next(rest, &name);
    if (!NT_SUCCESS(status) || !rtl_string_equal(&name, &registry, true)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    *key = cm_tree_root();
    return *key != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* A subkey that is not there. The upper two levels belong to the system. */
static NTSTATUS cm_key_add(struct cm_key *parent, PCUNICODE_STRING name, enum cm_create how,
                           struct cm_key **key)
{
    bool is_volatile = how == CM_CREATE_VOLATILE;

    if (parent->parent == NULL || parent->parent->parent == NULL) {
        return STATUS_ACCESS_DENIED;
    }
    if (parent->is_volatile && !is_volatile) {
        return STATUS_CHILD_MUST_BE_VOLATILE;
    }
    *key = cm_key_make(parent, name, is_volatile);
    return *key != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS cm_key_walk(struct cm_key *root, PCUNICODE_STRING path, const enum cm_create *how,
                            struct cm_key **key, bool *created)
{
    UNICODE_STRING rest = {0};
    UNICODE_STRING name = {0};
    NTSTATUS status = cm_path_start(root, path, key, &rest);

    *created = false;
    while (NT_SUCCESS(status)) {
        struct cm_key *child = NULL;

        status = cm_path_next(&rest, &name);
        if (!NT_SUCCESS(status)) {
            break;
        }
        child = cm_key_child(*key, &name);
        if (child == NULL) {
            /* A missing name in the middle is only made when all are. */
            if (how == NULL || (*how != CM_CREATE_ALL && rest.Length > sizeof(WCHAR))) {
                return STATUS_OBJECT_NAME_NOT_FOUND;
            }
            status = cm_key_add(*key, &name, *how, &child);
            *created = NT_SUCCESS(status);
        }
        *key = child;
    }
    return status == STATUS_NO_MORE_ENTRIES ? STATUS_SUCCESS : status;
}

static NTSTATUS cm_key_get(struct cm_key *root, PCUNICODE_STRING path, const enum cm_create *how,
                           struct cm_key **key, bool *out_created)
{
    bool created = false;
    struct cm_key *found = NULL;

    cm_lock();
    NTSTATUS status = cm_key_walk(root, path, how, &found, &created);
    if (NT_SUCCESS(status)) {
        found->references++; /* the caller's: cm_key_deref */
        *key = found;
        if (out_created != NULL) {
            *out_created = created;
        }
    }
    cm_unlock();
    return status;
}

NTSTATUS cm_key_open(struct cm_key *root, PCUNICODE_STRING path, struct cm_key **key)
{
    return cm_key_get(root, path, NULL, key, NULL);
}

NTSTATUS cm_key_create(struct cm_key *root, PCUNICODE_STRING path, enum cm_create how,
                       struct cm_key **key, bool *created)
{
    return cm_key_get(root, path, &how, key, created);
}

static bool cm_key_widen(const char *path, UNICODE_STRING *name)
{
    size_t bytes = 0;

    if (!rtl_utf8_to_wide(name->Buffer, name->MaximumLength, &bytes, path, strlen(path))) {
        return false;
    }
    name->Length = (USHORT)bytes;
    return true;
}

NTSTATUS cm_key_create_all(struct cm_key *root, const char *path, struct cm_key **key)
{
    DECLARE_UNICODE_STRING_SIZE(name, CM_PATH_MAX);

    return cm_key_widen(path, &name) ? cm_key_create(root, &name, CM_CREATE_ALL, key, NULL)
                                     : STATUS_OBJECT_NAME_INVALID;
}

NTSTATUS cm_key_of_text(struct cm_key *root, const char *path, struct cm_key **key)
{
    DECLARE_UNICODE_STRING_SIZE(name, CM_PATH_MAX);

    return cm_key_widen(path, &name) ? cm_key_open(root, &name, key) : STATUS_OBJECT_NAME_INVALID;
}

/* ---- the end of a key ---- */

static void cm_key_free(struct cm_key *key)
{
    cm_values_free(key);
    cm_names_free(key->full_name);
    free(key->class_name);
    free(key->renamed);
    free(key);
}

static void cm_key_deref_locked(struct cm_key *key)
{
    if (--key->references == 0) {
        DL_DELETE(cm_deleted, key); /* what is in the tree has the tree's reference */
        cm_key_free(key);
    }
}

void cm_key_deref(struct cm_key *key)
{
    cm_lock();
    cm_key_deref_locked(key);
    cm_unlock();
}

static NTSTATUS cm_key_delete_locked(struct cm_key *key)
{
    if (key->is_deleted) {
        return STATUS_KEY_DELETED;
    }
    if (key->is_fixed || key->subkeys != NULL) {
        return STATUS_CANNOT_DELETE;
    }
    HASH_DEL(key->parent->subkeys, key);
    cm_key_touch(key->parent);
    cm_watch_changed_locked(key->parent, REG_NOTIFY_CHANGE_NAME);
    cm_watch_deleted_locked(key);
    key->parent = NULL;
    key->is_deleted = true;
    cm_values_free(key);
    DL_APPEND(cm_deleted, key);
    cm_key_deref_locked(key); /* the tree's */
    return STATUS_SUCCESS;
}

NTSTATUS cm_key_delete(struct cm_key *key)
{
    cm_lock();
    NTSTATUS status = cm_key_delete_locked(key);
    cm_unlock();
    return status;
}

NTSTATUS cm_key_delete_tree(struct cm_key *key)
{
    struct cm_key *leaf = key;
    struct cm_key *above = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    cm_lock();
    /* From the leaves up: what is deleted last is the key itself, which the caller holds. */
    do {
        while (leaf->subkeys != NULL) {
            leaf = leaf->subkeys;
        }
        above = leaf->parent;
        status = cm_key_delete_locked(leaf);
        if (leaf == key) {
            break;
        }
        leaf = above;
    } while (NT_SUCCESS(status));
    cm_unlock();
    return status;
}

void cm_key_forget(struct cm_key *key)
{
    struct cm_key *child = NULL;
    struct cm_key *next = NULL;

    HASH_ITER (hh, key->subkeys, child, next) {
        HASH_DEL(key->subkeys, child);
        cm_key_forget(child);
    }
    cm_key_free(key);
}

void cm_deleted_forget(void)
{
    struct cm_key *key = NULL;
    struct cm_key *next = NULL;

    DL_FOREACH_SAFE (cm_deleted, key, next) {
        cm_key_free(key);
    }
    cm_deleted = NULL;
}
