/* fx_key_owner.c - the registry keys that belong to a driver or a device. */
#include <stdio.h>

#include "nt/cm/cm_open.h"
#include "nt/io/pnp/io_registry.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/frame/fx_text.h"
#include "wdf/device/fx_device.h"
#include "wdf/device/fx_device_init.h"
#include "wdf/device/fx_driver.h"
#include "wdf/object/fx_attributes.h"
#include "wdf/registry/fx_key.h"

static NTSTATUS fx_key_of_driver(WDFDRIVER handle, const char *subkey, bool create,
                                 ACCESS_MASK access, const WDF_OBJECT_ATTRIBUTES *attributes,
                                 const void *caller, WDFKEY *key)
{
    struct fx_driver *driver = fx_handle_get(handle, FX_TYPE_DRIVER);
    HANDLE opened = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    *key = NULL;
    if (driver == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = io_registry_open_driver(&driver->registry_path, subkey, create, access, &opened);
    return NT_SUCCESS(status) ? fx_key_make(opened, attributes, &driver->object, caller, key)
                              : status;
}

NTSTATUS WdfDriverOpenParametersRegistryKey(WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
                                            PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_of_driver(Driver, "Parameters", false, DesiredAccess, KeyAttributes, KE_CALLER(),
                            Key);
}

NTSTATUS WdfDriverOpenPersistentStateRegistryKey(WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
                                                 PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_of_driver(Driver, "State", true, DesiredAccess, KeyAttributes, KE_CALLER(), Key);
}

/* The PDO's key as an object below parent (NULL: the caller's driver). */
static NTSTATUS fx_key_of_physical(DEVICE_OBJECT *physical, ULONG type, ACCESS_MASK access,
                                   const WDF_OBJECT_ATTRIBUTES *attributes,
                                   struct fx_object *parent, const void *caller, WDFKEY *key)
{
    HANDLE opened = NULL;
    NTSTATUS status = IoOpenDeviceRegistryKey(physical, type, access, &opened);

    return NT_SUCCESS(status) ? fx_key_make(opened, attributes, parent, caller, key) : status;
}

/* The key of a device goes with it: its attributes name no parent. */
static NTSTATUS fx_key_check_of_device(const WDF_OBJECT_ATTRIBUTES *attributes)
{
    static const struct fx_type device_key = {.number = FX_TYPE_KEY, .parent = FX_PARENT_FORBIDDEN};

    return fx_attributes_check(&device_key, attributes);
}

static bool fx_key_type_is_right(ULONG type)
{
    type &= ~(ULONG)PLUGPLAY_REGKEY_CURRENT_HWPROFILE;
    return type == PLUGPLAY_REGKEY_DEVICE || type == PLUGPLAY_REGKEY_DRIVER;
}

NTSTATUS WdfDeviceOpenRegistryKey(WDFDEVICE Device, ULONG DeviceInstanceKeyType,
                                  ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                  WDFKEY *Key)
{
    struct fx_device *device = NULL;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Key = NULL;
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    status = fx_key_check_of_device(KeyAttributes);
    if (device != NULL && !NT_SUCCESS(status)) {
        return status;
    }
    if (device == NULL || !fx_key_type_is_right(DeviceInstanceKeyType)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (device->physical == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    return fx_key_of_physical(device->physical, DeviceInstanceKeyType, DesiredAccess, KeyAttributes,
                              &device->object, KE_CALLER(), Key);
}

NTSTATUS WdfFdoInitOpenRegistryKey(PWDFDEVICE_INIT DeviceInit, ULONG DeviceInstanceKeyType,
                                   ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                   WDFKEY *Key)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Key = NULL;
    if (!fx_device_init_live(DeviceInit, __func__) || DeviceInit->physical == NULL ||
        !fx_key_type_is_right(DeviceInstanceKeyType)) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_key_of_physical(DeviceInit->physical, DeviceInstanceKeyType, DesiredAccess,
                              KeyAttributes, &DeviceInit->driver->object, KE_CALLER(), Key);
}

/* \Registry\Machine\Hardware\DeviceMap\<name>: volatile, made if it is missing. */
NTSTATUS WdfDeviceOpenDevicemapKey(WDFDEVICE Device, PCUNICODE_STRING KeyName,
                                   ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                   WDFKEY *Key)
{
    enum cm_create how = CM_CREATE_VOLATILE;
    struct fx_device *device = NULL;
    struct cm_key *map = NULL;
    struct cm_key *key = NULL;
    HANDLE opened = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_required(KeyName) || !fx_required(Key)) {
        return STATUS_INVALID_PARAMETER;
    }
    *Key = NULL;
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    status = device != NULL ? fx_text_check(KeyName) : STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        status =
            KeyName->Length != 0 ? fx_key_check_of_device(KeyAttributes) : STATUS_INVALID_PARAMETER;
    }
    if (NT_SUCCESS(status)) {
        status = cm_key_of_text(NULL, "\\Registry\\Machine\\Hardware\\DeviceMap", &map);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_key_create(map, KeyName, how, &key, NULL);
    cm_key_deref(map);
    if (NT_SUCCESS(status)) {
        status = cm_open_handle(key, DesiredAccess, &opened);
    }
    return NT_SUCCESS(status)
               ? fx_key_make(opened, KeyAttributes, &device->object, KE_CALLER(), Key)
               : status;
}
