/* test_io_startio.c - IoStartPacket, IoStartNextPacket and DriverStartIo. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

#define PACKETS 4

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    PIRP irps[PACKETS];
    PIRP started[16];
    PIRP current[16]; /* CurrentIrp inside StartIo */
    PDRIVER_CANCEL cancel[16];
    int starts, depth, deepest, cancels;
    KIRQL irql;
    BOOLEAN next_inside; /* StartIo asks for the next packet */
} t;

static VOID start_io(PDEVICE_OBJECT device, PIRP irp)
{
    t.started[t.starts] = irp;
    t.current[t.starts] = device->CurrentIrp;
    t.cancel[t.starts] = irp->CancelRoutine;
    t.irql = KeGetCurrentIrql();
    t.starts++;
    t.depth++;
    t.deepest = t.depth > t.deepest ? t.depth : t.deepest;
    if (t.next_inside) {
        IoStartNextPacket(device, FALSE);
    }
    t.depth--;
}

static VOID cancel_packet(PDEVICE_OBJECT device, PIRP irp)
{
    t.cancels++;
    KeRemoveEntryDeviceQueue(&device->DeviceQueue, &irp->Tail.Overlay.DeviceQueueEntry);
    IoReleaseCancelSpinLock(irp->CancelIrql);
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.driver->DriverStartIo = start_io;
    t.device = nt_device_create(t.driver, NULL, nt_succeed);
    for (int i = 0; i < PACKETS; i++) {
        t.irps[i] = nt_irp(1);
        IoSetNextIrpStackLocation(t.irps[i]);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (int i = 0; i < PACKETS; i++) {
        IoFreeIrp(t.irps[i]);
    }
    nt_driver_delete(t.driver);
    return 0;
}

static void next_packet(BOOLEAN cancelable)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    IoStartNextPacket(t.device, cancelable);
    KeLowerIrql(old);
}

/* ---- two processors ---- */

#define ROUNDS 400

static volatile LONG begun, rounds;

static VOID count_start(PDEVICE_OBJECT device, PIRP irp)
{
    InterlockedIncrement(&begun);
}

/* As soon as the second packet of a round was begun, or a little later. */
static VOID ask_for_the_third(PVOID Context)
{
    nt_on_processor(1);
    for (LONG round = 0; round < ROUNDS; round++) {
        KIRQL old = KeRaiseIrqlToDpcLevel();

        nt_spin_until(&begun, 3 * round + 2);
        nt_spin(round % 32);
        IoStartNextPacket(t.device, FALSE);
        KeLowerIrql(old);
        WriteRelease(&rounds, round + 1);
    }
}

static void what_another_processor_asks_for_as_startio_returns_is_not_lost(void **state)
{
    PKTHREAD thread;

    begun = rounds = 0;
    t.driver->DriverStartIo = count_start;
    IoSetStartIoAttributes(t.device, TRUE, FALSE);
    thread = nt_thread(ask_for_the_third, NULL);
    for (LONG round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 3; i++) {
            IoStartPacket(t.device, t.irps[i], NULL, NULL);
        }
        next_packet(FALSE);
        nt_spin_until(&rounds, round + 1);
        assert_int_equal(ReadAcquire(&begun), 3 * round + 3);
        next_packet(FALSE);
    }
    nt_join(thread);
}

