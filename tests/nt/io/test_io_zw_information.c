/* test_io_zw_information.c - what a driver is told when a file is opened, and what is known of a file. */
#include "nt/nt_driver.h"

#include <ntifs.h>

static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT device;
static IO_STACK_LOCATION last;
static ACCESS_MASK asked;
static ULONG file_flags;
static PFILE_OBJECT related;
static HANDLE file;
static IO_STATUS_BLOCK status_block;

static NTSTATUS handle(PDEVICE_OBJECT self, PIRP irp)
{
    last = *IoGetCurrentIrpStackLocation(irp);
    if (last.MajorFunction == IRP_MJ_CREATE) {
        asked = last.Parameters.Create.SecurityContext->DesiredAccess;
        file_flags = last.FileObject->Flags;
        related = last.FileObject->RelatedFileObject;
        return nt_complete(irp, STATUS_SUCCESS, FILE_CREATED);
    }
    return nt_complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS create(PCWSTR text, HANDLE root, ULONG options, PHANDLE out_file)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, root, NULL);
    return IoCreateFile(out_file, GENERIC_READ | GENERIC_WRITE, &attributes, &status_block, NULL,
                        FILE_ATTRIBUTE_NORMAL, FILE_SHARE_DELETE, FILE_OPEN_IF, options, NULL, 0,
                        CreateFileTypeNone, NULL, IO_NO_PARAMETER_CHECKING);
}

static int start(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Told");

    driver = nt_driver_create();
    IoCreateDevice(driver, sizeof(struct nt_level), &name, FILE_DEVICE_UNKNOWN,
                   FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    nt_level(device)->handler = handle;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    create(L"\\Device\\Told\\a", NULL, FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE,
           &file);
    return 0;
}

static int stop(void **state)
{
    ZwClose(file);
    nt_driver_delete(driver);
    return 0;
}

static void a_create_carries_what_the_caller_asked_for(void **state)
{
    assert_int_equal(asked, FILE_GENERIC_READ | FILE_GENERIC_WRITE);
    assert_int_equal(last.Parameters.Create.Options,
                     FILE_OPEN_IF << 24 | FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    assert_int_equal(last.Parameters.Create.ShareAccess, FILE_SHARE_DELETE);
    assert_int_equal(last.Parameters.Create.FileAttributes, FILE_ATTRIBUTE_NORMAL);
    assert_int_equal(file_flags & (FO_SYNCHRONOUS_IO | FO_ALERTABLE_IO), FO_SYNCHRONOUS_IO);
    assert_int_equal(status_block.Information, FILE_CREATED); /* what the driver said */
    assert_null(related);
}

static void a_name_may_be_relative_to_a_file(void **state)
{
    HANDLE other = NULL;
    PFILE_OBJECT root = NULL;

    ObReferenceObjectByHandle(file, 0, *IoFileObjectType, KernelMode, (PVOID *)&root, NULL);
    assert_int_equal(create(L"b", file, 0, &other), STATUS_SUCCESS);
    assert_ptr_equal(related, root);
    assert_int_equal(file_flags & FO_SYNCHRONOUS_IO, 0);
    ObDereferenceObject(root);
    ZwClose(other);
    assert_int_equal(create(L"b", (HANDLE)0x7770, 0, &other), STATUS_INVALID_HANDLE);
}

static void a_handle_knows_what_it_was_opened_for(void **state)
{
    OBJECT_HANDLE_INFORMATION information;
    PVOID object = NULL;

    assert_int_equal(ObReferenceObjectByHandle(file, 0, NULL, KernelMode, &object, &information),
                     STATUS_SUCCESS);
    ObDereferenceObject(object);
    assert_int_equal(information.GrantedAccess, FILE_GENERIC_READ | FILE_GENERIC_WRITE);
    assert_int_equal(information.HandleAttributes, 0);
    assert_int_equal(
        ObReferenceObjectByHandle(NtCurrentProcess(), 0, *PsProcessType, KernelMode, &object, NULL),
        STATUS_SUCCESS);
    assert_ptr_equal(object, PsGetCurrentProcess());
    ObDereferenceObject(object);
}

static void the_io_manager_answers_what_it_knows(void **state)
{
    FILE_MODE_INFORMATION mode;
    FILE_ACCESS_INFORMATION access;
    FILE_FS_DEVICE_INFORMATION volume;

    last.MajorFunction = IRP_MJ_MAXIMUM_FUNCTION;
    assert_int_equal(
        ZwQueryInformationFile(file, &status_block, &mode, sizeof(mode), FileModeInformation),
        STATUS_SUCCESS);
    assert_int_equal(mode.Mode, FILE_SYNCHRONOUS_IO_NONALERT);
    assert_int_equal(status_block.Information, sizeof(mode));
    assert_int_equal(
        ZwQueryInformationFile(file, &status_block, &access, sizeof(access), FileAccessInformation),
        STATUS_SUCCESS);
    assert_int_equal(access.AccessFlags, FILE_GENERIC_READ | FILE_GENERIC_WRITE);
    assert_int_equal(ZwQueryInformationFile(file, &status_block, &mode, 1, FileModeInformation),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(ZwQueryVolumeInformationFile(file, &status_block, &volume, sizeof(volume),
                                                  FileFsDeviceInformation),
                     STATUS_SUCCESS);
    assert_int_equal(volume.DeviceType, FILE_DEVICE_UNKNOWN);
    assert_int_equal(volume.Characteristics, FILE_DEVICE_SECURE_OPEN);
    assert_int_equal(last.MajorFunction, IRP_MJ_MAXIMUM_FUNCTION); /* the driver was not asked */
}

static void the_rest_is_asked_of_the_driver(void **state)
{
    FILE_FS_SIZE_INFORMATION size;

    assert_int_equal(ZwQueryVolumeInformationFile(file, &status_block, &size, sizeof(size),
                                                  FileFsSizeInformation),
                     STATUS_SUCCESS);
    assert_int_equal(last.MajorFunction, IRP_MJ_QUERY_VOLUME_INFORMATION);
    assert_int_equal(last.Parameters.QueryVolume.Length, sizeof(size));
    assert_int_equal(last.Parameters.QueryVolume.FsInformationClass, FileFsSizeInformation);
    assert_int_equal(ZwFlushBuffersFile(file, &status_block), STATUS_SUCCESS);
    assert_int_equal(last.MajorFunction, IRP_MJ_FLUSH_BUFFERS);
    assert_int_equal(
        ZwFsControlFile(file, NULL, NULL, NULL, &status_block, 0x90000, NULL, 0, NULL, 0),
        STATUS_SUCCESS);
    assert_int_equal(last.MajorFunction, IRP_MJ_FILE_SYSTEM_CONTROL);
    assert_int_equal(last.Parameters.FileSystemControl.FsControlCode, 0x90000);
}

#define UNIT(body) wc_unit_test(body, .setup = start, .teardown = stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_create_carries_what_the_caller_asked_for),
        UNIT(a_name_may_be_relative_to_a_file),
        UNIT(a_handle_knows_what_it_was_opened_for),
        UNIT(the_io_manager_answers_what_it_knows),
        UNIT(the_rest_is_asked_of_the_driver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
