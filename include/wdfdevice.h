/* wdfdevice.h - devices: init, callbacks, PnP and power, names, interfaces.
 * - a PWDFDEVICE_INIT collects settings; WdfDeviceCreate consumes it
 * - PnP and power callbacks run at PASSIVE_LEVEL, one at a time a device
 */
#pragma once

#include "wdf/device_config.h"
#include "wdf/device_init.h"
#include "wdf/device_state.h"

WDF_EXTERN_C_START

/* WdfDeviceGetDeviceState: copy the PnP state flags that were set last.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicestate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceGetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState);

/* WdfDeviceSetDeviceState: change the PnP state flags; WdfUseDefault leaves one alone.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdevicestate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceState(WDFDEVICE Device, PWDF_DEVICE_STATE DeviceState);

/* WdfWdmDeviceGetWdfDeviceHandle: framework device that owns a WDM device object.
 *   Returns  handle, or NULL when it is not a framework device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfwdmdevicegetwdfdevicehandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfWdmDeviceGetWdfDeviceHandle(PDEVICE_OBJECT DeviceObject);

/* WdfDeviceWdmGetDeviceObject: the WDM device object of a device.
 *   Returns  device object
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetdeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetDeviceObject(WDFDEVICE Device);

/* WdfDeviceWdmGetAttachedDevice: the next lower device object.
 *   Returns  device object; NULL for a PDO or control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetattacheddevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetAttachedDevice(WDFDEVICE Device);

/* WdfDeviceWdmGetPhysicalDevice: the PDO at the bottom of the stack.
 *   Returns  device object; NULL for a control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfDeviceWdmGetPhysicalDevice(WDFDEVICE Device);

/* WdfDeviceWdmDispatchPreprocessedIrp: hand an IRP back to the framework from a preprocess
 * callback.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchpreprocessedirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchPreprocessedIrp(WDFDEVICE Device, PIRP Irp);

/* WdfDeviceWdmDispatchIrp: the same from a dispatch callback of
 * WdfDeviceConfigureWdmIrpDispatchCallback.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirp
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchIrp(WDFDEVICE Device, PIRP Irp, WDFCONTEXT DispatchContext);

/* WdfDeviceWdmDispatchIrpToIoQueue: put an IRP straight into a queue.
 *   Returns  STATUS_PENDING or the final status
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirptoioqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmDispatchIrpToIoQueue(WDFDEVICE Device, PIRP Irp, WDFQUEUE Queue, ULONG Flags);

/* WdfDeviceAddDependentUsageDeviceObject: add a device whose special-file use depends on this
 * one.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_DUPLICATE_OBJECTID (it is there already);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceadddependentusagedeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAddDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice);

/* WdfDeviceRemoveDependentUsageDeviceObject: undo WdfDeviceAddDependentUsageDeviceObject.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceremovedependentusagedeviceobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceRemoveDependentUsageDeviceObject(WDFDEVICE Device, PDEVICE_OBJECT DependentDevice);

/* WdfDeviceAddRemovalRelationsPhysicalDevice: add a PDO to be removed together with this device.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_DUPLICATE_OBJECTID (it is there already);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceaddremovalrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAddRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfDeviceRemoveRemovalRelationsPhysicalDevice: take a PDO out of the removal relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceremoveremovalrelationsphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceRemoveRemovalRelationsPhysicalDevice(WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice);

/* WdfDeviceClearRemovalRelationsDevices: empty the removal relations.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceclearremovalrelationsdevices
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceClearRemovalRelationsDevices(WDFDEVICE Device);

/* WdfDeviceGetDriver: driver of the device.
 *   Returns  handle, equal to that of WdfDriverCreate
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdriver
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDRIVER WdfDeviceGetDriver(WDFDEVICE Device);

/* WdfDeviceRetrieveDeviceName: copy the device's name into a string object.
 *   Returns  STATUS_INVALID_PARAMETER (unnamed device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedevicename
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveDeviceName(WDFDEVICE Device, WDFSTRING String);

/* WdfDeviceAssignMofResourceName: name the MOF resource for WMI.
 *   Returns  STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignmofresourcename
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignMofResourceName(WDFDEVICE Device, PCUNICODE_STRING MofResourceName);

/* WdfDeviceGetIoTarget: the target that leads to the next lower driver.
 *   Returns  handle; NULL for a PDO or control device
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetiotarget
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFIOTARGET WdfDeviceGetIoTarget(WDFDEVICE Device);

/* WdfDeviceGetDevicePnpState: current PnP state.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepnpstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_PNP_STATE
    WdfDeviceGetDevicePnpState(WDFDEVICE Device);

/* WdfDeviceGetDevicePowerState: current power state of the state machine.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerstate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_POWER_STATE
    WdfDeviceGetDevicePowerState(WDFDEVICE Device);

/* WdfDeviceGetDevicePowerPolicyState: current power policy state.
 *   Returns  state value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerpolicystate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDF_DEVICE_POWER_POLICY_STATE
    WdfDeviceGetDevicePowerPolicyState(WDFDEVICE Device);

/* WdfDeviceAssignS0IdleSettings: say how the device powers down when idle.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (not the power policy owner);
 *            STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_POWER_STATE_INVALID
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassigns0idlesettings
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignS0IdleSettings(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings);

/* WdfDeviceAssignSxWakeSettings: say how the device wakes the system.
 *   Returns  as WdfDeviceAssignS0IdleSettings
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignsxwakesettings
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignSxWakeSettings(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings);

/* WdfDeviceOpenRegistryKey: open the device's hardware or software key.
 *   Returns  STATUS_INVALID_DEVICE_STATE (no PDO); STATUS_INVALID_PARAMETER (type);
 *            STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceopenregistrykey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceOpenRegistryKey(WDFDEVICE Device, ULONG DeviceInstanceKeyType,
                             ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                             WDFKEY *Key);

/* WdfDeviceOpenDevicemapKey: open or create a key under the system's device map.
 *   Returns  STATUS_SUCCESS or the registry's failure
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceopendevicemapkey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceOpenDevicemapKey(WDFDEVICE Device, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                              PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

/* WdfDeviceSetSpecialFileSupport: allow or refuse paging, hibernation, dump or boot files. What a
 * function or bus driver has not allowed is refused; a filter allows all.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetspecialfilesupport
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetSpecialFileSupport(WDFDEVICE Device, WDF_SPECIAL_FILE_TYPE FileType,
                                   BOOLEAN FileTypeIsSupported);

/* WdfDeviceSetCharacteristics: replace the device characteristics; secure open stays set.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetCharacteristics(WDFDEVICE Device, ULONG DeviceCharacteristics);

/* WdfDeviceGetCharacteristics: the device characteristics.
 *   Returns  FILE_xxx flags
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfDeviceGetCharacteristics(WDFDEVICE Device);

/* WdfDeviceGetAlignmentRequirement: buffer alignment, as a mask.
 *   Returns  FILE_xxx_ALIGNMENT
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetalignmentrequirement
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONG WdfDeviceGetAlignmentRequirement(WDFDEVICE Device);

/* WdfDeviceSetAlignmentRequirement: set the buffer alignment; a mask of the form 2^n - 1.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetalignmentrequirement
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetAlignmentRequirement(WDFDEVICE Device, ULONG AlignmentRequirement);

/* WdfDeviceCreate: make the device of an init; success consumes the init and sets *DeviceInit to
 * NULL.
 *   Returns  STATUS_INVALID_DEVICE_STATE (init used up); STATUS_INVALID_SECURITY_DESCR;
 *            STATUS_OBJECT_NAME_COLLISION; STATUS_OBJECT_NAME_INVALID; STATUS_NO_SUCH_DEVICE
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreate(PWDFDEVICE_INIT *DeviceInit, PWDF_OBJECT_ATTRIBUTES DeviceAttributes,
                    WDFDEVICE *Device);

/* WdfDeviceSetStaticStopRemove: FALSE vetoes stop and remove queries until a matching TRUE.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetstaticstopremove
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetStaticStopRemove(WDFDEVICE Device, BOOLEAN Stoppable);

/* WdfDeviceCreateDeviceInterface: register a device interface; enabled when the device has
 * started.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (control device); STATUS_INVALID_PARAMETER (reference
 *            string)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreatedeviceinterface
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreateDeviceInterface(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                   PCUNICODE_STRING ReferenceString);

/* WdfDeviceSetDeviceInterfaceState: enable or disable an interface; a disabled one is enabled at
 * the next start.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceInterfaceState(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                     PCUNICODE_STRING ReferenceString, BOOLEAN IsInterfaceEnabled);

/* WdfDeviceSetDeviceInterfaceStateEx: the same, and later starts leave it alone.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestateex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfDeviceSetDeviceInterfaceStateEx(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                       PCUNICODE_STRING ReferenceString,
                                       BOOLEAN IsInterfaceEnabled);

/* WdfDeviceRetrieveDeviceInterfaceString: copy the interface's symbolic link name into a string
 * object.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_DEVICE_STATE (no link yet);
 *            STATUS_INVALID_DEVICE_REQUEST (control device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedeviceinterfacestring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveDeviceInterfaceString(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                           PCUNICODE_STRING ReferenceString, WDFSTRING String);

/* WdfDeviceCreateSymbolicLink: give the device its symbolic link; removed with the device.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (empty, or has one); STATUS_INVALID_DEVICE_STATE
 *            (nothing to link to); STATUS_OBJECT_NAME_COLLISION
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicecreatesymboliclink
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceCreateSymbolicLink(WDFDEVICE Device, PCUNICODE_STRING SymbolicLinkName);

/* WdfDeviceQueryProperty: read a device property into the caller's buffer.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *ResultLength; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicequeryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                           ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength);

/* WdfDeviceAllocAndQueryProperty: read a device property into a new memory object.
 *   Returns  as WdfDeviceQueryProperty; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandqueryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAllocAndQueryProperty(WDFDEVICE Device, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                   POOL_TYPE PoolType,
                                   PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                   WDFMEMORY *PropertyMemory);

/* WdfDeviceSetPnpCapabilities: tell PnP what the device can do.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetpnpcapabilities
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetPnpCapabilities(WDFDEVICE Device, PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities);

/* WdfDeviceSetPowerCapabilities: tell power management what the device can do.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetpowercapabilities
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetPowerCapabilities(WDFDEVICE Device,
                                  PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities);

/* WdfDeviceSetBusInformationForChildren: describe the bus to the children's drivers.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetbusinformationforchildren
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetBusInformationForChildren(WDFDEVICE Device, PPNP_BUS_INFORMATION BusInformation);

/* WdfDeviceIndicateWakeStatus: complete the wait-wake request.
 *   Returns  STATUS_INVALID_PARAMETER (STATUS_PENDING or STATUS_CANCELLED given);
 *            STATUS_INVALID_DEVICE_STATE; STATUS_INVALID_DEVICE_REQUEST (not armed)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceindicatewakestatus
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceIndicateWakeStatus(WDFDEVICE Device, NTSTATUS WaitWakeStatus);

/* WdfDeviceSetFailed: the device is broken: have it removed, and with
 * WdfDeviceFailedAttemptRestart enumerated again.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicesetfailed
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceSetFailed(WDFDEVICE Device, WDF_DEVICE_FAILED_ACTION FailedAction);

/* WdfDeviceStopIdleNoTrack: take a power reference: leave low power and stay in D0.
 *   Returns  STATUS_SUCCESS in D0; STATUS_PENDING (on its way); STATUS_INVALID_DEVICE_STATE (not
 *            the owner); STATUS_POWER_STATE_INVALID
 *   IRQL     PASSIVE_LEVEL if WaitForD0, else <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicestopidlenotrack
 */
