/* test_ex_pool.c - pool memory. */
#include <ntddk.h>

#include <stdlib.h>
#include <string.h>

#include <wdfcore/testing.h>

#include "base/violation.h"
#include "nt/ex/ex_pool.h"
#include "nt/ke/ke_check.h"

#define TAG 'Fred'

#ifdef KE_ASAN
#define KEEPS_FREED_MEMORY false
#else
#define KEEPS_FREED_MEMORY true
#endif

static bool is_zero(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != 0) {
            return false;
        }
    }
    return true;
}

static void pool2_is_zeroed_unless_asked_not_to(void **state) /* spec: POOL-01 */
{
    unsigned char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 300, TAG);

    (void)state;
    assert_true(is_zero(block, 300));
    memset(block, 0xff, 300);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 300, TAG); /* likely the same memory */
    assert_true(is_zero(block, 300));
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 300, TAG);
    assert_false(is_zero(block, 300)); /* our pattern */
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolZero(NonPagedPool, 300, TAG);
    assert_true(is_zero(block, 300));
    ExFreePoolWithTag(block, TAG);
}

static void a_wrong_request_gives_null(void **state) /* spec: POOL-02 */
{
    (void)state;
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 0));
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | 0x1000, 16, TAG));
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED, 16, TAG));
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG));
    assert_int_equal(ex_pool_blocks(), 0);
}

/* ExAllocatePool3 takes the parameters it knows, and those that say they are optional. */
static void extended_parameters_are_judged(void **state)
{
    POOL_EXTENDED_PARAMETER parameters[2];
    unsigned char *block = ExAllocatePool3(POOL_FLAG_NON_PAGED, 300, TAG, NULL, 0);

    (void)state;
    memset(parameters, 0, sizeof(parameters));
    assert_true(is_zero(block, 300));
    ExFreePool2(block, TAG, NULL, 0);
    parameters[0].Type = PoolExtendedParameterPriority;
    parameters[0].Priority = HighPoolPriority;
    parameters[1].Type = PoolExtendedParameterMax;
    parameters[1].Optional = 1;
    block = ExAllocatePool3(POOL_FLAG_PAGED, 16, TAG, parameters, 2);
    assert_true(is_zero(block, 16));
    ExFreePool2(block, TAG, NULL, 0);
    parameters[1].Optional = 0;
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool3(POOL_FLAG_PAGED, 16, TAG, parameters, 2));
    parameters[0].Type = PoolExtendedParameterInvalidType;
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool3(POOL_FLAG_PAGED, 16, TAG, parameters, 1));
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool3(POOL_FLAG_NON_PAGED, 16, 0, NULL, 0));
    assert_int_equal(ex_pool_blocks(), 0);
}

static void optional_flags_are_ignored(void **state)
{
    void *block = ExAllocatePool2(POOL_FLAG_PAGED | POOL_FLAG_SPECIAL_POOL, 16, TAG);

    (void)state;
    assert_non_null(block);
    ExFreePool(block);
}

static void blocks_are_aligned_and_inside_a_page(void **state) /* spec: POOL-03 */
{
    static const size_t sizes[] = {1, 15, 16, 17, 100, 1000, 2047, 2048, 3000, 4080, 4095};
    static const size_t large[] = {4096, 4097, 8192, 100000};
    void *blocks[11];

    (void)state;
    for (size_t i = 0; i < 11; i++) {
        uintptr_t start =
            (uintptr_t)(blocks[i] = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizes[i], TAG));

        assert_int_equal(start % 16, 0);
        assert_int_equal(start / PAGE_SIZE, (start + sizes[i] - 1) / PAGE_SIZE);
    }
    for (size_t i = 0; i < 11; i++) {
        ExFreePool(blocks[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        void *block = ExAllocatePoolWithTag(NonPagedPoolNx, large[i], TAG);

        assert_int_equal((uintptr_t)block % PAGE_SIZE, 0);
        ExFreePool(block);
    }
}

static void the_irql_must_fit_the_pool(void **state) /* spec: POOL-04 */
{
    KIRQL old = PASSIVE_LEVEL;
    void *block = NULL;

    (void)state;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_PAGED, 16, TAG));
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePoolWithTag(PagedPool, 16, TAG));
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    assert_non_null(block);
    ExFreePool(block);
    KeLowerIrql(old);
    KeRaiseIrql(5, &old);
    wc_expect_violation("PoolBadRequest");
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG));
    KeLowerIrql(old);
    assert_non_null(strstr(base_violation_last_report(), "0xC4"));
}

