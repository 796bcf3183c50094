#pragma once
/* wdf_fixture.h - a driver, a device and queues for tests of the object model: objects with the
 * handle types, callback locks and places in the tree of the real ones, and nothing else.
 */
/* clang-format off: cmocka wants this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <ntddk.h>
#include <wdf.h>

#include <wdfcore/testing.h>

#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_object.h"

/* The objects of the running test: made by fixture_setup. */
struct fixture {
    WDFDRIVER driver;
    WDFDEVICE device; /* level Dispatch, scope None */
};

extern struct fixture fixture;

/* For wc_unit_test: .setup = fixture_setup, .teardown = fixture_teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* fixture_unload: what the teardown does; objects may be left. */
void fixture_unload(void);
#define FIXTURE .setup = fixture_setup, .teardown = fixture_teardown

/* A device below the driver, a queue below a device. fixture_remove: the framework deletes them. */
WDFDEVICE fixture_device(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope);
WDFQUEUE fixture_queue(WDFDEVICE device, WDF_EXECUTION_LEVEL level,
                       WDF_SYNCHRONIZATION_SCOPE scope);
void fixture_remove(void *handle);

/* What callbacks noted, since the last fixture_clear: words with a blank between them. A copy that stays
 * as it is until this thread asks again. */
const char *fixture_log(void);
void fixture_clear(void);
__attribute__((format(printf, 1, 2))) void fixture_note(const char *format, ...);
#define assert_log(expected) assert_string_equal(fixture_log(), (expected))

/* A named object with that context: its callbacks note "c:NAME" and "d:NAME", with "@2" behind when
 * they come at another IRQL than PASSIVE_LEVEL. */
typedef struct {
    const char *name;
    int value;
} NODE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NODE, NodeOf)

EVT_WDF_OBJECT_CONTEXT_CLEANUP fixture_cleanup;
EVT_WDF_OBJECT_CONTEXT_DESTROY fixture_destroy;

/* fixture_attributes: INIT with a NODE context, both callbacks and the parent. */
void fixture_attributes(WDF_OBJECT_ATTRIBUTES *attributes, WDFOBJECT parent);
/* fixture_node: WdfObjectCreate with them. parent NULL: the driver. */
WDFOBJECT fixture_node(const char *name, WDFOBJECT parent);
/* fixture_passive_node: the same with level Passive: cleaned up at PASSIVE_LEVEL. */
WDFOBJECT fixture_passive_node(const char *name, WDFOBJECT parent);

/* fixture_start: run function(context) as a thread of the machine; does not wait. The teardown
 * waits for all of them. */
void fixture_start(void (*function)(void *), const void *context);

/* fixture_raise: to that level, and nothing that is queued for PASSIVE_LEVEL runs until fixture_lower,
 * with threads neither. */
KIRQL fixture_raise(KIRQL irql);
void fixture_lower(KIRQL old);

/* fixture_settle: let everything that is queued for PASSIVE_LEVEL run. */
void fixture_settle(void);

/* fixture_capture_log: what the library reports is noted, until fixture_release_log. */
void fixture_capture_log(void);
void fixture_release_log(void);

/* The last report contains the text. */
void fixture_assert_report(const char *text);
