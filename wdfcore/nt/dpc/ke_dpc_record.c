/* ke_dpc_record.c - events of DPCs, for the recording. */
#include "nt/dpc/ke_dpc.h"
#include "nt/dpc/ke_dpc_thread.h"

static ULONG dpc_record(enum base_event_kind kind, const KDPC *dpc, PKDEFERRED_ROUTINE routine,
                        PVOID context, const struct ke_processor *processor, BOOLEAN threaded)
{
    ULONG depth = __atomic_load_n(threaded ? &processor->threaded_count : &processor->dpc_count,
                                  __ATOMIC_RELAXED);
    struct ke_about about =
        KE_ABOUT(BASE_SUBJECT_DPC, dpc, .routine = (const void *)(uintptr_t)routine,
                 .context = context, .type = threaded ? "threaded KDPC" : "KDPC");

    return ke_record_put(kind, &about, BASE_DPC_VALUE(processor->number, depth & 0xffff, threaded));
}

ULONG ke_dpc_record(enum base_event_kind kind, const KDPC *dpc,
                    const struct ke_processor *processor)
{
    return dpc_record(kind, dpc, dpc->DeferredRoutine, dpc->DeferredContext, processor,
                      ke_dpc_is_threaded(dpc));
}

ULONG ke_dpc_call_record(const KDPC *dpc, const struct ke_dpc_call *call,
                         const struct ke_processor *processor, BOOLEAN threaded)
{
    return dpc_record(BASE_EVENT_DPC_START, dpc, call->routine, call->context, processor, threaded);
}
