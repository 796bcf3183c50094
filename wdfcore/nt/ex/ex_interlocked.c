/* ex_interlocked.c - Interlocked operations. Each is a window first and one atomic operation then, so
 * that what the operation sees is what the caller goes on with.
 */
#include <wdm.h>

#include "nt/ke/ke_window.h"

#define EX_STEP(name, type, operation)                 \
    type name(type volatile *Addend)                   \
    {                                                  \
        ke_window_point();                             \
        return operation(Addend, 1, __ATOMIC_SEQ_CST); \
    }

#define EX_WITH(name, type, operation)                     \
    type name(type volatile *Target, type Value)           \
    {                                                      \
        ke_window_point();                                 \
        return operation(Target, Value, __ATOMIC_SEQ_CST); \
    }

/* On failure Comperand becomes the value found; on success it is the prior value already. */
#define EX_COMPARE(name, type)                                                                  \
    type name(type volatile *Destination, type ExChange, type Comperand)                        \
    {                                                                                           \
        ke_window_point();                                                                      \
        __atomic_compare_exchange_n(Destination, &Comperand, ExChange, false, __ATOMIC_SEQ_CST, \
                                    __ATOMIC_SEQ_CST);                                          \
        return Comperand;                                                                       \
    }

EX_STEP(InterlockedIncrement, LONG, __atomic_add_fetch)
EX_STEP(InterlockedDecrement, LONG, __atomic_sub_fetch)
EX_WITH(InterlockedAdd, LONG, __atomic_add_fetch)
EX_WITH(InterlockedExchange, LONG, __atomic_exchange_n)
EX_WITH(InterlockedExchangeAdd, LONG, __atomic_fetch_add)
EX_WITH(InterlockedAnd, LONG, __atomic_fetch_and)
EX_WITH(InterlockedOr, LONG, __atomic_fetch_or)
EX_WITH(InterlockedXor, LONG, __atomic_fetch_xor)
EX_COMPARE(InterlockedCompareExchange, LONG)

EX_STEP(InterlockedIncrement64, LONG64, __atomic_add_fetch)
EX_STEP(InterlockedDecrement64, LONG64, __atomic_sub_fetch)
EX_WITH(InterlockedAdd64, LONG64, __atomic_add_fetch)
EX_WITH(InterlockedExchange64, LONG64, __atomic_exchange_n)
EX_WITH(InterlockedExchangeAdd64, LONG64, __atomic_fetch_add)
EX_WITH(InterlockedAnd64, LONG64, __atomic_fetch_and)
EX_WITH(InterlockedOr64, LONG64, __atomic_fetch_or)
EX_WITH(InterlockedXor64, LONG64, __atomic_fetch_xor)
EX_COMPARE(InterlockedCompareExchange64, LONG64)

EX_STEP(InterlockedIncrement16, SHORT, __atomic_add_fetch)
EX_STEP(InterlockedDecrement16, SHORT, __atomic_sub_fetch)
EX_WITH(InterlockedExchange16, SHORT, __atomic_exchange_n)
EX_WITH(InterlockedAnd16, SHORT, __atomic_fetch_and)
EX_WITH(InterlockedOr16, SHORT, __atomic_fetch_or)
EX_WITH(InterlockedXor16, SHORT, __atomic_fetch_xor)
EX_COMPARE(InterlockedCompareExchange16, SHORT)

EX_WITH(InterlockedExchange8, CHAR, __atomic_exchange_n)
EX_WITH(InterlockedExchangeAdd8, CHAR, __atomic_fetch_add)
EX_WITH(InterlockedAnd8, CHAR, __atomic_fetch_and)
EX_WITH(InterlockedOr8, CHAR, __atomic_fetch_or)
EX_WITH(InterlockedXor8, CHAR, __atomic_fetch_xor)

EX_WITH(InterlockedExchangePointer, PVOID, __atomic_exchange_n)
EX_COMPARE(InterlockedCompareExchangePointer, PVOID)

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

BOOLEAN InterlockedBitTestAndComplement64(LONG64 volatile *Base, LONG64 Bit)
{
    ULONG64 mask;
    ULONG64 *word = bit_word64(Base, Bit, &mask);

    ke_window_point();
    return (__atomic_fetch_xor(word, mask, __ATOMIC_SEQ_CST) & mask) != 0;
}

/* The compilers' own form would call a library that may take a lock. */
UCHAR InterlockedCompareExchange128(LONG64 volatile *Destination, LONG64 ExchangeHigh,
                                    LONG64 ExchangeLow, LONG64 *ComparandResult)
{
    UCHAR exchanged;

    ke_window_point();
    __asm__ __volatile__("lock cmpxchg16b %1"
                         : "=@ccz"(exchanged), "+m"(*(__int128 volatile *)Destination),
                           "+a"(ComparandResult[0]), "+d"(ComparandResult[1])
                         : "b"(ExchangeLow), "c"(ExchangeHigh)
                         : "memory");
    return exchanged;
}
