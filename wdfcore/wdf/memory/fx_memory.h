#pragma once
/* fx_memory.h - WDFMEMORY: a buffer with a handle.
 * Rules for a memory object:
 * - its buffer lives until the object is destroyed, so a referenced one keeps it after deletion
 * - a buffer from the pool or a lookaside list is the object's; a preallocated one the driver's; a
 *   request's the sender's, valid until the request is completed
 */
#include <wdf.h>

#include "wdf/object/fx_object.h"

struct fx_lookaside;
struct fx_request;

enum fx_memory_kind {
    FX_MEMORY_POOL,
    FX_MEMORY_PREALLOCATED,
    FX_MEMORY_LOOKASIDE,
    FX_MEMORY_REQUEST,
};

/* Keys: (c) constant once published; (d) the driver's affair (WdfMemoryAssignBuffer) */
struct fx_memory {
    struct fx_object object;
    void *buffer;               /* (d) */
    size_t size;                /* (d) */
    enum fx_memory_kind kind;   /* (c) */
    bool read_only;             /* (c) the driver may only read it */
    bool paged;                 /* (c) */
    struct fx_lookaside *list;  /* (c) where the buffer goes back to */
    struct fx_request *request; /* (c) whose buffer it is */
};

extern const struct fx_type fx_memory_type;

/* fx_memory_create_from_pool: size is not 0; tag 0: the driver's.
 *   Returns  statuses of fx_make; STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS fx_memory_create_from_pool(const WDF_OBJECT_ATTRIBUTES *attributes, bool paged, ULONG tag,
                                    size_t size, const void *caller, struct fx_memory **memory);

/* fx_memory_create_for_request: the handle of a request's buffer; a child of the request that the
 * driver can neither delete nor give contexts.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES, STATUS_DELETE_PENDING */
NTSTATUS fx_memory_create_for_request(struct fx_request *request, void *buffer, size_t size,
                                      bool read_only, struct fx_memory **memory);

/* fx_memory_may_touch: false after a violation: paged memory above APC_LEVEL. object: whose. */
bool fx_memory_may_touch(bool paged, struct fx_object *object, const char *api);

static inline WDFMEMORY fx_memory_handle(const struct fx_memory *memory)
{
    return (WDFMEMORY)fx_handle_of(&memory->object);
}
