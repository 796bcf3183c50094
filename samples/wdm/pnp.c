/* pnp.c - the device is started, stopped, removed, or just gone; power and WMI are passed on.
 *
 *   START_DEVICE      the bus first; then map, connect, go on with what waits
 *   STOP_DEVICE       abort, wait until nothing is under way, disconnect, unmap; requests stay
 *   SURPRISE_REMOVAL  end all requests without the device's help, disconnect, unmap
 *   REMOVE_DEVICE     the same with its help if it is still there; wait for everybody who is in
 *                     the driver; then the device object goes
 */
#include "link.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, LinkDispatchPnp)
#pragma alloc_text(PAGE, LinkDispatchSystemControl)
#endif

/* ---- the hardware ---- */

/* The two resources that the device has. */
static NTSTATUS LinkFindResources(PCM_RESOURCE_LIST List, PCM_PARTIAL_RESOURCE_DESCRIPTOR *Memory,
                                  PCM_PARTIAL_RESOURCE_DESCRIPTOR *Interrupt)
{
    PCM_PARTIAL_RESOURCE_LIST partial;

    *Memory = NULL;
    *Interrupt = NULL;
    if (List == NULL || List->Count != 1) {
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    }
    partial = &List->List[0].PartialResourceList;
    for (ULONG i = 0; i < partial->Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor = &partial->PartialDescriptors[i];

        switch (descriptor->Type) {
        case CmResourceTypeMemory:
            if (*Memory == NULL && descriptor->u.Memory.Length >= sizeof(LINK_REGISTERS)) {
                *Memory = descriptor;
            }
            break;
        case CmResourceTypeInterrupt:
            if (*Interrupt == NULL) {
                *Interrupt = descriptor;
            }
            break;
        default:
            break;
        }
    }
    return *Memory != NULL && *Interrupt != NULL ? STATUS_SUCCESS
                                                 : STATUS_DEVICE_CONFIGURATION_ERROR;
}

static NTSTATUS LinkConnectInterrupt(PLINK_EXTENSION Extension,
                                     PCM_PARTIAL_RESOURCE_DESCRIPTOR Resource)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {0};

    parameters.Version = CONNECT_FULLY_SPECIFIED;
    parameters.FullySpecified.PhysicalDeviceObject = Extension->PhysicalDeviceObject;
    parameters.FullySpecified.InterruptObject = &Extension->Interrupt;
    parameters.FullySpecified.ServiceRoutine = LinkInterruptService;
    parameters.FullySpecified.ServiceContext = Extension;
    parameters.FullySpecified.Vector = Resource->u.Interrupt.Vector;
    parameters.FullySpecified.Irql = (KIRQL)Resource->u.Interrupt.Level;
    parameters.FullySpecified.SynchronizeIrql = (KIRQL)Resource->u.Interrupt.Level;
    parameters.FullySpecified.InterruptMode =
        (Resource->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0 ? Latched : LevelSensitive;
    parameters.FullySpecified.ShareVector = Resource->ShareDisposition == CmResourceShareShared;
    parameters.FullySpecified.ProcessorEnableMask = Resource->u.Interrupt.Affinity;
    return IoConnectInterruptEx(&parameters);
}

static VOID LinkUnmap(PLINK_EXTENSION Extension)
{
    MmUnmapIoSpace(Extension->Registers, sizeof(LINK_REGISTERS));
    Extension->Registers = NULL;
}

static NTSTATUS LinkStartHardware(PLINK_EXTENSION Extension, PCM_RESOURCE_LIST Translated)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR memory;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR interrupt;
    NTSTATUS status = LinkFindResources(Translated, &memory, &interrupt);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    Extension->Registers = MmMapIoSpaceEx(memory->u.Memory.Start, sizeof(LINK_REGISTERS),
                                          PAGE_READWRITE | PAGE_NOCACHE);
    if (Extension->Registers == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    WRITE_REGISTER_ULONG(&Extension->Registers->EventMask, 0);
    WRITE_REGISTER_ULONG(&Extension->Registers->Events, LINK_EVENT_ALL);
    status = LinkConnectInterrupt(Extension, interrupt);
    if (!NT_SUCCESS(status)) {
        LinkUnmap(Extension);
        return status;
    }
    WRITE_REGISTER_ULONG(&Extension->Registers->EventMask, LINK_EVENT_ALL);
    Extension->Started = TRUE;
    LinkQueueResume(&Extension->ReadQueue);
    LinkQueueResume(&Extension->WriteQueue);
    LinkCommandResume(Extension);
    return STATUS_SUCCESS;
}

