#pragma once
/* fx_waitlock.h - WDFWAITLOCK, also as the lock of passive interrupts. */
#include "wdf/object/fx_object.h"

/* Keys: (l) whoever holds the lock */
struct fx_waitlock {
    struct fx_object object;
    KEVENT free;  /* synchronization event, signaled while nobody has it */
    void *holder; /* (l) KTHREAD, NULL: free; read anywhere */
    bool region;  /* (l) the holder entered a critical region: not at DISPATCH_LEVEL */
};

extern const struct fx_type fx_waitlock_type;

/* fx_waitlock_acquire: timeout as in WdfWaitLockAcquire. STATUS_SUCCESS: taken, in a critical
 * region; STATUS_TIMEOUT: not taken (also when refused for recursion). fx_waitlock_release: false:
 * refused (WaitLockNotOwned). From the one to the other the lock's memory lasts. */
NTSTATUS fx_waitlock_acquire(struct fx_waitlock *lock, const LONGLONG *timeout);
bool fx_waitlock_release(struct fx_waitlock *lock);

static inline void fx_waitlock_init(struct fx_waitlock *lock)
{
    KeInitializeEvent(&lock->free, SynchronizationEvent, TRUE);
}
