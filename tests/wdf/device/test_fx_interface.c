/* test_fx_interface.c - what a device offers: device interfaces, which applications open, and
 * driver-defined interfaces, which other drivers ask for.
 */
#include "wdf/pnp_fixture.h"

#include <string.h>

#include "nt/io/pnp/io_pnp.h"

#define PLAN (&drv_pnp_plan)

static const GUID interface_class = {0x12345678, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
static const GUID other_class = {0x87654321, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};

static NTSTATUS result[6];

/* ---- interfaces ---- */

static void interface_in_callback(const char *name, WDFDEVICE device)
{
    WDFSTRING string;

    if (strcmp(name, "SelfInit") == 0) { /* registered, though not yet enabled */
        assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
        result[0] = WdfDeviceRetrieveDeviceInterfaceString(device, &interface_class, NULL, string);
        WdfObjectDelete(string);
    }
}

static void open_interface_in_task(void *context)
{
    UNICODE_STRING name;
    WDFSTRING string;
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;

    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    result[1] =
        WdfDeviceRetrieveDeviceInterfaceString(PLAN->device, &interface_class, NULL, string);
    result[2] = WdfDeviceRetrieveDeviceInterfaceString(PLAN->device, &other_class, NULL, string);
    WdfStringGetUnicodeString(string, &name);
    result[3] = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device);
    if (NT_SUCCESS(result[3])) {
        ObDereferenceObject(file);
    }
    WdfObjectDelete(string);
}

static void an_interface_opens_after_start(void **state) /* spec: WDEV-12, WDEV-13, WDEV-16 */
{
    PLAN->interface = &interface_class;
    PLAN->queue = TRUE;
    PLAN->at = interface_in_callback;
    pnp_start(NULL);
    wc_test_call(open_interface_in_task, NULL);
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_int_equal(result[1], STATUS_SUCCESS);
    assert_int_equal(result[2], STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(result[3], STATUS_SUCCESS);
}

static void late_interface_in_task(void *context)
{
    result[4] = WdfDeviceCreateDeviceInterface(PLAN->device, &interface_class, NULL);
    open_interface_in_task(NULL);
    result[5] = result[3];
    WdfDeviceSetDeviceInterfaceState(PLAN->device, &interface_class, NULL, TRUE);
    open_interface_in_task(NULL);
}

static void a_late_interface_waits_for_the_driver(void **state) /* spec: WDEV-14 */
{
    PLAN->queue = TRUE;
    pnp_start(NULL);
    wc_test_call(late_interface_in_task, NULL);
    assert_int_equal(result[4], STATUS_SUCCESS);
    assert_false(NT_SUCCESS(result[5]));
    assert_int_equal(result[3], STATUS_SUCCESS);
}

static void reference_in_task(void *context)
{
    DECLARE_CONST_UNICODE_STRING(bad, L"a\\b");
    DECLARE_CONST_UNICODE_STRING(good, L"ab");

    result[0] = WdfDeviceCreateDeviceInterface(PLAN->device, &interface_class, &bad);
    result[1] = WdfDeviceCreateDeviceInterface(PLAN->device, &interface_class, &good);
}

static void a_reference_string_is_no_path(void **state) /* spec: WDEV-11 */
{
    pnp_start(NULL);
    wc_test_call(reference_in_task, NULL);
    assert_int_equal(result[0], STATUS_INVALID_PARAMETER);
    assert_int_equal(result[1], STATUS_SUCCESS);
}

/* ---- query interface ---- */

struct test_interface {
    INTERFACE header;
    ULONG value;
};

static const GUID query_type = {0xabcdef01, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
static struct test_interface offered;
static ULONG references;

static VOID reference(PVOID context)
{
    references++;
}

static NTSTATUS query_asked(WDFDEVICE device, LPGUID type, PINTERFACE exposed, PVOID data)
{
    return STATUS_SUCCESS;
}

static void offer_interface(WDFDEVICE device)
{
    WDF_QUERY_INTERFACE_CONFIG config;

    references = 0;
    memset(&offered, 0, sizeof(offered));
    offered.header.Size = sizeof(offered);
    offered.header.Version = 2;
    offered.header.InterfaceReference = reference;
    offered.value = 42;
    WDF_QUERY_INTERFACE_CONFIG_INIT(&config, &offered.header, &query_type, query_asked);
    result[0] = WdfDeviceAddQueryInterface(device, &config);
    offered.value = 43; /* not seen: it was copied */
    config.Interface = NULL;
    result[1] = WdfDeviceAddQueryInterface(device, &config);
}

static NTSTATUS ask_from_above(PDEVICE_OBJECT top, struct test_interface *answer, USHORT size,
                               USHORT version)
{
    IO_STACK_LOCATION stack = {0};

    stack.Parameters.QueryInterface.InterfaceType = &query_type;
    stack.Parameters.QueryInterface.Size = size;
    stack.Parameters.QueryInterface.Version = version;
    stack.Parameters.QueryInterface.Interface = &answer->header;
    return io_pnp_send(top, IRP_MN_QUERY_INTERFACE, &stack, NULL);
}

static void ask_in_task(void *context)
{
    struct test_interface *answer = context;

    result[2] = ask_from_above(PLAN->pdo, answer, sizeof(*answer), 1);
    result[3] = ask_from_above(PLAN->pdo, answer, sizeof(INTERFACE), 2);
    result[4] = ask_from_above(PLAN->pdo, answer, sizeof(*answer), 2);
    /* below this device nobody offers anything */
    result[5] = WdfFdoQueryForInterface(PLAN->device, &query_type, &answer->header, sizeof(*answer),
                                        2, NULL);
}

static void an_offered_interface_is_copied(void **state) /* spec: CHL-11, CHL-12 */
{
    struct test_interface answer = {{0}, 0};

    PLAN->added = offer_interface;
    pnp_start(NULL);
    assert_int_equal(result[0], STATUS_SUCCESS);
    assert_int_equal(result[1], STATUS_INVALID_PARAMETER);
    wc_test_call(ask_in_task, &answer);
    assert_int_equal(result[2], STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(result[3], STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(result[4], STATUS_SUCCESS);
    assert_int_equal(answer.value, 42);
    assert_non_null(answer.header.InterfaceDereference); /* the driver gave none */
    assert_int_equal(references, 1);
    assert_int_equal(result[5], STATUS_NOT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pnp_test(an_interface_opens_after_start),
        pnp_test(a_late_interface_waits_for_the_driver),
        pnp_test(a_reference_string_is_no_path),
        pnp_test(an_offered_interface_is_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
