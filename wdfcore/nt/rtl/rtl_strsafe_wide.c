/* rtl_strsafe_wide.c - RtlString* for wide text: which sizes, which limits; rtl_strsafe.c does the
 * work.
 */
#include "nt/ke/ke_api.h"
#include "nt/rtl/rtl_strsafe.h"

NTSTATUS RtlStringCchCopyW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCopyExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                             NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCopyNW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                            size_t cchToCopy)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToCopy);
}

NTSTATUS RtlStringCchCopyNExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                              size_t cchToCopy, NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining,
                              ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToCopy);
}

NTSTATUS RtlStringCchCatW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCatExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                            NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCatNW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                           size_t cchToAppend)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToAppend);
}

NTSTATUS RtlStringCchCatNExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszSrc,
                             size_t cchToAppend, NTSTRSAFE_PWSTR *ppszDestEnd,
                             size_t *pcchRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToAppend);
}

NTSTATUS RtlStringCchVPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszFormat,
                              va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCchPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cchDest, NTSTRSAFE_PCWSTR pszFormat,
                             ...)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .wide = true};
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = rtl_strsafe_format(&safe, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS RtlStringCchVPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                                NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags,
                                NTSTRSAFE_PCWSTR pszFormat, va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCchPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cchDest,
                               NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags,
                               NTSTRSAFE_PCWSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = rtl_strsafe_format(&safe, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS RtlStringCchLengthW(NTSTRSAFE_PCWSTR psz, size_t cchMax, size_t *pcchLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_length(psz, cchMax, false, true, pcchLength);
}

NTSTATUS RtlStringCbCopyW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCopyExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                            NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCopyNW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                           size_t cbToCopy)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToCopy);
}

NTSTATUS RtlStringCbCopyNExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                             size_t cbToCopy, NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                             ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToCopy);
}

NTSTATUS RtlStringCbCatW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc)
{
    struct rtl_strsafe safe = {
        .text = pszDest, .size = cbDest, .bytes = true, .wide = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCatExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                           NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCatNW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                          size_t cbToAppend)
{
    struct rtl_strsafe safe = {
        .text = pszDest, .size = cbDest, .bytes = true, .wide = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToAppend);
}

NTSTATUS RtlStringCbCatNExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszSrc,
                            size_t cbToAppend, NTSTRSAFE_PWSTR *ppszDestEnd, size_t *pcbRemaining,
                            ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToAppend);
}

NTSTATUS RtlStringCbVPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszFormat,
                             va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .wide = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCbPrintfW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PCWSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .wide = true};
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = rtl_strsafe_format(&safe, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS RtlStringCbVPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PWSTR *ppszDestEnd,
                               size_t *pcbRemaining, ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat,
                               va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCbPrintfExW(NTSTRSAFE_PWSTR pszDest, size_t cbDest, NTSTRSAFE_PWSTR *ppszDestEnd,
                              size_t *pcbRemaining, ULONG dwFlags, NTSTRSAFE_PCWSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .wide = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};
    va_list arguments;
    NTSTATUS status;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    va_start(arguments, pszFormat);
    status = rtl_strsafe_format(&safe, pszFormat, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS RtlStringCbLengthW(NTSTRSAFE_PCWSTR psz, size_t cbMax, size_t *pcbLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_length(psz, cbMax, true, true, pcbLength);
}
