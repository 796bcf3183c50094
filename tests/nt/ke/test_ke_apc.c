/* test_ke_apc.c - APCs of a driver, and alerts: when they run, what holds them back, how waits end. */
#include "nt/nt_thread.h"

#include <ntifs.h>
#include <nt/apc.h>

#include <string.h>

#include "nt/ke/ke_processor.h"

static KAPC apc, other, third;
static KEVENT event, reached, go;
static char order[64];
static KIRQL kernel_irql, normal_irql;
static PVOID seen[3];
static PKTHREAD ran_on;
static volatile LONG runs;

static int setup(void **state)
{
    memset(order, 0, sizeof(order));
    memset(seen, 0, sizeof(seen));
    memset(&apc, 0xCD, sizeof(apc));
    ran_on = NULL;
    runs = 0;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeEvent(&reached, NotificationEvent, FALSE);
    KeInitializeEvent(&go, NotificationEvent, FALSE);
    return 0;
}

static void note(char what)
{
    order[strlen(order)] = what;
}

static VOID kernel_routine(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                           PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    kernel_irql = KeGetCurrentIrql();
    seen[0] = *NormalContext;
    seen[1] = *SystemArgument1;
    seen[2] = *SystemArgument2;
    ran_on = KeGetCurrentThread();
    assert_false(Apc->Inserted);
    note(*NormalRoutine != NULL ? 'k' : 's');
    InterlockedIncrement(&runs);
}

static VOID normal_routine(PVOID NormalContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    normal_irql = KeGetCurrentIrql();
    seen[0] = NormalContext;
    seen[1] = SystemArgument1;
    seen[2] = SystemArgument2;
    note('n');
}

static VOID rundown_routine(PKAPC Apc)
{
    assert_false(Apc->Inserted);
    note('r');
}

static void make_special(PKAPC which, PKTHREAD thread)
{
    KeInitializeApc(which, thread, OriginalApcEnvironment, kernel_routine, rundown_routine, NULL,
                    UserMode, (PVOID)5);
}

static void make_normal(PKAPC which, PKTHREAD thread)
{
    KeInitializeApc(which, thread, CurrentApcEnvironment, kernel_routine, rundown_routine,
                    normal_routine, KernelMode, (PVOID)7);
}

static void make_user(PKAPC which, PKTHREAD thread)
{
    KeInitializeApc(which, thread, OriginalApcEnvironment, kernel_routine, rundown_routine,
                    normal_routine, UserMode, NULL);
}

static void fields_of_a_new_apc(void **state)
{
    make_special(&apc, KeGetCurrentThread());
    assert_int_equal(apc.Type, 0x12);
    assert_int_equal(apc.Size, sizeof(KAPC));
    assert_ptr_equal(apc.Thread, KeGetCurrentThread());
    assert_int_equal(apc.ApcMode, KernelMode); /* a special one is the kernel's */
    assert_null(apc.NormalContext);
    assert_false(apc.Inserted);
    make_normal(&apc, KeGetCurrentThread());
    assert_int_equal(apc.ApcStateIndex, OriginalApcEnvironment);
    assert_ptr_equal(apc.NormalContext, (PVOID)7);
    make_user(&apc, KeGetCurrentThread());
    assert_int_equal(apc.ApcMode, UserMode);
}

static void a_special_one_runs_at_apc_level_before_the_insert_returns(void **state)
{
    make_special(&apc, KeGetCurrentThread());
    assert_true(KeInsertQueueApc(&apc, (PVOID)1, (PVOID)2, 0));
    assert_string_equal(order, "s");
    assert_int_equal(kernel_irql, APC_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_ptr_equal(seen[1], (PVOID)1);
    assert_ptr_equal(seen[2], (PVOID)2);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0)); /* once it ran it may come again */
    assert_string_equal(order, "ss");
}

static void a_normal_one_runs_both_its_routines(void **state)
{
    make_normal(&apc, KeGetCurrentThread());
    assert_true(KeInsertQueueApc(&apc, (PVOID)1, (PVOID)2, 0));
    assert_string_equal(order, "kn");
    assert_int_equal(kernel_irql, APC_LEVEL);
    assert_int_equal(normal_irql, PASSIVE_LEVEL);
    assert_ptr_equal(seen[0], (PVOID)7);
}

