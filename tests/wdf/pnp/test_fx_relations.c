/* test_fx_relations.c - devices that go together: what a driver says of them, and what PnP does. */
#include "wdf/bus_fixture.h"

#include <string.h>

#include "nt/io/pnp/io_pnp.h"

#define PLAN       (&drv_bus_plan)
#define FDO_OFF(n) "fdo" #n ".D0Exit fdo" #n ".Release "
#define PDO_OFF(n) "pdo" #n ".D0Exit pdo" #n ".Release "
/* An orderly removal of a child: the question, and the rest. */
#define ASKED(n)  "fdo" #n ".QueryRemove pdo" #n ".QueryRemove "
#define GOES(n)   FDO_OFF(n) "fdo" #n ".Cleanup " PDO_OFF(n)
#define PULLED(n) "fdo" #n ".Surprise " FDO_OFF(n) "pdo" #n ".Surprise " PDO_OFF(n)

static PDEVICE_OBJECT pdo_of(ULONG child)
{
    return WdfDeviceWdmGetDeviceObject(PLAN->child[child]);
}

static void forget_log(void)
{
    PLAN->log[0] = '\0';
}

/* ---- the lists ---- */

static DEVICE_RELATIONS *ask(WDFDEVICE device, DEVICE_RELATION_TYPE type)
{
    IO_STACK_LOCATION parameters = {.Parameters.QueryDeviceRelations.Type = type};
    ULONG_PTR information = 0;
    NTSTATUS status = io_pnp_send(WdfDeviceWdmGetPhysicalDevice(device),
                                  IRP_MN_QUERY_DEVICE_RELATIONS, &parameters, &information);

    return NT_SUCCESS(status) ? (DEVICE_RELATIONS *)information : NULL;
}

static void assert_relations(WDFDEVICE device, DEVICE_RELATION_TYPE type, PDEVICE_OBJECT first,
                             PDEVICE_OBJECT second)
{
    DEVICE_RELATIONS *relations = ask(device, type);
    ULONG count = (first != NULL) + (second != NULL);

    if (count == 0) {
        assert_null(relations);
        return;
    }
    assert_non_null(relations);
    assert_int_equal(relations->Count, count);
    assert_ptr_equal(relations->Objects[0], first);
    if (count == 2) {
        assert_ptr_equal(relations->Objects[1], second);
    }
    for (ULONG i = 0; i < count; i++) {
        ObDereferenceObject(relations->Objects[i]);
    }
    ExFreePool(relations);
}

static void removal_lists_in_a_task(void *context)
{
    WDFDEVICE bus = PLAN->bus;

    assert_relations(bus, RemovalRelations, NULL, NULL);
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(bus, pdo_of(2)), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(bus, pdo_of(1)), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(bus, pdo_of(2)),
                     STATUS_DUPLICATE_OBJECTID);
    assert_relations(bus, RemovalRelations, pdo_of(2), pdo_of(1));
    assert_relations(bus, PowerRelations, NULL, NULL);
    WdfDeviceRemoveRemovalRelationsPhysicalDevice(bus, pdo_of(2));
    WdfDeviceRemoveRemovalRelationsPhysicalDevice(bus, pdo_of(2)); /* it is not there: nothing */
    assert_relations(bus, RemovalRelations, pdo_of(1), NULL);
    WdfDeviceClearRemovalRelationsDevices(bus);
    assert_relations(bus, RemovalRelations, NULL, NULL);
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(bus, pdo_of(1)), STATUS_SUCCESS);
}

static void a_driver_keeps_a_list_of_removals(void **state)
{
    PLAN->children = 2;
    bus_start();
    bus_call(removal_lists_in_a_task, NULL);
}

static void ejection_lists_in_a_task(void *context)
{
    WDFDEVICE child = PLAN->child[1];

    assert_relations(child, EjectionRelations, NULL, NULL);
    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(child, pdo_of(2)), STATUS_SUCCESS);
    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(child, pdo_of(3)), STATUS_SUCCESS);
    assert_relations(child, EjectionRelations, pdo_of(2), pdo_of(3));
    assert_relations(child, RemovalRelations, NULL, NULL);
    WdfPdoRemoveEjectionRelationsPhysicalDevice(child, pdo_of(2));
    assert_relations(child, EjectionRelations, pdo_of(3), NULL);
    WdfPdoClearEjectionRelationsDevices(child);
    assert_relations(child, EjectionRelations, NULL, NULL);
    wc_expect_violation("HandleWrongType");
    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(PLAN->bus, pdo_of(2)),
                     STATUS_INVALID_PARAMETER);
}

