#pragma once
/* fx_dma_list.h - the enablers of each device, in order of creation. */
#include "wdf/dma/fx_dma.h"

void fx_dma_list_append(struct fx_dma_enabler *enabler);
void fx_dma_list_remove(struct fx_dma_enabler *enabler);
/* fx_dma_list_next: the one behind `previous` (NULL: the first), referenced; the reference on the
 * previous one is given up. NULL: that was the last, or it has left the list. */
struct fx_dma_enabler *fx_dma_list_next(struct fx_device *device, struct fx_dma_enabler *previous);
