/* hid_collection_pnp.c - the PDO of a top-level collection: what it answers as a child of the class
 * driver's bus. It can be used raw; a driver may claim one of its IDs:
 *     HID\VID_vvvv&PID_pppp&REV_rrrr[&ColNN], HID\VID_vvvv&PID_pppp[&ColNN], HID\VID_vvvv&UP:pppp_U:uuuu
 *     HID_DEVICE_SYSTEM_MOUSE and the like, HID_DEVICE_UP:pppp_U:uuuu, HID_DEVICE
 */
#include <initguid.h>

#include "nt/hid/hid_class.h"

#include <stdio.h>
#include <string.h>

#include "nt/io/irp/io_irp.h"

#define HID_TAG  'PdiH'
#define HID_TEXT 320

/* ---- identity ---- */

/* "&Col01" of a device with several. */
static void hid_column(const struct hid_pdo *pdo, char *text, size_t size)
{
    text[0] = '\0';
    if (pdo->fdo->descriptor.collection_count > 1) {
        snprintf(text, size, "&Col%02u", pdo->number + 1);
    }
}

static const char *hid_system_name(const struct hid_collection *collection)
{
    static const struct {
        USHORT page, usage;
        const char *name;
    } names[] = {
        {1, 1, "MOUSE"},    {1, 2, "MOUSE"},    {1, 4, "GAME"},       {1, 5, "GAME"},
        {1, 6, "KEYBOARD"}, {1, 7, "KEYBOARD"}, {1, 0x80, "CONTROL"}, {0xC, 1, "CONSUMER"},
    };

    for (size_t i = 0; i < RTL_NUMBER_OF(names); i++) {
        if (names[i].page == collection->page && names[i].usage == collection->usage) {
            return names[i].name;
        }
    }
    return NULL;
}

static char *hid_append(char *at, const char *end, const char *id)
{
    int length = snprintf(at, (size_t)(end - at), "%s", id);

    return at + length + 1;
}

/* Each with its NUL; how many bytes they are. */
static size_t hid_hardware_ids(const struct hid_pdo *pdo, char *text, size_t size)
{
    const struct hid_collection *collection = &pdo->fdo->descriptor.collections[pdo->number];
    const HID_DEVICE_ATTRIBUTES *device = &pdo->fdo->attributes;
    const char *system = hid_system_name(collection);
    char *at = text, id[64], column[16];
    const char *end = text + size;

    hid_column(pdo, column, sizeof(column));
    snprintf(id, sizeof(id), "HID\\VID_%04X&PID_%04X&REV_%04X%s", device->VendorID,
             device->ProductID, device->VersionNumber, column);
    at = hid_append(at, end, id);
    snprintf(id, sizeof(id), "HID\\VID_%04X&PID_%04X%s", device->VendorID, device->ProductID,
             column);
    at = hid_append(at, end, id);
    snprintf(id, sizeof(id), "HID\\VID_%04X&UP:%04X_U:%04X", device->VendorID, collection->page,
             collection->usage);
    at = hid_append(at, end, id);
    if (system != NULL) {
        snprintf(id, sizeof(id), "HID_DEVICE_SYSTEM_%s", system);
        at = hid_append(at, end, id);
    }
    snprintf(id, sizeof(id), "HID_DEVICE_UP:%04X_U:%04X", collection->page, collection->usage);
    at = hid_append(at, end, id);
    return (size_t)(hid_append(at, end, "HID_DEVICE") - text);
}

/* The text in pool, for the asker to free, with one more NUL. */
static NTSTATUS hid_answer(PIRP irp, const char *text, size_t size)
{
    PWSTR copy = ExAllocatePool2(POOL_FLAG_PAGED, (size + 1) * sizeof(WCHAR), HID_TAG);

    if (copy == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    for (size_t i = 0; i < size; i++) {
        copy[i] = (UCHAR)text[i];
    }
    return hid_finish(irp, STATUS_SUCCESS, (ULONG_PTR)copy);
}

static NTSTATUS hid_answer_id(const struct hid_pdo *pdo, PIRP irp, BUS_QUERY_ID_TYPE type)
{
    const HID_DEVICE_ATTRIBUTES *device = &pdo->fdo->attributes;
    char text[HID_TEXT], column[16];

    switch (type) {
    case BusQueryDeviceID:
        hid_column(pdo, column, sizeof(column));
        snprintf(text, sizeof(text), "HID\\VID_%04X&PID_%04X%s", device->VendorID,
                 device->ProductID, column);
        return hid_answer(irp, text, strlen(text) + 1);
    case BusQueryHardwareIDs:
        return hid_answer(irp, text, hid_hardware_ids(pdo, text, sizeof(text)));
    case BusQueryInstanceID:
        snprintf(text, sizeof(text), "%04u", pdo->number);
        return hid_answer(irp, text, strlen(text) + 1);
    default:
        return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
    }
}

static NTSTATUS hid_capabilities(PIRP irp)
{
    PDEVICE_CAPABILITIES capabilities =
        IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceCapabilities.Capabilities;

    capabilities->RawDeviceOK = TRUE;
    capabilities->SilentInstall = TRUE;
    capabilities->UniqueID = FALSE;
    capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int state = PowerSystemSleeping1; state <= PowerSystemShutdown; state++) {
        capabilities->DeviceState[state] = PowerDeviceD3;
    }
    return hid_finish(irp, STATUS_SUCCESS, irp->IoStatus.Information);
}

