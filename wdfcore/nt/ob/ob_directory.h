#pragma once
/* ob_directory.h - directories of the object namespace: names, under which others may be opened. */
#include <wdm.h>

/* ob_full_name: the absolute name that the attributes give, relative to a directory's handle or not, in
 * memory that the caller frees (ex_pool_release of its Buffer). An absent name is empty.
 *   Returns  STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_PATH_SYNTAX_BAD,
 *            STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS ob_full_name(const OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *name);
/* ob_open_new: a handle for an object that was just made; the maker's reference becomes the handle's. */
NTSTATUS ob_open_new(void *object, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes,
                     PHANDLE handle);
