/* drv_stranger.c - a WDM driver that does unusual things which the documentation allows: two devices,
 * one on top of the other, and a control code for each subject.
 */
#include <ntifs.h>

#include "drv_stranger.h"

#define TAG 'rtsX'

/* Each exercise returns 0, or the line where it went wrong. */
#define CHECK(condition)     \
    do {                     \
        if (!(condition)) {  \
            return __LINE__; \
        }                    \
    } while (0)

typedef struct _UPPER {
    PDEVICE_OBJECT Below;
} UPPER, *PUPPER;

typedef struct _LOWER {
    KSPIN_LOCK Lock;
    IO_CSQ Csq;
    LIST_ENTRY Waiting;
    KTIMER Timer;
    KDPC Dpc;
} LOWER, *PLOWER;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD StrangerUnload;
static DRIVER_DISPATCH StrangerOpen, StrangerControl;
static PDEVICE_OBJECT Upper, Lower;
static UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\STRANGER");

static LARGE_INTEGER Ms(LONG Milliseconds)
{
    LARGE_INTEGER Time;

    Time.QuadPart = Int32x32To64(Milliseconds, -10000);
    return Time;
}

/* ---- the lower device: keeps what it gets in a queue, and completes it by a timer ---- */

static IO_CSQ_INSERT_IRP_EX LowerInsert;
static NTSTATUS LowerInsert(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
    PLOWER Device = CONTAINING_RECORD(Csq, LOWER, Csq);

    if (InsertContext != NULL) { /* at the head */
        InsertHeadList(&Device->Waiting, &Irp->Tail.Overlay.ListEntry);
    } else {
        InsertTailList(&Device->Waiting, &Irp->Tail.Overlay.ListEntry);
    }
    return STATUS_PENDING;
}

static IO_CSQ_REMOVE_IRP LowerRemove;
static VOID LowerRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* The peek context is the key of a read, by which requests are told apart. */
static IO_CSQ_PEEK_NEXT_IRP LowerPeek;
static PIRP LowerPeek(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PLOWER Device = CONTAINING_RECORD(Csq, LOWER, Csq);
    PLIST_ENTRY Entry = Irp != NULL ? Irp->Tail.Overlay.ListEntry.Flink : Device->Waiting.Flink;

    for (; Entry != &Device->Waiting; Entry = Entry->Flink) {
        PIRP Next = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL || Next->Tail.Overlay.DriverContext[0] == PeekContext) {
            return Next;
        }
    }
    return NULL;
}

static IO_CSQ_ACQUIRE_LOCK LowerAcquire;
static VOID LowerAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, LOWER, Csq)->Lock, Irql);
}

static IO_CSQ_RELEASE_LOCK LowerRelease;
static VOID LowerRelease(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, LOWER, Csq)->Lock, Irql);
}

static VOID LowerComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = NT_SUCCESS(Status) ? sizeof(ULONG) : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static IO_CSQ_COMPLETE_CANCELED_IRP LowerCanceled;
static VOID LowerCanceled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    LowerComplete(Irp, STATUS_CANCELLED);
}

static KDEFERRED_ROUTINE LowerDpc;
static VOID LowerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PLOWER Device = Context;
    PIRP Irp = IoCsqRemoveNextIrp(&Device->Csq, NULL);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (Irp != NULL) {
        LowerComplete(Irp, STATUS_SUCCESS);
        KeSetTimer(&Device->Timer, Ms(1), &Device->Dpc); /* from its own DPC */
    }
}

static NTSTATUS LowerControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLOWER Device = DeviceObject->DeviceExtension;

    Irp->Tail.Overlay.DriverContext[0] = NULL;
    IoCsqInsertIrpEx(&Device->Csq, Irp, NULL, NULL); /* marks it pending */
    KeSetTimer(&Device->Timer, Ms(1), &Device->Dpc);
    return STATUS_PENDING;
}

/* ---- waits ---- */

typedef struct _RELAY {
    KDPC First, Second;
    KEVENT Done;
    ULONG Where;
} RELAY, *PRELAY;

static KDEFERRED_ROUTINE RelayArrives;
static VOID RelayArrives(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PRELAY Relay = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Relay->Where = KeGetCurrentProcessorNumber();
    KeSetEvent(&Relay->Done, IO_NO_INCREMENT, FALSE);
}

