/* test_ps_notify.c - routines that hear of threads and drivers. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

static struct {
    volatile LONG created, ended;
    HANDLE thread, creator, ender;
    LONG images;
    PVOID base;
    SIZE_T size;
    IMAGE_INFO info;
    UNICODE_STRING name;
    WCHAR text[100];
    KEVENT entered;
    LONG finished;
} t;

static VOID thread_changed(HANDLE process, HANDLE thread, BOOLEAN create)
{
    assert_ptr_equal(process, PsGetCurrentProcessId());
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    if (create) {
        t.thread = thread;
        t.creator = PsGetCurrentThreadId();
        InterlockedIncrement(&t.created);
    } else {
        assert_ptr_equal(thread, t.thread);
        t.ender = PsGetCurrentThreadId();
        InterlockedIncrement(&t.ended);
    }
}

static VOID nothing(PVOID context)
{
}

static VOID until_told(PVOID context)
{
    nt_wait(context, NULL);
}

static int start(void **state)
{
    memset(&t, 0, sizeof(t));
    KeInitializeEvent(&t.entered, NotificationEvent, FALSE);
    return 0;
}

static void threads_are_told_of_in_their_creator_and_in_themselves(void **state)
{
    KEVENT go;
    PKTHREAD thread;
    HANDLE id;

    KeInitializeEvent(&go, NotificationEvent, FALSE);
    assert_int_equal(PsSetCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    thread = nt_thread(until_told, &go);
    id = PsGetThreadId((PETHREAD)thread);
    assert_int_equal(t.created, 1);
    assert_ptr_equal(t.thread, id);
    assert_ptr_equal(t.creator, PsGetCurrentThreadId());
    assert_int_equal(t.ended, 0);
    KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
    nt_join(thread);
    assert_int_equal(t.ended, 1);
    assert_ptr_equal(t.ender, id);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(thread_changed), STATUS_PROCEDURE_NOT_FOUND);
    nt_join(nt_thread(nothing, NULL));
    assert_int_equal(t.created, 1);
}

static VOID slow(HANDLE process, HANDLE thread, BOOLEAN create)
{
    if (!create) {
        KeSetEvent(&t.entered, IO_NO_INCREMENT, FALSE);
        nt_delay_ms(5);
        t.finished = 1;
    }
}

static void removing_waits_for_the_call(void **state)
{
    PKTHREAD thread;

    assert_int_equal(PsSetCreateThreadNotifyRoutine(slow), STATUS_SUCCESS);
    thread = nt_thread(nothing, NULL);
    nt_wait(&t.entered, NULL);
    assert_int_equal(t.finished, 0);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(slow), STATUS_SUCCESS);
    assert_int_equal(t.finished, 1);
    nt_join(thread);
}

static VOID removes_itself(HANDLE process, HANDLE thread, BOOLEAN create)
{
    InterlockedIncrement(&t.created);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(removes_itself), STATUS_SUCCESS);
}

static void a_routine_may_remove_itself(void **state)
{
    assert_int_equal(PsSetCreateThreadNotifyRoutine(removes_itself), STATUS_SUCCESS);
    nt_join(nt_thread(nothing, NULL));
    assert_int_equal(t.created, 1);
}

static VOID process_changed(HANDLE parent, HANDLE process, BOOLEAN create)
{
}

static void there_are_64_slots(void **state)
{
    assert_int_equal(PsSetCreateProcessNotifyRoutine(process_changed, FALSE), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(process_changed, FALSE),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(process_changed, TRUE), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutine(process_changed, TRUE),
                     STATUS_PROCEDURE_NOT_FOUND);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(PsSetCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    }
    assert_int_equal(PsSetCreateThreadNotifyRoutine(thread_changed), STATUS_INSUFFICIENT_RESOURCES);
    for (int i = 0; i < 64; i++) {
        assert_int_equal(PsRemoveCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    }
}

static VOID image_loaded(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO info)
{
    t.images++;
    t.info = *info;
    assert_null(process);
    assert_true(name->Length < sizeof(t.text));
    memcpy(t.text, name->Buffer, name->Length);
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    assert_int_equal(t.images, 1); /* told before */
    return STATUS_SUCCESS;
}

