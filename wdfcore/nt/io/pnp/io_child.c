#include "nt/io/pnp/io_child.h"

#include <stdlib.h>

#include "base/lock.h"
#include "nt/ke/ke_machine.h"

/* Keys: (c) constant; (l) io_child_lock */
struct io_child {
    struct io_child *next;             /* (l) in the order of their report */
    PDEVICE_OBJECT parent, pdo;        /* (c) */
    PDRIVER_OBJECT driver;             /* (c) */
    void (*forgotten)(PDEVICE_OBJECT); /* (c) */
    bool known, withdrawn;             /* (l) */
};

static struct base_lock io_child_lock = {.rank = BASE_RANK_EX};
static struct io_child *io_children; /* (l) */

static void io_child_stop(void)
{
    while (io_children != NULL) {
        struct io_child *child = io_children;

        io_children = child->next;
        free(child);
    }
}

static struct io_child *io_child_of_locked(PDEVICE_OBJECT pdo)
{
    struct io_child *child = io_children;

    while (child != NULL && child->pdo != pdo) {
        child = child->next;
    }
    return child;
}

NTSTATUS io_child_report(PDEVICE_OBJECT parent, PDEVICE_OBJECT pdo, PDRIVER_OBJECT driver,
                         void (*forgotten)(PDEVICE_OBJECT pdo))
{
    struct io_child *child = calloc(1, sizeof(*child)), **link = &io_children;

    if (child == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *child =
        (struct io_child){.parent = parent, .pdo = pdo, .driver = driver, .forgotten = forgotten};
    base_lock_acquire(&io_child_lock);
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = child;
    base_lock_release(&io_child_lock);
    IoInvalidateDeviceRelations(parent, BusRelations);
    return STATUS_SUCCESS;
}

/* Takes it off the list if it is withdrawn and nobody knows it, and says so. */
static bool io_child_is_over_locked(struct io_child *child)
{
    struct io_child **link = &io_children;

    if (child == NULL || child->known || !child->withdrawn) {
        return false;
    }
    while (*link != child) {
        link = &(*link)->next;
    }
    *link = child->next;
    return true;
}

static void io_child_end(struct io_child *child)
{
    void (*forgotten)(PDEVICE_OBJECT) = child->forgotten;
    PDEVICE_OBJECT pdo = child->pdo;

    free(child);
    forgotten(pdo);
}

void io_child_withdraw(PDEVICE_OBJECT pdo)
{
    PDEVICE_OBJECT parent = NULL;
    struct io_child *child;
    bool over;

    base_lock_acquire(&io_child_lock);
    child = io_child_of_locked(pdo);
    if (child != NULL) {
        child->withdrawn = true;
        parent = child->parent;
    }
    over = io_child_is_over_locked(child);
    base_lock_release(&io_child_lock);
    if (over) {
        io_child_end(child);
    } else if (parent != NULL) {
        IoInvalidateDeviceRelations(parent, BusRelations);
    }
}

PDEVICE_OBJECT io_child_next(PDEVICE_OBJECT parent, PDEVICE_OBJECT after)
{
    PDEVICE_OBJECT found = NULL;
    struct io_child *child;

    base_lock_acquire(&io_child_lock);
    child = after == NULL ? io_children : io_child_of_locked(after);
    if (after != NULL && child != NULL) {
        child = child->next;
    }
    while (child != NULL && (child->parent != parent || child->withdrawn)) {
        child = child->next;
    }
    if (child != NULL) {
        child->known = true;
        found = child->pdo;
    }
    base_lock_release(&io_child_lock);
    if (found != NULL) {
        ObReferenceObject(found); /* who is known stays until the PnP manager forgets it */
    }
    return found;
}

PDRIVER_OBJECT io_child_driver(PDEVICE_OBJECT pdo)
{
    PDRIVER_OBJECT driver = NULL;
    struct io_child *child;

    base_lock_acquire(&io_child_lock);
    child = io_child_of_locked(pdo);
    if (child != NULL) {
        driver = child->driver;
    }
    base_lock_release(&io_child_lock);
    return driver;
}

void io_child_forget(PDEVICE_OBJECT pdo)
{
    struct io_child *child;
    bool over;

    base_lock_acquire(&io_child_lock);
    child = io_child_of_locked(pdo);
    if (child != NULL) {
        child->known = false;
    }
    over = io_child_is_over_locked(child);
    base_lock_release(&io_child_lock);
    if (over) {
        io_child_end(child);
    }
}

static struct ke_machine_part io_child_part = {.order = 11, .stop = io_child_stop};

__attribute__((constructor)) static void io_child_register(void)
{
    ke_machine_register(&io_child_part);
}
