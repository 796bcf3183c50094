/* mm_query.c - what kind of system it is, where addresses end, and memory that may not be there. */
#include <ntddk.h>

#include <string.h>

#include "host/host_memory.h"
#include "nt/hal/hal_memory.h"
#include "nt/io/io_driver.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/mm/mm_mdl.h"

PVOID MmHighestUserAddress = (PVOID)0x00007FFFFFFEFFFF;
ULONG_PTR MmUserProbeAddress = 0x00007FFFFFFF0000;
PVOID MmSystemRangeStart = (PVOID)0xFFFF800000000000;

BOOLEAN MmIsThisAnNtAsSystem(VOID)
{
    API_QUIET(HIGH_LEVEL);
    return FALSE;
}

LOGICAL MmIsDriverSuspectForVerifier(PDRIVER_OBJECT DriverObject)
{
    if (API_QUIET(HIGH_LEVEL)) {
        io_driver_check(DriverObject, __func__);
    }
    return FALSE;
}

/* ---- copying ---- */

/* Up to the next page. */
static SIZE_T copy_piece(ULONG_PTR address, SIZE_T left)
{
    return min(left, PAGE_SIZE - (address & (PAGE_SIZE - 1)));
}

static const void *copy_source(ULONG_PTR address, SIZE_T size, bool physical)
{
    if (physical) {
        return hal_memory_at(address, size);
    }
    return host_memory_is_readable((void *)address) ? (const void *)address : NULL;
}

NTSTATUS MmCopyMemory(PVOID TargetAddress, MM_COPY_ADDRESS SourceAddress, SIZE_T NumberOfBytes,
                      ULONG Flags, PSIZE_T NumberOfBytesTransferred)
{
    ULONG_PTR address = (ULONG_PTR)SourceAddress.VirtualAddress;
    SIZE_T done = 0;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *NumberOfBytesTransferred = 0;
    if (Flags != MM_COPY_MEMORY_PHYSICAL && Flags != MM_COPY_MEMORY_VIRTUAL) {
        return STATUS_INVALID_PARAMETER_4;
    }
    while (done < NumberOfBytes) {
        SIZE_T piece = copy_piece(address + done, NumberOfBytes - done);
        const void *source = copy_source(address + done, piece, Flags == MM_COPY_MEMORY_PHYSICAL);

        if (source == NULL) {
            break;
        }
        memcpy((PUCHAR)TargetAddress + done, source, piece);
        done += piece;
    }
    *NumberOfBytesTransferred = done;
    return done == NumberOfBytes ? STATUS_SUCCESS : STATUS_INVALID_ADDRESS;
}

/* ---- forms with more parameters ---- */

NTSTATUS MmMapMdl(PMDL MemoryDescriptorList, ULONG Protection, PMM_MDL_ROUTINE DriverRoutine,
                  PVOID DriverContext)
{
    struct ke_callback frame;
    bool was_mapped;
    PVOID address;

    UNREFERENCED_PARAMETER(Protection);
    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    was_mapped = (MemoryDescriptorList->MdlFlags &
                  (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0;
    address = MmGetSystemAddressForMdlSafe(MemoryDescriptorList, NormalPagePriority);
    if (address == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ke_call_enter(&frame, "MdlRoutine", (const void *)(ULONG_PTR)DriverRoutine, DriverContext);
    DriverRoutine(DriverContext, address);
    ke_call_leave(&frame);
    if (!was_mapped) {
        MmUnmapLockedPages(address, MemoryDescriptorList);
    }
    return STATUS_SUCCESS;
}

PVOID MmAllocateMappingAddressEx(SIZE_T NumberOfBytes, ULONG PoolTag, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    return MmAllocateMappingAddress(NumberOfBytes, PoolTag);
}

PMDL MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                 PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                 MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags)
{
    UNREFERENCED_PARAMETER(IdealNode);
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, CacheType,
                                   Flags);
}
