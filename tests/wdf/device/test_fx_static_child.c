/* test_fx_static_child.c - static children of a bus: how they come, who they are, how they go. */
#include "wdf/bus_fixture.h"

#include <stdio.h>
#include <string.h>

#include "nt/io/pnp/io_pnp.h"

#define CHILD_UP(n) \
    "fdo" #n ".Add pdo" #n ".Prepare pdo" #n ".D0Entry fdo" #n ".Prepare fdo" #n ".D0Entry "
#define BUS_UP     "bus.Prepare bus.D0Entry "
#define FDO_OFF(n) "fdo" #n ".D0Exit fdo" #n ".Release "
#define PDO_OFF(n) "pdo" #n ".D0Exit pdo" #n ".Release "

static void forget_log(void)
{
    drv_bus_plan.log[0] = '\0';
}

/* ---- starting ---- */

static void children_start_after_their_bus(void **state)
{
    drv_bus_plan.children = 2;
    bus_start();
    assert_bus_log(BUS_UP CHILD_UP(1) CHILD_UP(2));
}

static void a_child_without_driver_does_not_start(void **state)
{
    drv_bus_plan.children = 1;
    bus_load(NULL);
    bus_start();
    assert_bus_log(BUS_UP);
}

static void a_compatible_id_finds_the_driver(void **state)
{
    drv_bus_plan.children = 1;
    bus_load("WCBUS\\Generic");
    bus_start();
    assert_bus_log(BUS_UP CHILD_UP(1));
}

static void a_raw_child_starts_without_driver(void **state)
{
    drv_bus_plan.children = 1;
    drv_bus_plan.raw = TRUE;
    bus_load(NULL);
    bus_start();
    assert_bus_log(BUS_UP "pdo1.Prepare pdo1.D0Entry ");
}

static void a_child_that_fails_leaves_the_others(void **state)
{
    drv_bus_plan.children = 2;
    drv_bus_plan.fail = "fdo1.D0Entry";
    bus_start();
    assert_bus_log(BUS_UP CHILD_UP(1) "fdo1.Release fdo1.Cleanup " PDO_OFF(1) CHILD_UP(2));
}

static void the_parent_in_a_task(void *context)
{
    assert_true(WdfPdoGetParent(drv_bus_plan.child[1]) == drv_bus_plan.bus);
    assert_null(WdfPdoGetParent(drv_bus_plan.bus));
    assert_null(WdfDeviceGetIoTarget(drv_bus_plan.child[1]));
    assert_null(WdfPdoInitAllocate(drv_bus_plan.child[1]));
}

static void the_parent_is_the_bus(void **state) /* spec: CHL-10, WDEV-06, INI-14 */
{
    drv_bus_plan.children = 1;
    bus_start();
    bus_call(the_parent_in_a_task, NULL);
}

/* ---- who a child is ---- */

static PVOID ask(UCHAR minor, const IO_STACK_LOCATION *parameters)
{
    ULONG_PTR information = 0;
    PDEVICE_OBJECT pdo = WdfDeviceWdmGetDeviceObject(drv_bus_plan.child[1]);

    return NT_SUCCESS(io_pnp_send(pdo, minor, parameters, &information)) ? (PVOID)information
                                                                         : NULL;
}

static void assert_id(BUS_QUERY_ID_TYPE type, const WCHAR *expected, size_t size)
{
    IO_STACK_LOCATION parameters = {.Parameters.QueryId.IdType = type};
    PVOID answer = ask(IRP_MN_QUERY_ID, &parameters);

    assert_non_null(answer);
    assert_memory_equal(answer, expected, size);
    ExFreePool(answer);
}

static void assert_text(LCID locale, const WCHAR *expected, size_t size)
{
    IO_STACK_LOCATION parameters = {.Parameters.QueryDeviceText.LocaleId = locale};
    PVOID answer = ask(IRP_MN_QUERY_DEVICE_TEXT, &parameters);

    assert_non_null(answer);
    assert_memory_equal(answer, expected, size);
    ExFreePool(answer);
}

static void ids_in_a_task(void *context)
{
    static const WCHAR compatible[] = L"WCBUS\\Generic\0";

    assert_id(BusQueryDeviceID, L"WCBUS\\Child", sizeof(L"WCBUS\\Child"));
    assert_id(BusQueryInstanceID, L"1", sizeof(L"1"));
    assert_id(BusQueryHardwareIDs, L"WCBUS\\Child\0", sizeof(L"WCBUS\\Child\0"));
    assert_id(BusQueryCompatibleIDs, compatible, sizeof(compatible));
    assert_text(0x407, L"ein Kind", sizeof(L"ein Kind"));
    assert_text(0x409, L"a child", sizeof(L"a child"));
    assert_text(0x40c, L"a child", sizeof(L"a child")); /* the default language */
}

