/* uart.h - what the files of the uart driver share.
 *
 * Who may touch what:
 *   (i) only with the interrupt lock: in EvtInterruptIsr, or through WdfInterruptSynchronize
 *   (q) only in the callbacks of that queue, which the framework serializes: EvtIoRead/EvtIoWrite,
 *       its DPC, its timer, EvtRequestCancel
 *   (w) only with PowerLock, at PASSIVE_LEVEL
 *   (c) constant once the device has started
 */
#pragma once

#include <ntddk.h>
#include <wdf.h>
#include <ntddser.h>

#include "hardware.h"

#define UART_RING_SIZE 4096 /* a power of two */

/* Bytes on their way from the ISR to a read request. */
typedef struct _UART_RING {
    ULONG Head;  /* where the next byte goes */
    ULONG Count; /* bytes in it */
    UCHAR Data[UART_RING_SIZE];
} UART_RING, *PUART_RING;

typedef struct _UART_DEVICE {
    WDFDEVICE Device;       /* (c) */
    PUCHAR Port;            /* (c) first port */
    WDFINTERRUPT Interrupt; /* (c) */
    WDFQUEUE ReadQueue;     /* (c) */
    WDFQUEUE WriteQueue;    /* (c) */
    WDFQUEUE WaitQueue;     /* (c) holds IOCTL_SERIAL_WAIT_ON_MASK */
    WDFDPC ReadDpc;         /* (c) belongs to ReadQueue */
    WDFDPC WriteDpc;        /* (c) belongs to WriteQueue */
    WDFWAITLOCK PowerLock;  /* (c) held while Connected is looked at and acted on */
    BOOLEAN Connected;      /* (w) the interrupt is connected, the chip has power */

    UART_RING Ring;    /* (i) */
    BOOLEAN RxPaused;  /* (i) the ring was full: the receive interrupt is masked */
    BOOLEAN Enabled;   /* (i) the device is in D0 and may interrupt */
    BOOLEAN Open;      /* (i) an application has it open: DTR and RTS are on */
    UCHAR Ier;         /* (i) what was written there last; IER cannot be read back from all chips */
    UCHAR Mcr;         /* (i) */
    UCHAR Fcr;         /* (i) without FCR_CLEAR */
    UCHAR ModemStatus; /* (i) as read last */
    ULONG BaudRate;    /* (i) */
    SERIAL_LINE_CONTROL LineControl; /* (i) */
    SERIAL_TIMEOUTS Timeouts;        /* (i) */
    SERIALPERF_STATS Stats;          /* (i) */
    ULONG Errors;                    /* (i) SERIAL_ERROR_*, until somebody asks */
    ULONG Events;                    /* (i) SERIAL_EV_* that happened */
    ULONG WaitMask;                  /* (i) the ones that somebody waits for */
} UART_DEVICE, *PUART_DEVICE;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(UART_DEVICE, UartGetDevice)

/* A queue and the one request of it that is being worked on (both queues are sequential). */
typedef struct _UART_QUEUE {
    PUART_DEVICE Device; /* (c) */
    WDFTIMER Interval;   /* (c) read queue: ends a read that is not full */
    WDFREQUEST Request;  /* (q) NULL: none */
    PUCHAR Buffer;       /* (q) of the request */
    size_t Length;       /* (q) */
    size_t Done;         /* (q) bytes of it that were moved */
    BOOLEAN Cancelable;  /* (q) marked as such */
    BOOLEAN Suspended;   /* (q) the device has no power: leave it alone */
    ULONG IntervalMs;    /* (q) read queue: see SERIAL_TIMEOUTS, as of the last look */
} UART_QUEUE, *PUART_QUEUE;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(UART_QUEUE, UartGetQueue)

/* driver.c */
DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD UartEvtDeviceAdd;

/* device.c */
NTSTATUS UartDeviceCreate(PWDFDEVICE_INIT DeviceInit);

/* isr.c: the chip. The functions that are no callbacks need the interrupt lock. */
EVT_WDF_INTERRUPT_ISR UartEvtInterruptIsr;
EVT_WDF_INTERRUPT_ENABLE UartEvtInterruptEnable;
EVT_WDF_INTERRUPT_DISABLE UartEvtInterruptDisable;
VOID UartWriteIer(PUART_DEVICE Device, UCHAR Ier);
VOID UartWriteMcr(PUART_DEVICE Device, UCHAR Mcr);
VOID UartApplySettings(PUART_DEVICE Device);
VOID UartReceive(PUART_DEVICE Device);
VOID UartPauseReceiving(PUART_DEVICE Device);
VOID UartResumeReceiving(PUART_DEVICE Device);
UCHAR UartReadLineStatus(PUART_DEVICE Device);
VOID UartReadModemStatus(PUART_DEVICE Device);

/* ring.c */
BOOLEAN UartRingIsFull(const UART_RING *Ring);
VOID UartRingPut(PUART_RING Ring, UCHAR Byte);
ULONG UartRingTake(PUART_RING Ring, PUCHAR Buffer, size_t Length);

/* queue.c */
NTSTATUS UartQueuesCreate(PUART_DEVICE Device);
EVT_WDF_IO_QUEUE_IO_STOP UartEvtIoStop;
EVT_WDF_IO_QUEUE_IO_RESUME UartEvtIoResume;
NTSTATUS UartRequestBegin(PUART_QUEUE Queue, WDFREQUEST Request, PVOID Buffer, size_t Length);
BOOLEAN UartRequestFinish(PUART_QUEUE Queue, NTSTATUS Status);

/* read.c */
EVT_WDF_IO_QUEUE_IO_READ UartEvtIoRead;
EVT_WDF_DPC UartEvtReadDpc;
EVT_WDF_TIMER UartEvtReadInterval;

/* write.c */
EVT_WDF_IO_QUEUE_IO_WRITE UartEvtIoWrite;
EVT_WDF_DPC UartEvtWriteDpc;

/* ioctl.c */
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL UartEvtIoDeviceControl;

/* wait.c */
EVT_WDF_INTERRUPT_DPC UartEvtInterruptDpc;
NTSTATUS UartWaitBegin(PUART_DEVICE Device, WDFREQUEST Request);
VOID UartWaitSetMask(PUART_DEVICE Device, ULONG Mask);
