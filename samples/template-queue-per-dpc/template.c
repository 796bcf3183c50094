/* template.c - a KMDF driver for the device of template.h: a queue and a DPC for each channel.
 * Normal path: the device's queue forwards a request to its channel's, which hands out one at a time;
 * its number goes to the device, the device interrupts, the ISR acknowledges and queues the DPCs of
 * the channels that are done, each of which completes its channel's request.
 */
#include <ntddk.h>
#include <wdf.h>

#include "template.h"

typedef struct _TEMPLATE_DEVICE {
    volatile ULONG *Registers;
    WDFINTERRUPT Interrupt;
    WDFQUEUE Channel[TEMPLATE_CHANNELS];
} TEMPLATE_DEVICE, *PTEMPLATE_DEVICE;

typedef struct _TEMPLATE_CHANNEL { /* of a channel's queue */
    ULONG Number;
    WDFDPC Dpc;
    WDFREQUEST Request; /* that the device works on */
} TEMPLATE_CHANNEL, *PTEMPLATE_CHANNEL;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TEMPLATE_DEVICE, TemplateDevice)
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TEMPLATE_CHANNEL, TemplateChannel)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD TemplateDeviceAdd;
static EVT_WDF_DEVICE_PREPARE_HARDWARE TemplatePrepareHardware;
static EVT_WDF_DEVICE_RELEASE_HARDWARE TemplateReleaseHardware;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL TemplateDeviceControl;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL TemplateChannelControl;
static EVT_WDF_INTERRUPT_ISR TemplateIsr;
static EVT_WDF_DPC TemplateDpc;

static volatile ULONG *TemplateRegister(PTEMPLATE_DEVICE Device, ULONG Channel, ULONG Register)
{
    return Device->Registers + Channel * TEMPLATE_STRIDE + Register;
}

/* ---- requests ---- */

static VOID TemplateDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                                  size_t InputBufferLength, ULONG IoControlCode)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(WdfIoQueueGetDevice(Queue));
    TEMPLATE_INPUT *Input;
    NTSTATUS Status = STATUS_INVALID_DEVICE_REQUEST;

    if (IoControlCode == IOCTL_TEMPLATE_DOUBLE) {
        Status = WdfRequestRetrieveInputBuffer(Request, sizeof(*Input), (PVOID *)&Input, NULL);
    }
    if (NT_SUCCESS(Status) && Input->Channel >= TEMPLATE_CHANNELS) {
        Status = STATUS_INVALID_PARAMETER;
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfRequestForwardToIoQueue(Request, Device->Channel[Input->Channel]);
    }
    if (!NT_SUCCESS(Status)) {
        WdfRequestComplete(Request, Status);
    }
}

static VOID TemplateChannelControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                                   size_t InputBufferLength, ULONG IoControlCode)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(WdfIoQueueGetDevice(Queue));
    PTEMPLATE_CHANNEL Channel = TemplateChannel(Queue);
    TEMPLATE_INPUT *Input;
    NTSTATUS Status = WdfRequestRetrieveInputBuffer(Request, sizeof(*Input), (PVOID *)&Input, NULL);

    if (!NT_SUCCESS(Status)) {
        WdfRequestComplete(Request, Status);
        return;
    }
    Channel->Request = Request;
    WRITE_REGISTER_ULONG(TemplateRegister(Device, Channel->Number, TEMPLATE_NUMBER), Input->Number);
}

static BOOLEAN TemplateIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(WdfInterruptGetDevice(Interrupt));
    BOOLEAN Ours = FALSE;

    for (ULONG i = 0; i < TEMPLATE_CHANNELS; i++) {
        volatile ULONG *Status = TemplateRegister(Device, i, TEMPLATE_STATUS);

        if (READ_REGISTER_ULONG(Status) != 0) {
            WRITE_REGISTER_ULONG(Status, 1);
            WdfDpcEnqueue(TemplateChannel(Device->Channel[i])->Dpc);
            Ours = TRUE;
        }
    }
    return Ours;
}

