/* misuse_world.c - one object of each type, one argument for each type of parameter. */
#include "misuse_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wdfusb.h>

#include "base/violation.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/dump/fx_dump.h"
#include "wdf/device/fx_device_init.h"
#include "wdf/pnp_fixture.h"

#define SCRATCH 4096u

/* Types without a real object in this world are nothing but their handle. */
struct fake {
    struct fx_object object;
    char body[SCRATCH];
};

static struct fx_type fake_types[FX_TYPE_COUNT];
static void *objects[FX_TYPE_COUNT];
static PWDFDEVICE_INIT init;       /* of a control device */
static PWDFDEVICE_INIT child_init; /* of a PDO */
static struct WDFDEVICE_INIT function_init;
static struct io_call call;
static WDF_OBJECT_ATTRIBUTES attributes_below_device;
static char application[64];
static _Alignas(16) char scratch[SCRATCH];

DECLARE_CONST_UNICODE_STRING(misuse_text, L"\\Device\\Misuse");
static const GUID misuse_guid = {1, 2, 3, {4}};

/* ---- objects ---- */

static struct fx_object *driver_object(void)
{
    return fx_handle_find(io_test.driver);
}

void *misuse_fake(enum fx_type_number type)
{
    struct fake *fake;

    fake_types[type] = (struct fx_type){.number = type, .size = sizeof(struct fake)};
    fake = fx_object_create(&fake_types[type], 0, NULL, driver_object()->globals, NULL);
    assert_non_null(fake);
    assert_int_equal(fx_object_publish(&fake->object, driver_object()), STATUS_SUCCESS);
    return fx_handle_of(&fake->object);
}

static VOID on_dpc(WDFDPC dpc)
{
    fail();
}

static VOID on_timer(WDFTIMER timer)
{
    fail();
}

static VOID on_work(WDFWORKITEM item)
{
    fail();
}

static void create_callback_objects(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_DPC_CONFIG dpc;
    WDF_TIMER_CONFIG timer;
    WDF_WORKITEM_CONFIG item;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = io_test.device;
    attributes_below_device = attributes;
    WDF_DPC_CONFIG_INIT(&dpc, on_dpc);
    assert_int_equal(WdfDpcCreate(&dpc, &attributes, (WDFDPC *)&objects[FX_TYPE_DPC]), 0);
    WDF_TIMER_CONFIG_INIT(&timer, on_timer);
    assert_int_equal(WdfTimerCreate(&timer, &attributes, (WDFTIMER *)&objects[FX_TYPE_TIMER]), 0);
    WDF_WORKITEM_CONFIG_INIT(&item, on_work);
    assert_int_equal(
        WdfWorkItemCreate(&item, &attributes, (WDFWORKITEM *)&objects[FX_TYPE_WORKITEM]), 0);
}

static void create_plain_objects(void)
{
    assert_int_equal(WdfObjectCreate(NULL, &objects[FX_TYPE_OBJECT]), 0);
    assert_int_equal(WdfStringCreate(NULL, NULL, (WDFSTRING *)&objects[FX_TYPE_STRING]), 0);
    assert_int_equal(WdfCollectionCreate(NULL, (WDFCOLLECTION *)&objects[FX_TYPE_COLLECTION]), 0);
    assert_int_equal(WdfWaitLockCreate(NULL, (WDFWAITLOCK *)&objects[FX_TYPE_WAITLOCK]), 0);
    assert_int_equal(WdfSpinLockCreate(NULL, (WDFSPINLOCK *)&objects[FX_TYPE_SPINLOCK]), 0);
    assert_int_equal(WdfMemoryCreatePreallocated(NULL, application, sizeof(application),
                                                 (WDFMEMORY *)&objects[FX_TYPE_MEMORY]),
                     0);
    assert_int_equal(WdfLookasideListCreate(NULL, 64, NonPagedPoolNx, NULL, 'suiM',
                                            (WDFLOOKASIDE *)&objects[FX_TYPE_LOOKASIDE]),
                     0);
}

