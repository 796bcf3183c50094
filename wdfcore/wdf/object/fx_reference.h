#pragma once
/* fx_reference.h - references that the driver took, by tag.
 * Rules for a tag:
 * - an opaque value; held as often as it was taken, each release consumes one; line and file are
 *   only for reports
 * - always tracked, here, without any configuration; TrackHandles of the driver's key says whose tags
 *   reports tell of
 */
#include "wdf/object/fx_object.h"

/* fx_reference_is_told: reports tell of the object's tags. */
bool fx_reference_is_told(const struct fx_object *object);

/* fx_reference_report_leaks: the object is destroyed: WdfObjectReferenceLeaked for each tag that is
 * still outstanding, and forget them. */
void fx_reference_report_leaks(struct fx_object *object);

/* What one tag holds. Releases name no call site, so that `count` may be less than the sites' sum. */
#define FX_REFERENCE_SITES 4u

struct fx_reference_site {
    PCCH file; /* NULL: not known */
    LONG line;
    uint32_t count; /* taken there so far; 0: none */
};

struct fx_reference {
    char name[32]; /* "'UART'", "0x7", "none" */
    uint32_t count;
    struct fx_reference_site sites[FX_REFERENCE_SITES]; /* the first ones */
    bool more_sites;
};

/* fx_reference_each: call `each` for every outstanding tag of the object, in order of taking; under
 * the tree lock. */
void fx_reference_each(const struct fx_object *object,
                       void (*each)(const struct fx_reference *reference, void *context),
                       void *context);

/* fx_reference_sites: "a.c:12, b.c:9 2x" */
void fx_reference_sites(const struct fx_reference *reference, char *text, size_t size);

/* fx_reference_list: outstanding tags with file:line of the object with this handle, which need not
 * be there any more; for reports. */
void fx_reference_list(uint64_t handle, char *text, size_t size);

/* fx_reference_stop: forget all. */
void fx_reference_stop(void);
