/* ex_interlocked.c - Interlocked operations. Each is a window
 * first and one atomic operation then, so that what the operation sees is what the caller goes on
 * with.
 */
#include <wdm.h>

#include "nt/ke/ke_window.h"

LONG InterlockedIncrement(LONG volatile *Addend)
{
    ke_window_point();
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

LONG InterlockedDecrement(LONG volatile *Addend)
{
    ke_window_point();
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

LONG InterlockedAdd(LONG volatile *Addend, LONG Value)
{
    ke_window_point();
    return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedIncrement64(LONG64 volatile *Addend)
{
    ke_window_point();
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedDecrement64(LONG64 volatile *Addend)
{
    ke_window_point();
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedAdd64(LONG64 volatile *Addend, LONG64 Value)
{
    ke_window_point();
    return __atomic_add_fetch(Addend, Value, __ATOMIC_SEQ_CST);
}

SHORT InterlockedIncrement16(SHORT volatile *Addend)
{
    ke_window_point();
    return __atomic_add_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

SHORT InterlockedDecrement16(SHORT volatile *Addend)
{
    ke_window_point();
    return __atomic_sub_fetch(Addend, 1, __ATOMIC_SEQ_CST);
}

LONG InterlockedExchange(LONG volatile *Target, LONG Value)
{
    ke_window_point();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

LONG InterlockedExchangeAdd(LONG volatile *Addend, LONG Value)
{
    ke_window_point();
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

LONG InterlockedAnd(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG InterlockedOr(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG InterlockedXor(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG InterlockedCompareExchange(LONG volatile *Destination, LONG ExChange, LONG Comperand)
{
    ke_window_point();
    /* On failure Comperand becomes the value found; on success it is the prior value already. */
    __atomic_compare_exchange_n(Destination, &Comperand, ExChange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

LONG64 InterlockedExchange64(LONG64 volatile *Target, LONG64 Value)
{
    ke_window_point();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedExchangeAdd64(LONG64 volatile *Addend, LONG64 Value)
{
    ke_window_point();
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedAnd64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedOr64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedXor64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination, LONG64 ExChange, LONG64 Comperand)
{
    ke_window_point();
    /* On failure Comperand becomes the value found; on success it is the prior value already. */
    __atomic_compare_exchange_n(Destination, &Comperand, ExChange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

SHORT InterlockedExchange16(SHORT volatile *Target, SHORT Value)
{
    ke_window_point();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

SHORT InterlockedAnd16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

SHORT InterlockedOr16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

SHORT InterlockedXor16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

SHORT InterlockedCompareExchange16(SHORT volatile *Destination, SHORT ExChange, SHORT Comperand)
{
    ke_window_point();
    /* On failure Comperand becomes the value found; on success it is the prior value already. */
    __atomic_compare_exchange_n(Destination, &Comperand, ExChange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

CHAR InterlockedExchange8(CHAR volatile *Target, CHAR Value)
{
    ke_window_point();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

CHAR InterlockedExchangeAdd8(CHAR volatile *Addend, CHAR Value)
{
    ke_window_point();
    return __atomic_fetch_add(Addend, Value, __ATOMIC_SEQ_CST);
}

CHAR InterlockedAnd8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    return __atomic_fetch_and(Destination, Value, __ATOMIC_SEQ_CST);
}

CHAR InterlockedOr8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    return __atomic_fetch_or(Destination, Value, __ATOMIC_SEQ_CST);
}

CHAR InterlockedXor8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    return __atomic_fetch_xor(Destination, Value, __ATOMIC_SEQ_CST);
}

PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
    ke_window_point();
    return __atomic_exchange_n(Target, Value, __ATOMIC_SEQ_CST);
}

PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination, PVOID ExChange,
                                        PVOID Comperand)
{
    ke_window_point();
    __atomic_compare_exchange_n(Destination, &Comperand, ExChange, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    return Comperand;
}

static ULONG *bit_word(LONG volatile *base, LONG bit, ULONG *mask)
{
    *mask = (ULONG)1 << (bit & 31);
    return (ULONG *)(ULONG_PTR)base + (bit >> 5);
}

BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit)
{
    ULONG mask;
    ULONG *word = bit_word(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST) & mask) != 0;
}

BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
    ULONG mask;
    ULONG *word = bit_word(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST) & mask) != 0;
}

BOOLEAN InterlockedBitTestAndComplement(LONG volatile *Base, LONG Bit)
{
    ULONG mask;
    ULONG *word = bit_word(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_xor(word, mask, __ATOMIC_SEQ_CST) & mask) != 0;
}

static ULONG64 *bit_word64(LONG64 volatile *base, LONG64 bit, ULONG64 *mask)
{
    *mask = (ULONG64)1 << (bit & 63);
    return (ULONG64 *)(ULONG_PTR)base + (bit >> 6);
}

BOOLEAN InterlockedBitTestAndSet64(LONG64 volatile *Base, LONG64 Bit)
{
    ULONG64 mask;
    ULONG64 *word = bit_word64(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST) & mask) != 0;
}

BOOLEAN InterlockedBitTestAndReset64(LONG64 volatile *Base, LONG64 Bit)
{
    ULONG64 mask;
    ULONG64 *word = bit_word64(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST) & mask) != 0;
}
