/* rtl_crt.c - the C library's routines for 16-bit characters, and Microsoft's own. */
#include "nt/rtl/string/rtl_case.h"
#include "nt/rtl/string/rtl_string.h"

size_t wcslen(const wchar_t *string)
{
    return rtl_wide_length(string);
}

size_t wcsnlen(const wchar_t *string, size_t maximum)
{
    size_t length = 0;

    while (length < maximum && string[length] != 0) {
        length++;
    }
    return length;
}

static int compare(const wchar_t *left, const wchar_t *right, size_t count, bool fold)
{
    for (; count > 0; left++, right++, count--) {
        int a = fold ? rtl_downcase(*left) : *left;
        int b = fold ? rtl_downcase(*right) : *right;

        if (a != b || a == 0) {
            return a - b;
        }
    }
    return 0;
}

int wcscmp(const wchar_t *string1, const wchar_t *string2)
{
    return compare(string1, string2, (size_t)-1, false);
}

int wcsncmp(const wchar_t *string1, const wchar_t *string2, size_t count)
{
    return compare(string1, string2, count, false);
}

int _wcsicmp(const wchar_t *string1, const wchar_t *string2)
{
    return compare(string1, string2, (size_t)-1, true);
}

int _wcsnicmp(const wchar_t *string1, const wchar_t *string2, size_t count)
{
    return compare(string1, string2, count, true);
}

wchar_t *wcscpy(wchar_t *destination, const wchar_t *source)
{
    memcpy(destination, source, (wcslen(source) + 1) * sizeof(wchar_t));
    return destination;
}

wchar_t *wcsncpy(wchar_t *destination, const wchar_t *source, size_t count)
{
    size_t length = wcsnlen(source, count);

    memcpy(destination, source, length * sizeof(wchar_t));
    memset(destination + length, 0, (count - length) * sizeof(wchar_t));
    return destination;
}

wchar_t *wcscat(wchar_t *destination, const wchar_t *source)
{
    wcscpy(destination + wcslen(destination), source);
    return destination;
}

wchar_t *wcsncat(wchar_t *destination, const wchar_t *source, size_t count)
{
    wchar_t *end = destination + wcslen(destination);
    size_t length = wcsnlen(source, count);

    memcpy(end, source, length * sizeof(wchar_t));
    end[length] = 0;
    return destination;
}

wchar_t *wcschr(const wchar_t *string, wchar_t character)
{
    while (*string != character) {
        if (*string++ == 0) {
            return NULL;
        }
    }
    return (wchar_t *)string;
}

wchar_t *wcsrchr(const wchar_t *string, wchar_t character)
{
    for (size_t i = wcslen(string) + 1; i > 0; i--) {
        if (string[i - 1] == character) {
            return (wchar_t *)string + i - 1;
        }
    }
    return NULL;
}

wchar_t *wcsstr(const wchar_t *string, const wchar_t *part)
{
    size_t length = wcslen(part);

    for (;; string++) {
        if (wcsncmp(string, part, length) == 0) {
            return (wchar_t *)string;
        }
        if (*string == 0) {
            return NULL;
        }
    }
}

size_t wcsspn(const wchar_t *string, const wchar_t *accept)
{
    size_t length = 0;

    while (string[length] != 0 && wcschr(accept, string[length]) != NULL) {
        length++;
    }
    return length;
}

wchar_t *_wcslwr(wchar_t *string)
{
    for (wchar_t *unit = string; *unit != 0; unit++) {
        *unit = rtl_downcase(*unit);
    }
    return string;
}

wchar_t *_wcsupr(wchar_t *string)
{
    for (wchar_t *unit = string; *unit != 0; unit++) {
        *unit = rtl_upcase(*unit);
    }
    return string;
}

static int lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

int _strnicmp(const char *string1, const char *string2, size_t count)
{
    for (; count > 0; string1++, string2++, count--) {
        int difference = lower((unsigned char)*string1) - lower((unsigned char)*string2);

        if (difference != 0 || *string1 == '\0') {
            return difference;
        }
    }
    return 0;
}

int _stricmp(const char *string1, const char *string2)
{
    return _strnicmp(string1, string2, (size_t)-1);
}

char *_strlwr(char *string)
{
    for (char *byte = string; *byte != '\0'; byte++) {
        *byte = (char)lower((unsigned char)*byte);
    }
    return string;
}

char *_strupr(char *string)
{
    for (char *byte = string; *byte != '\0'; byte++) {
        *byte = *byte >= 'a' && *byte <= 'z' ? (char)(*byte - 32) : *byte;
    }
    return string;
}
