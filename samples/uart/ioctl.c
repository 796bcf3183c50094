/* ioctl.c - device control: line settings, time-outs, modem signals, counters. Input and output
 * share one buffer (METHOD_BUFFERED), so input is copied before output is written. */
#include "uart.h"

static EVT_WDF_INTERRUPT_SYNCHRONIZE UartSyncControl;

/* One control code, handed through WdfInterruptSynchronize. */
typedef struct _UART_CONTROL {
    PUART_DEVICE Device;
    ULONG Code;
    union {
        ULONG Value;
        SERIAL_BAUD_RATE BaudRate;
        SERIAL_LINE_CONTROL LineControl;
        SERIAL_TIMEOUTS Timeouts;
        SERIALPERF_STATS Stats;
        SERIAL_STATUS Status;
    } Data;
} UART_CONTROL, *PUART_CONTROL;

static VOID UartClearStatistics(PUART_DEVICE Device)
{
    RtlZeroMemory(&Device->Stats, sizeof(Device->Stats));
}

static VOID UartGetStatus(PUART_DEVICE Device, PSERIAL_STATUS Status)
{
    RtlZeroMemory(Status, sizeof(*Status));
    Status->Errors = Device->Errors;
    Status->AmountInInQueue = Device->Ring.Count;
    Device->Errors = 0;
}

/* What changes the chip or reads what the ISR writes. */
static BOOLEAN UartSyncControl(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    PUART_CONTROL control = Context;
    PUART_DEVICE device = control->Device;

    UNREFERENCED_PARAMETER(Interrupt);

    switch (control->Code) {
    case IOCTL_SERIAL_SET_BAUD_RATE:
        device->BaudRate = control->Data.BaudRate.BaudRate;
        UartApplySettings(device);
        break;
    case IOCTL_SERIAL_SET_LINE_CONTROL:
        device->LineControl = control->Data.LineControl;
        UartApplySettings(device);
        break;
    case IOCTL_SERIAL_SET_FIFO_CONTROL:
        device->Fcr = (UCHAR)control->Data.Value;
        UartApplySettings(device);
        break;
    case IOCTL_SERIAL_SET_DTR:
        UartWriteMcr(device, device->Mcr | MCR_DTR);
        break;
    case IOCTL_SERIAL_CLR_DTR:
        UartWriteMcr(device, device->Mcr & ~MCR_DTR);
        break;
    case IOCTL_SERIAL_SET_RTS:
        UartWriteMcr(device, device->Mcr | MCR_RTS);
        break;
    case IOCTL_SERIAL_CLR_RTS:
        UartWriteMcr(device, device->Mcr & ~MCR_RTS);
        break;
    case IOCTL_SERIAL_SET_TIMEOUTS:
        device->Timeouts = control->Data.Timeouts;
        break;
    case IOCTL_SERIAL_GET_BAUD_RATE:
        control->Data.BaudRate.BaudRate = device->BaudRate;
        break;
    case IOCTL_SERIAL_GET_LINE_CONTROL:
        control->Data.LineControl = device->LineControl;
        break;
    case IOCTL_SERIAL_GET_TIMEOUTS:
        control->Data.Timeouts = device->Timeouts;
        break;
    case IOCTL_SERIAL_GET_MODEMSTATUS:
        UartReadModemStatus(device);
        control->Data.Value = device->ModemStatus;
        break;
    case IOCTL_SERIAL_GET_DTRRTS:
        control->Data.Value = device->Mcr & (MCR_DTR | MCR_RTS);
        break;
    case IOCTL_SERIAL_GET_COMMSTATUS:
        UartGetStatus(device, &control->Data.Status);
        break;
    case IOCTL_SERIAL_GET_WAIT_MASK:
        control->Data.Value = device->WaitMask;
        break;
    case IOCTL_SERIAL_GET_STATS:
        control->Data.Stats = device->Stats;
        break;
    case IOCTL_SERIAL_CLEAR_STATS:
        UartClearStatistics(device);
        break;
    case IOCTL_SERIAL_PURGE:
        device->Ring.Count = 0;
        UartResumeReceiving(device);
        break;
    default:
        break;
    }
    return TRUE;
}

/* How much input and output a control code has; FALSE: we do not know it. */
static BOOLEAN UartControlSizes(ULONG Code, size_t *Input, size_t *Output)
{
    *Input = 0;
    *Output = 0;
    switch (Code) {
    case IOCTL_SERIAL_SET_BAUD_RATE:
        *Input = sizeof(SERIAL_BAUD_RATE);
        return TRUE;
    case IOCTL_SERIAL_SET_LINE_CONTROL:
        *Input = sizeof(SERIAL_LINE_CONTROL);
        return TRUE;
    case IOCTL_SERIAL_SET_TIMEOUTS:
        *Input = sizeof(SERIAL_TIMEOUTS);
        return TRUE;
    case IOCTL_SERIAL_SET_FIFO_CONTROL:
    case IOCTL_SERIAL_SET_WAIT_MASK:
    case IOCTL_SERIAL_PURGE:
        *Input = sizeof(ULONG);
        return TRUE;
    case IOCTL_SERIAL_GET_BAUD_RATE:
        *Output = sizeof(SERIAL_BAUD_RATE);
        return TRUE;
    case IOCTL_SERIAL_GET_LINE_CONTROL:
        *Output = sizeof(SERIAL_LINE_CONTROL);
        return TRUE;
    case IOCTL_SERIAL_GET_TIMEOUTS:
        *Output = sizeof(SERIAL_TIMEOUTS);
        return TRUE;
    case IOCTL_SERIAL_GET_STATS:
        *Output = sizeof(SERIALPERF_STATS);
        return TRUE;
    case IOCTL_SERIAL_GET_COMMSTATUS:
        *Output = sizeof(SERIAL_STATUS);
        return TRUE;
    case IOCTL_SERIAL_GET_MODEMSTATUS:
    case IOCTL_SERIAL_GET_DTRRTS:
    case IOCTL_SERIAL_GET_WAIT_MASK:
    case IOCTL_SERIAL_WAIT_ON_MASK:
        *Output = sizeof(ULONG);
        return TRUE;
    case IOCTL_SERIAL_SET_DTR:
    case IOCTL_SERIAL_CLR_DTR:
    case IOCTL_SERIAL_SET_RTS:
    case IOCTL_SERIAL_CLR_RTS:
    case IOCTL_SERIAL_CLEAR_STATS:
        return TRUE;
    default:
        return FALSE;
    }
}

