#pragma once
/* ex_retired.h - freed pool memory that is kept back for a while: what still reads it finds a pattern,
 * and what still writes to it is found out when the memory goes, or the machine ends.
 * AddressSanitizer does the same by itself, sooner: under it nothing is kept.
 */
#include <wdm.h>

#include <stddef.h>

struct ex_retired {
    void *memory; /* from malloc */
    size_t size;
    ULONG tag;
    const void *caller; /* who allocated it, or NULL */
};

/* ex_retire_locked: keep this memory; the pool's lock is held. Returns what goes instead, perhaps the
 * same, memory NULL: nothing. ex_retired_end: that one, without the lock: look at it and give it back
 * to the heap; PoolWrittenAfterFree. */
struct ex_retired ex_retire_locked(const struct ex_retired *block);
void ex_retired_end(const struct ex_retired *block);

/* ex_retired_take_locked: one that is kept, memory NULL: no more. ex_retired_stop: free them all. */
struct ex_retired ex_retired_take_locked(void);
void ex_retired_stop(void);
