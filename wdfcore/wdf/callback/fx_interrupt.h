#pragma once
/* fx_interrupt.h - WDFINTERRUPT: an ISR on one of the device's interrupt resources, with its DPC or
 * work item.
 * Rules for an interrupt:
 * - made in EvtDriverDeviceAdd (lives as long as the device; resources are given to these in order
 *   of creation) or in EvtDevicePrepareHardware (for the resource it names; goes after
 *   EvtDeviceReleaseHardware)
 * - connected from entering D0 until leaving it, and only if it has a resource and the driver has
 *   not called WdfInterruptDisable
 * - interrupt lock: DIRQL interrupts the KINTERRUPT's (a WDFSPINLOCK may be shared), passive ones a
 *   wait lock inside a critical region
 * Keys: (c) constant once published; (p) under the device's PnP lock; (l) interrupt lock; (a)
 * atomic
 */
#include <ntddk.h>
#include <wdf.h>

#include <stdbool.h>

#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_work.h"

struct fx_device;
struct fx_spinlock;
struct fx_waitlock;

enum fx_interrupt_stage {
    FX_INTERRUPT_IDLE,      /* not connected */
    FX_INTERRUPT_CONNECTED, /* the ISR may run */
    FX_INTERRUPT_ENABLED,   /* EvtInterruptEnable has succeeded, too */
};

struct fx_interrupt {
    struct fx_object object;
    struct fx_device *device;      /* (c) */
    struct fx_interrupt *next;     /* (p) in the device's list, in order of creation */
    ULONG index;                   /* (c) MessageID and MessageNumber */
    WDF_INTERRUPT_CONFIG config;   /* (c) callbacks and flags */
    bool in_prepare;               /* (c) made in EvtDevicePrepareHardware */
    bool passive;                  /* (c) */
    struct fx_callback_lock *lock; /* (c) of the DPC or work item; NULL: not serialized */
    struct fx_spinlock *spin_lock; /* (c) the driver's WDFSPINLOCK, referenced; NULL: private */
    struct fx_waitlock *wait_lock; /* (c) the driver's WDFWAITLOCK, referenced; NULL: private */
    KSPIN_LOCK private_spin;
    KEVENT private_wait; /* auto-reset: signaled while nobody has the passive lock */
    void *wait_holder;   /* (l) KTHREAD that has it; read anywhere */

    ULONG resource; /* (c) in_prepare: index of the resource that it names */
    bool assigned;  /* (p) it has a resource */
    CM_PARTIAL_RESOURCE_DESCRIPTOR raw, translated; /* (p) its own, a message's spread out */
    ULONG message;                                  /* (p) which message of a message resource */
    KIRQL irql, synchronize_irql;                   /* (p) */

    enum fx_interrupt_stage stage; /* (p) */
    bool driver_disabled;          /* (p) WdfInterruptDisable: power-ups skip it */
    PKINTERRUPT kinterrupt;        /* (p) NULL while not connected */
    bool inactive;                 /* (p) connected and reported inactive */
    void *lock_holder;             /* (l) processor that has WdfInterruptAcquireLock; NULL: none */
    KIRQL saved_irql;              /* (l) of WdfInterruptAcquireLock */

    KDPC dpc;            /* EvtInterruptDpc, or the detour to the work item */
    struct fx_work work; /* EvtInterruptWorkItem */

    WDF_INTERRUPT_POLICY policy; /* (o) */
    WDF_INTERRUPT_PRIORITY priority;
    GROUP_AFFINITY target;
    bool policy_set;
    bool required; /* (r) the requirements that were settled last have what the driver says */
};

extern const struct fx_type fx_interrupt_type;

static inline WDFINTERRUPT fx_interrupt_handle(const struct fx_interrupt *interrupt)
{
    return (WDFINTERRUPT)fx_handle_of(&interrupt->object);
}

/* ---- for fx_pnp.c and fx_power.c: all at PASSIVE_LEVEL under the PnP lock ---- */

/* fx_interrupts_assign: give the interrupt resources to the objects, in order of creation. */
NTSTATUS fx_interrupts_assign(struct fx_device *device);
/* fx_interrupts_prepared: PrepareHardware has returned: synchronize IRQLs can be computed. */
void fx_interrupts_prepared(struct fx_device *device);
/* fx_interrupts_connect: connect and enable each; on failure the caller disconnects all. */
NTSTATUS fx_interrupts_connect(struct fx_device *device);
/* fx_interrupts_disconnect: disable and disconnect each, in reverse order; the first failure.
 * final: they do not stay connected for Dx. */
NTSTATUS fx_interrupts_disconnect(struct fx_device *device, bool final);
/* fx_interrupts_drop: those that stayed connected in Dx, for a device that does not come back. */
void fx_interrupts_drop(struct fx_device *device);
/* fx_interrupts_release: resources are gone; those made in PrepareHardware are deleted. */
void fx_interrupts_release(struct fx_device *device);

/* fx_interrupts_require: what the driver says goes into the requirements; not under the PnP lock.
 * false: it says nothing. */
bool fx_interrupts_require(struct fx_device *device, IO_RESOURCE_REQUIREMENTS_LIST *requirements);

/* ---- for fx_interrupt_assign.c ---- */

/* fx_interrupt_first, fx_interrupt_next: of those that resources are handed out to. NULL: no more. */
struct fx_interrupt *fx_interrupt_first(const struct fx_device *device);
struct fx_interrupt *fx_interrupt_next(const struct fx_interrupt *interrupt);
/* fx_interrupt_adjust: what was said too late for the requirements goes into the assigned resource. */
void fx_interrupt_adjust(struct fx_interrupt *interrupt);

/* ---- for fx_interrupt_api.c ---- */

NTSTATUS fx_interrupt_connect(struct fx_interrupt *interrupt);
NTSTATUS fx_interrupt_disconnect(struct fx_interrupt *interrupt, bool final);
/* fx_interrupt_disable: the driver has it disabled; only a pageable device's is disconnected. */
void fx_interrupt_disable(struct fx_interrupt *interrupt);
/* fx_interrupt_wait_acquire, _try, _release: the lock of a passive interrupt, in a critical region.
 * acquire: false: refused, the thread has it already. release: false: it has not. */
bool fx_interrupt_wait_acquire(struct fx_interrupt *interrupt);
bool fx_interrupt_wait_try(struct fx_interrupt *interrupt);
bool fx_interrupt_wait_release(struct fx_interrupt *interrupt);
void fx_interrupt_init_deferred(struct fx_interrupt *interrupt);
/* fx_interrupt_report: soft connect or disconnect of a connected interrupt. */
void fx_interrupt_report(struct fx_interrupt *interrupt, bool active);
/* fx_interrupt_flush: wait for the DPC and the work item that are queued or running. PASSIVE_LEVEL.
 */
void fx_interrupt_flush(struct fx_interrupt *interrupt);
/* fx_interrupt_messages: how many interrupts a raw descriptor stands for. */
ULONG fx_interrupt_messages(const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw);
/* fx_interrupt_assign: the object gets this resource (its message, for a message descriptor). */
void fx_interrupt_assign(struct fx_interrupt *interrupt, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw,
                         const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated, ULONG message);