static void a_protected_tag_must_match(void **state) /* spec: POOL-05 */
{
    void *block = ExAllocatePoolWithTag(NonPagedPool, 16, TAG | PROTECTED_POOL);

    (void)state;
    wc_expect_violation("PoolBadFree");
    ExFreePoolWithTag(block, 'gnor');
    assert_int_equal(ex_pool_blocks(), 1);
    assert_non_null(strstr(base_violation_last_report(), "derF")); /* as it lies in memory */
    wc_expect_violation("PoolBadFree");
    ExFreePoolWithTag(block, TAG);
    wc_expect_violation("PoolBadFree");
    ExFreePool(block);
    assert_int_equal(ex_pool_blocks(), 1);
    ExFreePoolWithTag(block, TAG | PROTECTED_POOL);
    assert_int_equal(ex_pool_blocks(), 0);
    assert_int_equal(wc_violations(NULL), 3);
}

static void another_tag_is_noted_and_frees(void **state) /* spec: POOL-05, POOL-06 */
{
    (void)state;
    ExFreePool(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG));
    assert_int_equal(wc_violations(NULL), 0);
    ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG), 'gnor');
    assert_int_equal(wc_violations("PoolTagMismatch"), 1); /* noted, and it goes on */
    assert_non_null(strstr(base_violation_last_report(), "with tag rong"));
    assert_int_equal(ex_pool_blocks(), 0);
}

static void a_second_free_is_named(void **state) /* spec: POOL-07 */
{
    void *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, TAG);
    int local = 0;

    (void)state;
    ExFreePool(block);
    wc_expect_violation("PoolBadFree");
    ExFreePool(block);
    assert_non_null(strstr(base_violation_last_report(), "freed before"));
    wc_expect_violation("PoolBadFree");
    ExFreePool(&local);
    assert_non_null(strstr(base_violation_last_report(), "no pool block"));
}

static void what_a_driver_leaves_is_reported(void **state) /* spec: POOL-08 */
{
    void *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
    void *other = ex_pool_allocate(10, TAG, false, false, NULL); /* nobody's to blame */

    (void)state;
    wc_expect_violation("PoolLeak");
    assert_int_equal(ex_pool_report_leaks("leaky", (const void *)&is_zero, 1 << 20), 1);
    assert_non_null(strstr(base_violation_last_report(), "leaky"));
    assert_non_null(strstr(base_violation_last_report(), "100 bytes"));
    ExFreePool(block);
    assert_int_equal(ex_pool_report_leaks("leaky", (const void *)&is_zero, 1 << 20), 0);
    ex_pool_release(other);
}

static void a_tag_is_its_characters_from_high_to_low(void **state) /* spec: POOL-09 */
{
    static const unsigned char bytes[] = {0x64, 0x65, 0x72, 0x46};
    ULONG tag = TAG;

    (void)state;
    assert_memory_equal(&tag, bytes, sizeof(tag)); /* a memory dump shows 64657246 */
}

static void allocate_too_much(void *argument)
{
    (void)argument;
    ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, (SIZE_T)1 << 62, TAG);
}

static void failure_raises_if_asked_to(void **state) /* spec: POOL-10 */
{
    (void)state;
    assert_null(ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)1 << 62, TAG));
    wc_expect_stop("UnhandledException", allocate_too_much, NULL);
}

static void an_overrun_is_named(void **state)
{
#ifndef __SANITIZE_ADDRESS__ /* which finds it at the write */
    volatile unsigned char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 10, TAG);

    (void)state;
    block[10] = 1;
    wc_expect_violation("PoolOverrun");
    ExFreePool((void *)block);
    assert_int_equal(ex_pool_blocks(), 0);
#else
    (void)state;
    skip();
#endif
}

