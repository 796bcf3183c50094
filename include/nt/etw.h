/* etw.h - providers of events (ETW). No trace session runs in a machine: events go nowhere, as on
 * Windows while nobody listens, and no provider is ever enabled.
 * Rules for a provider:
 * - registered from EtwRegister to EtwUnregister, which is at the latest in the driver's unload routine
 * - EtwEventEnabled first, where the data of an event are work to gather
 */
#pragma once

#include "../evntprov.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID NTAPI ETWENABLECALLBACK(LPCGUID SourceId, ULONG ControlCode, UCHAR Level,
                                     ULONGLONG MatchAnyKeyword, ULONGLONG MatchAllKeyword,
                                     PEVENT_FILTER_DESCRIPTOR FilterData, PVOID CallbackContext);
typedef ETWENABLECALLBACK *PETWENABLECALLBACK;

/* EtwRegister, EtwUnregister.
 *   EnableCallback  told when a session enables or disables the provider; may be NULL
 *   Returns  STATUS_INVALID_PARAMETER: no ProviderId or RegHandle; STATUS_NO_MEMORY;
 *            EtwUnregister: STATUS_INVALID_HANDLE
 *   IRQL     PASSIVE_LEVEL      Source   wdm/nf-wdm-etwregister, -etwunregister
 */
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS
    EtwRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback, PVOID CallbackContext,
                PREGHANDLE RegHandle);
_IRQL_requires_max_(PASSIVE_LEVEL) NTKERNELAPI NTSTATUS EtwUnregister(REGHANDLE RegHandle);

/* EtwEventEnabled, EtwProviderEnabled: whether a session wants such events.   Returns FALSE
 *   IRQL     any      Source   wdm/nf-wdm-etweventenabled, -etwproviderenabled
 */
NTKERNELAPI BOOLEAN EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor);
NTKERNELAPI BOOLEAN EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword);

/* EtwWrite and its relatives: an event for the sessions that want it.
 *   Returns  STATUS_SUCCESS, also if there is none; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER: no
 *            descriptor or string, more than MAX_EVENT_DATA_DESCRIPTORS pieces of data, or none where
 *            UserDataCount says so
 *   IRQL     any      Source   wdm/nf-wdm-etwwrite, -etwwriteex, -etwwritestring, -etwwritetransfer
 */
NTKERNELAPI NTSTATUS EtwWrite(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                              LPCGUID ActivityId, ULONG UserDataCount,
                              PEVENT_DATA_DESCRIPTOR UserData);
NTKERNELAPI NTSTATUS EtwWriteEx(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                                ULONG64 Filter, ULONG Flags, LPCGUID ActivityId,
                                LPCGUID RelatedActivityId, ULONG UserDataCount,
                                PEVENT_DATA_DESCRIPTOR UserData);
NTKERNELAPI NTSTATUS EtwWriteTransfer(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                                      LPCGUID ActivityId, LPCGUID RelatedActivityId,
                                      ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData);
NTKERNELAPI NTSTATUS EtwWriteString(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword,
                                    LPCGUID ActivityId, PCWSTR String);

#ifdef __cplusplus
}
#endif
