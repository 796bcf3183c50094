/* io_usb.c - URBs arrive at a port, wait at the device, and are completed; see io_usb.h.
 *
 * Normal path: io_usb_dispatch makes a transfer of the URB and hands it to the device under the model's
 * lock. Once the device has finished it the port's DPC is queued, which fills in URB and IRP.
 * Cancellation: the cancel routine takes the transfer out of its endpoint. Who finishes it otherwise has
 * taken the routine first (usb_claim), so that one of both does it.
 */
#include "nt/usb/io_usb.h"

#include <stdlib.h>

#include "nt/dpc/ke_dpc.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/ke/ke_machine.h"

#define USB_CONTEXT 0 /* of Tail.Overlay.DriverContext: the transfer */

/* ---- completing ---- */

NTSTATUS io_usb_status(USBD_STATUS status)
{
    switch (status) {
    case USBD_STATUS_SUCCESS:
        return STATUS_SUCCESS;
    case USBD_STATUS_CANCELED:
        return STATUS_CANCELLED;
    case USBD_STATUS_DEVICE_GONE:
        return STATUS_NO_SUCH_DEVICE;
    case USBD_STATUS_NOT_SUPPORTED:
        return STATUS_NOT_SUPPORTED;
    case USBD_STATUS_INSUFFICIENT_RESOURCES:
        return STATUS_INSUFFICIENT_RESOURCES;
    case USBD_STATUS_ERROR_BUSY:
        return STATUS_DEVICE_BUSY;
    case USBD_STATUS_TIMEOUT:
        return STATUS_IO_TIMEOUT;
    case USBD_STATUS_INVALID_URB_FUNCTION:
    case USBD_STATUS_INVALID_PARAMETER:
    case USBD_STATUS_INVALID_PIPE_HANDLE:
    case USBD_STATUS_BAD_START_FRAME:
    case USBD_STATUS_INTERFACE_NOT_FOUND:
    case USBD_STATUS_INVALID_CONFIGURATION_DESCRIPTOR:
        return STATUS_INVALID_PARAMETER;
    default:
        return STATUS_UNSUCCESSFUL;
    }
}

static USBD_STATUS usb_status_of(const struct io_usb_transfer *transfer)
{
    switch (transfer->hal.status) {
    case HAL_USB_OK:
        return transfer->status;
    case HAL_USB_STALL:
        return USBD_STATUS_STALL_PID;
    case HAL_USB_HALTED:
        return USBD_STATUS_ENDPOINT_HALTED;
    case HAL_USB_OVERRUN:
        return USBD_STATUS_BUFFER_OVERRUN;
    case HAL_USB_SHORT:
        return USBD_STATUS_ERROR_SHORT_TRANSFER;
    case HAL_USB_CANCELLED:
        return USBD_STATUS_CANCELED;
    case HAL_USB_GONE:
    default:
        return USBD_STATUS_DEVICE_GONE;
    }
}

VOID io_usb_complete(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct io_usb *port = DeferredContext;
    struct hal_transfer *finished;

    while ((finished = hal_usb_finished(port->usb)) != NULL) {
        struct io_usb_transfer *transfer = CONTAINING_RECORD(finished, struct io_usb_transfer, hal);
        PIRP irp = transfer->irp;
        PURB urb = transfer->urb;

        if (urb != NULL) {
            urb->UrbHeader.Status = usb_status_of(transfer);
        }
        if (transfer->length != NULL) {
            *transfer->length = (ULONG)transfer->hal.moved;
        }
        irp->IoStatus.Status = io_usb_status(usb_status_of(transfer));
        irp->IoStatus.Information = 0;
        free(transfer);
        io_irp_complete(irp, IO_NO_INCREMENT);
    }
}

/* ---- waiting, and its end ---- */

static bool usb_claim(struct hal_transfer *hal)
{
    PIRP irp = CONTAINING_RECORD(hal, struct io_usb_transfer, hal)->irp;

    return __atomic_exchange_n(&irp->CancelRoutine, NULL, __ATOMIC_ACQ_REL) != NULL;
}

static VOID usb_cancel(PDEVICE_OBJECT pdo, PIRP irp)
{
    struct io_usb_transfer *transfer = irp->Tail.Overlay.DriverContext[USB_CONTEXT];
    struct hal_usb *usb = transfer->port->usb;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    hal_device_enter(usb->hal);
    hal_usb_withdraw(usb, &transfer->hal);
    hal_device_leave(usb->hal);
}