static VOID call_off(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                     PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    *NormalRoutine = NULL;
    note('c');
    ExFreePool(Apc);
}

static VOID change(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                   PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    *NormalContext = (PVOID)10;
    *SystemArgument1 = (PVOID)11;
    *SystemArgument2 = (PVOID)12;
    ExFreePool(Apc);
}

static void the_kernel_routine_may_change_all_and_free_the_apc(void **state)
{
    PKAPC allocated = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(KAPC), 'tpaK');

    KeInitializeApc(allocated, KeGetCurrentThread(), OriginalApcEnvironment, call_off, NULL,
                    normal_routine, KernelMode, NULL);
    assert_true(KeInsertQueueApc(allocated, NULL, NULL, 0));
    assert_string_equal(order, "c");
    allocated = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(KAPC), 'tpaK');
    KeInitializeApc(allocated, KeGetCurrentThread(), OriginalApcEnvironment, change, NULL,
                    normal_routine, KernelMode, NULL);
    assert_true(KeInsertQueueApc(allocated, NULL, NULL, 0));
    assert_ptr_equal(seen[0], (PVOID)10);
    assert_ptr_equal(seen[1], (PVOID)11);
    assert_ptr_equal(seen[2], (PVOID)12);
}

static void apc_level_holds_both_kinds_back(void **state)
{
    KIRQL old;

    make_special(&apc, KeGetCurrentThread());
    make_normal(&other, KeGetCurrentThread());
    KeRaiseIrql(APC_LEVEL, &old);
    assert_true(KeInsertQueueApc(&other, NULL, NULL, 0));
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    assert_false(KeInsertQueueApc(&apc, (PVOID)9, NULL, 0)); /* it is queued already */
    assert_true(apc.Inserted);
    assert_ptr_equal(apc.SystemArgument1, NULL);
    assert_string_equal(order, "");
    KeLowerIrql(old);
    assert_string_equal(order, "skn"); /* the special one goes first */
}

static void dispatch_level_holds_both_kinds_back(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    make_special(&apc, KeGetCurrentThread());
    make_normal(&other, KeGetCurrentThread());
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    assert_true(KeInsertQueueApc(&other, NULL, NULL, 0));
    KeStallExecutionProcessor(5);
    assert_string_equal(order, "");
    KeLowerIrql(old);
    assert_string_equal(order, "skn");
}

static void a_critical_region_holds_normal_ones_back(void **state) /* spec: REG-01 */
{
    make_special(&apc, KeGetCurrentThread());
    make_normal(&other, KeGetCurrentThread());
    KeEnterCriticalRegion();
    KeEnterCriticalRegion();
    KeInsertQueueApc(&other, NULL, NULL, 0);
    KeInsertQueueApc(&apc, NULL, NULL, 0);
    assert_string_equal(order, "s");
    KeLeaveCriticalRegion();
    assert_string_equal(order, "s");
    KeLeaveCriticalRegion(); /* at the outermost leave */
    assert_string_equal(order, "skn");
}

static void a_guarded_region_holds_both_kinds_back(void **state)
{
    make_special(&apc, KeGetCurrentThread());
    make_normal(&other, KeGetCurrentThread());
    KeEnterGuardedRegion();
    KeInsertQueueApc(&other, NULL, NULL, 0);
    KeInsertQueueApc(&apc, NULL, NULL, 0);
    assert_string_equal(order, "");
    KeLeaveGuardedRegion();
    assert_string_equal(order, "skn");
}

static void a_mutex_holds_normal_ones_back(void **state)
{
    KMUTEX mutex;

    KeInitializeMutex(&mutex, 0);
    make_special(&apc, KeGetCurrentThread());
    make_normal(&other, KeGetCurrentThread());
    nt_wait(&mutex, NULL);
    KeInsertQueueApc(&other, NULL, NULL, 0);
    KeInsertQueueApc(&apc, NULL, NULL, 0);
    assert_string_equal(order, "s");
    KeReleaseMutex(&mutex, FALSE);
    assert_string_equal(order, "skn");
}