static void drivers_are_told_of_before_their_entry(void **state)
{
    const struct io_driver_config config = {
        .name = "late", .start = (void *)(ULONG_PTR)nothing, .size = 1};
    PDRIVER_OBJECT driver;

    assert_int_equal(PsSetLoadImageNotifyRoutine(image_loaded), STATUS_SUCCESS);
    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    assert_int_equal(io_driver_initialize(driver, entry), STATUS_SUCCESS);
    assert_int_equal(t.images, 1);
    assert_ptr_equal(t.info.ImageBase, config.start);
    assert_int_equal(t.info.ImageSize, 1);
    assert_int_equal(t.info.SystemModeImage, 1);
    assert_memory_equal(t.text, L"\\SystemRoot\\System32\\drivers\\late.sys",
                        sizeof(L"\\SystemRoot\\System32\\drivers\\late.sys"));
    assert_int_equal(PsRemoveLoadImageNotifyRoutine(image_loaded), STATUS_SUCCESS);
    assert_int_equal(PsRemoveLoadImageNotifyRoutine(image_loaded), STATUS_PROCEDURE_NOT_FOUND);
    io_driver_delete(driver);
}

static void a_routine_that_is_left_is_named(void **state)
{
    const struct io_driver_config config = {
        .name = "leaver", .start = (void *)(ULONG_PTR)thread_changed, .size = 1};
    PDRIVER_OBJECT driver;

    assert_int_equal(io_driver_create(&config, &driver), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    wc_expect_violation("UnloadPending");
    io_driver_unload(driver);
    assert_non_null(strstr(wc_last_report(), "notify routine"));
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(thread_changed), STATUS_SUCCESS);
    io_driver_delete(driver);
}

static VOID works(PVOID context)
{
    KeStallExecutionProcessor(5000);
    nt_delay_ms(50); /* waiting does not count */
    *(ULONG *)context = KeQueryRuntimeThread(KeGetCurrentThread(), &(ULONG){1});
}

static void a_thread_knows_how_long_it_ran(void **state)
{
    ULONG ticks = 0, user = 7;
    PKTHREAD thread = nt_thread(works, &ticks);

    nt_wait(thread, NULL);
    assert_int_equal(ticks, 5); /* of 1 ms */
    assert_int_equal(KeQueryRuntimeThread(thread, &user), 5);
    assert_int_equal(user, 0);
    ObDereferenceObject(thread);
}

static void a_request_carries_an_activity(void **state)
{
    static const GUID id = {1, 2, 3, {4}}, own = {5, 6, 7, {8}};
    GUID seen = {0};
    LPCGUID before;
    PIRP irp = nt_irp(1);

    assert_int_equal(IoGetActivityIdIrp(irp, &seen), STATUS_NOT_FOUND);
    assert_int_equal(IoSetActivityIdIrp(irp, NULL), STATUS_NOT_FOUND); /* nor has the thread one */
    assert_int_equal(IoSetActivityIdIrp(irp, &id), STATUS_SUCCESS);
    assert_int_equal(IoGetActivityIdIrp(irp, &seen), STATUS_SUCCESS);
    assert_memory_equal(&seen, &id, sizeof(GUID));
    IoReuseIrp(irp, STATUS_SUCCESS);
    assert_int_equal(IoGetActivityIdIrp(irp, &seen), STATUS_NOT_FOUND);
    assert_null(IoSetActivityIdThread(&own));
    assert_ptr_equal(IoGetActivityIdThread(), &own);
    assert_int_equal(IoSetActivityIdIrp(irp, NULL), STATUS_SUCCESS);
    IoClearActivityIdThread(NULL);
    assert_null(IoGetActivityIdThread());
    assert_int_equal(IoPropagateActivityIdToThread(irp, &seen, &before), STATUS_SUCCESS);
    assert_memory_equal(&seen, &own, sizeof(GUID));
    assert_null(before);
    assert_ptr_equal(IoGetActivityIdThread(), &seen);
    IoClearActivityIdThread(before);
    IoFreeIrp(irp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(threads_are_told_of_in_their_creator_and_in_themselves, .setup = start),
        wc_unit_test(removing_waits_for_the_call, .setup = start),
        wc_unit_test(a_routine_may_remove_itself, .setup = start),
        wc_unit_test(there_are_64_slots, .setup = start),
        wc_unit_test(drivers_are_told_of_before_their_entry, .setup = start),
        wc_unit_test(a_routine_that_is_left_is_named, .setup = start),
        wc_unit_test(a_thread_knows_how_long_it_ran, .setup = start, .fibers_only = true),
        wc_unit_test(a_request_carries_an_activity, .setup = start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
