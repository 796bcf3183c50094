/* test_io_reinitialize.c - routines after DriverEntry, and drivers that a driver makes. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    ULONG calls;
    ULONG count[4];
    char order[8];
    NTSTATUS entry_status;
    PUNICODE_STRING path;
    PDRIVER_OBJECT driver;
} t;

static VOID once(PDRIVER_OBJECT driver, PVOID context, ULONG count)
{
    assert_true(t.calls < 4);
    t.count[t.calls] = count;
    t.order[t.calls++] = *(char *)context;
    assert_int_equal(driver->DriverExtension->Count, count);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static VOID twice(PDRIVER_OBJECT driver, PVOID context, ULONG count)
{
    once(driver, context, count);
    if (count < 3) {
        IoRegisterDriverReinitialization(driver, twice, context);
    }
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    IoRegisterDriverReinitialization(driver, twice, "a");
    IoRegisterBootDriverReinitialization(driver, once, "b");
    assert_int_equal(t.calls, 0);
    t.path = path;
    t.driver = driver;
    return t.entry_status;
}

static int start(void **state)
{
    memset(&t, 0, sizeof(t));
    return 0;
}

static void routines_run_when_the_entry_has_succeeded(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();

    assert_int_equal(io_driver_initialize(driver, entry), STATUS_SUCCESS);
    assert_int_equal(t.calls, 3);
    assert_string_equal(t.order, "baa");
    assert_int_equal(t.count[0], 1);
    assert_int_equal(t.count[2], 3);
    nt_driver_delete(driver);
}

static void none_runs_when_it_has_failed(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();

    t.entry_status = STATUS_UNSUCCESSFUL;
    assert_int_equal(io_driver_initialize(driver, entry), STATUS_UNSUCCESSFUL);
    assert_int_equal(t.calls, 0);
    nt_driver_delete(driver);
}

static void a_driver_makes_a_driver(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Driver\\Made");
    UNICODE_STRING bad = RTL_CONSTANT_STRING(L"\\Device\\Made");
    PDRIVER_OBJECT first;

    assert_int_equal(IoCreateDriver(&name, entry), STATUS_SUCCESS);
    assert_null(t.path);
    assert_int_equal(t.calls, 3);
    first = t.driver;
    assert_true(RtlEqualUnicodeString(&first->DriverName, &name, FALSE));
    assert_non_null((void *)(ULONG_PTR)first->MajorFunction[IRP_MJ_READ]);
    assert_int_equal(IoCreateDriver(&name, entry), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(IoCreateDriver(&bad, entry), STATUS_OBJECT_NAME_INVALID);
    t.calls = 0;
    assert_int_equal(IoCreateDriver(NULL, entry), STATUS_SUCCESS);
    assert_ptr_not_equal(t.driver, first);
    IoDeleteDriver(t.driver);
    IoDeleteDriver(first);
    t.calls = 0;
    t.entry_status = STATUS_UNSUCCESSFUL;
    assert_int_equal(IoCreateDriver(&name, entry),
                     STATUS_UNSUCCESSFUL); /* the name is free again */
    assert_int_equal(t.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(routines_run_when_the_entry_has_succeeded, .setup = start),
        wc_unit_test(none_runs_when_it_has_failed, .setup = start),
        wc_unit_test(a_driver_makes_a_driver, .setup = start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
