/* test_mm_virtual.c - memory by pages, and the call stack. */
#include <ntifs.h>

#include <wdfcore/testing.h>

#include <string.h>

#define REGION 0x10000

static NTSTATUS allocate(PVOID *base, SIZE_T *size, ULONG type, ULONG protect)
{
    return ZwAllocateVirtualMemory(ZwCurrentProcess(), base, 0, size, type, protect);
}

static NTSTATUS release(PVOID *base, SIZE_T *size, ULONG type)
{
    return ZwFreeVirtualMemory(ZwCurrentProcess(), base, size, type);
}

static void memory_is_reserved_and_committed_page_by_page(void **state)
{
    PVOID base = NULL, page;
    SIZE_T size = REGION + 1, one = 1;

    assert_int_equal(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    assert_int_equal((ULONG_PTR)base % REGION, 0);
    assert_int_equal(size, REGION + PAGE_SIZE);
    assert_false(MmIsAddressValid(base));
    page = (PUCHAR)base + PAGE_SIZE + 5;
    assert_int_equal(allocate(&page, &one, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
    assert_ptr_equal(page, (PUCHAR)base + PAGE_SIZE);
    assert_int_equal(one, PAGE_SIZE);
    assert_int_equal(*(PUCHAR)page, 0);
    memset(page, 7, PAGE_SIZE);
    assert_false(MmIsAddressValid((PUCHAR)base + 2 * PAGE_SIZE));
    assert_int_equal(release(&page, &one, MEM_DECOMMIT), STATUS_SUCCESS);
    assert_false(MmIsAddressValid(page));
    assert_int_equal(allocate(&page, &one, MEM_COMMIT, PAGE_READONLY), STATUS_SUCCESS);
    assert_int_equal(*(PUCHAR)page, 0); /* its contents are gone */
    size = 0;
    assert_int_equal(release(&page, &size, MEM_RELEASE), STATUS_FREE_VM_NOT_AT_BASE);
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
    assert_int_equal(size, REGION + PAGE_SIZE);
    size = 0;
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
    assert_int_equal(allocate(&page, &one, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES); /* not reserved any more */
}

static void both_at_once_and_at_an_address(void **state)
{
    PVOID base = NULL, again;
    SIZE_T size = PAGE_SIZE;

    assert_int_equal(allocate(&base, &size, MEM_COMMIT, PAGE_READWRITE), STATUS_SUCCESS);
    *(volatile UCHAR *)base = 1;
    again = base;
    assert_int_equal(allocate(&again, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    size = 0;
    assert_int_equal(release(&base, &size, MEM_DECOMMIT), STATUS_SUCCESS); /* all of it */
    assert_int_equal(size, PAGE_SIZE);
    size = 0;
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
    size = PAGE_SIZE;
    assert_int_equal(allocate(&again, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_ptr_equal(again, base);
    /* the machine's end gives it back */
}

static void what_cannot_be_is_refused(void **state)
{
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE, none = 0;

    assert_int_equal(allocate(&base, &none, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_4);
    assert_int_equal(allocate(&base, &size, 0, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(allocate(&base, &size, MEM_RESET, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(allocate(&base, &size, MEM_RESERVE, 3), STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(
        ZwAllocateVirtualMemory((HANDLE)4, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE),
        STATUS_INVALID_HANDLE);
    assert_int_equal(release(&base, &size, 1), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
    assert_null(base);
}

static __attribute__((noinline)) void looks(PVOID *frames, PUSHORT count, PVOID *caller)
{
    PVOID callers_caller;

    *count = RtlCaptureStackBackTrace(0, 8, frames, NULL);
    RtlGetCallersAddress(caller, &callers_caller);
    __asm__ volatile("");
}

static void the_stack_is_seen_from_the_caller_on(void **state)
{
    PVOID frames[8] = {NULL}, skipped[8] = {NULL}, walked[8] = {NULL}, caller = NULL;
    ULONG_PTR here = (ULONG_PTR)the_stack_is_seen_from_the_caller_on;
    ULONG hash = 0;
    USHORT count = 0;

    looks(frames, &count, &caller);
    assert_true(count >= 3);
    assert_true((ULONG_PTR)frames[0] - (ULONG_PTR)looks < 0x400);
    assert_true((ULONG_PTR)frames[1] - here < 0x1000); /* it was called from here */
    assert_ptr_equal(caller, frames[1]);
    assert_int_equal(RtlCaptureStackBackTrace(1, 2, skipped, &hash), 2);
    assert_int_equal(hash, (ULONG)((ULONG_PTR)skipped[0] + (ULONG_PTR)skipped[1]));
    assert_ptr_equal(skipped[0], frames[2]);
    assert_null(skipped[2]);
    assert_int_equal(RtlWalkFrameChain(walked, 2, 0), 2);
    assert_ptr_equal(walked[1], frames[2]);
    assert_int_equal(RtlCaptureStackBackTrace(1000, 8, skipped, NULL), 0);
}

static void large_integers_and_luids(void **state)
{
    LARGE_INTEGER five = {.QuadPart = 5}, minus = {.QuadPart = -8};
    LUID one = RtlConvertLongToLuid(-1), two = RtlConvertUlongToLuid(0xffffffff);

    assert_int_equal(RtlLargeIntegerSubtract(five, minus).QuadPart, 13);
    assert_int_equal(RtlLargeIntegerNegate(five).QuadPart, -5);
    assert_int_equal(RtlEnlargedIntegerMultiply(-3, 0x7fffffff).QuadPart, -3LL * 0x7fffffff);
    assert_int_equal(RtlEnlargedUnsignedMultiply(0xffffffff, 2).QuadPart, 0x1fffffffeLL);
    assert_int_equal(RtlLargeIntegerArithmeticShift(minus, 1).QuadPart, -4);
    assert_int_equal(RtlLargeIntegerShiftRight(minus, 60).QuadPart, 15);
    assert_int_equal(RtlLargeIntegerShiftLeft(five, 1).QuadPart, 10);
    assert_true(RtlLargeIntegerLessThanZero(minus));
    assert_true(RtlLargeIntegerGreaterThan(five, minus));
    assert_false(RtlEqualLuid(&one, &two));
    assert_int_equal(one.HighPart, -1);
    two.HighPart = -1;
    assert_true(RtlEqualLuid(&one, &two));
    RtlPrefetchMemoryNonTemporal(&five, sizeof(five));
}

static void arguments_are_looked_at_in_their_order(void **state)
{
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;
    PVOID high = (PUCHAR)MmHighestUserAddress + 1;

    assert_int_equal(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 22, &size, MEM_RESERVE, PAGE_READWRITE),
        STATUS_INVALID_PARAMETER_3);
    assert_int_equal(allocate(&high, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_2);
    size = (SIZE_T)1 << 60;
    assert_int_equal(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_4);
    size = 3 * PAGE_SIZE;
    assert_int_equal(allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    size = PAGE_SIZE;
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_UNABLE_TO_FREE_VM); /* a part */
    size = 2 * PAGE_SIZE + 1;
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_SUCCESS); /* all of it */
    assert_int_equal(size, 3 * PAGE_SIZE);
}

static void what_is_secured_stays(void **state)
{
    PVOID base = NULL, page;
    SIZE_T size = 2 * PAGE_SIZE, none = 0, one = PAGE_SIZE;
    HANDLE secured;

    assert_int_equal(allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_null(MmSecureVirtualMemory(base, PAGE_SIZE, PAGE_NOACCESS));
    assert_null(MmSecureVirtualMemory(base, 0, PAGE_READWRITE));
    assert_null(MmSecureVirtualMemory((PVOID)0x10, 1, PAGE_READWRITE));
    secured = MmSecureVirtualMemory((PUCHAR)base + 10, 10, PAGE_READWRITE);
    assert_non_null(secured);
    assert_int_equal(release(&base, &none, MEM_RELEASE), STATUS_INVALID_PAGE_PROTECTION);
    page = base;
    assert_int_equal(release(&page, &one, MEM_DECOMMIT), STATUS_INVALID_PAGE_PROTECTION);
    page = (PUCHAR)base + PAGE_SIZE;
    assert_int_equal(release(&page, &one, MEM_DECOMMIT), STATUS_SUCCESS); /* another page */
    MmUnsecureVirtualMemory(secured);
    assert_int_equal(release(&base, &none, MEM_RELEASE), STATUS_SUCCESS);
    wc_expect_violation("ObjectNotInitialized");
    MmUnsecureVirtualMemory(secured);
}

static void memory_is_copied_as_far_as_it_goes(void **state)
{
    PVOID base = NULL, page;
    SIZE_T size = 3 * PAGE_SIZE, one = PAGE_SIZE, done = 99;
    MM_COPY_ADDRESS from;
    static UCHAR target[3 * PAGE_SIZE];
    PHYSICAL_ADDRESS highest = {.QuadPart = -1};
    PUCHAR contiguous;

    assert_int_equal(allocate(&base, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    memset(base, 5, size);
    page = (PUCHAR)base + PAGE_SIZE;
    assert_int_equal(release(&page, &one, MEM_DECOMMIT), STATUS_SUCCESS);
    from.VirtualAddress = (PUCHAR)base + 100;
    assert_int_equal(MmCopyMemory(target, from, 3000, MM_COPY_MEMORY_VIRTUAL, &done),
                     STATUS_SUCCESS);
    assert_int_equal(done, 3000);
    assert_int_equal(target[2999], 5);
    assert_int_equal(target[3000], 0);
    assert_int_equal(MmCopyMemory(target, from, PAGE_SIZE, MM_COPY_MEMORY_VIRTUAL, &done),
                     STATUS_INVALID_ADDRESS);
    assert_int_equal(done, PAGE_SIZE - 100);
    assert_int_equal(MmCopyMemory(target, from, 1, 3, &done), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(done, 0);
    assert_int_equal(MmCopyMemory(target, from, 1, 0, &done), STATUS_INVALID_PARAMETER_4);
    contiguous = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    memset(contiguous, 9, PAGE_SIZE);
    from.PhysicalAddress = MmGetPhysicalAddress(contiguous + 16);
    assert_int_equal(MmCopyMemory(target, from, 16, MM_COPY_MEMORY_PHYSICAL, &done),
                     STATUS_SUCCESS);
    assert_int_equal(target[15], 9);
    MmFreeContiguousMemory(contiguous);
    assert_int_equal(MmCopyMemory(target, from, 16, MM_COPY_MEMORY_PHYSICAL, &done),
                     STATUS_INVALID_ADDRESS);
    size = 0;
    assert_int_equal(release(&base, &size, MEM_RELEASE), STATUS_SUCCESS);
    assert_false(MmIsThisAnNtAsSystem());
}

static ULONG calls;

static VOID mdl_routine(PVOID context, PVOID address)
{
    assert_ptr_equal(((PMDL)context)->MappedSystemVa, address);
    calls++;
}

static void an_mdl_is_mapped_for_a_routine(void **state)
{
    PVOID block = ExAllocatePool2(POOL_FLAG_PAGED, 100, 'tset');
    PMDL mdl = IoAllocateMdl(block, 100, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    assert_int_equal(MmMapMdl(mdl, PAGE_READONLY, mdl_routine, mdl), STATUS_SUCCESS);
    assert_int_equal(calls, 1);
    assert_false(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA); /* no longer */
    assert_non_null(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));
    assert_int_equal(MmMapMdl(mdl, PAGE_READONLY, mdl_routine, mdl), STATUS_SUCCESS);
    assert_true(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA); /* as it was */
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'tset');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(memory_is_reserved_and_committed_page_by_page),
        wc_unit_test(both_at_once_and_at_an_address),
        wc_unit_test(what_cannot_be_is_refused),
        wc_unit_test(the_stack_is_seen_from_the_caller_on),
        wc_unit_test(large_integers_and_luids),
        wc_unit_test(arguments_are_looked_at_in_their_order),
        wc_unit_test(what_is_secured_stays),
        wc_unit_test(memory_is_copied_as_far_as_it_goes),
        wc_unit_test(an_mdl_is_mapped_for_a_routine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
