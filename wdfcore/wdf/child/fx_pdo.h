#pragma once
/* fx_pdo.h - physical devices of a driver's own bus: what the bus says about a device, and whether it
 * is there.
 * Rules for a PDO:
 * - made from an init of its bus's FDO: WdfPdoInitAllocate, or a child list's EvtChildListCreateDevice
 * - on its parent's list of children from creation to its end; the parent ends after its children
 * - reported to PnP by the parent's answer to IRP_MN_QUERY_DEVICE_RELATIONS; it ends by the remove
 *   request that follows the answer which left it out, or with its parent
 * - a remove request while it is there leaves it as a device that PnP may start again
 */
#include "wdf/device/fx_device.h"

/* Description and location in one language. */
struct fx_pdo_text {
    struct fx_pdo_text *next;
    LCID locale;
    UNICODE_STRING description, location; /* Buffer NULL: none */
};

/* Strings that follow one another, each with its NUL, and one more NUL at the end. */
struct fx_pdo_ids {
    WCHAR *text; /* NULL: none */
    size_t size; /* bytes, both NULs of the end included */
};

enum fx_pdo_presence {
    FX_PDO_NEW,     /* made, not added to its parent's children */
    FX_PDO_PENDING, /* added, PnP has not been told */
    FX_PDO_PRESENT, /* PnP has been told */
    FX_PDO_MISSING, /* the bus says that it is gone */
};

/* What fx_pdo_wake.c keeps. */
enum fx_pdo_wake_state {
    FX_PDO_WAKE_NONE,
    FX_PDO_WAKE_ENABLING,  /* inside EvtDeviceEnableWakeAtBus */
    FX_PDO_WAKE_ENABLED,   /* the bus is armed */
    FX_PDO_WAKE_ENDED,     /* the wait has ended before the bus was armed */
    FX_PDO_WAKE_DISABLING, /* EvtDeviceDisableWakeAtBus is due or runs */
};

struct fx_pdo_wake {
    enum fx_pdo_wake_state state; /* (a) */
    PIRP irp;                     /* under the cancel spin lock: it waits for the signal */
    struct fx_work work;          /* EvtDeviceDisableWakeAtBus, for who ends the wait too high */
};

struct fx_child;

/* Keys: (c) constant once the device is made; (k) children's lock of the parent; (p) under the PnP
 * lock of the device; (a) atomic */
struct fx_pdo {
    struct fx_device *parent;      /* (c) */
    struct fx_device *device;      /* (c) NULL: still an init */
    struct fx_pdo *next;           /* (k) */
    enum fx_pdo_presence presence; /* (k) */
    enum fx_pdo_presence wanted;   /* (k) differs while the list is iterated */
    bool reported;                 /* (k) part of the last answer to PnP */
    bool told;                     /* (k) EvtDeviceReportedMissing is through */
    bool dynamic;                  /* (c) of a child list */
    struct fx_child *child; /* (k) its entry in that list; NULL: static, or the list is gone */
    bool holds_parent;      /* (p) a power reference on the parent */
    struct fx_pdo_wake wake;

    /* (c) what the bus driver said */
    UNICODE_STRING device_id, instance_id, container_id;
    struct fx_pdo_ids hardware_ids, compatible_ids;
    struct fx_pdo_text *texts; /* in the order in which they were added */
    LCID default_locale;
    bool raw;
    GUID raw_class;
    bool forwards;    /* WdfPdoInitAllowForwardingRequestToParent */
    bool independent; /* WdfPdoInitRemovePowerDependencyOnParent */
    WDF_PDO_EVENT_CALLBACKS events;
};

/* fx_pdo_create: for an init. NULL: no memory. fx_pdo_free: NULL is allowed. */
struct fx_pdo *fx_pdo_create(struct fx_device *parent);
void fx_pdo_free(struct fx_pdo *pdo);
/* fx_pdo_init_allocate: an init for a PDO; the framework's own, or the driver's to free. */
struct WDFDEVICE_INIT *fx_pdo_init_allocate(struct fx_device *parent, bool ours);
/* fx_pdo_get: the PDO behind a device handle; NULL: the handle is bad (reported) or no PDO's. */
struct fx_pdo *fx_pdo_get(WDFDEVICE handle);

/* fx_pdo_answer: IRP_MJ_PNP requests that only a PDO answers. false: none of these. PASSIVE_LEVEL. */
bool fx_pdo_answer(struct fx_device *device, PIRP irp, NTSTATUS *status);
/* fx_pdo_capabilities: what the bus itself knows of the device's abilities. */
void fx_pdo_capabilities(const struct fx_device *device, DEVICE_CAPABILITIES *caps);

/* fx_pdo_wait_wake: IRP_MN_WAIT_WAKE. PASSIVE_LEVEL. fx_pdo_wake_indicate: the bus driver has seen the
 * signal: STATUS_INVALID_DEVICE_REQUEST (nobody waits). <= DISPATCH_LEVEL. fx_pdo_wake_init: the
 * device is made. fx_pdo_wake_end: it goes; PASSIVE_LEVEL. */
NTSTATUS fx_pdo_wait_wake(struct fx_device *device, PIRP irp);
NTSTATUS fx_pdo_wake_indicate(struct fx_device *device, NTSTATUS status);
void fx_pdo_wake_init(struct fx_pdo *pdo);
void fx_pdo_wake_end(struct fx_device *device);

/* fx_pdo_power_up: the parent is to be in D0, and to stay there. fx_pdo_power_down: it may leave.
 * Both do nothing for other devices. PASSIVE_LEVEL. */
NTSTATUS fx_pdo_power_up(struct fx_device *device);
void fx_pdo_power_down(struct fx_device *device);

/* ---- the children of a function device (fx_static_child.c) ---- */

/* fx_children_insert: a PDO has been made. */
void fx_children_insert(struct fx_pdo *pdo);
/* fx_children_remove: it ends. */
void fx_children_remove(struct fx_pdo *pdo);
/* fx_children_set: it is there, or it is gone; takes effect when nobody iterates. false: no change.
 * <= DISPATCH_LEVEL. */
bool fx_children_set(struct fx_pdo *pdo, enum fx_pdo_presence presence);
/* fx_children_is_gone: it is missing, and PnP knows. */
bool fx_children_is_gone(struct fx_device *device);
/* fx_children_answer: bus relations: the children that are there go into the answer. PASSIVE_LEVEL. */
NTSTATUS fx_children_answer(struct fx_device *device, PIRP irp);
/* fx_children_changed: PnP shall ask for the children again. <= DISPATCH_LEVEL. */
void fx_children_changed(struct fx_device *parent);
/* fx_children_freeze: somebody iterates: changes are noted, and wait. fx_children_thaw: no more; they
 * take effect with the last. false: nobody did. <= DISPATCH_LEVEL. */
void fx_children_freeze(struct fx_device *device);
bool fx_children_thaw(struct fx_device *device);
/* fx_children_end: the parent goes: so do its children. PASSIVE_LEVEL. */
void fx_children_end(struct fx_device *parent);
