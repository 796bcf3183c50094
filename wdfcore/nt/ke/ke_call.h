#pragma once
/* ke_call.h - the gate through which every routine of a driver is called: it keeps the callback
 * chain and checks that the routine returned at the IRQL that it was entered at. struct ke_callback
 * frame; ke_call_enter(&frame, "CustomDpc", routine, dpc); routine(dpc, ...);
 *     ke_call_leave(&frame);
 */
#include "nt/ke/ke_processor.h"

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
    self->chain = frame;
}

static inline void ke_call_leave(const struct ke_callback *frame)
{
    struct ke_processor *self = ke_self; /* the routine may have waited and come back elsewhere */

    if (__builtin_expect(self->irql != frame->irql, 0)) {
        ke_call_wrong_irql(frame);
    }
    self->chain = frame->outer;
}
