/* wdfpool.h - kept for sources that include it; the framework allocates from the kernel's pool. */
#pragma once

#include <wdftypes.h>
