/* drv_pnp.c - a driver that writes down which of its callbacks are called, and fails where the test
 * says so.
 */
#include "drv_pnp.h"

#include <string.h>

DRIVER_INITIALIZE DriverEntry;

#define PLAN (&drv_pnp_plan)

static void Append(char *Text, size_t Size, const char *More)
{
    size_t Length = strlen(Text), Added = strlen(More);

    if (Length + Added < Size) {
        RtlCopyMemory(Text + Length, More, Added + 1);
    }
}

/* Note the callback; the status is a failure if the plan says so. Arguments are one digit. */
static NTSTATUS NoteWith(const char *Name, int Argument, WDFDEVICE Device)
{
    const char Digit[] = {'(', (char)('0' + Argument), ')', '\0'};
    const char *Fail = PLAN->fail;
    char Text[80] = "";

    Append(Text, sizeof(Text), Name);
    if (Argument != 0) {
        Append(Text, sizeof(Text), Digit);
    }
    while (__atomic_test_and_set(&PLAN->writing, __ATOMIC_ACQUIRE)) {
        YieldProcessor(); /* another callback, in parallel */
    }
    Append(PLAN->log, sizeof(PLAN->log), Text);
    Append(PLAN->log, sizeof(PLAN->log), " ");
    __atomic_clear(&PLAN->writing, __ATOMIC_RELEASE);
    if (PLAN->at != NULL && Device != NULL) {
        PLAN->at(Text, Device);
    }
    if (Fail != NULL && (strcmp(Fail, Name) == 0 || strcmp(Fail, Text) == 0)) {
        return PLAN->status != 0 ? PLAN->status : STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Note(const char *Name, WDFDEVICE Device)
{
    if (KeGetCurrentIrql() > PLAN->highest_irql) {
        PLAN->highest_irql = KeGetCurrentIrql();
    }
    return NoteWith(Name, 0, Device);
}

static NTSTATUS NoteState(const char *Name, WDFDEVICE Device, WDF_POWER_DEVICE_STATE State)
{
    if (KeGetCurrentIrql() > PLAN->highest_irql) {
        PLAN->highest_irql = KeGetCurrentIrql();
    }
    return NoteWith(Name, (int)State, Device);
}

static NTSTATUS PnpD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    KIRQL Irql;

    if (PLAN->changes_irql) {
        KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    }
    return NoteState("D0Entry", Device, PreviousState);
}

static NTSTATUS PnpPostEnabled(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    return NoteState("PostEnabled", Device, PreviousState);
}

static NTSTATUS PnpPreDisabled(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    return NoteState("PreDisabled", Device, TargetState);
}

static NTSTATUS PnpD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    return NoteState("D0Exit", Device, TargetState);
}

static NTSTATUS PnpSelfInit(WDFDEVICE Device)
{
    return Note("SelfInit", Device);
}

static NTSTATUS PnpSelfRestart(WDFDEVICE Device)
{
    return Note("SelfRestart", Device);
}

static NTSTATUS PnpSelfSuspend(WDFDEVICE Device)
{
    return Note("SelfSuspend", Device);
}

static VOID PnpSelfFlush(WDFDEVICE Device)
{
    Note("SelfFlush", Device);
}

static VOID PnpSelfCleanup(WDFDEVICE Device)
{
    Note("SelfCleanup", Device);
}

static VOID PnpSurprise(WDFDEVICE Device)
{
    Note("Surprise", Device);
}

static NTSTATUS PnpQueryRemove(WDFDEVICE Device)
{
    return Note("QueryRemove", Device);
}

static NTSTATUS PnpQueryStop(WDFDEVICE Device)
{
    return Note("QueryStop", Device);
}

static NTSTATUS PnpArmS0(WDFDEVICE Device)
{
    return Note("ArmS0", Device);
}

static VOID PnpDisarmS0(WDFDEVICE Device)
{
    Note("DisarmS0", Device);
}

static VOID PnpWakeS0(WDFDEVICE Device)
{
    Note("WakeS0", Device);
}

static NTSTATUS PnpArmSx(WDFDEVICE Device)
{
    return Note("ArmSx", Device);
}

static VOID PnpDisarmSx(WDFDEVICE Device)
{
    Note("DisarmSx", Device);
}

static VOID PnpWakeSx(WDFDEVICE Device)
{
    Note("WakeSx", Device);
}

static BOOLEAN PnpIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    return PLAN->isr != NULL ? PLAN->isr(Interrupt, MessageID) : FALSE;
}

static VOID PnpDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    if (PLAN->dpc != NULL) {
        PLAN->dpc(Interrupt, AssociatedObject);
    }
}

