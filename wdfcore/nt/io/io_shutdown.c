/* io_shutdown.c - IRP_MJ_SHUTDOWN for devices that asked for it.
 * Normal path: a registration is put in front of its list; when the system goes down the first one
 * is taken off and the request sent to the top of the device's stack, until the list is empty.
 * A device that is deleted meanwhile is kept by the reference of who took its registration.
 */
#include "nt/io/io_shutdown.h"

#include <utlist.h>

#include "nt/ex/ex_pool.h"
#include "nt/io/io_device.h"
#include "nt/io/io_lock.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ob/ob_object.h"

/* Keys: (i) io_lock */
struct io_shutdown {
    struct io_shutdown *next; /* (i) */
    PDEVICE_OBJECT device;
};

enum io_shutdown_phase { IO_SHUTDOWN_FIRST, IO_SHUTDOWN_LAST_CHANCE, IO_SHUTDOWN_PHASES };

static struct io_shutdown *io_shutdowns[IO_SHUTDOWN_PHASES]; /* (i) newest first */

void io_shutdown_stop(void)
{
    RtlZeroMemory(io_shutdowns, sizeof(io_shutdowns)); /* the entries are pool */
}

static NTSTATUS io_shutdown_register(PDEVICE_OBJECT device, enum io_shutdown_phase phase)
{
    struct io_shutdown *entry = ex_pool_allocate(sizeof(*entry), 'hSoI', false, true, NULL);

    if (entry == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    entry->device = device;
    io_lock();
    LL_PREPEND(io_shutdowns[phase], entry);
    device->Flags |= DO_SHUTDOWN_REGISTERED;
    io_unlock();
    return STATUS_SUCCESS;
}

NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return io_shutdown_register(DeviceObject, IO_SHUTDOWN_FIRST);
}

NTSTATUS IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return io_shutdown_register(DeviceObject, IO_SHUTDOWN_LAST_CHANCE);
}

/* A registration of the device off the lists; NULL: none is left. */
static struct io_shutdown *io_shutdown_take(PDEVICE_OBJECT device)
{
    struct io_shutdown *entry = NULL;

    io_lock();
    for (int phase = 0; phase < IO_SHUTDOWN_PHASES && entry == NULL; phase++) {
        LL_SEARCH_SCALAR(io_shutdowns[phase], entry, device, device);
        if (entry != NULL) {
            LL_DELETE(io_shutdowns[phase], entry);
        }
    }
    if (entry == NULL) {
        device->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
    }
    io_unlock();
    return entry;
}

void io_shutdown_device_deleted(PDEVICE_OBJECT device)
{
    struct io_shutdown *entry;

    while ((entry = io_shutdown_take(device)) != NULL) {
        ex_pool_release(entry);
    }
}

VOID IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    if (API(PASSIVE_LEVEL) && io_device_check(DeviceObject, __func__)) {
        io_shutdown_device_deleted(DeviceObject);
    }
}

static void io_shutdown_send(PDEVICE_OBJECT device)
{
    IO_STATUS_BLOCK result;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_SHUTDOWN, io_device_top(device), NULL, 0, NULL, &done,
                                       &result);
    /* Nobody could do anything about a driver that fails, or about memory that is short. */
    if (irp != NULL && io_irp_call(io_device_top(device), irp) == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    }
}

void io_shutdown_notify(void)
{
    for (int phase = 0; phase < IO_SHUTDOWN_PHASES; phase++) {
        struct io_shutdown *entry;
        bool held = false;

        for (;;) {
            io_lock();
            entry = io_shutdowns[phase];
            if (entry != NULL) {
                LL_DELETE(io_shutdowns[phase], entry);
                held = ob_try_ref(entry->device);
            }
            io_unlock();
            if (entry == NULL) {
                break;
            }
            if (held) {
                io_shutdown_send(entry->device);
                ob_deref(entry->device);
            }
            ex_pool_release(entry);
        }
    }
}
