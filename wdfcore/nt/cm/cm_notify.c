/* cm_notify.c - registry callbacks: an operation, see cm_notify.h. */
#include "nt/cm/cm_notify.h"

#include "nt/cm/cm_context.h"
#include "nt/cm/cm_registration.h"

struct cm_operation {
    struct cm_notice *notice;
    ULONG count;
    ULONG passed;                                   /* who has let it pass, from the first */
    struct cm_registration *told[CM_REGISTRATIONS]; /* highest altitude first */
    PVOID call_contexts[CM_REGISTRATIONS];          /* of each */
};

static NTSTATUS cm_operation_before(struct cm_operation *operation)
{
    struct cm_notice *notice = operation->notice;

    while (operation->passed < operation->count) {
        struct cm_registration *registration = operation->told[operation->passed];
        NTSTATUS status;

        *notice->call_context = NULL;
        *notice->object_context = cm_context_of(registration, notice->context_object);
        status = cm_registration_call(registration, notice->before, notice->information);
        if (status == STATUS_CALLBACK_BYPASS || !NT_SUCCESS(status)) {
            return status;
        }
        operation->call_contexts[operation->passed++] = *notice->call_context;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS cm_operation_after(struct cm_operation *operation, NTSTATUS status)
{
    struct cm_notice *notice = operation->notice;

    for (ULONG i = operation->passed; i-- > 0;) {
        struct cm_registration *registration = operation->told[i];
        REG_POST_OPERATION_INFORMATION information = {
            .Object = notice->object,
            .Status = status,
            .PreInformation = notice->information,
            .ReturnStatus = status,
            .CallContext = operation->call_contexts[i],
            .ObjectContext = cm_context_of(registration, notice->object)};

        *notice->call_context = operation->call_contexts[i];
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

    if (!cm_registration_any()) {
        return notice->act(notice);
    }
    operation.count = cm_registrations_enter(operation.told);
    status = cm_operation_before(&operation);
    if (status == STATUS_SUCCESS) {
        status = notice->act(notice);
    } else if (status == STATUS_CALLBACK_BYPASS) {
        status = notice->bypassed != NULL ? notice->bypassed(notice) : STATUS_SUCCESS;
    }
    status = cm_operation_after(&operation, status);
    for (ULONG i = 0; i < operation.count; i++) {
        cm_registration_leave(operation.told[i]);
    }
    return status;
}
