/* fx_object.c - objects: creation, references, their end. Their deletion is fx_walk.c's. */
#include "wdf/object/fx_object.h"

#include "base/assert.h"
#include "nt/ke/ke_machine.h"
#include "wdf/object/fx_create.h"
#include "wdf/object/deletion/fx_destroy.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_reference.h"
#include "wdf/frame/fx_report.h"
#include "wdf/callback/fx_spinlock.h"
#include "wdf/object/deletion/fx_walk.h"

void *fx_object_create(const struct fx_type *type, size_t extra,
                       const WDF_OBJECT_ATTRIBUTES *attributes, struct fx_globals *globals,
                       const void *creator)
{
    return fx_create(type, extra, attributes, globals, creator);
}

NTSTATUS fx_object_publish(struct fx_object *object, struct fx_object *parent)
{
    return fx_publish(object, parent);
}

void fx_object_flag(struct fx_object *object, uint16_t flags)
{
    fx_tree_lock();
    fx_object_flag_locked(object, flags);
    fx_tree_unlock();
}

void fx_object_discard(struct fx_object *object)
{
    CORE_ASSERT((object->flags & FX_OBJECT_PUBLISHED) == 0 && object->references == 1);
    fx_free_object(object, false);
}

/* ---- destruction ---- */

void fx_object_destroy(struct fx_object *object)
{
    fx_destroy(object);
}

void fx_object_over_dereferenced(const struct fx_object *object)
{
    fx_violation(RULE_WdfObjectOverDereferenced, FX_BUGCHECK_OBJECT, object->handle,
                 (uint64_t)(uintptr_t)object, object,
                 "the framework's own reference of a %s that was not deleted was released",
                 fx_type_name(object->type->number));
}

void fx_object_deref(struct fx_object *object)
{
    if (__builtin_expect(
            fx_object_references(object) == 1 && fx_object_state(object) < FX_STATE_DELETED, 0)) {
        fx_object_over_dereferenced(object);
        return;
    }
    fx_release(object);
}

/* ---- start and stop ---- */

static void fx_part_start(void)
{
    CORE_ASSERT(fx_start()); /* 256 MiB of address space each for slots and blocks, not touched */
}

__attribute__((constructor)) static void fx_part_register(void)
{
    static struct ke_machine_part part = {
        .order = 100, /* above all of nt */
        .start = fx_part_start,
        .stop = fx_stop,
    };

    ke_machine_register(&part);
}

bool fx_start(void)
{
    return fx_handle_start() && fx_block_start();
}

void fx_stop(void)
{
    fx_reference_stop();
    fx_lock_stop();
    fx_spinlock_stop();
    fx_globals_stop();
    fx_handle_stop();
    fx_block_stop();
}

uint32_t fx_object_count(enum fx_type_number type)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i <= fx_handle_last(); i++) {
        const struct fx_object *object = fx_handle_at(i);
        if (object != NULL && (type == FX_TYPE_ANY || object->type->number == type)) {
            count++;
        }
    }
    return count;
}
