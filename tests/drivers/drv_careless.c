/* drv_careless.c - a driver whose normal path is right and whose error paths are not, for sweeps of
 * failures: one leaks, two crash, two hang, the rest are handled.
 */
#include <ntddk.h>
#include <wdf.h>

#define CARELESS_TAG  'raCW'
#define CARELESS_SIZE 64

typedef struct _CARELESS_DEVICE {
    PUCHAR Kept;
    WDFTIMER Timer;
    WDFDPC Dpc;
    KEVENT Told;
} CARELESS_DEVICE, *PCARELESS_DEVICE;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CARELESS_DEVICE, CarelessDevice)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD CarelessDeviceAdd;
static EVT_WDF_OBJECT_CONTEXT_CLEANUP CarelessCleanup;
static EVT_WDF_IO_QUEUE_IO_WRITE CarelessWrite;
static EVT_WDF_IO_QUEUE_IO_READ CarelessRead;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL CarelessControl;
static EVT_WDF_DPC CarelessDpc;
static EVT_WDF_TIMER CarelessTick;

static VOID CarelessDpc(WDFDPC Dpc)
{
}

static VOID CarelessTick(WDFTIMER Timer)
{
}

/* Crashes: nobody looks whether there is memory. Here the machine is to see it, and no sanitizer. */
static __declspec(noinline) __attribute__((no_sanitize("undefined"))) VOID
    CarelessCopy(PCARELESS_DEVICE Device, const UCHAR *Buffer)
{
    volatile UCHAR *Copy = ExAllocatePool2(POOL_FLAG_NON_PAGED, CARELESS_SIZE, CARELESS_TAG);

    Copy[0] = Buffer[0];
    Device->Kept[0] = Copy[0];
    ExFreePoolWithTag((PVOID)Copy, CARELESS_TAG);
}

/* Hangs: without its input a request is never completed. */
static VOID CarelessWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PCARELESS_DEVICE Device = CarelessDevice(WdfIoQueueGetDevice(Queue));
    PVOID Buffer;

    if (!NT_SUCCESS(WdfRequestRetrieveInputBuffer(Request, 1, &Buffer, NULL))) {
        return;
    }
    CarelessCopy(Device, Buffer);
    WdfTimerStart(Device->Timer, WDF_REL_TIMEOUT_IN_MS(1));
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, Length);
}

/* Hangs, though time goes on: it looks again and again for what does not come. */
static VOID CarelessRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PCARELESS_DEVICE Device = CarelessDevice(WdfIoQueueGetDevice(Queue));
    LARGE_INTEGER Pause = {.QuadPart = -10000};
    WDFMEMORY Memory;

    if (NT_SUCCESS(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, CARELESS_TAG,
                                   CARELESS_SIZE, &Memory, NULL))) {
        KeSetEvent(&Device->Told, IO_NO_INCREMENT, FALSE);
        WdfObjectDelete(Memory);
    }
    while (KeReadStateEvent(&Device->Told) == 0) {
        KeDelayExecutionThread(KernelMode, FALSE, &Pause);
    }
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, 0);
}

/* Hangs for an input that is too short: for fuzzers. */
static VOID CarelessControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                            size_t InputBufferLength, ULONG IoControlCode)
{
    if (InputBufferLength >= sizeof(ULONG)) {
        WdfRequestComplete(Request, STATUS_SUCCESS);
    }
}

static VOID CarelessCleanup(WDFOBJECT Object)
{
    PCARELESS_DEVICE Device = CarelessDevice(Object);

    if (Device->Kept != NULL && Device->Dpc != NULL) {
        ExFreePoolWithTag(Device->Kept, CARELESS_TAG);
    }
}

static __declspec(noinline) NTSTATUS CarelessCreateObjects(WDFDEVICE Handle)
{
    PCARELESS_DEVICE Device = CarelessDevice(Handle);
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_TIMER_CONFIG TimerConfig;
    WDF_DPC_CONFIG DpcConfig;

    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.ParentObject = Handle;
    WDF_TIMER_CONFIG_INIT(&TimerConfig, CarelessTick);
    WdfTimerCreate(&TimerConfig, &Attributes, &Device->Timer); /* crashes at its first use */
    WDF_DPC_CONFIG_INIT(&DpcConfig, CarelessDpc);
    return WdfDpcCreate(&DpcConfig, &Attributes, &Device->Dpc); /* leaks: see the cleanup */
}

static NTSTATUS CarelessDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(Name, L"\\DosDevices\\Careless");
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG Config;
    WDFDEVICE Handle;
    NTSTATUS Status;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, CARELESS_DEVICE);
    Attributes.EvtCleanupCallback = CarelessCleanup;
    Attributes.ExecutionLevel = WdfExecutionLevelPassive;
    Status = WdfDeviceCreate(&DeviceInit, &Attributes, &Handle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    KeInitializeEvent(&CarelessDevice(Handle)->Told, NotificationEvent, FALSE);
    CarelessDevice(Handle)->Kept =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, CARELESS_SIZE, CARELESS_TAG);
    if (CarelessDevice(Handle)->Kept == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Status = CarelessCreateObjects(Handle);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchSequential);
    Config.EvtIoDeviceControl = CarelessControl;
    Config.EvtIoRead = CarelessRead;
    Config.EvtIoWrite = CarelessWrite;
    Status = WdfIoQueueCreate(Handle, &Config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    return NT_SUCCESS(Status) ? WdfDeviceCreateSymbolicLink(Handle, &Name) : Status;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG Config;

    WDF_DRIVER_CONFIG_INIT(&Config, CarelessDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                           WDF_NO_HANDLE);
}
