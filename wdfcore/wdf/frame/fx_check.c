/* fx_check.c - the checks that many API functions begin with. */
#include "wdf/frame/fx_check.h"

#include <stdarg.h>
#include <stdio.h>

bool fx_required_missing(const char *parameter, const void *caller)
{
    fx_parameter_null(parameter, caller);
    return false;
}

bool fx_size_right(ULONG size, size_t expected, const char *structure)
{
    if (size == expected) {
        return true;
    }
    fx_violation(RULE_StructSizeWrong, FX_BUGCHECK_NONE, 0, 0, NULL,
                 "the Size of a %s is %u, not %zu", structure, (unsigned)size, expected);
    return false;
}

void fx_init_misuse(const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fx_violation(RULE_DeviceInitMisuse, FX_BUGCHECK_NONE, 0, 0, NULL, "%s", text);
}

void fx_unavailable(const struct fx_object *object, const char *api)
{
    fx_violation(RULE_ApiUnavailable, FX_BUGCHECK_NONE, 0, 0, object,
                 "%s is not available in this framework", api);
}

void fx_bad_value(const struct fx_object *object, const char *enumeration, long value)
{
    fx_violation(RULE_BadEnumValue, FX_BUGCHECK_NONE, 0, 0, object, "%ld is no %s", value,
                 enumeration);
}
