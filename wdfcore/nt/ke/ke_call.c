#include "nt/ke/ke_call.h"

#include <string.h>

#include "nt/ke/record/ke_trampoline.h"
#include "nt/ke/report/ke_report.h"
#include "nt/thread/ke_thread.h"

static const struct ke_call_observer *observer;

void ke_call_observe(const struct ke_call_observer *set)
{
    observer = set;
    ke_observe(KE_OBSERVER_CALLS, set != NULL);
}

void ke_call_entered(struct ke_callback *frame)
{
    ke_record_callback(frame);
    if (observer != NULL) {
        observer->entered(frame);
    }
}

void ke_call_arguments(const struct ke_callback *frame, const uint64_t *words, unsigned count)
{
    if (observer != NULL) {
        observer->arguments(frame, words, count);
    }
}

void ke_call_left(const struct ke_callback *frame)
{
    if (frame->recorded != 0) {
        ke_record_put_subject(BASE_EVENT_CALLBACK_END, frame->recorded, 0);
    }
    if (frame->watched != 0 && observer != NULL) {
        observer->left(frame);
    }
}

/* Which rule a routine of this kind breaks by returning at another IRQL, and Windows' bugcheck. */
void ke_call_wrong_irql(const struct ke_callback *left)
{
    struct ke_callback shown = ke_callback_shown(left);
    const struct ke_callback *frame = &shown;
    KIRQL now = ke_self->irql;
    enum base_rule rule = RULE_CallbackChangedIrql;
    uint32_t bugcheck = 0x10D;
    uint64_t p1 = 0xE;
    uint64_t p2 = frame->irql;
    uint64_t p3 = now;
    uint64_t p4 = 0;

    if (ke_self->thread->wait_next) {
        rule = RULE_WaitFlagUnpaired;
        bugcheck = 0;
        p1 = p2 = p3 = 0;
    } else if (strncmp(frame->kind, "Evt", 3) == 0) {
        /* a framework callback of whatever kind: as above */
    } else if (strstr(frame->kind, "Dpc") != NULL) {
        rule = RULE_DpcIrqlChanged;
        bugcheck = 0xC8;
        p1 = (uint64_t)now << 16 | (uint64_t)frame->irql << 8;
        p2 = p3 = 0;
    } else if (strstr(frame->kind, "Isr") != NULL ||
               strstr(frame->kind, "InterruptService") != NULL) {
        rule = RULE_IsrIrqlChanged;
        bugcheck = 0xC4;
        p1 = 0x111;
        p2 = (uint64_t)(uintptr_t)frame->routine;
        p3 = frame->irql;
        p4 = now;
    } else if (strcmp(frame->kind, "IoCompletion") == 0) {
        rule = RULE_CompletionIrql;
        bugcheck = 0xC4;
        p1 = 0xFA;
        p2 = (uint64_t)(uintptr_t)frame->routine;
        p3 = frame->irql;
        p4 = now;
    } else if (strncmp(frame->kind, "Dispatch", 8) == 0) {
        rule = RULE_DispatchIrqlChanged;
        bugcheck = 0xC9;
        p1 = 0x05;
        p2 = (uint64_t)(uintptr_t)frame->routine;
        p3 = frame->irql;
        p4 = now;
    }
    ke_violation(rule, bugcheck, p1, p2, p3, p4, "%s was entered at %s and returned at %s",
                 frame->kind, ke_irql_name(frame->irql), ke_irql_name(now));
}
