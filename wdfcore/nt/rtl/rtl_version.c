/* rtl_version.c - the system that drivers see: Windows 11, 10.0.22621, a workstation. */
#include <ntddk.h>

#include "nt/ke/ke_api.h"

#define VERSION_MAJOR 10
#define VERSION_MINOR 0
#define VERSION_BUILD 22621

#define WDM_VERSION_MAJOR 6 /* the last one that has a number of its own */
#define WDM_VERSION_MINOR 0

#define CONDITION_BITS 3 /* of a condition mask, for each kind of test */

static ULONG safe_boot_mode; /* no */
PULONG InitSafeBootMode = &safe_boot_mode;

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    ULONG size = lpVersionInformation->dwOSVersionInfoSize;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    lpVersionInformation->dwMajorVersion = VERSION_MAJOR;
    lpVersionInformation->dwMinorVersion = VERSION_MINOR;
    lpVersionInformation->dwBuildNumber = VERSION_BUILD;
    lpVersionInformation->dwPlatformId = VER_PLATFORM_WIN32_NT;
    lpVersionInformation->szCSDVersion[0] = 0;
    if (size == sizeof(RTL_OSVERSIONINFOEXW)) {
        PRTL_OSVERSIONINFOEXW extended = (PRTL_OSVERSIONINFOEXW)lpVersionInformation;

        extended->wServicePackMajor = 0;
        extended->wServicePackMinor = 0;
        extended->wSuiteMask = 0;
        extended->wProductType = VER_NT_WORKSTATION;
    }
    return STATUS_SUCCESS;
}

BOOLEAN PsGetVersion(PULONG MajorVersion, PULONG MinorVersion, PULONG BuildNumber,
                     PUNICODE_STRING CSDVersion)
{
    if (!API(HIGH_LEVEL)) {
        return FALSE;
    }
    if (MajorVersion != NULL) {
        *MajorVersion = VERSION_MAJOR;
    }
    if (MinorVersion != NULL) {
        *MinorVersion = VERSION_MINOR;
    }
    if (BuildNumber != NULL) {
        *BuildNumber = VERSION_BUILD;
    }
    if (CSDVersion != NULL) {
        CSDVersion->Length = 0;
    }
    return FALSE; /* TRUE would mean a checked build of the system */
}

BOOLEAN RtlIsNtDdiVersionAvailable(ULONG Version)
{
    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    return (Version & 0xFF) == 0 && Version <= NTDDI_WIN10; /* a service pack is no version */
}

BOOLEAN RtlIsServicePackVersionInstalled(ULONG Version)
{
    if (!API(PASSIVE_LEVEL)) {
        return FALSE;
    }
    return Version <= NTDDI_WIN10_NI && (Version & 0xFFFF0000) == NTDDI_WIN10;
}

ULONGLONG VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition)
{
    for (ULONG kind = 0; kind < 8; kind++) {
        if ((TypeMask & (1u << kind)) != 0) {
            ConditionMask |= (ULONGLONG)(Condition & 7) << (kind * CONDITION_BITS);
        }
    }
    return ConditionMask | 1ull << 63; /* not an empty mask any more */
}

static int order(ULONG wanted, ULONG is)
{
    return (is > wanted) - (is < wanted);
}

static BOOLEAN satisfies(int difference, ULONG condition)
{
    switch (condition) {
    case VER_EQUAL:
        return difference == 0;
    case VER_GREATER:
        return difference > 0;
    case VER_GREATER_EQUAL:
        return difference >= 0;
    case VER_LESS:
        return difference < 0;
    case VER_LESS_EQUAL:
        return difference <= 0;
    default:
        return FALSE;
    }
}

/* Major, minor and build are one number with three digits: the highest that is tested and differs
 * decides, by the condition of the highest tested. */
NTSTATUS RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                              ULONGLONG ConditionMask)
{
    const struct {
        ULONG type, wanted, is;
    } parts[] = {{VER_MAJORVERSION, VersionInfo->dwMajorVersion, VERSION_MAJOR},
                 {VER_MINORVERSION, VersionInfo->dwMinorVersion, VERSION_MINOR},
                 {VER_BUILDNUMBER, VersionInfo->dwBuildNumber, VERSION_BUILD}};
    ULONG condition = 0;
    int difference = 0;

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_UNSUCCESSFUL;
    }
    for (size_t i = 0; i < ARRAYSIZE(parts); i++) {
        if ((TypeMask & parts[i].type) == 0) {
            continue;
        }
        if (condition == 0) {
            condition =
                (ULONG)(ConditionMask >> ((ULONG)__builtin_ctz(parts[i].type) * CONDITION_BITS)) &
                7;
        }
        if (difference == 0) {
            difference = order(parts[i].wanted, parts[i].is);
        }
    }
    if (condition == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    return satisfies(difference, condition) ? STATUS_SUCCESS : STATUS_REVISION_MISMATCH;
}

BOOLEAN IoIsWdmVersionAvailable(UCHAR MajorVersion, UCHAR MinorVersion)
{
    return API(PASSIVE_LEVEL) &&
           (MajorVersion < WDM_VERSION_MAJOR ||
            (MajorVersion == WDM_VERSION_MAJOR && MinorVersion <= WDM_VERSION_MINOR));
}
