/* wpp.h - software tracing (WPP) as the source of a driver uses it, without tracewpp.
 * How the parts meet:
 * - the build makes the file x.tmh that a source includes (wdf_wpp_files.cmake): a macro for each trace
 *   function that the driver's begin_wpp blocks declare, and this header before them
 * - a message is formatted where it is sent, and printed beside DbgPrint's; whether it is sent is for
 *   the driver's own macros to say (WPP_LEVEL_FLAGS_ENABLED), from the levels and flags kept here
 * - those are all off until WPP_INIT_TRACING, and then as the machine's tracing was asked for
 *   (wc_machine_config.wpp, `wdf run --wpp`)
 * Included through a .tmh only, behind WPP_CONTROL_GUIDS. Names with wdfcore belong to the macros.
 *   Source   wpp-software-tracing, wpp-init-tracing, wpp-cleanup, adding-conditions-to-trace-functions
 */
#pragma once

#include "../evntrace.h"
#include "device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A control GUID while the driver runs: what its conditions look at. Logger is not 0 between
 * WPP_INIT_TRACING and WPP_CLEANUP. The fields of the recorder are there for conditions that name
 * them. */
typedef struct _WPP_TRACE_CONTROL_BLOCK {
    UINT64 Logger;
    PVOID AutoLogContext;
    USHORT AutoLogVerboseEnabled;
    USHORT AutoLogAttachToMiniDump;
    UCHAR FlagsLen;
    UCHAR Level;
    ULONG Flags[1];
} WPP_TRACE_CONTROL_BLOCK, *PWPP_TRACE_CONTROL_BLOCK;

typedef struct _WPP_PROJECT_CONTROL_BLOCK {
    WPP_TRACE_CONTROL_BLOCK Control;
} WPP_PROJECT_CONTROL_BLOCK;

/* A control GUID as its macro says it. */
struct wdfcore_wpp_provider {
    PCSTR name;
    PCSTR guid;  /* "(8 hex,4 hex,...)" */
    PCSTR flags; /* names, each with a blank behind it, from bit 0 */
};

/* A type of the driver's own for %!name!: CUSTOM_TYPE and DEFINE_CPLX_TYPE. The last has no name. */
enum wdfcore_wpp_kind {
    WDFCORE_WPP_NUMBER,  /* an enumeration: its number */
    WDFCORE_WPP_LIST,    /* names by value, from 0 */
    WDFCORE_WPP_SET,     /* names by bit, from 0 */
    WDFCORE_WPP_HEXDUMP, /* struct { char *; short; } by value */
};
struct wdfcore_wpp_type {
    PCSTR name;
    enum wdfcore_wpp_kind kind;
    PCSTR items; /* names, separated by commas */
};

/* Where a message comes from. */
struct wdfcore_wpp_site {
    const struct wdfcore_wpp_type *types;
    PCSTR level, flags; /* as the call, or its trace function, writes them */
    PCSTR function, file;
    ULONG line;
};

/* wdfcore_wpp_start, _stop: WPP_INIT_TRACING and WPP_CLEANUP.
 *   blocks   one a provider, storage of the driver's; start again after stop only
 *   IRQL     PASSIVE_LEVEL
 *   Breaks   WppNotCleanedUp (reported when the driver is unloaded), WppInitializedTwice
 */
NTKERNELAPI VOID wdfcore_wpp_start(WPP_PROJECT_CONTROL_BLOCK *blocks,
                                   const struct wdfcore_wpp_provider *providers, ULONG count,
                                   PDRIVER_OBJECT driver);
NTKERNELAPI VOID wdfcore_wpp_stop(WPP_PROJECT_CONTROL_BLOCK *blocks);

/* wdfcore_wpp_message: one message; its conditions have been asked.
 *   logger   WPP_TRACE_CONTROL_BLOCK.Logger; 0: tracing is not initialized, nothing is printed
 *   format   DbgPrint's dialect and %!NAME!
 *   IRQL     any
 */
NTKERNELAPI VOID wdfcore_wpp_message(UINT64 logger, const struct wdfcore_wpp_site *site,
                                     PCSTR format, ...);

#ifdef __cplusplus
}
#endif

/* For the macros of trace functions. */
#define WDFCORE_WPP_SITE(Level, Flags)                                      \
    ({                                                                      \
        static const struct wdfcore_wpp_site wdfcore_site = {               \
            wdfcore_wpp_types, Level, Flags, __func__, __FILE__, __LINE__}; \
        &wdfcore_site;                                                      \
    })
