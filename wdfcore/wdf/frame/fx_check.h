#pragma once
/* fx_check.h - the checks that many API functions begin with, after API() and the handle. Each
 * reports its violation and returns false when the call has to be refused.
 */
#include "wdf/frame/fx_report.h"

/* fx_required: ParameterNull if the pointer is NULL. Only directly in an API function. */
#define fx_required(pointer) ((pointer) != NULL || fx_required_missing(#pointer, KE_CALLER()))
bool fx_required_missing(const char *parameter, const void *caller);

/* fx_size_right: StructSizeWrong unless a structure's Size is what it has to be; for functions that
 * return nothing (others return STATUS_INFO_LENGTH_MISMATCH). */
bool fx_size_right(ULONG size, size_t expected, const char *structure);

/* fx_init_misuse: DeviceInitMisuse; the call has no effect. */
__attribute__((format(printf, 1, 2))) void fx_init_misuse(const char *format, ...);

/* fx_unavailable: ApiUnavailable, for a function that is not built and returns no status. */
void fx_unavailable(const struct fx_object *object, const char *api);

/* fx_bad_value: BadEnumValue: a value that is none of its enumeration; the call has no effect. */
void fx_bad_value(const struct fx_object *object, const char *enumeration, long value);
