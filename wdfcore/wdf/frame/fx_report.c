#include "wdf/frame/fx_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wdf/object/fx_context.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"

#define BUGCHECK_WDF_VIOLATION 0x10Du
#define PARENTS_NAMED          4
#define CONTEXTS_NAMED         16

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

/* What a description is made of, as it was at one moment: without a reference the object and its
 * parents stay only while the tree lock is held, and names are looked up without it. */
struct facts {
    bool is_there; /* else nothing below is set */
    bool goes_on;  /* its driver has DbgBreakOnError = 0 */
    bool has_tags; /* that are to be told: TrackHandles */
    enum fx_state state;
    uint64_t handle;
    const void *creator;
    const void *deleter;
    const struct fx_globals *globals;
    char driver[WDF_DRIVER_GLOBALS_NAME_LEN];
    unsigned context_count;
    const char *contexts[CONTEXTS_NAMED];
    unsigned parent_count; /* PARENTS_NAMED + 1: and more */
    uint64_t parents[PARENTS_NAMED + 1];
};

static void take_contexts_locked(const struct fx_object *object, struct facts *facts)
{
    for (const struct fx_context *context = fx_context_first(object);
         context != NULL && facts->context_count < CONTEXTS_NAMED;
         context = fx_context_next(context)) {
        if (context->type != NULL && context->type->ContextName != NULL) {
            facts->contexts[facts->context_count++] = context->type->ContextName;
        }
    }
}

static void take_parents_locked(const struct fx_object *object, struct facts *facts)
{
    for (const struct fx_object *parent = fx_object_parent(object);
         parent != NULL && facts->parent_count <= PARENTS_NAMED;
         parent = fx_object_parent(parent)) {
        facts->parents[facts->parent_count++] = parent->handle;
    }
}

static void take_driver(const struct fx_globals *globals, struct facts *facts)
{
    facts->globals = globals;
    if (globals != NULL) {
        facts->goes_on = globals->settings.goes_on;
        memcpy(facts->driver, globals->public.DriverName, sizeof(facts->driver));
    }
}

static void take_facts(const struct fx_object *object, struct facts *facts)
{
    memset(facts, 0, sizeof(*facts));
    fx_tree_lock();
    facts->is_there = fx_handle_is_open_locked(object);
    if (facts->is_there) {
        facts->state = fx_object_state(object);
        facts->handle = object->handle;
        facts->creator = object->creator;
        facts->deleter = fx_object_deleter_locked(object);
        take_contexts_locked(object, facts);
        take_parents_locked(object, facts);
        take_driver(object->globals, facts);
        facts->has_tags =
            (fx_object_flags(object) & FX_OBJECT_HAS_TAGS) != 0 && fx_reference_is_told(object);
    }
    fx_tree_unlock();
}

static const char *name_of_type(uint64_t handle)
{
    return fx_type_name((enum fx_type_number)fx_handle_type((const void *)(uintptr_t)handle));
}

static uint32_t number_of(uint64_t handle)
{
    return fx_handle_index((const void *)(uintptr_t)handle);
}

static void append_site(const char *what, const void *site, char *text, size_t size)
{
    char name[192];

    if (site != NULL) {
        ke_report_site(site, name, sizeof(name));
        append(text, size, "; %s by %s", what, name);
    }
}

static void append_tags(uint64_t handle, char *text, size_t size)
{
    char tags[256];

    fx_reference_list(handle, tags, sizeof(tags));
    if (tags[0] != '\0') {
        append(text, size, "; references held: %s", tags);
    }
}

static void describe(const struct facts *facts, char *text, size_t size)
{
    text[0] = '\0';
    if (!facts->is_there) {
        append(text, size, "an object that another context destroyed meanwhile");
        return;
    }
    append(text, size, "%s #%u (0x%llx)", name_of_type(facts->handle), number_of(facts->handle),
           (unsigned long long)facts->handle);
    for (unsigned i = 0; i < facts->context_count; i++) {
        append(text, size, "%s%s", i == 0 ? " with " : ", ", facts->contexts[i]);
    }
    if (facts->state != FX_STATE_CREATED) {
        append(text, size, ", %s", fx_state_name(facts->state));
    }
    for (unsigned i = 0; i < facts->parent_count && i < PARENTS_NAMED; i++) {
        append(text, size, ", child of %s #%u", name_of_type(facts->parents[i]),
               number_of(facts->parents[i]));
    }
    append(text, size, "%s", facts->parent_count > PARENTS_NAMED ? " ..." : "");
    if (facts->globals != NULL) {
        append(text, size, ", of driver %.*s", (int)sizeof(facts->driver), facts->driver);
    }
    append_site("created", facts->creator, text, size);
    append_site("deleted", facts->deleter, text, size);
    if (facts->has_tags) {
        append_tags(facts->handle, text, size);
    }
}

void fx_object_describe(const struct fx_object *object, char *text, size_t size)
{
    struct facts facts;

    take_facts(object, &facts);
    describe(&facts, text, size);
}

void fx_violation(enum base_rule rule, enum fx_bugcheck code, uint64_t p2, uint64_t p3,
                  const struct fx_object *object, const char *format, ...)
{
    char description[1024];
    char text[512];
    uint32_t bugcheck = code != FX_BUGCHECK_NONE ? BUGCHECK_WDF_VIOLATION : 0;
    struct facts facts = {0};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (object != NULL) {
        take_facts(object, &facts);
        describe(&facts, description, sizeof(description));
    } else {
        take_driver(fx_globals_of_code(ke_report_caller()), &facts);
    }
    if (code == FX_BUGCHECK_NONE && facts.goes_on) {
        ke_violation_tolerated(rule, object != NULL ? description : NULL, "%s", text);
        return;
    }
    ke_violation_object(rule, bugcheck, code, p2, p3, (uint64_t)(uintptr_t)facts.globals,
                        object != NULL ? description : NULL, "%s", text);
}

NTSTATUS fx_parameter_null(const char *parameter, const void *caller)
{
    fx_violation(RULE_ParameterNull, FX_BUGCHECK_PARAMETER_NULL, 0, (uint64_t)(uintptr_t)caller,
                 NULL, "the required parameter %s is NULL", parameter);
    return STATUS_INVALID_PARAMETER;
}
