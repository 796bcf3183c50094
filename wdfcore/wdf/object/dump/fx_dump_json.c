/* fx_dump_json.c - the objects as JSON: a flat list, a parent before its children. Handles are
 * strings, for JSON's numbers end at 53 bits.
 */
#include "base/json.h"
#include "nt/ke/report/ke_report.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/dump/fx_dump.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"

struct json {
    FILE *out;
    unsigned objects;
    unsigned items; /* in the array that is open inside the object */
};

static void json_member(FILE *out, const char *name, const char *text)
{
    fprintf(out, ", \"%s\": ", name);
    if (text != NULL) {
        base_json_put(out, text);
    } else {
        fputs("null", out);
    }
}

static void json_handle(FILE *out, const char *name, const struct fx_object *object)
{
    char text[32];

    if (object != NULL) {
        snprintf(text, sizeof(text), "0x%llx", (unsigned long long)object->handle);
    }
    json_member(out, name, object != NULL ? text : NULL);
}

static void json_reference(const struct fx_reference *reference, void *context)
{
    struct json *json = context;
    unsigned sites = 0;

    fprintf(json->out, "%s{\"count\": %u", json->items++ > 0 ? ", " : "", reference->count);
    json_member(json->out, "tag", reference->name);
    fputs(", \"taken\": [", json->out);
    for (unsigned i = 0; i < FX_REFERENCE_SITES; i++) {
        const struct fx_reference_site *site = &reference->sites[i];

        if (site->count != 0) {
            fprintf(json->out, "%s{\"line\": %d, \"count\": %u", sites++ > 0 ? ", " : "",
                    (int)site->line, site->count);
            json_member(json->out, "file", site->file);
            putc('}', json->out);
        }
    }
    fputs("]}", json->out);
}

static void json_contexts(struct json *json, const struct fx_object *object)
{
    fputs(", \"contexts\": [", json->out);
    json->items = 0;
    for (const struct fx_context *context = fx_context_first(object); context != NULL;
         context = fx_context_next(context)) {
        if (context->type != NULL && context->type->ContextName != NULL) {
            fputs(json->items++ > 0 ? ", " : "", json->out);
            base_json_put(json->out, context->type->ContextName);
        }
    }
    putc(']', json->out);
}

static void json_site(FILE *out, const char *name, const void *site)
{
    char text[192];

    if (site != NULL) {
        ke_report_site(site, text, sizeof(text));
    }
    json_member(out, name, site != NULL ? text : NULL);
}

static void json_object(const struct fx_object *object, int depth, void *context)
{
    struct json *json = context;
    char text[192];

    fprintf(json->out, "%s\n  {\"number\": %u", json->objects++ > 0 ? "," : "",
            fx_handle_index(fx_handle_of(object)));
    json_member(json->out, "type", fx_type_name(object->type->number));
    json_handle(json->out, "handle", object);
    json_handle(json->out, "parent", fx_object_parent(object));
    json_member(json->out, "driver",
                object->globals != NULL ? object->globals->public.DriverName : NULL);
    json_member(json->out, "life", fx_state_name(fx_object_state(object)));
    fx_dump_words(object, text, sizeof(text));
    json_member(json->out, "state", text);
    json_site(json->out, "creator", object->creator);
    json_site(json->out, "deleter", fx_dump_deleter(object));
    json_contexts(json, object);
    fprintf(json->out, ", \"references\": %u, \"tags\": [", fx_object_references(object));
    json->items = 0;
    fx_reference_each(object, json_reference, json);
    fputs("]}", json->out);
}

void fx_dump_json(FILE *out)
{
    struct json json = {.out = out};

    fputs("{\"objects\": [", out);
    fx_dump_each(json_object, &json);
    fputs("\n]}\n", out);
}
