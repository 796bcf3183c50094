#pragma once
/* host_loop.h - the libuv loops inside host: made when first needed, run only by host_loop.c. With
 * fibers there is one; with threads each processor has its own, run by its thread while it is free.
 * Streams live on the first one.
 * A machine without streams on the virtual clock never makes one, nor a system call while it runs.
 */
#include <stdbool.h>
#include <stdint.h>

struct uv_loop_s;

/* host_loop_lock: with threads, around every use of a handle on the first loop and of a stream: the
 * thread that runs that loop holds it only while it handles events. Its rank: BASE_RANK_STREAM. */
void host_loop_lock(void);
void host_loop_unlock(void);
/* host_loop_changed: with the lock: a handle was started, stopped or closed. */
void host_loop_changed(void);

/* host_loop_uv: the loop; made at the first call. Never fails once the first call worked; NULL
 * then. */
struct uv_loop_s *host_loop_uv(void);
/* A stream that can bring something from outside was opened or closed; the same for one whose output
 * waits to leave. */
void host_loop_stream_opened(void);
void host_loop_stream_closed(void);
bool host_loop_has_streams(void);

/* host_loop_attach: use the program's loop instead of one of our own; it calls pump before and after
 * each of its polls. Before the loop is made. Returns 0, -EBUSY or another negative errno. */
int host_loop_attach(struct uv_loop_s *uv, void (*pump)(void));
/* host_loop_poke: attached: there is work; the program's loop must turn for it. */
void host_loop_poke(void);
/* host_loop_arm: the loop turns again after this time at the latest (HOST_NEVER: no such time). */
void host_loop_arm(uint64_t timeout_ns);

/* host_loop_turn: handle what is ready, without waiting. */
void host_loop_turn(void);
/* host_loop_wait: sleep until something happens, at most timeout_ns (HOST_NEVER: for ever). */
void host_loop_wait(uint64_t timeout_ns);
/* host_loop_wake: end the wait; async-signal-safe, from any thread. */
void host_loop_wake(void);
/* host_loop_open: that processor's loop exists from now on. false: the host has no resources left.
 * host_loop_sleep: with threads: what host_loop_wait does, by the thread of that processor.
 * host_loop_handle: with threads, by the thread of processor 0: host_loop_turn.
 * host_loop_wake_processor: ends the sleep; async-signal-safe, from any thread. */
bool host_loop_open(uint32_t processor);
void host_loop_sleep(uint32_t processor, uint64_t timeout_ns);
void host_loop_handle(void);
void host_loop_wake_processor(uint32_t processor);
/* host_loop_close: close every handle and the loops. */
void host_loop_close(void);