/* A control device with a queue, a file, and a request that the driver holds. */
static void create_io_objects(void)
{
    WDF_IO_QUEUE_CONFIG config;

    io_device();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDefault = io_evt_default;
    objects[FX_TYPE_QUEUE] = io_queue(&config, NULL);
    io_open();
    io_control(&call, CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS),
               application, sizeof(application), application, sizeof(application));
    io_settle();
    assert_int_equal(io_test.delivered, 1);
    objects[FX_TYPE_DRIVER] = io_test.driver;
    objects[FX_TYPE_DEVICE] = drv_pnp_plan.device;
    objects[FX_TYPE_INTERRUPT] = drv_pnp_plan.interrupt[0];
    objects[FX_TYPE_IOTARGET] = WdfDeviceGetIoTarget(drv_pnp_plan.device);
    objects[FX_TYPE_REQUEST] = io_test.requests[0];
    objects[FX_TYPE_FILEOBJECT] = WdfRequestGetFileObject(io_test.requests[0]);
}

static NTSTATUS on_create_child(WDFCHILDLIST list, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER id,
                                PWDFDEVICE_INIT child)
{
    fail();
    return STATUS_UNSUCCESSFUL;
}

static void create_child_list(void)
{
    WDF_CHILD_LIST_CONFIG config;

    WDF_CHILD_LIST_CONFIG_INIT(&config, sizeof(WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER),
                               on_create_child);
    assert_int_equal(WdfChildListCreate(drv_pnp_plan.device, &config, NULL,
                                        (WDFCHILDLIST *)&objects[FX_TYPE_CHILDLIST]),
                     0);
}

static void create_dma_objects(void)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDFDMAENABLER enabler = NULL;

    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfilePacket64, PAGE_SIZE);
    config.WdmDmaVersionOverride = 3;
    assert_int_equal(WdfDmaEnablerCreate(io_test.device, &config, NULL, &enabler), 0);
    objects[FX_TYPE_DMAENABLER] = enabler;
    assert_int_equal(WdfDmaTransactionCreate(enabler, NULL,
                                             (WDFDMATRANSACTION *)&objects[FX_TYPE_DMATRANSACTION]),
                     0);
    assert_int_equal(
        WdfCommonBufferCreate(enabler, 64, NULL, (WDFCOMMONBUFFER *)&objects[FX_TYPE_COMMONBUFFER]),
        0);
}

/* The function device's hardware is the USB board. */
static void create_usb_objects(void)
{
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;
    WDFUSBDEVICE usb = NULL;

    assert_int_equal(WdfUsbTargetDeviceCreate(drv_pnp_plan.device, NULL, &usb), 0);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(&params);
    assert_int_equal(WdfUsbTargetDeviceSelectConfig(usb, NULL, &params), 0);
    objects[FX_TYPE_USBDEVICE] = usb;
    objects[FX_TYPE_USBINTERFACE] = params.Types.SingleInterface.ConfiguredUsbInterface;
    objects[FX_TYPE_USBPIPE] =
        WdfUsbInterfaceGetConfiguredPipe(objects[FX_TYPE_USBINTERFACE], 2, NULL);
}

void misuse_drop_report(enum base_log_source source, const char *text, void *context)
{
}

int misuse_setup(void **state)
{
    memset(objects, 0, sizeof(objects));
    if (io_setup(state) != 0) {
        return -1;
    }
    create_io_objects();
    create_callback_objects();
    create_child_list();
    create_dma_objects();
    create_usb_objects();
    create_plain_objects();
    for (int type = FX_TYPE_NONE + 1; type < FX_TYPE_COUNT; type++) {
        if (objects[type] == NULL) {
            objects[type] = misuse_fake((enum fx_type_number)type);
        }
    }
    init = WdfControlDeviceInitAllocate(io_test.driver, &misuse_text);
    fx_device_init_start(&function_init, fx_handle_get(io_test.driver, FX_TYPE_DRIVER),
                         FX_DEVICE_FDO, NULL);
    base_log_set_sink(misuse_drop_report, NULL); /* it may not be there */
    base_violation_collect(true);
    child_init = WdfPdoInitAllocate(drv_pnp_plan.device);
    base_violation_collect(false);
    base_log_set_sink(NULL, NULL);
    return 0;
}

int misuse_teardown(void **state)
{
    WdfDeviceInitFree(init);
    fx_device_init_end(&function_init);
    if (child_init != NULL) {
        WdfDeviceInitFree(child_init);
    }
    WdfRequestComplete(objects[FX_TYPE_REQUEST], STATUS_SUCCESS);
    io_settle();
    return io_teardown(state);
}

enum fx_type_number misuse_type(const struct misuse_parameter *parameter)
{
    int type = FX_TYPE_NONE + 1;

