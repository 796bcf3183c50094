/* rtl_upcase.c - wide text to narrow text in upper case. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_case.h"
#include "nt/rtl/string/rtl_string.h"

/* Room for the upper case of a piece of the text, so that nothing is allocated. */
#define UPCASE_PIECE 64

/* false: it did not fit; then as many whole characters as do. destination NULL: only count. */
static bool upcase_narrow(char *destination, size_t room, size_t *bytes, PCWCH source,
                          size_t source_bytes)
{
    size_t length = source_bytes / sizeof(WCHAR);
    size_t written = 0;
    bool whole = true;

    for (size_t at = 0; at < length && whole;) {
        WCHAR piece[UPCASE_PIECE];
        size_t units = min(length - at, (size_t)UPCASE_PIECE);
        size_t more;

        /* The halves of a surrogate pair stay together. */
        if (at + units < length && (source[at + units - 1] & 0xFC00) == 0xD800) {
            units--;
        }
        for (size_t i = 0; i < units; i++) {
            piece[i] = rtl_upcase(source[at + i]);
        }
        whole = rtl_wide_to_utf8(destination != NULL ? destination + written : NULL, room - written,
                                 &more, piece, units * sizeof(WCHAR));
        written += more;
        at += units;
    }
    *bytes = written;
    return whole;
}

NTSTATUS RtlUpcaseUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                      PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                      ULONG BytesInUnicodeString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    upcase_narrow(MultiByteString, MaxBytesInMultiByteString, &bytes, UnicodeString,
                  BytesInUnicodeString);
    if (BytesInMultiByteString != NULL) {
        *BytesInMultiByteString = (ULONG)bytes;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlUpcaseUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString, PULONG BytesInOemString,
                                PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    size_t bytes;
    bool whole;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    whole =
        upcase_narrow(OemString, MaxBytesInOemString, &bytes, UnicodeString, BytesInUnicodeString);
    if (BytesInOemString != NULL) {
        *BytesInOemString = (ULONG)bytes;
    }
    return whole ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/* Counted strings have no terminator. */
NTSTATUS RtlUpcaseUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                  PCUNICODE_STRING SourceString,
                                                  BOOLEAN AllocateDestinationString)
{
    size_t bytes;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    upcase_narrow(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    if (bytes > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (AllocateDestinationString) {
        DestinationString->Length = 0;
        DestinationString->MaximumLength = (USHORT)bytes;
        DestinationString->Buffer =
            bytes != 0 ? ExAllocatePoolWithTag(PagedPool, bytes, 'meOR') : NULL;
        if (bytes != 0 && DestinationString->Buffer == NULL) {
            return STATUS_NO_MEMORY;
        }
    } else if (DestinationString->MaximumLength < bytes) {
        return STATUS_BUFFER_OVERFLOW;
    }
    upcase_narrow(DestinationString->Buffer, bytes, &bytes, SourceString->Buffer,
                  SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    return STATUS_SUCCESS;
}

BOOLEAN RtlIsValidOemCharacter(PWCHAR Char)
{
    if (!API(PASSIVE_LEVEL) || (*Char & 0xF800) == 0xD800) {
        return FALSE;
    }
    *Char = rtl_upcase(*Char);
    return TRUE;
}
