/* drv_wpp_trace.h - every kind of declaration that a driver traces by. */
#pragma once

#include <WppRecorder.h>
#include <evntrace.h>

#define WPP_CHECK_FOR_NULL_STRING

#define WPP_CONTROL_GUIDS                                                          \
    WPP_DEFINE_CONTROL_GUID(TraceGuid, (5bb2e1aa, 3f4e, 4a0b, 9d11, 08d2c9a4b7f1), \
                            WPP_DEFINE_BIT(FLAG_INIT) WPP_DEFINE_BIT(FLAG_IO))     \
    WPP_DEFINE_CONTROL_GUID(OtherGuid, (6cc2e1aa, 3f4e, 4a0b, 9d11, 08d2c9a4b7f1), \
                            WPP_DEFINE_BIT(FLAG_OTHER))

#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(level, flags) \
    (WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_##flags).Level >= level)

#define WPP_FLAG_LEVEL_LOGGER(flag, level)  WPP_LEVEL_FLAGS_LOGGER(level, flag)
#define WPP_FLAG_LEVEL_ENABLED(flag, level) WPP_LEVEL_FLAGS_ENABLED(level, flag)

typedef struct xstr {
    char *_buf;
    short _len;
} xstr_t;

#define WPP_LOGHEXDUMP(x) WPP_LOGPAIR(2, &((x)._len)) WPP_LOGPAIR((x)._len, (x)._buf)

/* clang-format off: what tracewpp reads */
// begin_wpp config
// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
// FUNC Trace{FLAG=FLAG_IO}(LEVEL, MSG, ...);
// FUNC TraceInner((LEVEL, FLAGS, MSG, ...));
// FUNC TraceHalf(LEVEL, FLAGS, (MSG, ...));
// FUNC TraceEntry{LEVEL=TRACE_LEVEL_VERBOSE}(FLAGS);
// USEPREFIX (TraceEntry, "%!STDPREFIX! --> %!FUNC!");
// FUNC TraceLog{LEVEL=TRACE_LEVEL_ERROR}(IFRLOG, FLAGS, MSG, ...);
// FUNC ReturnIf{LEVEL=TRACE_LEVEL_ERROR,FLAGS=FLAG_INIT}(CODE);
// USESUFFIX (ReturnIf, "failed: %!STATUS!", CODE);
// USEPREFIX (TraceNumbered, "%!STDPREFIX!#%d ", 7);
// FUNC TraceNumbered(LEVEL, FLAGS, MSG, ...);
// USESUFFIX (TraceNumbered, " [%s:%d]", "end",
//            8);
// CUSTOM_TYPE(state, ItemEnum(_DRV_STATE));
// CUSTOM_TYPE(color, ItemListLong(Red, Green, Blue));
// CUSTOM_TYPE(parts, ItemSetLong(Head, Tail, Body));
// DEFINE_CPLX_TYPE(HEXDUMP, WPP_LOGHEXDUMP, xstr_t, ItemHEXDump, "s", _HEX_, 0, 2);
// end_wpp
/* clang-format on */

/* A statement that returns, with its condition around the message. */
#define WPP_LEVEL_FLAGS_CODE_PRE(level, flags, code) \
    {                                                \
        if (!NT_SUCCESS(code)) {
#define WPP_LEVEL_FLAGS_CODE_POST(level, flags, code) \
    ;                                                 \
    return;                                           \
    }                                                 \
    }
#define WPP_LEVEL_FLAGS_CODE_LOGGER(level, flags, code)  WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_CODE_ENABLED(level, flags, code) WPP_LEVEL_FLAGS_ENABLED(level, flags)
