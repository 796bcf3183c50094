/* cm_notify_name.c - what a registry callback asks about a key: its name and its number. A name that was given
 * with CmCallbackGetKeyObjectIDEx is a copy, which the driver gives back.
 */
#include <ntifs.h>

#include <stdlib.h>

#include "base/lock.h"
#include "nt/cm/cm_key.h"
#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"

/* A name that a driver has to give back. */
struct cm_given {
    struct cm_given *next;
    PUNICODE_STRING name;
};

static struct {
    struct base_lock lock;
    struct cm_given *given; /* with the lock */
} cm_names = {.lock = {.rank = BASE_RANK_EX}};

static void cm_names_stop(void)
{
    while (cm_names.given != NULL) {
        struct cm_given *next = cm_names.given->next;

        free(cm_names.given->name);
        free(cm_names.given);
        cm_names.given = next;
    }
}

NTSTATUS CmCallbackGetKeyObjectID(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR ObjectID,
                                  PCUNICODE_STRING *ObjectName)
{
    struct cm_key *key;

    UNREFERENCED_PARAMETER(Cookie);
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    key = cm_open_of(Object);
    if (key == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ObjectID != NULL) {
        *ObjectID = (ULONG_PTR)key;
    }
    return ObjectName != NULL ? cm_open_name(Object, ObjectName) : STATUS_SUCCESS;
}

static NTSTATUS cm_name_give(struct cm_key *key, PCUNICODE_STRING *name)
{
    struct cm_given *given = calloc(1, sizeof(*given));

    if (given == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    given->name = cm_key_name_copy(key);
    if (given->name == NULL) {
        free(given);
        return key->is_deleted ? STATUS_KEY_DELETED : STATUS_INSUFFICIENT_RESOURCES;
    }
    base_lock_acquire(&cm_names.lock);
    given->next = cm_names.given;
    cm_names.given = given;
    base_lock_release(&cm_names.lock);
    *name = given->name;
    return STATUS_SUCCESS;
}

static struct cm_given *cm_name_take_back(PCUNICODE_STRING name)
{
    struct cm_given **at = &cm_names.given;
    struct cm_given *found;

    base_lock_acquire(&cm_names.lock);
    while (*at != NULL && (*at)->name != name) {
        at = &(*at)->next;
    }
    found = *at;
    if (found != NULL) {
        *at = found->next;
    }
    base_lock_release(&cm_names.lock);
    return found;
}

NTSTATUS CmCallbackGetKeyObjectIDEx(PLARGE_INTEGER Cookie, PVOID Object, PULONG_PTR ObjectID,
                                    PCUNICODE_STRING *ObjectName, ULONG Flags)
{
    struct cm_key *key;

    UNREFERENCED_PARAMETER(Cookie);
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    key = Flags == 0 ? cm_open_of(Object) : NULL;
    if (key == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ObjectID != NULL) {
        *ObjectID = (ULONG_PTR)key;
    }
    return ObjectName != NULL ? cm_name_give(key, ObjectName) : STATUS_SUCCESS;
}

VOID CmCallbackReleaseKeyObjectIDEx(PCUNICODE_STRING ObjectName)
{
    struct cm_given *given;

    if (!API(APC_LEVEL)) {
        return;
    }
    given = cm_name_take_back(ObjectName);
    if (given == NULL) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)ObjectName, 0, 0, 0,
                     "%p is no name of CmCallbackGetKeyObjectIDEx", (const void *)ObjectName);
        return;
    }
    free(given->name);
    free(given);
}

PVOID CmGetBoundTransaction(PLARGE_INTEGER Cookie, PVOID Object)
{
    UNREFERENCED_PARAMETER(Cookie);
    if (API(APC_LEVEL) && cm_open_of(Object) == NULL) {
        ke_check_refuse(RULE_BadParameter, Object, "a key object", __func__);
    }
    return NULL;
}

static struct ke_machine_part cm_names_part = {.order = 11, .stop = cm_names_stop};

__attribute__((constructor)) static void cm_names_register(void)
{
    ke_machine_register(&cm_names_part);
}
