/* ex_callback.c - callback objects: named points where drivers register routines.
 * Each registration holds a reference on its object. Unregistering waits until the routine is not
 * running. No entry leaves the list while a notification walks it; the last one clears up.
 */
#include <string.h>
#include <utlist.h>

#include "base/lock.h"
#include "nt/ex/ex_pool.h"
#include "nt/io/io_name.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

/* Guards the registrations of all objects. */
static struct base_lock ex_callback_lock = {.rank = BASE_RANK_EX};

/* Keys: (c) constant, (i) ex_callback_lock */
struct ex_registration {
    struct ex_registration *next, *prev;
    struct _CALLBACK_OBJECT *object; /* (c) */
    PCALLBACK_FUNCTION function;     /* (c) */
    PVOID context;                   /* (c) */
    ULONG running;                   /* (i) calls under way */
    BOOLEAN unregistered;            /* (i) */
    BOOLEAN waited_for;              /* (i) ExUnregisterCallback has it, and frees it */
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

static const struct ob_type ex_callback_type = {
    .name = "Callback", .destroy = ex_callback_destroy, .last = NULL};

static BOOLEAN ex_callback_check(const void *object, const char *api)
{
    return ob_is(object, &ex_callback_type) ||
           ke_check_refuse(RULE_ObjectNotInitialized, object, "a callback object", api);
}

/* What ExRegisterCallback returned and nobody has unregistered. */
static BOOLEAN ex_registration_check(const struct ex_registration *entry, const char *api)
{
    return (ex_pool_size(entry) == sizeof(*entry) && ob_is(entry->object, &ex_callback_type)) ||
           ke_check_refuse(RULE_ObjectNotInitialized, entry, "a registration", api);
}

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

/* Those that the system has: they are made when somebody asks. Nothing here sets the clock, puts the
 * system as a whole to sleep, or adds a processor, so that nobody notifies them. */
static BOOLEAN ex_callback_is_systems(PCUNICODE_STRING name)
{
    static const UNICODE_STRING names[] = {RTL_CONSTANT_STRING(L"\\Callback\\SetSystemTime"),
                                           RTL_CONSTANT_STRING(L"\\Callback\\PowerState"),
                                           RTL_CONSTANT_STRING(L"\\Callback\\ProcessorAdd")};
    BOOLEAN found = FALSE;

    for (size_t i = 0; name != NULL && i < RTL_NUMBER_OF(names) && !found; i++) {
        found = RtlEqualUnicodeString(name, &names[i], TRUE);
    }
    return found;
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
            ob_deref(body);
            return STATUS_OBJECT_TYPE_MISMATCH;
        }
        *CallbackObject = body;
        return STATUS_SUCCESS;
    }
    if (ex_callback_is_systems(name)) {
        return ex_callback_create(name, TRUE, CallbackObject);
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
    BOOLEAN taken;

    if (!API(APC_LEVEL) || !ex_callback_check(CallbackObject, __func__)) {
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
    base_lock_acquire(&ex_callback_lock);
    taken = !CallbackObject->multiple && CallbackObject->registrations != NULL;
    if (!taken) {
        DL_APPEND(CallbackObject->registrations, entry);
    }
    base_lock_release(&ex_callback_lock);
    if (taken) {
        ob_deref(CallbackObject);
        ex_pool_release(entry);
        return NULL;
    }
    return entry;
}

/* What was taken off the list. */
static void ex_registration_free(struct ex_registration *entry)
{
    struct _CALLBACK_OBJECT *object = entry->object;

    ex_pool_release(entry);
    ob_deref(object);
}

VOID ExUnregisterCallback(PVOID CallbackRegistration)
{
    struct ex_registration *entry = CallbackRegistration;
    BOOLEAN running;
    BOOLEAN last;

    if (!API(APC_LEVEL) || !ex_registration_check(entry, __func__)) {
        return;
    }
    base_lock_acquire(&ex_callback_lock);
    entry->unregistered = TRUE;
    entry->waited_for = TRUE;
    running = entry->running != 0;
    base_lock_release(&ex_callback_lock);
    if (running) {
        KeWaitForSingleObject(&entry->idle, Executive, KernelMode, FALSE, NULL);
    }
    base_lock_acquire(&ex_callback_lock);
    entry->waited_for = FALSE;
    last = entry->object->notifying == 0;
    if (last) {
        DL_DELETE(entry->object->registrations, entry);
    }
    base_lock_release(&ex_callback_lock);
    if (last) {
        ex_registration_free(entry);
    }
}

/* A notification is through. If it was the last: the first of those that were unregistered meanwhile
 * and have nobody else to free them, off the list; NULL: no more. */
static struct ex_registration *ex_callback_reap(struct _CALLBACK_OBJECT *object)
{
    struct ex_registration *found = NULL;
    struct ex_registration *entry = NULL;

    base_lock_acquire(&ex_callback_lock);
    if (object->notifying == 0) {
        DL_FOREACH (object->registrations, entry) {
            if (entry->unregistered && !entry->waited_for) {
                found = entry;
                break;
            }
        }
        if (found != NULL) {
            DL_DELETE(object->registrations, found);
        }
    }
    base_lock_release(&ex_callback_lock);
    return found;
}

/* The next that is to be called, counted as running; NULL: none. Its place on the list stays. */
static struct ex_registration *ex_callback_next(struct _CALLBACK_OBJECT *object,
                                                struct ex_registration *entry)
{
    base_lock_acquire(&ex_callback_lock);
    entry = entry == NULL ? object->registrations : entry->next;
    while (entry != NULL && entry->unregistered) {
        entry = entry->next;
    }
    if (entry != NULL) {
        entry->running++;
    }
    base_lock_release(&ex_callback_lock);
    return entry;
}

static void ex_callback_call(struct ex_registration *entry, PVOID argument1, PVOID argument2)
{
    struct ke_callback frame;
    BOOLEAN idle;

    ke_call_enter(&frame, "CallbackFunction", (const void *)entry->function, entry->object);
    entry->function(entry->context, argument1, argument2);
    ke_call_leave(&frame);
    base_lock_acquire(&ex_callback_lock);
    idle = --entry->running == 0 && entry->waited_for;
    base_lock_release(&ex_callback_lock);
    if (idle) { /* it stays while a notification is under way */
        KeSetEvent(&entry->idle, IO_NO_INCREMENT, FALSE);
    }
}

static void ex_callback_count(struct _CALLBACK_OBJECT *object, int by)
{
    base_lock_acquire(&ex_callback_lock);
    object->notifying += (ULONG)by;
    base_lock_release(&ex_callback_lock);
}

VOID ExNotifyCallback(PVOID CallbackObject, PVOID Argument1, PVOID Argument2)
{
    struct _CALLBACK_OBJECT *object = CallbackObject;
    struct ex_registration *entry = NULL;

    if (!API(DISPATCH_LEVEL) || !ex_callback_check(object, __func__)) {
        return;
    }
    ob_ref(object); /* a routine may drop the last other reference */
    ex_callback_count(object, 1);
    while ((entry = ex_callback_next(object, entry)) != NULL) {
        ex_callback_call(entry, Argument1, Argument2);
    }
    ex_callback_count(object, -1);
    while ((entry = ex_callback_reap(object)) != NULL) {
        ex_registration_free(entry);
    }
    ob_deref(object);
}
