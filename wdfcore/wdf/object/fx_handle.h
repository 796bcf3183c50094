#pragma once
/* fx_handle.h - handles: slot index, generation and type in one pointer-sized value.
 * Rules for a handle:
 * - bits 63..56 type number, 55..28 generation, 27..4 slot index, 3..0 zero; never a canonical
 *   address, so a driver that dereferences one faults at once
 * - the slot holds the whole handle that it expects: one comparison checks index and generation
 * - a destroyed object's slot expects another generation from then on; a slot whose generation
 * would wrap is retired; slots are reused last-in first-out
 * - the table is one reservation that is never returned, so that any value may be looked up;
 *   generations go on over machines, so a handle of an earlier machine is stale, not wrong
 * Who created and deleted an object is known for the last 4,096 destroyed ones.
 */
#include <stdbool.h>
#include <stdint.h>

#include "wdf/object/fx_type.h"

struct fx_object;

/* Key: (r) written under the tree lock, read anywhere */
struct fx_slot {
    uint64_t handle;          /* (r) 0 in the type bits: no handle matches, see fx_slot_expects */
    struct fx_object *object; /* (r) */
};

#define FX_SLOT_BITS        24
#define FX_SLOT_SHIFT       4
#define FX_SLOT_MASK        ((((uint64_t)1 << FX_SLOT_BITS) - 1) << FX_SLOT_SHIFT)
#define FX_GENERATION_SHIFT 28
#define FX_GENERATION_BITS  28
#define FX_TYPE_SHIFT       56

extern struct fx_slot *fx_slots __attribute__((visibility("hidden"))); /* (c) in a process */

/* fx_handle_type: what the value claims to be; FX_TYPE_NONE and numbers that do not exist too. */
static inline unsigned fx_handle_type(const void *handle)
{
    return (unsigned)((uint64_t)(uintptr_t)handle >> FX_TYPE_SHIFT);
}

/* fx_handle_index: the slot's number; in one machine it names a live object. */
static inline uint32_t fx_handle_index(const void *handle)
{
    return (uint32_t)(((uint64_t)(uintptr_t)handle & FX_SLOT_MASK) >> FX_SLOT_SHIFT);
}

static inline const struct fx_slot *fx_handle_slot(const void *handle)
{
    _Static_assert(sizeof(struct fx_slot) == 1u << FX_SLOT_SHIFT, "the index bits are an offset");
    return (const struct fx_slot *)((const char *)fx_slots +
                                    ((uint64_t)(uintptr_t)handle & FX_SLOT_MASK));
}

static inline struct fx_object *fx_slot_object(const struct fx_slot *slot)
{
    return __atomic_load_n(&slot->object, __ATOMIC_RELAXED);
}

/* fx_slot_expects: exactly this value; it is a live object's if it has a type: a free slot expects what its
 * next user's handle will be, without one. Acquire: the object was there before its handle. */
static inline bool fx_slot_expects(const struct fx_slot *slot, const void *handle)
{
    return __atomic_load_n(&slot->handle, __ATOMIC_ACQUIRE) == (uint64_t)(uintptr_t)handle;
}

/* fx_slot_has: the object with this handle; never for NULL. */
static inline bool fx_slot_has(const struct fx_slot *slot, const void *handle)
{
    return fx_slot_expects(slot, handle) && fx_handle_type(handle) != FX_TYPE_NONE;
}

/* fx_handle_find: the live object behind a handle, NULL for anything else. Reports nothing. */
static inline struct fx_object *fx_handle_find(const void *handle)
{
    const struct fx_slot *slot = fx_handle_slot(handle);

    return __builtin_expect(fx_slot_has(slot, handle), 1) ? fx_slot_object(slot) : NULL;
}

/* fx_handle_refused: reports why the handle is none of the type: HandleNull, HandleWrongType,
 * WdfObjectUseAfterDelete or HandleInvalid. Returns NULL (when the violation was expected). */
void *fx_handle_refused(const void *handle, enum fx_type_number type);

/* fx_handle_get: the object of that type behind a driver's handle; else a violation and NULL, upon
 * which the API returns its refusal. The body starts with its fx_object, so the result may be
 * assigned to a pointer to either. */
static inline void *fx_handle_get(const void *handle, enum fx_type_number type)
{
    const struct fx_slot *slot = fx_handle_slot(handle);

    if (__builtin_expect(!fx_slot_expects(slot, handle) || fx_handle_type(handle) != type, 0)) {
        return fx_handle_refused(handle, type);
    }
    return fx_slot_object(slot);
}

/* fx_handle_get_any: the same for a WDFOBJECT parameter. */
static inline struct fx_object *fx_handle_get_any(const void *handle)
{
    struct fx_object *object = fx_handle_find(handle);

    return __builtin_expect(object != NULL, 1) ? object : fx_handle_refused(handle, FX_TYPE_ANY);
}

