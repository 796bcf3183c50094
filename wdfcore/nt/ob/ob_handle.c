/* ob_handle.c - kernel handles: numbers that stand for a referenced object.
 * A handle is 4 * (slot + 1), so that 0 and odd values are never open; free slots are reused in
 * the order in which they were closed, as late as possible. One that was opened with OBJ_KERNEL_HANDLE
 * has the upper 33 bits set as well. There is one table, which is the system process's and therefore
 * the kernel's: code in the kernel reaches an object by either form, callers in user mode do not by
 * that of the kernel.
 */
#include <stdlib.h>

#include "base/lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/ob/ob_object.h"

struct ob_slot {
    void *body; /* NULL: free */
    ULONG next_free;
    ACCESS_MASK access;
    ULONG attributes;
};

#define OB_NO_SLOT     UINT32_MAX
#define OB_KERNEL_BITS 0xFFFFFFFF80000000ull

/* With the lock. */
static struct {
    struct base_lock lock;
    struct ob_slot *slots;
    ULONG count, size;
    ULONG free_head, free_tail;
} ob_table = {.lock = {.rank = BASE_RANK_EX}, .free_head = OB_NO_SLOT, .free_tail = OB_NO_SLOT};

static ULONG ob_slot_take_locked(void)
{
    ULONG slot = ob_table.free_head;

    if (slot != OB_NO_SLOT) {
        ob_table.free_head = ob_table.slots[slot].next_free;
        if (ob_table.free_head == OB_NO_SLOT) {
            ob_table.free_tail = OB_NO_SLOT;
        }
        return slot;
    }
    if (ob_table.count == ob_table.size) {
        ULONG size = ob_table.size == 0 ? 64 : ob_table.size * 2;
        struct ob_slot *slots = realloc(ob_table.slots, size * sizeof(*slots));

        if (slots == NULL) {
            return OB_NO_SLOT;
        }
        ob_table.slots = slots;
        ob_table.size = size;
    }
    return ob_table.count++;
}

HANDLE ob_handle_create(void *body)
{
    return ob_handle_create_as(body, 0, 0);
}

HANDLE ob_handle_create_as(void *body, ACCESS_MASK access, ULONG attributes)
{
    ULONG slot;

    base_lock_acquire(&ob_table.lock);
    slot = ob_slot_take_locked();
    if (slot != OB_NO_SLOT) {
        ob_ref(body); /* dropped by ob_handle_close */
        ob_table.slots[slot].body = body;
        ob_table.slots[slot].access = access;
        ob_table.slots[slot].attributes = attributes & OBJ_INHERIT;
    }
    base_lock_release(&ob_table.lock);
    if (slot == OB_NO_SLOT) {
        return NULL;
    }
    return (HANDLE)((ULONG_PTR)((slot + 1) * 4ull) |
                    ((attributes & OBJ_KERNEL_HANDLE) != 0 ? OB_KERNEL_BITS : 0));
}

bool ob_handle_is_kernel(HANDLE handle)
{
    return ((ULONG_PTR)handle & OB_KERNEL_BITS) == OB_KERNEL_BITS && handle != ZwCurrentProcess() &&
           handle != ZwCurrentThread();
}

static ULONG ob_handle_slot_locked(HANDLE handle)
{
    ULONG_PTR value = (ULONG_PTR)handle & ~(ob_handle_is_kernel(handle) ? OB_KERNEL_BITS : 0);
    ULONG_PTR slot = value / 4 - 1;

    if (value == 0 || value % 4 != 0 || slot >= ob_table.count ||
        ob_table.slots[slot].body == NULL) {
        return OB_NO_SLOT;
    }
    return (ULONG)slot;
}

void *ob_handle_lookup(HANDLE handle)
{
    ULONG slot;
    void *body;

    base_lock_acquire(&ob_table.lock);
    slot = ob_handle_slot_locked(handle);
    body = slot == OB_NO_SLOT ? NULL : ob_table.slots[slot].body;
    base_lock_release(&ob_table.lock);
    return body;
}

void *ob_handle_reference(HANDLE handle)
{
    ULONG slot;
    void *body = NULL;

    base_lock_acquire(&ob_table.lock);
    slot = ob_handle_slot_locked(handle);
    if (slot != OB_NO_SLOT) {
        body = ob_table.slots[slot].body;
        ob_ref(body);
    }
    base_lock_release(&ob_table.lock);
    return body;
}

ULONG ob_handle_count(const void *body)
{
    ULONG count = 0;

    base_lock_acquire(&ob_table.lock);
    for (ULONG i = 0; i < ob_table.count; i++) {
        count += ob_table.slots[i].body == body;
    }
    base_lock_release(&ob_table.lock);
    return count;
}

void ob_handle_information(HANDLE handle, POBJECT_HANDLE_INFORMATION information)
{
    ULONG slot;

    *information = (OBJECT_HANDLE_INFORMATION){0};
    base_lock_acquire(&ob_table.lock);
    slot = ob_handle_slot_locked(handle);
    if (slot != OB_NO_SLOT) {
        information->HandleAttributes = ob_table.slots[slot].attributes;
        information->GrantedAccess = ob_table.slots[slot].access;
    }
    base_lock_release(&ob_table.lock);
}

/* The body whose reference the handle held, or NULL. */
static void *ob_handle_take_locked(HANDLE handle)
{
    ULONG slot = ob_handle_slot_locked(handle);
    void *body = NULL;

    if (slot == OB_NO_SLOT) {
        return NULL;
    }
    body = ob_table.slots[slot].body;
    ob_table.slots[slot].body = NULL;
    ob_table.slots[slot].next_free = OB_NO_SLOT;
    if (ob_table.free_tail == OB_NO_SLOT) {
        ob_table.free_head = slot;
    } else {
        ob_table.slots[ob_table.free_tail].next_free = slot;
    }
    ob_table.free_tail = slot;
    return body;
}

bool ob_handle_close(HANDLE handle)
{
    void *body;

    base_lock_acquire(&ob_table.lock);
    body = ob_handle_take_locked(handle);
    base_lock_release(&ob_table.lock);
    if (body != NULL) {
        ob_deref(body);
    }
    return body != NULL;
}

void ob_handles_stop(void)
{
    free(ob_table.slots);
    ob_table.slots = NULL;
    ob_table.count = ob_table.size = 0;
    ob_table.free_head = ob_table.free_tail = OB_NO_SLOT;
}
