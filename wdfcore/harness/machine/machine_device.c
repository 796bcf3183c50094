/* machine_device.c - devices of a machine.
 * Normal path: model and its registers first, then the PDO, AddDevice, START_DEVICE. Removing goes
 * the other way round: the stack, the PDO, then the model, which no driver can reach any more.
 * Surprise: the model stops answering first, and the stack learns of it afterwards.
 */
#include "harness/machine/machine_device.h"

#include <stdlib.h>
#include <string.h>

#include "harness/machine/machine_core.h"
#include "harness/machine/machine_driver.h"
#include "harness/pnp/pnp_node.h"
#include "harness/pnp/pnp_root.h"
#include "host/stream/host_stream.h"
#include "model/model_instance.h"
#include "nt/ke/ke_machine.h"

struct wc_device {
    struct wc_device *next; /* (o) */
    struct wc_machine *machine;
    struct wc_driver *driver;
    struct resource_spec resources;
    struct wc_model *model;                 /* NULL: a device without hardware */
    PDEVICE_OBJECT pdo;                     /* (m) NULL before it exists and after it is gone */
    struct wc_driver *lower[PNP_LOWER_MAX]; /* NULL: no more */
};

/* NULL, and one of another machine or that was removed, are the caller's mistake. */
static bool device_is(const struct wc_device *device)
{
    const struct wc_machine *machine = machine_current();
    const struct wc_device *one = machine != NULL ? machine->devices : NULL;

    while (one != NULL && one != device) {
        one = one->next;
    }
    if (one == NULL) {
        machine_fail(WC_BAD_INPUT, "there is no such device");
    }
    return one != NULL;
}

/* ---- adding ---- */

struct start {
    struct wc_device *device;
    const char *hardware_id;
    const char *step; /* what failed */
    NTSTATUS status;
};

static void start_device(void *context)
{
    struct start *start = context;
    struct wc_device *device = start->device;
    PDRIVER_OBJECT lower[PNP_LOWER_MAX] = {NULL};
    struct pnp_root_device config = {.driver_name = device->driver->name,
                                     .hardware_id = start->hardware_id,
                                     .instance = device->machine->next_instance++,
                                     .resources = &device->resources,
                                     .lower = lower,
                                     .usb = device->model != NULL ? model_usb(device->model) : NULL,
                                     .pci =
                                         device->model != NULL ? model_pci(device->model) : NULL};

    for (int i = 0; i < PNP_LOWER_MAX && device->lower[i] != NULL; i++) {
        lower[i] = device->lower[i]->object;
    }

    start->step = "creating the device";
    start->status = pnp_root_create(&config, &device->pdo);
    if (!NT_SUCCESS(start->status)) {
        return;
    }
    start->status = pnp_root_start(device->driver->object, device->pdo, &start->step);
    if (!NT_SUCCESS(start->status)) {
        pnp_root_delete(device->pdo);
        device->pdo = NULL;
    }
}

static struct wc_model *make_model(const char *text, const struct resource_spec *resources,
                                   char *error, size_t error_size)
{
    struct model_range ports[RESOURCE_SPEC_MAX], memory[RESOURCE_SPEC_MAX];
    uint32_t irqs[RESOURCE_SPEC_MAX];
    struct model_resources sorted = {.ports = ports, .memory = memory, .irqs = irqs};

    for (uint32_t i = 0; i < resources->count; i++) {
        const struct resource *resource = &resources->item[i];
        struct model_range range = {.start = resource->start, .length = resource->length};

        switch (resource->kind) {
        case RESOURCE_PORT:
            ports[sorted.port_count++] = range;
            break;
        case RESOURCE_MEMORY:
            memory[sorted.memory_count++] = range;
            break;
        case RESOURCE_IRQ:
        default:
            irqs[sorted.irq_count++] = (uint32_t)resource->start;
            break;
        }
    }
    return model_create(text, &sorted, error, error_size);
}

/* The driver is told how the device signals. */
static void note_interrupts(struct resource_spec *resources, const struct wc_model *model)
{
    uint32_t index = 0;

    for (uint32_t i = 0; i < resources->count; i++) {
        struct resource *resource = &resources->item[i];

        if (resource->kind == RESOURCE_IRQ) {
            enum model_interrupt how = model_interrupt(model, index++);

            resource->is_edge = how == MODEL_INTERRUPT_EDGE;
            resource->is_message = how == MODEL_INTERRUPT_MESSAGE;
        }
    }
}