    while (type < FX_TYPE_COUNT &&
           strcmp(fx_type_name((enum fx_type_number)type), parameter->type) != 0) {
        type++;
    }
    if (type == FX_TYPE_COUNT) {
        return FX_TYPE_NONE;
    }
    return type == FX_TYPE_OBJECT ? FX_TYPE_ANY : (enum fx_type_number)type;
}

/* Each kind of init knows setters that the others do not. */
static PWDFDEVICE_INIT init_for(const char *function)
{
    if (strncmp(function, "WdfPdoInit", 10) == 0) {
        return child_init;
    }
    return strncmp(function, "WdfControl", 10) == 0 ||
                   strcmp(function, "WdfDeviceInitAssignSDDLString") == 0
               ? init
               : &function_init;
}

bool misuse_possible(const struct misuse_row *row)
{
    return strncmp(row->name, "WdfPdoInit", 10) != 0 || child_init != NULL;
}

PWDFDEVICE_INIT misuse_freed_init(void)
{
    PWDFDEVICE_INIT freed = WdfControlDeviceInitAllocate(io_test.driver, &misuse_text);

    WdfDeviceInitFree(freed);
    return freed;
}

/* ---- arguments ---- */

static void misuse_called(void)
{
    print_error("a refused call called back\n");
}

/* One structure of each type that has a Size. */
static union {
    ULONG size;
    char bytes[1024];
} structure;

static const struct {
    const char *type;
    size_t size;
} structures[] = {
#define STRUCTURE(name)         \
    {                           \
        "P" #name, sizeof(name) \
    }
    STRUCTURE(WDF_CHILD_LIST_CONFIG),
    STRUCTURE(WDF_DEVICE_PNP_CAPABILITIES),
    STRUCTURE(WDF_DEVICE_POWER_CAPABILITIES),
    STRUCTURE(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS),
    STRUCTURE(WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS),
    STRUCTURE(WDF_DEVICE_PROPERTY_DATA),
    STRUCTURE(WDF_DEVICE_STATE),
    STRUCTURE(WDF_DPC_CONFIG),
    STRUCTURE(WDF_DRIVER_CONFIG),
    STRUCTURE(WDF_DRIVER_VERSION_AVAILABLE_PARAMS),
    STRUCTURE(WDF_FDO_EVENT_CALLBACKS),
    STRUCTURE(WDF_FILEOBJECT_CONFIG),
    STRUCTURE(WDF_INTERRUPT_CONFIG),
    STRUCTURE(WDF_INTERRUPT_EXTENDED_POLICY),
    STRUCTURE(WDF_INTERRUPT_INFO),
    STRUCTURE(WDF_IO_QUEUE_CONFIG),
    STRUCTURE(WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY),
    STRUCTURE(WDF_IO_TYPE_CONFIG),
    STRUCTURE(WDF_PDO_EVENT_CALLBACKS),
    STRUCTURE(WDF_PNPPOWER_EVENT_CALLBACKS),
    STRUCTURE(WDF_POWER_FRAMEWORK_SETTINGS),
    STRUCTURE(WDF_POWER_POLICY_EVENT_CALLBACKS),
    STRUCTURE(WDF_QUERY_INTERFACE_CONFIG),
    STRUCTURE(WDF_REMOVE_LOCK_OPTIONS),
    STRUCTURE(WDF_REQUEST_FORWARD_OPTIONS),
    STRUCTURE(WDF_REQUEST_PARAMETERS),
    STRUCTURE(WDF_REQUEST_SEND_OPTIONS),
    STRUCTURE(WDF_TIMER_CONFIG),
    STRUCTURE(WDF_WORKITEM_CONFIG),
};

/* The callbacks without which a configuration would be refused first. */
static void structure_callbacks(const char *type)
{
    if (strcmp(type, "PWDF_DPC_CONFIG") == 0) {
        WDF_DPC_CONFIG_INIT((PWDF_DPC_CONFIG)&structure, on_dpc);
    } else if (strcmp(type, "PWDF_TIMER_CONFIG") == 0) {
        WDF_TIMER_CONFIG_INIT((PWDF_TIMER_CONFIG)&structure, on_timer);
    } else if (strcmp(type, "PWDF_WORKITEM_CONFIG") == 0) {
        WDF_WORKITEM_CONFIG_INIT((PWDF_WORKITEM_CONFIG)&structure, on_work);
    } else if (strcmp(type, "PWDF_INTERRUPT_CONFIG") == 0) {
        ((PWDF_INTERRUPT_CONFIG)&structure)->EvtInterruptIsr = (PFN_WDF_INTERRUPT_ISR)misuse_called;
    } else if (strcmp(type, "PWDF_IO_QUEUE_CONFIG") == 0) {
        WDF_IO_QUEUE_CONFIG_INIT((PWDF_IO_QUEUE_CONFIG)&structure, WdfIoQueueDispatchManual);
    }
}

