/* test_hal_cpu.c - registers of the processor's model, and what cpuid says. */
#include "nt_thread.h"

#include <intrin.h>

static void the_time_stamp_is_there(void **state)
{
    ULONG64 before = __readmsr(0x10);

    KeStallExecutionProcessor(50);
    assert_true(__readmsr(0x10) > before);
}

static void other_registers_are_not(void **state)
{
    volatile int raised = 0;

    __try {
        __readmsr(0x198);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER
                                                              : EXCEPTION_CONTINUE_SEARCH) {
        raised = raised + 1;
    }
    __try {
        __writemsr(0x10, 1);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        raised = raised + 1;
    }
    __try {
        __readpmc(0);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        raised = raised + 1;
    }
    assert_int_equal(raised, 3);
}

static void the_processor_is_somebodys(void **state)
{
    int registers[4] = {0};

    __cpuid(registers, 0);
    assert_true(registers[0] > 0); /* the highest function */
    assert_int_not_equal(registers[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(the_time_stamp_is_there),
        wc_unit_test(other_registers_are_not),
        wc_unit_test(the_processor_is_somebodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
