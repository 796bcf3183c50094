/* TraceLoggingProvider.h - events that describe themselves, as providers of ETW (<nt/etw.h>).
 * While no trace session listens, and in a machine none does, the values of an event are compiled, and
 * not evaluated.
 *   Source   tracelogging/trace-logging-reference: TraceLoggingProvider.h, wrapper macros
 */
#pragma once

#include "nt/etw.h"

struct _tlgProvider_t {
    REGHANDLE RegHandle; /* 0: not registered */
    GUID Id;
};
typedef struct _tlgProvider_t *TraceLoggingHProvider;

#define _tlgId(a, b, c, d, e, f, g, h, i, j, k) \
    {                                           \
        a, b, c,                                \
        {                                       \
            d, e, f, g, h, i, j, k              \
        }                                       \
    }

#ifdef __cplusplus
#define _tlgExtern extern "C"
#else
#define _tlgExtern extern
#endif

/* The provider's ID is eleven numbers in parentheses; options may follow. */
#define TRACELOGGING_DEFINE_PROVIDER(handleVariable, providerName, providerId, ...)  \
    static struct _tlgProvider_t handleVariable##_provider = {0, _tlgId providerId}; \
    _tlgExtern TraceLoggingHProvider const handleVariable;                           \
    TraceLoggingHProvider const handleVariable = &handleVariable##_provider
#define TRACELOGGING_DECLARE_PROVIDER(handleVariable) \
    _tlgExtern TraceLoggingHProvider const handleVariable

#define TraceLoggingOptionGroup(...)
#define TraceLoggingOptionGroupGuid(...)

FORCEINLINE NTSTATUS TraceLoggingRegisterEx(TraceLoggingHProvider hProvider,
                                            PETWENABLECALLBACK pEnableCallback,
                                            PVOID pCallbackContext)
{
    return EtwRegister(&hProvider->Id, pEnableCallback, pCallbackContext, &hProvider->RegHandle);
}

FORCEINLINE NTSTATUS TraceLoggingRegister(TraceLoggingHProvider hProvider)
{
    return TraceLoggingRegisterEx(hProvider, NULL, NULL);
}

FORCEINLINE VOID TraceLoggingUnregister(TraceLoggingHProvider hProvider)
{
    REGHANDLE handle = hProvider->RegHandle;

    hProvider->RegHandle = 0;
    (void)EtwUnregister(handle);
}

FORCEINLINE BOOLEAN TraceLoggingProviderEnabled(TraceLoggingHProvider hProvider, UCHAR eventLevel,
                                                ULONGLONG eventKeyword)
{
    return hProvider->RegHandle != 0 &&
           EtwProviderEnabled(hProvider->RegHandle, eventLevel, eventKeyword);
}

FORCEINLINE GUID TraceLoggingProviderId(TraceLoggingHProvider hProvider)
{
    return hProvider->Id;
}

