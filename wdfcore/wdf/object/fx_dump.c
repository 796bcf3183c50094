#include "wdf/object/fx_dump.h"

#include <stdio.h>
#include <stdlib.h>

#include <utstring.h>

#include "wdf/object/fx_context.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/object/fx_state.h"

static void dump_line(UT_string *text, const struct fx_object *object, int depth)
{
    char words[128] = "";

    utstring_printf(text, "%*s%s #%u", depth * 2, "", fx_type_name(object->type->number),
                    fx_handle_index(fx_handle_of(object)));
    for (const struct fx_context *context = object->contexts; context != NULL;
         context = context->next) {
        if (context->type != NULL && context->type->ContextName != NULL) {
            utstring_printf(text, " %s", context->type->ContextName);
        }
    }
    if (object->type->number == FX_TYPE_DRIVER && object->globals != NULL) {
        utstring_printf(text, " %s", object->globals->public.DriverName);
    }
    if (object->type->describe != NULL) {
        object->type->describe(object, words, sizeof(words));
    }
    if (words[0] != '\0') {
        utstring_printf(text, ", %s", words);
    }
    if (object->state != FX_STATE_CREATED) {
        utstring_printf(text, ", %s", fx_state_name((enum fx_state)object->state));
    }
    if (object->references > 1) {
        utstring_printf(text, ", %u references", object->references);
    }
    utstring_printf(text, "\n");
}

/* By the links, not by recursion: the tree may be deep. */
static void dump_tree(UT_string *text, const struct fx_object *root)
{
    const struct fx_object *object = root;
    int depth = 0;

    for (;;) {
        dump_line(text, object, depth);
        if (object->children != NULL) {
            object = object->children;
            depth++;
            continue;
        }
        while (object != root && object->next == NULL) {
            object = object->parent;
            depth--;
        }
        if (object == root) {
            return;
        }
        object = object->next;
    }
}

char *fx_dump_objects(void)
{
    UT_string text;

    utstring_init(&text);
    for (uint32_t i = 1; i <= fx_handle_last(); i++) {
        const struct fx_object *object = fx_handle_at(i);

        if (object != NULL && object->parent == NULL) {
            dump_tree(&text, object);
        }
    }
    return utstring_body(&text);
}