static uintptr_t pointer_argument(const char *function, const struct misuse_parameter *parameter)
{
    const char *type = parameter->type;

    if (strcmp(type, "PWDF_OBJECT_ATTRIBUTES") == 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
        if (strcmp(type, structures[i].type) == 0) {
            memset(&structure, 0, sizeof(structure));
            structure.size = (ULONG)structures[i].size;
            structure_callbacks(type);
            return (uintptr_t)&structure;
        }
    }
    if (strcmp(type, "PCUNICODE_STRING") == 0 || strcmp(type, "CONST UNICODE_STRING *") == 0) {
        return (uintptr_t)&misuse_text;
    }
    if (strcmp(type, "CONST GUID *") == 0 || strcmp(type, "LPCGUID") == 0) {
        return (uintptr_t)&misuse_guid;
    }
    if (strcmp(type, "PWDFDEVICE_INIT") == 0) {
        return (uintptr_t)init_for(function);
    }
    if (strcmp(type, "PDRIVER_OBJECT") == 0) {
        return (uintptr_t)io_test.wdm;
    }
    if (strcmp(type, "PDEVICE_OBJECT") == 0) {
        return (uintptr_t)WdfDeviceWdmGetDeviceObject(io_test.device);
    }
    if (strncmp(type, "PFN_", 4) == 0) {
        return (uintptr_t)misuse_called;
    }
    return (uintptr_t)scratch;
}

/* What a zero would not do for. */
static const struct {
    const char *parameter;
    uintptr_t value;
} recipes[] = {
    {"WdfDpcCreate.Attributes", (uintptr_t)&attributes_below_device},
    {"WdfTimerCreate.Attributes", (uintptr_t)&attributes_below_device},
    {"WdfWorkItemCreate.Attributes", (uintptr_t)&attributes_below_device},
    {"WdfMemoryAssignBuffer.BufferSize", 16},
    {"WdfMemoryCreate.BufferSize", 16},
    {"WdfMemoryCreatePreallocated.BufferSize", 16},
    {"WdfLookasideListCreate.BufferSize", 16},
};

static void recipe(const struct misuse_row *row, uintptr_t *arguments)
{
    for (unsigned i = 0; i < row->count; i++) {
        char name[128];

        snprintf(name, sizeof(name), "%s.%s", row->name, row->parameters[i].name);
        for (size_t j = 0; j < sizeof(recipes) / sizeof(recipes[0]); j++) {
            if (strcmp(name, recipes[j].parameter) == 0) {
                arguments[i] = recipes[j].value;
            }
        }
    }
}

void misuse_arguments(const struct misuse_row *row, uintptr_t *arguments)
{
    memset(scratch, 0, sizeof(scratch));
    for (unsigned i = 0; i < row->count; i++) {
        const struct misuse_parameter *parameter = &row->parameters[i];
        enum fx_type_number type = misuse_type(parameter);

        if (type != FX_TYPE_NONE) {
            arguments[i] =
                (uintptr_t)objects[type == FX_TYPE_ANY ? (int)FX_TYPE_OBJECT : (int)type];
        } else {
            arguments[i] = parameter->pointer ? pointer_argument(row->name, parameter) : 0;
        }
    }
    recipe(row, arguments);
}

char *misuse_state(void)
{
    char *tree = fx_dump_objects();
    size_t length = strlen(tree);
    char *text = malloc(length + 2 * (SCRATCH + sizeof(structure)) + 1);
    size_t used = length;

    assert_non_null(text);
    memcpy(text, tree, length);
    for (unsigned i = 0; i < SCRATCH; i++) {
        used += (size_t)sprintf(text + used, "%02x", (unsigned char)scratch[i]);
    }
    for (unsigned i = 0; i < sizeof(structure); i++) {
        used += (size_t)sprintf(text + used, "%02x", (unsigned char)structure.bytes[i]);
    }
    free(tree);
    return text;
}
