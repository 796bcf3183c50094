/* wdfhwaccess.h - kept for sources that include it; kernel-mode drivers use READ_ and
 * WRITE_REGISTER_*, READ_ and WRITE_PORT_* of wdm.h directly. */
#pragma once

#include <wdftypes.h>
