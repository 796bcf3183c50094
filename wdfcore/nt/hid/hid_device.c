/* hid_device.c - the FDO of a HID device: it is started by asking the minidriver who the device is.
 * Normal path: START goes down first, then descriptor, attributes and report descriptor are asked for,
 * and each top-level collection becomes a child. A failure of any of these fails the start.
 * Removal: the reads are taken back and waited for, then REMOVE goes down, then all is freed.
 */
#include "nt/hid/hid_class.h"

#include <stdlib.h>
#include <string.h>

#include "nt/io/io_device.h"
#include "nt/io/irp/io_irp.h"
#include "nt/ke/report/ke_report.h"

#define HID_TAG 'CdiH'

NTSTATUS hid_finish(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return status;
}

/* ---- adding ---- */

static void hid_device_init(struct hid_fdo *fdo, PDEVICE_OBJECT device, PDEVICE_OBJECT pdo)
{
    fdo->device = device;
    fdo->public.PhysicalDeviceObject = pdo;
    fdo->poll_ms = HID_POLL_MS;
    KeInitializeSpinLock(&fdo->lock);
    KeInitializeEvent(&fdo->quiet, NotificationEvent, TRUE);
}

static void hid_device_delete(struct hid_fdo *fdo)
{
    for (ULONG i = 0; i < HID_COLLECTIONS; i++) {
        if (fdo->collections[i] != NULL) {
            hid_collection_delete(fdo->collections[i]);
            fdo->collections[i] = NULL;
        }
    }
    hid_reader_free(fdo);
    if (fdo->public.NextDeviceObject != NULL) {
        IoDetachDevice(fdo->public.NextDeviceObject);
    }
    if (fdo->public.MiniDeviceExtension != NULL) {
        ExFreePoolWithTag(fdo->public.MiniDeviceExtension, HID_TAG);
    }
    IoDeleteDevice(fdo->device);
}

NTSTATUS hid_device_add(struct hid_minidriver *minidriver, PDEVICE_OBJECT pdo)
{
    PDEVICE_OBJECT device, lower;
    struct hid_fdo *fdo;
    NTSTATUS status = IoCreateDevice(minidriver->driver, sizeof(*fdo), NULL, FILE_DEVICE_KEYBOARD,
                                     0, FALSE, &device);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    device->Reserved = &minidriver->fdo_mark;
    fdo = device->DeviceExtension;
    fdo->minidriver = minidriver;
    hid_device_init(fdo, device, pdo);
    if (minidriver->extension_size != 0) {
        fdo->public.MiniDeviceExtension =
            ExAllocatePool2(POOL_FLAG_NON_PAGED, minidriver->extension_size, HID_TAG);
    }
    lower = IoAttachDeviceToDeviceStack(device, pdo);
    fdo->public.NextDeviceObject = lower;
    if (lower == NULL ||
        (minidriver->extension_size != 0 && fdo->public.MiniDeviceExtension == NULL)) {
        hid_device_delete(fdo);
        return lower == NULL ? STATUS_NO_SUCH_DEVICE : STATUS_INSUFFICIENT_RESOURCES;
    }
    device->StackSize++; /* an IRP that came to us goes on to the minidriver */
    device->Flags |= DO_DIRECT_IO | (lower->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH));
    status = minidriver->add_device(minidriver->driver, device);
    if (!NT_SUCCESS(status)) {
        hid_device_delete(fdo);
        return status;
    }
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}

/* ---- who the device is ---- */

/* The report descriptor's length, from the HID descriptor. */
static NTSTATUS hid_ask_length(struct hid_fdo *fdo, ULONG *length)
{
    UCHAR bytes[sizeof(HID_DESCRIPTOR) + 3 * sizeof(struct _HID_DESCRIPTOR_DESC_LIST)] = {0};
    const HID_DESCRIPTOR *descriptor = (const HID_DESCRIPTOR *)bytes;
    ULONG size = sizeof(bytes);
    NTSTATUS status = hid_minidriver_ask(fdo, IOCTL_HID_GET_DEVICE_DESCRIPTOR, bytes, &size);

    *length = 0;
    if (!NT_SUCCESS(status)) {
        return status;
    }
    for (ULONG i = 0; i < descriptor->bNumDescriptors && i < 4; i++) {
        if (FIELD_OFFSET(HID_DESCRIPTOR, DescriptorList) +
                    (i + 1) * sizeof(descriptor->DescriptorList[0]) <=
                size &&
            descriptor->DescriptorList[i].bReportType == HID_REPORT_DESCRIPTOR_TYPE) {
            *length = descriptor->DescriptorList[i].wReportLength;
            break;
        }
    }
    return *length != 0 ? STATUS_SUCCESS : STATUS_DEVICE_DATA_ERROR;
}

