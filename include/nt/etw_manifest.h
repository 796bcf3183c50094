/* etw_manifest.h - what the headers that are made of event manifests (.man) have in common: the context
 * of a provider, its registration, and the writing of an event.
 * Rules for a context:
 * - one for each provider of a manifest, SYMBOL_Context, shared by all sources of a driver
 * - RegistrationHandle is 0 until the provider is registered and after it was taken back; events are
 *   not enabled then
 *   Source   wes/writing-manifest-based-events, wes/message-compiler--mc-exe- (-km)
 */
#pragma once

#include "../evntrace.h"
#include "../ntstatus.h"
#include "etw.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _MCGEN_TRACE_CONTEXT {
    TRACEHANDLE RegistrationHandle;
    TRACEHANDLE Logger; /* the provider's traits; none here */
    ULONGLONG MatchAnyKeyword;
    ULONGLONG MatchAllKeyword;
    ULONG Flags;
    ULONG IsEnabled;
    UCHAR Level;
    UCHAR Reserve;
    USHORT EnableBitsCount;
    PULONG EnableBitMask;
    const ULONGLONG *EnableKeyWords;
    const UCHAR *EnableLevel;
} MCGEN_TRACE_CONTEXT, *PMCGEN_TRACE_CONTEXT;

/* A driver may have its own in their place. */
#ifndef MCGEN_EVENTREGISTER
#define MCGEN_EVENTREGISTER EtwRegister
#endif
#ifndef MCGEN_EVENTUNREGISTER
#define MCGEN_EVENTUNREGISTER EtwUnregister
#endif
#ifndef MCGEN_EVENTWRITETRANSFER
#define MCGEN_EVENTWRITETRANSFER EtwWriteTransfer
#endif

/* An event by its symbol, in the context of its own provider or in another one. */
#define MCGEN_EVENT_ENABLED(EventName)                     EventEnabled##EventName()
#define MCGEN_EVENT_ENABLED_FORCONTEXT(Context, EventName) McGenEventEnabled((Context), &EventName)

/* McGenControlCallbackV2: what a session wants of the provider, in its context. */
static inline VOID NTAPI McGenControlCallbackV2(LPCGUID SourceId, ULONG ControlCode, UCHAR Level,
                                                ULONGLONG MatchAnyKeyword,
                                                ULONGLONG MatchAllKeyword,
                                                PEVENT_FILTER_DESCRIPTOR FilterData,
                                                PVOID CallbackContext)
{
    PMCGEN_TRACE_CONTEXT context = (PMCGEN_TRACE_CONTEXT)CallbackContext;

    UNREFERENCED_PARAMETER(SourceId);
    UNREFERENCED_PARAMETER(FilterData);
    if (context == NULL || ControlCode > EVENT_CONTROL_CODE_ENABLE_PROVIDER) {
        return;
    }
    context->IsEnabled = ControlCode == EVENT_CONTROL_CODE_ENABLE_PROVIDER;
    context->Level = context->IsEnabled ? Level : 0;
    context->MatchAnyKeyword = context->IsEnabled ? MatchAnyKeyword : 0;
    context->MatchAllKeyword = context->IsEnabled ? MatchAllKeyword : 0;
}

/* McGenEventRegister: STATUS_SUCCESS if it is registered already. McGenEventUnregister: if it is not. */
FORCEINLINE NTSTATUS McGenEventRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback,
                                        PMCGEN_TRACE_CONTEXT Context, PREGHANDLE RegHandle)
{
    if (*RegHandle != 0) {
        return STATUS_SUCCESS;
    }
    return MCGEN_EVENTREGISTER(ProviderId, EnableCallback, Context, RegHandle);
}

FORCEINLINE NTSTATUS McGenEventUnregister(PREGHANDLE RegHandle)
{
    REGHANDLE handle = *RegHandle;

    if (handle == 0) {
        return STATUS_SUCCESS;
    }
    *RegHandle = 0;
    return MCGEN_EVENTUNREGISTER(handle);
}

FORCEINLINE BOOLEAN McGenEventEnabled(const MCGEN_TRACE_CONTEXT *Context, PCEVENT_DESCRIPTOR Event)
{
    return Context->RegistrationHandle != 0 && EtwEventEnabled(Context->RegistrationHandle, Event);
}

/* McGenEventWrite: Data[0] is kept for the provider's traits; EventDataCount counts it. */
FORCEINLINE NTSTATUS McGenEventWrite(const MCGEN_TRACE_CONTEXT *Context, PCEVENT_DESCRIPTOR Event,
                                     LPCGUID ActivityId, ULONG EventDataCount,
                                     PEVENT_DATA_DESCRIPTOR EventData)
{
    return MCGEN_EVENTWRITETRANSFER(Context->RegistrationHandle, Event, ActivityId, NULL,
                                    EventDataCount - 1, EventData + 1);
}

/* McGenStringW, McGenStringA: a string with its end; NULL is written as the word. */
FORCEINLINE VOID McGenStringW(PEVENT_DATA_DESCRIPTOR Data, PCWSTR String)
{
    PCWSTR text = String != NULL ? String : L"NULL";
    ULONG count = 1;

    while (text[count - 1] != 0) {
        count++;
    }
    EventDataDescCreate(Data, text, count * (ULONG)sizeof(WCHAR));
}

FORCEINLINE VOID McGenStringA(PEVENT_DATA_DESCRIPTOR Data, PCSTR String)
{
    PCSTR text = String != NULL ? String : "NULL";
    ULONG count = 1;

    while (text[count - 1] != 0) {
        count++;
    }
    EventDataDescCreate(Data, text, count);
}

#ifdef __cplusplus
}
#endif
