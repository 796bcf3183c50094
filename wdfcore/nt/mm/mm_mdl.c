/* mm_mdl.c - memory descriptor lists. All memory of a machine is resident and mapped, so that
 * locking and mapping change an MDL's state and nothing else; the state is what is checked.
 *
 *   state (MdlFlags)           Build      Lock       Unlock     Map        Unmap      Free
 *   none                       POOL       LOCKED     !          !          !          gone
 *   POOL (nonpaged source)     POOL       !          !          POOL       !          gone
 *   LOCKED                     !          !          none       MAPPED     !          !
 *   LOCKED, MAPPED             !          !          none       same       LOCKED     !
 *   PARTIAL                    !          !          !          MAPPED     PARTIAL    gone
 */
#include "nt/mm/mm_mdl.h"

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/ex/ex_try.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"

#define MM_MDL_SIZE_MAX \
    0x7ff8u /* Size has 15 bits; a longer MDL says this and is as long as needed */
#define MM_MDL_LENGTH_MAX (UINT32_MAX - PAGE_SIZE)

static bool mm_mdl_wrong(PMDL mdl, uint32_t code, const char *what)
{
    ke_violation(RULE_MdlState, 0xC4, code, (uintptr_t)mdl, (USHORT)mdl->MdlFlags, 0, "%s", what);
    return false;
}

/* Size says how much memory the MDL has: what was never an MDL says something else. */
BOOLEAN mm_mdl_check(const MDL *mdl, const char *api)
{
    return (!ke_address_is_bad(mdl) && mdl->Size >= (CSHORT)sizeof(MDL) &&
            mdl->Size % (CSHORT)sizeof(PFN_NUMBER) == 0) ||
           ke_check_refuse(RULE_MdlState, mdl, "an MDL", api);
}

static PVOID mm_mdl_address(const MDL *mdl)
{
    return (char *)mdl->StartVa + mdl->ByteOffset;
}

SIZE_T MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    if (!API_QUIET(HIGH_LEVEL)) {
        return 0;
    }
    return sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(Base, Length);
}

/* The page frames are the addresses' own: a machine's memory is where the process has it. */
static void mm_mdl_fill_frames(PMDL mdl)
{
    PPFN_NUMBER frame = MmGetMdlPfnArray(mdl);
    ULONG count = ADDRESS_AND_SIZE_TO_SPAN_PAGES(mm_mdl_address(mdl), mdl->ByteCount);

    for (ULONG i = 0; i < count; i++) {
        frame[i] = ((ULONG_PTR)mdl->StartVa >> PAGE_SHIFT) + i;
    }
}

static void mm_mdl_append(PIRP irp, PMDL mdl)
{
    PMDL last = irp->MdlAddress;

    if (last == NULL) {
        irp->MdlAddress = mdl;
        return;
    }
    while (last->Next != NULL) {
        last = last->Next;
    }
    last->Next = mdl;
}

PMDL mm_mdl_create(PVOID address, ULONG length, const void *caller)
{
    size_t size =
        sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, length);
    PMDL mdl = ex_pool_allocate(size, ' ldM', false, true, caller);

    if (mdl != NULL) {
        mdl->Size = (CSHORT)(size < MM_MDL_SIZE_MAX ? size : MM_MDL_SIZE_MAX);
        mdl->StartVa = PAGE_ALIGN(address);
        mdl->ByteOffset = BYTE_OFFSET(address);
        mdl->ByteCount = length;
        mdl->MdlFlags = MDL_ALLOCATED_FIXED_SIZE;
    }
    return mdl;
}

void mm_mdl_lock(PMDL mdl, LOCK_OPERATION operation)
{
    mm_mdl_fill_frames(mdl);
    mdl->MdlFlags |= MDL_PAGES_LOCKED | (operation != IoReadAccess ? MDL_WRITE_OPERATION : 0);
}

void mm_mdl_release_chain(PMDL mdl)
{
    while (mdl != NULL) {
        PMDL next = mdl->Next;

        ex_pool_release(mdl);
        mdl = next;
    }
}

PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota,
                   PIRP Irp)
{
    PMDL mdl = NULL;

    if (!API(DISPATCH_LEVEL) || Length > MM_MDL_LENGTH_MAX ||
        (Irp != NULL && !io_irp_check(Irp, __func__))) {
        return NULL;
    }
    mdl = mm_mdl_create(VirtualAddress, Length, KE_CALLER());
    if (mdl == NULL || Irp == NULL) {
        return mdl;
    }
    if (SecondaryBuffer) {
        mm_mdl_append(Irp, mdl);
    } else {
        Irp->MdlAddress = mdl;
    }
    return mdl;
}

VOID IoFreeMdl(PMDL Mdl)
{
    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(Mdl, __func__)) {
        return;
    }
    if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
        mm_mdl_wrong(Mdl, 0xB8, "IoFreeMdl of an MDL whose pages are still locked");
        return;
    }
    ex_pool_release(Mdl);
}

VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return;
    }
    if ((mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_MAPPED_TO_SYSTEM_VA)) != 0) {
        mm_mdl_wrong(mdl, 0x7F, "MmBuildMdlForNonPagedPool of an MDL that is locked or partial");
        return;
    }
    mm_mdl_fill_frames(mdl);
    mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
    mdl->MappedSystemVa = mm_mdl_address(mdl);
}

VOID MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                         LOCK_OPERATION Operation)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return;
    }
    if ((mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL)) != 0) {
        mm_mdl_wrong(mdl, 0xB0,
                     "MmProbeAndLockPages of an MDL that is locked, partial or describes pool");
        return;
    }
    if (mdl->StartVa == NULL && mdl->ByteCount != 0) {
        ExRaiseStatus(STATUS_ACCESS_VIOLATION); /* the page at 0 is nobody's */
    }
    if (mdl->ByteCount != 0) {
        ex_probe_pages(mm_mdl_address(mdl), mdl->ByteCount, Operation != IoReadAccess);
    }
    mm_mdl_lock(mdl, Operation);
}

VOID MmUnlockPages(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return;
    }
    if ((mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) != 0) {
        mm_mdl_wrong(mdl, 0x7D, "MmUnlockPages of an MDL that describes nonpaged pool");
    } else if ((mdl->MdlFlags & MDL_PARTIAL) != 0) {
        mm_mdl_wrong(mdl, 0xB4, "MmUnlockPages of a partial MDL");
    } else if ((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0) {
        mm_mdl_wrong(mdl, 0x7C, "MmUnlockPages of an MDL that is not locked");
    } else {
        mdl->MdlFlags &=
            (CSHORT) ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA | MDL_WRITE_OPERATION);
        mdl->MappedSystemVa = NULL;
    }
}

PVOID MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                   MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                   ULONG BugCheckOnFailure, ULONG Priority)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return NULL;
    }
    if ((mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL)) == 0) {
        mm_mdl_wrong(mdl, 0x7C,
                     "an MDL is mapped whose pages are neither locked nor nonpaged pool");
        return NULL;
    }
    if ((mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL) == 0) {
        mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
        if ((mdl->MdlFlags & MDL_PARTIAL) != 0) {
            mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
        }
    }
    mdl->MappedSystemVa = mm_mdl_address(mdl);
    return mdl->MappedSystemVa;
}

PVOID MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, NULL, TRUE,
                                        HighPagePriority);
}

VOID MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) == 0 || BaseAddress != mdl->MappedSystemVa) {
        mm_mdl_wrong(mdl, 0x7D, "MmUnmapLockedPages of what this MDL does not map");
        return;
    }
    mdl->MdlFlags &= (CSHORT) ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    mdl->MappedSystemVa = NULL;
}

static bool mm_mdl_check_partial(PMDL source, PMDL target, PVOID address, ULONG length)
{
    uintptr_t start = (uintptr_t)mm_mdl_address(source);
    uintptr_t offset = (uintptr_t)address - start;
    size_t size =
        sizeof(MDL) + sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, length);

    if ((uintptr_t)address < start || offset > source->ByteCount ||
        length > source->ByteCount - offset) {
        ke_violation(RULE_MdlRange, 0, (uintptr_t)source, (uintptr_t)address, length, 0,
                     "IoBuildPartialMdl for a range outside of the source MDL");
        return false;
    }
    if (size > (size_t)target->Size && target->Size < (CSHORT)MM_MDL_SIZE_MAX) {
        ke_violation(RULE_MdlRange, 0x40, (uintptr_t)target, size, (USHORT)target->Size, 0,
                     "IoBuildPartialMdl into an MDL that is too small");
        return false;
    }
    return true;
}

VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    PMDL target = TargetMdl;
    ULONG length = Length;
    CSHORT shared = MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE | MDL_IO_PAGE_READ;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(SourceMdl, __func__) ||
        !mm_mdl_check(TargetMdl, __func__)) {
        return;
    }
    if (length == 0) {
        length = SourceMdl->ByteCount -
                 (ULONG)((char *)VirtualAddress - (char *)mm_mdl_address(SourceMdl));
    }
    if (!mm_mdl_check_partial(SourceMdl, TargetMdl, VirtualAddress, length)) {
        return;
    }
    target->StartVa = PAGE_ALIGN(VirtualAddress);
    target->ByteOffset = BYTE_OFFSET(VirtualAddress);
    target->ByteCount = length;
    target->Process = SourceMdl->Process;
    target->MdlFlags = (CSHORT)((target->MdlFlags & MDL_ALLOCATED_FIXED_SIZE) |
                                (SourceMdl->MdlFlags & shared) | MDL_PARTIAL);
    target->MappedSystemVa = NULL;
    if ((SourceMdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        /* The source's mapping serves both. */
        target->MappedSystemVa = VirtualAddress;
        if ((SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0) {
            target->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;
        }
    }
    mm_mdl_fill_frames(target);
}

/* The frames of pages that the MDL no longer describes go, too. */
NTSTATUS MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    ULONG pages;

    if (!API(DISPATCH_LEVEL) || !mm_mdl_check(Mdl, __func__)) {
        return STATUS_INVALID_PARAMETER_1;
    }
    if (NumberOfBytes > Mdl->ByteCount) {
        return STATUS_INVALID_PARAMETER_2;
    }
    pages = (Mdl->ByteOffset + NumberOfBytes) >> PAGE_SHIFT;
    Mdl->StartVa = (char *)Mdl->StartVa + (SIZE_T)pages * PAGE_SIZE;
    Mdl->ByteOffset = BYTE_OFFSET(Mdl->ByteOffset + NumberOfBytes);
    Mdl->ByteCount -= NumberOfBytes;
    if (Mdl->MappedSystemVa != NULL) {
        Mdl->MappedSystemVa = mm_mdl_address(Mdl);
    }
    if ((Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL)) != 0) {
        mm_mdl_fill_frames(Mdl);
    }
    return STATUS_SUCCESS;
}

NTSTATUS MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_NOT_IMPLEMENTED;
}

/* Pages of their own behind an MDL: a block of pool that the MDL's frames describe. */
static PMDL mm_mdl_allocate_pages(SIZE_T bytes, bool zero, const void *caller)
{
    SIZE_T size = ROUND_TO_PAGES(bytes);
    void *pages = NULL;
    PMDL mdl = NULL;

    if (bytes == 0 || size > MM_MDL_LENGTH_MAX) {
        return NULL;
    }
    pages = ex_pool_allocate(size, 'gPmM', false, zero, caller);
    if (pages == NULL) {
        return NULL;
    }
    mdl = mm_mdl_create(pages, (ULONG)size, caller);
    if (mdl == NULL) {
        ex_pool_release(pages);
        return NULL;
    }
    mm_mdl_lock(mdl, IoModifyAccess);
    return mdl;
}

PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                           PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
    if (!API(APC_LEVEL)) {
        return NULL;
    }
    return mm_mdl_allocate_pages(TotalBytes, true, KE_CALLER());
}

PMDL MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                             PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                             MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
    if (!API(APC_LEVEL)) {
        return NULL;
    }
    return mm_mdl_allocate_pages(TotalBytes, (Flags & MM_DONT_ZERO_ALLOCATION) == 0, KE_CALLER());
}

VOID MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;

    if (!API(APC_LEVEL) || !mm_mdl_check(MemoryDescriptorList, __func__)) {
        return;
    }
    if ((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0) {
        mm_mdl_wrong(mdl, 0x7C, "MmFreePagesFromMdl of an MDL whose pages are gone");
        return;
    }
    ex_pool_release(mdl->StartVa);
    mdl->MdlFlags &= (CSHORT) ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
    mdl->MappedSystemVa = NULL; /* the MDL itself is freed by ExFreePool */
}
