/* drv_feeder.c - a WDM driver whose reads give LINES numbered lines and then wait, and whose writes
 * must bring them back in order. Unloading fails loudly (a bug check) unless all came back.
 */
#include <ntddk.h>

#define LINES     50u
#define LINE_SIZE 9u

DRIVER_INITIALIZE DriverEntry;

typedef struct _FEEDER {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    KSPIN_LOCK Lock;
    ULONG Given;    /* lines that reads have taken */
    ULONG Returned; /* lines that writes brought back */
    PIRP Waiting;   /* the read that waits */
    PDEVICE_OBJECT Pdo;
    BOOLEAN Failed; /* it was told to report itself failed */
} FEEDER, *PFEEDER;

static ULONG LinesReturned;

static VOID LineText(ULONG Number, PCHAR Text)
{
    RtlCopyMemory(Text, "line 000\n", LINE_SIZE);
    Text[5] = (CHAR)('0' + Number / 100 % 10);
    Text[6] = (CHAR)('0' + Number / 10 % 10);
    Text[7] = (CHAR)('0' + Number % 10);
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID CancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;
    KIRQL Irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&Feeder->Lock, &Irql);
    Feeder->Waiting = NULL;
    KeReleaseSpinLock(&Feeder->Lock, Irql);
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS WaitForCancel(PFEEDER Feeder, PIRP Irp)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Feeder->Lock, &Irql);
    Feeder->Waiting = Irp;
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelRead);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        Feeder->Waiting = NULL;
        KeReleaseSpinLock(&Feeder->Lock, Irql);
        Complete(Irp, STATUS_CANCELLED, 0);
        return STATUS_PENDING;
    }
    KeReleaseSpinLock(&Feeder->Lock, Irql);
    return STATUS_PENDING;
}

static NTSTATUS DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
    CHAR Text[LINE_SIZE];

    if (Location->Parameters.Read.Length < LINE_SIZE) {
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    if (Feeder->Given == LINES) {
        return WaitForCancel(Feeder, Irp);
    }
    LineText(Feeder->Given++, Text);
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Text, LINE_SIZE);
    return Complete(Irp, STATUS_SUCCESS, LINE_SIZE);
}

static NTSTATUS DispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
    CHAR Text[LINE_SIZE];

    LineText(Feeder->Returned, Text);
    if (Location->Parameters.Write.Length != LINE_SIZE ||
        memcmp(Irp->AssociatedIrp.SystemBuffer, Text, LINE_SIZE) != 0) {
        return Complete(Irp, STATUS_DATA_ERROR, 0);
    }
    Feeder->Returned++;
    LinesReturned++;
    return Complete(Irp, STATUS_SUCCESS, LINE_SIZE);
}

/* Any control code: the device fails. */
static NTSTATUS DispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;

    Feeder->Failed = TRUE;
    IoInvalidateDeviceState(Feeder->Pdo);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS DispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(Feeder->Lower, Irp);
}

static NTSTATUS DispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFEEDER Feeder = DeviceObject->DeviceExtension;
    UCHAR Minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
    UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\FEEDER");
    NTSTATUS Status;

    switch (Minor) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        if (Feeder->Failed) {
            Irp->IoStatus.Information |= PNP_DEVICE_FAILED;
            Irp->IoStatus.Status = STATUS_SUCCESS;
        }
        break;
    default:
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    Status = IoCallDriver(Feeder->Lower, Irp);
    if (Minor == IRP_MN_REMOVE_DEVICE) {
        IoDeleteSymbolicLink(&Link);
        IoDetachDevice(Feeder->Lower);
        IoDeleteDevice(DeviceObject);
    }
    return Status;
}

static NTSTATUS AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\Feeder0");
    UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\FEEDER");
    PDEVICE_OBJECT Device;
    PFEEDER Feeder;
    NTSTATUS Status;

    Status = IoCreateDevice(DriverObject, sizeof(FEEDER), &Name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &Device);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Feeder = Device->DeviceExtension;
    Feeder->Self = Device;
    Feeder->Pdo = PhysicalDeviceObject;
    KeInitializeSpinLock(&Feeder->Lock);
    Feeder->Lower = IoAttachDeviceToDeviceStack(Device, PhysicalDeviceObject);
    if (Feeder->Lower == NULL) {
        IoDeleteDevice(Device);
        return STATUS_NO_SUCH_DEVICE;
    }
    Status = IoCreateSymbolicLink(&Link, &Name);
    if (!NT_SUCCESS(Status)) {
        IoDetachDevice(Feeder->Lower);
        IoDeleteDevice(Device);
        return Status;
    }
    Device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
    Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    if (LinesReturned != 0 && LinesReturned != LINES) {
        KeBugCheckEx(0xE2, LinesReturned, LINES, 0, 0);
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = DispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = DispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = DispatchPower;
    return STATUS_SUCCESS;
}
