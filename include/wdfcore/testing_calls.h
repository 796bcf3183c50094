#pragma once
/* testing_calls.h - the log of the calls that the driver of a test makes of the API; a part of
 * <wdfcore/testing.h>. For tests with the option .calls:
 *
 *     wc_unit_test(each_queue_has_its_dpc, .driver = WC_DRIVER_NIC, .calls = true)
 *
 *     struct wc_calls created = wc_calls("WdfDpcCreate");
 *     wc_assert_calls("WdfDpcCreate", 4);
 *     assert_int_equal(wc_calls_distinct(created, "Attributes.ParentObject"), 4);
 *     wc_assert_call(created.call[0], "Config.AutomaticSerialization", "FALSE");
 *
 * What an argument is called:
 *   Config                the argument itself
 *   Config.EvtDpcFunc     a field of the structure that it points to, as it was when called
 *   *Dpc, *Config.Size    what it points to when the call has returned
 *   result                what the function returned
 * As text a value is what the headers call it: "TRUE", "STATUS_SUCCESS", "WdfIoQueueDispatchManual",
 * "UartReadDpc" for a function of the driver, "WDFQUEUE #12" for a handle, the characters of a
 * UNICODE_STRING, else a number.
 * Seen are the functions that the driver calls; not macros and inline functions of the headers (only
 * what those call), nor functions with variable arguments, nor the test's own calls.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

/* One call. It and all texts about it stay until the machine ends. */
struct wc_call;

struct wc_calls {
    size_t count;
    const struct wc_call *const *call; /* in the order in which they were made */
};

/* wc_calls: the calls so far of the functions whose name matches ("WdfDpcCreate", "WdfDpc*"; NULL:
 * all). Fails the test if there is no such function, or the test has not the option .calls. */
struct wc_calls wc_calls(const char *api);

/* wc_calls_distinct: how many different values the argument has in these calls. */
size_t wc_calls_distinct(struct wc_calls calls, const char *argument);

/* wc_calls_text: the calls that match as text, a line each. */
const char *wc_calls_text(const char *api);

/* wc_call_argument: an argument, a field or the result as text.
 * wc_call_number: the same as a number; of a pointer or handle: its value.
 * Both fail the test if the function has no such argument, or it could not be read. */
const char *wc_call_argument(const struct wc_call *call, const char *argument);
int64_t wc_call_number(const struct wc_call *call, const char *argument);

/* wc_call_name: the function. wc_call_text: the whole call in one line. wc_call_place: where the
 * driver called it, "queue.c:33"; wc_call_function: in which of its functions. */
const char *wc_call_name(const struct wc_call *call);
const char *wc_call_text(const struct wc_call *call);
const char *wc_call_place(const struct wc_call *call);
const char *wc_call_function(const struct wc_call *call);

/* The IRQL, the processor and the machine's time when it was called. */
unsigned wc_call_irql(const struct wc_call *call);
unsigned wc_call_processor(const struct wc_call *call);
uint64_t wc_call_time_ns(const struct wc_call *call);

/* wc_call_returned: it has. wc_call_refused: a fault point refused it: the API was not entered. */
bool wc_call_returned(const struct wc_call *call);
bool wc_call_refused(const struct wc_call *call);

/* wc_assert_calls: so many calls were made; a failure lists them.
 * wc_assert_call: the argument has this text. */
#define wc_assert_calls(api, count) wc_assert_calls_((api), (count), __FILE__, __LINE__)
#define wc_assert_call(call, argument, text) \
    wc_assert_call_((call), (argument), (text), __FILE__, __LINE__)
void wc_assert_calls_(const char *api, size_t count, const char *file, int line);
void wc_assert_call_(const struct wc_call *call, const char *argument, const char *text,
                     const char *file, int line);

WC_END_DECLS
