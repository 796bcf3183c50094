#pragma once
/* api_text.h - values as the public headers mean them, as text: "TRUE", "WdfIoQueueDispatchManual",
 * "STATUS_SUCCESS", "UartReadDpc" (a function of a driver), "WDFQUEUE #12", "{Size=24, ...}".
 */
#include <utstring.h>

#include "harness/api_interpose.h"

/* api_text: append a value whose bytes are copied somewhere safe. */
void api_text(UT_string *text, const struct api_type *type, const void *bytes);

/* api_number: the value as a number, signed if its type is; of a structure its first 8 bytes. */
int64_t api_number(const struct api_type *type, const void *bytes);

/* api_find_field: "EvtDpcFunc", "u.Create.Length", "Affinity.Mask" among the fields of a structure
 * and of what it holds. NULL: there is none. offset: from the structure's start. */
const struct api_field *api_find_field(const struct api_type *type, const char *path,
                                       uint32_t *offset);

/* api_type_named: a structure by its name; NULL: no function takes one. */
const struct api_type *api_type_named(const char *name);

/* api_status_text: "STATUS_SUCCESS", "0xC00000E9". */
void api_status_text(UT_string *text, uint32_t status);

/* api_handle_text: "WDFDPC #7", "NULL". */
void api_handle_text(UT_string *text, uint64_t handle);
