#pragma once
/* fx_device.h - WDFDEVICE: a function, filter, physical or control device.
 * Keys: (c) constant once published; (p) only by the holder of the PnP lock (fx_pnp.c);
 *       (o) object lock; (a) atomic; (t) tree lock; (r) written under it, read anywhere
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/device/fx_device_init.h"
#include "wdf/object/deletion/fx_dispose.h"
#include "wdf/device/fx_driver.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_wait.h"
#include "wdf/frame/fx_work.h"

struct fx_child_list;
struct fx_dma_enabler;
struct fx_interface;
struct fx_interrupt;
struct fx_query_interface;
struct fx_relation;
struct fx_io; /* queues and file objects: fx_io.h */
struct fx_reslist;
struct fx_target;
struct fx_wmi_provider;

#define FX_SPECIAL_FILES (WdfSpecialFileMax - WdfSpecialFilePaging)

/* What fx_pnp.c keeps. */
struct fx_device_pnp {
    KEVENT lock; /* auto-reset: one PnP or power transition at a time */
    WDF_DEVICE_PNP_STATE state;
    NTSTATUS status;   /* (p) what the request that is being handled completes with */
    bool prepared;     /* (p) PrepareHardware was tried, ReleaseHardware is due */
    void *lock_holder; /* KTHREAD in a transition */
    bool preparing;    /* (p) inside EvtDevicePrepareHardware */
    bool adding;       /* inside EvtDriverDeviceAdd */
    bool started_once; /* (p) a start has begun; control device: it is finished */
    bool missing;      /* surprise removed */
    bool failed;       /* WdfDeviceSetFailed, or a failed transition */
    bool restart;      /* PnP shall enumerate it again */
    LONG veto;         /* (a) WdfDeviceSetStaticStopRemove(FALSE) calls not yet taken back */
    LONG special[FX_SPECIAL_FILES];           /* (r) special files on the device, by their type */
    bool special_supported[FX_SPECIAL_FILES]; /* (r) WdfDeviceSetSpecialFileSupport */
    const CM_RESOURCE_LIST *start_raw;        /* (p) of the start request that is being handled */
    const CM_RESOURCE_LIST *start_translated; /* (p) */
    struct fx_reslist *raw;                   /* (p) between start and release; else NULL */
    struct fx_reslist *translated;            /* (p) */
};

/* What fx_wake.c keeps. */
enum fx_wake_from { FX_WAKE_NOT, FX_WAKE_S0, FX_WAKE_SX };

struct fx_wake {
    enum fx_wake_from wanted; /* (p) on the way down that begins next */
    enum fx_wake_from armed;  /* (a) set under the PnP lock */
    bool fired;               /* (r) by the device's own signal */
    bool ended;               /* (a) the wait is over, whatever ended it */
    PIRP irp;                 /* (i) io_lock: the wait-wake request that is with the bus */
    NTSTATUS answer;          /* (r) to it */
    KEVENT returned;          /* notification: no wait-wake request is under way */
    KEVENT settled;           /* notification: not armed, nor on the way up */
};

/* What fx_wmi.c keeps. Keys: (w) its lock */
enum fx_wmi_state { FX_WMI_NEW, FX_WMI_STARTED, FX_WMI_ENDED };

struct fx_wmi {
    struct base_lock lock;
    enum fx_wmi_state state;           /* (w) */
    bool registered;                   /* (w) WMI knows the device, or will at once */
    bool registering;                  /* (a) it is being told; only set in STARTED */
    struct fx_waiters told;            /* until registering is false */
    struct fx_wmi_provider *providers; /* (w) in order of creation */
    UNICODE_STRING mof;                /* (w) set once; Buffer NULL: none */
};

/* What fx_idle.c keeps. */
enum fx_idle_phase { FX_IDLE_OFF, FX_IDLE_ACTIVE, FX_IDLE_IDLE };

