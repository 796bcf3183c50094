/* ob_callback.c - who hears of handles to processes and threads (ObRegisterCallbacks).
 * A handle takes what is registered when it begins: each registration counts who is inside, and one that
 * is undone is off the list at once; whoever undoes it waits for the last one inside.
 */
#include "nt/ob/ob_callback.h"

#include <stdlib.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_object.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"
#include "nt/ob/ob_types.h"
#include "nt/rtl/rtl_altitude.h"
#include "nt/thread/ke_wait.h"

#define OB_REGISTRATIONS 64
#define OB_OPERATIONS    (OB_OPERATION_HANDLE_CREATE | OB_OPERATION_HANDLE_DUPLICATE)

/* Keys: (c) constant once registered, (l) ob_callbacks.lock */
struct ob_registration {
    struct ob_registration *next; /* (l) lower altitude */
    UNICODE_STRING altitude;      /* (c) behind the operations */
    PVOID context;                /* (c) */
    ULONG inside;                 /* (l) handles that took it */
    bool waited_for;              /* (l) it is off the list */
    KEVENT left;
    ULONG count;                            /* (c) */
    OB_OPERATION_REGISTRATION operations[]; /* (c) */
};

static struct {
    struct base_lock lock;
    struct ob_registration *first; /* (l) highest altitude */
    ULONG count;                   /* (l) */
} ob_callbacks = {.lock = {.rank = BASE_RANK_EX}};

static void ob_callbacks_stop(void)
{
    while (ob_callbacks.first != NULL) {
        struct ob_registration *next = ob_callbacks.first->next;

        free(ob_callbacks.first);
        ob_callbacks.first = next;
    }
    ob_callbacks.count = 0;
}

/* ---- registering ---- */

static bool ob_registration_valid(const OB_CALLBACK_REGISTRATION *asked)
{
    if (asked->Version != OB_FLT_REGISTRATION_VERSION || asked->OperationRegistrationCount == 0) {
        return false;
    }
    for (ULONG i = 0; i < asked->OperationRegistrationCount; i++) {
        const OB_OPERATION_REGISTRATION *operation = &asked->OperationRegistration[i];

        if (operation->ObjectType == NULL ||
            (*operation->ObjectType != *PsProcessType && *operation->ObjectType != *PsThreadType) ||
            operation->Operations == 0 || (operation->Operations & ~OB_OPERATIONS) != 0 ||
            (operation->PreOperation == NULL && operation->PostOperation == NULL)) {
            return false;
        }
    }
    return true;
}

static struct ob_registration *ob_registration_copy(const OB_CALLBACK_REGISTRATION *asked)
{
    size_t operations = asked->OperationRegistrationCount * sizeof(*asked->OperationRegistration);
    struct ob_registration *made =
        calloc(1, sizeof(*made) + operations + asked->Altitude.Length + sizeof(WCHAR));

    if (made == NULL) {
        return NULL;
    }
    made->context = asked->RegistrationContext;
    made->count = asked->OperationRegistrationCount;
    RtlCopyMemory(made->operations, asked->OperationRegistration, operations);
    made->altitude.Length = made->altitude.MaximumLength = asked->Altitude.Length;
    made->altitude.Buffer = (PWSTR)((PUCHAR)made->operations + operations);
    if (asked->Altitude.Length != 0) {
        RtlCopyMemory(made->altitude.Buffer, asked->Altitude.Buffer, asked->Altitude.Length);
    }
    ke_dispatcher_init(&made->left.Header, EventSynchronizationObject,
                       sizeof(KEVENT) / sizeof(ULONG), 0);
    return made;
}

static NTSTATUS ob_registration_add(struct ob_registration *made)
{
    struct ob_registration **at = &ob_callbacks.first;
    NTSTATUS status = STATUS_SUCCESS;
    int order = -1;

    base_lock_acquire(&ob_callbacks.lock);
    while (*at != NULL && (order = rtl_altitude_compare(&made->altitude, &(*at)->altitude)) < 0) {
        at = &(*at)->next;
    }
    if (*at != NULL && order == 0) {
        status = STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
    } else if (ob_callbacks.count == OB_REGISTRATIONS) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        made->next = *at;
        *at = made;
        ob_callbacks.count++;
    }
    base_lock_release(&ob_callbacks.lock);
    return status;
}

NTSTATUS ObRegisterCallbacks(POB_CALLBACK_REGISTRATION CallbackRegistration,
                             PVOID *RegistrationHandle)
{
    struct ob_registration *made;
    NTSTATUS status;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!ob_registration_valid(CallbackRegistration)) {
        return STATUS_INVALID_PARAMETER;
    }
    made = ob_registration_copy(CallbackRegistration);
    if (made == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = ob_registration_add(made);
    if (!NT_SUCCESS(status)) {
        free(made);
        return status;
    }
    *RegistrationHandle = made;
    return STATUS_SUCCESS;
}

VOID ObUnRegisterCallbacks(PVOID RegistrationHandle)
{
    struct ob_registration **at = &ob_callbacks.first;
    struct ob_registration *found;
    bool wait = false;

    if (!API(APC_LEVEL)) {
        return;
    }
    base_lock_acquire(&ob_callbacks.lock);
    while (*at != NULL && *at != RegistrationHandle) {
        at = &(*at)->next;
    }
    found = *at;
    if (found != NULL) {
        *at = found->next;
        ob_callbacks.count--;
        wait = found->inside != 0;
        found->waited_for = wait;
    }
    base_lock_release(&ob_callbacks.lock);
    if (found == NULL) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)RegistrationHandle, 0, 0, 0,
                     "%p is no registration of ObRegisterCallbacks", RegistrationHandle);
        return;
    }
    if (wait) {
        KeWaitForSingleObject(&found->left, Executive, KernelMode, FALSE, NULL);
    }
    free(found);
}

