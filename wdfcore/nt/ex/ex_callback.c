/* ex_callback.c - callback objects: named points where drivers register routines.
 * Each registration holds a reference on its object. Unregistering waits until the routine is not
 * running. No entry leaves the list while a notification walks it; the last one clears up.
 */
#include <string.h>
#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_report.h"
#include "nt/ob/ob_object.h"

/* Keys: (c) constant, (i) changed only between two windows */
struct ex_registration {
    struct ex_registration *next, *prev;
    struct _CALLBACK_OBJECT *object; /* (c) */
    PCALLBACK_FUNCTION function;     /* (c) */
    PVOID context;                   /* (c) */
    ULONG running;                   /* (i) calls under way */
    BOOLEAN unregistered;            /* (i) */
    BOOLEAN waited_for;              /* (i) ExUnregisterCallback waits for idle and frees it */
    KEVENT idle;                     /* set when running falls to 0 */
};

struct _CALLBACK_OBJECT {
    struct ex_registration *registrations; /* (i) in the order of registration */
    ULONG notifying;                       /* (i) notifications under way: no entry is taken off */
    BOOLEAN multiple;                      /* (c) */
    UNICODE_STRING name;                   /* (c) */
};

static void ex_callback_destroy(void *body)
{
    struct _CALLBACK_OBJECT *object = body;

    if (object->name.Buffer != NULL) {
        io_name_remove(&object->name);
        ex_pool_release(object->name.Buffer);
    }
}

static const struct ob_type ex_callback_type = {"Callback", ex_callback_destroy, NULL};

static NTSTATUS ex_callback_create(PCUNICODE_STRING name, BOOLEAN multiple,
                                   PCALLBACK_OBJECT *out_object)
{
    struct _CALLBACK_OBJECT *object = ob_create(&ex_callback_type, sizeof(*object));
    NTSTATUS status = STATUS_SUCCESS;

    if (object == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    object->multiple = multiple;
    if (name != NULL) {
        status = io_name_insert(name, object);
        if (NT_SUCCESS(status)) {
            object->name.Buffer = ex_pool_allocate(name->Length, 'bClC', false, false, NULL);
            if (object->name.Buffer == NULL) {
                io_name_remove(name);
                status = STATUS_INSUFFICIENT_RESOURCES;
            }
        }
        if (!NT_SUCCESS(status)) {
            ob_deref(object);
            return status;
        }
        memcpy(object->name.Buffer, name->Buffer, name->Length);
        object->name.Length = object->name.MaximumLength = name->Length;
    }
    *out_object = object;
    return STATUS_SUCCESS;
}

NTSTATUS ExCreateCallback(PCALLBACK_OBJECT *CallbackObject, POBJECT_ATTRIBUTES ObjectAttributes,
                          BOOLEAN Create, BOOLEAN AllowMultipleCallbacks)
{
    PUNICODE_STRING name = NULL;
    void *body = NULL;

    if (!API(APC_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    if (ObjectAttributes != NULL && ObjectAttributes->ObjectName != NULL &&
        ObjectAttributes->ObjectName->Length != 0) {
        name = ObjectAttributes->ObjectName;
    }
    if (name != NULL && NT_SUCCESS(io_name_lookup(name, &body, NULL))) {
        if (!ob_is(body, &ex_callback_type)) {
            return STATUS_OBJECT_TYPE_MISMATCH;
        }
        ob_ref(body);
        *CallbackObject = body;
        return STATUS_SUCCESS;
    }
    if (!Create) {
        return name == NULL ? STATUS_UNSUCCESSFUL : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return ex_callback_create(name, AllowMultipleCallbacks, CallbackObject);
}

PVOID ExRegisterCallback(PCALLBACK_OBJECT CallbackObject, PCALLBACK_FUNCTION CallbackFunction,
                         PVOID CallbackContext)
{
    struct ex_registration *entry = NULL;

    if (!API(APC_LEVEL)) {
        return NULL;
    }
    if (!CallbackObject->multiple && CallbackObject->registrations != NULL) {
        return NULL;
    }
    entry = ex_pool_allocate(sizeof(*entry), 'bClC', false, true, NULL);
    if (entry == NULL) {
        return NULL;
    }
    entry->object = CallbackObject;
    entry->function = CallbackFunction;
    entry->context = CallbackContext;
    KeInitializeEvent(&entry->idle, NotificationEvent, FALSE);
    ob_ref(CallbackObject); /* dropped by ExUnregisterCallback */
    DL_APPEND(CallbackObject->registrations, entry);
    return entry;
}

static void ex_registration_delete(struct ex_registration *entry)
{
    struct _CALLBACK_OBJECT *object = entry->object;

    DL_DELETE(object->registrations, entry);
    ex_pool_release(entry);
    ob_deref(object);
}

VOID ExUnregisterCallback(PVOID CallbackRegistration)
{
    struct ex_registration *entry = CallbackRegistration;

    if (!API(APC_LEVEL)) {
        return;
    }
    entry->unregistered = TRUE;
    if (entry->running != 0) {
        entry->waited_for = TRUE;
        KeWaitForSingleObject(&entry->idle, Executive, KernelMode, FALSE, NULL);
        entry->waited_for = FALSE;
    }
    if (entry->object->notifying == 0) {
        ex_registration_delete(entry);
    }
}

/* The last notification is through: what was unregistered meanwhile may go. */
static void ex_callback_reap(struct _CALLBACK_OBJECT *object)
{
    struct ex_registration *entry = NULL;
    struct ex_registration *next = NULL;

    DL_FOREACH_SAFE (object->registrations, entry, next) {
        if (entry->unregistered && !entry->waited_for) {
            ex_registration_delete(entry);
        }
    }
}

static void ex_callback_call(struct ex_registration *entry, PVOID argument1, PVOID argument2)
{
    struct ke_callback frame;

    entry->running++;
    ke_call_enter(&frame, "CallbackFunction", (const void *)entry->function, entry->object);
    entry->function(entry->context, argument1, argument2);
    ke_call_leave(&frame);
    if (--entry->running == 0 && entry->waited_for) {
        KeSetEvent(&entry->idle, IO_NO_INCREMENT, FALSE);
    }
}

VOID ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    struct _CALLBACK_OBJECT *object = CallbackObject;
    struct ex_registration *entry = NULL;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    ob_ref(object); /* a routine may drop the last other reference */
    object->notifying++;
    DL_FOREACH (object->registrations, entry) {
        if (!entry->unregistered) {
            ex_callback_call(entry, Argument1, Argument2);
        }
    }
    if (--object->notifying == 0) {
        ex_callback_reap(object);
    }
    ob_deref(object);
}
