/* wdfpdo.h - physical device objects of a bus driver.
 */
#pragma once

#include <wdfchildlist.h>
#include <wdfdevice.h>

WDF_EXTERN_C_START

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_RESOURCES_QUERY(WDFDEVICE Device, WDFCMRESLIST Resources);
typedef EVT_WDF_DEVICE_RESOURCES_QUERY *PFN_WDF_DEVICE_RESOURCES_QUERY;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS
EVT_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY(WDFDEVICE Device,
                                           WDFIORESREQLIST IoResourceRequirementsList);
typedef EVT_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY *PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_EJECT(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_EJECT *PFN_WDF_DEVICE_EJECT;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_SET_LOCK(WDFDEVICE Device, BOOLEAN IsLocked);
typedef EVT_WDF_DEVICE_SET_LOCK *PFN_WDF_DEVICE_SET_LOCK;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_ENABLE_WAKE_AT_BUS(WDFDEVICE Device, SYSTEM_POWER_STATE PowerState);
typedef EVT_WDF_DEVICE_ENABLE_WAKE_AT_BUS *PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_DISABLE_WAKE_AT_BUS(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISABLE_WAKE_AT_BUS *PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DEVICE_REPORTED_MISSING(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_REPORTED_MISSING *PFN_WDF_DEVICE_REPORTED_MISSING;

typedef struct _WDF_PDO_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_RESOURCES_QUERY EvtDeviceResourcesQuery;
    PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY EvtDeviceResourceRequirementsQuery;
    PFN_WDF_DEVICE_EJECT EvtDeviceEject;
    PFN_WDF_DEVICE_SET_LOCK EvtDeviceSetLock;
    PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS EvtDeviceEnableWakeAtBus;
    PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS EvtDeviceDisableWakeAtBus;
    PFN_WDF_DEVICE_REPORTED_MISSING EvtDeviceReportedMissing;
} WDF_PDO_EVENT_CALLBACKS, *PWDF_PDO_EVENT_CALLBACKS;

FORCEINLINE VOID WDF_PDO_EVENT_CALLBACKS_INIT(PWDF_PDO_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(WDF_PDO_EVENT_CALLBACKS));
    Callbacks->Size = (ULONG)sizeof(WDF_PDO_EVENT_CALLBACKS);
}

/* WdfPdoInitAllocate: get an init for a static child; WdfDeviceInitFree unless a device was made
 * of it.
 *   Returns  the init, or NULL
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitallocate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI PWDFDEVICE_INIT
    WdfPdoInitAllocate(WDFDEVICE ParentDevice);

/* WdfPdoInitSetEventCallbacks: register the PDO callbacks.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitseteventcallbacks
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfPdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit, PWDF_PDO_EVENT_CALLBACKS DispatchTable);

/* WdfPdoInitAssignDeviceID: set the device ID.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitassigndeviceid
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAssignDeviceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceID);

/* WdfPdoInitAssignInstanceID: set the instance ID.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitassigninstanceid
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAssignInstanceID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING InstanceID);

/* WdfPdoInitAddHardwareID: append a hardware ID.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitaddhardwareid
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAddHardwareID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING HardwareID);

/* WdfPdoInitAddCompatibleID: append a compatible ID.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitaddcompatibleid
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAddCompatibleID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CompatibleID);

/* WdfPdoInitAssignContainerID: set the container ID.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitassigncontainerid
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAssignContainerID(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING ContainerID);

/* WdfPdoInitAddDeviceText: set description and location for one locale.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitadddevicetext
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAddDeviceText(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceDescription,
                            PCUNICODE_STRING DeviceLocation, LCID LocaleId);

/* WdfPdoInitSetDefaultLocale: locale whose text is used when the asked one is missing.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitsetdefaultlocale
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfPdoInitSetDefaultLocale(PWDFDEVICE_INIT DeviceInit, LCID LocaleId);

/* WdfPdoInitAssignRawDevice: the device needs no function driver.
 *   Returns  STATUS_INVALID_PARAMETER (not a PDO init)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitassignrawdevice
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfPdoInitAssignRawDevice(PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid);

/* WdfPdoInitAllowForwardingRequestToParent: let requests be forwarded to the parent's queues.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitallowforwardingrequesttoparent
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfPdoInitAllowForwardingRequestToParent(PWDFDEVICE_INIT DeviceInit);

/* WdfPdoMarkMissing: report a static child as gone.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_NO_SUCH_DEVICE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdomarkmissing
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfPdoMarkMissing(WDFDEVICE Device);

/* WdfPdoRequestEject: ask PnP to eject the device.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdorequesteject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfPdoRequestEject(WDFDEVICE Device);

/* WdfPdoGetParent: the bus FDO that made the PDO.
 *   Returns  handle, or NULL when not a PDO
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdogetparent
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE WdfPdoGetParent(WDFDEVICE Device);

/* WdfPdoRetrieveIdentificationDescription: copy the PDO's identification description out.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (static PDO, size)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoretrieveidentificationdescription
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfPdoRetrieveIdentificationDescription(
    WDFDEVICE Device, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription);

/* WdfPdoRetrieveAddressDescription: copy the PDO's address description out.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (static PDO, size)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoretrieveaddressdescription
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfPdoRetrieveAddressDescription(WDFDEVICE Device,
                                     PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription);

/* WdfPdoUpdateAddressDescription: replace the PDO's address description.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (static PDO, size)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoupdateaddressdescription
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfPdoUpdateAddressDescription(WDFDEVICE Device,
                                   PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription);

/* WdfPdoAddEjectionRelationsPhysicalDevice: add a PDO that is ejected together with this one.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_DUPLICATE_OBJECTID (it is there already);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoaddejectionrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfPdoAddEjectionRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfPdoRemoveEjectionRelationsPhysicalDevice: take a PDO out of the ejection relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoremoveejectionrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfPdoRemoveEjectionRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfPdoClearEjectionRelationsDevices: empty the ejection relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoclearejectionrelationsdevices
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfPdoClearEjectionRelationsDevices(WDFDEVICE Device);

/* WdfPdoInitRemovePowerDependencyOnParent: the parent need not be in D0 for this device.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfpdo/nf-wdfpdo-wdfpdoinitremovepowerdependencyonparent
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfPdoInitRemovePowerDependencyOnParent(PWDFDEVICE_INIT DeviceInit);

WDF_EXTERN_C_END
