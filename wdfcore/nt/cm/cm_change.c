/* cm_change.c - the Zw routines that change what a handle leads to: each is told of (cm_notify.h). */
#include "nt/cm/cm_notify.h"
#include "nt/cm/cm_open.h"
#include "nt/cm/cm_registration.h"
#include "nt/cm/cm_value.h"
#include "nt/ke/ke_api.h"

/* Of a key that the handle was opened for with that access. */
static NTSTATUS cm_change(HANDLE handle, ACCESS_MASK access, struct cm_notice *notice,
                          PVOID *object)
{
    NTSTATUS status = cm_open_object(handle, access, object);

    if (NT_SUCCESS(status)) {
        notice->object = notice->context_object = *object;
        status = cm_notify(notice);
        ob_deref(notice->object);
    }
    return status;
}

static NTSTATUS cm_delete_act(struct cm_notice *notice)
{
    PCUNICODE_STRING name = NULL;

    if (cm_registration_any()) {
        (void)cm_open_name(notice->object, &name); /* who hears of it afterwards may ask for it */
    }
    return cm_key_delete(cm_open_of(notice->object));
}

NTSTATUS ZwDeleteKey(HANDLE KeyHandle)
{
    REG_DELETE_KEY_INFORMATION information = {0};
    struct cm_notice notice = {.before = RegNtPreDeleteKey,
                               .after = RegNtPostDeleteKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_delete_act};

    return API(PASSIVE_LEVEL) ? cm_change(KeyHandle, DELETE, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS cm_rename_act(struct cm_notice *notice)
{
    const REG_RENAME_KEY_INFORMATION *rename = notice->information;

    return cm_key_rename(cm_open_of(notice->object), rename->NewName);
}

NTSTATUS ZwRenameKey(HANDLE KeyHandle, PUNICODE_STRING NewName)
{
    REG_RENAME_KEY_INFORMATION information = {.NewName = NewName};
    struct cm_notice notice = {.before = RegNtPreRenameKey,
                               .after = RegNtPostRenameKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_rename_act};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return NewName != NULL ? cm_change(KeyHandle, 0, &notice, &information.Object)
                           : STATUS_INVALID_PARAMETER;
}

/* Nothing is kept on a disk. */
static NTSTATUS cm_flush_act(struct cm_notice *notice)
{
    UNREFERENCED_PARAMETER(notice);
    return STATUS_SUCCESS;
}

NTSTATUS ZwFlushKey(HANDLE KeyHandle)
{
    REG_FLUSH_KEY_INFORMATION information = {0};
    struct cm_notice notice = {.before = RegNtPreFlushKey,
                               .after = RegNtPostFlushKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_flush_act};

    return API(PASSIVE_LEVEL) ? cm_change(KeyHandle, 0, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS cm_set_act(struct cm_notice *notice)
{
    const REG_SET_VALUE_KEY_INFORMATION *set = notice->information;

    return cm_value_set(cm_open_of(notice->object), set->ValueName, set->Type, set->Data,
                        set->DataSize);
}

NTSTATUS ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex, ULONG Type,
                       PVOID Data, ULONG DataSize)
{
    REG_SET_VALUE_KEY_INFORMATION information = {.ValueName = ValueName,
                                                 .TitleIndex = TitleIndex,
                                                 .Type = Type,
                                                 .Data = Data,
                                                 .DataSize = DataSize};
    struct cm_notice notice = {.before = RegNtPreSetValueKey,
                               .after = RegNtPostSetValueKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_set_act};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Data == NULL && DataSize != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return cm_change(KeyHandle, 0, &notice, &information.Object);
}

static NTSTATUS cm_delete_value_act(struct cm_notice *notice)
{
    const REG_DELETE_VALUE_KEY_INFORMATION *delete = notice->information;

    return cm_value_delete(cm_open_of(notice->object), delete->ValueName);
}

NTSTATUS ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    REG_DELETE_VALUE_KEY_INFORMATION information = {.ValueName = ValueName};
    struct cm_notice notice = {.before = RegNtPreDeleteValueKey,
                               .after = RegNtPostDeleteValueKey,
                               .information = &information,
                               .call_context = &information.CallContext,
                               .object_context = &information.ObjectContext,
                               .act = cm_delete_value_act};

    return API(PASSIVE_LEVEL) ? cm_change(KeyHandle, 0, &notice, &information.Object)
                              : STATUS_INVALID_DEVICE_REQUEST;
}
