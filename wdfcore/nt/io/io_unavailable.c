/* io_unavailable.c - what there is no part of the machine for: blocks of WMI that other drivers provide.
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
