/* test_fx_memory.c - memory objects and lookaside lists. */
#include "io_fixture.h"

#include <string.h>

typedef struct {
    int value;
} TAG;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TAG, TagOf)

static WDFMEMORY make(size_t size, PVOID *buffer)
{
    WDFMEMORY memory = NULL;

    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0, size, &memory, buffer),
                     STATUS_SUCCESS);
    return memory;
}

static void a_buffer_is_aligned(void **state) /* spec: MEM-01 */
{
    static const size_t sizes[] = {1, 17, 4095, 4096, 10000};
    PVOID buffer;
    size_t size;

    for (unsigned i = 0; i < ARRAYSIZE(sizes); i++) {
        WDFMEMORY memory = make(sizes[i], &buffer);

        assert_int_equal((ULONG_PTR)buffer % (sizes[i] < PAGE_SIZE ? 16 : PAGE_SIZE), 0);
        assert_ptr_equal(WdfMemoryGetBuffer(memory, &size), buffer);
        assert_int_equal(size, sizes[i]);
        WdfObjectDelete(memory);
    }
}

static void a_referenced_one_keeps_its_buffer(void **state) /* spec: MEM-02 */
{
    PVOID buffer;
    WDFMEMORY memory = make(8, &buffer);

    WdfObjectReference(memory);
    memcpy(buffer, "content", 8);
    WdfObjectDelete(memory);
    assert_string_equal(WdfMemoryGetBuffer(memory, NULL), "content");
    WdfObjectDereference(memory);
}

static void a_preallocated_buffer_is_the_drivers(void **state) /* spec: MEM-03 */
{
    char first[8] = "first", second[16] = "second";
    WDFMEMORY memory;
    size_t size;

    assert_int_equal(WdfMemoryCreatePreallocated(NULL, first, 0, &memory),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfMemoryCreatePreallocated(NULL, first, sizeof(first), &memory),
                     STATUS_SUCCESS);
    assert_int_equal(WdfMemoryAssignBuffer(memory, second, 0), STATUS_INVALID_PARAMETER);
    assert_ptr_equal(WdfMemoryGetBuffer(memory, NULL), first);
    assert_int_equal(WdfMemoryAssignBuffer(memory, second, sizeof(second)), STATUS_SUCCESS);
    assert_ptr_equal(WdfMemoryGetBuffer(memory, &size), second);
    assert_int_equal(size, sizeof(second));
    WdfObjectDelete(memory);
    assert_string_equal(first, "first");
    assert_string_equal(second, "second");
}

static void only_preallocated_memory_is_assigned(void **state) /* spec: MEM-04 REQ-19 */
{
    char buffer[8];
    PVOID own;
    WDFMEMORY memory = make(8, &own);

    wc_expect_violation("HandleWrongType");
    WdfMemoryAssignBuffer(memory, buffer, sizeof(buffer));
    assert_ptr_equal(WdfMemoryGetBuffer(memory, NULL), own);
    WdfObjectDelete(memory);
}

static void copies_end_at_the_edge(void **state) /* spec: MEM-05 REQ-17 */
{
    char buffer[8] = "abcdefg";
    char back[8] = "";
    WDFMEMORY memory = make(8, NULL);

    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 0, buffer, 8), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 1, back, 8), STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 0, buffer, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 4, back, 5), STATUS_BUFFER_TOO_SMALL);
    assert_string_equal(back, "");
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 4, back, 4), STATUS_SUCCESS);
    assert_string_equal(back, "efg");
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 0, back, 0), STATUS_INVALID_PARAMETER);
    WdfObjectDelete(memory);
}

static void a_copy_may_overlap(void **state)
{
    char buffer[12] = "abcdefgh";
    WDFMEMORY memory;

    assert_int_equal(WdfMemoryCreatePreallocated(NULL, buffer, 8, &memory), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 2, buffer, 6), STATUS_SUCCESS);
    assert_string_equal(buffer, "ababcdef");
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 0, buffer + 1, 7), STATUS_SUCCESS);
    assert_string_equal(buffer, "aababcde");
    WdfObjectDelete(memory);
}

static VOID note_cleanup(WDFOBJECT object)
{
    io_note("c@%d", KeGetCurrentIrql());
}

static VOID note_destroy(WDFOBJECT object)
{
    io_note("d@%d", KeGetCurrentIrql());
}

static void delete_at_dispatch(POOL_TYPE type)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFMEMORY memory;
    KIRQL old;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.EvtCleanupCallback = note_cleanup;
    attributes.EvtDestroyCallback = note_destroy;
    assert_int_equal(WdfMemoryCreate(&attributes, type, 0, 8, &memory, NULL), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    WdfObjectDelete(memory);
    KeLowerIrql(old);
    io_settle();
}

static void paged_memory_goes_at_passive_level(void **state) /* spec: MEM-06 */
{
    delete_at_dispatch(NonPagedPoolNx);
    assert_log("c@2 d@2");
    io_clear();
    delete_at_dispatch(PagedPool);
    assert_log("c@0 d@0");
}

