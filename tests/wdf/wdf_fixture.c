#include "wdf_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "nt/nt_workers.h"
#include "wdf/object/deletion/fx_dispose.h"
#include "wdf/frame/fx_globals.h"

extern const char __executable_start[];
extern const char _end[];

/* The body of the fixture's drivers, devices and queues. */
struct fake {
    struct fx_object object;
    struct fx_sync sync;
    struct fx_dispose_list disposes;
};

static const struct fx_type driver_type = {
    .number = FX_TYPE_DRIVER,
    .size = sizeof(struct fake),
    .flags = FX_OBJECT_NO_DELETE | FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fake, sync),
};
static const struct fx_type device_type = {
    .number = FX_TYPE_DEVICE,
    .size = sizeof(struct fake),
    .flags = FX_OBJECT_NO_DELETE | FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fake, sync),
    .disposes_offset = offsetof(struct fake, disposes),
};
static const struct fx_type queue_type = {
    .number = FX_TYPE_QUEUE,
    .size = sizeof(struct fake),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .sync_offset = offsetof(struct fake, sync),
};

struct fixture fixture;
static struct fx_globals globals;
static char notes[4096];
static pthread_mutex_t notes_lock = PTHREAD_MUTEX_INITIALIZER; /* callbacks may run in parallel */

static struct fake *fake_create(const struct fx_type *type, struct fake *parent,
                                WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    struct fake *fake = fx_object_create(type, 0, NULL, &globals, NULL);

    assert_non_null(fake);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = level;
    attributes.SynchronizationScope = scope;
    fx_sync_resolve(&fake->sync, &attributes, parent != NULL ? &parent->sync : NULL);
    return fake;
}

/* A lock of its own, as a device has it, and a queue unless it goes by the device's. */
static void fake_own_lock(struct fake *fake, enum fx_rank rank)
{
    fx_callback_lock_init(&fake->sync.own, &fake->object, rank,
                          fake->sync.level == WdfExecutionLevelPassive);
    fake->sync.lock = &fake->sync.own;
}

static struct fake *fake_of(void *handle)
{
    return (struct fake *)fx_handle_find(handle);
}

WDFDEVICE fixture_device(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope)
{
    struct fake *driver = fake_of(fixture.driver);
    struct fake *device = fake_create(&device_type, driver, level, scope);

    fake_own_lock(device, FX_RANK_DEVICE);
    device->object.device = fx_link_to(&device->object);
    assert_int_equal(fx_object_publish(&device->object, &driver->object), STATUS_SUCCESS);
    return fx_handle_of(&device->object);
}

WDFQUEUE fixture_queue(WDFDEVICE device_handle, WDF_EXECUTION_LEVEL level,
                       WDF_SYNCHRONIZATION_SCOPE scope)
{
    struct fake *device = fake_of(device_handle);
    struct fake *queue = fake_create(&queue_type, device, level, scope);

    if (queue->sync.scope == WdfSynchronizationScopeDevice) {
        queue->sync.lock = device->sync.lock;
    } else {
        fake_own_lock(queue, FX_RANK_QUEUE);
    }
    assert_int_equal(fx_object_publish(&queue->object, &device->object), STATUS_SUCCESS);
    return fx_handle_of(&queue->object);
}

void fixture_remove(void *handle)
{
    struct fake *fake = fake_of(handle);

    fx_object_dispose(&fake->object);
    fx_object_destroy_children(&fake->object);
    fx_dispose_list_end(&fake->disposes);
    fx_object_delete(&fake->object, NULL);
}

int fixture_setup(void **state)
{
    struct fake *driver;

    (void)state;
    fixture_clear();
    fx_globals_register(&globals, "fixture", __executable_start, _end);
    driver =
        fake_create(&driver_type, NULL, WdfExecutionLevelDispatch, WdfSynchronizationScopeNone);
    assert_int_equal(fx_object_publish(&driver->object, NULL), STATUS_SUCCESS);
    globals.driver = &driver->object;
    globals.public.Driver = fx_handle_of(&driver->object);
    fixture.driver = globals.public.Driver;
    fixture.device = fixture_device(WdfExecutionLevelInheritFromParent,
                                    WdfSynchronizationScopeInheritFromParent);
    return 0;
}

