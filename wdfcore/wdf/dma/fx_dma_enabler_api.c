/* fx_dma_enabler_api.c - what a driver asks an enabler, and tells it. */
#include "nt/ke/ke_api.h"
#include "wdf/dma/fx_dma.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_look.h"

size_t WdfDmaEnablerGetMaximumLength(WDFDMAENABLER DmaEnabler)
{
    const struct fx_dma_enabler *enabler;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    return enabler != NULL ? enabler->config.MaximumLength : 0;
}

size_t WdfDmaEnablerGetMaximumScatterGatherElements(WDFDMAENABLER DmaEnabler)
{
    const struct fx_dma_enabler *enabler;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    return enabler != NULL ? FX_LOOK(enabler->max_elements) : 0;
}

VOID WdfDmaEnablerSetMaximumScatterGatherElements(WDFDMAENABLER DmaEnabler, size_t MaximumFragments)
{
    struct fx_dma_enabler *enabler;

    if (!API(PASSIVE_LEVEL)) {
        return;
    }
    enabler = fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER);
    if (enabler == NULL) {
        return;
    }
    if (MaximumFragments == 0 || FX_LOOK(enabler->used)) {
        fx_violation(RULE_DmaWrongState, FX_BUGCHECK_NONE, 0, 0, &enabler->object,
                     "WdfDmaEnablerSetMaximumScatterGatherElements %s",
                     MaximumFragments == 0 ? "with 0" : "after the first transaction was made");
        return;
    }
    FX_SET(enabler->max_elements, MaximumFragments);
}

/* A direction that does not exist is that of reading. */
static const struct fx_dma_adapter *enabler_adapter(WDFDMAENABLER handle,
                                                    WDF_DMA_DIRECTION direction)
{
    const struct fx_dma_enabler *enabler = fx_handle_get(handle, FX_TYPE_DMAENABLER);

    if (enabler == NULL) {
        return NULL;
    }
    if (direction != WdfDmaDirectionReadFromDevice && direction != WdfDmaDirectionWriteToDevice) {
        fx_bad_value(&enabler->object, "WDF_DMA_DIRECTION", (long)direction);
        return NULL;
    }
    return &enabler->adapters[direction == WdfDmaDirectionWriteToDevice];
}

size_t WdfDmaEnablerGetFragmentLength(WDFDMAENABLER DmaEnabler, WDF_DMA_DIRECTION DmaDirection)
{
    const struct fx_dma_adapter *adapter;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return 0;
    }
    adapter = enabler_adapter(DmaEnabler, DmaDirection);
    return adapter != NULL ? adapter->fragment : 0;
}

PDMA_ADAPTER WdfDmaEnablerWdmGetDmaAdapter(WDFDMAENABLER DmaEnabler, WDF_DMA_DIRECTION DmaDirection)
{
    const struct fx_dma_adapter *adapter;

    if (!API_QUIET(DISPATCH_LEVEL)) {
        return NULL;
    }
    adapter = enabler_adapter(DmaEnabler, DmaDirection);
    return adapter != NULL ? adapter->wdm : NULL;
}

NTSTATUS WdfDmaEnablerConfigureSystemProfile(WDFDMAENABLER DmaEnabler,
                                             PWDF_DMA_SYSTEM_PROFILE_CONFIG ProfileConfig,
                                             WDF_DMA_DIRECTION ConfigDirection)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (fx_handle_get(DmaEnabler, FX_TYPE_DMAENABLER) == NULL || !fx_required(ProfileConfig)) {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_NOT_IMPLEMENTED; /* no enabler has that profile */
}
