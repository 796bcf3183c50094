/* write.c - from write requests to the transmitter. Each time the chip says that its FIFO is empty,
 * the write DPC fills it again; a write ends when its last byte is in the FIFO. */
#include "uart.h"

static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncTransmit;

/* With the interrupt lock: fill the FIFO if it is empty, and ask for an interrupt if more is to
 * come. TRUE: the chip has all bytes of the request. */
static BOOLEAN UartSyncTransmit(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_QUEUE queue = Context;
    PUART_DEVICE device = queue->Device;
    UCHAR lsr;
    UCHAR ier;

    UNREFERENCED_PARAMETER(Interrupt);

    lsr = UartReadLineStatus(device);
    if (lsr != LSR_GONE && (lsr & LSR_THR_EMPTY) != 0) {
        for (ULONG i = 0; i < UART_FIFO_SIZE && queue->Done < queue->Length; i++) {
            WRITE_PORT_UCHAR(device->Port + UART_THR, queue->Buffer[queue->Done++]);
            device->Stats.TransmittedCount++;
        }
    }
    ier = queue->Done < queue->Length ? device->Ier | IER_SENT : device->Ier & ~IER_SENT;
    if (ier != device->Ier) {
        UartWriteIer(device, ier);
    }
    return queue->Done == queue->Length;
}

static VOID UartWriteAdvance(PUART_QUEUE Queue)
{
    PUART_DEVICE device = Queue->Device;

    if (Queue->Request != NULL && !Queue->Suspended &&
        WdfInterruptSynchronize(device->Interrupt, UartSyncTransmit, Queue)) {
        UartRequestFinish(Queue, STATUS_SUCCESS);
    }
}

VOID UartEvtIoWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    PUART_QUEUE queue = UartGetQueue(Queue);
    PVOID buffer = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (Length > 0) {
        status = WdfRequestRetrieveInputBuffer(Request, 1, &buffer, NULL);
    }
    if (NT_SUCCESS(status) && Length > 0) {
        status = UartRequestBegin(queue, Request, buffer, Length);
    }
    if (!NT_SUCCESS(status) || Length == 0) {
        WdfRequestComplete(Request, status);
        return;
    }
    UartWriteAdvance(queue);
}

/* The transmitter is empty. */
VOID UartEvtWriteDpc(WDFDPC Dpc)
{
    UartWriteAdvance(UartGetQueue((WDFQUEUE)WdfDpcGetParentObject(Dpc)));
}
