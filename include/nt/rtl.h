/* rtl.h - run-time library: memory, counted strings, numbers, bitmaps, time, GUIDs, registry. */
#pragma once

#include "crt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Memory. Plain code at any IRQL, on resident memory.
 *   Returns  RtlCompareMemory: the number of equal leading bytes; RtlEqualMemory: nonzero if equal
 *   Source   wdm/nf-wdm-rtlcomparememory, -rtlcopymemory, -rtlmovememory, -rtlfillmemory,
 *            -rtlzeromemory, -rtlequalmemory, -rtlsecurezeromemory
 */
#define RtlCopyMemory(Destination, Source, Length) memcpy((Destination), (Source), (Length))
#define RtlMoveMemory(Destination, Source, Length) memmove((Destination), (Source), (Length))
#define RtlFillMemory(Destination, Length, Fill)   memset((Destination), (Fill), (Length))
#define RtlZeroMemory(Destination, Length)         memset((Destination), 0, (Length))
#define RtlEqualMemory(Source1, Source2, Length)   (!memcmp((Source1), (Source2), (Length)))
#define RtlCopyBytes                               RtlCopyMemory
#define RtlZeroBytes                               RtlZeroMemory
#define RtlFillBytes                               RtlFillMemory
#define RtlCopyMemoryNonTemporal                   RtlCopyMemory
#define RtlCopyVolatileMemory(Destination, Source, Length) \
    memcpy((void *)(Destination), (const void *)(Source), (Length))
#define RtlInitializeZeroedMemory RtlZeroMemory
#define RtlCopyDeviceMemory       RtlCopyVolatileMemory
NTSYSAPI SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2, SIZE_T Length);
NTSYSAPI PVOID RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt);
NTSYSAPI SIZE_T RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern);
NTSYSAPI BOOLEAN RtlIsZeroMemory(PVOID Buffer, SIZE_T Length);

/* Initialisers of counted strings. The buffer is the caller's.
 *   Returns  the Ex forms: STATUS_SUCCESS, or STATUS_NAME_TOO_LONG above 65,532 bytes
 *   IRQL     any
 *   Source   wdm/nf-wdm-rtlinitstring, -rtlinitansistring, -rtlinitunicodestring,
 *            wdmsec/nf-wdmsec-wdmlibrtlinitunicodestringex, wdm/nf-wdm-rtlinitemptyunicodestring
 */
NTSYSAPI VOID RtlInitString(PSTRING DestinationString, PCSZ SourceString);
NTSYSAPI VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString);
NTSYSAPI VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
NTSYSAPI VOID RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);
NTSYSAPI NTSTATUS RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString);
NTSYSAPI NTSTATUS RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
NTSYSAPI NTSTATUS RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);
NTSYSAPI NTSTATUS RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString);

FORCEINLINE VOID RtlInitEmptyUnicodeString(PUNICODE_STRING UnicodeString, PWCHAR Buffer,
                                           USHORT BufferSize)
{
    UnicodeString->Length = 0;
    UnicodeString->MaximumLength = BufferSize;
    UnicodeString->Buffer = Buffer;
}

FORCEINLINE VOID RtlInitEmptyAnsiString(PANSI_STRING AnsiString, PCHAR Buffer, USHORT BufferSize)
{
    AnsiString->Length = 0;
    AnsiString->MaximumLength = BufferSize;
    AnsiString->Buffer = Buffer;
}

/* Copying and appending. A destination keeps its buffer and MaximumLength.
 *   Returns  appending: STATUS_SUCCESS, or STATUS_BUFFER_TOO_SMALL with nothing changed
 *   IRQL     any with resident strings
 *   Source   wdm/nf-wdm-rtlcopyunicodestring, -rtlappendunicodetostring,
 *            -rtlappendunicodestringtostring, -rtlcopystring,
 * ntddk/nf-ntddk-rtlappendstringtostring
 */
NTSYSAPI VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString,
                                   PCUNICODE_STRING SourceString);
NTSYSAPI VOID RtlCopyString(PSTRING DestinationString, const STRING *SourceString);
NTSYSAPI NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination,
                                                 PCUNICODE_STRING Source);
