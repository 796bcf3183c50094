#include "harness/testing/registration.h"

#include <ntddk.h>
#include <wdf.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/driver/driver_symbols.h"
#include "harness/testing/api_text.h"
#include "nt/interrupt/ke_interrupt.h"
#include "nt/interrupt/ke_line.h"
#include "wdf/frame/fx_lock.h"
#include "wdf/object/fx_context.h"

#define KDPC_ORDINARY 0x13
#define KDPC_THREADED 0x1A

struct walk {
    registration_seen *seen;
    void *context;
    bool taken;
};

static void show(struct walk *walk, struct registration_row row)
{
    if (!walk->taken) {
        walk->taken = walk->seen(&row, walk->context);
    }
}

static void show_routine(struct walk *walk, const char *name, const void *address)
{
    struct registration_row row = {.kind = FX_FIELD_ROUTINE, .address = address, .size = 8};

    snprintf(row.name, sizeof(row.name), "%s", name);
    show(walk, row);
}

/* ---- structures of the public headers ---- */

static void show_field(struct walk *walk, const struct api_field *field, const char *base)
{
    struct registration_row row = {
        .kind = FX_FIELD_NUMBER,
        .address = base + field->offset,
        .size = field->size,
        .type = api_type(field->type),
    };

    snprintf(row.name, sizeof(row.name), "%s", field->name);
    if (row.type->kind == API_KIND_ROUTINE) {
        row.kind = FX_FIELD_ROUTINE;
    }
    show(walk, row);
}

/* What is an array is left out, and the size of the structure itself. */
static void walk_struct(struct walk *walk, const char *type_name, const void *base)
{
    const struct api_type *type = api_type_named(type_name);

    if (type == NULL || type->kind != API_KIND_STRUCT) {
        return;
    }
    for (const struct api_field *field = type->fields; field->name != NULL; field++) {
        if (field->count == 0 && !(field->offset == 0 && strcmp(field->name, "Size") == 0)) {
            show_field(walk, field, base);
        }
    }
}

/* ---- framework objects ---- */

static void walk_attributes(struct walk *walk, struct fx_object *object)
{
    static const void *const none = NULL;
    const struct fx_object *parent = fx_object_parent(object);
    const struct fx_sync *sync = fx_sync_of(object);

    for (struct fx_context *context = fx_context_first(object); context != NULL;
         context = fx_context_next(context)) {
        show_routine(walk, "EvtCleanupCallback", &context->cleanup);
        const void *destroy = fx_context_destroy_callback(object, context);
        show_routine(walk, "EvtDestroyCallback", destroy != NULL ? destroy : &none);
    }
    if (object->contexts == FX_LINK_NONE) {
        show_routine(walk, "EvtCleanupCallback", &none);
        show_routine(walk, "EvtDestroyCallback", &none);
    }
    show(walk, (struct registration_row){.name = "ParentObject",
                                         .kind = FX_FIELD_HANDLE,
                                         .address = &parent,
                                         .size = sizeof(parent)});
    if (sync != NULL) {
        show(walk, (struct registration_row){.name = "ExecutionLevel",
                                             .kind = FX_FIELD_NUMBER,
                                             .address = &sync->level,
                                             .size = sizeof(sync->level),
                                             .type = api_type_named("WDF_EXECUTION_LEVEL")});
        show(walk, (struct registration_row){.name = "SynchronizationScope",
                                             .kind = FX_FIELD_NUMBER,
                                             .address = &sync->scope,
                                             .size = sizeof(sync->scope),
                                             .type = api_type_named("WDF_SYNCHRONIZATION_SCOPE")});
    }
}

static void found_in_list(const char *name, const void *routine, void *context)
{
    show_routine(context, name, routine);
}

static void walk_object(struct walk *walk, struct fx_object *object)
{
    const struct fx_field *field = object->type->fields;

    for (; field != NULL && field->name != NULL; field++) {
        const char *address = (const char *)object + field->offset;
        struct registration_row row = {
            .kind = field->kind, .address = address, .size = field->size};

        if (field->kind == FX_FIELD_STRUCT) {
            walk_struct(walk, field->type, address);
            continue;
        }
        snprintf(row.name, sizeof(row.name), "%s", field->name);
        show(walk, row);
    }
    if (object->type->more_fields != NULL) {
        object->type->more_fields(object, found_in_list, walk);
    }
    walk_attributes(walk, object);
}

