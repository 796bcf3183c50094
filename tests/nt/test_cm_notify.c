/* test_cm_notify.c - registry callbacks: what they hear, in which order, and what their answers do. */
#include "nt_driver.h"

#include <ntifs.h>

#include <stdio.h>
#include <string.h>

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"

/* One registration of the test. */
struct listener {
    char name;
    LARGE_INTEGER cookie;
    REG_NOTIFY_CLASS on;    /* where it answers otherwise ... */
    NTSTATUS answer;        /* ... with this */
    NTSTATUS return_status; /* put into a post operation's ReturnStatus */
    PVOID result;           /* put into *ResultObject */
    REG_NOTIFY_CLASS last;
    NTSTATUS status;       /* of the last post operation */
    PVOID object, context; /* of the last */
    WCHAR text[200];
};

static char heard[512];
static struct listener high, low;
static HANDLE root;

static NTSTATUS heard_after(struct listener *self, REG_POST_OPERATION_INFORMATION *after)
{
    self->object = after->Object;
    self->context = after->ObjectContext;
    self->status = after->Status;
    assert_ptr_equal(after->CallContext, self); /* what it left there before */
    if (self->answer == STATUS_CALLBACK_BYPASS && self->on == self->last) {
        after->ReturnStatus = self->return_status;
    }
    return self->on == self->last ? self->answer : STATUS_SUCCESS;
}

static NTSTATUS heard_open(struct listener *self, REG_CREATE_KEY_INFORMATION_V1 *before)
{
    before->CallContext = self;
    self->object = before->RootObject;
    self->context = before->RootObjectContext;
    memset(self->text, 0, sizeof(self->text));
    memcpy(self->text, before->RemainingName->Buffer, before->RemainingName->Length);
    assert_int_equal(before->Version, 1);
    assert_ptr_equal(before->ObjectType, *CmKeyObjectType);
    if (self->on == self->last && self->answer == STATUS_CALLBACK_BYPASS) {
        *before->ResultObject = self->result;
        *before->Disposition = REG_OPENED_EXISTING_KEY;
        before->GrantedAccess = before->DesiredAccess;
    }
    return self->on == self->last ? self->answer : STATUS_SUCCESS;
}

/* All others begin with Object, and end with CallContext, ObjectContext, Reserved. */
static NTSTATUS heard_before(struct listener *self, PVOID *words, size_t size)
{
    PVOID *tail = words + size / sizeof(PVOID) - 3;

    tail[0] = self;
    self->object = words[0];
    self->context = tail[1];
    return self->on == self->last ? self->answer : STATUS_SUCCESS;
}

static NTSTATUS hear(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    struct listener *self = CallbackContext;

    self->last = (REG_NOTIFY_CLASS)(ULONG_PTR)Argument1;
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%c%d ", self->name,
             (int)self->last);
    switch (self->last) {
    case RegNtPreCreateKeyEx:
    case RegNtPreOpenKeyEx:
        return heard_open(self, Argument2);
    case RegNtPreDeleteKey:
    case RegNtPreFlushKey:
    case RegNtPreKeyHandleClose:
        return heard_before(self, Argument2, sizeof(REG_DELETE_KEY_INFORMATION));
    case RegNtPreSetValueKey:
        return heard_before(self, Argument2, sizeof(REG_SET_VALUE_KEY_INFORMATION));
    case RegNtPreDeleteValueKey:
        return heard_before(self, Argument2, sizeof(REG_DELETE_VALUE_KEY_INFORMATION));
    case RegNtPreRenameKey:
        return heard_before(self, Argument2, sizeof(REG_RENAME_KEY_INFORMATION));
    case RegNtPreQueryKey:
        return heard_before(self, Argument2, sizeof(REG_QUERY_KEY_INFORMATION));
    case RegNtPreQueryValueKey:
        return heard_before(self, Argument2, sizeof(REG_QUERY_VALUE_KEY_INFORMATION));
    case RegNtPreEnumerateKey:
        return heard_before(self, Argument2, sizeof(REG_ENUMERATE_KEY_INFORMATION));
    case RegNtPreEnumerateValueKey:
        return heard_before(self, Argument2, sizeof(REG_ENUMERATE_VALUE_KEY_INFORMATION));
    case RegNtCallbackObjectContextCleanup:
        self->context = ((REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION *)Argument2)->ObjectContext;
        return STATUS_SUCCESS;
    default:
        return heard_after(self, Argument2);
    }
}

