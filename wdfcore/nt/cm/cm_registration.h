#pragma once
/* cm_registration.h - who has registered for registry operations (CmRegisterCallback).
 * Rules for a registration:
 * - the list goes by altitude, the highest first
 * - it counts who is inside: an operation that took it from the list, or a context of a key object that it is
 *   being told of (cm_context.h). Its routine is called from inside only
 * - undone it is off the list at once; whoever undoes it waits for the last one inside, and frees it
 */
#include <wdm.h>

#include <stdbool.h>

#include "base/lock.h"

#define CM_REGISTRATIONS 32

struct cm_registration;

/* What this file, and cm_context.c, keep. Innermost but for the dispatcher's. */
extern struct base_lock cm_registration_lock;

/* cm_registration_any: there is one; no lock. */
bool cm_registration_any(void);

/* cm_registrations_enter: those on the list, with the caller inside each. Returns how many.
 * cm_registration_enter_locked: one that is there. cm_registration_leave: no lock; it may be freed then. */
ULONG cm_registrations_enter(struct cm_registration *entered[CM_REGISTRATIONS]);
void cm_registration_enter_locked(struct cm_registration *registration);
void cm_registration_leave(struct cm_registration *registration);

/* cm_registration_call: its routine. Inside, no lock. */
NTSTATUS cm_registration_call(const struct cm_registration *registration, REG_NOTIFY_CLASS class,
                              PVOID information);

/* cm_registration_find_locked: the one on the list, or NULL. */
struct cm_registration *cm_registration_find_locked(LARGE_INTEGER cookie);

/* cm_registration_of_code: a registered routine that lies in that memory, or NULL. */
const void *cm_registration_of_code(const void *start, size_t size);
