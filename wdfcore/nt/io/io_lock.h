#pragma once
/* io_lock.h - the one lock of nt/io: free IRPs and the way of an IRP, the requests of a file, files,
 * devices of a driver, drivers, interfaces, names, remove locks, work items. Fields with key (i) in
 * this folder are changed under it; driver code and windows never come inside.
 */
#include "base/lock.h"

extern struct base_lock io_lists BASE_HIDDEN;

static inline void io_lock(void)
{
    base_lock_acquire(&io_lists);
}

static inline void io_unlock(void)
{
    base_lock_release(&io_lists);
}
