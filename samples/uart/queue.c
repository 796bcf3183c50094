/* queue.c - the queues, and what reads and writes have in common: beginning a request, finishing it
 * exactly once, cancelling it, setting it aside while the device has no power. */
#include "uart.h"

static EVT_WDF_REQUEST_CANCEL UartEvtRequestCancel;

/* A sequential queue whose callbacks the framework serializes, with a DPC of its own. */
static NTSTATUS UartQueueCreate(PUART_DEVICE Device, PWDF_IO_QUEUE_CONFIG Config,
                                WDF_REQUEST_TYPE Type, PFN_WDF_DPC EvtDpc, WDFQUEUE *Queue,
                                WDFDPC *Dpc)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG dpc;
    NTSTATUS status;

    Config->EvtIoStop = UartEvtIoStop;
    Config->EvtIoResume = UartEvtIoResume;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, UART_QUEUE);
    attributes.SynchronizationScope = WdfSynchronizationScopeQueue;
    status = WdfIoQueueCreate(Device->Device, Config, &attributes, Queue);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    UartGetQueue(*Queue)->Device = Device;
    status = WdfDeviceConfigureRequestDispatching(Device->Device, *Queue, Type);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    WDF_DPC_CONFIG_INIT(&dpc, EvtDpc); /* serialized with the callbacks of its parent, the queue */
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = *Queue;
    return WdfDpcCreate(&dpc, &attributes, Dpc);
}

static NTSTATUS UartIntervalCreate(WDFQUEUE Queue)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_TIMER_CONFIG timer;

    WDF_TIMER_CONFIG_INIT(&timer, UartEvtReadInterval);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = Queue;
    return WdfTimerCreate(&timer, &attributes, &UartGetQueue(Queue)->Interval);
}

NTSTATUS UartQueuesCreate(PUART_DEVICE Device)
{
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoRead = UartEvtIoRead;
    status = UartQueueCreate(Device, &config, WdfRequestTypeRead, UartEvtReadDpc,
                             &Device->ReadQueue, &Device->ReadDpc);
    if (NT_SUCCESS(status)) {
        status = UartIntervalCreate(Device->ReadQueue);
    }
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
        config.EvtIoWrite = UartEvtIoWrite;
        status = UartQueueCreate(Device, &config, WdfRequestTypeWrite, UartEvtWriteDpc,
                                 &Device->WriteQueue, &Device->WriteDpc);
    }
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
        config.EvtIoDeviceControl = UartEvtIoDeviceControl;
        status = WdfIoQueueCreate(Device->Device, &config, WDF_NO_OBJECT_ATTRIBUTES, WDF_NO_HANDLE);
    }
    if (NT_SUCCESS(status)) {
        WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
        config.PowerManaged = WdfFalse; /* waiting needs no power */
        status =
            WdfIoQueueCreate(Device->Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &Device->WaitQueue);
    }
    return status;
}

/* The request becomes the current one of its queue, and may be cancelled from now on. On failure it
 * is still the caller's to complete. */
NTSTATUS UartRequestBegin(PUART_QUEUE Queue, WDFREQUEST Request, PVOID Buffer, size_t Length)
{
    NTSTATUS status;

    Queue->Request = Request;
    Queue->Buffer = Buffer;
    Queue->Length = Length;
    Queue->Done = 0;
    status = WdfRequestMarkCancelableEx(Request, UartEvtRequestCancel);
    Queue->Cancelable = NT_SUCCESS(status);
    if (!NT_SUCCESS(status)) {
        Queue->Request = NULL;
    }
    return status;
}

/* Completes the current request. FALSE: it is being cancelled, UartEvtRequestCancel will do that.
 */
BOOLEAN UartRequestFinish(PUART_QUEUE Queue, NTSTATUS Status)
{
    WDFREQUEST request = Queue->Request;

    if (Queue->Cancelable && WdfRequestUnmarkCancelable(request) == STATUS_CANCELLED) {
        return FALSE;
    }
    Queue->Request = NULL;
    Queue->Cancelable = FALSE;
    WdfRequestCompleteWithInformation(request, Status, Queue->Done);
    return TRUE;
}

/* Serialized with everything else that happens to the queue. Bytes that a read has got already
 * cannot be put back: it then succeeds with what it has. */
static VOID UartEvtRequestCancel(WDFREQUEST Request)
{
    PUART_QUEUE queue = UartGetQueue(WdfRequestGetIoQueue(Request));
    BOOLEAN keep = queue->Done > 0 && queue->Interval != NULL;

    queue->Request = NULL;
    queue->Cancelable = FALSE;
    WdfRequestCompleteWithInformation(Request, keep ? STATUS_SUCCESS : STATUS_CANCELLED,
                                      queue->Done);
}

/* The device loses its power while the request is with us: keep it for later, or, when the device
 * goes for good, end it. */
VOID UartEvtIoStop(WDFQUEUE Queue, WDFREQUEST Request, ULONG ActionFlags)
{
    PUART_QUEUE queue = UartGetQueue(Queue);

    if (ActionFlags & WdfRequestStopActionPurge) {
        if (queue->Request == Request) {
            UartRequestFinish(queue, STATUS_CANCELLED);
        }
    } else if (ActionFlags & WdfRequestStopActionSuspend) {
        queue->Suspended = TRUE;
        WdfRequestStopAcknowledge(Request, FALSE);
    }
}

/* Power is back: look at the request again. */
VOID UartEvtIoResume(WDFQUEUE Queue, WDFREQUEST Request)
{
    PUART_QUEUE queue = UartGetQueue(Queue);
    PUART_DEVICE device = queue->Device;

    UNREFERENCED_PARAMETER(Request);

    queue->Suspended = FALSE;
    WdfDpcEnqueue(Queue == device->ReadQueue ? device->ReadDpc : device->WriteDpc);
}
