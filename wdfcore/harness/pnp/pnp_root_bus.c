/* pnp_root_bus.c - what the PDOs of the root bus answer. */
#include "harness/pnp/pnp_root_bus.h"

#include <initguid.h>
#include <wdmguid.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nt/io/io_driver.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pci.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/usb/io_usb.h"

#define ROOT_TAG 'tooR'

static PDRIVER_OBJECT root_driver;

struct root_extension *root_extension_of(PDEVICE_OBJECT pdo)
{
    return pdo->DeviceExtension;
}

/* ---- answers ---- */

/* A string that the asker frees. With its two NULs it is also a list of one string. */
static NTSTATUS answer_string(PIRP irp, const char *text)
{
    size_t length = strlen(text);
    PWSTR copy = ExAllocatePool2(POOL_FLAG_PAGED, (length + 2) * sizeof(WCHAR), ROOT_TAG);

    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (size_t i = 0; i < length; i++) {
        copy[i] = (UCHAR)text[i];
    }
    copy[length] = 0;
    copy[length + 1] = 0;
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

static NTSTATUS answer_id(struct root_extension *extension, PIRP irp, BUS_QUERY_ID_TYPE type)
{
    char text[80];

    switch (type) {
    case BusQueryDeviceID:
        snprintf(text, sizeof(text), "%s\\%s", extension->enumerator, extension->device_id);
        return answer_string(irp, text);
    case BusQueryHardwareIDs:
        return answer_string(irp, extension->hardware_id);
    case BusQueryInstanceID:
        snprintf(text, sizeof(text), "%04u", extension->instance);
        return answer_string(irp, text);
    case BusQueryCompatibleIDs:
    case BusQueryDeviceSerialNumber:
    case BusQueryContainerID:
    default:
        return irp->IoStatus.Status; /* the bus has none */
    }
}

static NTSTATUS answer_text(struct root_extension *extension, PIRP irp, DEVICE_TEXT_TYPE type)
{
    switch (type) {
    case DeviceTextDescription:
        return answer_string(irp, extension->device_id);
    case DeviceTextLocationInformation:
        return answer_string(irp, extension->location);
    default:
        return irp->IoStatus.Status;
    }
}

static NTSTATUS answer_capabilities(const struct root_extension *extension,
                                    PDEVICE_CAPABILITIES capabilities)
{
    if (capabilities->Version != 1 || capabilities->Size < sizeof(*capabilities)) {
        return STATUS_UNSUCCESSFUL;
    }
    /* A root device has its power whenever the system has. */
    capabilities->DeviceState[PowerSystemUnspecified] = PowerDeviceUnspecified;
    capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int state = PowerSystemSleeping1; state <= PowerSystemShutdown; state++) {
        capabilities->DeviceState[state] = PowerDeviceD3;
    }
    if (extension->can_wake) {
        DEVICE_POWER_STATE from = extension->usb != NULL ? PowerDeviceD2 : PowerDeviceD3;

        capabilities->SystemWake = PowerSystemSleeping3;
        capabilities->DeviceWake = from;
        capabilities->WakeFromD0 = TRUE;
        capabilities->DeviceD2 = capabilities->WakeFromD2 = from == PowerDeviceD2;
        capabilities->WakeFromD3 = from == PowerDeviceD3;
        capabilities->WakeFromInterrupt = extension->usb == NULL;
    } else {
        capabilities->SystemWake = PowerSystemUnspecified;
        capabilities->DeviceWake = PowerDeviceUnspecified;
    }
    capabilities->SurpriseRemovalOK = extension->usb != NULL;
    capabilities->Removable = extension->usb != NULL;
    capabilities->UniqueID = FALSE;
    if (extension->pci != NULL) {
        capabilities->Address = io_pci_slot(extension->pci) << 16;
        capabilities->UINumber = io_pci_slot(extension->pci);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS answer_resources(struct root_extension *extension, PIRP irp)
{
    ULONG size = sizeof(CM_RESOURCE_LIST);
    PCM_RESOURCE_LIST copy;

    if (extension->node.boot.raw == NULL) {
        return irp->IoStatus.Status;
    }
    ULONG count = extension->node.boot.raw->List[0].PartialResourceList.Count;
    if (count > 1) {
        size += (count - 1) * (ULONG)sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    }
    copy = ExAllocatePool2(POOL_FLAG_PAGED, size, ROOT_TAG);
    if (copy == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(copy, extension->node.boot.raw, size);
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

static NTSTATUS answer_requirements(struct root_extension *extension, PIRP irp)
{
    PIO_RESOURCE_REQUIREMENTS_LIST answer;

    if (extension->node.boot.raw == NULL) {
        return irp->IoStatus.Status;
    }
    answer = pnp_requirements_of(extension->node.boot.raw);
    if (answer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->IoStatus.Information = (ULONG_PTR)answer;
    return STATUS_SUCCESS;
}

static NTSTATUS answer_bus(const struct root_extension *extension, PIRP irp)
{
    PPNP_BUS_INFORMATION answer = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*answer), ROOT_TAG);

    if (answer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    answer->BusTypeGuid = extension->usb != NULL   ? GUID_BUS_TYPE_USB
                          : extension->pci != NULL ? GUID_BUS_TYPE_PCI
                                                   : GUID_BUS_TYPE_INTERNAL;
    answer->LegacyBusType = extension->usb != NULL   ? PNPBus
                            : extension->pci != NULL ? PCIBus
                                                     : Internal;
    answer->BusNumber = 0;
    irp->IoStatus.Information = (ULONG_PTR)answer;
    return STATUS_SUCCESS;
}

static NTSTATUS answer_relations(PDEVICE_OBJECT pdo, PIRP irp, DEVICE_RELATION_TYPE type)
{
    PDEVICE_RELATIONS answer;

    if (type != TargetDeviceRelation) {
        return irp->IoStatus.Status;
    }
    answer = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*answer), ROOT_TAG);
    if (answer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    answer->Count = 1;
    answer->Objects[0] = pdo;
    ObReferenceObject(pdo); /* the asker drops it */
    irp->IoStatus.Information = (ULONG_PTR)answer;
    return STATUS_SUCCESS;
}

/* ---- dispatch ---- */

/* What becomes of the transfers of a USB device. */
static void follow_usb(struct io_usb *usb, UCHAR minor)
{
    if (minor == IRP_MN_SURPRISE_REMOVAL) {
        io_usb_gone(usb);
    } else if (minor == IRP_MN_REMOVE_DEVICE || minor == IRP_MN_STOP_DEVICE) {
        io_usb_stop(usb);
    }
}

static NTSTATUS answer_pnp(PDEVICE_OBJECT pdo, PIRP irp)
{
    struct root_extension *extension = root_extension_of(pdo);
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status;

    if (extension->usb != NULL) {
        follow_usb(extension->usb, location->MinorFunction);
    }
    switch (location->MinorFunction) {
    case IRP_MN_QUERY_INTERFACE:
        status = extension->usb != NULL   ? io_usb_query_interface(extension->usb, location)
                 : extension->pci != NULL ? io_pci_query_interface(extension->pci, location)
                                          : STATUS_NOT_SUPPORTED;
        return status == STATUS_NOT_SUPPORTED ? irp->IoStatus.Status : status;
    case IRP_MN_READ_CONFIG:
    case IRP_MN_WRITE_CONFIG:
        return extension->pci != NULL
                   ? io_pci_config(extension->pci, location, &irp->IoStatus.Information)
                   : irp->IoStatus.Status;
    case IRP_MN_START_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_REMOVE_DEVICE: /* the bus itself deletes the PDO, once it reports it gone */
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
        return STATUS_SUCCESS;
    case IRP_MN_QUERY_CAPABILITIES:
        return answer_capabilities(extension, location->Parameters.DeviceCapabilities.Capabilities);
    case IRP_MN_QUERY_ID:
        return answer_id(extension, irp, location->Parameters.QueryId.IdType);
    case IRP_MN_QUERY_DEVICE_TEXT:
        return answer_text(extension, irp, location->Parameters.QueryDeviceText.DeviceTextType);
    case IRP_MN_QUERY_RESOURCES:
        return answer_resources(extension, irp);
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        return answer_requirements(extension, irp);
    case IRP_MN_QUERY_BUS_INFORMATION:
        return answer_bus(extension, irp);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return answer_relations(pdo, irp, location->Parameters.QueryDeviceRelations.Type);
    default:
        return irp->IoStatus.Status; /* as it came: nobody below could do better */
    }
}

static NTSTATUS complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS dispatch_pnp(PDEVICE_OBJECT pdo, PIRP irp)
{
    return complete(irp, answer_pnp(pdo, irp));
}

static VOID wait_wake_cancelled(PDEVICE_OBJECT pdo, PIRP irp)
{
    root_extension_of(pdo)->wait_wake = NULL;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    complete(irp, STATUS_CANCELLED);
}

/* It stays until pnp_root_wake or its cancellation. */
static NTSTATUS wait_for_wake(PDEVICE_OBJECT pdo, PIRP irp)
{
    struct root_extension *extension = root_extension_of(pdo);
    NTSTATUS status = STATUS_PENDING;
    KIRQL old;

    if (!extension->can_wake) {
        return complete(irp, STATUS_NOT_SUPPORTED);
    }
    IoAcquireCancelSpinLock(&old);
    if (extension->wait_wake != NULL) {
        status = STATUS_DEVICE_BUSY;
    } else if (irp->Cancel) {
        status = STATUS_CANCELLED;
    } else {
        IoMarkIrpPending(irp);
        IoSetCancelRoutine(irp, wait_wake_cancelled);
        extension->wait_wake = irp;
    }
    IoReleaseCancelSpinLock(old);
    return status == STATUS_PENDING ? status : complete(irp, status);
}

static NTSTATUS dispatch_power(PDEVICE_OBJECT pdo, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = irp->IoStatus.Status;

    if (location->MinorFunction == IRP_MN_WAIT_WAKE) {
        return wait_for_wake(pdo, irp);
    }
    if (location->MinorFunction == IRP_MN_SET_POWER) {
        if (location->Parameters.Power.Type == DevicePowerState) {
            PoSetPowerState(pdo, DevicePowerState, location->Parameters.Power.State);
        }
        status = STATUS_SUCCESS;
    } else if (location->MinorFunction == IRP_MN_QUERY_POWER) {
        status = STATUS_SUCCESS;
    }
    PoStartNextPowerIrp(irp);
    return complete(irp, status);
}

static NTSTATUS dispatch_internal_control(PDEVICE_OBJECT pdo, PIRP irp)
{
    struct io_usb *usb = root_extension_of(pdo)->usb;

    return usb != NULL ? io_usb_dispatch(usb, irp) : complete(irp, STATUS_NOT_SUPPORTED);
}

static NTSTATUS dispatch_system_control(PDEVICE_OBJECT pdo, PIRP irp)
{
    return complete(irp, irp->IoStatus.Status);
}

/* ---- the driver ---- */

static NTSTATUS root_driver_create(void)
{
    static const struct io_driver_config config = {.name = "PnpRoot"};
    NTSTATUS status = io_driver_create(&config, &root_driver);

    if (NT_SUCCESS(status)) {
        root_driver->MajorFunction[IRP_MJ_PNP] = dispatch_pnp;
        root_driver->MajorFunction[IRP_MJ_POWER] = dispatch_power;
        root_driver->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = dispatch_internal_control;
        root_driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = dispatch_system_control;
    }
    return status;
}

NTSTATUS root_driver_need(PDRIVER_OBJECT *driver)
{
    NTSTATUS status = root_driver != NULL ? STATUS_SUCCESS : root_driver_create();

    if (NT_SUCCESS(status)) {
        *driver = root_driver;
    }
    return status;
}

void root_driver_release(void)
{
    if (root_driver != NULL) {
        io_driver_delete(root_driver);
        root_driver = NULL;
    }
}

void root_driver_forget(void)
{
    root_driver = NULL;
}
