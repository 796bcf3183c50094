/* io_reinitialize.c - routines that a driver wants called once DriverEntry has returned. Every driver
 * of a machine is loaded by itself, so that none has to wait for others.
 */
#include "nt/io/io_reinitialize.h"

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_driver.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_call.h"
#include "nt/ke/ke_check.h"

/* Keys: (c) constant once registered, (i) io_lock */
struct io_reinitialize {
    struct io_reinitialize *next; /* (i) */
    PDRIVER_OBJECT driver;        /* (c) not referenced: it is taken off before the driver goes */
    PDRIVER_REINITIALIZE routine; /* (c) */
    PVOID context;                /* (c) */
    bool boot;                    /* (c) of a boot driver: these go first */
};

static struct io_reinitialize *io_reinitializes; /* (i) in order of registration */

void io_reinitialize_stop(void)
{
    io_reinitializes = NULL; /* the entries are pool */
}

/* The next one of the driver, off the list; NULL: none is left. */
static struct io_reinitialize *io_reinitialize_take(PDRIVER_OBJECT driver)
{
    struct io_reinitialize *entry;
    struct io_reinitialize *found = NULL;

    io_lock();
    LL_FOREACH (io_reinitializes, entry) {
        if (entry->driver == driver && (found == NULL || (entry->boot && !found->boot))) {
            found = entry;
        }
    }
    if (found != NULL) {
        LL_DELETE(io_reinitializes, found);
    }
    io_unlock();
    return found;
}

void io_reinitialize_run(PDRIVER_OBJECT driver)
{
    struct io_reinitialize *entry;

    while ((entry = io_reinitialize_take(driver)) != NULL) {
        struct ke_callback frame;
        ULONG count = ++driver->DriverExtension->Count;

        ke_call_enter(&frame, "Reinitialize", (const void *)entry->routine, driver);
        entry->routine(driver, entry->context, count); /* may register again */
        ke_call_leave(&frame);
        ex_pool_release(entry);
    }
}

void io_reinitialize_forget(PDRIVER_OBJECT driver)
{
    struct io_reinitialize *entry;

    while ((entry = io_reinitialize_take(driver)) != NULL) {
        ex_pool_release(entry);
    }
}

static void io_reinitialize_register(PDRIVER_OBJECT driver, PDRIVER_REINITIALIZE routine,
                                     PVOID context, bool boot)
{
    struct io_reinitialize *entry = ex_pool_allocate(sizeof(*entry), 'nieR', false, true, NULL);

    if (entry == NULL) {
        return; /* as documented there is nobody to tell */
    }
    entry->driver = driver;
    entry->routine = routine;
    entry->context = context;
    entry->boot = boot;
    io_lock();
    LL_APPEND(io_reinitializes, entry);
    io_unlock();
}

VOID IoRegisterDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                      PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                      PVOID Context)
{
    if (API(PASSIVE_LEVEL) && io_driver_check(DriverObject, __func__)) {
        io_reinitialize_register(DriverObject, DriverReinitializationRoutine, Context, false);
    }
}

VOID IoRegisterBootDriverReinitialization(PDRIVER_OBJECT DriverObject,
                                          PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                          PVOID Context)
{
    if (API(PASSIVE_LEVEL) && io_driver_check(DriverObject, __func__)) {
        io_reinitialize_register(DriverObject, DriverReinitializationRoutine, Context, true);
    }
}
