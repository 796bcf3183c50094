#include "nt/hid/hid_kmdf.h"

#include <hidport.h>

#include "nt/io/irp/io_irp.h"

static NTSTATUS hid_kmdf_pass(PDEVICE_OBJECT device, PIRP irp)
{
    PHID_DEVICE_EXTENSION extension = device->DeviceExtension;

    /* A location of its own: the class driver's may have what the minidriver is to see. */
    IoCopyCurrentIrpStackLocationToNext(irp);
    return io_irp_call(extension->NextDeviceObject, irp);
}

static NTSTATUS hid_kmdf_power(PDEVICE_OBJECT device, PIRP irp)
{
    PoStartNextPowerIrp(irp);
    return hid_kmdf_pass(device, irp);
}

static NTSTATUS hid_kmdf_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT device)
{
    return STATUS_SUCCESS;
}

static VOID hid_kmdf_unload(PDRIVER_OBJECT driver)
{
}

NTSTATUS hid_kmdf_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    HID_MINIDRIVER_REGISTRATION registration = {
        .Revision = HID_REVISION, .DriverObject = driver, .RegistryPath = path};

    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->MajorFunction[i] = hid_kmdf_pass;
    }
    driver->MajorFunction[IRP_MJ_POWER] = hid_kmdf_power;
    driver->DriverExtension->AddDevice = hid_kmdf_add_device;
    driver->DriverUnload = hid_kmdf_unload;
    return HidRegisterMinidriver(&registration);
}
