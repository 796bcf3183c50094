/* rtl_number.c - numbers as text, and pseudo-random numbers. */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

static bool base_is_valid(ULONG base)
{
    return base == 0 || base == 2 || base == 8 || base == 10 || base == 16;
}

static NTSTATUS to_text(ULONGLONG value, ULONG base, PUNICODE_STRING string)
{
    WCHAR digits[64];
    size_t at = ARRAYSIZE(digits);
    size_t bytes;

    if (!base_is_valid(base)) {
        return STATUS_INVALID_PARAMETER;
    }
    base = base == 0 ? 10 : base;
    do {
        digits[--at] = (WCHAR) "0123456789ABCDEF"[value % base];
        value /= base;
    } while (value != 0);
    bytes = (ARRAYSIZE(digits) - at) * sizeof(WCHAR);
    if (bytes > string->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    string->Length = 0;
    rtl_string_append(string, digits + at, bytes);
    return STATUS_SUCCESS;
}

NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return to_text(Value, Base, String);
}

NTSTATUS RtlIntegerToChar(ULONG Value, ULONG Base, LONG OutputLength, PSZ String)
{
    WCHAR buffer[64];
    UNICODE_STRING digits = {.Buffer = buffer, .MaximumLength = sizeof(buffer)};
    bool padded = OutputLength < 0;
    ULONG room = padded ? 0 - (ULONG)OutputLength : (ULONG)OutputLength;
    ULONG length, zeroes;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = to_text(Value, Base, &digits);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    length = digits.Length / sizeof(WCHAR);
    if (length > room) {
        return STATUS_BUFFER_OVERFLOW;
    }
    zeroes = padded ? room - length : 0;
    memset(String, '0', zeroes);
    for (ULONG i = 0; i < length; i++) {
        String[zeroes + i] = (CHAR)buffer[i];
    }
    if (zeroes + length < room) {
        String[length] = '\0';
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return to_text(Value, Base, String);
}

/* A text of either width, read one unit at a time; past its end it reads 0. */
struct digits {
    const WCHAR *wide; /* one of the two is NULL */
    const char *narrow;
    size_t length;
    size_t at;
};

static WCHAR peek(const struct digits *text)
{
    if (text->at >= text->length) {
        return 0;
    }
    return text->wide != NULL ? text->wide[text->at] : (UCHAR)text->narrow[text->at];
}

static ULONG digit_value(WCHAR unit)
{
    if (unit >= '0' && unit <= '9') {
        return unit - (ULONG)'0';
    }
    if ((unit | 32) >= 'a' && (unit | 32) <= 'f') {
        return (unit | 32u) - 'a' + 10;
    }
    return 16;
}

/* 0x, 0o and 0b choose the base where the caller leaves it open. */
static ULONG read_base(struct digits *text, ULONG base)
{
    ULONG prefixed = 0;

    if (base != 0) {
        return base;
    }
    if (peek(text) == '0' && text->at + 1 < text->length) {
        text->at++;
        prefixed = peek(text) == 'x' ? 16 : peek(text) == 'o' ? 8 : peek(text) == 'b' ? 2 : 0;
        text->at += prefixed != 0;
    }
    return prefixed != 0 ? prefixed : 10;
}

static ULONGLONG read_number(struct digits *text, ULONG base)
{
    ULONGLONG value = 0;
    bool negative = false;

    while (peek(text) != 0 && peek(text) <= ' ') {
        text->at++;
    }
    if (peek(text) == '-' || peek(text) == '+') {
        negative = peek(text) == '-';
        text->at++;
    }
    base = read_base(text, base);
    while (digit_value(peek(text)) < base) {
        value = value * base + digit_value(peek(text));
        text->at++;
    }
    return negative ? 0 - value : value;
}

NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    struct digits text = {.wide = String->Buffer, .length = String->Length / sizeof(WCHAR)};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!base_is_valid(Base) || text.length == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *Value = (ULONG)read_number(&text, Base);
    return STATUS_SUCCESS;
}

NTSTATUS RtlUnicodeStringToInt64(PCUNICODE_STRING String, ULONG Base, PLONG64 Number,
                                 PWSTR *EndPointer)
{
    struct digits text = {.wide = String->Buffer, .length = String->Length / sizeof(WCHAR)};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!base_is_valid(Base) || text.length == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    *Number = (LONG64)read_number(&text, Base);
    if (EndPointer != NULL) {
        *EndPointer = String->Buffer + text.at;
    }
    return STATUS_SUCCESS;
}

NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    struct digits text = {.narrow = String, .length = strlen(String)};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!base_is_valid(Base)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Value = (ULONG)read_number(&text, Base);
    return STATUS_SUCCESS;
}

/* A multiplicative generator modulo 2^31 - 1; the sequence depends on the seed alone. */
ULONG RtlRandomEx(PULONG Seed)
{
    if (!API_QUIET(APC_LEVEL)) {
        return 0;
    }
    *Seed = (ULONG)(((ULONGLONG)*Seed * 0x7FFFFFED + 0x7FFFFFC3) % 0x7FFFFFFF);
    return *Seed;
}

ULONG RtlRandom(PULONG Seed)
{
    return RtlRandomEx(Seed);
}

CCHAR RtlFindLeastSignificantBit(ULONGLONG Set)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return -1;
    }
    return Set == 0 ? -1 : (CCHAR)__builtin_ctzll(Set);
}

CCHAR RtlFindMostSignificantBit(ULONGLONG Set)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return -1;
    }
    return Set == 0 ? -1 : (CCHAR)(63 - __builtin_clzll(Set));
}
