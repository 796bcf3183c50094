/* po_fx_register.c - which devices are registered with the power framework.
 * Tear-down waits for the callbacks and the work item that are on, unless one is the caller's own; the timer's
 * DPC that comes later finds that the device is gone.
 */
#include "nt/io/power/po_fx.h"

#include <utlist.h>

#include "base/lock.h"
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

#define PO_FX_TAG 'xFoP'

static struct base_lock po_fx_registry = {.rank = BASE_RANK_IO};
static struct po_fx *po_fx_devices; /* (l) */

void po_fx_lock(void)
{
    base_lock_acquire(&po_fx_registry);
}

void po_fx_unlock(void)
{
    base_lock_release(&po_fx_registry);
}

void po_fx_ref(struct po_fx *fx)
{
    po_fx_lock();
    fx->references++;
    po_fx_unlock();
}

void po_fx_deref(struct po_fx *fx)
{
    bool last;
    bool alone;

    po_fx_lock();
    last = --fx->references == 0;
    alone = fx->waited_for && fx->references == 1;
    po_fx_unlock();
    if (alone) {
        KeSetEvent(&fx->left, IO_NO_INCREMENT, FALSE); /* who waits has the last one */
    }
    if (!last) {
        return;
    }
    for (ULONG i = 0; i < fx->count; i++) {
        ExFreePoolWithTag(fx->components[i].idle_states, PO_FX_TAG);
    }
    ob_deref(fx->pdo);
    ExFreePoolWithTag(fx, PO_FX_TAG);
}

struct po_fx *po_fx_of(POHANDLE handle, const char *api)
{
    struct po_fx *fx;

    po_fx_lock();
    for (fx = po_fx_devices; fx != NULL && fx != (struct po_fx *)handle; fx = fx->next) {
    }
    if (fx != NULL) {
        fx->references++;
    }
    po_fx_unlock();
    if (fx == NULL) {
        ke_check_refuse(RULE_ObjectNotInitialized, handle,
                        "a registration with the power framework", api);
    }
    return fx;
}

void po_fx_misuse(const char *api, const struct po_fx *fx, ULONG component, const char *what)
{
    ke_violation(RULE_BadParameter, 0, 0, (uintptr_t)fx, component, 0, "%s: %s", api, what);
}

struct po_fx *po_fx_of_component(POHANDLE handle, ULONG component, const char *api)
{
    struct po_fx *fx = po_fx_of(handle, api);

    if (fx != NULL && component >= fx->count) {
        po_fx_misuse(api, fx, component, "there is no such component");
        po_fx_deref(fx);
        fx = NULL;
    }
    return fx;
}

/* ---- registering ---- */

static VOID po_fx_timer(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct po_fx *fx;

    po_fx_lock();
    for (fx = po_fx_devices; fx != NULL && fx != context; fx = fx->next) {
    }
    if (fx != NULL && fx->timer_armed) {
        fx->timer_armed = false;
        fx->timeout_passed = true;
        fx->references++;
    } else {
        fx = NULL;
    }
    po_fx_unlock();
    if (fx != NULL) {
        po_fx_run(fx);
        po_fx_deref(fx);
    }
}

/* Has the reference of who queued it. */
static VOID po_fx_work(PVOID context)
{
    struct po_fx *fx = context;

    po_fx_lock();
    fx->item_queued = false;
    po_fx_unlock();
    po_fx_run(fx);
    po_fx_deref(fx);
}

static bool po_fx_states_are_valid(ULONG count, const PO_FX_COMPONENT_IDLE_STATE *states,
                                   ULONG deepest_wake)
{
    if (count == 0 || states == NULL || deepest_wake >= count || states[0].TransitionLatency != 0 ||
        states[0].ResidencyRequirement != 0) {
        return false;
    }
    for (ULONG i = 1; i < count; i++) {
        if (states[i].TransitionLatency < states[i - 1].TransitionLatency ||
            states[i].ResidencyRequirement < states[i - 1].ResidencyRequirement) {
            return false;
        }
    }
    return true;
}

