/* rtl_string_convert.c - between wide and narrow text, and strings whose buffer comes from pool. */
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/rtl/string/rtl_case.h"
#include "nt/rtl/string/rtl_string.h"
#include "nt/rtl/string/rtl_utf.h"

#define STRING_TAG       0x20727453 /* 'Str ' */
#define STRING_BYTES_MAX 0xFFFE
#define RTL_DUPLICATE_FLAGS                        \
    (RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE | \
     RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING)

bool rtl_wide_to_utf8(char *destination, size_t room, size_t *bytes, const WCHAR *source,
                      size_t source_bytes)
{
    size_t length = source_bytes / sizeof(WCHAR);
    size_t used;
    size_t written = 0;

    for (size_t i = 0; i < length; i += used) {
        char units[4];
        size_t count = rtl_utf8_put(rtl_utf16_next(source + i, length - i, &used), units);

        if (destination != NULL) {
            if (written + count > room) {
                *bytes = written;
                return false;
            }
            memcpy(destination + written, units, count);
        }
        written += count;
    }
    *bytes = written;
    return true;
}

bool rtl_utf8_to_wide(WCHAR *destination, size_t room_bytes, size_t *bytes, const char *source,
                      size_t source_bytes)
{
    size_t used;
    size_t written = 0;

    for (size_t i = 0; i < source_bytes; i += used) {
        WCHAR units[2];
        size_t count = rtl_utf16_put(rtl_utf8_next(source + i, source_bytes - i, &used), units);

        if (destination != NULL) {
            if ((written + count) * sizeof(WCHAR) > room_bytes) {
                *bytes = written * sizeof(WCHAR);
                return false;
            }
            memcpy(destination + written, units, count * sizeof(WCHAR));
        }
        written += count;
    }
    *bytes = written * sizeof(WCHAR);
    return true;
}

/* Give the string a buffer of its own for bytes and a terminator, or check that both fit in the one
 * it has. */
static NTSTATUS prepare(PUNICODE_STRING string, size_t bytes, size_t terminator, bool allocate,
                        const void *caller)
{
    if (bytes + terminator > STRING_BYTES_MAX) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (!allocate) {
        return bytes + terminator > string->MaximumLength ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    }
    string->Buffer = ex_pool_allocate(bytes + terminator, STRING_TAG, true, true, caller);
    if (string->Buffer == NULL) {
        return STATUS_NO_MEMORY;
    }
    string->MaximumLength = (USHORT)(bytes + terminator);
    return STATUS_SUCCESS;
}

NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString, PCANSI_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    size_t bytes;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_utf8_to_wide(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    status =
        prepare(DestinationString, bytes, sizeof(WCHAR), AllocateDestinationString, KE_CALLER());
    if (!NT_SUCCESS(status)) {
        return status;
    }
    rtl_utf8_to_wide(DestinationString->Buffer, DestinationString->MaximumLength, &bytes,
                     SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

/* What does not fit into the caller's buffer is cut off, and the rest terminated all the same. */
NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString, PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    size_t bytes;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_wide_to_utf8(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    /* The two kinds of string have one shape. */
    status = prepare((PUNICODE_STRING)DestinationString, bytes, 1, AllocateDestinationString,
                     KE_CALLER());
    if (NT_ERROR(status) || (!NT_SUCCESS(status) && DestinationString->MaximumLength == 0)) {
        return status;
    }
    rtl_wide_to_utf8(DestinationString->Buffer, DestinationString->MaximumLength - 1u, &bytes,
                     SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    DestinationString->Buffer[bytes] = '\0';
    return status;
}

ULONG RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return 0;
    }
    rtl_utf8_to_wide(NULL, 0, &bytes, AnsiString->Buffer, AnsiString->Length);
    return (ULONG)(bytes + sizeof(WCHAR));
}

ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return 0;
    }
    rtl_wide_to_utf8(NULL, 0, &bytes, UnicodeString->Buffer, UnicodeString->Length);
    return (ULONG)(bytes + 1);
}

ULONG RtlAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    return RtlxAnsiStringToUnicodeSize(AnsiString);
}

ULONG RtlUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    return RtlxUnicodeStringToAnsiSize(UnicodeString);
}

static NTSTATUS change_case(PUNICODE_STRING destination, PCUNICODE_STRING source, bool allocate,
                            WCHAR (*change)(WCHAR), const void *caller)
{
    NTSTATUS status = prepare(destination, source->Length, 0, allocate, caller);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    for (size_t i = 0; i < source->Length / sizeof(WCHAR); i++) {
        destination->Buffer[i] = change(source->Buffer[i]);
    }
    destination->Length = source->Length;
    return STATUS_SUCCESS;
}

NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                BOOLEAN AllocateDestinationString)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return change_case(DestinationString, SourceString, AllocateDestinationString, rtl_upcase,
                       KE_CALLER());
}

NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString,
                                  BOOLEAN AllocateDestinationString)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return change_case(DestinationString, SourceString, AllocateDestinationString, rtl_downcase,
                       KE_CALLER());
}

NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                   PUNICODE_STRING StringOut)
{
    bool terminated = (Flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE) != 0;
    bool even_empty = (Flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING) != 0;
    UNICODE_STRING copy = {0};
    NTSTATUS status;

    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (StringIn == NULL || StringOut == NULL || (even_empty && !terminated) ||
        (Flags & ~(ULONG)RTL_DUPLICATE_FLAGS) != 0 || !rtl_string_is_valid(StringIn)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (StringIn->Length != 0 || even_empty) {
        status =
            prepare(&copy, StringIn->Length, terminated ? sizeof(WCHAR) : 0, true, KE_CALLER());
        if (!NT_SUCCESS(status)) {
            return status == STATUS_INVALID_PARAMETER_2 ? STATUS_NAME_TOO_LONG : status;
        }
        rtl_string_append(&copy, StringIn->Buffer, StringIn->Length);
    }
    *StringOut = copy;
    return STATUS_SUCCESS;
}

VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    if (UnicodeString->Buffer != NULL) {
        ex_pool_release(UnicodeString->Buffer);
        *UnicodeString = (UNICODE_STRING){0};
    }
}

VOID RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    if (!API(APC_LEVEL)) {
        return;
    }
    if (AnsiString->Buffer != NULL) {
        ex_pool_release(AnsiString->Buffer);
        *AnsiString = (ANSI_STRING){0};
    }
}

/* The multi-byte forms cut silently; those of UTF-8 say so (rtl_string_utf8.c): the pages differ. */
NTSTATUS RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                ULONG BytesInUnicodeString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_wide_to_utf8(MultiByteString, MaxBytesInMultiByteString, &bytes, UnicodeString,
                     BytesInUnicodeString);
    if (BytesInMultiByteString != NULL) {
        *BytesInMultiByteString = (ULONG)bytes;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                ULONG BytesInMultiByteString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    rtl_utf8_to_wide(UnicodeString, MaxBytesInUnicodeString, &bytes, MultiByteString,
                     BytesInMultiByteString);
    if (BytesInUnicodeString != NULL) {
        *BytesInUnicodeString = (ULONG)bytes;
    }
    return STATUS_SUCCESS;
}
