#pragma once
/* barrier.h - a barrier that one thread has all others pass, so that they need none of their own.
 *
 * Two contexts that each store a word and then look at the other's need a full barrier between the two, or
 * both may miss what the other did. Where one of them does it all the time and the other seldom, the
 * seldom one stores, has every running thread pass a barrier, and looks; the other tells the compiler to
 * keep the order, no more. A thread that does not run has passed one.
 */
#include "base/lock.h"

/* base_barrier_start: before machines with threads. */
void base_barrier_start(void) BASE_HIDDEN;
/* base_barrier_works: after that. false: a kernel, or a filter of system calls, refuses it. */
bool base_barrier_works(void) BASE_HIDDEN;
/* base_barrier_all: it works; returns when all have passed one. Some 2 us for who asks and for each whom it
 * stops. */
void base_barrier_all(void) BASE_HIDDEN;
