/* template.c - a KMDF driver for the device of template.h: one queue, one interrupt, one DPC.
 * Normal path: the queue hands out a request, its number goes to the device, the device interrupts,
 * the ISR acknowledges, the DPC completes the request.
 */
#include <ntddk.h>
#include <wdf.h>

#include "template.h"

typedef struct _TEMPLATE_DEVICE {
    volatile ULONG *Registers;
    WDFINTERRUPT Interrupt;
    WDFREQUEST Request; /* that the device works on; the queue hands out one at a time */
    ULONG Channel;      /* of it */
} TEMPLATE_DEVICE, *PTEMPLATE_DEVICE;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TEMPLATE_DEVICE, TemplateDevice)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD TemplateDeviceAdd;
static EVT_WDF_DEVICE_PREPARE_HARDWARE TemplatePrepareHardware;
static EVT_WDF_DEVICE_RELEASE_HARDWARE TemplateReleaseHardware;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL TemplateDeviceControl;
static EVT_WDF_INTERRUPT_ISR TemplateIsr;
static EVT_WDF_INTERRUPT_DPC TemplateDpc;

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
    if (!NT_SUCCESS(Status)) {
        WdfRequestComplete(Request, Status);
        return;
    }
    Device->Request = Request;
    Device->Channel = Input->Channel;
    WRITE_REGISTER_ULONG(TemplateRegister(Device, Input->Channel, TEMPLATE_NUMBER), Input->Number);
}

static BOOLEAN TemplateIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(WdfInterruptGetDevice(Interrupt));
    volatile ULONG *Status = TemplateRegister(Device, Device->Channel, TEMPLATE_STATUS);

    if (READ_REGISTER_ULONG(Status) == 0) {
        return FALSE; /* of another device on this line */
    }
    WRITE_REGISTER_ULONG(Status, 1);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}

static VOID TemplateDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    PTEMPLATE_DEVICE Device = TemplateDevice(AssociatedObject);
    PULONG Output;
    NTSTATUS Status =
        WdfRequestRetrieveOutputBuffer(Device->Request, sizeof(*Output), (PVOID *)&Output, NULL);

    if (NT_SUCCESS(Status)) {
        *Output = READ_REGISTER_ULONG(TemplateRegister(Device, Device->Channel, TEMPLATE_NUMBER));
    }
    WdfRequestCompleteWithInformation(Device->Request, Status,
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
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchSequential);
    QueueConfig.EvtIoDeviceControl = TemplateDeviceControl;
    Status = WdfIoQueueCreate(Handle, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, TemplateIsr, TemplateDpc);
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
