/* io_property.c - IoGetDeviceProperty: what the bus said about a device. */
#include <string.h>

#include "nt/io/io_device.h"
#include "nt/io/pnp/io_pnp_node.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

struct io_property_out {
    ULONG size;
    PVOID buffer;
    PULONG needed;
};

static NTSTATUS io_property_bytes(const struct io_property_out *out, const void *data, size_t size)
{
    *out->needed = (ULONG)size;
    if (out->size < size || out->buffer == NULL) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(out->buffer, data, size);
    return STATUS_SUCCESS;
}

/* terminators: 1 for a string, 2 for the end of a list of strings. */
static NTSTATUS io_property_text(const struct io_property_out *out, const char *text,
                                 size_t terminators)
{
    size_t length = 0;
    PWSTR at = out->buffer;

    if (text == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    length = strlen(text);
    *out->needed = (ULONG)((length + terminators) * sizeof(WCHAR));
    if (out->size < *out->needed || at == NULL) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    for (size_t i = 0; i < length; i++) {
        at[i] = (unsigned char)text[i];
    }
    memset(&at[length], 0, terminators * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

static NTSTATUS io_property_name(const struct io_property_out *out, const struct io_device *device)
{
    /* The name is kept with a terminator behind it. */
    if (device->name.Length == 0) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return io_property_bytes(out, device->name.Buffer, device->name.MaximumLength);
}

static NTSTATUS io_property_get(const struct io_pnp_node *node, DEVICE_REGISTRY_PROPERTY property,
                                const struct io_property_out *out)
{
    const struct io_pnp_identity *identity = &node->identity;

    switch (property) {
    case DevicePropertyDeviceDescription:
        return io_property_text(out, identity->description, 1);
    case DevicePropertyHardwareID:
        return io_property_text(out, identity->hardware_id, 2);
    case DevicePropertyCompatibleIDs:
        return io_property_text(out, identity->compatible_id, 2);
    case DevicePropertyLocationInformation:
        return io_property_text(out, identity->location, 1);
    case DevicePropertyEnumeratorName:
        return io_property_text(out, identity->enumerator, 1);
    case DevicePropertyPhysicalDeviceObjectName:
        return io_property_name(out, io_device_of(node->pdo));
    case DevicePropertyLegacyBusType:
        return io_property_bytes(out, &identity->bus_type, sizeof(identity->bus_type));
    case DevicePropertyBusNumber:
        return io_property_bytes(out, &identity->bus_number, sizeof(identity->bus_number));
    case DevicePropertyAddress:
        return io_property_bytes(out, &identity->address, sizeof(identity->address));
    case DevicePropertyUINumber:
        return io_property_bytes(out, &identity->ui_number, sizeof(identity->ui_number));
    default:
        return STATUS_OBJECT_NAME_NOT_FOUND; /* nothing was installed that would say it */
    }
}

NTSTATUS IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                             ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength)
{
    struct io_property_out out = {BufferLength, PropertyBuffer, ResultLength};
    struct io_pnp_node *node = NULL;

    if (!API(PASSIVE_LEVEL) || !io_device_check(DeviceObject, __func__)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    node = io_device_of(DeviceObject)->node;
    if (node == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if ((ULONG)DeviceProperty > DevicePropertyContainerID) {
        return STATUS_INVALID_PARAMETER_2;
    }
    *ResultLength = 0;
    return io_property_get(node, DeviceProperty, &out);
}
