/* interlocked.h - atomic operations and memory barriers.
 * They are functions here, and each is a window: an interrupt may be delivered, or another
 * processor may get its turn, when one is called. All are full barriers and want a naturally
 * aligned operand. Returns: Increment, Decrement and Add give the new value, all others the prior
 * one. IRQL     any Source   wdm/nf-wdm-interlockedincrement, -interlockedexchange,
 * -interlockedexchangeadd, -interlockedcompareexchange, -interlockedand, -interlockedor,
 * -interlockedxor
 */
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

NTKERNELAPI LONG InterlockedIncrement(LONG volatile *Addend);
NTKERNELAPI LONG InterlockedDecrement(LONG volatile *Addend);
NTKERNELAPI LONG InterlockedAdd(LONG volatile *Addend, LONG Value);
NTKERNELAPI LONG InterlockedExchange(LONG volatile *Target, LONG Value);
NTKERNELAPI LONG InterlockedExchangeAdd(LONG volatile *Addend, LONG Value);
NTKERNELAPI LONG InterlockedCompareExchange(LONG volatile *Destination, LONG ExChange,
                                            LONG Comperand);
NTKERNELAPI LONG InterlockedAnd(LONG volatile *Destination, LONG Value);
NTKERNELAPI LONG InterlockedOr(LONG volatile *Destination, LONG Value);
NTKERNELAPI LONG InterlockedXor(LONG volatile *Destination, LONG Value);

NTKERNELAPI LONG64 InterlockedIncrement64(LONG64 volatile *Addend);
NTKERNELAPI LONG64 InterlockedDecrement64(LONG64 volatile *Addend);
NTKERNELAPI LONG64 InterlockedAdd64(LONG64 volatile *Addend, LONG64 Value);
NTKERNELAPI LONG64 InterlockedExchange64(LONG64 volatile *Target, LONG64 Value);
NTKERNELAPI LONG64 InterlockedExchangeAdd64(LONG64 volatile *Addend, LONG64 Value);
NTKERNELAPI LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination, LONG64 ExChange,
                                                LONG64 Comperand);
NTKERNELAPI LONG64 InterlockedAnd64(LONG64 volatile *Destination, LONG64 Value);
NTKERNELAPI LONG64 InterlockedOr64(LONG64 volatile *Destination, LONG64 Value);
NTKERNELAPI LONG64 InterlockedXor64(LONG64 volatile *Destination, LONG64 Value);

NTKERNELAPI CHAR InterlockedExchange8(CHAR volatile *Target, CHAR Value);
NTKERNELAPI CHAR InterlockedExchangeAdd8(CHAR volatile *Addend, CHAR Value);
NTKERNELAPI CHAR InterlockedAnd8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI CHAR InterlockedOr8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI CHAR InterlockedXor8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI SHORT InterlockedIncrement16(SHORT volatile *Addend);
NTKERNELAPI SHORT InterlockedDecrement16(SHORT volatile *Addend);
NTKERNELAPI SHORT InterlockedExchange16(SHORT volatile *Target, SHORT Value);
NTKERNELAPI SHORT InterlockedCompareExchange16(SHORT volatile *Destination, SHORT ExChange,
                                               SHORT Comperand);
NTKERNELAPI SHORT InterlockedAnd16(SHORT volatile *Destination, SHORT Value);
NTKERNELAPI SHORT InterlockedOr16(SHORT volatile *Destination, SHORT Value);
NTKERNELAPI SHORT InterlockedXor16(SHORT volatile *Destination, SHORT Value);

NTKERNELAPI PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value);
NTKERNELAPI PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID ExChange,
                                                    PVOID Comperand);

/* The bit's value before the call.   IRQL any   Source   wdm/nf-wdm-interlockedbittestandset */
NTKERNELAPI BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit);
NTKERNELAPI BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit);
NTKERNELAPI BOOLEAN InterlockedBitTestAndComplement(LONG volatile *Base, LONG Bit);
NTKERNELAPI BOOLEAN InterlockedBitTestAndSet64(LONG64 volatile *Base, LONG64 Bit);
NTKERNELAPI BOOLEAN InterlockedBitTestAndReset64(LONG64 volatile *Base, LONG64 Bit);
NTKERNELAPI BOOLEAN InterlockedBitTestAndComplement64(LONG64 volatile *Base, LONG64 Bit);

/* InterlockedCompareExchange128: both halves at once, aligned on 16 bytes.
 *   Returns  1 if they were exchanged; ComparandResult holds what was there
 */
NTKERNELAPI UCHAR InterlockedCompareExchange128(LONG64 volatile *Destination, LONG64 ExchangeHigh,
                                                LONG64 ExchangeLow, LONG64 *ComparandResult);

