/* fx_dma_enabler.c - WDFDMAENABLER: a profile, and the adapters that follow from it.
 *
 * Normal path: checks in the documented order, the object, its adapters, the device's list.
 * Teardown: transactions and common buffers are disposed before, so that nothing is mapped any more
 * when the adapters are put.
 */
#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/dma/fx_dma_list.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/object/fx_make.h"

/* Size of the structure before KMDF 1.11. */
#define FX_DMA_CONFIG_SIZE_1_9 offsetof(WDF_DMA_ENABLER_CONFIG, AddressWidthOverride)

#define FX_DMA_FLAGS                                  \
    (WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION | \
     WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER)

static bool profile_is_wide(WDF_DMA_PROFILE profile)
{
    return profile == WdfDmaProfilePacket64 || profile == WdfDmaProfileScatterGather64 ||
           profile == WdfDmaProfileScatterGather64Duplex;
}

static bool profile_is_duplex(WDF_DMA_PROFILE profile)
{
    return profile == WdfDmaProfileScatterGatherDuplex ||
           profile == WdfDmaProfileScatterGather64Duplex;
}

static bool profile_is_packet(WDF_DMA_PROFILE profile)
{
    return profile == WdfDmaProfilePacket || profile == WdfDmaProfilePacket64;
}

static bool profile_is_system(WDF_DMA_PROFILE profile)
{
    return profile == WdfDmaProfileSystem || profile == WdfDmaProfileSystemDuplex;
}

static bool config_is_version_3(const WDF_DMA_ENABLER_CONFIG *config)
{
    return config->WdmDmaVersionOverride == 3 || config->AddressWidthOverride != 0;
}

