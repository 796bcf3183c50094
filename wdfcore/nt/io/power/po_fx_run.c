/* po_fx_run.c - the transitions of a device of the power framework.
 *   component   needed                       not needed
 *   ACTIVE      -                            LEAVING: idle condition callback
 *   LEAVING     - (waits for the answer)     - (as before)
 *   IDLE, F0    ACTIVE, if power is ON       a deeper state: idle state callback
 *   IDLE, Fn    F0: idle state callback      another state, if another is allowed
 *   power
 *   ON          -                            RELEASING, when all are idle: not required callback
 *   RELEASING   - (waits for the answer: OFF)
 *   OFF         REQUIRED: required callback  -
 *   REQUIRED    - (waits for the report: ON)
 */
#include "nt/io/power/po_fx.h"

#include "nt/ke/ke_call.h"

enum po_fx_action {
    PO_FX_NOTHING,
    PO_FX_CALL_ACTIVE,
    PO_FX_CALL_IDLE,
    PO_FX_CALL_STATE,
    PO_FX_CALL_REQUIRED,
    PO_FX_CALL_NOT_REQUIRED,
    PO_FX_ARM,
    PO_FX_DISARM,
};

struct po_fx_step {
    enum po_fx_action action;
    ULONG component;
    ULONG state;
    ULONGLONG timeout_100ns;
};

/* ---- what comes next ---- */

/* The deepest state that is allowed now. */
static ULONG po_fx_choose_locked(const struct po_fx *fx, const struct po_fx_component *component)
{
    ULONG state = component->wake ? component->deepest_wake : component->states - 1;

    if (component->on_in_dx && fx->timeout_passed) {
        return 0; /* the device is about to lose power */
    }
    while (state != 0 &&
           (component->idle_states[state].TransitionLatency > component->latency ||
            component->idle_states[state].ResidencyRequirement > component->residency)) {
        state--;
    }
    return state;
}

static struct po_fx_step po_fx_to_state_locked(struct po_fx_component *component, ULONG index,
                                               ULONG state)
{
    component->state_pending = true;
    component->next_state = state;
    return (struct po_fx_step){.action = PO_FX_CALL_STATE, .component = index, .state = state};
}

static struct po_fx_step po_fx_component_step_locked(struct po_fx *fx, ULONG index)
{
    struct po_fx_component *component = &fx->components[index];
    bool needed = component->references != 0 || !fx->started;
    const struct po_fx_step nothing = {.action = PO_FX_NOTHING};
    ULONG state;

    if (component->condition == PO_FX_LEAVING || component->state_pending) {
        return nothing;
    }
    if (component->condition == PO_FX_ACTIVE) {
        if (needed) {
            return nothing;
        }
        component->condition = PO_FX_LEAVING;
        return (struct po_fx_step){.action = PO_FX_CALL_IDLE, .component = index};
    }
    if (needed && fx->power == PO_FX_OFF) {
        fx->power = PO_FX_REQUIRED;
        return (struct po_fx_step){.action = PO_FX_CALL_REQUIRED};
    }
    if (fx->power != PO_FX_ON) {
        return nothing;
    }
    state = needed ? 0 : po_fx_choose_locked(fx, component);
    if (state != component->state) {
        return po_fx_to_state_locked(component, index, state);
    }
    if (!needed) {
        return nothing;
    }
    component->condition = PO_FX_ACTIVE;
    fx->timeout_passed = false;
    return (struct po_fx_step){.action = PO_FX_CALL_ACTIVE, .component = index};
}

static bool po_fx_is_at_rest_locked(const struct po_fx *fx)
{
    for (ULONG i = 0; i < fx->count; i++) {
        if (fx->components[i].references != 0 || fx->components[i].condition != PO_FX_IDLE ||
            fx->components[i].state_pending) {
            return false;
        }
    }
    return fx->started && fx->power == PO_FX_ON;
}

static struct po_fx_step po_fx_any_component_step_locked(struct po_fx *fx)
{
    struct po_fx_step step = {.action = PO_FX_NOTHING};

    for (ULONG i = 0; i < fx->count && step.action == PO_FX_NOTHING; i++) {
        step = po_fx_component_step_locked(fx, i);
    }
    return step;
}

/* All components are where they want to be. */
static struct po_fx_step po_fx_power_step_locked(struct po_fx *fx)
{
    bool at_rest = po_fx_is_at_rest_locked(fx);
    struct po_fx_step step = {.action = PO_FX_NOTHING, .timeout_100ns = fx->timeout_100ns};

    if (at_rest && fx->timeout_passed) {
        fx->power = PO_FX_RELEASING;
        step.action = PO_FX_CALL_NOT_REQUIRED;
    } else if (at_rest && !fx->timer_armed) {
        fx->timer_armed = true;
        step.action = PO_FX_ARM;
    } else if (!at_rest && fx->timer_armed) {
        fx->timer_armed = false;
        step.action = PO_FX_DISARM;
    }
    return step;
}

