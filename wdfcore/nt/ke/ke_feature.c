/* ke_feature.c - what drivers ask of the system as such: the previous mode, features of the processor,
 * products, debuggers, and the stack.
 */
#include <ntifs.h>

#include "nt/io/io_driver.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"

KPROCESSOR_MODE ExGetPreviousMode(VOID)
{
    API_QUIET(HIGH_LEVEL);
    return KernelMode; /* all threads of a machine run in the kernel */
}

BOOLEAN ExIsProcessorFeaturePresent(ULONG ProcessorFeature)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return FALSE;
    }
    switch (ProcessorFeature) {
    case PF_COMPARE_EXCHANGE_DOUBLE: /* what every x64 processor that drivers meet has */
    case PF_MMX_INSTRUCTIONS_AVAILABLE:
    case PF_XMMI_INSTRUCTIONS_AVAILABLE:
    case PF_XMMI64_INSTRUCTIONS_AVAILABLE:
    case PF_RDTSC_INSTRUCTION_AVAILABLE:
    case PF_PAE_ENABLED:
    case PF_NX_ENABLED:
    case PF_COMPARE_EXCHANGE128:
        return TRUE;
    case PF_SSE3_INSTRUCTIONS_AVAILABLE:
        return __builtin_cpu_supports("sse3") != 0;
    case PF_XSAVE_ENABLED:
        return __builtin_cpu_supports("avx") != 0; /* needs it */
    default:
        return FALSE;
    }
}

/* A machine is no server and no special edition. */
BOOLEAN ExVerifySuite(SUITE_TYPE SuiteType)
{
    API_QUIET(HIGH_LEVEL);
    return SuiteType == SingleUserTS;
}

ULONG KeGetRecommendedSharedDataAlignment(VOID)
{
    API_QUIET(HIGH_LEVEL);
    return SYSTEM_CACHE_ALIGNMENT_SIZE;
}

/* ---- debuggers: none is attached to the machine ---- */

NTSTATUS KdDisableDebugger(VOID)
{
    API(DISPATCH_LEVEL);
    return STATUS_DEBUGGER_INACTIVE;
}

NTSTATUS KdEnableDebugger(VOID)
{
    API(DISPATCH_LEVEL);
    return STATUS_DEBUGGER_INACTIVE;
}

BOOLEAN KdRefreshDebuggerNotPresent(VOID)
{
    API_QUIET(HIGH_LEVEL);
    return TRUE;
}

/* ---- the verifier's routines: a machine checks every driver itself ---- */

LOGICAL MmIsDriverVerifying(PDRIVER_OBJECT DriverObject)
{
    if (API_QUIET(DISPATCH_LEVEL)) {
        io_driver_check(DriverObject, __func__);
    }
    return FALSE;
}

LOGICAL MmIsDriverVerifyingByAddress(PVOID AddressWithinSection)
{
    UNREFERENCED_PARAMETER(AddressWithinSection);
    API_QUIET(DISPATCH_LEVEL);
    return FALSE;
}

NTSTATUS MmIsVerifierEnabled(PULONG VerifierFlags)
{
    if (API(PASSIVE_LEVEL)) {
        *VerifierFlags = 0;
    }
    return STATUS_NOT_SUPPORTED;
}

/* ---- the stack: large enough for what may be asked for ---- */

NTSTATUS KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter, SIZE_T Size)
{
    return KeExpandKernelStackAndCalloutEx(Callout, Parameter, Size, FALSE, NULL);
}

NTSTATUS KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout, PVOID Parameter,
                                         SIZE_T Size, BOOLEAN Wait, PVOID Context)
{
    struct ke_callback frame;

    UNREFERENCED_PARAMETER(Wait);
    UNREFERENCED_PARAMETER(Context);
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Size > MAXIMUM_EXPANSION_SIZE) {
        return STATUS_INVALID_PARAMETER_3;
    }
    ke_call_enter(&frame, "StackCallout", (const void *)(ULONG_PTR)Callout, Parameter);
    Callout(Parameter);
    ke_call_leave(&frame);
    return STATUS_SUCCESS;
}
