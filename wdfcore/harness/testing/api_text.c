#include "harness/testing/api_text.h"

#include <wdf.h>

#include <inttypes.h>
#include <string.h>

#include "harness/driver/driver_symbols.h"
#include "wdf/object/fx_handle.h"

#define NESTED_MAX   4
#define ELEMENTS_MAX 16u

static void text_of(UT_string *text, const struct api_type *type, const void *bytes, int depth);

int64_t api_number(const struct api_type *type, const void *bytes)
{
    uint64_t word = 0;
    size_t size = type->size < sizeof(word) ? type->size : sizeof(word);

    memcpy(&word, bytes, size);
    bool is_signed = type->kind == API_KIND_SIGNED || type->kind == API_KIND_STATUS ||
                     type->kind == API_KIND_ENUM;
    if (is_signed && size > 0 && size < sizeof(word) && (word >> (size * 8 - 1)) != 0) {
        word |= ~(uint64_t)0 << (size * 8);
    }
    return (int64_t)word;
}

void api_status_text(UT_string *text, uint32_t status)
{
    for (const struct api_enumerator *known = api_statuses; known->name != NULL; known++) {
        if ((uint32_t)known->value == status) {
            utstring_printf(text, "%s", known->name);
            return;
        }
    }
    utstring_printf(text, "0x%08" PRIX32, status);
}

void api_handle_text(UT_string *text, uint64_t handle)
{
    const void *pointer = (const void *)(uintptr_t)handle;

    if (handle == 0) {
        utstring_printf(text, "NULL");
    } else {
        utstring_printf(text, "%s #%u", fx_type_name(fx_handle_type(pointer)),
                        fx_handle_index(pointer));
    }
}

static void routine_text(UT_string *text, uint64_t address)
{
    char name[128];

    if (address == 0) {
        utstring_printf(text, "NULL");
    } else if (driver_symbols_function((const void *)(uintptr_t)address, name, sizeof(name))) {
        utstring_printf(text, "%s", name);
    } else {
        utstring_printf(text, "0x%" PRIx64, address);
    }
}

static void enum_text(UT_string *text, const struct api_type *type, int64_t number)
{
    for (const struct api_enumerator *known = type->enumerators; known->name != NULL; known++) {
        if (known->value == number) {
            utstring_printf(text, "%s", known->name);
            return;
        }
    }
    utstring_printf(text, "%" PRId64, number);
}

static void struct_text(UT_string *text, const struct api_type *type, const void *bytes, int depth)
{
    const char *separator = "{";

    if (depth >= NESTED_MAX) {
        utstring_printf(text, "{...}");
        return;
    }
    for (const struct api_field *field = type->fields; field->name != NULL; field++) {
        const char *at = (const char *)bytes + field->offset;
        const struct api_type *inner = api_type(field->type);

        if (strcmp(field->name, "Size") == 0 && field->offset == 0) {
            continue;
        }
        utstring_printf(text, "%s%s=", separator, field->name);
        separator = ", ";
        if (field->count == 0) {
            text_of(text, inner, at, depth + 1);
        }
        for (uint32_t i = 0; i < field->count && i < ELEMENTS_MAX; i++) {
            utstring_printf(text, "%s", i == 0 ? "[" : " ");
            text_of(text, inner, at + (size_t)i * inner->size, depth + 1);
        }
        if (field->count > 0) {
            utstring_printf(text, "%s]", field->count > ELEMENTS_MAX ? " ..." : "");
        }
    }
    utstring_printf(text, "%s", separator[0] == '{' ? "{}" : "}");
}

static void text_of(UT_string *text, const struct api_type *type, const void *bytes, int depth)
{
    int64_t number = type->kind == API_KIND_STRUCT ? 0 : api_number(type, bytes);

    switch (type->kind) {
    case API_KIND_VOID:
        return;
    case API_KIND_BOOLEAN:
        utstring_printf(text, "%s", number != 0 ? "TRUE" : "FALSE");
        return;
    case API_KIND_SIGNED:
        utstring_printf(text, "%" PRId64, number);
        return;
    case API_KIND_UNSIGNED:
        utstring_printf(text, "%" PRIu64, (uint64_t)number);
        return;
    case API_KIND_ENUM:
        enum_text(text, type, number);
        return;
    case API_KIND_STATUS:
        api_status_text(text, (uint32_t)number);
        return;
    case API_KIND_HANDLE:
        api_handle_text(text, (uint64_t)number);
        return;
    case API_KIND_POINTER:
        if (number == 0) {
            utstring_printf(text, "NULL");
        } else {
            utstring_printf(text, "0x%" PRIx64, (uint64_t)number);
        }
        return;
    case API_KIND_ROUTINE:
        routine_text(text, (uint64_t)number);
        return;
    case API_KIND_STRUCT:
        struct_text(text, type, bytes, depth);
        return;
    }
}

void api_text(UT_string *text, const struct api_type *type, const void *bytes)
{
    text_of(text, type, bytes, 0);
}

const struct api_field *api_find_field(const struct api_type *type, const char *path,
                                       uint32_t *offset)
{
    *offset = 0;
    while (type != NULL && type->kind == API_KIND_STRUCT) {
        const struct api_field *inside = NULL;

        for (const struct api_field *field = type->fields; field->name != NULL; field++) {
            size_t length = strlen(field->name);

            if (strcmp(field->name, path) == 0) {
                *offset += field->offset;
                return field;
            }
            if (strncmp(field->name, path, length) == 0 && path[length] == '.') {
                inside = field;
            }
        }
        if (inside == NULL) {
            return NULL;
        }
        *offset += inside->offset;
        path += strlen(inside->name) + 1;
        type = api_type(inside->type);
    }
    return NULL;
}

const struct api_type *api_type_named(const char *name)
{
    for (size_t i = 0; i < api_wrappers.type_count; i++) {
        if (strcmp(api_wrappers.type[i].name, name) == 0) {
            return &api_wrappers.type[i];
        }
    }
    return NULL;
}
