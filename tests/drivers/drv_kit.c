/* drv_kit.c - something of everything to register, for tests of the test kit: two parallel queues
 * with a DPC each, a timer, a work item, a file object, power callbacks. A read waits until a write
 * to the other queue queues the read queue's DPC, which completes it with the byte written.
 */
#include <ntddk.h>
#include <wdf.h>

#include "drv_kit.h"

typedef struct _KIT_DEVICE {
    WDFQUEUE Queue[KIT_QUEUES];
    WDFDPC Dpc[KIT_QUEUES];
    WDFQUEUE Waiting;
    WDFTIMER Timer;
    WDFWORKITEM WorkItem;
    WDFSPINLOCK Lock;
    UCHAR Written;
    ULONG Ticks;
} KIT_DEVICE, *PKIT_DEVICE;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(KIT_DEVICE, KitDevice)

DRIVER_INITIALIZE DriverEntry;
static EVT_WDF_DRIVER_DEVICE_ADD KitDeviceAdd;
static EVT_WDF_OBJECT_CONTEXT_CLEANUP KitDriverCleanup;
static EVT_WDF_DEVICE_D0_ENTRY KitD0Entry;
static EVT_WDF_DEVICE_D0_EXIT KitD0Exit;
static EVT_WDF_DEVICE_FILE_CREATE KitFileCreate;
static EVT_WDF_FILE_CLOSE KitFileClose;
static EVT_WDF_IO_QUEUE_IO_READ KitRead;
static EVT_WDF_IO_QUEUE_IO_WRITE KitWrite;
static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL KitControl;
static EVT_WDF_DPC KitReadDpc, KitWriteDpc;
static EVT_WDF_TIMER KitTick;
static EVT_WDF_WORKITEM KitWork;

/* ---- input and output ---- */

static VOID KitRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PKIT_DEVICE Device = KitDevice(WdfIoQueueGetDevice(Queue));
    NTSTATUS Status = WdfRequestForwardToIoQueue(Request, Device->Waiting);

    if (!NT_SUCCESS(Status)) {
        WdfRequestComplete(Request, Status);
    }
}

static VOID KitWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PKIT_DEVICE Device = KitDevice(WdfIoQueueGetDevice(Queue));
    PVOID Buffer;
    NTSTATUS Status = WdfRequestRetrieveInputBuffer(Request, 1, &Buffer, NULL);

    if (NT_SUCCESS(Status)) {
        WdfSpinLockAcquire(Device->Lock);
        Device->Written = *(PUCHAR)Buffer;
        WdfSpinLockRelease(Device->Lock);
        WdfDpcEnqueue(Device->Dpc[0]);
        WdfDpcEnqueue(Device->Dpc[1]);
    }
    WdfRequestCompleteWithInformation(Request, Status, NT_SUCCESS(Status) ? Length : 0);
}

/* Any control code: the same again from a work item, and a tick. */
static VOID KitControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                       size_t InputBufferLength, ULONG IoControlCode)
{
    PKIT_DEVICE Device = KitDevice(WdfIoQueueGetDevice(Queue));

    WdfWorkItemEnqueue(Device->WorkItem);
    WdfTimerStart(Device->Timer, WDF_REL_TIMEOUT_IN_MS(5));
    WdfRequestComplete(Request,
                       IoControlCode == KIT_CODE ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST);
}

static VOID KitReadDpc(WDFDPC Dpc)
{
    WDFDEVICE Handle = WdfIoQueueGetDevice(WdfDpcGetParentObject(Dpc));
    PKIT_DEVICE Device = KitDevice(Handle);
    WDFREQUEST Request;
    PVOID Buffer;

    if (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(Device->Waiting, &Request))) {
        NTSTATUS Status = WdfRequestRetrieveOutputBuffer(Request, 1, &Buffer, NULL);

        if (NT_SUCCESS(Status)) {
            *(PUCHAR)Buffer = Device->Written;
        }
        WdfRequestCompleteWithInformation(Request, Status, NT_SUCCESS(Status) ? 1 : 0);
    }
}

static VOID KitWriteDpc(WDFDPC Dpc)
{
}

static VOID KitTick(WDFTIMER Timer)
{
    KitDevice(WdfTimerGetParentObject(Timer))->Ticks++;
}

static VOID KitWork(WDFWORKITEM WorkItem)
{
    WdfDpcEnqueue(KitDevice(WdfWorkItemGetParentObject(WorkItem))->Dpc[1]);
}

static VOID KitFileCreate(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT FileObject)
{
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

static VOID KitFileClose(WDFFILEOBJECT FileObject)
{
}

/* ---- device ---- */

static NTSTATUS KitD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    return STATUS_SUCCESS;
}

static NTSTATUS KitD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    return STATUS_SUCCESS;
}

