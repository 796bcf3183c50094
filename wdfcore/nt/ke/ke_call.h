#pragma once
/* ke_call.h - the gate through which every routine of a driver is called: it keeps the callback
 * chain and checks that the routine returned at the IRQL that it was entered at. struct ke_callback
 * frame; ke_call_enter(&frame, "CustomDpc", routine, dpc); routine(dpc, ...);
 *     ke_call_leave(&frame);
 */
#include "nt/ke/ke_processor.h"

/* ke_record_callback: into the recording; ke_record_put_subject: its end (ke_record.c). */
void ke_record_callback(struct ke_callback *frame);
void ke_record_put_subject(enum base_event_kind kind, ULONG subject, uint32_t value);

void ke_call_wrong_irql(const struct ke_callback *frame);

static inline void ke_call_enter(struct ke_callback *frame, const char *kind, const void *routine,
                                 const void *object)
{
    struct ke_processor *self = ke_self;

    frame->kind = kind;
    frame->routine = routine;
    frame->object = object;
    frame->outer = self->chain;
    frame->irql = self->irql;
    frame->recorded = 0;
    self->chain = frame;
    if (ke_is_observed(self)) {
        ke_record_callback(frame);
    }
}

static inline void ke_call_leave(const struct ke_callback *frame)
{
    struct ke_processor *self = ke_self; /* the routine may have waited and come back elsewhere */

    if (__builtin_expect(self->irql != frame->irql, 0)) {
        ke_call_wrong_irql(frame);
    }
    if (__builtin_expect(frame->recorded != 0, 0)) {
        ke_record_put_subject(BASE_EVENT_CALLBACK_END, frame->recorded, 0);
    }
    self->chain = frame->outer;
}
