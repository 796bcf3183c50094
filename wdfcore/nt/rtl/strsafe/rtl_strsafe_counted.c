/* rtl_strsafe_counted.c - RtlUnicodeString*: counted strings begun, checked and printed into. No
 * terminator is written, so that all of MaximumLength is text. (rtl_strsafe_counted_put.c copies and
 * appends.)
 */
#include "nt/dbg/dbg_format.h"
#include "nt/ke/ke_api.h"
#include "nt/rtl/strsafe/rtl_strsafe.h"

#define COUNTED_UNITS_MAX NTSTRSAFE_UNICODE_STRING_MAX_CCH

NTSTATUS rtl_strsafe_counted_check(PCUNICODE_STRING string, ULONG flags)
{
    if ((flags & ~(ULONG)STRSAFE_VALID_FLAGS) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (string == NULL) {
        return (flags & STRSAFE_IGNORE_NULLS) != 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    if (string->Length % sizeof(WCHAR) != 0 || string->MaximumLength % sizeof(WCHAR) != 0 ||
        string->Length > string->MaximumLength ||
        (string->Buffer == NULL && string->MaximumLength != 0)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS format(PUNICODE_STRING destination, PUNICODE_STRING remaining, ULONG flags,
                       NTSTRSAFE_PCWSTR text, va_list arguments)
{
    struct dbg_output output = {.wide = true};
    NTSTATUS status = rtl_strsafe_counted_check(destination, flags);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (text == NULL || destination == NULL) {
        return (flags & STRSAFE_IGNORE_NULLS) != 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    output.text = destination->Buffer;
    output.room = destination->MaximumLength / sizeof(WCHAR);
    dbg_format(&output, text, arguments);
    if (output.length > output.room) {
        status = STATUS_BUFFER_OVERFLOW;
        output.length = output.room;
        if ((flags & (STRSAFE_ZERO_LENGTH_ON_FAILURE | STRSAFE_NO_TRUNCATION)) != 0) {
            output.length = 0;
        }
    }
    destination->Length = (USHORT)(output.length * sizeof(WCHAR));
    if (remaining != NULL) {
        remaining->Length = 0;
        remaining->MaximumLength = destination->MaximumLength - destination->Length;
        remaining->Buffer = destination->Buffer + output.length;
    }
    return status;
}

static NTSTATUS init(PUNICODE_STRING destination, NTSTRSAFE_PCWSTR text, ULONG flags)
{
    size_t units = 0;

    if (text == NULL && (flags & STRSAFE_IGNORE_NULLS) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (text != NULL) {
        units = wcsnlen(text, COUNTED_UNITS_MAX);
        if (units == COUNTED_UNITS_MAX) {
            return STATUS_INVALID_PARAMETER;
        }
    }
    destination->Buffer = (PWCH)text;
    destination->Length = (USHORT)(units * sizeof(WCHAR));
    destination->MaximumLength = text == NULL ? 0 : (USHORT)((units + 1) * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return init(DestinationString, pszSrc, STRSAFE_IGNORE_NULLS);
}

NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                ULONG dwFlags)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return init(DestinationString, pszSrc, dwFlags);
}

NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING SourceString)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_counted_check(SourceString, 0);
}

NTSTATUS RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, ULONG dwFlags)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_counted_check(SourceString, dwFlags);
}

NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat,
                                 va_list argList)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return format(DestinationString, NULL, 0, pszFormat, argList);
}

NTSTATUS RtlUnicodeStringVPrintfEx(PUNICODE_STRING DestinationString,
                                   PUNICODE_STRING RemainingString, ULONG dwFlags,
                                   NTSTRSAFE_PCWSTR pszFormat, va_list argList)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return format(DestinationString, RemainingString, dwFlags, pszFormat, argList);
}

NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszFormat, ...)
{
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = format(DestinationString, NULL, 0, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS RtlUnicodeStringPrintfEx(PUNICODE_STRING DestinationString,
                                  PUNICODE_STRING RemainingString, ULONG dwFlags,
                                  NTSTRSAFE_PCWSTR pszFormat, ...)
{
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = format(DestinationString, RemainingString, dwFlags, pszFormat, arguments);
    va_end(arguments);
    return status;
}