NTSYSAPI NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
NTSYSAPI NTSTATUS RtlAppendStringToString(PSTRING Destination, const STRING *Source);
NTSYSAPI NTSTATUS RtlAppendAsciizToString(PSTRING Destination, PCSZ Source);

/* Comparing and changing case.
 *   Returns  Compare: < 0, 0, > 0; Equal, Prefix: TRUE or FALSE
 *   IRQL     PASSIVE_LEVEL (RtlEqualString any)
 *   Source   wdm/nf-wdm-rtlcompareunicodestring, -rtlequalunicodestring, -rtlequalstring,
 *            ntddk/nf-ntddk-rtlprefixunicodestring, wdm/nf-wdm-rtlupcaseunicodechar,
 *            wdm/nf-wdm-rtlhashunicodestring, ntifs/nf-ntifs-rtlupcaseunicodestring
 */
NTSYSAPI LONG RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                      BOOLEAN CaseInSensitive);
NTSYSAPI LONG RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                                       SIZE_T String2Length, BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                       BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                        BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                        BOOLEAN CaseInSensitive);
NTSYSAPI LONG RtlCompareString(const STRING *String1, const STRING *String2,
                               BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN RtlEqualString(const STRING *String1, const STRING *String2,
                                BOOLEAN CaseInSensitive);
NTSYSAPI BOOLEAN RtlPrefixString(const STRING *String1, const STRING *String2,
                                 BOOLEAN CaseInSensitive);
NTSYSAPI WCHAR RtlUpcaseUnicodeChar(WCHAR SourceCharacter);
NTSYSAPI WCHAR RtlDowncaseUnicodeChar(WCHAR SourceCharacter);
NTSYSAPI CHAR RtlUpperChar(CHAR Character);
NTSYSAPI VOID RtlUpperString(PSTRING DestinationString, const STRING *SourceString);
NTSYSAPI NTSTATUS RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
                                         PCUNICODE_STRING SourceString,
                                         BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString,
                                           PCUNICODE_STRING SourceString,
                                           BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlHashUnicodeString(PCUNICODE_STRING String, BOOLEAN CaseInSensitive,
                                       ULONG HashAlgorithm, PULONG HashValue);
#define HASH_STRING_ALGORITHM_DEFAULT 0
#define HASH_STRING_ALGORITHM_X65599  1
#define HASH_STRING_ALGORITHM_INVALID 0xffffffff

/* Allocating copies and conversions. With AllocateDestinationString the buffer comes from pool and
 * goes back through RtlFreeUnicodeString / RtlFreeAnsiString.
 *   Returns  STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW if the given buffer is too small;
 *            STATUS_NO_MEMORY; STATUS_INVALID_PARAMETER_2 if too long
 *   IRQL     PASSIVE_LEVEL (RtlDuplicateUnicodeString, RtlFree*: <= APC_LEVEL)
 *   Source   wdm/nf-wdm-rtlansistringtounicodestring, -rtlunicodestringtoansistring,
 *            -rtlfreeunicodestring, -rtlfreeansistring, ntifs/nf-ntifs-rtlduplicateunicodestring,
 *            wdm/nf-wdm-rtlunicodetoutf8n, -rtlutf8tounicoden
 */
#define RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE       0x00000001
#define RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING 0x00000002
NTSYSAPI NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
                                               PCANSI_STRING SourceString,
                                               BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
                                               PCUNICODE_STRING SourceString,
                                               BOOLEAN AllocateDestinationString);
NTSYSAPI ULONG RtlAnsiStringToUnicodeSize(PCANSI_STRING AnsiString);
NTSYSAPI ULONG RtlUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);
NTSYSAPI ULONG RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString);
NTSYSAPI ULONG RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);
NTSYSAPI VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString);
NTSYSAPI VOID RtlFreeAnsiString(PANSI_STRING AnsiString);
NTSYSAPI NTSTATUS RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                            PUNICODE_STRING StringOut);
NTSYSAPI NTSTATUS RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                         PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                         ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                         PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                         ULONG BytesInMultiByteString);
NTSYSAPI NTSTATUS RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                                    PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                                    ULONG UnicodeStringByteCount);
NTSYSAPI NTSTATUS RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                                    PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                                    ULONG UTF8StringByteCount);

