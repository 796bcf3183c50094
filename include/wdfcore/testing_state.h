#pragma once
/* testing_state.h - the state of a machine's objects, and driving it by hand; a part of
 * <wdfcore/testing.h>. All of it from a body, a callback or (what drives excepted) outside.
 *
 *     wc_line_set(4, true);                              the device asserts its interrupt line
 *     wc_run_until_idle(WC_MS(10));
 *     wc_assert_dpc(dpc, 1, 0, 1);                       queued once, coalesced never, run once
 *     wc_assert_queue(queue, 0, 1);                      nothing queued, one with the driver
 *     wc_advance(WC_MS(5));
 *     wc_assert_completed(request, WC_STATUS_SUCCESS, 1);
 *
 * Objects are framework handles (wc_object, wc_object_with, wc_call_number) or addresses, as in
 * testing_callbacks.h. A failure prints what was, what was expected and the last events.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

#define WC_US(n)          ((uint64_t)(n)*1000u)
#define WC_MS(n)          ((uint64_t)(n)*1000000u)
#define WC_STATUS_SUCCESS 0

/* ---- DPCs (with the option .calls) ----
 * wc_dpc_counts: how often the driver has queued the WDFDPC or KDPC, or the DPC of the WDFINTERRUPT;
 * how often it was queued already, so that the call changed nothing; how often its callback ran. What
 * others queue (a timer its own DPC) is seen as runs only. */
struct wc_dpc_counts {
    size_t queued, coalesced, runs;
};
struct wc_dpc_counts wc_dpc_counts(const void *dpc);
#define wc_assert_dpc(dpc, queued, coalesced, runs) \
    wc_assert_dpc_((dpc), (queued), (coalesced), (runs), __FILE__, __LINE__)
void wc_assert_dpc_(const void *dpc, size_t queued, size_t coalesced, size_t runs, const char *file,
                    int line);

/* ---- interrupts, queues, requests ----
 * wc_interrupt_is_enabled: the WDFINTERRUPT is connected, and EvtInterruptEnable has succeeded. */
bool wc_interrupt_is_enabled(const void *interrupt);
#define wc_assert_interrupt(interrupt, enabled) \
    wc_assert_interrupt_((interrupt), (enabled), __FILE__, __LINE__)
void wc_assert_interrupt_(const void *interrupt, bool enabled, const char *file, int line);

/* wc_queue_state: of a WDFQUEUE. wc_assert_queue: so many requests wait in it, so many of it are with
 * the driver. wc_assert_queue_state: whether it takes new requests, and delivers them. */
struct wc_queue_state {
    size_t queued, owned;
    bool accepts, dispatches;
};
struct wc_queue_state wc_queue_state(const void *queue);
#define wc_assert_queue(queue, queued, owned) \
    wc_assert_queue_((queue), (queued), (owned), __FILE__, __LINE__)
#define wc_assert_queue_state(queue, accepts, dispatches) \
    wc_assert_queue_state_((queue), (accepts), (dispatches), __FILE__, __LINE__)
void wc_assert_queue_(const void *queue, size_t queued, size_t owned, const char *file, int line);
void wc_assert_queue_state_(const void *queue, bool accepts, bool dispatches, const char *file,
                            int line);

/* wc_assert_completed: the driver has completed that WDFREQUEST (WdfRequestComplete*) or IRP
 * (IoCompleteRequest) with this status and information; wc_assert_not_completed: it has not. Both
 * need the option .calls. */
#define wc_assert_completed(request, status, information) \
    wc_assert_completed_((request), (status), (information), __FILE__, __LINE__)
#define wc_assert_not_completed(request) wc_assert_not_completed_((request), __FILE__, __LINE__)
void wc_assert_completed_(const void *request, int32_t status, uint64_t information,
                          const char *file, int line);
void wc_assert_not_completed_(const void *request, const char *file, int line);

/* ---- objects and locks ----
 * wc_is_alive: the handle is good, its object's deletion has not begun. */
bool wc_is_alive(const void *handle);
#define wc_assert_alive(handle)         wc_assert_alive_((handle), true, __FILE__, __LINE__)
#define wc_assert_deleted(handle)       wc_assert_alive_((handle), false, __FILE__, __LINE__)
#define wc_assert_objects(type, number) wc_assert_objects_((type), (number), __FILE__, __LINE__)
void wc_assert_alive_(const void *handle, bool alive, const char *file, int line);
/* So many live objects of the type: "WDFREQUEST", 0: none is left. */
void wc_assert_objects_(const char *type, size_t number, const char *file, int line);

/* wc_lock_is_held: by anybody: a WDFSPINLOCK, a WDFWAITLOCK, the callback lock of a WDFDEVICE or
 * WDFQUEUE (false if its scope gives it none), or the address of a KSPIN_LOCK. */
bool wc_lock_is_held(const void *lock);
#define wc_assert_lock(lock, held) wc_assert_lock_((lock), (held), __FILE__, __LINE__)
void wc_assert_lock_(const void *lock, bool held, const char *file, int line);

/* ---- driving: in the body or another task at PASSIVE_LEVEL ----
 * wc_advance: so much time of the machine passes; all that becomes due and ready meanwhile runs.
 * wc_advance_to_next: time passes until the next timed event (timer, time-out, device) and that has
 * happened. false: there is none.
 * wc_run_until_idle: until nothing is left to do and no timed event is armed. false: there still is
 * after limit_ns. wc_run_until: until done(context), asked after each timed event. false: not within
 * limit_ns. Where they wait for others to finish, they let 100 ns pass.
 * wc_pass_turn: the other processor runs next, until it waits, idles or passes the turn itself.
 * false: it has nothing to do, or the machine's processors are threads. */
void wc_advance(uint64_t ns);
bool wc_advance_to_next(void);
bool wc_run_until_idle(uint64_t limit_ns);
bool wc_run_until(bool (*done)(void *context), void *context, uint64_t limit_ns);
bool wc_pass_turn(uint32_t processor);

/* ---- the hardware's side ----
 * wc_line_set: one more device on the interrupt line of that irq asserts it, or not. A line without
 * devices is level-triggered; on an edge-triggered one each change to true is an edge. Delivered at
 * the next window.
 * wc_port_read, _write: a device's port; wc_memory_read, _write: memory or a device's register at a
 * physical address. size: 1, 2 or 4 bytes. They run in the machine, as a driver's access would. */
void wc_line_set(uint32_t irq, bool asserted);
uint32_t wc_port_read(uint32_t port, unsigned size);
void wc_port_write(uint32_t port, unsigned size, uint32_t value);
uint32_t wc_memory_read(uint64_t physical, unsigned size);
void wc_memory_write(uint64_t physical, unsigned size, uint32_t value);

WC_END_DECLS
