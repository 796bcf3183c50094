#pragma once
/* fx_pool.h - memory of the framework's own: pool blocks, zeroed, charged to no driver. */
#include "nt/ex/ex_pool.h"
#include "wdf/object/fx_watch.h"

#define FX_POOL_TAG 'wdxF'

/* fx_allocate: NULL when memory is short. */
static inline void *fx_allocate(size_t size)
{
    if (__builtin_expect(fx_watching, 0) && !fx_watch_allocate()) {
        return NULL;
    }
    return ex_pool_allocate(size, FX_POOL_TAG, false, true, NULL);
}

/* fx_free: NULL is allowed. */
static inline void fx_free(void *block)
{
    if (block != NULL) {
        ex_pool_release(block);
    }
}