static NTSTATUS UartControlCheck(const UART_CONTROL *Control)
{
    const SERIAL_LINE_CONTROL *line = &Control->Data.LineControl;
    const SERIAL_TIMEOUTS *timeouts = &Control->Data.Timeouts;
    ULONG baud = Control->Data.BaudRate.BaudRate;

    switch (Control->Code) {
    case IOCTL_SERIAL_SET_BAUD_RATE:
        return baud > 0 && baud <= UART_CLOCK && UART_CLOCK / baud <= MAXUSHORT
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    case IOCTL_SERIAL_SET_LINE_CONTROL:
        return line->WordLength >= 5 && line->WordLength <= 8 && line->Parity <= SPACE_PARITY &&
                       line->StopBits <= STOP_BITS_2
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    case IOCTL_SERIAL_SET_TIMEOUTS: /* this sample knows only the time between two bytes */
        return timeouts->ReadTotalTimeoutMultiplier == 0 &&
                       timeouts->ReadTotalTimeoutConstant == 0 &&
                       timeouts->WriteTotalTimeoutMultiplier == 0 &&
                       timeouts->WriteTotalTimeoutConstant == 0
                   ? STATUS_SUCCESS
                   : STATUS_NOT_IMPLEMENTED;
    case IOCTL_SERIAL_SET_FIFO_CONTROL: /* FIFOs on, any trigger level */
        return (Control->Data.Value & 0x3f) == FCR_ENABLE && Control->Data.Value <= MAXUCHAR
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    default:
        return STATUS_SUCCESS;
    }
}

/* Requests that wait are cancelled by emptying their queue; those that come later are served. */
static VOID UartPurgeQueues(PUART_DEVICE Device, ULONG Flags)
{
    if (Flags & SERIAL_PURGE_RXABORT) {
        WdfIoQueuePurge(Device->ReadQueue, WDF_NO_EVENT_CALLBACK, WDF_NO_CONTEXT);
        WdfIoQueueStart(Device->ReadQueue);
    }
    if (Flags & SERIAL_PURGE_TXABORT) {
        WdfIoQueuePurge(Device->WriteQueue, WDF_NO_EVENT_CALLBACK, WDF_NO_CONTEXT);
        WdfIoQueueStart(Device->WriteQueue);
    }
}

static NTSTATUS UartControlRun(PUART_CONTROL Control)
{
    ULONG flags = Control->Data.Value;

    switch (Control->Code) {
    case IOCTL_SERIAL_SET_WAIT_MASK:
        UartWaitSetMask(Control->Device, flags);
        return STATUS_SUCCESS;
    case IOCTL_SERIAL_PURGE:
        UartPurgeQueues(Control->Device, flags);
        if ((flags & SERIAL_PURGE_RXCLEAR) == 0) {
            return STATUS_SUCCESS;
        }
        break;
    default:
        break;
    }
    WdfInterruptSynchronize(Control->Device->Interrupt, UartSyncControl, Control);
    return STATUS_SUCCESS;
}

VOID UartEvtIoDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                            size_t InputBufferLength, ULONG IoControlCode)
{
    UART_CONTROL control = {UartGetDevice(WdfIoQueueGetDevice(Queue)), IoControlCode, {0}};
    size_t input;
    size_t output;
    PVOID buffer;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(OutputBufferLength);
    UNREFERENCED_PARAMETER(InputBufferLength);

    if (!UartControlSizes(IoControlCode, &input, &output)) {
        WdfRequestComplete(Request, STATUS_INVALID_DEVICE_REQUEST);
        return;
    }
    if (input > 0) {
        status = WdfRequestRetrieveInputBuffer(Request, input, &buffer, NULL);
        if (NT_SUCCESS(status)) {
            RtlCopyMemory(&control.Data, buffer, input);
            status = UartControlCheck(&control);
        }
    }
    if (NT_SUCCESS(status) && output > 0) {
        status = WdfRequestRetrieveOutputBuffer(Request, output, &buffer, NULL);
    }
    if (NT_SUCCESS(status) && IoControlCode == IOCTL_SERIAL_WAIT_ON_MASK) {
        status = UartWaitBegin(control.Device, Request);
        if (NT_SUCCESS(status)) {
            return; /* it waits */
        }
    } else if (NT_SUCCESS(status)) {
        status = UartControlRun(&control);
    }
    if (NT_SUCCESS(status) && output > 0) {
        RtlCopyMemory(buffer, &control.Data, output);
    }
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? output : 0);
}
