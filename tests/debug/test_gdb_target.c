/* test_gdb_target.c - a program for a debugger to stop in: a WDFDPC runs, another DPC waits. */
#include "wdf/wdf_fixture.h"

static KDPC late;
static int stopped, came_late;

typedef struct {
    int number;
} STOP_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE(STOP_CONTEXT)

void stop_here(void);
__attribute__((noinline)) void stop_here(void)
{
    stopped++;
    __asm__ volatile("");
}

static VOID late_dpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    came_late += (int)(ULONG_PTR)Context;
}

static VOID stop_dpc(WDFDPC Dpc)
{
    KeInsertQueueDpc(&late, NULL, NULL);
    stop_here();
}

static void a_dpc_waits_while_another_runs(void **state)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG config;
    WDFDPC dpc;

    KeInitializeDpc(&late, late_dpc, (PVOID)5);
    KeSetImportanceDpc(&late, HighImportance);
    WDF_DPC_CONFIG_INIT(&config, stop_dpc);
    config.AutomaticSerialization = FALSE;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, STOP_CONTEXT);
    attributes.ParentObject = fixture.device;
    assert_int_equal(WdfDpcCreate(&config, &attributes, &dpc), STATUS_SUCCESS);
    assert_true(WdfDpcEnqueue(dpc));
    assert_int_equal(stopped, 1);
    assert_int_equal(came_late, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {wc_unit_test(a_dpc_waits_while_another_runs, FIXTURE)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