static VOID insert_inside(PVOID NormalContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    note('(');
    KeInsertQueueApc(&other, NULL, NULL, 0); /* normal: when this one has returned */
    KeInsertQueueApc(&third, NULL, NULL, 0); /* special: now */
    nt_delay_ms(1);
    note(')');
}

static void a_normal_one_is_interrupted_by_special_ones_only(void **state)
{
    KeInitializeApc(&apc, KeGetCurrentThread(), OriginalApcEnvironment, kernel_routine, NULL,
                    insert_inside, KernelMode, NULL);
    make_normal(&other, KeGetCurrentThread());
    make_special(&third, KeGetCurrentThread());
    KeInsertQueueApc(&apc, NULL, NULL, 0);
    assert_string_equal(order, "k(s)kn");
}

static void removing_one_that_is_queued(void **state)
{
    KIRQL old;

    make_special(&apc, KeGetCurrentThread());
    assert_false(KeRemoveQueueApc(&apc));
    KeRaiseIrql(APC_LEVEL, &old);
    KeInsertQueueApc(&apc, NULL, NULL, 0);
    assert_true(KeRemoveQueueApc(&apc));
    assert_false(apc.Inserted);
    KeLowerIrql(old);
    assert_string_equal(order, "");
}

/* ---- another thread's ---- */

static NTSTATUS waited;

static VOID wait_passively(PVOID Context)
{
    KeLeaveCriticalRegion(); /* that every system thread begins in */
    KeSetEvent(&reached, 0, FALSE);
    waited = KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, Context);
    note('w');
    KeEnterCriticalRegion();
}

static void a_waiting_thread_runs_it_and_waits_on(void **state)
{
    PKTHREAD thread = nt_thread(wait_passively, NULL);

    nt_wait(&reached, NULL);
    nt_delay_ms(1); /* with threads it may only now begin to wait */
    make_special(&apc, thread);
    make_normal(&other, thread);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    assert_true(KeInsertQueueApc(&other, NULL, NULL, 0));
    nt_delay_ms(1);
    assert_string_equal(order, "skn");
    assert_ptr_equal(ran_on, thread);
    KeSetEvent(&event, 0, FALSE);
    nt_join(thread);
    assert_string_equal(order, "sknw");
    assert_int_equal(waited, STATUS_SUCCESS);
}

static void an_interrupted_wait_keeps_its_time_out(void **state)
{
    LARGE_INTEGER timeout = nt_ms(10);
    LARGE_INTEGER start, end;
    PKTHREAD thread;

    KeQuerySystemTimePrecise(&start);
    thread = nt_thread(wait_passively, &timeout);
    for (int i = 0; i < 4; i++) {
        nt_delay_ms(2);
        make_special(&apc, thread);
        assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    }
    nt_join(thread);
    KeQuerySystemTimePrecise(&end);
    assert_string_equal(order, "ssssw");
    assert_int_equal(waited, STATUS_TIMEOUT);
    assert_in_range(end.QuadPart - start.QuadPart, 10 * 10000, 11 * 10000);
}

static VOID wait_again(PVOID NormalContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    note('[');
    assert_int_equal(nt_wait(&go, NULL), STATUS_SUCCESS);
    note(']');
}

static void its_normal_routine_may_itself_wait(void **state)
{
    LARGE_INTEGER timeout = nt_ms(5);
    PKTHREAD thread = nt_thread(wait_passively, &timeout);

    nt_delay_ms(1);
    KeInitializeApc(&apc, thread, OriginalApcEnvironment, kernel_routine, NULL, wait_again,
                    KernelMode, NULL);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    nt_delay_ms(1);
    KeSetEvent(&event, 0, FALSE); /* nobody waits for it at the moment */
    nt_delay_ms(1);
    assert_string_equal(order, "k[");
    KeSetEvent(&go, 0, FALSE);
    nt_join(thread);
    assert_string_equal(order, "k[]w");
    assert_int_equal(waited, STATUS_SUCCESS);
}

static VOID wait_at_apc_level(PVOID Context)
{
    KIRQL old;

    KeRaiseIrql(APC_LEVEL, &old);
    KeSetEvent(&reached, 0, FALSE);
    nt_wait(&event, NULL);
    note('w');
    KeLowerIrql(old);
    note('l');
}

