#pragma once
/* ke_timer.h - KTIMER, the clock tick, and the delivery of what is due.
 * Rules for a KTIMER:
 * - armed on the wheel of ke_due.h through its DueTime and TimerListEntry
 * - at expiry, in this order: off the wheel; signaled; waiters; armed again if periodic; DPC queued
 */
#include <wdm.h>

#include <stdint.h>

#include "nt/ke/ke_processor.h"

/* ke_time_deliver: posts from the loop, then everything that is due. At a window. */
void ke_time_deliver(struct ke_processor *self);
/* ke_tick_request: at the next clock tick deferred DPCs are drained, also on busy processors. */
void ke_tick_request(void);
/* ke_timer_in_range: an armed timer inside this memory, or NULL. */
PKTIMER ke_timer_in_range(const void *start, SIZE_T size);
/* ke_timer_of_code: an armed timer whose DPC's routine lies there, or NULL. */
PKTIMER ke_timer_of_code(const void *start, SIZE_T size);
/* ke_timers_shift_absolute: the system's clock was set on by so much. */
void ke_timers_shift_absolute(int64_t shift_100ns);
/* ke_timer_set/cancel: KeSetTimerEx and KeCancelTimer without the API test; due is machine time. */
BOOLEAN ke_timer_set(PKTIMER timer, ULONGLONG due_100ns, LONG period_ms, PKDPC dpc);
BOOLEAN ke_timer_cancel(PKTIMER timer);
