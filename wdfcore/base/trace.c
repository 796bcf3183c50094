#include "base/trace.h"

#include "base/assert.h"

const char *base_event_kind_name(enum base_event_kind kind)
{
    static const char *const names[BASE_EVENT_COUNT] = {
        [BASE_EVENT_NONE] = "none",           [BASE_EVENT_API] = "call",
        [BASE_EVENT_DPC_QUEUE] = "dpc queue", [BASE_EVENT_DPC_START] = "dpc start",
        [BASE_EVENT_DPC_END] = "dpc end",     [BASE_EVENT_ISR_START] = "isr start",
        [BASE_EVENT_ISR_END] = "isr end",     [BASE_EVENT_LINE] = "line",
        [BASE_EVENT_TIMER] = "timer",         [BASE_EVENT_SWITCH] = "switch",
        [BASE_EVENT_TURN] = "turn",           [BASE_EVENT_CALLBACK] = "callback",
        [BASE_EVENT_REQUEST] = "request",     [BASE_EVENT_COMPLETE] = "complete",
        [BASE_EVENT_POWER] = "power",         [BASE_EVENT_VIOLATION] = "violation",
    };

    CORE_ASSERT(kind < BASE_EVENT_COUNT);
    return names[kind];
}
