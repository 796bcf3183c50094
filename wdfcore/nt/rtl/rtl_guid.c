/* rtl_guid.c - GUIDs as text: {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}. */
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/rtl/string/rtl_string.h"

#define GUID_UNITS 38
#define GUID_TAG   0x64697547 /* 'Guid' */

/* Where the digits of each byte stand, in the order of the text; the bytes of the first three
 * fields come most significant first. */
static const UCHAR guid_byte[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static bool is_dash(size_t unit)
{
    return unit == 9 || unit == 14 || unit == 19 || unit == 24;
}

NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString)
{
    const UCHAR *bytes = (const UCHAR *)Guid;
    size_t digit = 0;
    PWCH text;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    text = ex_pool_allocate((GUID_UNITS + 1) * sizeof(WCHAR), GUID_TAG, true, true, KE_CALLER());
    if (text == NULL) {
        return STATUS_NO_MEMORY;
    }
    text[0] = '{';
    for (size_t i = 1; i < GUID_UNITS - 1; i++) {
        if (is_dash(i)) {
            text[i] = '-';
        } else {
            UCHAR byte = bytes[guid_byte[digit / 2]];

            text[i] = (WCHAR) "0123456789ABCDEF"[digit % 2 == 0 ? byte >> 4 : byte & 15];
            digit++;
        }
    }
    text[GUID_UNITS - 1] = '}';
    GuidString->Buffer = text;
    GuidString->Length = GUID_UNITS * sizeof(WCHAR);
    GuidString->MaximumLength = (GUID_UNITS + 1) * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

static int hex_value(WCHAR unit)
{
    if (unit >= '0' && unit <= '9') {
        return unit - '0';
    }
    if ((unit | 32) >= 'a' && (unit | 32) <= 'f') {
        return (unit | 32) - 'a' + 10;
    }
    return -1;
}

NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid)
{
    const WCHAR *text = GuidString->Buffer;
    UCHAR bytes[sizeof(GUID)] = {0};
    size_t digit = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (GuidString->Length != GUID_UNITS * sizeof(WCHAR) || text[0] != '{' ||
        text[GUID_UNITS - 1] != '}') {
        return STATUS_INVALID_PARAMETER;
    }
    for (size_t i = 1; i < GUID_UNITS - 1; i++) {
        int value = hex_value(text[i]);

        if (is_dash(i)) {
            if (text[i] != '-') {
                return STATUS_INVALID_PARAMETER;
            }
            continue;
        }
        if (value < 0) {
            return STATUS_INVALID_PARAMETER;
        }
        bytes[guid_byte[digit / 2]] |= (UCHAR)(digit % 2 == 0 ? value << 4 : value);
        digit++;
    }
    memcpy(Guid, bytes, sizeof(bytes));
    return STATUS_SUCCESS;
}