static void a_wait_at_apc_level_is_not_interrupted(void **state)
{
    PKTHREAD thread = nt_thread(wait_at_apc_level, NULL);

    nt_wait(&reached, NULL);
    make_special(&apc, thread);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    nt_delay_ms(1);
    assert_string_equal(order, "");
    KeSetEvent(&event, 0, FALSE);
    nt_join(thread);
    assert_string_equal(order, "wsl");
}

static VOID spin_until_run(PVOID Context)
{
    nt_on_processor(1);
    KeSetEvent(&reached, 0, FALSE);
    nt_spin_until(&runs, 1);
}

static void a_running_thread_runs_it_at_its_next_window(void **state)
{
    PKTHREAD thread;

    nt_on_processor(0);
    thread = nt_thread(spin_until_run, NULL);
    nt_wait(&reached, NULL);
    make_special(&apc, thread);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    nt_join(thread);
    assert_string_equal(order, "s");
    assert_ptr_equal(ran_on, thread);
    KeRevertToUserAffinityThread();
}

static VOID insert_from_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeInsertQueueApc(&apc, NULL, NULL, 0);
}

static void a_dpc_may_queue_one(void **state)
{
    PKTHREAD thread = nt_thread(wait_passively, NULL);
    KDPC dpc;

    nt_delay_ms(1);
    make_special(&apc, thread);
    KeInitializeDpc(&dpc, insert_from_dpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    nt_delay_ms(1);
    assert_string_equal(order, "s");
    KeSetEvent(&event, 0, FALSE);
    nt_join(thread);
    KeFlushQueuedDpcs();
}

/* ---- the thread ends ---- */

static VOID stay_until_told(PVOID Context)
{
    KeSetEvent(&reached, 0, FALSE);
    nt_wait(&event, NULL);
    note('e');
}

static void what_a_thread_cannot_run_any_more_is_run_down(void **state)
{
    PKTHREAD thread = nt_thread(stay_until_told, NULL);
    PKAPC allocated = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(KAPC), 'tpaK');

    nt_wait(&reached, NULL);
    make_normal(&apc, thread); /* it stays in its critical region */
    make_user(&other, thread);
    KeInitializeApc(allocated, thread, OriginalApcEnvironment, kernel_routine, NULL, normal_routine,
                    UserMode, NULL);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    assert_true(KeInsertQueueApc(&other, NULL, NULL, 0));
    assert_true(KeInsertQueueApc(allocated, NULL, NULL, 0)); /* freed: the test leaves nothing */
    KeSetEvent(&event, 0, FALSE);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    assert_string_equal(order, "err");
    make_special(&third, thread);
    assert_false(KeInsertQueueApc(&third, NULL, NULL, 0));
    ObDereferenceObject(thread);
}

static VOID leave_in_regions(PVOID Context)
{
    KeEnterCriticalRegion();
    KeEnterGuardedRegion();
}

static void a_thread_that_ends_in_a_region(void **state)
{
    wc_expect_violation("CriticalRegion");
    wc_expect_violation("GuardedRegion");
    nt_join(nt_thread(leave_in_regions, NULL));
    assert_int_equal(wc_violations("CriticalRegion"), 1);
    assert_int_equal(wc_violations("GuardedRegion"), 1);
}

/* ---- alerts and user APCs ---- */

struct alertable {
    KPROCESSOR_MODE mode;
    NTSTATUS status;
};

static VOID wait_alertably(PVOID Context)
{
    struct alertable *how = Context;

    KeSetEvent(&reached, 0, FALSE);
    how->status = KeWaitForSingleObject(&event, Executive, how->mode, TRUE, NULL);
}

static void an_alert_ends_an_alertable_wait(void **state)
{
    struct alertable how = {.mode = KernelMode};
    PKTHREAD thread = nt_thread(wait_alertably, &how);

    nt_delay_ms(1);
    assert_false(KeAlertThread(thread, KernelMode));
    nt_join(thread);
    assert_int_equal(how.status, STATUS_ALERTED);
}