static void a_pdo_has_a_list_of_ejections(void **state)
{
    PLAN->children = 3;
    bus_start();
    bus_call(ejection_lists_in_a_task, NULL);
}

static DEVICE_RELATION_TYPE asked_for;

/* The driver brings its list up to date when it is told that somebody asks. */
static VOID evt_relations(WDFDEVICE device, DEVICE_RELATION_TYPE type)
{
    if (type == BusRelations) {
        return; /* whoever looks for children asks, in parallel */
    }
    asked_for = type;
    if (type == RemovalRelations) {
        assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(device, pdo_of(1)),
                         STATUS_SUCCESS);
    }
}

static void says_late(PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceRelationsQuery = evt_relations;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &events);
}

static void query_in_a_task(void *context)
{
    assert_relations(PLAN->bus, RemovalRelations, pdo_of(1), NULL);
    assert_int_equal(asked_for, RemovalRelations);
    WdfDeviceClearRemovalRelationsDevices(PLAN->bus);
    assert_relations(PLAN->bus, PowerRelations, NULL, NULL);
    assert_int_equal(asked_for, PowerRelations);
}

static void a_driver_may_say_it_when_it_is_asked(void **state)
{
    PLAN->children = 1;
    PLAN->init = says_late;
    bus_start();
    bus_call(query_in_a_task, NULL);
}

/* ---- going together ---- */

static PDEVICE_OBJECT related; /* to the bus that is added next */

static void relate_bus(WDFDEVICE bus)
{
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(bus, related), STATUS_SUCCESS);
}

static void note_related(void *context)
{
    related = pdo_of(1);
}

/* A second bus, whose removal takes the first child of the first one with it. */
static struct wc_device *start_related(void)
{
    struct wc_device *second = NULL;

    PLAN->children = 2;
    bus_start();
    bus_call(note_related, NULL);
    PLAN->children = 0;
    PLAN->added = relate_bus;
    assert_int_equal(bus_add(&second), WC_OK);
    PLAN->added = NULL;
    forget_log();
    return second;
}

#define BUS_OFF "bus.D0Exit bus.Release bus.Cleanup "

static void a_related_device_is_removed_first(void **state)
{
    struct wc_device *second = start_related();

    assert_int_equal(wc_device_remove(second), WC_OK);
    assert_bus_log(ASKED(1) "bus.QueryRemove " GOES(1) BUS_OFF);
}

static void a_related_device_may_refuse(void **state)
{
    struct wc_device *second = start_related();

    PLAN->fail = "fdo1.QueryRemove";
    assert_int_equal(wc_device_remove(second), WC_FAILED);
    assert_bus_log("fdo1.QueryRemove ");
    PLAN->fail = "bus.QueryRemove";
    assert_int_equal(wc_device_remove(second), WC_FAILED);
    assert_bus_log(ASKED(1) "bus.QueryRemove ");
    PLAN->fail = NULL;
    assert_int_equal(wc_device_remove(second), WC_OK);
    assert_bus_log(ASKED(1) "bus.QueryRemove " GOES(1) BUS_OFF);
}

static void a_related_device_is_lost_with_it(void **state)
{
    struct wc_device *second = start_related();

    assert_int_equal(wc_device_surprise_remove(second), WC_OK);
    assert_bus_log(PULLED(1) "bus.Surprise bus.D0Exit bus.Release fdo1.Cleanup bus.Cleanup ");
}

static void mark_missing(void *context)
{
    assert_int_equal(WdfPdoMarkMissing(*(WDFDEVICE *)context), STATUS_SUCCESS);
}

static void relate_children(void *context)
{
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(PLAN->fdo[1], pdo_of(2)),
                     STATUS_SUCCESS);
}

static void a_missing_child_takes_its_sibling_along(void **state)
{
    PLAN->children = 2;
    bus_start();
    bus_call(relate_children, NULL);
    forget_log();
    bus_call(mark_missing, &PLAN->child[1]);
    assert_bus_log("pdo1.Missing " PULLED(2) PULLED(1) "fdo2.Cleanup fdo1.Cleanup pdo1.Cleanup ");
}

