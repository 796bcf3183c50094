/* test_io_csq.c - cancel-safe queues over a plain list. */
#include "nt/nt_driver.h"

#include <string.h>

static struct {
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT device;
    IO_CSQ csq;
    KSPIN_LOCK lock;
    LIST_ENTRY list;
    bool locked;
    PIRP canceled; /* last one that CompleteCanceledIrp got */
    int canceled_count;
    bool canceled_under_lock;
    NTSTATUS insert_status;
    PVOID insert_context;
    PIO_CSQ_IRP_CONTEXT context; /* used by the handler */
} t;

static VOID csq_insert(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    InsertTailList(&t.list, &irp->Tail.Overlay.ListEntry);
}

static NTSTATUS csq_insert_ex(PIO_CSQ csq, PIRP irp, PVOID context)
{
    t.insert_context = context;
    if (NT_SUCCESS(t.insert_status)) {
        csq_insert(csq, irp);
    }
    return t.insert_status;
}

static VOID csq_remove(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* context: only IRPs whose Information is that much. */
static PIRP csq_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    PLIST_ENTRY link = irp == NULL ? t.list.Flink : irp->Tail.Overlay.ListEntry.Flink;

    (void)csq;
    for (; link != &t.list; link = link->Flink) {
        PIRP next = CONTAINING_RECORD(link, IRP, Tail.Overlay.ListEntry);

        if (context == NULL || next->IoStatus.Information == (ULONG_PTR)context) {
            return next;
        }
    }
    return NULL;
}

static VOID csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
    (void)csq;
    KeAcquireSpinLock(&t.lock, irql);
    t.locked = true;
}

static VOID csq_release(PIO_CSQ csq, KIRQL irql)
{
    (void)csq;
    t.locked = false;
    KeReleaseSpinLock(&t.lock, irql);
}

static VOID csq_complete_canceled(PIO_CSQ csq, PIRP irp)
{
    (void)csq;
    t.canceled = irp;
    t.canceled_count++;
    t.canceled_under_lock = t.locked;
    nt_complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS queue(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoCsqInsertIrp(&t.csq, irp, t.context);
    return STATUS_PENDING;
}

static int start(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.driver = nt_driver_create();
    t.device = nt_device_create(t.driver, NULL, queue);
    KeInitializeSpinLock(&t.lock);
    InitializeListHead(&t.list);
    assert_int_equal(IoCsqInitialize(&t.csq, csq_insert, csq_remove, csq_peek, csq_acquire,
                                     csq_release, csq_complete_canceled),
                     STATUS_SUCCESS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(t.driver);
    return 0;
}

static void insert_marks_pending(void **state) /* spec: CSQ-01 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    assert_int_equal(IoCallDriver(t.device, irp), STATUS_PENDING);
    assert_true((IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED) != 0);
    assert_int_equal(wc_violations(NULL), 0);
    assert_ptr_equal(IoCsqRemoveNextIrp(&t.csq, NULL), irp);
    nt_complete(irp, STATUS_SUCCESS, 0);
    IoFreeIrp(irp);
}

static void a_cancelled_irp_leaves_and_completes_once(void **state) /* spec: CSQ-02 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    IoCallDriver(t.device, irp);
    assert_true(IoCancelIrp(irp));
    assert_ptr_equal(t.canceled, irp);
    assert_int_equal(t.canceled_count, 1);
    assert_false(t.canceled_under_lock);
    assert_true(IsListEmpty(&t.list));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    IoFreeIrp(irp);
}

static void remove_next_passes_over_cancelled_ones(void **state) /* spec: CSQ-03 */
{
    PIRP first = nt_irp(1);
    PIRP second = nt_irp(1);
    PDRIVER_CANCEL routine = NULL;

    (void)state;
    first->IoStatus.Information = 1;
    second->IoStatus.Information = 2;
    IoCallDriver(t.device, first);
    IoCallDriver(t.device, second);
    routine = IoSetCancelRoutine(first, NULL); /* as if IoCancelIrp had just taken it */
    assert_non_null(routine);
    assert_null(IoCsqRemoveNextIrp(&t.csq, (PVOID)7)); /* none matches */
    assert_ptr_equal(IoCsqRemoveNextIrp(&t.csq, NULL), second);
    assert_null(IoCsqRemoveNextIrp(&t.csq, NULL));
    IoSetCancelRoutine(first, routine);
    assert_ptr_equal(IoCsqRemoveNextIrp(&t.csq, (PVOID)1), first);
    nt_complete(first, STATUS_SUCCESS, 0);
    nt_complete(second, STATUS_SUCCESS, 0);
    IoFreeIrp(first);
    IoFreeIrp(second);
}

static void remove_by_context_finds_it_once(void **state) /* spec: CSQ-04 */
{
    IO_CSQ_IRP_CONTEXT context;
    PIRP irp = nt_irp(1);

    (void)state;
    t.context = &context;
    IoCallDriver(t.device, irp);
    assert_ptr_equal(IoCsqRemoveIrp(&t.csq, &context), irp);
    assert_null(IoCsqRemoveIrp(&t.csq, &context));
    nt_complete(irp, STATUS_SUCCESS, 0);
    IoFreeIrp(irp);

    irp = nt_irp(1);
    IoCallDriver(t.device, irp);
    IoCancelIrp(irp);
    assert_null(IoCsqRemoveIrp(&t.csq, &context));
    IoFreeIrp(irp);
}

static void insert_ex_gives_the_callbacks_status(void **state) /* spec: CSQ-05 */
{
    IO_CSQ ex;
    PIRP irp = nt_irp(1);
    int context = 0;

    (void)state;
    IoSetNextIrpStackLocation(irp); /* the test owns the location */
    assert_int_equal(IoCsqInsertIrpEx(&t.csq, irp, NULL, &context), STATUS_SUCCESS);
    assert_ptr_equal(IoCsqRemoveNextIrp(&t.csq, NULL), irp);

    IoCsqInitializeEx(&ex, csq_insert_ex, csq_remove, csq_peek, csq_acquire, csq_release,
                      csq_complete_canceled);
    IoGetCurrentIrpStackLocation(irp)->Control = 0;
    t.insert_status = STATUS_QUOTA_EXCEEDED;
    assert_int_equal(IoCsqInsertIrpEx(&ex, irp, NULL, &context), STATUS_QUOTA_EXCEEDED);
    assert_ptr_equal(t.insert_context, &context);
    assert_int_equal(IoGetCurrentIrpStackLocation(irp)->Control, 0); /* not pending */
    assert_null(irp->CancelRoutine);
    IoFreeIrp(irp);
}

static void inserting_a_cancelled_irp_completes_it(void **state) /* spec: CSQ-06 */
{
    PIRP irp = nt_irp(1);

    (void)state;
    IoCancelIrp(irp);
    assert_int_equal(IoCallDriver(t.device, irp), STATUS_PENDING);
    assert_ptr_equal(t.canceled, irp);
    assert_int_equal(t.canceled_count, 1);
    assert_true(IsListEmpty(&t.list));
    assert_int_equal(irp->IoStatus.Status, STATUS_CANCELLED);
    IoFreeIrp(irp);
}

#define TEST(name) wc_unit_test(name, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(insert_marks_pending),
        TEST(a_cancelled_irp_leaves_and_completes_once),
        TEST(remove_next_passes_over_cancelled_ones),
        TEST(remove_by_context_finds_it_once),
        TEST(insert_ex_gives_the_callbacks_status),
        TEST(inserting_a_cancelled_irp_completes_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