static enum wc_result create_model(struct wc_device *device, const struct wc_device_config *config)
{
    char error[256];

    if (!resource_spec_parse(config->resources, &device->resources, error, sizeof(error))) {
        return machine_fail(WC_BAD_INPUT, "%s", error);
    }
    if (config->model == NULL) {
        return WC_OK;
    }
    if (device->machine->config.clock == WC_CLOCK_VIRTUAL && model_spec_is_real(config->model)) {
        return machine_fail(WC_BAD_INPUT,
                            "model '%s' has a line to the world outside, which needs the real "
                            "clock; this machine's is virtual",
                            config->model);
    }
    device->model = make_model(config->model, &device->resources, error, sizeof(error));
    if (device->model == NULL) {
        return machine_fail(WC_BAD_INPUT, "%s", error);
    }
    note_interrupts(&device->resources, device->model);
    return WC_OK;
}

static enum wc_result bring_up(struct wc_device *device, const struct wc_device_config *config)
{
    struct start start = {.device = device, .hardware_id = config->hardware_id};
    char text[64];
    enum wc_result result = create_model(device, config);

    if (result == WC_OK) {
        result = wc_machine_call(device->machine, start_device, &start);
    }
    if (result == WC_OK && !NT_SUCCESS(start.status)) {
        result = machine_fail(WC_FAILED, "driver '%s': %s failed with %s", device->driver->name,
                              start.step, machine_status_text(start.status, text));
    }
    return result;
}

static void device_free(struct wc_device *device)
{
    if (device->model != NULL) {
        model_delete(device->model);
    }
    free(device);
}

static bool device_uses(const struct wc_device *device, const struct wc_driver *driver)
{
    bool uses = device->driver == driver;

    for (int i = 0; i < PNP_LOWER_MAX; i++) {
        uses = uses || device->lower[i] == driver;
    }
    return uses;
}

/* The filters that the description names. */
static enum wc_result take_lower(struct wc_device *device, const struct wc_device_config *config)
{
    for (int i = 0; config->lower != NULL && config->lower[i] != NULL; i++) {
        if (i == PNP_LOWER_MAX) {
            return machine_fail(WC_BAD_INPUT, "a device has %d lower filters at most",
                                PNP_LOWER_MAX);
        }
        if (!machine_driver_is(config->lower[i])) {
            return WC_BAD_INPUT;
        }
        if (!wc_driver_takes_devices(config->lower[i])) {
            return machine_fail(WC_BAD_INPUT,
                                "driver '%s' has no AddDevice routine: it is no filter",
                                config->lower[i]->name);
        }
        device->lower[i] = config->lower[i];
    }
    return WC_OK;
}

static void unlink_device(struct wc_device *device)
{
    struct wc_device **link = &device->machine->devices;

    while (*link != device) {
        link = &(*link)->next;
    }
    *link = device->next;
}

enum wc_result wc_machine_add_device(struct wc_machine *machine, struct wc_driver *driver,
                                     const struct wc_device_config *config,
                                     struct wc_device **device)
{
    struct wc_device *added;

    if (!machine_is(machine) || !machine_driver_is(driver)) {
        return WC_BAD_INPUT;
    }
    if (config == NULL || device == NULL) {
        return machine_fail(WC_BAD_INPUT, "a device is added by its description, into a variable");
    }
    added = calloc(1, sizeof(*added));
    if (added == NULL) {
        return machine_fail(WC_FAILED, "out of memory");
    }
    added->machine = machine;
    added->driver = driver;
    added->next = machine->devices;
    machine->devices = added; /* where a stopped machine finds it */
    enum wc_result result = take_lower(added, config);
    if (result == WC_OK) {
        result = bring_up(added, config);
    }
    if (result == WC_OK) {
        *device = added;
    } else if (result != WC_STOPPED) {
        unlink_device(added);
        device_free(added);
    }
    return result;
}

/* ---- removing ---- */

struct removing {
    struct wc_device *device;
    enum pnp_root_removal how;
    NTSTATUS status;
};

static void remove_device(void *context)
{
    struct removing *removing = context;
    PDEVICE_OBJECT pdo = removing->device->pdo;

    removing->status = pnp_root_remove(pdo, removing->how);
    if (NT_SUCCESS(removing->status)) {
        pnp_root_delete(pdo);
        removing->device->pdo = NULL;
    }
}

