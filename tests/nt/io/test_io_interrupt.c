/* test_io_interrupt.c - IoConnectInterrupt, IoConnectInterruptEx in all its versions, and back. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

#include "nt/hal/hal_line.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/interrupt/ke_interrupt.h"

#define IRQ 4

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT pdo;
    PCM_RESOURCE_LIST resources;
    struct hal_line_source *sources[3];
    PKINTERRUPT interrupt;
    int calls;
    KIRQL irql;
    PVOID context;
    ULONG message;
} t;

static int start(void **state)
{
    static const struct io_pnp_identity identity = {
        .enumerator = "ROOT", .device_id = "test", .instance_id = "0000"};

    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.pdo = nt_device_create(t.driver, NULL, nt_succeed);
    assert_int_equal(io_pnp_node_create(t.pdo, &identity), STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    for (int i = 0; i < 3; i++) {
        if (t.sources[i] != NULL) {
            hal_line_disconnect(t.sources[i]);
        }
    }
    nt_driver_delete(t.driver);
    io_resource_list_free(t.resources);
    return 0;
}

/* The device is started with these. */
static void give(const struct io_resource *resources, ULONG count)
{
    t.resources = io_resource_list(resources, count, true);
    assert_int_equal(io_pnp_start(t.pdo, t.resources, t.resources), STATUS_SUCCESS);
}

static void give_lines(uint32_t first, uint32_t second)
{
    const struct io_resource lines[] = {
        {.kind = IO_RESOURCE_INTERRUPT, .irq = first, .level_triggered = true, .shared = true},
        {.kind = IO_RESOURCE_INTERRUPT, .irq = second, .level_triggered = true, .shared = true},
    };

    t.sources[0] = hal_line_connect(first, true);
    if (second != 0) {
        t.sources[1] = hal_line_connect(second, true);
    }
    give(lines, second != 0 ? 2 : 1);
}

static void give_messages(uint32_t first, uint32_t count)
{
    const struct io_resource messages = {.kind = IO_RESOURCE_MESSAGE, .irq = first, .count = count};

    for (uint32_t i = 0; i < count; i++) {
        t.sources[i] = hal_line_connect(first + i, false);
    }
    give(&messages, 1);
}

static void raise(int i)
{
    hal_line_set(t.sources[i], true);
    nt_settle();
    hal_line_set(t.sources[i], false);
}

static BOOLEAN isr(PKINTERRUPT Interrupt, PVOID Context)
{
    t.calls++;
    t.irql = KeGetCurrentIrql();
    t.context = Context;
    for (int i = 0; i < 3; i++) {
        if (t.sources[i] != NULL) {
            hal_line_set(t.sources[i], false);
        }
    }
    return TRUE;
}

static BOOLEAN message_isr(PKINTERRUPT Interrupt, PVOID Context, ULONG MessageId)
{
    t.message = MessageId;
    return isr(Interrupt, Context);
}

static BOOLEAN answer_yes(PVOID Context)
{
    *(KIRQL *)Context = KeGetCurrentIrql();
    return TRUE;
}

static NTSTATUS connect_old(KAFFINITY affinity)
{
    return IoConnectInterrupt(&t.interrupt, isr, &t, NULL, hal_irq_vector(IRQ), hal_irq_level(IRQ),
                              hal_irq_level(IRQ), LevelSensitive, TRUE, affinity, FALSE);
}

static IO_CONNECT_INTERRUPT_PARAMETERS fully_specified(void)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_FULLY_SPECIFIED};

    parameters.FullySpecified.PhysicalDeviceObject = t.pdo;
    parameters.FullySpecified.InterruptObject = &t.interrupt;
    parameters.FullySpecified.ServiceRoutine = isr;
    parameters.FullySpecified.ServiceContext = &t;
    parameters.FullySpecified.Vector = hal_irq_vector(IRQ);
    parameters.FullySpecified.Irql = hal_irq_level(IRQ);
    parameters.FullySpecified.SynchronizeIrql = hal_irq_level(IRQ);
    parameters.FullySpecified.InterruptMode = LevelSensitive;
    parameters.FullySpecified.ShareVector = TRUE;
    parameters.FullySpecified.ProcessorEnableMask = 1;
    return parameters;
}

