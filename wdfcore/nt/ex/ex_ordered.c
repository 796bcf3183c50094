/* ex_ordered.c - loads and stores with an order, and the barrier. Each is a window first, as in
 * ex_interlocked.c.
 */
#include <wdm.h>

#include "nt/ke/ke_window.h"

CHAR ReadAcquire8(CHAR const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

CHAR ReadNoFence8(CHAR const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

CHAR ReadRaw8(CHAR const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

VOID WriteRelease8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

VOID WriteNoFence8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID WriteRaw8(CHAR volatile *Destination, CHAR Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

SHORT ReadAcquire16(SHORT const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

SHORT ReadNoFence16(SHORT const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

SHORT ReadRaw16(SHORT const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

VOID WriteRelease16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

VOID WriteNoFence16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID WriteRaw16(SHORT volatile *Destination, SHORT Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

LONG ReadAcquire(LONG const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

LONG ReadNoFence(LONG const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

LONG ReadRaw(LONG const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

VOID WriteRelease(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

VOID WriteNoFence(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID WriteRaw(LONG volatile *Destination, LONG Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

LONG64 ReadAcquire64(LONG64 const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

LONG64 ReadNoFence64(LONG64 const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

LONG64 ReadRaw64(LONG64 const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

VOID WriteRelease64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

VOID WriteNoFence64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID WriteRaw64(LONG64 volatile *Destination, LONG64 Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

PVOID ReadPointerAcquire(PVOID const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_ACQUIRE);
}

PVOID ReadPointerNoFence(PVOID const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

PVOID ReadPointerRaw(PVOID const volatile *Source)
{
    ke_window_point();
    return __atomic_load_n(Source, __ATOMIC_RELAXED);
}

VOID WritePointerRelease(PVOID volatile *Destination, PVOID Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELEASE);
}

VOID WritePointerNoFence(PVOID volatile *Destination, PVOID Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID WritePointerRaw(PVOID volatile *Destination, PVOID Value)
{
    ke_window_point();
    __atomic_store_n(Destination, Value, __ATOMIC_RELAXED);
}

VOID KeMemoryBarrier(VOID)
{
    ke_window_point();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
