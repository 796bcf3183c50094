/* ex_ordered.c - loads and stores with an order, and the barrier. Each is a window first, as in
 * ex_interlocked.c.
 */
#include <wdm.h>

#include "nt/ke/ke_window.h"

#define EX_LOAD(name, type, order)             \
    type name(type const volatile *Source)     \
    {                                          \
        ke_window_point();                     \
        return __atomic_load_n(Source, order); \
    }

#define EX_STORE(name, type, order)                   \
    VOID name(type volatile *Destination, type Value) \
    {                                                 \
        ke_window_point();                            \
        __atomic_store_n(Destination, Value, order);  \
    }

EX_LOAD(ReadAcquire8, CHAR, __ATOMIC_ACQUIRE)
EX_LOAD(ReadNoFence8, CHAR, __ATOMIC_RELAXED)
EX_LOAD(ReadRaw8, CHAR, __ATOMIC_RELAXED)
EX_STORE(WriteRelease8, CHAR, __ATOMIC_RELEASE)
EX_STORE(WriteNoFence8, CHAR, __ATOMIC_RELAXED)
EX_STORE(WriteRaw8, CHAR, __ATOMIC_RELAXED)

EX_LOAD(ReadAcquire16, SHORT, __ATOMIC_ACQUIRE)
EX_LOAD(ReadNoFence16, SHORT, __ATOMIC_RELAXED)
EX_LOAD(ReadRaw16, SHORT, __ATOMIC_RELAXED)
EX_STORE(WriteRelease16, SHORT, __ATOMIC_RELEASE)
EX_STORE(WriteNoFence16, SHORT, __ATOMIC_RELAXED)
EX_STORE(WriteRaw16, SHORT, __ATOMIC_RELAXED)

EX_LOAD(ReadAcquire, LONG, __ATOMIC_ACQUIRE)
EX_LOAD(ReadNoFence, LONG, __ATOMIC_RELAXED)
EX_LOAD(ReadRaw, LONG, __ATOMIC_RELAXED)
EX_STORE(WriteRelease, LONG, __ATOMIC_RELEASE)
EX_STORE(WriteNoFence, LONG, __ATOMIC_RELAXED)
EX_STORE(WriteRaw, LONG, __ATOMIC_RELAXED)

EX_LOAD(ReadAcquire64, LONG64, __ATOMIC_ACQUIRE)
EX_LOAD(ReadNoFence64, LONG64, __ATOMIC_RELAXED)
EX_LOAD(ReadRaw64, LONG64, __ATOMIC_RELAXED)
EX_STORE(WriteRelease64, LONG64, __ATOMIC_RELEASE)
EX_STORE(WriteNoFence64, LONG64, __ATOMIC_RELAXED)
EX_STORE(WriteRaw64, LONG64, __ATOMIC_RELAXED)

EX_LOAD(ReadPointerAcquire, PVOID, __ATOMIC_ACQUIRE)
EX_LOAD(ReadPointerNoFence, PVOID, __ATOMIC_RELAXED)
EX_LOAD(ReadPointerRaw, PVOID, __ATOMIC_RELAXED)
EX_STORE(WritePointerRelease, PVOID, __ATOMIC_RELEASE)
EX_STORE(WritePointerNoFence, PVOID, __ATOMIC_RELAXED)
EX_STORE(WritePointerRaw, PVOID, __ATOMIC_RELAXED)

VOID KeMemoryBarrier(VOID)
{
    ke_window_point();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
