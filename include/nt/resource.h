/* resource.h - hardware resources as lists of descriptors, wanted and assigned. */
#pragma once

#include "../ntdef.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum _INTERFACE_TYPE {
    InterfaceTypeUndefined = -1,
    Internal,
    Isa,
    Eisa,
    MicroChannel,
    TurboChannel,
    PCIBus,
    VMEBus,
    NuBus,
    PCMCIABus,
    CBus,
    MPIBus,
    MPSABus,
    ProcessorInternal,
    InternalPowerBus,
    PNPISABus,
    PNPBus,
    Vmcs,
    ACPIBus,
    MaximumInterfaceType
} INTERFACE_TYPE,
    *PINTERFACE_TYPE;

typedef enum _BUS_DATA_TYPE {
    ConfigurationSpaceUndefined = -1,
    Cmos,
    EisaConfiguration,
    Pos,
    CbusConfiguration,
    PCIConfiguration,
    VMEConfiguration,
    NuBusConfiguration,
    PCMCIAConfiguration,
    MPIConfiguration,
    MPSAConfiguration,
    PNPISAConfiguration,
    SgiInternalConfiguration,
    MaximumBusDataType
} BUS_DATA_TYPE,
    *PBUS_DATA_TYPE;

typedef enum _KINTERRUPT_MODE { LevelSensitive, Latched } KINTERRUPT_MODE;
typedef enum _KINTERRUPT_POLARITY {
    InterruptPolarityUnknown,
    InterruptActiveHigh,
    InterruptRisingEdge = InterruptActiveHigh,
    InterruptActiveLow,
    InterruptFallingEdge = InterruptActiveLow,
    InterruptActiveBoth,
    InterruptActiveBothTriggerLow = InterruptActiveBoth,
    InterruptActiveBothTriggerHigh
} KINTERRUPT_POLARITY,
    *PKINTERRUPT_POLARITY;

typedef enum _IRQ_DEVICE_POLICY {
    IrqPolicyMachineDefault = 0,
    IrqPolicyAllCloseProcessors = 1,
    IrqPolicyOneCloseProcessor,
    IrqPolicyAllProcessorsInMachine,
    IrqPolicySpecifiedProcessors = 4,
    IrqPolicySpreadMessagesAcrossAllProcessors,
    IrqPolicyAllProcessorsInMachineWhenSteered,
    IrqPolicyAllProcessorsInGroup
} IRQ_DEVICE_POLICY,
    *PIRQ_DEVICE_POLICY;

typedef enum _IRQ_PRIORITY {
    IrqPriorityUndefined = 0,
    IrqPriorityLow = 1,
    IrqPriorityNormal,
    IrqPriorityHigh
} IRQ_PRIORITY,
    *PIRQ_PRIORITY;

typedef enum _IRQ_GROUP_POLICY {
    GroupAffinityAllGroupZero = 0,
    GroupAffinityDontCare
} IRQ_GROUP_POLICY;

#define CmResourceTypeNull           0
#define CmResourceTypePort           1
#define CmResourceTypeInterrupt      2
#define CmResourceTypeMemory         3
#define CmResourceTypeDma            4
#define CmResourceTypeDeviceSpecific 5
#define CmResourceTypeBusNumber      6
#define CmResourceTypeMemoryLarge    7
#define CmResourceTypeMaximum        8
#define CmResourceTypeNonArbitrated  128
#define CmResourceTypeConfigData     128
#define CmResourceTypeDevicePrivate  129
#define CmResourceTypePcCardConfig   130
#define CmResourceTypeMfCardConfig   131
#define CmResourceTypeConnection     132

typedef enum _CM_SHARE_DISPOSITION {
    CmResourceShareUndetermined,
    CmResourceShareDeviceExclusive,
    CmResourceShareDriverExclusive,
    CmResourceShareShared
} CM_SHARE_DISPOSITION;

