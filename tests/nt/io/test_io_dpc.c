/* test_io_dpc.c - DpcForIsr. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT devices[2];
    int runs[2];
    PIRP irp;
    PVOID context;
    KIRQL irql;
    ULONG processor;
    volatile LONG started;
} t;

static VOID dpc_for_isr(PKDPC dpc, PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)dpc;
    t.runs[nt_level(device)->number]++;
    t.irp = irp;
    t.context = context;
    t.irql = KeGetCurrentIrql();
    t.processor = KeGetCurrentProcessorNumberEx(NULL);
    WriteRelease(&t.started, 1);
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    for (int i = 0; i < 2; i++) {
        t.devices[i] = nt_device_create(t.driver, NULL, nt_succeed);
        nt_level(t.devices[i])->number = i;
        IoInitializeDpcRequest(t.devices[i], dpc_for_isr);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(t.driver);
    return 0;
}

#define IRP_1 ((PIRP)(ULONG_PTR)0x1000)
#define IRP_2 ((PIRP)(ULONG_PTR)0x2000)

static void it_gets_device_irp_and_context(void **state) /* spec: DFI-01, DFI-02 */
{
    (void)state;
    IoRequestDpc(t.devices[1], IRP_1, (PVOID)5);
    assert_int_equal(t.runs[1], 1);
    assert_int_equal(t.runs[0], 0);
    assert_ptr_equal(t.irp, IRP_1);
    assert_ptr_equal(t.context, (PVOID)5);
    assert_int_equal(t.irql, DISPATCH_LEVEL);
}

static void requests_before_the_run_merge(void **state) /* spec: DFI-03, DFI-04, DFI-05 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    (void)state;
    IoRequestDpc(t.devices[0], IRP_1, (PVOID)1);
    IoRequestDpc(t.devices[0], IRP_2, (PVOID)2);
    assert_int_equal(t.runs[0], 0);
    KeLowerIrql(old);
    assert_int_equal(t.runs[0], 1); /* the second request left no trace */
    assert_ptr_equal(t.irp, IRP_1);
    assert_ptr_equal(t.context, (PVOID)1);
    IoRequestDpc(t.devices[0], IRP_2, (PVOID)2);
    assert_int_equal(t.runs[0], 2);
    assert_ptr_equal(t.irp, IRP_2);
}

static void devices_have_dpcs_of_their_own(void **state) /* spec: DFI-06 */
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    (void)state;
    IoRequestDpc(t.devices[0], NULL, NULL);
    IoRequestDpc(t.devices[1], NULL, NULL);
    KeLowerIrql(old);
    assert_int_equal(t.runs[0], 1);
    assert_int_equal(t.runs[1], 1);
}

static void it_may_start_elsewhere_at_once(void **state) /* spec: DFI-07 */
{
    PROCESSOR_NUMBER second = {.Number = 1};
    KIRQL old = PASSIVE_LEVEL;

    (void)state;
    KeSetSystemAffinityThreadEx(1);
    KeSetTargetProcessorDpcEx(&t.devices[0]->Dpc, &second);
    KeSetImportanceDpc(&t.devices[0]->Dpc, HighImportance);
    KeRaiseIrql(5, &old); /* as in an ISR: this processor drains nothing */
    IoRequestDpc(t.devices[0], NULL, NULL);
    while (ReadAcquire(&t.started) == 0) {
        YieldProcessor();
    }
    assert_int_equal(t.processor, 1);
    KeLowerIrql(old);
}

#define TEST(name, ...) wc_unit_test(name, .setup = start, .teardown = stop, ##__VA_ARGS__)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_gets_device_irp_and_context),
        TEST(requests_before_the_run_merge),
        TEST(devices_have_dpcs_of_their_own),
        TEST(it_may_start_elsewhere_at_once, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
