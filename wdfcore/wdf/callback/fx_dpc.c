/* fx_dpc.c - WDFDPC: a KDPC with a handle, a parent and a callback lock.
 *
 * Normal path: enqueue -> the processor's DPC queue -> dpc_routine at DISPATCH_LEVEL -> EvtDpcFunc,
 * under the lock of the parent if it is serialized. The KDPC is off its queue before EvtDpcFunc is
 * entered.
 * Teardown: the rundown flushes the DPC queues (what is queued still runs), then the DPC refuses to
 * be enqueued and its KDPC is made unusable. Between a deletion above PASSIVE_LEVEL and its rundown
 * the DPC goes on working.
 * It holds a reference on its parent from creation until the rundown.
 */
#include <stdio.h>

#include "nt/ke/ke_api.h"
#include "nt/dpc/ke_dpc.h"
#include "wdf/frame/fx_call.h"
#include "wdf/object/fx_make.h"
#include "wdf/frame/fx_report.h"
#include "wdf/frame/fx_record.h"

/* Keys: (c) constant once published (a) atomic, orders nothing */
/* What a run needs is beside the KDPC, in two lines of the cache. */
struct fx_dpc {
    struct fx_object object;
    WDFDPC handle;                 /* (c) the object's */
    PFN_WDF_DPC callback;          /* (c) NULL: nothing is called */
    struct fx_callback_lock *lock; /* (c) NULL: not serialized */
    struct fx_object *parent;      /* (a) referenced; NULL once disposed */
    KDPC dpc;
};

/* NULL: it is disposed. */
static inline struct fx_object *dpc_parent(const struct fx_dpc *dpc)
{
    return __atomic_load_n(&dpc->parent, __ATOMIC_RELAXED);
}

/* Of a DPC with a lock, without a callback, or while somebody watches. */
static VOID dpc_routine_framed(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                               PVOID SystemArgument2)
{
    struct fx_dpc *dpc = DeferredContext;
    struct fx_call call;

    if (dpc->callback != NULL &&
        fx_call_enter(&call, "EvtDpcFunc", (const void *)dpc->callback, &dpc->object, dpc->lock)) {
        dpc->callback(fx_handle_of(&dpc->object));
        fx_call_leave(&call);
    }
}

/* Of any other. */
static VOID dpc_routine(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                        PVOID SystemArgument2)
{
    struct fx_dpc *dpc = DeferredContext;

    if (__builtin_expect(ke_is_observed(ke_self), 0)) {
        dpc_routine_framed(Dpc, DeferredContext, SystemArgument1, SystemArgument2);
        return;
    }
    dpc->callback(dpc->handle); /* this routine's frame stands for it */
}

static void dpc_target(const void *context, struct ke_about *about)
{
    const struct fx_dpc *dpc = context;

    fx_about_target(about, &dpc->object, (const void *)dpc->callback);
}

#define DPC_FROM_KDPC(field) \
    ((ptrdiff_t)offsetof(struct fx_dpc, field) - (ptrdiff_t)offsetof(struct fx_dpc, dpc))
#define DPC_TRAMPOLINE(function)                                              \
    {                                                                         \
        .routine = (const void *)(uintptr_t)(function), .target = dpc_target, \
        .kind = "EvtDpcFunc", .callback = DPC_FROM_KDPC(callback),            \
        .handle = DPC_FROM_KDPC(handle), .wrong_region = fx_call_wrong_region \
    }

static struct ke_trampoline dpc_trampolines[] = {DPC_TRAMPOLINE(dpc_routine),
                                                 DPC_TRAMPOLINE(dpc_routine_framed)};

__attribute__((constructor)) static void dpc_register(void)
{
    ke_trampoline_register(&dpc_trampolines[0]);
    ke_trampoline_register(&dpc_trampolines[1]);
}

static bool dpc_dispose(struct fx_object *object)
{
    struct fx_dpc *dpc = fx_object_body(object, struct fx_dpc);
    struct fx_object *parent = dpc->parent;

    KeFlushQueuedDpcs(); /* waits for what runs, and for what is queued to have run */
    __atomic_store_n(&dpc->parent, NULL, __ATOMIC_RELAXED);
    KeRemoveQueueDpc(&dpc->dpc);
    KeFlushQueuedDpcs(); /* what has queued itself again runs elsewhere, removed or not */
    dpc->dpc.Type = 0;   /* KeInsertQueueDpc says so from here on */
    fx_object_deref(parent);
    return true;
}

static void dpc_describe(const struct fx_object *object, char *text, size_t size)
{
    const struct fx_dpc *dpc = (const struct fx_dpc *)object;

    snprintf(text, size, "%s%s", dpc->dpc.DpcData != NULL ? "queued" : "idle",
             dpc->lock != NULL ? ", serialized" : "");
}

static const struct fx_field dpc_fields[] = {
    FX_FIELD(ROUTINE, "EvtDpcFunc", struct fx_dpc, callback),
    FX_FIELD(PRESENT, "AutomaticSerialization", struct fx_dpc, lock),
    FX_FIELD_END,
};

static const struct fx_type fx_dpc_type = {
    .number = FX_TYPE_DPC,
    .size = sizeof(struct fx_dpc),
    .flags = FX_OBJECT_PASSIVE_DISPOSE,
    .parent = FX_PARENT_REQUIRED,
    .attributes_required = true,
    .dispose = dpc_dispose,
    .describe = dpc_describe,
    .fields = dpc_fields,
};

