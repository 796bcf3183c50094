#pragma once
/* rtl_utf.h - between UTF-16, which wide text is, and UTF-8, which narrow text is here (the ANSI
 * and OEM code pages of the machine are 65001). What cannot be decoded becomes U+FFFD, one for each
 * unit.
 */
#include <wdm.h>

#include <stdint.h>

#define RTL_UTF_REPLACEMENT 0xFFFD

/* rtl_utf16_next: the code point at text, length > 0 units long; *used units belong to it. */
uint32_t rtl_utf16_next(const WCHAR *text, size_t length, size_t *used);
/* rtl_utf8_next: the same for bytes. */
uint32_t rtl_utf8_next(const char *text, size_t length, size_t *used);

/* rtl_utf16_put, rtl_utf8_put: the units of a code point. Returns how many. */
size_t rtl_utf16_put(uint32_t code, WCHAR units[2]);
size_t rtl_utf8_put(uint32_t code, char units[4]);
