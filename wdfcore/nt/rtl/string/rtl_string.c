/* rtl_string.c - UNICODE_STRING: initialise, copy, append, compare, change case. */
#include "nt/rtl/string/rtl_string.h"

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_case.h"

#define STRING_BYTES_MAX 0xFFFC /* leaves room for a terminator in MaximumLength */

size_t rtl_wide_length(const WCHAR *text)
{
    size_t length = 0;

    while (text[length] != 0) {
        length++;
    }
    return length;
}

void rtl_string_init(UNICODE_STRING *string, const WCHAR *text)
{
    size_t bytes;

    string->Buffer = (PWCH)text;
    string->Length = 0;
    string->MaximumLength = 0;
    if (text == NULL) {
        return;
    }
    bytes = rtl_wide_length(text) * sizeof(WCHAR);
    if (bytes > STRING_BYTES_MAX) {
        bytes = STRING_BYTES_MAX;
    }
    string->Length = (USHORT)bytes;
    string->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
}

bool rtl_string_is_valid(const UNICODE_STRING *string)
{
    return string->Length % sizeof(WCHAR) == 0 && string->MaximumLength % sizeof(WCHAR) == 0 &&
           string->Length <= string->MaximumLength &&
           (string->Buffer != NULL || string->MaximumLength == 0);
}

static void terminate(UNICODE_STRING *string)
{
    if (string->MaximumLength - string->Length >= (int)sizeof(WCHAR)) {
        string->Buffer[string->Length / sizeof(WCHAR)] = 0;
    }
}

/* As much as fits into MaximumLength; terminated if there is room. */
static void rtl_string_copy(UNICODE_STRING *destination, const UNICODE_STRING *source)
{
    if (source == NULL) {
        destination->Length = 0;
        return;
    }
    destination->Length =
        source->Length < destination->MaximumLength ? source->Length : destination->MaximumLength;
    if (destination->Length != 0) {
        memmove(destination->Buffer, source->Buffer, destination->Length);
    }
    terminate(destination);
}

bool rtl_string_append(UNICODE_STRING *destination, const WCHAR *text, size_t bytes)
{
    if (bytes + destination->Length > destination->MaximumLength) {
        return false;
    }
    if (bytes != 0) {
        memmove((char *)destination->Buffer + destination->Length, text, bytes);
    }
    destination->Length = (USHORT)(destination->Length + bytes);
    terminate(destination);
    return true;
}

static int compare_wide(const WCHAR *left, size_t left_units, const WCHAR *right,
                        size_t right_units, bool fold)
{
    size_t common = left_units < right_units ? left_units : right_units;

    for (size_t i = 0; i < common; i++) {
        int a = fold ? rtl_upcase(left[i]) : left[i];
        int b = fold ? rtl_upcase(right[i]) : right[i];

        if (a != b) {
            return a - b;
        }
    }
    return (left_units > right_units) - (left_units < right_units);
}

int rtl_string_compare(const UNICODE_STRING *left, const UNICODE_STRING *right, bool fold)
{
    return compare_wide(left->Buffer, left->Length / sizeof(WCHAR), right->Buffer,
                        right->Length / sizeof(WCHAR), fold);
}

bool rtl_string_equal(const UNICODE_STRING *left, const UNICODE_STRING *right, bool fold)
{
    return left->Length == right->Length && rtl_string_compare(left, right, fold) == 0;
}

VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    rtl_string_init(DestinationString, SourceString);
}

NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (SourceString != NULL && rtl_wide_length(SourceString) * sizeof(WCHAR) > STRING_BYTES_MAX) {
        return STATUS_NAME_TOO_LONG;
    }
    rtl_string_init(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    if (!API(HIGH_LEVEL)) {
        return;
    }
    rtl_string_copy(DestinationString, SourceString);
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_string_append(Destination, Source->Buffer, Source->Length) ? STATUS_SUCCESS
                                                                          : STATUS_BUFFER_TOO_SMALL;
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Source == NULL) {
        return STATUS_SUCCESS;
    }
    return rtl_string_append(Destination, Source, rtl_wide_length(Source) * sizeof(WCHAR))
               ? STATUS_SUCCESS
               : STATUS_BUFFER_TOO_SMALL;
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                             BOOLEAN CaseInSensitive)
{
    if (!API(PASSIVE_LEVEL)) {
        return 0;
    }
    return rtl_string_compare(String1, String2, CaseInSensitive);
}

LONG RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                              SIZE_T String2Length, BOOLEAN CaseInSensitive)
{
    if (!API(PASSIVE_LEVEL)) {
        return 0;
    }
    return compare_wide(String1, String1Length, String2, String2Length, CaseInSensitive);
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                              BOOLEAN CaseInSensitive)
{
    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    return rtl_string_equal(String1, String2, CaseInSensitive);
}

BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                               BOOLEAN CaseInSensitive)
{
    UNICODE_STRING head;

    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    if (String1->Length > String2->Length) {
        return FALSE;
    }
    head = *String2;
    head.Length = String1->Length;
    return rtl_string_equal(String1, &head, CaseInSensitive);
}

BOOLEAN RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                               BOOLEAN CaseInSensitive)
{
    UNICODE_STRING tail;

    if (!API(PASSIVE_LEVEL) || String1->Length > String2->Length) {
        return FALSE;
    }
    tail = *String2;
    tail.Buffer += (String2->Length - String1->Length) / sizeof(WCHAR);
    tail.Length = String1->Length;
    return rtl_string_equal(String1, &tail, CaseInSensitive);
}

WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
    if (!API(PASSIVE_LEVEL)) {
        return SourceCharacter;
    }
    return rtl_upcase(SourceCharacter);
}

WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter)
{
    if (!API(PASSIVE_LEVEL)) {
        return SourceCharacter;
    }
    return rtl_downcase(SourceCharacter);
}

NTSTATUS RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive, ULONG HashAlgorithm,
                              PULONG HashValue)
{
    ULONG hash = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (String == NULL || HashValue == NULL || HashAlgorithm > HASH_STRING_ALGORITHM_X65599) {
        return STATUS_INVALID_PARAMETER;
    }
    for (size_t i = 0; i < String->Length / sizeof(WCHAR); i++) {
        WCHAR unit = String->Buffer[i];

        hash = hash * 65599 + (CaseInSensitive ? rtl_upcase(unit) : unit);
    }
    *HashValue = hash;
    return STATUS_SUCCESS;
}
