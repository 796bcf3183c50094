/* io_name.c - one namespace for devices, drivers and symbolic links; see io_name.h.
 * Keys are the upper-case name with the link directories folded into one spelling, "\??\X".
 */
#include "nt/io/io_name.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"
#include "nt/ke/report/ke_report.h"

#define IO_NAME_MAX   512u /* characters */
#define IO_LINK_DEPTH 32u

struct io_name {
    UT_hash_handle hh;
    void *body;            /* the object, or NULL: a symbolic link */
    UNICODE_STRING target; /* of a link */
    USHORT key_bytes;
    WCHAR key[]; /* then the target's characters */
};

static struct io_name *io_names; /* with io_lock */

/* A name that is being resolved, in the spelling of the keys. */
struct io_name_key {
    USHORT bytes;
    USHORT shift; /* characters that the key is shorter than the name it was made of */
    WCHAR text[IO_NAME_MAX];
};

WCHAR io_name_upcase(WCHAR character)
{
    bool lower = (character >= 'a' && character <= 'z') ||
                 (character >= 0xe0 && character <= 0xfe && character != 0xf7);

    return lower ? (WCHAR)(character - 0x20) : character;
}

bool io_name_equal(PCUNICODE_STRING left, PCUNICODE_STRING right)
{
    if (left->Length != right->Length) {
        return false;
    }
    for (size_t i = 0; i < left->Length / sizeof(WCHAR); i++) {
        if (io_name_upcase(left->Buffer[i]) != io_name_upcase(right->Buffer[i])) {
            return false;
        }
    }
    return true;
}

static bool io_name_starts(const WCHAR *text, size_t count, const char *prefix)
{
    size_t length = strlen(prefix);

    if (count < length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] != (WCHAR)prefix[i]) {
            return false;
        }
    }
    return true;
}

