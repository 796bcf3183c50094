/* test_fs_tunnel.c - tunnel caches. */
#include "nt/nt_inside.h"

#include <ntifs.h>

static UNICODE_STRING short_name = RTL_CONSTANT_STRING(L"LONGNA~1.TXT");
static UNICODE_STRING long_name = RTL_CONSTANT_STRING(L"Long name.txt");
static UNICODE_STRING folded = RTL_CONSTANT_STRING(L"LONG NAME.TXT");

struct found {
    WCHAR short_room[12], long_room[20];
    UNICODE_STRING short_name, long_name;
    ULONG length;
    UCHAR data[8];
};

static BOOLEAN find(PTUNNEL cache, ULONGLONG directory, PUNICODE_STRING name, struct found *found)
{
    found->short_name = (UNICODE_STRING){.Buffer = found->short_room, .MaximumLength = 24};
    found->long_name = (UNICODE_STRING){.Buffer = found->long_room, .MaximumLength = 40};
    found->length = sizeof(found->data);
    return FsRtlFindInTunnelCache(cache, directory, name, &found->short_name, &found->long_name,
                                  &found->length, found->data);
}

static void what_went_is_found_by_its_name(void **state)
{
    struct found found;
    TUNNEL cache;

    if (nt_ran_inside(what_went_is_found_by_its_name, state)) {
        return;
    }
    FsRtlInitializeTunnelCache(&cache);
    assert_false(find(&cache, 1, &long_name, &found));
    FsRtlAddToTunnelCache(&cache, 1, &short_name, &long_name, FALSE, 5, "data");
    assert_int_equal(cache.NumEntries, 1);
    assert_false(find(&cache, 2, &long_name, &found));  /* another directory */
    assert_false(find(&cache, 1, &short_name, &found)); /* not its key */
    assert_true(find(&cache, 1, &folded, &found));
    assert_int_equal(found.length, 5);
    assert_memory_equal(found.data, "data", 5);
    assert_true(RtlEqualUnicodeString(&found.short_name, &short_name, FALSE));
    assert_true(RtlEqualUnicodeString(&found.long_name, &long_name, FALSE));
    assert_ptr_equal(found.long_name.Buffer, found.long_room);
    FsRtlAddToTunnelCache(&cache, 1, &short_name, &long_name, TRUE, 1, "x");
    assert_true(find(&cache, 1, &short_name, &found));
    assert_int_equal(found.length, 1);
    FsRtlAddToTunnelCache(&cache, 1, &short_name, &long_name, FALSE, 3, "new");
    assert_int_equal(cache.NumEntries, 2); /* in place of the older one */
    assert_true(find(&cache, 1, &long_name, &found));
    assert_memory_equal(found.data, "new", 3);
    FsRtlAddToTunnelCache(&cache, 7, NULL, &long_name, FALSE, 0, NULL);
    assert_true(find(&cache, 7, &long_name, &found));
    assert_int_equal(found.short_name.Length, 0);
    FsRtlDeleteKeyFromTunnelCache(&cache, 1);
    assert_int_equal(cache.NumEntries, 1);
    assert_false(find(&cache, 1, &short_name, &found));
    assert_true(find(&cache, 7, &long_name, &found));
    FsRtlDeleteTunnelCache(&cache);
    assert_int_equal(cache.NumEntries, 0);
}

static void what_does_not_fit_is_told(void **state)
{
    struct found found;
    TUNNEL cache;

    if (nt_ran_inside(what_does_not_fit_is_told, state)) {
        return;
    }
    FsRtlInitializeTunnelCache(&cache);
    FsRtlAddToTunnelCache(&cache, 1, &short_name, &long_name, FALSE, 5, "data");
    find(&cache, 2, &long_name, &found);
    found.length = 4;
    assert_false(FsRtlFindInTunnelCache(&cache, 1, &long_name, &found.short_name, &found.long_name,
                                        &found.length, found.data));
    found.length = 5;
    found.long_name.MaximumLength = 4;
    assert_true(FsRtlFindInTunnelCache(&cache, 1, &long_name, &found.short_name, &found.long_name,
                                       &found.length, found.data));
    assert_ptr_not_equal(found.long_name.Buffer, found.long_room); /* the caller's to free */
    assert_true(RtlEqualUnicodeString(&found.long_name, &long_name, FALSE));
    ExFreePool(found.long_name.Buffer);
    FsRtlDeleteTunnelCache(&cache);
}

static void the_oldest_are_forgotten(void **state)
{
    LARGE_INTEGER seconds = {.QuadPart = -14 * 10000000ll};
    struct found found;
    TUNNEL cache;

    if (nt_ran_inside(the_oldest_are_forgotten, state)) {
        return;
    }
    FsRtlInitializeTunnelCache(&cache);
    for (ULONG i = 0; i < 257; i++) {
        FsRtlAddToTunnelCache(&cache, i, &short_name, &long_name, FALSE, 0, NULL);
    }
    assert_int_equal(cache.NumEntries, 256);
    assert_false(find(&cache, 0, &long_name, &found));
    assert_true(find(&cache, 1, &long_name, &found));
    KeDelayExecutionThread(KernelMode, FALSE, &seconds);
    FsRtlAddToTunnelCache(&cache, 300, &short_name, &long_name, FALSE, 0, NULL);
    assert_true(find(&cache, 256, &long_name, &found));
    seconds.QuadPart = -2 * 10000000ll;
    KeDelayExecutionThread(KernelMode, FALSE, &seconds);
    assert_false(find(&cache, 256, &long_name, &found));
    assert_true(find(&cache, 300, &long_name, &found));
    FsRtlDeleteTunnelCache(&cache);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, nt_inside_start, nt_inside_stop)
    const struct CMUnitTest tests[] = {
        TEST(what_went_is_found_by_its_name),
        TEST(what_does_not_fit_is_told),
        TEST(the_oldest_are_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
