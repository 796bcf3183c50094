/* read.c - from the ring to read requests. A read ends when it is full, or when it has at least one
 * byte and no more came for the interval that the application chose. */
#include "uart.h"

static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncRead;

/* With the interrupt lock: move what is there into the request. What is still in the chip's FIFO,
 * below its trigger level, is fetched as well: it need not wait for the chip's time-out. */
static BOOLEAN UartSyncRead(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_QUEUE queue = Context;
    PUART_DEVICE device = queue->Device;
    ULONG moved;

    UNREFERENCED_PARAMETER(Interrupt);

    UartReceive(device);
    moved = UartRingTake(&device->Ring, queue->Buffer + queue->Done, queue->Length - queue->Done);
    queue->Done += moved;
    queue->IntervalMs = device->Timeouts.ReadIntervalTimeout;
    UartResumeReceiving(device);
    return moved > 0;
}

/* Bytes may have come for the current read. */
static VOID UartReadAdvance(PUART_QUEUE Queue)
{
    PUART_DEVICE device = Queue->Device;
    BOOLEAN moved;

    if (Queue->Request == NULL || Queue->Suspended) {
        return; /* they stay in the ring, or in the chip */
    }
    moved = WdfInterruptSynchronize(device->Interrupt, UartSyncRead, Queue);
    if (Queue->Done == Queue->Length || Queue->IntervalMs == MAXULONG) {
        WdfTimerStop(Queue->Interval, FALSE);
        UartRequestFinish(Queue, STATUS_SUCCESS);
    } else if (moved && Queue->IntervalMs != 0) {
        /* From the last byte: each one starts the time anew. */
        WdfTimerStart(Queue->Interval, WDF_REL_TIMEOUT_IN_MS(Queue->IntervalMs));
    }
}

VOID UartEvtIoRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PUART_QUEUE queue = UartGetQueue(Queue);
    PVOID buffer = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (Length > 0) {
        status = WdfRequestRetrieveOutputBuffer(Request, 1, &buffer, NULL);
    }
    if (NT_SUCCESS(status) && Length > 0) {
        status = UartRequestBegin(queue, Request, buffer, Length);
    }
    if (!NT_SUCCESS(status) || Length == 0) {
        WdfRequestComplete(Request, status);
        return;
    }
    UartReadAdvance(queue);
}

/* The ISR has put bytes into the ring. */
VOID UartEvtReadDpc(WDFDPC Dpc)
{
    UartReadAdvance(UartGetQueue((WDFQUEUE)WdfDpcGetParentObject(Dpc)));
}

/* Nothing came for a while. */
VOID UartEvtReadInterval(WDFTIMER Timer)
{
    PUART_QUEUE queue = UartGetQueue((WDFQUEUE)WdfTimerGetParentObject(Timer));

    if (queue->Request != NULL && queue->Done > 0) {
        UartRequestFinish(queue, STATUS_SUCCESS);
    }
}
