/* template.c - a WDM driver for the device of template.h: StartIo, one interrupt, its DPC.
 * Normal path: the I/O manager hands out one IRP at a time, its number goes to the device, the device
 * interrupts, the ISR acknowledges, the DPC completes the IRP and asks for the next.
 */
#include <ntddk.h>

#include "template.h"

typedef struct _TEMPLATE_DEVICE {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Pdo;
    PDEVICE_OBJECT Lower;
    IO_REMOVE_LOCK RemoveLock; /* held by each IRP */
    volatile ULONG *Registers; /* NULL: not started */
    PKINTERRUPT Interrupt;
    ULONG Channel; /* of the current IRP */
} TEMPLATE_DEVICE, *PTEMPLATE_DEVICE;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TemplateUnload;
static DRIVER_ADD_DEVICE TemplateAddDevice;
static DRIVER_DISPATCH TemplateOpenClose, TemplateControl, TemplatePnp, TemplatePower,
    TemplateSystem;
static DRIVER_STARTIO TemplateStartIo;
static KSERVICE_ROUTINE TemplateIsr;
static IO_DPC_ROUTINE TemplateDpc;

static UNICODE_STRING TemplateName = RTL_CONSTANT_STRING(L"\\Device\\Template");
static UNICODE_STRING TemplateLink = RTL_CONSTANT_STRING(L"\\DosDevices\\Template");

static volatile ULONG *TemplateRegister(PTEMPLATE_DEVICE Device, ULONG Channel, ULONG Register)
{
    return Device->Registers + Channel * TEMPLATE_STRIDE + Register;
}

static NTSTATUS TemplateComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- requests ---- */

static NTSTATUS TemplateOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return TemplateComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS TemplateCheck(PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    const TEMPLATE_INPUT *Input = Irp->AssociatedIrp.SystemBuffer;

    if (Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_TEMPLATE_DOUBLE) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*Input) ||
        Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return Input->Channel < TEMPLATE_CHANNELS ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static NTSTATUS TemplateControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;
    NTSTATUS Status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

    if (!NT_SUCCESS(Status)) {
        return TemplateComplete(Irp, Status, 0);
    }
    Status = Device->Registers != NULL ? TemplateCheck(Irp) : STATUS_DEVICE_NOT_READY;
    if (!NT_SUCCESS(Status)) {
        TemplateComplete(Irp, Status, 0);
        IoReleaseRemoveLock(&Device->RemoveLock, Irp);
        return Status;
    }
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, NULL);
    return STATUS_PENDING;
}

static VOID TemplateStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;
    const TEMPLATE_INPUT *Input = Irp->AssociatedIrp.SystemBuffer;

    Device->Channel = Input->Channel;
    WRITE_REGISTER_ULONG(TemplateRegister(Device, Input->Channel, TEMPLATE_NUMBER), Input->Number);
}

static BOOLEAN TemplateIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    PTEMPLATE_DEVICE Device = Context;
    volatile ULONG *Status = TemplateRegister(Device, Device->Channel, TEMPLATE_STATUS);

    if (READ_REGISTER_ULONG(Status) == 0) {
        return FALSE; /* of another device on this line */
    }
    WRITE_REGISTER_ULONG(Status, 1);
    IoRequestDpc(Device->Self, Device->Self->CurrentIrp, NULL);
    return TRUE;
}

static VOID TemplateDpc(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;

    *(PULONG)Irp->AssociatedIrp.SystemBuffer =
        READ_REGISTER_ULONG(TemplateRegister(Device, Device->Channel, TEMPLATE_NUMBER));
    IoStartNextPacket(DeviceObject, FALSE);
    TemplateComplete(Irp, STATUS_SUCCESS, sizeof(ULONG));
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
}

/* ---- the hardware ---- */

static NTSTATUS TemplateConnect(PTEMPLATE_DEVICE Device, PCM_PARTIAL_RESOURCE_DESCRIPTOR Resource)
{
    IO_CONNECT_INTERRUPT_PARAMETERS Parameters = {0};

    Parameters.Version = CONNECT_FULLY_SPECIFIED;
    Parameters.FullySpecified.PhysicalDeviceObject = Device->Pdo;
    Parameters.FullySpecified.InterruptObject = &Device->Interrupt;
    Parameters.FullySpecified.ServiceRoutine = TemplateIsr;
    Parameters.FullySpecified.ServiceContext = Device;
    Parameters.FullySpecified.Vector = Resource->u.Interrupt.Vector;
    Parameters.FullySpecified.Irql = (KIRQL)Resource->u.Interrupt.Level;
    Parameters.FullySpecified.SynchronizeIrql = (KIRQL)Resource->u.Interrupt.Level;
    Parameters.FullySpecified.InterruptMode =
        (Resource->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0 ? Latched : LevelSensitive;
    Parameters.FullySpecified.ShareVector = Resource->ShareDisposition == CmResourceShareShared;
    Parameters.FullySpecified.ProcessorEnableMask = Resource->u.Interrupt.Affinity;
    return IoConnectInterruptEx(&Parameters);
}

static VOID TemplateStop(PTEMPLATE_DEVICE Device)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS Parameters = {0};

    if (Device->Interrupt != NULL) {
        Parameters.Version = CONNECT_FULLY_SPECIFIED;
        Parameters.ConnectionContext.InterruptObject = Device->Interrupt;
        IoDisconnectInterruptEx(&Parameters);
        Device->Interrupt = NULL;
        KeFlushQueuedDpcs();
    }
    if (Device->Registers != NULL) {
        MmUnmapIoSpace((PVOID)Device->Registers, TEMPLATE_SIZE);
        Device->Registers = NULL;
    }
}

