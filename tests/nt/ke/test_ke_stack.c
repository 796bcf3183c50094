/* test_ke_stack.c - a used-up stack stops the machine by name. */
#include <ntddk.h>
#include <wdfcore/testing.h>

static __attribute__((noinline)) int recurse(volatile int *depth)
{
    volatile char room[1024];

    room[0] = (char)(*depth)++;
    return *depth < 0 ? 0 : recurse(depth) + room[0]; /* it never gets that far */
}

static void recurse_for_ever(void *argument)
{
    recurse(argument);
}

static void endless_recursion_is_a_stack_overflow(void **state)
{
    static volatile int depth;

    wc_expect_stop("KernelStackOverflow", recurse_for_ever, (void *)&depth);
}

static void the_next_machine_works(void **state)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    assert_int_equal(old, PASSIVE_LEVEL);
    KeLowerIrql(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(endless_recursion_is_a_stack_overflow),
        wc_unit_test(the_next_machine_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
