#pragma once
/* wpp_message.h - the text of a trace message. */
#include <nt/wpp.h>

#include "nt/dbg/dbg_format.h"

/* What %!name! looks at: dbg_output.context. */
struct wpp_message {
    const struct wdfcore_wpp_site *site;
    const char *driver;
};

/* wpp_put_named: the conversions by name of trace messages; a dbg_named. */
dbg_named wpp_put_named;
