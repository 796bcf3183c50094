/* test_testing_state.c - assertions on states, and driving a machine by hand; each assertion fails
 * when it should.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>
#include <wdf.h>

#include <string.h>

#include "failing.h"

#include "../drivers/drv_kit.h"

#define KIT .driver = WC_DRIVER_DRV_KIT, .calls = true
#define UART                                                                \
    .driver = WC_DRIVER_UART, .calls = true, .model = "uart16550,line=mem", \
    .resources = "port=0x3f8-0x3ff,irq=4"

static struct wc_file *open_file(const char *name)
{
    struct wc_file *file;

    assert_int_equal(wc_file_open(name, &file), STATUS_SUCCESS);
    return file;
}

static void *kit_dpc(const char *routine)
{
    return wc_object_with("WDFDPC", "EvtDpcFunc", routine);
}

static void *handle_in(const char *api, const char *argument)
{
    struct wc_calls calls = wc_calls(api);

    assert_true(calls.count > 0);
    return (void *)(uintptr_t)wc_call_number(calls.call[calls.count - 1], argument);
}

static void write_byte(struct wc_file *file)
{
    size_t size;

    assert_int_equal(wc_file_write(file, "x", 1, &size), STATUS_SUCCESS);
}

static void note_done(void *context, int32_t status, uint64_t information)
{
    *(int32_t *)context = status;
}

/* ---- states ---- */

static void enqueues_coalescing_and_runs_are_counted(void **state)
{
    struct wc_file *file = open_file("Kit");
    void *dpc = kit_dpc("KitReadDpc");

    wc_assert_dpc(dpc, 0, 0, 0);
    write_byte(file);
    wc_assert_dpc(dpc, 1, 0, 1);
    write_byte(file);
    wc_assert_dpc(dpc, 2, 0, 2);
    wc_assert_dpc(kit_dpc("KitWriteDpc"), 2, 0, 2);
    wc_file_close(file);
}

/* While the work item's DPC waits on the raised processor, further ones change nothing. */
static VOID WriteTwice(WDFWORKITEM WorkItem)
{
    WDFDPC dpc = kit_dpc("KitWriteDpc");
    KIRQL old = KeRaiseIrqlToDpcLevel();

    WdfDpcEnqueue(dpc);
    WdfDpcEnqueue(dpc);
    KeLowerIrql(old);
    wc_assert_dpc(dpc, 0, 0, 1); /* the test's own calls are not the driver's */
}

static void only_the_drivers_own_enqueues_count(void **state)
{
    WriteTwice(NULL);
}

static void a_queue_tells_what_waits_and_what_is_owned(void **state)
{
    struct wc_file *file = open_file("Kit");
    void *waiting = wc_object("WDFQUEUE", 2);
    void *reads = wc_object_with("WDFQUEUE", "EvtIoRead", "KitRead");
    int32_t status = STATUS_PENDING;
    struct wc_io *io;
    char byte;

    wc_assert_queue(waiting, 0, 0);
    assert_int_equal(wc_file_read_start(file, &byte, 1, note_done, &status, &io), STATUS_PENDING);
    wc_assert_queue(waiting, 1, 0);
    wc_assert_queue(reads, 0, 0);
    wc_assert_queue_state(reads, true, true);
    void *request = handle_in("WdfRequestForwardToIoQueue", "Request");
    wc_assert_alive(request);
    wc_assert_not_completed(request);
    write_byte(file);
    wc_assert_queue(waiting, 0, 0);
    wc_assert_completed(request, STATUS_SUCCESS, 1);
    wc_assert_deleted(request);
    wc_assert_objects("WDFREQUEST", 0);
    assert_int_equal(status, STATUS_SUCCESS);
    wc_file_close(file);
}

static VOID HoldLocks(WDFDPC Dpc)
{
    void *lock = wc_object("WDFSPINLOCK", 0);

    wc_assert_lock(lock, false);
    WdfSpinLockAcquire(lock);
    wc_assert_lock(lock, true);
    WdfSpinLockRelease(lock);
    wc_assert_lock(lock, false);
}

static void locks_tell_whether_they_are_held(void **state)
{
    struct wc_file *file = open_file("Kit");
    KSPIN_LOCK spin;
    KIRQL old;

    wc_replace_callback(kit_dpc("KitWriteDpc"), "EvtDpcFunc", (wc_any_function *)HoldLocks);
    write_byte(file);
    KeInitializeSpinLock(&spin);
    wc_assert_lock(&spin, false);
    KeAcquireSpinLock(&spin, &old);
    wc_assert_lock(&spin, true);
    KeReleaseSpinLock(&spin, old);
    wc_file_close(file);
}

