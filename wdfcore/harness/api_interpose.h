#pragma once
/* api_interpose.h - see, and refuse, the calls that drivers make of the API.
 *
 *     static bool before(struct api_observer *observer, struct api_call *call) { ... }
 *     static struct api_observer observer = {.before = before};
 *     api_interpose_add(&observer);    outside the machine, before the driver is loaded
 *     ...
 *     api_interpose_remove(&observer); when the machine is gone
 *
 * A driver is a module, so its calls go through pointers of its own that the loader has filled in.
 * While there is an observer, each module that is opened gets pointers to wrappers instead: one for
 * each function of the public headers, written at build time (api_wrappers.pl). Without observers
 * nothing is in the way of a call. Calls from outside drivers (a test's own) are not seen, nor are
 * inline functions and macros of the headers, only what they call, nor functions with variable
 * arguments (DbgPrint, RtlStringCbPrintf).
 * Rules for an observer:
 * - before() runs in the driver's context at any IRQL, before the API has looked at anything: no
 *   window, no wait, no API but what says "any IRQL"; pointers among the arguments are the driver's
 *   and may be wrong (api_peek reads them safely)
 * - before() in the order in which observers were added; the first that returns false refuses the
 *   call: it never happens and returns call->result
 * - after() in the reverse order, of those whose before() was called; not at all if the call does
 *   not come back (the machine is stopped, KeBugCheckEx)
 * - between them other calls of the same and of other contexts come and go
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum api_kind {
    API_KIND_VOID,
    API_KIND_BOOLEAN,
    API_KIND_SIGNED,
    API_KIND_UNSIGNED,
    API_KIND_ENUM,
    API_KIND_STATUS,  /* NTSTATUS */
    API_KIND_HANDLE,  /* WDFxxx */
    API_KIND_POINTER, /* target: the type it points to, -1 if that has none or is opaque */
    API_KIND_ROUTINE, /* pointer to a function */
    API_KIND_STRUCT,
};

struct api_enumerator {
    const char *name; /* NULL ends a table */
    int64_t value;
};

struct api_field {
    const char *name; /* "u.Create.Length" inside named parts; NULL ends a table */
    uint32_t offset, size;
    uint32_t count; /* elements of an array; 0: it is none */
    int type;       /* of the field, or of an element */
};

struct api_type {
    const char *name; /* as the headers spell it */
    enum api_kind kind;
    uint32_t size;
    int target;
    union {
        const struct api_field *fields;           /* API_KIND_STRUCT */
        const struct api_enumerator *enumerators; /* API_KIND_ENUM */
    };
};

struct api_parameter {
    const char *name;
    int type;
};

struct api_info {
    const char *name;
    int result;
    uint32_t parameter_count;
    const struct api_parameter *parameters;
    void *wrapper;
};

/* api_wrappers: every function that can be interposed, sorted by name; written at build time. */
struct api_library {
    const struct api_info *api;
    void **real; /* what the drivers' pointers point to without us, by index */
    size_t count;
    const struct api_type *type;
    size_t type_count;
    const void *start, *end; /* the wrappers' code */
};
extern const struct api_library api_wrappers;
extern const struct api_enumerator api_statuses[];

#define API_OBSERVERS 4 /* at most, at a time */

struct api_call {
    const struct api_info *api;
    const uint64_t *argument;        /* api->parameter_count words, zero-extended */
    const void *caller;              /* return address in the driver */
    uint64_t result;                 /* after(): what the API returned; before(): to refuse with */
    bool refused;                    /* by an observer */
    unsigned begun;                  /* how many observers' before() were called */
    uintptr_t cookie[API_OBSERVERS]; /* each observer's own (observer->number), before to after */
};

struct api_observer {
    bool (*before)(struct api_observer *observer, struct api_call *call); /* NULL: not asked */
    void (*after)(struct api_observer *observer, struct api_call *call);  /* NULL: not told */
    unsigned number; /* set by api_interpose_add: index of its cookie */
};

/* api_interpose_add, api_interpose_remove: only while no driver is loaded. */
void api_interpose_add(struct api_observer *observer);
void api_interpose_remove(struct api_observer *observer);

/* api_find: by its name; NULL: there is no such function, or it cannot be interposed.
 * api_index: its place in api_wrappers, 0 to api_wrappers.count - 1. */
const struct api_info *api_find(const char *name);
size_t api_index(const struct api_info *api);

/* api_type: of a parameter, field or result (NULL for -1). */
const struct api_type *api_type(int number);

/* api_peek: copy what a driver's pointer points to; false, and nothing copied, if any of it cannot
 * be read. Any context. */
bool api_peek(const void *from, void *to, size_t size);

/* For the wrappers. */
bool api_interpose_before(struct api_call *call);
void api_interpose_after(struct api_call *call);
