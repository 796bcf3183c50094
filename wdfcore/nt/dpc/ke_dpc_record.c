/* ke_dpc_record.c - events of DPCs, for the recording. */
#include "nt/dpc/ke_dpc.h"
#include "nt/dpc/ke_dpc_thread.h"

ULONG ke_dpc_record(enum base_event_kind kind, const KDPC *dpc,
                    const struct ke_processor *processor)
{
    BOOLEAN threaded = ke_dpc_is_threaded(dpc);
    ULONG depth = threaded ? processor->threaded_count : processor->dpc_count;
    struct ke_about about =
        KE_ABOUT(BASE_SUBJECT_DPC, dpc, .routine = (const void *)(uintptr_t)dpc->DeferredRoutine,
                 .context = dpc->DeferredContext, .type = threaded ? "threaded KDPC" : "KDPC");

    return ke_record_put(kind, &about, BASE_DPC_VALUE(processor->number, depth & 0xffff, threaded));
}