static NTSTATUS io_name_fold(PCUNICODE_STRING name, struct io_name_key *key)
{
    static const char *const directories[] = {"\\DOSDEVICES\\", "\\GLOBAL??\\", "\\??\\GLOBAL\\",
                                              "\\DOSDEVICES\\GLOBAL\\"};
    size_t count = name->Length / sizeof(WCHAR);
    size_t cut = 0;

    if (count > IO_NAME_MAX || name->Length % sizeof(WCHAR) != 0) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (count == 0 || name->Buffer == NULL || name->Buffer[0] != L'\\') {
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    for (size_t i = 0; i < count; i++) {
        key->text[i] = io_name_upcase(name->Buffer[i]);
    }
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (io_name_starts(key->text, count, directories[i]) && strlen(directories[i]) > cut) {
            cut = strlen(directories[i]);
        }
    }
    key->shift = 0;
    if (cut != 0) {
        key->shift = (USHORT)(cut - 4); /* "\??\" takes its place */
        memmove(&key->text[4], &key->text[cut], (count - cut) * sizeof(WCHAR));
        memcpy(key->text, L"\\??\\", 4 * sizeof(WCHAR));
        count -= key->shift;
    }
    key->bytes = (USHORT)(count * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

static struct io_name *io_name_find_locked(const struct io_name_key *key)
{
    struct io_name *entry = NULL;

    HASH_FIND(hh, io_names, key->text, key->bytes, entry);
    return entry;
}

/* What there is no entry of, but names of the system begin with. */
static bool io_name_is_system_directory(const struct io_name_key *key)
{
    static const char *const directories[] = {
        "\\DEVICE",   "\\??",          "\\DRIVER",   "\\FILESYSTEM", "\\BASENAMEDOBJECTS",
        "\\CALLBACK", "\\OBJECTTYPES", "\\SECURITY", "\\WINDOWS",    "\\KERNELOBJECTS",
        "\\GLOBAL??", "\\DOSDEVICES",  "\\KNOWNDLLS"};
    size_t count = key->bytes / sizeof(WCHAR);

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (strlen(directories[i]) == count && io_name_starts(key->text, count, directories[i])) {
            return true;
        }
    }
    return count == 0;
}

/* Of a name that is not there: whether what stands before its last part is a directory: of the system,
 * or something that other names begin with. */
static bool io_name_has_directory_locked(const struct io_name_key *key)
{
    struct io_name_key directory = *key;
    struct io_name *entry = NULL;
    struct io_name *next = NULL;

    while (directory.text[directory.bytes / sizeof(WCHAR) - 1] != L'\\') {
        directory.bytes = (USHORT)(directory.bytes - sizeof(WCHAR));
    }
    directory.bytes = (USHORT)(directory.bytes - sizeof(WCHAR));
    if (io_name_is_system_directory(&directory) || io_name_find_locked(&directory) != NULL) {
        return true;
    }
    directory.bytes = (USHORT)(directory.bytes + sizeof(WCHAR));
    HASH_ITER (hh, io_names, entry, next) {
        if (entry->key_bytes >= directory.bytes &&
            memcmp(entry->key, directory.text, directory.bytes) == 0) {
            return true;
        }
    }
    return false;
}

/* "\a\\b" or "\a\", but not "\" itself. */
static bool io_name_has_empty_part(PCUNICODE_STRING name)
{
    size_t count = name->Length / sizeof(WCHAR);

    for (size_t i = 1; i <= count && count > 1; i++) {
        if ((i == count || name->Buffer[i] == L'\\') && name->Buffer[i - 1] == L'\\') {
            return true;
        }
    }
    return false;
}

static NTSTATUS io_name_add(PCUNICODE_STRING name, void *body, PCUNICODE_STRING target)
{
    struct io_name_key key;
    USHORT target_bytes = target != NULL ? target->Length : 0;
    struct io_name *entry = NULL;
    NTSTATUS status = io_name_fold(name, &key);

    if (NT_SUCCESS(status) && io_name_has_empty_part(name)) {
        status = STATUS_OBJECT_NAME_INVALID;
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    entry = calloc(1, sizeof(*entry) + key.bytes + target_bytes);
    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    entry->body = body;
    entry->key_bytes = key.bytes;
    memcpy(entry->key, key.text, key.bytes);
    if (target != NULL) {
        entry->target.Buffer = entry->key + key.bytes / sizeof(WCHAR);
        entry->target.Length = entry->target.MaximumLength = target_bytes;
        memcpy(entry->target.Buffer, target->Buffer, target_bytes);
    }
    io_lock();
    if (io_name_find_locked(&key) != NULL) {
        status = STATUS_OBJECT_NAME_COLLISION;
    } else if (!io_name_has_directory_locked(&key)) {
        status = STATUS_OBJECT_PATH_NOT_FOUND;
    } else {
        HASH_ADD(hh, io_names, key, key.bytes, entry);
        status = entry->hh.tbl != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    io_unlock();
    if (!NT_SUCCESS(status)) {
        free(entry);
    }
    return status;
}

NTSTATUS io_name_insert(PCUNICODE_STRING name, void *body)
{
    return io_name_add(name, body, NULL);
}

NTSTATUS io_name_insert_link(PCUNICODE_STRING name, PCUNICODE_STRING target)
{
    return target->Length <= IO_NAME_TARGET_MAX * sizeof(WCHAR) ? io_name_add(name, NULL, target)
                                                                : STATUS_OBJECT_NAME_INVALID;
}

NTSTATUS io_name_target(PCUNICODE_STRING name, UNICODE_STRING *target)
{
    const struct io_name *entry = NULL;
    struct io_name_key key;
    NTSTATUS status = io_name_fold(name, &key);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    io_lock();
    entry = io_name_find_locked(&key);
    if (entry == NULL) {
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else if (entry->body != NULL) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if (entry->target.Length > target->MaximumLength) {
        status = STATUS_BUFFER_TOO_SMALL;
    } else {
        memcpy(target->Buffer, entry->target.Buffer, entry->target.Length);
        target->Length = entry->target.Length;
    }
    io_unlock();
    return status;
}

/* false: there is no such entry. */
static bool io_name_take(PCUNICODE_STRING name, bool link)
{
    struct io_name_key key;
    struct io_name *entry = NULL;

    if (!NT_SUCCESS(io_name_fold(name, &key))) {
        return false;
    }
    io_lock();
    entry = io_name_find_locked(&key);
    if (entry != NULL && link && entry->body != NULL) {
        entry = NULL;
    }
    if (entry != NULL) {
        HASH_DEL(io_names, entry);
    }
    io_unlock();
    free(entry);
    return entry != NULL;
}

void io_name_remove(PCUNICODE_STRING name)
{
    io_name_take(name, false);
}

/* The entry of the whole name, or of its longest leading part that ends before a backslash; *used:
 * how many characters of the key it is. */
static struct io_name *io_name_find_part_locked(struct io_name_key *key, USHORT *used)
{
    USHORT all = key->bytes;
    struct io_name *entry = NULL;

    for (size_t count = all / sizeof(WCHAR); count > 1; count--) {
        if (count < all / sizeof(WCHAR) && key->text[count] != L'\\') {
            continue;
        }
        key->bytes = (USHORT)(count * sizeof(WCHAR));
        entry = io_name_find_locked(key);
        if (entry != NULL) {
            *used = (USHORT)count;
            break;
        }
    }
    key->bytes = all;
    return entry;
}

/* The object of a key, referenced; *used: how many characters of the key name it. */
static NTSTATUS io_name_resolve_locked(struct io_name_key *key, USHORT *used, void **body)
{
    struct io_name *entry = io_name_find_part_locked(key, used);

    if (entry == NULL) {
        return io_name_has_directory_locked(key) ? STATUS_OBJECT_NAME_NOT_FOUND
                                                 : STATUS_OBJECT_PATH_NOT_FOUND;
    }
    for (unsigned depth = 0; entry->body == NULL; depth++) {
        if (depth == IO_LINK_DEPTH || !NT_SUCCESS(io_name_fold(&entry->target, key))) {
            return STATUS_OBJECT_NAME_INVALID;
        }
        entry = io_name_find_locked(key);
        if (entry == NULL) {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
    }
    if (!ob_try_ref(entry->body)) { /* its end is on its way, and takes the name off */
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    *body = entry->body;
    return STATUS_SUCCESS;
}

NTSTATUS io_name_lookup(PCUNICODE_STRING name, void **body, PUNICODE_STRING remainder)
{
    struct io_name_key key;
    UNICODE_STRING rest = {0};
    USHORT shift = 0;
    USHORT used = 0;
    NTSTATUS status = io_name_fold(name, &key);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    shift = key.shift; /* a link's target takes the key's place */
    io_lock();
    status = io_name_resolve_locked(&key, &used, body);
    io_unlock();
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* What is left is kept in the caller's spelling; a link's target is taken whole. */
    rest.Buffer = name->Buffer + used + shift;
    rest.Length = rest.MaximumLength = (USHORT)(name->Length - (used + shift) * sizeof(WCHAR));
    if (remainder != NULL) {
        *remainder = rest;
    } else if (rest.Length != 0) {
        ob_deref(*body);
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    return STATUS_SUCCESS;
}

void io_name_stop(void)
{
    struct io_name *entry = NULL;
    struct io_name *next = NULL;

    HASH_ITER (hh, io_names, entry, next) {
        HASH_DEL(io_names, entry);
        free(entry);
    }
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (SymbolicLinkName == NULL || DeviceName == NULL || DeviceName->Length == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return io_name_add(SymbolicLinkName, NULL, DeviceName);
}

NTSTATUS IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
                                         PUNICODE_STRING DeviceName)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (SymbolicLinkName == NULL || DeviceName == NULL || DeviceName->Length == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return io_name_add(SymbolicLinkName, NULL, DeviceName);
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    struct io_name_key key;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (SymbolicLinkName == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = io_name_fold(SymbolicLinkName, &key);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return io_name_take(SymbolicLinkName, true) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
