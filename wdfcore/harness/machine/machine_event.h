#pragma once
/* machine_event.h - events for applications: a KEVENT under a name of ours, on the machine's list.
 */
struct wc_machine;

/* machine_events_check: nothing waits for one any more. machine_events_free: outside, at the end.
 */
void machine_events_free(struct wc_machine *machine);