static NTSTATUS hid_ask_reports(struct hid_fdo *fdo, ULONG length)
{
    PUCHAR bytes = malloc(length);
    ULONG size = length, at = 0;
    const char *fault = NULL;
    NTSTATUS status;

    if (bytes == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    status = hid_minidriver_ask(fdo, IOCTL_HID_GET_REPORT_DESCRIPTOR, bytes, &size);
    if (NT_SUCCESS(status)) {
        hid_descriptor_parse(bytes, size, &fdo->descriptor, &fault, &at);
    }
    free(bytes); /* before a report, which may stop the machine */
    if (fault != NULL) {
        ke_violation(RULE_HidDescriptor, 0, (uintptr_t)fdo->device, at, size, 0,
                     "the report descriptor of %u bytes, byte %u: %s", size, at, fault);
        status = STATUS_DEVICE_DATA_ERROR;
    }
    return status;
}

static NTSTATUS hid_identify(struct hid_fdo *fdo)
{
    ULONG length, size = sizeof(fdo->attributes);
    NTSTATUS status = hid_ask_length(fdo, &length);

    if (NT_SUCCESS(status)) {
        status = hid_minidriver_ask(fdo, IOCTL_HID_GET_DEVICE_ATTRIBUTES, &fdo->attributes, &size);
    }
    if (NT_SUCCESS(status)) {
        status = hid_ask_reports(fdo, length);
    }
    fdo->input_bytes = 0;
    for (ULONG i = 0; NT_SUCCESS(status) && i < fdo->descriptor.report_count; i++) {
        const struct hid_report *report = &fdo->descriptor.reports[i];
        ULONG bytes = hid_report_bytes(&fdo->descriptor, report);

        if (report->kind == HID_INPUT && bytes > fdo->input_bytes) {
            fdo->input_bytes = bytes;
        }
    }
    return status;
}

static NTSTATUS hid_make_collections(struct hid_fdo *fdo)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (ULONG i = 0; i < fdo->descriptor.collection_count && NT_SUCCESS(status); i++) {
        if (fdo->collections[i] == NULL) {
            status = hid_collection_create(fdo, i);
        }
    }
    return status;
}

/* ---- PnP ---- */

static NTSTATUS hid_came_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* The minidriver gets the IRP, and it comes back. */
static NTSTATUS hid_pass_and_wait(struct hid_fdo *fdo, PIRP irp)
{
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, hid_came_back, &event, TRUE, TRUE, TRUE);
    if (io_irp_call(fdo->device, irp) == STATUS_PENDING) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    }
    return irp->IoStatus.Status;
}

static void hid_run(struct hid_fdo *fdo, bool on)
{
    KIRQL old;

    KeAcquireSpinLock(&fdo->lock, &old);
    fdo->running = on;
    KeReleaseSpinLock(&fdo->lock, old);
}

static NTSTATUS hid_start(struct hid_fdo *fdo, PIRP irp)
{
    NTSTATUS status = hid_pass_and_wait(fdo, irp);

    if (NT_SUCCESS(status)) {
        status = hid_identify(fdo);
    }
    if (NT_SUCCESS(status)) {
        status = hid_reader_prepare(fdo);
    }
    if (NT_SUCCESS(status)) {
        status = hid_make_collections(fdo);
    }
    if (NT_SUCCESS(status)) {
        hid_run(fdo, true);
        hid_reader_go(fdo);
    }
    return hid_finish(irp, status, irp->IoStatus.Information);
}

