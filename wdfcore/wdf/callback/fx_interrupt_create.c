/* fx_interrupt_create.c - WdfInterruptCreate: checks in the documented order, then the object. */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/callback/fx_interrupt.h"
#include "wdf/resource/fx_resource.h"
#include "wdf/callback/fx_spinlock.h"
#include "wdf/callback/fx_waitlock.h"

/* Sizes of the structure in KMDF 1.9 (no work item, no passive handling) and 1.11 (no wake). */
#define FX_CONFIG_SIZE_1_9  offsetof(WDF_INTERRUPT_CONFIG, EvtInterruptWorkItem)
#define FX_CONFIG_SIZE_1_11 96u

/* fx_interrupt_config: the driver's structure at today's size. */
static NTSTATUS fx_interrupt_config(const WDF_INTERRUPT_CONFIG *given, WDF_INTERRUPT_CONFIG *config)
{
    ULONG size = given->Size;

    if (size != sizeof(*config) && size != FX_CONFIG_SIZE_1_9 && size != FX_CONFIG_SIZE_1_11) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memset(config, 0, sizeof(*config));
    config->ReportInactiveOnPowerDown = WdfUseDefault;
    memcpy(config, given, size);
    config->Size = sizeof(*config);
    return STATUS_SUCCESS;
}

