#include "wdf/object/fx_reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_globals.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/frame/fx_report.h"

struct tag_key {
    uint64_t handle;
    PVOID tag;
};

/* Keys: (c) constant (t) tree lock */
struct tag {
    struct tag_key key;                                 /* (c) */
    uint32_t count;                                     /* (t) how often it is held */
    bool more_sites;                                    /* (t) */
    struct fx_reference_site sites[FX_REFERENCE_SITES]; /* (t) who took it; for reports */
    UT_hash_handle hh;
};

static struct tag *tags; /* (t) */

/* Stands for the references of an object that wrong tags released: they are the driver's no more,
 * although their own tags still hold them. */
static char by_wrong_tags;
static uint32_t wrong_tags; /* (t) objects that have such an entry */

static struct tag *tag_find(const struct fx_object *object, PVOID value)
{
    struct tag_key key = {.handle = object->handle, .tag = value};
    struct tag *tag;

    /* NOLINTNEXTLINE(clang-analyzer-core*): it does not see the key through the byte pointer */
    HASH_FIND(hh, tags, &key, sizeof(key), tag);
    return tag;
}

static void tag_note_site(struct tag *tag, LONG line, PCCH file)
{
    for (unsigned i = 0; i < FX_REFERENCE_SITES; i++) {
        struct fx_reference_site *site = &tag->sites[i];

        if (site->count == 0) {
            site->file = file;
            site->line = line;
        }
        if (site->line == line && site->file == file) {
            site->count++;
            return;
        }
    }
    tag->more_sites = true;
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
        fx_object_flag_locked(object, FX_OBJECT_HAS_TAGS);
    }
    tag->count++;
    tag_note_site(tag, line, file);
}

static void tag_free(struct tag *tag)
{
    wrong_tags -= tag->key.tag == &by_wrong_tags;
    HASH_DEL(tags, tag);
    free(tag);
}

/* Whether any reference of the object is the driver's to release. The framework's own ones cannot be
 * had by a wrong tag, or the framework would use an object that is gone. */
static bool driver_holds_one(const struct fx_object *object)
{
    uint64_t held = 0;
    uint64_t gone = 0;
    struct tag *tag;
    struct tag *next;

    HASH_ITER (hh, tags, tag, next) {
        if (tag->key.handle == object->handle) {
            *(tag->key.tag == &by_wrong_tags ? &gone : &held) += tag->count;
        }
    }
    return held > gone;
}

