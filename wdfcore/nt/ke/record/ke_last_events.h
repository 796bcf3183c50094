#pragma once
/* ke_last_events.h - the flight rings of all processors as text, for reports.
 * With threads a task that owns no processor has a ring of its own: these are looked at, too.
 */
#include <stddef.h>

/* ke_last_events: what happened last, merged by time, oldest first: on the calling processor, whose
 * lines are marked, and as many events of all others. "" outside the machine. No lock is held.
 *   Each time is the one that the processor had seen last: events of two processors that are close
 *   to each other may stand in the wrong order, those of one never do. */
void ke_last_events(char *text, size_t size);
