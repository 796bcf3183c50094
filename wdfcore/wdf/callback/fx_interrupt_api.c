/* fx_interrupt_api.c - what a driver does with a WDFINTERRUPT. */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/pnp/fx_pnp.h"
#include "wdf/pnp/fx_power.h"

static struct fx_interrupt *fx_interrupt_get(WDFINTERRUPT handle)
{
    return fx_handle_get(handle, FX_TYPE_INTERRUPT);
}

/* fx_interrupt_not_connected: what needs a connected interrupt has none. */
static void fx_interrupt_not_connected(const struct fx_interrupt *interrupt, const char *api)
{
    fx_violation(RULE_InterruptNotConnected, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                 "%s was called for an interrupt that is not connected", api);
}

/* fx_interrupt_below_passive: the lock of a passive interrupt is for PASSIVE_LEVEL only. */
static bool fx_interrupt_irql_allows(const struct fx_interrupt *interrupt, const char *api)
{
    if (!interrupt->passive || ke_self->irql == PASSIVE_LEVEL) {
        return true;
    }
    fx_violation(RULE_IrqlTooHigh, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                 "%s was called at IRQL %u for a passive-level interrupt", api,
                 (unsigned)ke_self->irql);
    return false;
}

/* fx_interrupt_own_work_item: it would wait for a lock or a flush that waits for the caller. */
static bool fx_interrupt_own_work_item(const struct fx_interrupt *interrupt, const char *api)
{
    if (interrupt->lock == NULL || interrupt->config.EvtInterruptWorkItem == NULL ||
        !fx_call_is_inside(interrupt->config.EvtInterruptWorkItem, &interrupt->object)) {
        return false;
    }
    fx_violation(RULE_WaitFromOwnCallback, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                 "%s was called from the interrupt's serialized EvtInterruptWorkItem", api);
    return true;
}

BOOLEAN WdfInterruptQueueDpcForIsr(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL) {
        return FALSE;
    }
    if (interrupt->config.EvtInterruptDpc == NULL) {
        fx_violation(RULE_InterruptNoDpcCallback, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "WdfInterruptQueueDpcForIsr was called for an interrupt without "
                     "EvtInterruptDpc");
        return FALSE;
    }
    return KeInsertQueueDpc(&interrupt->dpc, NULL, NULL);
}

BOOLEAN WdfInterruptQueueWorkItemForIsr(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL) {
        return FALSE;
    }
    if (interrupt->config.EvtInterruptWorkItem == NULL) {
        fx_violation(RULE_InterruptNoWorkItemCallback, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "WdfInterruptQueueWorkItemForIsr was called for an interrupt without "
                     "EvtInterruptWorkItem");
        return FALSE;
    }
    if (ke_self->irql > DISPATCH_LEVEL) {
        return KeInsertQueueDpc(&interrupt->dpc, NULL, NULL);
    }
    return fx_work_queue(&interrupt->work);
}

struct fx_synchronize {
    struct fx_interrupt *interrupt;
    PFN_WDF_INTERRUPT_SYNCHRONIZE callback;
    WDFCONTEXT context;
    BOOLEAN result;
};

static BOOLEAN fx_interrupt_synchronize_locked(PVOID context)
{
    struct fx_synchronize *request = context;
    struct fx_call call;

    if (fx_call_enter(&call, "EvtInterruptSynchronize", request->callback,
                      &request->interrupt->object, NULL)) {
        request->result =
            request->callback(fx_interrupt_handle(request->interrupt), request->context);
        fx_call_leave(&call);
    }
    return request->result;
}

BOOLEAN WdfInterruptSynchronize(WDFINTERRUPT Interrupt, PFN_WDF_INTERRUPT_SYNCHRONIZE Callback,
                                WDFCONTEXT Context)
{
    struct fx_synchronize request = {NULL, Callback, Context, FALSE};
    struct fx_interrupt *interrupt;

    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        !fx_required(Callback) || !fx_interrupt_irql_allows(interrupt, __func__) ||
        fx_interrupt_own_work_item(interrupt, __func__)) {
        return FALSE;
    }
    request.interrupt = interrupt;
    if (interrupt->passive) {
        if (fx_interrupt_wait_acquire(interrupt)) {
            fx_interrupt_synchronize_locked(&request);
            fx_interrupt_wait_release(interrupt);
        }
        return request.result;
    }
    if (interrupt->kinterrupt == NULL) {
        fx_interrupt_not_connected(interrupt, __func__);
        return FALSE;
    }
    return KeSynchronizeExecution(interrupt->kinterrupt, fx_interrupt_synchronize_locked, &request);
}

