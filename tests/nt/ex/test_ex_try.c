/* test_ex_try.c - structured exceptions: __try, __except, __finally, __leave. */
#include "nt/nt_thread.h"

#include <sys/mman.h>

/* clang keeps what a body changes in registers. */
#ifdef __clang__
#define WC_TRY_LOCAL volatile
#else
#define WC_TRY_LOCAL
#endif

/* What ran, in order. */
static char steps[64];

static int start(void **state)
{
    (void)state;
    memset(steps, 0, sizeof(steps));
    return 0;
}

static void step(char what)
{
    steps[strlen(steps)] = what;
}

/* A call that the compiler cannot see through. */
__attribute__((noinline)) static void raise(NTSTATUS status)
{
    step('!');
    ExRaiseStatus(status);
}

__attribute__((noinline)) static void returns_nothing(void)
{
    if (strlen(steps) > 60) {
        raise(STATUS_BUFFER_OVERFLOW);
    }
}

static void a_handler_runs_with_the_code(void **state)
{
    NTSTATUS status = STATUS_SUCCESS;

    (void)state;
    for (int i = 0; i < 3; i++) {
        __try {
            step('b');
            raise(STATUS_INSUFFICIENT_RESOURCES);
            step('x');
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            status = GetExceptionCode();
            step('h');
        }
        assert_int_equal(status, STATUS_INSUFFICIENT_RESOURCES);
    }
    assert_string_equal(steps, "b!hb!hb!h");
}

static void without_an_exception_no_handler_runs(void **state)
{
    (void)state;
    __try {
        step('b');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('x');
    }
    __try {
        step('c');
    } __finally {
        assert_false(AbnormalTermination());
        step('f');
    }
    assert_string_equal(steps, "bcf");
}

static void an_exception_runs_finally_blocks_on_its_way(void **state)
{
    (void)state;
    __try {
        __try {
            __try {
                raise(STATUS_TIMEOUT);
            } __finally {
                assert_true(AbnormalTermination());
                step('1');
            }
            step('x');
        } __finally {
            assert_true(AbnormalTermination());
            step('2');
        }
        step('x');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        assert_int_equal(GetExceptionCode(), STATUS_TIMEOUT);
        step('h');
    }
    assert_string_equal(steps, "!12h");
}

static void leave_ends_the_body_normally(void **state)
{
    NTSTATUS status = STATUS_SUCCESS;

    (void)state;
    __try {
        for (int i = 0;; i++) {
            switch (i) {
            case 3:
                status = STATUS_CANCELLED;
                __leave; /* out of the switch and the loop */
            default:
                step('0' + (char)i);
            }
        }
    } __finally {
        assert_false(AbnormalTermination());
        step('f');
    }
    assert_int_equal(status, STATUS_CANCELLED);
    __try {
        __try {
            __leave;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            step('x');
        }
        step('a');
        __leave; /* the outer one */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('x');
    }
    assert_string_equal(steps, "012fa");
}

