/* test_mm_mdl.c - memory descriptor lists. */
#include "nt_driver.h"

static UCHAR *buffer;

static int start(void **state)
{
    (void)state;
    buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, 'buff');
    return 0;
}

static int stop(void **state)
{
    (void)state;
    ExFreePool(buffer);
    return 0;
}

static void it_knows_length_and_offset(void **state) /* spec: MDL-01 */
{
    PMDL mdl = IoAllocateMdl(buffer + 100, PAGE_SIZE, FALSE, FALSE, NULL);

    (void)state;
    assert_int_equal(MmGetMdlByteCount(mdl), PAGE_SIZE);
    assert_int_equal(MmGetMdlByteOffset(mdl), 100);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), buffer + 100);
    assert_int_equal(MmSizeOfMdl(buffer + 100, PAGE_SIZE), sizeof(MDL) + 2 * sizeof(PFN_NUMBER));
    IoFreeMdl(mdl);
}

static void nonpaged_pool_is_where_it_is(void **state) /* spec: MDL-02 */
{
    PMDL mdl = IoAllocateMdl(buffer + 5, 50, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(mdl);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), buffer + 5);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), buffer + 5);
    wc_expect_violation("MdlState");
    MmUnlockPages(mdl);
    wc_expect_violation("MdlState");
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    assert_int_equal(wc_violations(NULL), 2);
    IoFreeMdl(mdl);
}

static void secondary_ones_form_a_chain(void **state) /* spec: MDL-03, MDL-06 */
{
    PIRP irp = nt_irp(1);
    PMDL first = IoAllocateMdl(buffer, 10, FALSE, FALSE, irp);
    PMDL second = IoAllocateMdl(buffer + 10, 10, TRUE, FALSE, irp);
    PMDL third = IoAllocateMdl(buffer + 20, 10, TRUE, FALSE, irp);

    (void)state;
    assert_ptr_equal(irp->MdlAddress, first);
    assert_ptr_equal(first->Next, second);
    assert_ptr_equal(second->Next, third);
    assert_null(third->Next);
    IoFreeIrp(irp);
    assert_int_equal(MmGetMdlByteCount(first), 10); /* still there */
    IoFreeMdl(first);
    IoFreeMdl(second);
    IoFreeMdl(third);
    assert_int_equal(wc_violations(NULL), 0);
}

static void a_partial_one_covers_the_rest(void **state) /* spec: MDL-04 */
{
    PMDL source = IoAllocateMdl(buffer, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    PMDL target = IoAllocateMdl(buffer, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    PMDL small = IoAllocateMdl(buffer, 10, FALSE, FALSE, NULL);

    (void)state;
    MmBuildMdlForNonPagedPool(source);
    IoBuildPartialMdl(source, target, buffer + 100, 0);
    assert_int_equal(MmGetMdlByteCount(target), 2 * PAGE_SIZE - 100);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(target, NormalPagePriority), buffer + 100);
    MmPrepareMdlForReuse(target);
    IoBuildPartialMdl(source, target, buffer + 200, 30);
    assert_int_equal(MmGetMdlByteCount(target), 30);
    assert_ptr_equal(MmGetMdlVirtualAddress(target), buffer + 200);
    wc_expect_violation("MdlRange");
    IoBuildPartialMdl(source, target, buffer + 2 * PAGE_SIZE - 5, 10);
    wc_expect_violation("MdlRange");
    IoBuildPartialMdl(source, small, buffer, 0);
    assert_int_equal(wc_violations(NULL), 2);
    IoFreeMdl(small);
    IoFreeMdl(target);
    IoFreeMdl(source);
}

static void unlocking_unmaps(void **state) /* spec: MDL-05 */
{
    PMDL mdl = IoAllocateMdl(buffer, 100, FALSE, FALSE, NULL);

    (void)state;
    wc_expect_violation("MdlState");
    assert_null(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority)); /* not locked */
    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority), buffer);
    assert_true((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0);
    wc_expect_violation("MdlState");
    MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
    wc_expect_violation("MdlState");
    IoFreeMdl(mdl); /* refused: locked */
    MmUnlockPages(mdl);
    assert_int_equal(mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED), 0);
    wc_expect_violation("MdlState");
    MmUnlockPages(mdl);
    assert_int_equal(wc_violations(NULL), 4);
    IoFreeMdl(mdl);
}

static void pages_of_their_own(void **state)
{
    PHYSICAL_ADDRESS low = {0};
    PHYSICAL_ADDRESS high = {.QuadPart = -1};
    PMDL mdl = MmAllocatePagesForMdl(low, high, low, PAGE_SIZE + 1);
    UCHAR *pages = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

    (void)state;
    assert_int_equal(MmGetMdlByteCount(mdl), 2 * PAGE_SIZE);
    assert_int_equal(pages[2 * PAGE_SIZE - 1], 0);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_knows_length_and_offset),
        TEST(nonpaged_pool_is_where_it_is),
        TEST(secondary_ones_form_a_chain),
        TEST(a_partial_one_covers_the_rest),
        TEST(unlocking_unmaps),
        TEST(pages_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
