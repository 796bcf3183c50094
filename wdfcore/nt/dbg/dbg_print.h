#pragma once
/* dbg_print.h - the message filter of DbgPrint, for the layers above.
 * A mask has a bit for each level; a message is shown if its component's mask or the default mask
 * has its bit.
 */
#include <wdm.h>

/* dbg_filter_set: the mask of a component; DPFLTR_SYSTEM_ID .. DPFLTR_ENDOFTABLE_ID - 1. */
void dbg_filter_set(ULONG component, ULONG mask);
/* dbg_filter_set_default: the mask that counts for all components; 1 shows errors only. */
void dbg_filter_set_default(ULONG mask);
/* dbg_filter_reset: as a machine starts: no component's mask, default 1. */
void dbg_filter_reset(void);