static enum wc_result remove_as(struct wc_device *device, enum pnp_root_removal how)
{
    struct removing removing = {.device = device, .how = how, .status = STATUS_SUCCESS};
    char text[64];
    enum wc_result result = wc_machine_call(device->machine, remove_device, &removing);

    if (result != WC_OK) {
        return result; /* what remains goes with the machine */
    }
    if (device->pdo != NULL) {
        return machine_fail(WC_FAILED, "driver '%s' refuses the removal with %s",
                            device->driver->name, machine_status_text(removing.status, text));
    }
    unlink_device(device);
    device_free(device);
    return WC_OK;
}

enum wc_result wc_device_remove(struct wc_device *device)
{
    return device_is(device) ? remove_as(device, PNP_ROOT_REMOVE_IF_ALLOWED) : WC_BAD_INPUT;
}

enum wc_result wc_device_surprise_remove(struct wc_device *device)
{
    if (!device_is(device)) {
        return WC_BAD_INPUT;
    }
    if (device->model != NULL) {
        model_set_absent(device->model);
    }
    return remove_as(device, PNP_ROOT_REMOVE_BY_SURPRISE);
}

struct waking {
    PDEVICE_OBJECT pdo;
    bool woken;
};

static void wake_device(void *context)
{
    struct waking *waking = context;

    waking->woken = pnp_root_wake(waking->pdo);
}

enum wc_result wc_device_wake(struct wc_device *device)
{
    struct waking waking = {0};
    enum wc_result result;

    if (!device_is(device)) {
        return WC_BAD_INPUT;
    }
    waking.pdo = device->pdo;
    result = wc_machine_call(device->machine, wake_device, &waking);
    return result != WC_OK || waking.woken
               ? result
               : machine_fail(WC_FAILED, "driver '%s' does not wait for a wake signal",
                              device->driver->name);
}

enum wc_result machine_device_end(struct wc_device *device)
{
    return remove_as(device, PNP_ROOT_REMOVE_ANYWAY);
}

bool machine_driver_in_use(const struct wc_driver *driver)
{
    const struct wc_device *device = driver->machine->devices;

    while (device != NULL && !device_uses(device, driver)) {
        device = device->next;
    }
    return device != NULL || pnp_uses_driver(driver->object);
}

void machine_devices_free(struct wc_machine *machine)
{
    while (machine->devices != NULL) {
        struct wc_device *device = machine->devices;

        machine->devices = device->next;
        device_free(device);
    }
}

struct wc_load *wc_device_load(struct wc_device *device)
{
    return device_is(device) && device->model != NULL ? model_load(device->model) : NULL;
}

/* ---- the line ---- */

static struct host_stream *stream_of(const struct wc_device *device)
{
    return device_is(device) && device->model != NULL ? model_stream(device->model, 0) : NULL;
}

size_t wc_device_stream_send(struct wc_device *device, const void *data, size_t size)
{
    struct host_stream *stream = stream_of(device);

    return stream != NULL ? host_stream_far_send(stream, data, size) : 0;
}

size_t wc_device_stream_receive(struct wc_device *device, void *data, size_t size)
{
    struct host_stream *stream = stream_of(device);

    return stream != NULL ? host_stream_far_receive(stream, data, size) : 0;
}

void wc_device_stream_hangup(struct wc_device *device)
{
    struct host_stream *stream = stream_of(device);

    if (stream != NULL) {
        host_stream_far_hangup(stream);
    }
}

void wc_device_stream_connect(struct wc_device *device)
{
    struct host_stream *stream = stream_of(device);

    if (stream != NULL) {
        host_stream_far_connect(stream);
    }
}

void wc_device_stream_refuse(struct wc_device *device, bool on)
{
    struct host_stream *stream = stream_of(device);

    if (stream != NULL) {
        host_stream_far_refuse(stream, on);
    }
}

const char *wc_device_stream_address(struct wc_device *device)
{
    struct host_stream *stream = stream_of(device);

    return stream != NULL ? host_stream_address(stream) : "";
}

bool wc_device_stream_closed(struct wc_device *device)
{
    struct host_stream *stream = stream_of(device);

    return stream != NULL && host_stream_was_closed(stream) && host_stream_readable(stream) == 0 &&
           host_stream_is_drained(stream) && !model_is_busy(device->model);
}
