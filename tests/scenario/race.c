/* race.c - see race.h. What runs at the same time: dispatch routines, the ISR, the DPC (on both
 * processors), the timer's DPC, cancel routines.
 * Rules: Seen belongs to the interrupt's lock; the list, Served to Lock; Pulses is interlocked.
 * Scheduled is 1 from the moment that somebody queued the DPC until it has looked at everything.
 */
#include <ntddk.h>

#include "race.h"

typedef struct _RACE_EXTENSION {
    PDEVICE_OBJECT Device, Lower, Pdo;
    PUCHAR Port;
    PKINTERRUPT Interrupt;
    ULONG Seen;                      /* what the device had counted when it was last looked at */
    volatile LONG Pulses, Scheduled; /* pulses that wait for a read */
    KSPIN_LOCK Lock;
    LIST_ENTRY Reads;
    ULONG Served;
    KDPC Dpc;
    KTIMER Timer;
    KDPC TimerDpc;
} RACE_EXTENSION, *PRACE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE RaceAddDevice;
static DRIVER_UNLOAD RaceUnload;
static DRIVER_DISPATCH RaceOpen, RaceRead, RaceWrite, RacePnp, RacePass;
static DRIVER_CANCEL RaceCancel;
static KSERVICE_ROUTINE RaceIsr;
static KSYNCHRONIZE_ROUTINE RaceCollect;
static KDEFERRED_ROUTINE RaceDpc, RaceTimerDpc;

static NTSTATUS RaceComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- pulses ---- */

/* With the interrupt's lock. TRUE: there were some that nobody had seen. */
static BOOLEAN RaceCollect(PVOID Context)
{
    PRACE_EXTENSION extension = Context;
    ULONG seen = extension->Seen;
    ULONG added = READ_PORT_ULONG((PULONG)extension->Port) - seen;

    InterlockedExchangeAdd(&extension->Pulses, (LONG)added);
    extension->Seen = seen + added;
    return added > 0;
}

/* Somebody may be served now. */
static VOID RaceSchedule(PRACE_EXTENSION Extension)
{
    if (InterlockedExchange(&Extension->Scheduled, 1) == 0) {
        KeInsertQueueDpc(&Extension->Dpc, NULL, NULL);
    }
}

static BOOLEAN RaceIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    PRACE_EXTENSION extension = ServiceContext;
    PULONG pending = (PULONG)(extension->Port + 4);

    UNREFERENCED_PARAMETER(Interrupt);
    if (READ_PORT_ULONG(pending) != 1) {
        return FALSE;
    }
    WRITE_PORT_ULONG(pending, 0);
    if (RaceCollect(extension)) {
        RaceSchedule(extension);
    }
    return TRUE;
}

/* CustomTimerDpc: some time after a pulse was asked for, in case that its interrupt got lost. */
static VOID RaceTimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PRACE_EXTENSION extension = Context;
    BOOLEAN found;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
#ifdef RACE_NO_LOCK
    found = RaceCollect(extension);
#else
    found = KeSynchronizeExecution(extension->Interrupt, RaceCollect, extension);
#endif
    if (found) {
        RaceSchedule(extension);
    }
}

/* ---- reads ---- */

/* With Lock: the first read that is not being cancelled, off the list; or NULL. */
static PIRP RaceTake(PRACE_EXTENSION Extension)
{
    while (!IsListEmpty(&Extension->Reads)) {
        PLIST_ENTRY entry = RemoveHeadList(&Extension->Reads);
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (IoSetCancelRoutine(irp, NULL) != NULL) {
            return irp;
        }
        InitializeListHead(entry); /* RaceCancel has been called, and will take it off once more */
    }
    return NULL;
}

/* TRUE: a read was served. */
static BOOLEAN RaceServe(PRACE_EXTENSION Extension)
{
    PIRP irp = NULL;
    ULONG number = 0;

    KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
    if (Extension->Pulses > 0 && (irp = RaceTake(Extension)) != NULL) {
        InterlockedDecrement(&Extension->Pulses);
        number = ++Extension->Served;
    }
    KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
    if (irp != NULL) {
        *(PULONG)irp->AssociatedIrp.SystemBuffer = number;
        RaceComplete(irp, STATUS_SUCCESS, sizeof(number));
    }
    return irp != NULL;
}

static BOOLEAN RaceHasWork(PRACE_EXTENSION Extension)
{
    BOOLEAN work;

    KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
    work = Extension->Pulses > 0 && !IsListEmpty(&Extension->Reads);
    KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
    return work;
}