/* Whole strings between UTF-8 and wide text; with AllocateDestinationString the buffer comes from pool.
 * A terminator follows where there is room for one, and is no part of Length.
 *   Returns  STATUS_SUCCESS; STATUS_SOME_NOT_MAPPED: what is no character became U+FFFD;
 *            STATUS_BUFFER_OVERFLOW: cut behind the last whole character; STATUS_NO_MEMORY;
 *            STATUS_INVALID_PARAMETER_2: too long for a counted string
 *   IRQL     PASSIVE_LEVEL (RtlFreeUTF8String <= APC_LEVEL)
 *   Source   wdm/nf-wdm-rtlutf8stringtounicodestring, -rtlunicodestringtoutf8string, -rtlfreeutf8string
 */
NTSYSAPI NTSTATUS RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                               PUTF8_STRING SourceString,
                                               BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                               PCUNICODE_STRING SourceString,
                                               BOOLEAN AllocateDestinationString);
NTSYSAPI VOID RtlFreeUTF8String(PUTF8_STRING Utf8String);

/* Numbers and GUIDs as text.
 *   Returns  ToUnicodeString: STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (no room),
 *            STATUS_INVALID_PARAMETER (base not 0, 2, 8, 10, 16); base 0 writes decimal
 *            ToInteger: STATUS_SUCCESS (0 for a text that is no number), STATUS_INVALID_PARAMETER
 *            for an empty text or a bad base; base 0 follows 0x, 0o, 0b
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdm/nf-wdm-rtlintegertounicodestring, -rtlint64tounicodestring,
 *            -rtlunicodestringtointeger, ntddk/nf-ntddk-rtlchartointeger,
 *            wdm/nf-wdm-rtlstringfromguid, -rtlguidfromstring
 */
NTSYSAPI NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String);
NTSYSAPI NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String);
NTSYSAPI NTSTATUS RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value);
NTSYSAPI NTSTATUS RtlUnicodeStringToInt64(PCUNICODE_STRING String, ULONG Base, PLONG64 Number,
                                          PWSTR *EndPointer);
NTSYSAPI NTSTATUS RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value);
#define RtlIntPtrToUnicodeString(Value, Base, String) \
    RtlInt64ToUnicodeString((ULONGLONG)(Value), Base, String)
NTSYSAPI NTSTATUS RtlStringFromGUID(REFGUID Guid, PUNICODE_STRING GuidString);
NTSYSAPI NTSTATUS RtlGUIDFromString(PCUNICODE_STRING GuidString, GUID *Guid);

/* Byte order and bits.   IRQL any   Source   wdm/nf-wdm-rtlushortbyteswap */
#define RtlUshortByteSwap(_x)    __builtin_bswap16((USHORT)(_x))
#define RtlUlongByteSwap(_x)     __builtin_bswap32((ULONG)(_x))
#define RtlUlonglongByteSwap(_x) __builtin_bswap64((ULONGLONG)(_x))
NTSYSAPI CCHAR RtlFindLeastSignificantBit(ULONGLONG Set);
NTSYSAPI CCHAR RtlFindMostSignificantBit(ULONGLONG Set);
NTSYSAPI ULONG RtlRandomEx(PULONG Seed);
NTSYSAPI ULONG RtlRandom(PULONG Seed);

/* Bitmaps. The bits are the caller's; bit 0 is the least significant of the first ULONG.
 *   Returns  Find*: the index of the first bit found, 0xFFFFFFFF if there is none
 *   IRQL     any with resident bits
 *   Source   wdm/nf-wdm-rtlinitializebitmap and its relatives
 */
typedef struct _RTL_BITMAP {
    ULONG SizeOfBitMap;
    PULONG Buffer;
} RTL_BITMAP, *PRTL_BITMAP;

typedef struct _RTL_BITMAP_RUN {
    ULONG StartingIndex;
    ULONG NumberOfBits;
} RTL_BITMAP_RUN, *PRTL_BITMAP_RUN;

NTSYSAPI VOID RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer,
                                  ULONG SizeOfBitMap);
