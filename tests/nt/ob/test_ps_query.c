/* test_ps_query.c - what is asked about processes, threads, files and statuses, and modes of a thread. */
#include "nt/nt_driver.h"
#include "nt/nt_thread.h"

#include <string.h>

#include <ntifs.h>

static void processes_run_and_are_as_old_as_the_system(void **state)
{
    PEPROCESS process = IoGetCurrentProcess();
    LARGE_INTEGER now;

    (void)state;
    KeQuerySystemTime(&now);
    assert_int_equal(PsGetProcessExitStatus(process), STATUS_PENDING);
    assert_true(PsGetProcessCreateTimeQuadPart(process) > 0);
    assert_true(PsGetProcessCreateTimeQuadPart(process) <= now.QuadPart);
    assert_int_equal(PsGetProcessExitTime().QuadPart, 0);
    assert_true(PsGetThreadCreateTime(PsGetCurrentThread()) >=
                PsGetProcessCreateTimeQuadPart(process));
    PsChargePoolQuota(process, PagedPool, MAXULONG);
    PsReturnPoolQuota(process, PagedPool, MAXULONG);
}

static void modes_of_a_thread_say_how_it_was(void **state)
{
    UNICODE_STRING text = RTL_CONSTANT_STRING(L"disk");

    (void)state;
    assert_true(KeSetKernelStackSwapEnable(FALSE));
    assert_false(KeSetKernelStackSwapEnable(FALSE));
    assert_false(KeSetKernelStackSwapEnable(TRUE));
    assert_true(KeSetKernelStackSwapEnable(TRUE));
    assert_true(IoRaiseInformationalHardError(STATUS_DISK_FULL, &text, NULL));
    assert_true(IoSetThreadHardErrorMode(FALSE));
    assert_false(IoRaiseInformationalHardError(STATUS_DISK_FULL, NULL, KeGetCurrentThread()));
    assert_false(IoSetThreadHardErrorMode(TRUE));
    assert_true(IoSetThreadHardErrorMode(TRUE));
}

static volatile LONG ran;

static VOID thread_main(PVOID context)
{
    InterlockedIncrement(&ran);
    *(PETHREAD *)context = PsGetCurrentThread();
}

static void a_thread_keeps_its_object(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();
    PETHREAD thread = NULL;
    PVOID object;
    HANDLE handle;

    (void)state;
    ran = 0;
    assert_int_equal(IoCreateSystemThread(driver, &handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                          thread_main, &thread),
                     STATUS_SUCCESS);
    assert_int_equal(
        ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &object, NULL),
        STATUS_SUCCESS);
    KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
                          NULL); /* it returned: that is its end */
    assert_int_equal(ran, 1);
    assert_ptr_equal(thread, object);
    assert_int_equal(PsGetThreadExitStatus(object), STATUS_SUCCESS);
    ObDereferenceObject(object);
    ZwClose(handle);
    nt_driver_delete(driver);
}

static void the_worst_status_stays(void **state)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    (void)state;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoSetMasterIrpStatus(irp, STATUS_PENDING); /* no error */
    assert_int_equal(irp->IoStatus.Status, STATUS_SUCCESS);
    IoSetMasterIrpStatus(irp, STATUS_BUFFER_OVERFLOW);
    assert_int_equal(irp->IoStatus.Status, STATUS_BUFFER_OVERFLOW);
    IoSetMasterIrpStatus(irp, STATUS_DISK_FULL);
    assert_int_equal(irp->IoStatus.Status, STATUS_DISK_FULL);
    IoSetMasterIrpStatus(irp, STATUS_UNSUCCESSFUL); /* no worse */
    assert_int_equal(irp->IoStatus.Status, STATUS_DISK_FULL);
    IoSetMasterIrpStatus(irp, STATUS_FT_READ_FROM_COPY);
    assert_int_equal(irp->IoStatus.Status, STATUS_DISK_FULL);
    IoSetMasterIrpStatus(irp, STATUS_VERIFY_REQUIRED);
    assert_int_equal(irp->IoStatus.Status, STATUS_VERIFY_REQUIRED);
    IoFreeIrp(irp);
    assert_true(IoIsValidIrpStatus(STATUS_SUCCESS));
    assert_true(IoIsValidIrpStatus(STATUS_ACCESS_DENIED));
    assert_true(IoIsValidIrpStatus((NTSTATUS)0xE0ABCDEF)); /* a customer's */
    assert_false(IoIsValidIrpStatus((NTSTATUS)0xD0000001));
    assert_false(IoIsValidIrpStatus((NTSTATUS)0xCDCDCDCD));
    assert_true(IoIsErrorUserInduced(STATUS_NO_MEDIA_IN_DEVICE));
    assert_false(IoIsErrorUserInduced(STATUS_DISK_FULL));
    assert_int_equal(IoGetFunctionCodeFromCtlCode(
                         CTL_CODE(FILE_DEVICE_DISK, 0x9AB, METHOD_NEITHER, FILE_ANY_ACCESS)),
                     0x9AB);
}

