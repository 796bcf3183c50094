/* driver.c - the entry of the driver, a device for each one that the bus found, opening and closing. */
#include "link.h"

static DRIVER_ADD_DEVICE LinkAddDevice;
static DRIVER_UNLOAD LinkUnload;
static _Dispatch_type_(IRP_MJ_CREATE)
    _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH LinkDispatchOpen;
static _Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH LinkDispatchCleanup;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, LinkAddDevice)
#pragma alloc_text(PAGE, LinkUnload)
#endif

static LONG LinkCount; /* of devices so far: the next one's number */

/* DriverEntry: the system has loaded the driver. Say whom to call for what. */
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverExtension->AddDevice = LinkAddDevice;
    DriverObject->DriverUnload = LinkUnload;
    DriverObject->DriverStartIo = LinkStartIo;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = LinkDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = LinkDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = LinkDispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_READ] = LinkDispatchRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = LinkDispatchWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = LinkDispatchDeviceControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = LinkDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = LinkDispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = LinkDispatchSystemControl;
    return STATUS_SUCCESS;
}

static VOID LinkUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();
}

/* The names \Device\BlockLinkN, and \DosDevices\LINKN by which applications open it. */
static NTSTATUS LinkCreateNamed(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject)
{
    WCHAR buffer[32];
    UNICODE_STRING name;
    PLINK_EXTENSION extension;
    LONG number = InterlockedIncrement(&LinkCount);
    NTSTATUS status;

    RtlStringCbPrintfW(buffer, sizeof(buffer), L"\\Device\\BlockLink%d", (int)number);
    RtlInitUnicodeString(&name, buffer);
    status = IoCreateDevice(DriverObject, sizeof(LINK_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, DeviceObject);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    extension = (*DeviceObject)->DeviceExtension;
    RtlStringCbPrintfW(extension->LinkNameBuffer, sizeof(extension->LinkNameBuffer),
                       L"\\DosDevices\\LINK%d", (int)number);
    RtlInitUnicodeString(&extension->LinkName, extension->LinkNameBuffer);
    status = IoCreateSymbolicLink(&extension->LinkName, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(*DeviceObject);
    }
    return status;
}

/* Everything that has storage in the extension. Nothing of it uses the hardware yet: the queues are
 * held until START_DEVICE says where it is. */
static NTSTATUS LinkInitExtension(PLINK_EXTENSION Extension)
{
    NTSTATUS status;

    IoInitializeRemoveLock(&Extension->RemoveLock, 'kniL', 0, 0);
    LinkVerifyInit(Extension);
    LinkCommandInit(Extension);
    status = LinkQueueInit(&Extension->ReadQueue, Extension, LINK_EVENT_RECEIVED, LinkReadDpc,
                           LinkReadStartBlock);
    if (NT_SUCCESS(status)) {
        status = LinkQueueInit(&Extension->WriteQueue, Extension, LINK_EVENT_SENT, LinkWriteDpc,
                               LinkWriteStartBlock);
    }
    return status;
}

/* AddDevice: the bus found a device that is ours. */
static NTSTATUS LinkAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT device;
    PLINK_EXTENSION extension;
    NTSTATUS status;

    PAGED_CODE();

    status = LinkCreateNamed(DriverObject, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    extension = device->DeviceExtension;
    extension->DeviceObject = device;
    extension->PhysicalDeviceObject = PhysicalDeviceObject;
    status = LinkInitExtension(extension);
    if (NT_SUCCESS(status)) {
        extension->LowerDeviceObject = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
        if (extension->LowerDeviceObject == NULL) {
            status = STATUS_NO_SUCH_DEVICE;
        }
    }
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&extension->LinkName);
        IoDeleteDevice(device);
        return status;
    }
    device->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

/* End a request that this driver holds, and the claim to the device that came with it. */
VOID LinkComplete(PLINK_EXTENSION Extension, PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, NT_SUCCESS(Status) ? IO_SERIAL_INCREMENT : IO_NO_INCREMENT);
    IoReleaseRemoveLock(&Extension->RemoveLock, Irp); /* the address is only its tag by now */
}

static NTSTATUS LinkDispatchOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* The last handle of a file is closed: what it still waits for is of no use to anybody. Commands
 * end by themselves. */
static NTSTATUS LinkDispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    LinkQueueCleanup(&extension->ReadQueue, file);
    LinkQueueCleanup(&extension->WriteQueue, file);
    return LinkDispatchOpen(DeviceObject, Irp);
}
