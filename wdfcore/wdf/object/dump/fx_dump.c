/* fx_dump.c - the walk over all objects, and the tree as text. */
#include "wdf/object/dump/fx_dump.h"

#include <stdlib.h>

#include <utstring.h>

#include "nt/ke/report/ke_report.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"

#define INDENT 2

void fx_dump_words(const struct fx_object *object, char *text, size_t size)
{
    text[0] = '\0';
    if (object->type->describe != NULL) {
        object->type->describe(object, text, size);
    }
}

const void *fx_dump_deleter(const struct fx_object *object)
{
    const void *deleter;

    fx_tree_lock();
    deleter = fx_object_deleter_locked(object);
    fx_tree_unlock();
    return deleter;
}

/* By the links, not by recursion: the tree may be deep. */
static void dump_tree(const struct fx_object *root,
                      void (*each)(const struct fx_object *object, int depth, void *context),
                      void *context)
{
    const struct fx_object *object = root;
    int depth = 0;

    for (;;) {
        each(object, depth, context);
        if (object->children != FX_LINK_NONE) {
            object = fx_object_at(object->children);
            depth++;
            continue;
        }
        while (object != root && object->next == FX_LINK_NONE) {
            object = fx_object_parent(object);
            depth--;
        }
        if (object == root) {
            return;
        }
        object = fx_object_at(object->next);
    }
}

void fx_dump_each(void (*each)(const struct fx_object *object, int depth, void *context),
                  void *context)
{
    for (uint32_t i = 1; i <= fx_handle_last(); i++) {
        const struct fx_object *object = fx_handle_at(i);

        if (object != NULL && object->parent == FX_LINK_NONE) {
            dump_tree(object, each, context);
        }
    }
}

/* ---- text ---- */

static void text_line(UT_string *text, const struct fx_object *object, int depth)
{
    char words[128];

    utstring_printf(text, "%*s%s #%u", depth * INDENT, "", fx_type_name(object->type->number),
                    fx_handle_index(fx_handle_of(object)));
    for (const struct fx_context *context = fx_context_first(object); context != NULL;
         context = fx_context_next(context)) {
        if (context->type != NULL && context->type->ContextName != NULL) {
            utstring_printf(text, " %s", context->type->ContextName);
        }
    }
    if (object->type->number == FX_TYPE_DRIVER && object->globals != NULL) {
        utstring_printf(text, " %s", object->globals->public.DriverName);
    }
    fx_dump_words(object, words, sizeof(words));
    if (words[0] != '\0') {
        utstring_printf(text, ", %s", words);
    }
    if (fx_object_is_dying(object)) {
        utstring_printf(text, ", %s", fx_state_name(fx_object_state(object)));
    }
    if (fx_object_references(object) > 1) {
        utstring_printf(text, ", %u references", fx_object_references(object));
    }
}

static void short_line(const struct fx_object *object, int depth, void *context)
{
    text_line(context, object, depth);
    utstring_printf((UT_string *)context, "\n");
}

char *fx_dump_objects(void)
{
    UT_string text;

    utstring_init(&text);
    fx_dump_each(short_line, &text);
    return utstring_body(&text);
}

struct long_text {
    UT_string text;
    int depth;
};

static void reference_line(const struct fx_reference *reference, void *context)
{
    struct long_text *dump = context;
    char sites[256] = "";

    fx_reference_sites(reference, sites, sizeof(sites));
    utstring_printf(&dump->text, "%*s- tag %s holds %u, taken at %s\n", (dump->depth + 1) * INDENT,
                    "", reference->name, reference->count, sites);
}

static void append_site(UT_string *text, const char *how, const void *site)
{
    char name[192];

    if (site != NULL) {
        ke_report_site(site, name, sizeof(name));
        utstring_printf(text, "%s by %s", how, name);
    }
}

static void long_line(const struct fx_object *object, int depth, void *context)
{
    struct long_text *dump = context;

    text_line(&dump->text, object, depth);
    utstring_printf(&dump->text, " (0x%llx)", (unsigned long long)object->handle);
    append_site(&dump->text, "", object->creator);
    append_site(&dump->text, ", deleted", fx_dump_deleter(object));
    utstring_printf(&dump->text, "\n");
    dump->depth = depth;
    fx_reference_each(object, reference_line, dump);
}

void fx_dump_text(FILE *out)
{
    struct long_text dump = {.depth = 0};

    utstring_init(&dump.text);
    fx_dump_each(long_line, &dump);
    fputs(utstring_body(&dump.text), out);
    utstring_done(&dump.text);
}