NTSYSAPI VOID RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
NTSYSAPI VOID RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
NTSYSAPI BOOLEAN RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
NTSYSAPI BOOLEAN RtlCheckBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber);
NTSYSAPI VOID RtlClearAllBits(PRTL_BITMAP BitMapHeader);
NTSYSAPI VOID RtlSetAllBits(PRTL_BITMAP BitMapHeader);
NTSYSAPI VOID RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear);
NTSYSAPI VOID RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet);
NTSYSAPI ULONG RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);
NTSYSAPI ULONG RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex);
NTSYSAPI ULONG RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind,
                                      ULONG HintIndex);
NTSYSAPI ULONG RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind,
                                      ULONG HintIndex);
NTSYSAPI ULONG RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex);
NTSYSAPI ULONG RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                          PULONG StartingRunIndex);
NTSYSAPI ULONG RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                           PULONG StartingRunIndex);
NTSYSAPI ULONG RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex);
NTSYSAPI ULONG RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray,
                                ULONG SizeOfRunArray, BOOLEAN LocateLongestRuns);
NTSYSAPI ULONG RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader);
NTSYSAPI ULONG RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader);
NTSYSAPI ULONG RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target);
NTSYSAPI BOOLEAN RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);
NTSYSAPI BOOLEAN RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);

/* Calendar time. Weekday 0 is Sunday.
 *   Returns  RtlTimeFieldsToTime: FALSE for a date that does not exist
 *   IRQL     any      Source   wdm/nf-wdm-rtltimetotimefields, -rtltimefieldstotime
 */
typedef struct _TIME_FIELDS {
    CSHORT Year;
    CSHORT Month;
    CSHORT Day;
    CSHORT Hour;
    CSHORT Minute;
    CSHORT Second;
    CSHORT Milliseconds;
    CSHORT Weekday;
} TIME_FIELDS, *PTIME_FIELDS;

NTSYSAPI VOID RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields);
NTSYSAPI BOOLEAN RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time);
NTSYSAPI BOOLEAN RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
NTSYSAPI VOID RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);
NTSYSAPI BOOLEAN RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds);
NTSYSAPI VOID RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time);

/* RtlFillMemoryUlong, RtlFillMemoryUlonglong: whole elements only; what is left of Length is not touched.
 * RtlCopyLuid: one LUID.
 *   IRQL     any      Source   ntifs/nf-ntifs-rtlfillmemoryulong, -rtlcopyluid
 */
FORCEINLINE VOID RtlFillMemoryUlong(PVOID Destination, SIZE_T Length, ULONG Pattern)
{
    for (SIZE_T i = 0; i < Length / sizeof(Pattern); i++) {
        ((PULONG)Destination)[i] = Pattern;
    }
}

FORCEINLINE VOID RtlFillMemoryUlonglong(PVOID Destination, SIZE_T Length, ULONGLONG Pattern)
{
    for (SIZE_T i = 0; i < Length / sizeof(Pattern); i++) {
        ((PULONGLONG)Destination)[i] = Pattern;
    }
}

FORCEINLINE VOID RtlCopyLuid(PLUID DestinationLuid, PLUID SourceLuid)
{
    *DestinationLuid = *SourceLuid;
}

/* Numbers at any address.   IRQL any   Source   wdm/nf-wdm-rtlstoreushort, -rtlretrieveushort and relatives */
FORCEINLINE VOID RtlStoreUshort(PVOID Address, USHORT Value)
{
    __builtin_memcpy(Address, &Value, sizeof(Value));
}
FORCEINLINE VOID RtlStoreUlong(PVOID Address, ULONG Value)
{
    __builtin_memcpy(Address, &Value, sizeof(Value));
}
FORCEINLINE VOID RtlStoreUlonglong(PVOID Address, ULONGLONG Value)
{
    __builtin_memcpy(Address, &Value, sizeof(Value));
}
FORCEINLINE VOID RtlStoreUlongPtr(PVOID Address, ULONG_PTR Value)
{
    __builtin_memcpy(Address, &Value, sizeof(Value));
}
#define RtlRetrieveUshort(DestAddress, SrcAddress) \
    ((void)__builtin_memcpy((DestAddress), (SrcAddress), sizeof(USHORT)))
#define RtlRetrieveUlong(DestAddress, SrcAddress) \
    ((void)__builtin_memcpy((DestAddress), (SrcAddress), sizeof(ULONG)))

