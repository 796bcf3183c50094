/* ke_report.c - what a violation's report says about where it happened: processor, IRQL, the
 * driver's call site, the callback chain, the last events.
 */
#include "nt/ke/report/ke_report.h"

#include <execinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "nt/ke/record/ke_last_events.h"
#include "nt/ke/report/ke_bugcheck.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_record.h"

#define MAXIMUM_FRAMES 24

static struct ke_symbolizer symbolizer;

void ke_report_set_symbolizer(const struct ke_symbolizer *set)
{
    symbolizer = *set;
}

void ke_report_name(const void *address, char *text, size_t size)
{
    if (symbolizer.name == NULL || !symbolizer.name(address, text, size)) {
        snprintf(text, size, "%p", address);
    }
}

void ke_report_site(const void *return_address, char *text, size_t size)
{
    ke_report_name((const char *)return_address - 1, text, size);
}

void ke_report_routine(const void *address, char *text, size_t size)
{
    if (address == NULL) {
        snprintf(text, size, "-");
    } else if (symbolizer.routine == NULL || !symbolizer.routine(address, text, size)) {
        snprintf(text, size, "?");
    }
}

bool ke_report_is_driver(const void *address)
{
    return symbolizer.is_driver != NULL && symbolizer.is_driver(address);
}

const void *ke_report_caller(void)
{
    void *frames[MAXIMUM_FRAMES];
    int count = backtrace(frames, MAXIMUM_FRAMES);

    for (int i = 0; i < count; i++) {
        const char *call = (const char *)frames[i] - 1;

        if (ke_report_is_driver(call)) {
            return call;
        }
    }
    return NULL;
}

const char *ke_irql_name(uint8_t irql)
{
    static const char *const names[] = {
        "PASSIVE", "APC",     "DISPATCH", "DIRQL 3",  "DIRQL 4",  "DIRQL 5", "DIRQL 6", "DIRQL 7",
        "DIRQL 8", "DIRQL 9", "DIRQL 10", "DIRQL 11", "DIRQL 12", "CLOCK",   "IPI",     "HIGH",
    };

    return irql < sizeof(names) / sizeof(names[0]) ? names[irql] : "invalid";
}

/* ---- pieces of a report ---- */

struct report_text {
    char *text;
    size_t size;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void append(struct report_text *report,
                                                         const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(report->text + report->used, report->size - report->used, format, arguments);
    va_end(arguments);
    report->used += (size_t)length < report->size - report->used ? (size_t)length
                                                                 : report->size - report->used - 1;
}

static void append_driver_frames(struct report_text *report)
{
    void *frames[MAXIMUM_FRAMES];
    int count = backtrace(frames, MAXIMUM_FRAMES);
    const char *label = "by:        ";
    char name[256];

    for (int i = 0; i < count; i++) {
        const char *call = (const char *)frames[i] - 1; /* the call, not what follows it */

        if (!ke_report_is_driver(call)) {
            continue;
        }
        ke_report_name(call, name, sizeof(name));
        append(report, "  %s%s\n", label, name);
        label = "called by: ";
    }
}

static void append_chain(struct report_text *report, const struct ke_callback *callback)
{
    const void *inner = NULL;
    char name[256];

    for (; callback != NULL; callback = callback->outer) {
        struct ke_callback shown = ke_callback_shown(callback);

        if (shown.routine != callback->routine && shown.routine == inner) {
            continue; /* the driver's routine had a frame of its own after all */
        }
        ke_report_routine(shown.routine, name, sizeof(name));
        append(report, "  in:        %s %s, entered at %s\n", shown.kind, name,
               ke_irql_name(shown.irql));
        inner = shown.routine;
    }
}

static void report_describe(char *text, size_t size)
{
    struct ke_processor *self = ke_self;
    struct report_text report = {.text = text, .size = size};

    text[0] = '\0';
    if (ke_processor_is_outside(self)) {
        append(&report, "  where:     outside the machine\n");
        return;
    }
    append(&report, "  where:     processor %u at %s, machine time %llu.%06llu s%s%s\n",
           self->number, ke_irql_name(self->irql),
           (unsigned long long)host_clock_peek(self->number) / 1000000000,
           (unsigned long long)host_clock_peek(self->number) / 1000 % 1000000,
           self->isr_depth > 0 ? ", in an ISR" : "", ke_in_dpc(self) ? ", in a DPC" : "");
    append_driver_frames(&report);
    append_chain(&report, self->chain);
    ke_last_events(text + report.used, size - report.used);
}

/* ---- reporting ---- */

static void violation_report(enum base_rule rule, uint32_t bugcheck, const uint64_t parameter[4],
                             const char *object, const char *format, va_list arguments)
{
    struct base_violation violation = {
        .rule = rule,
        .bugcheck = bugcheck,
        .parameter = {parameter[0], parameter[1], parameter[2], parameter[3]},
        .object = object,
    };
    char text[4608]; /* a list of waiting tasks is long */

    vsnprintf(text, sizeof(text), format, arguments);
    violation.text = text;
    ke_event(BASE_EVENT_VIOLATION, base_rule_name(rule), KE_ABOUT_TEXT(base_rule_name(rule)), 0);
    base_violation_report(&violation);
}

void ke_violation(enum base_rule rule, uint32_t bugcheck, uint64_t p1, uint64_t p2, uint64_t p3,
                  uint64_t p4, const char *format, ...)
{
    const uint64_t parameter[4] = {p1, p2, p3, p4};
    va_list arguments;

    va_start(arguments, format);
    violation_report(rule, bugcheck, parameter, NULL, format, arguments);
    va_end(arguments);
}

void ke_violation_object(enum base_rule rule, uint32_t bugcheck, uint64_t p1, uint64_t p2,
                         uint64_t p3, uint64_t p4, const char *object, const char *format, ...)
{
    const uint64_t parameter[4] = {p1, p2, p3, p4};
    va_list arguments;

    va_start(arguments, format);
    violation_report(rule, bugcheck, parameter, object, format, arguments);
    va_end(arguments);
}

void ke_violation_tolerated(enum base_rule rule, const char *object, const char *format, ...)
{
    struct base_violation violation = {.rule = rule, .object = object, .tolerated = true};
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    violation.text = text;
    ke_event(BASE_EVENT_VIOLATION, base_rule_name(rule), KE_ABOUT_TEXT(base_rule_name(rule)), 0);
    base_violation_report(&violation);
}

static void report_stop(void)
{
    ke_bugcheck_stopping();
    ke_machine_halt();
}

void ke_report_start(void)
{
    const struct base_violation_hooks hooks = {.describe = report_describe, .stop = report_stop};

    base_violation_set_hooks(&hooks);
}

void ke_report_no_window(void *const *frames, int count)
{
    char text[4096];
    struct report_text report = {.text = text, .size = sizeof(text)};
    char name[256];

    append(&report,
           "\nVIOLATION NoInterruptWindow: code used seconds of CPU time without calling a "
           "kernel routine (an endless loop, or a long pure computation)\n");
    for (int i = 0; i < count; i++) {
        if (ke_report_is_driver(frames[i])) {
            ke_report_name(frames[i], name, sizeof(name));
            append(&report, "  by:        %s\n", name);
        }
    }
    append(&report, "  remedy:    %s\n", base_rule_remedy(RULE_NoInterruptWindow));
    base_log_report(text);
}