VOID WdfInterruptAcquireLock(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        !fx_interrupt_irql_allows(interrupt, __func__) ||
        fx_interrupt_own_work_item(interrupt, __func__)) {
        return;
    }
    if (interrupt->passive) {
        fx_interrupt_wait_acquire(interrupt);
    } else if (interrupt->kinterrupt == NULL) {
        fx_interrupt_not_connected(interrupt, __func__);
    } else if (FX_LOOK(interrupt->lock_holder) == ke_self) {
        fx_violation(RULE_SpinLockRecursive, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "the lock of an interrupt was acquired again by its holder");
    } else {
        KIRQL irql = KeAcquireInterruptSpinLock(interrupt->kinterrupt);

        interrupt->saved_irql = irql;
        FX_SET(interrupt->lock_holder, ke_self);
    }
}

VOID WdfInterruptReleaseLock(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        !fx_interrupt_irql_allows(interrupt, __func__)) {
        return;
    }
    if (interrupt->passive) {
        fx_interrupt_wait_release(interrupt);
    } else if (interrupt->kinterrupt == NULL) {
        fx_interrupt_not_connected(interrupt, __func__);
    } else if (FX_LOOK(interrupt->lock_holder) != ke_self) {
        fx_violation(RULE_SpinLockNotOwned, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "the lock of an interrupt was released by a processor that does not hold it");
    } else {
        FX_SET(interrupt->lock_holder, NULL);
        KeReleaseInterruptSpinLock(interrupt->kinterrupt, interrupt->saved_irql);
    }
}

BOOLEAN WdfInterruptTryToAcquireLock(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(PASSIVE_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL) {
        return FALSE;
    }
    if (!interrupt->passive) {
        fx_violation(RULE_InterruptLockWrongKind, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "WdfInterruptTryToAcquireLock was called for an interrupt at DIRQL");
        return FALSE;
    }
    return fx_interrupt_wait_try(interrupt);
}

VOID WdfInterruptEnable(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API(PASSIVE_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        fx_interrupt_own_work_item(interrupt, __func__)) {
        return;
    }
    if (interrupt->stage != FX_INTERRUPT_IDLE) {
        fx_violation(RULE_InterruptEnableTwice, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "WdfInterruptEnable was called for an interrupt that is connected");
        return;
    }
    interrupt->driver_disabled = false;
    if (interrupt->assigned) {
        NTSTATUS status = fx_interrupt_connect(interrupt);

        if (!NT_SUCCESS(status)) {
            fx_interrupt_disconnect(interrupt, true);
        }
    }
}

VOID WdfInterruptDisable(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (API(PASSIVE_LEVEL) && (interrupt = fx_interrupt_get(Interrupt)) != NULL &&
        !fx_interrupt_own_work_item(interrupt, __func__)) {
        interrupt->driver_disabled = true;
        fx_interrupt_disable(interrupt);
    }
}

PKINTERRUPT WdfInterruptWdmGetInterrupt(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API_QUIET(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL) {
        return NULL;
    }
    return interrupt->kinterrupt;
}

