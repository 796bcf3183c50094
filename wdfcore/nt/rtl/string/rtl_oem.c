/* rtl_oem.c - the other narrow code page of Windows, which is the same one here: UTF-8. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

NTSTATUS RtlOemStringToUnicodeString(PUNICODE_STRING DestinationString, PCOEM_STRING SourceString,
                                     BOOLEAN AllocateDestinationString)
{
    return API(PASSIVE_LEVEL) ? RtlAnsiStringToUnicodeString(DestinationString, SourceString,
                                                             AllocateDestinationString)
                              : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeStringToOemString(POEM_STRING DestinationString, PCUNICODE_STRING SourceString,
                                     BOOLEAN AllocateDestinationString)
{
    return API(PASSIVE_LEVEL) ? RtlUnicodeStringToAnsiString(DestinationString, SourceString,
                                                             AllocateDestinationString)
                              : STATUS_UNSUCCESSFUL;
}

/* Counted strings have no terminator. */
NTSTATUS RtlOemStringToCountedUnicodeString(PUNICODE_STRING DestinationString,
                                            PCOEM_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    ULONG length = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    RtlMultiByteToUnicodeSize(&length, SourceString->Buffer, SourceString->Length);
    if (length > MAXUSHORT - 1) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->MaximumLength = (USHORT)length;
        DestinationString->Length = 0;
        DestinationString->Buffer =
            length != 0 ? ExAllocatePoolWithTag(PagedPool, length, 'meOR') : NULL;
        if (length != 0 && DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (DestinationString->MaximumLength < length) {
        return STATUS_BUFFER_OVERFLOW;
    }
    DestinationString->Length = (USHORT)length;
    return RtlMultiByteToUnicodeN(DestinationString->Buffer, length, NULL, SourceString->Buffer,
                                  SourceString->Length);
}

NTSTATUS RtlUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    ULONG length = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    RtlUnicodeToMultiByteSize(&length, SourceString->Buffer, SourceString->Length);
    if (length > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->MaximumLength = (USHORT)length;
        DestinationString->Length = 0;
        DestinationString->Buffer =
            length != 0 ? ExAllocatePoolWithTag(PagedPool, length, 'meOR') : NULL;
        if (length != 0 && DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (DestinationString->MaximumLength < length) {
        return STATUS_BUFFER_OVERFLOW;
    }
    DestinationString->Length = (USHORT)length;
    return RtlUnicodeToMultiByteN(DestinationString->Buffer, length, NULL, SourceString->Buffer,
                                  SourceString->Length);
}

NTSTATUS RtlUpcaseUnicodeStringToOemString(POEM_STRING DestinationString,
                                           PCUNICODE_STRING SourceString,
                                           BOOLEAN AllocateDestinationString)
{
    UNICODE_STRING upper;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = RtlUpcaseUnicodeString(&upper, SourceString, TRUE);
    if (NT_SUCCESS(status)) {
        status = RtlUnicodeStringToAnsiString(DestinationString, &upper, AllocateDestinationString);
        RtlFreeUnicodeString(&upper);
    }
    return status;
}

VOID RtlFreeOemString(POEM_STRING OemString)
{
    if (API(PASSIVE_LEVEL)) {
        RtlFreeAnsiString(OemString);
    }
}

ULONG RtlxOemStringToUnicodeSize(PCOEM_STRING OemString)
{
    return API_QUIET(PASSIVE_LEVEL) ? RtlxAnsiStringToUnicodeSize(OemString) : 0;
}

ULONG RtlxUnicodeStringToOemSize(PCUNICODE_STRING UnicodeString)
{
    return API_QUIET(PASSIVE_LEVEL) ? RtlxUnicodeStringToAnsiSize(UnicodeString) : 0;
}

NTSTATUS RtlOemToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                          PULONG BytesInUnicodeString, PCCH OemString, ULONG BytesInOemString)
{
    return API(PASSIVE_LEVEL)
               ? RtlMultiByteToUnicodeN(UnicodeString, MaxBytesInUnicodeString,
                                        BytesInUnicodeString, OemString, BytesInOemString)
               : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString, PULONG BytesInOemString,
                          PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    return API(PASSIVE_LEVEL)
               ? RtlUnicodeToMultiByteN(OemString, MaxBytesInOemString, BytesInOemString,
                                        UnicodeString, BytesInUnicodeString)
               : STATUS_UNSUCCESSFUL;
}

/* ---- how long it will be ---- */

NTSTATUS RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                   ULONG BytesInUnicodeString)
{
    CHAR piece[3 * 64];
    ULONG at = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    *BytesInMultiByteString = 0;
    while (at < BytesInUnicodeString) {
        ULONG bytes = min(BytesInUnicodeString - at, 64 * sizeof(WCHAR));
        ULONG length = 0;

        /* The halves of a surrogate pair stay together. */
        if (at + bytes < BytesInUnicodeString && bytes > sizeof(WCHAR) &&
            (UnicodeString[(at + bytes) / sizeof(WCHAR) - 1] & 0xFC00) == 0xD800) {
            bytes -= sizeof(WCHAR);
        }
        RtlUnicodeToMultiByteN(piece, sizeof(piece), &length, UnicodeString + at / sizeof(WCHAR),
                               bytes);
        *BytesInMultiByteString += length;
        at += bytes;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, PCCH MultiByteString,
                                   ULONG BytesInMultiByteString)
{
    const STRING text = {.Buffer = (PCHAR)(ULONG_PTR)MultiByteString,
                         .Length = (USHORT)min(BytesInMultiByteString, MAXUSHORT)};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    *BytesInUnicodeString = RtlxAnsiStringToUnicodeSize(&text) - (ULONG)sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* ---- whole strings ---- */

BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    UNICODE_STRING source;

    if (!API(PASSIVE_LEVEL) || !NT_SUCCESS(RtlInitUnicodeStringEx(&source, SourceString)) ||
        source.Length > MAXUSHORT - 1 - sizeof(WCHAR)) {
        return FALSE;
    }
    DestinationString->Buffer =
        ExAllocatePoolWithTag(PagedPool, source.Length + sizeof(WCHAR), 'grtS');
    if (DestinationString->Buffer == NULL) {
        return FALSE;
    }
    memcpy(DestinationString->Buffer, source.Buffer, source.Length);
    DestinationString->Buffer[source.Length / sizeof(WCHAR)] = 0;
    DestinationString->Length = source.Length;
    DestinationString->MaximumLength = (USHORT)(source.Length + sizeof(WCHAR));
    return TRUE;
}

NTSTATUS RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String)
{
    if (!API_QUIET(HIGH_LEVEL) || Flags != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (String == NULL) {
        return STATUS_SUCCESS;
    }
    return rtl_string_is_valid(String) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
