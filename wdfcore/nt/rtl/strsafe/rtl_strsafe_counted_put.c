/* rtl_strsafe_counted_put.c - RtlUnicodeStringCopy*, RtlUnicodeStringCat*: text put into counted
 * strings. The Ex forms have flags, and tell what remains of the destination.
 */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/strsafe/rtl_strsafe.h"

#define COUNTED_UNITS_MAX NTSTRSAFE_UNICODE_STRING_MAX_CCH

/* What one call does. */
struct counted {
    PUNICODE_STRING destination;
    PUNICODE_STRING remaining; /* may be NULL */
    size_t limit;              /* characters of the source, at most */
    ULONG flags;
    bool append;
};

static bool counted_is_bad(PCUNICODE_STRING string, ULONG flags)
{
    return !NT_SUCCESS(rtl_strsafe_counted_check(string, flags & STRSAFE_IGNORE_NULLS));
}

static void counted_fill(PUNICODE_STRING destination, UCHAR byte)
{
    if (destination->Buffer != NULL) {
        memset(destination->Buffer, byte, destination->MaximumLength);
    }
}

/* What is asked for when it did not fit, or could not be done. */
static void counted_failed(const struct counted *call, USHORT before)
{
    PUNICODE_STRING destination = call->destination;

    if ((call->flags & STRSAFE_NO_TRUNCATION) != 0) {
        destination->Length = call->append ? before : 0;
    }
    if ((call->flags & STRSAFE_FILL_ON_FAILURE) != 0) {
        counted_fill(destination, (UCHAR)call->flags);
        destination->Length = 0;
    }
    if ((call->flags & STRSAFE_ZERO_LENGTH_ON_FAILURE) != 0) {
        destination->Length = 0;
    }
}