static IO_CONNECT_INTERRUPT_PARAMETERS line_based(KIRQL synchronize_irql)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_LINE_BASED};

    parameters.LineBased.PhysicalDeviceObject = t.pdo;
    parameters.LineBased.InterruptObject = &t.interrupt;
    parameters.LineBased.ServiceRoutine = isr;
    parameters.LineBased.ServiceContext = &t;
    parameters.LineBased.SynchronizeIrql = synchronize_irql;
    return parameters;
}

static IO_CONNECT_INTERRUPT_PARAMETERS message_based(PVOID *connection)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_MESSAGE_BASED};

    parameters.MessageBased.PhysicalDeviceObject = t.pdo;
    parameters.MessageBased.ConnectionContext.Generic = connection;
    parameters.MessageBased.MessageServiceRoutine = message_isr;
    parameters.MessageBased.ServiceContext = &t;
    parameters.MessageBased.FallBackServiceRoutine = isr;
    return parameters;
}

static void disconnect_ex(ULONG version, PVOID connection)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {.Version = version};

    parameters.ConnectionContext.Generic = connection;
    IoDisconnectInterruptEx(&parameters);
}

/* ---- fully specified ---- */

static void connecting_gives_an_object_to_synchronize_with(void **state) /* spec: INT-01 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();
    KIRQL irql = 0;

    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(connect_old(1), STATUS_SUCCESS);
    assert_non_null(t.interrupt);
    assert_true(KeSynchronizeExecution(t.interrupt, answer_yes, &irql));
    assert_int_equal(irql, hal_irq_level(IRQ));
    raise(0);
    assert_int_equal(t.calls, 1);
    assert_ptr_equal(t.context, &t);
    IoDisconnectInterrupt(t.interrupt);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    assert_non_null(t.interrupt);
    raise(0);
    assert_int_equal(t.calls, 2);
    disconnect_ex(parameters.Version, t.interrupt);
    raise(0);
    assert_int_equal(t.calls, 2);
}

static void without_an_active_processor_it_fails(void **state) /* spec: INT-02 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();

    t.interrupt = (PKINTERRUPT)(ULONG_PTR)1;
    assert_int_equal(connect_old(2), STATUS_INVALID_PARAMETER);
    assert_null(t.interrupt);
    assert_int_equal(connect_old(0), STATUS_INVALID_PARAMETER);
    parameters.FullySpecified.ProcessorEnableMask = 2;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_10);
    parameters.FullySpecified.ProcessorEnableMask = 3; /* one of them is there */
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    disconnect_ex(parameters.Version, t.interrupt);
}

static void an_unknown_version_fails(void **state) /* spec: INT-03 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();

    parameters.Version = 5;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_1);
    parameters.Version = 0;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER_1);
    parameters.Version = CONNECT_FULLY_SPECIFIED_GROUP;
    parameters.FullySpecified.Group = 1;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    parameters.FullySpecified.Group = 0;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    disconnect_ex(parameters.Version, t.interrupt);
}

static void a_passive_interrupt_takes_no_spin_lock(void **state) /* spec: INT-19 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    parameters.FullySpecified.Irql = PASSIVE_LEVEL;
    parameters.FullySpecified.SynchronizeIrql = PASSIVE_LEVEL;
    parameters.FullySpecified.SpinLock = &lock;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    parameters.FullySpecified.SpinLock = NULL;
    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    hal_line_set(t.sources[0], true);
    nt_delay_ms(1);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.irql, PASSIVE_LEVEL);
    disconnect_ex(parameters.Version, t.interrupt);
}

/* ---- by the resources ---- */

