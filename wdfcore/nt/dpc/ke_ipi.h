#pragma once
/* ke_ipi.h - calls on all processors. A processor takes one at a window below IPI_LEVEL, nested on
 * whatever it runs, or in its idle context.
 */
#include "nt/ke/ke_processor.h"

/* ke_ipi_deliver: take part in the call that waits for this processor, if its IRQL allows it. */
void ke_ipi_deliver(struct ke_processor *self);
/* ke_ipi_is_pending: a call waits for this processor. */
BOOLEAN ke_ipi_is_pending(const struct ke_processor *self);
