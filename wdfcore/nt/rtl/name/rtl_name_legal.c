/* rtl_name_legal.c - names that FAT and HPFS can have, and paths without "." and "..". */
#include <ntifs.h>

#include <string.h>

#include "nt/ke/ke_api.h"

/* ---- legal ---- */

struct legal_rules {
    UCHAR characters; /* FSRTL_*_LEGAL */
    bool (*fits)(const char *name, size_t length);
};

static bool legal_short(const char *name, size_t length)
{
    const char *period = memchr(name, '.', length);
    size_t base = period != NULL ? (size_t)(period - name) : length;
    size_t extension = period != NULL ? length - base - 1 : 0;

    if (base == 0 || base > 8 || name[base - 1] == ' ') {
        return false;
    }
    return period == NULL || (extension != 0 && extension <= 3 && name[length - 1] != ' ' &&
                              memchr(period + 1, '.', extension) == NULL);
}

static bool legal_long(const char *name, size_t length)
{
    return length <= 255 && name[length - 1] != ' ' && name[length - 1] != '.';
}

/* One name of the path. */
static bool legal_name(const struct legal_rules *rules, const char *name, size_t length,
                       BOOLEAN wild)
{
    bool any_wild = false;

    if (length == 0) {
        return false;
    }
    if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'))) {
        return true;
    }
    for (size_t i = 0; i < length; i++) {
        if (!FsRtlTestAnsiCharacter(name[i], TRUE, wild, rules->characters)) {
            return false;
        }
        any_wild = any_wild || FsRtlIsAnsiCharacterWild(name[i]);
    }
    return any_wild || rules->fits(name, length);
}

static BOOLEAN legal_path(const struct legal_rules *rules, const ANSI_STRING *path, BOOLEAN wild,
                          BOOLEAN several, BOOLEAN leading)
{
    const char *at = path->Buffer;
    size_t left = path->Length;

    if (left != 0 && *at == '\\') {
        if (!leading) {
            return FALSE;
        }
        if (left == 1) {
            return TRUE;
        }
        at++;
        left--;
    }
    for (;;) {
        const char *slash = left != 0 ? memchr(at, '\\', left) : NULL;
        size_t length = slash != NULL ? (size_t)(slash - at) : left;

        if (!legal_name(rules, at, length, wild)) {
            return FALSE;
        }
        if (slash == NULL) {
            return TRUE;
        }
        if (!several) {
            return FALSE;
        }
        at += length + 1;
        left -= length + 1;
    }
}

BOOLEAN FsRtlIsFatDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                            BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible)
{
    static const struct legal_rules rules = {FSRTL_FAT_LEGAL, legal_short};

    return API(PASSIVE_LEVEL) && legal_path(&rules, &DbcsName, WildCardsPermissible,
                                            PathNamePermissible, LeadingBackslashPermissible);
}

BOOLEAN FsRtlIsHpfsDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                             BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible)
{
    static const struct legal_rules rules = {FSRTL_HPFS_LEGAL, legal_long};

    return API(PASSIVE_LEVEL) && legal_path(&rules, &DbcsName, WildCardsPermissible,
                                            PathNamePermissible, LeadingBackslashPermissible);
}

/* ---- without dots ---- */

/* Back to where the name before began; false: there is none. */
static bool dots_step_back(PCWCH text, USHORT *length, USHORT root)
{
    if (*length <= root) {
        return false;
    }
    (*length)--; /* the backslash behind that name */
    while (*length > root && text[*length - 1] != L'\\') {
        (*length)--;
    }
    return true;
}

NTSTATUS FsRtlRemoveDotsFromPath(PWSTR OriginalString, USHORT PathLength, USHORT *NewLength)
{
    USHORT count = PathLength / sizeof(WCHAR);
    USHORT root = count != 0 && OriginalString[0] == L'\\';
    USHORT written = root;
    USHORT at = root;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    while (at < count) { /* here a name begins */
        USHORT length = 0;
        bool dot, dots, last;

        while (at + length < count && OriginalString[at + length] != L'\\') {
            length++;
        }
        last = at + length == count;
        dot = length == 1 && OriginalString[at] == L'.';
        dots = length == 2 && OriginalString[at] == L'.' && OriginalString[at + 1] == L'.';
        if (dots && !dots_step_back(OriginalString, &written, root)) {
            return STATUS_IO_REPARSE_DATA_INVALID;
        }
        if (!dot && !dots) {
            memmove(OriginalString + written, OriginalString + at, length * sizeof(WCHAR));
            written = (USHORT)(written + length);
            if (!last) {
                OriginalString[written++] = L'\\';
            }
        } else if (last && written > root) {
            written--; /* nothing is behind that backslash any more */
        }
        at = (USHORT)(at + length + 1);
    }
    *NewLength = (USHORT)(written * sizeof(WCHAR));
    return STATUS_SUCCESS;
}
