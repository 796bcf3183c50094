#pragma once
/* fx_spinlock.h - WDFSPINLOCK, also as the lock of interrupts. */
#include "wdf/object/fx_object.h"

/* Keys: (c) constant once published (l) whoever holds the lock */
struct fx_spinlock {
    struct fx_object object;
    KSPIN_LOCK lock;
    void *holder;              /* (l) KTHREAD, NULL: free; read anywhere */
    struct fx_spinlock *outer; /* (l) taken before by the same processor */
    KIRQL old_irql;            /* (l) */
    bool interrupt_lock;       /* an interrupt's: the driver may not take it itself any more */
};

extern const struct fx_type fx_spinlock_type;

/* fx_spinlock_use_for_interrupt: WdfSpinLockAcquire refuses it from now on, for ever. */
static inline void fx_spinlock_use_for_interrupt(struct fx_spinlock *lock)
{
    lock->interrupt_lock = true;
}

/* fx_spinlock_stop: the machine is gone: no lock is held. */
void fx_spinlock_stop(void);
