/* testing_registration.c - assertions on what a driver registered. */
#include <wdfcore/testing.h>

#include <wdf.h>

#include <string.h>
#include <utstring.h>

#include "harness/machine/machine_core.h"
#include "harness/testing/registration.h"
#include "harness/testing/testing_callbacks.h"
#include "harness/testing/testing_fail.h"
#include "harness/testing/testing_text.h"
#include "wdf/object/fx_handle.h"
#include "wdf/object/fx_object.h"

/* ---- objects ---- */

static enum fx_type_number find_type(const char *name)
{
    for (int type = FX_TYPE_NONE + 1; type < FX_TYPE_COUNT; type++) {
        if (strcmp(fx_type_name((enum fx_type_number)type), name) == 0) {
            return (enum fx_type_number)type;
        }
    }
    testing_fail(testing_file(), testing_line(), "there is no type of object %s", name);
}

/* The next live object of the type after that handle number. */
static struct fx_object *next_object(enum fx_type_number type, uint32_t *index)
{
    while (++*index <= fx_handle_last()) {
        struct fx_object *object = fx_handle_at(*index);

        if (object != NULL && object->type->number == type &&
            fx_handle_find(fx_handle_of(object)) == object) {
            return object;
        }
    }
    return NULL;
}

size_t wc_object_count(const char *type)
{
    enum fx_type_number number = find_type(type);
    uint32_t index = 0;
    size_t count = 0;

    while (next_object(number, &index) != NULL) {
        count++;
    }
    return count;
}

void *wc_object(const char *type, size_t number)
{
    enum fx_type_number wanted = find_type(type);
    struct fx_object *object = NULL;
    uint32_t index = 0;

    for (size_t i = 0; i <= number; i++) {
        object = next_object(wanted, &index);
        if (object == NULL) {
            testing_fail(testing_file(), testing_line(),
                         "there are %zu objects of type %s, and no %zu", i, type, number);
        }
    }
    return fx_handle_of(object);
}

void *wc_driver_object(void)
{
    struct wc_driver *driver = wc_test_driver();

    if (driver == NULL || driver->object == NULL) {
        testing_fail(testing_file(), testing_line(), "this test has no driver");
    }
    return driver->object;
}

/* ---- looking ---- */

struct search {
    const char *name, *value; /* value NULL: any that is set */
    bool known;               /* there is such a field */
    bool callback;            /* it is one */
    bool found;
    void *place; /* of what was found */
    const void *routine;
    UT_string values; /* what the field has */
};

static bool look_at(const struct registration_row *row, void *context)
{
    struct search *search = context;
    UT_string text;

    if (strcmp(row->name, search->name) != 0) {
        return false;
    }
    utstring_init(&text);
    registration_value(row, &text);
    search->callback = row->kind == FX_FIELD_ROUTINE;
    search->routine = registration_routine(row);
    search->found = search->value != NULL ? strcmp(utstring_body(&text), search->value) == 0
                                          : search->routine != NULL;
    utstring_printf(&search->values, "%s%s", search->known ? ", " : "", utstring_body(&text));
    search->known = true;
    search->place = (void *)(uintptr_t)row->address;
    utstring_done(&text);
    return search->found;
}

static void search_begin(struct search *search, const void *object, const char *name,
                         const char *value)
{
    *search = (struct search){.name = name, .value = value};
    utstring_init(&search->values);
    registration_walk(object, look_at, search);
}

static bool add_row(const struct registration_row *row, void *context)
{
    UT_string *text = context;

    utstring_printf(text, "  %s = ", row->name);
    registration_value(row, text);
    utstring_printf(text, "\n");
    return false;
}

const char *wc_registration(const void *object)
{
    UT_string text;

    utstring_init(&text);
    if (!registration_title(object, &text)) {
        testing_fail(
            testing_file(), testing_line(),
            "%p is no live framework object, no KDPC, DRIVER_OBJECT or connected KINTERRUPT",
            object);
    }
    utstring_printf(&text, "\n");
    registration_walk(object, add_row, &text);
    return testing_keep(&text);
}

void *wc_object_with(const char *type, const char *field, const char *function)
{
    enum fx_type_number wanted = find_type(type);
    struct fx_object *object;
    uint32_t index = 0;
    UT_string there;

    utstring_init(&there);
    utstring_printf(&there, "%s", "");
    while ((object = next_object(wanted, &index)) != NULL) {
        struct search search;

        search_begin(&search, fx_handle_of(object), field, function);
        if (search.found) {
            utstring_done(&search.values);
            utstring_done(&there);
            return fx_handle_of(object);
        }
        utstring_printf(&there, "%s #%u: %s\n", type, fx_handle_index(fx_handle_of(object)),
                        search.known ? utstring_body(&search.values) : "no such field");
        utstring_done(&search.values);
    }
    testing_fail(testing_file(), testing_line(), "no %s has %s = %s:\n%s", type, field,
                 function != NULL ? function : "any", testing_keep(&there));
}

/* ---- assertions ---- */

static void fail_unknown(const struct search *search, const void *object, const char *file,
                         int line)
{
    if (!search->known) {
        testing_fail(file, line, "%s: the object has no such field:\n%s", search->name,
                     wc_registration(object));
    }
}

void wc_assert_registered_(const void *object, const char *field, const char *function,
                           const char *file, int line)
{
    struct search search;

    search_begin(&search, object, field, function);
    fail_unknown(&search, object, file, line);
    if (!search.found) {
        testing_fail(file, line, "%s is %s, and not %s, in\n%s", field,
                     utstring_body(&search.values), function != NULL ? function : "set",
                     wc_registration(object));
    }
    if (!search.callback) {
        testing_fail(file, line, "%s is no callback but a value: wc_assert_configured", field);
    }
    utstring_done(&search.values);
}

void wc_assert_not_registered_(const void *object, const char *field, const char *file, int line)
{
    struct search search;

    search_begin(&search, object, field, NULL);
    fail_unknown(&search, object, file, line);
    if (!search.callback) {
        testing_fail(file, line, "%s is no callback but a value: wc_assert_configured", field);
    }
    if (search.found) {
        testing_fail(file, line, "%s is %s, and should not be set, in\n%s", field,
                     utstring_body(&search.values), wc_registration(object));
    }
    utstring_done(&search.values);
}

void wc_assert_configured_(const void *object, const char *field, const char *value,
                           const char *file, int line)
{
    struct search search;

    search_begin(&search, object, field, value);
    fail_unknown(&search, object, file, line);
    if (!search.found) {
        testing_fail(file, line, "%s is %s, and not %s, in\n%s", field,
                     utstring_body(&search.values), value, wc_registration(object));
    }
    utstring_done(&search.values);
}

/* ---- for wc_observe_callback and wc_replace_callback ---- */

void **testing_callback_place(const void *object, const char *field)
{
    struct search search;

    search_begin(&search, object, field, NULL);
    fail_unknown(&search, object, testing_file(), testing_line());
    if (!search.callback || !search.found) {
        testing_fail(testing_file(), testing_line(), "%s is not set, in\n%s", field,
                     wc_registration(object));
    }
    utstring_done(&search.values);
    return search.place;
}
