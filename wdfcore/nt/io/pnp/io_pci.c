#include "nt/io/pnp/io_pci.h"

#include <initguid.h>
#include <wdmguid.h>

#include <stdlib.h>
#include <string.h>

#include "nt/hal/hal_pci.h"
#include "nt/io/io_lock.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/ke_machine.h"

#define SLOT_DEVICE   0x1fu /* of a PCI_SLOT_NUMBER: five bits of device, three of function */
#define SLOT_FUNCTION 0xe0u

/* Keys: (c) constant, (i) io_lock */
struct io_pci {
    struct io_pci *next; /* (i) */
    PDEVICE_OBJECT pdo;  /* (c) */
    struct hal_pci *pci; /* (i) NULL: the device is gone */
    unsigned number;     /* (c) */
};

static struct io_pci *slots; /* (i) of all devices, those that are gone among them */

/* With io_lock. */
static struct io_pci *find_slot(unsigned number)
{
    struct io_pci *slot = slots;

    while (slot != NULL && (slot->pci == NULL || slot->number != number)) {
        slot = slot->next;
    }
    return slot;
}

struct io_pci *io_pci_attach(PDEVICE_OBJECT pdo, struct hal_pci *pci)
{
    struct io_pci *slot = calloc(1, sizeof(*slot));
    unsigned number = 0;

    if (slot == NULL) {
        return NULL;
    }
    slot->pdo = pdo;
    io_lock();
    while (number < IO_PCI_SLOTS && find_slot(number) != NULL) {
        number++;
    }
    if (number < IO_PCI_SLOTS) {
        slot->number = number;
        slot->pci = pci;
        slot->next = slots;
        slots = slot;
    }
    io_unlock();
    if (number == IO_PCI_SLOTS) {
        free(slot);
        slot = NULL;
    }
    return slot;
}

void io_pci_detach(struct io_pci *slot)
{
    io_lock();
    slot->pci = NULL;
    io_unlock();
}

unsigned io_pci_slot(const struct io_pci *slot)
{
    return slot->number;
}

static void slots_stop(void)
{
    while (slots != NULL) {
        struct io_pci *slot = slots;

        slots = slot->next;
        free(slot);
    }
}

static struct ke_machine_part slots_part = {.order = 10, .stop = slots_stop};

__attribute__((constructor)) static void slots_register(void)
{
    ke_machine_register(&slots_part);
}

/* The device cannot go while it is accessed. */
static ULONG access_space(struct io_pci *slot, ULONG space, PVOID buffer, ULONG offset,
                          ULONG length, bool write)
{
    ULONG moved = 0;

    io_lock();
    if (space == PCI_WHICHSPACE_CONFIG && slot->pci != NULL) {
        moved = write ? hal_pci_write(slot->pci, offset, buffer, length)
                      : hal_pci_read(slot->pci, offset, buffer, length);
    }
    io_unlock();
    return moved;
}

/* ---- GUID_BUS_INTERFACE_STANDARD ---- */

static VOID interface_reference(PVOID context)
{
    UNREFERENCED_PARAMETER(context); /* it lasts until the machine ends */
}

static BOOLEAN interface_translate(PVOID context, PHYSICAL_ADDRESS address, ULONG length,
                                   PULONG space, PPHYSICAL_ADDRESS translated)
{
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(length);
    UNREFERENCED_PARAMETER(space);
    *translated = address; /* as on x64 */
    return TRUE;
}

static PDMA_ADAPTER interface_adapter(PVOID context, PDEVICE_DESCRIPTION description,
                                      PULONG registers)
{
    const struct io_pci *slot = context;

    return slot->pci != NULL ? IoGetDmaAdapter(slot->pdo, description, registers) : NULL;
}

static ULONG interface_set(PVOID context, ULONG space, PVOID buffer, ULONG offset, ULONG length)
{
    return API(DISPATCH_LEVEL) ? access_space(context, space, buffer, offset, length, true) : 0;
}

static ULONG interface_get(PVOID context, ULONG space, PVOID buffer, ULONG offset, ULONG length)
{
    return API(DISPATCH_LEVEL) ? access_space(context, space, buffer, offset, length, false) : 0;
}

NTSTATUS io_pci_query_interface(struct io_pci *slot, const IO_STACK_LOCATION *location)
{
    BUS_INTERFACE_STANDARD bus = {
        .Size = sizeof(bus),
        .Version = 1,
        .Context = slot,
        .InterfaceReference = interface_reference,
        .InterfaceDereference = interface_reference,
        .TranslateBusAddress = interface_translate,
        .GetDmaAdapter = interface_adapter,
        .SetBusData = interface_set,
        .GetBusData = interface_get,
    };

    if (!IsEqualGUID(location->Parameters.QueryInterface.InterfaceType,
                     &GUID_BUS_INTERFACE_STANDARD)) {
        return STATUS_NOT_SUPPORTED;
    }
    if (location->Parameters.QueryInterface.Size < sizeof(bus)) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    memcpy(location->Parameters.QueryInterface.Interface, &bus, sizeof(bus));
    return STATUS_SUCCESS;
}

/* ---- requests ---- */

NTSTATUS io_pci_config(struct io_pci *slot, const IO_STACK_LOCATION *location, ULONG_PTR *bytes)
{
    ULONG length = (ULONG)location->Parameters.ReadWriteConfig.Length;

    if (location->Parameters.ReadWriteConfig.WhichSpace != PCI_WHICHSPACE_CONFIG) {
        *bytes = 0;
        return STATUS_INVALID_PARAMETER; /* there is no ROM */
    }
    *bytes = access_space(slot, PCI_WHICHSPACE_CONFIG, location->Parameters.ReadWriteConfig.Buffer,
                          location->Parameters.ReadWriteConfig.Offset, length,
                          location->MinorFunction == IRP_MN_WRITE_CONFIG);
    return *bytes == length ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

ULONG io_pci_bus_data(ULONG bus, ULONG slot_number, PVOID buffer, ULONG offset, ULONG length,
                      bool write)
{
    struct io_pci *slot = NULL;
    bool is_there = false;

    io_lock();
    for (const struct io_pci *one = slots; one != NULL; one = one->next) {
        is_there = is_there || one->pci != NULL;
    }
    if ((slot_number & SLOT_FUNCTION) == 0) {
        slot = find_slot(slot_number & SLOT_DEVICE);
    }
    io_unlock();
    if (bus != 0 || !is_there) {
        return 0;
    }
    if (slot != NULL) {
        return access_space(slot, PCI_WHICHSPACE_CONFIG, buffer, offset, length, write);
    }
    if (!write && offset == 0 && length >= sizeof(USHORT)) {
        *(USHORT UNALIGNED *)buffer = PCI_INVALID_VENDORID;
        return sizeof(USHORT);
    }
    return 0;
}