static NTSTATUS hid_target_relation(const struct hid_pdo *pdo, PIRP irp)
{
    PDEVICE_RELATIONS relations = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations), HID_TAG);

    if (relations == NULL) {
        return hid_finish(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    relations->Count = 1;
    relations->Objects[0] = pdo->device;
    ObReferenceObject(pdo->device);
    return hid_finish(irp, STATUS_SUCCESS, (ULONG_PTR)relations);
}

/* ---- its life ---- */

NTSTATUS hid_collection_create(struct hid_fdo *fdo, ULONG number)
{
    PDEVICE_OBJECT device;
    struct hid_pdo *pdo;
    NTSTATUS status =
        IoCreateDevice(fdo->minidriver->driver, sizeof(*pdo), NULL, FILE_DEVICE_KEYBOARD,
                       FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &device);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    device->Reserved = &fdo->minidriver->pdo_mark;
    pdo = device->DeviceExtension;
    pdo->device = device;
    pdo->fdo = fdo;
    pdo->number = number;
    InitializeListHead(&pdo->files);
    device->StackSize = (CCHAR)(fdo->device->StackSize + 1); /* its IRPs go on to the minidriver */
    device->Flags |= DO_DIRECT_IO;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    fdo->collections[number] = device;
    return STATUS_SUCCESS;
}

static void hid_interface_off(struct hid_pdo *pdo)
{
    if (pdo->link.Buffer != NULL) {
        IoSetDeviceInterfaceState(&pdo->link, FALSE);
        RtlFreeUnicodeString(&pdo->link);
        RtlZeroMemory(&pdo->link, sizeof(pdo->link));
    }
}

void hid_collection_delete(PDEVICE_OBJECT device)
{
    hid_interface_off(device->DeviceExtension);
    IoDeleteDevice(device);
}

static NTSTATUS hid_collection_start(struct hid_pdo *pdo, PIRP irp)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL old;

    KeAcquireSpinLock(&pdo->fdo->lock, &old);
    pdo->gone = false;
    KeReleaseSpinLock(&pdo->fdo->lock, old);
    if (pdo->link.Buffer == NULL) {
        status = IoRegisterDeviceInterface(pdo->device, &GUID_DEVINTERFACE_HID, NULL, &pdo->link);
    }
    if (NT_SUCCESS(status)) {
        status = IoSetDeviceInterfaceState(&pdo->link, TRUE);
    }
    return hid_finish(irp, status, 0);
}

NTSTATUS hid_collection_pnp(struct hid_pdo *pdo, PIRP irp)
{
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

    switch (location->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return hid_collection_start(pdo, irp);
    case IRP_MN_REMOVE_DEVICE: /* its device object stays: the FDO reports it until it goes itself */
    case IRP_MN_SURPRISE_REMOVAL:
        hid_interface_off(pdo);
        hid_collection_end(pdo);
        return hid_finish(irp, STATUS_SUCCESS, 0);
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
        return hid_finish(irp, STATUS_SUCCESS, 0);
    case IRP_MN_QUERY_ID:
        return hid_answer_id(pdo, irp, location->Parameters.QueryId.IdType);
    case IRP_MN_QUERY_CAPABILITIES:
        return hid_capabilities(irp);
    case IRP_MN_QUERY_DEVICE_TEXT:
        if (location->Parameters.QueryDeviceText.DeviceTextType == DeviceTextDescription) {
            return hid_answer(irp, "HID-compliant device", sizeof("HID-compliant device"));
        }
        break;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (location->Parameters.QueryDeviceRelations.Type == TargetDeviceRelation) {
            return hid_target_relation(pdo, irp);
        }
        break;
    default:
        break;
    }
    return hid_finish(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}