USHORT ObGetFilterVersion(VOID)
{
    return API_QUIET(APC_LEVEL) ? OB_FLT_REGISTRATION_VERSION : 0;
}

const void *ob_callback_of_code(const void *start, size_t size)
{
    const void *found = NULL;

    base_lock_acquire(&ob_callbacks.lock);
    for (struct ob_registration *at = ob_callbacks.first; at != NULL && found == NULL;
         at = at->next) {
        const void *routine = at->operations[0].PreOperation != NULL
                                  ? (const void *)at->operations[0].PreOperation
                                  : (const void *)at->operations[0].PostOperation;

        if ((uintptr_t)routine - (uintptr_t)start < size) {
            found = routine;
        }
    }
    base_lock_release(&ob_callbacks.lock);
    return found;
}

/* ---- a handle ---- */

struct ob_opening {
    PVOID body;
    POBJECT_TYPE type;
    ULONG flags; /* of the informations */
    ACCESS_MASK desired, original;
    ULONG count;
    struct {
        struct ob_registration *registration;
        const OB_OPERATION_REGISTRATION *operation;
        PVOID context;
    } told[OB_REGISTRATIONS]; /* highest altitude first */
};

/* All that want to hear of it; each is left in ob_opening_leave. */
static void ob_opening_enter(struct ob_opening *opening)
{
    base_lock_acquire(&ob_callbacks.lock);
    for (struct ob_registration *at = ob_callbacks.first; at != NULL; at = at->next) {
        for (ULONG i = 0; i < at->count; i++) {
            const OB_OPERATION_REGISTRATION *operation = &at->operations[i];

            if (*operation->ObjectType == opening->type &&
                (operation->Operations & OB_OPERATION_HANDLE_CREATE) != 0) {
                opening->told[opening->count].registration = at;
                opening->told[opening->count].operation = operation;
                opening->told[opening->count++].context = NULL;
                at->inside++;
                break;
            }
        }
    }
    base_lock_release(&ob_callbacks.lock);
}

static void ob_opening_leave(struct ob_registration *registration)
{
    bool last;

    base_lock_acquire(&ob_callbacks.lock);
    last = --registration->inside == 0 && registration->waited_for;
    base_lock_release(&ob_callbacks.lock);
    if (last) {
        KeSetEvent(&registration->left, IO_NO_INCREMENT, FALSE);
    }
}

static void ob_opening_before(struct ob_opening *opening)
{
    for (ULONG i = 0; i < opening->count; i++) {
        POB_PRE_OPERATION_CALLBACK routine = opening->told[i].operation->PreOperation;
        OB_PRE_OPERATION_PARAMETERS parameters = {
            .CreateHandleInformation = {opening->desired, opening->original}};
        OB_PRE_OPERATION_INFORMATION information = {.Operation = OB_OPERATION_HANDLE_CREATE,
                                                    .Flags = opening->flags,
                                                    .Object = opening->body,
                                                    .ObjectType = opening->type,
                                                    .Parameters = &parameters};
        struct ke_callback frame;

        if (routine == NULL) {
            continue;
        }
        ke_call_enter(&frame, "ObjectPreOperation", (const void *)routine, opening->body);
        routine(opening->told[i].registration->context, &information);
        ke_call_leave(&frame);
        /* Rights can be taken, not given. */
        opening->desired &= parameters.CreateHandleInformation.DesiredAccess;
        opening->told[i].context = information.CallContext;
    }
}

static void ob_opening_after(struct ob_opening *opening, NTSTATUS status)
{
    for (ULONG i = opening->count; i-- > 0;) {
        struct ob_registration *registration = opening->told[i].registration;
        POB_POST_OPERATION_CALLBACK routine = opening->told[i].operation->PostOperation;
        OB_POST_OPERATION_PARAMETERS parameters = {
            .CreateHandleInformation = {NT_SUCCESS(status) ? opening->desired : 0}};
        OB_POST_OPERATION_INFORMATION information = {.Operation = OB_OPERATION_HANDLE_CREATE,
                                                     .Flags = opening->flags,
                                                     .Object = opening->body,
                                                     .ObjectType = opening->type,
                                                     .CallContext = opening->told[i].context,
                                                     .ReturnStatus = status,
                                                     .Parameters = &parameters};
        struct ke_callback frame;

        if (routine != NULL) {
            ke_call_enter(&frame, "ObjectPostOperation", (const void *)routine, opening->body);
            routine(registration->context, &information);
            ke_call_leave(&frame);
        }
        ob_opening_leave(registration);
    }
}

NTSTATUS ob_handle_open(PVOID body, ACCESS_MASK access, ULONG attributes, PHANDLE handle)
{
    struct ob_opening opening = {.body = body, .desired = access, .original = access};
    NTSTATUS status;

    if (ob_is(body, &ps_process_type) || ob_is(body, &ke_thread_type)) {
        opening.type = ob_is(body, &ps_process_type) ? *PsProcessType : *PsThreadType;
        opening.flags = (attributes & OBJ_KERNEL_HANDLE) != 0;
        ob_opening_enter(&opening);
        ob_opening_before(&opening);
    }
    *handle = ob_handle_create_as(body, opening.desired, attributes);
    status = *handle != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    ob_opening_after(&opening, status);
    return status;
}

static struct ke_machine_part ob_callbacks_part = {.order = 11, .stop = ob_callbacks_stop};

__attribute__((constructor)) static void ob_callbacks_register(void)
{
    ke_machine_register(&ob_callbacks_part);
}