static KDEFERRED_ROUTINE RelayStarts;
static VOID RelayStarts(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PRELAY Relay = Context;

    UNREFERENCED_PARAMETER(Dpc);
    KeInsertQueueDpc(&Relay->Second, Argument1, Argument2);
}

static ULONG Waits(VOID)
{
    ULONG Last = KeQueryActiveProcessorCount(NULL) - 1;
    LARGE_INTEGER Tick = Ms(1);
    KMUTEX Mutex;
    RELAY Relay;
    KIRQL Old;

    KeInitializeEvent(&Relay.Done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&Relay.First, RelayStarts, &Relay);
    KeInitializeDpc(&Relay.Second, RelayArrives, &Relay);
    KeSetTargetProcessorDpc(&Relay.Second, (CCHAR)Last);
    KeSetImportanceDpc(&Relay.Second, HighImportance);
    CHECK(KeInsertQueueDpc(&Relay.First, NULL, NULL));
    KeWaitForSingleObject(&Relay.Done, Executive, KernelMode, FALSE, NULL);
    CHECK(Relay.Where == Last);
    KeFlushQueuedDpcs();

    KeRaiseIrql(APC_LEVEL, &Old);
    CHECK(KeAreAllApcsDisabled());
    CHECK(KeDelayExecutionThread(KernelMode, FALSE, &Tick) == STATUS_SUCCESS);
    CHECK(KeGetCurrentIrql() == APC_LEVEL);
    KeLowerIrql(Old);

    KeInitializeMutex(&Mutex, 0);
    CHECK(!KeAreApcsDisabled());
    KeEnterCriticalRegion();
    FsRtlEnterFileSystem();
    CHECK(KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(KeWaitForMutexObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(KeReleaseMutex(&Mutex, FALSE) < 0);
    FsRtlExitFileSystem();
    KeLeaveCriticalRegion();
    CHECK(KeAreApcsDisabled()); /* the mutex is owned once more */
    KeReleaseMutex(&Mutex, FALSE);
    CHECK(!KeAreApcsDisabled() && KeReadStateMutex(&Mutex) == 1);
    return 0;
}

/* ---- timers ---- */

typedef struct _TICKER {
    KTIMER Timer;
    KDPC Dpc;
    KEVENT Stopped;
    LONG Ticks;
    BOOLEAN WasQueued;
} TICKER, *PTICKER;

static KDEFERRED_ROUTINE TickerTicks;
static VOID TickerTicks(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PTICKER Ticker = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (++Ticker->Ticks == 3) {
        Ticker->WasQueued = KeCancelTimer(&Ticker->Timer); /* a periodic timer is always queued */
        KeSetEvent(&Ticker->Stopped, IO_NO_INCREMENT, FALSE);
    }
}

static ULONG Timers(VOID)
{
    PTICKER Ticker = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Ticker), TAG);
    LARGE_INTEGER Long = Ms(20);
    PVOID Objects[2];

    CHECK(Ticker != NULL);
    KeInitializeEvent(&Ticker->Stopped, NotificationEvent, FALSE);
    KeInitializeTimerEx(&Ticker->Timer, SynchronizationTimer);
    KeInitializeDpc(&Ticker->Dpc, TickerTicks, Ticker);
    CHECK(!KeSetTimerEx(&Ticker->Timer, Ms(1), 1, &Ticker->Dpc));
    Objects[0] = &Ticker->Stopped;
    Objects[1] = &Ticker->Timer;
    CHECK(NT_SUCCESS(
        KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL)));
    KeDelayExecutionThread(KernelMode, FALSE, &Long);
    CHECK(Ticker->Ticks == 3 && Ticker->WasQueued);
    CHECK(!KeCancelTimer(&Ticker->Timer));
    CHECK(!KeSetTimer(&Ticker->Timer, Ms(1000), NULL)); /* the same one, without a DPC */
    CHECK(KeSetTimer(&Ticker->Timer, Ms(1), NULL));     /* sooner instead */
    KeWaitForSingleObject(&Ticker->Timer, Executive, KernelMode, FALSE, NULL);
    CHECK(!KeReadStateTimer(&Ticker->Timer));
    KeFlushQueuedDpcs();
    ExFreePoolWithTag(Ticker, TAG);
    return 0;
}