static void an_irp_tells_how_it_was_completed(void **state)
{
    struct wc_file *file = open_file("FEEDER");
    char byte;
    size_t size;

    assert_int_equal(wc_file_read(file, &byte, 1, &size), STATUS_BUFFER_TOO_SMALL);
    struct wc_callbacks reads = wc_callbacks("DispatchRead");
    assert_int_equal(reads.count, 1);
    wc_assert_completed((void *)(uintptr_t)reads.callback[0]->argument[1], STATUS_BUFFER_TOO_SMALL,
                        0);
    wc_file_close(file);
}

/* ---- driving ---- */

static bool has_ticked(void *context)
{
    return wc_callbacks("KitTick").count > 0;
}

static void control(struct wc_file *file)
{
    size_t size;

    assert_int_equal(wc_file_ioctl(file, KIT_CODE, NULL, 0, NULL, 0, &size), STATUS_SUCCESS);
}

static void time_passes_as_the_test_says(void **state)
{
    struct wc_file *file = open_file("Kit");
    struct wc_machine *machine = wc_test_the_machine();
    uint64_t before = wc_machine_now_ns(machine);

    control(file); /* a timer of 5 ms, and a work item */
    wc_advance(WC_MS(4));
    assert_int_equal(wc_callbacks("KitWork").count, 1);
    assert_int_equal(wc_callbacks("KitTick").count, 0);
    wc_advance(WC_MS(2));
    assert_int_equal(wc_callbacks("KitTick").count, 1);
    assert_in_range(wc_machine_now_ns(machine) - before, WC_MS(6), WC_MS(6) + WC_US(100));
    wc_file_close(file);
}

static void the_next_event_is_stepped_to(void **state)
{
    struct wc_file *file = open_file("Kit");
    uint64_t before = wc_machine_now_ns(wc_test_the_machine());

    assert_false(wc_advance_to_next());
    control(file);
    assert_true(wc_advance_to_next());
    assert_int_equal(wc_callbacks("KitTick").count, 1);
    assert_in_range(wc_machine_now_ns(wc_test_the_machine()) - before, WC_MS(5),
                    WC_MS(5) + WC_US(100));
    assert_false(wc_advance_to_next());
    wc_file_close(file);
}

static void it_runs_until_idle_or_a_condition_within_a_bound(void **state)
{
    struct wc_file *file = open_file("Kit");

    assert_true(wc_run_until_idle(WC_MS(1)));
    control(file);
    assert_false(wc_run_until_idle(WC_MS(1))); /* the timer is still armed */
    assert_false(wc_run_until(has_ticked, NULL, WC_MS(1)));
    assert_true(wc_run_until(has_ticked, NULL, WC_MS(10)));
    assert_true(wc_run_until_idle(WC_MS(1)));
    wc_file_close(file);
}

static void note_processor(void *context)
{
    ULONG *last = context;

    KeSetSystemAffinityThread((KAFFINITY)1 << 1);
    *last = KeGetCurrentProcessorNumber();
}

static void the_test_chooses_who_runs_next(void **state)
{
    ULONG ran_on = 0;

    assert_false(wc_pass_turn(1)); /* it has nothing to do */
    wc_machine_start_task(wc_test_the_machine(), note_processor, &ran_on);
    wc_run_until_idle(WC_MS(1));
    assert_int_equal(ran_on, 1);
}

static void lines_and_registers_are_in_the_tests_hand(void **state)
{
    void *interrupt = wc_object("WDFINTERRUPT", 0);
    struct wc_callbacks isr;

    wc_assert_interrupt(interrupt, true);
    size_t before = wc_callbacks("EvtInterruptIsr").count;
    wc_expect_violation("InterruptStorm"); /* a line that nobody takes back is masked */
    wc_line_set(4, true);
    KeGetCurrentIrql(); /* a window */
    wc_run_until_idle(WC_MS(1));
    isr = wc_callbacks("EvtInterruptIsr");
    assert_true(isr.count > before);
    assert_true(isr.callback[before]->irql > DISPATCH_LEVEL);
    wc_line_set(4, false);
    wc_port_write(0x3f8 + 7, 1, 0x5a); /* the scratch register */
    assert_int_equal(wc_port_read(0x3f8 + 7, 1), 0x5a);
}

/* A model of two registers: 0 raises its line and counts that, 4 acknowledges. */
static void registers_in_memory_are_too(void **state)
{
    wc_memory_write(0xfe000000, 4, 0);
    assert_int_equal(wc_memory_read(0xfe000000, 4), 1);
    assert_int_equal(wc_memory_read(0xfe000004, 4), 1);
    wc_memory_write(0xfe000004, 4, 0);
    assert_int_equal(wc_memory_read(0xfe000004, 1), 0);
    assert_int_equal(wc_memory_read(0xfe000000, 2), 1);
}

