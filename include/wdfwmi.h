/* wdfwmi.h - WMI providers and instances.
 */
#pragma once

#include <wdfcore.h>
#include <wdfobject.h>

WDF_EXTERN_C_START

typedef enum _WDF_WMI_PROVIDER_CONTROL {
    WdfWmiControlInvalid = 0,
    WdfWmiEventControl,
    WdfWmiInstanceControl,
} WDF_WMI_PROVIDER_CONTROL;

typedef enum _WDF_WMI_PROVIDER_FLAGS {
    WdfWmiProviderEventOnly = 0x0001,
    WdfWmiProviderExpensive = 0x0002,
    WdfWmiProviderTracing = 0x0004,
    WdfWmiProviderValidFlags =
        WdfWmiProviderEventOnly | WdfWmiProviderExpensive | WdfWmiProviderTracing,
} WDF_WMI_PROVIDER_FLAGS;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_WMI_INSTANCE_QUERY_INSTANCE(WDFWMIINSTANCE WmiInstance,
                                                     ULONG OutBufferSize, PVOID OutBuffer,
                                                     PULONG BufferUsed);
typedef EVT_WDF_WMI_INSTANCE_QUERY_INSTANCE *PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_WMI_INSTANCE_SET_INSTANCE(WDFWMIINSTANCE WmiInstance, ULONG InBufferSize,
                                                   PVOID InBuffer);
typedef EVT_WDF_WMI_INSTANCE_SET_INSTANCE *PFN_WDF_WMI_INSTANCE_SET_INSTANCE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_WMI_INSTANCE_SET_ITEM(WDFWMIINSTANCE WmiInstance, ULONG DataItemId,
                                               ULONG InBufferSize, PVOID InBuffer);
typedef EVT_WDF_WMI_INSTANCE_SET_ITEM *PFN_WDF_WMI_INSTANCE_SET_ITEM;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_WMI_INSTANCE_EXECUTE_METHOD(WDFWMIINSTANCE WmiInstance, ULONG MethodId,
                                                     ULONG InBufferSize, ULONG OutBufferSize,
                                                     PVOID Buffer, PULONG BufferUsed);
typedef EVT_WDF_WMI_INSTANCE_EXECUTE_METHOD *PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_WMI_PROVIDER_FUNCTION_CONTROL(WDFWMIPROVIDER WmiProvider,
                                                       WDF_WMI_PROVIDER_CONTROL Control,
                                                       BOOLEAN Enable);
typedef EVT_WDF_WMI_PROVIDER_FUNCTION_CONTROL *PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL;

typedef struct _WDF_WMI_PROVIDER_CONFIG {
    ULONG Size;
    GUID Guid;
    ULONG Flags;
    ULONG MinInstanceBufferSize;
    PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL EvtWmiProviderFunctionControl;
} WDF_WMI_PROVIDER_CONFIG, *PWDF_WMI_PROVIDER_CONFIG;

