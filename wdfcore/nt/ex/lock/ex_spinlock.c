/* ex_spinlock.c - reader-writer spin locks. The word is 0 when free. Readers are counted in the lower
 * bits, writers that wait in the bits above; a writer inside sets the sign and notes its processor
 * where the readers were counted. Readers stay out while a writer is inside or waits.
 */
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_irql.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ke/lock/ke_spinlock.h"
#include "nt/ke/ke_window.h"

#define WRITER       ((LONG)0x80000000)
#define WAITING_ONE  0x01000000
#define WAITING_MASK 0x7f000000
#define READERS_MASK 0x00ffffff
#define READER_STOPS (WRITER | WAITING_MASK)
#define WRITER_STOPS (WRITER | READERS_MASK)

static LONG word_read(const EX_SPIN_LOCK *lock)
{
    return __atomic_load_n(lock, __ATOMIC_RELAXED);
}

/* The word changes if it is still what it was when it was looked at. */
static BOOLEAN word_change(PEX_SPIN_LOCK lock, LONG from, LONG to, int order)
{
    return __atomic_compare_exchange_n(lock, &from, to, false, order, __ATOMIC_RELAXED);
}

static BOOLEAN writer_is_me(LONG word)
{
    return (word & WRITER) != 0 && (word & READERS_MASK) == ke_self->number &&
           !ke_self->is_stand_in;
}

/* FALSE: the caller's processor is the writer inside. */
static BOOLEAN check_recursion(PEX_SPIN_LOCK lock)
{
    if (!writer_is_me(word_read(lock))) {
        return TRUE;
    }
    ke_violation(RULE_SpinLockAlreadyOwned, 0xF, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                 "the reader-writer spin lock at %p was acquired again by its writer",
                 (void *)lock);
    return FALSE;
}

/* FALSE: a writer is inside or waits. */
static BOOLEAN try_shared(PEX_SPIN_LOCK lock)
{
    LONG word = word_read(lock);

    while ((word & READER_STOPS) == 0) {
        if (word_change(lock, word, word + 1, __ATOMIC_ACQUIRE)) {
            ke_self->spin_locks_held++;
            return TRUE;
        }
        word = word_read(lock);
    }
    return FALSE;
}

static BOOLEAN acquire_shared(PEX_SPIN_LOCK lock)
{
    if (!check_recursion(lock)) {
        return FALSE;
    }
    while (!try_shared(lock)) {
        ke_spin_wait_word(lock, READER_STOPS);
    }
    return TRUE;
}

/* Nobody may be inside or wait. */
static BOOLEAN try_exclusive(PEX_SPIN_LOCK lock)
{
    if (!word_change(lock, 0, WRITER | (LONG)ke_self->number, __ATOMIC_ACQUIRE)) {
        return FALSE;
    }
    ke_self->spin_locks_held++;
    return TRUE;
}

static BOOLEAN acquire_exclusive(PEX_SPIN_LOCK lock)
{
    LONG mine = WRITER | (LONG)ke_self->number;

    if (!check_recursion(lock)) {
        return FALSE;
    }
    if (!word_change(lock, 0, mine, __ATOMIC_ACQUIRE)) {
        __atomic_fetch_add(lock, WAITING_ONE, __ATOMIC_RELAXED);
        for (;;) {
            LONG word;

            ke_spin_wait_word(lock, WRITER_STOPS);
            word = word_read(lock);
            if ((word & WRITER_STOPS) == 0 &&
                word_change(lock, word, (word - WAITING_ONE) | mine, __ATOMIC_ACQUIRE)) {
                break;
            }
        }
    }
    ke_self->spin_locks_held++;
    return TRUE;
}

static void report_not_owned(PEX_SPIN_LOCK lock, const char *how)
{
    ke_violation(RULE_SpinLockNotOwned, 0x10, (uint64_t)(uintptr_t)lock, 0, 0, 0,
                 "the reader-writer spin lock at %p is not held %s by who releases it",
                 (void *)lock, how);
}

static void report_mismatch(PEX_SPIN_LOCK lock)
{
    ke_violation(RULE_LockApiMismatch, 0xC4, 0x1008, (uint64_t)(uintptr_t)lock, 0, 0,
                 "the reader-writer spin lock at %p is held in the other way", (void *)lock);
}

static BOOLEAN release_shared(PEX_SPIN_LOCK lock)
{
    LONG word = word_read(lock);

    if (writer_is_me(word)) {
        report_mismatch(lock);
        return FALSE;
    }
    if ((word & WRITER) != 0 || (word & READERS_MASK) == 0) {
        report_not_owned(lock, "shared");
        return FALSE;
    }
    __atomic_fetch_sub(lock, 1, __ATOMIC_RELEASE);
    ke_self->spin_locks_held--;
    return TRUE;
}

static BOOLEAN release_exclusive(PEX_SPIN_LOCK lock)
{
    LONG word = word_read(lock);

    if ((word & WRITER) == 0 && (word & READERS_MASK) != 0) {
        report_mismatch(lock);
        return FALSE;
    }
    if (!writer_is_me(word)) {
        report_not_owned(lock, "exclusive");
        return FALSE;
    }
    __atomic_fetch_and(lock, WAITING_MASK, __ATOMIC_RELEASE);
    ke_self->spin_locks_held--;
    return TRUE;
}

/* ---- the API ---- */

static KIRQL acquire_raised(PEX_SPIN_LOCK lock, BOOLEAN (*acquire)(PEX_SPIN_LOCK))
{
    KIRQL old;

    if (!ke_spin_level_is_low(lock)) {
        return ke_self->irql;
    }
    old = ke_irql_raise(DISPATCH_LEVEL);
    if (acquire(lock)) {
        ke_irql_push(ke_self, old);
    } else {
        ke_irql_lower(old);
    }
    return old;
}

static void release_lowered(PEX_SPIN_LOCK lock, BOOLEAN (*release)(PEX_SPIN_LOCK), KIRQL old)
{
    if (ke_spin_release_level_is_right(lock, old) && release(lock)) {
        ke_irql_pop(ke_self);
        ke_irql_lower(old);
    }
}

KIRQL ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) ? acquire_raised(SpinLock, acquire_shared) : PASSIVE_LEVEL;
}

KIRQL ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) ? acquire_raised(SpinLock, acquire_exclusive) : PASSIVE_LEVEL;
}

VOID ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    if (API(HIGH_LEVEL)) {
        release_lowered(SpinLock, release_shared, OldIrql);
    }
}

VOID ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    if (API(HIGH_LEVEL)) {
        release_lowered(SpinLock, release_exclusive, OldIrql);
    }
}

VOID ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40)) {
        acquire_shared(SpinLock);
    }
}

VOID ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x41)) {
        release_shared(SpinLock);
    }
}

VOID ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40)) {
        acquire_exclusive(SpinLock);
    }
}

VOID ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x41)) {
        release_exclusive(SpinLock);
    }
}

LOGICAL ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40) && try_shared(SpinLock);
}

LOGICAL ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40) && try_exclusive(SpinLock);
}

LOGICAL ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    return API(HIGH_LEVEL) && ke_spin_dpc_level_is_held(SpinLock, 0x40) &&
           word_change(SpinLock, 1, WRITER | (LONG)ke_self->number, __ATOMIC_ACQUIRE);
}
