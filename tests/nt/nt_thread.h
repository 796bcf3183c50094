/* nt_thread.h - threads of a test, on the processors that it wants, and times for them. */
#pragma once
#include <ntddk.h>

#include <wdfcore/testing.h>

#include "base/lock.h"

/* The calling thread goes to that processor. */
static inline void nt_on_processor(ULONG number)
{
    KeSetSystemAffinityThreadEx((KAFFINITY)1 << number);
}

/* A system thread; nt_join waits for its end and lets go of it. */
static inline PKTHREAD nt_thread(PKSTART_ROUTINE routine, PVOID context)
{
    HANDLE handle;
    PVOID thread;

    assert_int_equal(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, routine, context),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, NULL),
                     STATUS_SUCCESS);
    ZwClose(handle);
    return thread;
}

static inline void nt_join(PKTHREAD thread)
{
    assert_int_equal(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    ObDereferenceObject(thread);
}

/* Spin, at whatever IRQL, until another processor has brought the value so far, by WriteRelease or an
 * interlocked routine. */
static inline void nt_spin_until(volatile LONG *value, LONG least)
{
    for (int i = 0; ReadAcquire(value) < least; i++) {
        assert_true(base_threaded || i < 1000000); /* a host thread may have to wait for long */
        YieldProcessor();
    }
}

/* Give others the chance to do what they must not do. */
static inline void nt_spin(int steps)
{
    while (steps-- > 0) {
        YieldProcessor();
    }
}

/* What an interrupt or a DPC brings has happened: with fibers at the next window. With threads it runs
 * beside the body, and time moves on once it has ended, unless it moves time itself. */
static inline void nt_settle(void)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL && base_threaded) {
        LARGE_INTEGER next = {.QuadPart = -1};

        KeDelayExecutionThread(KernelMode, FALSE, &next);
    }
}

/* A relative time. */
static inline LARGE_INTEGER nt_us(LONGLONG us)
{
    return (LARGE_INTEGER){.QuadPart = -us * 10};
}

static inline LARGE_INTEGER nt_ms(LONGLONG ms)
{
    return nt_us(ms * 1000);
}

static inline void nt_delay_ms(LONGLONG ms)
{
    LARGE_INTEGER interval = nt_ms(ms);

    KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

static inline NTSTATUS nt_wait(PVOID object, LARGE_INTEGER *timeout)
{
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, timeout);
}

static inline NTSTATUS nt_poll(PVOID object)
{
    LARGE_INTEGER zero = {.QuadPart = 0};

    return nt_wait(object, &zero);
}