static NTSTATUS TemplateStart(PTEMPLATE_DEVICE Device, PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR Memory = NULL;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR Interrupt = NULL;
    NTSTATUS Status;

    for (ULONG i = 0; Resources != NULL && i < Resources->List[0].PartialResourceList.Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR Resource =
            &Resources->List[0].PartialResourceList.PartialDescriptors[i];

        if (Resource->Type == CmResourceTypeMemory && Resource->u.Memory.Length >= TEMPLATE_SIZE) {
            Memory = Resource;
        } else if (Resource->Type == CmResourceTypeInterrupt) {
            Interrupt = Resource;
        }
    }
    if (Memory == NULL || Interrupt == NULL) {
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    }
    Device->Registers =
        MmMapIoSpaceEx(Memory->u.Memory.Start, TEMPLATE_SIZE, PAGE_READWRITE | PAGE_NOCACHE);
    if (Device->Registers == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = TemplateConnect(Device, Interrupt);
    if (!NT_SUCCESS(Status)) {
        TemplateStop(Device);
    }
    return Status;
}

/* ---- the device ---- */

static NTSTATUS TemplateRemove(PTEMPLATE_DEVICE Device, PIRP Irp)
{
    PDEVICE_OBJECT Lower = Device->Lower;
    NTSTATUS Status;

    IoReleaseRemoveLockAndWait(&Device->RemoveLock, Irp);
    TemplateStop(Device);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    Status = IoCallDriver(Lower, Irp);
    IoDetachDevice(Lower);
    IoDeleteSymbolicLink(&TemplateLink);
    IoDeleteDevice(Device->Self);
    return Status;
}

static NTSTATUS TemplatePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS Status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

    if (!NT_SUCCESS(Status)) {
        return TemplateComplete(Irp, Status, 0);
    }
    switch (Stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        if (IoForwardIrpSynchronously(Device->Lower, Irp)) {
            Status = Irp->IoStatus.Status;
        } else {
            Status = STATUS_UNSUCCESSFUL;
        }
        if (NT_SUCCESS(Status)) {
            Status =
                TemplateStart(Device, Stack->Parameters.StartDevice.AllocatedResourcesTranslated);
        }
        TemplateComplete(Irp, Status, 0);
        break;
    case IRP_MN_REMOVE_DEVICE:
        return TemplateRemove(Device, Irp);
    case IRP_MN_QUERY_STOP_DEVICE:
        Status = TemplateComplete(Irp, STATUS_UNSUCCESSFUL, 0); /* resources stay as they are */
        break;
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        /* fall through */
    default:
        IoSkipCurrentIrpStackLocation(Irp);
        Status = IoCallDriver(Device->Lower, Irp);
        break;
    }
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return Status;
}

static NTSTATUS TemplatePower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(Device->Lower, Irp);
}

static NTSTATUS TemplateSystem(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTEMPLATE_DEVICE Device = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Device->Lower, Irp);
}

static NTSTATUS TemplateAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT Self;
    PTEMPLATE_DEVICE Device;
    NTSTATUS Status = IoCreateDevice(DriverObject, sizeof(*Device), &TemplateName,
                                     FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &Self);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Device = Self->DeviceExtension;
    Device->Self = Self;
    Device->Pdo = Pdo;
    IoInitializeRemoveLock(&Device->RemoveLock, 'lpmT', 0, 0);
    IoInitializeDpcRequest(Self, TemplateDpc);
    Status = IoCreateSymbolicLink(&TemplateLink, &TemplateName);
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Self);
        return Status;
    }
    Device->Lower = IoAttachDeviceToDeviceStack(Self, Pdo);
    if (Device->Lower == NULL) {
        IoDeleteSymbolicLink(&TemplateLink);
        IoDeleteDevice(Self);
        return STATUS_NO_SUCH_DEVICE;
    }
    Self->Flags |= DO_BUFFERED_IO | (Device->Lower->Flags & DO_POWER_PAGABLE);
    Self->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID TemplateUnload(PDRIVER_OBJECT DriverObject)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    DriverObject->DriverUnload = TemplateUnload;
    DriverObject->DriverStartIo = TemplateStartIo;
    DriverObject->DriverExtension->AddDevice = TemplateAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TemplateOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TemplateOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = TemplateOpenClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TemplateControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = TemplatePnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = TemplatePower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = TemplateSystem;
    return STATUS_SUCCESS;
}
