#pragma once
/* io_device.h - device objects and stacks of them.
 * Rules for a device object:
 * - its memory lives until IoDeleteDevice was called, no file is open on it and no reference is
 * left
 * - name, links and stack position are gone once IoDeleteDevice returns
 * - in a stack StackSize grows by one from the lower device to the upper
 * What DEVICE_OBJECT has no room for stands in struct io_device, behind the driver's extension, where
 * DeviceObjectExtension points to.
 */
#include <wdm.h>

#include <stdbool.h>

struct io_pnp_node;

/* Keys: (c) constant once created; (i) I/O database: changed only at <= DISPATCH_LEVEL between two
 * windows, under io_lock when processors are threads. */
struct io_device {
    DEVOBJ_EXTENSION extension;      /* what drivers may know of it */
    VPB vpb;                         /* of a storage device */
    PDEVICE_OBJECT lower;            /* (i) what it is attached to */
    size_t size;                     /* (c) of all this, extension included */
    UNICODE_STRING name;             /* (c) full name, empty when unnamed */
    struct io_pnp_node *node;        /* (c) a PDO's device node, set by io_pnp_node_create */
    void (*alone)(PDEVICE_OBJECT);   /* (c) see io_device_on_alone; NULL: nobody wants to know */
    bool delete_pending;             /* (i) IoDeleteDevice was called */
    bool removing;                   /* (i) its stack has been sent REMOVE_DEVICE */
    bool kept_by_upper;              /* (i) deleted then: it goes when who is above detaches */
    UCHAR startio_depth;             /* (i) nested DriverStartIo calls */
    UCHAR startio_attributes;        /* (c) IO_DEVICE_STARTIO_..., see io_startio.c */
    bool startio_deferred;           /* (i) a next packet was asked for inside StartIo */
    bool startio_cancelable;         /* (i) the argument of that call */
    bool startio_by_key;             /* (i) it gave a key */
    ULONG startio_key;               /* (i) that key */
    SYSTEM_POWER_STATE system_state; /* (i) as told by PoSetPowerState */
    DEVICE_POWER_STATE device_state; /* (i) likewise */
};

static inline struct io_device *io_device_of(PDEVICE_OBJECT device)
{
    return CONTAINING_RECORD(device->DeviceObjectExtension, struct io_device, extension);
}

/* io_device_top: the highest device attached above this one (itself if none). Not referenced. */
PDEVICE_OBJECT io_device_top(PDEVICE_OBJECT device);
/* io_device_bottom: the PDO of the stack that the device is in. Not referenced. */
PDEVICE_OBJECT io_device_bottom(PDEVICE_OBJECT device);
/* io_device_is: a live device object of this machine (false for NULL; reads the object). */
bool io_device_is(PDEVICE_OBJECT device);
/* io_device_check: false, with a report that names the routine: the device is none, or deleted. */
bool io_device_check(PDEVICE_OBJECT device, const char *api);
/* io_device_removing: REMOVE_DEVICE is sent to the stack that the device is in. */
void io_device_removing(PDEVICE_OBJECT device);

/* io_device_on_alone: who owns the device is told when its last file has gone, or the last open that
 * failed; a new one may have come by then. Before the device can be opened; any number of times. */
static inline void io_device_on_alone(PDEVICE_OBJECT device, void (*alone)(PDEVICE_OBJECT))
{
    io_device_of(device)->alone = alone;
}

/* io_device_is_alone: no file is open on it, and none is being opened or closed. */
static inline bool io_device_is_alone(PDEVICE_OBJECT device)
{
    return __atomic_load_n(&device->ReferenceCount, __ATOMIC_RELAXED) == 0;
}

/* io_device_open/close: count an open file; close finishes a pending deletion. */
NTSTATUS io_device_open(PDEVICE_OBJECT device);
void io_device_close(PDEVICE_OBJECT device);
