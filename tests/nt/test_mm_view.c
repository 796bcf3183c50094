/* test_mm_view.c - sections and their views. */
#include "nt/nt_thread.h"

#include <string.h>

#include <ntifs.h>

#define SIZE 0x20000

static NTSTATUS create(LONGLONG bytes, ULONG protect, ULONG attributes, HANDLE file,
                       PHANDLE section)
{
    LARGE_INTEGER size = {.QuadPart = bytes};

    return ZwCreateSection(section, SECTION_ALL_ACCESS, NULL, &size, protect, attributes, file);
}

static NTSTATUS map(HANDLE section, LONGLONG offset, ULONG protect, PVOID *base, PSIZE_T size)
{
    LARGE_INTEGER from = {.QuadPart = offset};

    return ZwMapViewOfSection(section, ZwCurrentProcess(), base, 0, 0, &from, size, ViewUnmap, 0,
                              protect);
}

static void all_views_show_the_same(void **state)
{
    HANDLE section;
    PUCHAR first = NULL;
    PUCHAR second = NULL;
    SIZE_T all = 0;
    SIZE_T some = 100;

    assert_int_equal(create(SIZE - 1, PAGE_READWRITE, SEC_COMMIT, NULL, &section), STATUS_SUCCESS);
    assert_int_equal(map(section, 0, PAGE_READWRITE, (PVOID *)&first, &all), STATUS_SUCCESS);
    assert_int_equal(all, SIZE);
    assert_int_equal((ULONG_PTR)first % 0x10000, 0);
    assert_int_equal(first[SIZE - 1], 0);
    first[0x10000] = 7;
    assert_int_equal(map(section, 0x10000, PAGE_READONLY, (PVOID *)&second, &some), STATUS_SUCCESS);
    assert_int_equal(some, PAGE_SIZE);
    assert_int_equal(second[0], 7);
    ZwClose(section); /* the views have it still */
    first[0x10001] = 8;
    assert_int_equal(second[1], 8);
    assert_int_equal(ZwUnmapViewOfSection(ZwCurrentProcess(), first + 5), STATUS_SUCCESS);
    assert_int_equal(ZwUnmapViewOfSection(ZwCurrentProcess(), first), STATUS_NOT_MAPPED_VIEW);
    assert_int_equal(second[1], 8);
    assert_int_equal(ZwUnmapViewOfSection(ZwCurrentProcess(), second), STATUS_SUCCESS);
}

static void what_cannot_be_a_section(void **state)
{
    HANDLE section, event;

    assert_int_equal(create(0, PAGE_READWRITE, SEC_COMMIT, NULL, &section),
                     STATUS_INVALID_PARAMETER_4);
    assert_int_equal(create(SIZE, PAGE_READWRITE, 0, NULL, &section), STATUS_INVALID_PARAMETER_6);
    assert_int_equal(create(SIZE, PAGE_NOACCESS, SEC_COMMIT, NULL, &section),
                     STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(create(SIZE, PAGE_READWRITE, SEC_IMAGE, NULL, &section),
                     STATUS_INVALID_FILE_FOR_SECTION);
    assert_int_equal(create(SIZE, PAGE_READWRITE, SEC_COMMIT, (HANDLE)0x7770, &section),
                     STATUS_INVALID_HANDLE);
    ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE);
    assert_int_equal(create(SIZE, PAGE_READWRITE, SEC_COMMIT, event, &section),
                     STATUS_OBJECT_TYPE_MISMATCH);
    ZwClose(event);
}

static void what_cannot_be_a_view(void **state)
{
    HANDLE section;
    PVOID base = NULL;
    SIZE_T size = 0;

    create(SIZE, PAGE_READONLY, SEC_COMMIT, NULL, &section);
    assert_int_equal(map(section, 0, PAGE_READWRITE, &base, &size), STATUS_SECTION_PROTECTION);
    assert_int_equal(map(section, 0, 0x77, &base, &size), STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(map(section, 0x1000, PAGE_READONLY, &base, &size), STATUS_MAPPED_ALIGNMENT);
    assert_int_equal(map(section, SIZE, PAGE_READONLY, &base, &size), STATUS_INVALID_VIEW_SIZE);
    size = SIZE + 1;
    assert_int_equal(map(section, 0, PAGE_READONLY, &base, &size), STATUS_INVALID_VIEW_SIZE);
    base = (PVOID)0x1234;
    assert_int_equal(map(section, 0, PAGE_READONLY, &base, &size), STATUS_MAPPED_ALIGNMENT);
    assert_int_equal(map((HANDLE)0x7770, 0, PAGE_READONLY, &base, &size), STATUS_MAPPED_ALIGNMENT);
    base = NULL;
    size = 0;
    assert_int_equal(ZwMapViewOfSection(section, ZwCurrentProcess(), &base, 0, 0, NULL, &size, 3, 0,
                                        PAGE_READONLY),
                     STATUS_INVALID_PARAMETER_8);
    assert_int_equal(map((HANDLE)0x7770, 0, PAGE_READONLY, &base, &size), STATUS_INVALID_HANDLE);
    ZwClose(section);
}

static void a_section_is_opened_by_name(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Shared");
    LARGE_INTEGER size = {.QuadPart = SIZE};
    OBJECT_ATTRIBUTES attributes;
    HANDLE made, opened;
    PVOID object, base = NULL;
    SIZE_T length = 0;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwCreateSection(&made, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                                     SEC_COMMIT, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ZwCreateSection(&opened, SECTION_ALL_ACCESS, &attributes, &size,
                                     PAGE_READWRITE, SEC_COMMIT, NULL),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(ZwOpenSection(&opened, SECTION_MAP_READ, &attributes), STATUS_SUCCESS);
    ZwClose(made);
    ObReferenceObjectByHandle(opened, 0, NULL, KernelMode, &object, NULL);
    assert_int_equal(MmMapViewInSystemSpace(object, &base, &length), STATUS_SUCCESS);
    assert_int_equal(length, SIZE);
    memset(base, 1, SIZE);
    assert_int_equal(MmUnmapViewInSystemSpace(base), STATUS_SUCCESS);
    ObDereferenceObject(object);
    ZwClose(opened);
    assert_int_equal(ZwOpenSection(&opened, SECTION_MAP_READ, &attributes),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(all_views_show_the_same),
        wc_unit_test(what_cannot_be_a_section),
        wc_unit_test(what_cannot_be_a_view),
        wc_unit_test(a_section_is_opened_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
