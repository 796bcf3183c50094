#pragma once
/* fx_lookaside.h - WDFLOOKASIDE: buffers of one size, kept for the next
 * WdfMemoryCreateFromLookaside. Rules for a list:
 * - it never runs dry: without a kept buffer the pool gives one
 * - a memory object from it keeps it alive until the memory is destroyed
 */
#include <wdf.h>

#include "wdf/frame/fx_lock.h"

#define FX_LOOKASIDE_DEPTH 64u /* buffers kept at most */

struct fx_lookaside_block;

/* Keys: (c) constant once published; (l) lock */
struct fx_lookaside {
    struct fx_object object;
    struct base_lock lock;
    size_t size;                      /* (c) */
    ULONG tag;                        /* (c) */
    bool paged;                       /* (c) */
    WDF_OBJECT_ATTRIBUTES attributes; /* (c) of the memory objects; Size 0: none */
    struct fx_lookaside_block *kept;  /* (l) */
    unsigned kept_count;              /* (l) */
};

extern const struct fx_type fx_lookaside_type;

/* fx_lookaside_give_back: the buffer of a destroyed memory object; drops its reference. */
void fx_lookaside_give_back(struct fx_lookaside *list, void *buffer);
