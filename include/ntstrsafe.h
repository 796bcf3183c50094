/* ntstrsafe.h - bounded string routines. Cb functions count bytes, Cch functions characters, the
 * terminator included.
 *   Returns  STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW: truncated, but terminated (a warning, so
 *            NT_SUCCESS is false); STATUS_INVALID_PARAMETER: size 0 or above the maximum, or a
 *            text without terminator where one is needed
 *   IRQL     PASSIVE_LEVEL (IrqlTooHigh)
 *   Source   ntstrsafe/nf-ntstrsafe-rtlstringcchcopyw and its relatives
 */
#pragma once

#include "nt/crt.h"
#include "ntstatus.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NTSTRSAFE_MAX_CCH                2147483647
#define NTSTRSAFE_MAX_LENGTH             (NTSTRSAFE_MAX_CCH - 1)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#define STRSAFE_MAX_CCH                  NTSTRSAFE_MAX_CCH

/* dwFlags of the Ex forms; the low byte is the fill byte. */
#define STRSAFE_FILL_BYTE(x)           ((ULONG)(((x)&0x000000ff) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x)        ((ULONG)(((x)&0x000000ff) | STRSAFE_FILL_ON_FAILURE))
#define STRSAFE_IGNORE_NULLS           0x00000100
#define STRSAFE_FILL_BEHIND_NULL       0x00000200
#define STRSAFE_FILL_BEHIND            0x00000200
#define STRSAFE_FILL_ON_FAILURE        0x00000400
#define STRSAFE_NULL_ON_FAILURE        0x00000800
#define STRSAFE_ZERO_LENGTH_ON_FAILURE 0x00000800
#define STRSAFE_NO_TRUNCATION          0x00001000
#define STRSAFE_VALID_FLAGS            0x00001fff
#define STRSAFE_GET_STATUS             1

typedef unsigned int DWORD; /* sources that include this header use it */
typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef wchar_t *NTSTRSAFE_PWSTR;
typedef const wchar_t *NTSTRSAFE_PCWSTR;

/* Narrow text. ppszDestEnd: where the terminator is; pcb/pcchRemaining: what is left, with it. */
NTSYSAPI NTSTATUS RtlStringCchCopyA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCchCopyExA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCSTR pszSrc, NTSTRSAFE_PSTR *ppszDestEnd,
                                      size_t *pcchRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCopyNA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                                     size_t cchToCopy);
NTSYSAPI NTSTATUS RtlStringCchCopyNExA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                       NTSTRSAFE_PCSTR pszSrc, size_t cchToCopy,
                                       NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                                       ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCatA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCchCatExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                                     NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                                     ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCatNA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                                    size_t cchToAppend);
NTSYSAPI NTSTATUS RtlStringCchCatNExA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCSTR pszSrc, size_t cchToAppend,
                                      NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                                      ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchVPrintfA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                       NTSTRSAFE_PCSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCchPrintfA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCchVPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                         NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                                         ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCchPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cchDest,
                                        NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                                        ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCchLengthA(NTSTRSAFE_PCSTR psz, size_t cchMax, size_t *pcchLength);
NTSYSAPI NTSTATUS RtlStringCbCopyA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCbCopyExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                     NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                                     ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCopyNA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                    size_t cbToCopy);
NTSYSAPI NTSTATUS RtlStringCbCopyNExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                      size_t cbToCopy, NTSTRSAFE_PSTR *ppszDestEnd,
                                      size_t *pcbRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCatA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCbCatExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                    NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                                    ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCatNA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                   size_t cbToAppend);