static void a_device_without_interrupts_has_none_to_connect(void **state) /* spec: INT-04 */
{
    static const struct io_resource port = {.kind = IO_RESOURCE_PORT, .start = 0x300, .length = 8};
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = line_based(0);
    PVOID connection = &t;

    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND); /* not started */
    give(&port, 1);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);
    assert_null(t.interrupt);
    parameters = message_based(&connection);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_NOT_FOUND);
    parameters.MessageBased.PhysicalDeviceObject = NULL;
    parameters.Version = CONNECT_MESSAGE_BASED;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
}

static void line_based_synchronizes_at_the_highest_level(void **state) /* spec: INT-21 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = line_based(0);
    KIRQL irql = 0;

    give_lines(IRQ, IRQ - 2); /* the second is more urgent */
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    KeSynchronizeExecution(t.interrupt, answer_yes, &irql);
    assert_int_equal(irql, hal_irq_level(IRQ - 2));
    raise(0);
    assert_int_equal(t.irql, hal_irq_level(IRQ - 2));
    raise(1);
    assert_int_equal(t.calls, 2); /* one ISR for both */
    disconnect_ex(parameters.Version, t.interrupt);
    raise(1);
    assert_int_equal(t.calls, 2);
    parameters = line_based(11); /* what was asked for is a minimum */
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    raise(0);
    assert_int_equal(t.irql, 11);
    disconnect_ex(parameters.Version, t.interrupt);
}

static void a_line_based_interrupt_of_a_passive_line_is_passive(void **state) /* spec: INT-19 */
{
    static const struct io_resource line = {
        .kind = IO_RESOURCE_INTERRUPT, .irq = IRQ, .level_triggered = true, .passive = true};
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = line_based(PASSIVE_LEVEL);
    KIRQL irql = HIGH_LEVEL;
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    give(&line, 1);
    parameters.LineBased.SpinLock = &lock;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_PARAMETER);
    parameters.LineBased.SpinLock = NULL;
    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    hal_line_set(t.sources[0], true);
    nt_delay_ms(1);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.irql, PASSIVE_LEVEL);
    KeSynchronizeExecution(t.interrupt, answer_yes, &irql);
    assert_int_equal(irql, PASSIVE_LEVEL);
    wc_expect_violation("PassiveInterruptError");
    KeAcquireInterruptSpinLock(t.interrupt);
    disconnect_ex(parameters.Version, t.interrupt);
}

static void message_based_falls_back_to_the_line(void **state) /* spec: INT-22 */
{
    PVOID connection = NULL;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = message_based(&connection);

    give_lines(IRQ, 0);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    assert_int_equal(parameters.Version, CONNECT_LINE_BASED);
    t.message = 77;
    raise(0);
    assert_int_equal(t.calls, 1);
    assert_int_equal(t.message, 77); /* the fallback routine, not the one for messages */
    assert_true(KeSynchronizeExecution(connection, answer_yes, &t.irql)); /* an interrupt object */
    disconnect_ex(parameters.Version, connection);
}

static void message_based_gives_a_table_of_the_messages(void **state) /* spec: INT-23 */
{
    PVOID connection = NULL;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = message_based(&connection);
    PIO_INTERRUPT_MESSAGE_INFO table;
    KIRQL highest = 0;

    give_messages(32, 3);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    assert_int_equal(parameters.Version, CONNECT_MESSAGE_BASED);
    table = connection;
    assert_int_equal(table->MessageCount, 3);
    for (ULONG i = 0; i < 3; i++) {
        assert_int_equal(table->MessageInfo[i].Vector, hal_irq_vector(32 + i));
        assert_int_equal(table->MessageInfo[i].Irql, hal_irq_level(32 + i));
        assert_int_equal(table->MessageInfo[i].Mode, Latched);
        assert_non_null(table->MessageInfo[i].InterruptObject);
        highest = table->MessageInfo[i].Irql > highest ? table->MessageInfo[i].Irql : highest;
    }
    assert_int_equal(table->UnifiedIrql, highest);
    for (int i = 2; i >= 0; i--) {
        raise(i);
        assert_int_equal(t.message, i);
        assert_int_equal(t.irql, table->UnifiedIrql);
    }
    assert_int_equal(t.calls, 3);
    disconnect_ex(parameters.Version, connection);
    raise(0);
    assert_int_equal(t.calls, 3);
}

