/* wdfglobals.h - what the framework keeps for each driver.
 * - WdfDriverGlobals is one variable per driver module, NULL until WdfDriverCreate has succeeded
 */
#pragma once

#include <wdftypes.h>

WDF_EXTERN_C_START

#define WDF_DRIVER_GLOBALS_NAME_LEN (32)

typedef struct _WDF_DRIVER_GLOBALS {
    WDFDRIVER Driver;
    ULONG DriverFlags; /* WDF_DRIVER_INIT_FLAGS */
    ULONG DriverTag;   /* pool tag of what the framework allocates for the driver */
    CHAR DriverName[WDF_DRIVER_GLOBALS_NAME_LEN];
    BOOLEAN DisplaceDriverUnload;
} WDF_DRIVER_GLOBALS, *PWDF_DRIVER_GLOBALS;

/* Weak, so that any number of a driver's sources may define it; hidden, so that each driver has its
 * own. The framework finds it through the exported pointer, which it looks up in the module. */
extern PWDF_DRIVER_GLOBALS WdfDriverGlobals __attribute__((weak, visibility("hidden")));
PWDF_DRIVER_GLOBALS WdfDriverGlobals;
extern PWDF_DRIVER_GLOBALS *const wdfcore_driver_globals
    __attribute__((weak, visibility("default")));
PWDF_DRIVER_GLOBALS *const wdfcore_driver_globals = &WdfDriverGlobals;

WDF_EXTERN_C_END