static WDFDEVICE first_child; /* of the first bus */

static void relate_across(void *context)
{
    assert_int_equal(WdfDeviceAddRemovalRelationsPhysicalDevice(
                         PLAN->fdo[1], WdfDeviceWdmGetDeviceObject(first_child)),
                     STATUS_SUCCESS);
}

/* Two buses with a child each. */
static void start_two(void)
{
    PLAN->children = 1;
    bus_start();
    first_child = PLAN->child[1];
    assert_int_equal(bus_add(&(struct wc_device *){NULL}), WC_OK);
    forget_log();
}

static unsigned times(const char *text)
{
    unsigned count = 0;

    for (const char *at = PLAN->log; (at = strstr(at, text)) != NULL; at++) {
        count++;
    }
    return count;
}

/* Each tree has a worker of its own. */
static void a_missing_child_takes_devices_of_other_buses_along(void **state)
{
    start_two();
    bus_call(relate_across, NULL);
    bus_call(mark_missing, &PLAN->child[1]);
    wc_machine_advance(wc_test_the_machine(), 1000);
    assert_int_equal(times("pdo1.Missing "), 1);
    assert_int_equal(times("fdo1.QueryRemove "), 0);
    assert_int_equal(times("fdo1.Surprise "), 2);
    assert_int_equal(times("pdo1.D0Exit "), 2);
    assert_int_equal(times("fdo1.Cleanup "), 2);
    assert_int_equal(times("pdo1.Cleanup "), 1); /* the other one is still on its bus */
}

/* ---- ejection ---- */

static void eject(void *context)
{
    WdfPdoRequestEject(*(WDFDEVICE *)context);
}

static void eject_together(void *context)
{
    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(PLAN->child[1], pdo_of(2)),
                     STATUS_SUCCESS);
}

static void what_is_ejected_together_goes_together(void **state)
{
    PLAN->children = 2;
    bus_start();
    bus_call(eject_together, NULL);
    forget_log();
    bus_call(eject, &PLAN->child[1]);
    assert_bus_log(ASKED(2) ASKED(1) GOES(2) GOES(1) "pdo1.Eject pdo1.Missing pdo1.Cleanup ");
}

static void ejection_relations_are_for_ejection_alone(void **state)
{
    PLAN->children = 2;
    bus_start();
    bus_call(eject_together, NULL);
    forget_log();
    bus_call(mark_missing, &PLAN->child[1]);
    assert_bus_log("pdo1.Missing " PULLED(1) "fdo1.Cleanup pdo1.Cleanup ");
}

static void relate_both_ways(void *context)
{
    PDEVICE_OBJECT here = pdo_of(1), there = WdfDeviceWdmGetDeviceObject(first_child);

    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(PLAN->child[1], there),
                     STATUS_SUCCESS);
    assert_int_equal(WdfPdoAddEjectionRelationsPhysicalDevice(first_child, here), STATUS_SUCCESS);
}

static void eject_both(void *context)
{
    WdfPdoRequestEject(PLAN->child[1]);
    WdfPdoRequestEject(first_child);
}

/* Each request takes both trees; who comes second finds that its device has gone. */
static void two_that_eject_each_other_go_once(void **state)
{
    for (int round = 0; round < 20; round++) {
        bus_setup(state);
        start_two();
        bus_call(relate_both_ways, NULL);
        bus_call(eject_both, NULL);
        wc_machine_advance(wc_test_the_machine(), 1000);
        assert_int_equal(times("fdo1.Cleanup "), 2);
        assert_int_equal(times("pdo1.D0Exit "), 2);
        assert_true(times("pdo1.Eject ") >= 1);
        wc_test_end(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(a_driver_keeps_a_list_of_removals),
        bus_test(a_pdo_has_a_list_of_ejections),
        bus_test(a_driver_may_say_it_when_it_is_asked),
        bus_test(a_related_device_is_removed_first),
        bus_test(a_related_device_may_refuse),
        bus_test(a_related_device_is_lost_with_it),
        bus_test(a_missing_child_takes_its_sibling_along),
        bus_test(a_missing_child_takes_devices_of_other_buses_along),
        bus_test(what_is_ejected_together_goes_together),
        bus_test(ejection_relations_are_for_ejection_alone),
        bus_test(two_that_eject_each_other_go_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
