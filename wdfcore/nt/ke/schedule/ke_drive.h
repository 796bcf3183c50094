#pragma once
/* ke_drive.h - a thread of the program is a processor (host_visit): in the processor's idle context,
 * for one turn, or for a call that turns when it likes.
 */
#include <wdm.h>

#include <stdbool.h>

#include "host/host.h"

/* ke_drives: the machine was made so, with threads. */
bool ke_drives(void);
/* ke_drive_turn: interrupts, what is due and DPCs of the processor run on the calling thread, which is
 * outside. wait: not before something is there, or host_run_interrupt. Nothing while another thread
 * drives it. */
void ke_drive_turn(ULONG processor, bool wait);
/* ke_drive_call: the body runs at DISPATCH_LEVEL; the thread is outside. */
enum host_visit_result ke_drive_call(ULONG processor, void (*body)(void *), void *argument);
/* ke_drive_turn_inside: a turn from within such a body, at DISPATCH_LEVEL; nothing from a DPC or ISR. */
void ke_drive_turn_inside(bool wait);
