#pragma once
/* fx_io.h - a device's I/O side: from the IRP that reaches its device object to a queue, a file
 * callback or the next lower driver.
 * What fx_device.c and the power code call:
 *     fx_io_create         in WdfDeviceCreate, after the WDM device is there
 *     fx_io_dispatch       for every IRP that is not PNP, POWER, SYSTEM_CONTROL or SHUTDOWN, after
 *                          the driver's preprocess callbacks
 *     fx_io_power_up       in D0, before EvtDeviceSelfManagedIoInit or Restart
 *     fx_io_power_down     after EvtDeviceSelfManagedIoSuspend
 *     fx_io_purge          at removal, power-managed queues first, all others later
 *     fx_io_destroy        when the device object's memory goes
 * Rules:
 * - an IRP that a queue accepts is marked pending and STATUS_PENDING is returned, whatever happens
 *   to it meanwhile
 * - a power-managed queue holds what arrives until fx_io_power_up
 */
#include <wdf.h>

#include <stdbool.h>

#include "wdf/device/fx_device.h"
#include "wdf/frame/fx_lock.h"

struct fx_file;
struct fx_queue;
struct fx_request;

enum { FX_IO_CREATE, FX_IO_READ, FX_IO_WRITE, FX_IO_CONTROL, FX_IO_INTERNAL, FX_IO_TYPES };

/* EvtDeviceWdmIrpDispatch: the driver says where the IRPs of a type go. */
struct fx_io_route {
    PFN_WDFDEVICE_WDM_IRP_DISPATCH callback; /* NULL: by the type */
    WDFCONTEXT context;
};

/* Keys: (c) constant once created; (i) io lock; (f) fixed once the device has started */
struct fx_io {
    struct base_lock lock;
    struct fx_device *device;               /* (c) */
    struct fx_queue *queues;                /* (i) in order of creation */
    struct fx_queue *default_queue;         /* (f) */
    struct fx_queue *by_type[FX_IO_TYPES];  /* (f) WdfDeviceConfigureRequestDispatching */
    struct fx_io_route routes[FX_IO_TYPES]; /* (f) */
    struct fx_file *files;                  /* (i) uthash by FILE_OBJECT */
    ULONG opens;                            /* (i) not closed yet, with file object or without */
    WDF_FILEOBJECT_CLASS file_class;        /* (c) WdfFileObjectNotRequired: no file objects */
    bool has_file_attributes;               /* (c) */
    bool forward_file;                      /* (c) create, cleanup and close go down the stack */
    bool powered;                           /* (i) power-managed queues deliver */
    struct fx_callback_lock *file_lock;     /* (c) scope Device: the device's callback lock */
};

/* fx_io_create: the I/O side of a new device, without queues.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (scope of the file attributes, see SYNC-10, SYNC-11);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL */
NTSTATUS fx_io_create(struct fx_device *device, struct fx_io **io);
void fx_io_destroy(struct fx_io *io);

/* fx_io_dispatch: take an IRP. Returns what the dispatch routine returns. <= DISPATCH_LEVEL. */
NTSTATUS fx_io_dispatch(struct fx_device *device, PIRP irp);

/* fx_io_type: of the IRPs that go to queues by their type; FX_IO_TYPES: not such a one. */
unsigned fx_io_type(UCHAR major);
/* fx_io_dispatch_by_type: without EvtDeviceWdmIrpDispatch; an IRP of such a type. */
NTSTATUS fx_io_dispatch_by_type(struct fx_io *io, PIRP irp);
/* fx_io_dispatch_to_queue: put an IRP straight into a queue.
 *   in_caller_context  EvtIoInCallerContext, if the device has one, sees it first */
NTSTATUS fx_io_dispatch_to_queue(struct fx_queue *queue, PIRP irp, bool in_caller_context);

/* fx_io_make_request: for an IRP that a queue is to take; it is pending then. NULL: memory is short.
 * fx_io_put: a new request goes into the queue, whose driver may have it before this returns. */
struct fx_request *fx_io_make_request(struct fx_io *io, PIRP irp);
void fx_io_put(struct fx_queue *queue, struct fx_request *request);

/* fx_io_enqueue: a request goes to the queue of its type: WdfDeviceEnqueueRequest. */
NTSTATUS fx_io_enqueue(struct fx_io *io, struct fx_request *request);

/* fx_io_power_up: EvtIoResume for what the driver kept, then delivery. <= DISPATCH_LEVEL.
 * fx_io_power_down: power-managed queues stop delivering; EvtIoStop for each request that the
 * driver owns; waits until each is completed, given back or acknowledged. PASSIVE_LEVEL.
 *   action  WdfRequestStopActionSuspend or WdfRequestStopActionPurge */
void fx_io_power_up(struct fx_io *io);
void fx_io_power_down(struct fx_io *io, WDF_REQUEST_STOP_ACTION_FLAGS action);

/* fx_io_purge: refuse what comes, cancel what is queued, EvtIoStop with the purge flag for what
 * the driver owns; waits until it owns nothing. managed: the power-managed queues, else all others.
 * PASSIVE_LEVEL. */
void fx_io_purge(struct fx_io *io, bool managed);

/* fx_io_restart: queues that were purged take requests again: a PDO is started anew. */
void fx_io_restart(struct fx_io *io);

/* fx_io_forget_file: the file goes; a lower driver's requests may be left that name it. */
void fx_io_forget_file(struct fx_io *io, const struct fx_file *file);
/* fx_io_cancel_file: cancel what is queued and belongs to the file (IRP_MJ_CLEANUP). */
void fx_io_cancel_file(struct fx_io *io, struct fx_file *file);

/* fx_io_add_queue, fx_io_remove_queue: the device's list of queues. */
void fx_io_add_queue(struct fx_io *io, struct fx_queue *queue);
void fx_io_remove_queue(struct fx_io *io, struct fx_queue *queue);

/* fx_io_forward: send an IRP unchanged to the next lower driver, or complete it with
 * STATUS_INVALID_DEVICE_REQUEST if there is none. */
NTSTATUS fx_io_forward(struct fx_io *io, PIRP irp);

/* fx_io_complete: complete an IRP that became no request. Returns status. */
NTSTATUS fx_io_complete(PIRP irp, NTSTATUS status, ULONG_PTR information);

static inline bool fx_io_is_filter(const struct fx_io *io)
{
    return io->device->kind == FX_DEVICE_FILTER;
}
