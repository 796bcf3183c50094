#pragma once
/* ke_upcalls.h - what nt does when the host's scheduler calls up. */
#include "host/host.h"

#include <wdm.h>

extern const struct host_upcalls ke_upcalls;

/* ke_processor_is_pending: something waits for the processor that its owner has to look at. */
BOOLEAN ke_processor_is_pending(ULONG number);
