#include "wdf/frame/fx_call.h"

#include <stdlib.h>

#include "nt/ke/ke_irql.h"
#include "wdf/frame/fx_report.h"

void fx_call_lock_lost(const struct fx_call *call)
{
    char name[192] = "of it"; /* a queue takes the lock before it knows which callback it will be */

    if (call->frame.routine != NULL) {
        ke_report_name(call->frame.routine, name, sizeof(name));
    }
    fx_violation(RULE_CallbackLockNotOwned, FX_BUGCHECK_NONE, 0, 0, call->lock->owner,
                 "%s %s returned without the callback lock that it was called under",
                 call->frame.kind != NULL ? call->frame.kind : "a callback", name);
    if (ke_self->irql > call->irql) { /* it came back at the level that it was called at */
        ke_irql_lower(call->irql);
    }
}

void fx_call_wrong_region(const struct ke_callback *frame, SHORT region)
{
    PKTHREAD thread = ke_self->thread;
    SHORT now = thread->normal_apcs_disabled;
    char name[192];

    ke_report_name(frame->routine, name, sizeof(name));
    thread->normal_apcs_disabled = region;
    fx_violation(RULE_CallbackLeftCriticalRegion, FX_BUGCHECK_CRITICAL_REGION,
                 (uint64_t)(uintptr_t)frame->routine, 0, NULL,
                 "%s %s was entered %d critical regions deep and returned %d deep", frame->kind,
                 name, abs(region), abs(now));
}

void fx_call_row_told(struct fx_call_row *row)
{
    ke_call_left(&row->frame);
    row->frame.recorded = 0;
    row->frame.watched = 0;
}

bool fx_call_is_inside(const void *routine, const struct fx_object *object)
{
    const struct ke_callback *frame = ke_self->chain;

    while (frame != NULL && (frame->routine != routine || frame->object != fx_handle_of(object))) {
        frame = frame->outer;
    }
    return frame != NULL;
}
