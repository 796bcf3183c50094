/* rtl_stack.c - the call stack, as code that looks for its callers sees it. */
#include <ntifs.h>

#include <execinfo.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_caller.h"

#define FRAMES_MAXIMUM 64

/* Addresses behind the frame that returns to `caller`, which is the first of them if skip is 0. */
static ULONG stack_capture(const void *caller, ULONG skip, ULONG count, PVOID *out)
{
    void *frames[FRAMES_MAXIMUM];
    int found = backtrace(frames, FRAMES_MAXIMUM);
    int first = 0;
    ULONG stored = 0;

    while (first < found && frames[first] != caller) {
        first++;
    }
    if (skip > FRAMES_MAXIMUM) {
        return 0;
    }
    for (int i = first + (int)skip; i < found && stored < count; i++) {
        out[stored++] = frames[i];
    }
    return stored;
}

USHORT RtlCaptureStackBackTrace(ULONG FramesToSkip, ULONG FramesToCapture, PVOID *BackTrace,
                                PULONG BackTraceHash)
{
    ULONG count;
    ULONG hash = 0;

    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    count = stack_capture(KE_CALLER(), FramesToSkip, FramesToCapture, BackTrace);
    for (ULONG i = 0; i < count; i++) {
        hash += (ULONG)(ULONG_PTR)BackTrace[i];
    }
    if (BackTraceHash != NULL) {
        *BackTraceHash = hash;
    }
    return (USHORT)count;
}

/* Flags: frames of user mode, of which there are none. */
ULONG RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    if (!API_QUIET(HIGH_LEVEL) || Flags != 0) {
        return 0;
    }
    return stack_capture(KE_CALLER(), 0, Count, Callers);
}

VOID RtlGetCallersAddress(PVOID *CallersAddress, PVOID *CallersCaller)
{
    PVOID frames[3] = {NULL};

    if (API_QUIET(HIGH_LEVEL)) {
        (void)stack_capture(KE_CALLER(), 1, 2, frames);
    }
    *CallersAddress = frames[0];
    *CallersCaller = frames[1];
}
