/* ntifs.h - ntddk.h under the name that sources near the file systems include. */
#pragma once

#include "ntddk.h"
