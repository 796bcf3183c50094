#include "harness/pnp/resource_spec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_line.h"

#define PORT_LAST   0xffffu
#define MEMORY_LAST ((1ull << 52) - 1) /* what an x64 processor can address at most */

struct parser {
    struct resource_spec *spec;
    char *error;
    size_t error_size;
};

static const char *const kind_names[] = {
    [RESOURCE_PORT] = "port", [RESOURCE_MEMORY] = "memory", [RESOURCE_IRQ] = "irq"};

__attribute__((format(printf, 2, 3))) static bool refuse(struct parser *parser, const char *format,
                                                         ...)
{
    int used = snprintf(parser->error, parser->error_size, "resources: ");
    va_list arguments;

    if (used < 0 || (size_t)used >= parser->error_size) {
        return false;
    }
    va_start(arguments, format);
    vsnprintf(parser->error + used, parser->error_size - (size_t)used, format, arguments);
    va_end(arguments);
    return false;
}

/* Reads one number at *cursor and moves it behind. strtoull alone takes signs and blanks. */
static bool parse_number(const char **cursor, uint64_t *number)
{
    char *end;

    if (**cursor < '0' || **cursor > '9') {
        return false;
    }
    errno = 0;
    bool hexadecimal = (*cursor)[0] == '0' && ((*cursor)[1] == 'x' || (*cursor)[1] == 'X');
    *number = strtoull(*cursor, &end, hexadecimal ? 16 : 10);
    if (errno != 0 || (hexadecimal && end <= *cursor + 2)) {
        return false;
    }
    *cursor = end;
    return true;
}

static bool parse_kind(struct parser *parser, const char *name, enum resource_kind *kind)
{
    for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum resource_kind)i;
            return true;
        }
    }
    return refuse(parser, "'%s' is no kind of resource; there are port, memory and irq", name);
}

static bool check_range(struct parser *parser, const char *text, enum resource_kind kind,
                        uint64_t first, uint64_t last)
{
    uint64_t limit = kind == RESOURCE_PORT     ? PORT_LAST
                     : kind == RESOURCE_MEMORY ? MEMORY_LAST
                                               : HAL_MAX_LINES - 1;

    if (last < first) {
        return refuse(parser, "'%s' ends before it begins", text);
    }
    if (last > limit) {
        return refuse(parser, "'%s' is beyond the last %s, %#" PRIx64, text, kind_names[kind],
                      limit);
    }
    for (uint32_t i = 0; i < parser->spec->count; i++) {
        const struct resource *other = &parser->spec->item[i];

        if (other->kind == kind && first < other->start + other->length && last >= other->start) {
            return refuse(parser, "'%s' overlaps another %s of the device", text, kind_names[kind]);
        }
    }
    return true;
}

static bool parse_item(struct parser *parser, char *text)
{
    char name[16];
    enum resource_kind kind = RESOURCE_PORT;
    uint64_t first;
    bool wakes = false;
    const char *equals = strchr(text, '=');

    if (text[0] == '\0') {
        return refuse(parser, "an item is empty; write port=0x3f8-0x3ff,irq=4");
    }
    if (equals == NULL || equals == text) {
        return refuse(parser, "'%s' has no value; write port=0x3f8-0x3ff,irq=4", text);
    }
    snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
    if (!parse_kind(parser, name, &kind)) {
        return false;
    }
    const char *cursor = equals + 1;
    if (!parse_number(&cursor, &first)) {
        return refuse(parser, "'%s' has no number behind the '='", text);
    }
    uint64_t last = first;
    if (*cursor == '-' && kind != RESOURCE_IRQ) {
        cursor++;
        if (!parse_number(&cursor, &last)) {
            return refuse(parser, "'%s' has no number behind the '-'", text);
        }
    }
    if (kind == RESOURCE_IRQ && strcmp(cursor, ":wake") == 0) {
        wakes = true;
        cursor += strlen(cursor);
    }
    if (*cursor != '\0') {
        return refuse(parser, "'%s' is not understood from '%s' on", text, cursor);
    }
    if (!check_range(parser, text, kind, first, last)) {
        return false;
    }
    if (parser->spec->count == RESOURCE_SPEC_MAX) {
        return refuse(parser, "more than %u items", RESOURCE_SPEC_MAX);
    }
    parser->spec->item[parser->spec->count++] =
        (struct resource){.kind = kind, .start = first, .length = last - first + 1, .wakes = wakes};
    return true;
}

bool resource_spec_parse(const char *text, struct resource_spec *spec, char *error,
                         size_t error_size)
{
    struct parser parser = {.spec = spec, .error = error, .error_size = error_size};
    bool good = true;

    spec->count = 0;
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    char *copy = strdup(text);
    if (copy == NULL) {
        return refuse(&parser, "out of memory");
    }
    for (char *item = copy, *next; good && item != NULL; item = next) {
        next = strchr(item, ',');
        if (next != NULL) {
            *next++ = '\0';
        }
        good = parse_item(&parser, item);
    }
    free(copy);
    return good;
}
