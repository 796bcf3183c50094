/* test_ke_feature.c - what drivers ask of the system as such, and small relatives of other routines: mutants,
 * many entries of a queue at once, other processes, objects by name, numbers that are unique.
 */
#include "nt/nt_thread.h"

#include <ntifs.h>

static void the_system_is_a_plain_one(void **state)
{
    ULONG flags = 1;

    assert_int_equal(ExGetPreviousMode(), KernelMode);
    assert_true(ExIsProcessorFeaturePresent(PF_COMPARE_EXCHANGE_DOUBLE));
    assert_true(ExIsProcessorFeaturePresent(PF_RDTSC_INSTRUCTION_AVAILABLE));
    assert_false(ExIsProcessorFeaturePresent(PF_FLOATING_POINT_EMULATED));
    assert_false(ExIsProcessorFeaturePresent(1000));
    assert_true(ExVerifySuite(SingleUserTS));
    assert_false(ExVerifySuite(DataCenter));
    assert_int_equal(KdDisableDebugger(), STATUS_DEBUGGER_INACTIVE);
    assert_true(KdRefreshDebuggerNotPresent());
    assert_int_equal(MmIsVerifierEnabled(&flags), STATUS_NOT_SUPPORTED);
    assert_int_equal(flags, 0);
    assert_int_equal(KeGetRecommendedSharedDataAlignment() % 64, 0);
}

static PKTHREAD called_on;

static VOID callout(PVOID Parameter)
{
    called_on = KeGetCurrentThread();
    *(int *)Parameter += 1;
}

static void a_callout_runs_on_the_same_thread(void **state)
{
    int calls = 0;

    assert_int_equal(KeExpandKernelStackAndCallout(callout, &calls, 0x8000), STATUS_SUCCESS);
    assert_int_equal(calls, 1);
    assert_ptr_equal(called_on, KeGetCurrentThread());
    assert_int_equal(KeExpandKernelStackAndCallout(callout, &calls, MAXIMUM_EXPANSION_SIZE + 1),
                     STATUS_INVALID_PARAMETER_3);
    assert_int_equal(calls, 1);
}

static void a_mutant_leaves_apcs_alone(void **state)
{
    KMUTANT mutant;
    CLIENT_ID owner;

    KeInitializeMutant(&mutant, TRUE);
    assert_int_equal(KeReadStateMutant(&mutant), 0);
    assert_ptr_equal(mutant.OwnerThread, KeGetCurrentThread());
    assert_int_equal(mutant.ApcDisable, 0);
    assert_false(KeAreApcsDisabled());
    KeQueryOwnerMutant(&mutant, &owner);
    assert_ptr_equal(owner.UniqueThread, PsGetCurrentThreadId());
    assert_int_equal(nt_wait(&mutant, NULL), STATUS_SUCCESS);
    assert_int_equal(KeReleaseMutant(&mutant, 0, FALSE, FALSE), -1);
    assert_int_equal(KeReleaseMutant(&mutant, 0, FALSE, FALSE), 0);
    KeQueryOwnerMutant(&mutant, &owner);
    assert_null(owner.UniqueThread);
}

static void an_abandoned_mutant_is_told_of_once(void **state)
{
    KMUTANT mutant;

    KeInitializeMutant(&mutant, TRUE);
    assert_int_equal(KeReleaseMutant(&mutant, 0, TRUE, FALSE), 0);
    assert_int_equal(KeReadStateMutant(&mutant), 1);
    assert_int_equal(nt_wait(&mutant, NULL), STATUS_ABANDONED);
    KeReleaseMutant(&mutant, 0, FALSE, FALSE);
    assert_int_equal(nt_wait(&mutant, NULL), STATUS_SUCCESS);
    KeReleaseMutant(&mutant, 0, FALSE, FALSE);
}