/* Values only if a session wants them. */
#define TraceLoggingWrite(hProvider, eventName, ...) \
    (TraceLoggingProviderEnabled((hProvider), 0, 0) ? ((void)(eventName), ##__VA_ARGS__) : (void)0)
#define TraceLoggingWriteActivity(hProvider, eventName, pActivityId, pRelatedActivityId, ...) \
    TraceLoggingWrite(hProvider, eventName, (void)(pActivityId), (void)(pRelatedActivityId),  \
                      ##__VA_ARGS__)

/* One value; name, description and tags may follow. */
#define TraceLoggingLevel(value, ...)           ((void)(value))
#define TraceLoggingKeyword(value, ...)         ((void)(value))
#define TraceLoggingOpcode(value, ...)          ((void)(value))
#define TraceLoggingEventTag(value, ...)        ((void)(value))
#define TraceLoggingChannel(value, ...)         ((void)(value))
#define TraceLoggingChannelId(value, ...)       ((void)(value))
#define TraceLoggingDescription(value, ...)     ((void)(value))
#define TraceLoggingCustomAttribute(value, ...) ((void)(value))
#define TraceLoggingValue(value, ...)           ((void)(value))
#define TraceLoggingInt8(value, ...)            ((void)(value))
#define TraceLoggingUInt8(value, ...)           ((void)(value))
#define TraceLoggingInt16(value, ...)           ((void)(value))
#define TraceLoggingUInt16(value, ...)          ((void)(value))
#define TraceLoggingInt32(value, ...)           ((void)(value))
#define TraceLoggingUInt32(value, ...)          ((void)(value))
#define TraceLoggingInt64(value, ...)           ((void)(value))
#define TraceLoggingUInt64(value, ...)          ((void)(value))
#define TraceLoggingIntPtr(value, ...)          ((void)(value))
#define TraceLoggingUIntPtr(value, ...)         ((void)(value))
#define TraceLoggingLong(value, ...)            ((void)(value))
#define TraceLoggingULong(value, ...)           ((void)(value))
#define TraceLoggingHexInt8(value, ...)         ((void)(value))
#define TraceLoggingHexUInt8(value, ...)        ((void)(value))
#define TraceLoggingHexInt16(value, ...)        ((void)(value))
#define TraceLoggingHexUInt16(value, ...)       ((void)(value))
#define TraceLoggingHexInt32(value, ...)        ((void)(value))
#define TraceLoggingHexUInt32(value, ...)       ((void)(value))
#define TraceLoggingHexInt64(value, ...)        ((void)(value))
#define TraceLoggingHexUInt64(value, ...)       ((void)(value))
#define TraceLoggingHexIntPtr(value, ...)       ((void)(value))
#define TraceLoggingHexUIntPtr(value, ...)      ((void)(value))
#define TraceLoggingHexLong(value, ...)         ((void)(value))
#define TraceLoggingHexULong(value, ...)        ((void)(value))
#define TraceLoggingFloat32(value, ...)         ((void)(value))
#define TraceLoggingFloat64(value, ...)         ((void)(value))
#define TraceLoggingBoolean(value, ...)         ((void)(value))
#define TraceLoggingBool(value, ...)            ((void)(value))
#define TraceLoggingChar(value, ...)            ((void)(value))
#define TraceLoggingChar16(value, ...)          ((void)(value))
#define TraceLoggingWChar(value, ...)           ((void)(value))
#define TraceLoggingPointer(value, ...)         ((void)(value))
#define TraceLoggingCodePointer(value, ...)     ((void)(value))
#define TraceLoggingPid(value, ...)             ((void)(value))
#define TraceLoggingTid(value, ...)             ((void)(value))
#define TraceLoggingPort(value, ...)            ((void)(value))
#define TraceLoggingWinError(value, ...)        ((void)(value))
#define TraceLoggingNTStatus(value, ...)        ((void)(value))
#define TraceLoggingHResult(value, ...)         ((void)(value))
#define TraceLoggingFileTime(value, ...)        ((void)(value))
#define TraceLoggingFileTimeUtc(value, ...)     ((void)(value))
#define TraceLoggingSystemTime(value, ...)      ((void)(value))
#define TraceLoggingSystemTimeUtc(value, ...)   ((void)(value))
#define TraceLoggingGuid(value, ...)            ((void)(value))
#define TraceLoggingString(value, ...)          ((void)(value))
#define TraceLoggingUtf8String(value, ...)      ((void)(value))
#define TraceLoggingString16(value, ...)        ((void)(value))
#define TraceLoggingWideString(value, ...)      ((void)(value))
#define TraceLoggingAnsiString(value, ...)      ((void)(value))
#define TraceLoggingUnicodeString(value, ...)   ((void)(value))
#define TraceLoggingSid(value, ...)             ((void)(value))
#define TraceLoggingIPv4Address(value, ...)     ((void)(value))
#define TraceLoggingIPv6Address(value, ...)     ((void)(value))
#define TraceLoggingStruct(value, ...)          ((void)(value))

/* A pointer and how many. */
#define TraceLoggingCountedString(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingCountedUtf8String(pointer, count, ...) ((void)(pointer), (void)(count))
#define TraceLoggingCountedString16(pointer, count, ...)   ((void)(pointer), (void)(count))
#define TraceLoggingCountedWideString(pointer, count, ...) ((void)(pointer), (void)(count))
#define TraceLoggingBinary(pointer, count, ...)            ((void)(pointer), (void)(count))
#define TraceLoggingSocketAddress(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingInt8Array(pointer, count, ...)         ((void)(pointer), (void)(count))
#define TraceLoggingUInt8Array(pointer, count, ...)        ((void)(pointer), (void)(count))
#define TraceLoggingInt16Array(pointer, count, ...)        ((void)(pointer), (void)(count))
#define TraceLoggingUInt16Array(pointer, count, ...)       ((void)(pointer), (void)(count))
#define TraceLoggingInt32Array(pointer, count, ...)        ((void)(pointer), (void)(count))
#define TraceLoggingUInt32Array(pointer, count, ...)       ((void)(pointer), (void)(count))
#define TraceLoggingInt64Array(pointer, count, ...)        ((void)(pointer), (void)(count))
#define TraceLoggingUInt64Array(pointer, count, ...)       ((void)(pointer), (void)(count))
#define TraceLoggingIntPtrArray(pointer, count, ...)       ((void)(pointer), (void)(count))
#define TraceLoggingUIntPtrArray(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingHexInt8Array(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingHexUInt8Array(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingHexInt16Array(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingHexUInt16Array(pointer, count, ...)    ((void)(pointer), (void)(count))
#define TraceLoggingHexInt32Array(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingHexUInt32Array(pointer, count, ...)    ((void)(pointer), (void)(count))
#define TraceLoggingHexInt64Array(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingHexUInt64Array(pointer, count, ...)    ((void)(pointer), (void)(count))
#define TraceLoggingFloat32Array(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingFloat64Array(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingBooleanArray(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingBoolArray(pointer, count, ...)         ((void)(pointer), (void)(count))
#define TraceLoggingPointerArray(pointer, count, ...)      ((void)(pointer), (void)(count))
#define TraceLoggingCharArray(pointer, count, ...)         ((void)(pointer), (void)(count))
#define TraceLoggingWCharArray(pointer, count, ...)        ((void)(pointer), (void)(count))
#define TraceLoggingGuidArray(pointer, count, ...)         ((void)(pointer), (void)(count))
#define TraceLoggingFileTimeArray(pointer, count, ...)     ((void)(pointer), (void)(count))
#define TraceLoggingSystemTimeArray(pointer, count, ...)   ((void)(pointer), (void)(count))
