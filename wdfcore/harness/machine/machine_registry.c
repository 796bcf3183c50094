/* machine_registry.c - what a machine's owner puts into its registry: single values and files of the
 * registry editor. Each line is done when it is read; a wrong one ends it with its number.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "harness/machine/machine_core.h"
#include "harness/registry_text.h"
#include "nt/rtl/string/rtl_string.h"

#define SERVICES "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
#define PATH     1024

static NTSTATUS set_value(struct cm_key *key, const char *name, const struct cm_data *data)
{
    WCHAR text[PATH];
    UNICODE_STRING wide = {0, sizeof(text), text};
    size_t bytes = 0;

    if (!rtl_utf8_to_wide(text, sizeof(text), &bytes, name, strlen(name))) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    wide.Length = (USHORT)bytes;
    return data != NULL ? cm_value_set(key, &wide, data->type, data->bytes, data->size)
                        : cm_value_delete(key, &wide);
}

/* ---- one value ---- */

/* The service of a driver that is given by its file: the name that it is going to have. */
static void service_of(const char *driver, char *service, size_t size)
{
    const char *slash = strrchr(driver, '/');
    const char *name = slash != NULL ? slash + 1 : driver;
    size_t length = strlen(name);

    if (length > 3 && strcmp(name + length - 3, ".so") == 0) {
        length -= 3;
    }
    snprintf(service, size, "%.*s", (int)length, name);
}

static enum wc_result refuse_set(const char *assignment, const char *why)
{
    return machine_fail(WC_BAD_INPUT, "registry value '%s': %s", assignment, why);
}

/* The key of KEY/NAME, absolute; *name: where the value's name starts in it. */
static bool find_key(const char *driver, const char *left, char *path, size_t size, char **name)
{
    char service[128];
    char given[PATH];

    if (!registry_parse_root(left, path, size)) {
        if (driver == NULL || left[0] == '\\' || left[0] == '/') {
            return false;
        }
        service_of(driver, service, sizeof(service));
        registry_parse_root(left, given, sizeof(given));
        if (snprintf(path, size, SERVICES "%s\\%s", service, given) >= (int)size) {
            return false;
        }
    }
    *name = strrchr(path, '\\');
    *(*name)++ = '\0';
    return true;
}

enum wc_result wc_machine_registry_set(struct wc_machine *machine, const char *driver,
                                       const char *assignment)
{
    const char *equals;
    char left[PATH], path[PATH], text[64];
    char *name = NULL;
    const char *error = "";
    struct cm_data data = {0};
    struct cm_key *key = NULL;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (assignment == NULL) {
        return machine_fail(WC_BAD_INPUT, "no registry value is given");
    }
    equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment || (size_t)(equals - assignment) >= sizeof(left)) {
        return refuse_set(assignment, "must be KEY/NAME=DATA, as in Parameters/Level=dword:5");
    }
    snprintf(left, sizeof(left), "%.*s", (int)(equals - assignment), assignment);
    if (!find_key(driver, left, path, sizeof(path), &name)) {
        return refuse_set(assignment, "the key must start with HKLM, HKU or \\Registry, or lie "
                                      "below a driver's own");
    }
    if (!registry_parse_data(equals + 1, true, &data, &error)) {
        return refuse_set(assignment, error);
    }
    NTSTATUS status = cm_key_create_all(NULL, path, &key);
    if (NT_SUCCESS(status)) {
        status = set_value(key, name, &data);
        cm_key_deref(key);
    }
    cm_data_free(&data);
    return NT_SUCCESS(status) ? WC_OK : refuse_set(assignment, machine_status_text(status, text));
}

/* ---- a file ---- */

struct reg_file {
    const char *path;
    char *text; /* UTF-8, to be cut into lines */
    unsigned line;
    struct cm_key *key; /* of the section; NULL: none yet, or one that is deleted */
    bool deleted;       /* the section is one to be deleted */
};

static enum wc_result refuse_line(const struct reg_file *file, const char *why)
{
    return machine_fail(WC_BAD_INPUT, "%s:%u: %s", file->path, file->line, why);
}

/* The editor writes UTF-16 with a mark in front; others write UTF-8, with a mark or without. */
static char *decode_file(char *bytes, size_t size)
{
    char *text = NULL;
    size_t length = 0;

    if (size < 2 || (unsigned char)bytes[0] != 0xff || (unsigned char)bytes[1] != 0xfe) {
        return bytes;
    }
    text = calloc(1, size * 2);
    if (text != NULL) {
        rtl_wide_to_utf8(text, size * 2 - 1, &length, (const WCHAR *)(const void *)(bytes + 2),
                         (size - 2) & ~(size_t)1);
    }
    free(bytes);
    return text;
}

static char *read_file(const char *path)
{
    size_t size;
    char *bytes = base_file_read(path, &size);

    return bytes != NULL ? decode_file(bytes, size) : NULL;
}

