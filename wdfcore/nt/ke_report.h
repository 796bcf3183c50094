#pragma once
/* ke_report.h - how nt and the layers above report a violation: base's report with the processor,
 * the IRQL, the driver's call site and the callback chain filled in.
 */
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

/* ke_report_set_symbolizer: harness turns an address into "UartEvtIsr (isr.c:41)"; false: unknown.
 * is_driver: whether the address lies in a loaded driver. */
void ke_report_set_symbolizer(bool (*name)(const void *address, char *text, size_t size),
                              bool (*is_driver)(const void *address));
/* ke_report_name: the symbolizer's name, or the plain address. */
void ke_report_name(const void *address, char *text, size_t size);
