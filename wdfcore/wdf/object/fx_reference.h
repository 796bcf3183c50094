#pragma once
/* fx_reference.h - references that the driver took, by tag.
 * Rules for a tag:
 * - an opaque value; held as often as it was taken, each release consumes one; line and file are
 *   only for reports
 * - always tracked, here, without any configuration
 */
#include "wdf/object/fx_object.h"

/* fx_reference_report_leaks: the object is destroyed: WdfObjectReferenceLeaked for each tag that is
 * still outstanding, and forget them. */
void fx_reference_report_leaks(struct fx_object *object);

/* fx_reference_list: outstanding tags with file:line, for reports. */
void fx_reference_list(const struct fx_object *object, char *text, size_t size);

/* fx_reference_stop: forget all. */
void fx_reference_stop(void);
