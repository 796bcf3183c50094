/* rtl_strsafe_narrow.c - RtlString* for narrow text: which sizes, which limits; rtl_strsafe.c does
 * the work.
 */
#include "nt/ke/ke_api.h"
#include "nt/rtl/rtl_strsafe.h"

NTSTATUS RtlStringCchCopyA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCopyExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                             NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCopyNA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                            size_t cchToCopy)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToCopy);
}

NTSTATUS RtlStringCchCopyNExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                              size_t cchToCopy, NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                              ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToCopy);
}

NTSTATUS RtlStringCchCatA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCatExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                            NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCchCatNA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                           size_t cchToAppend)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToAppend);
}

NTSTATUS RtlStringCchCatNExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszSrc,
                             size_t cchToAppend, NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcchRemaining,
                             ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cchToAppend);
}

NTSTATUS RtlStringCchVPrintfA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszFormat,
                              va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCchPrintfA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PCSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cchDest};
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

NTSTATUS RtlStringCchVPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PSTR *ppszDestEnd,
                                size_t *pcchRemaining, ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat,
                                va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
                               .end = ppszDestEnd,
                               .remaining = pcchRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCchPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cchDest, NTSTRSAFE_PSTR *ppszDestEnd,
                               size_t *pcchRemaining, ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cchDest,
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

NTSTATUS RtlStringCchLengthA(NTSTRSAFE_PCSTR psz, size_t cchMax, size_t *pcchLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_length(psz, cchMax, false, false, pcchLength);
}

NTSTATUS RtlStringCbCopyA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCopyExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                            NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCopyNA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                           size_t cbToCopy)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToCopy);
}

NTSTATUS RtlStringCbCopyNExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                             size_t cbToCopy, NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                             ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToCopy);
}

NTSTATUS RtlStringCbCatA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCatExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                           NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining, ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, RTL_STRSAFE_ALL);
}

NTSTATUS RtlStringCbCatNA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                          size_t cbToAppend)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true, .append = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToAppend);
}

NTSTATUS RtlStringCbCatNExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszSrc,
                            size_t cbToAppend, NTSTRSAFE_PSTR *ppszDestEnd, size_t *pcbRemaining,
                            ULONG dwFlags)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .append = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_put(&safe, pszSrc, cbToAppend);
}

NTSTATUS RtlStringCbVPrintfA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszFormat,
                             va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCbPrintfA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PCSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest, .size = cbDest, .bytes = true};
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

NTSTATUS RtlStringCbVPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PSTR *ppszDestEnd,
                               size_t *pcbRemaining, ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat,
                               va_list argList)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
                               .end = ppszDestEnd,
                               .remaining = pcbRemaining,
                               .flags = dwFlags};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_format(&safe, pszFormat, argList);
}

NTSTATUS RtlStringCbPrintfExA(NTSTRSAFE_PSTR pszDest, size_t cbDest, NTSTRSAFE_PSTR *ppszDestEnd,
                              size_t *pcbRemaining, ULONG dwFlags, NTSTRSAFE_PCSTR pszFormat, ...)
{
    struct rtl_strsafe safe = {.text = pszDest,
                               .size = cbDest,
                               .bytes = true,
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

NTSTATUS RtlStringCbLengthA(NTSTRSAFE_PCSTR psz, size_t cbMax, size_t *pcbLength)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    return rtl_strsafe_length(psz, cbMax, true, false, pcbLength);
}