NTSYSAPI NTSTATUS RtlStringCbCatNExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                                     size_t cbToAppend, NTSTRSAFE_PSTR *ppszDestEnd,
                                     size_t *pcbRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbVPrintfA(NTSTRSAFE_PSTR pszDest, size_t cbDest,
                                      NTSTRSAFE_PCSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCbPrintfA(NTSTRSAFE_PSTR pszDest, size_t cbDest,
                                     NTSTRSAFE_PCSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCbVPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cbDest,
                                        NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                                        ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCbPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cbDest,
                                       NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                                       ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCbLengthA(NTSTRSAFE_PCSTR psz, size_t cbMax, size_t *pcbLength);

/* Wide text. ppszDestEnd: where the terminator is; pcb/pcchRemaining: what is left, with it. */
NTSYSAPI NTSTATUS RtlStringCchCopyW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                    NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCchCopyExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCWSTR pszSrc, NTSTRSAFE_PWSTR *ppszDestEnd,
                                      size_t *pcchRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCopyNW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                     NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy);
NTSYSAPI NTSTATUS RtlStringCchCopyNExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                       NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy,
                                       NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                                       ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCatW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                   NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCchCatExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                     NTSTRSAFE_PCWSTR pszSrc, NTSTRSAFE_PWSTR *ppszDestEnd,
                                     size_t *pcchRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchCatNW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                    NTSTRSAFE_PCWSTR pszSrc, size_t cchToAppend);
NTSYSAPI NTSTATUS RtlStringCchCatNExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCWSTR pszSrc, size_t cchToAppend,
                                      NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                                      ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCchVPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                       NTSTRSAFE_PCWSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCchPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                      NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCchVPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                         NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                                         ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat,
                                         va_list argList);
NTSYSAPI NTSTATUS RtlStringCchPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                        NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                                        ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCchLengthW(NTSTRSAFE_PCWSTR psz, size_t cchMax, size_t *pcchLength);
NTSYSAPI NTSTATUS RtlStringCbCopyW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCbCopyExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                     NTSTRSAFE_PCWSTR pszSrc, NTSTRSAFE_PWSTR *ppszDestEnd,
                                     size_t *pcbRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCopyNW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                                    size_t cbToCopy);
NTSYSAPI NTSTATUS RtlStringCbCopyNExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                      NTSTRSAFE_PCWSTR pszSrc, size_t cbToCopy,
                                      NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                      ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCatW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlStringCbCatExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                                    NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                    ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCatNW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                                   size_t cbToAppend);
NTSYSAPI NTSTATUS RtlStringCbCatNExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                     NTSTRSAFE_PCWSTR pszSrc, size_t cbToAppend,
                                     NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                     ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbVPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                      NTSTRSAFE_PCWSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCbPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                     NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCbVPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                        NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                        ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlStringCbPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                       NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                       ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlStringCbLengthW(NTSTRSAFE_PCWSTR psz, size_t cbMax, size_t *pcbLength);
/* A counted source. What it has behind a terminator of its own is not copied. */
NTSYSAPI NTSTATUS RtlStringCchCopyUnicodeString(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                                PCUNICODE_STRING SourceString);
NTSYSAPI NTSTATUS RtlStringCchCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                                  PCUNICODE_STRING SourceString,
                                                  NTSTRSAFE_PWSTR *ppszDestEnd,
                                                  size_t *pcchRemaining, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlStringCbCopyUnicodeString(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                               PCUNICODE_STRING SourceString);
NTSYSAPI NTSTATUS RtlStringCbCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                                 PCUNICODE_STRING SourceString,
                                                 NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                                                 ULONG dwFlags);
/* Any address is aligned on x64. */
#define RtlUnalignedStringCchLengthW(psz, cchMax, pcchLength) \
    RtlStringCchLengthW((NTSTRSAFE_PCWSTR)(psz), (cchMax), (pcchLength))
#define RtlUnalignedStringCbLengthW(psz, cbMax, pcbLength) \
    RtlStringCbLengthW((NTSTRSAFE_PCWSTR)(psz), (cbMax), (pcbLength))

/* Counted strings. They write no terminator; Length and the buffer change only if the function
 * copied something.   Source   ntstrsafe/nf-ntstrsafe-rtlunicodestringprintf and its relatives
 */
NTSYSAPI NTSTATUS RtlUnicodeStringInit(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString, NTSTRSAFE_PCWSTR pszSrc,
                                         ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringValidate(PCUNICODE_STRING SourceString);
NTSYSAPI NTSTATUS RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString,
                                             NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlUnicodeStringCopy(PUNICODE_STRING DestinationString,
                                       PCUNICODE_STRING SourceString);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString,
                                                 NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString,
                                                NTSTRSAFE_PCWSTR pszSrc, size_t cbToCopy);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString,
                                           PCUNICODE_STRING SourceString, size_t cchToCopy);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString,
                                          PCUNICODE_STRING SourceString, size_t cbToCopy);
