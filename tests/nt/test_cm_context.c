/* test_cm_context.c - registry callbacks and contexts of key objects, from several threads at a time. */
#include "nt_thread.h"

#include <ntifs.h>

#define KEYS     60
#define ROUNDS   400
#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"

static LARGE_INTEGER cookie;
static volatile LONG told; /* of contexts that have gone */
static volatile LONG used; /* keys, until it is over */
static volatile LONG over;

static NTSTATUS hear(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    if ((REG_NOTIFY_CLASS)(ULONG_PTR)Argument1 == RegNtCallbackObjectContextCleanup) {
        InterlockedIncrement(&told);
    }
    return STATUS_SUCCESS;
}

/* One key object with a context, that goes. TRUE: the context was taken. */
static BOOLEAN key_with_context(PCWSTR path, LARGE_INTEGER owner, BOOLEAN take_back)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    PVOID object;
    HANDLE key;
    BOOLEAN taken;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    assert_int_equal(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ObReferenceObjectByHandle(key, 0, *CmKeyObjectType, KernelMode, &object, NULL),
                     STATUS_SUCCESS);
    taken = NT_SUCCESS(CmSetCallbackObjectContext(object, &owner, &owner, NULL));
    if (taken && take_back) {
        CmSetCallbackObjectContext(object, &owner, NULL, NULL);
    }
    ObDereferenceObject(object);
    ZwClose(key);
    return taken;
}

/* Every second one is taken back. */
static VOID use_keys(PVOID Context)
{
    nt_on_processor(Context != NULL);
    for (int i = 0; i < KEYS; i++) {
        assert_true(key_with_context(Context != NULL ? SERVICES L"\\one" : SERVICES L"\\other",
                                     cookie, i % 2));
    }
}

static void each_context_is_told_of_once(void **state)
{
    PKTHREAD thread;

    told = 0;
    assert_int_equal(CmRegisterCallback(hear, NULL, &cookie), STATUS_SUCCESS);
    thread = nt_thread(use_keys, &cookie);
    use_keys(NULL);
    nt_join(thread);
    assert_int_equal(told, 2 * KEYS / 2);
    assert_int_equal(CmUnRegisterCallback(cookie), STATUS_SUCCESS);
}

/* While there is one registration after the other. */
static VOID use_keys_until_over(PVOID Context)
{
    nt_on_processor(Context != NULL);
    while (!ReadAcquire(&over)) {
        LARGE_INTEGER owner = {.QuadPart = ReadAcquire64(&cookie.QuadPart)};

        key_with_context(Context != NULL ? SERVICES L"\\one" : SERVICES L"\\other", owner, FALSE);
        InterlockedIncrement(&used);
    }
}

static void undoing_waits_for_who_is_told_of_a_context(void **state)
{
    PKTHREAD threads[2];

    over = 0;
    for (int i = 0; i < 2; i++) {
        threads[i] = nt_thread(use_keys_until_over, i == 0 ? NULL : &cookie);
    }
    for (int i = 0; i < ROUNDS; i++) {
        LARGE_INTEGER mine;

        assert_int_equal(CmRegisterCallback(hear, NULL, &mine), STATUS_SUCCESS);
        WriteRelease64(&cookie.QuadPart, mine.QuadPart);
        nt_spin_until(&used, ReadAcquire(&used) + 3);
        assert_int_equal(CmUnRegisterCallback(mine), STATUS_SUCCESS);
    }
    WriteRelease(&over, 1);
    nt_join(threads[0]);
    nt_join(threads[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(each_context_is_told_of_once, .processors = 2),
        wc_unit_test(undoing_waits_for_who_is_told_of_a_context, .processors = 3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
