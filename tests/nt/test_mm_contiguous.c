/* test_mm_contiguous.c - memory that a driver shares with its device. */
#include <ntddk.h>
#include <wdfcore/testing.h>

#include "nt/hal/hal_memory.h"

static const PHYSICAL_ADDRESS anywhere = {.QuadPart = MAXLONGLONG};

static void driver_and_device_see_the_same_bytes(void **state)
{
    UCHAR *memory = MmAllocateContiguousMemory(3 * PAGE_SIZE, anywhere);
    PHYSICAL_ADDRESS physical;

    assert_non_null(memory);
    assert_int_equal((ULONG_PTR)memory % PAGE_SIZE, 0);
    memset(memory, 0, 3 * PAGE_SIZE);
    physical = MmGetPhysicalAddress(memory + PAGE_SIZE + 5);
    memory[PAGE_SIZE + 5] = 17;
    UCHAR *seen = hal_memory_at((uint64_t)physical.QuadPart, 1);
    assert_non_null(seen);
    assert_int_equal(*seen, 17);
    /* Contiguous: the last byte is as far behind in the device's eyes. */
    physical = MmGetPhysicalAddress(memory);
    assert_non_null(hal_memory_at((uint64_t)physical.QuadPart, 3 * PAGE_SIZE));
    assert_null(hal_memory_at((uint64_t)physical.QuadPart, 3 * PAGE_SIZE + 1));
    MmFreeContiguousMemory(memory);
    assert_null(hal_memory_at((uint64_t)physical.QuadPart, 1));
}

static void what_the_limits_exclude_is_not_given(void **state)
{
    PHYSICAL_ADDRESS low = {.QuadPart = PAGE_SIZE - 1}, none = {.QuadPart = 0};

    assert_null(MmAllocateContiguousMemory(PAGE_SIZE, low));
    assert_null(MmAllocateContiguousMemory(0, anywhere));
    assert_null(
        MmAllocateContiguousMemorySpecifyCache(PAGE_SIZE, anywhere, anywhere, none, MmCached));
    PVOID memory = MmAllocateContiguousMemorySpecifyCache(100, none, anywhere, none, MmNonCached);
    assert_non_null(memory);
    MmFreeContiguousMemorySpecifyCache(memory, 100, MmNonCached);
}

static void the_one_node_has_it(void **state)
{
    PHYSICAL_ADDRESS none = {.QuadPart = 0};
    PVOID memory = MmAllocateContiguousNodeMemory(PAGE_SIZE, none, anywhere, none,
                                                  PAGE_READWRITE | PAGE_NOCACHE, MM_ANY_NODE_OK);

    assert_non_null(memory);
    assert_non_null(hal_memory_at((uint64_t)MmGetPhysicalAddress(memory).QuadPart, PAGE_SIZE));
    MmFreeContiguousMemory(memory);
    assert_null(MmAllocateContiguousNodeMemory(PAGE_SIZE, none, anywhere, none, PAGE_NOACCESS, 0));
    assert_null(MmAllocateContiguousNodeMemory(PAGE_SIZE, anywhere, anywhere, none, PAGE_READWRITE,
                                               MM_ANY_NODE_OK));
    memory = MmAllocateContiguousMemorySpecifyCacheNode(100, none, anywhere, none, MmCached, 0);
    assert_non_null(memory);
    MmFreeContiguousMemory(memory);
}

static void free_twice(void *memory)
{
    MmFreeContiguousMemory(memory);
    MmFreeContiguousMemory(memory);
}

static void freeing_it_twice_is_told(void **state)
{
    PVOID memory = MmAllocateContiguousMemory(PAGE_SIZE, anywhere);

    assert_non_null(memory);
    wc_expect_violation("PoolBadFree");
    free_twice(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(driver_and_device_see_the_same_bytes),
        wc_unit_test(what_the_limits_exclude_is_not_given),
        wc_unit_test(the_one_node_has_it),
        wc_unit_test(freeing_it_twice_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
