/* io_unavailable.c - what there is no part of the machine for: the power framework, providers of WMI.
 * Registrations say so by their status; what could only follow one is
 * ApiUnavailable.
 */
#include <ntddk.h>

#include <wmilib.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

static void io_unavailable(const char *api)
{
    ke_violation(RULE_ApiUnavailable, 0, 0, 0, 0, 0, "%s was called, which is not built", api);
}

/* ---- WMI ---- */

NTSTATUS IoWMIOpenBlock(LPCGUID DataBlockGuid, ULONG DesiredAccess, PVOID *DataBlockObject)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *DataBlockObject = NULL;
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS IoWMISetNotificationCallback(PVOID Object, WMI_NOTIFICATION_CALLBACK Callback,
                                      PVOID Context)
{
    if (API(PASSIVE_LEVEL)) {
        io_unavailable(__func__);
    }
    return STATUS_NOT_IMPLEMENTED;
}

/* ---- power ---- */

NTSTATUS PoFxRegisterDevice(PDEVICE_OBJECT Pdo, PPO_FX_DEVICE Device, POHANDLE *Handle)
{
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    *Handle = NULL;
    return STATUS_NOT_IMPLEMENTED;
}

VOID PoFxUnregisterDevice(POHANDLE Handle)
{
    if (API(APC_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxStartDevicePowerManagement(POHANDLE Handle)
{
    if (API(APC_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxActivateComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxIdleComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxCompleteIdleCondition(POHANDLE Handle, ULONG Component)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxCompleteIdleState(POHANDLE Handle, ULONG Component)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxCompleteDevicePowerNotRequired(POHANDLE Handle)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxReportDevicePoweredOn(POHANDLE Handle)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxSetComponentLatency(POHANDLE Handle, ULONG Component, ULONGLONG Latency)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxSetComponentResidency(POHANDLE Handle, ULONG Component, ULONGLONG Residency)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxSetComponentWake(POHANDLE Handle, ULONG Component, BOOLEAN WakeHint)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}

VOID PoFxSetDeviceIdleTimeout(POHANDLE Handle, ULONGLONG IdleTimeout)
{
    if (API(DISPATCH_LEVEL)) {
        io_unavailable(__func__);
    }
}
