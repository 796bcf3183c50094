/* debug_layout.c - where a debugger finds the machine: roots, and where the fields of the internal
 * structures lie. wdfcore-gdb.py reads this and memory, and calls nothing, so that it works in a
 * release build (which knows no types), at any place where a program stops, and on a core file.
 * The head of struct debug_root is fixed: magic, version, then the members in this order.
 */
#include <ntddk.h>
#include <wdf.h>

#include <stddef.h>

#include "base/trace/trace.h"
#include "nt/ke/ke_machine.h"
#include "nt/ke/ke_processor.h"
#include "nt/ke/record/ke_trampoline.h"
#include "nt/thread/ke_thread.h"
#include "wdf/io/fx_queue.h"
#include "wdf/io/fx_request.h"
#include "wdf/object/fx_context.h"
#include "wdf/object/fx_handle.h"
#include "wdf/object/fx_object.h"

struct debug_field {
    const char *name; /* "fx_object.handle" */
    uint64_t offset, size;
};

#define FIELD(type, name)                                                              \
    {                                                                                  \
#type "." #name, offsetof(struct type, name), sizeof(((struct type *)0)->name) \
    }
#define SIZE(type)                              \
    {                                           \
        "sizeof." #type, 0, sizeof(struct type) \
    }

static const struct debug_field fields[] = {
    SIZE(base_event),
    SIZE(fx_slot),
    {"sizeof.fx_link_unit", 0, FX_LINK_UNIT},
    {"sizeof.fx_context_before", 0, FX_CONTEXT_BEFORE},
    FIELD(base_event, stamp),
    FIELD(base_event, word),
    FIELD(base_ring, events),
    FIELD(base_ring, position),
    FIELD(ke_callback, irql),
    FIELD(ke_callback, kind),
    FIELD(ke_callback, object),
    FIELD(ke_callback, outer),
    FIELD(ke_callback, routine),
    FIELD(ke_trampoline, callback),
    FIELD(ke_trampoline, kind),
    FIELD(ke_trampoline, next),
    FIELD(ke_trampoline, routine),
    FIELD(ke_processor, chain),
    FIELD(ke_processor, dpc_count),
    FIELD(ke_processor, dpc_state),
    FIELD(ke_processor, dpcs),
    FIELD(ke_processor, irql),
    FIELD(ke_processor, isr_depth),
    FIELD(ke_processor, ring),
    FIELD(ke_processor, thread),
    FIELD(ke_processor, threaded_count),
    FIELD(ke_processor, threaded_dpcs),
    FIELD(_KTHREAD, id),
    FIELD(_KTHREAD, is_idle),
    FIELD(_KTHREAD, name),
    FIELD(_KDPC, DeferredContext),
    FIELD(_KDPC, DeferredRoutine),
    FIELD(_KDPC, DpcListEntry),
    FIELD(_KDPC, Importance),
    FIELD(fx_slot, handle),
    FIELD(fx_slot, object),
    FIELD(fx_object, children),
    FIELD(fx_object, contexts),
    FIELD(fx_object, creator),
    FIELD(fx_object, handle),
    FIELD(fx_object, next),
    FIELD(fx_object, parent),
    FIELD(fx_object, references),
    FIELD(fx_object, state),
    FIELD(fx_context, next),
    FIELD(fx_context, type),
    FIELD(_WDF_OBJECT_CONTEXT_TYPE_INFO, ContextName),
    FIELD(fx_queue, accept),
    FIELD(fx_queue, config),
    FIELD(fx_queue, dispatch),
    FIELD(fx_queue, owned),
    FIELD(fx_queue, owned_count),
    FIELD(fx_queue, powered),
    FIELD(fx_queue, queued),
    FIELD(fx_queue, queued_count),
    FIELD(_WDF_IO_QUEUE_CONFIG, DispatchType),
    FIELD(_WDF_IO_QUEUE_CONFIG, EvtIoDefault),
    FIELD(_WDF_IO_QUEUE_CONFIG, EvtIoDeviceControl),
    FIELD(_WDF_IO_QUEUE_CONFIG, EvtIoInternalDeviceControl),
    FIELD(_WDF_IO_QUEUE_CONFIG, EvtIoRead),
    FIELD(_WDF_IO_QUEUE_CONFIG, EvtIoWrite),
    FIELD(fx_request, cancel),
    FIELD(fx_request, irp),
    FIELD(fx_request, major),
    FIELD(fx_request, next),
    FIELD(fx_request, queue),
    FIELD(fx_request, state),
    FIELD(fx_request, status),
};

static const char *const type_names[FX_TYPE_COUNT] = {
#define FX_TYPE(type, handle, windows) [FX_TYPE_##type] = handle,
#include "wdf/object/fx_types.def"
#undef FX_TYPE
};

static const char *event_names[BASE_EVENT_COUNT];

struct debug_root {
    char magic[8];
    uint64_t version;
    uint64_t field_count;
    const struct debug_field *fields;
    uint64_t type_count;
    const char *const *type_names;
    uint64_t event_count;
    const char *const *event_names;
    uint64_t ring_size;
    struct fx_slot **slots;
    char **links; /* what a link counts from */
    struct ke_trampoline **trampolines;
    uint64_t processor_count; /* 0: no machine */
    struct ke_processor *processors[64];
};

/* Looked up by its name; nothing here refers to it. */
extern struct debug_root wdfcore_debug;
__attribute__((used)) struct debug_root wdfcore_debug = {
    .magic = "WDFDBG",
    .version = 3,
    .field_count = sizeof(fields) / sizeof(fields[0]),
    .fields = fields,
    .type_count = FX_TYPE_COUNT,
    .type_names = type_names,
    .event_count = BASE_EVENT_COUNT,
    .event_names = event_names,
    .ring_size = BASE_RING_SIZE,
    .slots = &fx_slots,
    .links = &fx_blocks.front.start,
    .trampolines = &ke_trampolines,
};

static void debug_start(void)
{
    for (int i = 0; i < BASE_EVENT_COUNT; i++) {
        event_names[i] = base_event_kind_name((enum base_event_kind)i);
    }
    for (ULONG i = 0; i < ke_processor_count(); i++) {
        wdfcore_debug.processors[i] = ke_processor_at(i);
    }
    wdfcore_debug.processor_count = ke_processor_count();
}

static void debug_stop(void)
{
    wdfcore_debug.processor_count = 0;
}

static struct ke_machine_part debug_part = {.order = 0, .start = debug_start, .stop = debug_stop};

__attribute__((constructor)) static void debug_register(void)
{
    ke_machine_register(&debug_part);
}