/* A release: `known` says whether its tag holds one. false: the driver has none at all. */
static bool release_locked(struct fx_object *object, PVOID value, bool *known)
{
    struct tag *tag = tag_find(object, value);

    *known = tag != NULL;
    if ((tag == NULL || (wrong_tags != 0 && tag_find(object, &by_wrong_tags) != NULL)) &&
        !driver_holds_one(object)) {
        return false;
    }
    if (tag == NULL) {
        wrong_tags += tag_find(object, &by_wrong_tags) == NULL;
        tag_take(object, &by_wrong_tags, 0, NULL);
    } else if (--tag->count == 0) {
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

static void tag_describe(const struct tag *tag, struct fx_reference *reference)
{
    tag_name(tag->key.tag, reference->name, sizeof(reference->name));
    reference->count = tag->count;
    memcpy(reference->sites, tag->sites, sizeof(reference->sites));
    reference->more_sites = tag->more_sites;
}

static void reference_each(uint64_t handle,
                           void (*each)(const struct fx_reference *reference, void *context),
                           void *context)
{
    struct tag *tag;
    struct tag *next;

    fx_tree_lock();
    HASH_ITER (hh, tags, tag, next) {
        struct fx_reference reference;

        if (tag->key.handle == handle && tag->key.tag != &by_wrong_tags) {
            tag_describe(tag, &reference);
            each(&reference, context);
        }
    }
    fx_tree_unlock();
}

void fx_reference_each(const struct fx_object *object,
                       void (*each)(const struct fx_reference *reference, void *context),
                       void *context)
{
    if ((fx_object_flags(object) & FX_OBJECT_HAS_TAGS) != 0) {
        reference_each(object->handle, each, context);
    }
}

void fx_reference_sites(const struct fx_reference *reference, char *text, size_t size)
{
    size_t used = 0;

    for (unsigned i = 0; i < FX_REFERENCE_SITES && used < size; i++) {
        const struct fx_reference_site *site = &reference->sites[i];

        if (site->count != 0) {
            used += (size_t)snprintf(text + used, size - used, "%s%s:%d", used ? ", " : "",
                                     site->file != NULL ? site->file : "?", (int)site->line);
        }
        if (site->count > 1 && used < size) {
            used += (size_t)snprintf(text + used, size - used, " %ux", site->count);
        }
    }
    if (reference->more_sites && used < size) {
        snprintf(text + used, size - used, ", ...");
    }
}

struct list {
    char *text;
    size_t size;
    size_t used;
};

static void list_append(const struct fx_reference *reference, void *context)
{
    struct list *list = context;
    char sites[256] = "";

    if (list->used < list->size) {
        fx_reference_sites(reference, sites, sizeof(sites));
        list->used +=
            (size_t)snprintf(list->text + list->used, list->size - list->used, "%s%s %ux (%s)",
                             list->used ? ", " : "", reference->name, reference->count, sites);
    }
}

void fx_reference_list(uint64_t handle, char *text, size_t size)
{
    struct list list = {.text = text, .size = size};

    if (size > 0) {
        text[0] = '\0';
    }
    reference_each(handle, list_append, &list);
}

/* Forgets the object's tags up to and with the first one that is the driver's. false: there is none
 * any more. */
static bool tag_forget_next(const struct fx_object *object, struct fx_reference *leaked)
{
    bool found = false;
    struct tag *tag;
    struct tag *next;

    fx_tree_lock();
    HASH_ITER (hh, tags, tag, next) {
        if (tag->key.handle == object->handle) {
            found = tag->key.tag != &by_wrong_tags;
            tag_describe(tag, leaked);
            tag_free(tag);
        }
        if (found) {
            break;
        }
    }
    fx_tree_unlock();
    return found;
}

bool fx_reference_is_told(const struct fx_object *object)
{
    return object->globals == NULL ||
           (object->globals->settings.tag_types >> object->type->number & 1) != 0;
}

void fx_reference_report_leaks(struct fx_object *object)
{
    struct fx_reference leaked;

    while (tag_forget_next(object, &leaked)) {
        char sites[256] = "";

        if (!fx_reference_is_told(object)) {
            continue;
        }
        fx_reference_sites(&leaked, sites, sizeof(sites));
        fx_violation(RULE_WdfObjectReferenceLeaked, FX_BUGCHECK_NONE, 0, 0, object,
                     "a %s is destroyed while %u reference%s with tag %s, taken at %s, %s "
                     "not been released by that tag",
                     fx_type_name(object->type->number), leaked.count, leaked.count == 1 ? "" : "s",
                     leaked.name, sites, leaked.count == 1 ? "has" : "have");
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
    bool known;
    bool released;

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
    released = release_locked(object, Tag, &known);
    fx_tree_unlock();
    if (!released) {
        fx_object_over_dereferenced(object);
        return;
    }
    if (!known && fx_reference_is_told(object)) {
        char held[256];
        char name[32];

        tag_name(Tag, name, sizeof(name));
        fx_reference_list(object->handle, held, sizeof(held));
        fx_violation(
            RULE_WdfObjectTagMismatch, FX_BUGCHECK_NONE, 0, 0, object,
            "a reference was released at %s:%d by tag %s, which holds none; outstanding: %s",
            File != NULL ? File : "?", (int)Line, name, held[0] != '\0' ? held : "none");
    }
    fx_object_deref(object);
}
