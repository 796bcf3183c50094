/* po_fx.c - the power framework: activating and idling the components of a device, answers of the driver.
 * Normal path: a routine changes what is wanted under the lock, then runs the transitions (po_fx_run.c).
 */
#include "nt/io/power/po_fx.h"

#include "nt/ke/ke_api.h"

/* With the lock, and the reference of the caller: both are over. */
static void po_fx_changed(struct po_fx *fx)
{
    po_fx_unlock();
    po_fx_run(fx);
    po_fx_deref(fx);
}

/* ---- what is wanted ---- */

VOID PoFxStartDevicePowerManagement(POHANDLE Handle)
{
    struct po_fx *fx = API(APC_LEVEL) ? po_fx_of(Handle, __func__) : NULL;

    if (fx != NULL) {
        po_fx_lock();
        fx->started = true;
        po_fx_changed(fx);
    }
}

/* In the caller's context, or by a work item. */
static void po_fx_go(struct po_fx *fx, ULONG flags)
{
    bool queue;

    if ((flags & PO_FX_FLAG_ASYNC_ONLY) == 0) {
        po_fx_run(fx);
        return;
    }
    po_fx_lock();
    queue = !fx->item_queued;
    fx->item_queued = true;
    if (queue) {
        fx->references++;
    }
    po_fx_unlock();
    if (queue) {
        ExQueueWorkItem(&fx->item, DelayedWorkQueue);
    }
}

static bool po_fx_flags_are_valid(ULONG flags, const struct po_fx *fx, const char *api)
{
    if (flags > PO_FX_FLAG_ASYNC_ONLY) { /* not both, and no others */
        po_fx_misuse(api, fx, flags, "flags are PO_FX_FLAG_BLOCKING or PO_FX_FLAG_ASYNC_ONLY");
        return false;
    }
    return true;
}

VOID PoFxActivateComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    struct po_fx *fx = API((Flags & PO_FX_FLAG_BLOCKING) != 0 ? APC_LEVEL : DISPATCH_LEVEL)
                           ? po_fx_of_component(Handle, Component, __func__)
                           : NULL;

    if (fx == NULL) {
        return;
    }
    if (po_fx_flags_are_valid(Flags, fx, __func__)) {
        po_fx_lock();
        fx->components[Component].references++;
        po_fx_unlock();
        po_fx_go(fx, Flags);
        if ((Flags & PO_FX_FLAG_BLOCKING) != 0) {
            KeWaitForSingleObject(&fx->components[Component].is_active, Executive, KernelMode,
                                  FALSE, NULL);
        }
    }
    po_fx_deref(fx);
}

VOID PoFxIdleComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    struct po_fx *fx = API((Flags & PO_FX_FLAG_BLOCKING) != 0 ? APC_LEVEL : DISPATCH_LEVEL)
                           ? po_fx_of_component(Handle, Component, __func__)
                           : NULL;
    bool was_active = false;
    bool last = false;

    if (fx == NULL) {
        return;
    }
    if (po_fx_flags_are_valid(Flags, fx, __func__)) {
        po_fx_lock();
        was_active = fx->components[Component].references != 0;
        if (was_active) {
            last = --fx->components[Component].references == 0 && fx->started;
        }
        po_fx_unlock();
        if (!was_active) {
            po_fx_misuse(__func__, fx, Component, "nobody has activated the component");
        } else {
            po_fx_go(fx, Flags);
        }
        if (last && (Flags & PO_FX_FLAG_BLOCKING) != 0) {
            KeWaitForSingleObject(&fx->components[Component].is_idle, Executive, KernelMode, FALSE,
                                  NULL);
        }
    }
    po_fx_deref(fx);
}

VOID PoFxSetComponentLatency(POHANDLE Handle, ULONG Component, ULONGLONG Latency)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of_component(Handle, Component, __func__) : NULL;

    if (fx != NULL) {
        po_fx_lock();
        fx->components[Component].latency = Latency;
        po_fx_changed(fx);
    }
}

