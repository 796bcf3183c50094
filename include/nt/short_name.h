/* short_name.h - names of eight characters and three more. Part of ntifs.h. */
#pragma once

#include "rtl.h"

#ifdef __cplusplus
extern "C" {
#endif

/* RtlIsNameLegalDOS8Dot3: at most eight characters, then perhaps a period and at most three more, all of which a
 * FAT name may have; no space at the end of either. "." and ".." are such names, too.
 *   OemName  NULL, or receives the name in upper case; its buffer is the caller's, of 12 bytes
 *   NameContainsSpaces  may be NULL; set if the name is legal
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-rtlisnamelegaldos8dot3
 */
NTSYSAPI BOOLEAN RtlIsNameLegalDOS8Dot3(PCUNICODE_STRING Name, POEM_STRING OemName,
                                        PBOOLEAN NameContainsSpaces);

/* RtlGenerate8dot3Name: the next short name for a long one: NAME~1.EXT to NAME~4.EXT, then NA, four digits of
 * a sum over the name, and ~1 onwards.
 *   Context  all zeroes for the first one; then as it was left
 *   Name8dot3  its buffer has 24 bytes or more
 *   Returns  STATUS_SUCCESS; STATUS_FILE_SYSTEM_LIMITATION: a million were made;
 *            STATUS_BUFFER_OVERFLOW: Name8dot3 is too small
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-rtlgenerate8dot3name
 */
typedef struct _GENERATE_NAME_CONTEXT {
    USHORT Checksum;
    BOOLEAN ChecksumInserted;
    UCHAR NameLength; /* in characters, as ExtensionLength */
    WCHAR NameBuffer[8];
    ULONG ExtensionLength; /* its period, too */
    WCHAR ExtensionBuffer[4];
    ULONG LastIndexValue;
} GENERATE_NAME_CONTEXT, *PGENERATE_NAME_CONTEXT;
NTSYSAPI NTSTATUS RtlGenerate8dot3Name(PCUNICODE_STRING Name, BOOLEAN AllowExtendedCharacters,
                                       PGENERATE_NAME_CONTEXT Context, PUNICODE_STRING Name8dot3);

#ifdef __cplusplus
}
#endif
