#pragma once
/* cm_key.h - the registry of a machine: a tree of keys, each with values.
 * Rules for a key:
 * - found by its name without regard to case; subkeys are enumerated in the order of their names,
 *   values in the order in which they were made
 * - it lives while it is in the tree or somebody has it open; a deleted key is out of the tree at
 *   once, and who has it open gets STATUS_KEY_DELETED
 * - a key with subkeys cannot be deleted; those that every machine has cannot be deleted or renamed
 * - nothing is kept on a disk: a machine starts with the keys of cm_tree.c and what its owner sets
 * The routines below may be called outside the machine, too; none is a window.
 */
#include <wdm.h>

#include <stdbool.h>

#include "base/lock.h"

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define CM_NAME_MAX 255u /* characters of one key's name */

/* One value of a key; its name and upper-case name follow. */
struct cm_value {
    UT_hash_handle hh;
    UNICODE_STRING name; /* as it was first written; Length 0: the key's default value */
    ULONG type;
    ULONG size;
    void *data; /* NULL: size is 0 */
    WCHAR text[];
};

/* Keys: (c) constant once created, (k) the registry's lock */
struct cm_key {
    UT_hash_handle hh;
    struct cm_key *parent;      /* (k) NULL: the root, or deleted */
    struct cm_key *next, *prev; /* (k) among the deleted ones that somebody has open */
    struct cm_key *link;        /* (c) another key stands for this one */
    struct cm_key *subkeys;     /* (k) */
    struct cm_value *values;    /* (k) */
    UNICODE_STRING name;        /* (k) as it was last written */
    WCHAR *renamed;             /* (k) name, then upper-case name, of one that was renamed */
    PUNICODE_STRING class_name; /* (c) once its maker has it; NULL: none */
    ULONG references;           /* (k) one while it is in the tree */
    bool is_volatile;           /* (c) */
    bool is_fixed;              /* (c) every machine has it */
    bool is_deleted;            /* (k) */
    PUNICODE_STRING full_name;  /* (k) once somebody has asked for it */
    LONGLONG written_100ns;     /* (k) system time of the last change */
    WCHAR text[];               /* (c) the first name, then upper-case name */
};

/* cm_key_open: the key at path below root; root NULL: path is "\Registry\...".
 *   Returns  STATUS_SUCCESS: *key is referenced (cm_key_deref); STATUS_OBJECT_NAME_NOT_FOUND;
 *            STATUS_OBJECT_PATH_SYNTAX_BAD; STATUS_OBJECT_NAME_INVALID; STATUS_KEY_DELETED (root) */
NTSTATUS cm_key_open(struct cm_key *root, PCUNICODE_STRING path, struct cm_key **key);

enum cm_create {
    CM_CREATE_LAST,     /* only the last name of the path is made */
    CM_CREATE_ALL,      /* every name of it */
    CM_CREATE_VOLATILE, /* the last, volatile */
};

/* cm_key_create: open it, or make it.
 *   Returns  as cm_key_open; STATUS_ACCESS_DENIED (directly below \Registry or its children);
 *            STATUS_CHILD_MUST_BE_VOLATILE; STATUS_INSUFFICIENT_RESOURCES.
 *            *created may be NULL */
NTSTATUS cm_key_create(struct cm_key *root, PCUNICODE_STRING path, enum cm_create how,
                       struct cm_key **key, bool *created);
void cm_key_deref(struct cm_key *key);

/* cm_key_create_all: CM_CREATE_ALL for a path in UTF-8; cm_key_of_text: cm_key_open for one.
 * root may be NULL; STATUS_OBJECT_NAME_INVALID for a path that is too long. */
NTSTATUS cm_key_create_all(struct cm_key *root, const char *path, struct cm_key **key);
NTSTATUS cm_key_of_text(struct cm_key *root, const char *path, struct cm_key **key);

/* cm_key_name_copy: the full name, to be freed; NULL: no memory, or the key is deleted. */
PUNICODE_STRING cm_key_name_copy(struct cm_key *key);
/* cm_key_full_name: the same, kept with the key, and told of a deleted one if it was asked for before.
 * STATUS_KEY_DELETED, STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS cm_key_full_name(struct cm_key *key, PCUNICODE_STRING *name);

/* cm_key_set_class: for who has just made it. STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS cm_key_set_class(struct cm_key *key, PCUNICODE_STRING class_name);
/* cm_key_rename: below the same parent.
 *   Returns  STATUS_INVALID_PARAMETER (a path, or no name); STATUS_CANNOT_DELETE (another key has the
 *            name, or every machine has the key); STATUS_KEY_DELETED; STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS cm_key_rename(struct cm_key *key, PCUNICODE_STRING name);

/* cm_key_delete: STATUS_CANNOT_DELETE, STATUS_KEY_DELETED. */
NTSTATUS cm_key_delete(struct cm_key *key);
/* cm_key_delete_tree: it and all below; for what a machine's owner says. */
NTSTATUS cm_key_delete_tree(struct cm_key *key);

/* ---- for the files of the registry, under its lock ---- */

void cm_lock(void);
void cm_unlock(void);
/* cm_key_order: how subkeys are sorted. cm_key_child: the subkey of that name, or NULL. */
int cm_key_order(const struct cm_key *left, const struct cm_key *right);
struct cm_key *cm_key_child(const struct cm_key *key, PCUNICODE_STRING name);
struct cm_key *cm_key_subkey_at(const struct cm_key *key, ULONG index);
/* cm_key_path: the full name, "\REGISTRY\MACHINE\...": as many bytes as fit; returns all. */
ULONG cm_key_path(const struct cm_key *key, void *text, ULONG room);
void cm_key_touch(struct cm_key *key);
/* cm_upcase_into: the spelling of the tables. */
void cm_upcase_into(WCHAR *to, PCUNICODE_STRING name);
/* cm_names_free: what cm_key_full_name has kept. */
void cm_names_free(PUNICODE_STRING name);
/* cm_values_free: all values of a key. */
void cm_values_free(struct cm_key *key);

/* cm_tree_root: the root with the keys that every machine has; made when first asked for. NULL: no
 * memory. */
struct cm_key *cm_tree_root(void);
/* cm_key_make: a subkey; NULL: no memory. */
struct cm_key *cm_key_make(struct cm_key *parent, PCUNICODE_STRING name, bool is_volatile);
/* cm_key_forget: a key and all below, whoever has them open: the machine is gone.
 * cm_deleted_forget: the same for deleted keys. */
void cm_key_forget(struct cm_key *key);
void cm_deleted_forget(void);