/* fx_interrupt_check_phase: where it is created decides what the config has to say. */
static NTSTATUS fx_interrupt_check_phase(const struct fx_device *device,
                                         const WDF_INTERRUPT_CONFIG *config)
{
    if (device->pnp.preparing) {
        if (config->InterruptRaw == NULL || config->InterruptTranslated == NULL ||
            config->ShareVector != WdfUseDefault) {
            return STATUS_INVALID_DEVICE_STATE;
        }
        return STATUS_SUCCESS;
    }
    if (!device->pnp.adding) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (config->InterruptRaw != NULL || config->InterruptTranslated != NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_interrupt_check_wake(const struct fx_device *device,
                                        const WDF_INTERRUPT_CONFIG *config)
{
    if (!config->CanWakeDevice) {
        return STATUS_SUCCESS;
    }
    if (!device->pnp.preparing || !config->PassiveHandling || !device->power.owner ||
        device->pdo != NULL ||
        (config->InterruptTranslated->Flags & CM_RESOURCE_INTERRUPT_WAKE_HINT) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_interrupt_check_handling(const WDF_INTERRUPT_CONFIG *config)
{
    if ((config->EvtInterruptDpc != NULL && config->EvtInterruptWorkItem != NULL) ||
        (config->SpinLock != NULL && config->PassiveHandling) ||
        (config->WaitLock != NULL && !config->PassiveHandling) ||
        (unsigned)config->ShareVector > WdfUseDefault ||
        (unsigned)config->ReportInactiveOnPowerDown > WdfUseDefault) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* In this order, the first failure wins. */
static NTSTATUS fx_interrupt_check(const struct fx_device *device,
                                   const WDF_INTERRUPT_CONFIG *config,
                                   const WDF_OBJECT_ATTRIBUTES *attributes)
{
    struct fx_type rules = fx_interrupt_type;
    NTSTATUS status;

    if (config->EvtInterruptIsr == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!config->AutomaticSerialization) {
        rules.parent = FX_PARENT_FORBIDDEN; /* spec: INTR-09 */
    }
    status = fx_attributes_check(&rules, attributes);
    if (NT_SUCCESS(status)) {
        status = fx_interrupt_check_phase(device, config);
    }
    if (NT_SUCCESS(status)) {
        status = fx_interrupt_check_wake(device, config);
    }
    return NT_SUCCESS(status) ? fx_interrupt_check_handling(config) : status;
}

/* fx_interrupt_parent: the object in whose tree it is, and the callback lock that follows. */
static NTSTATUS fx_interrupt_parent(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config,
                                    const WDF_OBJECT_ATTRIBUTES *attributes,
                                    struct fx_object **parent, struct fx_callback_lock **lock)
{
    bool passive = config->EvtInterruptWorkItem != NULL ||
                   (config->EvtInterruptDpc == NULL && config->PassiveHandling);

    *lock = NULL;
    *parent = fx_attributes_parent(attributes, &device->object);
    if (*parent == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (((*parent)->type->number != FX_TYPE_DEVICE && (*parent)->type->number != FX_TYPE_QUEUE) ||
        fx_object_device(*parent) != &device->object) {
        return STATUS_INVALID_PARAMETER; /* spec: INTR-10 */
    }
    return config->AutomaticSerialization ? fx_sync_callback_lock(*parent, passive, lock)
                                          : STATUS_SUCCESS;
}

/* fx_interrupt_may_share: any number of objects may name one line, but a wake interrupt is the only
 * passive one (spec: INTR-66). */
static bool fx_interrupt_may_share(const struct fx_device *device,
                                   const WDF_INTERRUPT_CONFIG *config, ULONG resource)
{
    for (const struct fx_interrupt *i = device->interrupts; i != NULL; i = i->next) {
        if (i->in_prepare && i->resource == resource && i->passive && config->PassiveHandling &&
            (i->config.CanWakeDevice || config->CanWakeDevice)) {
            return false;
        }
    }
    return true;
}

/* fx_interrupt_named: the resource that a config made in PrepareHardware names, and how often it
 * has been named before. */
static NTSTATUS fx_interrupt_named(const struct fx_device *device,
                                   const WDF_INTERRUPT_CONFIG *config, ULONG *index, ULONG *message)
{
    ULONG raw = fx_reslist_find(device->pnp.raw, config->InterruptRaw);
    ULONG translated = fx_reslist_find(device->pnp.translated, config->InterruptTranslated);
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *own;

    if (raw == (ULONG)-1 || raw != translated) {
        return STATUS_INVALID_PARAMETER; /* spec: INTR-15 */
    }
    own = fx_reslist_at(device->pnp.translated, translated);
    if (own->Type != CmResourceTypeInterrupt) {
        return STATUS_INVALID_PARAMETER;
    }
    *index = raw;
    *message = 0;
    if ((own->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) == 0) {
        return fx_interrupt_may_share(device, config, raw) ? STATUS_SUCCESS
                                                           : STATUS_INVALID_PARAMETER;
    }
    for (const struct fx_interrupt *i = device->interrupts; i != NULL; i = i->next) {
        if (i->in_prepare && i->resource == raw) {
            ++*message;
        }
    }
    return *message < fx_interrupt_messages(fx_reslist_at(device->pnp.raw, raw))
               ? STATUS_SUCCESS
               : STATUS_INVALID_PARAMETER; /* spec: INTR-16 */
}

/* fx_interrupt_locks: what the config brings along; marks the spin lock for ever (spec: INTR-49).
 */
static NTSTATUS fx_interrupt_locks(struct fx_interrupt *interrupt)
{
    const WDF_INTERRUPT_CONFIG *config = &interrupt->config;

    if (config->SpinLock != NULL) {
        struct fx_spinlock *lock = fx_handle_get(config->SpinLock, FX_TYPE_SPINLOCK);

        if (lock == NULL) {
            return STATUS_INVALID_PARAMETER;
        }
        fx_object_ref(&lock->object); /* dropped in fx_interrupt_destroy */
        interrupt->spin_lock = lock;
        fx_spinlock_use_for_interrupt(lock);
    }
    if (config->WaitLock != NULL) {
        struct fx_waitlock *lock = fx_handle_get(config->WaitLock, FX_TYPE_WAITLOCK);

        if (lock == NULL) {
            return STATUS_INVALID_PARAMETER;
        }
        fx_object_ref(&lock->object); /* dropped in fx_interrupt_destroy */
        interrupt->wait_lock = lock;
    }
    return STATUS_SUCCESS;
}

static void fx_interrupt_append(struct fx_device *device, struct fx_interrupt *interrupt)
{
    struct fx_interrupt **link = &device->interrupts;

    while (*link != NULL) {
        link = &(*link)->next;
    }
    interrupt->index = device->interrupt_count++;
    *link = interrupt;
}

static void fx_interrupt_setup(struct fx_interrupt *interrupt, struct fx_device *device,
                               const WDF_INTERRUPT_CONFIG *config, struct fx_callback_lock *lock)
{
    interrupt->device = device;
    interrupt->config = *config;
    interrupt->config.InterruptRaw = NULL; /* they are the driver's; ours are copies */
    interrupt->config.InterruptTranslated = NULL;
    interrupt->in_prepare = device->pnp.preparing;
    interrupt->passive = config->PassiveHandling;
    interrupt->lock = lock;
    interrupt->policy = WdfIrqPolicyOneCloseProcessor;
    interrupt->priority = WdfIrqPriorityNormal;
    KeInitializeSpinLock(&interrupt->private_spin);
    KeInitializeEvent(&interrupt->private_wait, SynchronizationEvent, TRUE);
    fx_interrupt_init_deferred(interrupt);
}

static NTSTATUS fx_interrupt_create(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config,
                                    const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                    struct fx_interrupt **out)
{
    struct fx_callback_lock *lock;
    struct fx_interrupt *interrupt;
    struct fx_object *parent;
    ULONG resource = 0, message = 0;
    NTSTATUS status = fx_interrupt_parent(device, config, attributes, &parent, &lock);

    if (NT_SUCCESS(status) && device->pnp.preparing) {
        status = fx_interrupt_named(device, config, &resource, &message);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    interrupt =
        fx_object_create(&fx_interrupt_type, 0, attributes, device->object.globals, creator);
    if (interrupt == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    fx_interrupt_setup(interrupt, device, config, lock);
    fx_object_ref(&device->object); /* dropped in fx_interrupt_destroy */
    status = fx_interrupt_locks(interrupt);
    if (NT_SUCCESS(status)) {
        status = fx_object_publish(&interrupt->object, parent);
    }
    if (!NT_SUCCESS(status)) {
        fx_interrupt_type.destroy(&interrupt->object); /* gives back what it holds */
        fx_object_discard(&interrupt->object);
        return status;
    }
    fx_interrupt_append(device, interrupt);
    if (interrupt->in_prepare) {
        interrupt->resource = resource;
        fx_interrupt_assign(interrupt, fx_reslist_at(device->pnp.raw, resource),
                            fx_reslist_at(device->pnp.translated, resource), message);
    }
    if (parent->type->number == FX_TYPE_QUEUE) {
        fx_object_flag(parent, FX_OBJECT_NO_DELETE); /* spec: INTR-53 */
    }
    *out = interrupt;
    return STATUS_SUCCESS;
}

NTSTATUS WdfInterruptCreate(WDFDEVICE Device, PWDF_INTERRUPT_CONFIG Configuration,
                            PWDF_OBJECT_ATTRIBUTES Attributes, WDFINTERRUPT *Interrupt)
{
    const void *creator = KE_CALLER();
    struct fx_interrupt *interrupt;
    WDF_INTERRUPT_CONFIG config;
    struct fx_device *device;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Configuration) || !fx_required(Interrupt)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Interrupt = NULL;
    status = fx_interrupt_config(Configuration, &config);
    if (NT_SUCCESS(status)) {
        status = fx_interrupt_check(device, &config, Attributes);
    }
    if (NT_SUCCESS(status)) {
        status = fx_interrupt_create(device, &config, Attributes, creator, &interrupt);
    }
    if (NT_SUCCESS(status)) {
        *Interrupt = fx_interrupt_handle(interrupt);
    }
    return status;
}