VOID PoFxSetComponentResidency(POHANDLE Handle, ULONG Component, ULONGLONG Residency)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of_component(Handle, Component, __func__) : NULL;

    if (fx != NULL) {
        po_fx_lock();
        fx->components[Component].residency = Residency;
        po_fx_changed(fx);
    }
}

VOID PoFxSetComponentWake(POHANDLE Handle, ULONG Component, BOOLEAN WakeHint)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of_component(Handle, Component, __func__) : NULL;

    if (fx != NULL) {
        po_fx_lock();
        fx->components[Component].wake = WakeHint;
        po_fx_changed(fx);
    }
}

VOID PoFxSetDeviceIdleTimeout(POHANDLE Handle, ULONGLONG IdleTimeout)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of(Handle, __func__) : NULL;

    if (fx != NULL) {
        po_fx_lock();
        fx->timeout_100ns = IdleTimeout; /* an interval that runs stays as it is */
        po_fx_unlock();
        po_fx_deref(fx);
    }
}

/* ---- answers ---- */

VOID PoFxCompleteIdleCondition(POHANDLE Handle, ULONG Component)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of_component(Handle, Component, __func__) : NULL;
    bool pending;

    if (fx == NULL) {
        return;
    }
    po_fx_lock();
    pending = fx->components[Component].condition == PO_FX_LEAVING;
    if (pending) {
        fx->components[Component].condition = PO_FX_IDLE;
    }
    po_fx_unlock();
    if (pending) {
        KeSetEvent(&fx->components[Component].is_idle, IO_NO_INCREMENT, FALSE);
        po_fx_run(fx);
    } else {
        po_fx_misuse(__func__, fx, Component,
                     "the component is not on its way to the idle condition");
    }
    po_fx_deref(fx);
}

VOID PoFxCompleteIdleState(POHANDLE Handle, ULONG Component)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of_component(Handle, Component, __func__) : NULL;
    bool pending;

    if (fx == NULL) {
        return;
    }
    po_fx_lock();
    pending = fx->components[Component].state_pending;
    if (pending) {
        fx->components[Component].state_pending = false;
        fx->components[Component].state = fx->components[Component].next_state;
    }
    po_fx_unlock();
    if (pending) {
        po_fx_run(fx);
    } else {
        po_fx_misuse(__func__, fx, Component, "the component is not on its way to another state");
    }
    po_fx_deref(fx);
}

VOID PoFxCompleteDevicePowerNotRequired(POHANDLE Handle)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of(Handle, __func__) : NULL;
    bool pending;

    if (fx == NULL) {
        return;
    }
    po_fx_lock();
    pending = fx->power == PO_FX_RELEASING;
    if (pending) {
        fx->power = PO_FX_OFF;
    }
    po_fx_unlock();
    if (pending) {
        po_fx_run(fx);
    } else {
        po_fx_misuse(__func__, fx, 0, "the driver was not told that power is not required");
    }
    po_fx_deref(fx);
}

/* Also after the system has woken up, whatever was asked for. */
VOID PoFxReportDevicePoweredOn(POHANDLE Handle)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of(Handle, __func__) : NULL;

    if (fx == NULL) {
        return;
    }
    po_fx_lock();
    if (fx->power == PO_FX_REQUIRED || fx->power == PO_FX_OFF) {
        fx->power = PO_FX_ON;
        fx->timeout_passed = false;
    }
    po_fx_changed(fx);
}

NTSTATUS PoFxPowerControl(POHANDLE Handle, LPCGUID PowerControlCode, PVOID InBuffer,
                          SIZE_T InBufferSize, PVOID OutBuffer, SIZE_T OutBufferSize,
                          PSIZE_T BytesReturned)
{
    struct po_fx *fx = API(DISPATCH_LEVEL) ? po_fx_of(Handle, __func__) : NULL;

    if (fx == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    po_fx_deref(fx);
    if (BytesReturned != NULL) {
        *BytesReturned = 0;
    }
    return STATUS_NOT_IMPLEMENTED; /* codes are between a driver and a power engine, of which there is none */
}
