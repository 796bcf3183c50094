/* fx_driver_api.c - what a driver asks its WDFDRIVER. */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "wdf/frame/fx_check.h"
#include "wdf/device/fx_driver.h"
#include "wdf/object/data/fx_string.h"

#define FX_MAJOR_VERSION 1u
#define FX_MINOR_VERSION 33u
#define FX_BUILD_NUMBER  0u

PDRIVER_OBJECT WdfDriverWdmGetDriverObject(WDFDRIVER Driver)
{
    struct fx_driver *driver;

    if (!API(DISPATCH_LEVEL) || (driver = fx_handle_get(Driver, FX_TYPE_DRIVER)) == NULL) {
        return NULL;
    }
    return driver->wdm;
}

WDFDRIVER WdfWdmDriverGetWdfDriverHandle(PDRIVER_OBJECT DriverObject)
{
    struct fx_driver *driver;

    if (!API_QUIET(HIGH_LEVEL) || !fx_required(DriverObject)) {
        return NULL;
    }
    driver = fx_driver_of(DriverObject);
    return driver != NULL ? fx_driver_handle(driver) : NULL;
}

PWSTR WdfDriverGetRegistryPath(WDFDRIVER Driver)
{
    struct fx_driver *driver;

    if (!API(PASSIVE_LEVEL) || (driver = fx_handle_get(Driver, FX_TYPE_DRIVER)) == NULL) {
        return NULL;
    }
    return driver->registry_path.Buffer;
}

NTSTATUS WdfDriverRetrieveVersionString(WDFDRIVER Driver, WDFSTRING String)
{
    WCHAR text[64];
    char narrow[64];
    UNICODE_STRING version = {.Buffer = text};

    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    struct fx_string *string;

    if (fx_handle_get(Driver, FX_TYPE_DRIVER) == NULL ||
        (string = fx_handle_get(String, FX_TYPE_STRING)) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    snprintf(narrow, sizeof(narrow), "Kernel Mode Driver Framework version %u.%u.%u",
             FX_MAJOR_VERSION, FX_MINOR_VERSION, FX_BUILD_NUMBER);
    for (size_t i = 0; narrow[i] != '\0'; i++) {
        text[i] = (WCHAR)narrow[i];
        version.Length += sizeof(WCHAR);
    }
    version.MaximumLength = version.Length;
    return fx_string_assign(string, &version);
}

BOOLEAN WdfDriverIsVersionAvailable(WDFDRIVER Driver,
                                    PWDF_DRIVER_VERSION_AVAILABLE_PARAMS VersionAvailableParams)
{
    if (!API(PASSIVE_LEVEL) || fx_handle_get(Driver, FX_TYPE_DRIVER) == NULL ||
        !fx_required(VersionAvailableParams) ||
        !fx_size_right(VersionAvailableParams->Size, sizeof(*VersionAvailableParams),
                       "WDF_DRIVER_VERSION_AVAILABLE_PARAMS")) {
        return FALSE;
    }
    return VersionAvailableParams->MajorVersion == FX_MAJOR_VERSION &&
           VersionAvailableParams->MinorVersion <= FX_MINOR_VERSION;
}

NTSTATUS WdfDriverRegisterTraceInfo(PDRIVER_OBJECT DriverObject,
                                    PFN_WDF_TRACE_CALLBACK EvtTraceCallback, PVOID ControlBlock)
{
    if (!API(PASSIVE_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS WdfDriverErrorReportApiMissing(WDFDRIVER Driver, PCWSTR FrameworkExtensionName,
                                        ULONG ApiIndex, BOOLEAN DoesApiReturnNtstatus)
{
    if (!API(HIGH_LEVEL) || fx_handle_get(Driver, FX_TYPE_DRIVER) == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    /* Only where no status can tell does Windows raise a bug check. */
    fx_violation(RULE_ApiUnavailable,
                 DoesApiReturnNtstatus ? FX_BUGCHECK_NONE : FX_BUGCHECK_API_UNAVAILABLE,
                 (uint64_t)(uintptr_t)Driver, (uint64_t)(uintptr_t)FrameworkExtensionName, NULL,
                 "the framework's function %u is not available", (unsigned)ApiIndex);
    return STATUS_NOT_IMPLEMENTED;
}
