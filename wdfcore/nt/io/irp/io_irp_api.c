/* io_irp_api.c - the IRP routines of the API: io_irp.c behind the entry test. */
#include <string.h>
#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    if (!API(DISPATCH_LEVEL)) {
        return NULL;
    }
    return io_irp_allocate_for(StackSize, KE_CALLER());
}

PIRP IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
    if (!API(DISPATCH_LEVEL) ||
        (DeviceObject != NULL && !io_device_check(DeviceObject, __func__))) {
        return NULL;
    }
    return io_irp_allocate_for(StackSize, KE_CALLER());
}

VOID IoFreeIrp(PIRP Irp)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Irp, "an IRP", __func__) ||
        !io_irp_check_owned(Irp, "IoFreeIrp", 0x20B)) {
        return;
    }
    io_irp_free(Irp);
}

VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (StackSize < 0 || PacketSize < IoSizeOfIrp(StackSize)) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0,
                     "IoInitializeIrp: a packet of %u bytes does not hold %d stack locations",
                     PacketSize, StackSize);
        return;
    }
    if (io_irp_is_allocated(Irp)) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x20D, (uintptr_t)Irp, 0, 0,
                     "IoInitializeIrp of an IRP from IoAllocateIrp");
        return;
    }
    io_irp_init(Irp, StackSize, PacketSize);
}

VOID IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Irp, "an IRP", __func__)) {
        return;
    }
    /* One in the driver's own memory is reused without further ado. */
    if ((Irp == NULL || io_irp_is_allocated(Irp) || Irp->Type != IO_TYPE_IRP) &&
        !io_irp_check_owned(Irp, "IoReuseIrp", 0x310)) {
        return;
    }
    io_irp_reuse(Irp, Iostatus);
}

bool io_irp_check(PIRP irp, const char *api)
{
    if (!ke_check_address(irp, "an IRP", api)) {
        return false;
    }
    if (irp->Type != IO_TYPE_IRP) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x02, (uintptr_t)irp, 0, 0,
                     "%s with an IRP that was freed or never initialized", api);
        return false;
    }
    return true;
}

NTSTATUS IoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Irp, "an IRP", __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return io_irp_call(DeviceObject, Irp);
}

VOID IoCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    if (!API(DISPATCH_LEVEL) || !ke_check_address(Irp, "an IRP", __func__)) {
        return;
    }
    if (ke_driver_holds_spin_lock(ke_self)) {
        ke_violation(RULE_SpinLockHeldCallout, 0, (uintptr_t)Irp, 0, 0, 0,
                     "IoCompleteRequest with a spin lock held");
    }
    io_irp_complete(Irp, PriorityBoost);
}

/* IoSetCompletionRoutineEx holds the registrant's device until its routine was called. */
struct io_completion {
    PDEVICE_OBJECT device;
    PIO_COMPLETION_ROUTINE routine;
    PVOID context;
    UCHAR invoke; /* SL_INVOKE_ON_... */
};

static NTSTATUS io_completion_ex(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct io_completion completion = *(struct io_completion *)context;
    NTSTATUS result = STATUS_SUCCESS;
    bool success = NT_SUCCESS(irp->IoStatus.Status);

    ex_pool_release(context);
    if ((success && (completion.invoke & SL_INVOKE_ON_SUCCESS) != 0) ||
        (!success && (completion.invoke & SL_INVOKE_ON_ERROR) != 0) ||
        (__atomic_load_n(&irp->Cancel, __ATOMIC_RELAXED) &&
         (completion.invoke & SL_INVOKE_ON_CANCEL) != 0)) {
        result = completion.routine(device, irp, completion.context);
    } else if (irp->PendingReturned && irp->CurrentLocation <= irp->StackCount) {
        IoMarkIrpPending(irp); /* as a level without a routine */
    }
    ob_deref(completion.device);
    return result;
}

NTSTATUS IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                  PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
                                  BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
                                  BOOLEAN InvokeOnCancel)
{
    struct io_completion *completion = NULL;

    if (!API(DISPATCH_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        !io_irp_check(Irp, __func__)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    completion = ex_pool_allocate(sizeof(*completion), 'pmCI', false, true, NULL);
    if (completion == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    completion->device = DeviceObject;
    completion->routine = CompletionRoutine;
    completion->context = Context;
    completion->invoke = (UCHAR)((InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
                                 (InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
                                 (InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0));
    ob_ref(DeviceObject); /* dropped by io_completion_ex */
    IoSetCompletionRoutine(Irp, io_completion_ex, completion, TRUE, TRUE, TRUE);
    return STATUS_SUCCESS;
}

static NTSTATUS io_forward_completion(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    if (irp->PendingReturned) {
        KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KEVENT event;

    if (!API(APC_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        !io_irp_check(Irp, __func__)) {
        return FALSE;
    }
    if (Irp->CurrentLocation <= 1) {
        return FALSE;
    }
    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, io_forward_completion, &event, TRUE, TRUE, TRUE);
    if (io_irp_call(DeviceObject, Irp) == STATUS_PENDING) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    }
    return TRUE;
}

/* An associated IRP is done; the last one completes the master. */
static void io_associated_done(PIRP irp, void *context)
{
    PIRP master = context;

    io_irp_free(irp);
    if (__atomic_sub_fetch(&master->AssociatedIrp.IrpCount, 1, __ATOMIC_ACQ_REL) == 0) {
        io_irp_complete(master, IO_NO_INCREMENT);
    }
}

PIRP IoMakeAssociatedIrp(PIRP Irp, CCHAR StackSize)
{
    PIRP irp = NULL;

    if (!API(DISPATCH_LEVEL) || !io_irp_check(Irp, __func__)) {
        return NULL;
    }
    irp = io_irp_allocate(StackSize, io_associated_done, Irp); /* IoFreeIrp may take it, too */
    if (irp != NULL) {
        irp->Flags |= IRP_ASSOCIATED_IRP;
        irp->AssociatedIrp.MasterIrp = Irp;
        irp->Tail.Overlay.Thread = Irp->Tail.Overlay.Thread;
    }
    return irp;
}

BOOLEAN IoIsOperationSynchronous(PIRP Irp)
{
    PFILE_OBJECT file = NULL;

    if (!API_QUIET(DISPATCH_LEVEL) || !io_irp_check(Irp, __func__)) {
        return FALSE;
    }
    file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    return (file != NULL && (file->Flags & FO_SYNCHRONOUS_IO) != 0) ||
           (Irp->Flags & (IRP_SYNCHRONOUS_API | IRP_SYNCHRONOUS_PAGING_IO)) != 0;
}
