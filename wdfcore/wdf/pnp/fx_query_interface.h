#pragma once
/* fx_query_interface.h - the driver-defined interfaces that a device offers. */
#include "wdf/pnp/fx_device.h"

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
void fx_query_interfaces_free(struct fx_device *device);
