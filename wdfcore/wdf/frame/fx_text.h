#pragma once
/* fx_text.h - counted strings that the framework keeps: checked copies, NUL-terminated. */
#include <wdm.h>

#include <stdbool.h>

/* fx_text_check: STATUS_INVALID_PARAMETER for an odd or inconsistent UNICODE_STRING. */
NTSTATUS fx_text_check(PCUNICODE_STRING text);
/* fx_text_copy: check, then copy. copy->Buffer ends in a NUL that Length does not count.
 *   Returns  STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES: *copy is unchanged */
NTSTATUS fx_text_copy(PCUNICODE_STRING text, UNICODE_STRING *copy);
/* fx_text_free: frees a copy and empties it; does nothing when it is empty. */
void fx_text_free(UNICODE_STRING *copy);
/* fx_text_equal: the same characters, case counts. NULL equals only NULL and "". */
bool fx_text_equal(PCUNICODE_STRING left, PCUNICODE_STRING right);
/* fx_text_narrow: as ASCII, '?' for what is not. */
void fx_text_narrow(PCUNICODE_STRING text, char *narrow, size_t size);