/* Nothing of the queues uses the hardware any more. After the flush no DPC does. */
static VOID LinkReleaseHardware(PLINK_EXTENSION Extension)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {0};

    WRITE_REGISTER_ULONG(&Extension->Registers->EventMask, 0);
    parameters.Version = CONNECT_FULLY_SPECIFIED;
    parameters.ConnectionContext.InterruptObject = Extension->Interrupt;
    IoDisconnectInterruptEx(&parameters);
    Extension->Interrupt = NULL;
    KeFlushQueuedDpcs();
    LinkUnmap(Extension);
    Extension->Started = FALSE;
}

static VOID LinkHold(PLINK_EXTENSION Extension)
{
    LinkQueueHold(&Extension->ReadQueue);
    LinkQueueHold(&Extension->WriteQueue);
    LinkCommandHold(Extension);
}

static VOID LinkFail(PLINK_EXTENSION Extension)
{
    LinkQueueFail(&Extension->ReadQueue);
    LinkQueueFail(&Extension->WriteQueue);
    LinkCommandFail(Extension);
}

/* ---- requests ---- */

static NTSTATUS LinkPassOn(PLINK_EXTENSION Extension, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Extension->LowerDeviceObject, Irp);
}

/* START_DEVICE: the bus must have started it before we touch it. */
static NTSTATUS LinkStartDevice(PLINK_EXTENSION Extension, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    if (IoForwardIrpSynchronously(Extension->LowerDeviceObject, Irp)) {
        status = Irp->IoStatus.Status;
    }
    if (NT_SUCCESS(status)) {
        status = LinkStartHardware(Extension,
                                   stack->Parameters.StartDevice.AllocatedResourcesTranslated);
    }
    LinkComplete(Extension, Irp, status, 0);
    return status;
}

/* REMOVE_DEVICE: the last request that the device object gets. */
static NTSTATUS LinkRemoveDevice(PLINK_EXTENSION Extension, PIRP Irp)
{
    PDEVICE_OBJECT lower = Extension->LowerDeviceObject;
    NTSTATUS status;

    if (Extension->Started) {
        LinkHold(Extension);
        LinkFail(Extension);
        LinkReleaseHardware(Extension);
    } else {
        LinkFail(Extension);
    }
    IoReleaseRemoveLockAndWait(&Extension->RemoveLock, Irp);
    KeFlushQueuedDpcs(); /* the KDPCs lie in the extension: none may be queued or running */
    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = LinkPassOn(Extension, Irp);
    IoDetachDevice(lower);
    IoDeleteSymbolicLink(&Extension->LinkName);
    IoDeleteDevice(Extension->DeviceObject);
    return status;
}

NTSTATUS LinkDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    PAGED_CODE();

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return LinkStartDevice(extension, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return LinkRemoveDevice(extension, Irp);
    case IRP_MN_STOP_DEVICE:
        if (extension->Started) {
            LinkHold(extension);
            LinkReleaseHardware(extension);
        }
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_SURPRISE_REMOVAL:
        if (extension->Started) {
            LinkFail(extension);
            LinkReleaseHardware(extension);
        }
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS; /* nothing here stands in the way */
        break;
    default: /* the bus knows; the status stays as it is */
        break;
    }
    status = LinkPassOn(extension, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

/* The bus switches the device's power; its registers keep their values. */
NTSTATUS LinkDispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(extension->LowerDeviceObject, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

NTSTATUS LinkDispatchSystemControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    PAGED_CODE();

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    status = LinkPassOn(extension, Irp);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}
