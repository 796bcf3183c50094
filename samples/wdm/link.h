/* link.h - what the files of the block link driver share.
 *
 * Who may touch what:
 *   (q) only with the Lock of that queue
 *   (l) only with its ListLock
 *   (c) only with CommandLock
 *   (v) only with VerifyLock
 *   (p) only in the PnP dispatch routine, which is called for one request at a time
 *   (=) constant while the device is started
 * A queue's Lock comes before its ListLock. Requests are completed with no lock held.
 */
#pragma once

#include <ntddk.h>
#include <ntstrsafe.h>

#include "hardware.h"
#include "ioctl.h"

typedef struct _LINK_EXTENSION *PLINK_EXTENSION;

typedef enum _LINK_QUEUE_STATE {
    LinkIdle,   /* nothing of this queue is under way */
    LinkBusy,   /* the device moves a block; an interrupt will come */
    LinkWaiting /* the block failed; RetryDpc will start it again */
} LINK_QUEUE_STATE;

/* LINK_START_BLOCK: with the queue's lock: tell the device to move the next block of the request. */
struct _LINK_QUEUE;
typedef VOID LINK_START_BLOCK(struct _LINK_QUEUE *Queue);
typedef LINK_START_BLOCK *PLINK_START_BLOCK;

/* One direction: requests that wait, and the one that is being worked on. */
typedef struct _LINK_QUEUE {
    PLINK_EXTENSION Extension;    /* (=) */
    PLINK_START_BLOCK StartBlock; /* (=) */
    ULONG Event;                  /* (=) LINK_EVENT_*: also the bit that aborts */

    IO_CSQ Csq;
    KSPIN_LOCK ListLock;
    LIST_ENTRY List; /* (l) IRPs that wait */

    KSPIN_LOCK Lock;
    LINK_QUEUE_STATE State; /* (q) */
    BOOLEAN Held;           /* (q) start nothing: the device is stopped, or not started yet */
    BOOLEAN Gone;           /* (q) fail everything: the device does not come back */
    PIRP Irp;               /* (q) the current request; NULL: none */
    PUCHAR Buffer;          /* (q) of it */
    ULONG Length;           /* (q) */
    ULONG Done;             /* (q) bytes of it that were moved */
    ULONG Crc;              /* (q) of what was moved, as the device counts it; reads only */
    ULONG Failures;         /* (q) of its current block, in a row */
    BOOLEAN Cancelled;      /* (q) LinkCancelCurrent has seen it: end it at the next step */
    KEVENT Idle;            /* set while State is LinkIdle */

    KDPC Dpc; /* the device has moved a block */
    KTIMER RetryTimer;
    KDPC RetryDpc; /* a block that failed is due again, or its request is not to wait for that */
} LINK_QUEUE, *PLINK_QUEUE;

#define LINK_QUESTIONS 3

typedef struct _LINK_EXTENSION {
    PDEVICE_OBJECT DeviceObject;         /* ours */
    PDEVICE_OBJECT PhysicalDeviceObject; /* of the bus */
    PDEVICE_OBJECT LowerDeviceObject;    /* where requests are passed on to */
    IO_REMOVE_LOCK RemoveLock;           /* held for each request that we have */
    UNICODE_STRING LinkName;
    WCHAR LinkNameBuffer[32];

    BOOLEAN Started;           /* (p) the hardware is ours */
    PLINK_REGISTERS Registers; /* (=) */
    PKINTERRUPT Interrupt;     /* (=) */

    LINK_QUEUE ReadQueue;
    LINK_QUEUE WriteQueue;

    /* Control codes: the system's own queue, StartIo, DpcForIsr. */
    KSPIN_LOCK CommandLock;
    PIRP CommandIrp;               /* (c) the current one; NULL: none */
    BOOLEAN CommandHeld;           /* (c) as Held of a queue */
    BOOLEAN CommandGone;           /* (c) */
    BOOLEAN CommandRunning;        /* (c) the device was asked, and will interrupt */
    ULONG Answers[LINK_QUESTIONS]; /* (c) */
    ULONG AnswerCount;             /* (c) */
    KEVENT CommandIdle;            /* set while CommandRunning is FALSE */

    /* Reads that are complete but for the check of their bytes. */
    KDPC VerifyDpc; /* threaded */
    KSPIN_LOCK VerifyLock;
    LIST_ENTRY VerifyList; /* (v) */
} LINK_EXTENSION;

/* driver.c */
DRIVER_INITIALIZE DriverEntry;
VOID LinkComplete(PLINK_EXTENSION Extension, PIRP Irp, NTSTATUS Status, ULONG_PTR Information);

/* What the driver keeps in a request of its own: */
#define LINK_IRP_CRC(Irp) ((Irp)->Tail.Overlay.DriverContext[0])

/* pnp.c */
_Dispatch_type_(IRP_MJ_PNP) DRIVER_DISPATCH LinkDispatchPnp;
_Dispatch_type_(IRP_MJ_POWER) DRIVER_DISPATCH LinkDispatchPower;
_Dispatch_type_(IRP_MJ_SYSTEM_CONTROL) DRIVER_DISPATCH LinkDispatchSystemControl;

/* isr.c */
KSERVICE_ROUTINE LinkInterruptService;

/* queue.c */
NTSTATUS LinkQueueInit(PLINK_QUEUE Queue, PLINK_EXTENSION Extension, ULONG Event,
                       PKDEFERRED_ROUTINE Dpc, PLINK_START_BLOCK StartBlock);
NTSTATUS LinkQueueDispatch(PLINK_QUEUE Queue, PIRP Irp, ULONG Length);
VOID LinkQueueRun(PLINK_QUEUE Queue);
PIRP LinkQueueAdvance(PLINK_QUEUE Queue, ULONG Outcome, BOOLEAN Complete);
VOID LinkQueueFinish(PLINK_QUEUE Queue, PIRP Irp);
VOID LinkQueueCleanup(PLINK_QUEUE Queue, PFILE_OBJECT FileObject);
VOID LinkQueueHold(PLINK_QUEUE Queue);
VOID LinkQueueResume(PLINK_QUEUE Queue);
VOID LinkQueueFail(PLINK_QUEUE Queue);

/* read.c, write.c */
_Dispatch_type_(IRP_MJ_READ) DRIVER_DISPATCH LinkDispatchRead;
_Dispatch_type_(IRP_MJ_WRITE) DRIVER_DISPATCH LinkDispatchWrite;
KDEFERRED_ROUTINE LinkReadDpc;
KDEFERRED_ROUTINE LinkWriteDpc;
LINK_START_BLOCK LinkReadStartBlock;
LINK_START_BLOCK LinkWriteStartBlock;

/* verify.c */
KDEFERRED_ROUTINE LinkVerifyDpc;
VOID LinkVerifyInit(PLINK_EXTENSION Extension);
VOID LinkVerify(PLINK_EXTENSION Extension, PIRP Irp);

/* command.c */
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH LinkDispatchDeviceControl;
DRIVER_STARTIO LinkStartIo;
IO_DPC_ROUTINE LinkDpcForIsr;
VOID LinkCommandInit(PLINK_EXTENSION Extension);
VOID LinkCommandHold(PLINK_EXTENSION Extension);
VOID LinkCommandResume(PLINK_EXTENSION Extension);
VOID LinkCommandFail(PLINK_EXTENSION Extension);
