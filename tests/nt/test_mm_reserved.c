/* test_mm_reserved.c - reserved mappings, pageable sections, addresses that are valid, and what is left
 * of the stack.
 */
#include "nt_driver.h"
#include "nt_thread.h"

#include <sys/mman.h>

#define TAG 'gatR'

static PMDL locked_mdl(PVOID buffer, ULONG length)
{
    PMDL mdl = IoAllocateMdl(buffer, length, FALSE, FALSE, NULL);

    assert_non_null(mdl);
    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    return mdl;
}

static void free_mdl(PMDL mdl)
{
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
}

static void a_reservation_maps_one_mdl_at_a_time(void **state)
{
    static UCHAR buffer[2 * PAGE_SIZE];
    PVOID space = MmAllocateMappingAddress(2 * PAGE_SIZE, TAG);
    PMDL mdl = locked_mdl(buffer, 100);
    PMDL other = locked_mdl(buffer + 200, 100);
    UCHAR *mapped;

    assert_non_null(space);
    assert_int_equal((ULONG_PTR)space % PAGE_SIZE, 0);
    mapped = MmMapLockedPagesWithReservedMapping(space, TAG, mdl, MmCached);
    assert_non_null(mapped);
    assert_ptr_equal(mapped, mdl->MappedSystemVa);
    assert_true((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0);
    mapped[7] = 3;
    assert_int_equal(buffer[7], 3);
    wc_expect_violation("MdlState");
    assert_null(MmMapLockedPagesWithReservedMapping(space, TAG, other, MmCached));
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xDA (0x107"));
    wc_expect_violation("MdlState");
    MmFreeMappingAddress(space, TAG);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xDA (0x103"));
    wc_expect_violation("MdlState");
    MmUnmapReservedMapping(mapped, TAG + 1, mdl);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0xDA (0x108"));
    MmUnmapReservedMapping(mapped, TAG, mdl);
    assert_int_equal(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA, 0);
    mapped = MmMapLockedPagesWithReservedMapping(space, TAG, other, MmCached);
    assert_non_null(mapped);
    MmUnmapReservedMapping(mapped, TAG, other);
    MmFreeMappingAddress(space, TAG);
    free_mdl(mdl);
    free_mdl(other);
}

static void a_reservation_has_an_owner_and_a_size(void **state)
{
    static UCHAR buffer[2 * PAGE_SIZE];
    PVOID space = MmAllocateMappingAddress(1, TAG);
    PMDL mdl = locked_mdl(buffer, 2 * PAGE_SIZE);

    assert_null(MmMapLockedPagesWithReservedMapping(space, TAG, mdl, MmCached)); /* two pages */
    wc_expect_violation("MdlState");
    assert_null(MmMapLockedPagesWithReservedMapping(space, TAG + 1, mdl, MmCached));
    assert_non_null(strstr(wc_last_report(), "(0x104"));
    wc_expect_violation("MdlState");
    assert_null(MmMapLockedPagesWithReservedMapping(buffer, TAG, mdl, MmCached));
    assert_non_null(strstr(wc_last_report(), "(0x105"));
    wc_expect_violation("MdlState");
    MmFreeMappingAddress(space, TAG + 1);
    assert_non_null(strstr(wc_last_report(), "(0x101"));
    MmFreeMappingAddress(space, TAG);
    wc_expect_violation("MdlState");
    MmFreeMappingAddress(space, TAG);
    assert_non_null(strstr(wc_last_report(), "(0x102"));
    wc_expect_violation("BadParameter");
    assert_null(MmAllocateMappingAddress(0, TAG));
    free_mdl(mdl);
}

static void sections_are_locked_in_pairs(void **state)
{
    static int data;
    PVOID handle = MmLockPagableDataSection(&data);

    assert_non_null(handle);
    assert_ptr_equal(MmLockPagableCodeSection((PVOID)(ULONG_PTR)sections_are_locked_in_pairs),
                     handle); /* one module is one section */
    MmLockPagableSectionByHandle(handle);
    MmUnlockPagableImageSection(handle);
    MmUnlockPagableImageSection(handle);
    MmUnlockPagableImageSection(handle);
    wc_expect_violation("BadParameter");
    MmUnlockPagableImageSection(handle);
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x1A (0x1010"));
    wc_expect_violation("BadParameter");
    assert_null(MmLockPagableDataSection((PVOID)16));
    assert_non_null(strstr(wc_last_report(), "bugcheck 0x1A (0x1234"));
    assert_non_null(MmPageEntireDriver(&data));
    assert_ptr_equal(MmPageEntireDriver(&data),
                     MmPageEntireDriver((PVOID)(ULONG_PTR)sections_are_locked_in_pairs));
    assert_null(MmPageEntireDriver((PVOID)16));
    MmResetDriverPaging(&data);
}

static void an_address_is_valid_if_it_can_be_read(void **state)
{
    int local;
    UCHAR *pages = mmap(NULL, 2 * PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    KIRQL old;

    assert_true(pages != MAP_FAILED);
    mprotect(pages + PAGE_SIZE, PAGE_SIZE, PROT_NONE);
    assert_true(MmIsAddressValid(&local));
    assert_true(MmIsAddressValid(pages + PAGE_SIZE - 1));
    assert_false(MmIsAddressValid(pages + PAGE_SIZE));
    assert_false(MmIsAddressValid(NULL));
    assert_false(MmIsAddressValid((PVOID)0xffff800000000000));
    munmap(pages, 2 * PAGE_SIZE);
    assert_false(MmIsAddressValid(pages));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    assert_true(MmIsAddressValid(&local));
    KeLowerIrql(old);
}

static void non_cached_memory_has_whole_pages(void **state)
{
    UCHAR *memory = MmAllocateNonCachedMemory(PAGE_SIZE + 1);

    assert_non_null(memory);
    assert_int_equal((ULONG_PTR)memory % PAGE_SIZE, 0);
    memset(memory, 1, 2 * PAGE_SIZE);
    MmFreeNonCachedMemory(memory, PAGE_SIZE + 1);
    assert_null(MmAllocateNonCachedMemory(0));
}

static __attribute__((noinline)) ULONG_PTR deeper(void)
{
    volatile UCHAR room[4096];

    room[0] = room[4095] = 1;
    return IoGetRemainingStackSize() + (room[0] - room[4095]);
}

static void limits_of_the_stack(void **state)
{
    ULONG_PTR here = (ULONG_PTR)__builtin_frame_address(0);
    ULONG_PTR low, high;

    IoGetStackLimits(&low, &high);
    assert_true(low < here && here < high);
    assert_ptr_equal(IoGetInitialStack(), (PVOID)high);
    assert_true(IoGetRemainingStackSize() <= here - low);
    assert_true(IoGetRemainingStackSize() > (here - low) / 2); /* the body is not deep */
    assert_true(deeper() + 4096 <= IoGetRemainingStackSize());
    assert_true(IoWithinStackLimits(here, high - here));
    assert_false(IoWithinStackLimits(here, high - here + 1));
    assert_false(IoWithinStackLimits(low - 1, 1));
    assert_false(IoWithinStackLimits((ULONG_PTR)&limits_of_the_stack, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_reservation_maps_one_mdl_at_a_time),
        wc_unit_test(a_reservation_has_an_owner_and_a_size),
        wc_unit_test(sections_are_locked_in_pairs),
        wc_unit_test(an_address_is_valid_if_it_can_be_read),
        wc_unit_test(non_cached_memory_has_whole_pages),
        wc_unit_test(limits_of_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
