/* po_system.c - what drivers say to keep the system awake. A machine sleeps when its test says so, never
 * by itself: the requests are counted, and must pair.
 */
#include "nt/io/power/po_system.h"

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

#define PO_SYSTEM_FLAGS (ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED | ES_USER_PRESENT)

/* Key: (i) io_lock */
struct po_system {
    struct po_system *next; /* (i) */
    ULONG flags;            /* (i) */
};

static struct po_system *po_systems; /* (i) */

void po_system_stop(void)
{
    po_systems = NULL; /* the entries are pool */
}

ULONG po_system_required(void)
{
    const struct po_system *entry;
    ULONG flags = 0;

    io_lock();
    LL_FOREACH (po_systems, entry) {
        flags |= entry->flags;
    }
    io_unlock();
    return flags;
}

static bool po_system_check(ULONG flags, const char *api)
{
    if ((flags & ~(PO_SYSTEM_FLAGS | ES_CONTINUOUS)) != 0) {
        ke_violation(RULE_BadParameter, 0, flags, 0, 0, 0, "%s with flags 0x%X, some unknown", api,
                     flags);
        return false;
    }
    return true;
}

/* It starts the idle times of the system anew, of which a machine has none. */
VOID PoSetSystemState(ULONG Flags)
{
    if (API(DISPATCH_LEVEL)) {
        (void)po_system_check(Flags, __func__);
    }
}

/* What PoRegisterSystemState returned and nobody has given back. */
static bool po_system_is(const struct po_system *wanted)
{
    const struct po_system *entry;

    io_lock();
    entry = po_systems;
    while (entry != NULL && entry != wanted) {
        entry = entry->next;
    }
    io_unlock();
    return entry != NULL;
}

PVOID PoRegisterSystemState(PVOID StateHandle, ULONG Flags)
{
    struct po_system *entry = StateHandle;

    if (!API(DISPATCH_LEVEL) || !po_system_check(Flags, __func__)) {
        return NULL;
    }
    if (entry == NULL) {
        entry = ex_pool_allocate(sizeof(*entry), 'ySoP', false, true, NULL);
        if (entry == NULL) {
            return NULL;
        }
        io_lock();
        LL_PREPEND(po_systems, entry);
        io_unlock();
    } else if (!po_system_is(entry)) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)StateHandle, 0, 0, 0,
                     "PoRegisterSystemState of %p, which is no registration", StateHandle);
        return NULL;
    }
    /* Without ES_CONTINUOUS it is once, as PoSetSystemState. */
    __atomic_store_n(&entry->flags, (Flags & ES_CONTINUOUS) != 0 ? Flags & PO_SYSTEM_FLAGS : 0,
                     __ATOMIC_RELAXED);
    return entry;
}

VOID PoUnregisterSystemState(PVOID StateHandle)
{
    struct po_system *entry;

    if (!API(DISPATCH_LEVEL)) {
        return;
    }
    io_lock();
    entry = po_systems;
    while (entry != NULL && entry != StateHandle) {
        entry = entry->next;
    }
    if (entry != NULL) {
        LL_DELETE(po_systems, entry);
    }
    io_unlock();
    if (entry == NULL) {
        ke_violation(RULE_BadParameter, 0, (uintptr_t)StateHandle, 0, 0, 0,
                     "PoUnregisterSystemState of %p, which is no registration", StateHandle);
        return;
    }
    ex_pool_release(entry);
}

/* No watchdog looks after power requests: a test sees by itself that one does not come back. */
BOOLEAN PoQueryWatchdogTime(PDEVICE_OBJECT Pdo, PULONG SecondsRemaining)
{
    if (API(APC_LEVEL) && io_device_check(Pdo, __func__)) {
        *SecondsRemaining = 0;
    }
    return FALSE;
}
