/* intrin.h - the intrinsics of Microsoft's compiler that there are: those of interlocked memory, bits and
 * barriers, which <wdm.h> declares.
 */
#pragma once

#include "wdm.h"