#define CM_RESOURCE_PORT_MEMORY                   0x0000
#define CM_RESOURCE_PORT_IO                       0x0001
#define CM_RESOURCE_PORT_10_BIT_DECODE            0x0004
#define CM_RESOURCE_PORT_12_BIT_DECODE            0x0008
#define CM_RESOURCE_PORT_16_BIT_DECODE            0x0010
#define CM_RESOURCE_PORT_POSITIVE_DECODE          0x0020
#define CM_RESOURCE_PORT_PASSIVE_DECODE           0x0040
#define CM_RESOURCE_PORT_WINDOW_DECODE            0x0080
#define CM_RESOURCE_PORT_BAR                      0x0100
#define CM_RESOURCE_INTERRUPT_LEVEL_LATCHED_BITS  0x0001
#define CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE     0x0000
#define CM_RESOURCE_INTERRUPT_LATCHED             0x0001
#define CM_RESOURCE_INTERRUPT_MESSAGE             0x0002
#define CM_RESOURCE_INTERRUPT_POLICY_INCLUDED     0x0004
#define CM_RESOURCE_INTERRUPT_SECONDARY_INTERRUPT 0x0010
#define CM_RESOURCE_INTERRUPT_WAKE_HINT           0x0020
#define CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN       ((ULONG)-2)
#define CM_RESOURCE_MEMORY_READ_WRITE             0x0000
#define CM_RESOURCE_MEMORY_READ_ONLY              0x0001
#define CM_RESOURCE_MEMORY_WRITE_ONLY             0x0002
#define CM_RESOURCE_MEMORY_WRITEABILITY_MASK      0x0003
#define CM_RESOURCE_MEMORY_PREFETCHABLE           0x0004
#define CM_RESOURCE_MEMORY_COMBINEDWRITE          0x0008
#define CM_RESOURCE_MEMORY_24                     0x0010
#define CM_RESOURCE_MEMORY_CACHEABLE              0x0020
#define CM_RESOURCE_MEMORY_WINDOW_DECODE          0x0040
#define CM_RESOURCE_MEMORY_BAR                    0x0080
#define CM_RESOURCE_MEMORY_LARGE                  0x0E00
#define CM_RESOURCE_MEMORY_LARGE_40               0x0200
#define CM_RESOURCE_MEMORY_LARGE_48               0x0400
#define CM_RESOURCE_MEMORY_LARGE_64               0x0800
#define CM_RESOURCE_DMA_8                         0x0000
#define CM_RESOURCE_DMA_16                        0x0001
#define CM_RESOURCE_DMA_32                        0x0002
#define CM_RESOURCE_DMA_8_AND_16                  0x0004
#define CM_RESOURCE_DMA_BUS_MASTER                0x0008
#define CM_RESOURCE_DMA_V3                        0x0080
#define CM_RESOURCE_CONNECTION_CLASS_GPIO         1
#define CM_RESOURCE_CONNECTION_CLASS_SERIAL       2
#define CM_RESOURCE_CONNECTION_TYPE_GPIO_IO       2
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_I2C    1
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_SPI    2
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_UART   3

#pragma pack(push, 4)
typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR {
    UCHAR Type;
    UCHAR ShareDisposition;
    USHORT Flags;
    union {
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Generic;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Port;
        struct {
#if defined(NT_PROCESSOR_GROUPS)
            USHORT Level;
            USHORT Group;
#else
            ULONG Level;
#endif
            ULONG Vector;
            KAFFINITY Affinity;
        } Interrupt;
        struct {
            union {
                struct {
#if defined(NT_PROCESSOR_GROUPS)
                    USHORT Group;
#else
                    USHORT Reserved;
#endif
                    USHORT MessageCount;
                    ULONG Vector;
                    KAFFINITY Affinity;
                } Raw;
                struct {
#if defined(NT_PROCESSOR_GROUPS)
                    USHORT Level;
                    USHORT Group;
#else
                    ULONG Level;
#endif
                    ULONG Vector;
                    KAFFINITY Affinity;
                } Translated;
            };
        } MessageInterrupt;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length;
        } Memory;
        struct {
            ULONG Channel;
            ULONG Port;
            ULONG Reserved1;
        } Dma;
        struct {
            ULONG Channel;
            ULONG RequestLine;
            UCHAR TransferWidth;
            UCHAR Reserved1;
            UCHAR Reserved2;
            UCHAR Reserved3;
        } DmaV3;
        struct {
            ULONG Data[3];
        } DevicePrivate;
        struct {
            ULONG Start;
            ULONG Length;
            ULONG Reserved;
        } BusNumber;
        struct {
            ULONG DataSize;
            ULONG Reserved1;
            ULONG Reserved2;
        } DeviceSpecificData;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length40;
        } Memory40;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length48;
        } Memory48;
        struct {
            PHYSICAL_ADDRESS Start;
            ULONG Length64;
        } Memory64;
        struct {
            UCHAR Class;
            UCHAR Type;
            UCHAR Reserved1;
            UCHAR Reserved2;
            ULONG IdLowPart;
            ULONG IdHighPart;
        } Connection;
    } u;
} CM_PARTIAL_RESOURCE_DESCRIPTOR, *PCM_PARTIAL_RESOURCE_DESCRIPTOR;