static struct po_fx_step po_fx_next_locked(struct po_fx *fx)
{
    struct po_fx_step step = {.action = PO_FX_NOTHING};

    if (fx->gone) {
        return step;
    }
    step = po_fx_any_component_step_locked(fx);
    if (step.action == PO_FX_NOTHING && !fx->timeout_passed && fx->timeout_100ns == 0 &&
        po_fx_is_at_rest_locked(fx)) {
        fx->timeout_passed = true; /* some components are brought to F0 before the device is off */
        step = po_fx_any_component_step_locked(fx);
    }
    return step.action != PO_FX_NOTHING ? step : po_fx_power_step_locked(fx);
}

/* ---- callbacks ---- */

/* A driver without the routine has nothing to do there: that is its answer. */
static void po_fx_call_component(struct po_fx *fx, const struct po_fx_step *step)
{
    struct po_fx_component *component = &fx->components[step->component];
    PVOID context = fx->callbacks.DeviceContext;
    struct ke_callback frame;

    if (step->action == PO_FX_CALL_ACTIVE) {
        KeClearEvent(&component->is_idle);
        if (fx->callbacks.ComponentActiveConditionCallback != NULL) {
            ke_call_enter(&frame, "ComponentActiveCondition",
                          (const void *)fx->callbacks.ComponentActiveConditionCallback, fx);
            fx->callbacks.ComponentActiveConditionCallback(context, step->component);
            ke_call_leave(&frame);
        }
        KeSetEvent(&component->is_active, IO_NO_INCREMENT, FALSE);
    } else if (step->action == PO_FX_CALL_IDLE) {
        KeClearEvent(&component->is_active);
        if (fx->callbacks.ComponentIdleConditionCallback == NULL) {
            PoFxCompleteIdleCondition((POHANDLE)fx, step->component);
            return;
        }
        ke_call_enter(&frame, "ComponentIdleCondition",
                      (const void *)fx->callbacks.ComponentIdleConditionCallback, fx);
        fx->callbacks.ComponentIdleConditionCallback(context, step->component);
        ke_call_leave(&frame);
    } else {
        if (fx->callbacks.ComponentIdleStateCallback == NULL) {
            PoFxCompleteIdleState((POHANDLE)fx, step->component);
            return;
        }
        ke_call_enter(&frame, "ComponentIdleState",
                      (const void *)fx->callbacks.ComponentIdleStateCallback, fx);
        fx->callbacks.ComponentIdleStateCallback(context, step->component, step->state);
        ke_call_leave(&frame);
    }
}

static void po_fx_call_device(struct po_fx *fx, bool required)
{
    PVOID context = fx->callbacks.DeviceContext;
    struct ke_callback frame;

    if (required) {
        if (fx->callbacks.DevicePowerRequiredCallback == NULL) {
            PoFxReportDevicePoweredOn((POHANDLE)fx);
            return;
        }
        ke_call_enter(&frame, "DevicePowerRequired",
                      (const void *)fx->callbacks.DevicePowerRequiredCallback, fx);
        fx->callbacks.DevicePowerRequiredCallback(context);
    } else {
        if (fx->callbacks.DevicePowerNotRequiredCallback == NULL) {
            PoFxCompleteDevicePowerNotRequired((POHANDLE)fx);
            return;
        }
        ke_call_enter(&frame, "DevicePowerNotRequired",
                      (const void *)fx->callbacks.DevicePowerNotRequiredCallback, fx);
        fx->callbacks.DevicePowerNotRequiredCallback(context);
    }
    ke_call_leave(&frame);
}

static void po_fx_take(struct po_fx *fx, const struct po_fx_step *step)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)step->timeout_100ns};

    switch (step->action) {
    case PO_FX_CALL_REQUIRED:
    case PO_FX_CALL_NOT_REQUIRED:
        po_fx_call_device(fx, step->action == PO_FX_CALL_REQUIRED);
        break;
    case PO_FX_ARM:
        KeSetTimer(&fx->timer, due, &fx->dpc);
        break;
    case PO_FX_DISARM:
        KeCancelTimer(&fx->timer);
        break;
    default:
        po_fx_call_component(fx, step);
        break;
    }
}

void po_fx_run(struct po_fx *fx)
{
    po_fx_lock();
    if (fx->running || fx->gone) {
        po_fx_unlock();
        return;
    }
    fx->running = true;
    fx->references++;
    for (;;) {
        const struct po_fx_step step = po_fx_next_locked(fx);

        if (step.action == PO_FX_NOTHING) {
            break;
        }
        po_fx_unlock();
        po_fx_take(fx, &step);
        po_fx_lock();
    }
    fx->running = false;
    po_fx_unlock();
    po_fx_deref(fx);
}