static int IndexOf(WDFINTERRUPT Interrupt)
{
    for (int i = 0; i < DRV_PNP_INTERRUPTS; i++) {
        if (PLAN->interrupt[i] == Interrupt) {
            return i + 1;
        }
    }
    return 0;
}

static NTSTATUS PnpEnable(WDFINTERRUPT Interrupt, WDFDEVICE Device)
{
    return NoteWith("Enable", IndexOf(Interrupt), Device);
}

static NTSTATUS PnpDisable(WDFINTERRUPT Interrupt, WDFDEVICE Device)
{
    return NoteWith("Disable", IndexOf(Interrupt), Device);
}

static NTSTATUS CreateInterrupts(WDFDEVICE Device, PCM_PARTIAL_RESOURCE_DESCRIPTOR Raw,
                                 PCM_PARTIAL_RESOURCE_DESCRIPTOR Translated)
{
    for (ULONG i = 0; i < PLAN->interrupts; i++) {
        WDF_INTERRUPT_CONFIG Config;

        WDF_INTERRUPT_CONFIG_INIT(&Config, PnpIsr, PnpDpc);
        Config.EvtInterruptEnable = PnpEnable;
        Config.EvtInterruptDisable = PnpDisable;
        Config.InterruptRaw = Raw;
        Config.InterruptTranslated = Translated;
        if (PLAN->config != NULL) {
            PLAN->config(i, &Config);
        }
        PLAN->interrupt_status =
            WdfInterruptCreate(Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, &PLAN->interrupt[i]);
        if (!NT_SUCCESS(PLAN->interrupt_status)) {
            return PLAN->interrupt_status;
        }
    }
    return STATUS_SUCCESS;
}

static PVOID Mapped;
static SIZE_T MappedSize;

static void MapMemory(WDFCMRESLIST Translated)
{
    for (ULONG i = 0; i < WdfCmResourceListGetCount(Translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor = WdfCmResourceListGetDescriptor(Translated, i);

        if (Descriptor->Type == CmResourceTypeMemory) {
            MappedSize = Descriptor->u.Memory.Length;
            Mapped = MmMapIoSpaceEx(Descriptor->u.Memory.Start, MappedSize,
                                    PAGE_READWRITE | PAGE_NOCACHE);
        }
    }
}

static NTSTATUS PnpPrepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    NTSTATUS Status = Note("Prepare", Device);

    if (PLAN->maps) {
        MapMemory(Translated);
    }
    if (PLAN->prepare != NULL) {
        PLAN->prepare(Device, Raw, Translated);
    }
    for (ULONG i = 0; NT_SUCCESS(Status) && PLAN->interrupts_in_prepare; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor = WdfCmResourceListGetDescriptor(Translated, i);

        if (Descriptor == NULL) {
            break;
        }
        if (Descriptor->Type == CmResourceTypeInterrupt) {
            Status = CreateInterrupts(Device, WdfCmResourceListGetDescriptor(Raw, i), Descriptor);
        }
    }
    return Status;
}

static NTSTATUS PnpRelease(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    UNREFERENCED_PARAMETER(Translated);
    if (Mapped != NULL && !PLAN->keeps_mapping) {
        MmUnmapIoSpace(Mapped, MappedSize);
        Mapped = NULL;
    }
    return Note("Release", Device);
}

static VOID PnpDeviceCleanup(WDFOBJECT Device)
{
    Note("DeviceCleanup", (WDFDEVICE)Device);
}

static VOID PnpDeviceDestroy(WDFOBJECT Device)
{
    UNREFERENCED_PARAMETER(Device);
    NoteWith("DeviceDestroy", 0, NULL);
}

