/* rtl_memory.c - the memory routines that are functions. */
#include <wdm.h>

#include "nt/ke/ke_api.h"

SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length)
{
    const UCHAR *left = Source1;
    const UCHAR *right = Source2;
    SIZE_T equal = 0;

    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    while (equal < Length && left[equal] == right[equal]) {
        equal++;
    }
    return equal;
}

SIZE_T RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
    const ULONG *words = Source;
    SIZE_T equal = 0;

    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    while (equal < Length / sizeof(ULONG) && words[equal] == Pattern) {
        equal++;
    }
    return equal * sizeof(ULONG);
}

PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt)
{
    memset(ptr, 0, cnt);
    __asm__ volatile("" : : "r"(ptr) : "memory"); /* the compiler may not drop the store */
    return ptr;
}

BOOLEAN RtlIsZeroMemory(PVOID Buffer, SIZE_T Length)
{
    const UCHAR *bytes = Buffer;

    if (!API_QUIET(HIGH_LEVEL)) {
        return FALSE;
    }
    for (SIZE_T i = 0; i < Length; i++) {
        if (bytes[i] != 0) {
            return FALSE;
        }
    }
    return TRUE;
}
