#include "wdf/object/fx_reference.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_report.h"

struct tag_key {
    uint64_t handle;
    PVOID tag;
};

/* Keys: (c) constant (t) tree lock */
struct tag {
    struct tag_key key; /* (c) */
    uint32_t count;     /* (t) how often it is held */
    LONG line;          /* (t) who took it last; for reports */
    PCCH file;          /* (t) */
    UT_hash_handle hh;
};

static struct tag *tags; /* (t) */

static struct tag *tag_find(const struct fx_object *object, PVOID value)
{
    struct tag_key key = {.handle = object->handle, .tag = value};
    struct tag *tag;

    /* NOLINTNEXTLINE(clang-analyzer-core*): it does not see the key through the byte pointer */
    HASH_FIND(hh, tags, &key, sizeof(key), tag);
    return tag;
}

/* Without memory for it the tag is not tracked; its release is then taken for a mismatch. */
static void tag_take(struct fx_object *object, PVOID value, LONG line, PCCH file)
{
    struct tag *tag = tag_find(object, value);

    if (tag == NULL) {
        tag = calloc(1, sizeof(*tag));
        if (tag == NULL) {
            return;
        }
        tag->key = (struct tag_key){.handle = object->handle, .tag = value};
        HASH_ADD(hh, tags, key, sizeof(tag->key), tag);
        if (tag->hh.tbl == NULL) {
            free(tag);
            return;
        }
        object->flags |= FX_OBJECT_HAS_TAGS;
    }
    tag->count++;
    tag->line = line;
    tag->file = file;
}

static void tag_free(struct tag *tag)
{
    HASH_DEL(tags, tag);
    free(tag);
}

static bool tag_release(struct fx_object *object, PVOID value)
{
    struct tag *tag = tag_find(object, value);

    if (tag == NULL) {
        return false;
    }
    if (--tag->count == 0) {
        tag_free(tag);
    }
    return true;
}

/* "'UART'" if it is four readable characters, else its value. */
static void tag_name(PVOID value, char *text, size_t size)
{
    uintptr_t number = (uintptr_t)value;
    char characters[5] = {0};

    for (int i = 0; i < 4; i++) {
        char c = (char)(number >> (8 * i));
        if (c < ' ' || c > '~') {
            snprintf(text, size, "0x%llx", (unsigned long long)number);
            return;
        }
        characters[i] = c;
    }
    snprintf(text, size, "'%s'", characters);
}

void fx_reference_list(const struct fx_object *object, char *text, size_t size)
{
    struct tag *tag;
    struct tag *next;
    size_t used = 0;

    if (size > 0) {
        text[0] = '\0';
    }
    HASH_ITER (hh, tags, tag, next) {
        char name[32];
        if (tag->key.handle != object->handle || used >= size) {
            continue;
        }
        tag_name(tag->key.tag, name, sizeof(name));
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s %ux (%s:%d)", used ? ", " : "", name,
                             tag->count, tag->file != NULL ? tag->file : "?", (int)tag->line);
    }
}

void fx_reference_report_leaks(struct fx_object *object)
{
    struct tag *tag;
    struct tag *next;

    HASH_ITER (hh, tags, tag, next) {
        struct tag leaked = *tag;
        char name[32];

        if (tag->key.handle != object->handle) {
            continue;
        }
        tag_free(tag);
        tag_name(leaked.key.tag, name, sizeof(name));
        fx_violation(RULE_WdfObjectReferenceLeaked, FX_BUGCHECK_NONE, 0, 0, object,
                     "a %s is destroyed while %u reference%s with tag %s, taken last at %s:%d, %s "
                     "not been released by that tag",
                     fx_type_name(object->type->number), leaked.count, leaked.count == 1 ? "" : "s",
                     name, leaked.file != NULL ? leaked.file : "?", (int)leaked.line,
                     leaked.count == 1 ? "has" : "have");
    }
}

void fx_reference_stop(void)
{
    struct tag *tag;
    struct tag *next;

    HASH_ITER (hh, tags, tag, next) {
        tag_free(tag);
    }
}

/* ---- API ---- */

VOID WdfObjectReferenceActual(WDFOBJECT Handle, PVOID Tag, LONG Line, PCCH File)
{
    struct fx_object *object;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (Handle == NULL) {
        fx_parameter_null("Handle", KE_CALLER());
        return;
    }
    object = fx_handle_get_any(Handle);
    if (object == NULL) {
        return;
    }
    fx_tree_lock();
    fx_object_ref(object);
    tag_take(object, Tag, Line, File);
    fx_tree_unlock();
}

VOID WdfObjectDereferenceActual(WDFOBJECT Handle, PVOID Tag, LONG Line, PCCH File)
{
    struct fx_object *object;
    bool outstanding;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    if (Handle == NULL) {
        fx_parameter_null("Handle", KE_CALLER());
        return;
    }
    object = fx_handle_get_any(Handle);
    if (object == NULL) {
        return;
    }
    fx_tree_lock();
    outstanding = tag_release(object, Tag);
    fx_tree_unlock();
    /* The framework's own reference cannot be had: fx_object_deref says so, not the tag. */
    if (!outstanding && object->references > 1) {
        char held[256];
        char name[32];

        tag_name(Tag, name, sizeof(name));
        fx_reference_list(object, held, sizeof(held));
        fx_violation(
            RULE_WdfObjectTagMismatch, FX_BUGCHECK_NONE, 0, 0, object,
            "a reference was released at %s:%d by tag %s, which holds none; outstanding: %s",
            File != NULL ? File : "?", (int)Line, name, held[0] != '\0' ? held : "none");
    }
    fx_object_deref(object);
}
