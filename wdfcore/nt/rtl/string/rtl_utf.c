#include "nt/rtl/string/rtl_utf.h"

uint32_t rtl_utf16_next(const WCHAR *text, size_t length, size_t *used)
{
    uint32_t first = text[0];

    *used = 1;
    if (first < 0xD800 || first > 0xDFFF) {
        return first;
    }
    if (first < 0xDC00 && length > 1 && text[1] >= 0xDC00 && text[1] <= 0xDFFF) {
        *used = 2;
        return 0x10000 + ((first - 0xD800) << 10) + (text[1] - 0xDC00u);
    }
    return RTL_UTF_REPLACEMENT;
}

uint32_t rtl_utf8_next(const char *text, size_t length, size_t *used)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* shorter forms are invalid */
    unsigned char first = (unsigned char)text[0];
    size_t count = first < 0x80             ? 1
                   : (first & 0xE0) == 0xC0 ? 2
                   : (first & 0xF0) == 0xE0 ? 3
                   : (first & 0xF8) == 0xF0 ? 4
                                            : 0;
    uint32_t code;

    *used = 1;
    if (count == 1) {
        return first;
    }
    if (count == 0 || count > length) {
        return RTL_UTF_REPLACEMENT;
    }
    code = first & (0x7Fu >> count);
    for (size_t i = 1; i < count; i++) {
        unsigned char next = (unsigned char)text[i];

        if ((next & 0xC0) != 0x80) {
            return RTL_UTF_REPLACEMENT;
        }
        code = (code << 6) | (next & 0x3F);
    }
    if (code < least[count] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return RTL_UTF_REPLACEMENT;
    }
    *used = count;
    return code;
}

size_t rtl_utf16_put(uint32_t code, WCHAR units[2])
{
    if (code < 0x10000) {
        units[0] = (WCHAR)code;
        return 1;
    }
    units[0] = (WCHAR)(0xD800 + ((code - 0x10000) >> 10));
    units[1] = (WCHAR)(0xDC00 + ((code - 0x10000) & 0x3FF));
    return 2;
}

size_t rtl_utf8_put(uint32_t code, char units[4])
{
    if (code < 0x80) {
        units[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        units[0] = (char)(0xC0 | (code >> 6));
        units[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        units[0] = (char)(0xE0 | (code >> 12));
        units[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        units[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    units[0] = (char)(0xF0 | (code >> 18));
    units[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    units[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    units[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}
