/* rtl_crt_bounded.c - Microsoft's bounded copies (_s) and the printf forms in its dialect. The _s
 * forms leave an empty destination behind when they fail; Windows would call the invalid parameter
 * handler, which kernel code does not have.
 */
#include <wdm.h>

#include <errno.h>

#include "nt/dbg/dbg_format.h"

errno_t memcpy_s(void *destination, size_t size, const void *source, size_t count)
{
    if (count == 0) {
        return 0;
    }
    if (destination == NULL) {
        return EINVAL;
    }
    if (source == NULL || count > size) {
        memset(destination, 0, size);
        return source == NULL ? EINVAL : ERANGE;
    }
    memcpy(destination, source, count);
    return 0;
}

errno_t memmove_s(void *destination, size_t size, const void *source, size_t count)
{
    if (count == 0) {
        return 0;
    }
    if (destination == NULL || source == NULL) {
        return EINVAL;
    }
    if (count > size) {
        return ERANGE;
    }
    memmove(destination, source, count);
    return 0;
}

/* Put count units behind the used ones and a terminator; with truncate as much as fits. The unit is
 * 1 or 2 bytes long. */
static errno_t bounded(void *destination, size_t size, size_t used, const void *source,
                       size_t count, size_t unit, bool truncate)
{
    char *text = destination;
    errno_t result = 0;

    if (destination == NULL || size == 0) {
        return EINVAL;
    }
    if (source == NULL || used >= size) {
        memset(text, 0, unit);
        return EINVAL;
    }
    if (count >= size - used) {
        if (!truncate) {
            memset(text, 0, unit);
            return ERANGE;
        }
        count = size - used - 1;
        result = 80; /* STRUNCATE */
    }
    memcpy(text + used * unit, source, count * unit);
    memset(text + (used + count) * unit, 0, unit);
    return result;
}

errno_t strcpy_s(char *destination, size_t size, const char *source)
{
    return bounded(destination, size, 0, source, source == NULL ? 0 : strlen(source), 1, false);
}

errno_t strncpy_s(char *destination, size_t size, const char *source, size_t count)
{
    size_t length = source == NULL ? 0 : strnlen(source, count);

    return bounded(destination, size, 0, source, length, 1, count == _TRUNCATE);
}

errno_t strcat_s(char *destination, size_t size, const char *source)
{
    return bounded(destination, size, destination == NULL ? 0 : strnlen(destination, size), source,
                   source == NULL ? 0 : strlen(source), 1, false);
}

errno_t wcscpy_s(wchar_t *destination, size_t size, const wchar_t *source)
{
    return bounded(destination, size, 0, source, source == NULL ? 0 : wcslen(source),
                   sizeof(wchar_t), false);
}

errno_t wcsncpy_s(wchar_t *destination, size_t size, const wchar_t *source, size_t count)
{
    size_t length = source == NULL ? 0 : wcsnlen(source, count);

    return bounded(destination, size, 0, source, length, sizeof(wchar_t), count == _TRUNCATE);
}

errno_t wcscat_s(wchar_t *destination, size_t size, const wchar_t *source)
{
    return bounded(destination, size, destination == NULL ? 0 : wcsnlen(destination, size), source,
                   source == NULL ? 0 : wcslen(source), sizeof(wchar_t), false);
}

/* The _n forms terminate only if there is room, and return -1 when the text was cut. */
static int format_cut(void *buffer, size_t count, bool wide, const void *format, va_list arguments)
{
    struct dbg_output output = {.text = buffer, .room = count, .wide = wide};

    dbg_format(&output, format, arguments);
    if (output.length >= count) {
        return output.length == count ? (int)count : -1;
    }
    memset((char *)buffer + output.length * (wide ? sizeof(WCHAR) : 1), 0,
           wide ? sizeof(WCHAR) : 1);
    return (int)output.length;
}

/* The _s forms write all or nothing. */
static int format_whole(void *buffer, size_t size, bool wide, const void *format, va_list arguments)
{
    size_t unit = wide ? sizeof(WCHAR) : 1;
    struct dbg_output output = {.text = buffer, .room = size, .wide = wide};

    if (buffer == NULL || size == 0) {
        return -1;
    }
    dbg_format(&output, format, arguments);
    if (output.length >= size) {
        memset(buffer, 0, unit);
        return -1;
    }
    memset((char *)buffer + output.length * unit, 0, unit);
    return (int)output.length;
}

/* At most count characters, then the terminator. What is cut is told, and allowed if count says so: by its
 * value, or as _TRUNCATE; else nothing is written. */
static int format_counted(void *buffer, size_t size, size_t count, bool wide, const void *format,
                          va_list arguments)
{
    size_t unit = wide ? sizeof(WCHAR) : 1;
    size_t limit = count < size ? count : size - 1;
    struct dbg_output output = {.text = buffer, .room = limit, .wide = wide};

    if (buffer == NULL || size == 0) {
        return buffer == NULL && size == 0 && count == 0 ? 0 : -1;
    }
    dbg_format(&output, format, arguments);
    if (output.length <= limit) {
        memset((char *)buffer + output.length * unit, 0, unit);
        return (int)output.length;
    }
    if (count != _TRUNCATE && count >= size) {
        limit = 0;
    }
    memset((char *)buffer + limit * unit, 0, unit);
    return -1;
}

int _vsnprintf(char *buffer, size_t count, const char *format, va_list arguments)
{
    return format_cut(buffer, count, false, format, arguments);
}

int _vsnwprintf(wchar_t *buffer, size_t count, const wchar_t *format, va_list arguments)
{
    return format_cut(buffer, count, true, format, arguments);
}

/* The driver says that it fits. */
#define UNBOUNDED ((size_t)0x7fffffff)

int vsprintf(char *buffer, const char *format, va_list arguments)
{
    return format_whole(buffer, UNBOUNDED, false, format, arguments);
}

int sprintf(char *buffer, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_whole(buffer, UNBOUNDED, false, format, arguments);
    va_end(arguments);
    return length;
}

int rtl_crt_vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments)
{
    return format_whole(buffer, UNBOUNDED, true, format, arguments);
}

int rtl_crt_swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_whole(buffer, UNBOUNDED, true, format, arguments);
    va_end(arguments);
    return length;
}

int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
    return format_whole(buffer, size, false, format, arguments);
}

int vswprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
    return format_whole(buffer, size, true, format, arguments);
}

int _snprintf(char *buffer, size_t count, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_cut(buffer, count, false, format, arguments);
    va_end(arguments);
    return length;
}

int _snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_cut(buffer, count, true, format, arguments);
    va_end(arguments);
    return length;
}

int sprintf_s(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_whole(buffer, size, false, format, arguments);
    va_end(arguments);
    return length;
}

int swprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_whole(buffer, size, true, format, arguments);
    va_end(arguments);
    return length;
}

int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list arguments)
{
    return format_counted(buffer, size, count, false, format, arguments);
}

int _vsnwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format,
                  va_list arguments)
{
    return format_counted(buffer, size, count, true, format, arguments);
}

int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_counted(buffer, size, count, false, format, arguments);
    va_end(arguments);
    return length;
}

int _snwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = format_counted(buffer, size, count, true, format, arguments);
    va_end(arguments);
    return length;
}
