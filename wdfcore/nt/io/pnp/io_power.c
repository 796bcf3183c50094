/* io_power.c - power requests. A device stack has one request of PoRequestPowerIrp under way at a
 * time; further ones wait on its node in order. They are sent from a work item when the caller is
 * above PASSIVE_LEVEL, and the completion routine is called when the stack is done with the IRP.
 */
#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant once queued, (i) changed only between two windows */
struct io_power_request {
    struct io_power_request *next;      /* (i) */
    struct io_pnp_node *node;           /* (c) */
    PDEVICE_OBJECT device;              /* (c) as the driver named it, referenced */
    PIRP irp;                           /* (c) */
    UCHAR minor;                        /* (c) */
    POWER_STATE state;                  /* (c) */
    PREQUEST_POWER_COMPLETE completion; /* (c) may be NULL */
    PVOID context;                      /* (c) */
    WORK_QUEUE_ITEM work;               /* (i) */
};

static VOID io_power_send_work(PVOID context)
{
    struct io_power_request *request = context;

    io_irp_call(io_device_top(request->device), request->irp);
}

/* Send the first request of the node. */
static void io_power_start(struct io_power_request *request)
{
    if (ke_self->irql > PASSIVE_LEVEL) {
        io_work_queue(&request->work, io_power_send_work, request);
    } else {
        io_power_send_work(request);
    }
}

static void io_power_call_completion(struct io_power_request *request, PIO_STATUS_BLOCK status)
{
    struct ke_callback frame;

    if (request->completion == NULL) {
        return;
    }
    ke_call_enter(&frame, "PowerCompletion", (const void *)request->completion, request->device);
    request->completion(request->device, request->minor, request->state, request->context, status);
    ke_call_leave(&frame);
}

static void io_power_done(PIRP irp, void *context)
{
    struct io_power_request *request = context;
    struct io_pnp_node *node = request->node;
    IO_STATUS_BLOCK status = irp->IoStatus;

    io_power_call_completion(request, &status);
    io_irp_free(irp);
    if (request->minor != IRP_MN_WAIT_WAKE) {
        LL_DELETE(node->power, request);
        if (node->power != NULL) {
            io_power_start(node->power);
        }
    }
    ob_deref(request->device);
    ex_pool_release(request);
}

static PIRP io_power_build(struct io_power_request *request)
{
    PDEVICE_OBJECT top = io_device_top(request->device);
    PIRP irp = io_irp_allocate(top->StackSize, io_power_done, request);
    PIO_STACK_LOCATION next = NULL;

    if (irp == NULL) {
        return NULL;
    }
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_POWER;
    next->MinorFunction = request->minor;
    if (request->minor == IRP_MN_WAIT_WAKE) {
        next->Parameters.WaitWake.PowerState = request->state.SystemState;
    } else {
        next->Parameters.Power.Type = DevicePowerState;
        next->Parameters.Power.State = request->state;
        next->Parameters.Power.ShutdownType = PowerActionNone;
    }
    return irp;
}

NTSTATUS PoRequestPowerIrp(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState,
                           PREQUEST_POWER_COMPLETE CompletionFunction, PVOID Context, PIRP *Irp)
{
    struct io_power_request *request = NULL;
    struct io_pnp_node *node = NULL;
    bool waits = false;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    node = io_pnp_node_of(DeviceObject);
    if (node == NULL || (MinorFunction != IRP_MN_SET_POWER && MinorFunction != IRP_MN_QUERY_POWER &&
                         MinorFunction != IRP_MN_WAIT_WAKE)) {
        return STATUS_INVALID_PARAMETER_2;
    }
    request = ex_pool_allocate(sizeof(*request), 'rwoP', false, true, NULL);
    if (request == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    request->node = node;
    request->device = DeviceObject;
    request->minor = MinorFunction;
    request->state = PowerState;
    request->completion = CompletionFunction;
    request->context = Context;
    request->irp = io_power_build(request);
    if (request->irp == NULL) {
        ex_pool_release(request);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Irp != NULL) {
        *Irp = request->irp;
    }
    ob_ref(DeviceObject); /* dropped by io_power_done */
    /* A wait-wake stays with the bus until the device wakes: it must not hold up the others. */
    if (MinorFunction != IRP_MN_WAIT_WAKE) {
        waits = node->power != NULL;
        LL_APPEND(node->power, request);
    }
    if (!waits) {
        io_power_start(request);
    }
    return STATUS_PENDING;
}

NTSTATUS PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return io_irp_call(DeviceObject, Irp);
}

/* Since Windows Vista the power manager does not wait for this call: there is nothing to start. */
VOID PoStartNextPowerIrp(PIRP Irp)
{
    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (Irp == NULL || Irp->Type != IO_TYPE_IRP) {
        ke_violation(RULE_IrpLifetime, 0xC9, 0x01, (uintptr_t)Irp, 0, 0,
                     "PoStartNextPowerIrp with an IRP that was completed");
    }
}

POWER_STATE PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type, POWER_STATE State)
{
    struct io_device *device;
    POWER_STATE before = State;

    if (!API(DISPATCH_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return before;
    }
    device = io_device_of(DeviceObject);
    if (Type == SystemPowerState) {
        before.SystemState = device->system_state;
        device->system_state = State.SystemState;
    } else {
        before.DeviceState = device->device_state;
        device->device_state = State.DeviceState;
    }
    return before;
}