static void paged_memory_is_not_touched_at_dispatch_level(void **state)
{
    char buffer[8] = "content";
    WDFLOOKASIDE list;
    WDFMEMORY memory, other = NULL;
    KIRQL old, apc;

    assert_int_equal(WdfMemoryCreate(NULL, PagedPool, 0, 8, &memory, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 0, buffer, 8), STATUS_SUCCESS);
    assert_int_equal(WdfLookasideListCreate(NULL, 8, PagedPool, NULL, 0, &list), STATUS_SUCCESS);
    KeRaiseIrql(APC_LEVEL, &old);
    KeRaiseIrql(DISPATCH_LEVEL, &apc);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 0, buffer, 8), STATUS_INVALID_DEVICE_REQUEST);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfMemoryCopyFromBuffer(memory, 0, buffer, 8), STATUS_INVALID_DEVICE_REQUEST);
    wc_expect_violation("IrqlTooHigh");
    assert_int_equal(WdfMemoryCreateFromLookaside(list, &other), STATUS_INVALID_DEVICE_REQUEST);
    assert_null(other);
    assert_non_null(WdfMemoryGetBuffer(memory, NULL)); /* that touches nothing */
    KeLowerIrql(apc);
    assert_int_equal(WdfMemoryCopyToBuffer(memory, 0, buffer, 8), STATUS_SUCCESS);
    assert_int_equal(WdfMemoryCreateFromLookaside(list, &other), STATUS_SUCCESS);
    KeLowerIrql(old);
}

static NTSTATUS list_between(POOL_TYPE type, WDFDEVICE of_list, WDFDEVICE of_memory)
{
    WDF_OBJECT_ATTRIBUTES list_attributes, memory_attributes;
    WDFLOOKASIDE list;

    WDF_OBJECT_ATTRIBUTES_INIT(&list_attributes);
    WDF_OBJECT_ATTRIBUTES_INIT(&memory_attributes);
    list_attributes.ParentObject = of_list;
    memory_attributes.ParentObject = of_memory;
    return WdfLookasideListCreate(&list_attributes, 8, type, &memory_attributes, 0, &list);
}

static void only_paged_memory_stays_with_the_device_of_its_list(void **state)
{
    DECLARE_CONST_UNICODE_STRING(sddl, L"D:P(A;;GA;;;SY)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(io_test.driver, &sddl);
    WDFDEVICE first, second;

    io_device();
    first = io_test.device;
    assert_int_equal(WdfDeviceCreate(&init, NULL, &second), STATUS_SUCCESS);
    assert_int_equal(list_between(PagedPool, first, second), STATUS_INVALID_PARAMETER);
    assert_int_equal(list_between(PagedPool, first, first), STATUS_SUCCESS);
    assert_int_equal(list_between(PagedPool, NULL, second), STATUS_SUCCESS);
    assert_int_equal(list_between(NonPagedPoolNx, first, second), STATUS_SUCCESS);
}

static void size_zero_is_refused_first(void **state) /* spec: MEM-07 REQ-18 */
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFMEMORY memory = (WDFMEMORY)(ULONG_PTR)1;

    RtlZeroMemory(&attributes, sizeof(attributes));
    assert_int_equal(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 0, &memory, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_null(memory);
    assert_int_equal(WdfMemoryCreate(&attributes, NonPagedPoolNx, 0, 8, &memory, NULL),
                     STATUS_INFO_LENGTH_MISMATCH);
}

static void a_lookaside_lives_as_long_as_its_memory(void **state) /* spec: MEM-08 MEM-09 MEM-10 */
{
    WDF_OBJECT_ATTRIBUTES list_attributes, memory_attributes;
    WDFLOOKASIDE list;
    WDFMEMORY memories[100];
    size_t size;

    WDF_OBJECT_ATTRIBUTES_INIT(&list_attributes);
    list_attributes.EvtDestroyCallback = note_destroy;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&memory_attributes, TAG);
    assert_int_equal(
        WdfLookasideListCreate(&list_attributes, 0, NonPagedPoolNx, &memory_attributes, 0, &list),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(
        WdfLookasideListCreate(&list_attributes, 24, NonPagedPoolNx, &memory_attributes, 0, &list),
        STATUS_SUCCESS);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 100; i++) {
            assert_int_equal(WdfMemoryCreateFromLookaside(list, &memories[i]), STATUS_SUCCESS);
            assert_int_equal(TagOf(memories[i])->value, 0);
            TagOf(memories[i])->value = 1;
            WdfMemoryGetBuffer(memories[i], &size);
            assert_int_equal(size, 24);
        }
        for (unsigned i = 1; i < 100; i++) {
            WdfObjectDelete(memories[i]);
        }
        if (round == 0) {
            WdfObjectDelete(memories[0]);
        }
    }
    WdfObjectDelete(list);
    assert_log("");
    memset(WdfMemoryGetBuffer(memories[0], NULL), 0, 24);
    WdfObjectDelete(memories[0]);
    assert_log("d@0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_buffer_is_aligned, IO_FIXTURE),
        wc_unit_test(a_referenced_one_keeps_its_buffer, IO_FIXTURE),
        wc_unit_test(a_preallocated_buffer_is_the_drivers, IO_FIXTURE),
        wc_unit_test(only_preallocated_memory_is_assigned, IO_FIXTURE),
        wc_unit_test(copies_end_at_the_edge, IO_FIXTURE),
        wc_unit_test(a_copy_may_overlap, IO_FIXTURE),
        wc_unit_test(paged_memory_goes_at_passive_level, IO_FIXTURE),
        wc_unit_test(paged_memory_is_not_touched_at_dispatch_level, IO_FIXTURE),
        wc_unit_test(only_paged_memory_stays_with_the_device_of_its_list, IO_FIXTURE),
        wc_unit_test(size_zero_is_refused_first, IO_FIXTURE),
        wc_unit_test(a_lookaside_lives_as_long_as_its_memory, IO_FIXTURE),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
