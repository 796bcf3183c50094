#include "wdf/frame/fx_report.h"

#include <stdarg.h>
#include <stdio.h>

#include "wdf/object/fx_context.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"

#define BUGCHECK_WDF_VIOLATION 0x10Du
#define PARENTS_NAMED          4

/* Appends; cuts what does not fit. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    size_t used = strnlen(text, size);
    va_list arguments;

    if (used + 1 >= size) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void append_contexts(const struct fx_object *object, char *text, size_t size)
{
    const char *separator = " with ";

    for (const struct fx_context *context = object->contexts; context != NULL;
         context = context->next) {
        if (context->type != NULL && context->type->ContextName != NULL) {
            append(text, size, "%s%s", separator, context->type->ContextName);
            separator = ", ";
        }
    }
}

static void append_parents(const struct fx_object *object, char *text, size_t size)
{
    int named = 0;

    for (const struct fx_object *parent = object->parent; parent != NULL; parent = parent->parent) {
        if (++named > PARENTS_NAMED) {
            append(text, size, " ...");
            return;
        }
        append(text, size, ", child of %s #%u", fx_type_name(parent->type->number),
               fx_handle_index(fx_handle_of(parent)));
    }
}

static void append_site(const char *what, const void *site, char *text, size_t size)
{
    char name[192];

    if (site != NULL) {
        ke_report_name(site, name, sizeof(name));
        append(text, size, "; %s by %s", what, name);
    }
}

void fx_object_describe(const struct fx_object *object, char *text, size_t size)
{
    char tags[256];

    text[0] = '\0';
    append(text, size, "%s #%u (0x%llx)", fx_type_name(object->type->number),
           fx_handle_index(fx_handle_of(object)), (unsigned long long)object->handle);
    append_contexts(object, text, size);
    if (fx_object_is_dying(object)) {
        append(text, size, ", %s", fx_state_name(fx_object_state(object)));
    }
    append_parents(object, text, size);
    if (object->globals != NULL) {
        append(text, size, ", of driver %s", object->globals->public.DriverName);
    }
    append_site("created", object->creator, text, size);
    append_site("deleted", object->deleter, text, size);
    if ((fx_object_flags(object) & FX_OBJECT_HAS_TAGS) != 0) {
        fx_reference_list(object, tags, sizeof(tags));
        if (tags[0] != '\0') {
            append(text, size, "; references held: %s", tags);
        }
    }
}

void fx_violation(enum base_rule rule, enum fx_bugcheck code, uint64_t p2, uint64_t p3,
                  const struct fx_object *object, const char *format, ...)
{
    char description[1024];
    char text[512];
    uint32_t bugcheck = code != FX_BUGCHECK_NONE ? BUGCHECK_WDF_VIOLATION : 0;
    uint64_t globals = 0;
    bool tolerated = false;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (object != NULL) {
        fx_object_describe(object, description, sizeof(description));
        globals = (uint64_t)(uintptr_t)object->globals;
        tolerated = code == FX_BUGCHECK_NONE && object->globals != NULL &&
                    object->globals->settings.goes_on;
    }
    if (tolerated) {
        ke_violation_tolerated(rule, description, "%s", text);
        return;
    }
    ke_violation_object(rule, bugcheck, code, p2, p3, globals, object != NULL ? description : NULL,
                        "%s", text);
}

NTSTATUS fx_parameter_null(const char *parameter, const void *caller)
{
    fx_violation(RULE_ParameterNull, FX_BUGCHECK_PARAMETER_NULL, 0, (uint64_t)(uintptr_t)caller,
                 NULL, "the required parameter %s is NULL", parameter);
    return STATUS_INVALID_PARAMETER;
}
