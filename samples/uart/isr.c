/* isr.c - what is done to the chip at its own interrupt level. All of it runs with the interrupt
 * lock held, on whatever processor the interrupt or WdfInterruptSynchronize chose. */
#include "uart.h"

VOID UartWriteIer(PUART_DEVICE Device, UCHAR Ier)
{
    Device->Ier = Ier;
    WRITE_PORT_UCHAR(Device->Port + UART_IER, Ier);
}

VOID UartWriteMcr(PUART_DEVICE Device, UCHAR Mcr)
{
    Device->Mcr = Mcr;
    WRITE_PORT_UCHAR(Device->Port + UART_MCR, Mcr);
}

/* Baud rate, format and FIFO trigger level into the chip. */
VOID UartApplySettings(PUART_DEVICE Device)
{
    ULONG divisor = UART_CLOCK / Device->BaudRate;
    UCHAR lcr = (UCHAR)(Device->LineControl.WordLength - 5);

    if (Device->LineControl.StopBits != STOP_BIT_1) {
        lcr |= 0x04;
    }
    switch (Device->LineControl.Parity) {
    case ODD_PARITY:
        lcr |= 0x08;
        break;
    case EVEN_PARITY:
        lcr |= 0x18;
        break;
    case MARK_PARITY:
        lcr |= 0x28;
        break;
    case SPACE_PARITY:
        lcr |= 0x38;
        break;
    default:
        break;
    }
    WRITE_PORT_UCHAR(Device->Port + UART_LCR, LCR_DLAB);
    WRITE_PORT_UCHAR(Device->Port + UART_DLL, (UCHAR)divisor);
    WRITE_PORT_UCHAR(Device->Port + UART_DLM, (UCHAR)(divisor >> 8));
    WRITE_PORT_UCHAR(Device->Port + UART_LCR, lcr);
    WRITE_PORT_UCHAR(Device->Port + UART_FCR, Device->Fcr);
}

/* Reading LSR forgets its error bits: every read goes through here, so that none is lost. */
UCHAR UartReadLineStatus(PUART_DEVICE Device)
{
    UCHAR lsr = READ_PORT_UCHAR(Device->Port + UART_LSR);

    if (lsr == LSR_GONE || (lsr & (LSR_OVERRUN | LSR_PARITY | LSR_FRAMING | LSR_BREAK)) == 0) {
        return lsr;
    }
    if (lsr & LSR_OVERRUN) {
        Device->Stats.SerialOverrunErrorCount++;
        Device->Errors |= SERIAL_ERROR_OVERRUN;
    }
    if (lsr & LSR_PARITY) {
        Device->Stats.ParityErrorCount++;
        Device->Errors |= SERIAL_ERROR_PARITY;
    }
    if (lsr & LSR_FRAMING) {
        Device->Stats.FrameErrorCount++;
        Device->Errors |= SERIAL_ERROR_FRAMING;
    }
    if (lsr & LSR_BREAK) {
        Device->Errors |= SERIAL_ERROR_BREAK;
        Device->Events |= SERIAL_EV_BREAK;
    }
    Device->Events |= SERIAL_EV_ERR;
    return lsr;
}

VOID UartReadModemStatus(PUART_DEVICE Device)
{
    UCHAR msr = READ_PORT_UCHAR(Device->Port + UART_MSR);

    Device->ModemStatus = msr;
    Device->Events |= (msr & MSR_DELTA_CTS) ? SERIAL_EV_CTS : 0;
    Device->Events |= (msr & MSR_DELTA_DSR) ? SERIAL_EV_DSR : 0;
    Device->Events |= (msr & MSR_RING_END) ? SERIAL_EV_RING : 0;
    Device->Events |= (msr & MSR_DELTA_DCD) ? SERIAL_EV_RLSD : 0;
}

/* Empties the receive FIFO into the ring. When the ring is full the receive interrupt is masked,
 * and the bytes wait in the chip, and then at the far end, until somebody reads. */
VOID UartReceive(PUART_DEVICE Device)
{
    UCHAR lsr;

    while (!UartRingIsFull(&Device->Ring)) {
        lsr = UartReadLineStatus(Device);
        if (lsr == LSR_GONE || (lsr & LSR_DATA) == 0) {
            return;
        }
        UartRingPut(&Device->Ring, READ_PORT_UCHAR(Device->Port + UART_RBR));
        Device->Stats.ReceivedCount++;
        Device->Events |= SERIAL_EV_RXCHAR;
    }
    UartPauseReceiving(Device);
}

VOID UartPauseReceiving(PUART_DEVICE Device)
{
    if (!Device->RxPaused) {
        Device->RxPaused = TRUE;
        UartWriteIer(Device, Device->Ier & ~IER_RECEIVED);
    }
}

/* There may be room in the ring again. */
VOID UartResumeReceiving(PUART_DEVICE Device)
{
    if (Device->RxPaused && Device->Ring.Count <= UART_RING_SIZE / 2) {
        Device->RxPaused = FALSE;
        UartWriteIer(Device, Device->Ier | IER_RECEIVED);
    }
}

/* The device interrupts, or another one that shares its line: FALSE says that it was not us. Here
 * only what cannot wait is done; requests are completed in the DPCs. */
BOOLEAN UartEvtInterruptIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PUART_DEVICE device = UartGetDevice(WdfInterruptGetDevice(Interrupt));
    BOOLEAN received = FALSE;
    BOOLEAN sent = FALSE;
    BOOLEAN ours = FALSE;
    UCHAR iir;

    UNREFERENCED_PARAMETER(MessageID);

    while (((iir = READ_PORT_UCHAR(device->Port + UART_IIR)) & IIR_NONE) == 0) {
        ours = TRUE;
        switch (iir & IIR_CAUSE) {
        case IIR_RECEIVED:
        case IIR_TIMEOUT:
            UartReceive(device);
            received = TRUE;
            break;
        case IIR_SENT: /* reading IIR has taken it back */
            sent = TRUE;
            break;
        case IIR_LINE:
            UartReadLineStatus(device);
            break;
        default:
            UartReadModemStatus(device);
            break;
        }
    }
    if (received) {
        WdfDpcEnqueue(device->ReadDpc);
    }
    if (sent) {
        WdfDpcEnqueue(device->WriteDpc);
    }
    if (device->Events & device->WaitMask) {
        WdfInterruptQueueDpcForIsr(Interrupt);
    }
    return ours;
}

NTSTATUS UartEvtInterruptEnable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    PUART_DEVICE device = UartGetDevice(AssociatedDevice);

    UNREFERENCED_PARAMETER(Interrupt);

    UartReadModemStatus(device);
    device->Events = 0;
    device->RxPaused = TRUE; /* until somebody opens the port */
    UartWriteMcr(device, MCR_OUT2);
    UartWriteIer(device, IER_LINE | IER_MODEM);
    return STATUS_SUCCESS;
}

NTSTATUS UartEvtInterruptDisable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    PUART_DEVICE device = UartGetDevice(AssociatedDevice);

    UNREFERENCED_PARAMETER(Interrupt);

    UartWriteIer(device, 0);
    UartWriteMcr(device, 0);
    return STATUS_SUCCESS;
}
