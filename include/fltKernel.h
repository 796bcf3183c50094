/* fltKernel.h - sources include it for what <ntifs.h> declares. There is no filter manager: nothing that begins
 * with Flt is here.
 */
#pragma once

#include "ntifs.h"
