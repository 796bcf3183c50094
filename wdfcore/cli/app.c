#include "cli/app.h"

#include <string.h>

static const struct cli_app_type *const types[] = {
    &cli_app_echo,
};

#define TYPES (sizeof(types) / sizeof(types[0]))

const struct cli_app_type *cli_app_find(const char *name, size_t length)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strlen(types[i]->name) == length && memcmp(types[i]->name, name, length) == 0) {
            return types[i];
        }
    }
    return NULL;
}

const struct cli_app_type *cli_app_next(const struct cli_app_type *type)
{
    size_t next = 0;

    while (type != NULL && next < TYPES && types[next++] != type) {
    }
    return next < TYPES ? types[next] : NULL;
}
