/* fx_power.c - into D0 and out of it.
 *
 *   step         on the way up                            on the way down
 *   parent       PDO: its bus in D0, to stay there        PDO: its bus may leave D0
 *   hardware     EvtDeviceD0Entry(previous)               EvtDeviceD0Exit(target)
 *   interrupts   connect, EvtInterruptEnable (+)          EvtInterruptDisable, disconnect
 *   post         D0EntryPostInterruptsEnabled             D0ExitPreInterruptsDisabled
 *   DMA          each: Fill, Enable, SelfManagedIoStart (+) each: SelfManagedIoStop, Disable, Flush
 *   wake         (WakeFrom...Triggered,) DisarmWake       ArmWake
 *   children     EvtChildListScanForChildren              -
 *   queues       power-managed queues start               EvtIoStop, wait for what is delivered
 *   self         SelfManagedIoInit, later Restart         SelfManagedIoSuspend
 *
 * Up goes from top to bottom, down from bottom to top. A step that fails on the way up stops the
 * climb; what stands above it is taken down, the step itself only where it is marked (+): enabled
 * interrupts are disabled again, but D0Exit never answers a failed D0Entry. On the way down a
 * failure is remembered and the rest is done all the same (spec: PWR-06), but for a failed ArmWake:
 * then the steps above it go up again, and the device stays in D0.
 * (spec: powerstatemachine.cpp; power-up-sequence-for-a-function-or-filter-driver)
 *
 *   state            up                   up failed            down
 *   Stopped, Dx      D0Starting..., D0    InitialPowerUpFailed -
 *   D0               -                    -                    GotoD3Stopped/GotoDx, Stopped/Dx
 */
#include "wdf/pnp/fx_power.h"

#include "base/trace/trace.h"
#include "wdf/child/fx_child_list.h"
#include "nt/ke/ke_processor.h"
#include "wdf/frame/fx_call.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/io/fx_io.h"
#include "wdf/pnp/fx_notify.h"
#include "wdf/pnp/fx_wake.h"
#include "wdf/frame/fx_record.h"

struct fx_power_step {
    const char *name;
    WDF_DEVICE_POWER_STATE starting; /* state while it runs at a start; 0: as before */
    WDF_DEVICE_POWER_STATE waking;   /* the same on return from Dx */
    NTSTATUS (*up)(struct fx_device *device, WDF_POWER_DEVICE_STATE previous);
    NTSTATUS (*down)(struct fx_device *device, WDF_POWER_DEVICE_STATE target);
    bool undo_when_failed; /* down() also answers a failed up() */
    bool may_refuse;       /* a failing down() is no failure of the device: it stays up */
};

/* fx_power_move: the one place where the power state changes. */
static void fx_power_move(struct fx_device *device, WDF_DEVICE_POWER_STATE state)
{
    WDF_DEVICE_POWER_STATE old = device->power.state;

    if (state == old) {
        return;
    }
    fx_notify_processed(device, FX_MACHINE_POWER, (ULONG)old);
    fx_notify_leave(device, FX_MACHINE_POWER, (ULONG)old, (ULONG)state);
    FX_SET(device->power.state, state);
    fx_notify_enter(device, FX_MACHINE_POWER, (ULONG)old, (ULONG)state);
}

static NTSTATUS fx_power_call_state(struct fx_device *device, const char *kind,
                                    PFN_WDF_DEVICE_D0_ENTRY callback, WDF_POWER_DEVICE_STATE state)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    /* The four callbacks with a power state have one and the same type. */
    if (callback != NULL && fx_call_enter(&call, kind, callback, &device->object, NULL)) {
        KE_CALL_ARGUMENTS(&call.frame, KE_WORD(fx_device_handle(device)), KE_WORD(state));
        status = callback(fx_device_handle(device), state);
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS fx_power_call(struct fx_device *device, const char *kind,
                              PFN_WDF_DEVICE_SELF_MANAGED_IO_INIT callback)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, kind, callback, &device->object, NULL)) {
        status = callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
    return status;
}

static void fx_power_call_void(struct fx_device *device, const char *kind,
                               PFN_WDF_DEVICE_SELF_MANAGED_IO_FLUSH callback)
{
    struct fx_call call;

    if (callback != NULL && fx_call_enter(&call, kind, callback, &device->object, NULL)) {
        callback(fx_device_handle(device));
        fx_call_leave(&call);
    }
}

static NTSTATUS fx_power_parent_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return fx_pdo_power_up(device);
}

static NTSTATUS fx_power_parent_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    fx_pdo_power_down(device);
    return STATUS_SUCCESS;
}