struct fx_idle {
    bool assigned, enabled; /* (o) by WdfDeviceAssignS0IdleSettings */
    bool can_wake;          /* (o) IdleCanWakeFromS0: armed for wake in Dx */
    WDF_POWER_DEVICE_STATE dx;
    WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE timeout_type;
    ULONG timeout_ms;
    enum fx_idle_phase phase; /* (p) */
    LONG references;          /* (a) WdfDeviceStopIdle calls not yet given back */
    uint64_t last_active_100ns;
    KEVENT in_d0; /* notification: not on the way back from Dx */
    KTIMER timer;
    KDPC dpc;
    struct fx_work work;
};

/* What fx_power.c keeps. */
struct fx_device_power {
    WDF_DEVICE_POWER_STATE state;
    WDF_DEVICE_POWER_POLICY_STATE policy_state;
    WDF_POWER_DEVICE_STATE device_state; /* (p) */
    bool self_init_tried;                /* (p) EvtDeviceSelfManagedIoInit was called */
    bool self_flushed; /* (p) EvtDeviceSelfManagedIoFlush was called, or was not due */
    bool self_cleaned; /* (p) the same for Cleanup */
    bool owner;        /* (c) power policy owner */
    struct fx_idle idle;
    struct fx_wake wake;
    bool wakes_system;                /* (o) WdfDeviceAssignSxWakeSettings enabled it */
    WDF_POWER_DEVICE_STATE wake_dx;   /* (o) for that */
    DEVICE_CAPABILITIES below;        /* (p) the stack below's */
    DEVICE_CAPABILITIES capabilities; /* (p) with the driver's word */
    bool refused;                     /* (p) the way down was given up: it could not be armed */
    POWER_ACTION action;              /* (p) system power action under way */
};

/* The devices of a bus. Keys: (k) its lock */
struct fx_children {
    struct base_lock lock;
    struct fx_pdo *first;            /* (k) in order of creation */
    LONG iterations;                 /* (k) somebody walks: changes wait */
    bool is_bus;                     /* (k) it has had a child, or has a list */
    struct fx_child_list *lists;     /* (k) in order of creation; read by who answers PnP */
    struct fx_child_list *main_list; /* (c) the default one; NULL: none */
};

/* What fx_relations.c keeps. Keys: (w) its lock */
enum fx_relation_kind { FX_RELATED_REMOVAL, FX_RELATED_EJECTION, FX_RELATED_USAGE };
#define FX_RELATION_KINDS 3

struct fx_relations {
    struct base_lock lock;
    struct fx_relation *first[FX_RELATION_KINDS]; /* (w) in order of addition */
};

struct fx_device {
    struct fx_object object;
    struct fx_sync sync;                 /* (c) its lock is the device's callback lock */
    struct fx_dispose_list disposes;     /* what below it waits for PASSIVE_LEVEL */
    struct fx_driver *driver;            /* (c) */
    enum fx_device_kind kind;            /* (c) */
    struct fx_device_settings settings;  /* (c) but for the state flags below */
    DEVICE_OBJECT *wdm;                  /* (c) NULL once it is gone */
    DEVICE_OBJECT *attached;             /* (c) next lower; NULL: control, PDO */
    DEVICE_OBJECT *physical;             /* (c) NULL: control; of a PDO it is its own */
    struct fx_pdo *pdo;                  /* (c) what its bus says; NULL: no PDO */
    struct fx_children children;         /* of a function device */
    struct fx_device *next_control;      /* (t) in the driver's list */
    bool deleting;                       /* (r) a control device that waits for its last handle */
    WORK_QUEUE_ITEM end;                 /* of a control device, by a worker */
    struct fx_io *io;                    /* (c) */
    struct fx_target *target;            /* (a) default target; NULL: not asked for yet */
    UNICODE_STRING link;                 /* (o) symbolic link; Buffer NULL: none */
    struct fx_interface *interfaces;     /* (o) in order of creation */
    IO_REMOVE_LOCK remove_lock;          /* of requests, if the driver asked for it */
    bool interfaces_live;                /* (p) a start has enabled them */
    struct fx_query_interface *offers;   /* (o) in order of creation */
    struct fx_interrupt *interrupts;     /* (p) in order of creation */
    ULONG interrupt_count;               /* (p) */
    struct fx_dma_enabler *dma_enablers; /* in order of creation; fx_dma_power.c has the lock */
    bool dma_packet_taken;               /* (a) one is under way, DMA version 2 */
    WDF_DEVICE_STATE state_flags;        /* (o) */
    bool has_bus_information;            /* (o) */
    PNP_BUS_INFORMATION bus_information; /* (o) of its children */
    WDF_DEVICE_PNP_CAPABILITIES pnp_capabilities;     /* (o) */
    WDF_DEVICE_POWER_CAPABILITIES power_capabilities; /* (o) */
    struct fx_device_pnp pnp;
    struct fx_relations relations;
    struct fx_device_power power;
    struct fx_wmi wmi;
};