NTSTATUS WdfDpcCreate(PWDF_DPC_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes, WDFDPC *Dpc)
{
    struct fx_callback_lock *lock;
    struct fx_object *parent;
    struct fx_make make;
    struct fx_dpc *dpc;
    NTSTATUS status;

    if (!API(DISPATCH_LEVEL)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_attributes_check_required(Attributes, &parent);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (Config == NULL || Dpc == NULL) {
        return fx_parameter_null(Config == NULL ? "Config" : "Dpc", KE_CALLER());
    }
    if (Config->Size != sizeof(*Config)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    status = fx_make_below_device(&fx_dpc_type, Attributes, parent, Config->AutomaticSerialization,
                                  false, &lock);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = fx_make_under(&fx_dpc_type, 0, Attributes, parent, KE_CALLER(), &make);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    dpc = fx_object_body(make.object, struct fx_dpc);
    dpc->callback = Config->EvtDpcFunc;
    dpc->lock = lock;
    dpc->parent = parent;
    KeInitializeDpc(&dpc->dpc,
                    lock == NULL && dpc->callback != NULL ? dpc_routine : dpc_routine_framed, dpc);
    fx_object_ref(parent); /* dropped by dpc_dispose */
    status = fx_make_publish(&make);
    if (!NT_SUCCESS(status)) {
        fx_object_deref(parent);
        return status;
    }
    dpc->handle = fx_handle_of(&dpc->object);
    *Dpc = dpc->handle;
    return STATUS_SUCCESS;
}

/* The slow end of WdfDpcEnqueue: no live DPC (dpc NULL), or one that is disposed. */
__attribute__((noinline)) static BOOLEAN dpc_enqueue_refused(WDFDPC handle,
                                                             const struct fx_dpc *dpc)
{
    struct fx_grave grave;
    bool with_parent = dpc != NULL ? (fx_object_flags(&dpc->object) & FX_OBJECT_DELETE_CALLED) == 0
                                   : fx_handle_grave(handle, &grave) && grave.deleter == NULL;

    if (with_parent && fx_handle_type(handle) == FX_TYPE_DPC) {
        fx_violation(
            RULE_DpcAfterParentDeleted, FX_BUGCHECK_NONE, 0, 0, dpc != NULL ? &dpc->object : NULL,
            "WDFDPC #%u was enqueued after it went with its parent", fx_handle_index(handle));
    } else if (dpc != NULL) {
        fx_violation(RULE_WdfObjectUseAfterDelete, FX_BUGCHECK_NONE, 0, 0, &dpc->object,
                     "WDFDPC #%u was enqueued after it was deleted", fx_handle_index(handle));
    } else {
        fx_handle_refused(handle, FX_TYPE_DPC);
    }
    return FALSE;
}

/* With the test that an API starts with; or refused. */
static BOOLEAN dpc_enqueue_checked(void *handle)
{
    struct fx_dpc *dpc;

    if (!ke_api("WdfDpcEnqueue", HIGH_LEVEL)) {
        return FALSE;
    }
    dpc = (struct fx_dpc *)fx_handle_find(handle);
    if (dpc == NULL || fx_handle_type(handle) != FX_TYPE_DPC) {
        return dpc_enqueue_refused(handle, NULL);
    }
    if (dpc_parent(dpc) == NULL) {
        return dpc_enqueue_refused(handle, dpc);
    }
    return ke_dpc_insert(&dpc->dpc, NULL, NULL);
}

/* Mostly nothing wants attention: then the insertion's test is all there is to do. */
BOOLEAN WdfDpcEnqueue(WDFDPC Dpc)
{
    const struct fx_slot *slot = fx_handle_slot(Dpc);
    struct fx_dpc *dpc;

    if (__builtin_expect(!fx_slot_expects(slot, Dpc) || fx_handle_type(Dpc) != FX_TYPE_DPC, 0)) {
        return dpc_enqueue_checked(Dpc);
    }
    dpc = (struct fx_dpc *)(void *)fx_slot_object(slot);
    if (__builtin_expect(dpc_parent(dpc) == NULL, 0)) {
        return dpc_enqueue_checked(Dpc);
    }
    return ke_dpc_insert_or(&dpc->dpc, __func__, dpc_enqueue_checked, Dpc);
}

BOOLEAN WdfDpcCancel(WDFDPC Dpc, BOOLEAN Wait)
{
    struct fx_dpc *dpc;

    if (!API(Wait ? PASSIVE_LEVEL : HIGH_LEVEL)) {
        return FALSE;
    }
    dpc = fx_handle_get(Dpc, FX_TYPE_DPC);
    if (dpc == NULL || dpc_parent(dpc) == NULL) {
        return FALSE;
    }
    if (KeRemoveQueueDpc(&dpc->dpc)) {
        return TRUE; /* an earlier run that goes on elsewhere is not waited for. spec: D-23 */
    }
    if (Wait) {
        KeFlushQueuedDpcs();
    }
    return FALSE;
}

WDFOBJECT WdfDpcGetParentObject(WDFDPC Dpc)
{
    struct fx_dpc *dpc;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    dpc = fx_handle_get(Dpc, FX_TYPE_DPC);
    return dpc != NULL && dpc_parent(dpc) != NULL ? fx_handle_of(dpc_parent(dpc)) : NULL;
}

PKDPC WdfDpcWdmGetDpc(WDFDPC Dpc)
{
    struct fx_dpc *dpc;

    if (!API_QUIET(HIGH_LEVEL)) {
        return NULL;
    }
    dpc = fx_handle_get(Dpc, FX_TYPE_DPC);
    return dpc != NULL ? &dpc->dpc : NULL;
}
