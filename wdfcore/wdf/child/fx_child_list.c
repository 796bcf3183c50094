/* fx_child_list.c - WDFCHILDLIST: creation, and the PDOs that its descriptions get.
 *
 * Normal path: the driver describes a child (fx_child_list_api.c), PnP asks for the bus relations, and
 * EvtChildListCreateDevice makes the PDO. STATUS_RETRY: asked again with the next relations. Another
 * failure, or success without a device: the description is dropped. Teardown: the PDOs end with the
 * bus's removal, before the list is disposed, which frees what is left.
 */
#include "wdf/child/fx_child_list.h"

#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/object/fx_pool.h"

/* ---- the object ---- */

static bool fx_child_list_dispose(struct fx_object *object)
{
    struct fx_child_list *list = fx_object_body(object, struct fx_child_list);
    struct fx_child *child;
    KIRQL irql;

    do {
        irql = fx_child_list_lock(list);
        child = list->first;
        if (child != NULL) {
            list->first = child->next;
        }
        fx_child_list_unlock(list, irql);
        if (child != NULL) {
            if (child->pdo != NULL) {
                child->pdo->child = NULL;
            }
            fx_child_free(child);
        }
    } while (child != NULL);
    return true;
}

static void fx_child_list_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_child_list *list = (const struct fx_child_list *)(const void *)object;
    unsigned count = 0;

    for (const struct fx_child *child = list->first; child != NULL; child = child->next) {
        count++;
    }
    snprintf(text, size, "%u child%s", count, count == 1 ? "" : "ren");
}

static const struct fx_field fx_child_list_fields[] = {
    FX_FIELD_OF(WDF_CHILD_LIST_CONFIG, struct fx_child_list, config),
    FX_FIELD_END,
};

static const struct fx_type fx_child_list_type = {
    .number = FX_TYPE_CHILDLIST,
    .size = sizeof(struct fx_child_list),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .dispose = fx_child_list_dispose,
    .describe = fx_child_list_describe,
    .fields = fx_child_list_fields,
};

static NTSTATUS fx_child_list_check(const WDF_CHILD_LIST_CONFIG *config)
{
    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (config->IdentificationDescriptionSize <
            sizeof(WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER) ||
        (config->AddressDescriptionSize != 0 &&
         config->AddressDescriptionSize < sizeof(WDF_CHILD_ADDRESS_DESCRIPTION_HEADER)) ||
        config->EvtChildListCreateDevice == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static void fx_child_list_join(struct fx_child_list *list)
{
    struct fx_children *children = &list->bus->children;
    struct fx_child_list **link = &children->lists;

    base_lock_acquire(&children->lock);
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = list;
    children->is_bus = true;
    base_lock_release(&children->lock);
}

static NTSTATUS fx_child_list_create(struct fx_device *bus, const WDF_CHILD_LIST_CONFIG *config,
                                     const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                     struct fx_child_list **out)
{
    struct fx_child_list *list;
    struct fx_make make;
    NTSTATUS status = fx_attributes_check(&fx_child_list_type, attributes);

    if (NT_SUCCESS(status)) {
        status = fx_make_under(&fx_child_list_type, 0, attributes, &bus->object, creator, &make);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    list = fx_object_body(make.object, struct fx_child_list);
    list->bus = bus;
    list->config = *config;
    KeInitializeSpinLock(&list->lock);
    status = fx_make_publish(&make);
    if (NT_SUCCESS(status)) {
        fx_child_list_join(list);
        *out = list;
    }
    return status;
}

NTSTATUS WdfChildListCreate(WDFDEVICE Device, PWDF_CHILD_LIST_CONFIG Config,
                            PWDF_OBJECT_ATTRIBUTES ChildListAttributes, WDFCHILDLIST *ChildList)
{
    struct fx_child_list *list;
    struct fx_device *device;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Config) || !fx_required(ChildList)) {
        return STATUS_INVALID_PARAMETER;
    }
    *ChildList = NULL;
    status = fx_child_list_check(Config);
    if (NT_SUCCESS(status) && device->kind != FX_DEVICE_FDO) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (NT_SUCCESS(status)) {
        status = fx_child_list_create(device, Config, ChildListAttributes, KE_CALLER(), &list);
    }
    if (NT_SUCCESS(status)) {
        *ChildList = fx_child_list_handle(list);
    }
    return status;
}

/* ---- the default list ---- */

VOID WdfFdoInitSetDefaultChildListConfig(PWDFDEVICE_INIT DeviceInit, PWDF_CHILD_LIST_CONFIG Config,
                                         PWDF_OBJECT_ATTRIBUTES DefaultChildListAttributes)
{
    struct fx_child_list_init *kept;

    if (!API(PASSIVE_LEVEL) || !fx_device_init_live(DeviceInit, __func__) || !fx_required(Config)) {
        return;
    }
    if (DeviceInit->kind != FX_DEVICE_FDO || !NT_SUCCESS(fx_child_list_check(Config)) ||
        !NT_SUCCESS(fx_attributes_check(&fx_child_list_type, DefaultChildListAttributes))) {
        fx_init_misuse("WdfFdoInitSetDefaultChildListConfig: the device is no function device, or "
                       "the configuration is not complete");
        return;
    }
    kept = fx_allocate(sizeof(*kept));
    if (kept == NULL) {
        return; /* WdfDeviceCreate goes without; WdfFdoGetDefaultChildList says so */
    }
    kept->config = *Config;
    kept->has_attributes = DefaultChildListAttributes != NULL;
    if (kept->has_attributes) {
        kept->attributes = *DefaultChildListAttributes;
    }
    fx_child_list_init_free(DeviceInit);
    DeviceInit->child_list = kept;
}

void fx_child_list_init_free(struct WDFDEVICE_INIT *init)
{
    fx_free(init->child_list);
    init->child_list = NULL;
}

NTSTATUS fx_child_list_of_init(struct fx_device *device, const struct WDFDEVICE_INIT *init,
                               const void *creator)
{
    const struct fx_child_list_init *kept = init->child_list;

    /* An init that has become a filter's has no children. */
    if (kept == NULL || device->kind != FX_DEVICE_FDO) {
        return STATUS_SUCCESS;
    }
    return fx_child_list_create(device, &kept->config,
                                kept->has_attributes ? &kept->attributes : NULL, creator,
                                &device->children.main_list);
}

WDFCHILDLIST WdfFdoGetDefaultChildList(WDFDEVICE Fdo)
{
    struct fx_device *device;

    if (!API(DISPATCH_LEVEL) || (device = fx_handle_get(Fdo, FX_TYPE_DEVICE)) == NULL ||
        device->children.main_list == NULL) {
        return NULL;
    }
    return fx_child_list_handle(device->children.main_list);
}

/* ---- PDOs ---- */

/* fx_child_unlink: false: somebody else has taken it out. */
static bool fx_child_unlink(struct fx_child *child)
{
    struct fx_child **link = &child->list->first;
    KIRQL irql = fx_child_list_lock(child->list);
    bool found;

    while (*link != NULL && *link != child) {
        link = &(*link)->next;
    }
    found = *link == child;
    if (found) {
        *link = child->next;
    }
    fx_child_list_unlock(child->list, irql);
    return found;
}

static void fx_child_drop(struct fx_child *child)
{
    if (fx_child_unlink(child)) {
        fx_child_free(child);
    }
}

void fx_child_pdo_ends(struct fx_pdo *pdo)
{
    struct fx_child *child = pdo->child;

    pdo->child = NULL;
    if (child != NULL) {
        fx_child_drop(child);
    }
}

static NTSTATUS fx_child_call_create(struct fx_child *child, struct WDFDEVICE_INIT *init)
{
    struct fx_child_list *list = child->list;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtChildListCreateDevice",
                      (const void *)list->config.EvtChildListCreateDevice, &list->object, NULL)) {
        status = list->config.EvtChildListCreateDevice(fx_child_list_handle(list), child->id, init);
        fx_call_leave(&call);
    }
    return status;
}

