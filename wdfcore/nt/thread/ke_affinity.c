/* ke_affinity.c - system affinity of the calling thread. At or below APC_LEVEL the thread is on an
 * allowed processor when the call returns; at DISPATCH_LEVEL the move waits until the level falls.
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

static KAFFINITY affinity_in_force(const struct _KTHREAD *thread)
{
    return thread->system_affinity != 0 ? thread->system_affinity : thread->affinity;
}

/* A set is taken whole or not at all; a wrong one has no effect on Windows. */
static BOOLEAN affinity_is_valid(KAFFINITY affinity, const char *api)
{
    if (affinity != 0 && (affinity & ~ke_processor_mask()) == 0) {
        return TRUE;
    }
    ke_violation(RULE_InvalidAffinity, 0x3, affinity, ke_processor_mask(), 0, 0,
                 "%s with the processors 0x%llx of 0x%llx", api, (unsigned long long)affinity,
                 (unsigned long long)ke_processor_mask());
    return FALSE;
}

static void affinity_move(const struct _KTHREAD *thread)
{
    host_task_set_affinity(affinity_in_force(thread));
    if (ke_self->is_stand_in) {
        ke_stand_in_move(ke_self, host_task_home());
    }
}

static void affinity_apply(PKTHREAD thread)
{
    if (ke_self->irql < DISPATCH_LEVEL) {
        affinity_move(thread);
    } else {
        thread->affinity_pending = TRUE; /* ke_irql_lower moves the thread */
    }
}

void ke_affinity_catch_up(void)
{
    PKTHREAD thread = ke_self->thread;

    thread->affinity_pending = FALSE;
    affinity_move(thread);
}

KAFFINITY KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = ke_self->thread;
    KAFFINITY before;

    if (!API(DISPATCH_LEVEL)) {
        return 0;
    }
    before = thread->system_affinity;
    if (affinity_is_valid(Affinity, __func__)) {
        thread->system_affinity = Affinity;
        affinity_apply(thread);
    }
    return before;
}

VOID KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = ke_self->thread;

    if (!API(DISPATCH_LEVEL) || thread->system_affinity == 0) {
        return;
    }
    if (Affinity == 0 || affinity_is_valid(Affinity, __func__)) {
        thread->system_affinity = Affinity;
        affinity_apply(thread);
    }
}

VOID KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    KeSetSystemAffinityThreadEx(Affinity);
}

VOID KeRevertToUserAffinityThread(VOID)
{
    KeRevertToUserAffinityThreadEx(0);
}

static bool reserved_is_zero(const GROUP_AFFINITY *affinity)
{
    return (affinity->Reserved[0] | affinity->Reserved[1] | affinity->Reserved[2]) == 0;
}

VOID KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity)
{
    KAFFINITY before;

    if (PreviousAffinity != NULL) {
        *PreviousAffinity = (GROUP_AFFINITY){.Mask = 0};
    }
    if (Affinity->Group != 0 || !reserved_is_zero(Affinity)) {
        return;
    }
    before = KeSetSystemAffinityThreadEx(Affinity->Mask);
    if (PreviousAffinity != NULL) {
        PreviousAffinity->Mask = before;
    }
}

VOID KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    if (PreviousAffinity->Group == 0 && reserved_is_zero(PreviousAffinity)) {
        KeRevertToUserAffinityThreadEx(PreviousAffinity->Mask);
    }
}
