#pragma once
/* rtl_registry.h - keys as the Rtl routines name them: a place to start from and a path. */
#include "nt/cm/cm_value.h"

/* rtl_registry_key: open the key, or make it with all that lies above (create).
 *   Returns  a referenced key (cm_key_deref); STATUS_INVALID_PARAMETER (RelativeTo);
 *            STATUS_OBJECT_NAME_NOT_FOUND; what opening gives */
NTSTATUS rtl_registry_key(ULONG relative_to, PCWSTR path, bool create, struct cm_key **key);