static NTSTATUS register_at(struct listener *self, PCWSTR altitude)
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, altitude);
    return CmRegisterCallbackEx(hear, &text, self, self, &self->cookie, NULL);
}

static NTSTATUS make(HANDLE below, PCWSTR path, HANDLE *key, ULONG *disposition)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, below,
                               NULL);
    return ZwCreateKey(key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, disposition);
}

static NTSTATUS open_key(HANDLE below, PCWSTR path, HANDLE *key)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, below, NULL);
    return ZwOpenKey(key, KEY_ALL_ACCESS, &attributes);
}

static NTSTATUS set(HANDLE key, PCWSTR name, ULONG value)
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, name);
    return ZwSetValueKey(key, &text, 0, REG_DWORD, &value, sizeof(value));
}

static int setup(void **state)
{
    heard[0] = 0;
    high = (struct listener){.name = 'h', .on = MaxRegNtNotifyClass};
    low = (struct listener){.name = 'l', .on = MaxRegNtNotifyClass};
    assert_int_equal(make(NULL, SERVICES L"\\notify", &root, NULL), STATUS_SUCCESS);
    assert_int_equal(register_at(&low, L"1000"), STATUS_SUCCESS);
    assert_int_equal(register_at(&high, L"20000.5"), STATUS_SUCCESS);
    return 0;
}

static int teardown(void **state)
{
    assert_int_equal(CmUnRegisterCallback(high.cookie), STATUS_SUCCESS);
    assert_int_equal(CmUnRegisterCallback(low.cookie), STATUS_SUCCESS);
    ZwClose(root);
    return 0;
}

static void the_higher_hears_first_before_and_last_after(void **state)
{
    assert_int_equal(set(root, L"a", 1), STATUS_SUCCESS);
    assert_string_equal(heard, "h1 l1 l16 h16 ");
    assert_int_equal(high.status, STATUS_SUCCESS);
    assert_ptr_equal(high.object, low.object);
}

static void each_operation_has_its_classes(void **state)
{
    char buffer[128];
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"v");
    ULONG length;
    HANDLE key;

    CmUnRegisterCallback(low.cookie);
    assert_int_equal(make(root, L"sub", &key, NULL), STATUS_SUCCESS);
    set(key, L"v", 1);
    ZwQueryKey(key, KeyBasicInformation, buffer, sizeof(buffer), &length);
    ZwEnumerateKey(key, 0, KeyBasicInformation, buffer, sizeof(buffer), &length);
    ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, sizeof(buffer), &length);
    ZwEnumerateValueKey(key, 0, KeyValuePartialInformation, buffer, sizeof(buffer), &length);
    ZwFlushKey(key);
    ZwDeleteValueKey(key, &name);
    ZwRenameKey(key, &name);
    ZwDeleteKey(key);
    ZwClose(key);
    assert_int_equal(open_key(root, L"none", &key), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_string_equal(heard, "h26 h27 h1 h16 h7 h22 h5 h20 h8 h23 h6 h21 h30 h31 h2 h17 "
                               "h4 h19 h0 h15 h14 h25 h28 h29 ");
    assert_int_equal(high.status, STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(high.object);
    assert_int_equal(register_at(&low, L"1000"), STATUS_SUCCESS);
}

static void routines_that_take_a_path_are_told_of(void **state)
{
    ULONG value = 1;

    CmUnRegisterCallback(low.cookie);
    heard[0] = '\0';
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"Told", L"v", REG_DWORD, &value,
                                           sizeof(value)),
                     STATUS_SUCCESS);
    assert_string_equal(heard, "h26 h27 h1 h16 h14 h25 ");
    heard[0] = '\0';
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, L"\\Told", L"v"),
                     STATUS_SUCCESS);
    assert_int_equal(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, L"Told", L"v"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_string_equal(heard, "h28 h29 h2 h17 h14 h25 h28 h29 h2 h17 h14 h25 ");
    heard[0] = '\0';
    assert_int_equal(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, L"None"),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(
        RtlWriteRegistryValue(RTL_REGISTRY_HANDLE, root, L"v", REG_DWORD, &value, sizeof(value)),
        STATUS_SUCCESS);
    assert_string_equal(heard, "h28 h29 h1 h16 ");
    high.on = RegNtPreSetValueKey;
    high.answer = STATUS_ACCESS_DENIED;
    assert_int_equal(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"Told", L"w", REG_DWORD, &value,
                                           sizeof(value)),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(register_at(&low, L"1000"), STATUS_SUCCESS);
}

