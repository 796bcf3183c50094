#pragma once
/* fx_link.h - links between objects, and from an object to its contexts, in 32 bits. A driver may have a
 * million objects: what each takes decides how many of them a page and a cache hold.
 * A link counts units of FX_LINK_UNIT from the start of the blocks' reservation, where no block lies but
 * zeros.
 */
#include <stddef.h>
#include <stdint.h>

#include "wdf/object/fx_block.h"

#define FX_LINK_UNIT 16u

typedef uint32_t fx_link;
#define FX_LINK_NONE 0u

_Static_assert(FX_BLOCK_STEP % FX_LINK_UNIT == 0, "a block can be linked to");
_Static_assert(FX_BLOCK_RESERVATION / FX_LINK_UNIT <= (uint64_t)UINT32_MAX + 1, "each of them");

/* fx_link_there: where the link leads to; FX_LINK_NONE: to a line of zeros. fx_link_address: the same, but
 * NULL for FX_LINK_NONE. fx_link_to: the link to an address inside of a block. */
static inline void *fx_link_there(fx_link link)
{
    return fx_blocks.front.start + (uint64_t)link * FX_LINK_UNIT;
}

static inline void *fx_link_address(fx_link link)
{
    return link != FX_LINK_NONE ? fx_link_there(link) : NULL;
}

static inline fx_link fx_link_to(const void *address)
{
    return (fx_link)((uintptr_t)((const char *)address - fx_blocks.front.start) / FX_LINK_UNIT);
}
