/* wdfminiport.h - framework objects beside a port driver's devices.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

/* WdfDeviceMiniportCreate: make a device object beside a port driver's WDM device.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, or the attributes' failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfminiport/nf-wdfminiport-wdfdeviceminiportcreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceMiniportCreate(WDFDRIVER Driver, PWDF_OBJECT_ATTRIBUTES Attributes,
                            PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT AttachedDeviceObject,
                            PDEVICE_OBJECT Pdo, WDFDEVICE *Device);

/* WdfDriverMiniportUnload: to be called from a miniport's own unload routine.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfminiport/nf-wdfminiport-wdfdriverminiportunload
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDriverMiniportUnload(WDFDRIVER Driver);

WDF_EXTERN_C_END
