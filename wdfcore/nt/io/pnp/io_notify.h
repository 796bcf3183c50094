#pragma once
/* io_notify.h - who wants to know of devices and interfaces that come and go.
 * Rules for a registration:
 * - target device change: made for a file object, it listens to the stack of the file's device, also
 *   when the file is closed; its routine is called in the thread that removes the device or reports
 * - device interface change: it listens to a class of interfaces; its routine is called in a worker
 *   thread, in the order in which the changes happened
 * - routines are called at PASSIVE_LEVEL; taking a registration back waits for its routine, unless it
 *   is the routine itself that does it
 */
#include <wdm.h>

#include <stdbool.h>

/* io_notify_query_remove: may the device go? Whoever refuses: all are told that it stays, and the
 * refusal is returned. io_notify_canceled: it stays. io_notify_removed: it goes. PASSIVE_LEVEL. */
NTSTATUS io_notify_query_remove(PDEVICE_OBJECT pdo);
void io_notify_canceled(PDEVICE_OBJECT pdo);
void io_notify_removed(PDEVICE_OBJECT pdo);

/* io_notify_interface: an interface has been enabled, or disabled. */
void io_notify_interface(const GUID *class_guid, PCUNICODE_STRING link, bool arrived);

/* Whom an event is for. */
struct io_notify_match {
    IO_NOTIFICATION_EVENT_CATEGORY category;
    PDEVICE_OBJECT bottom;  /* target device change */
    const GUID *class_guid; /* device interface change */
};
/* io_notify_has: somebody is registered for it. */
bool io_notify_has(const struct io_notify_match *match);
/* io_notify_tell: call them with the structure; target device change: its FileObject becomes that of
 * each registration. may_refuse: the first failure ends it and is returned. PASSIVE_LEVEL. */
NTSTATUS io_notify_tell(const struct io_notify_match *match, PVOID structure, bool may_refuse);

/* io_notify_stop: forget all registrations; io_notify_events_stop: and what is not delivered. */
void io_notify_stop(void);
void io_notify_events_stop(void);
