#include "harness/pnp/pnp_root.h"

#include <stdio.h>
#include <string.h>

#include "harness/pnp/pnp_removal.h"
#include "harness/pnp/pnp_reports.h"
#include "harness/pnp/pnp_root_bus.h"
#include "nt/hal/hal_pci.h"
#include "nt/io/irp/io_irp.h"
#include "nt/io/pnp/io_pci.h"
#include "nt/io/pnp/io_pnp.h"
#include "nt/usb/io_usb.h"

/* ---- the PDO ---- */

static ULONG convert(const struct resource_spec *spec, struct io_resource *converted)
{
    for (uint32_t i = 0; i < spec->count; i++) {
        const struct resource *from = &spec->item[i];
        struct io_resource *to = &converted[i];

        *to = (struct io_resource){.start = from->start, .length = from->length};
        switch (from->kind) {
        case RESOURCE_PORT:
            to->kind = IO_RESOURCE_PORT;
            break;
        case RESOURCE_MEMORY:
            to->kind = IO_RESOURCE_MEMORY;
            break;
        case RESOURCE_IRQ:
        default:
            to->kind = from->is_message ? IO_RESOURCE_MESSAGE : IO_RESOURCE_INTERRUPT;
            to->irq = (uint32_t)from->start;
            to->count = 1;
            to->level_triggered = !from->is_edge;
            to->shared = true;
            to->wakes = from->wakes;
            break;
        }
    }
    return spec->count;
}

static NTSTATUS set_resources(struct root_extension *extension, const struct resource_spec *spec)
{
    struct io_resource converted[RESOURCE_SPEC_MAX];
    ULONG count = convert(spec, converted);

    for (ULONG i = 0; i < count; i++) {
        extension->can_wake = extension->can_wake || converted[i].wakes;
    }
    if (count == 0) {
        return STATUS_SUCCESS;
    }
    extension->node.boot.raw = io_resource_list(converted, count, false);
    extension->node.boot.translated = io_resource_list(converted, count, true);
    return extension->node.boot.raw != NULL && extension->node.boot.translated != NULL
               ? STATUS_SUCCESS
               : STATUS_INSUFFICIENT_RESOURCES;
}

/* The IDs that a USB hub gives a device, by its descriptor. */
static void identify_usb(struct root_extension *extension, const struct wc_usb_device *usb)
{
    const uint8_t *descriptor = usb->device;
    const uint8_t *configuration = usb->configurations[0];
    unsigned vendor = descriptor[8] | (unsigned)descriptor[9] << 8;
    unsigned product = descriptor[10] | (unsigned)descriptor[11] << 8;

    extension->enumerator = "USB";
    extension->can_wake = (configuration[7] & USB_CONFIG_REMOTE_WAKEUP) != 0;
    snprintf(extension->device_id, sizeof(extension->device_id), "VID_%04X&PID_%04X", vendor,
             product);
    snprintf(extension->hardware_id, sizeof(extension->hardware_id), "USB\\VID_%04X&PID_%04X",
             vendor, product);
}

/* Those of a PCI bus, by its configuration space. */
static void identify_pci(struct root_extension *extension, const struct hal_pci *pci)
{
    extension->enumerator = "PCI";
    snprintf(extension->device_id, sizeof(extension->device_id),
             "VEN_%04X&DEV_%04X&SUBSYS_%04X%04X&REV_%02X", hal_pci_get(pci, HAL_PCI_VENDOR, 2),
             hal_pci_get(pci, HAL_PCI_DEVICE, 2), hal_pci_get(pci, HAL_PCI_SUBSYSTEM, 2),
             hal_pci_get(pci, HAL_PCI_SUBSYSTEM_VENDOR, 2), hal_pci_get(pci, HAL_PCI_REVISION, 1));
    snprintf(extension->hardware_id, sizeof(extension->hardware_id), "PCI\\%.58s",
             extension->device_id);
}

/* Where it sits. */
static void locate(const struct root_extension *extension, struct io_pnp_identity *identity)
{
    if (extension->usb != NULL) {
        identity->location = "Port_#0001.Hub_#0001";
        identity->bus_type = PNPBus;
    } else if (extension->pci != NULL) {
        identity->location = extension->location;
        identity->bus_type = PCIBus;
        identity->address = io_pci_slot(extension->pci) << 16; /* and function 0 */
        identity->ui_number = io_pci_slot(extension->pci);
    } else {
        identity->location = extension->location;
        identity->bus_type = Internal;
    }
}

static NTSTATUS identify(PDEVICE_OBJECT pdo, const struct pnp_root_device *device)
{
    struct root_extension *extension = root_extension_of(pdo);
    char instance[16];
    struct io_pnp_identity identity = {.device_id = extension->device_id,
                                       .instance_id = instance,
                                       .hardware_id = extension->hardware_id,
                                       .description = extension->device_id,
                                       .service = device->driver_name,
                                       .address = device->instance,
                                       .ui_number = device->instance};

    extension->instance = device->instance;
    snprintf(instance, sizeof(instance), "%04u", device->instance);
    extension->enumerator = "ROOT";
    snprintf(extension->device_id, sizeof(extension->device_id), "%s", device->driver_name);
    if (device->usb != NULL) {
        identify_usb(extension, device->usb->description);
    }
    if (device->pci != NULL) {
        identify_pci(extension, device->pci);
    }
    if (device->hardware_id != NULL) {
        snprintf(extension->hardware_id, sizeof(extension->hardware_id), "%s", device->hardware_id);
    } else if (device->usb == NULL && device->pci == NULL) {
        snprintf(extension->hardware_id, sizeof(extension->hardware_id), "ROOT\\%s",
                 device->driver_name);
    }
    identity.enumerator = extension->enumerator;
    locate(extension, &identity);
    return io_pnp_node_create(pdo, &identity);
}

