/* rtl_string_utf8.c - between wide text and UTF-8. What the multi-byte routines do silently these
 * report: a character that has no other form becomes U+FFFD (STATUS_SOME_NOT_MAPPED), text that does
 * not fit is cut behind the last whole character (STATUS_BUFFER_TOO_SMALL).
 */
#include "nt/ke/ke_api.h"
#include "nt/rtl/string/rtl_string.h"
#include "nt/rtl/string/rtl_utf.h"

/* A destination or a count is wanted, and a source of whole units. The parameter's position is in the
 * status. */
static NTSTATUS utf8_check(const void *destination, const ULONG *count, const void *source,
                           ULONG source_bytes, size_t unit)
{
    if (source == NULL && source_bytes != 0) {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (destination == NULL && count == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return source_bytes % unit != 0 ? STATUS_INVALID_PARAMETER_5 : STATUS_SUCCESS;
}

static NTSTATUS utf8_result(bool fits, bool maps, size_t bytes, PULONG count)
{
    if (count != NULL) {
        *count = (ULONG)bytes;
    }
    if (!fits) {
        return STATUS_BUFFER_TOO_SMALL;
    }
    return maps ? STATUS_SUCCESS : STATUS_SOME_NOT_MAPPED;
}

static bool wide_maps(const WCHAR *text, size_t length)
{
    size_t used;

    for (size_t i = 0; i < length; i += used) {
        if (rtl_utf16_next(text + i, length - i, &used) == RTL_UTF_REPLACEMENT &&
            text[i] != RTL_UTF_REPLACEMENT) {
            return false;
        }
    }
    return true;
}

static bool utf8_maps(const char *text, size_t length)
{
    size_t used;

    for (size_t i = 0; i < length; i += used) {
        if (rtl_utf8_next(text + i, length - i, &used) == RTL_UTF_REPLACEMENT && used == 1) {
            return false; /* U+FFFD itself takes three */
        }
    }
    return true;
}

NTSTATUS RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                           PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                           ULONG UnicodeStringByteCount)
{
    NTSTATUS status;
    size_t bytes;
    bool fits;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = utf8_check(UTF8StringDestination, UTF8StringActualByteCount, UnicodeStringSource,
                        UnicodeStringByteCount, sizeof(WCHAR));
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fits = rtl_wide_to_utf8(UTF8StringDestination, UTF8StringMaxByteCount, &bytes,
                            UnicodeStringSource, UnicodeStringByteCount);
    return utf8_result(fits, wide_maps(UnicodeStringSource, UnicodeStringByteCount / sizeof(WCHAR)),
                       bytes, UTF8StringActualByteCount);
}

NTSTATUS RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                           PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                           ULONG UTF8StringByteCount)
{
    NTSTATUS status;
    size_t bytes;
    bool fits;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    status = utf8_check(UnicodeStringDestination, UnicodeStringActualByteCount, UTF8StringSource,
                        UTF8StringByteCount, sizeof(CHAR));
    if (!NT_SUCCESS(status)) {
        return status;
    }
    fits = rtl_utf8_to_wide(UnicodeStringDestination, UnicodeStringMaxByteCount, &bytes,
                            UTF8StringSource, UTF8StringByteCount);
    return utf8_result(fits, utf8_maps(UTF8StringSource, UTF8StringByteCount), bytes,
                       UnicodeStringActualByteCount);
}
