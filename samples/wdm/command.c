/* command.c - control codes, one at a time through the queue of the system: StartIo asks the device
 * the first question, DpcForIsr takes each answer and asks the next one; after the last it starts the
 * next packet and completes the request.
 */
#include "link.h"

static DRIVER_CANCEL LinkCancelCommand;

VOID LinkCommandInit(PLINK_EXTENSION Extension)
{
    KeInitializeSpinLock(&Extension->CommandLock);
    KeInitializeEvent(&Extension->CommandIdle, NotificationEvent, TRUE);
    Extension->CommandHeld = TRUE;
    IoInitializeDpcRequest(Extension->DeviceObject, LinkDpcForIsr);
    /* A StartIo that completes at once starts the next packet: not by recursion. */
    IoSetStartIoAttributes(Extension->DeviceObject, TRUE, FALSE);
}

NTSTATUS LinkDispatchDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_LINK_GET_COUNTERS) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(LINK_COUNTERS)) {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    if (!NT_SUCCESS(status)) {
        LinkComplete(extension, Irp, status, 0);
        return status;
    }
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, LinkCancelCommand);
    return STATUS_PENDING;
}

/* With CommandLock: the next question of the current request. */
static VOID LinkAsk(PLINK_EXTENSION Extension)
{
    static const ULONG questions[LINK_QUESTIONS] = {LINK_ASK_RECEIVED, LINK_ASK_SENT,
                                                    LINK_ASK_FAILED};

    Extension->CommandRunning = TRUE;
    KeClearEvent(&Extension->CommandIdle);
    WRITE_REGISTER_ULONG(&Extension->Registers->Ask, questions[Extension->AnswerCount]);
}

/* At DISPATCH_LEVEL: a request is the current one now. */
VOID LinkStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    BOOLEAN gone;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    if (Irp != DeviceObject->CurrentIrp || Irp->Cancel) {
        IoReleaseCancelSpinLock(irql); /* LinkCancelCommand has it, and starts the next one */
        return;
    }
    IoSetCancelRoutine(Irp, NULL); /* from here on it is too short to be worth cancelling */
    IoReleaseCancelSpinLock(irql);

    KeAcquireSpinLockAtDpcLevel(&extension->CommandLock);
    gone = extension->CommandGone;
    if (!gone) {
        extension->CommandIrp = Irp;
        extension->AnswerCount = 0;
        if (!extension->CommandHeld) {
            LinkAsk(extension);
        }
    }
    KeReleaseSpinLockFromDpcLevel(&extension->CommandLock);
    if (gone) {
        IoStartNextPacket(DeviceObject, TRUE);
        LinkComplete(extension, Irp, STATUS_DEVICE_REMOVED, 0);
    }
}

/* With CommandLock: an answer. Returns the request if it was the last one. */
static PIRP LinkTakeAnswer(PLINK_EXTENSION Extension, ULONG Answer)
{
    PIRP irp = Extension->CommandIrp;

    if (!Extension->CommandRunning) {
        return NULL; /* the device is gone, and so is the request */
    }
    Extension->CommandRunning = FALSE;
    KeSetEvent(&Extension->CommandIdle, IO_NO_INCREMENT, FALSE);
    Extension->Answers[Extension->AnswerCount++] = Answer;
    if (Extension->AnswerCount == LINK_QUESTIONS) {
        Extension->CommandIrp = NULL;
        return irp;
    }
    if (!Extension->CommandHeld) {
        LinkAsk(Extension);
    }
    return NULL;
}

/* DpcForIsr: the device has answered. Context: the answer. */
VOID LinkDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    LINK_COUNTERS counters = {0};
    PIRP irp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Irp); /* CurrentIrp at the interrupt: it may have ended since */

    KeAcquireSpinLockAtDpcLevel(&extension->CommandLock);
    irp = LinkTakeAnswer(extension, PtrToUlong(Context));
    if (irp != NULL) {
        counters.BlocksReceived = extension->Answers[0];
        counters.BlocksSent = extension->Answers[1];
        counters.TransfersFailed = extension->Answers[2];
    }
    KeReleaseSpinLockFromDpcLevel(&extension->CommandLock);
    if (irp != NULL) {
        RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, &counters, sizeof(counters));
        IoStartNextPacket(DeviceObject, TRUE);
        LinkComplete(extension, irp, STATUS_SUCCESS, sizeof(counters));
    }
}

/* With the cancel spin lock: the request waits, or StartIo has not looked at it yet. */
static VOID LinkCancelCommand(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLINK_EXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql = Irp->CancelIrql;

    if (Irp == DeviceObject->CurrentIrp) {
        IoReleaseCancelSpinLock(DISPATCH_LEVEL); /* the level at which packets are started */
        IoStartNextPacket(DeviceObject, TRUE);
        KeLowerIrql(irql);
    } else {
        KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry);
        IoReleaseCancelSpinLock(irql);
    }
    LinkComplete(extension, Irp, STATUS_CANCELLED, 0);
}

/* ---- the device comes and goes; as for the queues of queue.c ---- */

VOID LinkCommandHold(PLINK_EXTENSION Extension)
{
    KIRQL irql;

    KeAcquireSpinLock(&Extension->CommandLock, &irql);
    Extension->CommandHeld = TRUE;
    KeReleaseSpinLock(&Extension->CommandLock, irql);
    KeWaitForSingleObject(&Extension->CommandIdle, Executive, KernelMode, FALSE, NULL);
}

VOID LinkCommandResume(PLINK_EXTENSION Extension)
{
    KIRQL irql;

    KeAcquireSpinLock(&Extension->CommandLock, &irql);
    Extension->CommandHeld = FALSE;
    if (Extension->CommandIrp != NULL) {
        LinkAsk(Extension);
    }
    KeReleaseSpinLock(&Extension->CommandLock, irql);
}

VOID LinkCommandFail(PLINK_EXTENSION Extension)
{
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&Extension->CommandLock, &irql);
    Extension->CommandGone = TRUE;
    Extension->CommandRunning = FALSE;
    KeSetEvent(&Extension->CommandIdle, IO_NO_INCREMENT, FALSE);
    irp = Extension->CommandIrp;
    Extension->CommandIrp = NULL;
    KeReleaseSpinLock(&Extension->CommandLock, irql);
    if (irp != NULL) {
        irql = KeRaiseIrqlToDpcLevel();
        IoStartNextPacket(Extension->DeviceObject, TRUE); /* StartIo fails those that wait */
        KeLowerIrql(irql);
        LinkComplete(Extension, irp, STATUS_DEVICE_REMOVED, 0);
    }
}