static void rights_to_files_are_mapped(void **state)
{
    ACCESS_MASK wanted = GENERIC_READ;
    KIRQL irql;

    (void)state;
    assert_int_equal(IoCheckDesiredAccess(&wanted, FILE_GENERIC_READ), STATUS_SUCCESS);
    assert_int_equal(wanted, FILE_GENERIC_READ);
    assert_int_equal(IoCheckDesiredAccess(&wanted, FILE_READ_DATA), STATUS_ACCESS_DENIED);
    wanted = 0;
    assert_int_equal(IoCheckDesiredAccess(&wanted, 0), STATUS_SUCCESS);
    assert_int_equal(IoGetFileObjectGenericMapping()->GenericAll, FILE_ALL_ACCESS);
    IoAcquireVpbSpinLock(&irql);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    IoReleaseVpbSpinLock(irql);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void attributes_lie_in_their_buffer(void **state)
{
    union {
        ULONG words[16];
        FILE_FULL_EA_INFORMATION first;
    } ea;
    PFILE_FULL_EA_INFORMATION next = (PFILE_FULL_EA_INFORMATION)&ea.words[4];
    ULONG offset = 99;

    (void)state;
    memset(&ea, 0, sizeof(ea));
    ea.first.EaNameLength = 3;
    memcpy(ea.first.EaName, "abc", 4);
    ea.first.EaValueLength = 2; /* 8 + 4 + 2 */
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 14, &offset), STATUS_SUCCESS);
    assert_int_equal(offset, 99);
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 13, &offset), STATUS_EA_LIST_INCONSISTENT);
    assert_int_equal(offset, 0);
    ea.first.NextEntryOffset = 16;
    next->EaNameLength = 1;
    next->EaName[0] = 'x';
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 26, &offset), STATUS_SUCCESS);
    next->EaName[1] = 'y'; /* no terminator */
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 26, &offset), STATUS_EA_LIST_INCONSISTENT);
    assert_int_equal(offset, 16);
    ea.first.NextEntryOffset = 15;
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 26, &offset), STATUS_EA_LIST_INCONSISTENT);
    assert_int_equal(offset, 0);
    assert_int_equal(IoCheckEaBufferValidity(&ea.first, 0, &offset), STATUS_EA_LIST_INCONSISTENT);
}

static void a_request_is_in_the_name_of_its_maker(void **state)
{
    PDRIVER_OBJECT driver = nt_driver_create();
    PDEVICE_OBJECT device = nt_device_create(driver, NULL, NULL);
    PIRP irp = IoBuildAsynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, NULL, NULL);

    (void)state;
    assert_ptr_equal(irp->Tail.Overlay.Thread, PsGetCurrentThread());
    assert_ptr_equal(IoGetRequestorProcess(irp), IoGetCurrentProcess());
    IoFreeIrp(irp);
    irp = IoAllocateIrp(1, FALSE);
    assert_null(IoGetRequestorProcess(irp)); /* nobody's */
    IoFreeIrp(irp);
    nt_driver_delete(driver);
}

static VOID other_thread(HANDLE process, HANDLE thread, BOOLEAN create)
{
}

static VOID image(PUNICODE_STRING name, HANDLE process, PIMAGE_INFO info)
{
}

static void notify_routines_with_a_type(void **state)
{
    (void)state;
    assert_int_equal(PsSetCreateThreadNotifyRoutineEx(PsCreateThreadNotifyNonSystem,
                                                      (PVOID)(ULONG_PTR)other_thread),
                     STATUS_SUCCESS);
    assert_int_equal(PsSetCreateThreadNotifyRoutineEx((PSCREATETHREADNOTIFYTYPE)2,
                                                      (PVOID)(ULONG_PTR)other_thread),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(other_thread), STATUS_SUCCESS);
    assert_int_equal(PsRemoveCreateThreadNotifyRoutine(other_thread), STATUS_PROCEDURE_NOT_FOUND);
    assert_int_equal(PsSetLoadImageNotifyRoutineEx(image, 2), STATUS_INVALID_PARAMETER);
    assert_int_equal(PsSetLoadImageNotifyRoutineEx(image, PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE),
                     STATUS_SUCCESS);
    assert_int_equal(PsRemoveLoadImageNotifyRoutine(image), STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx2((PSCREATEPROCESSNOTIFYTYPE)1,
                                                        (PVOID)(ULONG_PTR)image, FALSE),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                        (PVOID)(ULONG_PTR)image, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                        (PVOID)(ULONG_PTR)image, TRUE),
                     STATUS_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(processes_run_and_are_as_old_as_the_system),
        wc_unit_test(modes_of_a_thread_say_how_it_was),
        wc_unit_test(a_thread_keeps_its_object),
        wc_unit_test(the_worst_status_stays),
        wc_unit_test(rights_to_files_are_mapped),
        wc_unit_test(attributes_lie_in_their_buffer),
        wc_unit_test(a_request_is_in_the_name_of_its_maker),
        wc_unit_test(notify_routines_with_a_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
