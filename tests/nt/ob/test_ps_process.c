/* test_ps_process.c - the processes of a machine, and what threads say of themselves. */
#include <ntifs.h>

#include <string.h>

#include <wdfcore/testing.h>

#include "nt/nt_thread.h"

static KEVENT asked;

static void ask(PVOID context)
{
    PIRP marker = context;

    assert_null(IoGetTopLevelIrp()); /* another thread's is not ours */
    IoSetTopLevelIrp(marker);
    assert_ptr_equal(IoGetTopLevelIrp(), marker);
    KeWaitForSingleObject(&asked, Executive, KernelMode, FALSE, NULL);
}

NTKERNELAPI PUCHAR PsGetProcessImageFileName(PEPROCESS Process); /* for its user to declare */

static void all_threads_are_the_systems(void **state)
{
    PKTHREAD thread;

    (void)state;
    KeInitializeEvent(&asked, NotificationEvent, FALSE);
    IoSetTopLevelIrp((PIRP)&asked);
    thread = nt_thread(ask, &thread);
    assert_ptr_equal(PsGetCurrentProcess(), PsInitialSystemProcess);
    assert_int_equal(PsGetProcessId(PsGetCurrentProcess()), 4);
    assert_int_equal(PsGetCurrentProcessId(), 4);
    assert_string_equal(PsGetProcessImageFileName(PsInitialSystemProcess), "System");
    assert_int_equal(PsGetProcessExitStatus(PsInitialSystemProcess), STATUS_PENDING);
    assert_int_equal(PsGetThreadProcessId((PETHREAD)thread), 4);
    assert_ptr_equal(IoThreadToProcess((PETHREAD)thread), PsInitialSystemProcess);
    assert_int_equal(PsGetThreadId(PsGetCurrentThread()), PsGetCurrentThreadId());
    assert_int_not_equal(PsGetThreadId((PETHREAD)thread), PsGetCurrentThreadId());
    assert_int_equal(
        ObReferenceObjectByPointer(PsInitialSystemProcess, 0, *PsProcessType, KernelMode),
        STATUS_SUCCESS);
    ObDereferenceObjectDeferDelete(PsInitialSystemProcess);
    assert_false(PsIsThreadTerminating((PETHREAD)thread));
    assert_int_equal(PsGetThreadExitStatus((PETHREAD)thread), STATUS_PENDING);
    assert_true(IoIsSystemThread((PETHREAD)thread));
    KeSetEvent(&asked, IO_NO_INCREMENT, FALSE);
    assert_int_equal(nt_wait(thread, NULL), STATUS_SUCCESS);
    assert_true(PsIsThreadTerminating((PETHREAD)thread));
    assert_int_equal(PsGetThreadExitStatus((PETHREAD)thread), STATUS_SUCCESS);
    ObDereferenceObject(thread);
    assert_ptr_equal(IoGetTopLevelIrp(), (PIRP)&asked);
    IoSetTopLevelIrp(NULL);
}

static void a_handle_can_be_waited_for(void **state)
{
    LARGE_INTEGER zero = {.QuadPart = 0};
    HANDLE event;

    (void)state;
    assert_int_equal(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    assert_int_equal(ZwWaitForSingleObject(event, FALSE, &zero), STATUS_TIMEOUT);
    ZwClose(event);
    assert_int_equal(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_INVALID_HANDLE);
    assert_int_equal(ZwWaitForSingleObject(NULL, FALSE, NULL), STATUS_INVALID_HANDLE);
}

static void no_uuid_comes_twice(void **state)
{
    UUID ids[8];

    (void)state;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(ExUuidCreate(&ids[i]), RPC_NT_UUID_LOCAL_ONLY);
        assert_true(NT_SUCCESS(RPC_NT_UUID_LOCAL_ONLY));
        assert_int_equal(ids[i].Data3 >> 12, 1);
        assert_int_equal(ids[i].Data4[0] >> 6, 2);
        assert_int_equal(ids[i].Data4[2] & 1, 1);
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(&ids[i], &ids[j], sizeof(UUID));
        }
    }
}

static void versions_of_wdm_are_known_up_to_6_0(void **state)
{
    assert_int_equal(*InitSafeBootMode, 0);
    (void)state;
    assert_true(IoIsWdmVersionAvailable(1, 0x30));
    assert_true(IoIsWdmVersionAvailable(6, 0));
    assert_false(IoIsWdmVersionAvailable(6, 1));
    assert_false(IoIsWdmVersionAvailable(7, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(all_threads_are_the_systems),
        wc_unit_test(a_handle_can_be_waited_for),
        wc_unit_test(no_uuid_comes_twice),
        wc_unit_test(versions_of_wdm_are_known_up_to_6_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
