/* rtl_strsafe_wide.c - RtlString* for wide text; see rtl_strsafe_text.inc. */
#include "nt/ke/ke_api.h"
#include "nt/rtl/strsafe/rtl_strsafe.h"

#define RTL_TEXT            WCHAR
#define RTL_TEXT_IS_WIDE    true
#define RTL_TEXT_NAME(base) base##W

#include "nt/rtl/strsafe/rtl_strsafe_text.inc"

/* ---- from counted strings ---- */

static NTSTATUS rtl_strsafe_put_counted(const struct rtl_strsafe *safe, PCUNICODE_STRING source)
{
    NTSTATUS status = rtl_strsafe_counted_check(source, safe->flags & STRSAFE_IGNORE_NULLS);
    size_t length = source != NULL ? source->Length : 0;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    return rtl_strsafe_put(safe, length != 0 ? source->Buffer : L"",
                           safe->bytes ? length : length / sizeof(WCHAR));
}

NTSTATUS RtlStringCchCopyUnicodeString(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                       PCUNICODE_STRING SourceString)
{
    const struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true};

    return API(PASSIVE_LEVEL) ? rtl_strsafe_put_counted(&safe, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlStringCchCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                         PCUNICODE_STRING SourceString,
                                         NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                                         ULONG dwFlags)
{
    const struct rtl_strsafe safe = {.text = pszDest,
                                     .size = cchDest,
                                     .wide = true,
                                     .end = ppszDestEnd,
                                     .remaining = pcchRemaining,
                                     .flags = dwFlags};

    return API(PASSIVE_LEVEL) ? rtl_strsafe_put_counted(&safe, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlStringCbCopyUnicodeString(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                      PCUNICODE_STRING SourceString)
{
    const struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .wide = true};

    return API(PASSIVE_LEVEL) ? rtl_strsafe_put_counted(&safe, SourceString) : STATUS_UNSUCCESSFUL;
}

NTSTATUS RtlStringCbCopyUnicodeStringEx(NTSTRSAFE_PWSTR pszDest, size_t cbDest,
                                        PCUNICODE_STRING SourceString, NTSTRSAFE_PWSTR *ppszDestEnd,
                                        size_t *pcbRemaining, ULONG dwFlags)
{
    const struct rtl_strsafe safe = {.text = pszDest,
                                     .size = cbDest,
                                     .bytes = true,
                                     .wide = true,
                                     .end = ppszDestEnd,
                                     .remaining = pcbRemaining,
                                     .flags = dwFlags};

    return API(PASSIVE_LEVEL) ? rtl_strsafe_put_counted(&safe, SourceString) : STATUS_UNSUCCESSFUL;
}
