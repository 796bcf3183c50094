#pragma once
/* testing_callbacks.h - what a driver has registered, and which of it ran; a part of
 * <wdfcore/testing.h>.
 *
 *     void *dpc = wc_object_with("WDFDPC", "EvtDpcFunc", "UartReadDpc");
 *     wc_assert_registered(wc_object("WDFDEVICE", 0), "EvtDeviceD0Entry", "UartD0Entry");
 *     wc_assert_not_registered(wc_object("WDFQUEUE", 0), "EvtIoStop");
 *     wc_assert_configured(dpc, "AutomaticSerialization", "TRUE");
 *     puts(wc_registration(dpc));
 *     wc_assert_callbacks("EvtI*", "EvtInterruptIsr UartIsr, DIRQL 8, cpu0\n"
 *                                  "EvtInterruptDpc UartDpc, DISPATCH, cpu0\n");
 *
 * An object is a framework handle, or the address of a KDPC, a DRIVER_OBJECT or a connected
 * KINTERRUPT. Fields have the names of the documentation: those of the configuration structures
 * (WDF_DPC_CONFIG, WDF_PNPPOWER_EVENT_CALLBACKS, ...), of WDF_OBJECT_ATTRIBUTES, of KDPC
 * (DeferredRoutine) and of DRIVER_OBJECT (DriverUnload, DriverStartIo, MajorFunction[IRP_MJ_READ])
 * with AddDevice; ServiceRoutine and MessageServiceRoutine of an interrupt. Functions of the driver
 * are named, static ones too.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wdfcore/export.h"

WC_BEGIN_DECLS

/* ---- objects ---- */

/* wc_object_count: live framework objects of a type ("WDFDPC").
 * wc_object: one of them, 0: the one with the lowest handle number (while none was deleted: the
 * first that was created). Fails the test if there are not so many.
 * wc_object_with: the first in whose field stands that function of the driver. Fails the test, and
 * says what there is, if there is none.
 * wc_driver_object: the DRIVER_OBJECT of the test's driver. */
size_t wc_object_count(const char *type);
void *wc_object(const char *type, size_t number);
void *wc_object_with(const char *type, const char *field, const char *function);
void *wc_driver_object(void);

/* ---- registrations ---- */

/* wc_registration: all callbacks and configuration values of an object, a line each; what is NULL,
 * zero or FALSE too. The text stays until the machine ends. */
const char *wc_registration(const void *object);

/* wc_assert_registered: the callback is set, to that function (NULL: to any).
 * wc_assert_not_registered: it is not. wc_assert_configured: the field has this value as text
 * ("TRUE", "WdfIoQueueDispatchManual", "5"). All fail for a field that the object has not. */
#define wc_assert_registered(object, field, function) \
    wc_assert_registered_((object), (field), (function), __FILE__, __LINE__)
#define wc_assert_not_registered(object, field) \
    wc_assert_not_registered_((object), (field), __FILE__, __LINE__)
#define wc_assert_configured(object, field, value) \
    wc_assert_configured_((object), (field), (value), __FILE__, __LINE__)
void wc_assert_registered_(const void *object, const char *field, const char *function,
                           const char *file, int line);
void wc_assert_not_registered_(const void *object, const char *field, const char *file, int line);
void wc_assert_configured_(const void *object, const char *field, const char *value,
                           const char *file, int line);

/* wc_replace_callback: the test's function in the place of a callback that is set, from now on. Its
 * type is the callback's. Returns what was there, for the new one to call or to be put back. */
typedef void wc_any_function(void);
wc_any_function *wc_replace_callback(const void *object, const char *field,
                                     wc_any_function *function);

/* ---- callbacks that ran (with the option .calls) ---- */

#define WC_CALLBACK_ARGUMENTS 6

struct wc_callback {
    const char *kind;     /* "EvtDpcFunc", "CustomDpc", "DispatchRead", "DriverEntry" */
    const char *function; /* of the driver, or of the test that replaced it */
    const void *object;   /* handle or address of what it belongs to */
    unsigned irql, processor;
    uint64_t time_ns;                         /* when it was entered */
    uint64_t argument[WC_CALLBACK_ARGUMENTS]; /* the first one is most often the object */
    unsigned arguments;
    bool returned;
};

struct wc_callbacks {
    size_t count;
    const struct wc_callback *const *callback; /* in the order in which they were entered */
};

/* wc_callbacks: those whose kind or function matches ("EvtIo*", "UartReadDpc"; NULL: all). They and
 * the list stay until the machine ends.
 * wc_callbacks_text: a line for each: "EvtDpcFunc UartReadDpc, DISPATCH, cpu0\n".
 * wc_assert_callbacks: exactly these lines. */
struct wc_callbacks wc_callbacks(const char *pattern);
const char *wc_callbacks_text(const char *pattern);
#define wc_assert_callbacks(pattern, text) \
    wc_assert_callbacks_((pattern), (text), __FILE__, __LINE__)
void wc_assert_callbacks_(const char *pattern, const char *text, const char *file, int line);

/* wc_observe_callback: seen(callback, context) each time before that callback of that object runs,
 * at its IRQL and in its context; assertions in it work. It may look, not wait. Of the arguments the
 * first is known by then. */
void wc_observe_callback(const void *object, const char *field,
                         void (*seen)(const struct wc_callback *callback, void *context),
                         void *context);

WC_END_DECLS
