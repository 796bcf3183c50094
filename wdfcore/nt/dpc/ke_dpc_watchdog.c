/* ke_dpc_watchdog.c - how much of its time a DPC has used: what a long routine asks to decide whether it
 * should hand off. Times are machine time, unit-less as documented: here 100 ns.
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc.h"
#include "nt/time/ke_due.h"

static ULONG remaining(ULONGLONG limit, ULONGLONG used)
{
    return used < limit ? (ULONG)(limit - used) : 0;
}

LOGICAL KeShouldYieldProcessor(VOID)
{
    struct ke_processor *self = ke_self;

    return API(HIGH_LEVEL) && self->dpc_state != 0 &&
           ke_clock_read_100ns() - self->drain_start_ns / 100 >= KE_DPC_BUDGET_100NS;
}

NTSTATUS KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation)
{
    struct ke_processor *self = ke_self;
    ULONGLONG now;

    if (!API(HIGH_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!ke_in_dpc(self) && self->irql < DISPATCH_LEVEL) {
        return STATUS_UNSUCCESSFUL;
    }
    now = ke_clock_read_100ns();
    *WatchdogInformation = (KDPC_WATCHDOG_INFORMATION){
        .DpcTimeLimit = KE_DPC_BUDGET_100NS,
        .DpcTimeCount =
            remaining(KE_DPC_BUDGET_100NS, ke_in_dpc(self) ? now - self->dpc_start_ns / 100 : 0),
        .DpcWatchdogLimit = KE_DRAIN_BUDGET_100NS,
        .DpcWatchdogCount = remaining(KE_DRAIN_BUDGET_100NS,
                                      self->dpc_state != 0 ? now - self->drain_start_ns / 100 : 0),
    };
    return STATUS_SUCCESS;
}
