/* hal_cpu.c - registers of the processor's model. There is the time stamp; what a processor does not have raises
 * a general protection fault, which the kernel makes an access violation.
 */
#include <intrin.h>
#include <ntddk.h>

#include "nt/ke/ke_api.h"

#define MSR_TIME_STAMP 0x10

ULONG64 __readmsr(ULONG Register)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    if (Register != MSR_TIME_STAMP) {
        ExRaiseAccessViolation();
    }
    return (ULONG64)KeQueryPerformanceCounter(NULL).QuadPart;
}

VOID __writemsr(ULONG Register, ULONG64 Value)
{
    if (API_QUIET(HIGH_LEVEL)) {
        ExRaiseAccessViolation();
    }
}

ULONG64 __readpmc(ULONG Counter)
{
    if (API_QUIET(HIGH_LEVEL)) {
        ExRaiseAccessViolation();
    }
    return 0;
}
