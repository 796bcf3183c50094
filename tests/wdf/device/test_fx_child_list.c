/* test_fx_child_list.c - child lists: what a driver describes becomes devices, and goes again. */
#include "wdf/bus_fixture.h"

#include <string.h>

#define CHILD_UP(n) \
    "fdo" #n ".Add pdo" #n ".Prepare pdo" #n ".D0Entry fdo" #n ".Prepare fdo" #n ".D0Entry "
#define CHILD_OFF(n)                                                                 \
    "pdo" #n ".Missing fdo" #n ".Surprise fdo" #n ".D0Exit fdo" #n ".Release pdo" #n \
    ".Surprise pdo" #n ".D0Exit pdo" #n ".Release fdo" #n ".Cleanup pdo" #n ".Cleanup "
#define BUS_UP "bus.Prepare bus.D0Entry bus.Scan "

static struct drv_bus_id id_of(ULONG number)
{
    struct drv_bus_id id;

    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(&id.header, sizeof(id));
    id.number = number;
    return id;
}

static struct drv_bus_address address_of(ULONG slot)
{
    struct drv_bus_address address;

    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(&address.header, sizeof(address));
    address.slot = slot;
    return address;
}

static NTSTATUS describe(WDFCHILDLIST list, ULONG number, ULONG slot)
{
    struct drv_bus_id id = id_of(number);
    struct drv_bus_address address = address_of(slot);

    return WdfChildListAddOrUpdateChildDescriptionAsPresent(list, &id.header, &address.header);
}

static WDFCHILDLIST the_list(void)
{
    return WdfFdoGetDefaultChildList(drv_bus_plan.bus);
}

static void describe_one(WDFCHILDLIST list)
{
    assert_int_equal(describe(list, 1, 10), STATUS_SUCCESS);
}

static void describe_two(WDFCHILDLIST list)
{
    assert_int_equal(describe(list, 1, 10), STATUS_SUCCESS);
    assert_int_equal(describe(list, 2, 20), STATUS_SUCCESS);
}

static void start_with(void (*scan)(WDFCHILDLIST))
{
    drv_bus_plan.list = TRUE;
    drv_bus_plan.scan = scan;
    bus_start();
}

static void a_description_becomes_a_device(void **state) /* spec: CHL-01, CHL-05 */
{
    start_with(describe_one);
    assert_bus_log(BUS_UP CHILD_UP(1));
    assert_int_equal(drv_bus_plan.created, 1);
}

/* ---- changes ---- */

static void describe_again(void *context)
{
    struct drv_bus_address address = address_of(0);
    struct drv_bus_id id = id_of(1);

    assert_int_equal(describe(the_list(), 1, 11), STATUS_OBJECT_NAME_EXISTS);
    assert_int_equal(
        WdfChildListRetrieveAddressDescription(the_list(), &id.header, &address.header),
        STATUS_SUCCESS);
    assert_int_equal(address.slot, 11);
}

static void a_known_one_is_updated(void **state) /* spec: CHL-02 */
{
    start_with(describe_one);
    drv_bus_plan.log[0] = '\0';
    bus_call(describe_again, NULL);
    assert_bus_log("");
    assert_int_equal(drv_bus_plan.created, 1);
}

static void report_missing(void *context)
{
    struct drv_bus_id id = id_of(7);

    assert_int_equal(WdfChildListUpdateChildDescriptionAsMissing(the_list(), &id.header),
                     STATUS_NO_SUCH_DEVICE);
    id = id_of(1);
    assert_int_equal(WdfChildListUpdateChildDescriptionAsMissing(the_list(), &id.header),
                     STATUS_SUCCESS);
}

static void a_missing_one_is_removed(void **state) /* spec: CHL-03 */
{
    start_with(describe_two);
    drv_bus_plan.log[0] = '\0';
    bus_call(report_missing, NULL);
    assert_bus_log(CHILD_OFF(1));
}

static void scan_two_only(void *context)
{
    WdfChildListBeginScan(the_list());
    assert_int_equal(describe(the_list(), 2, 20), STATUS_OBJECT_NAME_EXISTS);
    WdfChildListEndScan(the_list());
}

static void a_scan_leaves_who_was_seen(void **state) /* spec: CHL-04 */
{
    start_with(describe_two);
    drv_bus_plan.log[0] = '\0';
    bus_call(scan_two_only, NULL);
    assert_bus_log(CHILD_OFF(1));
}

static void scan_all(void *context)
{
    WdfChildListBeginScan(the_list());
    WdfChildListUpdateAllChildDescriptionsAsPresent(the_list());
    WdfChildListEndScan(the_list());
}

static void all_may_be_present(void **state)
{
    start_with(describe_two);
    drv_bus_plan.log[0] = '\0';
    bus_call(scan_all, NULL);
    assert_bus_log("");
}

static void a_device_that_cannot_be_made_is_dropped(void **state) /* spec: CHL-06 */
{
    drv_bus_plan.create_status = STATUS_UNSUCCESSFUL;
    start_with(describe_one);
    assert_bus_log(BUS_UP);
    assert_int_equal(drv_bus_plan.created, 1);
    bus_call(scan_all, NULL);
    assert_int_equal(drv_bus_plan.created, 1);
}

