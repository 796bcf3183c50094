/* device.c - the device object: how it is made, its hardware resources, its power, who has it open.
 */
#include "uart.h"

static EVT_WDF_DEVICE_PREPARE_HARDWARE UartEvtPrepareHardware;
static EVT_WDF_DEVICE_D0_ENTRY UartEvtD0Entry;
static EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED UartEvtD0EntryPostInterruptsEnabled;
static EVT_WDF_DEVICE_D0_EXIT_PRE_INTERRUPTS_DISABLED UartEvtD0ExitPreInterruptsDisabled;
static EVT_WDF_DEVICE_FILE_CREATE UartEvtFileCreate;
static EVT_WDF_FILE_CLOSE UartEvtFileClose;

static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncListen;
static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncOpen;
static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncClose;

DECLARE_CONST_UNICODE_STRING(UartLinkName, L"\\DosDevices\\COM1");

static NTSTATUS UartInterruptCreate(PUART_DEVICE Device)
{
    WDF_INTERRUPT_CONFIG config;

    WDF_INTERRUPT_CONFIG_INIT(&config, UartEvtInterruptIsr, UartEvtInterruptDpc);
    config.EvtInterruptEnable = UartEvtInterruptEnable;
    config.EvtInterruptDisable = UartEvtInterruptDisable;
    return WdfInterruptCreate(Device->Device, &config, WDF_NO_OBJECT_ATTRIBUTES,
                              &Device->Interrupt);
}

NTSTATUS UartDeviceCreate(PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_FILEOBJECT_CONFIG file;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE handle;
    PUART_DEVICE device;
    NTSTATUS status;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&pnp);
    pnp.EvtDevicePrepareHardware = UartEvtPrepareHardware;
    pnp.EvtDeviceD0Entry = UartEvtD0Entry;
    pnp.EvtDeviceD0EntryPostInterruptsEnabled = UartEvtD0EntryPostInterruptsEnabled;
    pnp.EvtDeviceD0ExitPreInterruptsDisabled = UartEvtD0ExitPreInterruptsDisabled;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &pnp);

    WDF_FILEOBJECT_CONFIG_INIT(&file, UartEvtFileCreate, UartEvtFileClose, WDF_NO_EVENT_CALLBACK);
    WdfDeviceInitSetFileObjectConfig(DeviceInit, &file, WDF_NO_OBJECT_ATTRIBUTES);

    WdfDeviceInitSetDeviceType(DeviceInit, FILE_DEVICE_SERIAL_PORT);
    WdfDeviceInitSetIoType(DeviceInit, WdfDeviceIoBuffered);
    WdfDeviceInitSetExclusive(DeviceInit, TRUE); /* one application at a time */

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, UART_DEVICE);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &handle);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    device = UartGetDevice(handle);
    device->Device = handle;
    device->BaudRate = 9600;
    device->LineControl.WordLength = 8;
    device->Timeouts.ReadIntervalTimeout = 1;
    device->Fcr = FCR_ENABLE | FCR_TRIGGER_14;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = handle;
    status = WdfWaitLockCreate(&attributes, &device->PowerLock);
    if (NT_SUCCESS(status)) {
        status = UartQueuesCreate(device);
    }
    if (NT_SUCCESS(status)) {
        status = UartInterruptCreate(device);
    }
    if (NT_SUCCESS(status)) {
        status = WdfDeviceCreateSymbolicLink(handle, &UartLinkName);
    }
    return status; /* on failure the framework deletes the device and all that belongs to it */
}

/* Find our ports among what the device was given. The interrupt goes to the WDFINTERRUPT by itself.
 */
