/* intrin.h - the intrinsics of Microsoft's compiler that there are: beside those below, those of interlocked
 * memory, bits and barriers, which <wdm.h> declares.
 */
#pragma once

#include "wdm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* __readmsr, __writemsr, __readpmc: registers of the processor's model. There is the time stamp, MSR 0x10, which is
 * the machine's time; any other raises STATUS_ACCESS_VIOLATION, as one that the processor does not have.
 *   IRQL     any; what is raised, <= DISPATCH_LEVEL
 */
NTKERNELAPI ULONG64 __readmsr(ULONG Register);
NTKERNELAPI VOID __writemsr(ULONG Register, ULONG64 Value);
NTKERNELAPI ULONG64 __readpmc(ULONG Counter);

/* __cpuid, __cpuidex: what the host's processor says: EAX, EBX, ECX, EDX. Plain code. */
FORCEINLINE VOID __wdfcore_cpuid(int CpuInfo[4], int Function, int SubFunction)
{
    __asm__ __volatile__("cpuid"
                         : "=a"(CpuInfo[0]), "=b"(CpuInfo[1]), "=c"(CpuInfo[2]), "=d"(CpuInfo[3])
                         : "a"(Function), "c"(SubFunction));
}
#undef __cpuid
#undef __cpuidex
#define __cpuid(info, function)        __wdfcore_cpuid(info, (int)(function), 0)
#define __cpuidex(info, function, sub) __wdfcore_cpuid(info, (int)(function), (int)(sub))

#ifdef __cplusplus
}
#endif

#undef __rdtsc
#define __rdtsc() ReadTimeStampCounter()
#define __nop()   __asm__ __volatile__("nop")

/* Ports by number: those of <wdm.h>. */
#define __inbyte(port)         READ_PORT_UCHAR((PUCHAR)(ULONG_PTR)(port))
#define __inword(port)         READ_PORT_USHORT((PUSHORT)(ULONG_PTR)(port))
#define __indword(port)        READ_PORT_ULONG((PULONG)(ULONG_PTR)(port))
#define __outbyte(port, data)  WRITE_PORT_UCHAR((PUCHAR)(ULONG_PTR)(port), data)
#define __outword(port, data)  WRITE_PORT_USHORT((PUSHORT)(ULONG_PTR)(port), data)
#define __outdword(port, data) WRITE_PORT_ULONG((PULONG)(ULONG_PTR)(port), data)