static void a_refusal_ends_the_operation(void **state)
{
    char buffer[64];
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"refused");
    ULONG length;

    low.on = RegNtPreSetValueKey;
    low.answer = STATUS_ACCESS_DENIED;
    assert_int_equal(set(root, L"refused", 1), STATUS_ACCESS_DENIED);
    assert_string_equal(heard, "h1 l1 h16 "); /* who has let it pass hears of the end */
    assert_int_equal(high.status, STATUS_ACCESS_DENIED);
    assert_int_equal(
        ZwQueryValueKey(root, &name, KeyValuePartialInformation, buffer, sizeof(buffer), &length),
        STATUS_OBJECT_NAME_NOT_FOUND);
    heard[0] = 0;
    high.on = RegNtPreSetValueKey;
    high.answer = STATUS_UNSUCCESSFUL;
    assert_int_equal(set(root, L"refused", 1), STATUS_UNSUCCESSFUL);
    assert_string_equal(heard, "h1 ");
}

static void a_bypass_is_a_success_and_does_nothing(void **state)
{
    char buffer[64];
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"bypassed");
    ULONG length;

    high.on = RegNtPreSetValueKey;
    high.answer = STATUS_CALLBACK_BYPASS;
    assert_int_equal(set(root, L"bypassed", 1), STATUS_SUCCESS);
    assert_string_equal(heard, "h1 ");
    assert_int_equal(
        ZwQueryValueKey(root, &name, KeyValuePartialInformation, buffer, sizeof(buffer), &length),
        STATUS_OBJECT_NAME_NOT_FOUND);
}

