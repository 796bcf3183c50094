/* ke_thread_exit.c - what a thread must have let go of when it ends. */
#include "nt/ex/lock/ex_resource.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

/* A system thread begins in a critical region, and may have left it. */
static void check_regions(PKTHREAD thread)
{
    SHORT normal = thread->normal_apcs_disabled;

    if (normal > (thread->is_told_of ? 1 : 0)) {
        ke_violation(RULE_CriticalRegion, 0x20, 0, (uint64_t)normal, 0, 0,
                     "a thread ended in a critical region");
    }
    if (thread->special_apcs_disabled > 0) {
        ke_violation(RULE_GuardedRegion, 0x20, 0, (uint64_t)thread->special_apcs_disabled, 0, 0,
                     "a thread ended in a guarded region");
    }
}

/* A mutant, which leaves APCs alone, may be left to whoever waits for it. */
static bool owns_kmutex(const struct _KTHREAD *thread)
{
    const LIST_ENTRY *entry = thread->mutexes.Flink;

    while (entry != &thread->mutexes &&
           CONTAINING_RECORD(entry, KMUTEX, MutantListEntry)->ApcDisable == 0) {
        entry = entry->Flink;
    }
    return entry != &thread->mutexes;
}

void ke_thread_check_exit(void)
{
    PKTHREAD thread = ke_self->thread;
    const void *resource = ex_resource_held_by(thread);

    if (owns_kmutex(thread)) {
        ke_violation(RULE_SystemExitOwnedMutex, 0x39, (uint64_t)(uintptr_t)thread->routine,
                     (uint64_t)(uintptr_t)thread->context, 0, 0,
                     "a thread ended and did not release a mutex");
    } else if (thread->locks_held == 0 && resource == NULL) {
        check_regions(thread); /* a lock that is held accounts for its region */
    }
    if (thread->locks_held != 0 || resource != NULL) {
        ke_violation(RULE_LockHeldAtExit, 0xC4, 0x100A, (uint64_t)(uintptr_t)resource,
                     (uint64_t)(uintptr_t)thread, 0, "a thread ended and did not release a %s",
                     resource != NULL ? "resource" : "fast mutex or push lock");
    }
}
