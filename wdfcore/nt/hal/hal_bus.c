/* hal_bus.c - bus data and bus addresses for drivers from before plug and play. A machine's buses have
 * numbers and no configuration space: as to every question about a bus that is not there, the answer is
 * no bytes. Addresses are the same on every bus, as on x64.
 */
#include <ntddk.h>

#include "nt/ke/ke_api.h"

ULONG HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    (void)API(DISPATCH_LEVEL);
    return 0;
}

ULONG HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    (void)API(DISPATCH_LEVEL);
    return 0;
}

ULONG HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                            PVOID Buffer, ULONG Offset, ULONG Length)
{
    (void)API(DISPATCH_LEVEL);
    return 0;
}

ULONG HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber, PVOID Buffer,
                    ULONG Length)
{
    (void)API(DISPATCH_LEVEL);
    return 0;
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
