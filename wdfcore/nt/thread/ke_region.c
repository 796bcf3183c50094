/* ke_region.c - critical and guarded regions: counts that hold APCs back. What they held back comes in
 * when the outermost is left.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_apc.h"

VOID KeEnterCriticalRegion(VOID)
{
    if (API(APC_LEVEL)) {
        ke_self->thread->normal_apcs_disabled++;
    }
}

VOID KeLeaveCriticalRegion(VOID)
{
    PKTHREAD thread = ke_self->thread;

    if (!API(APC_LEVEL)) {
        return;
    }
    if (thread->normal_apcs_disabled <= 0) {
        ke_violation(RULE_CriticalRegion, 0xC4, 0x3E, 0, 0, 0,
                     "KeLeaveCriticalRegion was called outside a critical region");
        return;
    }
    thread->normal_apcs_disabled--;
    ke_apc_check();
}

VOID KeEnterGuardedRegion(VOID)
{
    if (API(APC_LEVEL)) {
        ke_self->thread->special_apcs_disabled++;
    }
}

VOID KeLeaveGuardedRegion(VOID)
{
    PKTHREAD thread = ke_self->thread;

    if (!API(APC_LEVEL)) {
        return;
    }
    if (thread->special_apcs_disabled <= 0) {
        ke_violation(RULE_GuardedRegion, 0xC4, 0x11B, 0, 0, 0,
                     "KeLeaveGuardedRegion was called outside a guarded region");
        return;
    }
    thread->special_apcs_disabled--;
    ke_apc_check();
}

BOOLEAN KeAreAllApcsDisabled(VOID)
{
    return API_QUIET(HIGH_LEVEL) &&
           (ke_self->thread->special_apcs_disabled > 0 || ke_self->irql >= APC_LEVEL);
}

BOOLEAN KeAreApcsDisabled(VOID)
{
    return API_QUIET(HIGH_LEVEL) && (ke_self->thread->normal_apcs_disabled > 0 ||
                                     ke_self->thread->special_apcs_disabled > 0);
}
