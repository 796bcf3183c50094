/* drv_hid.c - a minidriver of HID without hardware, two collections: what is written to the first comes
 * back as its input report, or as one of the second if the first byte is 0xC0; a feature is kept.
 *   POLLED  its reads give a report each, a counter
 *   BROKEN  its report descriptor leaves a collection open
 */
#include <wdm.h>

#include <hidport.h>

#ifdef POLLED
#define IS_POLLED TRUE
#else
#define IS_POLLED FALSE
#endif

DRIVER_INITIALIZE DriverEntry;

typedef struct _MINI {
    KSPIN_LOCK Lock;
    LIST_ENTRY Reads;
    UCHAR Feature[9];
    UCHAR Count;
} MINI, *PMINI;

static const UCHAR Reports[] = {
    0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01,       /* vendor page FF00, usage 1, application */
    0x85, 0x01, 0x75, 0x08, 0x95, 0x04,             /* ID 1, 4 bytes of 8 bits */
    0x09, 0x02, 0x81, 0x02, 0x09, 0x03, 0x91, 0x02, /* input, output */
    0x95, 0x08, 0x09, 0x04, 0xB1, 0x02,             /* feature: 8 bytes */
#ifndef BROKEN
    0xC0,
#endif
    0x05, 0x0C, 0x09, 0x01, 0xA1, 0x01, /* consumer control */
    0x85, 0x02, 0x75, 0x01, 0x95, 0x0C, /* ID 2, 12 bits */
    0x09, 0xE9, 0x81, 0x02, 0xC0};

static PMINI MiniOf(PDEVICE_OBJECT DeviceObject)
{
    return ((PHID_DEVICE_EXTENSION)DeviceObject->DeviceExtension)->MiniDeviceExtension;
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS Give(PIRP Irp, const VOID *Data, ULONG Size)
{
    ULONG Room = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.OutputBufferLength;

    if (Room < Size) {
        Size = Room;
    }
    RtlCopyMemory(Irp->UserBuffer, Data, Size);
    return Complete(Irp, STATUS_SUCCESS, Size);
}

/* ---- reads ---- */

static VOID CancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PMINI Mini = MiniOf(DeviceObject);
    KIRQL Irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&Mini->Lock, &Irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&Mini->Lock, Irql);
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS Read(PMINI Mini, PIRP Irp)
{
    KIRQL Irql;

    KeAcquireSpinLock(&Mini->Lock, &Irql);
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, CancelRead);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        KeReleaseSpinLock(&Mini->Lock, Irql);
        Complete(Irp, STATUS_CANCELLED, 0);
        return STATUS_PENDING;
    }
    InsertTailList(&Mini->Reads, &Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&Mini->Lock, Irql);
    return STATUS_PENDING;
}

static NTSTATUS Counted(PMINI Mini, PIRP Irp)
{
    UCHAR Report[5] = {1, ++Mini->Count};

    return Give(Irp, Report, sizeof(Report));
}

static PIRP NextRead(PMINI Mini)
{
    PIRP Irp = NULL;
    KIRQL Irql;

    KeAcquireSpinLock(&Mini->Lock, &Irql);
    while (Irp == NULL && !IsListEmpty(&Mini->Reads)) {
        Irp = CONTAINING_RECORD(RemoveHeadList(&Mini->Reads), IRP, Tail.Overlay.ListEntry);
        if (IoSetCancelRoutine(Irp, NULL) == NULL) {
            InitializeListHead(&Irp->Tail.Overlay.ListEntry);
            Irp = NULL;
        }
    }
    KeReleaseSpinLock(&Mini->Lock, Irql);
    return Irp;
}

