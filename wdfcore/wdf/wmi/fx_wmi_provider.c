/* fx_wmi_provider.c - WDFWMIPROVIDER: one data block or event of a device. */
#include <stdio.h>
#include <string.h>

#include "nt/ke/ke_api.h"
#include "nt/wmi/wmi.h"
#include "wdf/frame/fx_call.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_make.h"
#include "wdf/wmi/fx_wmi.h"

/* ---- the list of a device ---- */

struct fx_wmi_provider *fx_wmi_provider_find_locked(struct fx_device *device, const GUID *guid)
{
    struct fx_wmi_provider *provider = device->wmi.providers;

    while (provider != NULL && memcmp(&provider->config.Guid, guid, sizeof(*guid)) != 0) {
        provider = provider->next;
    }
    return provider;
}

static NTSTATUS fx_wmi_provider_join(struct fx_wmi_provider *provider)
{
    struct fx_device *device = provider->device;
    struct fx_wmi_provider **link = &device->wmi.providers;
    const struct fx_wmi_provider *other;
    NTSTATUS status = STATUS_SUCCESS;

    fx_wmi_lock(device);
    other = fx_wmi_provider_find_locked(device, &provider->config.Guid);
    if (device->wmi.state == FX_WMI_ENDED) {
        status = STATUS_INVALID_DEVICE_STATE;
    } else if (other != NULL && other->power != FX_WMI_DRIVERS &&
               provider->power == FX_WMI_DRIVERS) {
        status = STATUS_WMI_GUID_DISCONNECTED; /* spec: WMI-06 */
    } else if (other != NULL) {
        status = STATUS_OBJECT_NAME_COLLISION;
    } else {
        while (*link != NULL) {
            link = &(*link)->next;
        }
        *link = provider;
        provider->listed = true;
    }
    fx_wmi_unlock(device);
    return status;
}

static void fx_wmi_provider_leave(struct fx_wmi_provider *provider)
{
    struct fx_wmi_provider **link = &provider->device->wmi.providers;

    fx_wmi_lock(provider->device);
    if (provider->listed) {
        while (*link != provider) {
            link = &(*link)->next;
        }
        *link = provider->next;
        provider->listed = false;
    }
    fx_wmi_unlock(provider->device);
}

/* ---- the object ---- */

static bool fx_wmi_provider_dispose(struct fx_object *object)
{
    fx_wmi_provider_leave(fx_object_body(object, struct fx_wmi_provider));
    return true;
}

static void fx_wmi_provider_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_wmi_provider *provider = (const struct fx_wmi_provider *)(const void *)object;

    snprintf(text, size, "{%08x-...}, %u instance%s%s", (unsigned)provider->config.Guid.Data1,
             (unsigned)provider->instance_count, provider->instance_count == 1 ? "" : "s",
             provider->events ? ", events wanted" : "");
}

static const struct fx_field fx_wmi_provider_fields[] = {
    FX_FIELD_OF(WDF_WMI_PROVIDER_CONFIG, struct fx_wmi_provider, config),
    FX_FIELD_END,
};

static const struct fx_type fx_wmi_provider_type = {
    .number = FX_TYPE_WMIPROVIDER,
    .size = sizeof(struct fx_wmi_provider),
    .flags = FX_OBJECT_NO_DELETE,
    .parent = FX_PARENT_FORBIDDEN,
    .dispose = fx_wmi_provider_dispose,
    .describe = fx_wmi_provider_describe,
    .fields = fx_wmi_provider_fields,
};

