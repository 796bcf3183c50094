/* fx_handle.c - the slot table, the names of types, and the ring of destroyed objects.
 *
 * What a slot's handle word holds:  type  generation
 *   never used                      0     0
 *   in use                          type  1 .. GENERATION_LAST
 *   in its destroy callbacks        0     as before, and the lowest bit of all is set
 *   free                            0     what the next user gets
 *   used up                         0     GENERATION_END
 */
#include "wdf/object/fx_handle.h"

#include <stdio.h>

#include "base/assert.h"
#include "host/host_memory.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_report.h"

#define TYPE_MASK       ((uint64_t)0xff << FX_TYPE_SHIFT)
#define GENERATION_ONE  ((uint64_t)1 << FX_GENERATION_SHIFT)
#define GENERATION_MASK ((((uint64_t)1 << FX_GENERATION_BITS) - 1) << FX_GENERATION_SHIFT)
#define GENERATION_END  GENERATION_MASK
#define SLOT_COUNT      ((size_t)1 << FX_SLOT_BITS)

struct fx_slot *fx_slots;

static struct host_front slots_front; /* (t) */
static uint32_t slots_used; /* (r) slots 1 .. slots_used have been given out in this machine */
struct fx_graves fx_graves;

static const struct {
    const char *name;
    uint32_t id;
} types[FX_TYPE_COUNT] = {
#define FX_TYPE(type, handle, windows) [FX_TYPE_##type] = {handle, windows},
#include "wdf/object/fx_types.def"
#undef FX_TYPE
};

const char *fx_type_name(enum fx_type_number number)
{
    return number > FX_TYPE_NONE && number < FX_TYPE_COUNT ? types[number].name : "WDFOBJECT";
}

uint32_t fx_type_id(enum fx_type_number number)
{
    return number > FX_TYPE_NONE && number < FX_TYPE_COUNT ? types[number].id : 0x1000;
}

static bool slot_is_used(uint64_t handle)
{
    return (handle & (TYPE_MASK | FX_SLOT_DESTROYING)) != 0;
}

bool fx_handle_start(void)
{
    if (fx_slots == NULL && host_front_open(&slots_front, SLOT_COUNT * sizeof(struct fx_slot))) {
        fx_slots = (struct fx_slot *)(void *)slots_front.start;
    }
    return fx_slots != NULL;
}

void fx_handle_stop(void)
{
    for (uint32_t i = 1; i <= slots_used; i++) {
        if (slot_is_used(fx_slots[i].handle)) {
            fx_handle_close(fx_slots[i].handle);
        }
    }
    slots_used = 0;
}

uint32_t fx_handle_row(uint32_t count)
{
    uint32_t first = slots_used + 1;

    if (count >= SLOT_COUNT - first) {
        return 0;
    }
    host_front_reach(&slots_front, &fx_slots[first + count]);
    for (uint32_t number = first; number < first + count; number++) {
        if (fx_slots[number].handle == 0) {
            fx_slots[number].handle = (uint64_t)number << FX_SLOT_SHIFT | GENERATION_ONE;
        }
    }
    __atomic_store_n(&slots_used, first + count - 1, __ATOMIC_RELAXED);
    return first;
}

uint64_t fx_handle_open(struct fx_object *object, enum fx_type_number type)
{
    uint32_t number;
    uint64_t next;

    do {
        number = fx_handle_row(1);
        next = number != 0 ? fx_handle_next(number) : 0;
    } while (number != 0 && next == 0);
    return number != 0 ? fx_handle_reopen(next, object, type) : 0;
}

void fx_handle_close_row(uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        fx_handle_close(fx_slots[i].handle);
    }
}

uint64_t fx_handle_next(uint32_t index)
{
    uint64_t next = fx_slots[index].handle;

    return (next & GENERATION_MASK) == GENERATION_END ? 0 : next;
}

bool fx_handle_grave(const void *handle, struct fx_grave *found)
{
    bool is_there = false;
    uint32_t last, count;

    fx_tree_lock();
    last = fx_graves.buried;
    count = last < FX_GRAVES ? last : FX_GRAVES;
    for (uint32_t i = 1; i <= count && !is_there; i++) {
        *found = fx_graves.graves[(last - i) % FX_GRAVES];
        is_there = found->handle == (uint64_t)(uintptr_t)handle;
    }
    fx_tree_unlock();
    return is_there;
}

/* Stands for call sites in drivers that are unloaded. */
static const char forgotten;

void fx_handle_forget_code(const void *start, const void *end)
{
    fx_tree_lock();
    for (uint32_t i = 0; i < FX_GRAVES; i++) {
        struct fx_grave *grave = &fx_graves.graves[i];
        if (grave->creator >= start && grave->creator < end) {
            grave->creator = &forgotten;
        }
        if (grave->deleter >= start && grave->deleter < end) {
            grave->deleter = &forgotten;
        }
    }
    fx_tree_unlock();
}