/* fx_child_take_pdo: the device that the driver made is this child. */
static void fx_child_take_pdo(struct fx_child *child, struct fx_pdo *pdo)
{
    KIRQL irql = fx_child_list_lock(child->list);

    pdo->dynamic = true;
    pdo->child = child;
    child->pdo = pdo;
    fx_children_set(pdo, FX_PDO_PENDING);
    if (child->wanted_missing) { /* it went while it was made */
        fx_children_set(pdo, FX_PDO_MISSING);
    }
    fx_child_list_unlock(child->list, irql);
}

static void fx_child_create(struct fx_child *child)
{
    struct WDFDEVICE_INIT *init = fx_pdo_init_allocate(child->list->bus, true);
    struct fx_device *device;
    NTSTATUS status;

    if (init == NULL) {
        return; /* the next answer may find more memory */
    }
    status = fx_child_call_create(child, init);
    device = init->created;
    fx_device_init_end(init);
    fx_free(init);
    if (NT_SUCCESS(status) && device != NULL) {
        fx_child_take_pdo(child, device->pdo);
        return;
    }
    if (device != NULL) {
        fx_device_add_failed(device); /* spec: CHL-06 */
    }
    if (status != STATUS_RETRY) {
        fx_child_drop(child);
    }
}

/* fx_child_list_next: an entry without a PDO that this pass has not looked at. */
static struct fx_child *fx_child_list_next(struct fx_child_list *list, bool *missing)
{
    KIRQL irql = fx_child_list_lock(list);
    struct fx_child *child = list->first;

    while (child != NULL && (child->pdo != NULL || child->tried == list->passes)) {
        child = child->next;
    }
    if (child != NULL) {
        child->tried = list->passes;
        *missing = child->missing;
    }
    fx_child_list_unlock(list, irql);
    return child;
}

static void fx_child_list_pass(struct fx_child_list *list)
{
    struct fx_child *child;
    bool missing = false;

    list->passes++;
    while ((child = fx_child_list_next(list, &missing)) != NULL) {
        if (missing) {
            fx_child_drop(child);
        } else {
            fx_child_create(child);
        }
    }
}

void fx_child_lists_create(struct fx_device *bus)
{
    for (struct fx_child_list *list = bus->children.lists; list != NULL; list = list->next) {
        fx_child_list_pass(list);
    }
}

void fx_child_lists_scan(struct fx_device *bus)
{
    for (struct fx_child_list *list = bus->children.lists; list != NULL; list = list->next) {
        PFN_WDF_CHILD_LIST_SCAN_FOR_CHILDREN callback = list->config.EvtChildListScanForChildren;
        struct fx_call call;

        if (callback != NULL && fx_call_enter(&call, "EvtChildListScanForChildren",
                                              (const void *)callback, &list->object, NULL)) {
            callback(fx_child_list_handle(list));
            fx_call_leave(&call);
        }
    }
}

bool fx_child_lists_apply(struct fx_device *bus)
{
    bool changed = false;

    for (struct fx_child_list *list = bus->children.lists; list != NULL; list = list->next) {
        KIRQL irql = fx_child_list_lock(list);

        for (struct fx_child *child = list->first; child != NULL; child = child->next) {
            changed = changed || child->pdo == NULL || child->missing != child->wanted_missing;
            child->missing = child->wanted_missing;
        }
        fx_child_list_unlock(list, irql);
    }
    return changed;
}
