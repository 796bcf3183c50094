#pragma once
/* rtl_string.h - counted strings from inside: what the Rtl routines do, without their window and
 * their IRQL check, so that internal code may use them anywhere, with any lock held.
 */
#include <wdm.h>

#include <stdbool.h>

/* rtl_wide_length: units before the terminator. */
size_t rtl_wide_length(const WCHAR *text);

/* rtl_string_init: refer to a terminated text; NULL gives an empty string without buffer. Longer
 * than a counted string can be: cut, as RtlInitUnicodeString does. */
void rtl_string_init(UNICODE_STRING *string, const WCHAR *text);
/* rtl_string_is_valid: whole units, and a buffer for what it says it has. */
bool rtl_string_is_valid(const UNICODE_STRING *string);
/* rtl_string_append: false, and nothing changed, if it does not fit. */
bool rtl_string_append(UNICODE_STRING *destination, const WCHAR *text, size_t bytes);
/* rtl_string_compare: < 0, 0, > 0 by units, upper-cased first if fold. */
int rtl_string_compare(const UNICODE_STRING *left, const UNICODE_STRING *right, bool fold);
bool rtl_string_equal(const UNICODE_STRING *left, const UNICODE_STRING *right, bool fold);

/* Conversions of text, bounded by the destination; *bytes is what was (or would be) written.
 * They return false if the destination was too small: then it holds the characters that fit.
 * destination NULL: only count. */
bool rtl_wide_to_utf8(char *destination, size_t room, size_t *bytes, const WCHAR *source,
                      size_t source_bytes);
bool rtl_utf8_to_wide(WCHAR *destination, size_t room_bytes, size_t *bytes, const char *source,
                      size_t source_bytes);