static void wrong_sizes(void *context)
{
    struct drv_bus_address address = address_of(1);
    struct drv_bus_id id = id_of(3);

    id.header.IdentificationDescriptionSize--;
    assert_int_equal(
        WdfChildListAddOrUpdateChildDescriptionAsPresent(the_list(), &id.header, &address.header),
        STATUS_INVALID_DEVICE_REQUEST);
    id = id_of(3);
    address.header.AddressDescriptionSize++;
    assert_int_equal(
        WdfChildListAddOrUpdateChildDescriptionAsPresent(the_list(), &id.header, &address.header),
        STATUS_INVALID_DEVICE_REQUEST);
}

static void sizes_must_be_the_lists(void **state) /* spec: CHL-13 */
{
    start_with(NULL);
    bus_call(wrong_sizes, NULL);
    assert_int_equal(drv_bus_plan.created, 0);
}

/* ---- looking ---- */

static void look(void *context)
{
    WDF_CHILD_LIST_ITERATOR iterator;
    WDF_CHILD_RETRIEVE_INFO info;
    struct drv_bus_id id = id_of(0), wanted = id_of(2);
    WDFDEVICE device;

    WDF_CHILD_LIST_ITERATOR_INIT(&iterator, WdfRetrievePresentChildren);
    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &id.header);
    WdfChildListBeginIteration(the_list(), &iterator);
    for (ULONG i = 1; i <= 2; i++) {
        assert_int_equal(WdfChildListRetrieveNextDevice(the_list(), &iterator, &device, &info),
                         STATUS_SUCCESS);
        assert_true(device == drv_bus_plan.child[i]);
        assert_int_equal(id.number, i);
    }
    assert_int_equal(WdfChildListRetrieveNextDevice(the_list(), &iterator, &device, NULL),
                     STATUS_NO_MORE_ENTRIES);
    WdfChildListEndIteration(the_list(), &iterator);

    WDF_CHILD_RETRIEVE_INFO_INIT(&info, &wanted.header);
    assert_true(WdfChildListRetrievePdo(the_list(), &info) == drv_bus_plan.child[2]);
    assert_int_equal(info.Status, WdfChildListRetrieveDeviceSuccess);
    wanted.number = 5;
    assert_null(WdfChildListRetrievePdo(the_list(), &info));
    assert_int_equal(info.Status, WdfChildListRetrieveDeviceNoSuchDevice);
    assert_int_equal(WdfPdoRetrieveIdentificationDescription(drv_bus_plan.child[2], &id.header),
                     STATUS_SUCCESS);
    assert_int_equal(id.number, 2);
}

static void children_are_found(void **state)
{
    start_with(describe_two);
    bus_call(look, NULL);
}

static void request_eject(void *context)
{
    struct drv_bus_id id = id_of(1);

    assert_true(WdfChildListRequestChildEject(the_list(), &id.header));
    id.number = 4;
    assert_false(WdfChildListRequestChildEject(the_list(), &id.header));
}

static void an_ejected_child_goes(void **state)
{
    start_with(describe_one);
    drv_bus_plan.log[0] = '\0';
    bus_call(request_eject, NULL);
    assert_non_null(strstr(drv_bus_plan.log, "pdo1.Eject pdo1.Missing pdo1.Cleanup "));
}

/* ---- the driver's own copies ---- */

static LONG copies;

static NTSTATUS duplicate(WDFCHILDLIST list, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER from,
                          PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER to)
{
    *(struct drv_bus_id *)to = *(struct drv_bus_id *)from;
    ((struct drv_bus_id *)to)->extra = &copies;
    InterlockedIncrement(&copies);
    return STATUS_SUCCESS;
}

static VOID clean_up(WDFCHILDLIST list, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER id)
{
    assert_ptr_equal(((struct drv_bus_id *)id)->extra, &copies);
    InterlockedDecrement(&copies);
}

static BOOLEAN compare(WDFCHILDLIST list, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER left,
                       PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER right)
{
    return ((struct drv_bus_id *)left)->number == ((struct drv_bus_id *)right)->number;
}

static void own_copies(WDF_CHILD_LIST_CONFIG *config)
{
    config->EvtChildListIdentificationDescriptionDuplicate = duplicate;
    config->EvtChildListIdentificationDescriptionCleanup = clean_up;
    config->EvtChildListIdentificationDescriptionCompare = compare;
}

static void copies_are_cleaned_up(void **state)
{
    drv_bus_plan.config = own_copies;
    start_with(describe_two);
    assert_int_equal(copies, 2);
    bus_call(describe_again, NULL);
    assert_int_equal(copies, 2);
    bus_call(report_missing, NULL);
    assert_int_equal(copies, 1);
    assert_int_equal(wc_test_end(state), 0);
    assert_int_equal(copies, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(a_description_becomes_a_device),
        bus_test(a_known_one_is_updated),
        bus_test(a_missing_one_is_removed),
        bus_test(a_scan_leaves_who_was_seen),
        bus_test(all_may_be_present),
        bus_test(a_device_that_cannot_be_made_is_dropped),
        bus_test(sizes_must_be_the_lists),
        bus_test(children_are_found),
        bus_test(an_ejected_child_goes),
        bus_test(copies_are_cleaned_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