/* spec: WMI-01 */
static NTSTATUS fx_wmi_provider_check(const WDF_WMI_PROVIDER_CONFIG *config)
{
    static const GUID zero;

    if (config->Size != sizeof(*config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if ((config->Flags & ~(ULONG)WdfWmiProviderValidFlags) != 0 ||
        ((config->Flags & WdfWmiProviderTracing) != 0 && config->Flags != WdfWmiProviderTracing) ||
        (config->EvtWmiProviderFunctionControl != NULL &&
         (config->Flags & (WdfWmiProviderTracing | WdfWmiProviderExpensive)) == 0) ||
        memcmp(&config->Guid, &zero, sizeof(zero)) == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS fx_wmi_provider_make(struct fx_device *device,
                                     const WDF_WMI_PROVIDER_CONFIG *config,
                                     const WDF_OBJECT_ATTRIBUTES *attributes,
                                     enum fx_wmi_power power, const void *creator,
                                     struct fx_wmi_provider **out)
{
    struct fx_wmi_provider *provider;
    struct fx_make make;
    NTSTATUS status =
        fx_make_under(&fx_wmi_provider_type, 0, attributes, &device->object, creator, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    provider = fx_object_body(make.object, struct fx_wmi_provider);
    provider->device = device;
    provider->config = *config;
    provider->power = power;
    status = fx_wmi_provider_join(provider);
    if (!NT_SUCCESS(status)) {
        fx_make_discard(&make);
        return status;
    }
    status = fx_make_try_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_wmi_provider_leave(provider);
        fx_make_discard(&make);
        return status;
    }
    if ((config->Flags & WdfWmiProviderTracing) != 0) { /* it has no instance that would tell WMI */
        fx_wmi_changed(device);
    }
    *out = provider;
    return STATUS_SUCCESS;
}

NTSTATUS fx_wmi_provider_create(struct fx_device *device, const WDF_WMI_PROVIDER_CONFIG *config,
                                const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                struct fx_wmi_provider **provider)
{
    NTSTATUS status = fx_attributes_check(&fx_wmi_provider_type, attributes);

    if (NT_SUCCESS(status)) {
        status = fx_wmi_provider_check(config);
    }
    return NT_SUCCESS(status)
               ? fx_wmi_provider_make(device, config, attributes, FX_WMI_DRIVERS, creator, provider)
               : status;
}

NTSTATUS fx_wmi_provider_create_ours(struct fx_device *device,
                                     const WDF_WMI_PROVIDER_CONFIG *config, enum fx_wmi_power power,
                                     struct fx_wmi_provider **provider)
{
    return fx_wmi_provider_make(device, config, NULL, power, NULL, provider);
}

/* ---- for WMI ---- */

ULONG fx_wmi_provider_flags_locked(struct fx_wmi_provider *provider)
{
    ULONG flags = WMIREG_FLAG_INSTANCE_PDO;

    if ((provider->config.Flags & WdfWmiProviderTracing) != 0) {
        return WMIREG_FLAG_TRACED_GUID | WMIREG_FLAG_TRACE_CONTROL_GUID;
    }
    if ((provider->config.Flags & WdfWmiProviderExpensive) != 0) {
        flags |= WMIREG_FLAG_EXPENSIVE;
    }
    if ((provider->config.Flags & WdfWmiProviderEventOnly) != 0) {
        flags |= WMIREG_FLAG_EVENT_ONLY_GUID;
    }
    if (provider->remove) {
        provider->remove = false;
        flags |= WMIREG_FLAG_REMOVE_GUID;
    }
    return flags;
}

static void fx_wmi_provider_set(struct fx_wmi_provider *provider, WDF_WMI_PROVIDER_CONTROL control,
                                bool enable, ULONG64 handle)
{
    fx_wmi_lock(provider->device);
    if (control == WdfWmiEventControl) {
        provider->events = enable;
        if ((provider->config.Flags & WdfWmiProviderTracing) != 0) {
            provider->tracing = handle;
        }
    } else {
        provider->data = enable;
    }
    fx_wmi_unlock(provider->device);
}

NTSTATUS fx_wmi_provider_control(struct fx_wmi_provider *provider, WDF_WMI_PROVIDER_CONTROL control,
                                 bool enable, ULONG64 handle)
{
    PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL callback = provider->config.EvtWmiProviderFunctionControl;
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    fx_wmi_provider_set(provider, control, enable, handle);
    if (callback != NULL && fx_call_enter(&call, "EvtWmiProviderFunctionControl",
                                          (const void *)callback, &provider->object, NULL)) {
        status = callback(fx_handle_of(&provider->object), control, enable);
        fx_call_leave(&call);
    }
    if (!NT_SUCCESS(status)) {
        fx_wmi_provider_set(provider, control, false, 0);
    }
    return status;
}

/* ---- API ---- */

NTSTATUS WdfWmiProviderCreate(WDFDEVICE Device, PWDF_WMI_PROVIDER_CONFIG WmiProviderConfig,
                              PWDF_OBJECT_ATTRIBUTES ProviderAttributes,
                              WDFWMIPROVIDER *WmiProvider)
{
    struct fx_wmi_provider *provider;
    struct fx_device *device;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(WmiProviderConfig) || !fx_required(WmiProvider)) {
        return STATUS_INVALID_PARAMETER;
    }
    *WmiProvider = NULL;
    status = fx_wmi_provider_create(device, WmiProviderConfig, ProviderAttributes, KE_CALLER(),
                                    &provider);
    if (NT_SUCCESS(status)) {
        *WmiProvider = fx_handle_of(&provider->object);
    }
    return status;
}

WDFDEVICE WdfWmiProviderGetDevice(WDFWMIPROVIDER WmiProvider)
{
    struct fx_wmi_provider *provider;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    provider = fx_handle_get(WmiProvider, FX_TYPE_WMIPROVIDER);
    return provider != NULL ? fx_device_handle(provider->device) : NULL;
}

BOOLEAN WdfWmiProviderIsEnabled(WDFWMIPROVIDER WmiProvider,
                                WDF_WMI_PROVIDER_CONTROL ProviderControl)
{
    struct fx_wmi_provider *provider;
    bool enabled = false;

    if (!API(DISPATCH_LEVEL)) {
        return FALSE;
    }
    provider = fx_handle_get(WmiProvider, FX_TYPE_WMIPROVIDER);
    if (provider == NULL) {
        return FALSE;
    }
    fx_wmi_lock(provider->device);
    if (ProviderControl == WdfWmiEventControl) {
        enabled = provider->events;
    } else if (ProviderControl == WdfWmiInstanceControl) {
        enabled = provider->data;
    }
    fx_wmi_unlock(provider->device);
    if (ProviderControl != WdfWmiEventControl && ProviderControl != WdfWmiInstanceControl) {
        fx_bad_value(&provider->object, "WDF_WMI_PROVIDER_CONTROL", ProviderControl);
    }
    return enabled;
}

ULONGLONG WdfWmiProviderGetTracingHandle(WDFWMIPROVIDER WmiProvider)
{
    struct fx_wmi_provider *provider;
    ULONG64 handle;

    if (!API(DISPATCH_LEVEL)) {
        return 0;
    }
    provider = fx_handle_get(WmiProvider, FX_TYPE_WMIPROVIDER);
    if (provider == NULL) {
        return 0;
    }
    fx_wmi_lock(provider->device);
    handle = provider->tracing;
    fx_wmi_unlock(provider->device);
    return handle;
}
