#pragma once
/* host_aside.h - work of ours that needs more stack than a context of the machine has. */

/* host_aside_run: run(context) on a host thread of its own, with 1 MiB of stack, and wait for it.
 * run may use nothing of the machine. Where no thread can be had it runs on the caller's stack. */
void host_aside_run(void (*run)(void *), void *context);