static void an_alert_that_nobody_waited_for_is_kept(void **state)
{
    LARGE_INTEGER interval = nt_ms(1);

    assert_false(KeTestAlertThread(KernelMode));
    assert_false(KeAlertThread(KeGetCurrentThread(), KernelMode));
    assert_true(KeAlertThread(KeGetCurrentThread(), KernelMode));
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &interval), STATUS_ALERTED);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &interval), STATUS_SUCCESS);
    KeAlertThread(KeGetCurrentThread(), KernelMode);
    assert_true(KeTestAlertThread(KernelMode));
    assert_false(KeTestAlertThread(KernelMode));
    KeAlertThread(KeGetCurrentThread(), UserMode);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &interval), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(UserMode, TRUE, &interval), STATUS_ALERTED);
}

static void a_delay_of_nothing_is_alertable(void **state)
{
    LARGE_INTEGER none = {.QuadPart = 0};

    KeAlertThread(KeGetCurrentThread(), KernelMode);
    assert_int_equal(KeDelayExecutionThread(KernelMode, FALSE, &none), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &none), STATUS_ALERTED);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &none), STATUS_SUCCESS);
}

static void an_alert_ends_a_wait_for_a_queue(void **state)
{
    LARGE_INTEGER none = {.QuadPart = 0};
    LIST_ENTRY links[2];
    PLIST_ENTRY entries[2];
    KQUEUE queue;

    KeInitializeQueue(&queue, 1);
    KeAlertThread(KeGetCurrentThread(), KernelMode);
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, FALSE, &none, entries, 2), STATUS_TIMEOUT);
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, TRUE, NULL, entries, 2), STATUS_ALERTED);
    KeAlertThread(KeGetCurrentThread(), KernelMode); /* what is there goes first */
    KeInsertQueue(&queue, &links[0]);
    KeInsertQueue(&queue, &links[1]);
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, TRUE, NULL, entries, 2), 2);
    assert_true(entries[0] == &links[0] && entries[1] == &links[1]);
    assert_true(KeTestAlertThread(KernelMode));
    KeRundownQueue(&queue);
}

static void what_is_signaled_goes_before_an_alert(void **state)
{
    KeAlertThread(KeGetCurrentThread(), KernelMode);
    KeSetEvent(&event, 0, FALSE);
    assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, TRUE, NULL),
                     STATUS_SUCCESS);
    assert_true(KeTestAlertThread(KernelMode));
}

static void an_alert_by_handle(void **state)
{
    LARGE_INTEGER interval = nt_ms(1);
    HANDLE handle;

    assert_int_equal(ObOpenObjectByPointer(KeGetCurrentThread(), OBJ_KERNEL_HANDLE, NULL,
                                           THREAD_ALERT, *PsThreadType, KernelMode, &handle),
                     STATUS_SUCCESS);
    assert_int_equal(ZwAlertThread(handle), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &interval), STATUS_ALERTED);
    ZwClose(handle);
    assert_int_equal(ZwAlertThread(handle), STATUS_INVALID_HANDLE);
}

static void a_user_apc_ends_alertable_waits_in_user_mode_only(void **state)
{
    struct alertable how = {.mode = UserMode};
    LARGE_INTEGER interval = nt_ms(1);
    PKTHREAD thread = nt_thread(wait_alertably, &how);

    nt_delay_ms(1);
    make_user(&apc, thread);
    assert_true(KeInsertQueueApc(&apc, NULL, NULL, 0));
    nt_join(thread);
    assert_int_equal(how.status, STATUS_USER_APC);
    assert_string_equal(order, "r"); /* it never came to user mode */

    make_user(&other, KeGetCurrentThread());
    assert_true(KeInsertQueueApc(&other, NULL, NULL, 0));
    assert_int_equal(KeDelayExecutionThread(KernelMode, TRUE, &interval), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(UserMode, FALSE, &interval), STATUS_SUCCESS);
    assert_int_equal(KeDelayExecutionThread(UserMode, TRUE, &interval), STATUS_USER_APC);
    assert_true(KeRemoveQueueApc(&other));
}

static void misuse_of_an_apc(void **state)
{
    memset(&apc, 0, sizeof(apc));
    wc_expect_violation("ObjectNotInitialized");
    assert_false(KeInsertQueueApc(&apc, NULL, NULL, 0));
    wc_expect_violation("ParameterNull");
    KeInitializeApc(&apc, KeGetCurrentThread(), OriginalApcEnvironment, NULL, NULL, NULL,
                    KernelMode, NULL);
    assert_int_equal(wc_violations("ObjectNotInitialized"), 1);
    assert_int_equal(wc_violations("ParameterNull"), 1);
}

