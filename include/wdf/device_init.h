/* device_init.h - the functions that fill in a PWDFDEVICE_INIT. Included by wdfdevice.h. */
#pragma once

#include "device_config.h"

WDF_EXTERN_C_START

/* WdfDeviceInitFree: give an unused init of a control device or static PDO back.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitfree
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitFree(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPnpPowerEventCallbacks: register the PnP and power callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpnppowereventcallbacks
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPnpPowerEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                           PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks);

/* WdfDeviceInitSetPowerPolicyEventCallbacks: register the power policy callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyeventcallbacks
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDFDEVICE_INIT DeviceInit, PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks);

/* WdfDeviceInitSetPowerPolicyOwnership: say whether this driver owns power policy.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyownership
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerPolicyOwnership(PWDFDEVICE_INIT DeviceInit, BOOLEAN IsPowerPolicyOwner);

/* WdfDeviceInitRegisterPnpStateChangeCallback: be called when the PnP state machine passes a
 * state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpnpstatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes);

/* WdfDeviceInitRegisterPowerStateChangeCallback: be called when the power state machine passes a
 * state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerstatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_STATE PowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes);

/* WdfDeviceInitRegisterPowerPolicyStateChangeCallback: be called when the power policy state
 * machine passes a state.
 *   Returns  STATUS_INVALID_PARAMETER (state or callback types)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerpolicystatechangecallback
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
        PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState,
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange,
        ULONG CallbackTypes);

/* WdfDeviceInitSetExclusive: allow one open handle at a time.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetexclusive
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetExclusive(PWDFDEVICE_INIT DeviceInit, BOOLEAN IsExclusive);

/* WdfDeviceInitSetIoType: choose how read and write buffers arrive.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoType(PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_IO_TYPE IoType);

/* WdfDeviceInitSetPowerNotPageable: power callbacks may not touch pageable memory or block long.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowernotpageable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerNotPageable(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPowerPageable: the opposite, and the default.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpageable
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerPageable(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetPowerInrush: the device draws inrush current when it powers up.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerinrush
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetPowerInrush(PWDFDEVICE_INIT DeviceInit);

/* WdfDeviceInitSetDeviceType: set the FILE_DEVICE_xxx type.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdevicetype
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetDeviceType(PWDFDEVICE_INIT DeviceInit, DEVICE_TYPE DeviceType);

/* WdfDeviceInitAssignName: name the device, or with NULL take the name away.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignname
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitAssignName(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceName);

/* WdfDeviceInitAssignSDDLString: set the security of a named device.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (NULL for a control device)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignsddlstring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDeviceInitAssignSDDLString(PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING SDDLString);

/* WdfDeviceInitSetDeviceClass: set the setup class for security overrides.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdeviceclass
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetDeviceClass(PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid);

/* WdfDeviceInitSetCharacteristics: replace or add device characteristics.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetcharacteristics
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetCharacteristics(PWDFDEVICE_INIT DeviceInit, ULONG DeviceCharacteristics,
                                    BOOLEAN OrInValues);

/* WdfDeviceInitSetFileObjectConfig: register the file object callbacks.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetfileobjectconfig
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetFileObjectConfig(PWDFDEVICE_INIT DeviceInit,
                                     PWDF_FILEOBJECT_CONFIG FileObjectConfig,
                                     PWDF_OBJECT_ATTRIBUTES FileObjectAttributes);

/* WdfDeviceInitSetRequestAttributes: attributes of each request that the framework makes for this
 * device.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetrequestattributes
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetRequestAttributes(PWDFDEVICE_INIT DeviceInit,
                                      PWDF_OBJECT_ATTRIBUTES RequestAttributes);

/* WdfDeviceInitAssignWdmIrpPreprocessCallback: see the IRPs of one major function before the
 * framework does.
 *   Returns  STATUS_INVALID_PARAMETER (major); STATUS_INVALID_DEVICE_REQUEST (minors given twice)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignwdmirppreprocesscallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS WdfDeviceInitAssignWdmIrpPreprocessCallback(
    PWDFDEVICE_INIT DeviceInit, PFN_WDFDEVICE_WDM_IRP_PREPROCESS EvtDeviceWdmIrpPreprocess,
    UCHAR MajorFunction, PUCHAR MinorFunctions, ULONG NumMinorFunctions);

/* WdfDeviceInitSetIoInCallerContextCallback: see each I/O request in its sender's thread, before
 * any queue.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetioincallercontextcallback
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoInCallerContextCallback(PWDFDEVICE_INIT DeviceInit,
                                              PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext);

/* WdfDeviceInitSetRemoveLockOptions: ask for remove locks on more IRPs.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetremovelockoptions
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetRemoveLockOptions(PWDFDEVICE_INIT DeviceInit, PWDF_REMOVE_LOCK_OPTIONS Options);

/* WdfDeviceInitSetReleaseHardwareOrderOnFailure: when EvtDeviceReleaseHardware follows a failure.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetreleasehardwareorderonfailure
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDFDEVICE_INIT DeviceInit,
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure);

/* WdfDeviceInitSetIoTypeEx: the same, with a threshold for direct transfers.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotypeex
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfDeviceInitSetIoTypeEx(PWDFDEVICE_INIT DeviceInit, PWDF_IO_TYPE_CONFIG IoTypeConfig);

WDF_EXTERN_C_END