/* ---- cancel-safe queues ---- */

static ULONG Queues(VOID)
{
    PLOWER Device = Lower->DeviceExtension;
    IO_CSQ_IRP_CONTEXT Context;
    PIRP Irps[3];

    for (ULONG_PTR I = 0; I < 3; I++) {
        Irps[I] = IoAllocateIrp(Lower->StackSize, FALSE);
        CHECK(Irps[I] != NULL);
        IoSetNextIrpStackLocation(Irps[I]); /* IoCsqInsertIrp marks the current location pending */
        Irps[I]->Tail.Overlay.DriverContext[0] = (PVOID)(I + 1);
    }
    CHECK(IoCsqInsertIrpEx(&Device->Csq, Irps[0], NULL, NULL) == STATUS_PENDING);
    CHECK(IoCsqInsertIrpEx(&Device->Csq, Irps[1], &Context, NULL) == STATUS_PENDING);
    CHECK(IoCsqInsertIrpEx(&Device->Csq, Irps[2], NULL, &Context) == STATUS_PENDING);
    CHECK(IoCsqRemoveNextIrp(&Device->Csq, (PVOID)7) == NULL);
    CHECK(IoCsqRemoveNextIrp(&Device->Csq, (PVOID)1) == Irps[0]);
    CHECK(IoCsqRemoveIrp(&Device->Csq, &Context) == Irps[1]);
    CHECK(IoCsqRemoveIrp(&Device->Csq, &Context) == NULL); /* it is gone */
    CHECK(IoCsqRemoveNextIrp(&Device->Csq, NULL) == Irps[2]);
    for (ULONG I = 0; I < 3; I++) {
        IoFreeIrp(Irps[I]);
    }
    return 0;
}

/* ---- one IRP, sent again and again ---- */