typedef struct _CM_PARTIAL_RESOURCE_LIST {
    USHORT Version;
    USHORT Revision;
    ULONG Count;
    CM_PARTIAL_RESOURCE_DESCRIPTOR PartialDescriptors[1];
} CM_PARTIAL_RESOURCE_LIST, *PCM_PARTIAL_RESOURCE_LIST;

typedef struct _CM_FULL_RESOURCE_DESCRIPTOR {
    INTERFACE_TYPE InterfaceType;
    ULONG BusNumber;
    CM_PARTIAL_RESOURCE_LIST PartialResourceList;
} CM_FULL_RESOURCE_DESCRIPTOR, *PCM_FULL_RESOURCE_DESCRIPTOR;

typedef struct _CM_RESOURCE_LIST {
    ULONG Count;
    CM_FULL_RESOURCE_DESCRIPTOR List[1];
} CM_RESOURCE_LIST, *PCM_RESOURCE_LIST;
#pragma pack(pop)

#define IO_RESOURCE_PREFERRED   0x01
#define IO_RESOURCE_DEFAULT     0x02
#define IO_RESOURCE_ALTERNATIVE 0x08

typedef struct _IO_RESOURCE_DESCRIPTOR {
    UCHAR Option;
    UCHAR Type;
    UCHAR ShareDisposition;
    UCHAR Spare1;
    USHORT Flags;
    USHORT Spare2;
    union {
        struct {
            ULONG Length;
            ULONG Alignment;
            PHYSICAL_ADDRESS MinimumAddress;
            PHYSICAL_ADDRESS MaximumAddress;
        } Port;
        struct {
            ULONG Length;
            ULONG Alignment;
            PHYSICAL_ADDRESS MinimumAddress;
            PHYSICAL_ADDRESS MaximumAddress;
        } Memory;
        struct {
            ULONG MinimumVector;
            ULONG MaximumVector;
#if defined(NT_PROCESSOR_GROUPS)
            USHORT AffinityPolicy;
            USHORT Group;
#else
            IRQ_DEVICE_POLICY AffinityPolicy;
#endif
            IRQ_PRIORITY PriorityPolicy;
            KAFFINITY TargetedProcessors;
        } Interrupt;
        struct {
            ULONG MinimumChannel;
            ULONG MaximumChannel;
        } Dma;
        struct {
            ULONG RequestLine;
            ULONG Reserved;
            ULONG Channel;
            ULONG TransferWidth;
        } DmaV3;
        struct {
            ULONG Length;
            ULONG Alignment;
            PHYSICAL_ADDRESS MinimumAddress;
            PHYSICAL_ADDRESS MaximumAddress;
        } Generic;
        struct {
            ULONG Data[3];
        } DevicePrivate;
        struct {
            ULONG Length;
            ULONG MinBusNumber;
            ULONG MaxBusNumber;
            ULONG Reserved;
        } BusNumber;
        struct {
            ULONG Priority;
            ULONG Reserved1;
            ULONG Reserved2;
        } ConfigData;
        struct {
            UCHAR Class;
            UCHAR Type;
            UCHAR Reserved1;
            UCHAR Reserved2;
            ULONG IdLowPart;
            ULONG IdHighPart;
        } Connection;
    } u;
} IO_RESOURCE_DESCRIPTOR, *PIO_RESOURCE_DESCRIPTOR;

typedef struct _IO_RESOURCE_LIST {
    USHORT Version;
    USHORT Revision;
    ULONG Count;
    IO_RESOURCE_DESCRIPTOR Descriptors[1];
} IO_RESOURCE_LIST, *PIO_RESOURCE_LIST;