/* What all versions of the structure say, as the newest one; its components follow apart. */
static bool po_fx_read_device(const PO_FX_DEVICE_V3 *given, PO_FX_DEVICE_V3 *device,
                              const PO_FX_COMPONENT_V1 **old, const PO_FX_COMPONENT_V2 **components)
{
    const PO_FX_DEVICE_V1 *first = (const PO_FX_DEVICE_V1 *)given;
    const PO_FX_DEVICE_V2 *second = (const PO_FX_DEVICE_V2 *)given;

    *old = NULL;
    *components = NULL;
    *device = (PO_FX_DEVICE_V3){.Version = given->Version};
    if (given->Version == PO_FX_VERSION_V1) {
        device->ComponentActiveConditionCallback = first->ComponentActiveConditionCallback;
        device->ComponentIdleConditionCallback = first->ComponentIdleConditionCallback;
        device->ComponentIdleStateCallback = first->ComponentIdleStateCallback;
        device->DevicePowerRequiredCallback = first->DevicePowerRequiredCallback;
        device->DevicePowerNotRequiredCallback = first->DevicePowerNotRequiredCallback;
        device->DeviceContext = first->DeviceContext;
        device->ComponentCount = first->ComponentCount;
        *old = first->Components;
        return true;
    }
    if (given->Version != PO_FX_VERSION_V2 && given->Version != PO_FX_VERSION_V3) {
        return false;
    }
    /* Up to the power control callback the two are the same. */
    device->ComponentActiveConditionCallback = second->ComponentActiveConditionCallback;
    device->ComponentIdleConditionCallback = second->ComponentIdleConditionCallback;
    device->ComponentIdleStateCallback = second->ComponentIdleStateCallback;
    device->DevicePowerRequiredCallback = second->DevicePowerRequiredCallback;
    device->DevicePowerNotRequiredCallback = second->DevicePowerNotRequiredCallback;
    device->DeviceContext =
        given->Version == PO_FX_VERSION_V2 ? second->DeviceContext : given->DeviceContext;
    device->ComponentCount =
        given->Version == PO_FX_VERSION_V2 ? second->ComponentCount : given->ComponentCount;
    *components = given->Version == PO_FX_VERSION_V2 ? second->Components : given->Components;
    return true;
}