/* Found out when the block goes to the heap, and when the machine ends. */
static void a_write_after_the_free_is_named(void **state)
{
    volatile unsigned char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);

    (void)state;
    if (KEEPS_FREED_MEMORY) {
        ExFreePoolWithTag((void *)block, TAG);
        block[40] = 1;
        for (int i = 0; i < 63; i++) {
            ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG), TAG);
        }
        wc_expect_violation("PoolWrittenAfterFree");
        ExFreePoolWithTag(ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG), TAG);
        assert_non_null(
            strstr(base_violation_last_report(), "(100 bytes, tag derF, allocated by "));
        assert_non_null(strstr(base_violation_last_report(), "byte 40 of it was written"));
        block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
        ExFreePoolWithTag((void *)block, TAG);
        block[99] = 0;
        wc_expect_violation("PoolWrittenAfterFree");
        ex_pool_report_leaks("nobody", "nobody", 1);
        assert_non_null(strstr(base_violation_last_report(), "byte 99 of it was written"));
    } else {
        ExFreePoolWithTag((void *)block, TAG); /* AddressSanitizer ends the process at the write */
    }
}

static void no_size_gives_a_block_of_its_own(void **state)
{
    void *first = NULL;
    void *second = NULL;

    (void)state;
    /* reported, and the run goes on */
    first = ExAllocatePoolWithTag(NonPagedPool, 0, TAG);
    second = ExAllocatePoolWithTag(NonPagedPool, 0, TAG);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    assert_int_equal(wc_violations("PoolZeroSize"), 2);
    ExFreePool(first);
    ExFreePool(second);
}

static VOID nothing(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    (void)dpc;
    (void)context;
    (void)argument1;
    (void)argument2;
}

static void memory_with_a_queued_dpc_or_timer_is_kept(void **state) /* spec: TMR-26 */
{
    struct {
        KTIMER timer;
        KDPC dpc;
    } *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*block), TAG);
    LARGE_INTEGER due = {.QuadPart = -10000000};
    KIRQL old = PASSIVE_LEVEL;

    (void)state;
    KeInitializeDpc(&block->dpc, nothing, NULL);
    KeInitializeTimer(&block->timer);
    KeSetTimer(&block->timer, due, &block->dpc);
    wc_expect_violation("TimerInFreedMemory");
    ExFreePool(block);
    KeCancelTimer(&block->timer);
    old = KeRaiseIrqlToDpcLevel();
    KeInsertQueueDpc(&block->dpc, NULL, NULL);
    wc_expect_violation("DpcInFreedMemory");
    ExFreePool(block);
    KeLowerIrql(old);
    assert_int_equal(ex_pool_blocks(), 1);
    ExFreePool(block);
    assert_int_equal(ex_pool_blocks(), 0);
}

static void cache_aligned_blocks_begin_a_line(void **state)
{
    (void)state;
    for (SIZE_T size = 1; size < 3 * PAGE_SIZE; size += 333) {
        PVOID blocks[4] = {
            ExAllocatePoolWithTag(NonPagedPoolCacheAligned, size, TAG),
            ExAllocatePoolWithTag(PagedPoolCacheAligned, size, TAG),
            ExAllocatePoolWithTag(NonPagedPoolNxCacheAligned, size, TAG),
            ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED, size, TAG),
        };

        for (int i = 0; i < 4; i++) {
            assert_int_equal((ULONG_PTR)blocks[i] % SYSTEM_CACHE_ALIGNMENT_SIZE, 0);
            ExFreePool(blocks[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(pool2_is_zeroed_unless_asked_not_to),
        wc_unit_test(a_wrong_request_gives_null),
        wc_unit_test(extended_parameters_are_judged),
        wc_unit_test(optional_flags_are_ignored),
        wc_unit_test(blocks_are_aligned_and_inside_a_page),
        wc_unit_test(the_irql_must_fit_the_pool),
        wc_unit_test(a_protected_tag_must_match),
        wc_unit_test(another_tag_is_noted_and_frees),
        wc_unit_test(a_second_free_is_named),
        wc_unit_test(what_a_driver_leaves_is_reported),
        wc_unit_test(a_tag_is_its_characters_from_high_to_low),
        wc_unit_test(failure_raises_if_asked_to),
        wc_unit_test(an_overrun_is_named),
        wc_unit_test(a_write_after_the_free_is_named),
        wc_unit_test(no_size_gives_a_block_of_its_own),
        wc_unit_test(memory_with_a_queued_dpc_or_timer_is_kept),
        wc_unit_test(cache_aligned_blocks_begin_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
