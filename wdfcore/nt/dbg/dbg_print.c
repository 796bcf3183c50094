#include "nt/dbg/dbg_print.h"

#include "base/log.h"
#include "nt/dbg/dbg_format.h"
#include "nt/ke/ke_api.h"
#include "nt/ke/report/ke_report.h"

#define DBG_MESSAGE_MAX 512 /* bytes a call emits at most: nf-wdm-dbgprint */

/* (a) each mask is read and written whole; messages have no order with a change of the filter */
static struct {
    ULONG component[DPFLTR_ENDOFTABLE_ID];
    ULONG all;
} dbg_filter = {.all = 1u << DPFLTR_ERROR_LEVEL};

static ULONG dbg_filter_bits(ULONG level)
{
    return level < 32 ? 1u << level : level;
}

static bool dbg_filter_shows(ULONG component, ULONG level)
{
    ULONG mask = __atomic_load_n(&dbg_filter.all, __ATOMIC_RELAXED) |
                 __atomic_load_n(&dbg_filter.component[component], __ATOMIC_RELAXED);

    return (dbg_filter_bits(level) & mask) != 0;
}

void dbg_filter_set(ULONG component, ULONG mask)
{
    __atomic_store_n(&dbg_filter.component[component], mask, __ATOMIC_RELAXED);
}

void dbg_filter_set_default(ULONG mask)
{
    __atomic_store_n(&dbg_filter.all, mask, __ATOMIC_RELAXED);
}

void dbg_filter_reset(void)
{
    for (ULONG component = 0; component < DPFLTR_ENDOFTABLE_ID; component++) {
        dbg_filter_set(component, 0);
    }
    dbg_filter_set_default(1u << DPFLTR_ERROR_LEVEL);
}

/* Format and emit. What the format asks for is checked also when the filter hides the message: the
 * mistake is there whether somebody looks or not.
 */
static ULONG dbg_emit(PCCH prefix, ULONG component, ULONG level, PCCH format, va_list arguments)
{
    char text[DBG_MESSAGE_MAX + 1];
    struct dbg_output output = {.text = text, .room = DBG_MESSAGE_MAX};
    size_t prefix_length = strnlen(prefix, DBG_MESSAGE_MAX);

    if (component >= DPFLTR_ENDOFTABLE_ID) {
        return (ULONG)STATUS_INVALID_PARAMETER;
    }
    memcpy(text, prefix, prefix_length);
    output.length = prefix_length;
    dbg_format(&output, format, arguments);
    if (output.converts && ke_self->irql > PASSIVE_LEVEL) {
        ke_violation(RULE_IrqlTooHigh, 0xA, (ULONG_PTR)format, ke_self->irql, 0, 0,
                     "DbgPrint was asked to convert wide text at IRQL %u", ke_self->irql);
        return (ULONG)STATUS_SUCCESS;
    }
    if (output.floats) {
        ke_violation(RULE_BadParameter, 0, 0, 0, 0, 0,
                     "DbgPrint was given a floating conversion, which it does not support");
    }
    if (dbg_filter_shows(component, level)) {
        text[output.length < DBG_MESSAGE_MAX ? output.length : DBG_MESSAGE_MAX] = '\0';
        base_log_driver(text);
    }
    return (ULONG)STATUS_SUCCESS;
}

ULONG vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
                            va_list arglist)
{
    if (!API(HIGH_LEVEL)) {
        return (ULONG)STATUS_SUCCESS;
    }
    return dbg_emit(Prefix, ComponentId, Level, Format, arglist);
}

ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist)
{
    if (!API(HIGH_LEVEL)) {
        return (ULONG)STATUS_SUCCESS;
    }
    return dbg_emit("", ComponentId, Level, Format, arglist);
}

ULONG DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...)
{
    va_list arguments;
    ULONG status;

    if (!API(HIGH_LEVEL)) {
        return (ULONG)STATUS_SUCCESS;
    }
    va_start(arguments, Format);
    status = dbg_emit("", ComponentId, Level, Format, arguments);
    va_end(arguments);
    return status;
}

ULONG DbgPrint(PCSTR Format, ...)
{
    va_list arguments;
    ULONG status;

    if (!API(HIGH_LEVEL)) {
        return (ULONG)STATUS_SUCCESS;
    }
    va_start(arguments, Format);
    status = dbg_emit("", DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, arguments);
    va_end(arguments);
    return status;
}

ULONG DbgPrintReturnControlC(PCCH Format, ...)
{
    va_list arguments;
    ULONG status;

    if (!API(HIGH_LEVEL)) {
        return (ULONG)STATUS_SUCCESS;
    }
    va_start(arguments, Format);
    status = dbg_emit("", DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, Format, arguments);
    va_end(arguments);
    return status;
}

NTSTATUS DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ComponentId >= DPFLTR_ENDOFTABLE_ID) {
        return STATUS_INVALID_PARAMETER;
    }
    return dbg_filter_shows(ComponentId, Level) ? TRUE : FALSE;
}

NTSTATUS DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State)
{
    if (!API(HIGH_LEVEL)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ComponentId >= DPFLTR_ENDOFTABLE_ID) {
        return STATUS_INVALID_PARAMETER;
    }
    if (State) {
        __atomic_fetch_or(&dbg_filter.component[ComponentId], dbg_filter_bits(Level),
                          __ATOMIC_RELAXED);
    } else {
        __atomic_fetch_and(&dbg_filter.component[ComponentId], ~dbg_filter_bits(Level),
                           __ATOMIC_RELAXED);
    }
    return STATUS_SUCCESS;
}
