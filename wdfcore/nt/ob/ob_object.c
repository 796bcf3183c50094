/* ob_object.c - objects with reference counts; see ob_object.h.
 * The header is 48 bytes, a multiple of 16, so that the body keeps malloc's alignment.
 */
#include "nt/ob/ob_object.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/assert.h"
#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_check.h"
#include "nt/ke/report/ke_report.h"

#define OB_LIVE 0x6a626f77u /* "wobj": what a header of ours starts with */

/* Keys: (c) constant once created, (a) atomic, (o) with ob_lock */
struct ob_header {
    struct ob_header *next, *prev; /* (o) all objects of the machine */
    const struct ob_type *type;    /* (c) */
    LONG references;               /* (a) */
    ULONG magic;                   /* (c) OB_LIVE until it is freed */
    ULONG64 reserved[2];           /* keeps the size a multiple of 16 */
};

_Static_assert(sizeof(struct ob_header) % 16 == 0, "the body must stay aligned");

static struct base_lock ob_lock = {.rank = BASE_RANK_EX};

static struct ob_header *ob_objects;

static struct ob_header *ob_header_of(const void *body)
{
    return (struct ob_header *)(uintptr_t)body - 1;
}

void *ob_create(const struct ob_type *type, size_t size)
{
    struct ob_header *header = calloc(1, sizeof(*header) + size);

    if (header == NULL) {
        return NULL;
    }
    header->type = type;
    header->references = 1;
    header->magic = OB_LIVE;
    base_lock_acquire(&ob_lock);
    DL_APPEND(ob_objects, header);
    base_lock_release(&ob_lock);
    return header + 1;
}

void ob_ref(void *body)
{
    struct ob_header *header = ob_header_of(body);

    CORE_ASSERT(header->magic == OB_LIVE);
    __atomic_add_fetch(&header->references, 1, __ATOMIC_RELAXED);
}

bool ob_try_ref(void *body)
{
    struct ob_header *header = ob_header_of(body);
    LONG count = ob_references(body);

    CORE_ASSERT(header->magic == OB_LIVE);
    while (count > 0 && !__atomic_compare_exchange_n(&header->references, &count, count + 1, false,
                                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
    }
    return count > 0;
}

void ob_deref(void *body)
{
    struct ob_header *header = ob_header_of(body);

    CORE_ASSERT(header->magic == OB_LIVE);
    /* Release: what this holder did to the object comes before its end; acquire: the destroyer
     * sees it. */
    if (__atomic_sub_fetch(&header->references, 1, __ATOMIC_ACQ_REL) != 0) {
        return;
    }
    if (header->type->last == NULL || header->type->last(body)) {
        ob_destroy(body);
    }
}

void ob_destroy(void *body)
{
    struct ob_header *header = ob_header_of(body);

    CORE_ASSERT(header->magic == OB_LIVE && header->references == 0);
    if (header->type->destroy != NULL) {
        header->type->destroy(body);
    }
    base_lock_acquire(&ob_lock);
    DL_DELETE(ob_objects, header);
    base_lock_release(&ob_lock);
    header->magic = 0;
    free(header);
}

/* The address may be anything: its header is looked at only where one may lie. */
static bool ob_is_live(const void *body)
{
    const struct ob_header *header = NULL;

    if (ke_address_is_bad(body)) {
        return false;
    }
    header = ob_header_of(body);
    return !ke_address_is_bad(header) && !ke_memory_is_gone(&header->magic) &&
           header->magic == OB_LIVE;
}

const struct ob_type *ob_type_of(const void *body)
{
    return ob_header_of(body)->type;
}

bool ob_is(const void *body, const struct ob_type *type)
{
    return ob_is_live(body) && ob_header_of(body)->type == type;
}

LONG ob_references(const void *body)
{
    return __atomic_load_n(&ob_header_of(body)->references, __ATOMIC_RELAXED);
}

void ob_stop(void)
{
    struct ob_header *header = NULL;
    struct ob_header *next = NULL;

    ob_handles_stop();
    DL_FOREACH_SAFE (ob_objects, header, next) {
        free(header);
    }
    ob_objects = NULL;
}

bool ob_check(const void *body, const char *api)
{
    if (body == NULL) {
        ke_violation(RULE_ReferenceByPointer, 0x18, 0, 0, 0, 0, "%s of NULL", api);
        return false;
    }
    if (!ob_is_live(body) || ob_references(body) <= 0) {
        ke_violation(RULE_ReferenceByPointer, 0x18, 0, (uintptr_t)body, 0, 0,
                     "%s of %p, which is no live object", api, body);
        return false;
    }
    return true;
}

LONG_PTR ObReferenceObject(PVOID Object)
{
    if (!API(DISPATCH_LEVEL) || !ob_check(Object, "ObReferenceObject")) {
        return 0;
    }
    ob_ref(Object);
    return ob_references(Object);
}

LONG_PTR ObDereferenceObject(PVOID Object)
{
    LONG left = 0;

    if (!API(DISPATCH_LEVEL) || !ob_check(Object, "ObDereferenceObject")) {
        return 0;
    }
    left = ob_references(Object) - 1;
    ob_deref(Object);
    return left;
}

/* Tags serve Windows' tracing of references: they change nothing about the count. */
LONG_PTR ObReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    if (!API(DISPATCH_LEVEL) || !ob_check(Object, "ObReferenceObjectWithTag")) {
        return 0;
    }
    ob_ref(Object);
    return ob_references(Object);
}

LONG_PTR ObDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    LONG left = 0;

    if (!API(DISPATCH_LEVEL) || !ob_check(Object, "ObDereferenceObjectWithTag")) {
        return 0;
    }
    left = ob_references(Object) - 1;
    ob_deref(Object);
    return left;
}

/* The deletion may come at once: it takes no lock that the caller could hold. */
VOID ObDereferenceObjectDeferDelete(PVOID Object)
{
    if (API(DISPATCH_LEVEL) && ob_check(Object, "ObDereferenceObjectDeferDelete")) {
        ob_deref(Object);
    }
}

VOID ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Tag);
    if (API(DISPATCH_LEVEL) && ob_check(Object, "ObDereferenceObjectDeferDeleteWithTag")) {
        ob_deref(Object);
    }
}
