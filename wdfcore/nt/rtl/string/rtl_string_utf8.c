/* rtl_string_utf8.c - between wide text and UTF-8. What the multi-byte routines do silently these
 * report: a character that has no other form becomes U+FFFD (STATUS_SOME_NOT_MAPPED), text that does
 * not fit is cut behind the last whole character (STATUS_BUFFER_TOO_SMALL).
 */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"
#include "nt/rtl/string/rtl_utf.h"

/* A destination or a count is wanted, and a source of whole units. The parameter's position is in the
 * status. */
static NTSTATUS utf8_check(const void *destination, const ULONG *count, const void *source,
                           ULONG source_bytes, size_t unit)
{
    if (source == NULL && source_bytes != 0) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (destination == NULL && count == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return source_bytes % unit != 0 ? STATUS_INVALID_PARAMETER_5 : STATUS_SUCCESS;
}

static NTSTATUS utf8_result(bool fits, bool maps, size_t bytes, PULONG count)
{
    if (count != NULL) {
        *count = (ULONG)bytes;
    }
    if (!fits) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return maps ? STATUS_SUCCESS : STATUS_SOME_NOT_MAPPED;
}

static bool wide_maps(const WCHAR *text, size_t length)
{
    size_t used;

    for (size_t i = 0; i < length; i += used) {
        if (rtl_utf16_next(text + i, length - i, &used) == RTL_UTF_REPLACEMENT &&
            text[i] != RTL_UTF_REPLACEMENT) {
            return false;
        }
    }
    return true;
}

static bool utf8_maps(const char *text, size_t length)
{
    size_t used;

    for (size_t i = 0; i < length; i += used) {
        if (rtl_utf8_next(text + i, length - i, &used) == RTL_UTF_REPLACEMENT && used == 1) {
            return false; /* U+FFFD itself takes three */
        }
    }
    return true;
}

NTSTATUS RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                           PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                           ULONG UnicodeStringByteCount)
{
    NTSTATUS status;
    size_t bytes;
    bool fits;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = utf8_check(UTF8StringDestination, UTF8StringActualByteCount, UnicodeStringSource,
                        UnicodeStringByteCount, sizeof(WCHAR));
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fits = rtl_wide_to_utf8(UTF8StringDestination, UTF8StringMaxByteCount, &bytes,
                            UnicodeStringSource, UnicodeStringByteCount);
    return utf8_result(fits, wide_maps(UnicodeStringSource, UnicodeStringByteCount / sizeof(WCHAR)),
                       bytes, UTF8StringActualByteCount);
}

NTSTATUS RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                           PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                           ULONG UTF8StringByteCount)
{
    NTSTATUS status;
    size_t bytes;
    bool fits;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = utf8_check(UnicodeStringDestination, UnicodeStringActualByteCount, UTF8StringSource,
                        UTF8StringByteCount, sizeof(CHAR));
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fits = rtl_utf8_to_wide(UnicodeStringDestination, UnicodeStringMaxByteCount, &bytes,
                            UTF8StringSource, UTF8StringByteCount);
    return utf8_result(fits, utf8_maps(UTF8StringSource, UTF8StringByteCount), bytes,
                       UnicodeStringActualByteCount);
}

/* ---- whole strings ---- */

NTSTATUS RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    return RtlInitAnsiStringEx(DestinationString, SourceString);
}

/* The buffer of a string of so many bytes, and of a terminator; or what the caller gave. */
static NTSTATUS utf8_room(PSTRING string, size_t bytes, size_t terminator, BOOLEAN allocate)
{
    if (!allocate) {
        return STATUS_SUCCESS;
    }
    if (bytes + terminator > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER_2;
    }
    string->Buffer = ExAllocatePoolWithTag(PagedPool, bytes + terminator, '8ftU');
    if (string->Buffer == NULL) {
        return STATUS_NO_MEMORY;
    }
    string->MaximumLength = (USHORT)(bytes + terminator);
    return STATUS_SUCCESS;
}

NTSTATUS RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString, PUTF8_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    size_t bytes;
    NTSTATUS status;
    bool whole;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_utf8_to_wide(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    /* The two kinds of string have one shape. */
    status = utf8_room((PSTRING)DestinationString, bytes, sizeof(WCHAR), AllocateDestinationString);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    whole = rtl_utf8_to_wide(DestinationString->Buffer, DestinationString->MaximumLength, &bytes,
                             SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    if (bytes + sizeof(WCHAR) <= DestinationString->MaximumLength) {
        DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
    }
    if (!whole) {
        return STATUS_BUFFER_OVERFLOW;
    }
    return utf8_maps(SourceString->Buffer, SourceString->Length) ? STATUS_SUCCESS
                                                                 : STATUS_SOME_NOT_MAPPED;
}

NTSTATUS RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString, PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    size_t bytes;
    NTSTATUS status;
    bool whole;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_wide_to_utf8(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    status = utf8_room(DestinationString, bytes, 1, AllocateDestinationString);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    whole = rtl_wide_to_utf8(DestinationString->Buffer, DestinationString->MaximumLength, &bytes,
                             SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    if (bytes < DestinationString->MaximumLength) {
        DestinationString->Buffer[bytes] = '\0';
    }
    if (!whole) {
        return STATUS_BUFFER_OVERFLOW;
    }
    return wide_maps(SourceString->Buffer, SourceString->Length / sizeof(WCHAR))
               ? STATUS_SUCCESS
               : STATUS_SOME_NOT_MAPPED;
}

VOID RtlFreeUTF8String(PUTF8_STRING Utf8String)
{
    RtlFreeAnsiString(Utf8String);
}
