#pragma once
/* rtl_strsafe.h - the one implementation behind the bounded string routines: both widths, sizes in
 * characters or bytes, with and without the Ex parameters.
 */
#include <ntstrsafe.h>
#include <wdm.h>

#include <stdbool.h>

#define RTL_STRSAFE_ALL ((size_t)-1) /* no limit but the source's terminator */

struct rtl_strsafe {
    void *text;  /* the destination */
    size_t size; /* as the caller gave it */
    bool bytes;  /* sizes are bytes, else characters */
    bool wide;   /* characters have two bytes */
    bool append; /* behind the text that is there */
    void *end;   /* where to store the address of the terminator, or NULL (a char or WCHAR **) */
    size_t *remaining; /* where to store the size left, terminator included, or NULL */
    ULONG flags;       /* STRSAFE_* */
};

/* rtl_strsafe_put: source, at most limit characters of it (in the caller's measure). */
NTSTATUS rtl_strsafe_put(const struct rtl_strsafe *safe, const void *source, size_t limit);
NTSTATUS rtl_strsafe_format(const struct rtl_strsafe *safe, const void *format, va_list arguments);
/* rtl_strsafe_length: of a text that must end within size (in the caller's measure). */
NTSTATUS rtl_strsafe_length(const void *text, size_t size, bool bytes, bool wide, size_t *length);
/* rtl_strsafe_counted_check: a counted string that may be read and written; of the flags counts
 * STRSAFE_IGNORE_NULLS. */
NTSTATUS rtl_strsafe_counted_check(PCUNICODE_STRING string, ULONG flags);
