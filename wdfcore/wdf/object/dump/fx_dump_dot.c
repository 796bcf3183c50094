/* fx_dump_dot.c - the objects as a graph for Graphviz: a box an object, an arrow from each parent to
 * each child, and a dashed box for each tag that holds references.
 */
#include "base/json.h"
#include "nt/ke/report/ke_report.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/dump/fx_dump.h"
#include "wdf/object/fx_reference.h"
#include "wdf/object/fx_state.h"

struct dot {
    FILE *out;
    uint32_t number; /* of the object whose references are written */
    unsigned tags;
};

/* Inside of double quotes, in UTF-8; DOT knows no other escape. */
static void dot_text(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        size_t length = base_json_character(at);

        if (*at == '"' || *at == '\\') {
            putc('\\', out);
        }
        if (length == 0 || *at < ' ' || *at == 0x7f) {
            putc('?', out);
            at++;
        } else {
            fwrite(at, 1, length, out);
            at += length;
        }
    }
}

static void dot_site(FILE *out, const char *how, const void *site)
{
    char name[192];

    if (site != NULL) {
        ke_report_site(site, name, sizeof(name));
        fputs(how, out);
        dot_text(out, name);
    }
}

static void dot_reference(const struct fx_reference *reference, void *context)
{
    struct dot *dot = context;
    char sites[256] = "";

    fx_reference_sites(reference, sites, sizeof(sites));
    fprintf(dot->out, "    t%u [style=dashed, label=\"", ++dot->tags);
    dot_text(dot->out, reference->name);
    fprintf(dot->out, " %ux\\n", reference->count);
    dot_text(dot->out, sites);
    fprintf(dot->out, "\"];\n    t%u -> o%u [style=dashed];\n", dot->tags, dot->number);
}

static void dot_object(const struct fx_object *object, int depth, void *context)
{
    struct dot *dot = context;
    char words[128];

    dot->number = fx_handle_index(fx_handle_of(object));
    fprintf(dot->out, "    o%u [label=\"%s #%u", dot->number, fx_type_name(object->type->number),
            dot->number);
    for (const struct fx_context *each = fx_context_first(object); each != NULL;
         each = fx_context_next(each)) {
        if (each->type != NULL && each->type->ContextName != NULL) {
            fputs("\\n", dot->out);
            dot_text(dot->out, each->type->ContextName);
        }
    }
    if (object->type->number == FX_TYPE_DRIVER && object->globals != NULL) {
        fputs("\\n", dot->out);
        dot_text(dot->out, object->globals->public.DriverName);
    }
    fx_dump_words(object, words, sizeof(words));
    if (words[0] != '\0') {
        fputs("\\n", dot->out);
        dot_text(dot->out, words);
    }
    if (fx_object_is_dying(object)) {
        fprintf(dot->out, "\\n%s", fx_state_name(fx_object_state(object)));
    }
    if (fx_object_references(object) > 1) {
        fprintf(dot->out, "\\n%u references", fx_object_references(object));
    }
    dot_site(dot->out, "\", tooltip=\"created by ", object->creator);
    dot_site(dot->out, object->creator != NULL ? ", deleted by " : "\", tooltip=\"deleted by ",
             fx_dump_deleter(object));
    fputs(fx_object_is_dying(object) ? "\", style=dotted];\n" : "\"];\n", dot->out);
    if (object->parent != FX_LINK_NONE) {
        fprintf(dot->out, "    o%u -> o%u;\n",
                fx_handle_index(fx_handle_of(fx_object_parent(object))), dot->number);
    }
    fx_reference_each(object, dot_reference, dot);
}

void fx_dump_dot(FILE *out)
{
    struct dot dot = {.out = out};

    fputs("digraph objects {\n    rankdir=LR;\n    node [shape=box];\n", out);
    fx_dump_each(dot_object, &dot);
    fputs("}\n", out);
}