/* RtlConstantTimeEqualMemory: the time that it takes tells nothing of the bytes. RtlFillMemoryNonTemporal: as
 * RtlFillMemory.
 *   IRQL     any      Source   wdm/nf-wdm-rtlconstanttimeequalmemory, -rtlfillmemorynontemporal
 */
FORCEINLINE BOOLEAN RtlConstantTimeEqualMemory(const VOID *v1, const VOID *v2, ULONG len)
{
    const volatile UCHAR *first = (const volatile UCHAR *)v1;
    const volatile UCHAR *second = (const volatile UCHAR *)v2;
    UCHAR differs = 0;
    ULONG i;

    for (i = 0; i < len; i++) {
        differs |= (UCHAR)(first[i] ^ second[i]);
    }
    return (BOOLEAN)(differs == 0);
}
#define RtlFillMemoryNonTemporal(Destination, Length, Value) \
    __builtin_memset((Destination), (Value), (Length))

/* 64-bit arithmetic under the names of old sources. */
#define RtlLargeIntegerAdd(a, b)          ((LARGE_INTEGER){.QuadPart = (a).QuadPart + (b).QuadPart})
#define RtlConvertLongToLargeInteger(l)   ((LARGE_INTEGER){.QuadPart = (LONG)(l)})
#define RtlConvertUlongToLargeInteger(ul) ((LARGE_INTEGER){.QuadPart = (ULONG)(ul)})
#define RtlLargeIntegerSubtract(a, b)     ((LARGE_INTEGER){.QuadPart = (a).QuadPart - (b).QuadPart})
#define RtlLargeIntegerNegate(a)          ((LARGE_INTEGER){.QuadPart = -(a).QuadPart})
#define RtlEnlargedIntegerMultiply(Multiplicand, Multiplier) \
    ((LARGE_INTEGER){.QuadPart = (LONGLONG)(LONG)(Multiplicand) * (LONG)(Multiplier)})
#define RtlEnlargedUnsignedMultiply(Multiplicand, Multiplier) \
    ((LARGE_INTEGER){.QuadPart =                              \
                         (LONGLONG)((ULONGLONG)(ULONG)(Multiplicand) * (ULONG)(Multiplier))})
#define RtlLargeIntegerShiftLeft(a, Count) \
    ((LARGE_INTEGER){.QuadPart = (LONGLONG)((ULONGLONG)(a).QuadPart << ((Count)&63))})
#define RtlLargeIntegerShiftRight(a, Count) \
    ((LARGE_INTEGER){.QuadPart = (LONGLONG)((ULONGLONG)(a).QuadPart >> ((Count)&63))})
#define RtlLargeIntegerArithmeticShift(a, Count) \
    ((LARGE_INTEGER){.QuadPart = (a).QuadPart >> ((Count)&63)})
#define RtlLargeIntegerGreaterThan(X, Y)          ((X).QuadPart > (Y).QuadPart)
#define RtlLargeIntegerGreaterThanOrEqualTo(X, Y) ((X).QuadPart >= (Y).QuadPart)
#define RtlLargeIntegerEqualTo(X, Y)              ((X).QuadPart == (Y).QuadPart)
#define RtlLargeIntegerNotEqualTo(X, Y)           ((X).QuadPart != (Y).QuadPart)
#define RtlLargeIntegerLessThan(X, Y)             ((X).QuadPart < (Y).QuadPart)
#define RtlLargeIntegerLessThanOrEqualTo(X, Y)    ((X).QuadPart <= (Y).QuadPart)
#define RtlLargeIntegerGreaterThanZero(X)         ((X).QuadPart > 0)
#define RtlLargeIntegerGreaterOrEqualToZero(X)    ((X).QuadPart >= 0)
#define RtlLargeIntegerEqualToZero(X)             ((X).QuadPart == 0)
#define RtlLargeIntegerNotEqualToZero(X)          ((X).QuadPart != 0)
#define RtlLargeIntegerLessThanZero(X)            ((X).QuadPart < 0)
#define RtlLargeIntegerLessOrEqualToZero(X)       ((X).QuadPart <= 0)
#define RtlIsZeroLuid(L1)                         ((BOOLEAN)(((L1)->LowPart | (L1)->HighPart) == 0))
#define RtlEqualLuid(L1, L2)                      ((L1)->LowPart == (L2)->LowPart && (L1)->HighPart == (L2)->HighPart)
FORCEINLINE LUID RtlConvertLongToLuid(LONG Long)
{
    LUID luid;

    luid.LowPart = (ULONG)Long;
    luid.HighPart = Long < 0 ? -1 : 0;
    return luid;
}
FORCEINLINE LUID RtlConvertUlongToLuid(ULONG Ulong)
{
    LUID luid;

    luid.LowPart = Ulong;
    luid.HighPart = 0;
    return luid;
}