/* x64 has no weaker forms: acquire, release and no-fence variants are the same operation. */
#define InterlockedIncrementAcquire              InterlockedIncrement
#define InterlockedIncrementRelease              InterlockedIncrement
#define InterlockedIncrementNoFence              InterlockedIncrement
#define InterlockedDecrementAcquire              InterlockedDecrement
#define InterlockedDecrementRelease              InterlockedDecrement
#define InterlockedDecrementNoFence              InterlockedDecrement
#define InterlockedIncrementNoFence64            InterlockedIncrement64
#define InterlockedDecrementNoFence64            InterlockedDecrement64
#define InterlockedExchangeAcquire               InterlockedExchange
#define InterlockedExchangeNoFence               InterlockedExchange
#define InterlockedExchangeAddAcquire            InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence            InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence64          InterlockedExchangeAdd64
#define InterlockedAddNoFence                    InterlockedAdd
#define InterlockedCompareExchangeAcquire        InterlockedCompareExchange
#define InterlockedCompareExchangeRelease        InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence        InterlockedCompareExchange
#define InterlockedCompareExchangeAcquire64      InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64      InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence64      InterlockedCompareExchange64
#define InterlockedAndAcquire                    InterlockedAnd
#define InterlockedAndRelease                    InterlockedAnd
#define InterlockedAndNoFence                    InterlockedAnd
#define InterlockedOrAcquire                     InterlockedOr
#define InterlockedOrRelease                     InterlockedOr
#define InterlockedOrNoFence                     InterlockedOr
#define InterlockedXorNoFence                    InterlockedXor
#define InterlockedExchangePointerNoFence        InterlockedExchangePointer
#define InterlockedExchangePointerAcquire        InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
/* The width of a pointer, under the other names that drivers use. */
#define InterlockedExchangeAddSizeT(a, b) \
    ((SIZE_T)InterlockedExchangeAdd64((LONG64 volatile *)(a), (LONG64)(b)))
#define InterlockedIncrementSizeT(a) ((SIZE_T)InterlockedIncrement64((LONG64 volatile *)(a)))
#define InterlockedDecrementSizeT(a) ((SIZE_T)InterlockedDecrement64((LONG64 volatile *)(a)))

/* Loads and stores that the compiler may neither tear, repeat nor drop, with the ordering in the
 * name. Each is a window.
 *   Returns  Read: the value      IRQL any
 *   Source   wdm/nf-wdm-readulongnofence and its relatives
 */
NTKERNELAPI CHAR ReadAcquire8(CHAR const volatile *Source);
NTKERNELAPI CHAR ReadNoFence8(CHAR const volatile *Source);
NTKERNELAPI CHAR ReadRaw8(CHAR const volatile *Source);
NTKERNELAPI VOID WriteRelease8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI VOID WriteNoFence8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI VOID WriteRaw8(CHAR volatile *Destination, CHAR Value);
NTKERNELAPI SHORT ReadAcquire16(SHORT const volatile *Source);
NTKERNELAPI SHORT ReadNoFence16(SHORT const volatile *Source);
NTKERNELAPI SHORT ReadRaw16(SHORT const volatile *Source);
NTKERNELAPI VOID WriteRelease16(SHORT volatile *Destination, SHORT Value);
NTKERNELAPI VOID WriteNoFence16(SHORT volatile *Destination, SHORT Value);
NTKERNELAPI VOID WriteRaw16(SHORT volatile *Destination, SHORT Value);
NTKERNELAPI LONG ReadAcquire(LONG const volatile *Source);
NTKERNELAPI LONG ReadNoFence(LONG const volatile *Source);
NTKERNELAPI LONG ReadRaw(LONG const volatile *Source);
NTKERNELAPI VOID WriteRelease(LONG volatile *Destination, LONG Value);
NTKERNELAPI VOID WriteNoFence(LONG volatile *Destination, LONG Value);
NTKERNELAPI VOID WriteRaw(LONG volatile *Destination, LONG Value);
NTKERNELAPI LONG64 ReadAcquire64(LONG64 const volatile *Source);
NTKERNELAPI LONG64 ReadNoFence64(LONG64 const volatile *Source);
NTKERNELAPI LONG64 ReadRaw64(LONG64 const volatile *Source);
NTKERNELAPI VOID WriteRelease64(LONG64 volatile *Destination, LONG64 Value);
NTKERNELAPI VOID WriteNoFence64(LONG64 volatile *Destination, LONG64 Value);
NTKERNELAPI VOID WriteRaw64(LONG64 volatile *Destination, LONG64 Value);
NTKERNELAPI PVOID ReadPointerAcquire(PVOID const volatile *Source);
NTKERNELAPI PVOID ReadPointerNoFence(PVOID const volatile *Source);
NTKERNELAPI PVOID ReadPointerRaw(PVOID const volatile *Source);
NTKERNELAPI VOID WritePointerRelease(PVOID volatile *Destination, PVOID Value);
NTKERNELAPI VOID WritePointerNoFence(PVOID volatile *Destination, PVOID Value);
NTKERNELAPI VOID WritePointerRaw(PVOID volatile *Destination, PVOID Value);

