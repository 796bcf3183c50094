/* wdfcommonbuffer.h - memory shared by device and driver.
 */
#pragma once

#include <wdfobject.h>

WDF_EXTERN_C_START

typedef struct _WDF_COMMON_BUFFER_CONFIG {
    ULONG Size;
    ULONG AlignmentRequirement;
} WDF_COMMON_BUFFER_CONFIG, *PWDF_COMMON_BUFFER_CONFIG;

FORCEINLINE VOID WDF_COMMON_BUFFER_CONFIG_INIT(PWDF_COMMON_BUFFER_CONFIG Config,
                                               ULONG AlignmentRequirement)
{
    RtlZeroMemory(Config, sizeof(WDF_COMMON_BUFFER_CONFIG));
    Config->Size = (ULONG)sizeof(WDF_COMMON_BUFFER_CONFIG);
    Config->AlignmentRequirement = AlignmentRequirement;
}

/* WdfCommonBufferCreate: allocate memory that device and driver share, aligned as the adapter
 * needs.
 *   Returns  STATUS_INVALID_PARAMETER (Length 0); STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffercreate
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfCommonBufferCreate(WDFDMAENABLER DmaEnabler, size_t Length,
                          PWDF_OBJECT_ATTRIBUTES Attributes, WDFCOMMONBUFFER *CommonBuffer);

/* WdfCommonBufferCreateWithConfig: the same with an alignment of the driver's choice.
 *   Config   AlignmentRequirement: 2^n - 1, as FILE_..._ALIGNMENT; of the logical address
 *   Returns  STATUS_INFO_LENGTH_MISMATCH; STATUS_INVALID_PARAMETER (Length 0, the alignment);
 *            STATUS_INSUFFICIENT_RESOURCES
 *   IRQL     PASSIVE_LEVEL
 *   Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffercreatewithconfig
 */
_IRQL_requires_max_(PASSIVE_LEVEL) WDFAPI NTSTATUS
    WdfCommonBufferCreateWithConfig(WDFDMAENABLER DmaEnabler, size_t Length,
                                    PWDF_COMMON_BUFFER_CONFIG Config,
                                    PWDF_OBJECT_ATTRIBUTES Attributes,
                                    WDFCOMMONBUFFER *CommonBuffer);

/* WdfCommonBufferGetAlignedVirtualAddress: where the driver sees the buffer.
 *   Returns  aligned virtual address
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetalignedvirtualaddress
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PVOID
    WdfCommonBufferGetAlignedVirtualAddress(WDFCOMMONBUFFER CommonBuffer);

/* WdfCommonBufferGetAlignedLogicalAddress: where the device sees the buffer.
 *   Returns  aligned bus address
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetalignedlogicaladdress
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI PHYSICAL_ADDRESS
    WdfCommonBufferGetAlignedLogicalAddress(WDFCOMMONBUFFER CommonBuffer);

/* WdfCommonBufferGetLength: length that was asked for.
 *   Returns  bytes
 *   IRQL     <= DISPATCH_LEVEL
 *   Source   wdfcommonbuffer/nf-wdfcommonbuffer-wdfcommonbuffergetlength
 */
_IRQL_requires_max_(DISPATCH_LEVEL) WDFAPI size_t
    WdfCommonBufferGetLength(WDFCOMMONBUFFER CommonBuffer);

WDF_EXTERN_C_END
