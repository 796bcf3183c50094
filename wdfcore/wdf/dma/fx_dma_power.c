/* fx_dma_power.c - enablers while their device enters D0 and leaves it.
 *
 *   up, each enabler     Fill, Enable, SelfManagedIoStart; the first failure ends it
 *   down, each enabler   SelfManagedIoStop, Disable (not after a failed Fill), Flush (not after a failed
 *                        Fill or Enable); a failure stops nothing
 * A failure on the way up is answered by all of the way down, enablers that were not reached included.
 * (spec: DMA-22, PNP-08, PNP-09; fxdmaenabler.cpp)
 */
#include "wdf/dma/fx_dma_list.h"
#include "wdf/frame/fx_call.h"

static struct base_lock fx_dma_list = {.rank = BASE_RANK_FX_OBJECT};

void fx_dma_list_append(struct fx_dma_enabler *enabler)
{
    struct fx_dma_enabler **link = &enabler->device->dma_enablers;

    base_lock_acquire(&fx_dma_list);
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = enabler;
    base_lock_release(&fx_dma_list);
}

void fx_dma_list_remove(struct fx_dma_enabler *enabler)
{
    struct fx_dma_enabler **link = &enabler->device->dma_enablers;

    base_lock_acquire(&fx_dma_list);
    while (*link != NULL && *link != enabler) {
        link = &(*link)->next;
    }
    if (*link == enabler) {
        *link = enabler->next;
    }
    enabler->next = NULL;
    base_lock_release(&fx_dma_list);
}

/* The one behind `previous` (NULL: the first), referenced; the reference on the
 * previous one is given up. NULL: that was the last, or it has left the list. */
static struct fx_dma_enabler *fx_dma_list_next(struct fx_device *device,
                                               struct fx_dma_enabler *previous)
{
    struct fx_dma_enabler *next;

    base_lock_acquire(&fx_dma_list);
    next = previous != NULL ? previous->next : device->dma_enablers;
    if (next != NULL) {
        fx_object_ref(&next->object);
    }
    base_lock_release(&fx_dma_list);
    if (previous != NULL) {
        fx_object_deref(&previous->object);
    }
    return next;
}

/* The six callbacks have one and the same type. */
static NTSTATUS dma_call(struct fx_dma_enabler *enabler, const char *kind,
                         PFN_WDF_DMA_ENABLER_FILL callback)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct fx_call call;

    if (callback != NULL &&
        fx_call_enter(&call, kind, (const void *)callback, &enabler->object, NULL)) {
        status = callback(fx_handle_of(&enabler->object));
        fx_call_leave(&call);
    }
    return status;
}

static NTSTATUS dma_up(struct fx_dma_enabler *enabler)
{
    const WDF_DMA_ENABLER_CONFIG *config = &enabler->config;
    NTSTATUS status;

    enabler->fill_failed = enabler->enable_failed = false;
    status = dma_call(enabler, "EvtDmaEnablerFill", config->EvtDmaEnablerFill);
    if (!NT_SUCCESS(status)) {
        enabler->fill_failed = true;
        return status;
    }
    status = dma_call(enabler, "EvtDmaEnablerEnable", config->EvtDmaEnablerEnable);
    if (!NT_SUCCESS(status)) {
        enabler->enable_failed = true;
        return status;
    }
    return dma_call(enabler, "EvtDmaEnablerSelfManagedIoStart",
                    config->EvtDmaEnablerSelfManagedIoStart);
}

static NTSTATUS dma_down(struct fx_dma_enabler *enabler)
{
    const WDF_DMA_ENABLER_CONFIG *config = &enabler->config;
    NTSTATUS first =
        dma_call(enabler, "EvtDmaEnablerSelfManagedIoStop", config->EvtDmaEnablerSelfManagedIoStop);
    NTSTATUS status = STATUS_SUCCESS;

    if (!enabler->fill_failed) {
        status = dma_call(enabler, "EvtDmaEnablerDisable", config->EvtDmaEnablerDisable);
        first = NT_SUCCESS(first) ? status : first;
    }
    if (!enabler->fill_failed && !enabler->enable_failed) {
        status = dma_call(enabler, "EvtDmaEnablerFlush", config->EvtDmaEnablerFlush);
        first = NT_SUCCESS(first) ? status : first;
    }
    enabler->fill_failed = enabler->enable_failed = false;
    return first;
}

NTSTATUS fx_dma_power_up(struct fx_device *device)
{
    struct fx_dma_enabler *enabler = fx_dma_list_next(device, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    while (enabler != NULL && NT_SUCCESS(status)) {
        status = dma_up(enabler);
        if (NT_SUCCESS(status)) {
            enabler = fx_dma_list_next(device, enabler);
        }
    }
    if (enabler != NULL) {
        fx_object_deref(&enabler->object);
    }
    return status;
}

NTSTATUS fx_dma_power_down(struct fx_device *device)
{
    struct fx_dma_enabler *enabler = fx_dma_list_next(device, NULL);
    NTSTATUS first = STATUS_SUCCESS;

    while (enabler != NULL) {
        NTSTATUS status = dma_down(enabler);

        if (NT_SUCCESS(first)) {
            first = status;
        }
        enabler = fx_dma_list_next(device, enabler);
    }
    return first;
}