typedef struct _IO_RESOURCE_REQUIREMENTS_LIST {
    ULONG ListSize;
    INTERFACE_TYPE InterfaceType;
    ULONG BusNumber;
    ULONG SlotNumber;
    ULONG Reserved[3];
    ULONG AlternativeLists;
    IO_RESOURCE_LIST List[1];
} IO_RESOURCE_REQUIREMENTS_LIST, *PIO_RESOURCE_REQUIREMENTS_LIST;

/* Configuration space of a PCI device. */
typedef struct _PCI_SLOT_NUMBER {
    union {
        struct {
            ULONG DeviceNumber : 5;
            ULONG FunctionNumber : 3;
            ULONG Reserved : 24;
        } bits;
        ULONG AsULONG;
    } u;
} PCI_SLOT_NUMBER, *PPCI_SLOT_NUMBER;

#define PCI_TYPE0_ADDRESSES     6
#define PCI_TYPE1_ADDRESSES     2
#define PCI_TYPE2_ADDRESSES     5
#define PCI_COMMON_HDR_LENGTH   64
#define PCI_INVALID_VENDORID    0xFFFF
#define PCI_WHICHSPACE_CONFIG   0x0
#define PCI_WHICHSPACE_ROM      0x52696350
#define PCI_ENABLE_IO_SPACE     0x0001
#define PCI_ENABLE_MEMORY_SPACE 0x0002
#define PCI_ENABLE_BUS_MASTER   0x0004

/* More of Command; Status. */
#define PCI_ENABLE_SPECIAL_CYCLES         0x0008
#define PCI_ENABLE_WRITE_AND_INVALIDATE   0x0010
#define PCI_ENABLE_VGA_COMPATIBLE_PALETTE 0x0020
#define PCI_ENABLE_PARITY                 0x0040
#define PCI_ENABLE_WAIT_CYCLE             0x0080
#define PCI_ENABLE_SERR                   0x0100
#define PCI_ENABLE_FAST_BACK_TO_BACK      0x0200
#define PCI_STATUS_INTERRUPT_PENDING      0x0008
#define PCI_STATUS_CAPABILITIES_LIST      0x0010
#define PCI_STATUS_66MHZ_CAPABLE          0x0020
#define PCI_STATUS_UDF_SUPPORTED          0x0040
#define PCI_STATUS_FAST_BACK_TO_BACK      0x0080
#define PCI_STATUS_DATA_PARITY_DETECTED   0x0100
#define PCI_STATUS_DEVSEL                 0x0600
#define PCI_STATUS_SIGNALED_TARGET_ABORT  0x0800
#define PCI_STATUS_RECEIVED_TARGET_ABORT  0x1000
#define PCI_STATUS_RECEIVED_MASTER_ABORT  0x2000
#define PCI_STATUS_SIGNALED_SYSTEM_ERROR  0x4000
#define PCI_STATUS_DETECTED_PARITY_ERROR  0x8000

#define PCI_CAPABILITY_ID_POWER_MANAGEMENT 0x01
#define PCI_CAPABILITY_ID_AGP              0x02
#define PCI_CAPABILITY_ID_VPD              0x03
#define PCI_CAPABILITY_ID_SLOT_ID          0x04
#define PCI_CAPABILITY_ID_MSI              0x05
#define PCI_CAPABILITY_ID_CPCI_HOTSWAP     0x06
#define PCI_CAPABILITY_ID_PCIX             0x07
#define PCI_CAPABILITY_ID_HYPERTRANSPORT   0x08
#define PCI_CAPABILITY_ID_VENDOR_SPECIFIC  0x09
#define PCI_CAPABILITY_ID_DEBUG_PORT       0x0A
#define PCI_CAPABILITY_ID_CPCI_RES_CTRL    0x0B
#define PCI_CAPABILITY_ID_SHPC             0x0C
#define PCI_CAPABILITY_ID_P2P_SSID         0x0D
#define PCI_CAPABILITY_ID_AGP_TARGET       0x0E
#define PCI_CAPABILITY_ID_SECURE           0x0F
#define PCI_CAPABILITY_ID_PCI_EXPRESS      0x10
#define PCI_CAPABILITY_ID_MSIX             0x11