static NTSTATUS Write(PMINI Mini, PIRP Irp)
{
    const HID_XFER_PACKET *Packet = Irp->UserBuffer;
    UCHAR Report[5] = {1};
    PIRP Waiting;

    if (Packet->reportId != 1 || Packet->reportBufferLen != 5 || Packet->reportBuffer[0] != 1) {
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    RtlCopyMemory(Report, Packet->reportBuffer, sizeof(Report));
    Waiting = NextRead(Mini);
    if (Waiting != NULL) {
        Report[0] = Report[1] == 0xC0 ? 2 : 1;
        Give(Waiting, Report, Report[0] == 2 ? 3 : 5);
    }
    return Complete(Irp, Waiting != NULL ? STATUS_SUCCESS : STATUS_DEVICE_BUSY, 5);
}

/* ---- the rest ---- */

static NTSTATUS Feature(PMINI Mini, PIRP Irp, BOOLEAN Set)
{
    const HID_XFER_PACKET *Packet = Irp->UserBuffer;

    if (Packet->reportId != 1 || Packet->reportBufferLen != sizeof(Mini->Feature)) {
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    if (Set) {
        RtlCopyMemory(Mini->Feature, Packet->reportBuffer, sizeof(Mini->Feature));
        return Complete(Irp, STATUS_SUCCESS, 0);
    }
    RtlCopyMemory(Packet->reportBuffer, Mini->Feature, sizeof(Mini->Feature));
    return Complete(Irp, STATUS_SUCCESS, sizeof(Mini->Feature));
}

static NTSTATUS String(PIRP Irp)
{
    PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
    ULONG Id = PtrToUlong(Location->Parameters.DeviceIoControl.Type3InputBuffer) & 0xFFFF;

    switch (Id) {
    case HID_STRING_ID_IMANUFACTURER:
        return Give(Irp, L"maker", sizeof(L"maker"));
    case HID_STRING_ID_IPRODUCT:
        return Give(Irp, L"thing", sizeof(L"thing"));
    case 77:
        return Give(Irp, L"index", sizeof(L"index"));
    default:
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
}

static NTSTATUS InternalControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    static const HID_DESCRIPTOR Descriptor = {sizeof(HID_DESCRIPTOR),
                                              HID_HID_DESCRIPTOR_TYPE,
                                              0x111,
                                              0,
                                              1,
                                              {{HID_REPORT_DESCRIPTOR_TYPE, sizeof(Reports)}}};
    static const HID_DEVICE_ATTRIBUTES Attributes = {
        .Size = sizeof(Attributes), .VendorID = 0x1234, .ProductID = 0xBEEF, .VersionNumber = 7};
    PMINI Mini = MiniOf(DeviceObject);

    switch (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_HID_GET_DEVICE_DESCRIPTOR:
        return Give(Irp, &Descriptor, sizeof(Descriptor));
    case IOCTL_HID_GET_REPORT_DESCRIPTOR:
        return Give(Irp, Reports, sizeof(Reports));
    case IOCTL_HID_GET_DEVICE_ATTRIBUTES:
        return Give(Irp, &Attributes, sizeof(Attributes));
    case IOCTL_HID_READ_REPORT:
        return IS_POLLED ? Counted(Mini, Irp) : Read(Mini, Irp);
    case IOCTL_HID_WRITE_REPORT:
        return Write(Mini, Irp);
    case IOCTL_HID_SET_FEATURE:
        return Feature(Mini, Irp, TRUE);
    case IOCTL_HID_GET_FEATURE:
        return Feature(Mini, Irp, FALSE);
    case IOCTL_HID_GET_STRING:
    case IOCTL_HID_GET_INDEXED_STRING:
        return String(Irp);
    default:
        return Complete(Irp, STATUS_NOT_SUPPORTED, 0);
    }
}

static NTSTATUS PassOn(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(((PHID_DEVICE_EXTENSION)DeviceObject->DeviceExtension)->NextDeviceObject,
                        Irp);
}

static NTSTATUS Power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(((PHID_DEVICE_EXTENSION)DeviceObject->DeviceExtension)->NextDeviceObject,
                        Irp);
}

static NTSTATUS AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT DeviceObject)
{
    PMINI Mini = MiniOf(DeviceObject);

    UNREFERENCED_PARAMETER(DriverObject);
    KeInitializeSpinLock(&Mini->Lock);
    InitializeListHead(&Mini->Reads);
    DeviceObject->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HID_MINIDRIVER_REGISTRATION Registration = {.Revision = HID_REVISION,
                                                .DriverObject = DriverObject,
                                                .RegistryPath = RegistryPath,
                                                .DeviceExtensionSize = sizeof(MINI)};
    NTSTATUS Status;

    Registration.DevicesArePolled = IS_POLLED;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = InternalControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = PassOn;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = PassOn;
    DriverObject->MajorFunction[IRP_MJ_POWER] = Power;
    if (HidRegisterMinidriver(&Registration) != STATUS_INVALID_PARAMETER) {
        return STATUS_UNSUCCESSFUL; /* it has no AddDevice routine yet */
    }
    DriverObject->DriverExtension->AddDevice = AddDevice;
    DriverObject->DriverUnload = Unload;
    Status = HidRegisterMinidriver(&Registration);
    if (NT_SUCCESS(Status) && HidRegisterMinidriver(&Registration) != STATUS_INVALID_PARAMETER) {
        return STATUS_UNSUCCESSFUL; /* twice */
    }
    return Status;
}