static NTSTATUS po_fx_copy_component(struct po_fx_component *to, const PO_FX_COMPONENT_V1 *old,
                                     const PO_FX_COMPONENT_V2 *component)
{
    ULONG states = old != NULL ? old->IdleStateCount : component->IdleStateCount;
    const PO_FX_COMPONENT_IDLE_STATE *from = old != NULL ? old->IdleStates : component->IdleStates;

    to->deepest_wake =
        old != NULL ? old->DeepestWakeableIdleState : component->DeepestWakeableIdleState;
    if (!po_fx_states_are_valid(states, from, to->deepest_wake)) {
        return STATUS_INVALID_PARAMETER;
    }
    to->idle_states = ExAllocatePoolWithTag(NonPagedPool, states * sizeof(*from), PO_FX_TAG);
    if (to->idle_states == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(to->idle_states, from, states * sizeof(*from));
    to->states = states;
    to->on_in_dx = old == NULL && (component->Flags & PO_FX_COMPONENT_FLAG_F0_ON_DX) != 0;
    to->latency = to->residency = PO_FX_UNKNOWN_TIME; /* any */
    KeInitializeEvent(&to->is_active, NotificationEvent, TRUE);
    KeInitializeEvent(&to->is_idle, NotificationEvent, FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS po_fx_create(const PO_FX_DEVICE_V3 *given, struct po_fx **out)
{
    const PO_FX_COMPONENT_V1 *old;
    const PO_FX_COMPONENT_V2 *components;
    PO_FX_DEVICE_V3 device;
    NTSTATUS status = STATUS_SUCCESS;
    struct po_fx *fx;
    ULONG i;

    if (!po_fx_read_device(given, &device, &old, &components) || device.ComponentCount == 0 ||
        device.ComponentCount > MAXUSHORT) {
        return STATUS_INVALID_PARAMETER;
    }
    fx = ExAllocatePoolZero(
        NonPagedPool, sizeof(*fx) + device.ComponentCount * sizeof(fx->components[0]), PO_FX_TAG);
    if (fx == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (i = 0; i < device.ComponentCount && NT_SUCCESS(status); i++) {
        status = po_fx_copy_component(&fx->components[i], old != NULL ? &old[i] : NULL,
                                      old != NULL ? NULL : &components[i]);
    }
    if (!NT_SUCCESS(status)) {
        while (i-- > 0) {
            if (fx->components[i].idle_states != NULL) {
                ExFreePoolWithTag(fx->components[i].idle_states, PO_FX_TAG);
            }
        }
        ExFreePoolWithTag(fx, PO_FX_TAG);
        return status;
    }
    fx->callbacks = device;
    fx->count = device.ComponentCount;
    KeInitializeEvent(&fx->left, SynchronizationEvent, FALSE);
    KeInitializeTimer(&fx->timer);
    KeInitializeDpc(&fx->dpc, po_fx_timer, fx);
    ExInitializeWorkItem(&fx->item, po_fx_work, fx);
    fx->references = 1; /* the registration's, dropped by PoFxUnregisterDevice */
    *out = fx;
    return STATUS_SUCCESS;
}

NTSTATUS PoFxRegisterDevice(PDEVICE_OBJECT Pdo, PPO_FX_DEVICE Device, POHANDLE *Handle)
{
    const struct po_fx *other;
    struct po_fx *fx;
    NTSTATUS status;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (Pdo == NULL || ke_address_is_bad(Device)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!io_device_check(Pdo, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = po_fx_create((const PO_FX_DEVICE_V3 *)Device, &fx);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    ob_ref(Pdo); /* dropped with the registration */
    fx->pdo = Pdo;
    po_fx_lock();
    for (other = po_fx_devices; other != NULL && other->pdo != Pdo; other = other->next) {
    }
    if (other == NULL) {
        LL_PREPEND(po_fx_devices, fx);
    }
    po_fx_unlock();
    if (other != NULL) {
        po_fx_misuse(__func__, fx, 0, "the device is registered already");
        po_fx_deref(fx);
        return STATUS_INVALID_PARAMETER;
    }
    *Handle = (POHANDLE)fx;
    return STATUS_SUCCESS;
}

/* The calling context is in a callback of that device. */
static bool po_fx_is_inside(const struct po_fx *fx)
{
    const struct ke_callback *frame = ke_self->chain;

    while (frame != NULL && frame->object != fx) {
        frame = frame->outer;
    }
    return frame != NULL;
}

VOID PoFxUnregisterDevice(POHANDLE Handle)
{
    struct po_fx *fx = API(APC_LEVEL) ? po_fx_of(Handle, __func__) : NULL;
    bool wait;

    if (fx == NULL) {
        return;
    }
    po_fx_lock();
    fx->gone = true;
    LL_DELETE(po_fx_devices, fx);
    fx->references--; /* the registration's */
    wait = fx->waited_for = fx->references != 1 && !po_fx_is_inside(fx);
    po_fx_unlock();
    if (wait) {
        KeWaitForSingleObject(&fx->left, Executive, KernelMode, FALSE, NULL);
    }
    KeCancelTimer(&fx->timer); /* after the wait: who was about to set it has done so */
    KeRemoveQueueDpc(&fx->dpc);
    po_fx_deref(fx);
}

static void po_fx_stop(void)
{
    po_fx_devices = NULL; /* their memory is pool */
}

static struct ke_machine_part po_fx_part = {.order = 12, .stop = po_fx_stop};

__attribute__((constructor)) static void po_fx_register(void)
{
    ke_machine_register(&po_fx_part);
}