static IO_COMPLETION_ROUTINE KeepIrp;
static NTSTATUS KeepIrp(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID Prepare(PIRP Irp, PKEVENT Event)
{
    PIO_STACK_LOCATION Next = IoGetNextIrpStackLocation(Irp);

    Next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    Next->Parameters.DeviceIoControl.IoControlCode = STRANGER_BELOW;
    IoSetCompletionRoutine(Irp, KeepIrp, Event, TRUE, TRUE, TRUE);
}

static ULONG Reuses(PUPPER Extension)
{
    PIRP Irp = IoAllocateIrp(Extension->Below->StackSize, FALSE);
    KEVENT Event;

    CHECK(Irp != NULL);
    KeInitializeEvent(&Event, SynchronizationEvent, FALSE);
    for (ULONG I = 0; I < 4; I++) {
        Prepare(Irp, &Event);
        CHECK(IoCallDriver(Extension->Below, Irp) == STATUS_PENDING);
        if (I == 3) {
            IoCancelIrp(Irp); /* whichever comes first: the timer or this */
        }
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
        CHECK(Irp->IoStatus.Status == STATUS_SUCCESS ||
              (I == 3 && Irp->IoStatus.Status == STATUS_CANCELLED));
        IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
        CHECK(!Irp->Cancel && Irp->IoStatus.Status == STATUS_UNSUCCESSFUL);
    }
    IoFreeIrp(Irp);
    return 0;
}

/* A read: the master is completed by the I/O manager, with the last of its parts. */
static DRIVER_DISPATCH StrangerRead;
static NTSTATUS StrangerRead(PDEVICE_OBJECT DeviceObject, PIRP Master)
{
    PUPPER Extension = Upper->DeviceExtension;
    PIRP Parts[3];

    UNREFERENCED_PARAMETER(DeviceObject);
    for (ULONG I = 0; I < 3; I++) {
        PIO_STACK_LOCATION Next;

        Parts[I] = IoMakeAssociatedIrp(Master, Extension->Below->StackSize);
        if (Parts[I] == NULL) {
            while (I-- > 0) {
                IoFreeIrp(Parts[I]);
            }
            LowerComplete(Master, STATUS_INSUFFICIENT_RESOURCES);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        Next = IoGetNextIrpStackLocation(Parts[I]);
        Next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
        Next->Parameters.DeviceIoControl.IoControlCode = STRANGER_BELOW;
    }
    RtlFillMemory(MmGetSystemAddressForMdlSafe(Master->MdlAddress, NormalPagePriority),
                  MmGetMdlByteCount(Master->MdlAddress), 'm');
    Master->IoStatus.Status = STATUS_SUCCESS;
    Master->IoStatus.Information = MmGetMdlByteCount(Master->MdlAddress);
    Master->AssociatedIrp.IrpCount = 3;
    IoMarkIrpPending(Master);
    for (ULONG I = 0; I < 3; I++) {
        IoCallDriver(Extension->Below, Parts[I]);
    }
    return STATUS_PENDING;
}

/* ---- MDLs ---- */

static ULONG Chains(VOID)
{
    PUCHAR Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, TAG);
    PIRP Irp = IoAllocateIrp(1, FALSE);
    ULONG Bytes = 0;
    PMDL Whole, Part, Mdl;

    CHECK(Memory != NULL && Irp != NULL);
    Whole = IoAllocateMdl(Memory + 100, 2 * PAGE_SIZE, FALSE, FALSE, Irp);
    CHECK(Whole != NULL && Irp->MdlAddress == Whole);
    MmBuildMdlForNonPagedPool(Whole);
    Part = IoAllocateMdl(Memory + PAGE_SIZE, 10, TRUE, FALSE, Irp);
    CHECK(Part != NULL && Whole->Next == Part);
    IoBuildPartialMdl(Whole, Part, Memory + PAGE_SIZE, 10);
    CHECK(MmGetMdlByteOffset(Part) == 0 && MmGetMdlVirtualAddress(Part) == Memory + PAGE_SIZE);
    CHECK(MmGetSystemAddressForMdlSafe(Part, NormalPagePriority) == Memory + PAGE_SIZE);
    CHECK(ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Whole), MmGetMdlByteCount(Whole)) ==
          3);
    for (Mdl = Irp->MdlAddress; Mdl != NULL; Mdl = Mdl->Next) {
        Bytes += MmGetMdlByteCount(Mdl);
    }
    CHECK(Bytes == 2 * PAGE_SIZE + 10);
    MmPrepareMdlForReuse(Part);
    IoBuildPartialMdl(Whole, Part, Memory + 200, 5);
    CHECK(MmGetMdlByteOffset(Part) == BYTE_OFFSET(Memory + 200) && MmGetMdlByteCount(Part) == 5);
    while ((Mdl = Irp->MdlAddress) != NULL) {
        Irp->MdlAddress = Mdl->Next;
        IoFreeMdl(Mdl);
    }
    IoFreeIrp(Irp);
    ExFreePool(Memory);
    return 0;
}

/* ---- work items ---- */

typedef struct _JOB {
    PIO_WORKITEM Item;
    KEVENT Done;
    ULONG Runs;
} JOB, *PJOB;

static IO_WORKITEM_ROUTINE_EX JobRuns;
static VOID JobRuns(PVOID Object, PVOID Context, PIO_WORKITEM Item)
{
    PJOB Job = Context;

    if (++Job->Runs < 4) {
        IoQueueWorkItemEx(Item, JobRuns, Job->Runs == 2 ? CriticalWorkQueue : DelayedWorkQueue,
                          Job);
    } else if (Object == Upper) {
        KeSetEvent(&Job->Done, IO_NO_INCREMENT, FALSE);
    }
}

static ULONG Works(VOID)
{
    PVOID Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, IoSizeofWorkItem(), TAG);
    JOB Job = {0};

    CHECK(Memory != NULL);
    KeInitializeEvent(&Job.Done, NotificationEvent, FALSE);
    Job.Item = Memory;
    IoInitializeWorkItem(Upper, Job.Item);
    IoQueueWorkItemEx(Job.Item, JobRuns, DelayedWorkQueue, &Job);
    KeWaitForSingleObject(&Job.Done, Executive, KernelMode, FALSE, NULL);
    CHECK(Job.Runs == 4);
    IoUninitializeWorkItem(Job.Item);
    ExFreePoolWithTag(Memory, TAG);
    return 0;
}

/* ---- remove locks, threads and queues ---- */

typedef struct _REMOVAL {
    IO_REMOVE_LOCK Lock;
    KQUEUE Entries;
    LIST_ENTRY Entry;
} REMOVAL, *PREMOVAL;