/* ---- kernel structures ---- */

static const char *major_text(unsigned major)
{
    static const char *const names[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = "IRP_MJ_CREATE",
        [IRP_MJ_CLOSE] = "IRP_MJ_CLOSE",
        [IRP_MJ_READ] = "IRP_MJ_READ",
        [IRP_MJ_WRITE] = "IRP_MJ_WRITE",
        [IRP_MJ_QUERY_INFORMATION] = "IRP_MJ_QUERY_INFORMATION",
        [IRP_MJ_SET_INFORMATION] = "IRP_MJ_SET_INFORMATION",
        [IRP_MJ_FLUSH_BUFFERS] = "IRP_MJ_FLUSH_BUFFERS",
        [IRP_MJ_DEVICE_CONTROL] = "IRP_MJ_DEVICE_CONTROL",
        [IRP_MJ_INTERNAL_DEVICE_CONTROL] = "IRP_MJ_INTERNAL_DEVICE_CONTROL",
        [IRP_MJ_SHUTDOWN] = "IRP_MJ_SHUTDOWN",
        [IRP_MJ_CLEANUP] = "IRP_MJ_CLEANUP",
        [IRP_MJ_POWER] = "IRP_MJ_POWER",
        [IRP_MJ_SYSTEM_CONTROL] = "IRP_MJ_SYSTEM_CONTROL",
        [IRP_MJ_PNP] = "IRP_MJ_PNP",
    };

    return names[major];
}

static bool is_driver_object(const void *object)
{
    SHORT head[2];

    return api_peek(object, head, sizeof(head)) && head[0] == IO_TYPE_DRIVER &&
           head[1] == sizeof(DRIVER_OBJECT);
}

/* A major function that the driver left alone has the I/O manager's routine, not its own. */
static void walk_driver_object(struct walk *walk, const void *object)
{
    static const void *const none = NULL;
    const DRIVER_OBJECT *driver = object;
    char name[64];

    show_routine(walk, "AddDevice", &driver->DriverExtension->AddDevice);
    show_routine(walk, "DriverUnload", &driver->DriverUnload);
    show_routine(walk, "DriverStartIo", &driver->DriverStartIo);
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        const void *const *routine = (const void *const *)(const void *)&driver->MajorFunction[i];

        if (major_text(i) != NULL) {
            snprintf(name, sizeof(name), "MajorFunction[%s]", major_text(i));
            show_routine(walk, name, driver_symbols_is_driver(*routine) ? routine : &none);
        }
    }
}

static bool is_dpc(const void *object)
{
    UCHAR head[2];

    return api_peek(object, head, sizeof(head)) &&
           (head[0] == KDPC_ORDINARY || head[0] == KDPC_THREADED) &&
           head[1] <= MediumHighImportance;
}

static void walk_dpc(struct walk *walk, const void *object)
{
    const KDPC *dpc = object;

    show_routine(walk, "DeferredRoutine", &dpc->DeferredRoutine);
    show(walk, (struct registration_row){.name = "Importance",
                                         .kind = FX_FIELD_NUMBER,
                                         .address = &dpc->Importance,
                                         .size = sizeof(dpc->Importance)});
    show(walk, (struct registration_row){.name = "Number",
                                         .kind = FX_FIELD_NUMBER,
                                         .address = (const void *)&dpc->Number,
                                         .size = sizeof(dpc->Number)});
    show(walk, (struct registration_row){.name = "DeferredContext",
                                         .kind = FX_FIELD_NUMBER,
                                         .address = &dpc->DeferredContext,
                                         .size = sizeof(dpc->DeferredContext),
                                         .type = api_type_named("PVOID")});
}

