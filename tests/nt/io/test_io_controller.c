/* test_io_controller.c - controller objects. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT devices[3];
    PCONTROLLER_OBJECT controller;
    char log[32];
    IO_ALLOCATION_ACTION action;
    KIRQL irql;
    PIRP irp;
    PVOID context;
} t;

static IO_ALLOCATION_ACTION control(PDEVICE_OBJECT device, PIRP irp, PVOID base, PVOID context)
{
    char name[2] = {(char)('a' + nt_level(device)->number), '\0'};

    (void)base;
    strcat(t.log, name);
    t.irql = KeGetCurrentIrql();
    t.irp = irp;
    t.context = context;
    return t.action;
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.action = KeepObject;
    t.driver = nt_driver_create();
    for (int i = 0; i < 3; i++) {
        t.devices[i] = nt_device_create(t.driver, NULL, nt_succeed);
        nt_level(t.devices[i])->number = i;
    }
    t.controller = IoCreateController(100);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    IoDeleteController(t.controller);
    nt_driver_delete(t.driver);
    return 0;
}

static void allocate(int device, PVOID context)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    IoAllocateController(t.controller, t.devices[device], control, context);
    KeLowerIrql(old);
}

static void release(void)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    IoFreeController(t.controller);
    KeLowerIrql(old);
}

static void the_extension_is_zero(void **state) /* spec: CTL-01 */
{
    static const unsigned char zero[100];

    (void)state;
    assert_memory_equal(t.controller->ControllerExtension, zero, sizeof(zero));
}

static void a_free_one_is_given_at_once(void **state) /* spec: CTL-02, CTL-06 */
{
    (void)state;
    t.devices[0]->CurrentIrp = (PIRP)(ULONG_PTR)0x1000;
    allocate(0, (PVOID)7);
    assert_string_equal(t.log, "a");
    assert_int_equal(t.irql, DISPATCH_LEVEL);
    assert_ptr_equal(t.irp, (PVOID)0x1000);
    assert_ptr_equal(t.context, (PVOID)7);
    release();
}

static void devices_wait_in_order(void **state) /* spec: CTL-03, CTL-05 */
{
    (void)state;
    allocate(1, NULL);
    allocate(0, NULL);
    allocate(2, NULL);
    assert_string_equal(t.log, "b"); /* kept until it is freed */
    release();
    assert_string_equal(t.log, "ba");
    release();
    assert_string_equal(t.log, "bac");
    release();
    allocate(1, NULL);
    assert_string_equal(t.log, "bacb");
    release();
}

static void deallocate_starts_the_next(void **state) /* spec: CTL-04 */
{
    (void)state;
    allocate(0, NULL);
    allocate(1, NULL);
    allocate(2, NULL);
    t.action = DeallocateObject;
    release();
    assert_string_equal(t.log, "abc"); /* b gave it back, so did c */
    assert_false(t.controller->DeviceWaitQueue.Busy);
    allocate(0, NULL);
    assert_string_equal(t.log, "abca");
    assert_false(t.controller->DeviceWaitQueue.Busy);
}

static void misuse_is_named(void **state)
{
    (void)state;
    wc_expect_violation("DeviceQueueNotBusy");
    release();
    allocate(0, NULL);
    allocate(1, NULL);
    wc_expect_violation("ControllerAlreadyWaiting");
    allocate(1, NULL);
    wc_expect_violation("ObjectBusy");
    IoDeleteController(t.controller);
    release();
    release();
    assert_string_equal(t.log, "ab");
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_extension_is_zero), TEST(a_free_one_is_given_at_once),
        TEST(devices_wait_in_order), TEST(deallocate_starts_the_next),
        TEST(misuse_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
