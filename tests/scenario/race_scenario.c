/* race_scenario.c - see race.h. The IRPs are the scenario's own until it frees them, so that one may
 * be cancelled at any moment, also after it ended.
 */
#include <wdfcore/testing.h>

#include <ntddk.h>

#include <string.h>

#include "race.h"

#define PULSES 6
#define READS  (PULSES + 2) /* one that may be left over by a cancelled one, one without a pulse */

struct operation {
    PIRP irp;
    volatile LONG calls;
    NTSTATUS status;
    ULONG number; /* what was read */
    KEVENT ended;
};

/* Not on a stack: a sweep abandons bodies. */
static struct {
    PDEVICE_OBJECT device;
    struct operation reads[READS];
    KEVENT pulsed, cancelled, last_started;
} race;

static NTSTATUS note_end(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct operation *operation = context;

    operation->calls++;
    operation->status = irp->IoStatus.Status;
    KeSetEvent(&operation->ended, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void start(struct operation *operation, UCHAR major)
{
    PIO_STACK_LOCATION stack;
    PIRP irp = IoAllocateIrp(race.device->StackSize, FALSE);

    assert_non_null(irp);
    KeInitializeEvent(&operation->ended, NotificationEvent, FALSE);
    irp->AssociatedIrp.SystemBuffer = &operation->number;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = major;
    stack->Parameters.Read.Length = sizeof(operation->number); /* as of a write */
    IoSetCompletionRoutine(irp, note_end, operation, TRUE, TRUE, TRUE);
    operation->irp = irp; /* from here on it may be cancelled */
    IoCallDriver(race.device, irp);
}

static void wait_for(PKEVENT event)
{
    assert_int_equal(KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
}

/* ---- the tasks beside the body ---- */

static void pulse_task(void *argument)
{
    static const ULONG delays[PULSES] = {700, 0, 700, 0, 0, 0};

    KeSetSystemAffinityThread(1); /* each processor has its own clock; ours may not go back */
    for (int i = 0; i < PULSES; i++) {
        struct operation write = {.number = delays[i]};

        start(&write, IRP_MJ_WRITE);
        wait_for(&write.ended);
        IoFreeIrp(write.irp);
        if (delays[i] != 0) { /* the device has one timer */
            KeDelayExecutionThread(KernelMode, FALSE, &(LARGE_INTEGER){.QuadPart = -10});
        }
    }
    KeSetEvent(&race.pulsed, IO_NO_INCREMENT, FALSE);
}

/* As soon as the request is there: before, while and after the driver sees it. */
static void cancel_one(const struct operation *operation)
{
    while (*(PIRP volatile *)&operation->irp == NULL) {
        YieldProcessor();
    }
    IoCancelIrp(operation->irp);
}

static void cancel_task(void *argument)
{
    cancel_one(&race.reads[PULSES / 2]);
    wait_for(&race.last_started);
    cancel_one(&race.reads[READS - 1]);
    KeSetEvent(&race.cancelled, IO_NO_INCREMENT, FALSE);
}

/* ---- the body ---- */

static void find_device(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Race");
    PFILE_OBJECT file;

    assert_int_equal(IoGetDeviceObjectPointer(&name, FILE_READ_ATTRIBUTES, &file, &race.device),
                     STATUS_SUCCESS);
    ObDereferenceObject(file);
}

static void check_reads(int count)
{
    ULONG last = 0;

    for (int i = 0; i < count; i++) {
        const struct operation *read = &race.reads[i];

        assert_int_equal(read->calls, 1);
        if (read->status == STATUS_SUCCESS) {
            assert_int_equal(read->number, last + 1); /* in the order in which they came */
            last = read->number;
        } else {
            assert_int_equal(read->status, STATUS_CANCELLED);
        }
    }
    assert_int_equal(last, PULSES);
}

void race_body(void **state)
{
    struct wc_machine *machine = wc_test_the_machine();
    int count = PULSES;

    memset(&race, 0, sizeof(race));
    KeInitializeEvent(&race.pulsed, NotificationEvent, FALSE);
    KeInitializeEvent(&race.cancelled, NotificationEvent, FALSE);
    KeInitializeEvent(&race.last_started, NotificationEvent, FALSE);
    find_device();
    assert_int_equal(wc_machine_start_task(machine, pulse_task, NULL), WC_OK);
    assert_int_equal(wc_machine_start_task(machine, cancel_task, NULL), WC_OK);
    for (int i = 0; i < PULSES; i++) {
        start(&race.reads[i], IRP_MJ_READ);
    }
    wait_for(&race.pulsed);
    for (int i = 0; i < PULSES; i++) {
        wait_for(&race.reads[i].ended);
    }
    if (race.reads[PULSES / 2].status == STATUS_CANCELLED) { /* its pulse is left */
        start(&race.reads[count], IRP_MJ_READ);
        wait_for(&race.reads[count].ended);
        count++;
    }
    KeSetEvent(&race.last_started, IO_NO_INCREMENT, FALSE);
    start(&race.reads[READS - 1], IRP_MJ_READ);
    wait_for(&race.reads[READS - 1].ended);
    wait_for(&race.cancelled);
    check_reads(count);
    assert_int_equal(race.reads[READS - 1].calls, 1);
    assert_int_equal(race.reads[READS - 1].status, STATUS_CANCELLED);
    for (int i = 0; i < READS; i++) {
        if (race.reads[i].irp != NULL) {
            IoFreeIrp(race.reads[i].irp);
        }
    }
}
