#pragma once
/* fx_field.h - what a driver registered with an object: callbacks and configuration values, under
 * the names of the documentation. Each type of object lists its own (struct fx_type); the test kit
 * reads them, and may put another routine in the place of a callback.
 */
#include <stddef.h>
#include <stdint.h>

struct fx_object;

enum fx_field_kind {
    FX_FIELD_ROUTINE, /* pointer to a function */
    FX_FIELD_FLAG,    /* one byte */
    FX_FIELD_NUMBER,  /* unsigned, of the field's size */
    FX_FIELD_PRESENT, /* a pointer: whether it is not NULL */
    FX_FIELD_HANDLE,  /* struct fx_object *, shown as its handle */
    FX_FIELD_STRUCT,  /* a structure of the public headers, called type: all its fields */
};

struct fx_field {
    const char *name; /* NULL ends a list */
    enum fx_field_kind kind;
    uint32_t offset, size; /* in the body of the object */
    const char *type;      /* FX_FIELD_STRUCT */
};

#define FX_FIELD(kind, name, body, member)                                                 \
    {                                                                                      \
        (name), FX_FIELD_##kind, offsetof(body, member), sizeof(((body *)0)->member), NULL \
    }
#define FX_FIELD_OF(type, body, member)                                                    \
    {                                                                                      \
#type, FX_FIELD_STRUCT, offsetof(body, member), sizeof(((body *)0)->member), #type \
    }
#define FX_FIELD_END                    \
    {                                   \
        NULL, FX_FIELD_FLAG, 0, 0, NULL \
    }

/* What a list of registrations holds: called for each with the place of the routine. */
typedef void fx_field_found(const char *name, const void *routine, void *context);
