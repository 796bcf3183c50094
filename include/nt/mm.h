/* mm.h - memory descriptor lists, mapped device memory, addresses. Pages have 4 KiB. */
#pragma once

#include "irql.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAGE_SIZE            0x1000
#define PAGE_SHIFT           12L
#define PAGE_MASK            0xfff
#define ROUND_TO_PAGES(Size) (((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~((ULONG_PTR)PAGE_SIZE - 1))
#define BYTES_TO_PAGES(Size) (((Size) >> PAGE_SHIFT) + (((Size) & (PAGE_SIZE - 1)) != 0))
#define BYTE_OFFSET(Va)      ((ULONG)((LONG_PTR)(Va) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(Va)       ((PVOID)((ULONG_PTR)(Va) & ~((ULONG_PTR)PAGE_SIZE - 1)))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)                                         \
    ((ULONG)((((ULONG_PTR)(Va) & (PAGE_SIZE - 1)) + (SIZE_T)(Size) + (PAGE_SIZE - 1)) >> \
             PAGE_SHIFT))
#define COMPUTE_PAGES_SPANNED(Va, Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)
#define MM_MAXIMUM_DISK_IO_SIZE         0x10000
#define SYSTEM_CACHE_ALIGNMENT_SIZE     64
#define MEMORY_ALLOCATION_ALIGNMENT     16

typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;
typedef LONG_PTR SPFN_NUMBER, *PSPFN_NUMBER;

struct _KPROCESS;
struct _IRP;

typedef struct _MDL {
    struct _MDL *Next;
    CSHORT Size;
    CSHORT MdlFlags;
    USHORT AllocationProcessorNumber;
    USHORT Reserved;
    struct _KPROCESS *Process;
    PVOID MappedSystemVa;
    PVOID StartVa;
    ULONG ByteCount;
    ULONG ByteOffset;
} MDL, *PMDL, *PMDLX;

#define MDL_MAPPED_TO_SYSTEM_VA     0x0001
#define MDL_PAGES_LOCKED            0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004
#define MDL_ALLOCATED_FIXED_SIZE    0x0008
#define MDL_PARTIAL                 0x0010
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x0020
#define MDL_IO_PAGE_READ            0x0040
#define MDL_WRITE_OPERATION         0x0080
#define MDL_LOCKED_PAGE_TABLES      0x0100
#define MDL_PARENT_MAPPED_SYSTEM_VA MDL_LOCKED_PAGE_TABLES
#define MDL_FREE_EXTRA_PTES         0x0200
#define MDL_DESCRIBES_AWE           0x0400
#define MDL_IO_SPACE                0x0800
#define MDL_NETWORK_HEADER          0x1000
#define MDL_MAPPING_CAN_FAIL        0x2000
#define MDL_PAGE_CONTENTS_INVARIANT 0x4000
#define MDL_ALLOCATED_MUST_SUCCEED  MDL_PAGE_CONTENTS_INVARIANT
#define MDL_INTERNAL                0x8000
#define MDL_MAPPING_FLAGS                                                       \
    (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | \
     MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_PARENT_MAPPED_SYSTEM_VA | MDL_IO_SPACE)

typedef enum _LOCK_OPERATION { IoReadAccess, IoWriteAccess, IoModifyAccess } LOCK_OPERATION;

typedef enum _MEMORY_CACHING_TYPE_ORIG { MmFrameBufferCached = 2 } MEMORY_CACHING_TYPE_ORIG;
typedef enum _MEMORY_CACHING_TYPE {
    MmNonCached = FALSE,
    MmCached = TRUE,
    MmWriteCombined = MmFrameBufferCached,
    MmHardwareCoherentCached,
    MmNonCachedUnordered,
    MmUSWCCached,
    MmMaximumCacheType,
    MmNotMapped = -1
} MEMORY_CACHING_TYPE;

typedef enum _MM_PAGE_PRIORITY {
    LowPagePriority,
    NormalPagePriority = 16,
    HighPagePriority = 32
} MM_PAGE_PRIORITY;
#define MdlMappingNoWrite   0x80000000
#define MdlMappingNoExecute 0x40000000

