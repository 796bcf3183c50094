#include "nt/wpp/wpp_message.h"

#include <string.h>

#include "base/log.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"
#include "nt/wpp/wpp_control.h"

#define WPP_MESSAGE_MAX 1024 /* bytes of a line */

VOID wdfcore_wpp_message(UINT64 logger, const struct wdfcore_wpp_site *site, PCSTR format, ...)
{
    const struct wpp_tracer *tracer = (const struct wpp_tracer *)(ULONG_PTR)logger;
    char text[WPP_MESSAGE_MAX + 2];
    struct wpp_message message = {.site = site};
    struct dbg_output output = {
        .text = text, .room = WPP_MESSAGE_MAX, .named = wpp_put_named, .context = &message};
    va_list arguments;
    size_t length;

    if (!API(HIGH_LEVEL) || tracer == NULL) {
        return;
    }
    message.driver = tracer->name;
    va_start(arguments, format);
    dbg_format(&output, format, arguments);
    va_end(arguments);
    /* A message is a line, whether its format ends in one or not. */
    length = output.length < WPP_MESSAGE_MAX ? output.length : WPP_MESSAGE_MAX;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    text[length] = '\n';
    text[length + 1] = '\0';
    base_log_driver(text);
}
