/* rtl_bitmap.c - bits in the caller's memory, 32 to a word, the least significant first. */
#include <wdm.h>

#include <stdbool.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"

#define NO_BIT 0xFFFFFFFFu

/* A map of no bits needs no buffer. The words of the others lie at a multiple of 4. */
static BOOLEAN bitmap_check(const RTL_BITMAP *map, const char *api)
{
    return ke_check_address(map, "a bitmap", api) &&
           (map->SizeOfBitMap == 0 ||
            !ke_address_is_bad((void *)((ULONG_PTR)map->Buffer & ~(ULONG_PTR)4)) ||
            ke_check_refuse(RULE_ObjectNotInitialized, map, "a bitmap", api));
}

#define BITMAP_API() (API_QUIET(HIGH_LEVEL) && bitmap_check(BitMapHeader, __func__))

static bool bit_at(const RTL_BITMAP *map, ULONG bit)
{
    return (map->Buffer[bit / 32] >> (bit % 32) & 1) != 0;
}

static void fill(PRTL_BITMAP map, ULONG start, ULONG count, bool set)
{
    for (ULONG bit = start, end = start + count; bit < end;) {
        ULONG span = 32 - bit % 32 < end - bit ? 32 - bit % 32 : end - bit;
        ULONG mask = (span == 32 ? MAXULONG : (1u << span) - 1) << (bit % 32);

        if (set) {
            map->Buffer[bit / 32] |= mask;
        } else {
            map->Buffer[bit / 32] &= ~mask;
        }
        bit += span;
    }
}

/* The number of equal bits from start on, at most to end. Whole words go at once. */
static ULONG run_length(const RTL_BITMAP *map, ULONG start, ULONG end, bool set)
{
    ULONG bit = start;

    while (bit < end) {
        if (bit % 32 == 0 && end - bit >= 32 && map->Buffer[bit / 32] == (set ? MAXULONG : 0)) {
            bit += 32;
        } else if (bit_at(map, bit) == set) {
            bit++;
        } else {
            break;
        }
    }
    return bit - start;
}

/* The next run of such bits in [start, end): its length, 0 if there is none. */
static ULONG next_run(const RTL_BITMAP *map, ULONG start, ULONG end, bool set, ULONG *run)
{
    *run = start + run_length(map, start, end, !set);
    return run_length(map, *run, end, set);
}

static ULONG find_in(const RTL_BITMAP *map, ULONG count, ULONG start, ULONG end, bool set)
{
    ULONG run;

    for (ULONG length; (length = next_run(map, start, end, set, &run)) != 0; start = run + length) {
        if (length >= count) {
            return run;
        }
    }
    return NO_BIT;
}

/* From the hint to the end, then from the start to where a run could still begin before the hint.
 */
static ULONG find(const RTL_BITMAP *map, ULONG count, ULONG hint, bool set)
{
    ULONG size = map->SizeOfBitMap;
    ULONG found;
    ULONG end;

    hint = hint < size ? hint : 0;
    if (count == 0) {
        return hint & ~7u;
    }
    if (count > size) {
        return NO_BIT;
    }
    found = find_in(map, count, hint, size, set);
    if (found == NO_BIT && hint != 0) {
        end = size - hint < count ? size : hint + count - 1;
        found = find_in(map, count, 0, end, set);
    }
    return found;
}

VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    if (!API_QUIET(HIGH_LEVEL) || !ke_check_address(BitMapHeader, "a bitmap", __func__)) {
        return;
    }
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    if (!BITMAP_API()) {
        return;
    }
    fill(BitMapHeader, BitNumber, 1, false);
}

VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    if (!BITMAP_API()) {
        return;
    }
    fill(BitMapHeader, BitNumber, 1, true);
}

BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    if (!BITMAP_API()) {
        return FALSE;
    }
    return bit_at(BitMapHeader, BitNumber);
}

BOOLEAN RtlCheckBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    return RtlTestBit(BitMapHeader, BitNumber);
}

VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    if (!BITMAP_API()) {
        return;
    }
    memset(BitMapHeader->Buffer, 0, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    if (!BITMAP_API()) {
        return;
    }
    memset(BitMapHeader->Buffer, 0xFF, (BitMapHeader->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    if (!BITMAP_API()) {
        return;
    }
    fill(BitMapHeader, StartingIndex, NumberToClear, false);
}

VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    if (!BITMAP_API()) {
        return;
    }
    fill(BitMapHeader, StartingIndex, NumberToSet, true);
}

ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    if (!BITMAP_API()) {
        return NO_BIT;
    }
    return find(BitMapHeader, NumberToFind, HintIndex, false);
}

ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    if (!BITMAP_API()) {
        return NO_BIT;
    }
    return find(BitMapHeader, NumberToFind, HintIndex, true);
}

ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found;

    if (!BITMAP_API()) {
        return NO_BIT;
    }
    found = find(BitMapHeader, NumberToFind, HintIndex, false);
    if (found != NO_BIT) {
        fill(BitMapHeader, found, NumberToFind, true);
    }
    return found;
}

ULONG RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found;

    if (!BITMAP_API()) {
        return NO_BIT;
    }
    found = find(BitMapHeader, NumberToFind, HintIndex, true);
    if (found != NO_BIT) {
        fill(BitMapHeader, found, NumberToFind, false);
    }
    return found;
}

ULONG RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

ULONG RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex, PULONG StartingRunIndex)
{
    if (!BITMAP_API()) {
        return 0;
    }
    if (FromIndex >= BitMapHeader->SizeOfBitMap) {
        *StartingRunIndex = FromIndex;
        return 0;
    }
    return next_run(BitMapHeader, FromIndex, BitMapHeader->SizeOfBitMap, false, StartingRunIndex);
}

ULONG RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                  PULONG StartingRunIndex)
{
    ULONG end = FromIndex + 1;
    ULONG start;

    if (!BITMAP_API()) {
        return 0;
    }
    while (end > 0 && bit_at(BitMapHeader, end - 1)) {
        end--;
    }
    for (start = end; start > 0 && !bit_at(BitMapHeader, start - 1);) {
        start--;
    }
    *StartingRunIndex = start;
    return end - start;
}

ULONG RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    ULONG longest = 0;
    ULONG run;

    if (!BITMAP_API()) {
        return 0;
    }
    *StartingIndex = 0;
    for (ULONG length, start = 0;
         (length = next_run(BitMapHeader, start, BitMapHeader->SizeOfBitMap, false, &run)) != 0;
         start = run + length) {
        if (length > longest) {
            longest = length;
            *StartingIndex = run;
        }
    }
    return longest;
}

ULONG RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray, ULONG SizeOfRunArray,
                       BOOLEAN LocateLongestRuns)
{
    ULONG found = 0;
    ULONG run;

    if (!BITMAP_API()) {
        return 0;
    }
    for (ULONG length, start = 0;
         (length = next_run(BitMapHeader, start, BitMapHeader->SizeOfBitMap, false, &run)) != 0;
         start = run + length) {
        ULONG at = found;

        /* The longest come first; equal ones in their order. Otherwise as they are met. */
        while (LocateLongestRuns && at > 0 && RunArray[at - 1].NumberOfBits < length) {
            at--;
        }
        if (at >= SizeOfRunArray) {
            continue;
        }
        found = found < SizeOfRunArray ? found + 1 : found;
        memmove(&RunArray[at + 1], &RunArray[at], (found - 1 - at) * sizeof(RunArray[0]));
        RunArray[at] = (RTL_BITMAP_RUN){.StartingIndex = run, .NumberOfBits = length};
    }
    return found;
}

ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    ULONG count = 0;
    ULONG size;

    if (!BITMAP_API()) {
        return 0;
    }
    size = BitMapHeader->SizeOfBitMap;
    for (ULONG word = 0; word < size / 32; word++) {
        count += (ULONG)__builtin_popcount(BitMapHeader->Buffer[word]);
    }
    if (size % 32 != 0) {
        count +=
            (ULONG)__builtin_popcount(BitMapHeader->Buffer[size / 32] & ((1u << (size % 32)) - 1));
    }
    return count;
}

ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BITMAP_API() ? BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader) : 0;
}

ULONG RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target)
{
    return (ULONG)__builtin_popcountll(Target);
}

static BOOLEAN are_bits(PRTL_BITMAP map, ULONG start, ULONG length, bool set)
{
    if (length == 0 || start >= map->SizeOfBitMap || length > map->SizeOfBitMap - start) {
        return FALSE;
    }
    return run_length(map, start, start + length, set) == length;
}

BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    if (!BITMAP_API()) {
        return FALSE;
    }
    return are_bits(BitMapHeader, StartingIndex, Length, false);
}

BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    if (!BITMAP_API()) {
        return FALSE;
    }
    return are_bits(BitMapHeader, StartingIndex, Length, true);
}