typedef enum _MM_SYSTEM_SIZE { MmSmallSystem, MmMediumSystem, MmLargeSystem } MM_SYSTEMSIZE;

#define PAGE_NOACCESS                         0x01
#define PAGE_READONLY                         0x02
#define PAGE_READWRITE                        0x04
#define PAGE_WRITECOPY                        0x08
#define PAGE_EXECUTE                          0x10
#define PAGE_EXECUTE_READ                     0x20
#define PAGE_EXECUTE_READWRITE                0x40
#define PAGE_GUARD                            0x100
#define PAGE_NOCACHE                          0x200
#define PAGE_WRITECOMBINE                     0x400
#define MM_DONT_ZERO_ALLOCATION               0x00000001
#define MM_ALLOCATE_FROM_LOCAL_NODE_ONLY      0x00000002
#define MM_ALLOCATE_FULLY_REQUIRED            0x00000004
#define MM_ALLOCATE_NO_WAIT                   0x00000008
#define MM_ALLOCATE_PREFER_CONTIGUOUS         0x00000010
#define MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS 0x00000020

/* IoAllocateMdl, IoFreeMdl, IoBuildPartialMdl: describe a buffer.
 *   Irp      not NULL: becomes its MdlAddress, or with SecondaryBuffer the end of its chain
 *   Returns  the MDL or NULL; IoFreeMdl frees one, not a chain
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-ioallocatemdl, -iofreemdl, -iobuildpartialmdl
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PMDL
    IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota,
                  struct _IRP *Irp);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID IoFreeMdl(PMDL Mdl);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length);

/* MmBuildMdlForNonPagedPool, MmProbeAndLockPages, MmUnlockPages, mapping.
 *   Returns  mapping: the system address or NULL
 *   IRQL     <= DISPATCH_LEVEL; locking pageable memory <= APC_LEVEL
 *   Source   wdm/nf-wdm-mmbuildmdlfornonpagedpool, -mmprobeandlockpages, -mmunlockpages,
 *            -mmmaplockedpagesspecifycache, -mmgetsystemaddressformdlsafe
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                        LOCK_OPERATION Operation);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID MmUnlockPages(PMDL MemoryDescriptorList);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                 MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                 ULONG BugCheckOnFailure, ULONG Priority);
NTKERNELAPI PVOID MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList);
/* MmAdvanceMdl: the MDL begins that many bytes later.
 *   Returns  STATUS_INVALID_PARAMETER_2: it is not that long
 *   IRQL     <= DISPATCH_LEVEL      Source   wdm/nf-wdm-mmadvancemdl
 */
NTKERNELAPI NTSTATUS MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes);
NTKERNELAPI NTSTATUS MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect);
NTKERNELAPI PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                       PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes);
NTKERNELAPI PMDL MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                         PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                         MEMORY_CACHING_TYPE CacheType, ULONG Flags);
NTKERNELAPI VOID MmFreePagesFromMdl(PMDL MemoryDescriptorList);
NTKERNELAPI SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length);

/* MmGetMdl*: fields of an MDL.   IRQL any   Source   wdm/nf-wdm-mmgetmdlbytecount */
#define MmGetMdlByteCount(_Mdl)      ((_Mdl)->ByteCount)
#define MmGetMdlByteOffset(_Mdl)     ((_Mdl)->ByteOffset)
#define MmGetMdlBaseVa(Mdl)          ((Mdl)->StartVa)
#define MmGetMdlVirtualAddress(_Mdl) ((PVOID)((PCHAR)((_Mdl)->StartVa) + (_Mdl)->ByteOffset))
#define MmGetMdlPfnArray(_Mdl)       ((PPFN_NUMBER)((_Mdl) + 1))

