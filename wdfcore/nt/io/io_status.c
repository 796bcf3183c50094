/* io_status.c - statuses: which there are, of several the worst, and those that a user is told. */
#include <ntddk.h>

#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/thread/ke_thread.h"
#include "nt/thread/ke_wait.h"

#define STATUS_BIT_CUSTOMER 0x20000000u
#define STATUS_BIT_RESERVED 0x10000000u
#define FACILITY_LAST       0x0FFu /* no facility in use is greater */

static ULONG status_severity(NTSTATUS status)
{
    return (ULONG)status >> 30;
}

BOOLEAN IoIsValidIrpStatus(NTSTATUS Status)
{
    ULONG bits = (ULONG)Status;

    if (!API_QUIET(HIGH_LEVEL)) {
        return FALSE;
    }
    return (bits & STATUS_BIT_CUSTOMER) != 0 ||
           ((bits & STATUS_BIT_RESERVED) == 0 && ((bits >> 16) & 0xFFF) <= FACILITY_LAST);
}

VOID IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status)
{
    if (!API_QUIET(HIGH_LEVEL) || !io_irp_check(MasterIrp, __func__) ||
        Status == STATUS_FT_READ_FROM_COPY) {
        return;
    }
    if (Status == STATUS_VERIFY_REQUIRED ||
        (!NT_SUCCESS(Status) &&
         status_severity(Status) > status_severity(MasterIrp->IoStatus.Status))) {
        MasterIrp->IoStatus.Status = Status;
    }
}

BOOLEAN IoSetThreadHardErrorMode(BOOLEAN EnableHardErrors)
{
    BOOLEAN before;

    if (!API_QUIET(HIGH_LEVEL)) {
        return FALSE;
    }
    before = !ke_self->thread->hard_errors_off;
    ke_self->thread->hard_errors_off = !EnableHardErrors;
    return before;
}

BOOLEAN IoRaiseInformationalHardError(NTSTATUS ErrorStatus, PUNICODE_STRING String, PKTHREAD Thread)
{
    if (!API(PASSIVE_LEVEL) ||
        (Thread != NULL && !ke_check_dispatcher(Thread, 1u << ThreadObject,
                                                RULE_ObjectNotInitialized, "a thread", __func__)) ||
        (String != NULL && !ke_check_address(String, "a string", __func__))) {
        return FALSE;
    }
    if ((Thread != NULL ? Thread : ke_self->thread)->hard_errors_off) {
        return FALSE;
    }
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "hard error: 0x%08X%s%wZ\n", ErrorStatus,
               String != NULL ? ", " : "", String);
    return TRUE;
}