/* The transfer waits at its endpoint. The model's lock is held. */
static void usb_wait(struct io_usb_transfer *transfer, struct hal_usb_endpoint *endpoint)
{
    struct hal_usb *usb = transfer->port->usb;
    PIRP irp = transfer->irp;

    if (io_usb_is_gone(transfer->port) || endpoint->halted) {
        hal_usb_finish(usb, &transfer->hal, endpoint->halted ? HAL_USB_HALTED : HAL_USB_GONE);
        return;
    }
    irp->Tail.Overlay.DriverContext[USB_CONTEXT] = transfer;
    (void)__atomic_exchange_n(&irp->CancelRoutine, usb_cancel, __ATOMIC_ACQ_REL);
    /* IoCancelIrp sets Cancel before it takes the routine: one of both sides sees the other. Whoever
     * has taken it waits for the model's lock and finds the transfer in its list. */
    if (__atomic_load_n(&irp->Cancel, __ATOMIC_ACQUIRE) && usb_claim(&transfer->hal)) {
        hal_usb_finish(usb, &transfer->hal, HAL_USB_CANCELLED);
        return;
    }
    hal_usb_submit(usb, endpoint, &transfer->hal);
}

/* ---- URBs ---- */

/* Bulk and interrupt. The lock is held; a failure: nothing was submitted. */
static USBD_STATUS usb_transfer(struct io_usb_transfer *transfer)
{
    struct _URB_BULK_OR_INTERRUPT_TRANSFER *block = &transfer->urb->UrbBulkOrInterruptTransfer;
    struct hal_usb_endpoint *endpoint = io_usb_endpoint(transfer->port, block->PipeHandle);
    unsigned kind = endpoint != NULL ? endpoint->attributes & 3u : 0;
    bool in;

    if (endpoint == NULL) {
        return USBD_STATUS_INVALID_PIPE_HANDLE;
    }
    in = (endpoint->number & WC_USB_IN) != 0;
    if ((kind != USB_ENDPOINT_TYPE_BULK && kind != USB_ENDPOINT_TYPE_INTERRUPT) ||
        (transfer->hal.length != 0 && transfer->hal.data == NULL)) {
        return USBD_STATUS_INVALID_PARAMETER;
    }
    if (in != ((block->TransferFlags & USBD_TRANSFER_DIRECTION_IN) != 0)) {
        /* the direction is the endpoint's whatever the flags say, and is shown there */
        block->TransferFlags ^= USBD_TRANSFER_DIRECTION_IN;
    }
    transfer->hal.short_allowed = !in || (block->TransferFlags & USBD_SHORT_TRANSFER_OK) != 0;
    transfer->length = &block->TransferBufferLength;
    usb_wait(transfer, endpoint);
    return USBD_STATUS_SUCCESS;
}

static USBD_STATUS usb_pipe_request(struct io_usb *port, PURB urb)
{
    struct hal_usb_endpoint *endpoint = io_usb_endpoint(port, urb->UrbPipeRequest.PipeHandle);
    USHORT function = urb->UrbHeader.Function;

    if (endpoint == NULL) {
        return USBD_STATUS_INVALID_PIPE_HANDLE;
    }
    if (function == URB_FUNCTION_ABORT_PIPE) {
        hal_usb_abort(port->usb, endpoint, HAL_USB_CANCELLED);
        return USBD_STATUS_SUCCESS;
    }
    if (endpoint->transfers != NULL && function != URB_FUNCTION_SYNC_CLEAR_STALL) {
        return USBD_STATUS_ERROR_BUSY;
    }
    if (function != URB_FUNCTION_SYNC_RESET_PIPE) {
        hal_usb_clear(port->usb, endpoint);
    }
    if (function != URB_FUNCTION_SYNC_CLEAR_STALL) {
        endpoint->halted = false;
    }
    return USBD_STATUS_SUCCESS;
}

