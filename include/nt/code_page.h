/* code_page.h - narrow text in the code pages of the system. Part of ntifs.h. */
#pragma once

#include "rtl.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Strings in the OEM code page, which is UTF-8 here as the ANSI one; counted ones have no terminator.
 *   Returns  STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY, STATUS_INVALID_PARAMETER_2 (too long)
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-rtloemstringtounicodestring and its relatives
 */
#define NLS_MB_CODE_PAGE_TAG     TRUE
#define NLS_MB_OEM_CODE_PAGE_TAG TRUE
NTSYSAPI NTSTATUS RtlOemStringToUnicodeString(PUNICODE_STRING DestinationString,
                                              PCOEM_STRING SourceString,
                                              BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlUnicodeStringToOemString(POEM_STRING DestinationString,
                                              PCUNICODE_STRING SourceString,
                                              BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlUpcaseUnicodeStringToOemString(POEM_STRING DestinationString,
                                                    PCUNICODE_STRING SourceString,
                                                    BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlOemStringToCountedUnicodeString(PUNICODE_STRING DestinationString,
                                                     PCOEM_STRING SourceString,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI NTSTATUS RtlUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                     PCUNICODE_STRING SourceString,
                                                     BOOLEAN AllocateDestinationString);
NTSYSAPI VOID RtlFreeOemString(POEM_STRING OemString);
NTSYSAPI ULONG RtlxOemStringToUnicodeSize(PCOEM_STRING OemString);
NTSYSAPI ULONG RtlxUnicodeStringToOemSize(PCUNICODE_STRING UnicodeString);
#define RtlOemStringToUnicodeSize(OemString)     RtlxOemStringToUnicodeSize(OemString)
#define RtlUnicodeStringToOemSize(UnicodeString) RtlxUnicodeStringToOemSize(UnicodeString)
#define RtlOemStringToCountedUnicodeSize(OemString) \
    ((ULONG)(RtlxOemStringToUnicodeSize(OemString) - sizeof(UNICODE_NULL)))
#define RtlUnicodeStringToCountedOemSize(UnicodeString) \
    ((ULONG)(RtlxUnicodeStringToOemSize(UnicodeString) - sizeof(ANSI_NULL)))
NTSYSAPI NTSTATUS RtlOemToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                   PULONG BytesInUnicodeString, PCCH OemString,
                                   ULONG BytesInOemString);
NTSYSAPI NTSTATUS RtlUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString,
                                   PULONG BytesInOemString, PCWCH UnicodeString,
                                   ULONG BytesInUnicodeString);
/* In upper case on the way. RtlUpcaseUnicodeToMultiByteN cuts silently, behind the last whole character.
 *   Returns  STATUS_SUCCESS; RtlUpcaseUnicodeToOemN, the counted string: STATUS_BUFFER_OVERFLOW;
 *            the string also STATUS_NO_MEMORY, STATUS_INVALID_PARAMETER_2 (too long)
 *   IRQL     PASSIVE_LEVEL
 *   Source   ntifs/nf-ntifs-rtlupcaseunicodetomultibyten, -rtlupcaseunicodetooemn,
 *            -rtlupcaseunicodestringtocountedoemstring
 */
NTSYSAPI NTSTATUS RtlUpcaseUnicodeToMultiByteN(PCHAR MultiByteString,
                                               ULONG MaxBytesInMultiByteString,
                                               PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                               ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS RtlUpcaseUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString,
                                         PULONG BytesInOemString, PCWCH UnicodeString,
                                         ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS RtlUpcaseUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                           PCUNICODE_STRING SourceString,
                                                           BOOLEAN AllocateDestinationString);

/* RtlIsValidOemCharacter: *Char becomes its upper case. FALSE: the code page has no such character, here
 * half of a surrogate pair.
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-rtlisvalidoemcharacter
 */
NTSYSAPI BOOLEAN RtlIsValidOemCharacter(PWCHAR Char);

/* How many bytes there will be; whole strings.
 *   Returns  RtlCreateUnicodeString: FALSE; RtlValidateUnicodeString: STATUS_INVALID_PARAMETER
 *   IRQL     PASSIVE_LEVEL      Source   ntifs/nf-ntifs-rtlunicodetomultibytesize and its relatives
 */
NTSYSAPI NTSTATUS RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                            ULONG BytesInUnicodeString);
NTSYSAPI NTSTATUS RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, PCCH MultiByteString,
                                            ULONG BytesInMultiByteString);
NTSYSAPI BOOLEAN RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString);
/* RtlIntegerToChar: a number as narrow text.
 *   Base      0 (as 10), 2, 8, 10 or 16
 *   OutputLength  of String; a terminator follows where there is room for one. Negative: exactly -OutputLength
 *             digits, zeroes in front, no terminator
 *   Returns   STATUS_SUCCESS; STATUS_INVALID_PARAMETER: another base; STATUS_BUFFER_OVERFLOW
 *   IRQL      PASSIVE_LEVEL
 */
NTSYSAPI NTSTATUS RtlIntegerToChar(ULONG Value, ULONG Base, LONG OutputLength, PSZ String);
NTSYSAPI NTSTATUS RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String);

#ifdef __cplusplus
}
#endif