static void entries_come_many_at_a_time(void **state)
{
    LARGE_INTEGER at_once = {.QuadPart = 0};
    LIST_ENTRY entries[3];
    PLIST_ENTRY taken[4];
    KQUEUE queue;

    KeInitializeQueue(&queue, 1);
    for (int i = 0; i < 3; i++) {
        KeInsertQueue(&queue, &entries[i]);
    }
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, FALSE, NULL, taken, 2), 2);
    assert_ptr_equal(taken[0], &entries[0]);
    assert_ptr_equal(taken[1], &entries[1]);
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, FALSE, NULL, taken, 4), 1);
    assert_int_equal(KeRemoveQueueEx(&queue, KernelMode, FALSE, &at_once, taken, 4),
                     (ULONG)STATUS_TIMEOUT);
    KeRundownQueue(&queue);
}

static void a_thread_works_in_another_process_for_a_while(void **state)
{
    KAPC_STATE first;

    KeStackAttachProcess(PsInitialSystemProcess, &first);
    assert_ptr_equal(PsGetCurrentProcess(), PsInitialSystemProcess);
    KeUnstackDetachProcess(&first);
    wc_expect_violation("ObjectNotInitialized");
    KeStackAttachProcess((PVOID)KeGetCurrentThread(), &first);
    assert_ptr_equal(PsGetCurrentProcess(), PsInitialSystemProcess);
}

static void an_object_is_found_by_its_name(void **state)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\ByName");
    UNICODE_STRING other = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\None");
    HANDLE handle;
    LONG before = 7;
    PKEVENT event = IoCreateSynchronizationEvent(&name, &handle);
    PVOID object = NULL;

    assert_int_equal(
        ObReferenceObjectByName(&name, 0, NULL, 0, *ExEventObjectType, KernelMode, NULL, &object),
        STATUS_SUCCESS);
    assert_ptr_equal(object, event);
    ObDereferenceObject(object);
    assert_int_equal(
        ObReferenceObjectByName(&name, 0, NULL, 0, *PsThreadType, KernelMode, NULL, &object),
        STATUS_OBJECT_TYPE_MISMATCH);
    assert_int_equal(ObReferenceObjectByName(&other, 0, NULL, 0, NULL, KernelMode, NULL, &object),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_true(ObIsKernelHandle(handle));
    assert_int_equal(ZwPulseEvent(handle, &before), STATUS_SUCCESS);
    assert_int_equal(before, 1);
    assert_int_equal(KeReadStateEvent(event), 0);
    ZwClose(handle);
}

static void numbers_are_given_out_once(void **state)
{
    LUID first, second;

    assert_int_equal(ZwAllocateLocallyUniqueId(&first), STATUS_SUCCESS);
    assert_int_equal(ZwAllocateLocallyUniqueId(&second), STATUS_SUCCESS);
    assert_true(second.LowPart > first.LowPart);
    assert_true(first.LowPart > 999);
    assert_int_equal(ZwYieldExecution(), STATUS_SUCCESS);
}

static void an_mdl_begins_later(void **state)
{
    PUCHAR block = ExAllocatePoolWithTag(NonPagedPool, 3 * PAGE_SIZE, 'vdAT');
    PMDL mdl = IoAllocateMdl(block + 100, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmBuildMdlForNonPagedPool(mdl);
    assert_int_equal(MmAdvanceMdl(mdl, 2 * PAGE_SIZE + 1), STATUS_INVALID_PARAMETER_2);
    assert_int_equal(MmAdvanceMdl(mdl, PAGE_SIZE), STATUS_SUCCESS);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), block + 100 + PAGE_SIZE);
    assert_int_equal(MmGetMdlByteCount(mdl), PAGE_SIZE);
    assert_int_equal(MmGetMdlByteOffset(mdl), 100);
    assert_ptr_equal(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority),
                     block + 100 + PAGE_SIZE);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'vdAT');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_system_is_a_plain_one),
        wc_unit_test(a_callout_runs_on_the_same_thread),
        wc_unit_test(a_mutant_leaves_apcs_alone),
        wc_unit_test(an_abandoned_mutant_is_told_of_once),
        wc_unit_test(entries_come_many_at_a_time),
        wc_unit_test(a_thread_works_in_another_process_for_a_while),
        wc_unit_test(an_object_is_found_by_its_name),
        wc_unit_test(numbers_are_given_out_once),
        wc_unit_test(an_mdl_begins_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
