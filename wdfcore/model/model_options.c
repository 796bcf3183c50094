/* model_options.c - the text "name,option=value,..." that a user writes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/stream/host_stream.h"
#include "model/model_private.h"

#define MODEL_NAME_MAX 64

const struct wc_model_type *model_spec_type(const char *spec, const char **rest, char *error,
                                            size_t error_size)
{
    size_t length = strcspn(spec, ",");
    const struct wc_model_type *type = NULL;
    char name[MODEL_NAME_MAX];
    size_t used;

    if (length < sizeof(name)) {
        memcpy(name, spec, length);
        name[length] = '\0';
        type = wc_model_find(name);
    }
    if (type != NULL) {
        *rest = spec[length] == ',' ? spec + length + 1 : spec + length;
        return type;
    }
    used = (size_t)snprintf(error, error_size, "no model is named \"%.*s\"; there are:",
                            (int)(length < MODEL_NAME_MAX ? length : MODEL_NAME_MAX), spec);
    for (type = wc_model_next(NULL); type != NULL && used < error_size;
         type = wc_model_next(type)) {
        used += (size_t)snprintf(error + used, error_size - used, " %s", type->name);
    }
    return NULL;
}

static void option_free(struct model_option *option)
{
    free(option->name);
    free(option->value);
    free(option);
}

void model_options_free(struct wc_model *model)
{
    while (model->options != NULL) {
        struct model_option *option = model->options;

        model->options = option->next;
        option_free(option);
    }
}

static bool option_add(struct wc_model *model, const char *text, size_t length)
{
    struct model_option *option = calloc(1, sizeof(*option));
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals != NULL ? (size_t)(equals - text) : length;

    if (option != NULL) {
        option->name = strndup(text, name_length);
        option->value = equals != NULL ? strndup(equals + 1, length - name_length - 1) : strdup("");
    }
    if (option == NULL || option->name == NULL || option->value == NULL) {
        wc_model_fail(model, "no memory");
        if (option != NULL) {
            option_free(option);
        }
        return false;
    }
    option->next = model->options;
    model->options = option;
    return true;
}

bool model_options_parse(struct wc_model *model, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        size_t name_length = strcspn(text, "=,");

        if (name_length == 0) {
            wc_model_fail(model, "an option without a name: \"%.*s\"", (int)length, text);
            return false;
        }
        for (const struct model_option *option = model->options; option != NULL;
             option = option->next) {
            if (strlen(option->name) == name_length &&
                strncmp(option->name, text, name_length) == 0) {
                wc_model_fail(model, "option \"%s\" is given twice", option->name);
                return false;
            }
        }
        if (!option_add(model, text, length)) {
            return false;
        }
        text += length;
        text += *text == ',';
    }
    return true;
}

bool model_options_all_known(struct wc_model *model)
{
    for (const struct model_option *option = model->options; option != NULL;
         option = option->next) {
        if (!option->known) {
            wc_model_fail(model, "unknown option \"%s\"; there %s", option->name,
                          model->type->options[0] != '\0' ? "are:" : "are none");
            if (model->type->options[0] != '\0') {
                size_t used = strlen(model->error);

                snprintf(model->error + used, model->error_size - used, " %s",
                         model->type->options);
            }
            return false;
        }
    }
    return true;
}

bool model_spec_is_real(const char *spec)
{
    const char *at = strchr(spec, ',');

    while (at != NULL) {
        const char *equals = strchr(++at, '=');
        const char *end = strchrnul(at, ',');

        if (equals != NULL && equals < end) {
            char *value = strndup(equals + 1, (size_t)(end - equals - 1));
            bool real = value != NULL && host_stream_spec_is_real(value);

            free(value);
            if (real) {
                return true;
            }
        }
        at = *end == ',' ? end : NULL;
    }
    return false;
}

const char *wc_model_option(struct wc_model *model, const char *name)
{
    for (struct model_option *option = model->options; option != NULL; option = option->next) {
        if (strcmp(option->name, name) == 0) {
            option->known = true;
            return option->value;
        }
    }
    return NULL;
}
