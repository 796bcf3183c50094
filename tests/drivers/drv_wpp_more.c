/* drv_wpp_more.c - a second traced source of the driver, whose trace function the project declares. */
#include <ntddk.h>

#include "drv_wpp_trace.h"
#include "trace\drv_wpp_more.tmh"

VOID TraceMore(VOID);

VOID TraceMore(VOID)
{
    TraceProject(TRACE_LEVEL_INFORMATION, FLAG_OTHER, "more %!FILE!");
}
