/* io_registry.c - the keys of drivers, devices and interfaces; see io_registry.h. A device gets its
 * keys when they are first asked for. The number of its driver's key is kept, as on Windows, in the
 * value Driver of the device's own key.
 */
#include "nt/io/pnp/io_registry.h"

#include <stdio.h>
#include <string.h>

#include "nt/cm/cm_open.h"
#include "nt/cm/cm_value.h"
#include "nt/io/io_device.h"
#include "nt/io/io_driver.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"

#define IO_CONTROL_SET  "\\Registry\\Machine\\System\\CurrentControlSet\\"
#define IO_PROFILE      IO_CONTROL_SET "Hardware Profiles\\Current\\System\\CurrentControlSet\\"
#define IO_PARAMETERS   "\\Device Parameters"
#define IO_PATH_MAX     600
#define IO_DRIVER_KEYS  10000u                                   /* four digits */
#define IO_SYSTEM_CLASS "{4d36e97d-e325-11ce-bfc1-08002be10318}" /* of devices without an INF */

NTSTATUS io_registry_add_service(PCUNICODE_STRING path)
{
    struct cm_key *key = NULL;
    NTSTATUS status = cm_key_create(NULL, path, CM_CREATE_ALL, &key, NULL);

    if (NT_SUCCESS(status)) {
        cm_key_deref(key);
    }
    return status;
}

/* A key below root (NULL: absolute), made if wanted, and a handle of it. */
static NTSTATUS io_registry_open(struct cm_key *root, const char *path, bool create,
                                 ACCESS_MASK access, HANDLE *handle)
{
    struct cm_key *key = NULL;
    NTSTATUS status =
        create ? cm_key_create_all(root, path, &key) : cm_key_of_text(root, path, &key);

    return NT_SUCCESS(status) ? cm_open_handle(key, access, handle) : status;
}

/* ---- drivers ---- */

NTSTATUS io_registry_open_driver(PCUNICODE_STRING service, const char *subkey, bool create,
                                 ACCESS_MASK access, HANDLE *handle)
{
    struct cm_key *key = NULL;
    NTSTATUS status = cm_key_open(NULL, service, &key);

    if (NT_SUCCESS(status)) {
        status = io_registry_open(key, subkey, create || cm_open_creates(access), access, handle);
        cm_key_deref(key);
    }
    return status;
}

NTSTATUS IoOpenDriverRegistryKey(PDRIVER_OBJECT DriverObject, DRIVER_REGKEY_TYPE RegKeyType,
                                 ACCESS_MASK DesiredAccess, ULONG Flags, PHANDLE DriverRegKey)
{
    static const char *const subkeys[] = {
        [DriverRegKeyParameters] = "Parameters",
        [DriverRegKeyPersistentState] = "State",
        [DriverRegKeySharedPersistentState] = "SharedState",
    };

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (DriverObject == NULL || Flags != 0 ||
        (ULONG)RegKeyType >= sizeof(subkeys) / sizeof(subkeys[0])) {
        return STATUS_INVALID_PARAMETER;
    }
    return io_registry_open_driver(io_driver_registry_path(DriverObject), subkeys[RegKeyType],
                                   RegKeyType != DriverRegKeyParameters, DesiredAccess,
                                   DriverRegKey);
}

/* ---- devices ---- */

/* What an installation would have written into the device's own key. */
static NTSTATUS io_registry_describe(struct cm_key *key, const struct io_pnp_identity *identity)
{
    const struct {
        UNICODE_STRING name;
        const char *text;
    } values[] = {
        {RTL_CONSTANT_STRING(L"DeviceDesc"), identity->description},
        {RTL_CONSTANT_STRING(L"HardwareID"), identity->hardware_id},
        {RTL_CONSTANT_STRING(L"Service"), identity->service},
    };
    NTSTATUS status = STATUS_SUCCESS;

    for (size_t i = 0; NT_SUCCESS(status) && i < sizeof(values) / sizeof(values[0]); i++) {
        WCHAR text[IO_PATH_MAX] = {0};
        bool many = values[i].text == identity->hardware_id;
        size_t bytes = 0;

        if (values[i].text == NULL ||
            !rtl_utf8_to_wide(text, sizeof(text) - 2 * sizeof(WCHAR), &bytes, values[i].text,
                              strlen(values[i].text))) {
            continue;
        }
        bytes += (many ? 2 : 1) * sizeof(WCHAR);
        status =
            cm_value_set(key, &values[i].name, many ? REG_MULTI_SZ : REG_SZ, text, (ULONG)bytes);
    }
    return status;
}

static NTSTATUS io_registry_device_key(const struct io_pnp_node *node, struct cm_key **key)
{
    static const UNICODE_STRING service = RTL_CONSTANT_STRING(L"Service");
    char path[IO_PATH_MAX];
    struct cm_data data = {0};
    NTSTATUS status = STATUS_SUCCESS;

    snprintf(path, sizeof(path), IO_CONTROL_SET "Enum\\%s", io_pnp_instance_path(node));
    status = cm_key_create_all(NULL, path, key);
    if (NT_SUCCESS(status) && !NT_SUCCESS(cm_value_get(*key, &service, &data))) {
        status = io_registry_describe(*key, &node->identity);
        if (!NT_SUCCESS(status)) {
            cm_key_deref(*key);
        }
    }
    cm_data_free(&data);
    return status;
}