/* It has no mark of its own: it is one if a line knows it. */
static bool is_interrupt(const void *object)
{
    for (uint32_t irq = 0; irq < HAL_MAX_LINES; irq++) {
        const struct hal_line *line = ke_line_at(irq);
        const LIST_ENTRY *entry = line != NULL ? line->chain.Flink : NULL;

        for (; entry != NULL && entry != &line->chain; entry = entry->Flink) {
            if (CONTAINING_RECORD(entry, KINTERRUPT, chain) == object) {
                return true;
            }
        }
    }
    return false;
}

static void walk_interrupt(struct walk *walk, const void *object)
{
    const KINTERRUPT *interrupt = object;

    show_routine(walk, "ServiceRoutine", &interrupt->service_routine);
    show_routine(walk, "MessageServiceRoutine", &interrupt->message_routine);
    show(walk, (struct registration_row){.name = "Vector",
                                         .kind = FX_FIELD_NUMBER,
                                         .address = &interrupt->vector,
                                         .size = sizeof(interrupt->vector)});
    show(walk, (struct registration_row){.name = "SynchronizeIrql",
                                         .kind = FX_FIELD_NUMBER,
                                         .address = &interrupt->synchronize_irql,
                                         .size = sizeof(interrupt->synchronize_irql)});
    show(walk, (struct registration_row){.name = "ShareVector",
                                         .kind = FX_FIELD_FLAG,
                                         .address = &interrupt->share,
                                         .size = sizeof(interrupt->share)});
}

static const struct kernel_kind {
    const char *name;
    bool (*is)(const void *object);
    void (*walk)(struct walk *walk, const void *object);
} kernel_kinds[] = {
    {"DRIVER_OBJECT", is_driver_object, walk_driver_object},
    {"KINTERRUPT", is_interrupt, walk_interrupt},
    {"KDPC", is_dpc, walk_dpc},
};

static const struct kernel_kind *find_kernel_kind(const void *object)
{
    for (size_t i = 0; i < sizeof(kernel_kinds) / sizeof(kernel_kinds[0]); i++) {
        if (kernel_kinds[i].is(object)) {
            return &kernel_kinds[i];
        }
    }
    return NULL;
}

/* ---- for all ---- */

bool registration_walk(const void *object, registration_seen *seen, void *context)
{
    struct walk walk = {.seen = seen, .context = context};
    struct fx_object *framework = fx_handle_find(object);
    const struct kernel_kind *kind = framework == NULL ? find_kernel_kind(object) : NULL;

    if (framework != NULL) {
        walk_object(&walk, framework);
    } else if (kind != NULL) {
        kind->walk(&walk, object);
    }
    return framework != NULL || kind != NULL;
}

bool registration_title(const void *object, UT_string *text)
{
    const struct kernel_kind *kind;

    if (fx_handle_find(object) != NULL) {
        api_handle_text(text, (uint64_t)(uintptr_t)object);
        return true;
    }
    kind = find_kernel_kind(object);
    utstring_printf(text, "%s", kind != NULL ? kind->name : "?");
    return kind != NULL;
}

const void *registration_routine(const struct registration_row *row)
{
    const void *routine = NULL;

    if (row->kind == FX_FIELD_ROUTINE) {
        memcpy(&routine, row->address, sizeof(routine));
    }
    return routine;
}

void registration_value(const struct registration_row *row, UT_string *text)
{
    const void *routine = registration_routine(row);
    char name[128];
    uint64_t word = 0;

    memcpy(&word, row->address, row->size < sizeof(word) ? row->size : sizeof(word));
    if (row->kind == FX_FIELD_ROUTINE) {
        if (routine == NULL) {
            utstring_printf(text, "NULL");
        } else if (driver_symbols_function(routine, name, sizeof(name))) {
            utstring_printf(text, "%s", name);
        } else {
            utstring_printf(text, "%p", routine);
        }
    } else if (row->type != NULL) {
        api_text(text, row->type, row->address);
    } else if (row->kind == FX_FIELD_HANDLE) {
        const struct fx_object *object = (const struct fx_object *)(uintptr_t)word;
        api_handle_text(text, object != NULL ? object->handle : 0);
    } else if (row->kind == FX_FIELD_NUMBER) {
        utstring_printf(text, "%" PRIu64, word);
    } else {
        utstring_printf(text, "%s", word != 0 ? "TRUE" : "FALSE");
    }
}
