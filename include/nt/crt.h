/* crt.h - the part of the C library that kernel code uses. Narrow and memory functions are the
 * host's. The wide ones work on 16-bit characters, so that their names are bound to functions of
 * this library here; the host's would read 32 bits a character.
 * IRQL any unless stated (the formatting ones PASSIVE_LEVEL when they convert wide text).
 *   Source   kernel-mode run-time library functions (C run-time reference of the WDK)
 */
#pragma once

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "../ntdef.h"

/* Functions of the host's, which a driver may declare once more. */
#undef isalnum
#undef isalpha
#undef iscntrl
#undef isdigit
#undef isgraph
#undef islower
#undef isprint
#undef ispunct
#undef isspace
#undef isupper
#undef isxdigit
#undef tolower
#undef toupper

#ifdef __cplusplus
extern "C" {
#endif

/* C++ wants the exception specification of the first declaration repeated. */
#ifdef __cplusplus
#define _CRT_WIDE(name) __THROW __asm__(#name) __attribute__((visibility("default")))
#else
#define _CRT_WIDE(name) __asm__(#name) __attribute__((visibility("default")))
#endif

size_t wcslen(const wchar_t *string) _CRT_WIDE(rtl_crt_wcslen);
size_t wcsnlen(const wchar_t *string, size_t maximum) _CRT_WIDE(rtl_crt_wcsnlen);
int wcscmp(const wchar_t *string1, const wchar_t *string2) _CRT_WIDE(rtl_crt_wcscmp);
int wcsncmp(const wchar_t *string1, const wchar_t *string2, size_t count)
    _CRT_WIDE(rtl_crt_wcsncmp);
wchar_t *wcscpy(wchar_t *destination, const wchar_t *source) _CRT_WIDE(rtl_crt_wcscpy);
wchar_t *wcsncpy(wchar_t *destination, const wchar_t *source, size_t count)
    _CRT_WIDE(rtl_crt_wcsncpy);
wchar_t *wcscat(wchar_t *destination, const wchar_t *source) _CRT_WIDE(rtl_crt_wcscat);
wchar_t *wcsncat(wchar_t *destination, const wchar_t *source, size_t count)
    _CRT_WIDE(rtl_crt_wcsncat);
size_t wcsspn(const wchar_t *string, const wchar_t *accept) _CRT_WIDE(rtl_crt_wcsspn);
#ifndef __cplusplus
wchar_t *wcschr(const wchar_t *string, wchar_t character) _CRT_WIDE(rtl_crt_wcschr);
wchar_t *wcsrchr(const wchar_t *string, wchar_t character) _CRT_WIDE(rtl_crt_wcsrchr);
wchar_t *wcsstr(const wchar_t *string, const wchar_t *part) _CRT_WIDE(rtl_crt_wcsstr);
#endif

/* Names the host does not have. */
NTSYSAPI int _wcsicmp(const wchar_t *string1, const wchar_t *string2);
NTSYSAPI int _wcsnicmp(const wchar_t *string1, const wchar_t *string2, size_t count);
NTSYSAPI wchar_t *_wcslwr(wchar_t *string);
NTSYSAPI wchar_t *_wcsupr(wchar_t *string);
NTSYSAPI int _stricmp(const char *string1, const char *string2);
NTSYSAPI int _strnicmp(const char *string1, const char *string2, size_t count);
NTSYSAPI char *_strlwr(char *string);
NTSYSAPI char *_strupr(char *string);

/* Formatting in Microsoft's dialect: l is 32 bits, I64, %wZ, %S.
 *   Returns  the number of characters written; -1 if it did not fit (then without terminator for
 *            the _n forms, as documented)
 */
NTSYSAPI int _snprintf(char *buffer, size_t count, const char *format, ...);
NTSYSAPI int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments);
NTSYSAPI int _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
NTSYSAPI int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments);
/* Without a bound: the buffer must be large enough. swprintf is Windows' old one, which takes no size. */
int sprintf(char *buffer, const char *format, ...) _CRT_WIDE(rtl_crt_sprintf);
int vsprintf(char *buffer, const char *format, va_list arguments) _CRT_WIDE(rtl_crt_vsprintf);
NTSYSAPI int rtl_crt_swprintf(wchar_t *buffer, const wchar_t *format, ...);
NTSYSAPI int rtl_crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments);
#define swprintf  rtl_crt_swprintf
#define vswprintf rtl_crt_vswprintf
NTSYSAPI int sprintf_s(char *buffer, size_t size, const char *format, ...);
NTSYSAPI int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments);
NTSYSAPI int swprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, ...);
NTSYSAPI int vswprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments);
/* At most count characters of size, terminated; _TRUNCATE: as many as there is room for. */
NTSYSAPI int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...);
NTSYSAPI int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format,
                          va_list arguments);
NTSYSAPI int _snwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format, ...);
NTSYSAPI int _vsnwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format,
                           va_list arguments);

/* Bounded copies. Returns 0, or EINVAL / ERANGE with an empty destination. */
typedef int errno_t;
NTSYSAPI errno_t strcpy_s(char *destination, size_t size, const char *source);
NTSYSAPI errno_t strncpy_s(char *destination, size_t size, const char *source, size_t count);
NTSYSAPI errno_t strcat_s(char *destination, size_t size, const char *source);
NTSYSAPI errno_t wcscpy_s(wchar_t *destination, size_t size, const wchar_t *source);
NTSYSAPI errno_t wcsncpy_s(wchar_t *destination, size_t size, const wchar_t *source, size_t count);
NTSYSAPI errno_t wcscat_s(wchar_t *destination, size_t size, const wchar_t *source);
NTSYSAPI errno_t memcpy_s(void *destination, size_t size, const void *source, size_t count);
NTSYSAPI errno_t memmove_s(void *destination, size_t size, const void *source, size_t count);
/* In C++ the size of an array need not be said. */
#ifdef __cplusplus
extern "C++" {
template <size_t size> inline errno_t strcpy_s(char (&destination)[size], const char *source)
{
    return strcpy_s(destination, size, source);
}
template <size_t size>
inline errno_t strncpy_s(char (&destination)[size], const char *source, size_t count)
{
    return strncpy_s(destination, size, source, count);
}
template <size_t size> inline errno_t strcat_s(char (&destination)[size], const char *source)
{
    return strcat_s(destination, size, source);
}
template <size_t size> inline errno_t wcscpy_s(wchar_t (&destination)[size], const wchar_t *source)
{
    return wcscpy_s(destination, size, source);
}
template <size_t size>
inline errno_t wcsncpy_s(wchar_t (&destination)[size], const wchar_t *source, size_t count)
{
    return wcsncpy_s(destination, size, source, count);
}
template <size_t size> inline errno_t wcscat_s(wchar_t (&destination)[size], const wchar_t *source)
{
    return wcscat_s(destination, size, source);
}
}
#endif
#ifndef _TRUNCATE
#define _TRUNCATE ((size_t)-1)
#endif

#define _byteswap_ushort(x) __builtin_bswap16(x)
#define _byteswap_ulong(x)  __builtin_bswap32(x)
#define _byteswap_uint64(x) __builtin_bswap64(x)
#define _rotl(value, shift) \
    (((unsigned int)(value) << ((shift)&31)) | ((unsigned int)(value) >> ((32 - (shift)) & 31)))
#define _rotr(value, shift) \
    (((unsigned int)(value) >> ((shift)&31)) | ((unsigned int)(value) << ((32 - (shift)) & 31)))
#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif

#ifdef __cplusplus
}
#endif
