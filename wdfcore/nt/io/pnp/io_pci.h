#pragma once
/* io_pci.h - the PCI bus as drivers meet it: what the PDO of a device with a configuration space answers
 * (GUID_BUS_INTERFACE_STANDARD, IRP_MN_READ_CONFIG), and HalGetBusData. There is one bus, number 0; device
 * numbers are those of the slots, with one function each.
 */
#include <wdm.h>

#include <stdbool.h>

struct hal_pci;
struct io_pci;

#define IO_PCI_SLOTS 32u

/* io_pci_attach: the PDO of a device in the lowest free slot. NULL: no memory, or no slot is free.
 * io_pci_detach: the device is gone: interfaces that drivers still hold find nothing. They may be used
 * until the machine ends. */
struct io_pci *io_pci_attach(PDEVICE_OBJECT pdo, struct hal_pci *pci);
void io_pci_detach(struct io_pci *slot);
unsigned io_pci_slot(const struct io_pci *slot);

/* io_pci_query_interface: STATUS_NOT_SUPPORTED if it is another interface than the bus's. */
NTSTATUS io_pci_query_interface(struct io_pci *slot, const IO_STACK_LOCATION *location);
/* io_pci_config: IRP_MN_READ_CONFIG and IRP_MN_WRITE_CONFIG. bytes: how many were moved. */
NTSTATUS io_pci_config(struct io_pci *slot, const IO_STACK_LOCATION *location, ULONG_PTR *bytes);
/* io_pci_bus_data: HalGetBusDataByOffset and HalSetBusDataByOffset: how many bytes were moved. An empty slot
 * reads as an invalid vendor; a bus that is not there has no bytes. */
ULONG io_pci_bus_data(ULONG bus, ULONG slot, PVOID buffer, ULONG offset, ULONG length, bool write);
