#pragma once
/* io_registry.h - which registry keys belong to a driver, a device, a device interface:
 *     driver     \Registry\Machine\System\CurrentControlSet\Services\<name>, with Parameters, State
 *     device     ...\Enum\<instance path>\Device Parameters     (PLUGPLAY_REGKEY_DEVICE)
 *     its driver ...\Control\Class\{class}\<number>             (PLUGPLAY_REGKEY_DRIVER)
 *     interface  ...\Control\DeviceClasses\{class}\##?#<device>\#<reference>\Device Parameters
 */
#include <wdm.h>

#include <stdbool.h>

/* io_registry_add_service: the driver's own key, if it is not there already.
 *   Returns  STATUS_INSUFFICIENT_RESOURCES */
NTSTATUS io_registry_add_service(PCUNICODE_STRING path);

/* io_registry_open_driver: a subkey of the service's key.
 *   create   make it if it is missing; else only if access says so
 *   Returns  STATUS_OBJECT_NAME_NOT_FOUND */
NTSTATUS io_registry_open_driver(PCUNICODE_STRING service, const char *subkey, bool create,
                                 ACCESS_MASK access, HANDLE *handle);