/* Memory: other names, and a hint that matters to caches only. */
FORCEINLINE VOID RtlPrefetchMemoryNonTemporal(PVOID Source, SIZE_T Length)
{
    SIZE_T i;

    for (i = 0; i < Length; i += 64) {
        __builtin_prefetch((const char *)Source + i, 0, 0);
    }
}

/* The call stack: return addresses, the innermost first.
 *   FramesToSkip  0: begin with the place where the routine was called
 *   Returns       how many addresses were stored; *BackTraceHash is the sum of them
 *   IRQL          any
 *   Source        ntifs/nf-ntifs-rtlcapturestackbacktrace, -rtlwalkframechain
 */
NTSYSAPI USHORT RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture,
                                         PVOID *BackTrace, PULONG BackTraceHash);
NTSYSAPI ULONG RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags);
NTSYSAPI VOID RtlGetCallersAddress(PVOID *CallersAddress, PVOID *CallersCaller);
NTSYSAPI LARGE_INTEGER RtlExtendedIntegerMultiply(LARGE_INTEGER Multiplicand, LONG Multiplier);
NTSYSAPI LARGE_INTEGER RtlExtendedLargeIntegerDivide(LARGE_INTEGER Dividend, ULONG Divisor,
                                                     PULONG Remainder);

/* RtlExtendedMagicDivide: Dividend * MagicDivisor / 2^(64 + ShiftCount), rounded towards zero: a division by
 * what the two stand for.
 * RtlEnlargedUnsignedDivide: a dividend of 64 bits whose quotient has 32. Remainder may be NULL.
 * RtlLargeIntegerDivide: both of 64 bits, unsigned. Remainder may be NULL.
 *   IRQL     any
 */
NTSYSAPI LARGE_INTEGER RtlExtendedMagicDivide(LARGE_INTEGER Dividend, LARGE_INTEGER MagicDivisor,
                                              CCHAR ShiftCount);
NTSYSAPI ULONG RtlEnlargedUnsignedDivide(ULARGE_INTEGER Dividend, ULONG Divisor, PULONG Remainder);
NTSYSAPI LARGE_INTEGER RtlLargeIntegerDivide(LARGE_INTEGER Dividend, LARGE_INTEGER Divisor,
                                             PLARGE_INTEGER Remainder);

/* Registry values by path. RtlWriteRegistryValue makes the keys that are missing.
 *   Returns  STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_PARAMETER (RelativeTo, a
 *            DIRECT entry with a routine or without a name); STATUS_BUFFER_TOO_SMALL,
 *            STATUS_OBJECT_TYPE_MISMATCH (DIRECT, TYPECHECK); what a routine returned
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdm/nf-wdm-rtlqueryregistryvalues, -rtlwriteregistryvalue, -rtldeleteregistryvalue,
 *            -rtlcheckregistrykey, -rtlcreateregistrykey
 */
