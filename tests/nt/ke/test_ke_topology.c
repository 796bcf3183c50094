/* test_ke_topology.c - how processors belong together; caches, the auxiliary counter. */
#include <ntddk.h>

#include <wdfcore/testing.h>

#include <string.h>

#define PROCESSORS 3

typedef SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX INFORMATION;

static UCHAR buffer[1024] __attribute__((aligned(8)));

static NTSTATUS query(PPROCESSOR_NUMBER number, LOGICAL_PROCESSOR_RELATIONSHIP wanted,
                      ULONG *length)
{
    memset(buffer, 0x55, sizeof(buffer));
    return KeQueryLogicalProcessorRelationship(number, wanted, (INFORMATION *)buffer, length);
}

/* Returns the number of entries of that kind; *mask: their processors. */
static ULONG count(ULONG length, LOGICAL_PROCESSOR_RELATIONSHIP kind, KAFFINITY *mask)
{
    ULONG entries = 0;

    *mask = 0;
    for (ULONG at = 0; at < length; at += ((INFORMATION *)(buffer + at))->Size) {
        const INFORMATION *entry = (const INFORMATION *)(buffer + at);

        if (entry->Relationship == kind) {
            entries++;
            *mask |= kind == RelationGroup      ? entry->Group.GroupInfo[0].ActiveProcessorMask
                     : kind == RelationNumaNode ? entry->NumaNode.GroupMask.Mask
                                                : entry->Processor.GroupMask[0].Mask;
        }
    }
    return entries;
}

static void all_relationships_come_one_behind_the_other(void **state)
{
    ULONG needed = 0;
    ULONG length = 0;
    KAFFINITY mask = 0;

    assert_int_equal(KeQueryLogicalProcessorRelationship(NULL, RelationAll, NULL, &needed),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_true(needed > 0 && needed <= sizeof(buffer));
    length = needed - 1;
    assert_int_equal(query(NULL, RelationAll, &length), STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(length, needed);
    assert_int_equal(query(NULL, RelationAll, &length), STATUS_SUCCESS);
    assert_int_equal(length, needed);
    assert_int_equal(buffer[needed], 0x55);
    assert_int_equal(count(length, RelationProcessorCore, &mask), PROCESSORS);
    assert_int_equal(mask, 7);
    assert_int_equal(count(length, RelationProcessorPackage, &mask), 1);
    assert_int_equal(mask, 7);
    assert_int_equal(count(length, RelationNumaNode, &mask), 1);
    assert_int_equal(mask, 7);
    assert_int_equal(count(length, RelationGroup, &mask), 1);
    assert_int_equal(mask, 7);
    assert_int_equal(count(length, RelationCache, &mask), 0);
}

static void one_processor_has_its_own(void **state)
{
    PROCESSOR_NUMBER number = {.Number = 1};
    ULONG length = sizeof(buffer);
    KAFFINITY mask = 0;

    assert_int_equal(query(&number, RelationProcessorCore, &length), STATUS_SUCCESS);
    assert_int_equal(count(length, RelationProcessorCore, &mask), 1);
    assert_int_equal(mask, 2);
    length = sizeof(buffer);
    assert_int_equal(query(&number, RelationNumaNodeEx, &length), STATUS_SUCCESS);
    assert_int_equal(count(length, RelationNumaNode, &mask), 1);
    number.Number = PROCESSORS;
    assert_int_equal(query(&number, RelationAll, &length), STATUS_INVALID_PARAMETER);
    number = (PROCESSOR_NUMBER){.Group = 1};
    assert_int_equal(query(&number, RelationAll, &length), STATUS_INVALID_PARAMETER);
}

static void there_is_no_auxiliary_counter(void **state)
{
    ULONG64 value = 5;

    assert_int_equal(KeQueryAuxiliaryCounterFrequency(&value), STATUS_NOT_SUPPORTED);
    assert_int_equal(KeConvertAuxiliaryCounterToPerformanceCounter(1, &value, NULL),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(KeConvertPerformanceCounterToAuxiliaryCounter(1, &value, NULL),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(value, 5);
}

static void caches_are_flushed_at_dispatch_level_at_most(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    KeInvalidateAllCaches();
    KeInvalidateRangeAllCaches(buffer, sizeof(buffer));
    KeLowerIrql(old);
    KeRaiseIrql(DISPATCH_LEVEL + 1, &old);
    wc_expect_violation("IrqlTooHigh");
    KeInvalidateAllCaches();
    KeLowerIrql(old);
}

#define UNIT(body) wc_unit_test(body, .processors = PROCESSORS)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(all_relationships_come_one_behind_the_other),
        UNIT(one_processor_has_its_own),
        UNIT(there_is_no_auxiliary_counter),
        UNIT(caches_are_flushed_at_dispatch_level_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
