/* test_io_zw_file.c - files by handle, and small routines of other families. */
#include <arpa/inet.h>

#include "nt/nt_driver.h"

static PDRIVER_OBJECT driver;
static UCHAR store[16];
static int created, cleaned, closed;
static LONGLONG last_offset;

static NTSTATUS handle(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
    ULONG length;

    switch (at->MajorFunction) {
    case IRP_MJ_CREATE:
        created++;
        break;
    case IRP_MJ_CLEANUP:
        cleaned++;
        break;
    case IRP_MJ_CLOSE:
        closed++;
        break;
    case IRP_MJ_WRITE:
        last_offset = at->Parameters.Write.ByteOffset.QuadPart;
        length = min(at->Parameters.Write.Length, sizeof(store));
        RtlCopyMemory(store, irp->AssociatedIrp.SystemBuffer, length);
        return nt_complete(irp, STATUS_SUCCESS, length);
    case IRP_MJ_READ:
        last_offset = at->Parameters.Read.ByteOffset.QuadPart;
        length = min(at->Parameters.Read.Length, sizeof(store));
        RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, store, length);
        return nt_complete(irp, STATUS_SUCCESS, length);
    case IRP_MJ_QUERY_INFORMATION:
        ((PFILE_STANDARD_INFORMATION)irp->AssociatedIrp.SystemBuffer)->EndOfFile.QuadPart = 16;
        return nt_complete(irp, STATUS_SUCCESS, sizeof(FILE_STANDARD_INFORMATION));
    case IRP_MJ_DEVICE_CONTROL:
        return nt_complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS open(PCWSTR text, ACCESS_MASK access, PHANDLE file)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwCreateFile(file, access, &attributes, &status, NULL, FILE_ATTRIBUTE_NORMAL, 0,
                        FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

static int start(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Store");
    PDEVICE_OBJECT device = NULL;

    (void)state;
    created = cleaned = closed = 0;
    driver = nt_driver_create();
    assert_int_equal(IoCreateDevice(driver, sizeof(struct nt_level), &name, FILE_DEVICE_UNKNOWN, 0,
                                    FALSE, &device),
                     STATUS_SUCCESS);
    nt_level(device)->handler = handle;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    nt_driver_delete(driver);
    return 0;
}

static void a_device_is_read_and_written_by_handle(void **state)
{
    IO_STATUS_BLOCK status;
    FILE_POSITION_INFORMATION position;
    LARGE_INTEGER zero = {.QuadPart = 0};
    UCHAR data[16] = {0};
    HANDLE file;

    (void)state;
    assert_int_equal(open(L"\\Device\\Store", GENERIC_READ | GENERIC_WRITE, &file), STATUS_SUCCESS);
    assert_int_equal(created, 1);
    assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &status, "hello", 5, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(status.Information, 5);
    assert_int_equal(last_offset, 0);
    assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &status, "world", 5, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(last_offset, 5); /* the position follows */
    assert_int_equal(
        ZwQueryInformationFile(file, &status, &position, sizeof(position), FilePositionInformation),
        STATUS_SUCCESS);
    assert_int_equal(position.CurrentByteOffset.QuadPart, 10);
    assert_int_equal(ZwReadFile(file, NULL, NULL, NULL, &status, data, 5, &zero, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(last_offset, 0);
    assert_memory_equal(data, "world", 5);
    assert_int_equal(cleaned + closed, 0);
    assert_int_equal(ZwClose(file), STATUS_SUCCESS);
    assert_int_equal(cleaned, 1);
    assert_int_equal(closed, 1);
}

static void information_is_the_devices(void **state)
{
    IO_STATUS_BLOCK status;
    FILE_STANDARD_INFORMATION standard = {0};
    FILE_POSITION_INFORMATION position = {.CurrentByteOffset.QuadPart = 7};
    UCHAR byte;
    HANDLE file;

    (void)state;
    assert_int_equal(open(L"\\Device\\Store", GENERIC_READ, &file), STATUS_SUCCESS);
    assert_int_equal(
        ZwQueryInformationFile(file, &status, &standard, sizeof(standard), FileStandardInformation),
        STATUS_SUCCESS);
    assert_int_equal(standard.EndOfFile.QuadPart, 16);
    assert_int_equal(status.Information, sizeof(standard));
    assert_int_equal(ZwQueryInformationFile(file, &status, &position, 1, FilePositionInformation),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(
        ZwSetInformationFile(file, &status, &position, sizeof(position), FilePositionInformation),
        STATUS_SUCCESS);
    ZwReadFile(file, NULL, NULL, NULL, &status, &byte, 1, NULL, NULL);
    assert_int_equal(last_offset, 7);
    assert_int_equal(
        ZwDeviceIoControlFile(file, NULL, NULL, NULL, &status, 0x222000, NULL, 0, NULL, 0),
        STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(status.Status, STATUS_INVALID_DEVICE_REQUEST);
    ZwClose(file);
}

static void what_cannot_be_is_refused(void **state)
{
    IO_STATUS_BLOCK status;
    UCHAR byte = 0;
    HANDLE file;

    (void)state;
    assert_int_equal(open(L"\\Device\\Missing", GENERIC_READ, &file), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(open(L"\\Device\\Store", GENERIC_READ, &file), STATUS_SUCCESS);
    assert_int_equal(ZwWriteFile(file, NULL, NULL, NULL, &status, &byte, 1, NULL, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(
        ZwReadFile((HANDLE)(ULONG_PTR)0x7ffc, NULL, NULL, NULL, &status, &byte, 1, NULL, NULL),
        STATUS_INVALID_HANDLE);
    assert_int_equal(ZwReadFile(file, file, NULL, NULL, &status, &byte, 1, NULL, NULL),
                     STATUS_OBJECT_TYPE_MISMATCH); /* a file is no event */
    ZwClose(file);
    assert_int_equal(created, closed);
}

static void an_event_tells_the_end(void **state)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status;
    UCHAR byte = 0;
    HANDLE file, handle_of_event;
    PVOID event = NULL;

    (void)state;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(
        ZwCreateEvent(&handle_of_event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE),
        STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(handle_of_event, EVENT_ALL_ACCESS,
                                               *ExEventObjectType, KernelMode, &event, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(open(L"\\Device\\Store", GENERIC_READ, &file), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(event), 0);
    assert_int_equal(ZwReadFile(file, handle_of_event, NULL, NULL, &status, &byte, 1, NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_not_equal(KeReadStateEvent(event), 0);
    ObDereferenceObject(event);
    ZwClose(file);
    ZwClose(handle_of_event);
}

/* ---- others ---- */

static void routines_are_found_by_name(void **state)
{
    UNICODE_STRING known = RTL_CONSTANT_STRING(L"KeSetEvent");
    UNICODE_STRING unknown = RTL_CONSTANT_STRING(L"KeSetEventTwice");
    UNICODE_STRING foreign = RTL_CONSTANT_STRING(L"fopen");

    (void)state;
    assert_ptr_equal(MmGetSystemRoutineAddress(&known), (PVOID)(ULONG_PTR)KeSetEvent);
    assert_null(MmGetSystemRoutineAddress(&unknown));
    assert_null(MmGetSystemRoutineAddress(&foreign));
}

static void internet_addresses_from_text(void **state)
{
    struct in_addr four;
    struct in6_addr six;
    PCWSTR text = L"10.1.2.3:80";
    PCWSTR end;

    (void)state;
    assert_int_equal(RtlIpv4StringToAddressW(text, TRUE, &end, &four), STATUS_SUCCESS);
    assert_int_equal(four.s_addr, htonl(0x0a010203));
    assert_ptr_equal(end, text + 8);
    assert_int_equal(RtlIpv4StringToAddressW(L"0x7f.1", FALSE, &end, &four), STATUS_SUCCESS);
    assert_int_equal(four.s_addr, htonl(0x7f000001));
    assert_int_equal(RtlIpv4StringToAddressW(L"0x7f.1", TRUE, &end, &four),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlIpv4StringToAddressW(L"1.2.3.256", TRUE, &end, &four),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlIpv4StringToAddressW(L"", FALSE, &end, &four), STATUS_INVALID_PARAMETER);
    text = L"fe80::1%3";
    assert_int_equal(RtlIpv6StringToAddressW(text, &end, &six), STATUS_SUCCESS);
    assert_int_equal(six.s6_addr[0], 0xfe);
    assert_int_equal(six.s6_addr[15], 1);
    assert_ptr_equal(end, text + 7);
    assert_int_equal(RtlIpv6StringToAddressW(L"1:2", &end, &six), STATUS_INVALID_PARAMETER);
}

static void floating_point_state_is_paired(void **state)
{
    KFLOATING_SAVE save;
    XSTATE_SAVE more;

    (void)state;
    assert_int_equal(KeSaveFloatingPointState(&save), STATUS_SUCCESS);
    assert_int_equal(KeRestoreFloatingPointState(&save), STATUS_SUCCESS);
    wc_expect_violation("BadParameter");
    assert_int_equal(KeRestoreFloatingPointState(&save), STATUS_ILLEGAL_FLOAT_CONTEXT);
    assert_int_equal(KeSaveExtendedProcessorState(4, &more), STATUS_SUCCESS);
    KeRestoreExtendedProcessorState(&more);
    wc_expect_violation("BadParameter");
    KeRestoreExtendedProcessorState(&more);
    assert_int_equal(wc_violations("BadParameter"), 2);
}

static void base_priorities_are_relative(void **state)
{
    PKTHREAD self = KeGetCurrentThread();

    (void)state;
    assert_int_equal(KeSetBasePriorityThread(self, 2), 0);
    assert_int_equal(KeQueryPriorityThread(self), 10);
    assert_int_equal(KeSetBasePriorityThread(self, 100), 2);
    assert_int_equal(KeQueryPriorityThread(self), 15);
    KeSetBasePriorityThread(self, 0);
}

static void what_is_not_there_says_so(void **state)
{
    PVOID block = &block;

    (void)state;
    assert_int_equal(IoWMIOpenBlock(&(GUID){0}, WMIGUID_QUERY, &block), STATUS_NOT_IMPLEMENTED);
    assert_null(block);
    wc_expect_violation("ApiUnavailable");
    IoWMISetNotificationCallback(block, NULL, NULL);
    assert_int_equal(wc_violations("ApiUnavailable"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_device_is_read_and_written_by_handle, .setup = start, .teardown = stop),
        wc_unit_test(information_is_the_devices, .setup = start, .teardown = stop),
        wc_unit_test(what_cannot_be_is_refused, .setup = start, .teardown = stop),
        wc_unit_test(an_event_tells_the_end, .setup = start, .teardown = stop),
        wc_unit_test(routines_are_found_by_name),
        wc_unit_test(internet_addresses_from_text),
        wc_unit_test(floating_point_state_is_paired),
        wc_unit_test(base_priorities_are_relative),
        wc_unit_test(what_is_not_there_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