/* In the order of an unload: devices, the driver's objects, what is deferred. */
void fixture_unload(void)
{
    if (fx_handle_find(fixture.device) != NULL) {
        fixture_remove(fixture.device);
    }
    fixture_remove(fixture.driver);
    globals.driver = NULL;
    fx_globals_wait(&globals);
    fx_globals_unregister(&globals);
}

int fixture_teardown(void **state)
{
    (void)state;
    fixture_unload();
    assert_int_equal(fx_object_count(FX_TYPE_ANY), 0);
    return 0;
}

const char *fixture_log(void)
{
    static _Thread_local char copy[sizeof(notes)];

    pthread_mutex_lock(&notes_lock);
    memcpy(copy, notes, sizeof(copy));
    pthread_mutex_unlock(&notes_lock);
    return copy;
}

void fixture_clear(void)
{
    pthread_mutex_lock(&notes_lock);
    notes[0] = '\0';
    pthread_mutex_unlock(&notes_lock);
}

void fixture_note(const char *format, ...)
{
    va_list arguments;
    size_t used;

    pthread_mutex_lock(&notes_lock);
    used = strlen(notes);
    if (used != 0 && used + 1 < sizeof(notes)) {
        notes[used++] = ' ';
        notes[used] = '\0';
    }
    va_start(arguments, format);
    vsnprintf(notes + used, sizeof(notes) - used, format, arguments);
    va_end(arguments);
    pthread_mutex_unlock(&notes_lock);
}

static void note_callback(char kind, WDFOBJECT object)
{
    const NODE *node = NodeOf(object);
    const char *name = node != NULL && node->name != NULL ? node->name : "?";

    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        fixture_note("%c:%s", kind, name);
    } else {
        fixture_note("%c:%s@%d", kind, name, KeGetCurrentIrql());
    }
}

VOID fixture_cleanup(WDFOBJECT Object)
{
    note_callback('c', Object);
}

VOID fixture_destroy(WDFOBJECT Object)
{
    note_callback('d', Object);
}

void fixture_attributes(WDF_OBJECT_ATTRIBUTES *attributes, WDFOBJECT parent)
{
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(attributes, NODE);
    attributes->EvtCleanupCallback = fixture_cleanup;
    attributes->EvtDestroyCallback = fixture_destroy;
    attributes->ParentObject = parent;
}

static WDFOBJECT node_create(const char *name, WDFOBJECT parent, WDF_EXECUTION_LEVEL level)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT node;

    fixture_attributes(&attributes, parent);
    attributes.ExecutionLevel = level;
    assert_int_equal(WdfObjectCreate(&attributes, &node), STATUS_SUCCESS);
    NodeOf(node)->name = name;
    return node;
}

WDFOBJECT fixture_node(const char *name, WDFOBJECT parent)
{
    return node_create(name, parent, WdfExecutionLevelInheritFromParent);
}

WDFOBJECT fixture_passive_node(const char *name, WDFOBJECT parent)
{
    return node_create(name, parent, WdfExecutionLevelPassive);
}

void fixture_start(void (*function)(void *), const void *context)
{
    assert_int_equal(
        wc_machine_start_task(wc_test_the_machine(), function, (void *)(uintptr_t)context), WC_OK);
}

static struct nt_workers held_workers;

KIRQL fixture_raise(KIRQL irql)
{
    return nt_workers_raise(&held_workers, irql);
}

void fixture_lower(KIRQL old)
{
    nt_workers_lower(&held_workers, old);
}

void fixture_settle(void)
{
    struct fake *device = fake_of(fixture.device);

    if (device != NULL) {
        fx_dispose_list_wait(&device->disposes);
    }
    fx_dispose_list_wait(&globals.disposes);
}

static void note_report(enum base_log_source source, const char *text, void *context)
{
    (void)source, (void)context;
    fixture_note("%s", text);
}

void fixture_capture_log(void)
{
    base_log_set_sink(note_report, NULL);
}

void fixture_release_log(void)
{
    base_log_set_sink(NULL, NULL);
}

void fixture_assert_report(const char *text)
{
    if (strstr(wc_last_report(), text) == NULL) {
        fail_msg("the report does not contain \"%s\":\n%s", text, wc_last_report());
    }
}