/* ---- what must fail ---- */

static void dpc_counts_differ(void **state)
{
    wc_assert_dpc(kit_dpc("KitReadDpc"), 1, 0, 1);
}

static void queue_lengths_differ(void **state)
{
    wc_assert_queue(wc_object("WDFQUEUE", 0), 1, 2);
}

static void queue_states_differ(void **state)
{
    wc_assert_queue_state(wc_object("WDFQUEUE", 0), true, false);
}

static void request_is_not_completed(void **state)
{
    wc_assert_completed((void *)0x1234, STATUS_SUCCESS, 0);
}

static void request_is_completed_otherwise(void **state)
{
    struct wc_file *file = open_file("Kit");

    write_byte(file);
    wc_assert_completed(handle_in("WdfRequestCompleteWithInformation", "Request"), STATUS_CANCELLED,
                        1);
}

static void request_is_completed(void **state)
{
    struct wc_file *file = open_file("Kit");

    write_byte(file);
    wc_assert_not_completed(handle_in("WdfRequestCompleteWithInformation", "Request"));
}

static void object_is_alive(void **state)
{
    wc_assert_deleted(kit_dpc("KitReadDpc"));
}

static void number_of_objects_differs(void **state)
{
    wc_assert_objects("WDFDPC", 3);
}

static void lock_is_free(void **state)
{
    wc_assert_lock(wc_object("WDFSPINLOCK", 0), true);
}

static void interrupt_is_enabled(void **state)
{
    wc_assert_interrupt(wc_object("WDFINTERRUPT", 0), false);
}

static void queue_is_none(void **state)
{
    wc_queue_state(wc_object("WDFDPC", 0));
}

static const struct failing cases[] = {
    {"dpc_counts_differ",
     wc_unit_test(dpc_counts_differ, KIT),
     {"queued 0 times, coalesced 0 times and ran 0 times, and not 1, 0 and 1", "last events"}},
    {"queue_lengths_differ",
     wc_unit_test(queue_lengths_differ, KIT),
     {"0 requests wait in the queue and 0 are with the driver, and not 1 and 2"}},
    {"queue_states_differ",
     wc_unit_test(queue_states_differ, KIT),
     {"the queue accepts requests and dispatches them; accepting and holding"}},
    {"request_is_not_completed",
     wc_unit_test(request_is_not_completed, KIT),
     {"was not completed"}},
    {"request_is_completed_otherwise",
     wc_unit_test(request_is_completed_otherwise, KIT),
     {"with status 0x00000000 and information 1, and not 0xC0000120 and 1"}},
    {"request_is_completed",
     wc_unit_test(request_is_completed, KIT),
     {"was completed with status 0x00000000, and should not be"}},
    {"object_is_alive", wc_unit_test(object_is_alive, KIT), {"is alive"}},
    {"number_of_objects_differs",
     wc_unit_test(number_of_objects_differs, KIT),
     {"there are 2 objects of type WDFDPC, and not 3", "WDFDRIVER"}},
    {"lock_is_free", wc_unit_test(lock_is_free, KIT), {"the lock is not held"}},
    {"interrupt_is_enabled",
     wc_unit_test(interrupt_is_enabled, UART),
     {"the interrupt is enabled"}},
    {"queue_is_none", wc_unit_test(queue_is_none, KIT), {"is no live WDFQUEUE"}},
};

static void each_assertion_fails_when_it_should(void **state)
{
    failing_check(cases, sizeof(cases) / sizeof(cases[0]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(enqueues_coalescing_and_runs_are_counted, KIT),
        wc_unit_test(only_the_drivers_own_enqueues_count, KIT),
        wc_unit_test(a_queue_tells_what_waits_and_what_is_owned, KIT),
        wc_unit_test(locks_tell_whether_they_are_held, KIT),
        wc_unit_test(an_irp_tells_how_it_was_completed, .driver = WC_DRIVER_DRV_FEEDER,
                     .calls = true),
        wc_unit_test(time_passes_as_the_test_says, KIT),
        wc_unit_test(the_next_event_is_stepped_to, KIT),
        wc_unit_test(it_runs_until_idle_or_a_condition_within_a_bound, KIT),
        wc_unit_test(the_test_chooses_who_runs_next, .processors = 2),
        wc_unit_test(lines_and_registers_are_in_the_tests_hand, UART),
        wc_unit_test(registers_in_memory_are_too, .driver = WC_DRIVER_DRV_FEEDER,
                     .model = "tworeg,memory=yes",
                     .resources = "memory=0xfe000000-0xfe000007,irq=5"),
        cmocka_unit_test(each_assertion_fails_when_it_should),
    };

    if (argc > 1) {
        return failing_run(cases, sizeof(cases) / sizeof(cases[0]), argv[1]);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