static NTSTATUS counted_put(const struct counted *call, const WCHAR *text, size_t units)
{
    PUNICODE_STRING destination = call->destination;
    USHORT before = destination->Length;
    size_t start = call->append ? before / sizeof(WCHAR) : 0;
    size_t room = destination->MaximumLength / sizeof(WCHAR) - start;
    size_t fitting = units < room ? units : room;

    if (fitting != units && (call->flags & STRSAFE_NO_TRUNCATION) != 0) {
        fitting = 0; /* nothing of it */
    }
    if (fitting != 0) {
        memmove(destination->Buffer + start, text, fitting * sizeof(WCHAR));
    }
    destination->Length = (USHORT)((start + fitting) * sizeof(WCHAR));
    if (units > room) {
        counted_failed(call, before);
        return STATUS_BUFFER_OVERFLOW;
    }
    if ((call->flags & STRSAFE_FILL_BEHIND) != 0 && destination->Buffer != NULL) {
        memset((PUCHAR)destination->Buffer + destination->Length, (UCHAR)call->flags,
               destination->MaximumLength - destination->Length);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS counted_call(const struct counted *call, const WCHAR *text, size_t units)
{
    PUNICODE_STRING destination = call->destination;
    NTSTATUS status;

    if (counted_is_bad(destination, call->flags) ||
        (call->flags & ~(ULONG)STRSAFE_VALID_FLAGS) != 0 ||
        (call->limit != RTL_STRSAFE_ALL && call->limit > COUNTED_UNITS_MAX)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (destination == NULL) { /* the flags allow it: nowhere to put nothing */
        return units == 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    status = counted_put(call, text, units < call->limit ? units : call->limit);
    if (call->remaining != NULL) {
        call->remaining->Length = 0;
        call->remaining->MaximumLength = destination->MaximumLength - destination->Length;
        call->remaining->Buffer = destination->Buffer + destination->Length / sizeof(WCHAR);
    }
    return status;
}

static NTSTATUS counted_text(const struct counted *call, NTSTRSAFE_PCWSTR text)
{
    if (text == NULL && (call->flags & STRSAFE_IGNORE_NULLS) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    /* One more than the longest string tells that it was cut. */
    return counted_call(
        call, text,
        text == NULL
            ? 0
            : wcsnlen(text, call->limit < COUNTED_UNITS_MAX ? call->limit : COUNTED_UNITS_MAX + 1));
}

static NTSTATUS counted_string(const struct counted *call, PCUNICODE_STRING source)
{
    if (counted_is_bad(source, call->flags)) {
        return STATUS_INVALID_PARAMETER;
    }
    return counted_call(call, source != NULL ? source->Buffer : NULL,
                        source != NULL ? source->Length / sizeof(WCHAR) : 0);
}

/* ---- from text ---- */

NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    const struct counted call = {DestinationString, NULL, RTL_STRSAFE_ALL, 0, false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                        size_t cchToCopy)
{
    const struct counted call = {DestinationString, NULL, cchToCopy, 0, false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                       size_t cbToCopy)
{
    const struct counted call = {DestinationString, NULL, cbToCopy / sizeof(WCHAR), 0, false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCopyStringEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                      PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, RTL_STRSAFE_ALL, dwFlags,
                                 false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCopyStringNEx(PUNICODE_STRING DestinationString,
                                          NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy,
                                          PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cchToCopy, dwFlags, false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCopyStringNEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                         size_t cbToCopy, PUNICODE_STRING RemainingString,
                                         ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cbToCopy / sizeof(WCHAR),
                                 dwFlags, false};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    const struct counted call = {DestinationString, NULL, RTL_STRSAFE_ALL, 0, true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                       size_t cchToAppend)
{
    const struct counted call = {DestinationString, NULL, cchToAppend, 0, true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                      size_t cbToAppend)
{
    const struct counted call = {DestinationString, NULL, cbToAppend / sizeof(WCHAR), 0, true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCatStringEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                     PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, RTL_STRSAFE_ALL, dwFlags,
                                 true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCatStringNEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                         size_t cchToAppend, PUNICODE_STRING RemainingString,
                                         ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cchToAppend, dwFlags, true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCatStringNEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                        size_t cbToAppend, PUNICODE_STRING RemainingString,
                                        ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cbToAppend / sizeof(WCHAR),
                                 dwFlags, true};

    return API(PASSIVE_LEVEL) ? counted_text(&call, pszSrc) : STATUS_UNSUCCESSFUL;
}

/* ---- from counted strings ---- */

NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    const struct counted call = {DestinationString, NULL, RTL_STRSAFE_ALL, 0, false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                  size_t cchToCopy)
{
    const struct counted call = {DestinationString, NULL, cchToCopy, 0, false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                 size_t cbToCopy)
{
    const struct counted call = {DestinationString, NULL, cbToCopy / sizeof(WCHAR), 0, false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCopyEx(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, RTL_STRSAFE_ALL, dwFlags,
                                 false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCopyNEx(PUNICODE_STRING DestinationString,
                                    PCUNICODE_STRING SourceString, size_t cchToCopy,
                                    PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cchToCopy, dwFlags, false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCopyNEx(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                   size_t cbToCopy, PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cbToCopy / sizeof(WCHAR),
                                 dwFlags, false};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    const struct counted call = {DestinationString, NULL, RTL_STRSAFE_ALL, 0, true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                 size_t cchToAppend)
{
    const struct counted call = {DestinationString, NULL, cchToAppend, 0, true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                size_t cbToAppend)
{
    const struct counted call = {DestinationString, NULL, cbToAppend / sizeof(WCHAR), 0, true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCatEx(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                               PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, RTL_STRSAFE_ALL, dwFlags,
                                 true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCchCatNEx(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                   size_t cchToAppend, PUNICODE_STRING RemainingString,
                                   ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cchToAppend, dwFlags, true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringCbCatNEx(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                  size_t cbToAppend, PUNICODE_STRING RemainingString, ULONG dwFlags)
{
    const struct counted call = {DestinationString, RemainingString, cbToAppend / sizeof(WCHAR),
                                 dwFlags, true};

    return API(PASSIVE_LEVEL) ? counted_string(&call, SourceString) : STATUS_UNSUCCESSFUL;
}