static void who_bypasses_an_open_gives_the_key(void **state)
{
    HANDLE mine, got = NULL;
    ULONG disposition = 0;

    assert_int_equal(make(root, L"mine", &mine, NULL), STATUS_SUCCESS);
    set(mine, L"v", 1);
    assert_int_equal(
        ObReferenceObjectByHandle(mine, 0, *CmKeyObjectType, KernelMode, &low.result, NULL),
        STATUS_SUCCESS);
    low.on = RegNtPreCreateKeyEx;
    low.answer = STATUS_CALLBACK_BYPASS;
    assert_int_equal(make(root, L"other", &got, &disposition), STATUS_SUCCESS);
    assert_int_equal(disposition, REG_OPENED_EXISTING_KEY);
    assert_ptr_equal(high.object, low.result);
    low.on = MaxRegNtNotifyClass;
    assert_int_equal(ZwDeleteKey(got), STATUS_SUCCESS);
    assert_int_equal(set(mine, L"v", 2), STATUS_KEY_DELETED);
    assert_int_equal(open_key(root, L"other", &mine), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(got);
    ZwClose(mine);
}

static void afterwards_the_status_can_be_changed(void **state)
{
    HANDLE key = NULL;

    low.on = RegNtPostSetValueKey;
    low.answer = STATUS_CALLBACK_BYPASS;
    low.return_status = STATUS_DISK_FULL;
    assert_int_equal(set(root, L"b", 1), STATUS_DISK_FULL);
    assert_int_equal(high.status, STATUS_DISK_FULL);
    low.on = RegNtPostCreateKeyEx;
    low.return_status = STATUS_ACCESS_DENIED;
    assert_int_equal(make(root, L"taken back", &key, NULL), STATUS_ACCESS_DENIED);
    assert_null(key);
}

static void the_name_of_an_open(void **state)
{
    HANDLE key;

    assert_int_equal(make(root, L"named", &key, NULL), STATUS_SUCCESS);
    assert_memory_equal(high.text, L"named", sizeof(L"named"));
    ZwClose(key);
    assert_int_equal(open_key(NULL, SERVICES, &key), STATUS_SUCCESS);
    assert_memory_equal(high.text, &SERVICES[10],
                        sizeof(SERVICES) - 10 * sizeof(WCHAR)); /* behind \Registry\ */
    ZwClose(key);
}

static PVOID object_of(HANDLE key)
{
    PVOID object;

    assert_int_equal(ObReferenceObjectByHandle(key, 0, *CmKeyObjectType, KernelMode, &object, NULL),
                     STATUS_SUCCESS);
    ObDereferenceObject(object); /* the handle has its own */
    return object;
}

static void contexts_of_key_objects(void **state)
{
    PVOID old = &old;
    HANDLE key, again;

    make(root, L"contexts", &key, NULL);
    assert_int_equal(CmSetCallbackObjectContext(object_of(key), &high.cookie, (PVOID)0x11, &old),
                     STATUS_SUCCESS);
    assert_null(old);
    assert_int_equal(CmSetCallbackObjectContext(object_of(key), &low.cookie, (PVOID)0x21, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(CmSetCallbackObjectContext(object_of(key), &high.cookie, (PVOID)0x12, &old),
                     STATUS_SUCCESS);
    assert_ptr_equal(old, (PVOID)0x11);
    ZwFlushKey(key);
    assert_ptr_equal(high.context, (PVOID)0x12);
    assert_ptr_equal(low.context, (PVOID)0x21);
    open_key(root, L"contexts", &again); /* another object of the same key */
    ZwFlushKey(again);
    assert_null(high.context);
    ZwClose(again);
    heard[0] = 0;
    ZwClose(key);
    assert_non_null(strstr(heard, "h40"));
    assert_non_null(strstr(heard, "l40"));
    assert_ptr_equal(high.context, (PVOID)0x12);
    assert_int_equal(CmSetCallbackObjectContext(&old, &high.cookie, NULL, &old),
                     STATUS_INVALID_PARAMETER);
}

static void undoing_a_registration_gives_its_contexts_back(void **state)
{
    LARGE_INTEGER before = low.cookie;

    CmSetCallbackObjectContext(object_of(root), &low.cookie, (PVOID)0x33, NULL);
    assert_int_equal(CmUnRegisterCallback(low.cookie), STATUS_SUCCESS);
    assert_string_equal(heard, "l40 ");
    assert_ptr_equal(low.context, (PVOID)0x33);
    assert_int_equal(CmUnRegisterCallback(before), STATUS_INVALID_PARAMETER);
    set(root, L"c", 1);
    assert_null(strstr(heard, "l1 "));
    assert_int_equal(register_at(&low, L"1000"), STATUS_SUCCESS);
    assert_int_not_equal(low.cookie.QuadPart, before.QuadPart);
}

static void names_and_numbers_of_key_objects(void **state)
{
    DECLARE_CONST_UNICODE_STRING(end, L"\\notify\\ids");
    PCUNICODE_STRING name;
    ULONG_PTR id, other;
    HANDLE key, again;

    make(root, L"ids", &key, NULL);
    open_key(root, L"ids", &again);
    assert_int_equal(CmCallbackGetKeyObjectID(&high.cookie, object_of(key), &id, &name),
                     STATUS_SUCCESS);
    assert_true(RtlSuffixUnicodeString(&end, name, TRUE));
    assert_int_equal(CmCallbackGetKeyObjectIDEx(&high.cookie, object_of(again), &other, &name, 0),
                     STATUS_SUCCESS);
    assert_true(RtlSuffixUnicodeString(&end, name, TRUE));
    CmCallbackReleaseKeyObjectIDEx(name);
    assert_int_equal(id, other);
    CmCallbackGetKeyObjectID(&high.cookie, object_of(root), &other, NULL);
    assert_int_not_equal(id, other);
    assert_null(CmGetBoundTransaction(&high.cookie, object_of(key)));
    ZwDeleteKey(key);
    assert_int_equal(CmCallbackGetKeyObjectID(&high.cookie, object_of(key), NULL, &name),
                     STATUS_SUCCESS); /* asked for before it was deleted */
    ZwClose(again);
    ZwClose(key);
}

static void altitudes_are_numbers_and_taken_once(void **state)
{
    struct listener third = {.name = 't', .on = MaxRegNtNotifyClass};
    LARGE_INTEGER cookie;

    assert_int_equal(register_at(&third, L"01000"), STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    assert_int_equal(register_at(&third, L"9999.9"), STATUS_SUCCESS);
    assert_int_equal(CmRegisterCallback(NULL, NULL, &cookie), STATUS_INVALID_PARAMETER);
    ZwFlushKey(root);
    assert_string_equal(heard, "h30 t30 l30 l31 t31 h31 ");
    CmUnRegisterCallback(third.cookie);
    heard[0] = 0;
    assert_int_equal(CmRegisterCallback(hear, &third, &third.cookie), STATUS_SUCCESS);
    ZwFlushKey(root);
    assert_string_equal(heard, "h30 l30 t30 t31 l31 h31 ");
    CmUnRegisterCallback(third.cookie);
}

static NTSTATUS hear_and_ask(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    if ((REG_NOTIFY_CLASS)(ULONG_PTR)Argument1 == RegNtPreFlushKey) {
        set(root, L"inside", 1);
    }
    return STATUS_SUCCESS;
}

static void a_routine_may_itself_use_the_registry(void **state)
{
    LARGE_INTEGER cookie;
    ULONG major, minor;

    assert_int_equal(CmRegisterCallback(hear_and_ask, NULL, &cookie), STATUS_SUCCESS);
    assert_int_equal(ZwFlushKey(root), STATUS_SUCCESS);
    assert_string_equal(heard, "h30 l30 h1 l1 l16 h16 l31 h31 ");
    CmUnRegisterCallback(cookie);
    CmGetCallbackVersion(&major, &minor);
    assert_int_equal(major, 1);
}

static void the_name_of_a_key_object(void **state)
{
    DECLARE_CONST_UNICODE_STRING(end, L"\\notify");
    char buffer[512];
    ULONG length;

    assert_int_equal(ObQueryNameString(object_of(root), (POBJECT_NAME_INFORMATION)buffer,
                                       sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_true(RtlSuffixUnicodeString(&end, &((POBJECT_NAME_INFORMATION)buffer)->Name, TRUE));
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .teardown = teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_higher_hears_first_before_and_last_after),
        UNIT(each_operation_has_its_classes),
        UNIT(routines_that_take_a_path_are_told_of),
        UNIT(a_refusal_ends_the_operation),
        UNIT(a_bypass_is_a_success_and_does_nothing),
        UNIT(who_bypasses_an_open_gives_the_key),
        UNIT(afterwards_the_status_can_be_changed),
        UNIT(the_name_of_an_open),
        UNIT(contexts_of_key_objects),
        UNIT(undoing_a_registration_gives_its_contexts_back),
        UNIT(names_and_numbers_of_key_objects),
        UNIT(altitudes_are_numbers_and_taken_once),
        UNIT(a_routine_may_itself_use_the_registry),
        UNIT(the_name_of_a_key_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
