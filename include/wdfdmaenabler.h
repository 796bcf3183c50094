/* wdfdmaenabler.h - DMA enablers: the DMA profile of a device.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

#define WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS ((ULONG)-1)

typedef enum _WDF_DMA_PROFILE {
    WdfDmaProfileInvalid = 0,
    WdfDmaProfilePacket,
    WdfDmaProfileScatterGather,
    WdfDmaProfilePacket64,
    WdfDmaProfileScatterGather64,
    WdfDmaProfileScatterGatherDuplex,
    WdfDmaProfileScatterGather64Duplex,
    WdfDmaProfileSystem,
    WdfDmaProfileSystemDuplex,
} WDF_DMA_PROFILE;

typedef enum _WDF_DMA_DIRECTION {
    WdfDmaDirectionReadFromDevice = FALSE,
    WdfDmaDirectionWriteToDevice = TRUE,
} WDF_DMA_DIRECTION;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_FILL(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_FILL *PFN_WDF_DMA_ENABLER_FILL;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_FLUSH(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_FLUSH *PFN_WDF_DMA_ENABLER_FLUSH;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_ENABLE(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_ENABLE *PFN_WDF_DMA_ENABLER_ENABLE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_DISABLE(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_DISABLE *PFN_WDF_DMA_ENABLER_DISABLE;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_SELFMANAGED_IO_START(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_SELFMANAGED_IO_START *PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_START;

/* IRQL: <= PASSIVE_LEVEL. */
typedef NTSTATUS EVT_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP(WDFDMAENABLER DmaEnabler);
typedef EVT_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP *PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP;

typedef enum _WDF_DMA_ENABLER_CONFIG_FLAGS {
    WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION = 0x00000001,
    WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER = 0x00000002,
} WDF_DMA_ENABLER_CONFIG_FLAGS;

typedef struct _WDF_DMA_ENABLER_CONFIG {
    ULONG Size;
    WDF_DMA_PROFILE Profile;
    size_t MaximumLength;
    PFN_WDF_DMA_ENABLER_FILL EvtDmaEnablerFill;
    PFN_WDF_DMA_ENABLER_FLUSH EvtDmaEnablerFlush;
    PFN_WDF_DMA_ENABLER_DISABLE EvtDmaEnablerDisable;
    PFN_WDF_DMA_ENABLER_ENABLE EvtDmaEnablerEnable;
    PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_START EvtDmaEnablerSelfManagedIoStart;
    PFN_WDF_DMA_ENABLER_SELFMANAGED_IO_STOP EvtDmaEnablerSelfManagedIoStop;
    ULONG AddressWidthOverride;
    ULONG WdmDmaVersionOverride;
    ULONG Flags;
} WDF_DMA_ENABLER_CONFIG, *PWDF_DMA_ENABLER_CONFIG;

FORCEINLINE VOID WDF_DMA_ENABLER_CONFIG_INIT(PWDF_DMA_ENABLER_CONFIG Config,
                                             WDF_DMA_PROFILE Profile, size_t MaximumLength)
{
    RtlZeroMemory(Config, sizeof(WDF_DMA_ENABLER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_DMA_ENABLER_CONFIG);
    Config->Profile = Profile;
    Config->MaximumLength = MaximumLength;
}

typedef struct _WDF_DMA_SYSTEM_PROFILE_CONFIG {
    ULONG Size;
    BOOLEAN DemandMode;
    BOOLEAN LoopedTransfer;
    DMA_WIDTH DmaWidth;
    PHYSICAL_ADDRESS DeviceAddress;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR DmaDescriptor;
} WDF_DMA_SYSTEM_PROFILE_CONFIG, *PWDF_DMA_SYSTEM_PROFILE_CONFIG;

FORCEINLINE VOID WDF_DMA_SYSTEM_PROFILE_CONFIG_INIT(PWDF_DMA_SYSTEM_PROFILE_CONFIG DmaConfig,
                                                    PHYSICAL_ADDRESS Address, DMA_WIDTH DmaWidth,
                                                    PCM_PARTIAL_RESOURCE_DESCRIPTOR DmaDescriptor)
{
    RtlZeroMemory(DmaConfig, sizeof(WDF_DMA_SYSTEM_PROFILE_CONFIG));
    DmaConfig->Size = (ULONG)sizeof(WDF_DMA_SYSTEM_PROFILE_CONFIG);
    DmaConfig->DeviceAddress = Address;
    DmaConfig->DmaWidth = DmaWidth;
    DmaConfig->DmaDescriptor = DmaDescriptor;
}

/* WdfDmaEnablerCreate: make the object through which a device does DMA. Its callbacks run whenever the
 * device enters D0 and leaves it.
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER (profile, maximum length 0, address
 *            width, version, single transfer without version 3); STATUS_NOT_IMPLEMENTED (system
 *            profiles); STATUS_WDF_OBJECT_ATTRIBUTES_INVALID (a parent that is not below the device);
 *            STATUS_UNSUCCESSFUL (no adapter); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablercreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDmaEnablerCreate(WDFDEVICE Device, PWDF_DMA_ENABLER_CONFIG Config,
                        PWDF_OBJECT_ATTRIBUTES Attributes, WDFDMAENABLER *DmaEnablerHandle);

/* WdfDmaEnablerConfigureSystemProfile: set up a channel of the system DMA controller.
 *   Returns  STATUS_NOT_IMPLEMENTED: no machine has a DMA controller
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablerconfiguresystemprofile
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfDmaEnablerConfigureSystemProfile(WDFDMAENABLER DmaEnabler,
                                        PWDF_DMA_SYSTEM_PROFILE_CONFIG ProfileConfig,
                                        WDF_DMA_DIRECTION ConfigDirection);

/* WdfDmaEnablerGetMaximumLength: longest single transfer.
 *   Returns  bytes
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetmaximumlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfDmaEnablerGetMaximumLength(WDFDMAENABLER DmaEnabler);

/* WdfDmaEnablerGetMaximumScatterGatherElements: most elements of one scatter/gather list.
 *   Returns  count
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetmaximumscattergatherelements
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfDmaEnablerGetMaximumScatterGatherElements(WDFDMAENABLER DmaEnabler);

/* WdfDmaEnablerSetMaximumScatterGatherElements: bound the elements of one scatter/gather list; not 0,
 * and before the first transaction is made (DmaWrongState).
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablersetmaximumscattergatherelements
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI VOID
    WdfDmaEnablerSetMaximumScatterGatherElements(WDFDMAENABLER DmaEnabler, size_t MaximumFragments);

/* WdfDmaEnablerGetFragmentLength: longest fragment that one EvtProgramDma call gets.
 *   Returns  bytes
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetfragmentlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfDmaEnablerGetFragmentLength(WDFDMAENABLER DmaEnabler, WDF_DMA_DIRECTION DmaDirection);

/* WdfDmaEnablerWdmGetDmaAdapter: the WDM adapter behind the enabler.
 *   Returns  adapter
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablerwdmgetdmaadapter
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PDMA_ADAPTER
    WdfDmaEnablerWdmGetDmaAdapter(WDFDMAENABLER DmaEnabler, WDF_DMA_DIRECTION DmaDirection);

WDF_EXTERN_C_END
