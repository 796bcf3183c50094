#include "harness/user_file.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "nt/io/file/io_file.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "nt/rtl/string/rtl_string.h"
#include "wdfcore/user.h"

#define USER_NAME_MAX 260u

struct wc_file {
    struct wc_file *next, *prev;
    PFILE_OBJECT object; /* (i) one reference, the application's; NULL: it is being opened ... */
    bool closing;        /* (i) ... or closed: nobody else finds it */
};

static struct wc_file *user_files; /* (i) */

/* The NT name of what an application calls \\.\COM1 or COM1; a name that starts with a single
 * backslash is an NT name already. false: empty or too long. */
static bool user_name(const char *name, UNICODE_STRING *string, WCHAR text[USER_NAME_MAX])
{
    static const WCHAR directory[] = {'\\', '?', '?', '\\'};
    size_t prefix = 0;
    size_t bytes = 0;

    if (strncmp(name, "\\\\.\\", 4) == 0 || strncmp(name, "\\\\?\\", 4) == 0) {
        name += 4;
        prefix = sizeof(directory);
    } else if (name[0] != '\\') {
        prefix = sizeof(directory);
    }
    memcpy(text, directory, prefix);
    if (name[0] == '\0' ||
        !rtl_utf8_to_wide(text + prefix / sizeof(WCHAR), USER_NAME_MAX * sizeof(WCHAR) - prefix,
                          &bytes, name, strlen(name))) {
        return false;
    }
    string->Buffer = text;
    string->Length = string->MaximumLength = (USHORT)(prefix + bytes);
    return true;
}

/* One that is open: not NULL, and neither closed nor of a machine that has ended. */
static bool user_file_is_open(const struct wc_file *file)
{
    return file->object != NULL && !file->closing;
}

static bool user_file_is_locked(const struct wc_file *file)
{
    const struct wc_file *one = user_files;

    while (one != NULL && one != file) {
        one = one->next;
    }
    return one != NULL && user_file_is_open(one);
}

PFILE_OBJECT user_file_ref_object(const struct wc_file *file)
{
    PFILE_OBJECT object = NULL;

    io_lock();
    if (user_file_is_locked(file)) {
        object = file->object;
        ob_ref(object);
    }
    io_unlock();
    return object;
}

/* From here on nobody else finds it. false: it is none, or being closed. */
static bool user_file_take(struct wc_file *file)
{
    bool is_there;

    io_lock();
    is_there = user_file_is_locked(file);
    if (is_there) {
        file->closing = true;
    }
    io_unlock();
    return is_there;
}

static void user_file_free(struct wc_file *file)
{
    io_lock();
    DL_DELETE(user_files, file);
    io_unlock();
    free(file);
}

int32_t wc_file_open(const char *name, struct wc_file **file)
{
    WCHAR text[USER_NAME_MAX];
    UNICODE_STRING path = {0};
    struct wc_file *opened = NULL;
    PFILE_OBJECT object = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (name == NULL || file == NULL || !user_name(name, &path, text)) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    io_lock();
    DL_APPEND(user_files, opened);
    io_unlock();
    status = io_file_open(&path, FILE_GENERIC_READ | FILE_GENERIC_WRITE, &object);
    if (!NT_SUCCESS(status)) {
        user_file_free(opened);
        return status;
    }
    io_lock();
    opened->object = object;
    io_unlock();
    *file = opened;
    return STATUS_SUCCESS;
}

int32_t wc_file_close(struct wc_file *file)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!user_file_take(file)) {
        return STATUS_INVALID_HANDLE;
    }
    io_file_close(file->object);
    user_file_free(file);
    return STATUS_SUCCESS;
}

/* One that nobody opens or closes at the moment; NULL: none is left. */
static struct wc_file *user_file_first(void)
{
    struct wc_file *file = NULL;

    io_lock();
    file = user_files;
    while (file != NULL && !user_file_is_open(file)) {
        file = file->next;
    }
    io_unlock();
    return file;
}

void user_file_close_all(void)
{
    struct wc_file *file;

    while ((file = user_file_first()) != NULL) {
        wc_file_close(file);
    }
}

void user_file_stop(void)
{
    struct wc_file *file = NULL;
    struct wc_file *next = NULL;

    DL_FOREACH_SAFE (user_files, file, next) {
        free(file);
    }
    user_files = NULL;
}