#define RTL_REGISTRY_ABSOLUTE              0
#define RTL_REGISTRY_SERVICES              1
#define RTL_REGISTRY_CONTROL               2
#define RTL_REGISTRY_WINDOWS_NT            3
#define RTL_REGISTRY_DEVICEMAP             4
#define RTL_REGISTRY_USER                  5
#define RTL_REGISTRY_MAXIMUM               6
#define RTL_REGISTRY_HANDLE                0x40000000
#define RTL_REGISTRY_OPTIONAL              0x80000000
#define RTL_QUERY_REGISTRY_SUBKEY          0x00000001
#define RTL_QUERY_REGISTRY_TOPKEY          0x00000002
#define RTL_QUERY_REGISTRY_REQUIRED        0x00000004
#define RTL_QUERY_REGISTRY_NOVALUE         0x00000008
#define RTL_QUERY_REGISTRY_NOEXPAND        0x00000010
#define RTL_QUERY_REGISTRY_DIRECT          0x00000020
#define RTL_QUERY_REGISTRY_DELETE          0x00000040
#define RTL_QUERY_REGISTRY_NOSTRING        0x00000080
#define RTL_QUERY_REGISTRY_TYPECHECK       0x00000100
#define RTL_QUERY_REGISTRY_TYPECHECK_SHIFT 24
#define RTL_QUERY_REGISTRY_TYPECHECK_MASK  (0xff << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT)

typedef NTSTATUS NTAPI RTL_QUERY_REGISTRY_ROUTINE(PWSTR ValueName, ULONG ValueType, PVOID ValueData,
                                                  ULONG ValueLength, PVOID Context,
                                                  PVOID EntryContext);
typedef RTL_QUERY_REGISTRY_ROUTINE *PRTL_QUERY_REGISTRY_ROUTINE;

typedef struct _RTL_QUERY_REGISTRY_TABLE {
    PRTL_QUERY_REGISTRY_ROUTINE QueryRoutine;
    ULONG Flags;
    PWSTR Name;
    PVOID EntryContext;
    ULONG DefaultType;
    PVOID DefaultData;
    ULONG DefaultLength;
} RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

NTSYSAPI NTSTATUS RtlQueryRegistryValues(ULONG RelativeTo, PCWSTR Path,
                                         PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                         PVOID Environment);
NTSYSAPI NTSTATUS RtlQueryRegistryValuesEx(ULONG RelativeTo, PCWSTR Path,
                                           PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                           PVOID Environment);
NTSYSAPI NTSTATUS RtlWriteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName,
                                        ULONG ValueType, PVOID ValueData, ULONG ValueLength);
NTSYSAPI NTSTATUS RtlDeleteRegistryValue(ULONG RelativeTo, PCWSTR Path, PCWSTR ValueName);
NTSYSAPI NTSTATUS RtlCheckRegistryKey(ULONG RelativeTo, PWSTR Path);
NTSYSAPI NTSTATUS RtlCreateRegistryKey(ULONG RelativeTo, PWSTR Path);

/* System version.   IRQL PASSIVE_LEVEL
 *   Source   wdm/nf-wdm-rtlgetversion, -rtlverifyversioninfo, -rtlisntddiversionavailable
 */
typedef struct _OSVERSIONINFOW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
    USHORT wServicePackMajor;
    USHORT wServicePackMinor;
    USHORT wSuiteMask;
    UCHAR wProductType;
    UCHAR wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW, RTL_OSVERSIONINFOEXW,
    *PRTL_OSVERSIONINFOEXW;

#define VER_PLATFORM_WIN32_NT 2
#define VER_NT_WORKSTATION    0x0000001
#define VER_NT_SERVER         0x0000003
#define VER_MINORVERSION      0x0000001
#define VER_MAJORVERSION      0x0000002
#define VER_BUILDNUMBER       0x0000004
#define VER_EQUAL             1
#define VER_GREATER           2
#define VER_GREATER_EQUAL     3
#define VER_LESS              4
#define VER_LESS_EQUAL        5

NTSYSAPI NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation);
NTSYSAPI NTSTATUS RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                                       ULONGLONG ConditionMask);
NTSYSAPI BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version);
NTSYSAPI BOOLEAN RtlIsServicePackVersionInstalled(ULONG Version);
NTSYSAPI ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition);
#define VER_SET_CONDITION(_m_, _t_, _c_) ((_m_) = VerSetConditionMask((_m_), (_t_), (_c_)))

/* Internet addresses as text.   IRQL any   Source   ip2string/nf-ip2string-rtlipv4stringtoaddressw
 */
struct in_addr;
struct in6_addr;
NTSYSAPI NTSTATUS RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, LPCWSTR *Terminator,
                                          struct in_addr *Addr);
NTSYSAPI NTSTATUS RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, struct in6_addr *Addr);

#ifdef __cplusplus
}
#endif