/* ---- many ---- */

#define SENT 2000

static struct counted_apc {
    KAPC apc;
    volatile LONG ran;
} counted[64];
static volatile LONG finished, all_ran;

static VOID count_run(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                      PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    InterlockedIncrement(&CONTAINING_RECORD(Apc, struct counted_apc, apc)->ran);
    InterlockedIncrement(&all_ran);
}

static VOID nothing(PVOID NormalContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
}

static VOID receive(PVOID Context)
{
    KeLeaveCriticalRegion();
    KeSetEvent(&reached, 0, FALSE);
    while (ReadAcquire(&finished) == 0) {
        LARGE_INTEGER wait = nt_us(50);
        KIRQL old = KeRaiseIrqlToDpcLevel();

        KeLowerIrql(old);
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &wait);
        KeEnterGuardedRegion();
        KeLeaveGuardedRegion();
    }
    KeEnterCriticalRegion();
}

static void each_insert_that_succeeds_runs_once(void **state)
{
    PKTHREAD thread;
    LONG sent = 0;

    finished = all_ran = 0;
    thread = nt_thread(receive, NULL);
    memset(counted, 0, sizeof(counted));
    for (int i = 0; i < 64; i++) {
        KeInitializeApc(&counted[i].apc, thread, OriginalApcEnvironment, count_run, NULL,
                        i % 2 != 0 ? nothing : NULL, KernelMode, NULL);
    }
    nt_wait(&reached, NULL);
    for (int i = 0; i < SENT; i++) {
        sent += KeInsertQueueApc(&counted[i % 64].apc, NULL, NULL, 0);
        if (i % 16 == 0) {
            YieldProcessor();
        }
        if (i % 500 == 0) {
            nt_delay_ms(1);
        }
    }
    nt_delay_ms(1);
    WriteRelease(&finished, 1);
    nt_join(thread);
    assert_int_equal(all_ran, sent);
    assert_true(sent >= 64);
}

#define UNIT(body)           wc_unit_test(body, .setup = setup)
#define UNIT_ON(body, count) wc_unit_test(body, .setup = setup, .processors = count)
#define SEEDS(body, count)   wc_seed_test(body, 50, .setup = setup, .processors = count)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(fields_of_a_new_apc),
        UNIT(a_special_one_runs_at_apc_level_before_the_insert_returns),
        UNIT(a_normal_one_runs_both_its_routines),
        UNIT(the_kernel_routine_may_change_all_and_free_the_apc),
        UNIT(apc_level_holds_both_kinds_back),
        UNIT(dispatch_level_holds_both_kinds_back),
        UNIT(a_critical_region_holds_normal_ones_back),
        UNIT(a_guarded_region_holds_both_kinds_back),
        UNIT(a_mutex_holds_normal_ones_back),
        UNIT(a_normal_one_is_interrupted_by_special_ones_only),
        UNIT(removing_one_that_is_queued),
        UNIT(a_waiting_thread_runs_it_and_waits_on),
        UNIT(an_interrupted_wait_keeps_its_time_out),
        UNIT(its_normal_routine_may_itself_wait),
        UNIT(a_wait_at_apc_level_is_not_interrupted),
        UNIT_ON(a_running_thread_runs_it_at_its_next_window, 2),
        UNIT(a_dpc_may_queue_one),
        UNIT(what_a_thread_cannot_run_any_more_is_run_down),
        UNIT(a_thread_that_ends_in_a_region),
        UNIT(an_alert_ends_an_alertable_wait),
        UNIT(an_alert_that_nobody_waited_for_is_kept),
        UNIT(a_delay_of_nothing_is_alertable),
        UNIT(an_alert_ends_a_wait_for_a_queue),
        UNIT(what_is_signaled_goes_before_an_alert),
        UNIT(an_alert_by_handle),
        UNIT(a_user_apc_ends_alertable_waits_in_user_mode_only),
        UNIT(misuse_of_an_apc),
        UNIT_ON(each_insert_that_succeeds_runs_once, 2),
        SEEDS(each_insert_that_succeeds_runs_once, 2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