static VOID TemplateDpc(WDFDPC Dpc)
{
    WDFQUEUE Queue = WdfDpcGetParentObject(Dpc);
    PTEMPLATE_DEVICE Device = TemplateDevice(WdfIoQueueGetDevice(Queue));
    PTEMPLATE_CHANNEL Channel = TemplateChannel(Queue);
    PULONG Output;
    NTSTATUS Status =
        WdfRequestRetrieveOutputBuffer(Channel->Request, sizeof(*Output), (PVOID *)&Output, NULL);

    if (NT_SUCCESS(Status)) {
        *Output = READ_REGISTER_ULONG(TemplateRegister(Device, Channel->Number, TEMPLATE_NUMBER));
    }
    WdfRequestCompleteWithInformation(Channel->Request, Status,
                                      NT_SUCCESS(Status) ? sizeof(*Output) : 0);
}

/* ---- the device ---- */

static NTSTATUS TemplatePrepareHardware(WDFDEVICE Handle, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    for (ULONG i = 0; i < WdfCmResourceListGetCount(Translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR Resource = WdfCmResourceListGetDescriptor(Translated, i);

        if (Resource->Type == CmResourceTypeMemory && Resource->u.Memory.Length >= TEMPLATE_SIZE) {
            TemplateDevice(Handle)->Registers = MmMapIoSpaceEx(
                Resource->u.Memory.Start, TEMPLATE_SIZE, PAGE_READWRITE | PAGE_NOCACHE);
            return TemplateDevice(Handle)->Registers != NULL ? STATUS_SUCCESS
                                                             : STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

static NTSTATUS TemplateReleaseHardware(WDFDEVICE Handle, WDFCMRESLIST Translated)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(Handle);

    if (Device->Registers != NULL) {
        MmUnmapIoSpace((PVOID)Device->Registers, TEMPLATE_SIZE);
        Device->Registers = NULL;
    }
    return STATUS_SUCCESS;
}

/* The DPCs are not serialized: those of two channels may run at the same time. */
static NTSTATUS TemplateChannelCreate(WDFDEVICE Handle, ULONG Number)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG QueueConfig;
    WDF_DPC_CONFIG DpcConfig;
    WDFQUEUE Queue;
    NTSTATUS Status;

    WDF_IO_QUEUE_CONFIG_INIT(&QueueConfig, WdfIoQueueDispatchSequential);
    QueueConfig.EvtIoDeviceControl = TemplateChannelControl;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, TEMPLATE_CHANNEL);
    Status = WdfIoQueueCreate(Handle, &QueueConfig, &Attributes, &Queue);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    TemplateDevice(Handle)->Channel[Number] = Queue;
    TemplateChannel(Queue)->Number = Number;
    WDF_DPC_CONFIG_INIT(&DpcConfig, TemplateDpc);
    DpcConfig.AutomaticSerialization = FALSE;
    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.ParentObject = Queue;
    return WdfDpcCreate(&DpcConfig, &Attributes, &TemplateChannel(Queue)->Dpc);
}

static NTSTATUS TemplateDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(Name, L"\\DosDevices\\Template");
    WDF_PNPPOWER_EVENT_CALLBACKS Callbacks;
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_INTERRUPT_CONFIG InterruptConfig;
    WDF_IO_QUEUE_CONFIG QueueConfig;
    WDFDEVICE Handle;
    NTSTATUS Status;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Callbacks);
    Callbacks.EvtDevicePrepareHardware = TemplatePrepareHardware;
    Callbacks.EvtDeviceReleaseHardware = TemplateReleaseHardware;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &Callbacks);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, TEMPLATE_DEVICE);
    Status = WdfDeviceCreate(&DeviceInit, &Attributes, &Handle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
    QueueConfig.EvtIoDeviceControl = TemplateDeviceControl;
    Status = WdfIoQueueCreate(Handle, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    for (ULONG i = 0; NT_SUCCESS(Status) && i < TEMPLATE_CHANNELS; i++) {
        Status = TemplateChannelCreate(Handle, i);
    }
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, TemplateIsr, NULL);
    Status = WdfInterruptCreate(Handle, &InterruptConfig, WDF_NO_OBJECT_ATTRIBUTES,
                                &TemplateDevice(Handle)->Interrupt);
    return NT_SUCCESS(Status) ? WdfDeviceCreateSymbolicLink(Handle, &Name) : Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;

    WDF_DRIVER_CONFIG_INIT(&Config, TemplateDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                           WDF_NO_HANDLE);
}
