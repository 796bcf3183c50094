/* wmi_lib_complete.c - wmilib: WmiCompleteRequest makes the answer to a request of WMI, WmiFireEvent
 * sends an event.
 */
#include <wmilib.h>

#include <string.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/wmi/wmi.h"

/* wmi_lib_pair: lengths become offsets and lengths, the last one first, since each pair lies where two
 * lengths did. */
static void wmi_lib_pair(WNODE_ALL_DATA *all)
{
    const ULONG *lengths = &all->OffsetInstanceDataAndLength[0].OffsetInstanceData;
    ULONG end = all->DataBlockOffset;

    for (ULONG i = 0; i < all->InstanceCount; i++) {
        end += wmi_aligned(lengths[i]);
    }
    for (ULONG i = all->InstanceCount; i-- > 0;) {
        ULONG length = lengths[i];

        end -= wmi_aligned(length);
        all->OffsetInstanceDataAndLength[i].LengthInstanceData = length;
        all->OffsetInstanceDataAndLength[i].OffsetInstanceData = end;
    }
}

/* wmi_lib_answer: the WNODE of a query or method; returns what to complete it with. */
static NTSTATUS wmi_lib_answer(PIRP irp, ULONG data_offset, ULONG used, NTSTATUS status)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    WNODE_HEADER *header = stack->Parameters.WMI.Buffer;
    ULONG needed = data_offset + used;

    if (NT_SUCCESS(status) && needed > stack->Parameters.WMI.BufferSize) {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    if (NT_SUCCESS(status)) {
        header->BufferSize = needed;
        KeQuerySystemTime(&header->TimeStamp);
        irp->IoStatus.Information = needed;
        return status;
    }
    if (status == STATUS_BUFFER_TOO_SMALL) {
        header->BufferSize = sizeof(WNODE_TOO_SMALL);
        header->Flags = WNODE_FLAG_TOO_SMALL;
        ((WNODE_TOO_SMALL *)(void *)header)->SizeNeeded = needed;
        irp->IoStatus.Information = sizeof(WNODE_TOO_SMALL);
        return STATUS_SUCCESS;
    }
    return status;
}

/* wmi_lib_fits: the answer that succeeded fits. */
static bool wmi_lib_fits(const IO_STACK_LOCATION *stack, ULONG data_offset, ULONG used,
                         NTSTATUS status)
{
    return NT_SUCCESS(status) && data_offset + used <= stack->Parameters.WMI.BufferSize;
}

/* wmi_lib_has_location: false after a violation: nobody sent it, or it was completed before. */
static bool wmi_lib_has_location(PIRP irp, CCHAR boost)
{
    if (irp->CurrentLocation <= irp->StackCount) {
        return true;
    }
    if (irp->CurrentLocation == irp->StackCount + 1) {
        ke_violation(RULE_IrpStackMisuse, 0, (uintptr_t)irp, 0, 0, 0,
                     "WmiCompleteRequest of an IRP that has no current stack location");
    } else {
        io_irp_complete(irp, boost); /* says what is wrong */
    }
    return false;
}

NTSTATUS WmiCompleteRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp, NTSTATUS Status,
                            ULONG BufferUsed, CCHAR PriorityBoost)
{
    const IO_STACK_LOCATION *stack;
    void *wnode;

    if (!API(DISPATCH_LEVEL) || !io_device_check(DeviceObject, __func__) ||
        !ke_check_address(Irp, "an IRP", __func__) || !wmi_lib_has_location(Irp, PriorityBoost)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    stack = IoGetCurrentIrpStackLocation(Irp);
    wnode = stack->Parameters.WMI.Buffer;
    Irp->IoStatus.Information = 0;
    if (stack->MinorFunction == IRP_MN_QUERY_ALL_DATA) {
        WNODE_ALL_DATA *all = wnode;
        ULONG offset = all->DataBlockOffset;

        if (wmi_lib_fits(stack, offset, BufferUsed, Status)) {
            wmi_lib_pair(all);
        }
        Status = wmi_lib_answer(Irp, offset, BufferUsed, Status);
    } else if (stack->MinorFunction == IRP_MN_QUERY_SINGLE_INSTANCE) {
        WNODE_SINGLE_INSTANCE *single = wnode;
        ULONG offset = single->DataBlockOffset;

        if (wmi_lib_fits(stack, offset, BufferUsed, Status)) {
            single->SizeDataBlock = BufferUsed;
        }
        Status = wmi_lib_answer(Irp, offset, BufferUsed, Status);
    } else if (stack->MinorFunction == IRP_MN_EXECUTE_METHOD) {
        WNODE_METHOD_ITEM *method = wnode;
        ULONG offset = method->DataBlockOffset;

        if (wmi_lib_fits(stack, offset, BufferUsed, Status)) {
            method->SizeDataBlock = BufferUsed;
        }
        Status = wmi_lib_answer(Irp, offset, BufferUsed, Status);
    }
    Irp->IoStatus.Status = Status;
    io_irp_complete(Irp, PriorityBoost);
    return Status;
}

/* ---- WmiFireEvent ---- */

NTSTATUS WmiFireEvent(PDEVICE_OBJECT DeviceObject, LPCGUID Guid, ULONG InstanceIndex,
                      ULONG EventDataSize, PVOID EventData)
{
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = wmi_fire(DeviceObject, Guid, InstanceIndex, EventData != NULL ? EventDataSize : 0,
                      EventData);
    if (EventData != NULL) {
        ex_pool_release(EventData); /* the driver's block: it gave it away */
    }
    return status;
}
