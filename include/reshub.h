/* reshub.h - the path under which a driver opens the controller of a connection resource (GPIO, I2C,
 * SPI, UART), made from the resource's connection id.
 */
#pragma once

#include "ntstrsafe.h"

#define RESOURCE_HUB_DEVICE_NAME L"\\Device\\RESOURCE_HUB"
#define RESOURCE_HUB_FILE_CHARS  16 /* the id as hexadecimal digits */
#define RESOURCE_HUB_PATH_CHARS \
    (ARRAYSIZE(RESOURCE_HUB_DEVICE_NAME) + 1 + RESOURCE_HUB_FILE_CHARS) /* and a terminator */
#define RESOURCE_HUB_PATH_SIZE (RESOURCE_HUB_PATH_CHARS * sizeof(WCHAR))

#ifdef __cplusplus
extern "C" {
#endif

/* RESOURCE_HUB_CREATE_PATH_FROM_ID: the path into the caller's string.
 *   Returns  STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW      IRQL PASSIVE_LEVEL
 *   Source   reshub.h; "connection IDs for SPB-connected peripheral devices"
 */
FORCEINLINE NTSTATUS RESOURCE_HUB_CREATE_PATH_FROM_ID(PUNICODE_STRING Path, ULONG IdLowPart,
                                                      ULONG IdHighPart)
{
    ULARGE_INTEGER id;

    id.LowPart = IdLowPart;
    id.HighPart = IdHighPart;
    return RtlUnicodeStringPrintf(Path, L"%s\\%0*I64x", RESOURCE_HUB_DEVICE_NAME,
                                  RESOURCE_HUB_FILE_CHARS, id.QuadPart);
}

#ifdef __cplusplus
}
#endif
