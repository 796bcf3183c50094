#pragma once
/* race.h - the driver race: reads wait for pulses of a device, which an ISR and a timer collect; and
 * the scenario around it. For sweeps over seeds, with the driver as it is and with its broken twins:
 *   RACE_NO_LOCK          the timer collects without the interrupt's lock
 *   RACE_NO_CANCEL_CHECK  a read that was cancelled on its way into the queue is not noticed
 *   RACE_LOST_WAKEUP      the DPC does not look again after it said that it ends
 *
 * \\.\RACE. A write of a ULONG lets the device pulse, so many nanoseconds from now. A read of a ULONG
 * waits for a pulse and gets a number, 1 for the first that was served.
 */
#define RACE_MACHINE(module) \
    .driver = (module), .model = "tworeg", .resources = "port=0x300-0x307,irq=5", .processors = 2

/* race_body: the body of the scenario. Reads are started, served and cancelled while pulses come,
 * from three tasks on two processors. Each read must end once; each pulse serves exactly one read; a
 * read for which there is no pulse ends when it is cancelled. */
void race_body(void **state);