static NTSTATUS KitCreateQueues(WDFDEVICE Handle)
{
    static const PFN_WDF_DPC Routine[KIT_QUEUES] = {KitReadDpc, KitWriteDpc};
    PKIT_DEVICE Device = KitDevice(Handle);
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_IO_QUEUE_CONFIG Config;
    WDF_DPC_CONFIG DpcConfig;
    NTSTATUS Status = STATUS_SUCCESS;

    for (ULONG i = 0; NT_SUCCESS(Status) && i < KIT_QUEUES; i++) {
        WDF_IO_QUEUE_CONFIG_INIT(&Config, WdfIoQueueDispatchParallel);
        Config.PowerManaged = WdfFalse;
        if (i == 0) {
            Config.EvtIoRead = KitRead;
        } else {
            Config.EvtIoWrite = KitWrite;
            Config.EvtIoDeviceControl = KitControl;
        }
        Status = WdfIoQueueCreate(Handle, &Config, WDF_NO_OBJECT_ATTRIBUTES, &Device->Queue[i]);
        if (NT_SUCCESS(Status)) {
            WDF_DPC_CONFIG_INIT(&DpcConfig, Routine[i]);
            DpcConfig.AutomaticSerialization = FALSE;
            WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
            Attributes.ParentObject = Device->Queue[i];
            Status = WdfDpcCreate(&DpcConfig, &Attributes, &Device->Dpc[i]);
        }
    }
    if (NT_SUCCESS(Status)) {
        WDF_IO_QUEUE_CONFIG_INIT(&Config, WdfIoQueueDispatchManual);
        Config.PowerManaged = WdfFalse;
        Status = WdfIoQueueCreate(Handle, &Config, WDF_NO_OBJECT_ATTRIBUTES, &Device->Waiting);
    }
    if (NT_SUCCESS(Status)) {
        Status = WdfDeviceConfigureRequestDispatching(Handle, Device->Queue[0], WdfRequestTypeRead);
    }
    if (NT_SUCCESS(Status)) {
        Status =
            WdfDeviceConfigureRequestDispatching(Handle, Device->Queue[1], WdfRequestTypeWrite);
    }
    return NT_SUCCESS(Status) ? WdfDeviceConfigureRequestDispatching(Handle, Device->Queue[1],
                                                                     WdfRequestTypeDeviceControl)
                              : Status;
}

static NTSTATUS KitCreateRest(WDFDEVICE Handle)
{
    PKIT_DEVICE Device = KitDevice(Handle);
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_WORKITEM_CONFIG WorkConfig;
    WDF_TIMER_CONFIG TimerConfig;
    NTSTATUS Status;

    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.ParentObject = Handle;
    WDF_TIMER_CONFIG_INIT(&TimerConfig, KitTick);
    TimerConfig.AutomaticSerialization = FALSE;
    Status = WdfTimerCreate(&TimerConfig, &Attributes, &Device->Timer);
    if (NT_SUCCESS(Status)) {
        WDF_WORKITEM_CONFIG_INIT(&WorkConfig, KitWork);
        WorkConfig.AutomaticSerialization = FALSE;
        Status = WdfWorkItemCreate(&WorkConfig, &Attributes, &Device->WorkItem);
    }
    return NT_SUCCESS(Status) ? WdfSpinLockCreate(&Attributes, &Device->Lock) : Status;
}

static NTSTATUS KitDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    DECLARE_CONST_UNICODE_STRING(Name, L"\\DosDevices\\Kit");
    WDF_PNPPOWER_EVENT_CALLBACKS Callbacks;
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_FILEOBJECT_CONFIG FileConfig;
    WDFDEVICE Device;
    NTSTATUS Status;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Callbacks);
    Callbacks.EvtDeviceD0Entry = KitD0Entry;
    Callbacks.EvtDeviceD0Exit = KitD0Exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &Callbacks);
    WDF_FILEOBJECT_CONFIG_INIT(&FileConfig, KitFileCreate, KitFileClose, WDF_NO_EVENT_CALLBACK);
    WdfDeviceInitSetFileObjectConfig(DeviceInit, &FileConfig, WDF_NO_OBJECT_ATTRIBUTES);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, KIT_DEVICE);
    Status = WdfDeviceCreate(&DeviceInit, &Attributes, &Device);
    if (NT_SUCCESS(Status)) {
        Status = KitCreateQueues(Device);
    }
    if (NT_SUCCESS(Status)) {
        Status = KitCreateRest(Device);
    }
    return NT_SUCCESS(Status) ? WdfDeviceCreateSymbolicLink(Device, &Name) : Status;
}

static VOID KitDriverCleanup(WDFOBJECT Driver)
{
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_OBJECT_ATTRIBUTES Attributes;
    WDF_DRIVER_CONFIG Config;
    WDFDRIVER Driver;

    WDF_DRIVER_CONFIG_INIT(&Config, KitDeviceAdd);
    WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
    Attributes.EvtCleanupCallback = KitDriverCleanup;
    return WdfDriverCreate(DriverObject, RegistryPath, &Attributes, &Config, &Driver);
}
