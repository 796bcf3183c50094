/* rtl_altitude.c - altitudes: decimal numbers of any length that order those who filter. */
#include "nt/rtl/rtl_altitude.h"

#include <ntifs.h>

#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

/* Characters before the point; zeros in front do not count. */
static ULONG altitude_whole(PCUNICODE_STRING altitude, ULONG *start)
{
    ULONG length = altitude->Length / sizeof(WCHAR);
    ULONG end = 0;

    *start = 0;
    while (*start < length && altitude->Buffer[*start] == L'0') {
        ++*start;
    }
    for (end = *start; end < length && altitude->Buffer[end] != L'.';) {
        end++;
    }
    return end - *start;
}

int rtl_altitude_compare(PCUNICODE_STRING first, PCUNICODE_STRING second)
{
    ULONG start[2];
    ULONG whole[2] = {altitude_whole(first, &start[0]), altitude_whole(second, &start[1])};
    UNICODE_STRING rest[2] = {
        {.Length = (USHORT)(first->Length - start[0] * sizeof(WCHAR)),
         .Buffer = first->Buffer + start[0]},
        {.Length = (USHORT)(second->Length - start[1] * sizeof(WCHAR)),
         .Buffer = second->Buffer + start[1]},
    };

    if (whole[0] != whole[1]) {
        return whole[0] > whole[1] ? 1 : -1;
    }
    return rtl_string_compare(&rest[0], &rest[1], false);
}

LONG RtlCompareAltitudes(PCUNICODE_STRING Altitude1, PCUNICODE_STRING Altitude2)
{
    return API_QUIET(APC_LEVEL) ? rtl_altitude_compare(Altitude1, Altitude2) : 0;
}