WDFDEVICE WdfInterruptGetDevice(WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt;

    if (!API_QUIET(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL) {
        return NULL;
    }
    return fx_device_handle(interrupt->device);
}

VOID WdfInterruptGetInfo(WDFINTERRUPT Interrupt, PWDF_INTERRUPT_INFO Info)
{
    const size_t old_size = offsetof(WDF_INTERRUPT_INFO, Group); /* without Group: KMDF 1.7 */
    struct fx_interrupt *interrupt;
    WDF_INTERRUPT_INFO info = {0};
    ULONG size;

    /* Its page says <= DISPATCH_LEVEL. The published framework only reads constants, and drivers call it in their
     * ISRs to learn which message it was. */
    if (!API(HIGH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        !fx_required(Info)) {
        return;
    }
    size = Info->Size;
    if (size != old_size && !fx_size_right(size, sizeof(info), "WDF_INTERRUPT_INFO")) {
        return;
    }
    info.Size = size;
    info.MessageNumber = interrupt->index;
    if (interrupt->assigned) {
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *line = &interrupt->translated;

        info.TargetProcessorSet = line->u.Interrupt.Affinity;
        info.Vector = line->u.Interrupt.Vector;
        info.Irql = interrupt->irql;
        info.Mode = (line->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0 ? Latched : LevelSensitive;
        info.Polarity = WdfInterruptPolarityUnknown;
        info.MessageSignaled = (line->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
        info.ShareDisposition = line->ShareDisposition;
    }
    memcpy(Info, &info, size);
}

/* fx_interrupt_policy: remembered for the resource requirements; InterruptPolicyTooLate when they
 * have been settled. */
static void fx_interrupt_set_policy(struct fx_interrupt *interrupt, WDF_INTERRUPT_POLICY policy,
                                    WDF_INTERRUPT_PRIORITY priority, const GROUP_AFFINITY *target)
{
    if (interrupt->in_prepare) {
        fx_violation(RULE_InterruptPolicyTooLate, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "an interrupt made in EvtDevicePrepareHardware was given a policy");
    }
    interrupt->policy = policy;
    interrupt->priority = priority;
    interrupt->target = *target;
    interrupt->policy_set = true;
    FX_SET(interrupt->required, false);
}

/* WdfIrqPriorityUndefined is refused, too, although WDF_INTERRUPT_EXTENDED_POLICY_INIT leaves it.
 * spec: INTR-59 */
static bool fx_interrupt_policy_valid(const struct fx_interrupt *interrupt,
                                      WDF_INTERRUPT_POLICY policy, WDF_INTERRUPT_PRIORITY priority)
{
    if ((unsigned)policy <= WdfIrqPolicySpreadMessagesAcrossAllProcessors &&
        (unsigned)priority >= WdfIrqPriorityLow && (unsigned)priority <= WdfIrqPriorityHigh) {
        return true;
    }
    fx_violation(RULE_InterruptPolicyInvalid, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                 "an interrupt was given policy %d and priority %d", (int)policy, (int)priority);
    return false;
}

VOID WdfInterruptSetPolicy(WDFINTERRUPT Interrupt, WDF_INTERRUPT_POLICY Policy,
                           WDF_INTERRUPT_PRIORITY Priority, KAFFINITY TargetProcessorSet)
{
    GROUP_AFFINITY target = {.Mask = TargetProcessorSet};
    struct fx_interrupt *interrupt;

    if (API(DISPATCH_LEVEL) && (interrupt = fx_interrupt_get(Interrupt)) != NULL &&
        fx_interrupt_policy_valid(interrupt, Policy, Priority)) {
        fx_interrupt_set_policy(interrupt, Policy, Priority, &target);
    }
}

VOID WdfInterruptSetExtendedPolicy(WDFINTERRUPT Interrupt,
                                   PWDF_INTERRUPT_EXTENDED_POLICY PolicyAndGroup)
{
    const GROUP_AFFINITY *target;
    struct fx_interrupt *interrupt;

    if (!API(DISPATCH_LEVEL) || (interrupt = fx_interrupt_get(Interrupt)) == NULL ||
        !fx_required(PolicyAndGroup) ||
        !fx_size_right(PolicyAndGroup->Size, sizeof(*PolicyAndGroup),
                       "WDF_INTERRUPT_EXTENDED_POLICY")) {
        return;
    }
    target = &PolicyAndGroup->TargetProcessorSetAndGroup;
    if (target->Reserved[0] != 0 || target->Reserved[1] != 0 || target->Reserved[2] != 0) {
        fx_violation(RULE_InterruptPolicyInvalid, FX_BUGCHECK_NONE, 0, 0, &interrupt->object,
                     "the reserved words of an interrupt's GROUP_AFFINITY are not zero");
        return;
    }
    if (fx_interrupt_policy_valid(interrupt, PolicyAndGroup->Policy, PolicyAndGroup->Priority)) {
        fx_interrupt_set_policy(interrupt, PolicyAndGroup->Policy, PolicyAndGroup->Priority,
                                target);
    }
}

/* fx_interrupt_set_active: soft connect and disconnect; the same state again has no effect. */
static void fx_interrupt_set_active(WDFINTERRUPT handle, bool active, const char *api)
{
    struct fx_interrupt *interrupt = fx_interrupt_get(handle);

    if (interrupt == NULL) {
        return;
    }
    if (interrupt->kinterrupt == NULL) {
        fx_interrupt_not_connected(interrupt, api);
    } else if (interrupt->inactive == active) {
        fx_interrupt_report(interrupt, active);
    }
}

VOID WdfInterruptReportActive(WDFINTERRUPT Interrupt)
{
    if (API(DISPATCH_LEVEL)) {
        fx_interrupt_set_active(Interrupt, true, __func__);
    }
}

VOID WdfInterruptReportInactive(WDFINTERRUPT Interrupt)
{
    if (API(DISPATCH_LEVEL)) {
        fx_interrupt_set_active(Interrupt, false, __func__);
    }
}
