/* fx_watch.c - counting allocations and objects; see fx_watch.h. Allocations are counted for all
 * drivers together, since the framework's own count, too; objects for each driver.
 */
#include "wdf/object/fx_watch.h"

#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_report.h"
#include "wdf/object/fx_object.h"

bool fx_watching;
static unsigned fx_watched_drivers;
static int64_t fx_allocations_left = INT64_MAX; /* (a) orders nothing */

void fx_watch_begin(struct fx_globals *globals)
{
    const struct fx_settings *settings = &globals->settings;

    if (settings->allocations == FX_SETTINGS_OFF && settings->leak_limit == FX_SETTINGS_OFF) {
        return;
    }
    if (settings->allocations != FX_SETTINGS_OFF) {
        fx_allocations_left = settings->allocations;
    }
    globals->watched = true;
    fx_watching = true;
    fx_watched_drivers++;
}

void fx_watch_end(struct fx_globals *globals)
{
    if (!globals->watched) {
        return;
    }
    globals->watched = false;
    if (globals->settings.allocations != FX_SETTINGS_OFF) {
        fx_allocations_left = INT64_MAX;
    }
    fx_watching = --fx_watched_drivers != 0;
}

void fx_watch_stop(void)
{
    fx_watching = false;
    fx_watched_drivers = 0;
    fx_allocations_left = INT64_MAX;
}

bool fx_watch_allocate(void)
{
    return __atomic_fetch_sub(&fx_allocations_left, 1, __ATOMIC_RELAXED) > 0;
}

/* Requests that the framework makes for arriving IRPs are not the driver's to leak: no call site made
 * them. */
static bool fx_watch_counts(const struct fx_globals *globals, enum fx_type_number type,
                            const void *creator)
{
    return globals != NULL && globals->watched && globals->settings.leak_limit != FX_SETTINGS_OFF &&
           (type != FX_TYPE_REQUEST || creator != NULL) &&
           (globals->settings.leak_types >> type & 1) != 0;
}

/* With several devices each may have as many objects (spec: VER-13). */
static void fx_watch_count(struct fx_globals *globals, enum fx_type_number type)
{
    struct fx_settings *settings = &globals->settings;
    uint64_t devices = globals->devices_watched > 1 ? globals->devices_watched : 1;
    uint32_t count = __atomic_add_fetch(&globals->objects_watched, 1, __ATOMIC_RELAXED);

    if (count < settings->leak_limit * devices || globals->leak_told) {
        return;
    }
    globals->leak_told = true;
    fx_violation(RULE_WdfObjectLeakLimit, FX_BUGCHECK_NONE, 0, 0, globals->driver,
                 "a %s is created and %u objects of the driver exist, which is the limit of %u%s",
                 fx_type_name(type), count, settings->leak_limit,
                 devices > 1 ? " for each device" : "");
}

bool fx_watch_create(const struct fx_type *type, struct fx_globals *globals, const void *creator)
{
    if (!fx_watch_allocate()) {
        return false;
    }
    if (globals != NULL && globals->watched && type->number == FX_TYPE_DEVICE) {
        __atomic_add_fetch(&globals->devices_watched, 1, __ATOMIC_RELAXED);
    }
    if (fx_watch_counts(globals, type->number, creator)) {
        fx_watch_count(globals, type->number);
    }
    return true;
}

void fx_watch_gone(const struct fx_object *object)
{
    struct fx_globals *globals = object->globals;

    if (globals != NULL && globals->watched && object->type->number == FX_TYPE_DEVICE) {
        __atomic_sub_fetch(&globals->devices_watched, 1, __ATOMIC_RELAXED);
    }
    if (fx_watch_counts(globals, object->type->number, object->creator)) {
        __atomic_sub_fetch(&globals->objects_watched, 1, __ATOMIC_RELAXED);
    }
}