static KSTART_ROUTINE Remover;
static VOID Remover(PVOID Context)
{
    PREMOVAL Removal = Context;

    if (KeRemoveQueue(&Removal->Entries, KernelMode, NULL) == &Removal->Entry &&
        NT_SUCCESS(IoAcquireRemoveLock(&Removal->Lock, Remover))) {
        IoReleaseRemoveLockAndWait(&Removal->Lock, Remover);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static ULONG Removes(VOID)
{
    PREMOVAL Removal = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Removal), TAG);
    LARGE_INTEGER Tick = Ms(5);
    OBJECT_ATTRIBUTES Attributes;
    HANDLE Handle;
    PVOID Thread;
    KIRQL Old;

    CHECK(Removal != NULL);
    IoInitializeRemoveLock(&Removal->Lock, TAG, 0, 0);
    KeInitializeQueue(&Removal->Entries, 1);
    CHECK(NT_SUCCESS(IoAcquireRemoveLock(&Removal->Lock, NULL)));
    CHECK(NT_SUCCESS(IoAcquireRemoveLock(&Removal->Lock, Removal)));
    CHECK(NT_SUCCESS(IoAcquireRemoveLock(&Removal->Lock, Removal))); /* the same tag twice */
    InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(NT_SUCCESS(PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL,
                                          Remover, Removal)));
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
    KeInsertQueue(&Removal->Entries, &Removal->Entry);
    IoReleaseRemoveLock(&Removal->Lock, Removal);
    KeLowerIrql(Old);
    CHECK(ZwWaitForSingleObject(Handle, FALSE, &Tick) == STATUS_TIMEOUT);
    CHECK(IoAcquireRemoveLock(&Removal->Lock, Upper) == STATUS_DELETE_PENDING);
    IoReleaseRemoveLock(&Removal->Lock, NULL);
    CHECK(ZwWaitForSingleObject(Handle, FALSE, &Tick) == STATUS_TIMEOUT);
    CHECK(NT_SUCCESS(
        ObReferenceObjectByHandle(Handle, SYNCHRONIZE, *PsThreadType, KernelMode, &Thread, NULL)));
    ZwClose(Handle);
    IoReleaseRemoveLock(&Removal->Lock, Removal);
    CHECK(KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
    CHECK(PsIsThreadTerminating(Thread));
    ObDereferenceObject(Thread);
    CHECK(KeRundownQueue(&Removal->Entries) == NULL);
    ExFreePool(Removal);
    return 0;
}

/* ---- IRPs that the I/O manager builds ---- */

static ULONG Builds(VOID)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\StrangerBelow");
    IO_STATUS_BLOCK Block = {0};
    OBJECT_ATTRIBUTES Attributes;
    PFILE_OBJECT File;
    PDEVICE_OBJECT Device;
    HANDLE Handle;
    KEVENT Event;
    NTSTATUS Status;
    PIRP Irp;

    KeInitializeEvent(&Event, NotificationEvent, FALSE);
    Irp = IoBuildDeviceIoControlRequest(STRANGER_BELOW, Lower, NULL, 0, NULL, 0, TRUE, &Event,
                                        &Block);
    CHECK(Irp != NULL);
    CHECK(IoGetRequestorProcess(Irp) == PsGetCurrentProcess());
    Status = IoCallDriver(Lower, Irp);
    if (Status == STATUS_PENDING) {
        KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
        Status = Block.Status;
    }
    CHECK(Status == STATUS_SUCCESS && Block.Information == sizeof(ULONG));

    InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    CHECK(NT_SUCCESS(ZwCreateFile(&Handle, GENERIC_READ | SYNCHRONIZE, &Attributes, &Block, NULL, 0,
                                  FILE_SHARE_READ, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL,
                                  0)));
    CHECK(NT_SUCCESS(
        ZwDeviceIoControlFile(Handle, NULL, NULL, NULL, &Block, STRANGER_BELOW, NULL, 0, NULL, 0)));
    CHECK(NT_SUCCESS(ZwClose(Handle)));
    CHECK(NT_SUCCESS(IoGetDeviceObjectPointer(&Name, FILE_READ_DATA, &File, &Device)));
    CHECK(Device == Upper && IoGetRelatedDeviceObject(File) == Upper); /* the top of the stack */
    ObDereferenceObject(File);
    return 0;
}

