#pragma once
/* nicq.h - what the files of the driver share: its parameters, a ring, a worker. */
#include <ntddk.h>
#include <wdf.h>

#include "hardware.h"

#define NICQ_TAG 'qciN'

/* Who schedules whom. */
typedef enum {
    NicqOneDpc,         /* one interrupt, one worker for all queues */
    NicqWorkerPerQueue, /* one interrupt, a worker for each queue on a processor of its own */
    NicqMessagePerQueue /* a message and a worker for each queue, both on one processor */
} NICQ_DESIGN;

/* What a worker is. */
typedef enum { NicqDpc, NicqThreadedDpc, NicqWorkItem } NICQ_DEFERRED;

typedef struct {
    NICQ_DESIGN Design;
    NICQ_DEFERRED Deferred;
    ULONG Importance; /* a KDPC_IMPORTANCE */
    ULONG Budget;     /* packets that a worker serves before it lets others run; 0: no bound */
    ULONG Queues, RingSize, PacketUs;
    ULONG Forward; /* send each packet on */
} NICQ_PARAMETERS;

typedef struct {
    PNICQ_DESCRIPTOR Rx, Tx; /* in one piece of contiguous memory */
    ULONG Taken;             /* received packets served so far */
    ULONG Tail;              /* as in the device's RX_TAIL */
    ULONG TxTail;
    ULONG TxFull; /* packets not sent because the ring was full */
} NICQ_QUEUE, *PNICQ_QUEUE;

typedef struct _NICQ_DEVICE NICQ_DEVICE, *PNICQ_DEVICE;

/* Serves queues First to First + Count - 1. It is scheduled by the ISR, which keeps them quiet until
 * the worker has emptied them and enables them: so it is never scheduled twice. */
typedef struct {
    PNICQ_DEVICE Device;
    ULONG First, Count;
    WDFDPC Dpc;
    KDPC Threaded;
    WDFWORKITEM Item;
} NICQ_WORKER, *PNICQ_WORKER;

struct _NICQ_DEVICE {
    WDFDEVICE Device;
    NICQ_PARAMETERS Parameters;
    PUCHAR Registers;
    ULONG RegistersLength;
    NICQ_QUEUE Queue[NICQ_QUEUES_MAX];
    NICQ_WORKER Worker[NICQ_QUEUES_MAX];
    ULONG Workers;
    ULONG Interrupts;
};
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NICQ_DEVICE, NicqGetDevice)

/* Of a WDFDPC, a WDFWORKITEM. */
typedef struct {
    PNICQ_WORKER Worker;
} NICQ_WORKER_LINK;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NICQ_WORKER_LINK, NicqGetWorkerLink)

/* Of a WDFINTERRUPT: the workers that it schedules. */
typedef struct {
    ULONG First, Count;
} NICQ_INTERRUPT, *PNICQ_INTERRUPT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NICQ_INTERRUPT, NicqGetInterrupt)

/* driver.c */
NTSTATUS NicqReadParameters(WDFDRIVER Driver, NICQ_PARAMETERS *Parameters);

/* device.c */
EVT_WDF_DRIVER_DEVICE_ADD NicqEvtDeviceAdd;

/* hardware.c */
EVT_WDF_DEVICE_PREPARE_HARDWARE NicqEvtPrepareHardware;
EVT_WDF_DEVICE_RELEASE_HARDWARE NicqEvtReleaseHardware;
EVT_WDF_DEVICE_D0_ENTRY NicqEvtD0Entry;
EVT_WDF_DEVICE_D0_ENTRY_POST_INTERRUPTS_ENABLED NicqEvtD0EntryPostInterruptsEnabled;
EVT_WDF_DEVICE_D0_EXIT NicqEvtD0Exit;
EVT_WDF_INTERRUPT_ISR NicqEvtInterruptIsr;
ULONG NicqRead(PNICQ_DEVICE Device, ULONG Offset);
VOID NicqWrite(PNICQ_DEVICE Device, ULONG Offset, ULONG Value);

/* worker.c */
NTSTATUS NicqWorkersCreate(PNICQ_DEVICE Device);
VOID NicqSchedule(PNICQ_WORKER Worker);
ULONG NicqWorkerMask(const NICQ_WORKER *Worker);
NTSTATUS NicqProcessor(ULONG Number, PPROCESSOR_NUMBER Processor);
