/* fx_dump_dot.c - the objects as a graph for Graphviz: a box an object, an arrow from each parent to
 * each child, and a dashed box for each tag that holds references.
 */
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

/* Inside of double quotes; DOT knows no other escape. */
static void dot_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            putc('\\', out);
        }
        putc(c < ' ' || c > '~' ? '?' : c, out);
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
        fprintf(dot->out, "\\n%s\", style=dotted];\n", fx_state_name(fx_object_state(object)));
    } else {
        fputs("\"];\n", dot->out);
    }
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