static NTSTATUS hid_relations(struct hid_fdo *fdo, PIRP irp)
{
    ULONG count = fdo->descriptor.collection_count, filled = 0;
    PDEVICE_RELATIONS relations = ExAllocatePool2(
        POOL_FLAG_PAGED, sizeof(*relations) + count * sizeof(relations->Objects[0]), HID_TAG);

    if (relations == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    for (ULONG i = 0; i < count; i++) {
        if (fdo->collections[i] != NULL) {
            ObReferenceObject(fdo->collections[i]); /* the asker's */
            relations->Objects[filled++] = fdo->collections[i];
        }
    }
    relations->Count = filled;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = (ULONG_PTR)relations;
    return hid_minidriver_call(fdo, irp);
}

static NTSTATUS hid_remove(struct hid_fdo *fdo, PIRP irp)
{
    NTSTATUS status;

    hid_run(fdo, false);
    hid_reader_stop(fdo, true);
    for (ULONG i = 0; i < HID_COLLECTIONS; i++) {
        if (fdo->collections[i] != NULL) {
            hid_collection_end(fdo->collections[i]->DeviceExtension);
        }
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    status = hid_minidriver_call(fdo, irp);
    hid_device_delete(fdo);
    return status;
}

NTSTATUS hid_device_pnp(struct hid_fdo *fdo, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

    switch (location->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return hid_start(fdo, irp);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (location->Parameters.QueryDeviceRelations.Type == BusRelations) {
            return hid_relations(fdo, irp);
        }
        return hid_minidriver_call(fdo, irp);
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        hid_run(fdo, false);
        hid_reader_stop(fdo, true);
        irp->IoStatus.Status = STATUS_SUCCESS;
        return hid_minidriver_call(fdo, irp);
    case IRP_MN_REMOVE_DEVICE:
        return hid_remove(fdo, irp);
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        irp->IoStatus.Status = STATUS_SUCCESS;
        return hid_minidriver_call(fdo, irp);
    default:
        return hid_minidriver_call(fdo, irp);
    }
}

/* ---- power: this driver owns the device's power policy ---- */

static VOID hid_device_power_set(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                                 PVOID context, PIO_STATUS_BLOCK result)
{
    struct hid_fdo *fdo = device->DeviceExtension;
    PIRP irp = context;

    irp->IoStatus.Status = result->Status;
    (void)io_irp_call(fdo->device, irp); /* its next location is filled in */
}

/* The device follows the system; then the system's request goes down. */
static NTSTATUS hid_system_power(struct hid_fdo *fdo, PIRP irp)
{
    POWER_STATE state = IoGetCurrentIrpStackLocation(irp)->Parameters.Power.State;
    NTSTATUS status;

    state.DeviceState = state.SystemState == PowerSystemWorking ? PowerDeviceD0 : PowerDeviceD3;
    IoMarkIrpPending(irp);
    IoCopyCurrentIrpStackLocationToNext(irp);
    status =
        PoRequestPowerIrp(fdo->device, IRP_MN_SET_POWER, state, hid_device_power_set, irp, NULL);
    if (!NT_SUCCESS(status)) {
        hid_finish(irp, status, 0);
    }
    return STATUS_PENDING;
}

static NTSTATUS hid_powered_up(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct hid_fdo *fdo = context;

    if (irp->PendingReturned) {
        IoMarkIrpPending(irp);
    }
    if (NT_SUCCESS(irp->IoStatus.Status)) {
        hid_run(fdo, true);
        hid_reader_go(fdo);
    }
    return STATUS_CONTINUE_COMPLETION;
}

NTSTATUS hid_device_power(struct hid_fdo *fdo, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

    if (location->MinorFunction != IRP_MN_SET_POWER) {
        return hid_minidriver_call(fdo, irp);
    }
    if (location->Parameters.Power.Type == SystemPowerState) {
        return hid_system_power(fdo, irp);
    }
    if (location->Parameters.Power.State.DeviceState == PowerDeviceD0) {
        IoCopyCurrentIrpStackLocationToNext(irp);
        IoSetCompletionRoutine(irp, hid_powered_up, fdo, TRUE, TRUE, TRUE);
        return io_irp_call(fdo->device, irp);
    }
    hid_run(fdo, false);
    hid_reader_stop(fdo, false);
    return hid_minidriver_call(fdo, irp);
}
