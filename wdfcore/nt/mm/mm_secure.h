#pragma once
/* mm_secure.h - addresses that stay as long as a driver has them secured. */
#include <wdm.h>

#include <stdbool.h>

/* mm_secure_holds: some of these addresses are secured. */
bool mm_secure_holds(ULONG_PTR start, SIZE_T size);