static void line_based_does_not_take_several_messages(void **state)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = line_based(0);

    give_messages(32, 2);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_INVALID_DEVICE_REQUEST);
}

static void
each_message_has_its_own_lock_or_all_have_the_callers(void **state) /* spec: INT-24 INT-07 */
{
    PVOID connection = NULL;
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = message_based(&connection);
    PIO_INTERRUPT_MESSAGE_INFO table;
    KSPIN_LOCK lock;
    KIRQL first;
    KIRQL second;

    give_messages(32, 2);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    table = connection;
    first = KeAcquireInterruptSpinLock(table->MessageInfo[0].InterruptObject);
    second = KeAcquireInterruptSpinLock(table->MessageInfo[1].InterruptObject);
    KeReleaseInterruptSpinLock(table->MessageInfo[1].InterruptObject, second);
    KeReleaseInterruptSpinLock(table->MessageInfo[0].InterruptObject, first);
    disconnect_ex(parameters.Version, connection);
    KeInitializeSpinLock(&lock);
    parameters.MessageBased.SpinLock = &lock;
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    table = connection;
    first = KeAcquireInterruptSpinLock(table->MessageInfo[0].InterruptObject);
    assert_false(KeTestSpinLock(&lock));
    wc_expect_violation("SpinLockAlreadyOwned");
    KeAcquireInterruptSpinLock(table->MessageInfo[1].InterruptObject);
    KeReleaseInterruptSpinLock(table->MessageInfo[0].InterruptObject, first);
    assert_true(KeTestSpinLock(&lock));
    disconnect_ex(parameters.Version, connection);
}

/* ---- active, inactive, gone ---- */

static void an_inactive_interrupt_waits_for_its_time(void **state) /* spec: INT-25 */
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS report = {.Version = CONNECT_FULLY_SPECIFIED};

    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    report.ConnectionContext.InterruptObject = t.interrupt;
    IoReportInterruptInactive(&report);
    IoReportInterruptInactive(&report);
    hal_line_set(t.sources[0], true);
    nt_spin(10);
    assert_int_equal(t.calls, 0);
    IoReportInterruptActive(&report);
    nt_settle();
    assert_int_equal(t.calls, 1);
    IoReportInterruptActive(&report);
    raise(0);
    assert_int_equal(t.calls, 2);
    IoReportInterruptInactive(&report);
    disconnect_ex(parameters.Version, t.interrupt); /* allowed in both states */
    assert_int_equal(wc_violations(NULL), 0);
}

static void a_device_that_goes_on_after_the_disconnect_is_noted(void **state)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS report = {.Version = CONNECT_FULLY_SPECIFIED};
    KIRQL old;

    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    report.ConnectionContext.InterruptObject = t.interrupt;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    IoReportInterruptInactive(&report);
    hal_line_set(t.sources[0], true);
    IoReportInterruptActive(&report);
    KeLowerIrql(old);
    assert_int_equal(t.calls, 1); /* the ISR lowered the line */
    assert_int_equal(wc_violations("InterruptNoHandler"), 0);
    IoReportInterruptInactive(&report);
    hal_line_set(t.sources[0], true);
    disconnect_ex(parameters.Version, t.interrupt);
    assert_int_equal(wc_violations("InterruptNoHandler"), 1);
}

static void the_version_of_another_connection_is_refused(void **state)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = fully_specified();
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS report = {.Version = CONNECT_LINE_BASED};

    t.sources[0] = hal_line_connect(IRQ, true);
    assert_int_equal(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
    wc_expect_violation("InterruptBadContext");
    disconnect_ex(CONNECT_MESSAGE_BASED, t.interrupt);
    report.ConnectionContext.InterruptObject = t.interrupt;
    wc_expect_violation("InterruptBadContext");
    IoReportInterruptInactive(&report);
    raise(0);
    assert_int_equal(t.calls, 1); /* still connected, still active */
    disconnect_ex(parameters.Version, t.interrupt);
}

