/* test_ke_processor_notify.c - routines for NMIs and new processors; nodes of memory. */
#include <ntddk.h>

#include <wdfcore/testing.h>

#include <string.h>

#include "nt/ke/ke_processor_notify.h"

#define PROCESSORS 3

static char told[64];   /* s: start, c: complete, f: failure; with the processor's number */
static ULONG fails_for; /* that processor */

static VOID note_processor(PVOID CallbackContext, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
                           PNTSTATUS OperationStatus)
{
    size_t used = strlen(told);

    assert_ptr_equal(CallbackContext, told);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_int_equal(ChangeContext->NtNumber,
                     KeGetProcessorIndexFromNumber(&ChangeContext->ProcNumber));
    assert_int_equal(*OperationStatus, STATUS_SUCCESS);
    told[used] = "scf"[ChangeContext->State];
    told[used + 1] = (char)('0' + ChangeContext->NtNumber);
    if (ChangeContext->State == KeProcessorAddStartNotify && ChangeContext->NtNumber == fails_for) {
        *OperationStatus = STATUS_INSUFFICIENT_RESOURCES;
    }
}

static int setup(void **state)
{
    memset(told, 0, sizeof(told));
    fails_for = PROCESSORS;
    return 0;
}

static void who_wants_is_told_of_the_processors_that_are_there(void **state)
{
    PVOID handle = KeRegisterProcessorChangeCallback(note_processor, told, 0);

    assert_non_null(handle);
    assert_string_equal(told, "");
    KeDeregisterProcessorChangeCallback(handle);
    handle =
        KeRegisterProcessorChangeCallback(note_processor, told, KE_PROCESSOR_CHANGE_ADD_EXISTING);
    assert_non_null(handle);
    assert_string_equal(told, "s0s1s2c0c1c2");
    KeDeregisterProcessorChangeCallback(handle);
}

static void who_fails_for_one_hears_of_those_before_again(void **state)
{
    fails_for = 2;
    assert_null(
        KeRegisterProcessorChangeCallback(note_processor, told, KE_PROCESSOR_CHANGE_ADD_EXISTING));
    assert_string_equal(told, "s0s1s2f0f1");
    memset(told, 0, sizeof(told));
    fails_for = 0;
    assert_null(
        KeRegisterProcessorChangeCallback(note_processor, told, KE_PROCESSOR_CHANGE_ADD_EXISTING));
    assert_string_equal(told, "s0");
    assert_null(ke_processor_notify_of_code((const void *)note_processor, 1));
}

static BOOLEAN handle_nmi(PVOID Context, BOOLEAN Handled)
{
    return TRUE;
}

static void a_routine_for_nmis_is_registered_until_it_is_taken_back(void **state)
{
    PVOID first = KeRegisterNmiCallback(handle_nmi, NULL);
    PVOID second = KeRegisterNmiCallback(handle_nmi, NULL);

    assert_true(first != NULL && second != NULL && first != second);
    assert_int_equal(KeDeregisterNmiCallback(first), STATUS_SUCCESS);
    assert_int_equal(KeDeregisterNmiCallback(first), STATUS_INVALID_HANDLE);
    assert_ptr_equal(ke_processor_notify_of_code((const void *)handle_nmi, 1), handle_nmi);
    assert_int_equal(KeDeregisterNmiCallback(second), STATUS_SUCCESS);
    assert_null(ke_processor_notify_of_code((const void *)handle_nmi, 1));
    assert_int_equal(KeDeregisterNmiCallback(NULL), STATUS_INVALID_HANDLE);
}

static void misuse_is_named(void **state)
{
    KIRQL old;

    wc_expect_violation("ParameterNull");
    assert_null(KeRegisterNmiCallback(NULL, NULL));
    wc_expect_violation("ParameterNull");
    assert_null(KeRegisterProcessorChangeCallback(NULL, NULL, 0));
    wc_expect_violation("BadParameter");
    KeDeregisterProcessorChangeCallback(told);
    KeRaiseIrql(APC_LEVEL, &old);
    wc_expect_violation("IrqlTooHigh");
    assert_null(KeRegisterProcessorChangeCallback(note_processor, told, 0));
    KeLowerIrql(old);
}

static void all_processors_belong_to_one_node(void **state)
{
    GROUP_AFFINITY affinity = {.Group = 9, .Reserved = {1, 1, 1}};
    USHORT count = 0;

    assert_int_equal(KeNumberProcessors, PROCESSORS);
    KeQueryNodeActiveAffinity(KeQueryHighestNodeNumber(), &affinity, &count);
    assert_true(affinity.Mask == 7 && affinity.Group == 0 && affinity.Reserved[0] == 0);
    assert_int_equal(count, PROCESSORS);
    KeQueryNodeActiveAffinity(1, &affinity, &count);
    assert_true(affinity.Mask == 0 && count == 0);
    KeQueryNodeActiveAffinity(0, NULL, NULL);
    assert_int_equal(KeQueryNodeActiveProcessorCount(0), PROCESSORS);
    assert_int_equal(KeQueryNodeActiveProcessorCount(1), 0);
    assert_int_equal(KeQueryNodeMaximumProcessorCount(0), PROCESSORS);

    assert_int_equal(KeQueryNodeActiveAffinity2(0, NULL, 0, &count), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(count, 1);
    assert_int_equal(KeQueryNodeActiveAffinity2(0, &affinity, 1, &count), STATUS_SUCCESS);
    assert_int_equal(affinity.Mask, 7);
    assert_int_equal(KeQueryNodeActiveAffinity2(1, &affinity, 1, &count), STATUS_INVALID_PARAMETER);
}

#define UNIT(body) wc_unit_test(body, .setup = setup, .processors = PROCESSORS)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(who_wants_is_told_of_the_processors_that_are_there),
        UNIT(who_fails_for_one_hears_of_those_before_again),
        UNIT(a_routine_for_nmis_is_registered_until_it_is_taken_back),
        UNIT(misuse_is_named),
        UNIT(all_processors_belong_to_one_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
