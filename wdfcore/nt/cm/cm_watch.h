#pragma once
/* cm_watch.h - who wants to hear that a key changes (ZwNotifyChangeKey).
 * Rules for a watch:
 * - it belongs to a key object from the first request until the object goes; the first request's filter and
 *   WatchTree hold for all
 * - a change ends every request that waits then; one while none waits ends the next at once
 * - a key that is deleted, and an object that goes, end them with STATUS_NOTIFY_CLEANUP
 */
#include "nt/cm/cm_key.h"

/* The following under the registry's lock.
 * cm_watch_changed_locked: the key was changed so; kind  one REG_NOTIFY_CHANGE_*.
 * cm_watch_deleted_locked: it is being deleted, and still has its parent. */
void cm_watch_changed_locked(const struct cm_key *key, ULONG kind);
void cm_watch_deleted_locked(const struct cm_key *key);

/* cm_watch_forget: the key object goes. No lock held. */
void cm_watch_forget(const void *object);
