/* fx_device_name.c - how a device is called: its name and its symbolic link. */
#include "nt/io/io_device.h"
#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_device.h"
#include "wdf/object/data/fx_string.h"
#include "wdf/frame/fx_text.h"

/* fx_device_link_target: what a link to this device leads to: its own name, or the PDO's, whose
 * opens reach the top of the stack. NULL: there is none. */
static PUNICODE_STRING fx_device_link_target(struct fx_device *device)
{
    PUNICODE_STRING name;

    if (device->settings.name.Buffer != NULL) {
        return &device->settings.name;
    }
    if (device->physical == NULL) {
        return NULL;
    }
    name = &io_device_of(device->physical)->name;
    return name->Length > 0 ? name : NULL;
}

NTSTATUS WdfDeviceCreateSymbolicLink(WDFDEVICE Device, PCUNICODE_STRING SymbolicLinkName)
{
    UNICODE_STRING copy = {0};
    struct fx_device *device;
    PUNICODE_STRING target;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    if (device == NULL || !fx_required(SymbolicLinkName)) {
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_text_check(SymbolicLinkName);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (SymbolicLinkName->Length == 0 || device->link.Buffer != NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    target = fx_device_link_target(device);
    if (target == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    status = fx_text_copy(SymbolicLinkName, &copy);
    if (NT_SUCCESS(status)) {
        status = IoCreateSymbolicLink(&copy, target);
    }
    if (!NT_SUCCESS(status)) {
        fx_text_free(&copy);
        return status;
    }
    device->link = copy;
    return STATUS_SUCCESS;
}

NTSTATUS WdfDeviceRetrieveDeviceName(WDFDEVICE Device, WDFSTRING String)
{
    struct fx_device *device;
    struct fx_string *string;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    device = fx_handle_get(Device, FX_TYPE_DEVICE);
    string = device != NULL ? fx_handle_get(String, FX_TYPE_STRING) : NULL;
    if (string == NULL || device->settings.name.Buffer == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return fx_string_assign(string, &device->settings.name);
}
