/* hid_minidriver.c - who registered as a minidriver, and the dispatch routine that its driver object has
 * from then on. Devices that the minidriver made itself keep its own routines.
 */
#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "nt/hid/hid_class.h"
#include "nt/io/io_driver.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"

static struct base_lock hid_lock = {.rank = BASE_RANK_EX};
static struct hid_minidriver *hid_minidrivers; /* (m) */

static void hid_stop(void)
{
    while (hid_minidrivers != NULL) {
        struct hid_minidriver *minidriver = hid_minidrivers;

        hid_minidrivers = minidriver->next;
        free(minidriver);
    }
}

static struct hid_minidriver *hid_minidriver_of(PDRIVER_OBJECT driver)
{
    struct hid_minidriver *minidriver;

    base_lock_acquire(&hid_lock);
    minidriver = hid_minidrivers;
    while (minidriver != NULL && minidriver->driver != driver) {
        minidriver = minidriver->next;
    }
    base_lock_release(&hid_lock);
    return minidriver;
}

/* ---- calling it ---- */

NTSTATUS hid_minidriver_call(struct hid_fdo *fdo, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    return fdo->minidriver->dispatch[major](fdo->device, irp);
}

NTSTATUS hid_minidriver_ask(struct hid_fdo *fdo, ULONG code, PVOID output, ULONG *size)
{
    PIRP irp = io_irp_allocate(fdo->device->StackSize, NULL, NULL);
    PIO_STACK_LOCATION location;
    NTSTATUS status;

    if (irp == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    irp->UserBuffer = output;
    location = IoGetNextIrpStackLocation(irp);
    location->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    location->Parameters.DeviceIoControl.IoControlCode = code;
    location->Parameters.DeviceIoControl.OutputBufferLength = *size;
    status = io_irp_send_and_wait(fdo->device, irp);
    *size = irp->IoStatus.Information < *size ? (ULONG)irp->IoStatus.Information : *size;
    io_irp_free(irp);
    return status;
}

/* ---- the routines of its driver object ---- */

/* The IRP has been at the FDO already: what this driver sends on goes to the minidriver. */
static bool hid_was_here(PDEVICE_OBJECT device, PIRP irp)
{
    return irp->CurrentLocation < irp->StackCount &&
           (IoGetCurrentIrpStackLocation(irp) + 1)->DeviceObject == device;
}

static NTSTATUS hid_dispatch_fdo(struct hid_fdo *fdo, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    if (major == IRP_MJ_INTERNAL_DEVICE_CONTROL || major == IRP_MJ_SYSTEM_CONTROL ||
        hid_was_here(fdo->device, irp)) {
        return hid_minidriver_call(fdo, irp);
    }
    switch (major) {
    case IRP_MJ_PNP:
        return hid_device_pnp(fdo, irp);
    case IRP_MJ_POWER:
        return hid_device_power(fdo, irp);
    case IRP_MJ_CREATE: /* the collections are opened */
        return hid_finish(irp, STATUS_UNSUCCESSFUL, 0);
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return hid_finish(irp, STATUS_SUCCESS, 0);
    default:
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS hid_dispatch_pdo(struct hid_pdo *pdo, PIRP irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
    case IRP_MJ_PNP:
        return hid_collection_pnp(pdo, irp);
    case IRP_MJ_POWER:
        PoStartNextPowerIrp(irp);
        if (IoGetCurrentIrpStackLocation(irp)->MinorFunction == IRP_MN_SET_POWER ||
            IoGetCurrentIrpStackLocation(irp)->MinorFunction == IRP_MN_QUERY_POWER) {
            return hid_finish(irp, STATUS_SUCCESS, 0);
        }
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    case IRP_MJ_SYSTEM_CONTROL:
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
    case IRP_MJ_READ:
        return hid_collection_io(pdo, irp);
    case IRP_MJ_WRITE:
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return hid_control(pdo, irp);
    default:
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS hid_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    struct hid_minidriver *minidriver = hid_minidriver_of(device->DriverObject);
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    if (device->Reserved == &minidriver->fdo_mark) {
        return hid_dispatch_fdo(device->DeviceExtension, irp);
    }
    if (device->Reserved == &minidriver->pdo_mark) {
        return hid_dispatch_pdo(device->DeviceExtension, irp);
    }
    return minidriver->dispatch[major](device, irp);
}

static NTSTATUS hid_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
    return hid_device_add(hid_minidriver_of(driver), pdo);
}

/* The registration goes with the driver; what it left is looked for afterwards. */
static VOID hid_unload(PDRIVER_OBJECT driver)
{
    struct hid_minidriver *minidriver = hid_minidriver_of(driver);
    PDRIVER_UNLOAD unload = minidriver->unload;
    struct hid_minidriver **link = &hid_minidrivers;

    memcpy(driver->MajorFunction, minidriver->dispatch, sizeof(minidriver->dispatch));
    base_lock_acquire(&hid_lock);
    while (*link != minidriver) {
        link = &(*link)->next;
    }
    *link = minidriver->next;
    base_lock_release(&hid_lock);
    free(minidriver);
    if (unload != NULL) {
        unload(driver);
    }
}

/* ---- registration ---- */

static void hid_take_over(struct hid_minidriver *minidriver, PDRIVER_OBJECT driver)
{
    memcpy(minidriver->dispatch, driver->MajorFunction, sizeof(minidriver->dispatch));
    minidriver->add_device = driver->DriverExtension->AddDevice;
    minidriver->unload = driver->DriverUnload;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->MajorFunction[i] = hid_dispatch;
    }
    driver->DriverExtension->AddDevice = hid_add_device;
    driver->DriverUnload = hid_unload;
}

NTSTATUS HidRegisterMinidriver(PHID_MINIDRIVER_REGISTRATION MinidriverRegistration)
{
    struct hid_minidriver *minidriver;
    PDRIVER_OBJECT driver;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (MinidriverRegistration == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    driver = MinidriverRegistration->DriverObject;
    if (!io_driver_check(driver, __func__)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (MinidriverRegistration->Revision > HID_REVISION) {
        return STATUS_REVISION_MISMATCH;
    }
    if (driver->DriverExtension->AddDevice == NULL || driver->DriverUnload == hid_unload) {
        return STATUS_INVALID_PARAMETER;
    }
    minidriver = calloc(1, sizeof(*minidriver));
    if (minidriver == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    minidriver->driver = driver;
    minidriver->extension_size = MinidriverRegistration->DeviceExtensionSize;
    minidriver->polled = MinidriverRegistration->DevicesArePolled;
    hid_take_over(minidriver, driver);
    base_lock_acquire(&hid_lock);
    minidriver->next = hid_minidrivers;
    hid_minidrivers = minidriver;
    base_lock_release(&hid_lock);
    return STATUS_SUCCESS;
}

static struct ke_machine_part hid_part = {.order = 11, .stop = hid_stop};

__attribute__((constructor)) static void hid_register(void)
{
    ke_machine_register(&hid_part);
}
