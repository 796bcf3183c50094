/* cm_notify.c - registry callbacks; see cm_notify.h.
 * Each registration counts the operations that are inside. One that is undone is off the list at once; whoever
 * undoes it waits for the last one inside, and then tells it of the contexts that it had set on keys.
 */
#include "nt/cm/cm_notify.h"

#include <ntifs.h>

#include <stdlib.h>

#include "base/lock.h"
#include "nt/cm/cm_open.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_object.h"
#include "nt/rtl/rtl_altitude.h"
#include "nt/thread/ke_wait.h"

#define CM_REGISTRATIONS 32

/* Keys: (c) constant once registered, (l) cm_callbacks.lock */
struct cm_registration {
    struct cm_registration *next;  /* (l) lower altitude */
    PEX_CALLBACK_FUNCTION routine; /* (c) */
    PVOID context;                 /* (c) */
    LONGLONG cookie;               /* (c) */
    ULONG inside;                  /* (l) operations that took it */
    bool waited_for;               /* (l) it is off the list */
    bool has_altitude;             /* (c) */
    KEVENT left;
    UNICODE_STRING altitude; /* (c) */
    WCHAR text[];
};

/* What a registration has said about a key object. */
struct cm_context {
    struct cm_context *next;
    struct cm_registration *owner;
    PVOID object;
    PVOID context;
};

static struct {
    struct base_lock lock;
    struct cm_registration *first; /* (l) highest altitude; read without it: whether there is any */
    ULONG count;                   /* (l) */
    LONGLONG cookies;              /* (l) given so far */
    struct cm_context *contexts;   /* (l) */
} cm_callbacks = {.lock = {.rank = BASE_RANK_EX}};

static void cm_callbacks_stop(void)
{
    while (cm_callbacks.first != NULL) {
        struct cm_registration *next = cm_callbacks.first->next;

        free(cm_callbacks.first);
        cm_callbacks.first = next;
    }
    while (cm_callbacks.contexts != NULL) {
        struct cm_context *next = cm_callbacks.contexts->next;

        free(cm_callbacks.contexts);
        cm_callbacks.contexts = next;
    }
    cm_callbacks.count = 0;
    cm_callbacks.cookies = 0;
}

bool cm_notify_is_heard(void)
{
    return __atomic_load_n(&cm_callbacks.first, __ATOMIC_ACQUIRE) != NULL;
}

/* ---- contexts ---- */

static struct cm_context **cm_context_find_locked(const struct cm_registration *owner, PVOID object)
{
    struct cm_context **at = &cm_callbacks.contexts;

    while (*at != NULL && ((owner != NULL && (*at)->owner != owner) ||
                           (object != NULL && (*at)->object != object))) {
        at = &(*at)->next;
    }
    return at;
}

static PVOID cm_context_of(const struct cm_registration *owner, PVOID object)
{
    const struct cm_context *found;
    PVOID context;

    if (object == NULL) {
        return NULL;
    }
    base_lock_acquire(&cm_callbacks.lock);
    found = *cm_context_find_locked(owner, object);
    context = found != NULL ? found->context : NULL;
    base_lock_release(&cm_callbacks.lock);
    return context;
}

static struct cm_context *cm_context_take(const struct cm_registration *owner, PVOID object)
{
    struct cm_context **at;
    struct cm_context *found;

    base_lock_acquire(&cm_callbacks.lock);
    at = cm_context_find_locked(owner, object);
    found = *at;
    if (found != NULL) {
        *at = found->next;
        found->owner->inside++;
    }
    base_lock_release(&cm_callbacks.lock);
    return found;
}

static void cm_registration_leave(struct cm_registration *registration)
{
    bool last;

    base_lock_acquire(&cm_callbacks.lock);
    last = --registration->inside == 0 && registration->waited_for;
    base_lock_release(&cm_callbacks.lock);
    if (last) {
        KeSetEvent(&registration->left, IO_NO_INCREMENT, FALSE);
    }
}

static NTSTATUS cm_registration_call(const struct cm_registration *registration,
                                     REG_NOTIFY_CLASS class, PVOID information)
{
    struct ke_callback frame;
    NTSTATUS status;

    ke_call_enter(&frame, "RegistryCallback", (const void *)(uintptr_t)registration->routine, NULL);
    KE_CALL_ARGUMENTS(&frame, KE_WORD(registration->context), (uint64_t) class,
                      KE_WORD(information));
    status = registration->routine(registration->context, (PVOID)(ULONG_PTR) class, information);
    ke_call_leave(&frame);
    return status;
}

/* owner NULL: of all; object NULL: on all. */
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