static VOID PnpIoDefault(WDFQUEUE Queue, WDFREQUEST Request)
{
    NoteWith("Io", 0, WdfIoQueueGetDevice(Queue));
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

static VOID SetCallbacks(PWDFDEVICE_INIT DeviceInit)
{
    WDF_POWER_POLICY_EVENT_CALLBACKS Policy;
    WDF_PNPPOWER_EVENT_CALLBACKS Pnp;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Pnp);
    Pnp.EvtDevicePrepareHardware = PnpPrepare;
    Pnp.EvtDeviceReleaseHardware = PnpRelease;
    Pnp.EvtDeviceD0Entry = PnpD0Entry;
    Pnp.EvtDeviceD0EntryPostInterruptsEnabled = PnpPostEnabled;
    Pnp.EvtDeviceD0ExitPreInterruptsDisabled = PnpPreDisabled;
    Pnp.EvtDeviceD0Exit = PnpD0Exit;
    Pnp.EvtDeviceSelfManagedIoInit = PnpSelfInit;
    Pnp.EvtDeviceSelfManagedIoRestart = PnpSelfRestart;
    Pnp.EvtDeviceSelfManagedIoSuspend = PnpSelfSuspend;
    Pnp.EvtDeviceSelfManagedIoFlush = PnpSelfFlush;
    Pnp.EvtDeviceSelfManagedIoCleanup = PnpSelfCleanup;
    Pnp.EvtDeviceSurpriseRemoval = PnpSurprise;
    Pnp.EvtDeviceQueryRemove = PnpQueryRemove;
    Pnp.EvtDeviceQueryStop = PnpQueryStop;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &Pnp);
    WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(&Policy);
    Policy.EvtDeviceArmWakeFromS0 = PnpArmS0;
    Policy.EvtDeviceDisarmWakeFromS0 = PnpDisarmS0;
    Policy.EvtDeviceWakeFromS0Triggered = PnpWakeS0;
    Policy.EvtDeviceArmWakeFromSx = PnpArmSx;
    Policy.EvtDeviceDisarmWakeFromSx = PnpDisarmSx;
    Policy.EvtDeviceWakeFromSxTriggered = PnpWakeSx;
    WdfDeviceInitSetPowerPolicyEventCallbacks(DeviceInit, &Policy);
    if (PLAN->not_pageable) {
        WdfDeviceInitSetPowerNotPageable(DeviceInit);
    }
    if (PLAN->filter) {
        WdfFdoInitSetFilter(DeviceInit);
    }
    if (PLAN->init != NULL) {
        PLAN->init(DeviceInit);
    }
}

static NTSTATUS AddParts(WDFDEVICE Device)
{
    NTSTATUS Status = STATUS_SUCCESS;

    if (!PLAN->interrupts_in_prepare) {
        Status = CreateInterrupts(Device, NULL, NULL);
    }
    if (NT_SUCCESS(Status) && PLAN->queue) {
        WDF_IO_QUEUE_CONFIG Config;

        WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchSequential);
        Config.EvtIoDefault = PnpIoDefault;
        Status = WdfIoQueueCreate(Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    }
    if (NT_SUCCESS(Status) && PLAN->link) {
        DECLARE_CONST_UNICODE_STRING(Link, L"\\DosDevices\\PnpTest");

        Status = WdfDeviceCreateSymbolicLink(Device, &Link);
    }
    if (NT_SUCCESS(Status) && PLAN->interface != NULL) {
        Status = WdfDeviceCreateDeviceInterface(Device, PLAN->interface, NULL);
    }
    return Status;
}

static NTSTATUS PnpDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Driver);
    Status = Note("Add", NULL);
    if (PLAN->no_device) {
        return Status;
    }
    SetCallbacks(DeviceInit);
    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.EvtCleanupCallback = PnpDeviceCleanup;
    Attributes.EvtDestroyCallback = PnpDeviceDestroy;
    if (NT_SUCCESS(Status) || PLAN->devices == 0) {
        NTSTATUS Created = WdfDeviceCreate(&DeviceInit, &Attributes, &PLAN->device);

        if (!NT_SUCCESS(Created)) {
            return Created;
        }
    }
    PLAN->devices++;
    PLAN->pdo = WdfDeviceWdmGetPhysicalDevice(PLAN->device);
    if (PLAN->added != NULL) {
        PLAN->added(PLAN->device);
    }
    return NT_SUCCESS(Status) ? AddParts(PLAN->device) : Status;
}

static VOID PnpUnload(WDFDRIVER Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    Note("Unload", NULL);
}

static VOID PnpDriverCleanup(WDFOBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    Note("DriverCleanup", NULL);
}

static VOID PnpDriverDestroy(WDFOBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    Note("DriverDestroy", NULL);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_DRIVER_CONFIG Config;
    NTSTATUS Status;

    WDF_DRIVER_CONFIG_INIT(&Config, PnpDeviceAdd);
    Config.EvtDriverUnload = PnpUnload;
    if (PLAN->cannot_unload) {
        Config.EvtDriverDeviceAdd = NULL;
        Config.EvtDriverUnload = NULL;
        Config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    }
    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.EvtCleanupCallback = PnpDriverCleanup;
    Attributes.EvtDestroyCallback = PnpDriverDestroy;
    if (PLAN->scope != 0) {
        Attributes.SynchronizationScope = PLAN->scope;
    }
    PLAN->driver_object = DriverObject;
    Status = WdfDriverCreate(DriverObject, RegistryPath, &Attributes, &Config, &PLAN->driver);
    return NT_SUCCESS(Status) ? NoteWith("Entry", 0, NULL) : Status;
}