/* The first number of the class that no device has. */
static NTSTATUS io_registry_new_driver_key(struct cm_key *device, char *name, size_t size)
{
    static const UNICODE_STRING value = RTL_CONSTANT_STRING(L"Driver");
    WCHAR text[64] = {0};
    size_t bytes = 0;
    struct cm_key *key = NULL;

    for (unsigned number = 0; number < IO_DRIVER_KEYS; number++) {
        char path[IO_PATH_MAX];

        snprintf(name, size, "%s\\%04u", IO_SYSTEM_CLASS, number);
        snprintf(path, sizeof(path), IO_CONTROL_SET "Control\\Class\\%s", name);
        if (NT_SUCCESS(cm_key_of_text(NULL, path, &key))) {
            cm_key_deref(key);
            continue;
        }
        NTSTATUS status = cm_key_create_all(NULL, path, &key);
        if (!NT_SUCCESS(status)) {
            return status;
        }
        cm_key_deref(key);
        rtl_utf8_to_wide(text, sizeof(text) - sizeof(WCHAR), &bytes, name, strlen(name));
        return cm_value_set(device, &value, REG_SZ, text, (ULONG)(bytes + sizeof(WCHAR)));
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

/* "{class}\0000" of the device, as its own key says. */
static NTSTATUS io_registry_driver_key(const struct io_pnp_node *node, char *name, size_t size)
{
    static const UNICODE_STRING value = RTL_CONSTANT_STRING(L"Driver");
    struct cm_key *device = NULL;
    struct cm_data data = {0};
    size_t bytes = 0;
    NTSTATUS status = io_registry_device_key(node, &device);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = cm_value_get(device, &value, &data);
    if (NT_SUCCESS(status)) {
        rtl_wide_to_utf8(name, size - 1, &bytes, data.bytes,
                         rtl_wide_length(data.bytes) * sizeof(WCHAR));
        name[bytes < size ? bytes : size - 1] = '\0';
        cm_data_free(&data);
    } else {
        status = io_registry_new_driver_key(device, name, size);
    }
    cm_key_deref(device);
    return status;
}

NTSTATUS IoOpenDeviceRegistryKey(PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType,
                                 ACCESS_MASK DesiredAccess, PHANDLE DeviceRegKey)
{
    const char *set =
        (DevInstKeyType & PLUGPLAY_REGKEY_CURRENT_HWPROFILE) != 0 ? IO_PROFILE : IO_CONTROL_SET;
    char path[IO_PATH_MAX];
    char name[IO_PATH_MAX / 2];
    struct io_pnp_node *node = NULL;
    struct cm_key *key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node = io_device_of(DeviceObject)->node;
    if (node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST; /* not the PDO of a device that a bus reported */
    }
    switch (DevInstKeyType & ~(ULONG)PLUGPLAY_REGKEY_CURRENT_HWPROFILE) {
    case PLUGPLAY_REGKEY_DEVICE:
        status = io_registry_device_key(node, &key);
        if (NT_SUCCESS(status)) {
            cm_key_deref(key);
        }
        snprintf(path, sizeof(path), "%sEnum\\%s" IO_PARAMETERS, set, io_pnp_instance_path(node));
        break;
    case PLUGPLAY_REGKEY_DRIVER:
        status = io_registry_driver_key(node, name, sizeof(name));
        snprintf(path, sizeof(path), "%sControl\\Class\\%s", set, name);
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    return NT_SUCCESS(status) ? io_registry_open(NULL, path, true, DesiredAccess, DeviceRegKey)
                              : status;
}

/* ---- device interfaces ---- */

/* The link as the name of a key: "\??\" and the backslash before the reference become "##?#", "#". */
NTSTATUS IoOpenDeviceInterfaceRegistryKey(PUNICODE_STRING SymbolicLinkName,
                                          ACCESS_MASK DesiredAccess, PHANDLE DeviceInterfaceRegKey)
{
    char path[IO_PATH_MAX];
    char link[IO_PATH_MAX / 2];
    char *reference = NULL;
    size_t bytes = 0;
    GUID guid = {0};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (SymbolicLinkName == NULL || SymbolicLinkName->Length <= 4 * sizeof(WCHAR)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!io_interface_class(SymbolicLinkName, &guid)) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    rtl_wide_to_utf8(link, sizeof(link) - 1, &bytes, SymbolicLinkName->Buffer + 4,
                     SymbolicLinkName->Length - 4 * sizeof(WCHAR));
    link[bytes < sizeof(link) ? bytes : sizeof(link) - 1] = '\0';
    reference = strchr(link, '\\');
    if (reference != NULL) {
        *reference++ = '\0';
    }
    snprintf(path, sizeof(path),
             IO_CONTROL_SET "Control\\DeviceClasses\\{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x"
                            "%02x}\\##?#%s\\#%s" IO_PARAMETERS,
             (unsigned)guid.Data1, guid.Data2, guid.Data3, guid.Data4[0], guid.Data4[1],
             guid.Data4[2], guid.Data4[3], guid.Data4[4], guid.Data4[5], guid.Data4[6],
             guid.Data4[7], link, reference != NULL ? reference : "");
    return io_registry_open(NULL, path, true, DesiredAccess, DeviceInterfaceRegKey);
}
