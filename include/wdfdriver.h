/* wdfdriver.h - the driver object.
 */
#pragma once

#include <wdfglobals.h>
#include <wdfobject.h>

WDF_EXTERN_C_START

#define WDF_TRACE_ID ('TRAC')

typedef enum _WDF_DRIVER_INIT_FLAGS {
    WdfDriverInitNonPnpDriver = 0x00000001,
    WdfDriverInitNoDispatchOverride = 0x00000002,
    WdfVerifyOn = 0x00000004,
    WdfVerifierOn = 0x00000008,
    WdfDriverInitCompanion = 0x00000010,
} WDF_DRIVER_INIT_FLAGS;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DRIVER_DEVICE_ADD(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit);
typedef EVT_WDF_DRIVER_DEVICE_ADD *PFN_WDF_DRIVER_DEVICE_ADD;

/* IRQL: <= PASSIVE_LEVEL. */
typedef VOID EVT_WDF_DRIVER_UNLOAD(WDFDRIVER Driver);
typedef EVT_WDF_DRIVER_UNLOAD *PFN_WDF_DRIVER_UNLOAD;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_TRACE_CALLBACK(UCHAR minorFunction, PVOID dataPath, ULONG bufferLength,
                                        PVOID buffer, PVOID context, PULONG size);
typedef EVT_WDF_TRACE_CALLBACK *PFN_WDF_TRACE_CALLBACK;

typedef struct _WDF_DRIVER_CONFIG {
    ULONG Size;
    PFN_WDF_DRIVER_DEVICE_ADD EvtDriverDeviceAdd;
    PFN_WDF_DRIVER_UNLOAD EvtDriverUnload;
    ULONG DriverInitFlags;
    ULONG DriverPoolTag;
} WDF_DRIVER_CONFIG, *PWDF_DRIVER_CONFIG;

FORCEINLINE VOID WDF_DRIVER_CONFIG_INIT(PWDF_DRIVER_CONFIG Config,
                                        PFN_WDF_DRIVER_DEVICE_ADD EvtDriverDeviceAdd)
{
    RtlZeroMemory(Config, sizeof(WDF_DRIVER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_DRIVER_CONFIG);
    Config->EvtDriverDeviceAdd = EvtDriverDeviceAdd;
}

typedef struct _WDF_DRIVER_VERSION_AVAILABLE_PARAMS {
    ULONG Size;
    ULONG MajorVersion;
    ULONG MinorVersion;
} WDF_DRIVER_VERSION_AVAILABLE_PARAMS, *PWDF_DRIVER_VERSION_AVAILABLE_PARAMS;

FORCEINLINE VOID WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(
    PWDF_DRIVER_VERSION_AVAILABLE_PARAMS Params, ULONG MajorVersion, ULONG MinorVersion)
{
    RtlZeroMemory(Params, sizeof(WDF_DRIVER_VERSION_AVAILABLE_PARAMS));
    Params->Size = (ULONG)sizeof(WDF_DRIVER_VERSION_AVAILABLE_PARAMS);
    Params->MajorVersion = MajorVersion;
    Params->MinorVersion = MinorVersion;
}

/* WdfGetDriver: the driver object of the driver that calls.
 *   Returns  handle; NULL before WdfDriverCreate
 *   IRQL     any
 *   Source   wdfdriver/nf-wdfdriver-wdfgetdriver
 */
FORCEINLINE WDFDRIVER WdfGetDriver(VOID)
{
    return WdfDriverGlobals != NULL ? WdfDriverGlobals->Driver : NULL;
}

/* WdfDriverCreate: make the driver object; the first framework call of a driver.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_DRIVER_INTERNAL_ERROR
 *            (second call)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdrivercreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDriverCreate(PDRIVER_OBJECT DriverObject, PCUNICODE_STRING RegistryPath,
                    PWDF_OBJECT_ATTRIBUTES DriverAttributes, PWDF_DRIVER_CONFIG DriverConfig,
                    WDFDRIVER *Driver);

/* WdfDriverGetRegistryPath: the service's registry path; valid while the driver lives.
 *   Returns  NUL-terminated string
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdrivergetregistrypath
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI PWSTR WdfDriverGetRegistryPath(WDFDRIVER Driver);

/* WdfDriverWdmGetDriverObject: the WDM driver object.
 *   Returns  driver object
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriverwdmgetdriverobject
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDRIVER_OBJECT
    WdfDriverWdmGetDriverObject(WDFDRIVER Driver);

/* WdfDriverOpenParametersRegistryKey: open the service's Parameters key.
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_DEVICE_REQUEST (IRQL)
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriveropenparametersregistrykey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDriverOpenParametersRegistryKey(WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
                                       PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

/* WdfWdmDriverGetWdfDriverHandle: framework driver of a WDM driver object.
 *   Returns  handle, or NULL when it is not a framework driver
 *   IRQL     any
 *   Source   wdfdriver/nf-wdfdriver-wdfwdmdrivergetwdfdriverhandle
 */
WDFAPI WDFDRIVER WdfWdmDriverGetWdfDriverHandle(PDRIVER_OBJECT DriverObject);

/* WdfDriverRegisterTraceInfo: obsolete.
 *   Returns  STATUS_NOT_SUPPORTED
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriverregistertraceinfo
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDriverRegisterTraceInfo(PDRIVER_OBJECT DriverObject, PFN_WDF_TRACE_CALLBACK EvtTraceCallback,
                               PVOID ControlBlock);

/* WdfDriverRetrieveVersionString: write the framework's version into a string object.
 *   Returns  STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriverretrieveversionstring
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDriverRetrieveVersionString(WDFDRIVER Driver, WDFSTRING String);

/* WdfDriverIsVersionAvailable: is the framework at least that version?
 *   Returns  TRUE or FALSE
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriverisversionavailable
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI BOOLEAN
    WdfDriverIsVersionAvailable(WDFDRIVER Driver,
                                PWDF_DRIVER_VERSION_AVAILABLE_PARAMS VersionAvailableParams);

/* WdfDriverErrorReportApiMissing: report a function that this framework lacks.
 *   Returns  STATUS_SUCCESS
 *   IRQL     <= DIRQL
 *   Source   wdfdriver/nf-wdfdriver-wdfdrivererrorreportapimissing
 */
WDFAPI NTSTATUS WdfDriverErrorReportApiMissing(WDFDRIVER Driver, PCWSTR FrameworkExtensionName,
                                               ULONG ApiIndex, BOOLEAN DoesApiReturnNtstatus);

/* WdfDriverOpenPersistentStateRegistryKey: open the key of the driver's persistent state.
 *   Returns  as WdfDriverOpenParametersRegistryKey
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdriver/nf-wdfdriver-wdfdriveropenpersistentstateregistrykey
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDriverOpenPersistentStateRegistryKey(WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
                                            PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key);

WDF_EXTERN_C_END
