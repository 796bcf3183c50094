#pragma once
/* fx_string.h - WDFSTRING: a counted string, NUL-terminated behind its Length. */
#include "wdf/object/fx_object.h"

/* Keys: (c) constant once published, but for fx_string_assign */
struct fx_string {
    struct fx_object object;
    UNICODE_STRING string; /* Buffer NULL: empty; a pool block of its own */
};

extern const struct fx_type fx_string_type;

/* fx_string_create: a string with a copy of the source.
 *   Returns  STATUS_INVALID_PARAMETER (source), statuses of fx_make */
NTSTATUS fx_string_create(const UNICODE_STRING *source, const WDF_OBJECT_ATTRIBUTES *attributes,
                          const void *caller, struct fx_string **string);

/* fx_string_assign: a copy of the source (NULL: empty) replaces what the string holds.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_string_assign(struct fx_string *string, const UNICODE_STRING *source);

/* fx_string_check: STATUS_INVALID_PARAMETER for a malformed UNICODE_STRING (NULL is fine). */
NTSTATUS fx_string_check(const UNICODE_STRING *source);
