#pragma once
/* mm_mdl.h - MDLs for the I/O manager's own use: no checks, no driver to blame. */
#include <wdm.h>

/* mm_mdl_check: FALSE, with a report that names the routine: it is none. */
BOOLEAN mm_mdl_check(const MDL *mdl, const char *api);
/* mm_mdl_create: an MDL in state "none"; caller as in ex_pool_allocate. NULL: no memory. */
PMDL mm_mdl_create(PVOID address, ULONG length, const void *caller);
/* mm_mdl_lock: MmProbeAndLockPages of memory that is known to be there. */
void mm_mdl_lock(PMDL mdl, LOCK_OPERATION operation);
/* mm_mdl_release_chain: unlock and free the MDL and those behind it. */
void mm_mdl_release_chain(PMDL mdl);
