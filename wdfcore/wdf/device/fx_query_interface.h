#pragma once
/* fx_query_interface.h - the driver-defined interfaces that a device offers. */
#include "wdf/device/fx_device.h"

struct fx_query_interface {
    struct fx_query_interface *next;
    GUID type;
    bool import; /* the driver fills in the asker's structure, nothing is copied */
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST callback;
    INTERFACE *interface; /* NULL: only import */
};

/* fx_query_answer: IRP_MN_QUERY_INTERFACE: STATUS_NOT_SUPPORTED when nothing of this type is
 * offered; else what the request completes with. */
NTSTATUS fx_query_answer(struct fx_device *device, PIRP irp);
/* fx_query_send: IRP_MN_QUERY_INTERFACE to a device; its status. PASSIVE_LEVEL. Blocks. */
NTSTATUS fx_query_send(DEVICE_OBJECT *device, const GUID *type, INTERFACE *interface, USHORT size,
                       USHORT version, PVOID data);
void fx_query_interfaces_free(struct fx_device *device);
