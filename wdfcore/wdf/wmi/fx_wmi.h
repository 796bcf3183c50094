#pragma once
/* fx_wmi.h - WDFWMIPROVIDER and WDFWMIINSTANCE: what a device offers to WMI.
 * Rules:
 * - providers are children of their device, instances of their provider; a GUID has one provider on a
 *   device
 * - a device that has one registers with WMI at the end of its start and deregisters when it is removed;
 *   what changes between is told to WMI
 * - an instance is found by its place among the registered ones of its provider
 * - who calls the driver holds a reference on provider and instance, and no lock
 * Keys: (c) constant once published; (w) the device's wmi.lock
 */
#include "wdf/device/fx_device.h"

struct fx_wmi_instance;

/* Blocks of the framework's own (fx_wmi_power.c). */
enum fx_wmi_power { FX_WMI_DRIVERS, FX_WMI_IDLE, FX_WMI_WAKE };

struct fx_wmi_provider {
    struct fx_object object;
    struct fx_device *device;          /* (c) */
    struct fx_wmi_provider *next;      /* (w) in order of creation */
    WDF_WMI_PROVIDER_CONFIG config;    /* (c) */
    enum fx_wmi_power power;           /* (c) */
    struct fx_wmi_instance *instances; /* (w) registered ones, in order */
    ULONG instance_count;              /* (w) */
    bool listed;                       /* (w) */
    bool remove;                       /* (w) WMI shall forget the GUID */
    bool events, data;                 /* (w) somebody wants them */
    ULONG64 tracing;                   /* (w) handle of the trace session; 0: none */
};

struct fx_wmi_instance {
    struct fx_object object;
    struct fx_wmi_provider
        *provider;                  /* (c) its parent; referenced until the instance is destroyed */
    struct fx_wmi_instance *next;   /* (w) */
    bool listed;                    /* (w) */
    WDF_WMI_INSTANCE_CONFIG config; /* (c) without Provider and ProviderConfig */
    const void *context;            /* (c) UseContextForQuery: its data; else NULL */
    ULONG context_size;             /* (c) */
};

static inline void fx_wmi_lock(struct fx_device *device)
{
    base_lock_acquire(&device->wmi.lock);
}

static inline void fx_wmi_unlock(struct fx_device *device)
{
    base_lock_release(&device->wmi.lock);
}

/* fx_wmi_provider_create: what WdfWmiProviderCreate does after it has looked at its handles. */
NTSTATUS fx_wmi_provider_create(struct fx_device *device, const WDF_WMI_PROVIDER_CONFIG *config,
                                const WDF_OBJECT_ATTRIBUTES *attributes, const void *creator,
                                struct fx_wmi_provider **provider);
/* fx_wmi_provider_create_ours: the same for a block of the framework's own.
 *   Returns  STATUS_OBJECT_NAME_COLLISION (the GUID has a provider) */
NTSTATUS fx_wmi_provider_create_ours(struct fx_device *device,
                                     const WDF_WMI_PROVIDER_CONFIG *config, enum fx_wmi_power power,
                                     struct fx_wmi_provider **provider);
/* fx_wmi_instance_create_ours: its one instance, registered. */
NTSTATUS fx_wmi_instance_create_ours(struct fx_wmi_provider *provider);
/* fx_wmi_provider_find_locked: by its GUID; NULL: none. */
struct fx_wmi_provider *fx_wmi_provider_find_locked(struct fx_device *device, const GUID *guid);
/* fx_wmi_provider_flags_locked: WMIREG_FLAG_... to register it with. */
ULONG fx_wmi_provider_flags_locked(struct fx_wmi_provider *provider);
/* fx_wmi_provider_control: somebody wants events or data, or does no more. PASSIVE_LEVEL. */
NTSTATUS fx_wmi_provider_control(struct fx_wmi_provider *provider, WDF_WMI_PROVIDER_CONTROL control,
                                 bool enable, ULONG64 handle);

/* fx_wmi_instance_at: the registered instance at an index, referenced; NULL: none.
 * fx_wmi_instance_index: where it is. */
struct fx_wmi_instance *fx_wmi_instance_at(struct fx_wmi_provider *provider, ULONG index);
ULONG fx_wmi_instance_index(const struct fx_wmi_instance *instance);
/* fx_wmi_instance_is_readable: it answers queries: a method makes it so, too, with no data.
 * fx_wmi_instance_is_writable: its data can be set as a whole. */
bool fx_wmi_instance_is_readable(const struct fx_wmi_instance *instance);
bool fx_wmi_instance_is_writable(const struct fx_wmi_instance *instance);
/* fx_wmi_instance_query: its data in size bytes of buffer; *used: how many, or how many it takes. */
NTSTATUS fx_wmi_instance_query(struct fx_wmi_instance *instance, ULONG size, void *buffer,
                               ULONG *used);
NTSTATUS fx_wmi_instance_set(struct fx_wmi_instance *instance, ULONG size, void *buffer);
NTSTATUS fx_wmi_instance_set_item(struct fx_wmi_instance *instance, ULONG item, ULONG size,
                                  void *buffer);
NTSTATUS fx_wmi_instance_execute(struct fx_wmi_instance *instance, ULONG method, ULONG input_size,
                                 ULONG output_size, void *buffer, ULONG *used);

/* fx_wmi_changed: providers or instances did: WMI asks again, if it knows the device. */
void fx_wmi_changed(struct fx_device *device);
/* fx_wmi_dispatch: IRP_MJ_SYSTEM_CONTROL. */
NTSTATUS fx_wmi_dispatch(struct fx_device *device, PIRP irp);

/* For fx_pnp.c: the device has started; is going; is started again as if it were new.
 * fx_wmi_free: with the device. */
NTSTATUS fx_wmi_start(struct fx_device *device);
void fx_wmi_end(struct fx_device *device);
void fx_wmi_restart(struct fx_device *device);
void fx_wmi_free(struct fx_device *device);