static NTSTATUS fx_power_hardware_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return fx_power_call_state(device, "EvtDeviceD0Entry", device->settings.pnp.EvtDeviceD0Entry,
                               previous);
}

static NTSTATUS fx_power_hardware_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_power_call_state(device, "EvtDeviceD0Exit", device->settings.pnp.EvtDeviceD0Exit,
                               target);
}

static NTSTATUS fx_power_interrupts_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return fx_interrupts_connect(device);
}

static NTSTATUS fx_power_interrupts_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_interrupts_disconnect(device, target == WdfPowerDeviceD3Final);
}

static NTSTATUS fx_power_post_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return fx_power_call_state(device, "EvtDeviceD0EntryPostInterruptsEnabled",
                               device->settings.pnp.EvtDeviceD0EntryPostInterruptsEnabled,
                               previous);
}

static NTSTATUS fx_power_post_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_power_call_state(device, "EvtDeviceD0ExitPreInterruptsDisabled",
                               device->settings.pnp.EvtDeviceD0ExitPreInterruptsDisabled, target);
}

static NTSTATUS fx_power_dma_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return fx_dma_power_up(device);
}

static NTSTATUS fx_power_dma_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_dma_power_down(device);
}

static NTSTATUS fx_power_wake_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    fx_wake_disarm(device);
    return STATUS_SUCCESS;
}

static NTSTATUS fx_power_wake_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_wake_arm(device);
}

static NTSTATUS fx_power_children_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    fx_child_lists_scan(device); /* spec: CHL-05 */
    return STATUS_SUCCESS;
}

static NTSTATUS fx_power_children_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return STATUS_SUCCESS; /* what is known stays known */
}

static NTSTATUS fx_power_queues_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    fx_io_power_up(device->io);
    return STATUS_SUCCESS;
}

static NTSTATUS fx_power_queues_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    fx_io_power_down(device->io, WdfRequestStopActionSuspend);
    return STATUS_SUCCESS;
}

static NTSTATUS fx_power_self_up(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    const WDF_PNPPOWER_EVENT_CALLBACKS *pnp = &device->settings.pnp;
    NTSTATUS status;

    if (!device->power.self_init_tried) {
        device->power.self_init_tried = true;
        status =
            fx_power_call(device, "EvtDeviceSelfManagedIoInit", pnp->EvtDeviceSelfManagedIoInit);
    } else {
        status = fx_power_call(device, "EvtDeviceSelfManagedIoRestart",
                               pnp->EvtDeviceSelfManagedIoRestart);
    }
    return status;
}

static NTSTATUS fx_power_self_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return fx_power_call(device, "EvtDeviceSelfManagedIoSuspend",
                         device->settings.pnp.EvtDeviceSelfManagedIoSuspend);
}

static const struct fx_power_step fx_power_steps[] = {
    {"parent", 0, 0, fx_power_parent_up, fx_power_parent_down, false, false},
    {"hardware", WdfDevStatePowerD0Starting, WdfDevStatePowerWaking, fx_power_hardware_up,
     fx_power_hardware_down, false, false},
    {"interrupts", WdfDevStatePowerD0StartingConnectInterrupt,
     WdfDevStatePowerWakingConnectInterrupt, fx_power_interrupts_up, fx_power_interrupts_down, true,
     false},
    {"post interrupts", 0, 0, fx_power_post_up, fx_power_post_down, false, false},
    {"DMA", WdfDevStatePowerD0StartingDmaEnable, WdfDevStatePowerWakingDmaEnable, fx_power_dma_up,
     fx_power_dma_down, true, false},
    {"wake", 0, 0, fx_power_wake_up, fx_power_wake_down, false, true},
    {"children", 0, 0, fx_power_children_up, fx_power_children_down, false, false},
    {"queues", WdfDevStatePowerD0StartingStartSelfManagedIo, WdfDevStatePowerStartSelfManagedIo,
     fx_power_queues_up, fx_power_queues_down, false, false},
    {"self-managed I/O", 0, 0, fx_power_self_up, fx_power_self_down, false, false},
};
#define FX_POWER_STEPS (sizeof(fx_power_steps) / sizeof(fx_power_steps[0]))

/* fx_power_climb_back: the steps from `step` on go up again: the device stays in D0. */
static NTSTATUS fx_power_climb_back(struct fx_device *device, size_t step)
{
    NTSTATUS status = STATUS_SUCCESS;

    device->power.refused = true;
    for (; step < FX_POWER_STEPS && NT_SUCCESS(status); step++) {
        status = fx_power_steps[step].up(device, WdfPowerDeviceD0);
    }
    return status;
}

