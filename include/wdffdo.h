/* wdffdo.h - function and filter device objects.
 */
#pragma once

#include <wdfchildlist.h>
#include <wdfdevice.h>

WDF_EXTERN_C_START

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS
EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS(WDFDEVICE Device,
                                            WDFIORESREQLIST IoResourceRequirementsList);
typedef EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS *PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                                       WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES *PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES;

typedef struct _WDF_FDO_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterAddResourceRequirements;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterRemoveResourceRequirements;
    PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES EvtDeviceRemoveAddedResources;
} WDF_FDO_EVENT_CALLBACKS, *PWDF_FDO_EVENT_CALLBACKS;

FORCEINLINE VOID WDF_FDO_EVENT_CALLBACKS_INIT(PWDF_FDO_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(WDF_FDO_EVENT_CALLBACKS));
    Callbacks->Size = (ULONG)sizeof(WDF_FDO_EVENT_CALLBACKS);
}

/* WdfFdoInitWdmGetPhysicalDevice: PDO below the device to be made.
 *   Returns  device object, or NULL when not an FDO init
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitwdmgetphysicaldevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDEVICE_OBJECT
    WdfFdoInitWdmGetPhysicalDevice(PWDFDEVICE_INIT DeviceInit);

/* WdfFdoInitOpenRegistryKey: open the device's key before the device exists.
 *   Returns  STATUS_INVALID_PARAMETER; the registry's failures
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitopenregistrykey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoInitOpenRegistryKey(PWDFDEVICE_INIT DeviceInit, ULONG DeviceInstanceKeyType,
                              ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                              WDFKEY *Key);

/* WdfFdoInitQueryProperty: read a device property before the device exists.
 *   Returns  STATUS_BUFFER_TOO_SMALL with *ResultLength; STATUS_INVALID_DEVICE_REQUEST
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitqueryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoInitQueryProperty(PWDFDEVICE_INIT DeviceInit, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                            ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength);

/* WdfFdoInitAllocAndQueryProperty: the same into a new memory object.
 *   Returns  as WdfFdoInitQueryProperty; STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitallocandqueryproperty
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoInitAllocAndQueryProperty(PWDFDEVICE_INIT DeviceInit,
                                    DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType,
                                    PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                    WDFMEMORY *PropertyMemory);

/* WdfFdoInitQueryPropertyEx: read a unified property before the device exists.
 *   Returns  as WdfFdoInitQueryProperty; STATUS_OBJECT_NAME_NOT_FOUND
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitquerypropertyex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoInitQueryPropertyEx(PWDFDEVICE_INIT DeviceInit, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                              ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength,
                              PDEVPROPTYPE Type);

/* WdfFdoInitAllocAndQueryPropertyEx: the same into a new memory object.
 *   Returns  as WdfFdoInitQueryPropertyEx
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitallocandquerypropertyex
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoInitAllocAndQueryPropertyEx(PWDFDEVICE_INIT DeviceInit,
                                      PWDF_DEVICE_PROPERTY_DATA DeviceProperty, POOL_TYPE PoolType,
                                      PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                      WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type);

/* WdfFdoInitSetEventCallbacks: register the resource filter callbacks.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitseteventcallbacks
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfFdoInitSetEventCallbacks(PWDFDEVICE_INIT DeviceInit,
                                PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks);

/* WdfFdoInitSetFilter: the device is a filter: unhandled requests go down the stack.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitsetfilter
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID WdfFdoInitSetFilter(PWDFDEVICE_INIT DeviceInit);

/* WdfFdoInitSetDefaultChildListConfig: set up the default child list of a bus.
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoinitsetdefaultchildlistconfig
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfFdoInitSetDefaultChildListConfig(PWDFDEVICE_INIT DeviceInit, PWDF_CHILD_LIST_CONFIG Config,
                                        PWDF_OBJECT_ATTRIBUTES DefaultChildListAttributes);

/* WdfFdoQueryForInterface: ask the stack for a function interface.
 *   Returns  STATUS_NOT_SUPPORTED (nobody answers); STATUS_INVALID_BUFFER_SIZE;
 *            STATUS_INVALID_PARAMETER
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoqueryforinterface
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfFdoQueryForInterface(WDFDEVICE Fdo, LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size,
                            USHORT Version, PVOID InterfaceSpecificData);

/* WdfFdoGetDefaultChildList: the default child list.
 *   Returns  handle, or NULL
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdogetdefaultchildlist
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFCHILDLIST WdfFdoGetDefaultChildList(WDFDEVICE Fdo);

/* WdfFdoAddStaticChild: report a PDO that the driver enumerates itself.
 *   Returns  STATUS_INVALID_PARAMETER (not a PDO)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoaddstaticchild
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfFdoAddStaticChild(WDFDEVICE Fdo, WDFDEVICE Child);

/* WdfFdoLockStaticChildListForIteration: hold changes of the static children.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdolockstaticchildlistforiteration
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfFdoLockStaticChildListForIteration(WDFDEVICE Fdo);

/* WdfFdoRetrieveNextStaticChild: next static child that Flags select.
 *   Returns  PDO, or NULL at the end
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdoretrievenextstaticchild
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfFdoRetrieveNextStaticChild(WDFDEVICE Fdo, WDFDEVICE PreviousChild, ULONG Flags);

/* WdfFdoUnlockStaticChildListFromIteration: let changes of the static children happen.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdffdo/nf-wdffdo-wdffdounlockstaticchildlistfromiteration
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfFdoUnlockStaticChildListFromIteration(WDFDEVICE Fdo);

WDF_EXTERN_C_END
