#pragma once
/* fx_report.h - violations of the object framework: nt's report with the object (handle, type,
 * context types, parents, who created and deleted it) and bugcheck 0x10D.
 */
#include "nt/ke/report/ke_caller.h"
#include "nt/ke/report/ke_report.h"
#include "wdf/object/fx_object.h"

/* First parameter of bugcheck 0x10D WDF_VIOLATION. */
enum fx_bugcheck {
    FX_BUGCHECK_NONE = 0, /* Windows raises nothing for certain */
    FX_BUGCHECK_RECURSIVE_LOCK = 0x2,
    FX_BUGCHECK_VERIFIER_FATAL = 0x3,
    FX_BUGCHECK_PARAMETER_NULL = 0x4,
    FX_BUGCHECK_INVALID_HANDLE = 0x5,
    FX_BUGCHECK_REQUEST = 0x6,
    FX_BUGCHECK_OBJECT = 0x7,
    FX_BUGCHECK_DMA = 0x8,
    FX_BUGCHECK_QUEUE = 0xA,
    FX_BUGCHECK_LOCK = 0xB,
    FX_BUGCHECK_PNP = 0xC,
    FX_BUGCHECK_IRQL_MISMATCH = 0xE,
    FX_BUGCHECK_CRITICAL_REGION = 0xF,
    FX_BUGCHECK_API_UNAVAILABLE = 0x10,
};

/* fx_violation: report the rule for an object (NULL: none is known). Returns only if it was
 * expected, or if Windows would not bugcheck and the object's driver has DbgBreakOnError = 0; a rule of kind REFUSE is then refused, one of kind CONTINUE gone on with.
 *   code, p2, p3  0x10D's parameters 1 to 3; FX_BUGCHECK_NONE: Windows would not bugcheck */
__attribute__((format(printf, 6, 7))) void fx_violation(enum base_rule rule, enum fx_bugcheck code,
                                                        uint64_t p2, uint64_t p3,
                                                        const struct fx_object *object,
                                                        const char *format, ...);

/* fx_parameter_null: ParameterNull, 10D/4(0, caller). Used as
 *     if (Config == NULL) { return fx_parameter_null("Config", KE_CALLER()); }
 * Returns STATUS_INVALID_PARAMETER. */
NTSTATUS fx_parameter_null(const char *parameter, const void *caller);

/* fx_object_describe: one line: "WDFDPC 0x0b..(#12) 'DPC_CONTEXT', child of WDFDEVICE .. of driver
 * uart; created at UartCreate (queue.c:33)". */
void fx_object_describe(const struct fx_object *object, char *text, size_t size);
