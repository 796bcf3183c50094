/* cm_context.c - registry callbacks: contexts of key objects; see cm_context.h. */
#include "nt/cm/cm_context.h"

#include <ntifs.h>

#include <stdlib.h>

#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"

/* Keys: (l) cm_registration_lock */
struct cm_context {
    struct cm_context *next;
    struct cm_registration *owner;
    PVOID object;
    PVOID context;
};

static struct cm_context *cm_contexts; /* (l); read without it: whether there is any */

static void cm_contexts_stop(void)
{
    while (cm_contexts != NULL) {
        struct cm_context *next = cm_contexts->next;

        free(cm_contexts);
        cm_contexts = next;
    }
}

/* owner NULL: of anybody; object NULL: for any. */
static struct cm_context **cm_context_find_locked(const struct cm_registration *owner, PVOID object)
{
    struct cm_context **at = &cm_contexts;

    while (*at != NULL && ((owner != NULL && (*at)->owner != owner) ||
                           (object != NULL && (*at)->object != object))) {
        at = &(*at)->next;
    }
    return at;
}

/* Off the list, whose head is looked at without the lock. */
static void cm_context_unlink_locked(struct cm_context **at)
{
    __atomic_store_n(at, (*at)->next, __ATOMIC_RELAXED);
}

PVOID cm_context_of(const struct cm_registration *owner, PVOID object)
{
    const struct cm_context *found;
    PVOID context;

    if (object == NULL) {
        return NULL;
    }
    base_lock_acquire(&cm_registration_lock);
    found = *cm_context_find_locked(owner, object);
    context = found != NULL ? found->context : NULL;
    base_lock_release(&cm_registration_lock);
    return context;
}

static struct cm_context *cm_context_take(const struct cm_registration *owner, PVOID object)
{
    struct cm_context **at;
    struct cm_context *found;

    base_lock_acquire(&cm_registration_lock);
    at = cm_context_find_locked(owner, object);
    found = *at;
    if (found != NULL) {
        cm_context_unlink_locked(at);
        cm_registration_enter_locked(found->owner);
    }
    base_lock_release(&cm_registration_lock);
    return found;
}

static void cm_contexts_clean_up(const struct cm_registration *owner, PVOID object)
{
    struct cm_context *context;

    while ((context = cm_context_take(owner, object)) != NULL) {
        REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION information = {.Object = context->object,
                                                                .ObjectContext = context->context};

        cm_registration_call(context->owner, RegNtCallbackObjectContextCleanup, &information);
        cm_registration_leave(context->owner);
        free(context);
    }
}

void cm_contexts_object_gone(PVOID object)
{
    if (__atomic_load_n(&cm_contexts, __ATOMIC_ACQUIRE) != NULL) {
        cm_contexts_clean_up(NULL, object);
    }
}

void cm_contexts_owner_gone(const struct cm_registration *owner)
{
    cm_contexts_clean_up(owner, NULL);
}

/* ---- what a routine asks about a key ---- */

static NTSTATUS cm_context_set_locked(struct cm_registration *owner, PVOID object, PVOID context,
                                      PVOID *old)
{
    struct cm_context **at = cm_context_find_locked(owner, object);
    struct cm_context *found = *at;

    *old = found != NULL ? found->context : NULL;
    if (context == NULL) {
        if (found != NULL) {
            cm_context_unlink_locked(at);
            free(found);
        }
        return STATUS_SUCCESS;
    }
    if (found == NULL) {
        found = calloc(1, sizeof(*found));
        if (found == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        *found = (struct cm_context){.next = cm_contexts, .owner = owner, .object = object};
        __atomic_store_n(&cm_contexts, found, __ATOMIC_RELEASE);
    }
    found->context = context;
    return STATUS_SUCCESS;
}

NTSTATUS CmSetCallbackObjectContext(PVOID Object, PLARGE_INTEGER Cookie, PVOID NewContext,
                                    PVOID *OldContext)
{
    struct cm_registration *owner;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    PVOID old = NULL;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Cookie == NULL || cm_open_of(Object) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    base_lock_acquire(&cm_registration_lock);
    owner = cm_registration_find_locked(*Cookie);
    if (owner != NULL) {
        status = cm_context_set_locked(owner, Object, NewContext, &old);
    }
    base_lock_release(&cm_registration_lock);
    if (NT_SUCCESS(status) && OldContext != NULL) {
        *OldContext = old;
    }
    return status;
}

static struct ke_machine_part cm_contexts_part = {.order = 11, .stop = cm_contexts_stop};

__attribute__((constructor)) static void cm_contexts_register(void)
{
    ke_machine_register(&cm_contexts_part);
}
