/* fx_device.c - WDFDEVICE: its object, how it is found from a WDM device, and how it ends.
 *
 * A PDO ends by the remove request that follows its being reported missing, or with its parent.
 * An FDO or filter ends by PnP's remove request (fx_pnp_irp.c) or because EvtDriverDeviceAdd
 * failed. A control device ends by WdfObjectDelete or at unload: its name and link go at once and
 * no new open succeeds; with open handles the framework object waits for the last close, and in a
 * callback that its end has to wait for (of a queue, a work item) for a worker.
 */
#include "wdf/device/fx_device.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "nt/io/deferred/io_workitem.h"
#include "nt/io/io_device.h"
#include "nt/ke/ke_processor.h"
#include "wdf/child/fx_child_list.h"
#include "wdf/device/fx_dispatch.h"
#include "wdf/pnp/fx_idle.h"
#include "wdf/pnp/fx_interface.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_notify.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_relations.h"
#include "wdf/device/fx_query_interface.h"
#include "wdf/frame/fx_report.h"
#include "wdf/object/deletion/fx_walk.h"
#include "wdf/frame/fx_text.h"
#include "wdf/wmi/fx_wmi.h"

/* What a framework device object has in its DeviceExtension. */
struct fx_device_extension {
    struct fx_device *device; /* NULL: it is gone, or not there yet */
};

static void fx_device_destroy(struct fx_object *object)
{
    struct fx_device *device = fx_object_body(object, struct fx_device);

    fx_callback_lock_end(&device->sync.own);
    fx_interfaces_free(device);
    fx_query_interfaces_free(device);
    fx_wmi_free(device);
    fx_relations_free(device);
    fx_text_free(&device->link);
    fx_device_settings_free(&device->settings);
    fx_pdo_free(device->pdo);
    device->pdo = NULL;
    if (device->io != NULL) {
        fx_io_destroy(device->io);
    }
}

static enum fx_delete_answer fx_device_may_delete(struct fx_object *object, const void *deleter)
{
    struct fx_device *device = fx_object_body(object, struct fx_device);
    bool unused = device->pdo != NULL && device->pdo->presence == FX_PDO_NEW;

    if (!fx_device_is_control(device) && !unused) {
        return FX_DELETE_REFUSED;
    }
    if (ke_self->irql > PASSIVE_LEVEL) {
        fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, object,
                     "a device was deleted at IRQL %u", (unsigned)ke_self->irql);
    } else if (unused) { /* spec: CHL-09 */
        fx_device_end(device, deleter);
    } else if (!fx_device_delete_control(device, deleter)) {
        fx_violation(RULE_WdfObjectDeletedTwice, FX_BUGCHECK_NONE, 0, 0, object,
                     "a control device was deleted again while it waits for its last handle");
    }
    return FX_DELETE_TAKEN;
}

static void fx_device_describe(const struct fx_object *object, char *text, size_t size)
{
    static const char *const kinds[] = {"function device", "filter", "control device",
                                        "physical device"};
    const struct fx_device *device = (const struct fx_device *)(const void *)object;

    if (fx_device_is_control(device)) {
        snprintf(text, size, "%s", kinds[device->kind]);
    } else {
        snprintf(text, size, "%s, %s", kinds[device->kind], fx_pnp_state_name(device->pnp.state));
    }
}

/* Callbacks for IRPs before and beside the framework, for interfaces and for state changes. */
static void fx_device_more_fields(struct fx_object *object, fx_field_found *found, void *context)
{
    struct fx_device *device = fx_object_body(object, struct fx_device);
    struct fx_preprocess **preprocess = device->settings.preprocess;

    for (unsigned i = 0; preprocess != NULL && i < FX_IRP_MAJORS; i++) {
        if (preprocess[i] != NULL && preprocess[i]->callback != NULL) {
            found("EvtDeviceWdmIrpPreprocess", &preprocess[i]->callback, context);
        }
    }
    for (unsigned i = 0; device->io != NULL && i < FX_IO_TYPES; i++) {
        if (device->io->routes[i].callback != NULL) {
            found("EvtDeviceWdmIrpDispatch", &device->io->routes[i].callback, context);
        }
    }
    for (struct fx_query_interface *offer = device->offers; offer != NULL; offer = offer->next) {
        if (offer->callback != NULL) {
            found("EvtDeviceProcessQueryInterfaceRequest", &offer->callback, context);
        }
    }
    for (struct fx_state_change *change = device->settings.state_changes; change != NULL;
         change = change->next) {
        static const char *const names[] = {
            [FX_MACHINE_PNP] = "EvtDevicePnpStateChange",
            [FX_MACHINE_POWER] = "EvtDevicePowerStateChange",
            [FX_MACHINE_POLICY] = "EvtDevicePowerPolicyStateChange",
        };
        found(names[change->machine], &change->callback, context);
    }
}

