#pragma once
/* io_notify.h - who wants to know that a device it has open goes: target device change.
 * Rules for a registration:
 * - made for a file object, it listens to the stack of the file's device, also when the file is closed
 * - its routine is called at PASSIVE_LEVEL in the thread that removes the device
 */
#include <wdm.h>

/* io_notify_query_remove: may the device go? Whoever refuses: all are told that it stays, and the
 * refusal is returned. io_notify_canceled: it stays. io_notify_removed: it goes. PASSIVE_LEVEL. */
NTSTATUS io_notify_query_remove(PDEVICE_OBJECT pdo);
void io_notify_canceled(PDEVICE_OBJECT pdo);
void io_notify_removed(PDEVICE_OBJECT pdo);

/* io_notify_stop: forget all registrations. */
void io_notify_stop(void);