WDFAPI NTSTATUS WdfDeviceStopIdleNoTrack(WDFDEVICE Device, BOOLEAN WaitForD0);

/* WdfDeviceResumeIdleNoTrack: give a power reference back.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidlenotrack
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceResumeIdleNoTrack(WDFDEVICE Device);

/* WdfDeviceStopIdleActual: WdfDeviceStopIdle with tag and call site.
 *   Returns  as WdfDeviceStopIdleNoTrack
 *   IRQL     PASSIVE_LEVEL if WaitForD0, else <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicestopidleactual
 */
WDFAPI NTSTATUS WdfDeviceStopIdleActual(WDFDEVICE Device, BOOLEAN WaitForD0, PVOID Tag, LONG Line,
                                        PCCH File);

/* WdfDeviceResumeIdleActual: WdfDeviceResumeIdle with tag and call site.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidleactual
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceResumeIdleActual(WDFDEVICE Device, PVOID Tag, LONG Line, PCCH File);

/* WdfDeviceGetFileObject: framework file object of a WDM file object.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetfileobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFFILEOBJECT
    WdfDeviceGetFileObject(WDFDEVICE Device, PFILE_OBJECT FileObject);

/* WdfDeviceEnqueueRequest: pass a request on from EvtIoInCallerContext to its queue.
 *   Returns  STATUS_WDF_BUSY (not accepting; still the driver's); STATUS_INVALID_DEVICE_REQUEST
 *            (no queue)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceenqueuerequest
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceEnqueueRequest(WDFDEVICE Device, WDFREQUEST Request);

/* WdfDeviceGetDefaultQueue: queue that gets what no other queue is configured for.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetdefaultqueue
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFQUEUE WdfDeviceGetDefaultQueue(WDFDEVICE Device);

/* WdfDeviceConfigureRequestDispatching: send all requests of one type to a queue.
 *   Returns  STATUS_INVALID_PARAMETER (type); STATUS_INVALID_DEVICE_REQUEST (default queue, other
 *            device, no handler); STATUS_WDF_BUSY (type taken); STATUS_INVALID_DEVICE_STATE (too
 *            late)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurerequestdispatching
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceConfigureRequestDispatching(WDFDEVICE Device, WDFQUEUE Queue,
                                         WDF_REQUEST_TYPE RequestType);

/* WdfDeviceConfigureWdmIrpDispatchCallback: route the IRPs of one major function by the driver's
 * own callback.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurewdmirpdispatchcallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfDeviceConfigureWdmIrpDispatchCallback(WDFDEVICE Device, WDFDRIVER Driver,
                                             UCHAR MajorFunction,
                                             PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch,
                                             WDFCONTEXT DriverContext);

/* WdfDeviceGetSystemPowerAction: why the system's power state is changing.
 *   Returns  PowerActionNone unless a transition is under way
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicegetsystempoweraction
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI POWER_ACTION
    WdfDeviceGetSystemPowerAction(WDFDEVICE Device);

/* WdfDeviceWdmAssignPowerFrameworkSettings: set up the power management framework for a
 * component.
 *   Returns  STATUS_NOT_IMPLEMENTED
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicewdmassignpowerframeworksettings
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceWdmAssignPowerFrameworkSettings(WDFDEVICE Device,
                                             PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings);

/* WdfDeviceQueryPropertyEx: read a unified property into the caller's buffer.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *RequiredSize; STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdevicequerypropertyex
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                             ULONG BufferLength, PVOID PropertyBuffer, PULONG RequiredSize,
                             PDEVPROPTYPE Type);

/* WdfDeviceAllocAndQueryPropertyEx: read a unified property into a new memory object.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_OBJECT_NAME_NOT_FOUND;
 *            STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandquerypropertyex
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAllocAndQueryPropertyEx(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                     POOL_TYPE PoolType,
                                     PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                     WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type);

/* WdfDeviceAssignProperty: write a unified property.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     <= APC_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceassignproperty
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfDeviceAssignProperty(WDFDEVICE Device, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                            DEVPROPTYPE Type, ULONG Size, PVOID Data);

/* WdfDeviceRetrieveCompanionTarget: target of the device's companion.
 *   Returns  STATUS_NOT_IMPLEMENTED: there are no companions here
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievecompaniontarget
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceRetrieveCompanionTarget(WDFDEVICE Device, WDFCOMPANIONTARGET *CompanionTarget);

#define WdfDeviceStopIdle(Device, WaitForD0) WdfDeviceStopIdleWithTag(Device, WaitForD0, NULL)
#define WdfDeviceStopIdleWithTag(Device, WaitForD0, Tag) \
    WdfDeviceStopIdleActual(Device, WaitForD0, Tag, __LINE__, __FILE__)
#define WdfDeviceResumeIdle(Device) WdfDeviceResumeIdleWithTag(Device, NULL)
#define WdfDeviceResumeIdleWithTag(Device, Tag) \
    WdfDeviceResumeIdleActual(Device, Tag, __LINE__, __FILE__)

WDF_EXTERN_C_END