static VOID RaceDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PRACE_EXTENSION extension = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    do {
        while (RaceServe(extension)) {
        }
        InterlockedExchange(&extension->Scheduled, 0);
#ifdef RACE_LOST_WAKEUP
        break;
#endif
        /* What came before that line saw Scheduled, and left it to us. */
    } while (RaceHasWork(extension) && InterlockedExchange(&extension->Scheduled, 1) == 0);
}

static VOID RaceCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRACE_EXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&extension->Lock, &irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&extension->Lock, irql);
    RaceComplete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS RaceRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRACE_EXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length < sizeof(ULONG)) {
        return RaceComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    KeAcquireSpinLock(&extension->Lock, &irql);
    IoSetCancelRoutine(Irp, RaceCancel);
#ifndef RACE_NO_CANCEL_CHECK
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
        KeReleaseSpinLock(&extension->Lock, irql);
        return RaceComplete(Irp, STATUS_CANCELLED, 0);
    }
#endif
    IoMarkIrpPending(Irp);
    InsertTailList(&extension->Reads, &Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&extension->Lock, irql);
    RaceSchedule(extension);
    return STATUS_PENDING;
}

static NTSTATUS RaceWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRACE_EXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER due;
    ULONG delay;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length != sizeof(ULONG)) {
        return RaceComplete(Irp, STATUS_INVALID_PARAMETER, 0);
    }
    delay = *(PULONG)Irp->AssociatedIrp.SystemBuffer;
    due.QuadPart = -(LONGLONG)(delay / 100);
    KeSetTimer(&extension->Timer, due, &extension->TimerDpc);
    WRITE_PORT_ULONG((PULONG)extension->Port, delay);
    return RaceComplete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

/* ---- coming and going ---- */

static NTSTATUS RaceOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return RaceComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS RacePass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRACE_EXTENSION extension = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(extension->Lower, Irp);
}

static NTSTATUS RaceStart(PRACE_EXTENSION Extension, PCM_RESOURCE_LIST Translated)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_LINE_BASED};
    PCM_PARTIAL_RESOURCE_LIST list = &Translated->List[0].PartialResourceList;

    for (ULONG i = 0; i < list->Count; i++) {
        if (list->PartialDescriptors[i].Type == CmResourceTypePort) {
            Extension->Port = (PUCHAR)(ULONG_PTR)list->PartialDescriptors[i].u.Port.Start.QuadPart;
        }
    }
    parameters.LineBased.PhysicalDeviceObject = Extension->Pdo;
    parameters.LineBased.InterruptObject = &Extension->Interrupt;
    parameters.LineBased.ServiceRoutine = RaceIsr;
    parameters.LineBased.ServiceContext = Extension;
    return IoConnectInterruptEx(&parameters);
}

static VOID RaceRemove(PRACE_EXTENSION Extension)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters = {.Version = CONNECT_LINE_BASED};
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\RACE");

    KeCancelTimer(&Extension->Timer);
    if (Extension->Interrupt != NULL) {
        parameters.ConnectionContext.InterruptObject = Extension->Interrupt;
        IoDisconnectInterruptEx(&parameters);
    }
    KeFlushQueuedDpcs();
    IoDeleteSymbolicLink(&link);
}

static NTSTATUS RacePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PRACE_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_OBJECT lower = extension->Lower;
    NTSTATUS status;

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        IoForwardIrpSynchronously(lower, Irp);
        status = RaceStart(extension, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
        return RaceComplete(Irp, status, 0);
    case IRP_MN_REMOVE_DEVICE:
        RaceRemove(extension);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        status = RacePass(DeviceObject, Irp);
        IoDetachDevice(lower);
        IoDeleteDevice(DeviceObject);
        return status;
    default:
        return RacePass(DeviceObject, Irp);
    }
}

static NTSTATUS RaceAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Race");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\RACE");
    PRACE_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(RACE_EXTENSION), &name, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    extension = device->DeviceExtension;
    extension->Device = device;
    extension->Pdo = PhysicalDeviceObject;
    KeInitializeSpinLock(&extension->Lock);
    InitializeListHead(&extension->Reads);
    KeInitializeDpc(&extension->Dpc, RaceDpc, extension);
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->TimerDpc, RaceTimerDpc, extension);
    extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    status = IoCreateSymbolicLink(&link, &name);
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return status;
}

static VOID RaceUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverExtension->AddDevice = RaceAddDevice;
    DriverObject->DriverUnload = RaceUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = RaceOpen;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = RaceOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = RaceOpen;
    DriverObject->MajorFunction[IRP_MJ_READ] = RaceRead;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = RaceWrite;
    DriverObject->MajorFunction[IRP_MJ_PNP] = RacePnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = RacePass;
    return STATUS_SUCCESS;
}