static const struct fx_field device_fields[] = {
    FX_FIELD_OF(WDF_PNPPOWER_EVENT_CALLBACKS, struct fx_device, settings.pnp),
    FX_FIELD_OF(WDF_POWER_POLICY_EVENT_CALLBACKS, struct fx_device, settings.policy),
    FX_FIELD_OF(WDF_FDO_EVENT_CALLBACKS, struct fx_device, settings.fdo),
    FX_FIELD_OF(WDF_FILEOBJECT_CONFIG, struct fx_device, settings.file),
    FX_FIELD(ROUTINE, "EvtIoInCallerContext", struct fx_device, settings.in_caller_context),
    FX_FIELD(NUMBER, "IoType", struct fx_device, settings.io_type),
    FX_FIELD(NUMBER, "DeviceType", struct fx_device, settings.device_type),
    FX_FIELD(NUMBER, "Characteristics", struct fx_device, settings.characteristics),
    FX_FIELD(FLAG, "Exclusive", struct fx_device, settings.exclusive),
    FX_FIELD(FLAG, "PowerPolicyOwner", struct fx_device, power.owner),
    FX_FIELD(NUMBER, "ReleaseHardwareOrderOnFailure", struct fx_device, settings.release_order),
    FX_FIELD(NUMBER, "RemoveLockOptions", struct fx_device, settings.remove_lock_flags),
    FX_FIELD(ROUTINE, "EvtDeviceShutdownNotification", struct fx_device, settings.shutdown),
    FX_FIELD(NUMBER, "LegacyBusTypeOfChildren", struct fx_device, bus_information.LegacyBusType),
    FX_FIELD(NUMBER, "BusNumberOfChildren", struct fx_device, bus_information.BusNumber),
    FX_FIELD_OF(WDF_DEVICE_PNP_CAPABILITIES, struct fx_device, pnp_capabilities),
    FX_FIELD_OF(WDF_DEVICE_STATE, struct fx_device, state_flags),
    FX_FIELD_END,
};

const struct fx_type fx_device_type = {
    .number = FX_TYPE_DEVICE,
    .size = sizeof(struct fx_device),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fx_device, sync),
    .disposes_offset = offsetof(struct fx_device, disposes),
    .parent = FX_PARENT_FORBIDDEN,
    .scope = FX_SCOPE_ALL,
    .level_allowed = true,
    .destroy = fx_device_destroy,
    .may_delete = fx_device_may_delete,
    .describe = fx_device_describe,
    .fields = device_fields,
    .more_fields = fx_device_more_fields,
};

struct fx_device *fx_device_of(DEVICE_OBJECT *wdm)
{
    const struct fx_device_extension *extension;

    if (wdm == NULL || wdm->DriverObject == NULL ||
        wdm->DriverObject->MajorFunction[IRP_MJ_PNP] != fx_dispatch) {
        return NULL;
    }
    extension = wdm->DeviceExtension;
    return extension != NULL ? extension->device : NULL;
}

ULONG fx_device_extension_size(void)
{
    return sizeof(struct fx_device_extension);
}

void fx_device_bind(struct fx_device *device, DEVICE_OBJECT *wdm)
{
    struct fx_device_extension *extension = wdm->DeviceExtension;

    extension->device = device;
    device->wdm = wdm;
}

void fx_device_detach(struct fx_device *device)
{
    DEVICE_OBJECT *wdm = device->wdm;

    if (wdm == NULL) {
        return;
    }
    fx_tree_lock(); /* see fx_device_is_alone, fx_device_alone */
    ((struct fx_device_extension *)wdm->DeviceExtension)->device = NULL;
    device->wdm = NULL;
    fx_tree_unlock();
    if (device->attached != NULL) {
        IoDetachDevice(device->attached);
    }
    IoDeleteDevice(wdm);
}

void fx_device_remove_link(struct fx_device *device)
{
    UNICODE_STRING link;

    fx_tree_lock();
    link = device->link; /* whose deletion is a window */
    memset(&device->link, 0, sizeof(device->link));
    fx_tree_unlock();
    if (link.Buffer != NULL) {
        IoDeleteSymbolicLink(&link);
        fx_text_free(&link);
    }
}

/* ---- the end of EvtDriverDeviceAdd ---- */

void fx_device_added(struct fx_device *device)
{
    device->pnp.adding = false;
    fx_pnp_lock(device);
    fx_pnp_event_locked(device, FX_PNP_ADDED);
    fx_pnp_unlock(device);
    device->wdm->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING; /* spec: DRV-14 */
}