/* Functions that are done at once. The lock is held. */
static USBD_STATUS usb_immediate(struct io_usb_transfer *transfer)
{
    struct io_usb *port = transfer->port;
    PURB urb = transfer->urb;

    switch (urb->UrbHeader.Function) {
    case URB_FUNCTION_SELECT_CONFIGURATION:
        return io_usb_select_configuration(port, urb);
    case URB_FUNCTION_SELECT_INTERFACE:
        return io_usb_select_interface(port, urb);
    case URB_FUNCTION_ABORT_PIPE:
    case URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL:
    case URB_FUNCTION_SYNC_RESET_PIPE:
    case URB_FUNCTION_SYNC_CLEAR_STALL:
        return usb_pipe_request(port, urb);
    case URB_FUNCTION_GET_CURRENT_FRAME_NUMBER:
        urb->UrbGetCurrentFrameNumber.FrameNumber = io_usb_frame();
        return USBD_STATUS_SUCCESS;
    case URB_FUNCTION_GET_MS_FEATURE_DESCRIPTOR:
    case URB_FUNCTION_OPEN_STATIC_STREAMS:
    case URB_FUNCTION_CLOSE_STATIC_STREAMS:
    case URB_FUNCTION_ISOCH_TRANSFER:
    case URB_FUNCTION_ISOCH_TRANSFER_USING_CHAINED_MDL:
    case URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER_USING_CHAINED_MDL:
    case URB_FUNCTION_TAKE_FRAME_LENGTH_CONTROL:
    case URB_FUNCTION_RELEASE_FRAME_LENGTH_CONTROL:
    case URB_FUNCTION_GET_FRAME_LENGTH:
    case URB_FUNCTION_SET_FRAME_LENGTH:
        return USBD_STATUS_NOT_SUPPORTED;
    default:
        return USBD_STATUS_INVALID_URB_FUNCTION;
    }
}

static void usb_run_locked(struct io_usb_transfer *transfer, const struct wc_usb_setup *setup)
{
    struct hal_usb *usb = transfer->port->usb;
    enum hal_usb_status status = HAL_USB_OK;

    if (io_usb_is_gone(transfer->port)) {
        status = HAL_USB_GONE;
    } else if (setup != NULL) {
        transfer->hal.moved = transfer->hal.length;
        status = hal_usb_control(usb, setup, transfer->hal.data, &transfer->hal.moved);
    } else if (transfer->urb->UrbHeader.Function == URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER) {
        transfer->status = usb_transfer(transfer);
        if (USBD_SUCCESS(transfer->status)) {
            return;
        }
    } else {
        transfer->status = usb_immediate(transfer);
    }
    hal_usb_finish(usb, &transfer->hal, status);
}

static NTSTATUS usb_refuse(PIRP irp, PURB urb, USBD_STATUS status)
{
    NTSTATUS answer = io_usb_status(status);

    if (urb != NULL) {
        urb->UrbHeader.Status = status;
    }
    irp->IoStatus.Status = answer;
    irp->IoStatus.Information = 0;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return answer;
}

static NTSTATUS usb_submit(struct io_usb *port, PIRP irp, PURB urb)
{
    struct io_usb_transfer *transfer;
    struct wc_usb_setup setup;
    bool control;
    void *data = NULL;

    if (urb == NULL || urb->UrbHeader.Length < sizeof(struct _URB_HEADER)) {
        return usb_refuse(irp, urb, USBD_STATUS_INVALID_PARAMETER);
    }
    transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        return usb_refuse(irp, urb, USBD_STATUS_INSUFFICIENT_RESOURCES);
    }
    transfer->port = port;
    transfer->irp = irp;
    transfer->urb = urb;
    transfer->hal.claim = usb_claim;
    control = io_usb_setup(urb, &setup, &data, &transfer->hal.length, &transfer->length);
    if (urb->UrbHeader.Function == URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER) {
        const struct _URB_BULK_OR_INTERRUPT_TRANSFER *block = &urb->UrbBulkOrInterruptTransfer;

        data = io_usb_buffer(block->TransferBuffer, block->TransferBufferMDL);
        transfer->hal.length = block->TransferBufferLength;
    }
    transfer->hal.data = data;
    if (control && transfer->hal.length != 0 && data == NULL) {
        free(transfer);
        return usb_refuse(irp, urb, USBD_STATUS_INVALID_PARAMETER);
    }
    IoMarkIrpPending(irp);
    hal_device_enter(port->usb->hal);
    usb_run_locked(transfer, control ? &setup : NULL);
    hal_device_leave(port->usb->hal);
    return STATUS_PENDING;
}

/* ---- requests ---- */

NTSTATUS io_usb_dispatch(struct io_usb *port, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    PDEVICE_OBJECT pdo = port->pdo;
    NTSTATUS status;

    switch (location->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_INTERNAL_USB_SUBMIT_URB:
        return usb_submit(port, irp, location->Parameters.Others.Argument1);
    case IOCTL_INTERNAL_USB_RESET_PORT:
        status = io_usb_reset(port);
        break;
    case IOCTL_INTERNAL_USB_CYCLE_PORT:
        status = io_usb_reset(port);
        if (NT_SUCCESS(status)) {
            io_pnp_reenumerate(pdo);
        }
        break;
    case IOCTL_INTERNAL_USB_GET_PORT_STATUS:
        status = io_usb_port_status(port, location->Parameters.Others.Argument1);
        break;
    default:
        status = STATUS_NOT_SUPPORTED;
        break;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}
