/* ke_thread_exit.c - what a thread must have let go of when it ends. */
#include "nt/ex/lock/ex_resource.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

void ke_thread_check_exit(void)
{
    PKTHREAD thread = ke_self->thread;
    const void *resource = ex_resource_held_by(thread);

    if (!IsListEmpty(&thread->mutexes)) {
        ke_violation(RULE_SystemExitOwnedMutex, 0x39, (uint64_t)(uintptr_t)thread->routine,
                     (uint64_t)(uintptr_t)thread->context, 0, 0,
                     "a thread ended and did not release a mutex");
    }
    if (thread->locks_held != 0 || resource != NULL) {
        ke_violation(RULE_LockHeldAtExit, 0xC4, 0x100A, (uint64_t)(uintptr_t)resource,
                     (uint64_t)(uintptr_t)thread, 0, "a thread ended and did not release a %s",
                     resource != NULL ? "resource" : "fast mutex or push lock");
    }
}
