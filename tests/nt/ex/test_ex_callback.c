/* test_ex_callback.c - callback objects. */
#include <ntddk.h>

#include <string.h>

#include <wdfcore/testing.h>

static char calls[32];
static KIRQL irql;
static PVOID argument_1, argument_2;
static PVOID to_unregister;

static VOID note(PVOID context, PVOID argument1, PVOID argument2)
{
    strcat(calls, context);
    irql = KeGetCurrentIrql();
    argument_1 = argument1;
    argument_2 = argument2;
}

static PCALLBACK_OBJECT create(PCWSTR name, BOOLEAN multiple)
{
    UNICODE_STRING string;
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object = NULL;

    calls[0] = '\0';
    RtlInitUnicodeString(&string, name);
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE, NULL, NULL);
    assert_int_equal(ExCreateCallback(&object, &attributes, TRUE, multiple), STATUS_SUCCESS);
    return object;
}

static void all_are_called_in_order(void **state) /* spec: XCB-01 */
{
    PCALLBACK_OBJECT object = create(L"\\Callback\\Test", TRUE);
    PCALLBACK_OBJECT same = create(L"\\Callback\\TEST", TRUE);
    PVOID first = ExRegisterCallback(object, note, "a");
    PVOID second = ExRegisterCallback(same, note, "b");
    PVOID third = ExRegisterCallback(object, note, "c");
    KIRQL old = PASSIVE_LEVEL;

    (void)state;
    assert_ptr_equal(same, object); /* the name leads to the one object */
    ExNotifyCallback(object, (PVOID)1, (PVOID)2);
    assert_string_equal(calls, "abc");
    assert_ptr_equal(argument_1, (PVOID)1);
    assert_ptr_equal(argument_2, (PVOID)2);
    assert_int_equal(irql, PASSIVE_LEVEL);
    ExUnregisterCallback(second);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ExNotifyCallback(object, NULL, NULL);
    KeLowerIrql(old);
    assert_string_equal(calls, "abcac");
    assert_int_equal(irql, DISPATCH_LEVEL);
    ExUnregisterCallback(first);
    ExUnregisterCallback(third);
    ObDereferenceObject(same);
    ObDereferenceObject(object);
}

static void a_single_object_takes_one(void **state) /* spec: XCB-02 */
{
    PCALLBACK_OBJECT object = create(L"\\Callback\\Single", FALSE);
    PVOID first = ExRegisterCallback(object, note, "a");

    (void)state;
    assert_non_null(first);
    assert_null(ExRegisterCallback(object, note, "b"));
    ExUnregisterCallback(first);
    first = ExRegisterCallback(object, note, "c");
    assert_non_null(first);
    ExUnregisterCallback(first);
    ObDereferenceObject(object);
}

static KEVENT entered, unregistered;
static volatile LONG has_ended;
static BOOLEAN had_ended; /* when it was unregistered */

static void take_long(PVOID context, PVOID argument1, PVOID argument2)
{
    LARGE_INTEGER tick = {.QuadPart = -20000};

    KeSetEvent(&entered, IO_NO_INCREMENT, FALSE);
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
    WriteRelease(&has_ended, 1);
}

static void unregister_while_it_runs(void *argument)
{
    (void)argument;
    KeWaitForSingleObject(&entered, Executive, KernelMode, FALSE, NULL);
    ExUnregisterCallback(to_unregister);
    had_ended = ReadAcquire(&has_ended) != 0;
    KeSetEvent(&unregistered, IO_NO_INCREMENT, FALSE);
}

static void unregistering_waits_for_the_routine(void **state)
{
    PCALLBACK_OBJECT object = create(L"\\Callback\\Slow", TRUE);
    PVOID second = NULL;

    (void)state;
    KeInitializeEvent(&entered, NotificationEvent, FALSE);
    KeInitializeEvent(&unregistered, NotificationEvent, FALSE);
    has_ended = 0;
    to_unregister = ExRegisterCallback(object, take_long, NULL);
    second = ExRegisterCallback(object, note, "b");
    wc_machine_start_task(wc_test_the_machine(), unregister_while_it_runs, NULL);
    ExNotifyCallback(object, NULL, NULL);
    KeWaitForSingleObject(&unregistered, Executive, KernelMode, FALSE, NULL);
    assert_true(had_ended);
    assert_string_equal(calls, "b"); /* the others are called all the same */
    ExUnregisterCallback(second);
    ObDereferenceObject(object);
}

static void the_systems_own_are_there_for_all(void **state)
{
    static const PCWSTR names[] = {L"\\Callback\\SetSystemTime", L"\\Callback\\PowerState",
                                   L"\\Callback\\ProcessorAdd"};
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT object, same;
    UNICODE_STRING name;

    (void)state;
    for (size_t i = 0; i < RTL_NUMBER_OF(names); i++) {
        PVOID first, second;

        RtlInitUnicodeString(&name, names[i]);
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
        assert_int_equal(ExCreateCallback(&object, &attributes, FALSE, FALSE), STATUS_SUCCESS);
        assert_int_equal(ExCreateCallback(&same, &attributes, FALSE, FALSE), STATUS_SUCCESS);
        assert_ptr_equal(same, object);
        first = ExRegisterCallback(object, note, "a");
        second = ExRegisterCallback(object, note, "b"); /* any number of drivers may */
        assert_non_null(first);
        assert_non_null(second);
        ExUnregisterCallback(first);
        ExUnregisterCallback(second);
        ObDereferenceObject(same);
        ObDereferenceObject(object);
    }
    RtlInitUnicodeString(&name, L"\\Callback\\Nothing");
    assert_int_equal(ExCreateCallback(&object, &attributes, FALSE, FALSE),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(all_are_called_in_order),
        wc_unit_test(the_systems_own_are_there_for_all),
        wc_unit_test(a_single_object_takes_one),
        wc_unit_test(unregistering_waits_for_the_routine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