/* To its bus, if that is another one. */
static NTSTATUS attach(PDEVICE_OBJECT pdo, const struct pnp_root_device *device)
{
    struct root_extension *extension = root_extension_of(pdo);

    snprintf(extension->location, sizeof(extension->location), "root bus");
    if (device->usb != NULL) {
        extension->usb = io_usb_attach(pdo, device->usb);
        return extension->usb != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    if (device->pci != NULL) {
        extension->pci = io_pci_attach(pdo, device->pci);
        if (extension->pci == NULL) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        snprintf(extension->location, sizeof(extension->location),
                 "PCI bus 0, device %u, function 0", io_pci_slot(extension->pci));
    }
    return STATUS_SUCCESS;
}

NTSTATUS pnp_root_create(const struct pnp_root_device *device, PDEVICE_OBJECT *pdo)
{
    PDRIVER_OBJECT driver;
    PDEVICE_OBJECT created;
    NTSTATUS status = root_driver_need(&driver);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = IoCreateDevice(driver, sizeof(struct root_extension), NULL, FILE_DEVICE_BUS_EXTENDER,
                            FILE_AUTOGENERATED_DEVICE_NAME, FALSE, &created);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = attach(created, device);
    if (NT_SUCCESS(status)) {
        status = identify(created, device);
    }
    if (NT_SUCCESS(status)) {
        status = set_resources(root_extension_of(created), device->resources);
    }
    if (!NT_SUCCESS(status)) {
        pnp_root_delete(created);
        return status;
    }
    if (device->lower != NULL) {
        memcpy(root_extension_of(created)->node.lower, device->lower,
               sizeof(root_extension_of(created)->node.lower));
    }
    pnp_tree_plant(&root_extension_of(created)->node, created);
    pnp_reports_listen();
    created->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    *pdo = created;
    return STATUS_SUCCESS;
}

void pnp_root_delete(PDEVICE_OBJECT pdo)
{
    if (root_extension_of(pdo)->usb != NULL) {
        io_usb_detach(root_extension_of(pdo)->usb);
    }
    if (root_extension_of(pdo)->pci != NULL) {
        io_pci_detach(root_extension_of(pdo)->pci);
    }
    pnp_tree_fell(&root_extension_of(pdo)->node);
    IoDeleteDevice(pdo);
}

/* ---- its stack ---- */

NTSTATUS pnp_root_start(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo, const char **step)
{
    struct pnp_node *node = &root_extension_of(pdo)->node;
    NTSTATUS status;

    pnp_tree_take(node);
    status = pnp_stack_start(node, driver, step);
    pnp_tree_give_back(node);
    return status;
}

static NTSTATUS remove_all(const struct pnp_removal *removal, enum pnp_root_removal how)
{
    bool surprise = how == PNP_ROOT_REMOVE_BY_SURPRISE;
    NTSTATUS status = STATUS_SUCCESS;

    if (!surprise) {
        status = pnp_removal_query(removal);
        /* Who must not be asked goes as if the device had been pulled out. */
        surprise = !NT_SUCCESS(status) && how == PNP_ROOT_REMOVE_ANYWAY;
    }
    if (surprise) {
        pnp_removal_surprise(removal);
        status = STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status)) {
        pnp_removal_remove(removal);
    }
    return status;
}

NTSTATUS pnp_root_remove(PDEVICE_OBJECT pdo, enum pnp_root_removal how)
{
    struct pnp_removal removal;
    NTSTATUS status = STATUS_SUCCESS;

    if (how == PNP_ROOT_REMOVE_BY_SURPRISE && root_extension_of(pdo)->usb != NULL) {
        io_usb_gone(root_extension_of(pdo)->usb); /* the hub sees it before anybody else does */
    }
    pnp_removal_begin(&removal, pdo, false);
    if (root_extension_of(pdo)->node.has_stack) {
        status = remove_all(&removal, how);
    }
    pnp_removal_end(&removal);
    return status;
}

bool pnp_root_wake(PDEVICE_OBJECT pdo)
{
    struct root_extension *extension = root_extension_of(pdo);
    KIRQL old;
    PIRP irp;

    IoAcquireCancelSpinLock(&old);
    irp = extension->wait_wake;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL) {
        irp = NULL; /* it is being taken back */
    }
    if (irp != NULL) {
        extension->wait_wake = NULL;
    }
    IoReleaseCancelSpinLock(old);
    if (irp == NULL) {
        return false;
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    io_irp_complete(irp, IO_NO_INCREMENT);
    return true;
}

void pnp_root_stop(void)
{
    root_driver_release();
}

void pnp_root_forget(void)
{
    root_driver_forget();
    pnp_tree_forget();
}
