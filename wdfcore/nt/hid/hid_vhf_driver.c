/* hid_vhf_driver.c - the driver of virtual HID devices: what a PDO answers as a child, and what the class driver asks
 * its minidriver above that.
 */
#include "nt/hid/hid_vhf.h"

#include <hidport.h>
#include <stdio.h>
#include <string.h>

#include "nt/hid/hid_class.h"
#include "nt/io/io_driver.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/ke_machine.h"

#define VHF_TAG 'FhVH'

static PDRIVER_OBJECT hid_vhf_driver;

/* The class driver marks its devices, a PDO has no mark. */
static bool hid_vhf_is_pdo(PDEVICE_OBJECT device)
{
    return device->Reserved == NULL;
}

struct hid_vhf *hid_vhf_of(PDEVICE_OBJECT device)
{
    if (!hid_vhf_is_pdo(device)) {
        device = ((PHID_DEVICE_EXTENSION)device->DeviceExtension)->PhysicalDeviceObject;
    }
    return *(struct hid_vhf **)device->DeviceExtension;
}

/* ---- the PDO ---- */

/* A string, and a list of one, for the asker to free. */
static NTSTATUS hid_vhf_answer(PIRP irp, const char *text)
{
    size_t length = strlen(text);
    PWSTR copy = ExAllocatePool2(POOL_FLAG_PAGED, (length + 2) * sizeof(WCHAR), VHF_TAG);

    if (copy == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    for (size_t i = 0; i < length; i++) {
        copy[i] = (UCHAR)text[i];
    }
    copy[length] = copy[length + 1] = 0;
    return hid_finish(irp, STATUS_SUCCESS, (ULONG_PTR)copy);
}

static NTSTATUS hid_vhf_answer_id(const struct hid_vhf *vhf, PIRP irp, BUS_QUERY_ID_TYPE type)
{
    char text[16];

    switch (type) {
    case BusQueryDeviceID:
        return hid_vhf_answer(irp, "VHF\\HID_DEVICE_SYSTEM_VHF");
    case BusQueryHardwareIDs:
        return hid_vhf_answer(irp, "HID_DEVICE_SYSTEM_VHF");
    case BusQueryInstanceID:
        snprintf(text, sizeof(text), "%04u", vhf->number);
        return hid_vhf_answer(irp, text);
    default:
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    }
}

static NTSTATUS hid_vhf_capabilities(PIRP irp)
{
    PDEVICE_CAPABILITIES capabilities =
        IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceCapabilities.Capabilities;

    capabilities->SilentInstall = TRUE;
    capabilities->SurpriseRemovalOK = TRUE;
    capabilities->UniqueID = FALSE;
    capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int state = PowerSystemSleeping1; state <= PowerSystemShutdown; state++) {
        capabilities->DeviceState[state] = PowerDeviceD3;
    }
    return hid_finish(irp, STATUS_SUCCESS, irp->IoStatus.Information);
}

static NTSTATUS hid_vhf_target_relation(struct hid_vhf *vhf, PIRP irp)
{
    PDEVICE_RELATIONS relations = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations), VHF_TAG);

    if (relations == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    relations->Count = 1;
    relations->Objects[0] = vhf->pdo;
    ObReferenceObject(vhf->pdo);
    return hid_finish(irp, STATUS_SUCCESS, (ULONG_PTR)relations);
}

static NTSTATUS hid_vhf_pnp(struct hid_vhf *vhf, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

    switch (location->MinorFunction) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_REMOVE_DEVICE: /* the PDO stays until VhfDelete */
        return hid_finish(irp, STATUS_SUCCESS, 0);
    case IRP_MN_QUERY_ID:
        return hid_vhf_answer_id(vhf, irp, location->Parameters.QueryId.IdType);
    case IRP_MN_QUERY_CAPABILITIES:
        return hid_vhf_capabilities(irp);
    case IRP_MN_QUERY_DEVICE_TEXT:
        if (location->Parameters.QueryDeviceText.DeviceTextType == DeviceTextDescription) {
            return hid_vhf_answer(irp, "Virtual HID Framework (VHF) HID device");
        }
        break;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (location->Parameters.QueryDeviceRelations.Type == TargetDeviceRelation) {
            return hid_vhf_target_relation(vhf, irp);
        }
        break;
    default:
        break;
    }
    return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

