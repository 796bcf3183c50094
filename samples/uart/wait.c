/* wait.c - applications that wait for an event (IOCTL_SERIAL_WAIT_ON_MASK): a modem signal changed,
 * a byte came, an error happened. The interrupt's own DPC tells them. */
#include "uart.h"

static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncHasMask;
static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncPeekEvents;
static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncTakeEvents;
static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncSetMask;

typedef struct _UART_EVENTS {
    PUART_DEVICE Device;
    ULONG Events; /* taken, or the new mask */
} UART_EVENTS, *PUART_EVENTS;

static BOOLEAN UartSyncHasMask(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_DEVICE device = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    return device->WaitMask != 0;
}

static BOOLEAN UartSyncPeekEvents(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_DEVICE device = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    return (device->Events & device->WaitMask) != 0;
}

static BOOLEAN UartSyncTakeEvents(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_EVENTS events = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    events->Events = events->Device->Events & events->Device->WaitMask;
    events->Device->Events &= ~events->Events;
    return events->Events != 0;
}

static BOOLEAN UartSyncSetMask(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_EVENTS events = Context;

    UNREFERENCED_PARAMETER(Interrupt);

    events->Device->WaitMask = events->Events;
    events->Device->Events = 0;
    return TRUE;
}

static VOID UartWaitComplete(WDFREQUEST Request, ULONG Events)
{
    PULONG output;
    NTSTATUS status =
        WdfRequestRetrieveOutputBuffer(Request, sizeof(ULONG), (PVOID *)&output, NULL);

    if (NT_SUCCESS(status)) {
        *output = Events;
    }
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? sizeof(ULONG) : 0);
}

/* If an event that is waited for has happened and somebody waits: tell. Both may change at any time
 * on another processor, so the events are looked at again after the request was put back. */
static VOID UartWaitAdvance(PUART_DEVICE Device)
{
    UART_EVENTS events = {Device, 0};
    WDFREQUEST request;

    while (WdfInterruptSynchronize(Device->Interrupt, UartSyncPeekEvents, Device) &&
           NT_SUCCESS(WdfIoQueueRetrieveNextRequest(Device->WaitQueue, &request))) {
        if (WdfInterruptSynchronize(Device->Interrupt, UartSyncTakeEvents, &events)) {
            UartWaitComplete(request, events.Events);
            return;
        }
        if (!NT_SUCCESS(WdfRequestRequeue(request))) {
            WdfRequestComplete(request, STATUS_CANCELLED);
        }
    }
}

VOID UartEvtInterruptDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    UNREFERENCED_PARAMETER(Interrupt);

    UartWaitAdvance(UartGetDevice((WDFDEVICE)AssociatedObject));
}

/* The request waits in a queue of its own, where the framework cancels it if need be. On failure it
 * is still the caller's to complete. */
NTSTATUS UartWaitBegin(PUART_DEVICE Device, WDFREQUEST Request)
{
    NTSTATUS status;
    ULONG waiting;

    WdfIoQueueGetState(Device->WaitQueue, &waiting, NULL);
    if (waiting > 0 || !WdfInterruptSynchronize(Device->Interrupt, UartSyncHasMask, Device)) {
        return STATUS_INVALID_PARAMETER; /* one at a time, and for something */
    }
    status = WdfRequestForwardToIoQueue(Request, Device->WaitQueue);
    if (NT_SUCCESS(status)) {
        UartWaitAdvance(Device);
    }
    return status;
}

/* A new mask ends the wait for the old one, without an event. */
VOID UartWaitSetMask(PUART_DEVICE Device, ULONG Mask)
{
    UART_EVENTS events = {Device, Mask};
    WDFREQUEST request;

    WdfInterruptSynchronize(Device->Interrupt, UartSyncSetMask, &events);
    if (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(Device->WaitQueue, &request))) {
        UartWaitComplete(request, 0);
    }
}