#define WDFCORE_WPP_REST(...)      __VA_ARGS__
#define WDFCORE_WPP_OPENED(f, ...) f(__VA_ARGS__)

/* A bit is the number of its provider, and its own number from 1. */
#define WPP_CTRL_NO(bit) ((bit) >> 16)
#define WPP_FLAG_NO(bit) ((0xFFFF & ((bit)-1)) / 32)
#define WPP_MASK(bit)    (1u << (31 & ((bit)-1)))
#define WPP_CONTROL(bit) (WPP_CB[WPP_CTRL_NO(bit)].Control)
#define WPP_CB           wdfcore_wpp_control

#ifdef WPP_CONTROL_GUIDS

#define WPP_DEFINE_BIT(Name)
#define WPP_DEFINE_CONTROL_GUID(Name, Guid, Bits) WPP_CTL_##Name,
enum WPP_CTL_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_CTL };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

#define WPP_DEFINE_BIT(Name) WPP_BIT_##Name,
#define WPP_DEFINE_CONTROL_GUID(Name, Guid, Bits) \
    WPP_BLOCK_START_##Name = WPP_CTL_##Name * 0x10000, Bits WPP_BLOCK_END_##Name,
enum WPP_DEFINE_BIT_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_BIT };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

#define WPP_DEFINE_BIT(Name)                      #Name " "
#define WPP_DEFINE_CONTROL_GUID(Name, Guid, Bits) {#Name, #Guid, "" Bits},
__attribute__((unused)) static const struct wdfcore_wpp_provider wdfcore_wpp_providers[] = {
    WPP_CONTROL_GUIDS};
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

/* One for the whole driver, whichever of its sources are traced. */
__attribute__((weak, visibility("hidden"))) WPP_PROJECT_CONTROL_BLOCK WPP_CB[WPP_LAST_CTL];

#define WPP_INIT_TRACING(DriverObject, RegistryPath)                                      \
    ((void)(RegistryPath), wdfcore_wpp_start(WPP_CB, wdfcore_wpp_providers, WPP_LAST_CTL, \
                                             (PDRIVER_OBJECT)(DriverObject)))
/* For Windows 2000, which had no other way to tell a driver its levels. */
#define WPP_SYSTEMCONTROL(DriverObject)          ((void)(DriverObject))
#define WPP_SYSTEMCONTROL2(DriverObject, Offset) ((void)(DriverObject), (void)(Offset))
#define WPP_CLEANUP(DriverObject)                ((void)(DriverObject), wdfcore_wpp_stop(WPP_CB))

#endif

/* Conditions that a driver may leave to us. In DoTraceMessage(FLAG, ...) the flag is called LEVEL. */
#ifndef WPP_ENABLED
#define WPP_ENABLED() (WPP_CB[0].Control.Level != 0)
#endif
#ifndef WPP_LOGGER
#define WPP_LOGGER() WPP_CB[0].Control.Logger,
#endif
#ifndef WPP_LEVEL_ENABLED
#define WPP_LEVEL_ENABLED(LEVEL)                                         \
    ((WPP_CONTROL(WPP_BIT_##LEVEL).Flags[WPP_FLAG_NO(WPP_BIT_##LEVEL)] & \
      WPP_MASK(WPP_BIT_##LEVEL)) != 0)
#endif
#ifndef WPP_LEVEL_LOGGER
#define WPP_LEVEL_LOGGER(LEVEL) (WPP_CONTROL(WPP_BIT_##LEVEL).Logger),
#endif
#ifndef WPP_FLAG_ENABLED
#define WPP_FLAG_ENABLED(FLAG)                                         \
    ((WPP_CONTROL(WPP_BIT_##FLAG).Flags[WPP_FLAG_NO(WPP_BIT_##FLAG)] & \
      WPP_MASK(WPP_BIT_##FLAG)) != 0)
#endif
#ifndef WPP_FLAG_LOGGER
#define WPP_FLAG_LOGGER(FLAG) (WPP_CONTROL(WPP_BIT_##FLAG).Logger),
#endif
#ifndef WPP_FLAGS_ENABLED
#define WPP_FLAGS_ENABLED(FLAGS) WPP_FLAG_ENABLED(FLAGS)
#endif
#ifndef WPP_FLAGS_LOGGER
#define WPP_FLAGS_LOGGER(FLAGS) WPP_FLAG_LOGGER(FLAGS)
#endif