static void disconnecting_twice_is_reported(void **state)
{
    assert_int_equal(connect_old(1), STATUS_SUCCESS);
    IoDisconnectInterrupt(t.interrupt);
    wc_expect_violation("InterruptNotConnected");
    IoDisconnectInterrupt(t.interrupt);
}

static void connecting_above_passive_level_is_refused(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    wc_expect_violation("IrqlTooHigh");
    assert_false(NT_SUCCESS(connect_old(1)));
    KeLowerIrql(old);
}

/* Two lines each, of which one is everybody's. */
static VOID connect_often(PVOID Context)
{
    ULONG own = *(ULONG *)Context;

    for (int i = 0; i < 100; i++) {
        PKINTERRUPT objects[2];
        ULONG irqs[] = {own, IRQ};

        for (int k = 0; k < 2; k++) {
            assert_int_equal(IoConnectInterrupt(&objects[k], isr, &t, NULL, hal_irq_vector(irqs[k]),
                                                hal_irq_level(irqs[k]), hal_irq_level(irqs[k]),
                                                LevelSensitive, TRUE, 1, FALSE),
                             STATUS_SUCCESS);
        }
        IoDisconnectInterrupt(objects[i & 1]);
        IoDisconnectInterrupt(objects[~i & 1]);
    }
}

static void threads_may_connect_at_the_same_time(void **state)
{
    ULONG irqs[] = {5, 6, 7, 8};
    PKTHREAD threads[4];

    for (int i = 0; i < 4; i++) {
        threads[i] = nt_thread(connect_often, &irqs[i]);
    }
    for (int i = 0; i < 4; i++) {
        nt_join(threads[i]);
    }
    assert_int_equal(wc_violations(NULL), 0);
}

static void an_interrupt_tells_its_processors(void **state)
{
    GROUP_AFFINITY affinity = {.Group = 7, .Reserved = {1, 1, 1}};

    assert_int_equal(connect_old(1), STATUS_SUCCESS);
    assert_int_equal(IoGetAffinityInterrupt(t.interrupt, &affinity), STATUS_SUCCESS);
    assert_true(affinity.Mask == 1 && affinity.Group == 0 && affinity.Reserved[0] == 0);
    IoDisconnectInterrupt(t.interrupt);
    wc_expect_violation("ParameterNull");
    assert_int_equal(IoGetAffinityInterrupt(NULL, &affinity), STATUS_INVALID_PARAMETER);
}

static void releasing_what_was_not_acquired_leaves_the_level_alone(void **state)
{
    KIRQL old;

    assert_int_equal(connect_old(1), STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    wc_expect_violation("SpinLockNotOwned");
    KeReleaseInterruptSpinLock(t.interrupt, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(old); /* it still undoes the raise */
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    IoDisconnectInterrupt(t.interrupt);
}

#define UNIT(body) wc_unit_test(body, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(connecting_gives_an_object_to_synchronize_with),
        UNIT(without_an_active_processor_it_fails),
        UNIT(an_unknown_version_fails),
        UNIT(a_passive_interrupt_takes_no_spin_lock),
        UNIT(a_device_without_interrupts_has_none_to_connect),
        UNIT(line_based_synchronizes_at_the_highest_level),
        UNIT(a_line_based_interrupt_of_a_passive_line_is_passive),
        UNIT(message_based_falls_back_to_the_line),
        UNIT(message_based_gives_a_table_of_the_messages),
        UNIT(line_based_does_not_take_several_messages),
        UNIT(each_message_has_its_own_lock_or_all_have_the_callers),
        UNIT(an_inactive_interrupt_waits_for_its_time),
        UNIT(a_device_that_goes_on_after_the_disconnect_is_noted),
        UNIT(the_version_of_another_connection_is_refused),
        UNIT(disconnecting_twice_is_reported),
        UNIT(connecting_above_passive_level_is_refused),
        UNIT(threads_may_connect_at_the_same_time),
        UNIT(an_interrupt_tells_its_processors),
        UNIT(releasing_what_was_not_acquired_leaves_the_level_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