static void an_idle_device_starts_at_once(void **state) /* spec: SIO-01, SIO-02, SIO-04 */
{
    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    assert_int_equal(t.starts, 1);
    assert_int_equal(t.irql, DISPATCH_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_ptr_equal(t.current[0], t.irps[0]);
}

static void a_busy_device_queues(void **state) /* spec: SIO-03, SIO-05 */
{
    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    IoStartPacket(t.device, t.irps[1], NULL, NULL);
    assert_int_equal(t.starts, 1);
    next_packet(FALSE);
    assert_int_equal(t.starts, 2);
    assert_ptr_equal(t.started[1], t.irps[1]);
    next_packet(FALSE);
    assert_null(t.device->CurrentIrp);
    assert_false(t.device->DeviceQueue.Busy);
}

static void keys_order_the_queue(void **state) /* spec: SIO-06 */
{
    ULONG high = 9;
    ULONG low = 3;

    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    IoStartPacket(t.device, t.irps[1], &high, NULL);
    IoStartPacket(t.device, t.irps[2], &low, NULL);
    IoStartPacket(t.device, t.irps[3], NULL, NULL); /* at the tail */
    for (int i = 0; i < 3; i++) {
        next_packet(FALSE);
    }
    assert_ptr_equal(t.started[1], t.irps[2]);
    assert_ptr_equal(t.started[2], t.irps[1]);
    assert_ptr_equal(t.started[3], t.irps[3]);
    next_packet(FALSE);
}

/* The first at or above the key; none: the first of the queue. */
static void a_key_chooses_the_next(void **state)
{
    ULONG keys[PACKETS] = {0, 3, 5, 9};

    (void)state;
    for (int i = 0; i < PACKETS; i++) {
        IoStartPacket(t.device, t.irps[i], &keys[i], NULL);
    }
    IoStartNextPacketByKey(t.device, FALSE, 4);
    assert_ptr_equal(t.started[1], t.irps[2]);
    assert_ptr_equal(t.current[1], t.irps[2]);
    assert_int_equal(t.irql, DISPATCH_LEVEL);
    IoStartNextPacketByKey(t.device, TRUE, 10);
    assert_ptr_equal(t.started[2], t.irps[1]);
    IoStartNextPacketByKey(t.device, TRUE, 9);
    assert_ptr_equal(t.started[3], t.irps[3]);
    IoStartNextPacketByKey(t.device, FALSE, 0);
    assert_int_equal(t.starts, PACKETS);
    assert_null(t.device->CurrentIrp);
    assert_false(t.device->DeviceQueue.Busy);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void deferred_starts_follow_one_another(void **state) /* spec: SIO-07 */
{
    (void)state;
    IoSetStartIoAttributes(t.device, TRUE, FALSE);
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    IoStartPacket(t.device, t.irps[1], NULL, NULL);
    IoStartPacket(t.device, t.irps[2], NULL, NULL);
    t.next_inside = TRUE;
    next_packet(FALSE);
    assert_int_equal(t.starts, 3);
    assert_int_equal(t.deepest, 1);
    assert_false(t.device->DeviceQueue.Busy);
}

static void undeferred_starts_nest(void **state) /* spec: SIO-08 */
{
    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    IoStartPacket(t.device, t.irps[1], NULL, NULL);
    IoStartPacket(t.device, t.irps[2], NULL, NULL);
    t.next_inside = TRUE;
    next_packet(FALSE);
    assert_int_equal(t.starts, 3);
    assert_int_equal(t.deepest, 2);
}

static void noncancelable_clears_the_routine(void **state) /* spec: SIO-09 */
{
    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, cancel_packet);
    assert_ptr_equal(t.cancel[0], cancel_packet);
    IoSetCancelRoutine(t.irps[0], NULL);
    next_packet(TRUE);

    IoSetStartIoAttributes(t.device, FALSE, TRUE);
    IoStartPacket(t.device, t.irps[1], NULL, cancel_packet);
    assert_null(t.cancel[1]);
    IoStartPacket(t.device, t.irps[2], NULL, cancel_packet);
    assert_ptr_equal(t.irps[2]->CancelRoutine, cancel_packet); /* while it is queued */
    next_packet(TRUE);
    assert_ptr_equal(t.started[2], t.irps[2]);
    assert_null(t.cancel[2]);
    next_packet(TRUE);
}

static void a_cancelled_packet_is_not_queued(void **state) /* spec: SIO-10 */
{
    (void)state;
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    IoCancelIrp(t.irps[1]);
    IoStartPacket(t.device, t.irps[1], NULL, cancel_packet);
    assert_int_equal(t.cancels, 1);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    next_packet(TRUE);
    assert_int_equal(t.starts, 1);
}

static void packets_start_one_at_a_time_in_order(void **state) /* spec: SIO-11 */
{
    (void)state;
    for (int i = 0; i < PACKETS; i++) {
        IoStartPacket(t.device, t.irps[i], NULL, NULL);
        assert_int_equal(t.starts, 1);
    }
    for (int i = 1; i < PACKETS; i++) {
        next_packet(FALSE);
        assert_int_equal(t.starts, i + 1);
        assert_ptr_equal(t.started[i], t.irps[i]);
    }
    next_packet(FALSE);
    assert_int_equal(t.starts, PACKETS);
}

static void without_start_io_nothing_starts(void **state)
{
    (void)state;
    t.driver->DriverStartIo = NULL;
    wc_expect_violation("NoStartIo");
    IoStartPacket(t.device, t.irps[0], NULL, NULL);
    assert_null(t.device->CurrentIrp);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_idle_device_starts_at_once),
        TEST(a_busy_device_queues),
        TEST(keys_order_the_queue),
        TEST(a_key_chooses_the_next),
        TEST(deferred_starts_follow_one_another),
        TEST(undeferred_starts_nest),
        TEST(noncancelable_clears_the_routine),
        TEST(a_cancelled_packet_is_not_queued),
        TEST(packets_start_one_at_a_time_in_order),
        TEST(without_start_io_nothing_starts),
        wc_unit_test(what_another_processor_asks_for_as_startio_returns_is_not_lost, .setup = start,
                     .teardown = stop, .processors = 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
