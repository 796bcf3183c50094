/* cm_registration.c - registry callbacks: who has registered; see cm_registration.h. */
#include "nt/cm/cm_registration.h"

#include <stdlib.h>

#include "nt/cm/cm_context.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_object.h"
#include "nt/rtl/rtl_altitude.h"
#include "nt/thread/ke_wait.h"

/* Keys: (c) constant once registered, (l) cm_registration_lock */
struct cm_registration {
    struct cm_registration *next;  /* (l) lower altitude */
    PEX_CALLBACK_FUNCTION routine; /* (c) */
    PVOID context;                 /* (c) */
    LONGLONG cookie;               /* (c) */
    ULONG inside;                  /* (l) who must leave before it is freed */
    bool waited_for;               /* (l) by who undoes it, until it is told */
    bool has_altitude;             /* (c) */
    KEVENT left;
    UNICODE_STRING altitude; /* (c) */
    WCHAR text[];
};

struct base_lock cm_registration_lock = {.rank = BASE_RANK_EX};

static struct {
    struct cm_registration *first; /* (l) highest altitude; read without it: whether there is any */
    ULONG count;                   /* (l) */
    LONGLONG cookies;              /* (l) given so far */
} cm_registrations;

static void cm_registrations_stop(void)
{
    while (cm_registrations.first != NULL) {
        struct cm_registration *next = cm_registrations.first->next;

        free(cm_registrations.first);
        cm_registrations.first = next;
    }
    cm_registrations.count = 0;
    cm_registrations.cookies = 0;
}

bool cm_registration_any(void)
{
    return __atomic_load_n(&cm_registrations.first, __ATOMIC_ACQUIRE) != NULL;
}

/* ---- inside ---- */

ULONG cm_registrations_enter(struct cm_registration *entered[CM_REGISTRATIONS])
{
    ULONG count = 0;

    base_lock_acquire(&cm_registration_lock);
    for (struct cm_registration *at = cm_registrations.first; at != NULL; at = at->next) {
        cm_registration_enter_locked(at);
        entered[count++] = at;
    }
    base_lock_release(&cm_registration_lock);
    return count;
}

void cm_registration_enter_locked(struct cm_registration *registration)
{
    registration->inside++;
}

void cm_registration_leave(struct cm_registration *registration)
{
    bool last;

    base_lock_acquire(&cm_registration_lock);
    last = --registration->inside == 0 && registration->waited_for;
    if (last) {
        registration->waited_for = false; /* told once; who comes now is waited for anew */
    }
    base_lock_release(&cm_registration_lock);
    if (last) {
        KeSetEvent(&registration->left, IO_NO_INCREMENT, FALSE);
    }
}

NTSTATUS cm_registration_call(const struct cm_registration *registration, REG_NOTIFY_CLASS class,
                              PVOID information)
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
    struct cm_registration **at = &cm_registrations.first;
    NTSTATUS status = STATUS_SUCCESS;
    bool collides = false;

    base_lock_acquire(&cm_registration_lock);
    while (*at != NULL && !cm_registration_is_above(made, *at, &collides) && !collides) {
        at = &(*at)->next;
    }
    if (collides) {
        status = STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
    } else if (cm_registrations.count == CM_REGISTRATIONS) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        made->cookie = ++cm_registrations.cookies;
        cookie->QuadPart = made->cookie;
        made->next = *at;
        __atomic_store_n(at, made, __ATOMIC_RELEASE);
        cm_registrations.count++;
    }
    base_lock_release(&cm_registration_lock);
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

static struct cm_registration **cm_registration_link_locked(LARGE_INTEGER cookie)
{
    struct cm_registration **at = &cm_registrations.first;

    while (*at != NULL && (*at)->cookie != cookie.QuadPart) {
        at = &(*at)->next;
    }
    return at;
}

struct cm_registration *cm_registration_find_locked(LARGE_INTEGER cookie)
{
    return *cm_registration_link_locked(cookie);
}

/* Until nobody is inside. */
static void cm_registration_drain(struct cm_registration *registration)
{
    bool wait;

    base_lock_acquire(&cm_registration_lock);
    wait = registration->waited_for = registration->inside != 0;
    base_lock_release(&cm_registration_lock);
    if (wait) {
        KeWaitForSingleObject(&registration->left, Executive, KernelMode, FALSE, NULL);
    }
}

NTSTATUS CmUnRegisterCallback(LARGE_INTEGER Cookie)
{
    struct cm_registration **at;
    struct cm_registration *found;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    base_lock_acquire(&cm_registration_lock);
    at = cm_registration_link_locked(Cookie);
    found = *at;
    if (found != NULL) {
        __atomic_store_n(at, found->next, __ATOMIC_RELEASE);
        cm_registrations.count--;
    }
    base_lock_release(&cm_registration_lock);
    if (found == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    cm_registration_drain(found);
    cm_contexts_owner_gone(found);
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

const void *cm_registration_of_code(const void *start, size_t size)
{
    const void *found = NULL;

    base_lock_acquire(&cm_registration_lock);
    for (const struct cm_registration *at = cm_registrations.first; at != NULL && found == NULL;
         at = at->next) {
        if ((uintptr_t)at->routine - (uintptr_t)start < size) {
            found = (const void *)(uintptr_t)at->routine;
        }
    }
    base_lock_release(&cm_registration_lock);
    return found;
}

static struct ke_machine_part cm_registrations_part = {.order = 11, .stop = cm_registrations_stop};

__attribute__((constructor)) static void cm_registrations_register(void)
{
    ke_machine_register(&cm_registrations_part);
}