static NTSTATUS hid_vhf_dispatch_pdo(struct hid_vhf *vhf, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

    switch (location->MajorFunction) {
    case IRP_MJ_PNP:
        return hid_vhf_pnp(vhf, irp);
    case IRP_MJ_POWER:
        PoStartNextPowerIrp(irp);
        if (location->MinorFunction == IRP_MN_SET_POWER ||
            location->MinorFunction == IRP_MN_QUERY_POWER) {
            return hid_finish(irp, STATUS_SUCCESS, 0);
        }
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    case IRP_MJ_SYSTEM_CONTROL:
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    default:
        return hid_finish(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

/* ---- the minidriver ---- */

static NTSTATUS hid_vhf_copy(PIRP irp, const void *data, ULONG size)
{
    if (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.OutputBufferLength < size) {
        return hid_finish(irp, STATUS_BUFFER_TOO_SMALL, 0);
    }
    memcpy(irp->UserBuffer, data, size);
    return hid_finish(irp, STATUS_SUCCESS, size);
}

static NTSTATUS hid_vhf_ask(struct hid_vhf *vhf, PIRP irp)
{
    const VHF_CONFIG *config = &vhf->config;
    const HID_DESCRIPTOR descriptor = {
        .bLength = sizeof(descriptor),
        .bDescriptorType = HID_HID_DESCRIPTOR_TYPE,
        .bcdHID = HID_REVISION,
        .bNumDescriptors = 1,
        .DescriptorList = {{HID_REPORT_DESCRIPTOR_TYPE, config->ReportDescriptorLength}}};
    const HID_DEVICE_ATTRIBUTES attributes = {.Size = sizeof(attributes),
                                              .VendorID = config->VendorID,
                                              .ProductID = config->ProductID,
                                              .VersionNumber = config->VersionNumber};

    switch (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_HID_GET_DEVICE_DESCRIPTOR:
        return hid_vhf_copy(irp, &descriptor, sizeof(descriptor));
    case IOCTL_HID_GET_REPORT_DESCRIPTOR:
        return hid_vhf_copy(irp, config->ReportDescriptor, config->ReportDescriptorLength);
    case IOCTL_HID_GET_DEVICE_ATTRIBUTES:
        return hid_vhf_copy(irp, &attributes, sizeof(attributes));
    case IOCTL_HID_READ_REPORT:
        return hid_vhf_read(vhf, irp);
    case IOCTL_HID_WRITE_REPORT:
    case IOCTL_HID_SET_OUTPUT_REPORT:
        return hid_vhf_operate(vhf, irp, config->EvtVhfAsyncOperationWriteReport);
    case IOCTL_HID_GET_FEATURE:
        return hid_vhf_operate(vhf, irp, config->EvtVhfAsyncOperationGetFeature);
    case IOCTL_HID_SET_FEATURE:
        return hid_vhf_operate(vhf, irp, config->EvtVhfAsyncOperationSetFeature);
    case IOCTL_HID_GET_INPUT_REPORT:
        return hid_vhf_operate(vhf, irp, config->EvtVhfAsyncOperationGetInputReport);
    case IOCTL_HID_ACTIVATE_DEVICE:
    case IOCTL_HID_DEACTIVATE_DEVICE:
        return hid_finish(irp, STATUS_SUCCESS, 0);
    default:
        return hid_finish(irp, STATUS_NOT_SUPPORTED, 0);
    }
}

static NTSTATUS hid_vhf_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    if (hid_vhf_is_pdo(device)) {
        return hid_vhf_dispatch_pdo(hid_vhf_of(device), irp);
    }
    if (major == IRP_MJ_INTERNAL_DEVICE_CONTROL) {
        return hid_vhf_ask(hid_vhf_of(device), irp);
    }
    if (major == IRP_MJ_POWER) {
        PoStartNextPowerIrp(irp);
    }
    /* A location of its own: the class driver's may have a completion routine. */
    IoCopyCurrentIrpStackLocationToNext(irp);
    return io_irp_call(((PHID_DEVICE_EXTENSION)device->DeviceExtension)->NextDeviceObject, irp);
}

static NTSTATUS hid_vhf_add_device(PDRIVER_OBJECT driver, PDEVICE_OBJECT device)
{
    return STATUS_SUCCESS;
}

static VOID hid_vhf_unload(PDRIVER_OBJECT driver)
{
}

static NTSTATUS hid_vhf_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    HID_MINIDRIVER_REGISTRATION registration = {
        .Revision = HID_REVISION, .DriverObject = driver, .RegistryPath = path};

    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        driver->MajorFunction[i] = hid_vhf_dispatch;
    }
    driver->DriverExtension->AddDevice = hid_vhf_add_device;
    driver->DriverUnload = hid_vhf_unload;
    return HidRegisterMinidriver(&registration);
}

NTSTATUS hid_vhf_driver_need(PDRIVER_OBJECT *driver)
{
    static const struct io_driver_config config = {.name = "vhf"};
    NTSTATUS status = STATUS_SUCCESS;

    if (hid_vhf_driver == NULL) {
        status = io_driver_create(&config, &hid_vhf_driver);
        if (NT_SUCCESS(status)) {
            status = io_driver_initialize(hid_vhf_driver, hid_vhf_entry);
            if (!NT_SUCCESS(status)) {
                io_driver_delete(hid_vhf_driver);
                hid_vhf_driver = NULL;
            }
        }
    }
    *driver = hid_vhf_driver;
    return status;
}

void hid_vhf_driver_release(void)
{
    PDRIVER_OBJECT driver = hid_vhf_driver;

    hid_vhf_driver = NULL;
    io_driver_unload(driver);
    io_driver_delete(driver);
}

static void hid_vhf_driver_stop(void)
{
    hid_vhf_driver = NULL;
}

static struct ke_machine_part hid_vhf_driver_part = {.order = 11, .stop = hid_vhf_driver_stop};

__attribute__((constructor)) static void hid_vhf_driver_register(void)
{
    ke_machine_register(&hid_vhf_driver_part);
}
