#pragma once
/* io_driver.h - driver objects: what the loader makes before DriverEntry and takes apart after
 * DriverUnload.
 */
#include <wdm.h>

#include <stdbool.h>

struct io_driver_config {
    const char *name; /* "uart": the object is \Driver\uart, the service key ends in it */
    void *start;      /* where the module lies, or NULL: allocations are charged by address */
    ULONG size;
    bool without_service; /* a driver made it: no key, no registry path for its entry */
};

/* io_driver_create: a driver object whose every MajorFunction fails requests with
 * STATUS_INVALID_DEVICE_REQUEST; DriverExtension, DriverName, registry path are set.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES when memory is short
 *   IRQL     PASSIVE_LEVEL */
NTSTATUS io_driver_create(const struct io_driver_config *config, PDRIVER_OBJECT *driver);

/* io_driver_initialize: call entry(driver, registry path) through the gate as "DriverEntry". On
 * failure whatever the driver left (devices, pool) is reported; DriverUnload is not called. The
 * caller deletes the object then. */
NTSTATUS io_driver_initialize(PDRIVER_OBJECT driver, PDRIVER_INITIALIZE entry);

/* io_driver_add_device: call AddDevice for the PDO. STATUS_NOT_SUPPORTED if the driver has none.
 * Checks that the new top of the stack has cleared DO_DEVICE_INITIALIZING. */
NTSTATUS io_driver_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo);

/* io_driver_unload: call DriverUnload (if there is one), then report what the driver left behind:
 * device objects (DeviceLifetime), pool (PoolLeak). */
void io_driver_unload(PDRIVER_OBJECT driver);

/* io_driver_delete: drop the loader's reference. */
void io_driver_delete(PDRIVER_OBJECT driver);

/* io_driver_registry_path: \Registry\Machine\System\CurrentControlSet\Services\<name>. */
PUNICODE_STRING io_driver_registry_path(PDRIVER_OBJECT driver);
/* io_driver_name: the name it was created with, for reports. */
const char *io_driver_name(PDRIVER_OBJECT driver);
/* io_driver_at: the driver whose module contains the address, or NULL. */
PDRIVER_OBJECT io_driver_at(const void *address);
/* io_driver_check: a driver object that a driver named. false: reported. */
bool io_driver_check(PDRIVER_OBJECT driver, const char *api);
/* io_driver_stop: forget the list of drivers; ob_stop frees them. */
void io_driver_stop(void);
