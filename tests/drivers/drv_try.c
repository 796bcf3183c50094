/* drv_try.c - a driver whose DriverEntry succeeds only if structured exceptions work in a module:
 * raised, and as faults of its own code and of the C library that it called.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

static NTSTATUS copy_from(const UCHAR *address, SIZE_T length)
{
    PUCHAR copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, length, 'tryD');
    NTSTATUS status = STATUS_SUCCESS;

    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    try {
        ProbeForRead(address, length, 1);
        RtlCopyMemory(copy, address, length);
        if (copy[0] != 'a') {
            status = STATUS_DATA_ERROR;
            leave;
        }
        copy[0] = *(const volatile UCHAR *)(address + length);
    }
    except(EXCEPTION_EXECUTE_HANDLER)
    {
        status = GetExceptionCode();
    }
    ExFreePoolWithTag(copy, 'tryD');
    return status;
}

static NTSTATUS copy_and_return(const UCHAR *address, BOOLEAN *Cleaned)
{
    __try {
        if (address == NULL) {
            return STATUS_INVALID_PARAMETER;
        }
        return copy_from(address, 3);
    } __finally {
        *Cleaned = AbnormalTermination() != 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const UCHAR text[8] = "abcdefg";
    BOOLEAN cleaned = FALSE;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    if (copy_from(text, 4) != STATUS_SUCCESS || copy_from(text + 1, 4) != STATUS_DATA_ERROR ||
        copy_from((const UCHAR *)0x10, 4) != STATUS_ACCESS_VIOLATION ||
        copy_from((const UCHAR *)0x10000, 4) != STATUS_ACCESS_VIOLATION ||
        copy_and_return(text, &cleaned) != STATUS_SUCCESS || !cleaned ||
        copy_and_return(NULL, &cleaned) != STATUS_INVALID_PARAMETER) {
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}