/* MmInitializeMdl: set up the header in the caller's memory (MmSizeOfMdl bytes). */
FORCEINLINE VOID MmInitializeMdl(PMDL MemoryDescriptorList, PVOID BaseVa, SIZE_T Length)
{
    MemoryDescriptorList->Next = NULL;
    MemoryDescriptorList->Size =
        (CSHORT)(sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(BaseVa, Length));
    MemoryDescriptorList->MdlFlags = 0;
    MemoryDescriptorList->StartVa = PAGE_ALIGN(BaseVa);
    MemoryDescriptorList->ByteOffset = BYTE_OFFSET(BaseVa);
    MemoryDescriptorList->ByteCount = (ULONG)Length;
}

/* MmPrepareMdlForReuse: give up the mapping of a partial MDL before it is built again. */
FORCEINLINE VOID MmPrepareMdlForReuse(PMDL Mdl)
{
    if ((Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0) {
        MmUnmapLockedPages(Mdl->MappedSystemVa, Mdl);
    }
}

/* MmGetSystemAddressForMdlSafe: the address in system space, mapped at the first call.
 *   Returns  the same address at each call; NULL if it cannot be mapped (MdlState if not built)
 *   IRQL     <= DISPATCH_LEVEL      Source   wdm/nf-wdm-mmgetsystemaddressformdlsafe
 */
FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(PMDL Mdl, ULONG Priority)
{
    if ((Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        return Mdl->MappedSystemVa;
    }
    return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
}
#define MmGetSystemAddressForMdl(MDL) MmGetSystemAddressForMdlSafe(MDL, HighPagePriority)

/* MmMapIoSpace(Ex), MmUnmapIoSpace: device registers in system space.
 *   Returns  the address, NULL if nothing is there or the size is 0
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-mmmapiospace, -mmmapiospaceex, -mmunmapiospace
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                 MEMORY_CACHING_TYPE CacheType);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes);
NTKERNELAPI PHYSICAL_ADDRESS MmGetPhysicalAddress(PVOID BaseAddress);

/* Contiguous and non-cached memory; queries.
 *   Returns  the memory or NULL      IRQL <= DISPATCH_LEVEL (MmAllocateContiguousMemory*)
 *   Source   wdm/nf-wdm-mmallocatecontiguousmemory, -mmgetsystemroutineaddress
 */
NTKERNELAPI PVOID MmAllocateContiguousMemory(SIZE_T NumberOfBytes,
                                             PHYSICAL_ADDRESS HighestAcceptableAddress);
NTKERNELAPI PVOID MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                                         PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                         PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                         PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                         MEMORY_CACHING_TYPE CacheType);
typedef ULONG NODE_REQUIREMENT;
#define MM_ANY_NODE_OK ((NODE_REQUIREMENT)0x80000000)
NTKERNELAPI PVOID MmAllocateContiguousMemorySpecifyCacheNode(
    SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
    PHYSICAL_ADDRESS HighestAcceptableAddress, PHYSICAL_ADDRESS BoundaryAddressMultiple,
    MEMORY_CACHING_TYPE CacheType, NODE_REQUIREMENT PreferredNode);
NTKERNELAPI PVOID MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes,
                                                 PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                 PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                 PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                 ULONG Protect, NODE_REQUIREMENT PreferredNode);
NTKERNELAPI VOID MmFreeContiguousMemory(PVOID BaseAddress);
NTKERNELAPI VOID MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                                    MEMORY_CACHING_TYPE CacheType);
NTKERNELAPI PVOID MmAllocateNonCachedMemory(SIZE_T NumberOfBytes);
NTKERNELAPI VOID MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes);
NTKERNELAPI MM_SYSTEMSIZE MmQuerySystemSize(VOID);
NTKERNELAPI PVOID MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName);

