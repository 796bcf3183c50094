#pragma once
/* ob_object.h - reference-counted kernel objects: devices, drivers, files, threads.
 * Rules for an object:
 * - it is known by the address of its body; the header stands right before it
 * - created with one reference, which belongs to the creator; at the last reference its type's
 *   destroy routine runs (at the IRQL of whoever let go) and the memory is freed
 * - every object of a machine is on one list, so that a stopped machine frees them uncalled
 * ObReferenceObject and ObDereferenceObject are these functions under Microsoft's names.
 */
#include <wdm.h>

#include <stdbool.h>
#include <stddef.h>

struct ob_type {
    const char *name;            /* "Device", "Driver", "File", "Thread" */
    void (*destroy)(void *body); /* may be NULL; must not free the body */
    /* The last reference goes; may be NULL. false: not now: the object is kept, and whoever
     * returned false calls ob_destroy later. */
    bool (*last)(void *body);
    void (*closing)(void *body); /* a driver is about to close a handle of it; may be NULL */
};

/* ob_create: a zeroed body of size bytes, aligned to 16, with one reference. NULL: no memory. */
void *ob_create(const struct ob_type *type, size_t size);
void ob_ref(void *body);
/* ob_try_ref: for who found the object on a list: false: its last reference has gone. With fibers an
 * object that finishes may still be reached, and gets one. */
bool ob_try_ref(void *body);
/* ob_deref: the body may be gone when this returns. */
void ob_deref(void *body);
/* ob_destroy: what the last ob_deref does unless the type's last() kept the object. */
void ob_destroy(void *body);
/* ob_is: the body is a live object of that type (reads the header: body must be an object's). */
bool ob_is(const void *body, const struct ob_type *type);
/* ob_type_of: of a live object. */
const struct ob_type *ob_type_of(const void *body);
LONG ob_references(const void *body);
/* ob_check: an object that a driver named. false: reported (ReferenceByPointer). */
bool ob_check(const void *body, const char *api);

/* ob_handle_create: a handle that holds a reference of its own. NULL: no memory.
 * ob_handle_lookup: the body, not referenced, or NULL if the handle is not open.
 * ob_handle_reference: the same with a reference, in one step.
 * ob_handle_close: false: it is not open.
 * ob_handle_is_kernel: it has the form of one that was opened with OBJ_KERNEL_HANDLE. */
HANDLE ob_handle_create(void *body);
HANDLE ob_handle_create_as(void *body, ACCESS_MASK access, ULONG attributes);
void *ob_handle_lookup(HANDLE handle);
void *ob_handle_reference(HANDLE handle);
bool ob_handle_close(HANDLE handle);
bool ob_handle_is_kernel(HANDLE handle);

/* ob_handle_count: of the object's. */
ULONG ob_handle_count(const void *body);

/* ob_handle_information: what the handle was opened with; zeroes if it is not open. */
void ob_handle_information(HANDLE handle, POBJECT_HANDLE_INFORMATION information);

/* ob_handles_stop: forget every handle; part of ob_stop. */
void ob_handles_stop(void);

/* ob_stop: forget handles and free every object without calling destroy: the machine is gone. */
void ob_stop(void);
