/* rtl_ansi.c - STRING: initialise, copy, append, compare. Case is changed in ASCII only; the bytes
 * above it are parts of UTF-8 sequences.
 */
#include <wdm.h>

#include <stdbool.h>

#include "nt/ke/ke_api.h"

#define STRING_BYTES_MAX 0xFFFE

static UCHAR upper(UCHAR byte)
{
    return byte >= 'a' && byte <= 'z' ? (UCHAR)(byte - 32) : byte;
}

static void init(PSTRING string, PCSZ text)
{
    size_t bytes = text == NULL ? 0 : strlen(text);

    if (bytes > STRING_BYTES_MAX) {
        bytes = STRING_BYTES_MAX;
    }
    string->Buffer = (PCHAR)text;
    string->Length = (USHORT)bytes;
    string->MaximumLength = text == NULL ? 0 : (USHORT)(bytes + 1);
}

static int compare(const STRING *left, const STRING *right, bool fold)
{
    USHORT common = left->Length < right->Length ? left->Length : right->Length;

    for (USHORT i = 0; i < common; i++) {
        UCHAR a = (UCHAR)left->Buffer[i];
        UCHAR b = (UCHAR)right->Buffer[i];
        int difference = fold ? upper(a) - upper(b) : a - b;

        if (difference != 0) {
            return difference;
        }
    }
    return left->Length - right->Length;
}

static NTSTATUS append(PSTRING destination, PCSZ text, size_t bytes)
{
    if (bytes + destination->Length > destination->MaximumLength) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (bytes != 0) {
        memmove(destination->Buffer + destination->Length, text, bytes);
    }
    destination->Length = (USHORT)(destination->Length + bytes);
    return STATUS_SUCCESS;
}

VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    init(DestinationString, SourceString);
}

VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    init(DestinationString, SourceString);
}

VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    init(DestinationString, SourceString);
}

static NTSTATUS init_checked(PSTRING string, PCSZ text)
{
    if (text != NULL && strlen(text) > STRING_BYTES_MAX) {
        return STATUS_NAME_TOO_LONG;
    }
    init(string, text);
    return STATUS_SUCCESS;
}

NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return init_checked(DestinationString, SourceString);
}

NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return init_checked(DestinationString, SourceString);
}

VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    DestinationString->Length = 0;
    if (SourceString != NULL) {
        USHORT room = DestinationString->MaximumLength;

        append(DestinationString, SourceString->Buffer,
               SourceString->Length < room ? SourceString->Length : room);
    }
}

NTSTATUS RtlAppendStringToString(PSTRING Destination, const STRING *Source)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return append(Destination, Source->Buffer, Source->Length);
}

NTSTATUS RtlAppendAsciizToString(PSTRING Destination, PCSZ Source)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return Source == NULL ? STATUS_SUCCESS : append(Destination, Source, strlen(Source));
}

LONG RtlCompareString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    if (!API(HIGH_LEVEL)) {
        return 0;
    }
    return compare(String1, String2, CaseInSensitive);
}

BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    return String1->Length == String2->Length && compare(String1, String2, CaseInSensitive) == 0;
}

BOOLEAN RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    STRING head;

    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    if (String1->Length > String2->Length) {
        return FALSE;
    }
    head = *String2;
    head.Length = String1->Length;
    return compare(String1, &head, CaseInSensitive) == 0;
}

CHAR RtlUpperChar(CHAR Character)
{
    if (!API(PASSIVE_LEVEL)) {
        return Character;
    }
    return (CHAR)upper((UCHAR)Character);
}

VOID RtlUpperString(PSTRING DestinationString, const STRING *SourceString)
{
    USHORT length;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    length = SourceString->Length < DestinationString->MaximumLength
                 ? SourceString->Length
                 : DestinationString->MaximumLength;
    for (USHORT i = 0; i < length; i++) {
        DestinationString->Buffer[i] = (CHAR)upper((UCHAR)SourceString->Buffer[i]);
    }
    DestinationString->Length = length;
}
