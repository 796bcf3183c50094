/* hal.h - ports, registers, bus data.
 * Port and register routines are windows and functions: the access reaches the device model, with
 * exactly the width named. READ of nothing gives all ones (RegisterUnmapped).
 *   BUFFER forms make Count accesses: PORT ones to the same address, REGISTER ones to ascending
 *   ones.
 *   IRQL     any
 *   Source   wdm/nf-wdm-read_port_uchar, -write_port_uchar, -read_register_ulong,
 *            -write_register_ulong and their relatives
 */
#pragma once

#include "device.h"

#ifdef __cplusplus
extern "C" {
#endif

NTHALAPI UCHAR READ_PORT_UCHAR(PUCHAR Port);
NTHALAPI USHORT READ_PORT_USHORT(PUSHORT Port);
NTHALAPI ULONG READ_PORT_ULONG(PULONG Port);
NTHALAPI VOID READ_PORT_BUFFER_UCHAR(PUCHAR Port, PUCHAR Buffer, ULONG Count);
NTHALAPI VOID READ_PORT_BUFFER_USHORT(PUSHORT Port, PUSHORT Buffer, ULONG Count);
NTHALAPI VOID READ_PORT_BUFFER_ULONG(PULONG Port, PULONG Buffer, ULONG Count);
NTHALAPI VOID WRITE_PORT_UCHAR(PUCHAR Port, UCHAR Value);
NTHALAPI VOID WRITE_PORT_USHORT(PUSHORT Port, USHORT Value);
NTHALAPI VOID WRITE_PORT_ULONG(PULONG Port, ULONG Value);
NTHALAPI VOID WRITE_PORT_BUFFER_UCHAR(PUCHAR Port, PUCHAR Buffer, ULONG Count);
NTHALAPI VOID WRITE_PORT_BUFFER_USHORT(PUSHORT Port, PUSHORT Buffer, ULONG Count);
NTHALAPI VOID WRITE_PORT_BUFFER_ULONG(PULONG Port, PULONG Buffer, ULONG Count);

NTHALAPI UCHAR READ_REGISTER_UCHAR(volatile UCHAR *Register);
NTHALAPI USHORT READ_REGISTER_USHORT(volatile USHORT *Register);
NTHALAPI ULONG READ_REGISTER_ULONG(volatile ULONG *Register);
NTHALAPI ULONG64 READ_REGISTER_ULONG64(volatile ULONG64 *Register);
NTHALAPI VOID READ_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, PUCHAR Buffer, ULONG Count);
NTHALAPI VOID READ_REGISTER_BUFFER_USHORT(volatile USHORT *Register, PUSHORT Buffer, ULONG Count);
NTHALAPI VOID READ_REGISTER_BUFFER_ULONG(volatile ULONG *Register, PULONG Buffer, ULONG Count);
NTHALAPI VOID READ_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, PULONG64 Buffer,
                                           ULONG Count);
NTHALAPI VOID WRITE_REGISTER_UCHAR(volatile UCHAR *Register, UCHAR Value);
NTHALAPI VOID WRITE_REGISTER_USHORT(volatile USHORT *Register, USHORT Value);
NTHALAPI VOID WRITE_REGISTER_ULONG(volatile ULONG *Register, ULONG Value);
NTHALAPI VOID WRITE_REGISTER_ULONG64(volatile ULONG64 *Register, ULONG64 Value);
NTHALAPI VOID WRITE_REGISTER_BUFFER_UCHAR(volatile UCHAR *Register, PUCHAR Buffer, ULONG Count);
NTHALAPI VOID WRITE_REGISTER_BUFFER_USHORT(volatile USHORT *Register, PUSHORT Buffer, ULONG Count);
NTHALAPI VOID WRITE_REGISTER_BUFFER_ULONG(volatile ULONG *Register, PULONG Buffer, ULONG Count);
NTHALAPI VOID WRITE_REGISTER_BUFFER_ULONG64(volatile ULONG64 *Register, PULONG64 Buffer,
                                            ULONG Count);

/* Without a fence: on this processor the same. */
#define READ_REGISTER_NOFENCE_UCHAR    READ_REGISTER_UCHAR
#define READ_REGISTER_NOFENCE_USHORT   READ_REGISTER_USHORT
#define READ_REGISTER_NOFENCE_ULONG    READ_REGISTER_ULONG
#define READ_REGISTER_NOFENCE_ULONG64  READ_REGISTER_ULONG64
#define WRITE_REGISTER_NOFENCE_UCHAR   WRITE_REGISTER_UCHAR
#define WRITE_REGISTER_NOFENCE_USHORT  WRITE_REGISTER_USHORT
#define WRITE_REGISTER_NOFENCE_ULONG   WRITE_REGISTER_ULONG
#define WRITE_REGISTER_NOFENCE_ULONG64 WRITE_REGISTER_ULONG64

/* Bus data of old drivers; addresses of a bus.
 *   Returns  the number of bytes moved: 0, for no bus of a machine has a configuration space;
 *            HalTranslateBusAddress: TRUE, and the same address; FALSE: no such type of bus or space
 *   IRQL     <= DISPATCH_LEVEL
 */
NTHALAPI ULONG HalGetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                             PVOID Buffer, ULONG Length);
NTHALAPI ULONG HalSetBusData(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                             PVOID Buffer, ULONG Length);
NTHALAPI ULONG HalGetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                     PVOID Buffer, ULONG Offset, ULONG Length);
NTHALAPI ULONG HalSetBusDataByOffset(BUS_DATA_TYPE BusDataType, ULONG BusNumber, ULONG SlotNumber,
                                     PVOID Buffer, ULONG Offset, ULONG Length);
NTHALAPI BOOLEAN HalTranslateBusAddress(INTERFACE_TYPE InterfaceType, ULONG BusNumber,
                                        PHYSICAL_ADDRESS BusAddress, PULONG AddressSpace,
                                        PPHYSICAL_ADDRESS TranslatedAddress);

#ifdef __cplusplus
}
#endif