void fx_device_add_failed(struct fx_device *device)
{
    device->pnp.adding = false;
    fx_pnp_lock(device);
    fx_pnp_event_locked(device, FX_PNP_REMOVE);
    fx_pnp_unlock(device);
    fx_device_end(device, NULL);
}

void fx_device_end(struct fx_device *device, const void *deleter)
{
    fx_object_ref(&device->object); /* dropped below: the body outlives its cleanup */
    fx_children_end(device);
    if (device->pdo != NULL) {
        fx_pdo_wake_end(device);
        fx_children_remove(device->pdo);
        fx_child_pdo_ends(device->pdo);
    }
    fx_idle_forget(device);
    fx_object_dispose(&device->object);
    fx_object_destroy_children(&device->object);
    fx_dispose_list_end(&device->disposes);
    fx_device_detach(device);
    fx_object_delete(&device->object, deleter);
    fx_object_deref(&device->object);
}

/* ---- control devices ---- */

/* Whoever takes it off its driver's list ends it. false: somebody did. */
static bool fx_device_leave_driver(struct fx_device *device)
{
    struct fx_device **link = &device->driver->control_devices;
    bool found;

    fx_tree_lock();
    while (*link != NULL && *link != device) {
        link = &(*link)->next_control;
    }
    found = *link != NULL;
    if (found) {
        FX_SET(*link, device->next_control);
        device->driver->ending++;
    }
    fx_tree_unlock();
    return found;
}

static void fx_device_has_left(struct fx_driver *driver)
{
    struct fx_waiter *waiters = NULL;

    fx_tree_lock();
    if (--driver->ending == 0) {
        waiters = fx_waiters_detach(&driver->ended);
    }
    fx_tree_unlock();
    fx_waiters_wake(waiters); /* the driver may be gone by now */
}

/* Without a file. One that closes meanwhile comes to fx_device_alone behind this and sees that the device
 * is deleted, or this sees that it has gone. */
static bool fx_device_is_alone(const struct fx_device *device)
{
    bool alone;

    fx_tree_lock();
    alone = device->wdm != NULL && io_device_is_alone(device->wdm);
    fx_tree_unlock();
    return alone;
}

/* The last file has gone: the end, if the device waited for that. */
static void fx_device_alone(DEVICE_OBJECT *wdm)
{
    const struct fx_device_extension *extension = wdm->DeviceExtension;
    struct fx_device *device;

    fx_tree_lock();
    device = extension->device;
    if (device != NULL && !device->deleting) {
        device = NULL;
    }
    if (device != NULL) {
        fx_object_ref(&device->object); /* whoever else ends it; dropped below */
    }
    fx_tree_unlock();
    if (device != NULL) {
        fx_device_end_control(device);
        fx_object_deref(&device->object);
    }
}

void fx_device_ends_alone(const struct fx_device *device)
{
    io_device_on_alone(device->wdm, fx_device_alone);
}

bool fx_device_delete_control(struct fx_device *device, const void *deleter)
{
    bool first;

    fx_tree_lock();
    first = !device->deleting;
    if (first) {
        FX_SET(device->deleting, true); /* no new open, see fx_dispatch.c */
        fx_object_flag_locked(&device->object, FX_OBJECT_DELETE_CALLED);
        device->object.deleter = deleter;
        fx_object_ref(&device->object); /* dropped below: the unload may end it meanwhile */
    }
    fx_tree_unlock();
    if (first) {
        fx_device_remove_link(device);
        if (fx_device_is_alone(device)) {
            fx_device_end_control(device);
        }
        fx_object_deref(&device->object);
    }
    return first;
}

/* Cleaned up, or about to be where nothing stands in the way. */
static void fx_device_finish_control(struct fx_device *device)
{
    struct fx_driver *driver = device->driver;

    fx_device_end(device, device->object.deleter);
    fx_device_has_left(driver);
}

static VOID fx_device_end_worker(PVOID context)
{
    struct fx_device *device = context;

    /* Where the first walk stopped; a worker is inside no callback of a driver. */
    CORE_ASSERT(fx_walk_dispose(&device->object));
    fx_device_finish_control(device);
}

void fx_device_end_control(struct fx_device *device)
{
    if (!fx_device_leave_driver(device)) {
        return;
    }
    fx_device_remove_link(device);
    fx_io_purge(device->io, true);
    fx_io_purge(device->io, false);
    if (fx_object_try_dispose(&device->object)) {
        fx_device_finish_control(device);
    } else { /* its driver deletes it in a callback that a rundown would wait for */
        io_work_queue(&device->end, fx_device_end_worker, device);
    }
}
