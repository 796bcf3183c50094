#pragma once
/* ke_report.h - how nt and the layers above report a violation: base's report with the processor,
 * the IRQL, the driver's call site and the callback chain filled in.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/violation.h"

/* ke_violation: report the rule. Returns only when it was expected; the caller then refuses or goes
 * on. bugcheck, p1..p4  what Windows would raise; bugcheck 0: nothing format            what was
 * done, one sentence without a full stop */
__attribute__((format(printf, 7, 8))) void ke_violation(enum base_rule rule, uint32_t bugcheck,
                                                        uint64_t p1, uint64_t p2, uint64_t p3,
                                                        uint64_t p4, const char *format, ...);

/* ke_violation_object: the same, naming the object (one line: handle, type, name, parents). */
__attribute__((format(printf, 8, 9))) void
ke_violation_object(enum base_rule rule, uint32_t bugcheck, uint64_t p1, uint64_t p2, uint64_t p3,
                    uint64_t p4, const char *object, const char *format, ...);

/* ke_violation_tolerated: the same without a bugcheck; it returns as if it had been expected. */
__attribute__((format(printf, 3, 4))) void
ke_violation_tolerated(enum base_rule rule, const char *object, const char *format, ...);

/* How addresses become names; harness sets it. */
struct ke_symbolizer {
    /* "UartEvtIsr (isr.c:41)"; false: unknown */
    bool (*name)(const void *address, char *text, size_t size);
    /* "UartEvtIsr": the routine that holds the address; false: unknown */
    bool (*routine)(const void *address, char *text, size_t size);
    /* the address lies in a loaded driver */
    bool (*is_driver)(const void *address);
};
void ke_report_set_symbolizer(const struct ke_symbolizer *symbolizer);

/* ke_report_name/routine: the symbolizer's answer, or something plain.
 * ke_report_site: the name of a call, given its return address: what follows it may be another line. */
void ke_report_name(const void *address, char *text, size_t size);
void ke_report_site(const void *return_address, char *text, size_t size);
void ke_report_routine(const void *address, char *text, size_t size);
bool ke_report_is_driver(const void *address);
/* ke_report_caller: the innermost call of a driver on this stack, or NULL. */
const void *ke_report_caller(void);

/* ke_irql_name: "PASSIVE", "DISPATCH", "DIRQL 7", ... */
const char *ke_irql_name(uint8_t irql);

/* ke_report_start: with the machine. ke_report_no_window: the watchdog's report. */
void ke_report_start(void);
void ke_report_no_window(void *const *frames, int count);