/* spec: wdfdmaenabler/ns-wdfdmaenabler-_wdf_dma_enabler_config */
static NTSTATUS config_check(const WDF_DMA_ENABLER_CONFIG *config)
{
    ULONG width = config->AddressWidthOverride;

    if (config->Profile <= WdfDmaProfileInvalid || config->Profile > WdfDmaProfileSystemDuplex ||
        (ULONG)config->MaximumLength == 0 || (config->Flags & ~(ULONG)FX_DMA_FLAGS) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (width != 0 && (width < 24 || width > 63 || profile_is_system(config->Profile) ||
                       (!profile_is_wide(config->Profile) && width > 32))) {
        return STATUS_INVALID_PARAMETER;
    }
    if (config->WdmDmaVersionOverride != 0 && config->WdmDmaVersionOverride != 2 &&
        config->WdmDmaVersionOverride != 3) {
        return STATUS_INVALID_PARAMETER;
    }
    if ((config->Flags & WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER) != 0 &&
        !config_is_version_3(config)) {
        return STATUS_INVALID_PARAMETER;
    }
    /* No machine has a DMA controller. */
    return profile_is_system(config->Profile) ? STATUS_NOT_IMPLEMENTED : STATUS_SUCCESS;
}

/* ---- adapters ---- */

static bool adapter_get(const struct fx_dma_enabler *enabler, struct fx_dma_adapter *adapter)
{
    const WDF_DMA_ENABLER_CONFIG *config = &enabler->config;
    bool wide = profile_is_wide(config->Profile);
    DEVICE_DESCRIPTION description = {
        .Version = enabler->version_3 ? DEVICE_DESCRIPTION_VERSION3 : DEVICE_DESCRIPTION_VERSION2,
        .Master = TRUE,
        .ScatterGather = !enabler->packet,
        .Dma32BitAddresses = TRUE,
        .Dma64BitAddresses = wide,
        .InterfaceType = PCIBus,
        .MaximumLength = (ULONG)config->MaximumLength,
        .DmaAddressWidth = config->AddressWidthOverride,
    };
    const struct fx_device *device = enabler->device;
    PDEVICE_OBJECT physical = device->physical != NULL ? device->physical : device->wdm;
    size_t most;

    adapter->wdm = IoGetDmaAdapter(physical, &description, &adapter->map_registers);
    if (adapter->wdm == NULL) {
        return false;
    }
    most = (size_t)(adapter->map_registers - 1) * PAGE_SIZE;
    adapter->fragment = config->MaximumLength < most ? config->MaximumLength : most;
    return true;
}

static void adapters_put(struct fx_dma_enabler *enabler)
{
    struct fx_dma_adapter *adapters = enabler->adapters;

    if (adapters[0].wdm != NULL) {
        adapters[0].wdm->DmaOperations->PutDmaAdapter(adapters[0].wdm);
    }
    if (enabler->duplex && adapters[1].wdm != NULL) {
        adapters[1].wdm->DmaOperations->PutDmaAdapter(adapters[1].wdm);
    }
    adapters[0].wdm = adapters[1].wdm = NULL;
}

static NTSTATUS adapters_get(struct fx_dma_enabler *enabler)
{
    if (!adapter_get(enabler, &enabler->adapters[0])) {
        return STATUS_UNSUCCESSFUL;
    }
    if (!enabler->duplex) {
        enabler->adapters[1] = enabler->adapters[0];
    } else if (!adapter_get(enabler, &enabler->adapters[1])) {
        adapters_put(enabler);
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}

/* ---- the type ---- */

static bool enabler_dispose(struct fx_object *object)
{
    struct fx_dma_enabler *enabler = fx_object_body(object, struct fx_dma_enabler);

    fx_dma_list_remove(enabler);
    adapters_put(enabler);
    return true;
}

static void enabler_destroy(struct fx_object *object)
{
    fx_object_deref(&fx_object_body(object, struct fx_dma_enabler)->device->object);
}

static const struct fx_field enabler_fields[] = {
    FX_FIELD_OF(WDF_DMA_ENABLER_CONFIG, struct fx_dma_enabler, config),
    FX_FIELD_END,
};

const struct fx_type fx_dma_enabler_type = {
    .number = FX_TYPE_DMAENABLER,
    .size = sizeof(struct fx_dma_enabler),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .dispose = enabler_dispose,
    .destroy = enabler_destroy,
    .fields = enabler_fields,
};

static void enabler_init(struct fx_dma_enabler *enabler, struct fx_device *device,
                         const WDF_DMA_ENABLER_CONFIG *config)
{
    enabler->device = device;
    enabler->config = *config;
    enabler->packet = profile_is_packet(config->Profile);
    enabler->duplex = profile_is_duplex(config->Profile);
    enabler->version_3 = config_is_version_3(config);
    enabler->max_elements = WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS;
}

static NTSTATUS enabler_create(struct fx_device *device, const WDF_DMA_ENABLER_CONFIG *config,
                               const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_object *parent,
                               const void *creator, struct fx_dma_enabler **out)
{
    struct fx_dma_enabler *enabler;
    struct fx_make make;
    NTSTATUS status = fx_make_under(&fx_dma_enabler_type, 0, attributes, parent, creator, &make);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    enabler = fx_object_body(make.object, struct fx_dma_enabler);
    enabler_init(enabler, device, config);
    status = adapters_get(enabler);
    if (!NT_SUCCESS(status)) {
        fx_make_discard(&make);
        return status;
    }
    fx_object_ref(&device->object); /* dropped in enabler_destroy */
    status = fx_make_try_publish(&make);
    if (!NT_SUCCESS(status)) {
        adapters_put(enabler);
        fx_object_deref(&device->object);
        fx_make_discard(&make);
        return status;
    }
    fx_dma_list_append(enabler);
    *out = enabler;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDmaEnablerCreate(WDFDEVICE Device, PWDF_DMA_ENABLER_CONFIG Config,
                             PWDF_OBJECT_ATTRIBUTES Attributes, WDFDMAENABLER *DmaEnablerHandle)
{
    WDF_DMA_ENABLER_CONFIG config = {.Size = sizeof(config)};
    const void *creator = KE_CALLER();
    struct fx_dma_enabler *enabler;
    struct fx_object *parent;
    struct fx_device *device;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(Config) || !fx_required(DmaEnablerHandle)) {
        return STATUS_INVALID_PARAMETER;
    }
    *DmaEnablerHandle = NULL;
    if (Config->Size != sizeof(config) && Config->Size != FX_DMA_CONFIG_SIZE_1_9) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    memcpy(&config, Config, Config->Size);
    status = config_check(&config);
    config.MaximumLength = (ULONG)config.MaximumLength; /* an adapter's lengths have 32 bits */
    if (NT_SUCCESS(status)) {
        status = fx_attributes_check(&fx_dma_enabler_type, Attributes);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    parent = fx_attributes_parent(Attributes, &device->object);
    if (parent == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (fx_object_device(parent) != &device->object) {
        return STATUS_WDF_OBJECT_ATTRIBUTES_INVALID; /* spec: ATTR-18 */
    }
    status = enabler_create(device, &config, Attributes, parent, creator, &enabler);
    if (NT_SUCCESS(status)) {
        *DmaEnablerHandle = fx_handle_of(&enabler->object);
    }
    return status;
}
