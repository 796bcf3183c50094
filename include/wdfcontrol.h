/* wdfcontrol.h - control devices: no hardware, no PnP, no power.
 */
#pragma once

#include <wdfdevice.h>
#include <wdmsec.h>

WDF_EXTERN_C_START

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_SHUTDOWN_NOTIFICATION *PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION;

typedef enum _WDF_DEVICE_SHUTDOWN_FLAGS {
    WdfDeviceShutdown = 0x01,
    WdfDeviceLastChanceShutdown = 0x02,
} WDF_DEVICE_SHUTDOWN_FLAGS;

/* WdfControlDeviceInitAllocate: get an init for a control device; WdfDeviceInitFree unless a
 * device was made of it.
 *   Returns  the init, or NULL
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfcontrol/nf-wdfcontrol-wdfcontroldeviceinitallocate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI PWDFDEVICE_INIT
    WdfControlDeviceInitAllocate(WDFDRIVER Driver, CONST UNICODE_STRING *SDDLString);

/* WdfControlDeviceInitSetShutdownNotification: register the shutdown callback.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfcontrol/nf-wdfcontrol-wdfcontroldeviceinitsetshutdownnotification
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfControlDeviceInitSetShutdownNotification(PWDFDEVICE_INIT DeviceInit,
                                                PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification,
                                                UCHAR Flags);

/* WdfControlFinishInitializing: let opens through to a control device.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcontrol/nf-wdfcontrol-wdfcontrolfinishinitializing
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfControlFinishInitializing(WDFDEVICE Device);

WDF_EXTERN_C_END