#define ReadInt32Acquire(s)       ((INT32)ReadAcquire((LONG const volatile *)(s)))
#define ReadInt32NoFence(s)       ((INT32)ReadNoFence((LONG const volatile *)(s)))
#define ReadInt32Raw(s)           ((INT32)ReadRaw((LONG const volatile *)(s)))
#define WriteInt32Release(d, v)   WriteRelease((LONG volatile *)(d), (LONG)(v))
#define WriteInt32NoFence(d, v)   WriteNoFence((LONG volatile *)(d), (LONG)(v))
#define WriteInt32Raw(d, v)       WriteRaw((LONG volatile *)(d), (LONG)(v))
#define ReadUInt32Acquire(s)      ((UINT32)ReadAcquire((LONG const volatile *)(s)))
#define ReadUInt32NoFence(s)      ((UINT32)ReadNoFence((LONG const volatile *)(s)))
#define ReadUInt32Raw(s)          ((UINT32)ReadRaw((LONG const volatile *)(s)))
#define WriteUInt32Release(d, v)  WriteRelease((LONG volatile *)(d), (LONG)(v))
#define WriteUInt32NoFence(d, v)  WriteNoFence((LONG volatile *)(d), (LONG)(v))
#define WriteUInt32Raw(d, v)      WriteRaw((LONG volatile *)(d), (LONG)(v))
#define ReadUCharAcquire(s)       ((UCHAR)ReadAcquire8((CHAR const volatile *)(s)))
#define ReadUCharNoFence(s)       ((UCHAR)ReadNoFence8((CHAR const volatile *)(s)))
#define ReadUCharRaw(s)           ((UCHAR)ReadRaw8((CHAR const volatile *)(s)))
#define WriteUCharRelease(d, v)   WriteRelease8((CHAR volatile *)(d), (CHAR)(v))
#define WriteUCharNoFence(d, v)   WriteNoFence8((CHAR volatile *)(d), (CHAR)(v))
#define WriteUCharRaw(d, v)       WriteRaw8((CHAR volatile *)(d), (CHAR)(v))
#define ReadBooleanAcquire(s)     ((BOOLEAN)ReadAcquire8((CHAR const volatile *)(s)))
#define ReadBooleanNoFence(s)     ((BOOLEAN)ReadNoFence8((CHAR const volatile *)(s)))
#define ReadBooleanRaw(s)         ((BOOLEAN)ReadRaw8((CHAR const volatile *)(s)))
#define WriteBooleanRelease(d, v) WriteRelease8((CHAR volatile *)(d), (CHAR)(v))
#define WriteBooleanNoFence(d, v) WriteNoFence8((CHAR volatile *)(d), (CHAR)(v))
#define WriteBooleanRaw(d, v)     WriteRaw8((CHAR volatile *)(d), (CHAR)(v))
#define ReadUShortNoFence(s)      ((USHORT)ReadNoFence16((SHORT const volatile *)(s)))
#define ReadUShortAcquire(s)      ((USHORT)ReadAcquire16((SHORT const volatile *)(s)))
#define WriteUShortNoFence(d, v)  WriteNoFence16((SHORT volatile *)(d), (SHORT)(v))
#define WriteUShortRelease(d, v)  WriteRelease16((SHORT volatile *)(d), (SHORT)(v))
#define ReadULongAcquire(s)       ((ULONG)ReadAcquire((LONG const volatile *)(s)))
#define ReadULongNoFence(s)       ((ULONG)ReadNoFence((LONG const volatile *)(s)))
#define ReadULongRaw(s)           ((ULONG)ReadRaw((LONG const volatile *)(s)))
#define WriteULongRelease(d, v)   WriteRelease((LONG volatile *)(d), (LONG)(v))
#define WriteULongNoFence(d, v)   WriteNoFence((LONG volatile *)(d), (LONG)(v))
#define WriteULongRaw(d, v)       WriteRaw((LONG volatile *)(d), (LONG)(v))
#define ReadULong64Acquire(s)     ((ULONG64)ReadAcquire64((LONG64 const volatile *)(s)))
#define ReadULong64NoFence(s)     ((ULONG64)ReadNoFence64((LONG64 const volatile *)(s)))
#define ReadULong64Raw(s)         ((ULONG64)ReadRaw64((LONG64 const volatile *)(s)))
#define WriteULong64Release(d, v) WriteRelease64((LONG64 volatile *)(d), (LONG64)(v))
#define WriteULong64NoFence(d, v) WriteNoFence64((LONG64 volatile *)(d), (LONG64)(v))
#define WriteULong64Raw(d, v)     WriteRaw64((LONG64 volatile *)(d), (LONG64)(v))

