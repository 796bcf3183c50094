#pragma once
/* fs_mcb.h - map control blocks from inside: what runs out of memory says so, and raises nothing. */
#include <ntifs.h>

/* Both: STATUS_UNSUCCESSFUL: nothing that can be done; STATUS_INSUFFICIENT_RESOURCES: nothing changed. */
NTSTATUS fs_mcb_remove(PBASE_MCB mcb, LONGLONG vbn, LONGLONG count);
NTSTATUS fs_mcb_split(PBASE_MCB mcb, LONGLONG vbn, LONGLONG amount);
