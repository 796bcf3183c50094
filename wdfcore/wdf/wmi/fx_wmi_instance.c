/* fx_wmi_instance.c - WDFWMIINSTANCE: one instance of a data block or event.
 * Registered instances are on their provider's list, in order; the place is what WMI knows them by. A
 * deletion takes it off the list; a request that has found it holds a reference, and may still call the
 * driver's routine while the deletion goes on, as on Windows.
 */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "nt/wmi/wmi.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/fx_make.h"
#include "wdf/wmi/fx_wmi.h"
#include "wdf/wmi/fx_wmi_power.h"

/* ---- the list of a provider ---- */

static NTSTATUS fx_wmi_instance_join(struct fx_wmi_instance *instance)
{
    struct fx_wmi_provider *provider = instance->provider;
    struct fx_device *device = provider->device;
    struct fx_wmi_instance **link = &provider->instances;
    NTSTATUS status = STATUS_SUCCESS;

    if ((provider->config.Flags & WdfWmiProviderTracing) != 0) {
        return STATUS_INVALID_DEVICE_REQUEST; /* traces have no instances */
    }
    fx_wmi_lock(device);
    if (instance->listed) { /* spec: WMI-05 */
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else if (device->wmi.state == FX_WMI_ENDED) {
        status = STATUS_INVALID_DEVICE_STATE;
    } else {
        while (*link != NULL) {
            link = &(*link)->next;
        }
        *link = instance;
        instance->next = NULL;
        instance->listed = true;
        provider->instance_count++;
        provider->remove = false;
    }
    fx_wmi_unlock(device);
    if (NT_SUCCESS(status)) {
        fx_wmi_changed(device);
    }
    return status;
}

static void fx_wmi_instance_leave(struct fx_wmi_instance *instance)
{
    struct fx_wmi_provider *provider = instance->provider;
    struct fx_device *device = provider->device;
    struct fx_wmi_instance **link = &provider->instances;
    bool left;

    fx_wmi_lock(device);
    left = instance->listed;
    if (left) {
        while (*link != instance) {
            link = &(*link)->next;
        }
        *link = instance->next;
        instance->listed = false;
        provider->instance_count--;
        /* WMI keeps to know of what is expensive: it may be collecting. */
        provider->remove = provider->instance_count == 0 &&
                           (provider->config.Flags & WdfWmiProviderExpensive) == 0;
    }
    fx_wmi_unlock(device);
    if (left) {
        fx_wmi_changed(device);
    }
}

struct fx_wmi_instance *fx_wmi_instance_at(struct fx_wmi_provider *provider, ULONG index)
{
    struct fx_wmi_instance *instance;

    fx_wmi_lock(provider->device);
    instance = provider->instances;
    while (instance != NULL && index-- > 0) {
        instance = instance->next;
    }
    if (instance != NULL) {
        fx_object_ref(&instance->object);
    }
    fx_wmi_unlock(provider->device);
    return instance;
}

ULONG fx_wmi_instance_index(const struct fx_wmi_instance *instance)
{
    const struct fx_wmi_instance *other;
    ULONG index = 0;

    fx_wmi_lock(instance->provider->device);
    other = instance->provider->instances;
    while (other != NULL && other != instance) {
        other = other->next;
        index++;
    }
    fx_wmi_unlock(instance->provider->device);
    return index;
}

/* ---- the object ---- */

static bool fx_wmi_instance_dispose(struct fx_object *object)
{
    fx_wmi_instance_leave(fx_object_body(object, struct fx_wmi_instance));
    return true;
}

static void fx_wmi_instance_destroy(struct fx_object *object)
{
    fx_object_deref(&fx_object_body(object, struct fx_wmi_instance)->provider->object);
}

static void fx_wmi_instance_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_wmi_instance *instance = (const struct fx_wmi_instance *)(const void *)object;

    snprintf(text, size, "%s", instance->listed ? "registered" : "not registered");
}

static const struct fx_field fx_wmi_instance_fields[] = {
    FX_FIELD_OF(WDF_WMI_INSTANCE_CONFIG, struct fx_wmi_instance, config),
    FX_FIELD_END,
};

