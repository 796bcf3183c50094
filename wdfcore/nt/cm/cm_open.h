#pragma once
/* cm_open.h - keys that are open: a handle, and what it was opened for. As for every caller in the
 * kernel that does not limit what a key's values are used for; only deleting asks for its right.
 */
#include "nt/cm/cm_key.h"
#include "nt/ob/ob_object.h"

/* cm_open_handle: a kernel handle of a referenced key; the reference goes to the handle, or is dropped.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS cm_open_handle(struct cm_key *key, ACCESS_MASK access, HANDLE *handle);

/* cm_open_key: the key of a handle, referenced.
 *   access   DELETE: the handle must have been opened for it; 0: nothing
 *   Returns  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH (no key's handle),
 *            STATUS_ACCESS_DENIED */
NTSTATUS cm_open_key(HANDLE handle, ACCESS_MASK access, struct cm_key **key);

/* cm_open_path: open or create (how not NULL) by path below a handle (NULL: absolute).
 *   attributes  OBJ_KERNEL_HANDLE, or not
 *   Returns  as cm_open_key, cm_key_open, cm_key_create. created may be NULL */
NTSTATUS cm_open_path(HANDLE root, PCUNICODE_STRING path, const enum cm_create *how,
                      ACCESS_MASK access, ULONG attributes, HANDLE *handle, bool *created);

/* cm_open_object: the key object of a handle, referenced (ob_deref); otherwise as cm_open_key. */
NTSTATUS cm_open_object(HANDLE handle, ACCESS_MASK access, PVOID *object);
/* cm_open_of: the key of a key object, not referenced; NULL: it is none.
 * cm_open_name: its full name, which stays as long as the object. STATUS_KEY_DELETED,
 * STATUS_INSUFFICIENT_RESOURCES */
struct cm_key *cm_open_of(PVOID object);
NTSTATUS cm_open_name(PVOID object, PCUNICODE_STRING *name);

extern const struct ob_type cm_open_type;

/* cm_open_creates: whether that access includes the right to create subkeys. */
bool cm_open_creates(ACCESS_MASK access);
