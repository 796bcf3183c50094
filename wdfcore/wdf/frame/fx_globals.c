#include "wdf/frame/fx_globals.h"

#include <string.h>

#include "base/assert.h"
#include "nt/ke/ke_api.h"
#include "wdf/object/fx_object.h"
#include "wdf/frame/fx_report.h"
#include "wdf/object/fx_watch.h"

#define LEAKS_REPORTED 16u /* the rest is only counted */

static struct fx_globals *registered;

/* The first four characters, as a pool tag reads; short names are filled with blanks. */
static ULONG globals_tag(const char *name)
{
    ULONG tag = 0;
    bool ended = false;

    for (unsigned i = 0; i < 4; i++) {
        ended = ended || name[i] == '\0';
        tag |= (ULONG)(unsigned char)(ended ? ' ' : name[i]) << (8 * i);
    }
    return tag;
}

/* A function of the framework looks at the IRQL under its verifier, and fails. */
static enum ke_api_finding api_finding(const char *name)
{
    const struct fx_globals *globals;

    if (strncmp(name, "Wdf", 3) != 0) {
        return KE_API_BUGCHECK;
    }
    globals = fx_globals_of_code(ke_report_caller());
    return globals != NULL && globals->settings.goes_on ? KE_API_TOLERATED : KE_API_NO_BUGCHECK;
}

void fx_globals_register(struct fx_globals *globals, const char *name, const void *image_start,
                         const void *image_end)
{
    memset(globals, 0, sizeof(*globals));
    strncpy(globals->public.DriverName, name, sizeof(globals->public.DriverName) - 1);
    globals->public.DriverTag = globals_tag(globals->public.DriverName);
    globals->public.DriverFlags = WdfVerifyOn; /* as under KMDF verifier */
    fx_settings_default(&globals->settings);
    globals->image_start = image_start;
    globals->image_end = image_end;
    globals->next = registered;
    registered = globals;
    ke_api_set_above(api_finding);
}

static bool globals_has_works(const void *context)
{
    const struct fx_globals *globals = context;

    return globals->works != 0;
}

void fx_globals_wait(struct fx_globals *globals)
{
    fx_wait_while(&globals->works_over, globals_has_works, globals, "the driver's work items");
    fx_dispose_list_wait(&globals->disposes);
}

static void globals_report_leaks(const struct fx_globals *globals)
{
    uint32_t leaks = 0;

    for (uint32_t i = 1; i <= fx_handle_last(); i++) {
        const struct fx_object *object = fx_handle_at(i);

        if (object == NULL || object->globals != globals || ++leaks > LEAKS_REPORTED) {
            continue;
        }
        fx_violation(RULE_WdfObjectLeaked, FX_BUGCHECK_NONE, 0, 0, object,
                     "driver %s is unloaded and a %s of it is left", globals->public.DriverName,
                     fx_type_name(object->type->number));
    }
}

void fx_globals_unregister(struct fx_globals *globals)
{
    struct fx_globals **link = &registered;

    fx_watch_end(globals);
    if (!globals->stays) {
        globals_report_leaks(globals);
    }
    while (*link != NULL && *link != globals) {
        link = &(*link)->next;
    }
    CORE_ASSERT(*link == globals);
    *link = globals->next;
    fx_handle_forget_code(globals->image_start, globals->image_end);
}

void fx_globals_stop(void)
{
    registered = NULL;
    fx_watch_stop();
}

struct fx_globals *fx_globals_of_code(const void *address)
{
    struct fx_globals *globals = registered;

    while (globals != NULL && (address < globals->image_start || address >= globals->image_end)) {
        globals = globals->next;
    }
    return globals;
}

struct fx_globals *fx_globals_at(const void *address)
{
    struct fx_globals *globals = fx_globals_of_code(address);

    return globals != NULL ? globals : registered;
}
