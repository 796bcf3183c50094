/* io_usb_interface.c - what a client driver may call directly, and what it asks about the bus. */
#include <initguid.h>
#include <usbbusif.h>
#include <usbdlib.h>

#include <string.h>

#include "nt/usb/io_usb.h"

#define MICROFRAMES 8u /* in a frame */

static ULONG bus_version(const struct io_usb *port)
{
    static const ULONG versions[] = {0x110, 0x110, 0x200, 0x300};

    return versions[port->usb->description->speed];
}

/* ---- USB_BUS_INTERFACE_USBDI_GUID ---- */

static VOID bus_reference(PVOID context)
{
    UNREFERENCED_PARAMETER(context); /* the port lasts until the machine ends */
}

static VOID bus_get_version(PVOID context, PUSBD_VERSION_INFORMATION version, PULONG capabilities)
{
    if (version != NULL) {
        version->USBDI_Version = USBDI_VERSION;
        version->Supported_USB_Version = bus_version(context);
    }
    if (capabilities != NULL) {
        *capabilities = 0;
    }
}

static NTSTATUS bus_query_time(PVOID context, PULONG frame)
{
    UNREFERENCED_PARAMETER(context);
    if (frame == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *frame = io_usb_frame();
    return STATUS_SUCCESS;
}

static NTSTATUS bus_submit_iso(PVOID context, PURB urb)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(urb);
    return STATUS_NOT_SUPPORTED; /* as of USB 2.0 controllers */
}

static NTSTATUS bus_query_information(PVOID context, ULONG level, PVOID buffer, PULONG length,
                                      PULONG actual)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(level);
    UNREFERENCED_PARAMETER(buffer);
    UNREFERENCED_PARAMETER(length);
    UNREFERENCED_PARAMETER(actual);
    return STATUS_NOT_SUPPORTED;
}

static BOOLEAN bus_is_high_speed(PVOID context)
{
    const struct io_usb *port = context;

    return port->usb->description->speed >= WC_USB_HIGH_SPEED;
}

static NTSTATUS bus_enum_log(PVOID context, ULONG driver_tag, ULONG enum_tag, ULONG p1, ULONG p2)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(driver_tag);
    UNREFERENCED_PARAMETER(enum_tag);
    UNREFERENCED_PARAMETER(p1);
    UNREFERENCED_PARAMETER(p2);
    return STATUS_NOT_SUPPORTED; /* there is no such log */
}

static NTSTATUS bus_query_time_ex(PVOID context, PULONG microframe)
{
    UNREFERENCED_PARAMETER(context);
    if (microframe == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    *microframe = io_usb_frame() * MICROFRAMES;
    return STATUS_SUCCESS;
}

static NTSTATUS bus_query_controller(PVOID context, PULONG flags, PUSHORT vendor, PUSHORT device,
                                     PUCHAR class, PUCHAR subclass, PUCHAR revision,
                                     PUCHAR interface)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(vendor);
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(class);
    UNREFERENCED_PARAMETER(subclass);
    UNREFERENCED_PARAMETER(revision);
    UNREFERENCED_PARAMETER(interface);
    return STATUS_NOT_SUPPORTED; /* the machine has no controller that could be named */
}

NTSTATUS io_usb_query_interface(struct io_usb *port, const IO_STACK_LOCATION *location)
{
    static const USHORT sizes[] = {
        sizeof(USB_BUS_INTERFACE_USBDI_V0), sizeof(USB_BUS_INTERFACE_USBDI_V1),
        sizeof(USB_BUS_INTERFACE_USBDI_V2), sizeof(USB_BUS_INTERFACE_USBDI_V3)};
    const GUID *type = location->Parameters.QueryInterface.InterfaceType;
    USHORT version = location->Parameters.QueryInterface.Version;
    USB_BUS_INTERFACE_USBDI_V3 all = {
        .Version = version,
        .BusContext = port,
        .InterfaceReference = bus_reference,
        .InterfaceDereference = bus_reference,
        .GetUSBDIVersion = bus_get_version,
        .QueryBusTime = bus_query_time,
        .SubmitIsoOutUrb = bus_submit_iso,
        .QueryBusInformation = bus_query_information,
        .IsDeviceHighSpeed = bus_is_high_speed,
        .EnumLogEntry = bus_enum_log,
        .QueryBusTimeEx = bus_query_time_ex,
        .QueryControllerType = bus_query_controller,
    };

    if (!IsEqualGUID(type, &USB_BUS_INTERFACE_USBDI_GUID) || version > USB_BUSIF_USBDI_VERSION_3) {
        return STATUS_NOT_SUPPORTED;
    }
    if (location->Parameters.QueryInterface.Size < sizes[version]) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    all.Size = sizes[version];
    memcpy(location->Parameters.QueryInterface.Interface, &all, sizes[version]);
    return STATUS_SUCCESS;
}

/* ---- capabilities ---- */

NTSTATUS io_usb_capability(const struct io_usb *port, const GUID *type)
{
    enum wc_usb_speed speed = port->usb->description->speed;

    if (IsEqualGUID(type, &GUID_USB_CAPABILITY_DEVICE_CONNECTION_HIGH_SPEED_COMPATIBLE)) {
        return speed >= WC_USB_HIGH_SPEED ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    }
    if (IsEqualGUID(type, &GUID_USB_CAPABILITY_DEVICE_CONNECTION_SUPER_SPEED_COMPATIBLE)) {
        return speed == WC_USB_SUPER_SPEED ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    }
    if (IsEqualGUID(type, &GUID_USB_CAPABILITY_CHAINED_MDLS) ||
        IsEqualGUID(type, &GUID_USB_CAPABILITY_STATIC_STREAMS) ||
        IsEqualGUID(type, &GUID_USB_CAPABILITY_SELECTIVE_SUSPEND) ||
        IsEqualGUID(type, &GUID_USB_CAPABILITY_FUNCTION_SUSPEND) ||
        IsEqualGUID(type, &GUID_USB_CAPABILITY_HIGH_BANDWIDTH_ISOCH)) {
        return STATUS_NOT_SUPPORTED;
    }
    return STATUS_NOT_IMPLEMENTED;
}
