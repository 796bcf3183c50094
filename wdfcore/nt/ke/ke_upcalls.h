#pragma once
/* ke_upcalls.h - what nt does when the host's scheduler calls up. */
#include "host/host.h"

#include <wdm.h>

extern const struct host_upcalls ke_upcalls;