/* Locals that the body changed are what it made of them. */
static void locals_are_as_the_body_left_them(void **state)
{
    WC_TRY_LOCAL NTSTATUS status = STATUS_SUCCESS;
    WC_TRY_LOCAL PVOID memory = NULL;
    WC_TRY_LOCAL int count = 0;

    (void)state;
    __try {
        __try {
            for (int i = 0; i < 7; i++) {
                count++;
                returns_nothing();
            }
            memory = steps;
            status = STATUS_PENDING;
            raise(STATUS_TIMEOUT);
            count = 100;
            status = STATUS_SUCCESS;
            memory = NULL;
        } __finally {
            assert_int_equal(count, 7);
            assert_ptr_equal(memory, steps);
            count++;
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        assert_int_equal(status, STATUS_PENDING);
        count++;
    }
    assert_int_equal(count, 9);
}

/* ---- leaving by other ways ---- */

static NTSTATUS returns_from_the_body(int *block)
{
    WC_TRY_LOCAL NTSTATUS status = STATUS_UNSUCCESSFUL;
    WC_TRY_LOCAL int local = 0;

    __try {
        local = 17; /* the block sees it */
        status = STATUS_ALERTED;
        return status;
    } __finally {
        assert_true(AbnormalTermination());
        *block = local;
        status = STATUS_NOT_FOUND; /* too late: the value is known */
        local = (int)strlen(steps) + 200;
        step('f');
    }
    step('x');
    return status;
}

static NTSTATUS returns_through_two(void)
{
    __try {
        __try {
            return STATUS_ABANDONED;
        } __finally {
            step('1');
        }
    } __finally {
        step('2');
    }
    return STATUS_SUCCESS;
}

static NTSTATUS returns_past_a_handler(void)
{
    __try {
        return STATUS_MORE_ENTRIES;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS returns_from_a_handler(void)
{
    __try {
        raise(STATUS_DEVICE_BUSY);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void return_runs_the_block_first(void **state)
{
    int block = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(returns_from_the_body(&block), STATUS_ALERTED);
        assert_int_equal(block, 17);
    }
    assert_int_equal(returns_through_two(), STATUS_ABANDONED);
    assert_int_equal(returns_past_a_handler(), STATUS_MORE_ENTRIES);
    assert_int_equal(returns_from_a_handler(), STATUS_DEVICE_BUSY);
    assert_string_equal(steps, "fff12!");
    /* Nothing of them is left: the next exception goes to the next handler. */
    __try {
        raise(STATUS_END_OF_FILE);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('h');
    }
    assert_string_equal(steps, "fff12!!h");
}

static void break_continue_and_goto_are_the_loops(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 10; i++) {
        __try {
            if (i == 1) {
                continue;
            }
            if (i == 3) {
                break;
            }
        } __finally {
            step('f');
            if (i == 2) {
                goto over;
            }
        }
        step('n');
    over:
        step('0' + (char)i);
    }
    assert_int_equal(i, 3);
    assert_string_equal(steps, "fn0ff2f");
    for (i = 0; i < 10; i++) {
        __try {
            if (i < 2) {
                continue;
            }
            raise(STATUS_TIMEOUT);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            if (i == 3) {
                break;
            }
            continue;
        }
        step('x');
    }
    assert_int_equal(i, 3);
    switch (i) {
    case 3:
        __try {
            goto out;
        } __finally {
            step('g');
        }
        step('x');
        break;
    default:
        step('x');
    }
out:
    assert_string_equal(steps, "fn0ff2f!!g");
}

/* ---- filters ---- */

static NTSTATUS seen_code;
static PVOID seen_address;

static int filter(NTSTATUS code, PEXCEPTION_POINTERS pointers, int answer)
{
    step('?');
    seen_code = code;
    seen_address = pointers->ExceptionRecord->ExceptionAddress;
    assert_int_equal(pointers->ExceptionRecord->ExceptionCode, code);
    return answer;
}

static void a_filter_decides(void **state)
{
    (void)state;
    __try {
        __try {
            __try {
                raise(STATUS_TOO_LATE);
            } __except (
                filter(GetExceptionCode(), GetExceptionInformation(), EXCEPTION_CONTINUE_SEARCH)) {
                step('x');
            }
        } __except (EXCEPTION_CONTINUE_SEARCH) {
            step('x');
        }
    } __except (filter(GetExceptionCode(), GetExceptionInformation(), EXCEPTION_EXECUTE_HANDLER)) {
        step('h');
    }
    assert_int_equal(seen_code, STATUS_TOO_LATE);
    assert_ptr_not_equal(seen_address, NULL);
    __try {
        raise(STATUS_ACCESS_VIOLATION);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER
                                                              : EXCEPTION_CONTINUE_SEARCH) {
        step('a');
    }
    assert_string_equal(steps, "!??h!a");
}

static void each_handler_has_its_own_exception(void **state)
{
    (void)state;
    __try {
        raise(STATUS_TIMEOUT);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        __try {
            raise(STATUS_CANCELLED);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            assert_int_equal(GetExceptionCode(), STATUS_CANCELLED);
            assert_int_equal(returns_from_a_handler(), STATUS_DEVICE_BUSY);
            assert_int_equal(GetExceptionCode(), STATUS_CANCELLED);
        }
        assert_int_equal(GetExceptionCode(), STATUS_TIMEOUT);
    }
}

static void an_exception_in_a_handler_or_block_goes_outwards(void **state)
{
    (void)state;
    __try {
        __try {
            raise(STATUS_TIMEOUT);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            raise(STATUS_CANCELLED);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        assert_int_equal(GetExceptionCode(), STATUS_CANCELLED);
        step('h');
    }
    __try {
        __try {
            raise(STATUS_TIMEOUT);
        } __finally {
            raise(STATUS_TOO_LATE);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        assert_int_equal(GetExceptionCode(), STATUS_TOO_LATE);
        step('h');
    }
    assert_string_equal(steps, "!!h!!h");
}

static int recursive(int depth)
{
    int below = 0;

    __try {
        if (depth == 0) {
            raise(STATUS_TIMEOUT);
        }
        below = recursive(depth - 1);
    } __finally {
        step('a' + (char)depth);
        below = -1;
    }
    return below;
}

static void it_walks_through_functions(void **state)
{
    (void)state;
    __try {
        recursive(4);
        step('x');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('h');
    }
    assert_string_equal(steps, "!abcdeh");
}

/* ---- contexts ---- */

static void raise_in_a_dpc(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
    NTSTATUS *status = context;

    __try {
        raise(STATUS_DEVICE_BUSY);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        *status = GetExceptionCode();
    }
}

static void a_dpc_has_frames_of_its_own(void **state)
{
    NTSTATUS status = STATUS_SUCCESS;
    KDPC dpc;

    (void)state;
    KeInitializeDpc(&dpc, raise_in_a_dpc, &status);
    __try {
        KeInsertQueueDpc(&dpc, NULL, NULL); /* runs nested, here */
        KeFlushQueuedDpcs();
        step('a');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('x');
    }
    assert_string_equal(steps, "!a");
    assert_int_equal(status, STATUS_DEVICE_BUSY);
}

static VOID wait_in_a_body(PVOID context)
{
    NTSTATUS mine = (NTSTATUS)(ULONG_PTR)context;
    NTSTATUS caught = STATUS_SUCCESS;

    for (int i = 0; i < 10; i++) {
        __try {
            nt_delay_ms(1);
            ExRaiseStatus(mine);
        } __except (nt_delay_ms(1), EXCEPTION_EXECUTE_HANDLER) {
            nt_delay_ms(1);
            caught = GetExceptionCode();
        }
        assert_int_equal(caught, mine);
    }
}

static void threads_do_not_meet(void **state)
{
    PKTHREAD threads[4];

    (void)state;
    for (ULONG_PTR i = 0; i < 4; i++) {
        threads[i] = nt_thread(wait_in_a_body, (PVOID)(STATUS_WAIT_1 + i));
    }
    for (int i = 0; i < 4; i++) {
        nt_join(threads[i]);
    }
}

/* ---- what nobody takes ---- */

static void raises_under_a_block(void *argument)
{
    (void)argument;
    __try {
        ExRaiseStatus(STATUS_TIMEOUT);
    } __finally {
        step('x'); /* nobody takes it: not run */
    }
}

static void unhandled_stops_where_it_was_raised(void **state)
{
    (void)state;
    wc_expect_stop("UnhandledException", raises_under_a_block, NULL);
}

static void searches_in_vain(void *argument)
{
    (void)argument;
    __try {
        ExRaiseStatus(STATUS_TIMEOUT);
    } __except (filter(GetExceptionCode(), GetExceptionInformation(), EXCEPTION_CONTINUE_SEARCH)) {
        step('x');
    }
}

static void a_filter_that_declines_leaves_it_unhandled(void **state)
{
    (void)state;
    wc_expect_stop("UnhandledException", searches_in_vain, NULL);
}

static void continues(void *argument)
{
    (void)argument;
    __try {
        ExRaiseStatus(STATUS_TIMEOUT);
    } __except (EXCEPTION_CONTINUE_EXECUTION) {
        step('x');
    }
}

static void continuing_is_refused_by_name(void **state)
{
    (void)state;
    wc_expect_stop("UnhandledException", continues, NULL);
}

static void raise_in_a_dpc_unhandled(PKDPC dpc, PVOID context, PVOID first, PVOID second)
{
    ExRaiseStatus(STATUS_TIMEOUT);
}

static void interrupts_a_body(void *argument)
{
    KDPC dpc;

    (void)argument;
    KeInitializeDpc(&dpc, raise_in_a_dpc_unhandled, NULL);
    __try {
        KeInsertQueueDpc(&dpc, NULL, NULL);
        KeFlushQueuedDpcs();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('x');
    }
}

static void a_dpc_never_unwinds_what_it_interrupted(void **state)
{
    (void)state;
    wc_expect_stop("UnhandledException", interrupts_a_body, NULL);
}

/* ---- addresses ---- */

static UCHAR *no_access(void)
{
    return mmap(NULL, 2 * PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static NTSTATUS probe(void (*call)(UCHAR *), UCHAR *address)
{
    __try {
        call(address);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void probe_read(UCHAR *address)
{
    ProbeForRead(address, 8, 4);
}

static void probe_write(UCHAR *address)
{
    ProbeForWrite(address, PAGE_SIZE, 1);
}

static void probe_mdl(UCHAR *address)
{
    PMDL mdl = IoAllocateMdl(address, PAGE_SIZE, FALSE, FALSE, NULL);

    __try {
        MmProbeAndLockPages(mdl, UserMode, IoWriteAccess);
        MmUnlockPages(mdl);
    } __finally {
        IoFreeMdl(mdl);
    }
}

static void read_it(UCHAR *address)
{
    (void)*(volatile UCHAR *)address;
}

static void copy_from_it(UCHAR *address)
{
    UCHAR copy[100];
    volatile SIZE_T length = sizeof(copy);

    RtlCopyMemory(copy, address, length);
    assert_int_equal(copy[0], copy[length - 1]);
}

static void probes_raise(void **state)
{
    UCHAR *bad = no_access();
    UCHAR buffer[2 * PAGE_SIZE] = {5};

    (void)state;
    assert_int_equal(probe(probe_read, buffer), STATUS_SUCCESS);
    assert_int_equal(probe(probe_read, (UCHAR *)0x10), STATUS_ACCESS_VIOLATION);
    assert_int_equal(probe(probe_read, (UCHAR *)~(ULONG_PTR)3), STATUS_ACCESS_VIOLATION);
    assert_int_equal(probe(probe_read, (UCHAR *)((ULONG_PTR)buffer | 1)),
                     STATUS_DATATYPE_MISALIGNMENT);
    assert_int_equal(probe(probe_write, buffer), STATUS_SUCCESS);
    assert_int_equal(buffer[0], 5);
    assert_int_equal(probe(probe_write, bad), STATUS_ACCESS_VIOLATION);
    assert_int_equal(probe(probe_mdl, buffer), STATUS_SUCCESS);
    assert_int_equal(probe(probe_mdl, bad), STATUS_ACCESS_VIOLATION);
    munmap(bad, 2 * PAGE_SIZE);
}

static void a_fault_is_an_access_violation(void **state)
{
    UCHAR *bad = no_access();
    ULONG_PTR information[2] = {0, 0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(probe(read_it, bad), STATUS_ACCESS_VIOLATION);
        assert_int_equal(probe(copy_from_it, bad), STATUS_ACCESS_VIOLATION);
    }
    __try {
        *(volatile UCHAR *)(bad + 7) = 1;
    } __except (
        information[0] = GetExceptionInformation()->ExceptionRecord->ExceptionInformation[0],
        information[1] = GetExceptionInformation()->ExceptionRecord->ExceptionInformation[1],
        EXCEPTION_EXECUTE_HANDLER) {
        step('h');
    }
    assert_int_equal(information[0], 1);
    assert_int_equal(information[1], (ULONG_PTR)bad + 7);
    assert_string_equal(steps, "h");
    munmap(bad, 2 * PAGE_SIZE);
}

static void faults_at_dispatch_level(void *argument)
{
    KIRQL old = KeRaiseIrqlToDpcLevel();

    __try {
        (void)*(volatile UCHAR *)argument;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        step('x');
    }
    KeLowerIrql(old);
}

static void at_dispatch_level_a_fault_stops(void **state)
{
    (void)state;
    wc_expect_stop("UnhandledException", faults_at_dispatch_level, no_access());
}

static void a_driver_uses_them(void **state)
{
    (void)state;
    assert_non_null(wc_test_driver()); /* its DriverEntry made sure */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        wc_unit_test(a_handler_runs_with_the_code, .setup = start),
        wc_unit_test(without_an_exception_no_handler_runs, .setup = start),
        wc_unit_test(an_exception_runs_finally_blocks_on_its_way, .setup = start),
        wc_unit_test(leave_ends_the_body_normally, .setup = start),
        wc_unit_test(locals_are_as_the_body_left_them, .setup = start),
        wc_unit_test(return_runs_the_block_first, .setup = start),
        wc_unit_test(break_continue_and_goto_are_the_loops, .setup = start),
        wc_unit_test(a_filter_decides, .setup = start),
        wc_unit_test(each_handler_has_its_own_exception, .setup = start),
        wc_unit_test(an_exception_in_a_handler_or_block_goes_outwards, .setup = start),
        wc_unit_test(it_walks_through_functions, .setup = start),
        wc_unit_test(a_dpc_has_frames_of_its_own, .setup = start),
        wc_unit_test(threads_do_not_meet, .setup = start, .processors = 2),
        wc_unit_test(unhandled_stops_where_it_was_raised, .setup = start),
        wc_unit_test(a_filter_that_declines_leaves_it_unhandled, .setup = start),
        wc_unit_test(continuing_is_refused_by_name, .setup = start),
        wc_unit_test(a_dpc_never_unwinds_what_it_interrupted, .setup = start),
        wc_unit_test(probes_raise, .setup = start),
        wc_unit_test(a_fault_is_an_access_violation, .setup = start),
        wc_unit_test(a_driver_uses_them, .driver = WC_DRIVER_DRV_TRY, .no_device = true),
        wc_unit_test(at_dispatch_level_a_fault_stops, .setup = start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
