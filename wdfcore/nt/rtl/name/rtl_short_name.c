/* rtl_short_name.c - names of eight characters and three more. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/rtl/string/rtl_case.h"

#define SHORT_BASE       8
#define SHORT_EXTENSION  4 /* with its period */
#define SHORT_KEPT       6 /* of the base, before ~N */
#define SHORT_PLAIN_LAST 4 /* ~4 is the last without the sum of the name */
#define SHORT_INDEX_MAX  999999

/* ---- is it one? ---- */

/* Each part in bytes of the code page, as FAT stores them. */
static bool short_parts_fit(const char *name, USHORT length)
{
    const char *period = memchr(name, '.', length);
    size_t base = period != NULL ? (size_t)(period - name) : length;
    size_t extension = period != NULL ? length - base - 1 : 0;

    if (base == 0 || base > SHORT_BASE || name[base - 1] == ' ') {
        return false;
    }
    if (period == NULL) {
        return true;
    }
    return extension != 0 && extension < SHORT_EXTENSION &&
           memchr(period + 1, '.', extension) == NULL && name[length - 1] != ' ';
}

BOOLEAN RtlIsNameLegalDOS8Dot3(PCUNICODE_STRING Name, POEM_STRING OemName,
                               PBOOLEAN NameContainsSpaces)
{
    CHAR buffer[SHORT_BASE + SHORT_EXTENSION];
    ULONG length;

    if (!API(PASSIVE_LEVEL) || !ke_check_address(Name, "a name", __func__) ||
        Name->Length > sizeof(buffer) * sizeof(WCHAR) ||
        RtlUpcaseUnicodeToOemN(buffer, sizeof(buffer), &length, Name->Buffer, Name->Length) !=
            STATUS_SUCCESS) {
        return FALSE;
    }
    if (!(length == 1 && buffer[0] == '.') && !(length == 2 && memcmp(buffer, "..", 2) == 0)) {
        for (ULONG i = 0; i < length; i++) {
            if (!FsRtlIsAnsiCharacterLegalFat(buffer[i], FALSE)) {
                return FALSE;
            }
        }
        if (!short_parts_fit(buffer, (USHORT)length)) {
            return FALSE;
        }
    }
    if (OemName != NULL) {
        if (OemName->MaximumLength < length) {
            return FALSE;
        }
        memcpy(OemName->Buffer, buffer, length);
        OemName->Length = (USHORT)length;
    }
    if (NameContainsSpaces != NULL) {
        *NameContainsSpaces = memchr(buffer, ' ', length) != NULL;
    }
    return TRUE;
}

/* ---- making one ---- */

/* 0: it is left out. */
static WCHAR short_character(WCHAR unit, BOOLEAN extended)
{
    if (unit == L' ' || unit == L'.') {
        return 0;
    }
    if (unit < 0x80) {
        return FsRtlIsAnsiCharacterLegalFat((CHAR)unit, FALSE) ? rtl_upcase(unit) : L'_';
    }
    return extended && (unit & 0xF800) != 0xD800 ? rtl_upcase(unit) : L'_';
}

static USHORT short_sum(PCUNICODE_STRING name)
{
    ULONG sum = 0;

    for (USHORT i = 0; i < name->Length / sizeof(WCHAR); i++) {
        sum = sum * 0x25 + name->Buffer[i];
    }
    return (USHORT)(sum ^ (sum >> 16));
}

/* The parts that stay the same for all short names of one long name. */
static void short_prepare(PCUNICODE_STRING name, BOOLEAN extended, PGENERATE_NAME_CONTEXT context)
{
    USHORT length = name->Length / sizeof(WCHAR);
    USHORT first = 0;
    USHORT period;
    WCHAR unit;

    while (first < length && name->Buffer[first] == L'.') {
        first++;
    }
    for (period = length; period > first && name->Buffer[period - 1] != L'.'; period--) {
    }
    period = period > first ? (USHORT)(period - 1) : length;
    for (USHORT i = first; i < period && context->NameLength < SHORT_KEPT; i++) {
        unit = short_character(name->Buffer[i], extended);
        if (unit != 0) {
            context->NameBuffer[context->NameLength++] = unit;
        }
    }
    if (period < length) {
        context->ExtensionBuffer[context->ExtensionLength++] = L'.';
        for (USHORT i = period + 1; i < length && context->ExtensionLength < SHORT_EXTENSION; i++) {
            unit = short_character(name->Buffer[i], extended);
            if (unit != 0) {
                context->ExtensionBuffer[context->ExtensionLength++] = unit;
            }
        }
        if (context->ExtensionLength == 1) {
            context->ExtensionLength = 0; /* a period with nothing behind it */
        }
    }
    context->Checksum = short_sum(name);
}

/* Many files have nearly the same long name: the next ones are told apart by a sum over all of it. */
static void short_insert_sum(PGENERATE_NAME_CONTEXT context)
{
    ULONG kept = min(context->NameLength, 2u);

    for (ULONG i = 0; i < 4; i++) {
        context->NameBuffer[kept + i] =
            (WCHAR) "0123456789ABCDEF"[(context->Checksum >> (12 - 4 * i)) & 15];
    }
    context->NameLength = (UCHAR)(kept + 4);
    context->ChecksumInserted = TRUE;
    context->LastIndexValue = 0;
}

NTSTATUS RtlGenerate8dot3Name(PCUNICODE_STRING Name, BOOLEAN AllowExtendedCharacters,
                              PGENERATE_NAME_CONTEXT Context, PUNICODE_STRING Name8dot3)
{
    WCHAR text[SHORT_BASE + SHORT_EXTENSION];
    CHAR digits[SHORT_BASE];
    ULONG length;
    ULONG count;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Context->LastIndexValue == 0 && !Context->ChecksumInserted) {
        short_prepare(Name, AllowExtendedCharacters, Context);
    }
    if (Context->LastIndexValue == SHORT_PLAIN_LAST && !Context->ChecksumInserted) {
        short_insert_sum(Context);
    }
    if (Context->LastIndexValue == SHORT_INDEX_MAX) {
        return STATUS_FILE_SYSTEM_LIMITATION;
    }
    memset(digits, 0, sizeof(digits));
    RtlIntegerToChar(Context->LastIndexValue + 1, 10, sizeof(digits), digits);
    count = (ULONG)strlen(digits);
    length = min((ULONG)Context->NameLength, SHORT_BASE - 1 - count);
    if ((length + 1 + count + Context->ExtensionLength) * sizeof(WCHAR) >
        Name8dot3->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    Context->LastIndexValue++;
    memcpy(text, Context->NameBuffer, length * sizeof(WCHAR));
    text[length++] = L'~';
    for (ULONG i = 0; i < count; i++) {
        text[length++] = (UCHAR)digits[i];
    }
    memcpy(text + length, Context->ExtensionBuffer, Context->ExtensionLength * sizeof(WCHAR));
    length += Context->ExtensionLength;
    memcpy(Name8dot3->Buffer, text, length * sizeof(WCHAR));
    Name8dot3->Length = (USHORT)(length * sizeof(WCHAR));
    return STATUS_SUCCESS;
}