static void a_child_says_who_it_is(void **state)
{
    drv_bus_plan.children = 1;
    bus_start();
    bus_call(ids_in_a_task, NULL);
}

static void bus_in_a_task(void *context)
{
    PNP_BUS_INFORMATION *bus = ask(IRP_MN_QUERY_BUS_INFORMATION, NULL);
    IO_STACK_LOCATION parameters = {.Parameters.QueryDeviceRelations.Type = TargetDeviceRelation};
    DEVICE_RELATIONS *relations = ask(IRP_MN_QUERY_DEVICE_RELATIONS, &parameters);
    INTERFACE_TYPE type = InterfaceTypeUndefined;
    ULONG size;

    assert_non_null(bus);
    assert_int_equal(bus->LegacyBusType, PNPBus);
    assert_int_equal(bus->BusNumber, 3);
    ExFreePool(bus);
    assert_int_equal(relations->Count, 1);
    assert_ptr_equal(relations->Objects[0], WdfDeviceWdmGetDeviceObject(drv_bus_plan.child[1]));
    ObDereferenceObject(relations->Objects[0]);
    ExFreePool(relations);
    assert_int_equal(WdfDeviceQueryProperty(drv_bus_plan.fdo[1], DevicePropertyLegacyBusType,
                                            sizeof(type), &type, &size),
                     STATUS_SUCCESS);
    assert_int_equal(type, PNPBus);
}

static void a_child_knows_its_bus(void **state)
{
    drv_bus_plan.children = 1;
    bus_start();
    bus_call(bus_in_a_task, NULL);
}

static void eject_and_lock_in_a_task(void *context)
{
    IO_STACK_LOCATION parameters = {.Parameters.SetLock.Lock = TRUE};

    ask(IRP_MN_SET_LOCK, &parameters);
}

static void a_lock_reaches_the_bus_driver(void **state)
{
    drv_bus_plan.children = 1;
    bus_start();
    forget_log();
    bus_call(eject_and_lock_in_a_task, NULL);
    assert_bus_log("pdo1.Lock ");
}

/* ---- going ---- */

static void mark_missing(void *context)
{
    NTSTATUS *status = context;

    *status = WdfPdoMarkMissing(drv_bus_plan.child[1]);
}

static void a_missing_child_is_removed(void **state)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    drv_bus_plan.children = 2;
    bus_start();
    forget_log();
    bus_call(mark_missing, &status);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_bus_log("pdo1.Missing fdo1.Surprise " FDO_OFF(1) "pdo1.Surprise " PDO_OFF(
        1) "fdo1.Cleanup pdo1.Cleanup ");
}

static volatile LONG told; /* the last child whose driver was told that it is missing */

static void note_told(const char *text)
{
    unsigned child;

    if (strstr(text, ".Missing") != NULL && sscanf(text, "pdo%u", &child) == 1) {
        WriteRelease(&told, (LONG)child);
    }
}

/* Each as soon as the bus, on its way to answer PnP, has told the one before, or a little later. */
static void mark_all_missing(void *context)
{
    LARGE_INTEGER yield = {.QuadPart = 0};

    for (LONG i = 1; i <= DRV_BUS_CHILDREN; i++) {
        WdfPdoMarkMissing(drv_bus_plan.child[i]);
        while (ReadAcquire(&told) < i) {
            KeDelayExecutionThread(KernelMode, FALSE, &yield);
        }
        for (int delay = 0; delay < *(int *)context * (int)i; delay++) {
            YieldProcessor();
        }
    }
}

static size_t place_of(ULONG child, const char *callback)
{
    char text[32];
    const char *place;

    snprintf(text, sizeof(text), "pdo%u.%s ", (unsigned)child, callback);
    place = strstr(drv_bus_plan.log, text);
    if (place == NULL) {
        fail_msg("no %sin: %s", text, drv_bus_plan.log);
    }
    return (size_t)(place - drv_bus_plan.log);
}

