#pragma once
/* fx_record.h - events about framework objects: the flight ring keeps the handle, the recording the
 * object's number.
 */
#include "nt/ke/record/ke_record.h"
#include "wdf/object/fx_object.h"

static inline struct ke_about fx_about(const struct fx_object *object)
{
    return KE_ABOUT_OBJECT(object->handle, fx_type_name(object->type->number),
                           fx_handle_index(fx_handle_of(object)));
}

/* fx_note: into the recording only. */
static inline void fx_note(enum base_event_kind kind, const struct fx_object *object,
                           uint32_t value)
{
    if (ke_is_observed(ke_self)) {
        struct ke_about about = fx_about(object);

        ke_record_put(kind, &about, value);
    }
}

/* fx_note_at: the value is another object. */
static inline void fx_note_at(enum base_event_kind kind, const struct fx_object *object,
                              const struct fx_object *place)
{
    if (ke_is_observed(ke_self)) {
        struct ke_about about = fx_about(place);

        fx_note(kind, object, ke_record_subject(&about));
    }
}

/* fx_event: also into the flight ring. */
static inline void fx_event(enum base_event_kind kind, const struct fx_object *object,
                            uint32_t value)
{
    ke_ring(ke_self, kind, (const void *)(uintptr_t)object->handle);
    fx_note(kind, object, value);
}

/* fx_event_power: a transition of a device; name is a constant string. */
static inline void fx_event_power(const struct fx_object *device, const char *name)
{
    ke_ring(ke_self, BASE_EVENT_POWER, name);
    if (ke_is_observed(ke_self)) {
        struct ke_about about = KE_ABOUT_TEXT(name);

        fx_note(BASE_EVENT_POWER, device, ke_record_subject(&about));
    }
}

/* fx_about_target: a trampoline of ours stands for that routine of the object. */
static inline void fx_about_target(struct ke_about *about, const struct fx_object *object,
                                   const void *routine)
{
    about->type = fx_type_name(object->type->number);
    about->number = fx_handle_index(fx_handle_of(object));
    if (routine != NULL) {
        about->routine = routine;
    }
}
