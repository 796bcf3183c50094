#pragma once
/* fx_dma_list.h - the enablers of each device, in order of creation. */
#include "wdf/dma/fx_dma.h"

void fx_dma_list_append(struct fx_dma_enabler *enabler);
void fx_dma_list_remove(struct fx_dma_enabler *enabler);