static void a_child_is_told_before_pnp_removes_it(void **state)
{
    for (int round = 0; round < 10; round++) {
        bus_setup(state);
        told = 0;
        drv_bus_plan.at = note_told;
        drv_bus_plan.children = DRV_BUS_CHILDREN;
        bus_start();
        forget_log();
        bus_call(mark_all_missing, &round);
        wc_machine_advance(wc_test_the_machine(), 1000);
        for (ULONG i = 1; i <= DRV_BUS_CHILDREN; i++) {
            assert_true(place_of(i, "Missing") < place_of(i, "Surprise"));
        }
        wc_test_end(state);
    }
}

static void a_bus_goes_after_its_children(void **state) /* spec: CHL-07 */
{
    struct wc_device *bus;

    drv_bus_plan.children = 2;
    bus = bus_start();
    forget_log();
    assert_int_equal(wc_device_remove(bus), WC_OK);
    assert_bus_log("fdo1.QueryRemove pdo1.QueryRemove fdo2.QueryRemove pdo2.QueryRemove "
                   "bus.QueryRemove " FDO_OFF(1) "fdo1.Cleanup " PDO_OFF(1)
                       FDO_OFF(2) "fdo2.Cleanup " PDO_OFF(
                           2) "bus.D0Exit bus.Release pdo1.Cleanup pdo2.Cleanup "
                              "bus.Cleanup ");
}

static void who_refuses_keeps_the_bus(void **state)
{
    struct wc_device *bus;

    drv_bus_plan.children = 2;
    drv_bus_plan.fail = "fdo2.QueryRemove";
    bus = bus_start();
    forget_log();
    assert_int_equal(wc_device_remove(bus), WC_FAILED);
    assert_bus_log("fdo1.QueryRemove pdo1.QueryRemove fdo2.QueryRemove ");
    drv_bus_plan.fail = NULL;
    assert_int_equal(wc_device_remove(bus), WC_OK);
}

static void pull_out(const char *expected)
{
    struct wc_device *bus;

    drv_bus_plan.children = 1;
    bus = bus_start();
    forget_log();
    assert_int_equal(wc_device_surprise_remove(bus), WC_OK);
    assert_bus_log(expected);
}

#define CHILD_PULLED "fdo1.Surprise " FDO_OFF(1) "pdo1.Surprise " PDO_OFF(1)

static void a_pulled_bus_releases_early(void **state)
{
    pull_out(CHILD_PULLED "bus.Surprise bus.D0Exit bus.Release fdo1.Cleanup "
                          "pdo1.Cleanup bus.Cleanup ");
}

static void release_late(PWDFDEVICE_INIT init)
{
    WdfDeviceInitSetReleaseHardwareOrderOnFailure(init,
                                                  WdfReleaseHardwareOrderOnFailureAfterDescendants);
}

static void a_pulled_bus_releases_after_its_children(void **state)
{
    drv_bus_plan.init = release_late;
    pull_out(CHILD_PULLED "bus.Surprise bus.D0Exit fdo1.Cleanup pdo1.Cleanup bus.Release "
                          "bus.Cleanup ");
}

static void request_eject(void *context)
{
    WdfPdoRequestEject(drv_bus_plan.child[1]);
}

static void an_ejected_child_goes(void **state)
{
    drv_bus_plan.children = 1;
    bus_start();
    forget_log();
    bus_call(request_eject, NULL);
    assert_bus_log("fdo1.QueryRemove pdo1.QueryRemove " FDO_OFF(1) "fdo1.Cleanup " PDO_OFF(
        1) "pdo1.Eject pdo1.Missing pdo1.Cleanup ");
}

static void fail_child(void *context)
{
    WdfDeviceSetFailed(drv_bus_plan.fdo[1], WdfDeviceFailedAttemptRestart);
}

static void a_child_starts_again_on_its_pdo(void **state)
{
    WDFDEVICE pdo;

    drv_bus_plan.children = 1;
    bus_start();
    pdo = drv_bus_plan.child[1];
    forget_log();
    bus_call(fail_child, NULL);
    assert_bus_log(
        "fdo1.Surprise " FDO_OFF(1) "pdo1.Surprise " PDO_OFF(1) "fdo1.Cleanup " CHILD_UP(1));
    assert_true(pdo == drv_bus_plan.child[1]);
}

/* ---- adding ---- */

static void add_misused(void *context)
{
    assert_int_equal(WdfFdoAddStaticChild(drv_bus_plan.bus, drv_bus_plan.bus),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfFdoAddStaticChild(drv_bus_plan.bus, drv_bus_plan.fdo[1]),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfPdoMarkMissing(drv_bus_plan.fdo[1]), STATUS_INVALID_PARAMETER);
}