/* ---- tables, callbacks, values ---- */

static RTL_AVL_COMPARE_ROUTINE KeepCompare;
static RTL_GENERIC_COMPARE_RESULTS KeepCompare(PRTL_AVL_TABLE Table, PVOID First, PVOID Second)
{
    LONG A = *(PLONG)First;
    LONG B = *(PLONG)Second;

    UNREFERENCED_PARAMETER(Table);
    return A < B ? GenericLessThan : A > B ? GenericGreaterThan : GenericEqual;
}

static RTL_AVL_ALLOCATE_ROUTINE KeepAllocate;
static PVOID KeepAllocate(PRTL_AVL_TABLE Table, CLONG Size)
{
    return Size <= 64 ? ExAllocateFromLookasideListEx(Table->TableContext) : NULL;
}

static RTL_AVL_FREE_ROUTINE KeepFree;
static VOID KeepFree(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    ExFreeToLookasideListEx(Table->TableContext, Buffer);
}

static CALLBACK_FUNCTION KeepCalled;
static VOID KeepCalled(PVOID Context, PVOID Argument1, PVOID Argument2)
{
    InterlockedExchangeAdd(Context, (LONG)(LONG_PTR)Argument1 + (LONG)(LONG_PTR)Argument2);
}

static ULONG Keeps(VOID)
{
    LOOKASIDE_LIST_EX Lookaside;
    OBJECT_ATTRIBUTES Attributes;
    PCALLBACK_OBJECT Callback;
    RTL_AVL_TABLE Table;
    volatile LONG Sum = 0;
    PVOID Registration;
    PLONG Element;
    PIO_ERROR_LOG_PACKET Packet;
    LARGE_INTEGER Now, Local, Again;
    UUID First, Second;

    CHECK(NT_SUCCESS(
        ExInitializeLookasideListEx(&Lookaside, NULL, NULL, NonPagedPoolNx, 0, 64, TAG, 0)));
    RtlInitializeGenericTableAvl(&Table, KeepCompare, KeepAllocate, KeepFree, &Lookaside);
    for (LONG I = 10; I > 0; I--) {
        CHECK(RtlInsertElementGenericTableAvl(&Table, &I, sizeof(I), NULL) != NULL);
    }
    while ((Element = RtlEnumerateGenericTableAvl(&Table, TRUE)) != NULL) {
        LONG Key = *Element;

        Sum += Key;
        CHECK(RtlDeleteElementGenericTableAvl(&Table, &Key));
    }
    CHECK(Sum == 55 && RtlIsGenericTableEmptyAvl(&Table));
    ExDeleteLookasideListEx(&Lookaside);

    InitializeObjectAttributes(&Attributes, NULL, OBJ_CASE_INSENSITIVE, NULL, NULL);
    CHECK(NT_SUCCESS(ExCreateCallback(&Callback, &Attributes, TRUE, TRUE)));
    Registration = ExRegisterCallback(Callback, KeepCalled, (PVOID)&Sum);
    ExNotifyCallback(Callback, (PVOID)40, (PVOID)5);
    CHECK(Sum == 100);
    ExUnregisterCallback(Registration);
    ObDereferenceObject(Callback);
    Packet = IoAllocateErrorLogEntry(Upper, sizeof(*Packet));
    CHECK(Packet != NULL && Packet->DumpDataSize == 0);
    Packet->ErrorCode = STATUS_IO_DEVICE_ERROR;
    IoWriteErrorLogEntry(Packet);
    CHECK(IoAllocateErrorLogEntry(Upper, ERROR_LOG_MAXIMUM_SIZE + 1) == NULL);
    Packet = IoAllocateErrorLogEntry(Upper->DriverObject, ERROR_LOG_MAXIMUM_SIZE);
    CHECK(Packet != NULL);
    IoFreeErrorLogEntry(Packet);
    IoGetConfigurationInformation()->DiskCount++;
    CHECK(IoGetConfigurationInformation()->DiskCount == 1);
    KeQuerySystemTime(&Now);
    ExSystemTimeToLocalTime(&Now, &Local);
    ExLocalTimeToSystemTime(&Local, &Again);
    CHECK(Now.QuadPart == Again.QuadPart);
    CHECK(KeGetCurrentProcessorIndex() <= KeQueryActiveProcessorCount(NULL) - 1);
    CHECK(KeGetCurrentNodeNumber() <= KeQueryHighestNodeNumber());
    CHECK(NT_SUCCESS(ExUuidCreate(&First)) && NT_SUCCESS(ExUuidCreate(&Second)));
    CHECK(!RtlEqualMemory(&First, &Second, sizeof(UUID)));
    return 0;
}