static inline bool fx_device_is_control(const struct fx_device *device)
{
    return device->kind == FX_DEVICE_CONTROL;
}

static inline WDFDEVICE fx_device_handle(const struct fx_device *device)
{
    return (WDFDEVICE)fx_handle_of(&device->object);
}

/* fx_device_of: the framework device of a device object; NULL if it is none of ours. */
struct fx_device *fx_device_of(DEVICE_OBJECT *wdm);

extern const struct fx_type fx_device_type;

/* fx_device_may_configure_io: whether queues may still be made the default one or bound to a
 * request type: a PnP device before its first start, a control device before
 * WdfControlFinishInitializing. */
static inline bool fx_device_may_configure_io(const struct fx_device *device)
{
    return !device->pnp.started_once;
}

/* fx_device_delete_control: the driver deletes a control device: no new opens; it ends at once, or
 * when the last handle is closed. false: it was deleted before. fx_device_end_control: the end, once,
 * whoever comes for it; in a callback that the end waits for it is a worker's. PASSIVE_LEVEL. */
bool fx_device_delete_control(struct fx_device *device, const void *deleter);
void fx_device_end_control(struct fx_device *device);
/* fx_device_ends_alone: a new control device, which nobody can open yet, shall end with its last handle
 * once it is deleted. */
void fx_device_ends_alone(const struct fx_device *device);
/* fx_control_register: for the shutdown notifications that the init asked for. fx_control_shutdown:
 * IRP_MJ_SHUTDOWN of a control device that did. */
NTSTATUS fx_control_register(struct fx_device *device);
NTSTATUS fx_control_shutdown(struct fx_device *device, PIRP irp);
/* fx_device_remove_link: the symbolic link goes, if there is one. */
void fx_device_remove_link(struct fx_device *device);
/* fx_device_bind: the WDM device's extension leads to the framework device. */
void fx_device_bind(struct fx_device *device, DEVICE_OBJECT *wdm);
ULONG fx_device_extension_size(void);
/* fx_device_added, fx_device_add_failed: EvtDriverDeviceAdd has returned. */
void fx_device_added(struct fx_device *device);
void fx_device_add_failed(struct fx_device *device);
/* fx_device_end: cleanup of the device's tree, then of its WDM device, then destruction. */
void fx_device_end(struct fx_device *device, const void *deleter);
/* fx_capabilities_add: the driver's word into an answer. fx_capabilities_learn: ask the stack below;
 * PASSIVE_LEVEL. fx_capabilities_changed: the driver has said something new. */
void fx_capabilities_add(struct fx_device *device, DEVICE_CAPABILITIES *caps);
void fx_capabilities_learn(struct fx_device *device);
void fx_capabilities_changed(struct fx_device *device);
/* fx_removal_init: the WDM device is made. fx_removal_enter: an I/O request comes in; a failure is
 * what to complete it with. fx_removal_wait: until all of them are completed; PASSIVE_LEVEL. */
void fx_removal_init(struct fx_device *device);
NTSTATUS fx_removal_enter(struct fx_device *device, PIRP irp);
void fx_removal_wait(struct fx_device *device);
/* fx_device_detach: the WDM device leaves its stack and is deleted. */
void fx_device_detach(struct fx_device *device);