FORCEINLINE VOID WDF_WMI_PROVIDER_CONFIG_INIT(PWDF_WMI_PROVIDER_CONFIG Config, CONST GUID *Guid)
{
    RtlZeroMemory(Config, sizeof(WDF_WMI_PROVIDER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_WMI_PROVIDER_CONFIG);
    RtlCopyMemory(&Config->Guid, Guid, sizeof(GUID));
}

typedef struct _WDF_WMI_INSTANCE_CONFIG {
    ULONG Size;
    WDFWMIPROVIDER Provider;
    PWDF_WMI_PROVIDER_CONFIG ProviderConfig;
    BOOLEAN UseContextForQuery;
    BOOLEAN Register;
    PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE EvtWmiInstanceQueryInstance;
    PFN_WDF_WMI_INSTANCE_SET_INSTANCE EvtWmiInstanceSetInstance;
    PFN_WDF_WMI_INSTANCE_SET_ITEM EvtWmiInstanceSetItem;
    PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD EvtWmiInstanceExecuteMethod;
} WDF_WMI_INSTANCE_CONFIG, *PWDF_WMI_INSTANCE_CONFIG;

FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(PWDF_WMI_INSTANCE_CONFIG Config,
                                                       WDFWMIPROVIDER Provider)
{
    RtlZeroMemory(Config, sizeof(WDF_WMI_INSTANCE_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_WMI_INSTANCE_CONFIG);
    Config->Provider = Provider;
}

FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(
    PWDF_WMI_INSTANCE_CONFIG Config, PWDF_WMI_PROVIDER_CONFIG ProviderConfig)
{
    RtlZeroMemory(Config, sizeof(WDF_WMI_INSTANCE_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_WMI_INSTANCE_CONFIG);
    Config->ProviderConfig = ProviderConfig;
}

/* WDF_WMI_BUFFER_APPEND_STRING: put a counted string into a WMI buffer; *RequiredSize is always
 * set. Returns  STATUS_SUCCESS or STATUS_BUFFER_TOO_SMALL IRQL     any Source
 * wdfwmi/nf-wdfwmi-wdf_wmi_buffer_append_string
 */
FORCEINLINE NTSTATUS WDF_WMI_BUFFER_APPEND_STRING(PVOID Buffer, ULONG BufferLength,
                                                  PCUNICODE_STRING String, PULONG RequiredSize)
{
    *RequiredSize = (ULONG)(String->Length + sizeof(USHORT));
    if (BufferLength < *RequiredSize) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    RtlCopyMemory(Buffer, &String->Length, sizeof(USHORT));
    RtlCopyMemory(WDF_PTR_ADD_OFFSET(Buffer, sizeof(USHORT)), String->Buffer, String->Length);
    return STATUS_SUCCESS;
}

/* WdfWmiProviderCreate: make a WMI provider.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER; STATUS_WMI_GUID_DISCONNECTED
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiprovidercreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfWmiProviderCreate(WDFDEVICE Device, PWDF_WMI_PROVIDER_CONFIG WmiProviderConfig,
                         PWDF_OBJECT_ATTRIBUTES ProviderAttributes, WDFWMIPROVIDER *WmiProvider);

/* WdfWmiProviderGetDevice: device of the provider.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiprovidergetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfWmiProviderGetDevice(WDFWMIPROVIDER WmiProvider);

/* WdfWmiProviderIsEnabled: does anybody listen?
 *   Returns  TRUE or FALSE
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiproviderisenabled
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI BOOLEAN
    WdfWmiProviderIsEnabled(WDFWMIPROVIDER WmiProvider, WDF_WMI_PROVIDER_CONTROL ProviderControl);

/* WdfWmiProviderGetTracingHandle: handle for event tracing.
 *   Returns  handle value
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiprovidergettracinghandle
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI ULONGLONG
    WdfWmiProviderGetTracingHandle(WDFWMIPROVIDER WmiProvider);

/* WdfWmiInstanceCreate: make an instance of a provider.
 *   Returns  STATUS_INVALID_PARAMETER; STATUS_BUFFER_TOO_SMALL; STATUS_INFO_LENGTH_MISMATCH
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstancecreate
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfWmiInstanceCreate(WDFDEVICE Device, PWDF_WMI_INSTANCE_CONFIG InstanceConfig,
                         PWDF_OBJECT_ATTRIBUTES InstanceAttributes, WDFWMIINSTANCE *Instance);

/* WdfWmiInstanceRegister: make an instance visible.
 *   Returns  STATUS_INVALID_DEVICE_REQUEST (is registered)
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstanceregister
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI NTSTATUS
    WdfWmiInstanceRegister(WDFWMIINSTANCE WmiInstance);

/* WdfWmiInstanceDeregister: hide an instance.
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstancederegister
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI VOID
    WdfWmiInstanceDeregister(WDFWMIINSTANCE WmiInstance);

/* WdfWmiInstanceGetDevice: device of the instance.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstancegetdevice
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFDEVICE
    WdfWmiInstanceGetDevice(WDFWMIINSTANCE WmiInstance);

/* WdfWmiInstanceGetProvider: provider of the instance.
 *   Returns  handle
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstancegetprovider
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI WDFWMIPROVIDER
    WdfWmiInstanceGetProvider(WDFWMIINSTANCE WmiInstance);

/* WdfWmiInstanceFireEvent: send an event to WMI.
 *   Returns  STATUS_SUCCESS or STATUS_UNSUCCESSFUL
 *   IRQL     <= APC_LEVEL
 *   Source   wdfwmi/nf-wdfwmi-wdfwmiinstancefireevent
 */
_IRQL_requires_max_(APC_LEVEL) WDFAPI NTSTATUS
    WdfWmiInstanceFireEvent(WDFWMIINSTANCE WmiInstance, ULONG EventDataSize, PVOID EventData);

WDF_EXTERN_C_END