/* ---- dispatch ---- */

static ULONG Run(ULONG Code)
{
    switch (Code) {
    case STRANGER_WAITS:
        return Waits();
    case STRANGER_TIMERS:
        return Timers();
    case STRANGER_QUEUES:
        return Queues();
    case STRANGER_REUSES:
        return Reuses(Upper->DeviceExtension);
    case STRANGER_CHAINS:
        return Chains();
    case STRANGER_WORKS:
        return Works();
    case STRANGER_REMOVES:
        return Removes();
    case STRANGER_BUILDS:
        return Builds();
    case STRANGER_KEEPS:
        return Keeps();
    default:
        return __LINE__;
    }
}

static NTSTATUS StrangerOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS StrangerControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG Code = Stack->Parameters.DeviceIoControl.IoControlCode;
    NTSTATUS Status = STATUS_BUFFER_TOO_SMALL;

    if (DeviceObject == Lower) {
        return LowerControl(DeviceObject, Irp);
    }
    if (Code == STRANGER_BELOW) { /* not ours */
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(((PUPPER)DeviceObject->DeviceExtension)->Below, Irp);
    }
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(ULONG)) {
        *(PULONG)Irp->AssociatedIrp.SystemBuffer = Run(Code);
        Status = STATUS_SUCCESS;
    }
    LowerComplete(Irp, Status);
    return Status;
}

static VOID StrangerUnload(PDRIVER_OBJECT DriverObject)
{
    PLOWER Device = Lower->DeviceExtension;

    UNREFERENCED_PARAMETER(DriverObject);
    KeCancelTimer(&Device->Timer);
    KeFlushQueuedDpcs();
    IoDeleteSymbolicLink(&Link);
    IoDetachDevice(Lower);
    IoDeleteDevice(Upper);
    IoDeleteDevice(Lower);
}

static NTSTATUS CreateDevices(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\StrangerBelow");
    UNICODE_STRING UpperName = RTL_CONSTANT_STRING(L"\\Device\\StrangerAbove");
    PLOWER Device;
    NTSTATUS Status = IoCreateDevice(DriverObject, sizeof(LOWER), &Name, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &Lower);

    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    Device = Lower->DeviceExtension;
    KeInitializeSpinLock(&Device->Lock);
    InitializeListHead(&Device->Waiting);
    KeInitializeTimer(&Device->Timer);
    KeInitializeDpc(&Device->Dpc, LowerDpc, Device);
    Status = IoCsqInitializeEx(&Device->Csq, LowerInsert, LowerRemove, LowerPeek, LowerAcquire,
                               LowerRelease, LowerCanceled);
    if (NT_SUCCESS(Status)) {
        Status = IoCreateDevice(DriverObject, sizeof(UPPER), &UpperName, FILE_DEVICE_UNKNOWN,
                                FILE_DEVICE_SECURE_OPEN, FALSE, &Upper);
    }
    if (!NT_SUCCESS(Status)) {
        IoDeleteDevice(Lower);
        return Status;
    }
    Lower->Flags &= ~DO_DEVICE_INITIALIZING;
    Upper->Flags |= DO_DIRECT_IO;
    ((PUPPER)Upper->DeviceExtension)->Below = IoAttachDeviceToDeviceStack(Upper, Lower);
    Upper->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING Target = RTL_CONSTANT_STRING(L"\\Device\\StrangerAbove");
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = StrangerOpen;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = StrangerOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = StrangerOpen;
    DriverObject->MajorFunction[IRP_MJ_READ] = StrangerRead;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = StrangerControl;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = StrangerControl;
    DriverObject->DriverUnload = StrangerUnload;
    Status = CreateDevices(DriverObject);
    return NT_SUCCESS(Status) ? IoCreateSymbolicLink(&Link, &Target) : Status;
}