struct fx_object *fx_handle_at(uint32_t index)
{
    if (index > fx_handle_last() ||
        !slot_is_used(__atomic_load_n(&fx_slots[index].handle, __ATOMIC_ACQUIRE))) {
        return NULL;
    }
    return __atomic_load_n(&fx_slots[index].object, __ATOMIC_RELAXED);
}

uint32_t fx_handle_last(void)
{
    return __atomic_load_n(&slots_used, __ATOMIC_RELAXED);
}

struct fx_object *fx_handle_find_destroying(const void *handle)
{
    uint64_t value = (uint64_t)(uintptr_t)handle;
    const struct fx_slot *slot = &fx_slots[fx_handle_index(handle)];

    struct fx_object *object = NULL;

    if (__atomic_load_n(&slot->handle, __ATOMIC_ACQUIRE) == fx_slot_destroying(value)) {
        object = __atomic_load_n(&slot->object, __ATOMIC_RELAXED);
    }
    return object != NULL && object->handle == value ? object : NULL;
}

/* The first word of a free block is a handle too, one that no slot expects yet; to a sanitizer it is
 * poisoned. */
__attribute__((no_sanitize("address"))) bool
fx_handle_is_open_locked(const struct fx_object *object)
{
    uint64_t value = *(const uint64_t *)(const void *)object;
    const struct fx_slot *slot =
        (const struct fx_slot *)((const char *)fx_slots + (value & FX_SLOT_MASK));

    return (value & TYPE_MASK) != 0 && slot->object == object &&
           (slot->handle == value || slot->handle == fx_slot_destroying(value));
}

/* The handle had an object once: its slot is at a later generation, or in its destroy callbacks. */
static bool handle_is_stale(const void *handle)
{
    uint64_t value = (uint64_t)(uintptr_t)handle;
    unsigned type = fx_handle_type(handle);
    uint64_t now = __atomic_load_n(&fx_slots[fx_handle_index(handle)].handle, __ATOMIC_RELAXED);

    if (type == FX_TYPE_NONE || type >= FX_TYPE_COUNT || (value & FX_SLOT_LOW_BITS) != 0 ||
        (value & GENERATION_MASK) == 0) {
        return false;
    }
    return (value & GENERATION_MASK) < (now & GENERATION_MASK) || now == fx_slot_destroying(value);
}

/* otherwise: who it was if it was no call of a driver. */
static void site_name(const void *site, const char *otherwise, char *text, size_t size)
{
    if (site == NULL || site == &forgotten) {
        snprintf(text, size, "%s", site == NULL ? otherwise : "a driver that is unloaded");
    } else {
        ke_report_site(site, text, size);
    }
}

static void refuse_stale(const void *handle, enum fx_type_number type)
{
    const struct fx_object *destroying = fx_handle_find_destroying(handle);
    struct fx_grave grave;
    const char *name = fx_type_name((enum fx_type_number)fx_handle_type(handle));
    char creator[160] = "not known any more";
    char deleter[160] = "not known any more";
    char object[480];

    if (fx_handle_grave(handle, &grave)) {
        site_name(grave.creator, "the framework", creator, sizeof(creator));
        site_name(grave.deleter, "its parent's deletion", deleter, sizeof(deleter));
    }
    if (destroying != NULL) {
        fx_object_describe(destroying, object, sizeof(object));
        ke_violation_object(RULE_WdfObjectUseAfterDelete, 0, 0, 0, 0, 0, object,
                            "a %s was used in its EvtDestroyCallback: only its contexts are left",
                            name);
        return;
    }
    snprintf(object, sizeof(object), "%s #%u (0x%llx), destroyed; created by %s, deleted by %s",
             name, fx_handle_index(handle), (unsigned long long)(uintptr_t)handle, creator,
             deleter);
    ke_violation_object(RULE_WdfObjectUseAfterDelete, 0, 0, 0, 0, 0, object,
                        "the handle of a destroyed %s was used%s%s", name,
                        type == FX_TYPE_ANY ? "" : " as a ",
                        type == FX_TYPE_ANY ? "" : fx_type_name(type));
}

void *fx_handle_refused(const void *handle, enum fx_type_number type)
{
    struct fx_object *object;

    if (handle == NULL) {
        fx_violation(RULE_HandleNull, FX_BUGCHECK_INVALID_HANDLE, 0, fx_type_id(type), NULL,
                     "a NULL handle was passed where a %s is required", fx_type_name(type));
        return NULL;
    }
    object = fx_handle_find(handle);
    if (object != NULL) {
        fx_violation(RULE_HandleWrongType, FX_BUGCHECK_INVALID_HANDLE, (uint64_t)(uintptr_t)handle,
                     fx_type_id(type), object, "a %s was passed where a %s is required",
                     fx_type_name(object->type->number), fx_type_name(type));
    } else if (handle_is_stale(handle)) {
        refuse_stale(handle, type);
    } else {
        fx_violation(RULE_HandleInvalid, FX_BUGCHECK_NONE, (uint64_t)(uintptr_t)handle,
                     fx_type_id(type), NULL, "0x%llx was passed where a %s is required",
                     (unsigned long long)(uintptr_t)handle, fx_type_name(type));
    }
    return NULL;
}
