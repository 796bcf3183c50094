#pragma once
/* po_setting.h - power settings and who wants to know of them. */
#include <wdm.h>

#include <stdbool.h>

#define PO_SETTING_MAXIMUM 32 /* bytes of a value */

/* po_setting_set: the setting has this value from now on; who registered for it is told by a worker.
 * false: no memory, or size is 0 or above PO_SETTING_MAXIMUM. IRQL <= DISPATCH_LEVEL. */
bool po_setting_set(const GUID *setting, const void *value, ULONG size);

/* po_setting_stop: forget registrations and values. */
void po_setting_stop(void);