static void only_a_pdo_is_a_static_child(void **state) /* spec: CHL-08 */
{
    drv_bus_plan.children = 1;
    bus_start();
    bus_call(add_misused, NULL);
}

static void delete_child(void *context)
{
    WdfObjectDelete(drv_bus_plan.child[1]);
}

static void a_child_kept_back_may_be_deleted(void **state) /* spec: CHL-09 */
{
    drv_bus_plan.children = 1;
    drv_bus_plan.kept_back = TRUE;
    bus_start();
    assert_bus_log(BUS_UP);
    bus_call(delete_child, NULL);
    assert_bus_log("pdo1.Cleanup ");
}

static void a_child_that_was_added_may_not(void **state)
{
    drv_bus_plan.children = 1;
    bus_start();
    forget_log();
    wc_expect_violation("WdfObjectDeleteNotAllowed");
    bus_call(delete_child, NULL);
    assert_bus_log("");
}

/* ---- power ---- */

#define SECOND_NS 1000000000ull

static void may_idle(WDFDEVICE bus)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS settings;

    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&settings, IdleCannotWakeFromS0);
    settings.IdleTimeout = 10;
    assert_int_equal(WdfDeviceAssignS0IdleSettings(bus, &settings), STATUS_SUCCESS);
}

static void a_bus_stays_up_for_its_child(void **state) /* spec: PWR-15 */
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;

    drv_bus_plan.children = 1;
    drv_bus_plan.added = may_idle;
    bus_start();
    forget_log();
    wc_machine_advance(wc_test_the_machine(), SECOND_NS);
    assert_bus_log("");
    bus_call(mark_missing, &status);
    wc_machine_advance(wc_test_the_machine(), SECOND_NS);
    assert_bus_log("pdo1.Missing " CHILD_PULLED "fdo1.Cleanup pdo1.Cleanup bus.D0Exit ");
}

/* ---- iterating ---- */

static void iterate_in_a_task(void *context)
{
    WDFDEVICE bus = drv_bus_plan.bus;

    WdfFdoLockStaticChildListForIteration(bus);
    assert_true(WdfFdoRetrieveNextStaticChild(bus, NULL, WdfRetrievePresentChildren) ==
                drv_bus_plan.child[1]);
    assert_int_equal(WdfPdoMarkMissing(drv_bus_plan.child[1]), STATUS_SUCCESS);
    assert_true(WdfFdoRetrieveNextStaticChild(bus, drv_bus_plan.child[1],
                                              WdfRetrieveAddedChildren) == drv_bus_plan.child[2]);
    assert_null(WdfFdoRetrieveNextStaticChild(bus, drv_bus_plan.child[2], WdfRetrieveAllChildren));
    assert_null(WdfFdoRetrieveNextStaticChild(bus, NULL, WdfRetrieveMissingChildren));
}

static void unlock(void *context)
{
    WdfFdoUnlockStaticChildListFromIteration(drv_bus_plan.bus);
}

static void changes_wait_for_the_iteration(void **state)
{
    drv_bus_plan.children = 2;
    bus_start();
    forget_log();
    bus_call(iterate_in_a_task, NULL);
    assert_bus_log("");
    bus_call(unlock, NULL);
    assert_bus_log("pdo1.Missing " CHILD_PULLED "fdo1.Cleanup pdo1.Cleanup ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(children_start_after_their_bus),
        bus_test(a_child_without_driver_does_not_start),
        bus_test(a_compatible_id_finds_the_driver),
        bus_test(a_raw_child_starts_without_driver),
        bus_test(a_child_that_fails_leaves_the_others),
        bus_test(the_parent_is_the_bus),
        bus_test(a_child_says_who_it_is),
        bus_test(a_child_knows_its_bus),
        bus_test(a_lock_reaches_the_bus_driver),
        bus_test(a_missing_child_is_removed),
        bus_test(a_child_is_told_before_pnp_removes_it),
        bus_test(a_bus_goes_after_its_children),
        bus_test(who_refuses_keeps_the_bus),
        bus_test(a_pulled_bus_releases_early),
        bus_test(a_pulled_bus_releases_after_its_children),
        bus_test(an_ejected_child_goes),
        bus_test(a_child_starts_again_on_its_pdo),
        bus_test(only_a_pdo_is_a_static_child),
        bus_test(a_child_kept_back_may_be_deleted),
        bus_test(a_child_that_was_added_may_not),
        bus_test(a_bus_stays_up_for_its_child),
        bus_test(changes_wait_for_the_iteration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
