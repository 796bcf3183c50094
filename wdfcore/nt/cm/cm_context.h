#pragma once
/* cm_context.h - what those who hear of registry operations have said about key objects
 * (CmSetCallbackObjectContext). A context is told of once: when the key object goes or the registration is
 * undone.
 */
#include "nt/cm/cm_registration.h"

/* cm_context_of: the owner's for that object, or NULL; object NULL: none. The caller is inside. */
PVOID cm_context_of(const struct cm_registration *owner, PVOID object);

/* cm_contexts_object_gone: the last handle and pointer have gone. No lock.
 * cm_contexts_owner_gone: the registration is off its list. No lock. */
void cm_contexts_object_gone(PVOID object);
void cm_contexts_owner_gone(const struct cm_registration *owner);