/* ExInterlocked arithmetic: the operation under Lock. Returns the prior value.
 *   IRQL any   Source   wdm/nf-wdm-exinterlockedaddulong, -exinterlockedaddlargeinteger
 */
NTKERNELAPI ULONG ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock);
NTKERNELAPI LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend,
                                                       LARGE_INTEGER Increment, PKSPIN_LOCK Lock);
#define ExInterlockedCompareExchange64(Destination, Exchange, Comperand, Lock) \
    ((void)(Lock),                                                             \
     InterlockedCompareExchange64((LONG64 volatile *)(Destination), *(Exchange), *(Comperand)))
#define ExInterlockedAddLargeStatistic(Addend, Increment) \
    ((void)InterlockedAdd64(&(Addend)->QuadPart, (LONG64)(Increment)))

/* Barriers and the busy-wait hint. Each is a window.
 *   IRQL any   Source   wdm/nf-wdm-kememorybarrier, nf-wdm-yieldprocessor
 */
NTKERNELAPI VOID KeMemoryBarrier(VOID);
NTKERNELAPI VOID YieldProcessor(VOID);
#define KeMemoryBarrierWithoutFence()  __asm__ __volatile__("" ::: "memory")
#define MemoryBarrier                  KeMemoryBarrier
#define _ReadWriteBarrier()            KeMemoryBarrierWithoutFence()
#define _ReadBarrier()                 KeMemoryBarrierWithoutFence()
#define _WriteBarrier()                KeMemoryBarrierWithoutFence()
#define _mm_pause                      YieldProcessor
#define _InterlockedIncrement          InterlockedIncrement
#define _InterlockedDecrement          InterlockedDecrement
#define _InterlockedExchange           InterlockedExchange
#define _InterlockedExchangeAdd        InterlockedExchangeAdd
#define _InterlockedCompareExchange    InterlockedCompareExchange
#define _InterlockedCompareExchange64  InterlockedCompareExchange64
#define _InterlockedCompareExchange128 InterlockedCompareExchange128
#define _InterlockedAdd64              InterlockedAdd64
#define _InlineInterlockedAdd64        InterlockedAdd64
#define _InlineInterlockedAdd          InterlockedAdd
#define _InterlockedExchangeAdd64      InterlockedExchangeAdd64
#define _InterlockedExchange64         InterlockedExchange64
#define _InterlockedIncrement64        InterlockedIncrement64
#define _InterlockedDecrement64        InterlockedDecrement64
#define _InterlockedExchangePointer    InterlockedExchangePointer
#define _InterlockedOr                 InterlockedOr
#define _InterlockedAnd                InterlockedAnd
#define ReadTimeStampCounter()         __builtin_ia32_rdtsc()
#define PrefetchForWrite(p)            __builtin_prefetch(p, 1)
#define PreFetchCacheLine(l, a)        __builtin_prefetch(a)

/* BitScanForward, BitScanReverse: nonzero if a bit is set; its number in *Index. Plain code. */
FORCEINLINE UCHAR BitScanForward(ULONG *Index, ULONG Mask)
{
    if (Mask != 0) {
        *Index = (ULONG)__builtin_ctz(Mask);
    }
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanReverse(ULONG *Index, ULONG Mask)
{
    if (Mask != 0) {
        *Index = 31 - (ULONG)__builtin_clz(Mask);
    }
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanForward64(ULONG *Index, ULONG64 Mask)
{
    if (Mask != 0) {
        *Index = (ULONG)__builtin_ctzll(Mask);
    }
    return Mask != 0;
}

FORCEINLINE UCHAR BitScanReverse64(ULONG *Index, ULONG64 Mask)
{
    if (Mask != 0) {
        *Index = 63 - (ULONG)__builtin_clzll(Mask);
    }
    return Mask != 0;
}
#define _BitScanForward   BitScanForward
#define _BitScanReverse   BitScanReverse
#define _BitScanForward64 BitScanForward64
#define _BitScanReverse64 BitScanReverse64

#ifdef __cplusplus
}
#endif