static const struct fx_type fx_wmi_instance_type = {
    .number = FX_TYPE_WMIINSTANCE,
    .size = sizeof(struct fx_wmi_instance),
    .parent = FX_PARENT_FORBIDDEN,
    .dispose = fx_wmi_instance_dispose,
    .destroy = fx_wmi_instance_destroy,
    .describe = fx_wmi_instance_describe,
    .fields = fx_wmi_instance_fields,
};

static bool fx_wmi_instance_has_routines(const WDF_WMI_INSTANCE_CONFIG *config)
{
    return config->UseContextForQuery || config->EvtWmiInstanceQueryInstance != NULL ||
           config->EvtWmiInstanceSetInstance != NULL || config->EvtWmiInstanceSetItem != NULL ||
           config->EvtWmiInstanceExecuteMethod != NULL;
}

/* spec: WMI-03, WMI-04. *size: of the context that is the data; 0: it is not. */
static NTSTATUS fx_wmi_instance_check(const struct fx_wmi_provider *provider,
                                      const WDF_WMI_INSTANCE_CONFIG *config,
                                      const WDF_OBJECT_ATTRIBUTES *attributes, ULONG *size)
{
    size_t context;
    NTSTATUS status;

    *size = 0;
    if ((provider->config.Flags & WdfWmiProviderEventOnly) != 0 &&
        fx_wmi_instance_has_routines(config)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_attributes_check(&fx_wmi_instance_type, attributes);
    if (!NT_SUCCESS(status) || !config->UseContextForQuery) {
        return status;
    }
    if (config->EvtWmiInstanceSetInstance != NULL || config->EvtWmiInstanceSetItem != NULL ||
        attributes == NULL || attributes->ContextTypeInfo == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    context = attributes->ContextSizeOverride != 0 ? attributes->ContextSizeOverride
                                                   : attributes->ContextTypeInfo->ContextSize;
    if (context > MAXULONG) {
        return STATUS_INTEGER_OVERFLOW;
    }
    *size = (ULONG)context;
    return context < provider->config.MinInstanceBufferSize ? STATUS_BUFFER_TOO_SMALL
                                                            : STATUS_SUCCESS;
}

static NTSTATUS fx_wmi_instance_create(struct fx_wmi_provider *provider,
                                       const WDF_WMI_INSTANCE_CONFIG *config,
                                       const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                       struct fx_wmi_instance **out)
{
    struct fx_wmi_instance *instance;
    struct fx_make make;
    ULONG size;
    NTSTATUS status = fx_wmi_instance_check(provider, config, attributes, &size);

    if (NT_SUCCESS(status)) {
        status =
            fx_make_under(&fx_wmi_instance_type, 0, attributes, &provider->object, creator, &make);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    instance = fx_object_body(make.object, struct fx_wmi_instance);
    instance->provider = provider;
    instance->config = *config;
    instance->config.Provider = NULL;
    instance->config.ProviderConfig = NULL;
    if (size != 0) {
        instance->context = fx_context_data(fx_context_first(make.object));
        instance->context_size = size;
    }
    fx_object_ref(&provider->object); /* dropped by fx_wmi_instance_destroy */
    status = fx_make_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_object_deref(&provider->object);
        return status;
    }
    if (config->Register) {
        status = fx_wmi_instance_join(instance);
    }
    if (!NT_SUCCESS(status)) {
        fx_object_delete(&instance->object, NULL);
        return status;
    }
    *out = instance;
    return STATUS_SUCCESS;
}

NTSTATUS fx_wmi_instance_create_ours(struct fx_wmi_provider *provider)
{
    struct fx_wmi_instance *instance;
    WDF_WMI_INSTANCE_CONFIG config;

    RtlZeroMemory(&config, sizeof(config));
    config.Size = sizeof(config);
    config.Register = TRUE;
    return fx_wmi_instance_create(provider, &config, NULL, NULL, &instance);
}

/* ---- calling the driver ---- */

bool fx_wmi_instance_is_writable(const struct fx_wmi_instance *instance)
{
    return instance->provider->power != FX_WMI_DRIVERS ||
           instance->config.EvtWmiInstanceSetInstance != NULL;
}

bool fx_wmi_instance_is_readable(const struct fx_wmi_instance *instance)
{
    return instance->provider->power != FX_WMI_DRIVERS || instance->context != NULL ||
           instance->config.EvtWmiInstanceQueryInstance != NULL ||
           instance->config.EvtWmiInstanceExecuteMethod != NULL;
}

/* What a routine may not return is not believed. */
static NTSTATUS fx_wmi_instance_believe(const struct fx_wmi_instance *instance, const char *routine,
                                        NTSTATUS status, ULONG size, ULONG *used)
{
    if (status == STATUS_PENDING) {
        fx_violation(RULE_WmiAnswer, FX_BUGCHECK_NONE, 0, 0, &instance->object,
                     "%s returned STATUS_PENDING", routine);
    } else if (NT_SUCCESS(status) && *used > size) {
        fx_violation(RULE_WmiAnswer, FX_BUGCHECK_NONE, 0, 0, &instance->object,
                     "%s succeeded with %lu bytes of %lu", routine, (unsigned long)*used,
                     (unsigned long)size);
    } else {
        return status;
    }
    *used = 0;
    return STATUS_UNSUCCESSFUL;
}

NTSTATUS fx_wmi_instance_query(struct fx_wmi_instance *instance, ULONG size, void *buffer,
                               ULONG *used)
{
    PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE callback = instance->config.EvtWmiInstanceQueryInstance;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;
    UCHAR none;

    if (instance->provider->power != FX_WMI_DRIVERS) {
        return fx_wmi_power_query(instance->provider, size, buffer, used);
    }
    *used = 0;
    if (instance->context != NULL) {
        *used = instance->context_size;
        if (size < instance->context_size) {
            return STATUS_BUFFER_TOO_SMALL;
        }
        RtlCopyMemory(buffer, instance->context, instance->context_size);
        return STATUS_SUCCESS;
    }
    if (callback == NULL) { /* it has methods only */
        return STATUS_SUCCESS;
    }
    /* The routine gets a buffer always. */
    if (!fx_call_enter(&call, "EvtWmiInstanceQueryInstance", (const void *)callback,
                       &instance->object, NULL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = callback(fx_handle_of(&instance->object), size != 0 ? size : sizeof(none),
                      size != 0 ? buffer : &none, used);
    fx_call_leave(&call);
    status = fx_wmi_instance_believe(instance, "EvtWmiInstanceQueryInstance", status,
                                     size != 0 ? size : sizeof(none), used);
    return NT_SUCCESS(status) && *used > size ? STATUS_BUFFER_TOO_SMALL : status;
}

NTSTATUS fx_wmi_instance_set(struct fx_wmi_instance *instance, ULONG size, void *buffer)
{
    PFN_WDF_WMI_INSTANCE_SET_INSTANCE callback = instance->config.EvtWmiInstanceSetInstance;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;
    ULONG none = 0;

    if (instance->provider->power != FX_WMI_DRIVERS) {
        return fx_wmi_power_set(instance->provider, size, buffer);
    }
    if (fx_call_enter(&call, "EvtWmiInstanceSetInstance", (const void *)callback, &instance->object,
                      NULL)) {
        status = callback(fx_handle_of(&instance->object), size, buffer);
        fx_call_leave(&call);
    }
    return fx_wmi_instance_believe(instance, "EvtWmiInstanceSetInstance", status, 0, &none);
}

NTSTATUS fx_wmi_instance_set_item(struct fx_wmi_instance *instance, ULONG item, ULONG size,
                                  void *buffer)
{
    PFN_WDF_WMI_INSTANCE_SET_ITEM callback = instance->config.EvtWmiInstanceSetItem;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;
    ULONG none = 0;

    if (fx_call_enter(&call, "EvtWmiInstanceSetItem", (const void *)callback, &instance->object,
                      NULL)) {
        status = callback(fx_handle_of(&instance->object), item, size, buffer);
        fx_call_leave(&call);
    }
    return fx_wmi_instance_believe(instance, "EvtWmiInstanceSetItem", status, 0, &none);
}

NTSTATUS fx_wmi_instance_execute(struct fx_wmi_instance *instance, ULONG method, ULONG input_size,
                                 ULONG output_size, void *buffer, ULONG *used)
{
    PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD callback = instance->config.EvtWmiInstanceExecuteMethod;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    struct fx_call call;

    *used = 0;
    if (fx_call_enter(&call, "EvtWmiInstanceExecuteMethod", (const void *)callback,
                      &instance->object, NULL)) {
        status = callback(fx_handle_of(&instance->object), method, input_size, output_size, buffer,
                          used);
        fx_call_leave(&call);
    }
    return fx_wmi_instance_believe(instance, "EvtWmiInstanceExecuteMethod", status, output_size,
                                   used);
}

/* ---- API ---- */

/* The provider that the config names, or a new one. */
static NTSTATUS fx_wmi_instance_provider(struct fx_device *device,
                                         const WDF_WMI_INSTANCE_CONFIG *config, const void *creator,
                                         struct fx_wmi_provider **provider)
{
    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((config->Provider == NULL) == (config->ProviderConfig == NULL)) { /* spec: WMI-02 */
        return STATUS_INVALID_PARAMETER;
    }
    if (config->Provider == NULL) {
        return fx_wmi_provider_create(device, config->ProviderConfig, NULL, creator, provider);
    }
    *provider = fx_handle_get(config->Provider, FX_TYPE_WMIPROVIDER);
    return *provider != NULL ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS WdfWmiInstanceCreate(WDFDEVICE Device, PWDF_WMI_INSTANCE_CONFIG InstanceConfig,
                              PWDF_OBJECT_ATTRIBUTES InstanceAttributes, WDFWMIINSTANCE *Instance)
{
    struct fx_wmi_provider *provider = NULL;
    struct fx_wmi_instance *instance = NULL;
    struct fx_device *device;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(InstanceConfig)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (Instance != NULL) {
        *Instance = NULL;
    }
    status = fx_wmi_instance_provider(device, InstanceConfig, KE_CALLER(), &provider);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_wmi_instance_create(provider, InstanceConfig, InstanceAttributes, KE_CALLER(),
                                    &instance);
    if (!NT_SUCCESS(status)) {
        if (InstanceConfig->Provider == NULL) { /* it was made for this instance */
            fx_object_delete(&provider->object, NULL);
        }
        return status;
    }
    if (Instance != NULL) {
        *Instance = fx_handle_of(&instance->object);
    }
    return STATUS_SUCCESS;
}

NTSTATUS WdfWmiInstanceRegister(WDFWMIINSTANCE WmiInstance)
{
    struct fx_wmi_instance *instance;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    instance = fx_handle_get(WmiInstance, FX_TYPE_WMIINSTANCE);
    return instance != NULL ? fx_wmi_instance_join(instance) : STATUS_INVALID_PARAMETER;
}

VOID WdfWmiInstanceDeregister(WDFWMIINSTANCE WmiInstance)
{
    struct fx_wmi_instance *instance;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    instance = fx_handle_get(WmiInstance, FX_TYPE_WMIINSTANCE);
    if (instance != NULL) {
        fx_wmi_instance_leave(instance);
    }
}

WDFDEVICE WdfWmiInstanceGetDevice(WDFWMIINSTANCE WmiInstance)
{
    struct fx_wmi_instance *instance;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    instance = fx_handle_get(WmiInstance, FX_TYPE_WMIINSTANCE);
    return instance != NULL ? fx_device_handle(instance->provider->device) : NULL;
}

WDFWMIPROVIDER WdfWmiInstanceGetProvider(WDFWMIINSTANCE WmiInstance)
{
    struct fx_wmi_instance *instance;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    instance = fx_handle_get(WmiInstance, FX_TYPE_WMIINSTANCE);
    return instance != NULL ? fx_handle_of(&instance->provider->object) : NULL;
}

NTSTATUS WdfWmiInstanceFireEvent(WDFWMIINSTANCE WmiInstance, ULONG EventDataSize, PVOID EventData)
{
    struct fx_wmi_instance *instance;

    if (!API(APC_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    instance = fx_handle_get(WmiInstance, FX_TYPE_WMIINSTANCE);
    if (instance == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return wmi_fire(instance->provider->device->wdm, &instance->provider->config.Guid,
                    fx_wmi_instance_index(instance), EventData != NULL ? EventDataSize : 0,
                    EventData);
}
