/* hal_bus.c - bus data and bus addresses for drivers from before plug and play. Devices whose model has a
 * configuration space are on PCI bus 0; to every question about a bus that is not there, the answer is
 * no bytes. Addresses are the same on every bus, as on x64.
 */
#include <ntddk.h>

#include "nt/io/pnp/io_pci.h"
#include "nt/ke/ke_api.h"

ULONG HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    return API(DISPATCH_LEVEL) && BusDataType == PCIConfiguration
               ? io_pci_bus_data(BusNumber, SlotNumber, Buffer, Offset, Length, false)
               : 0;
}

ULONG HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    return HalGetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

ULONG HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    return API(DISPATCH_LEVEL) && BusDataType == PCIConfiguration
               ? io_pci_bus_data(BusNumber, SlotNumber, Buffer, Offset, Length, true)
               : 0;
}

ULONG HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    return HalSetBusDataByOffset(BusDataType, BusNumber, SlotNumber, Buffer, 0, Length);
}

BOOLEAN HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                               PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                               PPHYSICAL_ADDRESS TranslatedAddress)
{
    if (!API(DISPATCH_LEVEL) || InterfaceType < Internal || InterfaceType >= MaximumInterfaceType ||
        *AddressSpace > 1) {
        return FALSE;
    }
    *TranslatedAddress = BusAddress;
    return TRUE;
}