/* fx_power_descend: take down the steps below `count`, the last one first. */
static NTSTATUS fx_power_descend(struct fx_device *device, size_t count,
                                 WDF_POWER_DEVICE_STATE target)
{
    NTSTATUS first = STATUS_SUCCESS;

    while (count > 0) {
        const struct fx_power_step *row = &fx_power_steps[--count];
        NTSTATUS status = row->down(device, target);

        if (!NT_SUCCESS(status) && row->may_refuse) { /* spec: PWR-16 */
            return fx_power_climb_back(device, count + 1);
        }
        if (!NT_SUCCESS(status) && NT_SUCCESS(first)) {
            first = status;
        }
    }
    return first;
}

NTSTATUS fx_power_up(struct fx_device *device)
{
    WDF_POWER_DEVICE_STATE previous = device->power.device_state;
    bool starting = previous == WdfPowerDeviceD3Final;
    NTSTATUS status = STATUS_SUCCESS;
    size_t step = 0;

    CORE_ASSERT(previous != WdfPowerDeviceD0);
    fx_event_power(&device->object, "power up");
    for (; step < FX_POWER_STEPS; step++) {
        const struct fx_power_step *row = &fx_power_steps[step];
        WDF_DEVICE_POWER_STATE state = starting ? row->starting : row->waking;

        if (state != 0) {
            fx_power_move(device, state);
        }
        status = row->up(device, previous);
        if (!NT_SUCCESS(status)) {
            break;
        }
    }
    if (NT_SUCCESS(status)) {
        FX_SET(device->power.device_state, WdfPowerDeviceD0);
        fx_power_move(device,
                      device->settings.power_pageable ? WdfDevStatePowerD0 : WdfDevStatePowerD0NP);
        fx_wake_settled(device);
        return STATUS_SUCCESS;
    }
    fx_power_descend(device, fx_power_steps[step].undo_when_failed ? step + 1 : step,
                     WdfPowerDeviceD3Final);
    FX_SET(device->power.device_state, WdfPowerDeviceD3Final);
    fx_power_move(device,
                  starting ? WdfDevStatePowerInitialPowerUpFailed : WdfDevStatePowerUpFailed);
    fx_wake_settled(device);
    return status;
}

NTSTATUS fx_power_down(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    bool final = target == WdfPowerDeviceD3Final;
    NTSTATUS status;

    if (!fx_power_is_up(device)) {
        return STATUS_SUCCESS;
    }
    fx_event_power(&device->object, "power down");
    fx_power_move(device, final ? WdfDevStatePowerGotoD3Stopped : WdfDevStatePowerGotoDx);
    device->power.refused = false;
    status = fx_power_descend(device, FX_POWER_STEPS, target);
    if (device->power.refused) {
        fx_power_move(device,
                      device->settings.power_pageable ? WdfDevStatePowerD0 : WdfDevStatePowerD0NP);
        return status;
    }
    /* The bus knows the device in D3 while the system writes its memory to the disk. */
    FX_SET(device->power.device_state,
           target == WdfPowerDevicePrepareForHibernation ? WdfPowerDeviceD3 : target);
    if (!NT_SUCCESS(status)) {
        fx_power_move(device,
                      final ? WdfDevStatePowerFinalPowerDownFailed : WdfDevStatePowerGotoDxFailed);
    } else {
        fx_power_move(device, final                   ? WdfDevStatePowerStopped
                              : fx_wake_armed(device) ? WdfDevStatePowerDxArmedForWake
                                                      : WdfDevStatePowerDx);
    }
    return status;
}

void fx_power_flush(struct fx_device *device)
{
    if (device->power.self_init_tried && !device->power.self_flushed) {
        device->power.self_flushed = true;
        fx_power_call_void(device, "EvtDeviceSelfManagedIoFlush",
                           device->settings.pnp.EvtDeviceSelfManagedIoFlush);
    }
}

void fx_power_cleanup(struct fx_device *device)
{
    if (device->power.self_init_tried && !device->power.self_cleaned) {
        device->power.self_cleaned = true;
        fx_power_call_void(device, "EvtDeviceSelfManagedIoCleanup",
                           device->settings.pnp.EvtDeviceSelfManagedIoCleanup);
    }
}

void fx_power_forget(struct fx_device *device)
{
    device->power.self_init_tried = false;
    device->power.self_flushed = false;
    device->power.self_cleaned = false;
    FX_SET(device->power.device_state, WdfPowerDeviceD3Final);
}
