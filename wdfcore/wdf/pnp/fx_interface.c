/* fx_interface.c - device interfaces: WdfDeviceCreateDeviceInterface and what belongs to it. */
#include "wdf/pnp/fx_interface.h"

#include <string.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/object/fx_pool.h"
#include "wdf/object/data/fx_string.h"
#include "wdf/frame/fx_text.h"

static NTSTATUS fx_interface_register(struct fx_device *device, struct fx_interface *interface)
{
    if (interface->link.Buffer != NULL) {
        return STATUS_SUCCESS;
    }
    return IoRegisterDeviceInterface(
        device->physical, &interface->class,
        interface->reference.Buffer != NULL ? &interface->reference : NULL, &interface->link);
}

static void fx_interface_set(struct fx_interface *interface, bool enabled)
{
    if (interface->enabled != enabled && interface->link.Buffer != NULL &&
        NT_SUCCESS(IoSetDeviceInterfaceState(&interface->link, enabled))) {
        interface->enabled = enabled;
    }
}

NTSTATUS fx_interfaces_enable(struct fx_device *device)
{
    for (struct fx_interface *interface = device->interfaces; interface != NULL;
         interface = interface->next) {
        NTSTATUS status = fx_interface_register(device, interface);

        if (!NT_SUCCESS(status)) {
            return status;
        }
        if (interface->automatic) {
            fx_interface_set(interface, true);
        }
    }
    device->interfaces_live = true;
    return STATUS_SUCCESS;
}

void fx_interfaces_disable(struct fx_device *device)
{
    device->interfaces_live = false;
    for (struct fx_interface *interface = device->interfaces; interface != NULL;
         interface = interface->next) {
        fx_interface_set(interface, false);
    }
}

void fx_interfaces_free(struct fx_device *device)
{
    while (device->interfaces != NULL) {
        struct fx_interface *interface = device->interfaces;

        device->interfaces = interface->next;
        if (interface->link.Buffer != NULL) {
            ExFreePool(interface->link.Buffer);
        }
        fx_text_free(&interface->reference);
        fx_free(interface);
    }
}

static struct fx_interface *fx_interface_find(const struct fx_device *device, const GUID *class,
                                              PCUNICODE_STRING reference)
{
    for (struct fx_interface *interface = device->interfaces; interface != NULL;
         interface = interface->next) {
        if (memcmp(&interface->class, class, sizeof(*class)) == 0 &&
            fx_text_equal(&interface->reference, reference)) {
            return interface;
        }
    }
    return NULL;
}

/* fx_reference_valid: a reference string is one component of a path. */
static bool fx_reference_valid(PCUNICODE_STRING reference)
{
    for (USHORT i = 0; i < reference->Length / sizeof(WCHAR); i++) {
        if (reference->Buffer[i] == L'\\' || reference->Buffer[i] == L'/') {
            return false;
        }
    }
    return true;
}

static NTSTATUS fx_interface_add(struct fx_device *device, const GUID *class,
                                 PCUNICODE_STRING reference)
{
    struct fx_interface **link = &device->interfaces;
    struct fx_interface *interface = fx_allocate(sizeof(*interface));
    NTSTATUS status = STATUS_SUCCESS;

    if (interface == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    interface->class = *class;
    interface->automatic = !device->interfaces_live;
    if (reference != NULL && reference->Length > 0) {
        status = fx_text_copy(reference, &interface->reference);
    }
    /* The PDO below a function device is there; one that the driver makes has yet to be reported. */
    if (NT_SUCCESS(status) && (device->interfaces_live || device->pdo == NULL)) {
        status = fx_interface_register(device, interface);
    }
    if (!NT_SUCCESS(status)) {
        fx_text_free(&interface->reference);
        fx_free(interface);
        return status;
    }
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = interface;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceCreateDeviceInterface(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                        PCUNICODE_STRING ReferenceString)
{
    struct fx_device *device;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(InterfaceClassGUID)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (fx_device_is_control(device)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (ReferenceString != NULL &&
        (!NT_SUCCESS(fx_text_check(ReferenceString)) || !fx_reference_valid(ReferenceString))) {
        return STATUS_INVALID_PARAMETER;
    }
    if (fx_interface_find(device, InterfaceClassGUID, ReferenceString) != NULL) {
        return STATUS_SUCCESS; /* the same class and string share the link */
    }
    return fx_interface_add(device, InterfaceClassGUID, ReferenceString);
}

/* fx_interface_set_state: of the driver; an unknown pair changes nothing. */
static void fx_interface_set_state(WDFDEVICE handle, const GUID *class, PCUNICODE_STRING reference,
                                   BOOLEAN enabled, bool stays)
{
    struct fx_device *device = fx_handle_get(handle, FX_TYPE_DEVICE);
    struct fx_interface *interface;

    if (device == NULL || fx_device_is_control(device)) {
        return;
    }
    interface = fx_interface_find(device, class, reference);
    if (interface == NULL) {
        fx_violation(RULE_BadParameter, FX_BUGCHECK_NONE, 0, 0, &device->object,
                     "the device has no interface of this class and reference string");
        return;
    }
    if (stays) {
        interface->automatic = enabled;
    }
    if (device->interfaces_live) {
        fx_interface_set(interface, enabled);
    } else {
        interface->automatic = enabled; /* takes effect at the end of the start */
    }
}

VOID WdfDeviceSetDeviceInterfaceState(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                      PCUNICODE_STRING ReferenceString, BOOLEAN IsInterfaceEnabled)
{
    if (API(PASSIVE_LEVEL) && fx_required(InterfaceClassGUID)) {
        fx_interface_set_state(Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled,
                               false);
    }
}

VOID WdfDeviceSetDeviceInterfaceStateEx(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                        PCUNICODE_STRING ReferenceString,
                                        BOOLEAN IsInterfaceEnabled)
{
    if (API(PASSIVE_LEVEL) && fx_required(InterfaceClassGUID)) {
        fx_interface_set_state(Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled,
                               true);
    }
}

NTSTATUS WdfDeviceRetrieveDeviceInterfaceString(WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                                                PCUNICODE_STRING ReferenceString, WDFSTRING String)
{
    struct fx_interface *interface;
    struct fx_device *device;
    struct fx_string *string;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(InterfaceClassGUID)) {
        return STATUS_INVALID_PARAMETER;
    }
    string = fx_handle_get(String, FX_TYPE_STRING);
    if (string == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (fx_device_is_control(device)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    interface = fx_interface_find(device, InterfaceClassGUID, ReferenceString);
    if (interface == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (interface->link.Buffer == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    return fx_string_assign(string, &interface->link);
}