static NTSTATUS UartEvtPrepareHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                       WDFCMRESLIST ResourcesTranslated)
{
    PUART_DEVICE device = UartGetDevice(Device);

    UNREFERENCED_PARAMETER(ResourcesRaw);

    device->Port = NULL;
    for (ULONG i = 0; i < WdfCmResourceListGetCount(ResourcesTranslated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR resource =
            WdfCmResourceListGetDescriptor(ResourcesTranslated, i);

        if (resource->Type == CmResourceTypePort && resource->u.Port.Length >= UART_PORTS &&
            device->Port == NULL) {
            device->Port = (PUCHAR)(ULONG_PTR)resource->u.Port.Start.QuadPart;
        }
    }
    return device->Port != NULL ? STATUS_SUCCESS : STATUS_DEVICE_CONFIGURATION_ERROR;
}

/* The device has power and nothing in it can be relied on. The interrupt is not connected yet, so
 * that nobody is there to synchronize with. */
static NTSTATUS UartEvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    PUART_DEVICE device = UartGetDevice(Device);

    UNREFERENCED_PARAMETER(PreviousState);

    UartWriteIer(device, 0);
    UartWriteMcr(device, 0);
    WRITE_PORT_UCHAR(device->Port + UART_FCR, device->Fcr | FCR_CLEAR);
    UartApplySettings(device);
    return STATUS_SUCCESS;
}

/* DTR and RTS tell the far end whether it may send. While nobody has the port open nothing is received
 * either: what the first bytes find is an application, not a ring that is about to be emptied. */
static BOOLEAN UartSyncListen(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_DEVICE device = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    UartResumeReceiving(device);
    UartWriteMcr(device, device->Mcr | MCR_DTR | MCR_RTS);
    return TRUE;
}

static BOOLEAN UartSyncClose(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_DEVICE device = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    UartWriteMcr(device, device->Mcr & ~(MCR_DTR | MCR_RTS));
    UartPauseReceiving(device);
    return TRUE;
}

/* From here to the next function the interrupt is connected, and WdfInterruptSynchronize may be
 * used. Queues see to that by themselves; opening and closing come at any time. */
static NTSTATUS UartEvtD0EntryPostInterruptsEnabled(WDFDEVICE Device,
                                                    WDF_POWER_DEVICE_STATE PreviousState)
{
    PUART_DEVICE device = UartGetDevice(Device);

    UNREFERENCED_PARAMETER(PreviousState);

    WdfWaitLockAcquire(device->PowerLock, NULL);
    device->Connected = TRUE;
    WdfInterruptSynchronize(device->Interrupt, device->Open ? UartSyncListen : UartSyncClose,
                            device);
    WdfWaitLockRelease(device->PowerLock);
    return STATUS_SUCCESS;
}

static NTSTATUS UartEvtD0ExitPreInterruptsDisabled(WDFDEVICE Device,
                                                   WDF_POWER_DEVICE_STATE TargetState)
{
    PUART_DEVICE device = UartGetDevice(Device);

    UNREFERENCED_PARAMETER(TargetState);

    WdfWaitLockAcquire(device->PowerLock, NULL);
    device->Connected = FALSE;
    WdfWaitLockRelease(device->PowerLock);
    return STATUS_SUCCESS;
}

static BOOLEAN UartSyncOpen(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_DEVICE device = Context;

    device->Ring.Count = 0;
    device->Events = 0;
    device->WaitMask = 0;
    device->Errors = 0;
    return UartSyncListen(Interrupt, Context);
}

static VOID UartSetOpen(PUART_DEVICE Device, BOOLEAN Open)
{
    WdfWaitLockAcquire(Device->PowerLock, NULL);
    Device->Open = Open;
    if (Device->Connected) {
        WdfInterruptSynchronize(Device->Interrupt, Open ? UartSyncOpen : UartSyncClose, Device);
    }
    WdfWaitLockRelease(Device->PowerLock);
}

static VOID UartEvtFileCreate(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT FileObject)
{
    UNREFERENCED_PARAMETER(FileObject);

    UartSetOpen(UartGetDevice(Device), TRUE);
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

static VOID UartEvtFileClose(WDFFILEOBJECT FileObject)
{
    UartSetOpen(UartGetDevice(WdfFileObjectGetDevice(FileObject)), FALSE);
}
