#pragma once
/* registration.h - what a driver registered with an object, as rows of name and value: framework
 * objects by their type's table (fx_field.h), kernel structures by the public headers.
 */
#include <stdbool.h>
#include <utstring.h>

#include "harness/api_interpose.h"
#include "wdf/object/fx_field.h"

struct registration_row {
    char name[96];
    enum fx_field_kind kind; /* never FX_FIELD_STRUCT */
    const void *address;     /* where the value stands */
    uint32_t size;
    const struct api_type *type; /* how to show it; NULL: by kind */
};

/* registration_walk: rows of the object until one is taken (seen returns true). false: this is no
 * object whose registrations are known. */
typedef bool registration_seen(const struct registration_row *row, void *context);
bool registration_walk(const void *object, registration_seen *seen, void *context);

/* registration_routine: the function in the row, or NULL. */
const void *registration_routine(const struct registration_row *row);
/* registration_value: the row's value as text. */
void registration_value(const struct registration_row *row, UT_string *text);

/* registration_title: "WDFDPC #7", "KDPC", ...; false: unknown. */
bool registration_title(const void *object, UT_string *text);