/* ---- the table, for fx_object.c; all that change it hold the tree lock ---- */

#define FX_SLOT_LOW_BITS   ((uint64_t)15)
#define FX_SLOT_DESTROYING ((uint64_t)1)

/* fx_slot_destroying: what an object's slot holds while its EvtDestroyCallbacks run: its handle with the lowest
 * bit set and without the type, so that no value that a driver passes, damaged or not, is taken for it. */
static inline uint64_t fx_slot_destroying(uint64_t handle)
{
    return (handle & (((uint64_t)1 << FX_TYPE_SHIFT) - 1)) | FX_SLOT_DESTROYING;
}

/* fx_handle_start: called when a machine starts. false: no memory for the table.
 * fx_handle_stop: every slot is free again, every handle stale. */
bool fx_handle_start(void);
void fx_handle_stop(void);

/* fx_handle_open: a handle for the object; 0: the table is full. */
uint64_t fx_handle_open(struct fx_object *object, enum fx_type_number type);

/* fx_handle_row: that many slots in a row that nobody had in this machine, free: fx_handle_next knows what
 * each one's user gets. The first one's number; 0: there are not so many. */
uint32_t fx_handle_row(uint32_t count);

/* fx_handle_reopen: a handle in the slot that fx_handle_close left for the next user (a freed
 * object's memory keeps its slot): `next` is what that returned. */
static inline uint64_t fx_handle_reopen(uint64_t next, struct fx_object *object,
                                        enum fx_type_number type)
{
    uint64_t handle = next | (uint64_t)type << FX_TYPE_SHIFT;
    struct fx_slot *slot = (struct fx_slot *)((char *)fx_slots + (next & FX_SLOT_MASK));

    __atomic_store_n(&slot->object, object, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->handle, handle, __ATOMIC_RELEASE);
    return handle;
}

/* fx_handle_close: the handle is stale from now on. Returns what fx_handle_reopen takes, or 0: the
 * slot's generations are used up and it was retired. */
static inline uint64_t fx_handle_close(uint64_t handle)
{
    const uint64_t generations = (((uint64_t)1 << FX_GENERATION_BITS) - 1) << FX_GENERATION_SHIFT;
    struct fx_slot *slot = (struct fx_slot *)((char *)fx_slots + (handle & FX_SLOT_MASK));
    uint64_t next = (handle & (generations | FX_SLOT_MASK)) + ((uint64_t)1 << FX_GENERATION_SHIFT);

    __atomic_store_n(&slot->handle, next, __ATOMIC_RELEASE);
    return __builtin_expect((next & generations) == generations, 0) ? 0 : next;
}

/* fx_handle_close_row: the same for `count` slots from `first` on. What fx_handle_close returns, says
 * fx_handle_next for each of them later. */
void fx_handle_close_row(uint32_t first, uint32_t count);
uint64_t fx_handle_next(uint32_t index);

/* fx_handle_set_destroying: from now on only fx_handle_find_destroying finds the object. */
static inline void fx_handle_set_destroying(uint64_t handle)
{
    struct fx_slot *slot = (struct fx_slot *)((char *)fx_slots + (handle & FX_SLOT_MASK));

    __atomic_store_n(&slot->handle, fx_slot_destroying(handle), __ATOMIC_RELEASE);
}

struct fx_object *fx_handle_find_destroying(const void *handle);

/* fx_handle_is_open_locked: with the tree lock: at this address, which was one of an object, still
 * stands one. While the lock is held it stays. */
bool fx_handle_is_open_locked(const struct fx_object *object);

/* fx_handle_at: the object in slot 1 .. fx_handle_last(), NULL if it is free. */
struct fx_object *fx_handle_at(uint32_t index);
uint32_t fx_handle_last(void);

/* The destroyed objects that are still remembered. */
struct fx_grave {
    uint64_t handle;
    const void *creator; /* call sites in the driver, NULL: the framework itself */
    const void *deleter; /* NULL: it went with its parent */
};

#define FX_GRAVES 4096u

/* Key: (t) tree lock */
struct fx_graves {
    uint32_t buried; /* (t) graves ever dug; the next one is at this number modulo FX_GRAVES */
    struct fx_grave graves[FX_GRAVES]; /* (t) */
};

extern struct fx_graves fx_graves __attribute__((visibility("hidden")));

/* fx_handle_bury: remember a destroyed object; with the tree lock. fx_handle_grave: false: it is
 * forgotten.
 * fx_handle_forget_code: a driver is unloaded: its call sites mean nothing any more. */
static inline void fx_handle_bury(uint64_t handle, const void *creator, const void *deleter)
{
    struct fx_grave *grave = &fx_graves.graves[fx_graves.buried++ % FX_GRAVES];

    grave->handle = handle;
    grave->creator = creator;
    grave->deleter = deleter;
}

bool fx_handle_grave(const void *handle, struct fx_grave *found);
void fx_handle_forget_code(const void *start, const void *end);