void cm_notify_object_gone(PVOID object)
{
    if (__atomic_load_n(&cm_callbacks.contexts, __ATOMIC_ACQUIRE) != NULL) {
        cm_contexts_clean_up(NULL, object);
    }
}

/* ---- an operation ---- */

struct cm_operation {
    struct cm_notice *notice;
    ULONG count;
    ULONG passed; /* who has let it pass, from the first */
    struct {
        struct cm_registration *registration;
        PVOID call_context;
    } told[CM_REGISTRATIONS]; /* highest altitude first */
};

static void cm_operation_enter(struct cm_operation *operation)
{
    base_lock_acquire(&cm_callbacks.lock);
    for (struct cm_registration *at = cm_callbacks.first; at != NULL; at = at->next) {
        operation->told[operation->count++].registration = at;
        at->inside++;
    }
    base_lock_release(&cm_callbacks.lock);
}

static NTSTATUS cm_operation_before(struct cm_operation *operation)
{
    struct cm_notice *notice = operation->notice;

    while (operation->passed < operation->count) {
        struct cm_registration *registration = operation->told[operation->passed].registration;
        NTSTATUS status;

        *notice->call_context = NULL;
        *notice->object_context = cm_context_of(registration, notice->context_object);
        status = cm_registration_call(registration, notice->before, notice->information);
        if (status == STATUS_CALLBACK_BYPASS || !NT_SUCCESS(status)) {
            return status;
        }
        operation->told[operation->passed++].call_context = *notice->call_context;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS cm_operation_after(struct cm_operation *operation, NTSTATUS status)
{
    struct cm_notice *notice = operation->notice;

    for (ULONG i = operation->passed; i-- > 0;) {
        struct cm_registration *registration = operation->told[i].registration;
        REG_POST_OPERATION_INFORMATION information = {
            .Object = notice->object,
            .Status = status,
            .PreInformation = notice->information,
            .ReturnStatus = status,
            .CallContext = operation->told[i].call_context,
            .ObjectContext = cm_context_of(registration, notice->object)};

        *notice->call_context = operation->told[i].call_context;
        if (cm_registration_call(registration, notice->after, &information) ==
            STATUS_CALLBACK_BYPASS) {
            status = information.ReturnStatus;
        }
    }
    return status;
}

NTSTATUS cm_notify(struct cm_notice *notice)
{
    struct cm_operation operation = {.notice = notice};
    NTSTATUS status;

    if (!cm_notify_is_heard()) {
        return notice->act(notice);
    }
    cm_operation_enter(&operation);
    status = cm_operation_before(&operation);
    if (status == STATUS_SUCCESS) {
        status = notice->act(notice);
    } else if (status == STATUS_CALLBACK_BYPASS) {
        status = notice->bypassed != NULL ? notice->bypassed(notice) : STATUS_SUCCESS;
    }
    status = cm_operation_after(&operation, status);
    for (ULONG i = 0; i < operation.count; i++) {
        cm_registration_leave(operation.told[i].registration);
    }
    return status;
}

/* ---- registering ---- */

static bool cm_registration_is_above(const struct cm_registration *first,
                                     const struct cm_registration *second, bool *collides)
{
    int order = 0;

    if (!first->has_altitude || !second->has_altitude) {
        return first->has_altitude;
    }
    order = rtl_altitude_compare(&first->altitude, &second->altitude);
    *collides = order == 0;
    return order > 0;
}

static NTSTATUS cm_registration_add(struct cm_registration *made, PLARGE_INTEGER cookie)
{
    struct cm_registration **at = &cm_callbacks.first;
    NTSTATUS status = STATUS_SUCCESS;
    bool collides = false;

    base_lock_acquire(&cm_callbacks.lock);
    while (*at != NULL && !cm_registration_is_above(made, *at, &collides) && !collides) {
        at = &(*at)->next;
    }
    if (collides) {
        status = STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
    } else if (cm_callbacks.count == CM_REGISTRATIONS) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        made->cookie = ++cm_callbacks.cookies;
        cookie->QuadPart = made->cookie;
        made->next = *at;
        __atomic_store_n(at, made, __ATOMIC_RELEASE);
        cm_callbacks.count++;
    }
    base_lock_release(&cm_callbacks.lock);
    return status;
}

static NTSTATUS cm_register(PEX_CALLBACK_FUNCTION function, PCUNICODE_STRING altitude,
                            PVOID context, PLARGE_INTEGER cookie)
{
    size_t length = altitude != NULL ? altitude->Length : 0;
    struct cm_registration *made;
    NTSTATUS status;

    if (function == NULL || cookie == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    made = calloc(1, sizeof(*made) + length);
    if (made == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    made->routine = function;
    made->context = context;
    made->has_altitude = altitude != NULL;
    made->altitude = (UNICODE_STRING){(USHORT)length, (USHORT)length, made->text};
    if (length != 0) {
        RtlCopyMemory(made->text, altitude->Buffer, length);
    }
    ke_dispatcher_init(&made->left.Header, EventSynchronizationObject,
                       sizeof(KEVENT) / sizeof(ULONG), 0);
    status = cm_registration_add(made, cookie);
    if (!NT_SUCCESS(status)) {
        free(made);
    }
    return status;
}

NTSTATUS CmRegisterCallback(PEX_CALLBACK_FUNCTION Function, PVOID Context, PLARGE_INTEGER Cookie)
{
    return API(APC_LEVEL) ? cm_register(Function, NULL, Context, Cookie)
                          : STATUS_INVALID_DEVICE_REQUEST;
}

NTSTATUS CmRegisterCallbackEx(PEX_CALLBACK_FUNCTION Function, PCUNICODE_STRING Altitude,
                              PVOID Driver, PVOID Context, PLARGE_INTEGER Cookie, PVOID Reserved)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(Reserved);
    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return Altitude != NULL && Altitude->Length != 0
               ? cm_register(Function, Altitude, Context, Cookie)
               : STATUS_INVALID_PARAMETER;
}

static struct cm_registration **cm_registration_find_locked(LARGE_INTEGER cookie)
{
    struct cm_registration **at = &cm_callbacks.first;

    while (*at != NULL && (*at)->cookie != cookie.QuadPart) {
        at = &(*at)->next;
    }
    return at;
}

/* Until nobody is inside. */
static void cm_registration_drain(struct cm_registration *registration)
{
    base_lock_acquire(&cm_callbacks.lock);
    registration->waited_for = registration->inside != 0;
    base_lock_release(&cm_callbacks.lock);
    if (registration->waited_for) {
        KeWaitForSingleObject(&registration->left, Executive, KernelMode, FALSE, NULL);
        registration->waited_for = false;
    }
}

NTSTATUS CmUnRegisterCallback(LARGE_INTEGER Cookie)
{
    struct cm_registration **at;
    struct cm_registration *found;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    base_lock_acquire(&cm_callbacks.lock);
    at = cm_registration_find_locked(Cookie);
    found = *at;
    if (found != NULL) {
        __atomic_store_n(at, found->next, __ATOMIC_RELEASE);
        cm_callbacks.count--;
    }
    base_lock_release(&cm_callbacks.lock);
    if (found == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    cm_registration_drain(found);
    cm_contexts_clean_up(found, NULL);
    cm_registration_drain(found); /* an object that has gone meanwhile may have taken a context */
    free(found);
    return STATUS_SUCCESS;
}

VOID CmGetCallbackVersion(PULONG Major, PULONG Minor)
{
    if (API_QUIET(APC_LEVEL)) {
        *Major = 1;
        *Minor = 1;
    }
}

const void *cm_notify_of_code(const void *start, size_t size)
{
    const void *found = NULL;

    base_lock_acquire(&cm_callbacks.lock);
    for (const struct cm_registration *at = cm_callbacks.first; at != NULL && found == NULL;
         at = at->next) {
        if ((uintptr_t)at->routine - (uintptr_t)start < size) {
            found = (const void *)(uintptr_t)at->routine;
        }
    }
    base_lock_release(&cm_callbacks.lock);
    return found;
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
            *at = found->next;
            free(found);
        }
        return STATUS_SUCCESS;
    }
    if (found == NULL) {
        found = calloc(1, sizeof(*found));
        if (found == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        *found =
            (struct cm_context){.next = cm_callbacks.contexts, .owner = owner, .object = object};
        __atomic_store_n(&cm_callbacks.contexts, found, __ATOMIC_RELEASE);
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
    base_lock_acquire(&cm_callbacks.lock);
    owner = *cm_registration_find_locked(*Cookie);
    if (owner != NULL) {
        status = cm_context_set_locked(owner, Object, NewContext, &old);
    }
    base_lock_release(&cm_callbacks.lock);
    if (NT_SUCCESS(status) && OldContext != NULL) {
        *OldContext = old;
    }
    return status;
}

static struct ke_machine_part cm_callbacks_part = {.order = 11, .stop = cm_callbacks_stop};

__attribute__((constructor)) static void cm_callbacks_register(void)
{
    ke_machine_register(&cm_callbacks_part);
}