typedef struct _PCI_CAPABILITIES_HEADER {
    UCHAR CapabilityID;
    UCHAR Next;
} PCI_CAPABILITIES_HEADER, *PPCI_CAPABILITIES_HEADER;

/* HeaderType, and what the low bits of a base address say. */
#define PCI_MULTIFUNCTION               0x80
#define PCI_DEVICE_TYPE                 0x00
#define PCI_BRIDGE_TYPE                 0x01
#define PCI_CARDBUS_BRIDGE_TYPE         0x02
#define PCI_ADDRESS_IO_SPACE            0x00000001
#define PCI_ADDRESS_MEMORY_TYPE_MASK    0x00000006
#define PCI_ADDRESS_MEMORY_PREFETCHABLE 0x00000008
#define PCI_ADDRESS_IO_ADDRESS_MASK     0xfffffffc
#define PCI_ADDRESS_MEMORY_ADDRESS_MASK 0xfffffff0
#define PCI_ADDRESS_ROM_ADDRESS_MASK    0xfffff800
#define PCI_TYPE_32BIT                  0
#define PCI_TYPE_20BIT                  2
#define PCI_TYPE_64BIT                  4

#define _WC_PCI_COMMON_HEADER_FIELDS                  \
    USHORT VendorID;                                  \
    USHORT DeviceID;                                  \
    USHORT Command;                                   \
    USHORT Status;                                    \
    UCHAR RevisionID;                                 \
    UCHAR ProgIf;                                     \
    UCHAR SubClass;                                   \
    UCHAR BaseClass;                                  \
    UCHAR CacheLineSize;                              \
    UCHAR LatencyTimer;                               \
    UCHAR HeaderType;                                 \
    UCHAR BIST;                                       \
    union {                                           \
        struct {                                      \
            ULONG BaseAddresses[PCI_TYPE0_ADDRESSES]; \
            ULONG CIS;                                \
            USHORT SubVendorID;                       \
            USHORT SubSystemID;                       \
            ULONG ROMBaseAddress;                     \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved1[3];                       \
            ULONG Reserved2;                          \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            UCHAR MinimumGrant;                       \
            UCHAR MaximumLatency;                     \
        } type0;                                      \
        struct {                                      \
            ULONG BaseAddresses[PCI_TYPE1_ADDRESSES]; \
            UCHAR PrimaryBus;                         \
            UCHAR SecondaryBus;                       \
            UCHAR SubordinateBus;                     \
            UCHAR SecondaryLatency;                   \
            UCHAR IOBase;                             \
            UCHAR IOLimit;                            \
            USHORT SecondaryStatus;                   \
            USHORT MemoryBase;                        \
            USHORT MemoryLimit;                       \
            USHORT PrefetchBase;                      \
            USHORT PrefetchLimit;                     \
            ULONG PrefetchBaseUpper32;                \
            ULONG PrefetchLimitUpper32;               \
            USHORT IOBaseUpper16;                     \
            USHORT IOLimitUpper16;                    \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved1[3];                       \
            ULONG ROMBaseAddress;                     \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            USHORT BridgeControl;                     \
        } type1;                                      \
        struct {                                      \
            ULONG SocketRegistersBaseAddress;         \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved;                           \
            USHORT SecondaryStatus;                   \
            UCHAR PrimaryBus;                         \
            UCHAR SecondaryBus;                       \
            UCHAR SubordinateBus;                     \
            UCHAR SecondaryLatency;                   \
            struct {                                  \
                ULONG Base;                           \
                ULONG Limit;                          \
            } Range[PCI_TYPE2_ADDRESSES - 1];         \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            USHORT BridgeControl;                     \
        } type2;                                      \
        ULONG Raw[12];                                \
    } u;

typedef struct _PCI_COMMON_HEADER {
    _WC_PCI_COMMON_HEADER_FIELDS
} PCI_COMMON_HEADER, *PPCI_COMMON_HEADER;

typedef struct _PCI_COMMON_CONFIG {
    _WC_PCI_COMMON_HEADER_FIELDS
    UCHAR DeviceSpecific[192];
} PCI_COMMON_CONFIG, *PPCI_COMMON_CONFIG;

#ifdef __cplusplus
}
#endif