/* MmIsAddressValid: nothing faults if the byte is read now.
 *   IRQL     <= DISPATCH_LEVEL      Source   ntddk/nf-ntddk-mmisaddressvalid
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI BOOLEAN MmIsAddressValid(PVOID VirtualAddress);

/* Addresses that are reserved now, to map an MDL to later without failing.
 *   Returns  MmAllocateMappingAddress: the first address or NULL; mapping: the address of the MDL's
 *            buffer, NULL if the reservation has too few pages. Another tag, an MDL too many, freeing
 *            while mapped: MdlState
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdm/nf-wdm-mmallocatemappingaddress, -mmfreemappingaddress,
 *            -mmmaplockedpageswithreservedmapping, -mmunmapreservedmapping
 *   Differs  the buffer is mapped where it lies: the address is none of the reserved ones
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmMapLockedPagesWithReservedMapping(PVOID MappingAddress, ULONG PoolTag, PMDL Mdl,
                                        MEMORY_CACHING_TYPE CacheType);
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI VOID
    MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL Mdl);

/* Pageable parts of a driver. Nothing is paged out here; the pairs are checked.
 *   Returns  MmLockPagableDataSection: a handle for the others; MmPageEntireDriver: where the driver
 *            was loaded, NULL: the address is in no driver
 *   IRQL     <= APC_LEVEL
 *   Source   wdm/nf-wdm-mmlockpagabledatasection, -mmlockpagablesectionbyhandle (ntddk),
 *            -mmunlockpagableimagesection, -mmpageentiredriver, -mmresetdriverpaging
 */
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI PVOID
    MmLockPagableDataSection(PVOID AddressWithinSection);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    MmLockPagableSectionByHandle(PVOID ImageSectionHandle);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID
    MmUnlockPagableImageSection(PVOID ImageSectionHandle);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI PVOID MmPageEntireDriver(PVOID AddressWithinSection);
_IRQL_requires_max_(APC_LEVEL) NTKERNELAPI VOID MmResetDriverPaging(PVOID AddressWithinSection);
#define MmLockPagableCodeSection(Address) MmLockPagableDataSection(Address)

/* ProbeForRead, ProbeForWrite: memory that an application named. Raise what is wrong with it.
 *   IRQL     <= APC_LEVEL      Source   wdm/nf-wdm-probeforread, -probeforwrite
 */
NTKERNELAPI VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment);
NTKERNELAPI VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment);

/* MmMapMdl: call the routine with the address where the MDL is mapped; it is unmapped again unless it was before.
 *   Returns  STATUS_SUCCESS: it was called; STATUS_INSUFFICIENT_RESOURCES: it cannot be mapped
 *   IRQL     <= DISPATCH_LEVEL      Source   wdm/nf-wdm-mmmapmdl
 */
typedef VOID NTAPI MM_MDL_ROUTINE(PVOID DriverContext, PVOID MappedVa);
typedef MM_MDL_ROUTINE *PMM_MDL_ROUTINE;
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI NTSTATUS
    MmMapMdl(PMDL MemoryDescriptorList, ULONG Protection, PMM_MDL_ROUTINE DriverRoutine,
             PVOID DriverContext);

/* MmAllocateMappingAddressEx, MmAllocateNodePagesForMdlEx: as without Ex, and as MmAllocatePagesForMdlEx: a machine
 * has one node.
 *   Flags, IdealNode  looked at by nobody; MmAllocateNodePagesForMdlEx: as MmAllocatePagesForMdlEx
 *   IRQL     <= DISPATCH_LEVEL (pages: <= APC_LEVEL)
 *   Source   wdm/nf-wdm-mmallocatemappingaddressex, -mmallocatenodepagesformdlex
 */
_IRQL_requires_max_(DISPATCH_LEVEL) NTKERNELAPI PVOID
    MmAllocateMappingAddressEx(SIZE_T NumberOfBytes, ULONG PoolTag, ULONG Flags);
NTKERNELAPI PMDL MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
                                             PHYSICAL_ADDRESS HighAddress,
                                             PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                             MEMORY_CACHING_TYPE CacheType, ULONG IdealNode,
                                             ULONG Flags);

/* KeFlushIoBuffers: nothing to do, memory is coherent as it is on x64. */
#define KeFlushIoBuffers(Mdl, ReadOperation, DmaOperation) \
    ((void)(Mdl), (void)(ReadOperation), (void)(DmaOperation))

#ifdef __cplusplus
}
#endif
