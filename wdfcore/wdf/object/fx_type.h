#pragma once
/* fx_type.h - what the framework knows about each type of object.
 * Adding a type: a line in fx_types.def (name, Windows' id), a `const struct fx_type` in the type's
 * own file, a body that starts with its `struct fx_object`. The number goes into every handle.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdf/object/fx_field.h"

enum fx_type_number {
    FX_TYPE_NONE, /* no handle has it */
#define FX_TYPE(name, handle, id) FX_TYPE_##name,
#include "wdf/object/fx_types.def"
#undef FX_TYPE
    FX_TYPE_COUNT,
    FX_TYPE_ANY = FX_TYPE_COUNT, /* "any object": only as a requirement, never in a handle */
};

enum fx_parent_rule {
    FX_PARENT_OPTIONAL,  /* default: the driver (or what the create function says) */
    FX_PARENT_FORBIDDEN, /* STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED */
    FX_PARENT_REQUIRED,  /* STATUS_WDF_PARENT_NOT_SPECIFIED */
};

enum fx_scope_rule {
    FX_SCOPE_NONE,      /* SynchronizationScope Device and Queue are refused */
    FX_SCOPE_NOT_QUEUE, /* only Queue is refused, by the create function (file objects) */
    FX_SCOPE_ALL,
};

/* What a type says to WdfObjectDelete. */
enum fx_delete_answer {
    FX_DELETE_NOW,
    FX_DELETE_REFUSED, /* WdfObjectDeleteNotAllowed: the object lives on */
    FX_DELETE_TAKEN,   /* the type has deleted it itself, or will (control devices) */
};

struct fx_type {
    enum fx_type_number number;
    uint32_t size;            /* of the body, its struct fx_object included */
    uint16_t flags;           /* FX_OBJECT_* that every object of the type starts with */
    uint16_t sync_offset;     /* of the struct fx_sync in the body; 0: it has none */
    uint16_t disposes_offset; /* of a struct fx_dispose_list for what lies below it (devices); 0 */
    enum fx_parent_rule parent;
    enum fx_scope_rule scope;
    bool attributes_required; /* NULL: STATUS_WDF_PARENT_NOT_SPECIFIED */
    bool level_allowed;       /* ExecutionLevel may be other than Inherit */

    /* Type-specific rundown, before the driver's EvtCleanupCallbacks (step 3 of deletion). Called
     * once it has returned true, never again; at PASSIVE_LEVEL if FX_OBJECT_PASSIVE_DISPOSE, else
     * <= DISPATCH_LEVEL; no internal lock is held and it may wait where the IRQL allows.
     * false: cannot be done in this context (it would wait for its own caller); the deletion goes
     * to the dispose list and the hook is called again by the dispose worker. NULL: nothing to do.
     */
    bool (*dispose)(struct fx_object *object);

    /* After the driver's EvtDestroyCallbacks, just before the memory goes. NULL: nothing to do. */
    void (*destroy)(struct fx_object *object);

    /* Asked by WdfObjectDelete before anything else happens. NULL: FX_DELETE_NOW. An object with
     * FX_OBJECT_NO_DELETE is refused without asking. */
    enum fx_delete_answer (*may_delete)(struct fx_object *object, const void *deleter);

    /* A few words for the object tree and for reports: "queued", "stopped". NULL: none. */
    void (*describe)(const struct fx_object *object, char *text, size_t size);

    /* What its driver registered with it (fx_field.h). NULL: nothing but the attributes.
     * more_fields: callbacks that are kept in lists. NULL: there are none. */
    const struct fx_field *fields;
    void (*more_fields)(struct fx_object *object, fx_field_found *found, void *context);
};

/* fx_type_name: "WDFDPC"; fx_type_id: Windows' id (P3 of bugcheck 0x10D/5), 0x1000 for ANY. */
const char *fx_type_name(enum fx_type_number number);
uint32_t fx_type_id(enum fx_type_number number);
