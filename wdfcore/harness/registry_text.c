#include "harness/registry_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nt/rtl/string/rtl_string.h"

/* ---- text ---- */

/* UTF-8 to wide, with units zero units behind it that count. */
static bool registry_widen(const char *text, size_t length, size_t units, struct cm_data *data)
{
    size_t room = (length + units + 2) * sizeof(WCHAR);
    size_t bytes = 0;

    data->bytes = calloc(1, room);
    if (data->bytes == NULL) {
        return false;
    }
    rtl_utf8_to_wide(data->bytes, room, &bytes, text, length);
    data->size = (ULONG)(bytes + units * sizeof(WCHAR));
    return true;
}

char *registry_unquote(char *text)
{
    char *from = text + 1;
    char *to = text;

    while (*from != '"') {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\')) {
            from++;
        }
        if (*from == '\0') {
            return NULL;
        }
        *to++ = *from++;
    }
    *to = '\0';
    return from + 1;
}

static bool registry_parse_quoted(const char *text, struct cm_data *data, const char **error)
{
    char *copy = strdup(text);
    const char *rest = copy != NULL ? registry_unquote(copy) : NULL;
    bool fine = rest != NULL && rest[strspn(rest, " \t")] == '\0';

    data->type = REG_SZ;
    *error = "a text starts with a quote and does not end with one";
    fine = fine && registry_widen(copy, strlen(copy), 1, data);
    free(copy);
    return fine;
}

/* one|two becomes one NUL two NUL NUL. */
static bool registry_parse_strings(const char *text, struct cm_data *data, const char **error)
{
    *error = "out of memory";
    data->type = REG_MULTI_SZ;
    if (!registry_widen(text, strlen(text), text[0] != '\0' ? 2 : 1, data)) {
        return false;
    }
    for (WCHAR *at = data->bytes; *at != 0; at++) {
        if (*at == L'|') {
            *at = 0;
        }
    }
    return true;
}

/* ---- numbers ---- */

static bool registry_parse_number(const char *text, ULONG type, struct cm_data *data,
                                  const char **error)
{
    ULONG size = type == REG_DWORD ? 4 : 8;
    size_t digits = strspn(text, "0123456789abcdefABCDEF");
    unsigned long long value = 0;

    *error = type == REG_DWORD ? "dword: takes 1 to 8 hexadecimal digits"
                               : "qword: takes 1 to 16 hexadecimal digits";
    if (digits == 0 || digits > 2 * size || text[digits + strspn(text + digits, " \t")] != '\0') {
        return false;
    }
    value = strtoull(text, NULL, 16);
    data->type = type;
    data->size = size;
    data->bytes = calloc(1, sizeof(value) + 2 * sizeof(WCHAR));
    if (data->bytes == NULL) {
        return false;
    }
    memcpy(data->bytes, &value, size); /* little-endian, as the value is */
    return true;
}

static bool registry_parse_bytes(const char *text, struct cm_data *data, const char **error)
{
    UCHAR *bytes = calloc(1, strlen(text) + 2 * sizeof(WCHAR));

    data->bytes = bytes;
    *error = "hex: takes bytes of two hexadecimal digits with commas between them";
    while (bytes != NULL) {
        char digits[3] = {0};

        text += strspn(text, " \t");
        if (*text == '\0') {
            return true;
        }
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) {
            return false;
        }
        memcpy(digits, text, 2);
        bytes[data->size++] = (UCHAR)strtoul(digits, NULL, 16);
        text += 2;
        text += strspn(text, " \t");
        if (*text != '\0' && *text++ != ',') {
            return false;
        }
    }
    return false;
}

static bool registry_parse_hex(const char *text, struct cm_data *data, const char **error)
{
    char *end = NULL;

    data->type = REG_BINARY;
    if (*text == '(') {
        data->type = (ULONG)strtoul(text + 1, &end, 16);
        if (end == text + 1 || *end != ')') {
            *error = "hex(N): needs a type's number";
            return false;
        }
        text = end + 1;
    }
    if (*text != ':') {
        *error = "hex needs a colon";
        return false;
    }
    return registry_parse_bytes(text + 1, data, error);
}

static bool registry_parse_any(const char *text, bool bare, struct cm_data *data,
                               const char **error)
{
    if (text[0] == '"') {
        return registry_parse_quoted(text, data, error);
    }
    if (strncasecmp(text, "dword:", 6) == 0) {
        return registry_parse_number(text + 6, REG_DWORD, data, error);
    }
    if (strncasecmp(text, "qword:", 6) == 0) {
        return registry_parse_number(text + 6, REG_QWORD, data, error);
    }
    if (strncasecmp(text, "hex:", 4) == 0 || strncasecmp(text, "hex(", 4) == 0) {
        return registry_parse_hex(text + 3, data, error);
    }
    if (strncasecmp(text, "multi_sz:", 9) == 0) {
        return registry_parse_strings(text + 9, data, error);
    }
    *error = "the data are neither a quoted text nor dword:, qword:, hex:, hex(N): or multi_sz:";
    data->type = REG_SZ;
    return bare && registry_widen(text, strlen(text), 1, data);
}

bool registry_parse_data(const char *text, bool bare, struct cm_data *data, const char **error)
{
    bool parsed = false;

    *data = (struct cm_data){0};
    *error = "out of memory";
    parsed = registry_parse_any(text, bare, data, error);
    if (!parsed) {
        cm_data_free(data);
    }
    return parsed;
}

/* ---- keys ---- */

bool registry_parse_root(const char *text, char *path, size_t size)
{
    static const struct {
        const char *name, *path;
    } roots[] = {{"HKEY_LOCAL_MACHINE", "\\Registry\\Machine"},
                 {"HKLM", "\\Registry\\Machine"},
                 {"HKEY_USERS", "\\Registry\\User"},
                 {"HKU", "\\Registry\\User"},
                 {"\\Registry", "\\Registry"},
                 {"/Registry", "\\Registry"}};
    bool found = false;
    int used = 0;

    for (size_t i = 0; !found && i < sizeof(roots) / sizeof(roots[0]); i++) {
        size_t length = strlen(roots[i].name);

        found = strncasecmp(text, roots[i].name, length) == 0 &&
                (text[length] == '\0' || text[length] == '\\' || text[length] == '/');
        if (found) {
            used = snprintf(path, size, "%s%s", roots[i].path, text + length);
        }
    }
    if (!found) {
        used = snprintf(path, size, "%s", text);
    }
    for (char *at = path; *at != '\0'; at++) {
        *at = *at == '/' ? '\\' : *at;
    }
    return found && used > 0 && (size_t)used < size;
}