/* The next line without its end; one that ends in a backslash goes on in the next. */
static char *next_line(struct reg_file *file, char **rest)
{
    char *start = *rest;
    char *from = start;
    char *to = start;

    if (*start == '\0') {
        return NULL;
    }
    file->line++;
    while (*from != '\0' && *from != '\n') {
        size_t skip = from[0] != '\\'                ? 0
                      : from[1] == '\n'              ? 2
                      : strncmp(from + 1, "\r\n", 2) ? 0
                                                     : 3;

        if (skip != 0) {
            file->line++;
            from += skip;
            from += strspn(from, " \t");
        } else {
            *to++ = *from++;
        }
    }
    *rest = *from == '\n' ? from + 1 : from;
    while (to > start && strchr(" \t\r", to[-1]) != NULL) {
        to--;
    }
    *to = '\0';
    return start + strspn(start, " \t");
}

static void leave_section(struct reg_file *file)
{
    if (file->key != NULL) {
        cm_key_deref(file->key);
        file->key = NULL;
    }
    file->deleted = false;
}

static enum wc_result enter_section(struct reg_file *file, char *line)
{
    char path[PATH], text[64];
    bool deletes = line[1] == '-';
    char *end = strrchr(line, ']');
    NTSTATUS status = STATUS_SUCCESS;

    leave_section(file);
    if (end == NULL || end[1] != '\0') {
        return refuse_line(file, "a key stands in brackets");
    }
    *end = '\0';
    if (!registry_parse_root(line + (deletes ? 2 : 1), path, sizeof(path))) {
        return refuse_line(file, "a key starts with HKEY_LOCAL_MACHINE or HKEY_USERS");
    }
    file->deleted = deletes;
    status = deletes ? cm_key_of_text(NULL, path, &file->key)
                     : cm_key_create_all(NULL, path, &file->key);
    if (deletes && NT_SUCCESS(status)) {
        status = cm_key_delete_tree(file->key);
        cm_key_deref(file->key);
        file->key = NULL;
    }
    if (NT_SUCCESS(status) || (deletes && status == STATUS_OBJECT_NAME_NOT_FOUND)) {
        return WC_OK;
    }
    return refuse_line(file, machine_status_text(status, text));
}

static enum wc_result read_value(struct reg_file *file, char *line)
{
    char text[64];
    char *name = line;
    char *rest = NULL;
    const char *error = "";
    struct cm_data data = {0};
    NTSTATUS status = STATUS_SUCCESS;

    if (line[0] == '@') {
        rest = line + 1;
        name = "";
    } else if (line[0] == '"') {
        rest = registry_unquote(line);
    }
    rest = rest != NULL ? rest + strspn(rest, " \t") : NULL;
    if (rest == NULL || *rest != '=') {
        return refuse_line(file, "a value is \"NAME\"=DATA or @=DATA");
    }
    if (file->key == NULL) {
        return refuse_line(file, file->deleted ? "a value in a key that is deleted"
                                               : "a value before the first key");
    }
    rest += 1 + strspn(rest + 1, " \t");
    if (strcmp(rest, "-") == 0) {
        status = set_value(file->key, name, NULL);
        status = status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    } else if (registry_parse_data(rest, false, &data, &error)) {
        status = set_value(file->key, name, &data);
        cm_data_free(&data);
    } else {
        return refuse_line(file, error);
    }
    return NT_SUCCESS(status) ? WC_OK : refuse_line(file, machine_status_text(status, text));
}

static enum wc_result read_lines(struct reg_file *file)
{
    char *rest = file->text;
    char *line = NULL;
    enum wc_result result = WC_OK;

    if (strncmp(rest, "\xef\xbb\xbf", 3) == 0) {
        rest += 3;
    }
    line = next_line(file, &rest);
    if (line == NULL || (strcmp(line, "Windows Registry Editor Version 5.00") != 0 &&
                         strcmp(line, "REGEDIT4") != 0)) {
        file->line = 1; /* also of an empty file */
        return refuse_line(file, "no file of the registry editor; its first line is 'Windows "
                                 "Registry Editor Version 5.00'");
    }
    while (result == WC_OK && (line = next_line(file, &rest)) != NULL) {
        if (*line == '[') {
            result = enter_section(file, line);
        } else if (*line != '\0' && *line != ';') {
            result = read_value(file, line);
        }
    }
    return result;
}

enum wc_result wc_machine_registry_load(struct wc_machine *machine, const char *path)
{
    struct reg_file file = {.path = path};
    enum wc_result result = WC_OK;

    if (!machine_is(machine)) {
        return WC_BAD_INPUT;
    }
    if (path == NULL) {
        return machine_fail(WC_BAD_INPUT, "no registry file is given");
    }
    file.text = read_file(path);
    if (file.text == NULL) {
        return machine_fail(WC_BAD_INPUT, "registry file '%s': %s", path, strerror(errno));
    }
    result = read_lines(&file);
    leave_section(&file);
    free(file.text);
    return result;
}