NTSYSAPI NTSTATUS RtlUnicodeStringCatString(PUNICODE_STRING DestinationString,
                                            NTSTRSAFE_PCWSTR pszSrc);
NTSYSAPI NTSTATUS RtlUnicodeStringCat(PUNICODE_STRING DestinationString,
                                      PCUNICODE_STRING SourceString);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString,
                                                NTSTRSAFE_PCWSTR pszSrc, size_t cchToAppend);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString,
                                               NTSTRSAFE_PCWSTR pszSrc, size_t cbToAppend);

/* With STRSAFE_ flags; RemainingString becomes what follows the text, up to the end of the buffer. */
NTSYSAPI NTSTATUS RtlUnicodeStringCopyStringEx(PUNICODE_STRING DestinationString,
                                               NTSTRSAFE_PCWSTR pszSrc,
                                               PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCopyStringNEx(PUNICODE_STRING DestinationString,
                                                   NTSTRSAFE_PCWSTR pszSrc, size_t cchToCopy,
                                                   PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCopyStringNEx(PUNICODE_STRING DestinationString,
                                                  NTSTRSAFE_PCWSTR pszSrc, size_t cbToCopy,
                                                  PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCatStringEx(PUNICODE_STRING DestinationString,
                                              NTSTRSAFE_PCWSTR pszSrc,
                                              PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCatStringNEx(PUNICODE_STRING DestinationString,
                                                  NTSTRSAFE_PCWSTR pszSrc, size_t cchToAppend,
                                                  PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCatStringNEx(PUNICODE_STRING DestinationString,
                                                 NTSTRSAFE_PCWSTR pszSrc, size_t cbToAppend,
                                                 PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCopyEx(PUNICODE_STRING DestinationString,
                                         PCUNICODE_STRING SourceString,
                                         PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCopyNEx(PUNICODE_STRING DestinationString,
                                             PCUNICODE_STRING SourceString, size_t cchToCopy,
                                             PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCopyNEx(PUNICODE_STRING DestinationString,
                                            PCUNICODE_STRING SourceString, size_t cbToCopy,
                                            PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCatEx(PUNICODE_STRING DestinationString,
                                        PCUNICODE_STRING SourceString,
                                        PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCatN(PUNICODE_STRING DestinationString,
                                          PCUNICODE_STRING SourceString, size_t cchToAppend);
NTSYSAPI NTSTATUS RtlUnicodeStringCchCatNEx(PUNICODE_STRING DestinationString,
                                            PCUNICODE_STRING SourceString, size_t cchToAppend,
                                            PUNICODE_STRING RemainingString, ULONG dwFlags);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCatN(PUNICODE_STRING DestinationString,
                                         PCUNICODE_STRING SourceString, size_t cbToAppend);
NTSYSAPI NTSTATUS RtlUnicodeStringCbCatNEx(PUNICODE_STRING DestinationString,
                                           PCUNICODE_STRING SourceString, size_t cbToAppend,
                                           PUNICODE_STRING RemainingString, ULONG dwFlags);

NTSYSAPI NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString,
                                         NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString,
                                          NTSTRSAFE_PCWSTR pszFormat, va_list argList);
NTSYSAPI NTSTATUS RtlUnicodeStringPrintfEx(PUNICODE_STRING DestinationString,
                                           PUNICODE_STRING RemainingString, ULONG dwFlags,
                                           NTSTRSAFE_PCWSTR pszFormat, ...);
NTSYSAPI NTSTATUS RtlUnicodeStringVPrintfEx(PUNICODE_STRING DestinationString,
                                            PUNICODE_STRING RemainingString, ULONG dwFlags,
                                            NTSTRSAFE_PCWSTR pszFormat, va_list argList);

#ifdef __cplusplus
}
#endif
