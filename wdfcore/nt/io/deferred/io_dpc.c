/* io_dpc.c - DpcForIsr: the one DPC inside a device object. Its context is the device object, its
 * arguments are the IRP and the driver's context; wdm.h binds the routine (IoInitializeDpcRequest).
 */
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc.h"

VOID IoRequestDpc(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    if (API(HIGH_LEVEL) && io_device_check(DeviceObject, __func__)) {
        ke_dpc_insert(&DeviceObject->Dpc, Irp, Context);
    }
}
